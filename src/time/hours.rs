//! Business hours: when people are at work, and when so much working time will have passed.
//!
//! All reckoning is done in the desk's own time zone, so that 09:00 stays 09:00 across daylight
//! saving. An opening lasts from the first moment at which the clock on the wall shows its start,
//! or has jumped past it, to the first at which it shows its end: an hour that is skipped is
//! nobody's working time, one that comes twice is worked twice if it lies within an opening.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::Timestamp;

/// So many closed days in a row, two years, mean that nobody works here at all.
const CLOSED_DAYS: u32 = 732;

/// How far ahead working time is counted, a century: no promise reaches beyond, and the counting
/// comes to an end.
const LOOK_AHEAD_DAYS: i32 = 36_525;

/// An opening within one day, from its first minute up to, not including, its end; `end` `None` is
/// midnight.
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
    /// Days of every year without any, by month and day.
    pub yearly: BTreeSet<(i8, i8)>,
    /// The zone of the desk.
    pub zone: TimeZone,
}

impl Hours {
    /// Monday to Friday, nine to five, in `zone`.
    pub fn office(zone: TimeZone) -> Self {
        let day = vec![Span {
            start: Time::constant(9, 0, 0, 0),
            end: Some(Time::constant(17, 0, 0, 0)),
        }];
        let week =
            [day.clone(), day.clone(), day.clone(), day.clone(), day, Vec::new(), Vec::new()];
        Self { week, holidays: BTreeSet::new(), yearly: BTreeSet::new(), zone }
    }

    /// Whether somebody works at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.next_open(now) == Some(now)
    }

    /// The next instant at or after `now` at which somebody works; `None` if nobody does within two
    /// years.
    pub fn next_open(&self, now: Timestamp) -> Option<Timestamp> {
        self.openings_from(now).next().map(|(start, _)| start)
    }

    /// The day on which `now` falls, with the beginning of its first opening and the end of its last;
    /// `None` if nobody works on it.
    pub fn day_of(&self, now: Timestamp) -> Option<(Date, Timestamp, Timestamp)> {
        let date = self.date(now);
        let openings = self.openings(date);
        let opens = openings.iter().map(|(start, _)| *start).min()?;
        Some((date, opens, openings.iter().map(|(_, end)| *end).max()?))
    }

    /// The instant at which the clock shows that time on that day, or has jumped past it.
    pub fn at(&self, date: Date, time: Time) -> Option<Timestamp> {
        self.instant(date.to_datetime(time))
    }

    /// When `working` time will have passed, counted from `start` within the hours only; `None` if
    /// nobody ever works or it would take more than a century. No time at all has passed when the
    /// next opening begins.
    pub fn after(&self, start: Timestamp, working: Duration) -> Option<Timestamp> {
        let mut left = working;
        for (opens, closes) in self.openings_from(start) {
            let span = closes.since(opens);
            if left <= span {
                return Some(opens.plus(left));
            }
            left = left.saturating_sub(span);
        }
        None
    }

    /// The latest instant from which `working` time passes until `end`, counted within the hours
    /// only; `None` if nobody ever works or it would take more than a century.
    pub fn before(&self, end: Timestamp, working: Duration) -> Option<Timestamp> {
        let mut left = working;
        for (opens, closes) in self.openings_until(end) {
            let span = closes.since(opens);
            if left <= span {
                return Some(closes.minus(left));
            }
            left = left.saturating_sub(span);
        }
        None
    }

    /// How much working time lies between the two.
    pub fn between(&self, start: Timestamp, end: Timestamp) -> Duration {
        let openings = self.openings_from(start).take_while(|(opens, _)| *opens < end);
        let spans = openings.map(|(opens, closes)| closes.min(end).since(opens));
        spans.fold(Duration::ZERO, Duration::saturating_add)
    }

    /// The working time of a usual day on which somebody works.
    pub fn day(&self) -> Duration {
        let open = self.week.iter().filter(|day| !day.is_empty()).count();
        self.whole_week().checked_div(u32::try_from(open).unwrap_or(7)).unwrap_or_default()
    }

    /// The working time of a usual week.
    pub fn whole_week(&self) -> Duration {
        let last = |span: &Span| span.end.map_or(jiff::civil::Time::MAX, |end| end);
        let spans = self.week.iter().flatten().map(|span| span.start.until(last(span)));
        let seconds = spans.flatten().filter_map(|span| span.total(jiff::Unit::Second).ok());
        Duration::from_secs_f64(seconds.map(f64::ceil).sum())
    }

    /// Whether nobody works on that day, whatever the week says.
    pub fn is_holiday(&self, date: Date) -> bool {
        self.holidays.contains(&date) || self.yearly.contains(&(date.month(), date.day()))
    }

    fn date(&self, now: Timestamp) -> Date {
        now.to_jiff().to_zoned(self.zone.clone()).date()
    }

    /// What is left of the openings from `now` on, in order, each behind the one before it. Ends
    /// with the first two closed years.
    fn openings_from(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let first = self.date(now);
        let mut closed = 0;
        let mut closes = now;
        (0..LOOK_AHEAD_DAYS)
            .map_while(move |days| first.checked_add(jiff::Span::new().days(days)).ok())
            .map(|date| self.openings(date))
            .take_while(move |openings| {
                closed = if openings.is_empty() { closed + 1 } else { 0 };
                closed < CLOSED_DAYS
            })
            .flatten()
            .filter_map(move |(start, end)| {
                // Overlapping spans are worked once.
                let start = start.max(closes);
                closes = closes.max(end);
                (start < end).then_some((start, end))
            })
    }

    /// What of the openings lies before `end`, the last first, each before the one behind it.
    fn openings_until(&self, end: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let last = self.date(end);
        let mut closed = 0;
        let mut opened = end;
        (0..LOOK_AHEAD_DAYS)
            .map_while(move |days| last.checked_sub(jiff::Span::new().days(days)).ok())
            .map(|date| self.openings(date))
            .take_while(move |openings| {
                closed = if openings.is_empty() { closed + 1 } else { 0 };
                closed < CLOSED_DAYS
            })
            .flat_map(|mut openings| {
                openings.sort_by_key(|(start, end)| (*end, *start));
                openings.into_iter().rev()
            })
            .filter_map(move |(start, end)| {
                // Overlapping spans are worked once.
                let end = end.min(opened);
                opened = opened.min(start);
                (start < end).then_some((start, end))
            })
    }

    fn openings(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        if self.is_holiday(date) {
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
        let (start, end) = (self.instant(date.to_datetime(span.start))?, self.instant(end)?);
        (start < end).then_some((start, end))
    }

    /// The first instant at which the clock shows `civil` or has jumped past it.
    fn instant(&self, civil: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        let instant = match ambiguous.offset() {
            // The reading one offset too early lies before the jump, and the jump is the next thing
            // that happens there.
            AmbiguousOffset::Gap { .. } => {
                self.zone.following(ambiguous.earlier().ok()?).next()?.timestamp()
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => {
                ambiguous.compatible().ok()?
            }
        };
        Some(Timestamp::from_jiff(instant))
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
