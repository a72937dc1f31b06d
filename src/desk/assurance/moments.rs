//! The times that a sentence names, as the one reader of dates reads them.
//!
//! The words of a language are put into those that it knows; what is no time there is none here. A
//! day without an hour is the end of that working day.

use std::iter;

use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use super::sentence::Word;
use super::tongues::{Time, Tongue};
use crate::desk::command::{calendar, when};
use crate::desk::complaint::{self, Complaint};
use crate::desk::texts::whole_minutes;
use crate::time::{Hours, Timestamp};

/// A time has at most so many words.
const WORDS_MAX: usize = 8;
/// Hours that are said without saying which half of the day is meant.
const UNSURE: std::ops::RangeInclusive<i8> = 1..=6;
/// A word that is read as a time that nobody can name.
const VAGUE: &str = "?";
/// What stands behind the number of a day of the month is no longer.
const SIGN_MAX: usize = 3;
/// Within so many days each number of a day comes again.
const DAYS: usize = 63;
/// A word that no time goes on behind.
const END: &str = "-";

/// From when a time is counted, and by which clock and hours.
#[derive(Clone, Copy, Debug)]
pub struct Sky<'a> {
    /// When it was said.
    pub now: Timestamp,
    /// The desk's zone.
    pub zone: &'a TimeZone,
    /// When people work.
    pub hours: Option<&'a Hours>,
}

/// By when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Then.
    At(Timestamp),
    /// One of these; the words do not say which.
    Either(Timestamp, Timestamp),
    /// They do not name a day, or not the hour.
    Vague,
}

/// A time that is named, by the words between these two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The first.
    pub from: usize,
    /// Behind the last.
    pub to: usize,
    /// What it is.
    pub by: By,
    /// The words say that it is the last moment.
    pub latest: bool,
}

/// What each word is to a time; words of one phrase are all the same.
pub fn marks(words: &[Word], tongue: &Tongue) -> Vec<Option<Time>> {
    let mut all = Vec::new();
    while let Some(rest) = words.get(all.len()..).filter(|rest| !rest.is_empty()) {
        match tongue.times.longest(rest.iter().map(|word| word.plain.as_str())) {
            Some((count, time)) => all.extend(iter::repeat_n(Some(time), count.max(1))),
            None => all.push(None),
        }
    }
    all.truncate(words.len());
    all
}

/// Whether a word says nothing of its own beside a time.
pub fn is_neutral(word: &Word, mark: Option<Time>) -> bool {
    mark.is_some_and(Time::surrounds)
        || mark.is_none() && calendar::FILLERS.contains(&word.raw.as_str())
}

/// The times that these words name.
pub fn moments(words: &[Word], marks: &[Option<Time>], sky: Sky<'_>) -> Vec<Moment> {
    let reading = Reading { words, marks, sky, tokens: tokens(words, marks) };
    let (mut all, mut at): (Vec<Moment>, usize) = (Vec::new(), 0);
    while at < reading.tokens.len() {
        let Some((moment, next)) = reading.moment(at) else {
            at += 1;
            continue;
        };
        at = next;
        match all.last_mut().filter(|last| reading.or_between(last.to, moment.from)) {
            Some(first) => first.join(moment),
            None => all.push(moment),
        }
    }
    all
}

impl Moment {
    /// "Monday or Tuesday".
    fn join(&mut self, other: Self) {
        self.by = match (&self.by, other.by) {
            (By::At(one), By::At(two)) => By::Either((*one).min(two), (*one).max(two)),
            _ => By::Vague,
        };
        self.to = other.to;
    }
}

/// A word for the reader of dates, made of those between two.
#[derive(Clone, Debug)]
struct Token {
    text: String,
    from: usize,
    to: usize,
    /// The table has it.
    sure: bool,
}

