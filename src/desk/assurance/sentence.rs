//! A text taken apart into sentences, and those into words.

use crate::desk::absence::read::ends_sentence;
use crate::desk::courtesy::folded;

/// So many words are looked at: an answer says early when the next one comes.
const WORDS_MAX: usize = 1_500;

/// Signs that open and close what somebody else said.
const QUOTES: &str = "\"“”„«»";

/// Words whose stop ends no sentence.
const SHORT: [&str; 14] = [
    "p.m.", "a.m.", "ca.", "z.b.", "bzw.", "e.g.", "i.e.", "godz.", "std.", "tel.", "nr.", "mr.",
    "mrs.", "dr.",
];

/// A sentence.
#[derive(Clone, Debug, Default)]
pub struct Sentence {
    /// As written, but for the line breaks.
    pub text: String,
    /// Its words.
    pub words: Vec<Word>,
    /// It ends with a question mark.
    pub asks: bool,
}

/// A word of it.
#[derive(Clone, Debug)]
pub struct Word {
    /// In lower case.
    pub raw: String,
    /// The same without accents.
    pub plain: String,
    /// A comma, a dash or a bracket stands behind.
    pub stops: bool,
    /// It is somebody else's.
    pub quoted: bool,
}

/// The sentences of a text. Quoted lines are none.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let (mut all, mut now, mut quoted) = (Vec::new(), Sentence::default(), false);
    let mut left = WORDS_MAX;
    for line in text.lines() {
        let mut written = line.split_whitespace().peekable();
        if written.peek().is_none_or(|first| first.starts_with(['>', '|'])) {
            all.push(std::mem::take(&mut now));
            quoted = false;
            continue;
        }
        while let Some(one) = written.next() {
            let Some(fewer) = left.checked_sub(1) else { return all };
            left = fewer;
            if one.chars().all(is_quote) {
                quoted = !quoted;
                continue;
            }
            quoted |= one.trim_start_matches('(').starts_with(is_quote);
            add(&mut now, one, quoted);
            quoted &= !one.trim_end_matches(is_mark).ends_with(is_quote);
            if ends(one, written.peek().copied()) {
                now.asks = one.trim_end_matches(is_close).ends_with('?');
                all.push(std::mem::take(&mut now));
            }
        }
    }
    all.push(now);
    all.retain(|one| !one.words.is_empty());
    all
}

fn is_quote(c: char) -> bool {
    QUOTES.contains(c)
}

fn is_mark(c: char) -> bool {
    matches!(c, ',' | '.' | '!' | '?' | ';' | ':' | ')')
}

fn is_close(c: char) -> bool {
    is_quote(c) || c == ')'
}

/// Whether a sentence ends with that word. One that goes on in a line below begins no other.
fn ends(one: &str, next: Option<&str>) -> bool {
    let bare = one.trim_end_matches(is_close);
    if SHORT.contains(&bare.to_lowercase().as_str()) {
        return false;
    }
    let clock = bare.starts_with(|c: char| c.is_ascii_digit()) && bare.contains([':', 'h']);
    match next {
        _ if bare.ends_with(['!', '?', '…']) => true,
        Some(next) => (clock && bare.ends_with('.')) || ends_sentence(bare, next),
        None => bare.ends_with(['.', ';']) && !bare.starts_with(|c: char| c.is_ascii_digit()),
    }
}

/// The words of what stands between two spaces; a number keeps its signs.
fn add(sentence: &mut Sentence, one: &str, quoted: bool) {
    if !sentence.text.is_empty() {
        sentence.text.push(' ');
    }
    sentence.text.push_str(one);
    let stops = one.ends_with([',', ';', ':', ')', '–', '—', '-']);
    if one.starts_with(['(', '–', '—', '-'])
        && let Some(last) = sentence.words.last_mut()
    {
        last.stops = true;
    }
    let bare = one.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let dated = one.ends_with('.') && bare.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number = bare.starts_with(|c: char| c.is_ascii_digit());
    let word = |raw: String| {
        // "llamó" is past, "llamo" is not; "sí" is no condition.
        let told = raw.ends_with('ó') || raw == "sí";
        let plain = if told { raw.clone() } else { folded(&raw) };
        Word { raw, plain, stops: false, quoted }
    };
    if number {
        sentence.words.push(word(if dated { format!("{bare}.") } else { bare }));
    } else {
        let parts = bare.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        sentence.words.extend(parts.map(str::to_owned).map(word));
    }
    if let Some(last) = sentence.words.last_mut().filter(|_| stops) {
        last.stops = true;
    }
}
