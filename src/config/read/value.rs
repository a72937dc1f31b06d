//! One value: as written → as meant, or what is wrong with it.
//!
//! Each reader is a function from a value to what it means; those that end in `_of`, `between` or
//! `list` make such functions. Readers that may be given a secret quote nothing of it.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::DeValue;

use super::keys::nearest;
use crate::config::{Address, SpamHeader};
use crate::time::Span;

/// A value with its place in the text.
pub type Value<'a> = Spanned<DeValue<'a>>;

/// What a reader makes of a value.
pub type Read<T> = Result<T, Vec<Wrong>>;

/// What is wrong, and at which byte of the text.
pub struct Wrong {
    /// Byte.
    pub at: usize,
    /// In words.
    pub what: String,
}

/// Longest piece of the file that a complaint quotes.
const QUOTED: usize = 60;

/// Units of time, in seconds.
const TIMES: [(&str, u64); 5] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800)];

/// Units of size, in bytes, in lower case.
const SIZES: [(&str, u64); 7] = [
    ("b", 1),
    ("kb", 1000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];

/// Some text, not empty, on one line.
pub fn text(value: &Value<'_>) -> Read<String> {
    let text = string(value)?;
    if text.trim().is_empty() {
        return wrong(value, "is empty");
    }
    if text.chars().any(char::is_control) {
        return wrong(value, "holds a line break or another control character");
    }
    Ok(text.trim().to_owned())
}

/// A secret: text of which not even the spaces at its ends are touched.
pub fn secret(value: &Value<'_>) -> Read<String> {
    match string(value)? {
        "" => wrong(value, "is empty"),
        text => Ok(text.to_owned()),
    }
}

/// `true` or `false`.
pub fn flag(value: &Value<'_>) -> Read<bool> {
    match value.get_ref() {
        DeValue::Boolean(flag) => Ok(*flag),
        other => {
            wrong(value, format!("must be true or false, without quotes, not {}", sort_of(other)))
        }
    }
}

/// A bare address.
pub fn address(value: &Value<'_>) -> Read<Address> {
    let text = text(value)?;
    match Address::parse(&text) {
        Some(address) => Ok(address),
        None => {
            wrong(value, format!("{} is not an address such as support@example.com", quoted(&text)))
        }
    }
}

/// The name of a server, or its IP address.
pub fn host(value: &Value<'_>) -> Read<String> {
    let text = text(value)?;
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&text);
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return Ok(bare.to_owned());
    }
    if text.contains("://") {
        return wrong(
            value,
            format!("{} is a URL; write the name alone, such as mail.example.com", quoted(&text)),
        );
    }
    if text.contains(':') {
        return wrong(value, format!("{} holds a port; write it as port = …", quoted(&text)));
    }
    if text.chars().any(|c| !(c.is_alphanumeric() || "-._".contains(c))) {
        return wrong(value, format!("{} is not the name of a server", quoted(&text)));
    }
    Ok(text)
}

/// A TCP port.
pub fn port(value: &Value<'_>) -> Read<u16> {
    let number = between(1, u64::from(u16::MAX))(value)?;
    u16::try_from(number).or_else(|_| wrong(value, "must be between 1 and 65535"))
}

/// A whole number within bounds.
pub fn between(least: u64, most: u64) -> impl Fn(&Value<'_>) -> Read<u64> {
    move |value| {
        let DeValue::Integer(written) = value.get_ref() else {
            return wrong(
                value,
                format!("must be a whole number without quotes, not {}", sort_of(value.get_ref())),
            );
        };
        match u64::from_str_radix(written.as_str(), written.radix()) {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => wrong(value, format!("must be between {least} and {most}")),
        }
    }
}

/// A duration within bounds: `60s`, `5m`, `1h30m`, `7d`, `2w`.
pub fn duration(least: &'static str, most: &'static str) -> impl Fn(&Value<'_>) -> Read<Duration> {
    move |value| {
        let text = match value.get_ref() {
            DeValue::Integer(number) => {
                return wrong(
                    value,
                    format!(
                        "{number} lacks its unit; write \"{number}s\", \"{number}m\", \"{number}h\" or \"{number}d\""
                    ),
                );
            }
            _ => text(value)?,
        };
        let Some(seconds) = sum(&text, &TIMES) else {
            return wrong(
                value,
                format!(
                    "{} is not a duration such as \"60s\", \"5m\", \"2h\", \"7d\" or \"1h30m\"",
                    quoted(&text)
                ),
            );
        };
        let within = sum(least, &TIMES) <= Some(seconds) && Some(seconds) <= sum(most, &TIMES);
        if within {
            Ok(Duration::from_secs(seconds))
        } else {
            wrong(value, format!("must be between {least} and {most}"))
        }
    }
}

