//! The nouns of a decision: what happened, what is known beside it, and what is to be done.
//!
//! The verbs are in `decide`, the mails in `notify`; both know these and nothing of each other.

use std::collections::{BTreeMap, BTreeSet};

use super::absence::{Absence, Change};
use super::command::Complaint;
pub use super::locked::{GOOD_FOR, KeyTurn, Locked, Waiting};
pub use super::outcome::Outcome;
pub use super::reason::{Code, Reason};
use super::route::{Candidate, Route};
pub use super::slip::{Doubt, HELD_FOR, Leak, Slip};
use super::texts::Texts;
use super::{Cause, Entry, EntryKind, Event, IdKind, Joining, Status, Ticket, Wake, query};
use crate::config::Config;
use crate::mail::authentic::Verdict;
use crate::mail::origin::Reading;
use crate::mail::quote::Block;
use crate::mail::quote::tail::Habits;
use crate::mail::token::Key;
use crate::mail::{
    Address, Authentication, Inbound, InboxId, Kind, MessageId, OutboxId, Outgoing, ReplyGoes,
    TicketNumber,
};
use crate::time::Timestamp;

/// What happened, to be decided about.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A mail came.
    Mail(&'a Read<'a>),
    /// A mail of ours was refused or given up.
    Undeliverable(&'a Answered, &'a str),
    /// A mail is too large to be fetched: its header block and its size.
    TooLarge(&'a Read<'a>, u64),
    /// A solved ticket was left alone for long enough.
    LeftAlone,
    /// The time for something has come.
    Wake(&'a Woken),
}

/// A mail and what the room `mail` made of it.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// Its row.
    pub id: InboxId,
    /// The mail.
    pub inbound: &'a Inbound,
    /// Who wrote.
    pub reading: &'a Reading,
    /// Whether the sender is who they say.
    pub verdict: &'a Verdict,
    /// The new text.
    pub text: &'a str,
    /// The runs of its text.
    pub blocks: &'a [Block],
    /// When we stored it.
    pub arrived_at: Timestamp,
    /// Old mail: the customer is left in peace.
    pub quiet: bool,
    /// The operator vouches for it.
    pub released: bool,
}

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
    /// Ids of the customers' mails, oldest first.
    pub public_ids: Vec<MessageId>,
    /// Our ids by recipient, oldest first.
    pub thread: Vec<(Address, MessageId)>,
    /// Texts of public entries, for an agent's quotes.
    pub public_texts: Vec<String>,
    /// Texts of notes and who wrote them, the newest first: an agent may copy them by mistake.
    pub notes: Vec<(Address, String)>,
    /// When an answer was promised.
    pub promise: Option<Timestamp>,
    /// When this sender was last sent an acknowledgement here.
    pub acknowledged_at: Option<Timestamp>,
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
            public_texts: Vec::new(),
            notes: Vec::new(),
            promise: None,
            acknowledged_at: None,
        }
    }
}

/// What is known beside the input itself.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// When it is decided.
    pub now: Timestamp,
    /// The settings.
    pub config: &'a Config,
    /// The texts.
    pub texts: &'a Texts,
    /// The number a new ticket gets.
    pub next: TicketNumber,
    /// An earlier mail with the same content.
    pub same_mail: Option<(InboxId, Option<TicketNumber>)>,
    /// Tickets that the mail points to, the weightiest first.
    pub candidates: Vec<Candidate>,
    /// Where a customer's mail goes.
    pub route: Route,
    /// The ticket on which the sender is a third party, if the mail answers what they were written
    /// about it.
    pub third_party: Option<TicketNumber>,
    /// Third parties of the ticket; looked for only if an agent wrote.
    pub third_parties: Vec<Address>,
    /// Our mail that this one answers or speaks of, if its id is genuine.
    pub answered: Option<Answered>,
    /// It answers a mail of ours to this agent that no row bears any more: the database was put back
    /// to an older state.
    pub answers_lost: bool,
    /// The ticket that it joins, answers or speaks of.
    pub conversation: Option<Conversation>,
    /// The agent's held mail of which the answered transcript speaks, while it can be released.
    pub held: Option<Held>,
    /// What commands that repair threading work on.
    pub repair: Repair,
    /// What a colleague told the customer since the mail of ours that is answered.
    pub collision: Option<Entry>,
    /// What agents said on the ticket within the time for `#undo`.
    pub unsent: Vec<Unsent>,
    /// What the agent's mail did that `#undo` means; looked for only if the word is there.
    pub done: Option<Done>,
    /// Their absence, which it may mean too.
    pub leave: Option<Leave>,
    /// The mail that waits for the key that the answered mail asks for.
    pub locked: Option<Locked>,
    /// The agent's mails for which nobody vouched, oldest first.
    pub waiting: Vec<Waiting>,
    /// The desk's secret, from which one-time keys are made.
    pub key: &'a Key,
    /// Tickets that are not over, of that person: of whoever asked, in a mail about a ticket.
    pub others: (Option<Address>, Vec<(TicketNumber, String, Status)>),
    /// Acknowledgements to the sender in the last 24 hours.
    pub acknowledged_today: u32,
    /// Notifications in the last hour by agent; keys are addresses in lower case.
    pub notified: BTreeMap<String, u32>,
    /// Tickets that are not over by agent; keys are addresses in lower case.
    pub loads: BTreeMap<String, u64>,
    /// Who was last given a ticket of the queue by turn.
    pub last_assigned: Option<Address>,
    /// Who is away now.
    pub absences: Vec<Absence>,
    /// What the mail asks, with what the store says to it.
    pub asked: Vec<(query::Question, query::Answer)>,
    /// Causes of which the sender heard within the hour.
    pub told: BTreeSet<Cause>,
    /// What is known of the agent's tails.
    pub habits: Habits,
    /// Our last mails to the agent, those of the ticket first.
    pub shown: Vec<Shown>,
}

/// A mail of ours to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its text.
    pub text: String,
    /// The text of the agent's own mail of which it speaks.
    pub own: Option<String>,
}

/// A mail to be queued, and what it is about for the bound of one an hour; `None` where no such
/// bound holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The mail.
    pub mail: Outgoing,
    /// Its cause.
    pub cause: Option<Cause>,
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

/// A row that waited and does not go any more, since whom it was to reach takes part no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The row.
    pub row: OutboxId,
    /// Its writer did that themselves, and hears of it at once.
    pub own: bool,
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

/// Something whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Woken {
    /// What.
    pub what: Wake,
    /// The agent's words about it, perhaps none.
    pub words: String,
    /// Who asked for it; `None` if the address cannot be read any more.
    pub agent: Option<Address>,
}

/// What was looked up for the commands of an agent's mail.
#[derive(Clone, Debug, Default)]
pub struct Repair {
    /// Tickets that commands name, by the number as written; for one that went into another, that
    /// other.
    pub named: BTreeMap<TicketNumber, Conversation>,
    /// The ticket of the answered mail as that mail showed it, if it changed since.
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

/// A line of the transcript: as written, and what became of it.
pub type Told = (String, Result<String, Complaint>);
