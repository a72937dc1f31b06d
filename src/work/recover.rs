//! What is put right at start: numbers, rows that were being sent, a database that is older than
//! what it had sent.

use std::path::Path;

use crate::config::Config;
use crate::desk::Cause;
use crate::mail::Address;
use crate::store::marks::{self, Restored};
use crate::store::{self, Tx, inbox, outbox, problems, tickets};
use crate::time::Timestamp;

/// Tickets of somebody who is no agent any more lie with nobody: whoever runs the desk hears of them.
pub fn tell_of_leavers(tx: Tx<'_>, config: &Config, now: Timestamp) -> store::Result<()> {
    let left: Vec<String> = tickets::loads(tx)?
        .into_iter()
        .filter(|(agent, open)| {
            *open > 0 && Address::parse(agent).is_some_and(|agent| config.agent(&agent).is_none())
        })
        .map(|(agent, open)| format!("{agent} ({open})"))
        .collect();
    if left.is_empty() {
        return problems::clear(tx, Cause::Leavers);
    }
    let what = format!("Tickets lie with people who are no agents any more: {}", left.join(", "));
    let advice = "whoever serves their queue hears of them; give them to somebody with #assign, or name the people in [[agents]] again";
    problems::raise(tx, Cause::Leavers, &what, advice, now)
}

/// Puts right what the last end left; gives how many rows were being sent.
pub fn recover(tx: Tx<'_>, numbers: &Path, now: Timestamp) -> store::Result<usize> {
    if marks::raise(tx, numbers)? == Restored::Yes {
        marks::put_back(tx, now)?;
    }
    inbox::recover(tx)?;
    outbox::recover(tx, now)
}
