//! Words for days, months and lengths of time in the languages of the texts, in lower case.
//!
//! Short forms stand here only where they mean one thing: `mar` is March in English and Tuesday in
//! Spanish and Italian, so those languages are read in full there.

use jiff::civil::{Time, Weekday};
use jiff::tz::Offset;

/// Months, each by all its names.
const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari"],
    &["feb", "february", "februar", "février", "fevrier", "febrero", "febbraio", "fevereiro"],
    &["mar", "march", "märz", "maerz", "mars", "marzo", "março", "marco", "maart", "marca"],
    &["apr", "april", "avril", "abril", "aprile", "kwietnia", "kwiecień"],
    &["may", "mai", "mayo", "maggio", "maio", "mei", "maja", "maj"],
    &["jun", "june", "juni", "juin", "junio", "giugno", "junho", "czerwca", "czerwiec"],
    &["jul", "july", "juli", "juillet", "julio", "luglio", "julho", "lipca", "lipiec"],
    &["aug", "august", "août", "aout", "agosto", "augustus", "sierpnia", "sierpień"],
    &["sep", "sept", "september", "septembre", "septiembre", "settembre", "setembro", "września"],
    &["oct", "okt", "october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
    &["nov", "november", "novembre", "noviembre", "novembro", "listopada", "listopad"],
    &["dec", "dez", "december", "dezember", "décembre", "decembre", "diciembre", "dicembre"],
];
/// Names of months that did not fit into their row.
const MORE_MONTHS: [(&str, i8); 9] = [
    ("stycznia", 1),
    ("styczeń", 1),
    ("februari", 2),
    ("lutego", 2),
    ("luty", 2),
    ("marzec", 3),
    ("października", 10),
    ("dezembro", 12),
    ("grudnia", 12),
];

/// Days of the week, each by all its names.
const WEEKDAYS: [(Weekday, &[&str]); 7] = [
    (
        Weekday::Monday,
        &["montag", "lundi", "lunes", "lunedì", "segunda-feira", "maandag", "poniedziałek"],
    ),
    (
        Weekday::Tuesday,
        &["dienstag", "mardi", "martes", "martedì", "terça-feira", "dinsdag", "wtorek"],
    ),
    (
        Weekday::Wednesday,
        &["mittwoch", "mercredi", "miércoles", "miercoles", "mercoledì", "woensdag", "środa"],
    ),
    (
        Weekday::Thursday,
        &["donnerstag", "jeudi", "jueves", "giovedì", "quinta-feira", "donderdag", "czwartek"],
    ),
    (
        Weekday::Friday,
        &["freitag", "vendredi", "viernes", "venerdì", "sexta-feira", "vrijdag", "piątek"],
    ),
    (
        Weekday::Saturday,
        &["samstag", "sonnabend", "samedi", "sábado", "sabado", "sabato", "zaterdag", "sobota"],
    ),
    (
        Weekday::Sunday,
        &["sonntag", "dimanche", "domingo", "domenica", "zondag", "niedziela", "niedzielę"],
    ),
];
const MORE_WEEKDAYS: [(&str, Weekday); 3] = [
    ("quarta-feira", Weekday::Wednesday),
    ("środę", Weekday::Wednesday),
    ("sobotę", Weekday::Saturday),
];
const ENGLISH: [(Weekday, &str); 7] = [
    (Weekday::Monday, "monday"),
    (Weekday::Tuesday, "tuesday"),
    (Weekday::Wednesday, "wednesday"),
    (Weekday::Thursday, "thursday"),
    (Weekday::Friday, "friday"),
    (Weekday::Saturday, "saturday"),
    (Weekday::Sunday, "sunday"),
];

/// This very day.
pub const TODAY: [&str; 9] =
    ["today", "heute", "aujourd'hui", "hoy", "oggi", "hoje", "vandaag", "dzisiaj", "dziś"];
