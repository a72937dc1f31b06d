//! What customers were told to expect and by when, and what agents set for a time: both live in
//! the ticket, and say when it wants to be looked at again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::{Event, Promised, Wake};
use crate::config::{Queue, Rung};
use crate::mail::Address;
use crate::time::Timestamp;

/// A rung that would be reached so soon after the beginning is not one, and no answer so soon after
/// its time is late: times are whole minutes, and no customer was named a second.
const SOON: Duration = Duration::from_secs(60);

/// Something that was promised. Times are RFC 3339 in UTC where it is serialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// What.
    pub what: Promised,
    /// The agent who gave it; `None` for the desk.
    pub who: Option<Address>,
    /// Their words about it, perhaps none.
    #[serde(default)]
    pub words: String,
    /// When it was given.
    pub made_at: Timestamp,
    /// By when it is to be kept.
    pub due_at: Timestamp,
    /// When it was; `None` while it is open.
    pub kept_at: Option<Timestamp>,
    /// When its time was over without an answer.
    #[serde(default)]
    pub missed_at: Option<Timestamp>,
    /// When the customer was told so.
    #[serde(default)]
    pub holding_sent_at: Option<Timestamp>,
    /// When the customer was named a later time in its place.
    #[serde(default)]
    pub replaced_at: Option<Timestamp>,
    /// When the customer said that nothing is owed any more.
    #[serde(default)]
    pub waived_at: Option<Timestamp>,
    /// Whether a mail of ours named the customer that time.
    #[serde(default = "yes")]
    pub told: bool,
    /// How far up somebody was urged about it.
    #[serde(default)]
    pub urged: Option<Rung>,
}

fn yes() -> bool {
    true
}

impl Promise {
    /// The desk's own, just made.
    pub fn new(what: Promised, (made_at, due_at): (Timestamp, Timestamp), told: bool) -> Self {
        Self {
            what,
            who: None,
            words: String::new(),
            made_at,
            due_at,
            kept_at: None,
            missed_at: None,
            holding_sent_at: None,
            replaced_at: None,
            waived_at: None,
            told,
            urged: None,
        }
    }

    /// Nothing was answered yet.
    pub fn is_open(&self) -> bool {
        self.kept_at.is_none() && self.replaced_at.is_none() && self.waived_at.is_none()
    }

    /// Its time is to be watched.
    pub fn stands(&self) -> bool {
        self.is_open() && self.missed_at.is_none()
    }

    /// When the next thing is to be done about it.
    pub fn next_at(&self, queue: &Queue) -> Option<Timestamp> {
        let left = |rung: &Rung| self.urged.is_none_or(|done| *rung > done);
        let rung = Rung::ALL.into_iter().filter(left).find_map(|rung| self.rung_at(rung, queue));
        self.stands().then(|| rung.map_or(self.due_at, |at| at.min(self.due_at)))
    }

    /// When those of a rung are urged.
    pub fn rung_at(&self, rung: Rung, queue: &Queue) -> Option<Timestamp> {
        rung_at(rung, (self.made_at, self.due_at), queue)
    }

    /// When the first of those who are urged is.
    pub fn rung_at_first(&self, queue: &Queue) -> Option<Timestamp> {
        Rung::ALL.into_iter().find_map(|rung| self.rung_at(rung, queue))
    }

    /// Whether the answer of that time kept it, and the relay took it too late.
    pub fn kept_late_by(&self, answered: Timestamp, taken: Timestamp) -> bool {
        self.kept_at == Some(answered) && is_late(self.due_at, answered, taken)
    }

    /// By how much it was kept after its time; `None` if it was kept in time, or is open.
    pub fn late(&self) -> Option<Duration> {
        self.kept_at.map(|kept| kept.since(self.due_at)).filter(|late| !late.is_zero())
    }
}

/// Whether the relay took an answer of that time too late, for what was due or for what it was.
pub fn is_late(due: Timestamp, answered: Timestamp, taken: Timestamp) -> bool {
    taken.since(due.max(answered)) >= SOON
}

