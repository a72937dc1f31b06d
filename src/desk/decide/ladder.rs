//! A promise that nobody has kept yet: who is urged before it is due, and what the customer is told
//! at the minute at which it is, so that no promise lapses in silence. The desk's own targets have
//! the same ladder, and nobody outside hears of them.

use std::time::Duration;

use crate::config::{Queue, Rung};
use crate::desk::case::Case;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::notify::{self, Holding, Listener, Pace, Reminder};
use crate::desk::silenced::wants_none;
use crate::desk::texts::{checked, whole_minutes};
use crate::desk::urge::Urge;
use crate::desk::{Event, Goal, Mailed, Part, Promise, Target, Ticket};
use crate::time::Timestamp;

/// Looks at what was promised on a ticket, and at its targets; `whole` is where it goes on. All
/// that is due in one step is told in one mail: nobody hears of one ticket twice in it.
pub fn climb(draft: &mut Draft<'_>, ticket: &Ticket, whole: &Conversation, mut calls: Calls) {
    let case = draft.case;
    let queue = case.config.queue(&whole.ticket.queue).filter(|_| !whole.ticket.is_over());
    let Some(queue) = queue else { return calls.tell(draft, whole) };
    let standing: Vec<&Promise> = ticket.promises.iter().filter(|one| one.stands()).collect();
    let missed: Vec<&Promise> =
        standing.iter().copied().filter(|one| one.due_at <= case.now).collect();
    let mut whole = whole.clone();
    if missed.is_empty() {
        let next = standing.iter().min_by_key(|one| one.due_at);
        let urged = next.into_iter();
        urged.for_each(|promise| urge(draft, ticket, &whole, (promise, queue), &mut calls));
    } else {
        whole = miss(draft, ticket, &whole, (&missed, queue), &mut calls);
    }
    // What was waited for in a ticket that went into another is waited for there.
    let own = ticket.targets.iter().filter(|_| ticket.merged_into.is_none());
    for target in own {
        let told = is_promised(&standing, target) || answered_before(ticket, target);
        measure(draft, &whole, (target, queue), (&mut calls, told));
    }
    calls.tell(draft, &whole);
}

/// Whoever hears of a promise knows of an answer that is due then, and of an update that is not due
/// before.
fn is_promised(standing: &[&Promise], target: &Target) -> bool {
    let Some(due) = target.due_at else { return false };
    standing.iter().any(|one| match target.what {
        Goal::FirstAnswer | Goal::NextAnswer => one.due_at == due,
        Goal::Update => one.due_at <= due,
        Goal::Solution | Goal::Taken => false,
    })
}

/// An answer that is due before an update is one: whoever hears of the one knows of the other.
fn answered_before(ticket: &Ticket, target: &Target) -> bool {
    let answers = ticket.targets.iter().filter(|one| one.is_open() && one.what != Goal::Update);
    let mut dues = answers.filter(|one| one.what.is_answer()).filter_map(|one| one.due_at);
    target.what == Goal::Update && dues.any(|due| target.due_at.is_some_and(|own| due <= own))
}

/// Who hears of what in this step, in the order in which it was found.
#[derive(Default)]
pub struct Calls(Vec<(Listener, Vec<Urge>, Pace)>);

impl Calls {
    /// They hear of it at once.
    pub fn add(&mut self, to: impl IntoIterator<Item = Listener>, what: &Urge) {
        self.put(to, what, Pace::Now);
    }

    /// They hear of one of the desk's own times, of which no customer knows: where the ticket is not
    /// urgent, in the morning. The digests of who has it and who leads list it as it is then.
    fn of_own_time(
        &mut self,
        case: &Case<'_>,
        (whole, queue): (&Conversation, &Queue),
        to: impl IntoIterator<Item = Listener>,
        what: &Urge,
    ) {
        let waits = queue.ladder.digest.is_some_and(|most| whole.ticket.priority <= most);
        let listed = if waits {
            reached(case, whole, [Rung::Reminder, Rung::Lead].into_iter())
        } else {
            Vec::new()
        };
        for one in to {
            let pace = match (waits, listed.iter().any(|known| same(known, &one))) {
                (false, _) => Pace::Now,
                (true, false) => Pace::Morning,
                (true, true) => Pace::Listed,
            };
            self.put([one], what, pace);
        }
    }

