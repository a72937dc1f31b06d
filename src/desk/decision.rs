//! What a decision gives back: the end of a mail, and what is to be done.

use jiff::civil::Date;

use super::absence::Change;
use super::complaint::Complaint;
use super::locked::KeyTurn;
use super::obeyed::Obeyed;
use super::problem::Problem;
use super::texts::Texts;
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
    /// The mail of which it speaks, if that can be released by an answer to it.
    pub about: Option<InboxId>,
    /// The version of the ticket that it shows, if that is not the present one.
    pub seen: Option<i64>,
}

impl Post {
    /// A mail about something, or about nothing that is bounded.
    pub fn new(mail: Outgoing, cause: Option<Cause>) -> Self {
        Self { mail, cause, about: None, seen: None }
    }
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

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A fact is appended to that ticket. Those of one decision stand before all else.
    Fact(TicketNumber, Event),
    /// A queue gave its ticket to somebody by its rule: whose turn is next follows from it.
    Turn(String, Address),
    /// Something was said, in that earlier mail if not in this one.
    Say(NewEntry, Option<InboxId>),
    /// Something was said in the same mail by somebody else.
    SayBeside(NewEntry),
    /// An id leads to the ticket of the decision from now on; it is that person's, or the writer's.
    Lead(MessageId, IdKind, Option<Address>),
    /// A held mail that this one decides about too ends so, for that reason.
    Release(InboxId, Outcome, Reason),
    /// Something is taken back of an earlier mail.
    TakeBack(Back),
    /// A row waits until its writer says what they mean.
    Stop(OutboxId),
    /// A row that was stopped goes now.
    Resume(OutboxId),
    /// A row goes no more.
    Drop(Dropped),
    /// A key was given for that mail, and fits or not.
    Turned(InboxId, KeyTurn),
    /// A row of ours came back, with the server's words.
    Bounced(OutboxId, String),
    /// A mail is queued.
    Mail(Post),
    /// Somebody is away or back from now on.
    Absence(Change),
    /// A notification above an agent's bound, for the next bundle.
    PutBy(Address, TicketNumber, String),
    /// For somebody's next digest, and no mail of its own: in these words.
    ForMorning(Address, TicketNumber, String),
    /// That reader's digest of that day is made, or there is nothing to tell.
    Digested(Address, Date),
    /// Something is remembered under a name, in the place of what was before.
    Remember(String, String),
    /// The owner should hear of something.
    Problem(Cause, Problem),
}

/// The end of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// What it is.
    pub outcome: Outcome,
    /// The ticket it ended in.
    pub ticket: Option<TicketNumber>,
    /// Why, and what else there is to say of it.
    pub reasons: Vec<Reason>,
}

impl End {
    /// The word of the log.
    pub fn code(&self) -> &'static str {
        self.reasons.first().map_or("", Reason::code)
    }

    /// Why, in words for the ledger.
    pub fn words(&self, texts: &Texts) -> String {
        self.reasons.iter().map(|reason| texts.say(reason)).collect::<Vec<_>>().join("; ")
    }
}

/// What becomes of an input: all of it in one transaction, in the order in which it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The end of the mail; `None` for inputs that are no mail.
    pub end: Option<End>,
    /// What is to be done.
    pub effects: Vec<Effect>,
}

impl Decision {
    /// The facts that it appends.
    pub fn facts(&self) -> Vec<(TicketNumber, &Event)> {
        let fact = |effect: &'_ Effect| matches!(effect, Effect::Fact(..));
        let facts = self.effects.iter().take_while(|effect| fact(effect));
        facts
            .filter_map(|effect| {
                if let Effect::Fact(number, event) = effect { Some((*number, event)) } else { None }
            })
            .collect()
    }

    /// The mails that it queues.
    pub fn mails(&self) -> impl Iterator<Item = &Outgoing> {
        self.effects.iter().filter_map(|effect| {
            if let Effect::Mail(post) = effect { Some(&post.mail) } else { None }
        })
    }
}

/// Whether the verdict suffices for an answer to be written to the sender of a mail at all.
pub(super) fn may_be_answered(verdict: &Verdict) -> bool {
    verdict.result != Authentication::Fail
}

/// Why a row that waited does not go any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Whom it was to reach takes part no more.
    Nobody,
    /// Its writer says something else instead.
    Replaced,
}

/// A row that waited and does not go any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The row.
    pub row: OutboxId,
    /// Why.
    pub why: Gone,
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
pub type Told = (String, Result<Obeyed, Complaint>);
