//! Dates, times and durations as people write them: `fri 15:00`, `tomorrow`, `24 Dec`, `24.12.`,
//! `3d`, `2 weeks`, `17:00`.
//!
//! What is meant is always the next such moment in the future, in the desk's time zone. A day
//! without a time is the opening of that day by the desk's hours, or of the next one on which
//! somebody works. What can be read in two ways is not guessed: `3/4` is a complaint that shows
//! both readings. What comes of it is shown in the transcript as a full date.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use super::super::complaint::{self, Complaint};
use super::calendar::{
    self, FILLERS, TODAY, TOMORROW, Unit, ZONES, month, number, offset, ordinal, time_of, weekday,
};
use super::hour::{self, Hour, Lead};
use crate::time::{Hours, Timestamp};

/// So many words are looked at: nobody says a moment in more.
const WORDS_MAX: usize = 8;
/// Nothing is planned further ahead, in years; a slip of the finger would be forgotten for ever.
const YEARS_MAX: i64 = 5;
/// Longest time worked in one line, in minutes: four weeks.
const WORKED_MAX: u32 = 4 * 7 * 24 * 60;

/// Nobody counts further by working days.
const WORKDAYS_MAX: i64 = 250;

/// A day without a year is not further in the past, in days.
const HALF_A_YEAR: i64 = 180;

/// The moment that these words mean.
///
/// The error is for whoever wrote them.
pub fn moment(
    words: &str,
    now: Timestamp,
    zone: &TimeZone,
    hours: Option<&Hours>,
) -> Result<Timestamp, Complaint> {
    match leading(words, now, zone, hours)? {
        (at, "") => Ok(at),
        (_, rest) => Err(Complaint::BehindTime { rest: rest.to_owned() }),
    }
}

/// The moment with which these words begin, and what follows it.
pub fn leading<'a>(
    words: &'a str,
    now: Timestamp,
    zone: &TimeZone,
    hours: Option<&Hours>,
) -> Result<(Timestamp, &'a str), Complaint> {
    first(words, &Sky { now: now.to_jiff().to_zoned(zone.clone()), hours, bare: Bare::Opens })
}

/// The same of what is to be done by then: a day without a time is the end of that day.
pub fn deadline<'a>(
    words: &'a str,
    now: Timestamp,
    zone: &TimeZone,
    hours: Option<&Hours>,
) -> Result<(Timestamp, &'a str), Complaint> {
    first(words, &Sky { now: now.to_jiff().to_zoned(zone.clone()), hours, bare: Bare::Ends })
}

fn first<'a>(words: &'a str, sky: &Sky<'_>) -> Result<(Timestamp, &'a str), Complaint> {
    let ends: Vec<usize> = words
        .char_indices()
        .filter(|(_, c)| *c == ' ')
        .map(|(at, _)| at)
        .chain([words.len()])
        .take(WORDS_MAX)
        .collect();
    for end in ends.iter().rev() {
        let (head, rest) = words.split_at_checked(*end).unwrap_or((words, ""));
        let all = calendar::tokens(head);
        let tokens: Vec<&str> =
            all.iter().map(String::as_str).filter(|word| !FILLERS.contains(word)).collect();
        let hour = || sky.hour(&tokens, Lead::of(&all), head);
        if let Some(found) = hour().or_else(|| sky.read_in_zone(&tokens)) {
            let rest = calendar::own_words(words, *end).unwrap_or(rest);
            return sky.sound(found?, &tokens).map(|at| (at, rest.trim_start()));
        }
    }
    Err(Complaint::NoTime { written: words.to_owned() })
}

/// The day of the calendar that is meant in what was written now, which may be past; what could be
/// two days is the one that begins with the day of the month if `day_first`, else none.
pub fn date(tokens: &[&str], now: &Zoned, day_first: bool) -> Option<Date> {
    let sky = Sky { now: now.clone(), hours: None, bare: Bare::Opens };
    let day = match sky.day(tokens)? {
        Ok(day) => day,
        Err(_) if day_first => sky.day(&[&tokens.first()?.replace('/', ".")])?.ok()?,
        Err(_) => return None,
    };
    match day {
        Day::On(date) => Some(date),
        Day::Yearly(month, day) => {
            let this = Date::new(now.year(), month, day).ok()?;
            let long_past = now
                .date()
                .checked_sub(Span::new().try_days(HALF_A_YEAR).ok()?)
                .is_ok_and(|past| this < past);
            if long_past { Date::new(now.year() + 1, month, day).ok() } else { Some(this) }
        }
        Day::Weekly(_) => None,
    }
}

