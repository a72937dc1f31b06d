//! Until when an out-of-office mail says that somebody is away, in the languages of the texts.
//!
//! A date counts only where a word before it says what it is: "until the 27th" and "bis 27.11."
//! mean the whole of that day, "back on the 30th" and "wieder am 30.11." its morning, "from … to …"
//! its second date. What is said of somebody else, or of an office that closes, counts for nothing,
//! and neither does what can be read in two ways. Of several the latest is meant.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use crate::desk::command::{calendar, when};
use crate::time::{Hours, Timestamp};

/// So many words are looked at: what a person says of it stands at the beginning.
const WORDS_MAX: usize = 400;
/// So many words before a date say how it is meant.
const BEFORE: usize = 5;
/// A date has at most so many words: `Monday 24 December 2026`.
const DATE_WORDS_MAX: usize = 4;
/// Nobody is away for longer, in days; such a date is something else.
const AWAY_MAX: i64 = 400;

/// Words before a date on which somebody is here again. Beginnings, in lower case; short ones whole.
const BACK: [&str; 22] = [
    "back",
    "return",
    "available",
    "zurück",
    "zurueck",
    "wieder",
    "erreichbar",
    "retour",
    "revien",
    "disponib",
    "ab",
    "dès",
    "vuelv",
    "regres",
    "rientr",
    "torn",
    "ritorn",
    "volt",
    "retorn",
    "terug",
    "wrac",
    "wróc",
];
/// Words before the last day that somebody is away.
const UNTIL: [&str; 12] = [
    "until", "till", "through", "bis", "inkl", "jusqu", "hasta", "fino", "até", "tot", "t/m", "do",
];
/// Words before the first day, of which a second one is the last.
const FROM: [&str; 10] = ["from", "vom", "von", "du", "del", "dal", "desde", "de", "van", "od"];
/// Words between the first day and the last.
const TO: [&str; 8] = ["to", "-", "–", "—", "au", "al", "a", "zum"];
/// Sentences with these speak of somebody else, or of a house.
const OF_OTHERS: [&str; 26] = [
    "he",
    "she",
    "they",
    "ask",
    "contact",
    "er",
    "wenden",
    "contacter",
    "elle",
    "contacte",
    "contatta",
    "contattare",
    "contato",
    "contact",
    "closed",
    "closes",
    "geschlossen",
    "fermé",
    "fermés",
    "fermée",
    "cerrado",
    "cerrada",
    "cerradas",
    "chiuso",
    "fechado",
    "gesloten",
];
/// Words of a mail in a language that writes the day before the month.
const DAY_FIRST: [&str; 14] = [
    "jusqu", "bonjour", "retour", "congé", "abwesen", "bis", "hallo", "urlaub", "hasta", "fino",
    "até", "afwezig", "nieobecn", "ausente",
];

/// The end of the absence of which these words speak, if they name one that is still to come.
pub fn until(
    text: &str,
    now: Timestamp,
    zone: &TimeZone,
    hours: Option<&Hours>,
) -> Option<Timestamp> {
    let now = now.to_jiff().to_zoned(zone.clone());
    let latest = now.checked_add(Span::new().try_days(AWAY_MAX).ok()?).ok()?;
    let sentences = sentences(text);
    let mut words = sentences.iter().flatten();
    let day_first = words.any(|word| DAY_FIRST.iter().any(|start| word.starts_with(start)));
    let own = |words: &&Vec<String>| !words.iter().any(|word| OF_OTHERS.contains(&word.as_str()));
    let found = sentences.iter().filter(own).flat_map(|words| {
        let end = |at| end_at(words, at, &now, day_first, hours);
        (0..words.len()).filter_map(end).collect::<Vec<_>>()
    });
    found
        .filter(|at| *at > now && *at < latest)
        .max()
        .map(|at| Timestamp::from_jiff(at.timestamp()))
}

/// The words of each sentence, as our own reader of dates knows them.
fn sentences(text: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    let mut left = WORDS_MAX;
    for line in text.lines() {
        let mut written = line.split_whitespace().peekable();
        while let Some(one) = written.next() {
            let Some(fewer) = left.checked_sub(1) else { return all };
            left = fewer;
            if let Some(last) = all.last_mut() {
                last.extend(words(one));
            }
            if ends_sentence(one, written.peek().copied().unwrap_or_default()) {
                all.push(Vec::new());
            }
        }
        // A paragraph ends a sentence; a line that was only wrapped does not.
        if line.trim().is_empty() {
            all.push(Vec::new());
        }
    }
    all
}

