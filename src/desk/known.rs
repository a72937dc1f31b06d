//! What the store knows that a decision may turn on.

use super::absence::Absence;
use super::promise::{self, Promise, first_due, open_until};
use super::{Direction, Entry, EntryKind, Event, Joining, Status, Target, Ticket};
use crate::mail::authentic::Verdict;
use crate::mail::origin::Reading;
use crate::mail::quote::Block;
use crate::mail::{
    Address, Authentication, Inbound, InboxId, Kind, MessageId, OutboxId, ReplyGoes, TicketNumber,
};
use crate::time::Timestamp;

/// A mail of ours that is answered, bounced or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its row.
    pub id: OutboxId,
    /// Its ticket; if that went into another, that other.
    pub ticket: Option<TicketNumber>,
    /// Its ticket, whatever became of it.
    pub first: Option<TicketNumber>,
    /// What it was.
    pub kind: Kind,
    /// Whom it went to.
    pub recipient: Address,
    /// Where a reply to it goes.
    pub reply_goes: ReplyGoes,
    /// The mail that it speaks of, if it is a transcript.
    pub about: Option<InboxId>,
    /// The row of what was said in it, or of what it tells.
    pub entry: Option<i64>,
    /// The agent's mail that caused it.
    pub by_mail: Option<InboxId>,
    /// Version of the ticket that it shows.
    pub seen_version: i64,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// It asks for a one-time key.
    pub asks_key: bool,
    /// It came to an end before anybody tried to send it.
    pub ended: Option<Ended>,
}

/// Why a mail of ours goes no more that was never tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its writer had it stopped, and said no more.
    Stopped,
    /// Whom it was to reach is not to have it any more.
    Unwanted,
}

/// A ticket and what was said in it, as far as it matters.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The ticket.
    pub ticket: Ticket,
    /// Its subject in mails to customers: that of the mail that opened it, whatever agents call it
    /// since. Their clients thread by it, and a title may be meant for the inside.
    pub outside: String,
    /// What was said last, newest last.
    pub last: Vec<Entry>,
    /// Ids of the customers' mails and when they came, oldest first.
    pub public_ids: Vec<(Timestamp, MessageId)>,
    /// Our ids by recipient and when they were made, oldest first.
    pub thread: Vec<(Timestamp, Address, MessageId)>,
    /// What was promised in the tickets that went into it.
    pub absorbed: Vec<(TicketNumber, Vec<Promise>)>,
}

impl Conversation {
    /// Nothing was said yet that is known here.
    pub fn opened(ticket: Ticket) -> Self {
        Self {
            outside: ticket.subject.clone(),
            ticket,
            last: Vec::new(),
            public_ids: Vec::new(),
            thread: Vec::new(),
            absorbed: Vec::new(),
        }
    }

    /// By when an answer is promised: the latest time that the customer was told, if it is open.
    pub fn promised(&self) -> Option<Timestamp> {
        self.promises().filter_map(|(_, promises)| open_until(promises)).max()
    }

    /// By when the first of what is promised is due.
    pub fn promised_first(&self) -> Option<Timestamp> {
        self.promises().filter_map(|(_, promises)| first_due(promises)).min()
    }

    /// The ticket, and those that went into it, whose customer waits for what their bad mark was
    /// answered with.
    pub fn in_review(&self) -> impl Iterator<Item = TicketNumber> {
        let waits = |(number, promises): (TicketNumber, &[Promise])| {
            promise::is_in_review(promises).then_some(number)
        };
        self.promises().filter_map(waits)
    }

    /// Whether one of them does.
    pub fn is_in_review(&self) -> bool {
        self.in_review().next().is_some()
    }

    /// What the last answer kept after its time: that which it was late for most.
    pub fn given_late(&self) -> Option<&Promise> {
        let all = || self.promises().flat_map(|(_, promises)| promises);
        let given = all().filter_map(|one| one.kept_at).max()?;
        let answer = |one: &Entry| {
            one.direction == Direction::Out && one.kind == EntryKind::Message && one.at > given
        };
        if self.last.iter().any(answer) {
            return None;
        }
        let late = all().filter(|one| one.kept_at == Some(given) && one.late().is_some());
        late.min_by_key(|one| one.due_at)
    }