/// A size in bytes within bounds: `50MiB`, `25 MB`, or a number of bytes.
pub fn size(least: &'static str, most: &'static str) -> impl Fn(&Value<'_>) -> Read<u64> {
    move |value| {
        let bytes = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => {
                let text = text(value)?;
                let bytes = one(&text.to_lowercase(), &SIZES);
                if bytes.is_none() {
                    return wrong(
                        value,
                        format!("{} is not a size such as \"50MiB\" or \"25 MB\"", quoted(&text)),
                    );
                }
                bytes
            }
        };
        let bounds = (one(&least.to_lowercase(), &SIZES), one(&most.to_lowercase(), &SIZES));
        match bytes {
            Some(bytes) if bounds.0 <= Some(bytes) && Some(bytes) <= bounds.1 => Ok(bytes),
            _ => wrong(value, format!("must be between {least} and {most}")),
        }
    }
}

/// One of some words.
pub fn one_of<T: Clone>(words: &'static [(&'static str, T)]) -> impl Fn(&Value<'_>) -> Read<T> {
    move |value| {
        let text = text(value)?;
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meant)) => Ok(meant.clone()),
            None => {
                let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                wrong(value, not_among(&text, &known))
            }
        }
    }
}

/// A list of such values, all of them read, so that all complaints come at once.
pub fn list<T>(read: impl Fn(&Value<'_>) -> Read<T>) -> impl Fn(&Value<'_>) -> Read<Vec<T>> {
    move |value| {
        let DeValue::Array(array) = value.get_ref() else {
            return wrong(
                value,
                format!(
                    "must be a list in brackets, [\"…\", \"…\"], not {}",
                    sort_of(value.get_ref())
                ),
            );
        };
        let mut all = Vec::new();
        let mut wrongs = Vec::new();
        for element in array.iter() {
            match read(element) {
                Ok(meant) => all.push(meant),
                Err(more) => wrongs.extend(more),
            }
        }
        if wrongs.is_empty() { Ok(all) } else { Err(wrongs) }
    }
}

/// A command and its arguments.
pub fn command(value: &Value<'_>) -> Read<Vec<String>> {
    if let DeValue::String(_) = value.get_ref() {
        return wrong(
            value,
            "must be a list, the program and each argument in quotes of its own: no shell takes it apart",
        );
    }
    let words = list(|value| string(value).map(str::to_owned))(value)?;
    match words.first() {
        Some(program) if !program.is_empty() => Ok(words),
        _ => wrong(value, "names no program"),
    }
}

/// A List-Id, with or without its angle brackets.
pub fn list_id(value: &Value<'_>) -> Read<String> {
    let text = text(value)?;
    let bare = text.trim_start_matches('<').trim_end_matches('>').trim();
    if bare.is_empty() || bare.contains(char::is_whitespace) {
        return wrong(
            value,
            format!("{} is not a List-Id such as support.example.com", quoted(&text)),
        );
    }
    Ok(bare.to_owned())
}

/// A short text of several lines.
pub fn lines(value: &Value<'_>) -> Read<String> {
    const MOST: usize = 2_000;
    let text = match value.get_ref() {
        DeValue::String(text) => text.trim_matches('\n').to_owned(),
        other => return wrong(value, format!("must be text in quotes, not {}", sort_of(other))),
    };
    match text.chars().count() {
        _ if text.trim().is_empty() => wrong(value, "is empty"),
        count if count > MOST => wrong(value, format!("is longer than {MOST} characters")),
        _ => Ok(text),
    }
}

/// A header field, or one and how its value begins: `X-Junk: yes`.
pub fn spam_header(value: &Value<'_>) -> Read<SpamHeader> {
    let text = text(value)?;
    let (name, start) = text.split_once(':').unwrap_or((&text, ""));
    let name = name.trim();
    let is_name = name.chars().all(|c| c.is_ascii_graphic() && c != ':');
    if name.is_empty() || !is_name {
        return wrong(
            value,
            format!("{} is no header field such as \"X-Junk: yes\"", quoted(&text)),
        );
    }
    Ok(SpamHeader { name: name.to_owned(), value: start.trim().to_owned() })
}

/// A language tag, the name of a folder of templates.
pub fn language(value: &Value<'_>) -> Read<String> {
    let text = text(value)?;
    let tag = text.len() <= 20
        && text
            .split('-')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric()))
        && text.starts_with(|c: char| c.is_ascii_lowercase());
    if tag {
        Ok(text)
    } else {
        wrong(value, format!("{} is not a language such as \"en\" or \"de\"", quoted(&text)))
    }
}

/// A time zone of the IANA database.
pub fn time_zone(value: &Value<'_>) -> Read<TimeZone> {
    let text = text(value)?;
    TimeZone::get(&text).or_else(|_| {
        let all: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let known: Vec<&str> = all.iter().map(String::as_str).collect();
        let city = || {
            known
                .iter()
                .copied()
                .find(|name| name.to_lowercase().ends_with(&format!("/{}", text.to_lowercase())))
        };
        let meant = city().or_else(|| nearest(&text, &known)).unwrap_or("Europe/Berlin");
        wrong(value, format!("{} is not a time zone; write its name like {meant:?}", quoted(&text)))
    })
}

