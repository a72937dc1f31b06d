//! Who is away, until when, and who stands in for them; and what an agent's own out-of-office mail
//! says of that.
//!
//! An absence ends by itself: it is compared with the present whenever it matters. Chains of
//! backups are followed (A is away, B stands in, B is away too, C stands in); whoever comes up
//! twice reaches nobody, and then the team, its leads and at last the owner are asked. No
//! notification is lost because somebody is on holiday.

pub mod read;

pub use read::until;

use jiff::tz::TimeZone;

use super::texts::checked;
use super::worded::worded;
use crate::config::{Agent, Config};
use crate::mail::Address;
use crate::time::Timestamp;

/// An agent who is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Who.
    pub agent: Address,
    /// Until when; `None` until they say that they are back.
    pub until: Option<Timestamp>,
    /// Who stands in, if they named somebody.
    pub backup: Option<Address>,
    /// How we know: by their command, or by an answer of their mail program.
    pub said: Said,
}

/// How an absence is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Said {
    /// They wrote `#away`: only `#back` or its time ends it.
    #[serde(rename = "command")]
    ByCommand,
    /// Their mail program answered: the next mail of theirs ends it.
    #[serde(rename = "machine")]
    ByMachine,
}

impl Said {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByCommand => "command",
            Self::ByMachine => "machine",
        }
    }
}

/// What a mail changes about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// They are away from now on, so, whatever was known before.
    Away(Absence),
    /// They are back.
    Back(Address),
}

impl Absence {
    /// `until Fri 2026-11-27 09:00`, `until further notice`.
    pub fn until(&self, zone: &TimeZone) -> Until {
        self.until.map_or(Until::Open, |at| Until::At { at: checked(at, zone) })
    }
}

worded! {
    /// Until when somebody is away.
    Until in "untils":
    At = "at" { at: String },
    Open = "open",
}

/// The absence of that agent, if they are away. `absences` are those of now.
pub fn of<'a>(absences: &'a [Absence], agent: &Address) -> Option<&'a Absence> {
    absences.iter().find(|absence| absence.agent == *agent)
}

/// Who reads what is meant for that agent: themselves if they are here, else whoever stands in;
/// `None` if nobody does.
pub fn reader<'a>(config: &'a Config, absences: &[Absence], agent: &'a Agent) -> Option<&'a Agent> {
    let mut current = agent;
    // A chain that is longer than there are agents goes in a circle.
    for _ in 0..=config.agents.len() {
        match of(absences, &current.address) {
            None => return Some(current),
            Some(Absence { backup: Some(named), .. }) => current = config.agent(named)?,
            Some(Absence { backup: None, .. }) => current = config.backup(current)?,
        }
    }
    None
}
