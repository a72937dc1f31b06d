//! Holidays as a calendar file lists them (RFC 5545).
//!
//! An event of whole days is a holiday, also one that comes again by a rule; what begins at a time
//! of day is a meeting, and what was cancelled is none. A file that breaks off or holds a line that
//! cannot be read is refused as a whole: half of the holidays would be worse than a word about it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rrule::RRuleSet;

/// Years beyond which nothing is reckoned: no promise reaches further than a century.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2150;

/// Days of one event; more are a slip of the pen.
const LENGTH_MAX: i32 = 400;

/// Times that one event comes again, at most: a daily one for two centuries and more.
const TIMES_MAX: usize = 80_000;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// Holidays.
    pub days: BTreeSet<Date>,
    /// Events that begin at a time of day, and count for nothing.
    pub timed: usize,
}

/// A property of an event: its line in the file, and its value.
struct Property<'a> {
    line: usize,
    value: &'a str,
}

/// The properties of an event by their names, in capitals.
type Event<'a> = BTreeMap<String, Vec<Property<'a>>>;

/// Reads a file; the error names the line.
pub fn days(text: &str) -> Result<Days, String> {
    let lines = unfolded(text.trim_start_matches('\u{feff}'));
    let mut events = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut ended = false;
    for (number, line) in &lines {
        let (name, value) =
            divided(line).ok_or_else(|| format!("line {number} is no line of a calendar"))?;
        if open.is_empty() && !(name == "BEGIN" && value.eq_ignore_ascii_case("VCALENDAR")) {
            return Err(format!("line {number} stands outside of BEGIN:VCALENDAR"));
        }
        match name.as_str() {
            "BEGIN" => {
                open.push(value.to_uppercase());
                ended = false;
                if is_event(&open) {
                    events.push(Event::new());
                }
            }
            "END" if open.last().is_some_and(|name| name.eq_ignore_ascii_case(value)) => {
                open.pop();
                ended = open.is_empty();
            }
            "END" => return Err(format!("line {number} ends what did not begin")),
            _ if is_event(&open) => {
                if let Some(event) = events.last_mut() {
                    event.entry(name).or_default().push(Property { line: *number, value });
                }
            }
            _ => {}
        }
    }
    match ended {
        true => all(&events),
        false => Err("it has no END:VCALENDAR, so a part of it is missing".to_owned()),
    }
}

fn is_event(open: &[String]) -> bool {
    matches!(open, [calendar, event] if calendar == "VCALENDAR" && event == "VEVENT")
}

/// Lines with their numbers; one that begins with a space goes on the one before it.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            _ if line.trim().is_empty() => {}
            _ => lines.push((index + 1, line.trim_end().to_owned())),
        }
    }
    lines
}

/// The name, in capitals, and the value behind the first colon that stands in no quotes.
fn divided(line: &str) -> Option<(String, &str)> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    let (head, value) = line.split_at_checked(colon?.0)?;
    let name = head.split(';').next().unwrap_or_default();
    let sound = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    sound.then(|| (name.to_uppercase(), value.get(1..).unwrap_or_default().trim()))
}

