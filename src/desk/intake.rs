//! Whether a first mail says too little to begin with, and what is missing in it.
//!
//! The tables are closed, and so the desk errs to silence: a mail is vague only where each of its
//! words stands in the table of one language among those that say nothing by themselves, and some
//! of them say that something is wrong or ask for help. One word that the table lacks, a number, a
//! sign of money, a quotation, two details: that is substance, and an agent reads it as it is.

mod found;
pub mod tables;

pub use found::found;

use super::courtesy::{Folded, folded};
use tables::{Class, LANGUAGES, Table, checklist};

/// Words of the longest vague mail: who writes more says something.
const WORDS_MAX: usize = 60;

/// Words of a name behind a greeting, and beneath a sign-off.
const NAME_WORDS: usize = 3;

/// Details of which one is told already, and not more.
const TOLD_MAX: usize = 1;

/// Marks in a row that somebody sets who is angry.
const MARKS: usize = 4;

/// What a mail is read by.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Its subject, without what replies put before it; empty for none.
    pub subject: &'a str,
    /// Its new text, without signature.
    pub text: &'a str,
    /// How those are called who write to each other.
    pub names: &'a [&'a str],
}

/// A mail that says too little.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vague {
    /// The code of its language.
    pub language: &'static str,
    /// Built-in details that are missing, in the order in which they are asked for.
    pub missing: Vec<&'static str>,
    /// Built-in details that it tells.
    pub told: Vec<&'static str>,
}

/// The details that a report of something broken should have.
pub fn usual() -> Vec<String> {
    checklist("fault").map(str::to_owned).collect()
}

/// A mail that is vague in that language; `None` if it is not.
pub fn vague_in(report: Report<'_>, language: &str) -> Option<Vague> {
    let (code, table) = LANGUAGES.iter().find(|(code, _)| *code == language)?;
    vague(report, code, table)
}

/// A mail that is vague, and in which language.
pub fn vague_in_any(report: Report<'_>) -> Option<Vague> {
    LANGUAGES.iter().find_map(|(code, table)| vague(report, code, table))
}

fn vague(report: Report<'_>, language: &'static str, table: &Table) -> Option<Vague> {
    let words = words_of(report)?;
    let said = classes(&words, table, report.names)?;
    let says = |class: Class| said.iter().any(|(one, _)| *one == class);
    let faulty = says(Class::Fault) || says(Class::Why);
    let asks = |class: &Class| matches!(class, Class::Help | Class::Question);
    let first = words.iter().filter(|word| word.in_text).map(|word| word.sentence).min();
    // What only the subject asks for, and the text not, is a heading.
    let asked = said.iter().any(|(one, at)| asks(one) && first.is_none_or(|first| *at >= first));
    let clear = says(Class::Asks) || says(Class::Calm) || is_question(&words, &said);
    if !faulty && !asked || clear {
        return None;
    }
    let about = [Class::Thing, Class::Paper, Class::Access].into_iter().any(says);
    let told = [(about, "product"), (says(Class::Since), "since"), (says(Class::Who), "who")];
    let told: Vec<&str> = told.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
    if told.len() > TOLD_MAX {
        return None;
    }
    let list = match () {
        () if says(Class::Paper) => "paper",
        () if says(Class::Access) => "access",
        () if says(Class::Question) && !faulty => "question",
        () => "fault",
    };
    let missing = checklist(list).filter(|name| !told.contains(name)).collect();
    Some(Vague { language, missing, told })
}

