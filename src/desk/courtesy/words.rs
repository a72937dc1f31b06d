//! Plain words of customers, in a file for each language: whoever knows another one adds a file and
//! its line below.
//!
//! A file's paragraphs begin with what their words say and an example that a test reads, such as
//! `solved: It is solved, thanks.`, and go on with the words, in lower case and without accents.
//! Phrases end with `;`, their places are parted by spaces, what may stand in a place by commas; `-`
//! is nothing, `_` a space. The last five paragraphs are words by themselves.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A file for each language.
pub const LANGUAGES: [(&str, &str); 8] = [
    ("de", include_str!("de.txt")),
    ("en", include_str!("en.txt")),
    ("es", include_str!("es.txt")),
    ("fr", include_str!("fr.txt")),
    ("it", include_str!("it.txt")),
    ("nl", include_str!("nl.txt")),
    ("pl", include_str!("pl.txt")),
    ("pt", include_str!("pt.txt")),
];

/// What is said, by the words that begin a paragraph.
pub type Tables = BTreeMap<&'static str, String>;

/// All languages together: people mix them.
pub static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables::new();
    for (_, file) in LANGUAGES {
        for Paragraph { says, words, .. } in paragraphs(file) {
            tables.entry(says).or_default().extend([" ", words]);
        }
    }
    tables
});

/// A paragraph of a file.
#[derive(Clone, Copy, Debug)]
pub struct Paragraph {
    /// What its words say.
    pub says: &'static str,
    /// A mail that says so; may be empty.
    pub example: &'static str,
    /// The words.
    pub words: &'static str,
}

/// The paragraphs of a file.
pub fn paragraphs(file: &'static str) -> impl Iterator<Item = Paragraph> {
    file.split("\n\n").filter_map(|paragraph| {
        let (head, words) = paragraph.trim().split_once('\n')?;
        let (says, example) = head.split_once(':')?;
        Some(Paragraph { says, example: example.trim(), words })
    })
}
