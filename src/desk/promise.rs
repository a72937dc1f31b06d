//! What customers were told to expect and by when, and what agents set for a time: both live in
//! the ticket, and say when it wants to be looked at again.

use serde::{Deserialize, Serialize};

use super::event::{Promised, Wake};
use crate::mail::Address;
use crate::time::Timestamp;

/// Something that was promised. Times are RFC 3339 in UTC where it is serialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// What.
    pub what: Promised,
    /// The agent who gave it; `None` for the desk.
    pub who: Option<Address>,
    /// When it was given.
    pub made_at: Timestamp,
    /// By when it is to be kept.
    pub due_at: Timestamp,
    /// When it was; `None` while it is open.
    pub kept_at: Option<Timestamp>,
}

/// Something that is to happen on a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToCome {
    /// What.
    pub what: Wake,
    /// When.
    pub at: Timestamp,
    /// Who asked for it.
    pub agent: Address,
    /// Their words about it, perhaps none.
    pub words: String,
}

/// When the customer was last told they would hear: the latest that is open.
pub fn open_until(promises: &[Promise]) -> Option<Timestamp> {
    open(promises).map(|one| one.due_at).max()
}

/// By when the first open one is due.
pub fn first_due(promises: &[Promise]) -> Option<Timestamp> {
    open(promises).map(|one| one.due_at).min()
}

fn open(promises: &[Promise]) -> impl Iterator<Item = &Promise> {
    promises.iter().filter(|one| one.kept_at.is_none())
}
