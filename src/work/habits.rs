//! What the desk knows of an agent: how their mails end, and what it sent them last.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::config::Agent;
use crate::desk::decide::endings;
use crate::desk::known::Shown;
use crate::mail::quote::tail::Habits;
use crate::mail::{Address, InboxId, TicketNumber, parse};
use crate::store::{self, Tx, inbox, shown as sent};

/// So many mails of ours are compared: those on the ticket, and those on any.
const COMPARED: (i64, i64) = (20, 5);

/// What is known of how an agent's mails end.
pub fn habits(tx: Tx<'_>, agent: &Agent) -> store::Result<Habits> {
    let stored = store::state(tx, &endings::name(agent))?;
    // What cannot be read is learnt anew.
    let endings = stored.and_then(|stored| serde_json::from_str(&stored).ok()).unwrap_or_default();
    Ok(Habits::of(&agent.name, endings))
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
