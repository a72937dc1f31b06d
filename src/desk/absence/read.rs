//! Until when an out-of-office mail says that somebody is away: dates as English, German and French
//! ones write them.
//!
//! The latest date in it is meant, for it names the end last or says when they are back. "Until the
//! 27th" and "bis 27.11." mean the whole of that day, "back on the 30th" and "wieder am 30.11." its
//! morning. What can be read in two ways counts for nothing.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use crate::desk::command::when;
use crate::time::{Hours, Timestamp};

/// So many words are looked at: what a person says of it stands at the beginning.
const WORDS_MAX: usize = 400;
/// So many words before a date say how it is meant.
const BEFORE: usize = 5;
/// A date has at most so many words: `24 December 2026`.
const DATE_WORDS_MAX: usize = 3;
/// Nobody is away for longer, in days; such a date is something else.
const AWAY_MAX: i64 = 400;

/// Words before a date on which somebody is here again. Beginnings, in lower case.
const BACK: [&str; 12] = [
    "back",
    "return",
    "available",
    "zurück",
    "zurueck",
    "wieder",
    "erreichbar",
    "retour",
    "revien",
    "disponible",
    "ab",
    "dès",
];
/// Words before the last day that somebody is away.
const UNTIL: [&str; 6] = ["until", "till", "through", "bis", "inkl", "jusqu"];
/// Words of a mail in a language that writes the day before the month.
const DAY_FIRST: [&str; 8] =
    ["jusqu", "bonjour", "retour", "congé", "abwesen", "bis", "hallo", "urlaub"];

/// Names of months in German and French as our own reader knows them.
const MONTHS: [(&str, &str); 22] = [
    ("januar", "january"),
    ("jänner", "january"),
    ("februar", "february"),
    ("märz", "march"),
    ("mai", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("oktober", "october"),
    ("dezember", "december"),
    ("janvier", "january"),
    ("février", "february"),
    ("fevrier", "february"),
    ("mars", "march"),
    ("avril", "april"),
    ("juin", "june"),
    ("juillet", "july"),
    ("août", "august"),
    ("aout", "august"),
    ("septembre", "september"),
    ("octobre", "october"),
    ("novembre", "november"),
    ("décembre", "december"),
];

/// The end of the absence of which these words speak, if they name one that is still to come.
pub fn until(
    text: &str,
    now: Timestamp,
    zone: &TimeZone,
    hours: Option<&Hours>,
) -> Option<Timestamp> {
    let now = now.to_jiff().to_zoned(zone.clone());
    let words: Vec<String> = text.split_whitespace().take(WORDS_MAX).map(word).collect();
    let day_first = words.iter().any(|word| DAY_FIRST.iter().any(|start| word.starts_with(start)));
    let found = (0..words.len()).filter_map(|at| end_at(&words, at, &now, day_first, hours));
    let latest = now.checked_add(Span::new().try_days(AWAY_MAX).ok()?).ok()?;
    found
        .filter(|at| *at > now && *at < latest)
        .max()
        .map(|at| Timestamp::from_jiff(at.timestamp()))
}

/// A word as our own reader of dates knows it.
fn word(written: &str) -> String {
    let bare = written
        .trim_matches(|c: char| !(c.is_alphanumeric() || c == '.'))
        .trim_start_matches('.')
        .to_lowercase();
    let bare = if bare == "1er" { "1".to_owned() } else { bare };
    let name = bare.trim_end_matches('.').to_owned();
    // The end of a sentence is no part of a date, but for "27." and "27.11.".
    let is_day = name.contains('.') || name.len() < 3;
    let bare = if is_day { bare } else { name.clone() };
    MONTHS.iter().find(|(own, _)| *own == name).map_or(bare, |(_, english)| (*english).to_owned())
}

/// The date that begins at that word, as the end of an absence.
fn end_at(
    words: &[String],
    at: usize,
    now: &Zoned,
    day_first: bool,
    hours: Option<&Hours>,
) -> Option<Zoned> {
    let rest = words.get(at..)?;
    let date = (1..=DATE_WORDS_MAX.min(rest.len()))
        .rev()
        .find_map(|count| date(rest.get(..count)?, now, day_first))?;
    let before = words.get(at.saturating_sub(BEFORE)..at)?;
    let sign = before.iter().rev().find_map(|word| {
        let back = BACK
            .iter()
            .any(|start| if start.len() < 3 { word == start } else { word.starts_with(start) });
        let until = UNTIL.iter().any(|start| word.starts_with(start));
        (back || until).then_some(back)
    });
    if sign == Some(true) {
        return opening(date, now, hours);
    }
    date.tomorrow().ok()?.to_zoned(now.time_zone().clone()).ok()
}

fn date(words: &[String], now: &Zoned, day_first: bool) -> Option<Date> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // "may" and "30" alone are no dates, and neither are days of the week: they say which one only
    // to who knows when it was written.
    if let [one] = words.as_slice()
        && !one.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    when::date(&words, now, day_first)
}

fn opening(date: Date, now: &Zoned, hours: Option<&Hours>) -> Option<Zoned> {
    let midnight = date.to_zoned(now.time_zone().clone()).ok()?;
    let open = hours.and_then(|hours| hours.next_open(Timestamp::from_jiff(midnight.timestamp())));
    Some(open.map_or(midnight, |at| at.to_jiff().to_zoned(now.time_zone().clone())))
}
