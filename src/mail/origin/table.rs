//! Tables of words, for all of which a text is searched at once.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};

/// Words and phrases in lower case.
pub(super) struct Table {
    words: &'static [&'static str],
    /// The same, made ready at the first search; `None` if that failed, which for a fixed table
    /// nothing but memory can cause.
    ready: OnceLock<Option<AhoCorasick>>,
}

impl Table {
    pub(super) const fn of(words: &'static [&'static str]) -> Self {
        Self { words, ready: OnceLock::new() }
    }

    /// Whether one of them stands anywhere in a text.
    pub(super) fn within(&self, text: &str) -> bool {
        match self.ready() {
            Some(ready) => ready.is_match(text),
            None => self.words.iter().any(|word| text.contains(word)),
        }
    }

    /// Whether a text begins with one of them.
    pub(super) fn begins(&self, text: &str) -> bool {
        match self.ready() {
            Some(ready) => ready.is_match(Input::new(text).anchored(Anchored::Yes)),
            None => self.words.iter().any(|word| text.starts_with(word)),
        }
    }

    /// Where they begin in a text, in bytes: each of them, also those that overlap.
    pub(super) fn places(&self, text: &str) -> Vec<usize> {
        match self.ready() {
            Some(ready) => ready.find_overlapping_iter(text).map(|found| found.start()).collect(),
            None => self
                .words
                .iter()
                .flat_map(|word| text.match_indices(word))
                .map(|(at, _)| at)
                .collect(),
        }
    }

    fn ready(&self) -> Option<&AhoCorasick> {
        let make = || AhoCorasick::builder().start_kind(StartKind::Both).build(self.words).ok();
        self.ready.get_or_init(make).as_ref()
    }
}