/// What the words say, each with its sentence; `None` where one says something that no table has.
fn classes(words: &[Word<'_>], table: &Table, names: &[&str]) -> Option<Vec<(Class, usize)>> {
    let known: Vec<String> = names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphabetic()))
        .map(folded)
        .collect();
    let mut said = Vec::new();
    let (mut at, mut named) = (0, 0);
    while let Some(word) = words.get(at) {
        let rest = words.get(at..).unwrap_or_default();
        let same = rest.iter().take_while(|next| next.sentence == word.sentence);
        if let Some((count, class)) = table.longest(same.map(|next| next.text.as_str())) {
            named = if matches!(class, Class::Greet | Class::Close) { NAME_WORDS } else { 0 };
            let before = at.checked_sub(1).and_then(|before| words.get(before));
            let begins = before.is_none_or(|before| before.sentence != word.sentence);
            // "Is there …" asks only where a sentence begins so.
            let class = if class == Class::Asks && !begins { Class::Filler } else { class };
            said.push((class, word.sentence));
            at += count;
            continue;
        }
        let greeted = named > 0 && word.is_name;
        if !greeted && !known.iter().any(|name| name == word.text.as_str()) {
            return None;
        }
        named = named.saturating_sub(usize::from(greeted));
        at += 1;
    }
    Some(said)
}

/// Whether it asks something that can be answered as it stands: whether something is wrong.
fn is_question(words: &[Word<'_>], said: &[(Class, usize)]) -> bool {
    let asked = |sentence: usize| words.iter().any(|word| word.sentence == sentence && word.asks);
    let in_it = |sentence: usize, class: Class| said.contains(&(class, sentence));
    said.iter().any(|(class, sentence)| {
        *class == Class::Fault
            && asked(*sentence)
            && !in_it(*sentence, Class::Help)
            && !in_it(*sentence, Class::Question)
            && !in_it(*sentence, Class::Why)
    })
}

/// A word of a mail.
#[derive(Debug)]
struct Word<'t> {
    /// Its letters, in lower case and without accents.
    text: Folded<'t>,
    /// It is written as names are.
    is_name: bool,
    /// Which sentence it stands in.
    sentence: usize,
    /// That sentence ends with a question mark.
    asks: bool,
    /// It stands in the text, not in the subject.
    in_text: bool,
}

/// The words of subject and text; `None` where a sign says something, somebody shouts, or there are
/// many.
fn words_of(report: Report<'_>) -> Option<Vec<Word<'_>>> {
    let mut words = Vec::new();
    let mut sentence = 0;
    for (in_text, text) in [(false, report.subject), (true, report.text)] {
        for piece in text.split_whitespace() {
            if is_substance(piece) {
                return None;
            }
            let first = words.len();
            let parts = piece.split(|c: char| !c.is_alphabetic() && !is_accent(c));
            for part in parts.filter(|part| part.contains(char::is_alphabetic)) {
                let is_name = part.starts_with(char::is_uppercase);
                let text = Folded::new(part);
                words.push(Word { text, is_name, sentence, asks: false, in_text });
            }
            if words.len() > WORDS_MAX {
                return None;
            }
            let end = piece.trim_end_matches([')', '*', '_']);
            // A lone mark belongs to what stands before it.
            if end.ends_with(['?', '？']) || end.contains("?!") {
                let own = words.iter_mut().filter(|word| word.sentence == sentence);
                own.for_each(|word| word.asks = true);
            }
            let stops = end.ends_with(['.', '!', '?', '…', ':', ';', ',']) && words.len() > first;
            sentence += usize::from(stops || end.ends_with('?'));
        }
        sentence += 1;
    }
    let loud = is_loud(report.subject) || is_loud(report.text);
    (!words.is_empty() && !loud).then_some(words)
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether something stands in it that is no letter and no usual sign: a number, money, an address,
/// a quotation.
pub fn is_substance(text: &str) -> bool {
    text.contains(|c: char| {
        c.is_numeric()
            || c.is_ascii_punctuation() && !",.!?:;-()'*_~".contains(c)
            || "„“”»«€£¥°§".contains(c)
    })
}

/// Somebody shouts: an agent is to answer that.
fn is_loud(text: &str) -> bool {
    let mut row = 0;
    let marks = text.chars().any(|c| {
        row = if matches!(c, '!' | '?') { row + 1 } else { 0 };
        row >= MARKS
    });
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 2);
    let (loud, all) = words.fold((0, 0), |(loud, all), word| {
        (loud + usize::from(word.chars().all(char::is_uppercase)), all + 1)
    });
    marks || loud > 1 && loud * 2 > all
}
