//! What a decision gives back: the end of a mail, and what is to be done.

use super::absence::Change;
use super::command::Complaint;
use super::locked::KeyTurn;
use super::{Cause, Entry, Event, IdKind};
use crate::desk::outcome::Outcome;
use crate::desk::reason::Reason;
use crate::mail::authentic::Verdict;
use crate::mail::{Address, Authentication, InboxId, MessageId, OutboxId, Outgoing, TicketNumber};

/// A mail to be queued, and what it is about for the bound of one an hour; `None` where no such
/// bound holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The mail.
    pub mail: Outgoing,
    /// Its cause.
    pub cause: Option<Cause>,
}

/// Something to be remembered under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The name.
    pub name: String,
    /// What; it takes the place of what was remembered before.
    pub value: String,
}

/// Something said, to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// In that ticket.
    pub ticket: TicketNumber,
    /// The entry.
    pub entry: Entry,
    /// What can be searched for: all its readable text.
    pub searchable: String,
}

/// What is to be done, all of it in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The end of the mail; `None` for inputs that are no mail.
    pub outcome: Option<Outcome>,
    /// The ticket it ended in.
    pub ticket: Option<TicketNumber>,
    /// Why, if it has an end.
    pub reason: Option<Reason>,
    /// Facts to append.
    pub events: Vec<(TicketNumber, Event)>,
    /// The queue that gave its ticket to somebody by its rule, and to whom: whose turn is next
    /// follows from it.
    pub turn: Option<(String, Address)>,
    /// What was said.
    pub entry: Option<NewEntry>,
    /// What was said in the same mail by somebody else, after it.
    pub beside: Vec<NewEntry>,
    /// The held mail that this one decides about too: its end, and why. What was said is its then,
    /// if it has an entry's end.
    pub released: Option<(InboxId, Outcome, String)>,
    /// The mail of which its transcripts speak, if it can be released by an answer to them.
    pub about: Option<InboxId>,
    /// The version of the ticket that its transcripts show, if that is not the present one.
    pub seen: Option<i64>,
    /// What is taken back of an earlier mail.
    pub back: Option<Back>,
    /// Rows that wait until their writer says what they mean.
    pub stopped: Vec<OutboxId>,
    /// Rows that were stopped and go now.
    pub resumed: Vec<OutboxId>,
    /// Rows that are not to go any more.
    pub dropped: Vec<Dropped>,
    /// The mail to which a key was given, and whether it fits.
    pub key: Option<(InboxId, KeyTurn)>,
    /// Ids that lead to `ticket` from now on.
    pub ids: Vec<(MessageId, IdKind)>,
    /// Mails to queue.
    pub mails: Vec<Post>,
    /// Who is away or back from now on.
    pub absences: Vec<Change>,
    /// Notifications above an agent's bound, for the next bundle.
    pub put_by: Vec<(Address, TicketNumber, String)>,
    /// Rows of ours that came back, with the server's words.
    pub bounced: Vec<(OutboxId, String)>,
    /// What is to be remembered.
    pub notes: Vec<Note>,
    /// What the owner should hear: cause, what, advice.
    pub problems: Vec<(Cause, String, String)>,
}

impl Decision {
    /// A mail that ends without any effect.
    pub(super) fn end(
        outcome: Outcome,
        ticket: Option<TicketNumber>,
        reason: impl Into<Reason>,
    ) -> Self {
        Self { outcome: Some(outcome), ticket, reason: Some(reason.into()), ..Self::default() }
    }

    /// Why, in words.
    pub fn why(&self) -> &str {
        self.reason.as_ref().map_or("", |reason| &reason.words)
    }
}

pub(super) fn quarantine(reason: impl Into<Reason>) -> Decision {
    let mut decision = Decision::end(Outcome::Quarantine, None, reason);
    decision.problems.push(quarantine_problem());
    decision
}

/// What the owner hears when something lies in quarantine.
pub fn quarantine_problem() -> (Cause, String, String) {
    (
        Cause::Quarantine,
        "Mail lies in quarantine and nobody has looked at it yet".to_owned(),
        "look with `postdesk quarantine list` and `quarantine show N`, then `quarantine release N` or `quarantine drop N`".to_owned(),
    )
}

/// Whether the verdict suffices for an answer to be written to the sender of a mail at all.
pub(super) fn may_be_answered(verdict: &Verdict) -> bool {
    verdict.result != Authentication::Fail
}

/// A row that waited and does not go any more, since whom it was to reach takes part no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The row.
    pub row: OutboxId,
    /// Its writer did that themselves, and hears of it at once.
    pub own: bool,
}

/// What is taken back beside the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// The mail.
    pub mail: InboxId,
    /// Mails of ours that will not be sent.
    pub rows: Vec<OutboxId>,
    /// What it said is as if it had not been said.
    pub unsaid: bool,
}

/// A line of the transcript: as written, and what became of it.
pub type Told = (String, Result<String, Complaint>);
