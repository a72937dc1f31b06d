//! What the commands that repair threading work on: other tickets, the last merge, and the mail that a notification told of.

use std::collections::BTreeMap;

use super::Conversation;
use crate::desk::{Entry, Joining, Status, Ticket};
use crate::mail::{Address, TicketNumber};

/// What was looked up for the commands of an agent's mail.
#[derive(Clone, Debug, Default)]
pub struct Repair {
    /// Tickets that commands name, by the number as written; for one that went into another, that other.
    pub named: BTreeMap<TicketNumber, Conversation>,
    /// The ticket of the answered mail, if it went into another since that mail was made.
    pub before: Option<Ticket>,
    /// The last merge of the ticket that was answered.
    pub merge: Option<Merge>,
    /// The mail of which the answered mail of ours told.
    pub told_of: Option<ToldOf>,
}

/// A merge that can be undone.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The ticket that went into the other.
    pub part: Conversation,
    /// Its status before.
    pub was: Status,
    /// Where it goes on.
    pub whole: TicketNumber,
    /// Who of it takes part there because of a merge.
    pub joined: Vec<Joining>,
    /// Those of them who took part before, without being written to.
    pub raised: Vec<Address>,
    /// Who takes part in others that go on there, too.
    pub others: Vec<Address>,
}

/// Something said of which a mail of ours told.
#[derive(Clone, Debug)]
pub struct ToldOf {
    /// Its row.
    pub row: i64,
    /// What was said.
    pub entry: Entry,
    /// The subject of the mail that said it.
    pub subject: Option<String>,
    /// The ticket that it was split off to already.
    pub split_to: Option<TicketNumber>,
    /// Whether its ticket begins with it.
    pub first: bool,
}