/// What the reader of dates is given of a sentence.
fn tokens(words: &[Word], marks: &[Option<Time>]) -> Vec<Token> {
    let mut all: Vec<Token> = Vec::new();
    let mut at = 0;
    while let (Some(word), Some(mark)) = (words.get(at), marks.get(at)) {
        let to = marks.iter().skip(at).position(|one| one != mark || mark.is_none());
        let to = to.map_or(words.len(), |count| at + count.max(1));
        let day = all.last().is_some_and(|last| is_day(&last.text));
        let dated = is_dated(&all, words.get(to));
        let mut push = |text: &str, sure| {
            all.push(Token { text: text.to_owned(), from: at, to, sure });
        };
        match mark {
            Some(time) if time.surrounds() || *time == Time::Next => {}
            Some(Time::Reads(read)) => read.split(' ').for_each(|one| push(one, true)),
            Some(Time::Vague) => push(VAGUE, true),
            Some(Time::Forenoon) => push(if day { "noon" } else { END }, day),
            // "The 27th of November".
            Some(Time::After) if dated => {}
            Some(_) => push(END, false),
            None if word.raw.starts_with(|c: char| c.is_ascii_digit()) => {
                push(&number(words, marks, at), false);
            }
            // Days are read by the tables alone: "mon" is French, "sat" a verb.
            None if is_day(&word.raw) => push(END, false),
            None => push(&word.raw, false),
        }
        at = to;
    }
    all
}

/// Whether a month stands behind a number that was read last.
fn is_dated(before: &[Token], next: Option<&Word>) -> bool {
    let number = |token: &Token| token.text.starts_with(|c: char| c.is_ascii_digit());
    before.last().is_some_and(number)
        && next.is_some_and(|word| calendar::month(&word.raw).is_some())
}

fn is_day(word: &str) -> bool {
    let near = calendar::TODAY.contains(&word) || calendar::TOMORROW.contains(&word);
    near || calendar::weekday(word).is_some()
}

fn is_article(mark: Time) -> bool {
    matches!(mark, Time::Drop | Time::Day)
}

/// A number as the reader of dates takes it: "15 Uhr" is 15:00, "9.30" is 9:30, "24 heures" a length
/// of time where the words before it say so.
fn number(words: &[Word], marks: &[Option<Time>], at: usize) -> String {
    let raw = words.get(at).map_or("", |word| word.raw.as_str());
    let mark = |at: Option<usize>| at.and_then(|at| marks.get(at).copied().flatten());
    let before = mark(at.checked_sub(1));
    let within = before == Some(Time::Within)
        || before.is_some_and(is_article) && mark(at.checked_sub(2)) == Some(Time::Within);
    let behind = mark(Some(at + 1)) == Some(Time::Hour);
    if within {
        return if behind { format!("{raw}hours") } else { raw.to_owned() };
    }
    let half = mark(Some(at + 1)).is_some_and(|time| matches!(time, Time::Reads("am" | "pm")));
    let hour = behind || matches!(before, Some(Time::At | Time::Hour));
    let clock = |hour: &str, minute: &str| {
        let minute = if minute.is_empty() { "00" } else { minute };
        let sound = calendar::number(hour).is_some_and(|hour| hour <= 24)
            && minute.len() == 2
            && calendar::number(minute).is_some_and(|minute| minute < 60);
        sound.then(|| format!("{hour}:{minute}"))
    };
    let parted = raw.trim_end_matches('.').split_once(['h', '.', ':']);
    let dated = |minute: &str| calendar::number(minute).is_some_and(|one| (1..=12).contains(&one));
    let unsure = calendar::number(raw.trim_end_matches('.')).is_some_and(|n| UNSURE.contains(&n));
    match parted {
        Some((one, two)) if hour || raw.contains(['h', ':']) || !dated(two) => {
            clock(one, two).unwrap_or_else(|| raw.to_owned())
        }
        None if hour && !half && unsure => VAGUE.to_owned(),
        None if hour && !half => {
            clock(raw.trim_end_matches('.'), "").unwrap_or_else(|| raw.to_owned())
        }
        _ => raw.to_owned(),
    }
}

struct Reading<'a> {
    words: &'a [Word],
    marks: &'a [Option<Time>],
    sky: Sky<'a>,
    tokens: Vec<Token>,
}