/// The next one, and how it is misspelt.
pub const TOMORROW: [&str; 12] = [
    "tomorrow",
    "tmrw",
    "tomorow",
    "tommorow",
    "tommorrow",
    "morgen",
    "demain",
    "mañana",
    "manana",
    "domani",
    "amanhã",
    "jutro",
];
/// Words that say nothing about which moment is meant.
pub const FILLERS: [&str; 36] = [
    "at", "on", "until", "till", "by", "in", "the", "um", "am", "bis", "zum", "den", "dem", "le",
    "à", "au", "jusqu'au", "dans", "el", "a", "las", "hasta", "en", "il", "alle", "fino", "al",
    "às", "até", "em", "op", "om", "tot", "do", "o", "w",
];

/// What stands behind a time that ends there, with the words before that end that belong to it:
/// "fri 15:00 the new belt".
pub fn own_words(words: &str, end: usize) -> Option<&str> {
    let mut end = end;
    let follows = end < words.len();
    while let Some((before, last)) = words.get(..end)?.rsplit_once(' ').filter(|_| follows) {
        let last = last.to_lowercase();
        if last == FORENOON || !FILLERS.contains(&last.as_str()) {
            break;
        }
        end = before.len();
    }
    words.get(end..)
}

/// German for "on", and English behind an hour.
const FORENOON: &str = "am";

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Minutes,
    Hours,
    Days,
    Workdays,
    Weeks,
}

/// Days and weeks are counted by the calendar.
const UNITS: [(Unit, &[&str]); 5] = [
    (
        Unit::Minutes,
        &["m", "min", "mins", "minute", "minutes", "minuten", "minutos", "minuti", "minut"],
    ),
    (
        Unit::Hours,
        &[
            "h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures",
            "hora", "horas", "ora", "ore", "uur", "uren", "godzin", "godziny", "godzinę",
        ],
    ),
    (
        Unit::Days,
        &[
            "d", "day", "days", "tag", "tage", "tagen", "jour", "jours", "día", "días", "dia",
            "dias", "giorno", "giorni", "dag", "dagen", "dzień", "dni",
        ],
    ),
    (Unit::Workdays, &["workday", "workdays", "werktag", "werktage", "werktagen", "werkdagen"]),
    (
        Unit::Weeks,
        &[
            "w",
            "wk",
            "wks",
            "week",
            "weeks",
            "woche",
            "wochen",
            "semaine",
            "semaines",
            "semana",
            "semanas",
            "settimana",
            "settimane",
            "weken",
            "tydzień",
            "tygodnie",
            "tygodni",
        ],
    ),
];

/// The month of that name, from 1.
pub fn month(name: &str) -> Option<i8> {
    let name = name.trim_end_matches('.');
    let more = MORE_MONTHS.iter().find(|(own, _)| *own == name).map(|(_, month)| *month);
    let found = MONTHS.iter().position(|names| names.contains(&name));
    more.or_else(|| i8::try_from(found? + 1).ok())
}

/// The day of that name; English ones also by their first letters.
pub fn weekday(name: &str) -> Option<Weekday> {
    let name = name.trim_end_matches('.');
    let begins = |full: &str| name.len() >= 3 && full.starts_with(name);
    let english = ENGLISH.iter().find(|(_, full)| begins(full)).map(|(day, _)| *day);
    let other = || WEEKDAYS.iter().find(|(_, names)| names.contains(&name)).map(|(day, _)| *day);
    let more = || MORE_WEEKDAYS.iter().find(|(own, _)| *own == name).map(|(_, day)| *day);
    english.or_else(other).or_else(more)
}

/// The unit of that name.
pub fn unit(name: &str) -> Option<Unit> {
    UNITS.iter().find(|(_, names)| names.contains(&name)).map(|(unit, _)| *unit)
}

/// Zones that people write by letters; which clock is meant differs from place to place.
pub const ZONES: [&str; 24] = [
    "est", "edt", "pst", "pdt", "cst", "cdt", "mst", "mdt", "bst", "ist", "jst", "aest", "aedt",
    "msk", "wet", "west", "eet", "eest", "cet", "cest", "hst", "kst", "sgt", "nzst",
];

