//! `[sla]`, and the key of that name of a queue.
//!
//! What is written nearest holds: for a priority in the queue, then for that priority in `[sla]`.
//! Where nobody wrote anything for a priority, it follows from the usual time of the queue: low has
//! twice as much, high half of it, urgent a quarter.

use std::time::Duration;

use toml::de::DeValue;

use super::section::Section;
use super::value::{self, Read, Value};
use crate::config::{Goals, Sla};

const HOUR: u64 = 3600;
const USUAL: Goals = Goals {
    first_answer: Duration::from_secs(8 * HOUR),
    next_answer: Some(Duration::from_secs(8 * HOUR)),
    update: Some(Duration::from_secs(24 * HOUR)),
    solution: Some(Duration::from_secs(40 * HOUR)),
};
const PRIORITIES: [&str; 3] = ["low", "high", "urgent"];
const GOALS: [&str; 4] = ["first_answer", "next_answer", "update", "solution"];

/// A time as written; the inner `None` is "never".
type Time = Option<Option<Duration>>;

/// What one section says, of all and of each priority.
#[derive(Clone, Copy, Debug, Default)]
pub struct Written {
    usual: [Time; 4],
    low: [Time; 4],
    high: [Time; 4],
    urgent: [Time; 4],
}

/// Reads one of them.
pub fn written(section: &Section<'_>) -> Written {
    let [low, high, urgent] = PRIORITIES.map(|priority| {
        let part = section.table(priority, "sla");
        for inner in PRIORITIES.into_iter().filter(|inner| part.has(inner)) {
            part.complain(inner, "stands within another priority; write it beside that one");
        }
        times(&part)
    });
    Written { usual: times(section), low, high, urgent }
}

fn times(section: &Section<'_>) -> [Time; 4] {
    GOALS.map(|goal| match goal {
        "first_answer" => section.optional(goal, value::duration("1m", "90d")).map(Some),
        _ => section.optional(goal, or_never),
    })
}

/// Working time, or `"never"`.
pub fn or_never(value: &Value<'_>) -> Read<Option<Duration>> {
    let time = |value| value::duration("1m", "90d")(value).map(Some);
    match value.get_ref() {
        DeValue::String(word) if word == "never" => Ok(None),
        DeValue::String(_) => time(value).map_err(|mut wrongs| {
            wrongs.iter_mut().for_each(|wrong| wrong.what.push_str(", nor \"never\""));
            wrongs
        }),
        _ => time(value),
    }
}

/// What a queue's section and `[sla]` mean together. Complains where the section itself gives a
/// higher priority more time than a lower one.
pub fn sla(section: &Section<'_>, own: &Written, desk: &Written) -> Sla {
    let usual = [Some(USUAL.first_answer), USUAL.next_answer, USUAL.update, USUAL.solution];
    let mut all = [[None; 4]; 4];
    for (goal, usual) in usual.into_iter().enumerate() {
        let of = |times: &[Time; 4]| times.get(goal).copied().flatten();
        let normal = of(&own.usual).or(of(&desk.usual)).unwrap_or(usual);
        let times = |half: u32| normal.map(|time| time / 4 * half);
        let pick = |own: &[Time; 4], desk: &[Time; 4], else_| of(own).or(of(desk)).unwrap_or(else_);
        let low = longest(pick(&own.low, &desk.low, times(8)), normal);
        // What nobody wrote fits between those that somebody did.
        let given = of(&own.urgent).or(of(&desk.urgent));
        let above = given.map_or(times(2), |urgent| longest(times(2), urgent));
        let high = shortest(pick(&own.high, &desk.high, above), normal);
        let urgent = shortest(pick(&own.urgent, &desk.urgent, times(1)), high);
        let turned = |priority: &str, given: Time, meant: Option<Duration>| {
            if given.is_some_and(|given| given != meant) {
                complain(section, priority, goal);
            }
        };
        turned("low", of(&own.low), low);
        turned("high", of(&own.high), high);
        turned("urgent", of(&own.urgent), urgent);
        for (times, time) in all.iter_mut().zip([low, normal, high, urgent]) {
            times.iter_mut().skip(goal).take(1).for_each(|at| *at = time);
        }
    }
    let [low, normal, high, urgent] = all.map(|[first, next_answer, update, solution]| Goals {
        first_answer: first.unwrap_or(USUAL.first_answer),
        next_answer,
        update,
        solution,
    });
    Sla { low, normal, high, urgent }
}

fn complain(section: &Section<'_>, priority: &str, goal: usize) {
    let goal = GOALS.get(goal).copied().unwrap_or_default();
    let words = match priority {
        "low" => "a lower priority would have less time than a higher one",
        _ => "a higher priority would wait longer than a lower one",
    };
    section.table(priority, "sla").complain(goal, words);
}

/// `None` is never, and so longer than all.
fn longest(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    Some(one?.max(other?))
}

fn shortest(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.into_iter().chain(other).min()
}
