//! The clocks of a ticket: what a decision does to it starts, stops and sets its targets. Called
//! once for each decision, after all that it does; nobody else adds facts about targets.

use std::collections::BTreeSet;
use std::time::Duration;

use super::case::{Case, Input};
use super::draft::Draft;
use super::goal::Goal;
use super::target::Target;
use super::texts::whole_minutes;
use super::{Event, Status, Ticket};
use crate::config::Queue;
use crate::mail::TicketNumber;
use crate::time::Timestamp;

/// Adds the facts about targets that follow from those of a decision.
pub fn wind(draft: &mut Draft<'_>) {
    let ticked = if let Input::Tick(number) = draft.case.input { Some(number) } else { None };
    let touched = draft.events.iter().map(|(number, _)| *number);
    let touched: BTreeSet<TicketNumber> = touched.chain(ticked).collect();
    for number in touched {
        let Some((_, facts)) = wound(draft, number) else { continue };
        facts.into_iter().for_each(|fact| draft.fact(number, fact));
    }
}

/// A ticket as it is after what was decided so far, with its targets.
pub fn ahead(draft: &Draft<'_>, number: TicketNumber) -> Option<Ticket> {
    wound(draft, number).map(|(ticket, _)| ticket)
}

fn wound(draft: &Draft<'_>, number: TicketNumber) -> Option<(Ticket, Vec<Event>)> {
    let case = draft.case;
    let own = draft.events.iter().filter(|(ticket, _)| *ticket == number);
    let events: Vec<&Event> = own.map(|(_, event)| event).collect();
    let opened = events.first().and_then(|event| Ticket::opened(number, event, case.now));
    let known = || case.conversation().map(|known| &known.ticket);
    let known = || known().filter(|ticket| ticket.number == number).cloned();
    let before = opened.or_else(known).or_else(|| case.records.ticket(number))?;
    let mut ticket = before.clone();
    let later = events.iter().filter(|event| !matches!(event, Event::Opened { .. }));
    later.for_each(|event| ticket.apply(event, case.now));
    let queue = case.config.queue(&ticket.queue)?;
    let since = draft.events.iter().find_map(|(_, event)| match event {
        Event::SplitOff { to, waits_since, .. } if *to == number => *waits_since,
        _ => None,
    });
    let mut clocks = Clocks { case, queue, ticket, since, facts: Vec::new() };
    if clocks.ticket.merged_into.is_none() && !clocks.ticket.is_over() {
        clocks.start(&before, &events);
        clocks.reckon();
    }
    Some((clocks.ticket, clocks.facts))
}

struct Clocks<'a> {
    case: &'a Case<'a>,
    queue: &'a Queue,
    ticket: Ticket,
    /// Since when something is waited for that was asked elsewhere.
    since: Option<Timestamp>,
    facts: Vec<Event>,
}