impl Reading<'_> {
    /// The time that begins with that token, and the token behind it.
    fn moment(&self, at: usize) -> Option<(Moment, usize)> {
        let rest = self.tokens.get(at..)?;
        let first = rest.first()?;
        if first.text == END || calendar::FILLERS.contains(&first.text.as_str()) && !first.sure {
            return None;
        }
        let (by, count) = match first.text.as_str() {
            VAGUE => (By::Vague, 1),
            _ => self.of_month(rest).or_else(|| self.read(rest))?,
        };
        let next = at + count;
        let vague = self.tokens.get(next).filter(|token| token.text == VAGUE);
        let (by, next) = if vague.is_some() { (By::Vague, next + 1) } else { (by, next) };
        let last = self.tokens.get(next.checked_sub(1)?)?;
        let (from, mut to) = (first.from, last.to);
        while self.marks.get(to) == Some(&Some(Time::Hour)) {
            to += 1;
        }
        let letters = |token: &Token| token.sure || token.text.contains(char::is_alphabetic);
        let number = !rest.get(..count)?.iter().any(letters);
        if self.begins_after(from)
            || self.beside(from, to, Time::Past)
            || number && !self.is_set_off(from)
        {
            return None;
        }
        let latest = self.beside(from, to, Time::Latest);
        Some((
            Moment { from, to, by: self.which(by, (from, to), rest.get(..count)?), latest },
            next,
        ))
    }

    /// "By the 27th", "am 27.": the next day of that number, where no month stands beside it.
    fn of_month(&self, rest: &[Token]) -> Option<(By, usize)> {
        let first = rest.first()?;
        let word = self.words.get(first.from)?;
        let sign = word.raw.trim_start_matches(|c: char| c.is_ascii_digit());
        let day = calendar::number(word.raw.get(..word.raw.len() - sign.len())?)?;
        let (behind, mark) =
            (self.words.get(first.to), self.marks.get(first.to).copied().flatten());
        let alone = word.stops
            || behind.is_none()
            || matches!(mark, Some(Time::At | Time::By | Time::Latest));
        let month = behind.is_some_and(|next| calendar::month(&next.raw).is_some());
        let set = |is: fn(Time) -> bool| self.before(first.from, is);
        let is_day = match sign {
            "" => alone && self.mark_before(first.from) == Some(Time::Day),
            "." => !month && self.mark_before(first.from) == Some(Time::Day),
            // "The 27th": no length of time, for the reader of dates would know it.
            _ if sign.chars().count() <= SIGN_MAX => {
                let by = |time| matches!(time, Time::By | Time::Day | Time::Before | Time::Latest);
                alone && set(by) && self.read(rest).is_none()
            }
            _ => false,
        };
        let here = self.sky.now.to_jiff().to_zoned(self.sky.zone.clone()).date();
        let mut dates =
            here.series(Span::new().days(1)).take(DAYS).filter(|date| date.day() == day);
        dates.by_ref().filter(|_| is_day).find_map(|date| {
            let date = Token { text: date.to_string(), ..first.clone() };
            let behind = rest.iter().skip(1).cloned();
            self.read(&std::iter::once(date).chain(behind).collect::<Vec<_>>())
        })
    }

    fn mark_before(&self, at: usize) -> Option<Time> {
        self.marks.get(at.checked_sub(1)?).copied().flatten()
    }

    /// What the reader of dates makes of the first of these.
    fn read(&self, rest: &[Token]) -> Option<(By, usize)> {
        let run = rest.iter().take(WORDS_MAX).take_while(|one| ![END, VAGUE].contains(&&*one.text));
        let run: Vec<&str> = run.map(|token| token.text.as_str()).collect();
        let first = rest.first()?;
        let within = self.before(first.from, |time| time == Time::Within);
        // Without the word before it "15h" might be a time of day.
        let words = [if within { "in " } else { "" }, &run.join(" ")].concat();
        let Sky { now, zone, hours } = self.sky;
        let bare = |found: &Result<(Timestamp, &str), Complaint>| {
            let left = found.as_ref().map_or("", |(_, left)| left);
            let taken = words.len().saturating_sub(left.len());
            words.get(..taken).is_some_and(|taken| !taken.contains(':'))
        };
        let mut found = when::deadline(&words, now, zone, hours);
        if self.before(first.from, |time| time == Time::Before) && bare(&found) {
            found = when::leading(&words, now, zone, hours).or(found);
        }
        match found {
            Ok((at, left)) => {
                let left = left.split(' ').filter(|word| !word.is_empty()).count();
                let count = last_own(rest, run.len().saturating_sub(left))?;
                let length = is_length(rest.get(..count)?) && !first.sure;
                (!length || within).then_some((By::At(whole_minutes(at)), count))
            }
            Err(Complaint::DayOrMonth { .. } | Complaint::TodayWhen) => Some((By::Vague, 1)),
            Err(Complaint::WhichWeek { near, far }) => {
                let end = |day: complaint::Day| {
                    when::deadline(&day.0.to_string(), now, zone, hours).ok().map(|(at, _)| at)
                };
                Some((By::Either(end(near)?, end(far)?), 2))
            }
            Err(_) => None,
        }
    }

    /// A day of the week that is today may be meant as that of the next week; "next Friday" is read in
    /// two ways by people.
    fn which(&self, by: By, (from, to): (usize, usize), tokens: &[Token]) -> By {
        let By::At(at) = by else { return by };
        let named = tokens.iter().find_map(|token| calendar::weekday(&token.text));
        let dated = tokens.iter().any(|token| {
            token.text.starts_with(|c: char| c.is_ascii_digit()) && !token.text.contains(':')
        });
        let Some(day) = named.filter(|_| !dated) else { return by };
        let here = |at: Timestamp| at.to_jiff().to_zoned(self.sky.zone.clone());
        let week = |at: Zoned| at.checked_add(Span::new().weeks(1)).ok();
        let later = week(here(at)).map(|at| Timestamp::from_jiff(at.timestamp()));
        let today =
            here(self.sky.now).weekday() == day && here(at).date() == here(self.sky.now).date();
        match later {
            Some(later) if today || self.beside(from, to, Time::Next) => By::Either(at, later),
            _ => By::At(at),
        }
    }

    /// Whether a word of that sort stands before that word, with nothing but such beside it that say
    /// nothing.
    fn before(&self, at: usize, is: impl Fn(Time) -> bool) -> bool {
        let near = self.words.iter().zip(self.marks).take(at).rev();
        let mut near = near.take_while(|(word, mark)| {
            is_neutral(word, **mark) || mark.is_some_and(&is) || **mark == Some(Time::Next)
        });
        near.any(|(_, mark)| mark.is_some_and(&is))
    }

    /// Whether something begins then: "from Friday". What is done by a time does not.
    fn begins_after(&self, from: usize) -> bool {
        let near = self.words.iter().zip(self.marks).take(from).rev();
        let mut near = near.take_while(|(word, mark)| match mark {
            Some(Time::After | Time::Drop | Time::Day) => true,
            None => is_neutral(word, None),
            _ => false,
        });
        near.any(|(_, mark)| *mark == Some(Time::After))
    }

    /// Whether the words before a number say that it is a time: "version 2.4" is none.
    fn is_set_off(&self, from: usize) -> bool {
        let Some(at) = from.checked_sub(1) else { return true };
        let (word, mark) = (self.words.get(at), self.marks.get(at).copied().flatten());
        word.is_none_or(|word| word.stops || is_neutral(word, mark)) || mark == Some(Time::Next)
    }

    /// The same on either side.
    fn beside(&self, from: usize, to: usize, is: Time) -> bool {
        let behind = self.words.iter().zip(self.marks).skip(to);
        let mut behind =
            behind.take_while(|(word, mark)| is_neutral(word, **mark) || **mark == Some(is));
        self.before(from, |time| time == is) || behind.any(|(_, mark)| *mark == Some(is))
    }

    fn or_between(&self, from: usize, to: usize) -> bool {
        let between = self.words.iter().zip(self.marks).take(to).skip(from);
        let mut or = false;
        let all = between.fold(true, |all, (word, mark)| {
            or |= *mark == Some(Time::Or);
            all && (*mark == Some(Time::Or) || is_neutral(word, *mark))
        });
        all && or
    }
}

/// How many of so many words belong to the time with which they begin: those at their end that are
/// skipped may be anything.
fn last_own(tokens: &[Token], count: usize) -> Option<usize> {
    let own = |token: &Token| token.sure || !calendar::FILLERS.contains(&token.text.as_str());
    tokens.iter().take(count).rposition(own).map(|last| last + 1)
}

/// "2 days", "3h": a length, which is a time only where the words before it say so.
fn is_length(tokens: &[Token]) -> bool {
    let Some(first) = tokens.first().map(|token| token.text.as_str()) else { return false };
    let digits = first.trim_start_matches(|c: char| c.is_ascii_digit());
    let own = digits.len() < first.len() && calendar::unit(digits).is_some();
    let next = tokens.get(1).is_some_and(|token| calendar::unit(&token.text).is_some());
    own || digits.is_empty() && next
}
