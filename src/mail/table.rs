//! Tables of words, for all of which a text is searched at once.

use std::sync::OnceLock;

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, Input};

/// Words and phrases in lower case.
pub(super) struct Table {
    given: Given,
    /// The same in order of letters, made ready at first use.
    sorted: OnceLock<Vec<&'static str>>,
    /// The same, made ready at the first search; `None` if that failed, which for a fixed table
    /// nothing but memory can cause.
    ready: OnceLock<Option<NFA>>,
}

enum Given {
    Words(&'static [&'static str]),
    /// Parted by `;`.
    Parted(&'static str),
}

impl Table {
    pub(super) const fn of(words: &'static [&'static str]) -> Self {
        Self::given(Given::Words(words))
    }

    /// What a text names, parted by `;`.
    pub(super) const fn parted(words: &'static str) -> Self {
        Self::given(Given::Parted(words))
    }

    const fn given(given: Given) -> Self {
        Self { given, sorted: OnceLock::new(), ready: OnceLock::new() }
    }

    /// All of them, in order of letters.
    pub(super) fn words(&self) -> &[&'static str] {
        self.sorted.get_or_init(|| {
            let mut words: Vec<&str> = match self.given {
                Given::Words(words) => words.to_vec(),
                Given::Parted(text) => text.split(';').map(str::trim).collect(),
            };
            words.retain(|word| !word.is_empty());
            words.sort_unstable();
            words
        })
    }

    /// Whether a text is one of them.
    pub(super) fn has(&self, text: &str) -> bool {
        self.words().binary_search(&text).is_ok()
    }

    /// Whether one of them stands anywhere in a text.
    pub(super) fn within(&self, text: &str) -> bool {
        let stands = || self.words().iter().any(|word| text.contains(word));
        self.search(&Input::new(text)).unwrap_or_else(stands)
    }

    /// Whether a text begins with one of them.
    pub(super) fn begins(&self, text: &str) -> bool {
        let stands = || self.words().iter().any(|word| text.starts_with(word));
        self.search(&Input::new(text).anchored(Anchored::Yes)).unwrap_or_else(stands)
    }

    fn search(&self, input: &Input<'_>) -> Option<bool> {
        let ready = self.ready.get_or_init(|| NFA::new(self.words()).ok());
        let found = ready.as_ref()?.try_find(&input.clone().earliest(true)).ok()?;
        Some(found.is_some())
    }
}
