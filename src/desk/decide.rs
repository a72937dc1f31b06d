//! What becomes of an input: one read, one decision, one write.
//!
//! Total: every input yields a decision, and every mail gets its end and a reason that can be asked for. Nothing here
//! reads the store; `work` gathers the [`Context`] and carries the [`Decision`] out in one transaction.

pub mod agent;
mod away;
mod bounce;
pub mod customer;
pub mod key;
mod noted;
pub mod order;
pub mod release;
pub mod repair;
pub mod third;
pub mod undo;
pub mod wake;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::absence::{Absence, Change};
use super::route::{Candidate, Route};
use super::texts::Texts;
use super::{Entry, Event, IdKind, Ticket};
use crate::config::Config;
use crate::mail::authentic::Verdict;
use crate::mail::origin::Reading;
use crate::mail::quote::Block;
use crate::mail::{
    Address, Authentication, Inbound, InboxId, Kind, MessageId, Origin, OutboxId, Outgoing, Person, ReplyGoes, TicketNumber,
};
use crate::time::Timestamp;

/// More Received fields than this are a mail that runs in a circle (RFC 5321 §6.3).
const RECEIVED_MAX: usize = 50;

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
    Wake(&'a wake::Woken),
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
    /// The ticket on which the sender is a third party, if the mail answers what they were written about it.
    pub third_party: Option<TicketNumber>,
    /// Third parties of the ticket; looked for only if an agent wrote.
    pub third_parties: Vec<Address>,
    /// Our mail that this one answers or speaks of, if its id is genuine.
    pub answered: Option<Answered>,
    /// The ticket that it joins, answers or speaks of.
    pub conversation: Option<Conversation>,
    /// The agent's held mail of which the answered transcript speaks, while it can be released.
    pub held: Option<release::Held>,
    /// What commands that repair threading work on.
    pub repair: repair::Repair,
    /// What a colleague told the customer since the mail of ours that is answered.
    pub collision: Option<Entry>,
    /// What the agent's mail did that `#undo` means; looked for only if the word is there.
    pub done: Option<undo::Done>,
    /// The mail that waits for the key that the answered mail asks for.
    pub locked: Option<key::Locked>,
    /// The desk's secret, from which one-time keys are made.
    pub key: &'a crate::mail::token::Key,
    /// Other tickets of the sender that are not over.
    pub others: Vec<(TicketNumber, String, super::Status)>,
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
    pub asked: Vec<(super::query::Question, super::query::Answer)>,
    /// Causes of which the sender heard within the hour.
    pub told: BTreeSet<&'static str>,
}

/// How a mail ended (SPEC §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A public entry of a ticket.
    Message,
    /// An internal entry.
    Note,
    /// An agent's commands, without a word beside them.
    Command,
    /// Kept, without effect.
    Record,
    /// Came before.
    Duplicate,
    /// Kept, shown, not processed.
    Quarantine,
    /// Waits for a word of the agent or the operator.
    Held,
    /// Too large.
    Refused,
}

impl Outcome {
    /// The word of `inbox --json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Note => "note",
            Self::Command => "command",
            Self::Record => "record",
            Self::Duplicate => "duplicate",
            Self::Quarantine => "quarantine",
            Self::Held => "held",
            Self::Refused => "refused",
        }
    }
}

/// A mail to be queued, and what it is about for the bound of one an hour; empty where no such bound holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The mail.
    pub mail: Outgoing,
    /// Its cause.
    pub cause: String,
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
    /// Why.
    pub reason: String,
    /// Facts to append.
    pub events: Vec<(TicketNumber, Event)>,
    /// What was said.
    pub entry: Option<NewEntry>,
    /// What was said in the same mail by somebody else, after it.
    pub beside: Vec<NewEntry>,
    /// The held mail that this one decides about too: its end, and why. What was said is its then, if it has an entry's end.
    pub released: Option<(InboxId, Outcome, String)>,
    /// The mail of which its transcripts speak, if it can be released by an answer to them.
    pub about: Option<InboxId>,
    /// The version of the ticket that its transcripts show, if that is not the present one.
    pub seen: Option<i64>,
    /// What is taken back of an earlier mail.
    pub back: Option<undo::Back>,
    /// The mail to which a key was given, and whether it fits.
    pub key: Option<(InboxId, key::KeyTurn)>,
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
    pub problems: Vec<(&'static str, String, String)>,
}