/// A day of the calendar, as text or as TOML's own date.
pub fn date(value: &Value<'_>) -> Read<Date> {
    let text = match value.get_ref() {
        DeValue::Datetime(written) => written.to_string(),
        _ => text(value)?,
    };
    let date = if text.len() == "2026-12-25".len() { text.parse().ok() } else { None };
    match date {
        Some(date) => Ok(date),
        None => wrong(value, format!("{} is not a date such as \"2026-12-25\"", quoted(&text))),
    }
}

/// The openings of a day, in order: `"09:00-17:00"`, a list of such, or `"closed"`.
pub fn openings(value: &Value<'_>) -> Read<Vec<Span>> {
    let spans = match value.get_ref() {
        DeValue::Array(_) => list(placed_span)(value)?,
        _ if text(value)? == "closed" => Vec::new(),
        _ => vec![placed_span(value)?],
    };
    let mut spans = spans;
    spans.sort_by_key(|(_, span)| span.start);
    let pairs = spans
        .windows(2)
        .filter_map(|pair| if let [first, second] = pair { Some((first, second)) } else { None });
    let overlaps: Vec<Wrong> = pairs
        .filter(|((_, first), (_, second))| first.end.is_none_or(|end| second.start < end))
        .map(|(_, (at, second))| Wrong {
            at: *at,
            what: format!("the opening at {} overlaps another", second.start.strftime("%H:%M")),
        })
        .collect();
    if overlaps.is_empty() {
        Ok(spans.into_iter().map(|(_, span)| span).collect())
    } else {
        Err(overlaps)
    }
}

fn placed_span(value: &Value<'_>) -> Read<(usize, Span)> {
    let text = text(value)?;
    let Some((start, end)) =
        text.split_once(['-', '–']).and_then(|(start, end)| Some((clock(start)?, clock(end)?)))
    else {
        return wrong(
            value,
            format!("{} is not an opening such as \"09:00-17:00\", nor \"closed\"", quoted(&text)),
        );
    };
    match start {
        Some(start) if end.is_none_or(|end| start < end) => {
            Ok((value.span().start, Span { start, end }))
        }
        _ => {
            let past =
                "for work past midnight end this day with 24:00 and begin the next with 00:00";
            wrong(value, format!("{} ends before it starts; {past}", quoted(&text)))
        }
    }
}

/// A time of day, as `08:30`.
pub fn time(value: &Value<'_>) -> Read<Time> {
    match clock(string(value)?) {
        Some(Some(time)) => Ok(time),
        _ => wrong(value, "must be a time of day such as \"08:30\", and the last is 23:59"),
    }
}

/// A time of day; `Some(None)` is 24:00.
fn clock(text: &str) -> Option<Option<Time>> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str, least: usize| {
        (least..=2).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit())
    };
    if !digits(hour, 1) || !digits(minute, 2) {
        return None;
    }
    match (hour.parse().ok()?, minute.parse().ok()?) {
        (24, 0) => Some(None),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok().map(Some),
    }
}

/// What is wrong, at the value's place.
pub fn wrong<T>(value: &Value<'_>, what: impl Into<String>) -> Read<T> {
    Err(vec![Wrong { at: value.span().start, what: what.into() }])
}

/// What kind of value it is, in words of people.
pub fn sort_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A piece of the file in quotes, not too long and without control characters.
pub fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(QUOTED).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{:?}", format!("{shown}{more}"))
}

/// What to say about a word that is none of the known ones.
pub fn not_among(word: &str, known: &[&str]) -> String {
    let meant =
        nearest(word, known).map_or_else(String::new, |meant| format!("; did you mean {meant:?}?"));
    format!("{} is none of {}{meant}", quoted(word), known.join(", "))
}

fn string<'a>(value: &'a Value<'_>) -> Read<&'a str> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text),
        other => wrong(value, format!("must be text in quotes, not {}", sort_of(other))),
    }
}

/// Numbers with units added up, `1h30m`; `None` if it is not that or too much.
fn sum(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let mut rest = text.trim();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (first, behind) = split_after_unit(rest);
        total = total.checked_add(one(first, units)?)?;
        rest = behind.trim_start();
    }
    (!text.trim().is_empty()).then_some(total)
}

/// The first number with its unit, and what follows.
fn split_after_unit(text: &str) -> (&str, &str) {
    let unit = text.find(|c: char| !c.is_ascii_digit() && c != ' ').unwrap_or(text.len());
    let tail = text.get(unit..).unwrap_or_default();
    let next = tail.find(|c: char| c.is_ascii_digit() || c == ' ').unwrap_or(tail.len());
    text.split_at_checked(unit + next).unwrap_or((text, ""))
}

/// One number with its unit.
fn one(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}
