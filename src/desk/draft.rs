//! A decision half-made: whatever is decided about agents, customers, third parties, bounces,
//! refusals and ticks is written into one.

use super::case::Case;
use super::decision::{Back, Decision, Dropped, Effect, End, NewEntry, Post};
use super::deed::Instead;
use super::outcome::Outcome;
use super::problem::Problem;
use super::reason::Reason;
use super::urge::Urge;
use super::{Cause, Direction, Event, IdKind};
use crate::mail::{InboxId, Kind, MessageId, Outgoing, TicketNumber};

/// A decision half-made.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// What is decided about.
    pub case: &'a Case<'a>,
    /// The end of the mail; `None` for inputs that are no mail.
    pub outcome: Option<Outcome>,
    /// The ticket it ended in.
    pub ticket: Option<TicketNumber>,
    /// Why, if it has an end, and what else there is to say of it.
    pub reasons: Vec<Reason>,
    /// Facts to append.
    pub events: Vec<(TicketNumber, Event)>,
    /// What was said.
    pub entry: Option<NewEntry>,
    /// The held mail that this one decides about too: its end, and why. What was said is its then,
    /// if it has an entry's end.
    pub released: Option<(InboxId, Outcome, Reason)>,
    /// The mail of which its transcripts speak, if it can be released by an answer to them.
    pub about: Option<InboxId>,
    /// The version of the ticket that its transcripts show, if that is not the present one.
    pub seen: Option<i64>,
    /// What is taken back of an earlier mail.
    pub back: Option<Back>,
    /// Rows that are not to go any more.
    pub dropped: Vec<Dropped>,
    /// Ids that lead to `ticket` from now on.
    pub ids: Vec<(MessageId, IdKind)>,
    /// Why nobody could be given the ticket, if its leads are to hear so.
    pub unplaced: Option<Instead>,
    /// What those who are told of a message read beside it, in the same mail.
    pub missed: Option<Urge>,
    /// Mails to queue.
    pub mails: Vec<Post>,
    /// All else, in its order.
    pub more: Vec<Effect>,
}

impl<'a> Draft<'a> {
    /// Nothing is to be done.
    pub fn new(case: &'a Case<'a>) -> Self {
        Self {
            case,
            outcome: None,
            ticket: None,
            reasons: Vec::new(),
            events: Vec::new(),
            entry: None,
            released: None,
            about: None,
            seen: None,
            back: None,
            dropped: Vec::new(),
            ids: Vec::new(),
            unplaced: None,
            missed: None,
            mails: Vec::new(),
            more: Vec::new(),
        }
    }

    /// A mail that ends without any effect.
    pub fn end(
        case: &'a Case<'a>,
        outcome: Outcome,
        ticket: Option<TicketNumber>,
        reason: Reason,
    ) -> Self {
        Self { outcome: Some(outcome), ticket, reasons: vec![reason], ..Self::new(case) }
    }

    /// Why it ends, if it has an end.
    pub fn reason(&self) -> Option<&Reason> {
        self.reasons.first()
    }

    /// A fact about a ticket.
    pub fn fact(&mut self, number: TicketNumber, event: Event) {
        self.events.push((number, event));
    }

    /// What makes a ticket matter more, or less, from now on; nothing where an agent said so.
    pub fn weighed(&self, number: TicketNumber) -> Option<String> {
        let own = self.events.iter().filter(|(ticket, _)| *ticket == number);
        let mut set = own.rev().filter_map(|(_, event)| match event {
            Event::PrioritySet { why, .. } => Some(why.clone()),
            _ => None,
        });
        set.next().filter(|why| !why.is_empty())
    }

    /// A mail without a bound.
    pub fn mail(&mut self, mail: Outgoing) {
        self.mails.push(Post::new(mail, None));
    }

    /// Something else.
    pub fn also(&mut self, effect: Effect) {
        self.more.push(effect);
    }

    /// What the owner should hear.
    pub fn problem(&mut self, cause: Cause, problem: Problem) {
        self.also(Effect::Problem(cause, problem));
    }

    /// The decision as it is carried out: facts, what was said and what leads to it, what becomes of
    /// earlier mails, all else, and then what goes out.
    pub fn decided(mut self) -> Decision {
        self.posts_know_what_they_speak_of();
        let author = self.entry.as_ref().map(|new| &new.entry);
        let author = author.filter(|entry| entry.direction == Direction::In);
        // What an agent passes on is the customer's.
        let author = author.map(|entry| entry.author.address.clone());
        // What was said is the words of the mail that was released, not of the one that released it.
        let released = self.released.as_ref().filter(|(_, end, _)| *end != Outcome::Record);
        let source = released.map(|(held, _, _)| *held);
        let mut effects = Vec::new();
        effects.extend(self.events.into_iter().map(|(number, event)| Effect::Fact(number, event)));
        effects.extend(self.entry.map(|new| Effect::Say(new, source)));
        let lead = |(id, kind)| Effect::Lead(id, kind, author.clone());
        effects.extend(self.ids.into_iter().map(lead));
        effects.extend(self.released.map(|(held, end, why)| Effect::Release(held, end, why)));
        effects.extend(self.back.map(Effect::TakeBack));
        effects.extend(self.dropped.into_iter().map(Effect::Drop));
        effects.extend(self.more);
        effects.extend(self.mails.into_iter().map(Effect::Mail));
        let (ticket, reasons) = (self.ticket, self.reasons);
        let end = self.outcome.map(|outcome| End { outcome, ticket, reasons });
        Decision { end, effects }
    }

    fn posts_know_what_they_speak_of(&mut self) {
        let (about, seen) = (self.about, self.seen);
        let told = self.mails.iter_mut().filter(|post| post.mail.kind == Kind::Transcript);
        told.for_each(|post| (post.about, post.seen) = (about, seen));
    }
}

/// A mail that is kept, shown and not processed.
pub fn quarantine<'a>(case: &'a Case<'a>, reason: Reason) -> Draft<'a> {
    let mut draft = Draft::end(case, Outcome::Quarantine, None, reason);
    draft.problem(Cause::Quarantine, Problem::Quarantine);
    draft
}