impl Decision {
    /// A mail that ends without any effect.
    fn end(outcome: Outcome, ticket: Option<TicketNumber>, reason: impl Into<String>) -> Self {
        Self { outcome: Some(outcome), ticket, reason: reason.into(), ..Self::default() }
    }
}

/// Decides what becomes of an input.
pub fn decide(context: &Context<'_>, input: Input<'_>, now: Timestamp) -> Decision {
    match input {
        Input::Mail(read) => mail(context, read, now),
        Input::Undeliverable(row, words) => bounce::undeliverable(context, row, words),
        Input::TooLarge(read, size) => customer::too_large(context, read, size, now),
        Input::LeftAlone => left_alone(context),
        Input::Wake(woken) => wake::wake(context, woken, now),
    }
}

fn mail(context: &Context<'_>, read: &Read<'_>, now: Timestamp) -> Decision {
    if let Some((first, ticket)) = context.same_mail {
        return Decision::end(Outcome::Duplicate, ticket, format!("the same mail as number {} of the inbox", first.0));
    }
    let Some(sender) = read.inbound.sender() else {
        return quarantine(format!(
            "it has {} From fields with {} addresses instead of one of each",
            read.inbound.from_fields,
            read.inbound.from.len()
        ));
    };
    if read.inbound.values("Received").count() > RECEIVED_MAX {
        return Decision::end(Outcome::Record, None, "more than 50 Received fields: it runs in a circle");
    }
    match read.reading.origin {
        Origin::Own => Decision::end(Outcome::Record, None, format!("our own mail came back ({})", read.reading.reason)),
        Origin::Receipt => record(context, "a read receipt", read),
        Origin::Report => record(context, "a report for machines", read),
        Origin::Bounce => bounce::bounce(context, read),
        Origin::Person | Origin::AutoReply | Origin::Notice | Origin::List => match context.config.agent(&sender.address) {
            Some(known) => {
                // Whichever of their addresses they use, it is the same person.
                let sender = Person { name: sender.name.clone(), address: known.address.clone() };
                agent::agent(context, read, known, &sender, now)
            }
            None => third::answer(context, read, sender, now).unwrap_or_else(|| customer::customer(context, read, sender, now)),
        },
    }
}

fn record(context: &Context<'_>, what: &str, read: &Read<'_>) -> Decision {
    let ticket = context.answered.as_ref().and_then(|row| row.ticket);
    Decision::end(Outcome::Record, ticket, format!("{what} ({})", read.reading.reason))
}

fn quarantine(reason: String) -> Decision {
    let mut decision = Decision::end(Outcome::Quarantine, None, reason);
    decision.problems.push(quarantine_problem());
    decision
}

/// What the owner hears when something lies in quarantine.
pub fn quarantine_problem() -> (&'static str, String, String) {
    (
        "quarantine",
        "Mail lies in quarantine and nobody has looked at it yet".to_owned(),
        "look with `postdesk quarantine list` and `quarantine show N`, then `quarantine release N` or `quarantine drop N`".to_owned(),
    )
}

fn left_alone(context: &Context<'_>) -> Decision {
    let Some(conversation) = &context.conversation else { return Decision::default() };
    let number = conversation.ticket.number;
    let why = "solved and left alone".to_owned();
    Decision { events: vec![(number, Event::StatusChanged { to: super::Status::Closed, why })], ..Decision::default() }
}

/// Whether the verdict suffices for an answer to be written to the sender of a mail at all.
fn may_be_answered(verdict: &Verdict) -> bool {
    verdict.result != Authentication::Fail
}
