//! Attributions: "On Sun, 22 Nov 2026 at 09:15, Bob <bob@desk.test> wrote:", in any language, on
//! one line or wrapped.
//!
//! Clients translate and reorder them freely, so there are no templates but evidence: a day, an
//! hour, an address, a verb that means "wrote", the ending colon, and a beginning as attributions
//! have it. How much is asked depends on what stands below: right above marked text in an answer,
//! an address or a day does with few other words, in whatever language; where nothing follows,
//! nothing is lost; where unmarked text follows, all is asked for. A writer who speaks of himself
//! ("On 22 Nov. I wrote to you:") makes a sentence, and a sentence is kept.

use super::bare::{is_bare, is_below_words, is_named, names_writer};
use super::evidence::{Evidence, Verb, is_address, is_introduction, is_name_start};
use super::header::label;
use super::line::{COLONS, Lines};
use super::words::{FIRST_PERSON, VERBS};
use super::wrap::{
    self, DAY_WORDS, GAP_MAX, LENGTH_MAX, WRAP_MAX, closes_bracket, is_evidence, is_group_wise,
    is_lone, with_day_above,
};
use std::collections::BTreeMap;

/// A text with more lines that end like an attribution is a log, and we stop looking.
const CANDIDATES_MAX: usize = 1_000;

/// How far from the beginning a number, verb or address must stand for the line to begin like an
/// attribution.
const START_WORDS: usize = 7;

/// Words of an attribution that has no address.
const NAMED_WORDS: usize = 14;

/// Words in lower case that an attribution in a language we do not know may have.
const FOREIGN_WORDS: usize = 6;

/// Words that may stand behind the address in it.
const AFTER_WORDS: usize = 3;

/// Words of a name and its verb behind the comma of a day.
const NAME_WORDS: usize = 5;

/// How sure we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// Counts if marked text follows.
    Weak,
    /// Counts also if nothing follows.
    Last,
    /// Counts alone, if it stands apart from what is above it.
    Strong,
    /// Counts alone: with an address in brackets and a verb nobody types such a line.
    Certain,
}

/// Where a line stands that may be an attribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place<'n> {
    /// Words of the names of those whom the mail answers, in lower case.
    names: &'n [String],
    /// In a mail that answers another.
    answers: bool,
    /// Right above marked text.
    marked: bool,
    /// No marked text stands above it: between quotations people answer.
    first: bool,
}

/// The attributions of a text, by their first line: the line after the last, and the strength.
pub struct Found {
    by_line: BTreeMap<usize, (usize, Strength)>,
    /// Where a client set one on the sender's own line: how many bytes of it are theirs.
    pub glued: BTreeMap<usize, usize>,
}

impl Found {
    /// The line after an attribution that begins at that line and counts.
    pub fn after(&self, lines: &Lines, at: usize) -> Option<usize> {
        let (after, strength) = *self.by_line.get(&at)?;
        let body = lines.next_full(after);
        let marked = lines.is_quoted(body)
            || lines.barred(body).is_some()
            || lines.initialled(body).is_some();
        let apart = at == 0
            || lines.is_blank(at - 1)
            || lines.is_rule(at - 1)
            || label(lines.at(at - 1)).is_some();
        let alone = match strength {
            Strength::Weak => false,
            // All that there is was hardly set by a client.
            Strength::Last => body >= lines.len() && apart && lines.next_full(0) < at,
            Strength::Strong => apart,
            Strength::Certain => true,
        };
        (marked || alone).then_some(after)
    }
}

/// Looks at each line that ends with a colon or stands above marked text, and at the lines above it
/// for where the attribution begins. `answers`: the mail answers another, of somebody of these names.
pub fn find(lines: &Lines, answers: bool, names: &[String]) -> Found {
    let mut found = Found { by_line: BTreeMap::new(), glued: BTreeMap::new() };
    let quoted = (0..lines.len()).find(|at| lines.is_quoted(*at)).unwrap_or(lines.len());
    let candidates = (0..lines.len()).filter(|at| may_end(lines, *at)).take(CANDIDATES_MAX);
    found.glued = (0..lines.len())
        .filter_map(|at| runs_on(lines, at).map(|bytes| (at, bytes)))
        .take(CANDIDATES_MAX)
        .collect();
    for end in candidates {
        if says_group_wise(lines, end) {
            found.by_line.insert(end, (end + 1, Strength::Certain));
            continue;
        }
        let marked = lines.is_quoted(lines.next_full(end + 1));
        let place = Place { names, answers, marked, first: end < quoted };
        match ending_at(lines, end, place) {
            Some(Ending::Lines(start, strength)) => {
                found.by_line.insert(start, (end + 1, strength));
            }
            Some(Ending::Glued(line, bytes)) => {
                found.glued.insert(line, bytes);
            }
            None => {}
        }
    }
    found
}

