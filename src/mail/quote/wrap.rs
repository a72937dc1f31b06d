//! Attributions over several lines: where a client would have broken one, and what belongs to it
//! though it stands apart.

use super::evidence::{Evidence, Verb, is_address, is_introduction, is_name_start};
use super::line::Lines;

/// Attributions are wrapped to at most this many lines (a long name, a long address, "wrote:").
pub const WRAP_MAX: usize = 6;

/// A line is full from here on, the next word included; a shorter one was ended by a person.
const WRAP_WIDTH: usize = 55;

/// Longest attribution in bytes, all lines together; the longest seen has 300, in Arabic.
pub const LENGTH_MAX: usize = 600;

/// Words of the longest day with its hour ("On Sun, Nov 22, 2026 at 9:15 AM GMT+1").
pub const DAY_WORDS: usize = 10;

/// Words of a name.
const NAME_WORDS: usize = 5;

/// Words that may stand beside an address or a verb.
const AFTER_WORDS: usize = 3;

/// Empty lines within an attribution, and between it and what it introduces.
pub const GAP_MAX: usize = 2;

/// The last line, and joined to it one by one the lines above that may belong to it, each with its
/// place.
pub fn joined(lines: &Lines, end: usize) -> Vec<(usize, String)> {
    let mut joined: Vec<(usize, String)> = Vec::new();
    let mut at = Some(end);
    while let Some(start) = at.filter(|_| joined.len() < WRAP_MAX) {
        let Some(line) = lines.clean(start) else { break };
        let line = line.trim_start_matches(if lines.is_quoted(start) { ">>>" } else { "" }).trim();
        let words = match joined.last() {
            None => line.to_owned(),
            // An address whose brackets stand on lines of their own.
            Some((below, words)) if line == "<" && start + 1 == *below => {
                format!("<{}", words.replacen(" >", ">", 1))
            }
            Some((below, words)) if is_wrap(line, words, start + 1 < *below) => {
                format!("{line} {words}")
            }
            Some(_) => break,
        };
        if words.len() > LENGTH_MAX {
            break;
        }
        at = above(lines, start, &words);
        joined.push((start, words));
    }
    joined
}

/// The line above one that belongs to it; beyond empty lines only around an address or a verb that
/// stands alone.
fn above(lines: &Lines, start: usize, words: &str) -> Option<usize> {
    let near = start.checked_sub(1)?;
    if !lines.is_blank(near) {
        let own = |near: usize| !lines.is_quoted(near) || is_group_wise(lines, near);
        let closes = |near: usize| lines.at(near).trim() == ">" && closes_bracket(lines, near);
        return Some(near).filter(|near| own(*near) || closes(*near));
    }
    let alone = words.starts_with(['<', '>']) || stands_alone(words);
    let near = (start.saturating_sub(GAP_MAX + 1)..near).rev().find(|at| !lines.is_blank(*at))?;
    (alone && !lines.is_quoted(near)).then_some(near)
}

/// "On Sun, 22 Nov 2026 at 09:15" or "In message <…>" may stand on a line of its own, above a name
/// that would do without it.
pub fn with_day_above(lines: &Lines, start: usize) -> usize {
    let Some(above) =
        start.checked_sub(1).filter(|above| !lines.is_blank(*above) && !lines.is_quoted(*above))
    else {
        return start;
    };
    let (Some(day), Some(name)) = (lines.clean(above), lines.clean(start)) else { return start };
    let (day, name) = (Evidence::read(&day), Evidence::read(&name));
    let is_day = day.words.len() <= DAY_WORDS && day.numbers.date && day.numbers.time
        || day.words.len() <= AFTER_WORDS && day.address.is_some();
    let introduced = day.words.first().is_some_and(|word| is_introduction(word));
    let is_day = is_day && (introduced || is_field(&day));
    if is_day && !name.numbers.date { above } else { start }
}

/// The value of a Date field, which some programs copy: nobody writes a day with the zone's offset.
fn is_field(day: &Evidence) -> bool {
    let offset = |word: &&str| {
        let digits = word.strip_prefix(['+', '-']);
        digits.is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    day.numbers.date && day.numbers.time && day.words.last().is_some_and(offset)
}

/// Whether a client would break a line there: because it was full, or around the address.
fn is_wrap(above: &str, below: &str, gap: bool) -> bool {
    let next = below.split(' ').next().unwrap_or("");
    !gap && above.chars().count() + next.chars().count() >= WRAP_WIDTH
        || above.ends_with([',', '<'])
        || below.starts_with(['<', '>']) && (!gap || above.contains(is_evidence) || is_name(above))
        || above.split(' ').any(is_address)
        || !gap && stands_alone(below)
}

/// Words of a name, more than one: "Works" answers.
fn is_name(line: &str) -> bool {
    let words = line.split(' ').count();
    (2..=NAME_WORDS).contains(&words) && line.split(' ').all(|word| word.starts_with(is_name_start))
}

/// A verb and nothing else.
fn stands_alone(words: &str) -> bool {
    let verb = || Verb::find(words).is_some_and(|verb| verb.words_before == 0 && verb.at_end);
    words.split(' ').count() <= AFTER_WORDS && verb()
}

/// `>>> Bob Baker <bob@desk.test> 22.11.2026 09:15 >>>`, which looks like a quotation and opens one.
pub fn is_group_wise(lines: &Lines, at: usize) -> bool {
    let line = lines.at(at).trim();
    line.starts_with(">>> ")
        && !(at > 0 && lines.is_quoted(at - 1))
        && (line.ends_with(" >>>") || !lines.is_quoted(at + 1))
}

/// `> wrote:` below a `<` that stands open: Polymail sets the brackets of an address on lines of
/// their own.
pub fn closes_bracket(lines: &Lines, at: usize) -> bool {
    let opens = |near: usize| lines.at(near).trim_end().ends_with('<');
    let above = at.saturating_sub(GAP_MAX)..at;
    !(at > 0 && lines.is_quoted(at - 1)) && above.into_iter().any(opens)
}

/// One word that is neither an address nor a number, nor how attributions begin.
pub fn is_lone(line: &str) -> bool {
    !line.contains([' ', ',', '<']) && !line.contains(is_evidence) && !is_introduction(line)
}

/// No attribution is without a number or an address, but one between dashes.
pub fn is_evidence(c: char) -> bool {
    c == '@' || c.is_numeric()
}
