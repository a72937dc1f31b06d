//! Hours and holidays as written: days of one year, days of every year, and calendar files.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use toml::de::DeValue;

use super::super::Calendar;
use super::calendar;
use super::section::Section;
use super::settings::{Place, resolve};
use super::value::{self, Read, Value, wrong};
use crate::time::{DAYS, Hours};

/// A leap year: its days are all that there are.
const LEAP_YEAR: i16 = 2024;

/// What a list of holidays may hold.
enum Holiday {
    Day(Date),
    Yearly(i8, i8),
    File(String),
}

/// Calendar files on the way.
pub struct Files<'p> {
    /// What relative paths are meant from.
    pub place: &'p Place,
    /// Those that were read, and what came of it.
    pub read: Vec<Calendar>,
}

/// The hours of a section; `usual` lends the week, the holidays and the zone where the section says
/// nothing of them.
///
/// One written day makes the week a new one, in which a day that is not written is closed.
pub fn hours(section: &Section<'_>, usual: Hours, files: &mut Files<'_>) -> Hours {
    let zone = section.optional("time_zone", value::time_zone).unwrap_or(usual.zone);
    let written = section.optional("holidays", value::list(holiday));
    let (holidays, yearly) = match written {
        Some(all) => sorted(all, files),
        None => (usual.holidays, usual.yearly),
    };
    let days = DAYS.map(|(day, _)| (day, section.optional(day, value::openings)));
    let nobody = days
        .iter()
        .all(|(day, spans)| !section.has(day) || spans.as_ref().is_some_and(Vec::is_empty));
    let first = days.iter().map(|(day, _)| *day).find(|day| section.has(day));
    let week = days.map(|(_, spans)| spans.unwrap_or_default());
    if let Some(first) = first.filter(|_| nobody) {
        let words = "no day of the week has an opening, so nobody would ever be at work";
        section.complain(first, words);
    }
    let week = if first.is_some() { week } else { usual.week };
    Hours { week, holidays, yearly, zone }
}

fn holiday(value: &Value<'_>) -> Read<Holiday> {
    let DeValue::String(text) = value.get_ref() else {
        return value::date(value).map(Holiday::Day);
    };
    let text = text.trim();
    if text.to_lowercase().ends_with(".ics") {
        return Ok(Holiday::File(text.to_owned()));
    }
    let number = |part: &str| part.parse().ok().filter(|_| part.len() == 2);
    let yearly = text
        .split_once('-')
        .and_then(|(month, day)| Date::new(LEAP_YEAR, number(month)?, number(day)?).ok());
    match yearly {
        Some(date) => Ok(Holiday::Yearly(date.month(), date.day())),
        None => value::date(value).map(Holiday::Day).or_else(|_| {
            let words = format!(
                "{} is not a date such as \"2026-12-25\", nor \"12-25\" for that day of every year, nor a calendar file such as \"holidays.ics\"",
                value::quoted(text)
            );
            wrong(value, words)
        }),
    }
}

/// Days of one year and days of every year. A file that cannot be read adds none, and is no reason
/// not to run: that is told.
fn sorted(all: Vec<Holiday>, files: &mut Files<'_>) -> (BTreeSet<Date>, BTreeSet<(i8, i8)>) {
    let (mut days, mut yearly) = (BTreeSet::new(), BTreeSet::new());
    for holiday in all {
        match holiday {
            Holiday::Day(day) => days.extend([day]),
            Holiday::Yearly(month, day) => yearly.extend([(month, day)]),
            Holiday::File(path) => days.extend(of_file(&resolve(&path, files.place), files)),
        }
    }
    (days, yearly)
}

/// The days of a file, which several queues may name.
fn of_file(path: &Path, files: &mut Files<'_>) -> BTreeSet<Date> {
    let known = files.read.iter().position(|one| one.file == path);
    let at = known.unwrap_or_else(|| {
        let bytes = std::fs::read(path).map_err(|error| error.to_string());
        let text = bytes
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()));
        let (days, timed, fault) = match text.and_then(|text| calendar::days(&text)) {
            Ok(found) => (found.days, found.timed, None),
            Err(why) => (BTreeSet::new(), 0, Some(why)),
        };
        files.read.push(Calendar { file: path.to_owned(), days, timed, fault });
        files.read.len() - 1
    });
    files.read.get(at).map(|one| one.days.clone()).unwrap_or_default()
}