/// Whether an attribution may end at that line. Cheap, for it is asked of every line.
fn may_end(lines: &Lines, at: usize) -> bool {
    if lines.is_blank(at) {
        return false;
    }
    if lines.is_quoted(at) {
        return is_group_wise(lines, at) || closes_bracket(lines, at);
    }
    let line = lines.at(at).trim_end_matches(|c: char| {
        !c.is_alphanumeric() && !COLONS.contains(&c) && !matches!(c, '>' | '-')
    });
    let body = lines.next_full(at + 1);
    line.ends_with(COLONS)
        || line.ends_with("---") && !lines.is_rule(at)
        || lines.is_quoted(body) && body - at <= GAP_MAX + 1
}

/// "On …, Bob Baker<bob@desk.test> wrote:   It works", as Yahoo writes on phones: how many bytes of
/// the line are the attribution.
fn runs_on(lines: &Lines, at: usize) -> Option<usize> {
    let line = Some(lines.at(at)).filter(|line| line.contains('@') && !lines.is_quoted(at))?;
    let colon = line.find(":  ")?;
    let text = super::line::clean(line.get(..=colon).filter(|line| line.len() <= LENGTH_MAX)?);
    let evidence = Evidence::read(&text);
    let sure = evidence.is_bracketed() && evidence.begins_with_day();
    (sure && proven(&evidence) == Some(Strength::Certain)).then_some(colon + 1)
}

/// Whether a day stands between those marks.
fn says_group_wise(lines: &Lines, at: usize) -> bool {
    let line = lines.clean(at).filter(|_| lines.is_quoted(at) && is_group_wise(lines, at));
    let inner = line.as_deref().and_then(|line| line.strip_prefix(">>>")?.strip_suffix(">>>"));
    inner.is_some_and(|inner| {
        let evidence = Evidence::read(inner);
        evidence.numbers.date && (evidence.numbers.time || evidence.is_bracketed())
    })
}

/// What ends at a line.
enum Ending {
    /// An attribution that begins at that line.
    Lines(usize, Strength),
    /// One that begins within that line, behind so many bytes.
    Glued(usize, usize),
}

/// The shortest attribution that ends at that line; one that proves itself before one that must
/// trust in the marks below it.
fn ending_at(lines: &Lines, end: usize, place: Place<'_>) -> Option<Ending> {
    let near = end.saturating_sub(WRAP_MAX + 2 * GAP_MAX)..=end;
    let above_marks = place.answers && place.marked;
    let proves = |line: &str| {
        line.contains(is_evidence)
            || line.contains("---")
            || above_marks && names_writer(line, place.names)
    };
    if !near.into_iter().any(|at| proves(lines.at(at))) {
        return None;
    }
    let joined = wrap::joined(lines, end);
    let read: Vec<(usize, Evidence)> = joined
        .iter()
        .filter(|(_, words)| proves(words))
        .map(|(start, words)| (*start, Evidence::read(words)))
        .filter(|(_, evidence)| {
            evidence.has_any() || above_marks && is_named(evidence, place.names)
        })
        .collect();
    // A word on a line of its own is an answer as well as a name, and a name may stand above an
    // address on one.
    let lone = |start: usize| start < end && lines.clean(start).is_some_and(|line| is_lone(&line));
    let parted = |start: usize, evidence: &Evidence| start < end && is_address_with_verb(evidence);
    let whole = |(start, evidence): &&(usize, Evidence)| !lone(*start) && !parted(*start, evidence);
    let by = |judge: &dyn Fn(&Evidence) -> Option<Strength>| {
        read.iter().filter(whole).find_map(|(start, evidence)| {
            judge(evidence).map(|strength| Ending::Lines(with_day_above(lines, *start), strength))
        })
    };
    let lax = |evidence: &Evidence| foreign(evidence, place);
    let glued = Some(&joined).filter(|_| above_marks && !read.is_empty());
    glued
        .and_then(|joined| glued_in(lines, joined))
        .or_else(|| by(&|evidence| proven(evidence).max(proven(evidence).and(lax(evidence)))))
        .or_else(|| by(&lax))
        .or_else(|| {
            // Above an empty line a day or an address is an answer.
            let bare = |start: usize, evidence: &Evidence| {
                let sets = evidence.colon || lines.is_quoted(end + 1);
                place.first && sets && is_bare(evidence) && is_below_words(lines, start)
            };
            let found = read.iter().find(|(start, evidence)| above_marks && bare(*start, evidence));
            found.map(|(start, _)| Ending::Lines(*start, Strength::Weak))
        })
}

