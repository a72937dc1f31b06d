//! Attributions of few words, which count only above marked text: a name and a verb, or nothing but
//! an address or a day.
//!
//! Many programs set "Dave wrote:" or a lone address there, and people do so by hand; so whatever
//! could be an answer or a sentence is none of them.

use super::evidence::{Evidence, Verb, is_introduction, is_name_start};
use super::line::{COLONS, Lines, clean, lower};
use super::words::{ACCORDING, CONJUNCTIONS, FIRST_PERSON, THIRD_PERSON};
use super::{Block, Role, split_to, split_under};
use crate::mail::Inbound;

/// Words of a name and its verb.
const NAME_WORDS: usize = 5;

/// Letters of a surname behind a dot, more than a file's ending has.
const SURNAME: usize = 5;

/// Words of a name, an address, a day and an hour.
const BARE_WORDS: usize = 14;

/// Bytes of the longest line that is looked at.
const LINE_MAX: usize = 300;

/// Words of a verb and what stands beside it, above what somebody wrote.
const BESIDE_NAME: usize = 2;

/// Empty lines above one that stands apart.
const GAP_MAX: usize = 2;

/// Whether a line reads as if it said who wrote what follows: a verb of writing, a name beside it,
/// a colon. People write such lines, too, so it proves nothing alone.
pub fn says_who_wrote(line: &str) -> bool {
    let evidence = Evidence::read(line);
    let ends = evidence.colon || evidence.framed;
    let says = |verb: &Verb| verb.reads_well && verb.beside_name && !verb.is_saying;
    ends && evidence.verb().is_some_and(says)
}

/// "Dave wrote:", which many programs set above marked lines, without a day or an address.
pub fn names_writer(line: &str, names: &[String]) -> bool {
    if !line.trim_end().ends_with(COLONS) {
        return false;
    }
    let line = clean(line);
    says_who_wrote(&line) || is_of_handle(&Evidence::read(&line), names)
}

/// Whether a line may say who wrote what stands below it, whatever its words: where that is a copy
/// of what was said before, it does.
pub fn may_introduce(line: &str) -> bool {
    if line.len() > LINE_MAX || !line.contains([':', '：', '@', '-']) {
        return false;
    }
    let line = clean(line);
    let evidence = Evidence::read(&line);
    let begins = evidence.words.first().map(|word| lower(word)).unwrap_or_default();
    let written = |verb: &Verb| verb.at_end && !verb.is_saying;
    evidence.words.len() <= BARE_WORDS
        && (evidence.colon || evidence.framed || evidence.is_bracketed())
        && (evidence.has_any() || evidence.verb().is_some_and(written))
        && !evidence.speaks(FIRST_PERSON)
        && !evidence.answers()
        && !CONJUNCTIONS.contains(&begins.as_str())
}

/// Whether a line tells of a day and of one of these, and of little else, as pages show above what
/// somebody wrote: "Bob Brown  24 Nov 2026". It proves nothing alone, either.
pub fn names_and_dates(line: &str, names: &[String]) -> bool {
    if line.len() > LINE_MAX || !line.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let lowered = lower(line);
    if !names.iter().any(|name| lowered.contains(name.as_str())) {
        return false;
    }
    let line = clean(line);
    let evidence = Evidence::read(&line);
    evidence.words.len() <= BARE_WORDS
        && evidence.numbers.day
        && evidence.plain() <= verb_words(&evidence).min(BESIDE_NAME)
        && !evidence.speaks(FIRST_PERSON)
        && !evidence.answers()
}

/// Nothing but a name and a verb.
pub fn is_named(evidence: &Evidence, names: &[String]) -> bool {
    let written = |verb: &Verb| verb.beside_name && verb.at_end && !verb.is_saying;
    let cased = |word: &&str| {
        let plain = lower(word);
        let plain = plain.trim_matches(['"', '\'', '“', '”', '„']);
        word.starts_with(is_name_start)
            && !CONJUNCTIONS.contains(&plain)
            && !THIRD_PERSON.contains(&plain)
    };
    evidence.colon
        && evidence.words.len() <= NAME_WORDS
        && !evidence.speaks(FIRST_PERSON)
        && (evidence.plain() <= verb_words(evidence) + particles(evidence)
            && evidence.words.first().is_some_and(cased)
            && !evidence.speaks_of_thing()
            && evidence.verb().is_some_and(written)
            || is_of_handle(evidence, names))
}

