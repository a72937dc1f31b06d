//! Phrases in whose places one of several words may stand, and with which of them a text begins.
//!
//! They are kept as they are written and not written out: a line of some tables stands for a million
//! phrases.

use std::collections::{BTreeMap, BTreeSet};

/// What may stand in a place: the words of one of these, perhaps none.
type Place = Vec<Vec<String>>;

/// Phrases by the words with which they can begin.
#[derive(Debug)]
pub struct Phrasebook<C> {
    phrases: Vec<(Vec<Place>, C)>,
    begins: BTreeMap<String, Vec<usize>>,
}

impl<C: Copy> Phrasebook<C> {
    /// From phrases and what they say. Their places are parted by white space, what may stand in a
    /// place by commas; `words` gives the words of that.
    pub fn new<'s>(
        phrases: impl IntoIterator<Item = (&'s str, C)>,
        words: impl Fn(&str) -> Vec<String>,
    ) -> Self {
        let mut book = Self { phrases: Vec::new(), begins: BTreeMap::new() };
        for (phrase, says) in phrases {
            let places = phrase.split_whitespace().map(|place| place.split(',').map(&words));
            let places: Vec<Place> = places.map(Iterator::collect).collect();
            for first in firsts(&places) {
                book.begins.entry(first.to_owned()).or_default().push(book.phrases.len());
            }
            book.phrases.push((places, says));
        }
        book
    }

    /// Whether a phrase begins with that word.
    pub fn knows(&self, word: &str) -> bool {
        self.begins.contains_key(word)
    }

    /// The longest phrase with which these words begin: how many words it has, and what it says. Of
    /// two that are as long the first counts.
    pub fn longest<'w>(&self, words: impl Iterator<Item = &'w str> + Clone) -> Option<(usize, C)> {
        let begins = self.begins.get(words.clone().next()?)?;
        let phrases = begins.iter().rev().filter_map(|at| self.phrases.get(*at));
        let fits = phrases.filter_map(|(places, says)| Some((fit(places, words.clone())?, *says)));
        fits.filter(|(count, _)| *count > 0).max_by_key(|(count, _)| *count)
    }
}

/// The words with which a phrase can begin.
fn firsts(places: &[Place]) -> BTreeSet<&str> {
    let Some((place, rest)) = places.split_first() else { return BTreeSet::new() };
    let mut all: BTreeSet<&str> =
        place.iter().filter_map(|way| way.first()).map(String::as_str).collect();
    if place.iter().any(Vec::is_empty) {
        all.extend(firsts(rest));
    }
    all
}

/// Of how many words the phrase is at most with which these begin.
fn fit<'w, W: Iterator<Item = &'w str> + Clone>(places: &[Place], words: W) -> Option<usize> {
    let Some((place, rest)) = places.split_first() else { return Some(0) };
    let ways = place.iter().filter_map(|way| {
        let mut words = words.clone();
        let stands = way.iter().all(|word| words.next() == Some(word));
        stands.then(|| fit(rest, words))?.map(|count| way.len() + count)
    });
    ways.max()
}
