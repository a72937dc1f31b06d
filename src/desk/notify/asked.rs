//! Mails to customers whose report says too little: the acknowledgement that asks, reminders, the
//! closing, and the second acknowledgement that names the time again.

use super::make::{list, maybe, render, value};
use super::outside::{acknowledged, common, due, notice, promise, send, silent};
use crate::desk::case::{Case, Read};
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::texts::{Values, day};
use crate::desk::{AskEnd, Event, Goal, Promised, Ticket, Wake};
use crate::mail::{Address, Kind, Person};
use crate::time::Timestamp;

/// The questions for some details, as customers read them.
pub fn questions(case: &Case<'_>, what: &[String]) -> Vec<String> {
    let one = |name: &String| {
        let own = case.config.details.iter().find(|detail| detail.name == *name);
        own.map_or_else(|| case.texts.named("details", name), |detail| detail.ask.clone())
    };
    what.iter().map(one).collect()
}

/// Acknowledges a new ticket and asks for what its report lacks. No time is promised: it counts from
/// the answer.
pub fn ask(
    draft: &mut Draft<'_>,
    read: &Read<'_>,
    ticket: &Ticket,
    (sender, what, again): (&Person, &[String], Option<Timestamp>),
) {
    let case = draft.case;
    let mut values = common(case, read, ticket, &ticket.subject, None);
    let zone = &case.config.desk.time_zone;
    values.insert("questions", list(questions(case, what)));
    values.insert("again", maybe(again.map(|at| day(at, zone))));
    let rendered = render(draft, "acknowledgement-question", &values);
    send(draft, read, ticket, sender, (Kind::Acknowledgement, rendered));
}

/// Asks again, for the first time or the last, or says that the request is closed; `next` is when it
/// would be.
pub fn ask_again(
    draft: &mut Draft<'_>,
    conversation: &Conversation,
    (step, what, next): (Wake, &[String], Option<Timestamp>),
) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    let name = if step == Wake::AskEnd { "question-closed" } else { "question-again" };
    let zone = &case.config.desk.time_zone;
    let values = Values::from([
        ("number", value(ticket.number.0.to_string())),
        ("subject", value(&conversation.outside)),
        ("desk", value(&case.config.desk.name)),
        ("questions", list(questions(case, what))),
        ("last", (step == Wake::AskLast).into()),
        ("asked_at", value(day(ticket.created_at, zone))),
        ("next", maybe(next.map(|at| day(at, zone)))),
    ]);
    let requester = ticket.requester.clone();
    notice(draft, (Kind::Acknowledgement, name), &values, (conversation, &[requester]));
}

/// Whether a mail of the desk's may tell somebody anything just now.
pub fn may_tell(case: &Case<'_>, read: &Read<'_>, sender: &Person) -> bool {
    silent(case, read, sender).is_none() && !has_had_enough(case, &sender.address)
}

/// Whether somebody had so many mails of the desk's own within a day that no more go (L2).
pub fn has_had_enough(case: &Case<'_>, address: &Address) -> bool {
    let person = Person { name: None, address: address.clone() };
    acknowledged(case, &person) >= case.config.limits.acknowledgements_per_address_and_day
}

/// What a person answers by, from now on.
pub fn promise_anew(draft: &mut Draft<'_>, ticket: &Ticket, what: (Promised, bool)) {
    let due = due(draft.case, ticket, owed(ticket));
    promise(draft, ticket, what, due);
}

/// Which answer whoever was asked waits for.
fn owed(ticket: &Ticket) -> Goal {
    let first = ticket.promises.iter().all(|one| one.kept_at.is_none());
    if first { Goal::FirstAnswer } else { Goal::NextAnswer }
}

/// Tells whoever answered by when a person answers them.
pub fn thank(draft: &mut Draft<'_>, read: &Read<'_>, conversation: &Conversation, sender: &Person) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    if !may_tell(case, read, sender) {
        return;
    }
    let due = due(case, ticket, owed(ticket));
    let values = common(case, read, ticket, &conversation.outside, due);
    let rendered = render(draft, "acknowledgement-answer", &values);
    send(draft, read, ticket, sender, (Kind::Notice, rendered));
}

/// What a notification tells of the asking: for what the customer is asked, or was, and what of it
/// they told.
pub fn told(draft: &Draft<'_>, ticket: &Ticket) -> Values {
    let open = ticket.asking().map(|asking| asking.words.replace(' ', ", "));
    let ended = draft.events.iter().find_map(|(number, event)| match event {
        Event::AskEnded { what, found, how: AskEnd::Answered } if *number == ticket.number => {
            Some((what, found))
        }
        _ => None,
    });
    let lacking = |(what, found): (&Vec<String>, &Vec<String>)| {
        let left = what.iter().filter(|name| !found.contains(name)).cloned();
        left.collect::<Vec<_>>().join(", ")
    };
    Values::from([
        ("asked", maybe(open)),
        ("was_asked", maybe(ended.map(|(what, _)| what.join(", ")))),
        ("lacking", maybe(ended.map(lacking).filter(|left| !left.is_empty()))),
    ])
}
