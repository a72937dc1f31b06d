//! The mark of a customer who was asked how they were served: kept with their words. It opens
//! nothing and is told to nobody, unless other words stand beside it, which count as they are.
//!
//! It counts only where it was asked for, and of whom: in answer to the mail that asked, which
//! nobody else has, or in answer to none, proved and while the ticket is solved since. A bad one opens the ticket for
//! a lead, for only of an open one the clock watches what was promised; and what is promised is an
//! answer of a person's.

use super::plain::{brings_files, is_about, learnt, names, tail_of};
use crate::config::Rung;
use crate::desk::case::{Case, Read};
use crate::desk::courtesy::mark::{Mark, mark};
use crate::desk::deed::{Because, Deed};
use crate::desk::draft::Draft;
use crate::desk::known::{Answered, Conversation};
use crate::desk::notify::{self, Listener, Reminder, Review};
use crate::desk::reason::Reason;
use crate::desk::urge::Urge;
use crate::desk::{Event, Promised, Status, Survey, Ticket};
use crate::mail::quote::tail::without;
use crate::mail::{Authentication, Origin, Person};

/// Longest text that is kept with a mark, in characters; the ticket has all of it.
const TEXT_MAX: usize = 2_000;

/// The mark that a mail gives, if its writer was asked for one.
pub fn marked(
    case: &Case<'_>,
    read: &Read<'_>,
    conversation: &Conversation,
    sender: &Person,
) -> Option<Mark> {
    let ticket = &conversation.ticket;
    let survey = ticket.survey.as_ref().filter(|one| one.of == sender.address)?;
    let person = read.reading.origin == Origin::Person && ticket.status != Status::Spam;
    let gone = ticket.status == Status::Closed
        && case.now.since(ticket.status_since) > case.config.desk.reopen_within;
    if !person || gone || !is_asked(case, read, (ticket, survey)) || !is_about(read, conversation) {
        return None;
    }
    let known = known(sender, ticket);
    let writer = learnt(case, ticket.number, &known);
    let mark = mark(read.text, &writer, &names(case, &known))?;
    Some(Mark { alone: mark.alone && !brings_files(read), ..mark })
}

/// Who wrote, by the name that they bore before if they bear none now.
fn known(sender: &Person, ticket: &Ticket) -> Person {
    let name = sender.name.clone().or_else(|| ticket.requester.name.clone());
    Person { name, address: sender.address.clone() }
}

fn is_asked(case: &Case<'_>, read: &Read<'_>, (ticket, survey): (&Ticket, &Survey)) -> bool {
    let asks = |row: &Answered| {
        row.recipient == survey.of
            && row.first == Some(ticket.number)
            && row.queued_at == survey.asked_at
    };
    match (read.verdict.result, case.answered()) {
        (Authentication::Fail, _) => false,
        (_, Some(row)) => asks(row),
        (verdict, None) => verdict == Authentication::Pass && survey.open,
    }
}

/// Whether a mark is so bad that a lead is to look at it; once, until they have answered, whichever
/// of the tickets it was given for that became one.
pub fn calls_for_review(case: &Case<'_>, conversation: &Conversation, mark: Mark) -> bool {
    let ticket = &conversation.ticket;
    let queue = case.config.queue(&ticket.queue);
    let who = ticket.survey.as_ref().map(|survey| &survey.of);
    let theirs = |number| match number == ticket.number {
        true => who == Some(&ticket.requester.address),
        false => case.records.ticket(number).is_some_and(|one| who == Some(&one.requester.address)),
    };
    let is_bad = queue.is_some_and(|queue| mark.stars <= queue.survey.bad_mark);
    is_bad && !conversation.in_review().any(theirs)
}

/// Writes it down, and what follows from a bad one: whose the ticket is, and what is promised.
pub fn change(
    draft: &mut Draft<'_>,
    read: &Read<'_>,
    conversation: &Conversation,
    (sender, mark): (&Person, Mark),
) -> Option<Review> {
    let (case, ticket) = (draft.case, &conversation.ticket);
    let number = ticket.number;
    let survey = ticket.survey.as_ref();
    let agent = survey.and_then(|survey| survey.agent.clone());
    let text = without(read.text, &tail_of(&known(sender, ticket)))
        .trim()
        .chars()
        .take(TEXT_MAX)
        .collect();
    let (by, was) = (sender.address.clone(), survey.and_then(|survey| survey.mark));
    draft.fact(number, Event::Marked { mark: mark.stars, by, agent, text, was });
    draft.reasons.push(Reason::Marked { mark: mark.stars });
    if !calls_for_review(case, conversation, mark) {
        return None;
    }
    if mark.alone {
        draft.fact(number, Event::Asked);
    }
    let lead = reviewer(case, ticket);
    let agent = lead.as_ref().and_then(|lead| case.config.agent(&lead.person.address));
    let to = agent.map(|agent| agent.address.clone());
    if to.is_some() && to != ticket.assignee {
        let why = case.texts.say(&Because::BadMark { mark: mark.stars });
        draft.fact(number, Event::Assigned { to: to.clone(), why });
    }
    let due = notify::review_due(case, ticket);
    let silence = notify::silence(case, read, ticket, sender);
    if let Some(due) = due {
        let (what, told, words) = (Promised::Review, silence.is_none(), String::new());
        draft.fact(number, Event::Promised { what, due, told, by: to, words });
    }
    let by = agent.map(|agent| agent.name.clone());
    Some(Review { mark: mark.stars, by, due, silence })
}

/// Who is to look at it: who leads, and where nobody does the owner; rather not whoever it is about.
fn reviewer(case: &Case<'_>, ticket: &Ticket) -> Option<Listener> {
    let about = ticket.survey.as_ref().and_then(|survey| survey.agent.as_ref());
    let conversation = Conversation::opened(ticket.clone());
    let leads = notify::on_rung(case, &conversation, Rung::Lead);
    leads.into_iter().min_by_key(|lead| {
        let address = Some(&lead.person.address);
        (address == about, address != ticket.assignee.as_ref())
    })
}

/// What whoever has the ticket hears of it; nothing of a mark alone that is not bad.
pub fn told(
    case: &Case<'_>,
    before: &Conversation,
    mark: Mark,
    review: Option<&Review>,
) -> Option<Deed> {
    let survey = before.ticket.survey.as_ref();
    let agent = survey.and_then(|one| case.config.agent(one.agent.as_ref()?));
    let agent = agent.map(|agent| agent.name.clone());
    let Mark { stars: mark, alone } = mark;
    match review {
        Some(Review { by, .. }) => Some(Deed::MarkedBadly { mark, agent, by: by.clone() }),
        None if !alone || before.is_in_review() => Some(Deed::Marked { mark, agent }),
        None => None,
    }
}

/// The customer hears who looks at it. An owner who is no agent cannot have the ticket, and hears
/// of it beside whoever has.
pub fn answer(
    draft: &mut Draft<'_>,
    read: &Read<'_>,
    current: &Conversation,
    (sender, review): (&Person, &Review),
) {
    let case = draft.case;
    notify::review(draft, read, current, (sender, review));
    let owner = reviewer(case, &current.ticket).filter(|lead| !lead.agent);
    if let Some(owner) = owner {
        let urge = Urge::BadMark { mark: review.mark, told: review.silence.is_none() };
        notify::reminder(draft, current, Reminder::of(urge, vec![owner]));
    }
}
