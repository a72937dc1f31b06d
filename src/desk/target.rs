//! By when the desk wants to have done what customers wait for: its own measure, of which they
//! hear nothing. A promise is what they were told.
//!
//! Working time is counted while it runs: what passed before the last pause stands in the target,
//! the rest is counted from the moment at which it went on. So a new time, for another priority,
//! another queue or other settings, is reckoned from the same start. Facts about targets are added
//! by `clocks` alone; what ends one follows from the ticket.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::{Event, Status};
use super::goal::Goal;
use super::promise::{is_late, rung_at};
use crate::config::{Queue, Rung};
use crate::time::Timestamp;

/// So many that are over are kept beside those that are open; the events tell of all.
const KEPT: usize = 30;

/// One of them. Times are RFC 3339 in UTC where it is serialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// What.
    pub what: Goal,
    /// Since when it is waited for.
    pub started_at: Timestamp,
    /// By when it should be done; `null` while it is paused.
    pub due_at: Option<Timestamp>,
    /// When it was.
    pub met_at: Option<Timestamp>,
    /// When its time was over.
    pub breached_at: Option<Timestamp>,
    /// When it was not wanted any more.
    pub ended_at: Option<Timestamp>,
    /// No time is counted now.
    pub paused: bool,
    /// From when working time is counted beside what was spent before.
    pub counted_from: Timestamp,
    /// Working time that passed before.
    pub spent_seconds: u64,
    /// How far up somebody was urged about it.
    pub urged: Option<Rung>,
}

impl Target {
    /// It is still to be done.
    pub fn is_open(&self) -> bool {
        self.met_at.is_none() && self.ended_at.is_none()
    }

    /// By when, if time is counted and its time is not known to be over.
    pub fn stands(&self) -> Option<Timestamp> {
        self.due_at.filter(|_| self.is_open() && self.breached_at.is_none())
    }

    /// By when the customer is to have something, if time is counted.
    pub fn due(&self) -> Option<Timestamp> {
        self.due_at.filter(|_| self.is_open() && self.what != Goal::Taken)
    }

    /// When those of a rung are urged.
    pub fn rung_at(&self, rung: Rung, queue: &Queue) -> Option<Timestamp> {
        rung_at(rung, (self.counted_from, self.stands()?), queue)
    }

    /// When those of the next rung are.
    pub fn next_rung(&self, queue: &Queue) -> Option<Timestamp> {
        let left = |rung: &Rung| self.urged.is_none_or(|done| *rung > done);
        Rung::ALL.into_iter().filter(left).find_map(|rung| self.rung_at(rung, queue))
    }

    /// When the owner hears that still nobody has taken it: after twice the time.
    pub fn untaken_at(&self, queue: &Queue) -> Option<Timestamp> {
        let waits = self.what == Goal::Taken && self.is_open() && self.breached_at.is_some();
        let due = self.due_at.filter(|_| waits && self.urged.is_none())?;
        let spent = Duration::from_secs(self.spent_seconds);
        let time = queue.hours.between(self.counted_from, due).saturating_add(spent);
        queue.hours.after(due, time)
    }

    /// When the next thing is to be done about it.
    pub fn next_at(&self, queue: &Queue) -> Option<Timestamp> {
        let near = || self.next_rung(queue).filter(|_| self.what != Goal::Taken);
        match self.stands() {
            Some(due) => Some(near().map_or(due, |at| at.min(due))),
            None => self.untaken_at(queue),
        }
    }

    /// The answer that met it, or with which it began.
    pub fn answered_at(&self) -> Option<Timestamp> {
        match self.what {
            Goal::Update => Some(self.started_at),
            Goal::FirstAnswer | Goal::NextAnswer => self.met_at,
            Goal::Taken | Goal::Solution => None,
        }
    }

    /// Whether the answer of that time met it, and the relay took it too late.
    pub fn met_late_by(&self, answered: Timestamp, taken: Timestamp) -> bool {
        let late = |due: Timestamp| is_late(due, answered, taken);
        self.met_at == Some(answered) && self.breached_at.is_none() && self.due_at.is_some_and(late)
    }

    fn meet(&mut self, at: Timestamp) {
        let late = self.due_at.filter(|due| *due < at);
        self.breached_at = self.breached_at.or(late);
        (self.met_at, self.ended_at) = (Some(at), None);
    }
}

/// By when the first of what customers wait for is due.
pub fn first_due(targets: &[Target]) -> Option<Timestamp> {
    targets.iter().filter_map(Target::due).min()
}