/// A time worked, in minutes: `30m`, `1h30m`, `1.5h`, `1:30`.
pub fn worked(words: &str) -> Result<u32, Complaint> {
    let bare: String = words.to_lowercase().split_whitespace().collect();
    let minutes = match bare.split_once(':') {
        Some((hours, minutes)) => hours
            .parse::<u32>()
            .ok()
            .zip(minutes.parse::<u32>().ok())
            .map(|(h, m)| h.saturating_mul(60).saturating_add(m)),
        None => hour::hours_and_minutes(&bare).or_else(|| {
            let all = spans(&bare)?;
            let minutes = all.iter().map(|(tenths, unit)| match unit {
                Unit::Minutes => Some(tenths / 10),
                Unit::Hours => Some(tenths.saturating_mul(6)),
                Unit::Days | Unit::Workdays | Unit::Weeks => None,
            });
            minutes.sum::<Option<i64>>().and_then(|minutes| u32::try_from(minutes).ok())
        }),
    };
    match minutes {
        Some(minutes) if (1..=WORKED_MAX).contains(&minutes) => Ok(minutes),
        _ => Err(Complaint::NoTimeWorked { written: words.to_owned() }),
    }
}

/// `1h30m` as tenths of units: (10, hours), (300, minutes).
fn spans(text: &str) -> Option<Vec<(i64, Unit)>> {
    let mut all = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let letters = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
        let (name, after) = behind.split_at_checked(letters)?;
        all.push((calendar::tenths(number)?, calendar::unit(name)?));
        rest = after;
    }
    (!all.is_empty()).then_some(all)
}

/// The present, from which everything is counted.
struct Sky<'a> {
    now: Zoned,
    hours: Option<&'a Hours>,
    bare: Bare,
}

/// Which moment a day without a time is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bare {
    Opens,
    Ends,
}

/// A day as written: one, or one that may be repeated to lie in the future.
enum Day {
    /// Of the calendar, with its year.
    On(Date),
    /// Of any year.
    Yearly(i8, i8),
    /// Of any week.
    Weekly(Weekday),
}

type Read<T> = Option<Result<T, Complaint>>;