/// When those of a rung are urged about something that is due: so much working time before, or
/// where there was less than that from the beginning a part of it, half for the first and less for
/// each above.
pub fn rung_at(
    rung: Rung,
    (begun, due): (Timestamp, Timestamp),
    queue: &Queue,
) -> Option<Timestamp> {
    let (before, hours) = (queue.ladder.before(rung)?, &queue.hours);
    let whole = hours.between(begun, due);
    // Nobody is urged about what has only just begun.
    if before.saturating_add(SOON) < whole {
        return hours.before(due, before);
    }
    let part = match rung {
        Rung::Reminder => 2,
        Rung::Backup => 4,
        Rung::Lead => 8,
        Rung::Owner => 16,
    };
    hours.before(due, whole / part)
}

/// Something that is to happen on a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToCome {
    /// What.
    pub what: Wake,
    /// When.
    pub at: Timestamp,
    /// Who asked for it; of a question, whom it goes to.
    pub agent: Address,
    /// Their words about it, perhaps none; of a question, for which details.
    pub words: String,
}

/// What a fact changes about what was promised. A later time that the customer was named takes the
/// place of an earlier one that is not over yet.
pub fn apply(promises: &mut Vec<Promise>, event: &Event, at: Timestamp) {
    match event {
        Event::PromiseWithdrawn { due } => {
            let made = latest(promises, *due).map(|index| promises.remove(index).made_at);
            made.into_iter().for_each(|made| stand_again(promises, made));
        }
        Event::PromiseUntold { due } => {
            let untold = latest(promises, *due).and_then(|index| promises.get_mut(index));
            let made = untold.map(|one| {
                one.told = false;
                one.made_at
            });
            made.into_iter().for_each(|made| stand_again(promises, made));
        }
        _ => {}
    }
    if let Event::Promised { what, due, told, by, words } = event {
        let earlier = |one: &&mut Promise| one.stands() && one.due_at < *due && one.due_at > at;
        promises.iter_mut().filter(earlier).filter(|_| *told).for_each(|one| {
            one.replaced_at = Some(at);
        });
        let made = Promise::new(*what, (at, *due), *told);
        promises.push(Promise { who: by.clone(), words: words.clone(), ..made });
    }
    for one in promises.iter_mut() {
        match event {
            Event::PromiseKept if one.is_open() => one.kept_at = Some(at),
            Event::PromiseWaived if one.is_open() => one.waived_at = Some(at),
            Event::PromiseUnkept { kept } if one.kept_at == Some(*kept) => one.kept_at = None,
            Event::TakenLate { answered, taken } if one.kept_late_by(*answered, *taken) => {
                one.kept_at = Some(*taken);
            }
            Event::PromiseMissed { due, holding } if one.stands() && one.due_at == *due => {
                one.missed_at = Some(at);
                one.holding_sent_at = holding.then_some(at);
            }
            Event::Urged { rung, due } if one.stands() && one.due_at == *due => {
                one.urged = Some(*rung);
            }
            _ => {}
        }
    }
}

/// The last open one of that time.
fn latest(promises: &[Promise], due: Timestamp) -> Option<usize> {
    promises.iter().rposition(|one| one.is_open() && one.due_at == due)
}

/// What one that was made then took the place of stands again.
fn stand_again(promises: &mut [Promise], made: Timestamp) {
    let replaced = promises.iter_mut().filter(|one| one.replaced_at == Some(made));
    replaced.for_each(|one| one.replaced_at = None);
}

/// When the customer was last told they would hear: the latest that is open.
pub fn open_until(promises: &[Promise]) -> Option<Timestamp> {
    open(promises).map(|one| one.due_at).max()
}

/// Whether an answer to a bad mark is promised.
pub fn is_in_review(promises: &[Promise]) -> bool {
    open(promises).any(|one| one.what == Promised::Review)
}

/// By when the first open one is due.
pub fn first_due(promises: &[Promise]) -> Option<Timestamp> {
    open(promises).map(|one| one.due_at).min()
}

/// By when what is open is due.
pub fn dues(promises: &[Promise]) -> impl Iterator<Item = Timestamp> {
    open(promises).map(|one| one.due_at)
}

fn open(promises: &[Promise]) -> impl Iterator<Item = &Promise> {
    promises.iter().filter(|one| one.is_open())
}
