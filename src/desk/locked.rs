//! Agents' mails that wait for a one-time key.

use std::time::Duration;

use crate::mail::{InboxId, TicketNumber};
use crate::time::Timestamp;

/// How long a key is good.
pub const GOOD_FOR: Duration = Duration::from_secs(24 * 3600);

/// A mail that waits for its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Its row.
    pub mail: InboxId,
    /// When the key was first sent.
    pub asked_at: Timestamp,
    /// It is held yet.
    pub held: bool,
    /// It was let go already.
    pub released: bool,
    /// Wrong keys that came.
    pub tries: i64,
}

/// An agent's mail that waits because nobody vouched for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its row, and how it stands with its key.
    pub locked: Locked,
    /// The ticket that it is about.
    pub ticket: Option<TicketNumber>,
    /// Its subject, perhaps none.
    pub subject: Option<String>,
    /// When it came.
    pub arrived_at: Timestamp,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTurn {
    /// The mail goes its way.
    Opens,
    /// It stays where it is.
    Wrong,
}
