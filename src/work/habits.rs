//! What the desk remembers of an agent: how their mails end, and what it sent them last.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Desk;
use crate::config::Agent;
use crate::desk::case::Read;
use crate::desk::command::parse::script;
use crate::desk::known::Shown;
use crate::mail::quote::new_text_of;
use crate::mail::quote::tail::{Habits, ending};
use crate::mail::{Address, InboxId, Origin, TicketNumber, parse};
use crate::store::{self, Tx, inbox, shown as sent};

/// So many mails' ends are remembered.
const ENDINGS_MAX: usize = 12;
/// So many mails of ours are compared: those on the ticket, and those on any.
const COMPARED: (i64, i64) = (20, 5);

fn key(agent: &Agent) -> String {
    format!("endings {}", agent.address.key())
}

/// What is known of how an agent's mails end.
pub fn habits(tx: Tx<'_>, agent: &Agent) -> store::Result<Habits> {
    let stored = store::state(tx, &key(agent))?;
    // What cannot be read is learnt anew.
    let endings = stored.and_then(|stored| serde_json::from_str(&stored).ok()).unwrap_or_default();
    Ok(Habits::of(&agent.name, endings))
}

/// Remembers how a mail of the agent's ended that they wrote for sure.
pub fn remember(tx: Tx<'_>, desk: &Desk, read: &Read<'_>) -> store::Result<()> {
    let sender = read.inbound.sender().and_then(|person| desk.config.agent(&person.address));
    let Some(agent) = sender.filter(|_| read.verdict.agent) else { return Ok(()) };
    let new = ending(&new_text_of(&script(read.blocks).blocks));
    if new.is_empty() || read.reading.origin != Origin::Person {
        return Ok(());
    }
    let mut endings = habits(tx, agent)?.endings;
    endings.push(new);
    let old = endings.len().saturating_sub(ENDINGS_MAX);
    let kept = serde_json::to_string(endings.get(old..).unwrap_or_default());
    kept.map_or(Ok(()), |kept| store::set_state(tx, &key(agent), &kept))
}

/// The last mails of ours to an agent, with what each repeats of a mail of theirs.
pub fn shown(tx: Tx<'_>, agent: &Address, family: &[TicketNumber]) -> store::Result<Vec<Shown>> {
    let rows = sent::shown(tx, agent, family, COMPARED)?;
    let with_own = |(bytes, about): (Vec<u8>, Option<InboxId>)| {
        let own = about.map(|about| inbox::bytes(tx, about)).transpose();
        let own = match own {
            // It is long gone, or spoilt: then nothing of it is known to be theirs.
            Err(store::Error::Damaged(_)) => None,
            own => own?,
        };
        Ok(text(&bytes).map(|text| Shown { text, own: own.and_then(|own| self::text(&own)) }))
    };
    let all = rows.into_iter().map(with_own).collect::<store::Result<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}

fn text(bytes: &[u8]) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| parse::parse(bytes).text)).ok()
}
