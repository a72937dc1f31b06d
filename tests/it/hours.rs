//! Business hours: daylight saving, holidays, whole days and closed weeks, against a reference that
//! walks minute by minute.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::TimeZone;
use postdesk::time::{Hours, Span, Timestamp};
use proptest::prelude::*;

const MINUTE: i64 = 60_000;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_jiff(text.parse().unwrap())
}

/// `09:00-17:00`, several of them with spaces between, or nothing.
fn spans(text: &str) -> Vec<Span> {
    let time = |text: &str| text.parse::<Time>().ok();
    text.split_whitespace()
        .map(|span| {
            let (start, end) = span.split_once('-').unwrap();
            Span { start: time(start).unwrap(), end: time(end) }
        })
        .collect()
}

fn week(days: [&str; 7], zone_name: &str, holidays: &[Date]) -> Hours {
    Hours {
        week: days.map(spans),
        holidays: holidays.iter().copied().collect(),
        yearly: BTreeSet::new(),
        zone: zone(zone_name),
    }
}

fn daily(day: &str, zone_name: &str) -> Hours {
    week([day; 7], zone_name, &[])
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// Week, zone, from when, working minutes, and when they are over, in UTC.
#[test]
fn working_time_ends_when_it_should() {
    let office =
        ["09:00-17:00", "09:00-17:00", "09:00-17:00", "09:00-17:00", "09:00-17:00", "", ""];
    let split = ["09:00-12:00 13:00-17:00"; 7];
    let whole = ["00:00-24:00"; 7];
    let saturday = ["", "", "", "", "", "10:00-14:00", ""];
    for (days, zone_name, start, working, end) in [
        // An ordinary Wednesday in Berlin, UTC+2.
        (office, "Europe/Berlin", "2026-07-01T08:00:00Z", 60, "2026-07-01T09:00:00Z"),
        // The last minute of the day is worked, its end belongs to the day.
        (office, "Europe/Berlin", "2026-07-01T14:00:00Z", 60, "2026-07-01T15:00:00Z"),
        (office, "Europe/Berlin", "2026-07-01T14:00:00Z", 61, "2026-07-02T07:01:00Z"),
        // Before work, after work, and over the weekend.
        (office, "Europe/Berlin", "2026-07-01T01:00:00Z", 30, "2026-07-01T07:30:00Z"),
        (office, "Europe/Berlin", "2026-07-01T15:00:00Z", 30, "2026-07-02T07:30:00Z"),
        (office, "Europe/Berlin", "2026-07-03T14:30:00Z", 480, "2026-07-06T14:30:00Z"),
        // Seconds are kept.
        (office, "Europe/Berlin", "2026-07-03T14:59:59.500Z", 1, "2026-07-06T07:00:59.500Z"),
        // No time at all passes when the next opening begins.
        (office, "Europe/Berlin", "2026-07-04T00:00:00Z", 0, "2026-07-06T07:00:00Z"),
        // Over lunch.
        (split, "UTC", "2026-07-01T11:30:00Z", 60, "2026-07-01T13:30:00Z"),
        // Whole days run through midnight, also through the short and the long one of daylight
        // saving.
        (whole, "Europe/Berlin", "2026-07-01T21:00:00Z", 180, "2026-07-02T00:00:00Z"),
        (whole, "Europe/Berlin", "2026-03-28T23:00:00Z", 24 * 60, "2026-03-29T23:00:00Z"),
        // 09:00 stays 09:00: eight hours from Friday noon end on Monday noon, 71 and 73 hours
        // later.
        (office, "Europe/Berlin", "2026-03-27T11:00:00Z", 480, "2026-03-30T10:00:00Z"),
        (office, "Europe/Berlin", "2026-10-23T10:00:00Z", 480, "2026-10-26T11:00:00Z"),
        // One short day a week: many weeks.
        (saturday, "UTC", "2026-07-01T00:00:00Z", 4 * 60 * 10, "2026-09-05T14:00:00Z"),
        (saturday, "UTC", "2026-07-04T14:00:00Z", 1, "2026-07-11T10:01:00Z"),
    ] {
        let hours = week(days, zone_name, &[]);
        assert_eq!(
            hours.after(at(start), minutes(working)),
            Some(at(end)),
            "{working} min from {start}"
        );
    }
}

/// What happens within the hour that is skipped or comes twice.
#[test]
fn an_opening_within_the_change_of_the_clock() {
    for (day, zone_name, now, open, next) in [
        // 02:00-03:00 is skipped in Berlin on 2026-03-29 (01:00 UTC).
        ("02:00-03:00", "Europe/Berlin", "2026-03-29T01:00:00Z", false, "2026-03-30T00:00:00Z"),
        ("01:00-02:30", "Europe/Berlin", "2026-03-29T00:59:59Z", true, "2026-03-29T00:59:59Z"),
        ("01:00-02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", false, "2026-03-29T23:00:00Z"),
        ("02:30-04:00", "Europe/Berlin", "2026-03-29T00:59:59Z", false, "2026-03-29T01:00:00Z"),
        ("02:30-04:00", "Europe/Berlin", "2026-03-29T01:00:00Z", true, "2026-03-29T01:00:00Z"),
        // 02:00-03:00 comes twice on 2026-10-25 (00:00 and 01:00 UTC).
        ("02:15-02:45", "Europe/Berlin", "2026-10-25T00:15:00Z", true, "2026-10-25T00:15:00Z"),
        ("02:15-02:45", "Europe/Berlin", "2026-10-25T01:15:00Z", false, "2026-10-26T01:15:00Z"),
        ("01:00-04:00", "Europe/Berlin", "2026-10-25T01:15:00Z", true, "2026-10-25T01:15:00Z"),
        // Beirut skips the first hour of the day: the clock jumps from 24:00 to 01:00.
        ("00:00-24:00", "Asia/Beirut", "2026-03-28T22:00:00Z", true, "2026-03-28T22:00:00Z"),
        ("00:30-02:00", "Asia/Beirut", "2026-03-28T21:59:00Z", false, "2026-03-28T22:00:00Z"),
        // Half an hour on Lord Howe.
        (
            "02:10-02:20",
            "Australia/Lord_Howe",
            "2026-10-03T15:30:00Z",
            false,
            "2026-10-04T15:10:00Z",
        ),
        // Samoa had no 30 December 2011.
        ("09:00-10:00", "Pacific/Apia", "2011-12-30T10:00:00Z", false, "2011-12-30T19:00:00Z"),
    ] {
        let hours = daily(day, zone_name);
        assert_eq!(
            (hours.is_open(at(now)), hours.next_open(at(now))),
            (open, Some(at(next))),
            "{day} {zone_name} {now}"
        );
    }
}

#[test]
fn a_day_that_never_was_opens_nothing() {
    // Friday 30 December 2011 was left out in Samoa; the instant at which it would have been
    // belongs to Saturday.
    let fridays = week(["", "", "", "", "00:00-24:00", "", ""], "Pacific/Apia", &[]);
    assert_eq!(fridays.next_open(at("2011-12-30T09:59:00Z")), Some(at("2012-01-05T10:00:00Z")));
}

#[test]
fn working_time_is_not_counted_twice_around_the_skipped_hour() {
    let hours = daily("01:00-02:30 02:45-04:00", "Europe/Berlin");
    // 01:00-02:00 and 03:00-04:00 are left of that day.
    assert_eq!(
        hours.after(at("2026-03-29T00:00:00Z"), minutes(120)),
        Some(at("2026-03-29T02:00:00Z"))
    );
}

#[test]
fn holidays_are_days_of_the_desks_zone() {
    let office = ["09:00-17:00"; 7];
    let hours = week(office, "Pacific/Auckland", &[date(2026, 12, 25), date(2026, 12, 26)]);
    assert!(hours.is_open(at("2026-12-24T03:00:00Z")), "Thursday afternoon in Auckland");
    assert!(
        !hours.is_open(at("2026-12-24T20:30:00Z")),
        "Christmas morning there, still the 24th in London"
    );
    assert_eq!(hours.next_open(at("2026-12-24T04:00:00Z")), Some(at("2026-12-26T20:00:00Z")));
    assert_eq!(
        hours.after(at("2026-12-24T03:30:00Z"), minutes(60)),
        Some(at("2026-12-26T20:30:00Z"))
    );
}

#[test]
fn where_nobody_ever_works_nothing_is_promised() {
    let closed = daily("", "Europe/Berlin");
    let now = at("2026-07-01T08:00:00Z");
    assert_eq!(
        (closed.is_open(now), closed.next_open(now), closed.after(now, Duration::ZERO)),
        (false, None, None)
    );
    let empty = Hours { week: [const { Vec::new() }; 7], ..daily("", "UTC") };
    assert_eq!(empty.after(now, minutes(1)), None);
}

#[test]
fn a_long_work_takes_its_years_but_not_forever() {
    // Ninety days of work in one hour a week: more than two years must not mean never.
    let hours = week(["09:00-10:00", "", "", "", "", "", ""], "UTC", &[]);
    let end = hours.after(at("2026-07-06T09:00:00Z"), Duration::from_secs(520 * 3600)).unwrap();
    assert_eq!(end, at("2036-06-16T10:00:00Z"));
    assert_eq!(hours.after(at("2026-07-06T09:00:00Z"), Duration::MAX), None);
}

#[test]
fn the_ends_of_time_have_an_answer() {
    let hours = Hours::office(zone("Europe/Berlin"));
    for now in [i64::MIN, i64::MAX, -377_705_023_201_000, 253_402_207_200_000] {
        let now = Timestamp::from_millis(now);
        let next = hours.next_open(now);
        assert!(next.is_none_or(|next| next >= now), "{next:?}");
        assert_eq!(hours.is_open(now), next == Some(now));
        assert!(hours.after(now, minutes(1)).is_none_or(|end| end > now));
    }
}

#[test]
fn overlapping_spans_are_worked_once() {
    let hours = daily("09:00-12:00 10:00-11:00 11:30-13:00", "UTC");
    assert_eq!(
        hours.after(at("2026-07-01T00:00:00Z"), minutes(240)),
        Some(at("2026-07-01T13:00:00Z"))
    );
}

/// The definition, spelt out: an opening lasts from the first minute whose clock shows its start or
/// more, to the first whose clock shows its end or more. Walks every minute of some days.
struct Walk {
    first: i64,
    open: Vec<bool>,
}

impl Walk {
    /// From two days before `from`, so that every opening that touches `from` is seen to begin.
    fn new(hours: &Hours, from: Timestamp, days: i64) -> Self {
        let first = from.as_millis() - 2 * 1440 * MINUTE;
        let clock: Vec<DateTime> = (0..days * 1440)
            .map(|step| {
                Timestamp::from_millis(first + step * MINUTE)
                    .to_jiff()
                    .to_zoned(hours.zone.clone())
                    .datetime()
            })
            .collect();
        let mut open = vec![false; clock.len()];
        let (mut date, last) = (clock[0].date(), clock[clock.len() - 1].date());
        while date <= last {
            let weekday = date.weekday().to_monday_zero_offset() as usize;
            let spans = if hours.holidays.contains(&date)
                || hours.yearly.contains(&(date.month(), date.day()))
            {
                &[][..]
            } else {
                &hours.week[weekday][..]
            };
            for span in spans {
                let reached = |civil: DateTime| {
                    clock.iter().position(|shown| *shown >= civil).unwrap_or(clock.len())
                };
                let end = span.end.map_or_else(
                    || date.tomorrow().unwrap().to_datetime(Time::midnight()),
                    |end| date.to_datetime(end),
                );
                open[reached(date.to_datetime(span.start))..reached(end)].fill(true);
            }
            date = date.tomorrow().unwrap();
        }
        Self { first, open }
    }

    fn is_open(&self, now: Timestamp) -> bool {
        self.open[((now.as_millis() - self.first) / MINUTE) as usize]
    }

    /// The first open minute from `now` on; `None` if there is none on this walk.
    fn next_open(&self, now: Timestamp) -> Option<Timestamp> {
        let step = (now.as_millis() - self.first) / MINUTE;
        let found = (step..self.open.len() as i64).find(|step| self.open[*step as usize])?;
        Some(Timestamp::from_millis(self.first + found * MINUTE))
    }

    /// The end of the open minute with which so many have passed.
    fn after(&self, now: Timestamp, working: u64) -> Option<Timestamp> {
        let step = (now.as_millis() - self.first) / MINUTE;
        let mut open = (step..self.open.len() as i64).filter(|step| self.open[*step as usize]);
        Some(Timestamp::from_millis(
            self.first + (open.nth(usize::try_from(working).unwrap() - 1)? + 1) * MINUTE,
        ))
    }
}

impl Walk {
    /// The begin of the open minute from which on so many pass before `end`; `None` if the walk
    /// begins too late to know.
    fn before(&self, end: Timestamp, working: u64) -> Option<Timestamp> {
        let step = (end.as_millis() - self.first) / MINUTE;
        let mut open = (0..step).rev().filter(|step| self.open[*step as usize]);
        let found = open.nth(usize::try_from(working).unwrap() - 1)?;
        (found > 1440).then(|| Timestamp::from_millis(self.first + found * MINUTE))
    }
}

/// Changes of the clock of every kind we know: an hour, half an hour, at midnight, just behind
/// midnight, a whole day.
const CHANGES: [(&str, &str); 13] = [
    ("Europe/Berlin", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2050-11-06T06:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    ("Asia/Beirut", "2026-03-28T22:00:00Z"),
    ("Asia/Beirut", "2026-10-24T21:00:00Z"),
    ("America/Sao_Paulo", "2018-02-18T02:00:00Z"),
    ("America/St_Johns", "2010-03-14T03:31:00Z"),
    ("America/St_Johns", "2010-11-07T02:31:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("Asia/Kathmandu", "2026-07-01T00:00:00Z"),
];

/// Up to three openings that neither overlap nor touch backwards, on any minutes; sometimes up to
/// midnight.
fn any_day() -> impl Strategy<Value = Vec<Span>> {
    let border = prop_oneof![0..=1440_u32, (0..=48_u32).prop_map(|half| half * 30), 0..=240_u32];
    prop::collection::btree_set(border, 0..=6).prop_map(|borders| {
        let borders: Vec<u32> = borders.into_iter().collect();
        let time = |minute: u32| Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).ok();
        borders
            .chunks_exact(2)
            .map(|pair| Span { start: time(pair[0]).unwrap(), end: time(pair[1]) })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hours_agree_with_a_walk_minute_by_minute(
        change in prop::sample::select(CHANGES.to_vec()),
        days in prop::collection::vec(any_day(), 7),
        holiday in prop::option::of(-2..4_i32),
        yearly in prop::option::of(-2..4_i32),
        offset in -1440..1440_i64,
        working in 1..2000_u64,
    ) {
        let now = Timestamp::from_millis(at(change.1).as_millis() + offset * MINUTE);
        let zone = zone(change.0);
        let today = now.to_jiff().to_zoned(zone.clone()).date();
        let day = |days: i32| today.checked_add(jiff::Span::new().days(days)).unwrap();
        let holidays = holiday.map(day).into_iter().collect();
        let yearly = yearly.map(day).map(|day| (day.month(), day.day())).into_iter().collect();
        let hours = Hours { week: days.try_into().unwrap(), holidays, yearly, zone };
        let walk = Walk::new(&hours, now, 7);
        prop_assert_eq!(hours.is_open(now), walk.is_open(now));
        if let Some(next) = walk.next_open(now) {
            prop_assert_eq!(hours.next_open(now), Some(next));
        }
        if let Some(end) = walk.after(now, working) {
            prop_assert_eq!(hours.after(now, minutes(working)), Some(end));
            prop_assert_eq!(hours.between(now, end), minutes(working));
        }
        if let Some(start) = walk.before(now, working) {
            prop_assert_eq!(hours.before(now, minutes(working)), Some(start));
        }
    }

    #[test]
    fn the_end_of_work_never_moves_backwards(offset in 0..20_000_i64, first in 0..5000_u64, more in 0..5000_u64) {
        let hours = Hours::office(zone("Europe/Berlin"));
        let start = Timestamp::from_millis(at("2026-03-20T00:00:00Z").as_millis() + offset * MINUTE);
        let (soon, late) = (hours.after(start, minutes(first)).unwrap(), hours.after(start, minutes(first + more)).unwrap());
        prop_assert!(start <= soon && soon <= late);
        // Working on where one stopped ends where one stroke would have ended.
        prop_assert_eq!(if more == 0 { soon } else { hours.after(soon, minutes(more)).unwrap() }, late);
    }
}

/// As [`working_time_ends_when_it_should`], the other way round.
#[test]
fn working_time_begins_when_it_should() {
    let office =
        ["09:00-17:00", "09:00-17:00", "09:00-17:00", "09:00-17:00", "09:00-17:00", "", ""];
    for (end, working, start) in [
        ("2026-07-01T15:00:00Z", 60, "2026-07-01T14:00:00Z"),
        ("2026-07-01T07:00:00Z", 60, "2026-06-30T14:00:00Z"),
        ("2026-07-06T07:30:00Z", 60, "2026-07-03T14:30:00Z"),
        ("2026-07-05T12:00:00Z", 480, "2026-07-03T07:00:00Z"),
        // Over the change of the clock: eight hours before Monday noon is Friday noon.
        ("2026-03-30T10:00:00Z", 480, "2026-03-27T11:00:00Z"),
    ] {
        let hours = week(office, "Europe/Berlin", &[]);
        assert_eq!(hours.before(at(end), minutes(working)), Some(at(start)), "{working} to {end}");
        assert_eq!(hours.between(at(start), at(end)), minutes(working), "{start} to {end}");
    }
    let closed = daily("", "Europe/Berlin");
    let now = at("2026-07-01T08:00:00Z");
    assert_eq!((closed.before(now, minutes(1)), closed.day()), (None, Duration::ZERO));
    assert_eq!(week(office, "Europe/Berlin", &[]).day(), minutes(480));
    assert_eq!(daily("00:00-24:00", "UTC").whole_week(), minutes(7 * 24 * 60));
}
