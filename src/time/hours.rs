//! Business hours: when people are at work, and when so much working time will have passed.
//!
//! All reckoning is done in the desk's own time zone, so that 09:00 stays 09:00 across daylight saving.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::Timestamp;

/// How far ahead an opening is looked for: two years of closed days mean that nobody works here at all.
const LOOK_AHEAD_DAYS: i32 = 732;

/// An opening within one day, from its first minute up to, not including, its end; `end` `None` is midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First minute.
    pub start: Time,
    /// First minute after it; `None` for the end of the day.
    pub end: Option<Time>,
}

/// A week of openings, the holidays on which it does not hold, and the zone in which it is meant.
#[derive(Clone, Debug)]
pub struct Hours {
    /// Monday first; an empty day is closed.
    pub week: [Vec<Span>; 7],
    /// Days without any opening.
    pub holidays: BTreeSet<Date>,
    /// The zone of the desk.
    pub zone: TimeZone,
}

impl Hours {
    /// Monday to Friday, nine to five, in `zone`.
    pub fn office(zone: TimeZone) -> Self {
        let day = vec![Span { start: Time::constant(9, 0, 0, 0), end: Some(Time::constant(17, 0, 0, 0)) }];
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, Vec::new(), Vec::new()];
        Self { week, holidays: BTreeSet::new(), zone }
    }

    /// Whether somebody works at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        let date = self.date(now);
        self.openings(date).iter().any(|(start, end)| *start <= now && now < *end)
    }

    /// The next instant at or after `now` at which somebody works; `None` if nobody ever does.
    pub fn next_open(&self, now: Timestamp) -> Option<Timestamp> {
        self.openings_from(now).next().map(|(start, _)| start.max(now))
    }

    /// When `working` time will have passed, counted from `start` within the hours only; `None` if nobody ever works.
    pub fn after(&self, start: Timestamp, working: Duration) -> Option<Timestamp> {
        let mut left = working;
        for (opens, closes) in self.openings_from(start) {
            let from = opens.max(start);
            let span = closes.since(from);
            if left <= span {
                return Some(from.plus(left));
            }
            left = left.saturating_sub(span);
        }
        None
    }

    fn date(&self, now: Timestamp) -> Date {
        now.to_jiff().to_zoned(self.zone.clone()).date()
    }

    /// Openings that end after `now`, in order.
    fn openings_from(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let first = self.date(now);
        (0..LOOK_AHEAD_DAYS)
            .filter_map(move |days| first.checked_add(jiff::Span::new().days(days)).ok())
            .flat_map(|date| self.openings(date))
            .filter(move |(_, end)| *end > now)
    }

    fn openings(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        if self.holidays.contains(&date) {
            return Vec::new();
        }
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        let spans = self.week.get(day).map(Vec::as_slice).unwrap_or_default();
        spans.iter().filter_map(|span| self.instants(date, *span)).collect()
    }

    fn instants(&self, date: Date, span: Span) -> Option<(Timestamp, Timestamp)> {
        let end = match span.end {
            Some(time) => date.to_datetime(time),
            None => date.tomorrow().ok()?.to_datetime(Time::midnight()),
        };
        Some((self.instant(date.to_datetime(span.start))?, self.instant(end)?))
    }

    fn instant(&self, civil: jiff::civil::DateTime) -> Option<Timestamp> {
        self.zone.to_ambiguous_zoned(civil).compatible().ok().map(|zoned| Timestamp::from_jiff(zoned.timestamp()))
    }
}

/// Names of the days as the config writes them, Monday first.
pub const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
