//! A line of a text at whose end a tail is looked for.

use std::cell::OnceCell;

/// What stands for an apostrophe.
const APOSTROPHES: [char; 3] = ['’', '‘', '`'];

/// A line or a paragraph, and its words as they are compared: made once, for many ask.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    folded: OnceCell<String>,
}

impl<'a> Line<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, folded: OnceCell::new() }
    }

    pub(super) fn folded(&self) -> &str {
        self.folded.get_or_init(|| folded(self.text))
    }
}

/// In lower case, with single spaces and one sort of apostrophe.
pub(super) fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        folded.push_str(if folded.is_empty() { "" } else { " " });
        folded.push_str(word);
    }
    if folded.is_ascii() {
        folded.make_ascii_lowercase();
    } else {
        folded = folded.to_lowercase();
    }
    if folded.contains(APOSTROPHES) { folded.replace(APOSTROPHES, "'") } else { folded }
}