/// "27.", "27.11." and "Nov." end a sentence only before a word that begins one.
pub fn ends_sentence(written: &str, next: &str) -> bool {
    let bare = written.trim_end_matches(['.', '!', '?', ';', ')', '"']);
    let number = bare.chars().all(|c| c.is_ascii_digit() || c == '.') && bare.len() < 6;
    let of_a_date = number || calendar::month(&bare.to_lowercase()).is_some();
    let begins = next.starts_with(char::is_uppercase)
        && calendar::month(next.to_lowercase().trim_end_matches([',', '.'])).is_none();
    written.ends_with(['.', '!', '?', ';']) && (!of_a_date || begins)
}

/// What was written as one word: `2026年11月30日まで` is a date and a word.
fn words(written: &str) -> Vec<String> {
    let western = written.replace(['年', '月'], "-").replace('日', " ");
    let dashed = western.split(' ').filter(|part| !part.is_empty());
    dashed.flat_map(|part| calendar::tokens(&bare(part))).collect()
}

fn bare(written: &str) -> String {
    if written.chars().all(|c| !c.is_alphanumeric()) {
        return written.to_owned();
    }
    let bare = written
        .trim_matches(|c: char| !(c.is_alphanumeric() || c == '.'))
        .trim_start_matches('.')
        .to_lowercase();
    let name = bare.trim_end_matches('.');
    // The end of a sentence is no part of a date, but for "27." and "27.11.".
    let is_day = name.contains('.') || name.len() < 3;
    match (bare.as_str(), is_day) {
        ("1er", _) => "1".to_owned(),
        (_, true) => bare,
        (_, false) => name.to_owned(),
    }
}

/// How a date is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Back,
    Until,
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
    let (count, date) = (1..=DATE_WORDS_MAX.min(rest.len()))
        .rev()
        .find_map(|count| Some((count, date(rest.get(..count)?, now, day_first)?)))?;
    let behind = rest.get(count).is_some_and(|word| word.starts_with("まで"));
    let before = words.get(..at)?;
    let near = before.get(before.len().saturating_sub(BEFORE)..)?;
    let sign = near.iter().rev().find_map(|word| sign(word));
    let range = || {
        let from = before.iter().any(|word| FROM.contains(&word.as_str()));
        from && near.iter().rev().take(2).any(|word| TO.contains(&word.as_str()))
    };
    match sign {
        Some(Sign::Back) => opening(date, now, hours),
        None if !behind && !range() => None,
        Some(Sign::Until) | None => date.tomorrow().ok()?.to_zoned(now.time_zone().clone()).ok(),
    }
}

fn sign(word: &str) -> Option<Sign> {
    let begins =
        |start: &&str| if start.len() < 4 { word == *start } else { word.starts_with(*start) };
    let back = BACK.iter().any(&begins).then_some(Sign::Back);
    back.or_else(|| UNTIL.iter().any(begins).then_some(Sign::Until))
}

fn date(words: &[String], now: &Zoned, day_first: bool) -> Option<Date> {
    let fillers = calendar::FILLERS;
    if words.first().is_some_and(|word| fillers.contains(&word.as_str())) {
        return None;
    }
    // "30 de noviembre de 2026"
    let kept = words.iter().map(String::as_str).filter(|word| *word != "de");
    let words: Vec<&str> = kept.collect();
    match words.as_slice() {
        [] => None,
        // "may" and "30" alone are no dates; a day of the week is the next one.
        [one] if !one.contains(|c: char| c.is_ascii_digit()) => next_weekday(one, now),
        words => when::date(words, now, day_first),
    }
}

fn next_weekday(name: &str, now: &Zoned) -> Option<Date> {
    // "sun", "mon" and "wed" are words of other languages too.
    let named = calendar::weekday(name).filter(|_| name.len() > 3)?;
    let ahead = i64::from(now.weekday().until(named));
    let days = if ahead == 0 { 7 } else { ahead };
    now.date().checked_add(Span::new().try_days(days).ok()?).ok()
}

fn opening(date: Date, now: &Zoned, hours: Option<&Hours>) -> Option<Zoned> {
    let midnight = date.to_zoned(now.time_zone().clone()).ok()?;
    let open = hours.and_then(|hours| hours.next_open(Timestamp::from_jiff(midnight.timestamp())));
    Some(open.map_or(midnight, |at| at.to_jiff().to_zoned(now.time_zone().clone())))
}