/// "bob wrote:", of somebody whom the mail answers, and "bob.b wrote:", which is no word of a
/// sentence.
fn is_of_handle(evidence: &Evidence, names: &[String]) -> bool {
    let known = |word: &str| {
        let word = lower(word.trim_matches(|c: char| !c.is_alphanumeric()));
        names.contains(&word)
    };
    if source(evidence.text).is_some_and(|source| source.split_whitespace().all(known)) {
        return true;
    }
    let Some(verb) = evidence.verb().filter(|verb| verb.at_end) else { return false };
    let who = evidence.words.get(..verb.words_before).unwrap_or_default();
    // "update.exe" and "nginx.conf" are things.
    let dotted = |word: &str| {
        let last = word.rsplit_once('.').map_or("", |(_, last)| last);
        last.chars().count() >= SURNAME && last.chars().all(char::is_alphabetic)
    };
    let joins = |word: &str| word.contains('_') || word.contains(|c: char| c.is_ascii_digit());
    let handle = |word: &str| {
        word.starts_with(char::is_alphabetic)
            && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
            && (dotted(word) || joins(word) && !word.contains('.'))
    };
    let said = matches!(who, [only] if handle(only)) && !verb.is_saying;
    evidence.words.len() <= NAME_WORDS
        && !who.is_empty()
        && (said || who.iter().all(|word| known(word)))
}

/// Who is named as a source, as in "According to Bob".
fn source(text: &str) -> Option<String> {
    let text = lower(text);
    let found = ACCORDING.iter().find_map(|words| {
        let behind = text.strip_prefix(words).filter(|rest| rest.starts_with(' '));
        behind.or_else(|| text.strip_suffix(words).filter(|rest| rest.ends_with(' ')))
    });
    found.map(str::trim).filter(|source| !source.is_empty()).map(str::to_owned)
}

/// The blocks of a mail that answers those to whom it goes, or others of these names.
pub fn answering<'m>(mail: &'m Inbound, others: impl Iterator<Item = &'m str>) -> Vec<Block> {
    let people = mail.to.iter().chain(&mail.cc).flat_map(|person| {
        let user = person.address.as_str().split('@').next();
        person.name.as_deref().into_iter().chain(user)
    });
    let words = people.chain(others).flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let names: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    split_to(&names, mail.subject.as_deref().unwrap_or(""), &mail.text)
}

/// Words in lower case that stand within names: "Jan de Vries".
fn particles(evidence: &Evidence) -> usize {
    const PARTICLES: [&str; 16] = [
        "de", "van", "von", "der", "den", "zu", "da", "di", "la", "del", "dos", "du", "af", "al",
        "bin", "ten",
    ];
    let inner = evidence.words.iter().skip(1);
    inner.filter(|word| PARTICLES.contains(word) && !is_introduction(word)).count()
}

/// Words of the verb: all from where it begins.
fn verb_words(evidence: &Evidence) -> usize {
    evidence.verb().map_or(0, |verb| evidence.words.len().saturating_sub(verb.words_before))
}

/// A name, an address, a day and an hour, as far as they are there, and nothing else.
pub fn is_bare(evidence: &Evidence) -> bool {
    let Evidence { words, numbers, address, .. } = evidence;
    let (_, before) = words.split_last().unwrap_or((&"", &[]));
    let dated = numbers.date && (numbers.time || evidence.colon);
    (dated || address.is_some())
        && words.len() <= BARE_WORDS
        && evidence.plain() <= usize::from(numbers.date && numbers.time)
        && !before.iter().any(|word| word.ends_with([':', '：']))
        && !evidence.speaks(FIRST_PERSON)
        && !evidence.speaks_to_reader()
        && !evidence.answers()
}

/// Apart from words of the sender that do not point to it: where there are none, it may be the
/// answer.
pub fn is_below_words(lines: &Lines, start: usize) -> bool {
    let above = (0..start).rev().take(GAP_MAX + 1).find(|at| !lines.is_blank(*at));
    above.is_some_and(|above| {
        above + 1 < start && !lines.at(above).trim_end().ends_with([':', '：'])
    })
}

/// The blocks of a mail whose words go to others: a name above quoted lines is the writer's own
/// word there, since they may cite by hand, and nothing of theirs may get lost.
pub fn with_names_written(mail: &Inbound) -> Vec<Block> {
    let blocks = split_under(mail.subject.as_deref().unwrap_or(""), &mail.text);
    let mut all: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        let (first, rest) = block.text.split_once('\n').unwrap_or((&block.text, ""));
        let evidence = clean(first);
        let evidence = Evidence::read(&evidence);
        if block.role != Role::Quote || evidence.has_any() || !is_named(&evidence, &[]) {
            all.push(block);
            continue;
        }
        match all.last_mut().filter(|above| above.role == Role::New) {
            Some(above) => above.text.extend(["\n", first]),
            None => all.push(Block { role: Role::New, text: first.to_owned() }),
        }
        if !rest.is_empty() {
            all.push(Block { role: Role::Quote, text: rest.to_owned() });
        }
    }
    all
}
