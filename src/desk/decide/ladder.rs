//! A promise that nobody has kept yet: who is urged before it is due, and what the customer is told
//! at the minute at which it is, so that no promise lapses in silence.

use std::time::Duration;

use crate::config::{Queue, Rung};
use crate::desk::case::Case;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::notify::{self, Holding, Listener, Reminder};
use crate::desk::texts::{checked, whole_minutes};
use crate::desk::urge::Urge;
use crate::desk::{Event, Mailed, Part, Promise, Status, Ticket};
use crate::time::Timestamp;

/// Looks at what was promised on a ticket; `whole` is where it goes on. One thing at a time: nobody
/// hears of one ticket twice in one step.
pub fn climb(draft: &mut Draft<'_>, ticket: &Ticket, whole: &Conversation) {
    let case = draft.case;
    let Some(queue) = case.config.queue(&whole.ticket.queue) else { return };
    if matches!(whole.ticket.status, Status::Solved | Status::Closed | Status::Spam) {
        return;
    }
    let standing: Vec<&Promise> = ticket.promises.iter().filter(|one| one.stands()).collect();
    let missed: Vec<&Promise> =
        standing.iter().copied().filter(|one| one.due_at <= case.now).collect();
    if missed.is_empty() {
        let next = standing.iter().min_by_key(|one| one.due_at);
        next.into_iter().for_each(|promise| urge(draft, ticket, whole, (promise, queue)));
    } else {
        miss(draft, ticket, whole, (&missed, queue));
    }
}

/// Whoever stands on the rungs that are due hears of it, if they did not on an earlier one.
fn urge(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    whole: &Conversation,
    (promise, queue): (&Promise, &Queue),
) {
    let case = draft.case;
    let due = |rung: &Rung| promise.rung_at(*rung, queue).is_some_and(|at| at <= case.now);
    let open = Rung::ALL.into_iter().filter(|rung| promise.urged.is_none_or(|done| *rung > done));
    let Some(rung) = open.filter(due).last() else { return };
    let before =
        Rung::ALL.into_iter().filter(|rung| promise.urged.is_some_and(|done| *rung <= done));
    let known = reached(case, whole, before);
    let all = reached(case, whole, Rung::ALL.into_iter().filter(|one| *one <= rung));
    let fresh = all.into_iter().filter(|one| known.iter().all(|old| !same(old, one)));
    let zone = &case.config.desk.time_zone;
    let (due, who) = (checked(promise.due_at, zone), holder(case, whole));
    let what = match rung {
        Rung::Reminder => Urge::Reminder { due },
        Rung::Backup | Rung::Lead | Rung::Owner => Urge::Higher { due, who },
    };
    draft.fact(ticket.number, Event::Urged { rung, due: promise.due_at });
    notify::reminder(draft, whole, Reminder::of(what, fresh.collect()));
}

fn same(one: &Listener, other: &Listener) -> bool {
    one.person.address == other.person.address
}

/// Who stands on these rungs, each once.
fn reached(
    case: &Case<'_>,
    whole: &Conversation,
    rungs: impl Iterator<Item = Rung>,
) -> Vec<Listener> {
    let mut all: Vec<Listener> = Vec::new();
    for rung in rungs {
        for one in notify::on_rung(case, whole, rung) {
            if all.iter().all(|known| !same(known, &one)) {
                all.push(one);
            }
        }
    }
    all
}

/// Whose work it is, by name.
fn holder(case: &Case<'_>, whole: &Conversation) -> Option<String> {
    let agent = whole.ticket.assignee.as_ref().and_then(|address| case.config.agent(address));
    agent.map(|agent| agent.name.clone())
}

/// The time is over: the customer hears so, and whoever has it and the leads do. The owner does as
/// well from the third time on.
fn miss(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    whole: &Conversation,
    (missed, queue): (&[&Promise], &Queue),
) {
    let case = draft.case;
    let Some(last) = missed.iter().max_by_key(|one| one.due_at) else { return };
    let requester = ticket.participants.iter().find(|one| one.part == Part::Requester);
    let written_to = requester.is_some_and(|one| one.mailed == Mailed::Yes)
        && !case.records.is_machine(ticket.number, &ticket.requester.address);
    let told = missed.iter().any(|one| one.told)
        && ticket.verified
        && written_to
        && !is_out_of_reach(case, ticket);
    let before = ticket.promises.iter().filter(|one| one.is_open() && one.missed_at.is_some());
    let nth = before.map(|one| one.due_at).collect::<std::collections::BTreeSet<_>>().len() + 1;
    let next = queue.hours.after(case.now, pause(queue, nth)).map(whole_minutes);
    let missed_at = missed.iter().map(|one| one.due_at);
    let mut facts: Vec<Event> =
        missed_at.map(|due| Event::PromiseMissed { due, holding: told }).collect();
    facts.extend(next.map(|due| {
        let (by, words) = (last.who.clone(), last.words.clone());
        Event::Promised { what: last.what, due, told, by, words }
    }));
    // As it is from now on.
    let whole = &whole.with(ticket.number, &facts, case.now);
    facts.into_iter().for_each(|fact| draft.fact(ticket.number, fact));
    if told {
        notify::hold_off(draft, ticket, whole, Holding { missed: last.due_at, next, nth });
    }
    let zone = &case.config.desk.time_zone;
    let shown = |at: Timestamp| checked(at, zone);
    let (due, next) = (shown(last.due_at), next.map(shown));
    let what = match told {
        true => Urge::Missed { due, next },
        false => Urge::MissedUntold { due },
    };
    let top = if nth < 3 { Rung::Lead } else { Rung::Owner };
    let to = reached(case, whole, Rung::ALL.into_iter().filter(|rung| *rung <= top));
    notify::reminder(draft, whole, Reminder::of(what, to));
}

/// Whether a mail to whoever asked came back since they last wrote: nothing goes there (L3).
fn is_out_of_reach(case: &Case<'_>, ticket: &Ticket) -> bool {
    let whose = &ticket.requester.address;
    let events = case.records.events(ticket.number);
    let last = events.iter().rev().find_map(|(event, _)| match event {
        Event::Undelivered { recipient, unsent: false, .. } if recipient == whose => Some(true),
        Event::Said { by, .. } if by == whose => Some(false),
        _ => None,
    });
    last == Some(true)
}

/// How much working time is to pass until the customer hears again: they thin out.
fn pause(queue: &Queue, nth: usize) -> Duration {
    let week = queue.hours.whole_week();
    match nth {
        1 => queue.hours.day(),
        2 => week,
        _ => week.saturating_mul(2),
    }
}