/// An attribution behind the sender's words in the first of some lines: "Works On Sun, Nov 22, 2026
/// at 9:15 AM, bob@desk.test wrote:". Only in full, and above marked text.
fn glued_in(lines: &Lines, joined: &[(usize, String)]) -> Option<Ending> {
    joined.iter().find_map(|(start, words)| {
        let line = lines.at(*start);
        let rest = words.strip_prefix(lines.clean(*start)?.as_str())?;
        let begins = line.match_indices(' ').filter_map(|(at, _)| {
            let tail = line.get(at + 1..)?;
            let word = tail.split(' ').next()?;
            (word.starts_with(char::is_uppercase) && is_introduction(word)).then_some((at, tail))
        });
        begins.into_iter().rev().take(2).find_map(|(at, tail)| {
            let text = super::line::clean(&format!("{tail}{rest}"));
            let evidence = Evidence::read(&text);
            let full = evidence.numbers.date && evidence.numbers.time && evidence.begins_with_day();
            let own = line.get(..at)?.trim_end_matches(['-', ' ']);
            // "V V ned., 22. nov. 2026": the client stammers.
            let letters = |word: &str| word.contains(char::is_alphanumeric);
            let said = own.split(' ').any(|word| letters(word) && !is_introduction(word));
            (full && said && proven(&evidence).is_some())
                .then_some(Ending::Glued(*start, own.len()))
        })
    })
}

/// Weighs the evidence of some lines joined to one.
fn proven(evidence: &Evidence) -> Option<Strength> {
    let (words, numbers, address) = (&evidence.words, &evidence.numbers, evidence.address);
    let ends = evidence.colon || evidence.framed;
    if !ends || !numbers.date && address.is_none() || evidence.speaks(FIRST_PERSON) {
        return None;
    }
    if !begins_well(evidence) {
        return None;
    }
    let verb = evidence.verb();
    // Without a verb it needs the brackets that all clients set around the address but Tutanota
    // ("22. Nov. 2026, 09:15 von bob@desk.test:").
    let ends_with_address = address.is_some_and(|at| at + 1 == words.len())
        && (evidence.text.ends_with('>') || numbers.time && words.len() <= DAY_WORDS);
    let client = match verb {
        Some(verb) => {
            verb.reads_well
                || numbers.date && numbers.time && address.is_some_and(|at| at + 3 >= words.len())
        }
        None => ends_with_address && numbers.date,
    };
    if !client {
        return None;
    }
    let named = address.is_some() || verb.is_some_and(|verb| verb.beside_name);
    let spoken_to = evidence.speaks_to_reader();
    if !named && !spoken_to {
        return None;
    }
    // People cite by hand as well ("On 22 Nov. at 9:15 Bob wrote:"), but they leave out the
    // address.
    let dated =
        numbers.date || numbers.day && evidence.is_bracketed() && evidence.begins_with_day();
    let strong = dated && numbers.time && address.is_some() && !spoken_to;
    let written = verb.is_some_and(|verb| !verb.is_saying);
    Some(match strong {
        true if written => Strength::Certain,
        true if evidence.is_bracketed() && (verb.is_some() || evidence.plain() <= AFTER_WORDS) => {
            Strength::Strong
        }
        _ if evidence.framed && written => Strength::Strong,
        _ if evidence.begins_with_day() && written && !spoken_to => Strength::Last,
        _ => Strength::Weak,
    })
}

/// What is an attribution only by where it stands, or in a language that we do not know.
fn foreign(evidence: &Evidence, place: Place<'_>) -> Option<Strength> {
    let ends = evidence.colon || evidence.framed;
    let above_marks = place.answers && place.marked;
    if !ends && !above_marks || evidence.speaks(FIRST_PERSON) || evidence.answers() {
        return None;
    }
    let numbers = &evidence.numbers;
    let tail = evidence.after_address();
    let ends_with_hour =
        tail.last().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    // "Bob Baker <bob@desk.test> aliandika:", with a day.
    let addressed = evidence.is_bracketed()
        && (tail.len() <= AFTER_WORDS || ends_with_hour)
        && evidence.plain() <= FOREIGN_WORDS;
    let introduced = evidence.words.first().is_some_and(|word| is_introduction(word));
    if ends && addressed && numbers.date && numbers.time && !introduced {
        return Some(Strength::Strong);
    }
    let verb = evidence.verb();
    let written = verb.is_some_and(|verb| verb.reads_well || verb.at_end);
    // "---- Bob Baker wrote ----"
    let dashed = evidence.framed && evidence.words.len() <= NAMED_WORDS;
    if dashed && verb.is_some_and(|verb| verb.reads_well && verb.beside_name && !verb.is_saying) {
        return Some(Strength::Strong);
    }
    let short = evidence.words.len() <= NAMED_WORDS;
    let said = written && verb.is_some_and(|verb| has_subject(evidence, verb));
    let dated = numbers.date
        && evidence.begins_with_day()
        && verb.is_some_and(|verb| !verb.is_saying)
        && !evidence.speaks_of_thing();
    // HEY tells no hour.
    if place.answers && ends && said && dated && addressed && !evidence.speaks_to_reader() {
        return Some(Strength::Strong);
    }
    if ends && short && dated && said && !evidence.speaks_to_reader() {
        return Some(Strength::Last);
    }
    let suffices = is_named(evidence, place.names)
        || is_address_with_verb(evidence)
        || short && ends && is_timed(evidence)
        || verb.is_some() && evidence.words.iter().any(|word| word.starts_with("news:"))
        || addressed && numbers.date
        || addressed && ends && is_name_with_verb(evidence)
        || short && ends && said && numbers.day && evidence.begins_with_day()
        || short && ends && numbers.date && numbers.time && is_named_in_passing(evidence)
        || short && !ends && (written && evidence.is_bracketed() || said && dated);
    (above_marks && suffices).then_some(Strength::Weak)
}

