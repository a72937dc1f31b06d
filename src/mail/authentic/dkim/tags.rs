//! Lists of `name=value;` (RFC 6376 §3.2), read to the letter: a name that stands twice, or is no
//! name, spoils the list.

use std::collections::BTreeMap;

/// A list that was read.
pub(in crate::mail::authentic) struct Tags(BTreeMap<String, String>);

impl Tags {
    /// Reads a list; `None` if it is none.
    pub(in crate::mail::authentic) fn read(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii())?;
        let mut tags = BTreeMap::new();
        let mut pieces = text.split(';').peekable();
        while let Some(piece) = pieces.next() {
            // Only behind the last semicolon may nothing stand.
            if piece.trim().is_empty() && pieces.peek().is_none() {
                break;
            }
            let (name, value) = piece.split_once('=')?;
            let name = name.trim();
            // Names are told apart by their case; nobody honest writes one large, and other readers
            // take it for the small.
            let sound = name.starts_with(|c: char| c.is_ascii_lowercase());
            let sound = sound
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            if !sound || tags.insert(name.to_owned(), value.trim().to_owned()).is_some() {
                return None;
            }
        }
        Some(Self(tags))
    }

    /// Whether it is there.
    pub(in crate::mail::authentic) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Its value without any white space; empty if it is not there.
    pub(in crate::mail::authentic) fn word(&self, name: &str) -> String {
        self.0
            .get(name)
            .into_iter()
            .flat_map(|value| value.chars())
            .filter(|c| !c.is_ascii_whitespace())
            .collect()
    }

    /// Its values between colons.
    pub(in crate::mail::authentic) fn list(&self, name: &str) -> Vec<String> {
        self.word(name).split(':').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }
}