    fn put(&mut self, to: impl IntoIterator<Item = Listener>, what: &Urge, pace: Pace) {
        for listener in to {
            match self.0.iter_mut().find(|(known, _, _)| same(known, &listener)) {
                Some((_, all, soonest)) => {
                    all.push(what.clone());
                    *soonest = pace.max(*soonest);
                }
                None => self.0.push((listener, vec![what.clone()], pace)),
            }
        }
    }

    /// Tells all of it, each person in one mail.
    pub fn tell(self, draft: &mut Draft<'_>, whole: &Conversation) {
        for (listener, what, pace) in self.0 {
            notify::reminder(draft, whole, Reminder::all((what, pace), vec![listener]));
        }
    }
}

/// Whoever stands on the rungs that are due hears of it, if they did not on an earlier one.
fn urge(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    whole: &Conversation,
    (promise, queue): (&Promise, &Queue),
    calls: &mut Calls,
) {
    let case = draft.case;
    let at = |rung: Rung| promise.rung_at(rung, queue);
    let Some(rung) = reached_rung(case, promise.urged, at) else { return };
    let (due, who) = (checked(promise.due_at, &case.config.desk.time_zone), holder(case, whole));
    let what = match rung {
        Rung::Reminder => Urge::Reminder { due },
        Rung::Backup | Rung::Lead | Rung::Owner => Urge::Higher { due, who },
    };
    draft.fact(ticket.number, Event::Urged { rung, due: promise.due_at });
    calls.add(fresh(case, whole, promise.urged, rung), &what);
}

/// The highest rung that is due, and above those of which somebody was urged.
fn reached_rung(
    case: &Case<'_>,
    urged: Option<Rung>,
    at: impl Fn(Rung) -> Option<Timestamp>,
) -> Option<Rung> {
    let open = Rung::ALL.into_iter().filter(|rung| urged.is_none_or(|done| *rung > done));
    open.filter(|rung| at(*rung).is_some_and(|at| at <= case.now)).last()
}

/// Those up to that rung who were not urged on an earlier one.
fn fresh(case: &Case<'_>, whole: &Conversation, urged: Option<Rung>, rung: Rung) -> Vec<Listener> {
    let done = Rung::ALL.into_iter().filter(|rung| urged.is_some_and(|done| *rung <= done));
    let known = reached(case, whole, done);
    let all = reached(case, whole, Rung::ALL.into_iter().filter(|one| *one <= rung));
    all.into_iter().filter(|one| known.iter().all(|old| !same(old, one))).collect()
}

/// Looks at a target: whoever stands on the rungs that are due hears that its time is nearly over,
/// and those up to the leads that it is. `told` are those of a time that a customer was promised,
/// or
/// of another that is due before it, of which the same people hear.
fn measure(
    draft: &mut Draft<'_>,
    whole: &Conversation,
    (target, queue): (&Target, &Queue),
    (calls, told): (&mut Calls, bool),
) {
    let (case, what, number) = (draft.case, target.what, whole.ticket.number);
    if what == Goal::Taken {
        return untaken(draft, whole, (target, queue), calls);
    }
    let Some(due_at) = target.stands() else { return };
    let due = checked(due_at, &case.config.desk.time_zone);
    let urge = if due_at <= case.now {
        draft.fact(number, Event::TargetMissed { what, due: due_at });
        let to = reached(case, whole, Rung::ALL.into_iter().filter(|rung| *rung <= Rung::Lead));
        (to, Urge::TargetMissed { what, due })
    } else {
        let at = |rung: Rung| target.rung_at(rung, queue);
        let Some(rung) = reached_rung(case, target.urged, at) else { return };
        draft.fact(number, Event::TargetUrged { what, rung });
        let who = holder(case, whole);
        (fresh(case, whole, target.urged, rung), Urge::TargetNear { what, due, who })
    };
    if !told {
        calls.of_own_time(case, (whole, queue), urge.0, &urge.1);
    }
}

