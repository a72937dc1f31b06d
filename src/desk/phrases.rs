//! Finds words of a table in what people write, whatever stands between them.

/// Whether words as [`spaced`] gives them hold one of a table, parted by white space there: each is
/// the beginning of a word or of several that `_` joins; `_` at its end ends the last.
pub fn has(table: &'static str, words: &str) -> bool {
    table.split_whitespace().any(|one| {
        let one = one.replace('_', " ");
        words.match_indices(&one).any(|(at, _)| words.get(..at).is_some_and(|b| b.ends_with(' ')))
    })
}

/// The same of scripts without spaces: anywhere.
pub fn has_anywhere(table: &'static str, words: &str) -> bool {
    table.split_whitespace().any(|one| words.contains(one))
}

/// Small letters, a space between two words and at both ends.
pub fn spaced(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    if words.is_empty() { " ".to_owned() } else { format!(" {} ", words.join(" ")) }
}

/// How many words stand in them.
pub fn count(words: &str) -> usize {
    words.split(' ').filter(|word| !word.is_empty()).count()
}

/// A sign that is a part of its word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{97f}' | '\u{e30}'..='\u{e4e}')
}