    /// What an answer is: it keeps all that is promised. Facts about this ticket and those that went
    /// into it.
    pub fn keep(&self) -> impl Iterator<Item = (TicketNumber, Event)> {
        let open = self.promises().filter(|(_, promises)| open_until(promises).is_some());
        let kept = open.map(|(number, _)| (number, Event::PromiseKept));
        kept.chain(self.promises().map(|(number, _)| (number, Event::Answered)))
    }

    /// What ends all that is promised in it, since the customer says that nothing is owed.
    pub fn waive(&self) -> impl Iterator<Item = (TicketNumber, Event)> {
        self.keep().map(|(number, _)| (number, Event::PromiseWaived))
    }

    /// As [`Self::keep`], and it is so here at once.
    pub fn kept(&mut self, now: Timestamp) -> Vec<(TicketNumber, Event)> {
        let facts: Vec<_> = self.keep().collect();
        facts.iter().for_each(|(number, fact)| self.happened(*number, fact, now));
        facts
    }

    /// As it is once that happened to its ticket, or to one that went into it.
    pub fn with(&self, number: TicketNumber, events: &[Event], now: Timestamp) -> Self {
        let mut then = self.clone();
        events.iter().for_each(|event| then.happened(number, event, now));
        then
    }

    /// Of those that went into it only what was promised is known here.
    fn happened(&mut self, number: TicketNumber, event: &Event, now: Timestamp) {
        if number == self.ticket.number {
            self.ticket.apply(event, now);
        }
        let part = self.absorbed.iter_mut().filter(|(part, _)| *part == number);
        part.for_each(|(_, promises)| promise::apply(promises, event, now));
    }

    /// What it changes that the relay took an answer of that time only then.
    pub fn taken(&self, answered: Timestamp, taken: Timestamp) -> Vec<(TicketNumber, Event)> {
        let late = |one: &Promise| one.kept_late_by(answered, taken);
        let target = |number| {
            let mut targets = self.ticket.targets.iter();
            number == self.ticket.number && targets.any(|one| one.met_late_by(answered, taken))
        };
        let all = self.promises();
        let all = all.filter(|(number, all)| all.iter().any(late) || target(*number));
        all.map(|(number, _)| (number, Event::TakenLate { answered, taken })).collect()
    }

    /// When answers were given that kept something in time, though it is over now.
    pub fn given_in_time(&self, now: Timestamp) -> Vec<Timestamp> {
        let kept = self.promises().flat_map(|(_, all)| all).filter(|one| one.due_at < now);
        let kept = kept.filter_map(|one| one.kept_at.filter(|kept| *kept <= one.due_at));
        let met = self.ticket.targets.iter().filter(|one| one.due_at.is_some_and(|due| due < now));
        let met = met.filter(|one| one.breached_at.is_none()).filter_map(|one| one.met_at);
        let mut all: Vec<Timestamp> = kept.chain(met).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What opens again what an answer of that time kept: it did not arrive.
    pub fn unkeep_since(&self, sent: Timestamp) -> Vec<(TicketNumber, Event)> {
        let all = self.promises().flat_map(|(_, promises)| promises);
        let kept = all.filter_map(|one| one.kept_at).filter(|kept| *kept >= sent).min();
        let answered = self.ticket.targets.iter().filter_map(Target::answered_at);
        let answered = answered.filter(|at| *at >= sent).min();
        let unkept = kept.into_iter().flat_map(|kept| self.unkeep(kept));
        unkept.chain(answered.into_iter().flat_map(|at| self.unanswer(at))).collect()
    }

    /// What opens again all that was kept at that time.
    pub fn unkeep(&self, kept: Timestamp) -> impl Iterator<Item = (TicketNumber, Event)> {
        let then = move |promises: &[Promise]| promises.iter().any(|one| one.kept_at == Some(kept));
        let closed = self.promises().filter(move |(_, promises)| then(promises));
        closed.map(move |(number, _)| (number, Event::PromiseUnkept { kept }))
    }

    /// What was answered at that time was not.
    pub fn unanswer(&self, answered: Timestamp) -> impl Iterator<Item = (TicketNumber, Event)> {
        let all = self.promises().map(|(number, _)| number);
        all.map(move |number| (number, Event::Unanswered { answered }))
    }

    fn promises(&self) -> impl Iterator<Item = (TicketNumber, &[Promise])> {
        let own = (self.ticket.number, self.ticket.promises.as_slice());
        let absorbed =
            self.absorbed.iter().map(|(number, promises)| (*number, promises.as_slice()));
        std::iter::once(own).chain(absorbed)
    }
}

/// A mail of ours to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its text.
    pub text: String,
    /// The text of the agent's own mail of which it speaks.
    pub own: Option<String>,
}