/// What a fact changes about them.
pub fn apply(targets: &mut Vec<Target>, event: &Event, at: Timestamp) {
    let open = |one: &&mut Target| one.is_open();
    match event {
        Event::TargetSet { .. } => set(targets, event, at),
        Event::TargetUrged { what, rung } => {
            let urged = targets.iter_mut().filter(open).filter(|one| one.what == *what);
            urged.for_each(|one| one.urged = Some(*rung));
        }
        Event::TargetMissed { what, due } => {
            let is = |one: &&mut Target| one.what == *what && one.stands() == Some(*due);
            targets.iter_mut().filter(is).for_each(|one| one.breached_at = Some(at));
        }
        Event::Answered => {
            // Whoever solves it by an answer has answered.
            let now = |one: &&mut Target| one.is_open() || one.ended_at == Some(at);
            let answers = targets.iter_mut().filter(|one| one.what.is_answer()).filter(now);
            answers.for_each(|one| one.meet(at));
        }
        Event::TakenLate { answered, taken } => {
            let late = targets.iter_mut().filter(|one| one.met_late_by(*answered, *taken));
            late.for_each(|one| one.breached_at = Some(*taken));
        }
        Event::Unanswered { answered } => unanswer(targets, *answered),
        // What was asked by that mail alone is waited for where it went.
        Event::SplitOff { waits_since: Some(since), waits_still: false, .. } => {
            let begun = |one: &&mut Target| one.what.is_answer() && one.started_at == *since;
            targets.iter_mut().filter(open).filter(begun).for_each(|one| one.ended_at = Some(at));
        }
        Event::Assigned { to: Some(_), .. } => {
            let taken = targets.iter_mut().filter(open).filter(|one| one.what == Goal::Taken);
            taken.for_each(|one| one.meet(at));
        }
        Event::StatusChanged { to: Status::Solved, .. } => {
            targets.iter_mut().filter(open).for_each(|one| match one.what {
                Goal::Solution => one.meet(at),
                _ => one.ended_at = Some(at),
            });
        }
        Event::StatusChanged { to: Status::Closed | Status::Spam, .. } => {
            targets.iter_mut().filter(open).for_each(|one| one.ended_at = Some(at));
        }
        // It waits there; if the merge is undone, it waits here again.
        Event::Merged { .. } => {
            let closed = targets.iter_mut().filter(|one| one.ended_at == Some(at));
            closed.for_each(|one| one.ended_at = None);
        }
        _ => {}
    }
    let over = targets.iter().filter(|one| !one.is_open()).count();
    if let Some(index) = targets.iter().position(|one| !one.is_open()).filter(|_| over > KEPT) {
        targets.remove(index);
    }
}

/// There is one of each sort at a time; one that was over goes on.
fn set(targets: &mut Vec<Target>, event: &Event, at: Timestamp) {
    let Event::TargetSet { what, started, counted_from, spent, due } = event else { return };
    let fresh = Target {
        what: *what,
        started_at: *started,
        due_at: *due,
        met_at: None,
        breached_at: None,
        ended_at: None,
        paused: due.is_none(),
        counted_from: *counted_from,
        spent_seconds: *spent,
        urged: None,
    };
    let open = targets.iter().position(|one| one.is_open() && one.what == *what);
    let same = || targets.iter().position(|one| one.what == *what && one.started_at == *started);
    match open.or_else(same).and_then(|index| targets.get_mut(index)) {
        Some(known) => {
            // Whoever was urged before a pause knows; another time is another thing to know.
            let urged = known.urged.filter(|_| known.paused || fresh.paused);
            let breached_at = known.breached_at.filter(|_| due.is_some_and(|due| due <= at));
            *known = Target { urged, breached_at, ..fresh };
        }
        None => targets.push(fresh),
    }
}

/// What an answer met then was not: it runs on as if it had not been, up to the next one.
fn unanswer(targets: &mut Vec<Target>, answered: Timestamp) {
    let answers = targets.iter().filter(|one| one.what == Goal::Update);
    let later = answers.map(|one| one.started_at).filter(|at| *at > answered).min();
    targets.retain(|one| {
        let begun = one.what == Goal::Update && one.started_at == answered;
        !(begun && (one.is_open() || one.met_at == later))
    });
    for one in targets.iter_mut().filter(|one| one.what.is_answer()) {
        if one.met_at == Some(answered) || one.ended_at == Some(answered) {
            (one.met_at, one.ended_at) = (None, None);
            later.into_iter().for_each(|later| one.meet(later));
        }
    }
}