fn all(events: &[Event<'_>]) -> Result<Days, String> {
    let mut moved: BTreeSet<(&str, Date)> = BTreeSet::new();
    for event in events {
        if let (Some(uid), Some(of)) = (first(event, "UID"), first(event, "RECURRENCE-ID")) {
            moved.extend(day(of.value).map(|day| (uid.value, day)));
        }
    }
    let mut found = Days::default();
    for event in events {
        if first(event, "STATUS").is_some_and(|one| one.value.eq_ignore_ascii_case("CANCELLED")) {
            continue;
        }
        let Some((start, length)) = span(event)? else {
            found.timed += 1;
            continue;
        };
        let uid = first(event, "UID").map(|one| one.value).unwrap_or_default();
        let again = !event.contains_key("RECURRENCE-ID");
        let begins = begins(event, start)?;
        let begins = begins.into_iter().filter(|day| !again || !moved.contains(&(uid, *day)));
        for day in begins {
            let days = (0..length).map(|more| day.checked_add(jiff::Span::new().days(more)));
            found.days.extend(days.flatten());
        }
    }
    Ok(found)
}

fn first<'e, 'a>(event: &'e Event<'a>, name: &str) -> Option<&'e Property<'a>> {
    event.get(name).and_then(|all| all.first())
}

/// The first day and how many there are; `None` for an event that begins or ends within a day.
fn span(event: &Event<'_>) -> Result<Option<(Date, i32)>, String> {
    let Some(start) = first(event, "DTSTART") else {
        let line = event.values().flatten().map(|one| one.line).min().unwrap_or_default();
        return Err(format!("the event of line {line} has no DTSTART"));
    };
    let unread = |one: &Property<'_>| format!("line {}: {:?} is no date", one.line, one.value);
    let begin = day(start.value).ok_or_else(|| unread(start))?;
    let midnight = |value: &str| {
        let time = value.get(8..).unwrap_or_default();
        time.is_empty() || time.starts_with("T000000")
    };
    let is_date = start.value.len() == 8;
    let length = match (first(event, "DTEND"), first(event, "DURATION")) {
        (Some(end), _) if midnight(end.value) => {
            let end = day(end.value).ok_or_else(|| unread(end))?;
            begin.until(end).map(|span| span.get_days()).unwrap_or(0)
        }
        (None, Some(length)) => whole_days(length.value).unwrap_or(0),
        (Some(_), _) => 0,
        (None, None) => i32::from(is_date),
    };
    let whole = midnight(start.value) && (is_date || length > 0);
    Ok(whole.then_some((begin, length.clamp(1, LENGTH_MAX))))
}

/// `P1D`, `P2W`.
fn whole_days(duration: &str) -> Option<i32> {
    let count = duration.strip_prefix("+").unwrap_or(duration).strip_prefix('P')?;
    match (count.strip_suffix('D'), count.strip_suffix('W')) {
        (Some(days), _) => days.parse().ok(),
        (_, Some(weeks)) => weeks.parse().ok().and_then(|weeks: i32| weeks.checked_mul(7)),
        (None, None) => None,
    }
}

/// The days on which it begins: its first, those of its rules and of its lists, but for those that
/// are taken out.
fn begins(event: &Event<'_>, start: Date) -> Result<BTreeSet<Date>, String> {
    let mut all = BTreeSet::from([start]);
    for rule in event.get("RRULE").into_iter().flatten() {
        let days = recurring(rule.value, start);
        let unread = |why| format!("line {}: this rule cannot be read: {why}", rule.line);
        all.extend(days.map_err(unread)?);
    }
    let listed = |name: &str| -> Vec<Date> {
        let lists = event.get(name).into_iter().flatten();
        lists.flat_map(|list| list.value.split(',')).filter_map(day).collect()
    };
    all.extend(listed("RDATE"));
    let out = listed("EXDATE");
    all.retain(|day| !out.contains(day));
    Ok(all)
}

fn recurring(rule: &str, start: Date) -> Result<Vec<Date>, String> {
    if !YEARS.contains(&start.year()) {
        return Err("it begins in another century".to_owned());
    }
    let parts: Vec<String> = rule.split(';').map(until).collect();
    let text = format!("DTSTART:{}T000000Z\nRRULE:{}", start.strftime("%Y%m%d"), parts.join(";"));
    let set: RRuleSet = text.parse().map_err(|error: rrule::RRuleError| error.to_string())?;
    let set = set.limit();
    let days = (&set).into_iter().take(TIMES_MAX);
    let days = days.filter_map(|at| day(&at.format("%Y%m%d").to_string()));
    Ok(days.take_while(|day| YEARS.contains(&day.year())).collect())
}

/// What ends on a day ends with it.
fn until(part: &str) -> String {
    let last = part.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("UNTIL"));
    match last.and_then(|(_, day)| day.get(..8)) {
        Some(day) => format!("UNTIL={day}T235959Z"),
        None => part.to_owned(),
    }
}

/// The day of `20261225` or `20261225T000000Z`.
fn day(value: &str) -> Option<Date> {
    let digits = value.trim().get(..8).filter(|day| day.bytes().all(|c| c.is_ascii_digit()))?;
    let behind = value.trim().get(8..)?;
    if !behind.is_empty() && !behind.starts_with('T') {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse().ok());
    let month = part(4..6).and_then(|month: i16| i8::try_from(month).ok())?;
    let day = part(6..8).and_then(|day: i16| i8::try_from(day).ok())?;
    Date::new(part(0..4)?, month, day).ok()
}