/// A mail that came before.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// Its row.
    pub id: InboxId,
    /// The mail.
    pub inbound: Inbound,
    /// Its new text.
    pub text: String,
    /// What its sender's domain says of it.
    pub verdict: Authentication,
}

/// The mail that opened a ticket, read anew.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Its row.
    pub id: InboxId,
    /// The mail.
    pub inbound: Inbound,
    /// Who wrote.
    pub reading: Reading,
    /// Whether the sender is who they say.
    pub verdict: Verdict,
    /// The runs of its text.
    pub blocks: Vec<Block>,
    /// Its new text.
    pub text: String,
    /// When we stored it.
    pub arrived_at: Timestamp,
    /// Old mail: the customer is left in peace.
    pub quiet: bool,
}

/// A mail of an agent's that waits.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its row.
    pub id: InboxId,
    /// The mail.
    pub inbound: Inbound,
    /// The runs of its text.
    pub blocks: Vec<Block>,
    /// How long it waits.
    pub until: Timestamp,
}

/// What became of a mail since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands.
    Stands,
    /// It was taken back.
    TakenBack,
    /// It took another one back.
    TakesBack,
}

/// A mail of ours that an agent's mail caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its row.
    pub row: OutboxId,
    /// Why it goes.
    pub kind: Kind,
    /// Whom it goes to.
    pub recipient: Address,
    /// Nobody has it yet, and nobody may.
    pub waits: bool,
}

/// What an agent said to somebody outside, or made the desk say, that nobody has yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// Its row.
    pub row: OutboxId,
    /// Whom it goes to.
    pub recipient: Address,
    /// The mail that caused it.
    pub by: InboxId,
    /// When that was.
    pub queued_at: Timestamp,
    /// This agent wrote it.
    pub own: bool,
    /// It is stopped, until its writer says what they mean.
    pub stopped: bool,
}

/// What an agent's mail did to a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// That mail.
    pub mail: InboxId,
    /// What became of it since.
    pub fate: Fate,
    /// All that happened to the ticket, oldest first, and whether that mail caused it.
    pub events: Vec<(Event, Timestamp, bool)>,
    /// Mails of ours that it caused, but for transcripts.
    pub sent: Vec<Sent>,
    /// What it said, if anything.
    pub said: Option<EntryKind>,
    /// The text of that.
    pub words: String,
    /// Other tickets that it changed.
    pub elsewhere: Vec<TicketNumber>,
}

/// An absence that stands and that a command of the agent's made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    /// Their mail.
    pub mail: InboxId,
    /// When that was.
    pub since: Timestamp,
    /// The absence that stood before and would stand yet.
    pub before: Option<Absence>,
}

impl Done {
    /// What that mail itself did, and when.
    pub fn own(&self) -> impl Iterator<Item = (&Event, Timestamp)> {
        self.events.iter().filter(|(_, _, own)| *own).map(|(event, at, _)| (event, *at))
    }

    /// The events before that mail, and those up to its last.
    pub(super) fn around(&self) -> Option<(usize, usize)> {
        let first = self.events.iter().position(|(_, _, own)| *own)?;
        let last = self.events.iter().rposition(|(_, _, own)| *own)?;
        Some((first, last + 1))
    }

    pub(super) fn until(&self, count: usize) -> impl Iterator<Item = (&Event, Timestamp)> {
        self.events.iter().take(count).map(|(event, at, _)| (event, *at))
    }
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