impl Sky<'_> {
    /// The zone may stand behind: as an offset, or by the letters that the desk's own clock shows.
    fn read_in_zone(&self, tokens: &[&str]) -> Read<Zoned> {
        let Some((last, before)) = tokens.split_last().filter(|(_, before)| !before.is_empty())
        else {
            return self.read(tokens);
        };
        if let Some(offset) = offset(last) {
            let zone = TimeZone::fixed(offset);
            let there = Sky { now: self.now.with_time_zone(zone), ..*self };
            return there.hour(before, Lead::Clock, "").or_else(|| there.read(before));
        }
        let clock = || self.hour(before, Lead::Clock, "").or_else(|| self.read(before));
        let found = match self.read(tokens) {
            None => clock()?,
            found => return found,
        };
        let own = |at: &Zoned| at.strftime("%Z").to_string().eq_ignore_ascii_case(last);
        match found {
            Ok(at) if own(&at) => Some(Ok(at)),
            Ok(at) if ZONES.contains(last) => Some(Err(Complaint::OtherZone {
                own: at.strftime("%Z").to_string(),
                written: last.to_uppercase(),
            })),
            Ok(_) | Err(_) => None,
        }
    }

    /// An hour by itself; `None` if that is not what stands there, or it is sure to be a length.
    fn hour(&self, tokens: &[&str], lead: Lead, written: &str) -> Read<Zoned> {
        let said = Hour::read(&tokens.concat())?;
        let length = || self.now.checked_add(Span::new().minutes(said.minutes())).ok().map(Ok);
        let time = Time::new(said.hour, said.minute.unwrap_or_default(), 0, 0).ok();
        let Some(at) = time.and_then(|time| self.instant(None, Some(time))) else {
            return length();
        };
        let works = self.hours.is_some_and(|it| it.is_open(Timestamp::from_jiff(at.timestamp())));
        match lead {
            Lead::Clock => Some(Ok(at)),
            Lead::Length => length(),
            Lead::Open if said.is_of_the_night(&at, works) => length(),
            Lead::Open => Some(Err(Complaint::ClockOrSpan {
                written: written.to_owned(),
                clock: said.clock(),
                span: said.length(),
                lines: Vec::new(),
            })),
        }
    }

    /// `None` if these words are no moment at all.
    fn read(&self, tokens: &[&str]) -> Read<Zoned> {
        match tokens {
            [] => None,
            ["next", "week"] => {
                let today = i64::from(self.now.weekday() == Weekday::Monday);
                self.bare(self.on_weekday(Weekday::Monday, today)?).map(Ok)
            }
            ["now"] => None,
            _ => self.duration(tokens).map(Ok).or_else(|| self.day_and_time(tokens)),
        }
    }

    fn duration(&self, tokens: &[&str]) -> Option<Zoned> {
        let tokens: Vec<&str> = tokens
            .iter()
            .map(|token| if matches!(*token, "a" | "an" | "one") { "1" } else { *token })
            .collect();
        let mut at = self.now.clone();
        let spans = spans(&tokens.concat())?;
        let days = spans.iter().all(|(_, unit)| *unit > Unit::Hours);
        for (tenths, unit) in spans {
            let whole = (tenths % 10 == 0).then_some(tenths / 10);
            let span = match unit {
                Unit::Minutes => Span::new().try_minutes(whole?).ok()?,
                Unit::Hours => Span::new().try_minutes(tenths.saturating_mul(6)).ok()?,
                Unit::Days => Span::new().try_days(whole?).ok()?,
                Unit::Weeks => Span::new().try_weeks(whole?).ok()?,
                Unit::Workdays => {
                    at = self.workdays(at, whole?)?;
                    continue;
                }
            };
            at = at.checked_add(span).ok()?;
        }
        if days && self.bare == Bare::Ends { self.end(at.date()) } else { Some(at) }
    }

    /// So many days later on which somebody works, at the same time of day.
    fn workdays(&self, from: Zoned, count: i64) -> Option<Zoned> {
        if count > WORKDAYS_MAX {
            return None;
        }
        let mut at = from;
        for _ in 0..count {
            let open = self.opening(at.date().tomorrow().ok()?)?.date();
            at = open.to_datetime(at.time()).to_zoned(self.now.time_zone().clone()).ok()?;
        }
        Some(at)
    }

    fn day_and_time(&self, tokens: &[&str]) -> Read<Zoned> {
        // "15:00 fri" and "fri 15:00", "24 dec at 9:30 am".
        for cut in 0..=tokens.len() {
            let (left, right) = tokens.split_at_checked(cut)?;
            let both = match (left, right) {
                ([], time) => time_of(&time.concat()).map(|time| Ok((None, Some(time)))),
                (day, []) => self.day(day).map(|day| day.map(|day| (Some(day), None))),
                (one, other) => match (
                    self.day(one),
                    time_of(&other.concat()),
                    time_of(&one.concat()),
                    self.day(other),
                ) {
                    (Some(day), Some(time), ..) | (_, _, Some(time), Some(day)) => {
                        Some(day.map(|day| (Some(day), Some(time))))
                    }
                    _ => None,
                },
            };
            match both {
                Some(Ok((day, time))) => {
                    let leap = matches!(day, Some(Day::Yearly(2, 29)));
                    let found = self.instant(day, time)?;
                    return Some(match leap && found.year() > self.now.year() + 1 {
                        true => Err(Complaint::LeapDay { year: found.year() }),
                        false => Ok(found),
                    });
                }
                Some(Err(ambiguous)) => return Some(Err(ambiguous)),
                None => {}
            }
        }
        None
    }

    /// The first such moment that is still to come, if such a thing repeats.
    fn instant(&self, day: Option<Day>, time: Option<Time>) -> Option<Zoned> {
        let today = self.now.date();
        let candidates: Vec<Date> = match day {
            Some(Day::On(date)) => vec![date],
            Some(Day::Yearly(month, day)) => (0..9)
                .filter_map(|years| Date::new(today.year() + years, month, day).ok())
                .collect(),
            Some(Day::Weekly(weekday)) => {
                (0..=1).filter_map(|weeks| self.on_weekday(weekday, weeks)).collect()
            }
            None => [Some(today), today.tomorrow().ok()].into_iter().flatten().collect(),
        };
        let last = candidates.last().copied();
        let at = |date: Date| match time {
            Some(time) => date.to_datetime(time).to_zoned(self.now.time_zone().clone()).ok(),
            None => self.bare(date),
        };
        candidates
            .into_iter()
            .filter_map(at)
            .find(|at| *at > self.now)
            .or_else(|| last.and_then(at))
    }

    fn bare(&self, date: Date) -> Option<Zoned> {
        match self.bare {
            Bare::Opens => self.opening(date),
            Bare::Ends => self.end(date),
        }
    }

    /// When people go home on that day, or would if somebody worked on it.
    fn end(&self, date: Date) -> Option<Zoned> {
        let noon = date.at(12, 0, 0, 0).to_zoned(self.now.time_zone().clone()).ok()?;
        let day = self.hours.and_then(|hours| hours.day_of(Timestamp::from_jiff(noon.timestamp())));
        let five = || date.at(17, 0, 0, 0).to_zoned(self.now.time_zone().clone()).ok();
        let ends = day.map(|(_, _, ends)| ends.to_jiff().to_zoned(self.now.time_zone().clone()));
        ends.or_else(five)
    }

    /// When somebody begins to work on that day, or on the next one.
    fn opening(&self, date: Date) -> Option<Zoned> {
        let midnight = date.to_zoned(self.now.time_zone().clone()).ok()?;
        let open = self
            .hours
            .and_then(|hours| hours.next_open(Timestamp::from_jiff(midnight.timestamp())));
        let nine = || date.at(9, 0, 0, 0).to_zoned(self.now.time_zone().clone()).ok();
        open.map(|at| at.to_jiff().to_zoned(self.now.time_zone().clone())).or_else(nine)
    }

    /// The next such day, which may be today, or so many weeks later.
    fn on_weekday(&self, weekday: Weekday, weeks: i64) -> Option<Date> {
        let ahead = i64::from(self.now.weekday().until(weekday));
        self.now.date().checked_add(Span::new().try_days(ahead + weeks * 7).ok()?).ok()
    }

    fn day(&self, tokens: &[&str]) -> Read<Day> {
        let today = self.now.date();
        match tokens {
            [one] if TODAY.contains(one) => Some(Ok(Day::On(today))),
            [one] if TOMORROW.contains(one) => today.tomorrow().ok().map(|date| Ok(Day::On(date))),
            ["next", name] => self.next_weekday(weekday(name)?),
            [name] if weekday(name).is_some() => {
                weekday(name).map(|weekday| Ok(Day::Weekly(weekday)))
            }
            [one] => self.numeric(one),
            [name, date @ ..] if weekday(name).is_some() => {
                let day = self.day(date)?;
                Some(day.and_then(|day| self.on_that_weekday(day, weekday(name), name)))
            }
            [day, name] if ordinal(day).is_some() => yearly(month(name)?, ordinal(day)?),
            [name, day] => yearly(month(name)?, ordinal(day)?),
            [day, name, year] if ordinal(day).is_some() => dated(year, month(name)?, ordinal(day)?),
            [name, day, year] => dated(year, month(name)?, ordinal(day)?),
            _ => None,
        }
    }

    /// A date beside a day of the week must be one.
    fn on_that_weekday(
        &self,
        day: Day,
        named: Option<Weekday>,
        name: &str,
    ) -> Result<Day, Complaint> {
        let date = match day {
            Day::On(date) => Some(date),
            Day::Yearly(month, day) => {
                let years = self.now.year()..=self.now.year() + 1;
                let mut dates = years.filter_map(|year| Date::new(year, month, day).ok());
                dates.find(|date| *date >= self.now.date())
            }
            Day::Weekly(_) => None,
        };
        match date.filter(|date| Some(date.weekday()) != named) {
            None if date.is_some() => Ok(day),
            None => Err(Complaint::DayBeside { written: name.to_owned() }),
            Some(other) => Err(Complaint::OtherWeekday { date: complaint::Day(other) }),
        }
    }

    /// People do not agree whether "next Friday" is this week's.
    fn next_weekday(&self, weekday: Weekday) -> Read<Day> {
        let ahead = i64::from(self.now.weekday().until(weekday));
        let in_days =
            |days: i64| self.now.date().checked_add(Span::new().try_days(days).ok()?).ok();
        let (near, far) = (in_days(ahead)?, in_days(ahead + 7)?);
        if ahead == 0 {
            return Some(Ok(Day::On(far)));
        }
        Some(Err(Complaint::WhichWeek { near: complaint::Day(near), far: complaint::Day(far) }))
    }

    /// `2026-12-24`, `24.12.`, `24.12.2026`, `24/12`, and what can be read in two ways.
    fn numeric(&self, text: &str) -> Read<Day> {
        if let Ok(date) = text.parse::<Date>()
            && text.len() == 10
        {
            return Some(Ok(Day::On(date)));
        }
        if text.contains('.') {
            let mut parts = text.split('.');
            let (day, month) = (number(parts.next()?)?, number(parts.next()?)?);
            return match (parts.next(), parts.next()) {
                (None | Some(""), None) => yearly(month, day),
                (Some(year), None | Some("")) => dated(year, month, day),
                _ => None,
            };
        }
        let mut parts = text.split('/');
        let (first, second, year) = (number(parts.next()?)?, number(parts.next()?)?, parts.next());
        let read = |month, day| match year {
            Some(year) => dated(year, month, day),
            None => yearly(month, day),
        };
        match (read(second, first), read(first, second)) {
            (Some(one), None) | (None, Some(one)) => Some(one),
            (Some(one), Some(_)) if first == second => Some(one),
            (Some(_), Some(_)) => Some(Err(Complaint::DayOrMonth {
                one: any(second, first)?,
                other: any(first, second)?,
            })),
            (None, None) => None,
        }
    }

    /// Neither past nor absurdly far.
    fn sound(&self, at: Zoned, tokens: &[&str]) -> Result<Timestamp, Complaint> {
        let far = self.now.checked_add(Span::new().years(YEARS_MAX));
        if at <= self.now {
            return Err(match matches!(tokens, [one] if TODAY.contains(one)) {
                true => Complaint::TodayWhen,
                false => {
                    let at = at.with_time_zone(self.now.time_zone().clone());
                    Complaint::Past { at: at.strftime("%Y-%m-%d %H:%M").to_string() }
                }
            });
        }
        if far.is_ok_and(|far| at > far) {
            return Err(Complaint::TooFar { date: complaint::Day(at.date()), years: YEARS_MAX });
        }
        Ok(Timestamp::from_jiff(at.timestamp()))
    }
}

fn yearly(month: i8, day: i8) -> Read<Day> {
    any(month, day).map(|_| Ok(Day::Yearly(month, day)))
}

fn dated(year: &str, month: i8, day: i8) -> Read<Day> {
    let short = year.len() == 2;
    let year: i16 = year.parse().ok().filter(|_| short || year.len() == 4)?;
    let year = if short { 2000 + year } else { year };

    let of_any = any(month, day)?;
    let found = Date::new(year, month, day).map(Day::On);
    Some(found.map_err(|_| Complaint::NoSuchDay { day: of_any, year }))
}

/// A day of any year; a leap year has every day that there is.
fn any(month: i8, day: i8) -> Option<complaint::Day> {
    Date::new(2024, month, day).ok().map(complaint::Day)
}