/// Words of a moment, each by itself, in lower case: decoration off, ISO forms taken apart.
pub fn tokens(words: &str) -> Vec<String> {
    words.split(' ').flat_map(|word| parts(&bare(word))).filter(|word| !word.is_empty()).collect()
}

fn bare(word: &str) -> String {
    let word = word.trim_matches([',', ';', '!', '?', '(', ')']).to_lowercase().replace('’', "'");
    // "at 15:00." ends a sentence; "24.12." is a date.
    if word.contains(':') { word.trim_end_matches('.').to_owned() } else { word }
}

/// `2026-12-24t15:00z` is a day, a time and a zone; `30-nov-2026` three words.
fn parts(word: &str) -> Vec<String> {
    if let Some((day, time)) = word.split_once('t')
        && day.len() == 10
        && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        let zone = time.find(['z', '+', '-']).unwrap_or(time.len());
        let (time, zone) = time.split_at_checked(zone).unwrap_or((time, ""));
        let minutes = time.rsplit_once(':').filter(|(head, _)| head.contains(':'));
        let time = minutes.map_or(time, |(minutes, _)| minutes);
        return [day, time, zone].map(str::to_owned).to_vec();
    }
    let dashed: Vec<&str> = word.split('-').collect();
    match dashed.as_slice() {
        [day, name, year] if month(name).is_some() => {
            [*day, *name, *year].map(str::to_owned).to_vec()
        }
        _ => vec![word.to_owned()],
    }
}

/// `z`, `utc`, `+01:00`, `-0500`.
pub fn offset(text: &str) -> Option<Offset> {
    if ["z", "utc", "gmt"].contains(&text) {
        return Some(Offset::UTC);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = text.chars().skip(1).filter(|c| *c != ':').collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { i32::from(number(minutes)?) };
    Offset::from_seconds(sign * (i32::from(number(hours)?) * 3600 + minutes * 60)).ok()
}

/// A number with at most one decimal, in tenths.
pub fn tenths(number: &str) -> Option<i64> {
    let number = number.replace(',', ".");
    let (whole, part) = number.split_once('.').unwrap_or((&number, "0"));
    if part.len() != 1 || whole.len() > 5 {
        return None;
    }
    Some(whole.parse::<i64>().ok()?.saturating_mul(10).saturating_add(part.parse().ok()?))
}

/// A number of one digit or two.
pub fn number(text: &str) -> Option<i8> {
    if text.is_empty() || text.len() > 2 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `24`, `24.`, `24th`.
pub fn ordinal(text: &str) -> Option<i8> {
    let bare = ["st", "nd", "rd", "th", "."]
        .iter()
        .find_map(|ending| text.strip_suffix(ending))
        .unwrap_or(text);
    number(bare)
}

/// `15:00`, `9am`, `9:30pm`, `15h`, `15h30`, `noon`.
pub fn time_of(text: &str) -> Option<Time> {
    if text == "noon" {
        return Time::new(12, 0, 0, 0).ok();
    }
    if let Some((hour, minute)) = text.split_once("uhr") {
        let (hour, minute) = match minute {
            "" => hour.split_once([':', '.']).unwrap_or((hour, "0")),
            minute => (hour, minute),
        };
        return Time::new(number(hour)?, number(minute)?, 0, 0).ok();
    }
    let halves = [("am", 0), ("pm", 12)];
    let half = halves.iter().find_map(|(ending, more)| Some((text.strip_suffix(ending)?, *more)));
    let (digits, more) = half.map_or((text, None), |(digits, more)| (digits, Some(more)));
    let (hour, minute) = match digits.split_once([':', 'h']) {
        Some((hour, "")) if digits.ends_with('h') => (number(hour)?, 0),
        Some((hour, minute)) if minute.len() == 2 => (number(hour)?, number(minute)?),
        None if more.is_some() => (number(digits)?, 0),
        _ => return None,
    };
    let hour = match more {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(more) => hour % 12 + more,
        None => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}