/// Whether somebody wrote: a name, the reader, or any word at an hour or behind a comma.
fn has_subject(evidence: &Evidence, verb: &Verb) -> bool {
    let comma = |word: &&str| word.ends_with([',', '，', '、']);
    let parted = evidence.words.iter().rev().take(NAME_WORDS).any(comma);
    let timed = evidence.numbers.date && (evidence.numbers.time || parted);
    let beside = verb.words_before.checked_sub(1).and_then(|at| evidence.words.get(at));
    let last = evidence.words.last().filter(|_| !verb.reads_well || verb.at_end);
    let word = |word: &&&str| {
        word.contains(char::is_alphabetic) && !is_introduction(word) && !VERBS.contains(word)
    };
    verb.beside_name
        || evidence.speaks_to_reader()
        || timed && beside.into_iter().chain(last).any(|near| word(&near))
}

/// Nothing but a name before the address, and at most a verb behind it.
fn is_name_with_verb(evidence: &Evidence) -> bool {
    let Some(at) = evidence.address else { return false };
    let name = evidence.words.get(..at).unwrap_or_default();
    let tail = evidence.after_address();
    let cased = tail.iter().any(|word| word.contains(char::is_lowercase));
    let names = |word: &&str| !word.starts_with(char::is_lowercase);
    !name.is_empty()
        && name.len() <= 5
        && name.iter().all(names)
        && tail.len() <= if cased { 1 } else { AFTER_WORDS }
}

/// Nothing but an address and a verb.
fn is_address_with_verb(evidence: &Evidence) -> bool {
    let written = evidence.verb().is_some_and(|verb| verb.at_end);
    evidence.address == Some(0)
        && evidence.colon
        && (evidence.words.len() == 1 && evidence.is_bracketed()
            || written && evidence.words.len() <= AFTER_WORDS)
}

/// A verb at a day and an hour, and who wrote, whatever their name looks like.
fn is_timed(evidence: &Evidence) -> bool {
    let written = evidence.verb().is_some_and(|verb| !verb.is_saying && verb.words_before <= 2);
    evidence.numbers.date
        && evidence.numbers.time
        && written
        && evidence.plain() <= FOREIGN_WORDS
        && !evidence.speaks_of_thing()
        && !evidence.speaks_to_reader()
}

/// A day, an hour and a name with few other words: "22.11.2026 09:15, Bob Baker:" and the same with
/// a verb that we do not know.
fn is_named_in_passing(evidence: &Evidence) -> bool {
    let introduced = evidence.words.first().is_some_and(|word| is_introduction(word));
    let few = if introduced { 0 } else { AFTER_WORDS };
    evidence.ends_near_name() && evidence.plain() <= few
}

/// Begins with "On", with a day, or with the name of who wrote.
fn begins_well(evidence: &Evidence) -> bool {
    let (words, address) = (&evidence.words, evidence.address);
    let Some(first) = words.first() else { return false };
    let numbered = |within: usize| {
        words
            .iter()
            .take(within)
            .any(|word| !is_address(word) && word.contains(|c: char| c.is_ascii_digit()))
    };
    let verb = evidence.verb();
    let named = first.starts_with(is_name_start)
        && !first.starts_with('<')
        && (address.is_some_and(|at| at < START_WORDS)
            || verb.is_some_and(|verb| verb.words_before < START_WORDS));
    is_introduction(first) && (numbered(START_WORDS) || address.is_some())
        || numbered(4)
        || named && verb.is_some()
}