impl Clocks<'_> {
    fn add(&mut self, fact: Event) {
        self.ticket.apply(&fact, self.case.now);
        self.facts.push(fact);
    }

    /// What begins to be waited for.
    fn start(&mut self, before: &Ticket, events: &[&Event]) {
        let has = |is: fn(&Event) -> bool| events.iter().any(|event| is(event));
        let taken_back = has(|event| matches!(event, Event::TakenBack { .. }));
        let unmerged = has(|event| matches!(event, Event::Unmerged { .. }));
        let asked = has(|event| matches!(event, Event::Asked));
        let answered = has(|event| matches!(event, Event::Answered));
        let put_back = has(|event| matches!(event, Event::Assigned { to: None, .. }));
        let again = before.is_over() && before.status != Status::Spam && !unmerged;
        if again && taken_back {
            self.go_on(before.status_since);
        }
        for event in events {
            match event {
                Event::Absorbed { from, .. } => self.take_up(*from),
                Event::Released { from, .. } => self.give_back(*from),
                _ => {}
            }
        }
        let reopened = again && !taken_back && !answered;
        if asked || reopened {
            self.begin_answer();
            self.begin(Goal::Solution);
            // What is brought with its answer is answered.
            if answered {
                self.add(Event::Answered);
            }
        }
        if answered {
            self.begin(Goal::Update);
        }
        if self.ticket.assignee.is_none() && (asked || reopened || put_back) {
            self.begin(Goal::Taken);
        }
    }

    /// What ended with a solution goes on, since that was taken back.
    fn go_on(&mut self, solved: Timestamp) {
        let ended = |one: &&Target| {
            one.ended_at == Some(solved) || one.what == Goal::Solution && one.met_at == Some(solved)
        };
        let ended: Vec<Target> = self.ticket.targets.iter().filter(ended).cloned().collect();
        for one in ended {
            let Target { what, counted_from, .. } = one;
            let (started, spent, due) = (one.started_at, one.spent_seconds, one.due_at);
            self.add(Event::TargetSet { what, started, counted_from, spent, due });
        }
    }

    fn open(&self, what: Goal) -> Option<&Target> {
        self.ticket.targets.iter().find(|one| one.is_open() && one.what == what)
    }

    fn waits_for_answer(&self) -> Option<&Target> {
        self.open(Goal::FirstAnswer).or_else(|| self.open(Goal::NextAnswer))
    }

    /// The first one, until there was one.
    fn begin_answer(&mut self) {
        if self.waits_for_answer().is_none() {
            self.begin(self.answer());
        }
    }

    fn answer(&self) -> Goal {
        let first = |one: &Target| one.what == Goal::FirstAnswer && one.met_at.is_some();
        let met = self.ticket.targets.iter().any(first);
        // Of tickets from before targets were kept the promises tell.
        let kept = self.ticket.promises.iter().any(|one| one.kept_at.is_some());
        if met || kept { Goal::NextAnswer } else { Goal::FirstAnswer }
    }

    fn begin(&mut self, what: Goal) {
        let since = self.since.unwrap_or(self.case.now);
        let time = what.time(self.queue, self.ticket.priority);
        let Some(time) = time.filter(|_| self.open(what).is_none()) else { return };
        let due = self.due(since, time);
        let paused = self.ticket.status == Status::Pending;
        let due = due.filter(|_| !paused);
        if due.is_some() || paused {
            self.add(Event::TargetSet { what, started: since, counted_from: since, spent: 0, due });
        }
    }

    /// What is waited for in a ticket that goes on in this one is waited for here: by the earlier
    /// time, where both wait for the same.
    fn take_up(&mut self, from: TicketNumber) {
        let Some(part) = self.case.records.ticket(from) else { return };
        for one in part.targets.iter().filter(|one| one.is_open() && one.what != Goal::Taken) {
            let (same, what) = match one.what {
                Goal::FirstAnswer | Goal::NextAnswer => {
                    let same = self.waits_for_answer();
                    (same, same.map_or(self.answer(), |same| same.what))
                }
                what => (self.open(what), what),
            };
            let earlier = match (same.map(|same| same.due_at), one.due_at) {
                (None, _) | (Some(None), Some(_)) => true,
                (Some(Some(own)), Some(due)) => due < own,
                (Some(_), None) => false,
            };
            let Some(time) = what.time(self.queue, self.ticket.priority).filter(|_| earlier) else {
                continue;
            };
            // So much counts as spent that its time stays what it is.
            let (counted_from, due) = (one.counted_from, one.due_at);
            let left = due.map(|due| self.queue.hours.between(counted_from, due));
            let spent = left.map_or(one.spent_seconds, |left| time.saturating_sub(left).as_secs());
            let started = one.started_at;
            self.add(Event::TargetSet { what, started, counted_from, spent, due });
        }
    }

    /// What is waited for here has its own time again, where it had that of a ticket that is its own
    /// again.
    fn give_back(&mut self, from: TicketNumber) {
        let number = self.ticket.number;
        let events = self.case.records.events(number);
        let is = |(event, _): &(Event, Timestamp)| matches!(event, Event::Absorbed { from: part, .. } if *part == from);
        let taken_up = events.iter().rposition(is).and_then(|at| events.get(..at));
        let before = taken_up.unwrap_or_default().iter().map(|(event, at)| (event, *at));
        let Some(before) = Ticket::fold(number, before) else { return };
        for one in before.targets.iter().filter(|one| one.is_open()) {
            let other = self.open(one.what).filter(|now| now.started_at != one.started_at);
            if other.is_none_or(|now| now.due_at >= one.due_at) {
                continue;
            }
            let Target { what, counted_from, .. } = *one;
            let (started, spent, due) = (one.started_at, one.spent_seconds, one.due_at);
            self.add(Event::TargetSet { what, started, counted_from, spent, due });
        }
    }

    /// Pauses what is to be paused, lets the rest go on, and reckons anew what the settings, the
    /// queue or the priority make of it.
    fn reckon(&mut self) {
        let now = self.case.now;
        let pending = self.ticket.status == Status::Pending;
        let open: Vec<Target> =
            self.ticket.targets.iter().filter(|one| one.is_open()).cloned().collect();
        for one in open {
            let time = one.what.time(self.queue, self.ticket.priority);
            // What is not measured here may be again in another queue.
            let (time, unmeasured) = (time.unwrap_or_default(), time.is_none());
            let left = |spent: u64| time.saturating_sub(Duration::from_secs(spent));
            let (mut from, mut spent) = (one.counted_from, one.spent_seconds);
            // A time that is over is over.
            let pauses = unmeasured || pending && one.due_at.is_none_or(|due| due > now);
            if pauses && !one.paused {
                let run = self.queue.hours.between(from, now).as_secs();
                (from, spent) = (now, spent.saturating_add(run));
            } else if one.paused && !pauses {
                from = now;
            }
            let due = if pauses { None } else { self.due(from, left(spent)) };
            if due != one.due_at && (due.is_some() || pauses) {
                let (what, started, counted_from) = (one.what, one.started_at, from);
                self.add(Event::TargetSet { what, started, counted_from, spent, due });
            }
        }
    }

    fn due(&self, from: Timestamp, left: Duration) -> Option<Timestamp> {
        self.queue.hours.after(from, left).map(whole_minutes)
    }
}
