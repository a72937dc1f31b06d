//! What was said before, by the words that we hold and not by how a line looks.
//!
//! A copy repeats runs of words, whatever its marks, wraps and white space; a line with a word that
//! stands in no such run was written by somebody else. So a "yes" between quoted lines is new though
//! the mail says "yesterday" or has a "yes" elsewhere. Each word is looked up at most three times:
//! linear in both texts, whatever stands in them.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Words of a run: fewer stand in many a text by chance.
const RUN: usize = 3;

/// So many words of what was said before are known; what repeats others is kept.
const KNOWN_MAX: usize = 1_000_000;

/// Runs of words that were said before.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// In order.
    runs: Vec<u64>,
}

impl Before {
    /// From texts.
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut runs: Vec<u64> = Vec::new();
        let mut room = KNOWN_MAX;
        for text in texts {
            let mut words = words(text);
            words.truncate(room);
            room -= words.len();
            runs.extend(words.windows(RUN).map(sum));
            runs.extend(text.lines().filter_map(short_line));
        }
        runs.sort_unstable();
        Self { runs }
    }

    /// Which of these lines, one below the other, were not said before. A short one below an answer
    /// stands in the run of what is above that.
    pub fn fresh(&self, lines: &[&str]) -> Vec<bool> {
        let lines: Vec<Vec<u64>> = lines.iter().map(|line| words(line)).collect();
        let mut fresh = self.unknown(lines.iter());
        let copied: Vec<usize> = {
            let all = lines.iter().zip(&fresh).enumerate();
            let kept = all.filter(|(_, (line, fresh))| !**fresh || line.len() < RUN);
            kept.map(|(at, _)| at).collect()
        };
        let again = self.unknown(copied.iter().filter_map(|at| lines.get(*at)));
        for (at, again) in copied.into_iter().zip(again) {
            if let Some(fresh) = fresh.get_mut(at) {
                *fresh &= again;
            }
        }
        fresh
    }

    fn has(&self, run: u64) -> bool {
        self.runs.binary_search(&run).is_ok()
    }

    fn unknown<'l>(&self, lines: impl Iterator<Item = &'l Vec<u64>>) -> Vec<bool> {
        let lines: Vec<&Vec<u64>> = lines.collect();
        let all: Vec<u64> = lines.iter().flat_map(|line| line.iter().copied()).collect();
        let mut known = vec![false; all.len()];
        for (at, run) in all.windows(RUN).enumerate() {
            if self.has(sum(run)) {
                known.iter_mut().skip(at).take(RUN).for_each(|known| *known = true);
            }
        }
        let mut known = known.into_iter();
        let mut stands = |line: &[u64]| {
            let copied = known.by_ref().take(line.len()).fold(true, |all, known| all & known);
            copied || short(line).is_some_and(|line| self.has(line))
        };
        lines.iter().map(|line| !stands(line)).collect()
    }
}

/// A line of a name, as desks and people close with, is known as a whole. One word is an answer.
fn short(line: &[u64]) -> Option<u64> {
    (1 < line.len() && line.len() < RUN).then(|| sum(line))
}

fn short_line(line: &str) -> Option<u64> {
    let few = line.split_whitespace().take(RUN).count() < RUN;
    few.then(|| words(line)).and_then(|words| short(&words))
}

/// The words of a text. In scripts without spaces each letter is one: a client may wrap anywhere.
/// Links, which gateways rewrite, are all alike, and clients write an address twice, the second time
/// with its scheme.
fn words(text: &str) -> Vec<u64> {
    let mut words = Vec::new();
    for piece in text.split_whitespace() {
        // Clients write where a word links to behind it, within brackets.
        let piece = match piece.split_once('<') {
            Some((word, link)) if link.contains("://") => word,
            _ => piece,
        };
        if piece.contains("://") {
            words.push(sum("link"));
            continue;
        }
        let mut word = String::new();
        for c in piece.chars().chain([' ']) {
            if c.is_ascii_alphanumeric() {
                word.push(c.to_ascii_lowercase());
                continue;
            }
            if c.is_alphanumeric() && !stands_alone(c) {
                word.extend(c.to_lowercase());
                continue;
            }
            if !word.is_empty() && word != "mailto" {
                words.push(sum(&word));
            }
            word.clear();
            if !c.is_ascii() && stands_alone(c) {
                words.push(sum(&c));
            }
        }
    }
    words
}

/// A letter of a script without spaces, or a sign that may be an answer.
fn stands_alone(c: char) -> bool {
    c >= '\u{2e80}' && c.is_alphanumeric() || is_sign(c)
}

/// A thumb, a heart, a tick.
pub fn is_sign(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{1f000}'..='\u{1faff}')
        && !('\u{1f3fb}'..='\u{1f3ff}').contains(&c)
}

fn sum(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
