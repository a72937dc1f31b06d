//! Sizes, times worked and the hours of a week: values from which words are made.

use std::time::Duration;

use jiff::civil::Time;

use super::worded::worded;
use crate::time::{Hours, Span};

/// Days of the week by their names in the catalogue.
const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Behind the last hour of a day.
const MIDNIGHT: &str = "24:00";

worded! {
    /// How much, how long, or when somebody is there.
    Measure in "measures":
    Bytes = "bytes" { count: usize },
    Kilobytes = "kilobytes" { count: usize },
    Megabytes = "megabytes" { count: usize },
    Gigabytes = "gigabytes" { count: usize },
    Minutes = "minutes" { minutes: u64 },
    Hours = "hours" { hours: u64 },
    Both = "hours-and-minutes" { hours: u64, minutes: u64 },
    AllDay = "all-day",
    Open = "open" { from: String, to: String },
    Day = "day" { day: &'static str, open: Vec<Measure> },
    Days = "days" { first: &'static str, last: &'static str, open: Vec<Measure> },
    ByArrangement = "by-arrangement",
}

impl Measure {
    /// A size, rounded up.
    pub fn size(bytes: usize) -> Self {
        match bytes {
            1_000_000_000.. => Self::Gigabytes { count: bytes.div_ceil(1_000_000_000) },
            1_000_000.. => Self::Megabytes { count: bytes.div_ceil(1_000_000) },
            1_000.. => Self::Kilobytes { count: bytes.div_ceil(1_000) },
            count => Self::Bytes { count },
        }
    }

    /// A time worked.
    pub fn worked(time: Duration) -> Self {
        let minutes = time.as_secs() / 60;
        match (minutes / 60, minutes % 60) {
            (0, minutes) => Self::Minutes { minutes },
            (hours, 0) => Self::Hours { hours },
            (hours, minutes) => Self::Both { hours, minutes },
        }
    }

    /// By how much something came after its time, rounded up: no delay is none.
    pub fn late(time: Duration) -> Self {
        let minutes = time.as_millis().div_ceil(60_000).try_into().unwrap_or(0_u64);
        Self::worked(Duration::from_secs(minutes.saturating_mul(60)))
    }

    /// The hours of a week: days in a row that are alike, as one.
    pub fn week(hours: &Hours) -> Vec<Self> {
        let days: Vec<(&'static str, &Vec<Span>)> = DAYS.into_iter().zip(&hours.week).collect();
        let runs = days.chunk_by(|left, right| left.1 == right.1).filter_map(run);
        let runs: Vec<Self> = runs.collect();
        if runs.is_empty() { vec![Self::ByArrangement] } else { runs }
    }
}

fn run(days: &[(&'static str, &Vec<Span>)]) -> Option<Measure> {
    let (&(first, spans), &(last, _)) = (days.first()?, days.last()?);
    let open: Vec<Measure> = spans.iter().map(opening).collect();
    (!open.is_empty()).then(|| match first == last {
        true => Measure::Day { day: first, open },
        false => Measure::Days { first, last, open },
    })
}

fn opening(span: &Span) -> Measure {
    let shown = |time: Time| time.strftime("%H:%M").to_string();
    match span.end {
        None if span.start == Time::midnight() => Measure::AllDay,
        None => Measure::Open { from: shown(span.start), to: MIDNIGHT.to_owned() },
        Some(end) => Measure::Open { from: shown(span.start), to: shown(end) },
    }
}