/// Nobody has taken it in time: the leads hear of it, and after twice the time the owner.
fn untaken(
    draft: &mut Draft<'_>,
    whole: &Conversation,
    (target, queue): (&Target, &Queue),
    calls: &mut Calls,
) {
    let (case, what, number) = (draft.case, target.what, whole.ticket.number);
    let over = |at: Timestamp| at <= case.now;
    let since = checked(target.started_at, &case.config.desk.time_zone);
    let urge = Urge::Untaken { since };
    let leads = || notify::on_rung(case, whole, Rung::Lead);
    if let Some(due) = target.stands().filter(|due| over(*due)) {
        draft.fact(number, Event::TargetMissed { what, due });
        calls.of_own_time(case, (whole, queue), leads(), &urge);
    } else if target.untaken_at(queue).is_some_and(over) {
        draft.fact(number, Event::TargetUrged { what, rung: Rung::Owner });
        let owner = notify::on_rung(case, whole, Rung::Owner);
        let known = leads();
        let fresh = |one: &Listener| known.iter().all(|old| !same(old, one));
        calls.of_own_time(case, (whole, queue), owner.into_iter().filter(fresh), &urge);
    }
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
    calls: &mut Calls,
) -> Conversation {
    let case = draft.case;
    let Some(last) = missed.iter().max_by_key(|one| one.due_at) else { return whole.clone() };
    let requester = ticket.participants.iter().find(|one| one.part == Part::Requester);
    let written_to = requester.is_some_and(|one| one.mailed == Mailed::Yes)
        && !case.records.is_machine(ticket.number, &ticket.requester.address);
    let told = missed.iter().any(|one| one.told)
        && ticket.verified
        && written_to
        && !wants_none(case, whole.ticket.number, &ticket.requester.address)
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
    let whole = whole.with(ticket.number, &facts, case.now);
    facts.into_iter().for_each(|fact| draft.fact(ticket.number, fact));
    if told {
        notify::hold_off(draft, ticket, &whole, Holding { missed: last.due_at, next, nth });
    }
    let zone = &case.config.desk.time_zone;
    let shown = |at: Timestamp| checked(at, zone);
    let (due, next) = (shown(last.due_at), next.map(shown));
    let what = match told {
        true => Urge::Missed { due, next },
        false => Urge::MissedUntold { due },
    };
    let top = if nth < 3 { Rung::Lead } else { Rung::Owner };
    calls.add(reached(case, &whole, Rung::ALL.into_iter().filter(|rung| *rung <= top)), &what);
    whole
}

/// A mail to the customer has owned up to a time that is over, by the facts from there on: those who
/// would have heard of it at its minute hear now, and of what. An answer that the desk wanted by that
/// time is missed by that, too.
pub fn owned_up(
    draft: &mut Draft<'_>,
    whole: &Conversation,
    from: usize,
) -> Option<(Urge, Vec<Listener>)> {
    let (case, number) = (draft.case, whole.ticket.number);
    let own = draft.events.iter().skip(from).filter(|(ticket, _)| *ticket == number);
    let facts: Vec<Event> = own.map(|(_, event)| event.clone()).collect();
    let missed = facts.iter().filter_map(|fact| match fact {
        Event::PromiseMissed { due, .. } => Some(*due),
        _ => None,
    });
    let missed = missed.max()?;
    let wanted = whole.ticket.targets.iter().filter(|one| one.what.is_answer());
    for one in wanted.filter(|one| one.stands().is_some_and(|due| due <= missed)) {
        let what = one.what;
        one.stands()
            .into_iter()
            .for_each(|due| draft.fact(number, Event::TargetMissed { what, due }));
    }
    let whole = whole.with(number, &facts, case.now);
    let shown = |at: Timestamp| checked(at, &case.config.desk.time_zone);
    let next = whole.promised().map(shown);
    let what = Urge::Missed { due: shown(missed), next };
    let to = reached(case, &whole, Rung::ALL.into_iter().filter(|rung| *rung <= Rung::Lead));
    Some((what, to))
}

/// Whether a mail to whoever asked came back since they last wrote: nothing goes there (L3).
pub fn is_out_of_reach(case: &Case<'_>, ticket: &Ticket) -> bool {
    let whose = &ticket.requester.address;
    let events = case.records.events(ticket.number);
    let last = events.iter().rev().find_map(|(event, _)| match event {
        Event::Undelivered { recipient, unsent: false, unproven: false, .. }
            if recipient == whose =>
        {
            Some(true)
        }
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
