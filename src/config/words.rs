//! The words of a text, as settings and mail are compared: whole ones, whatever their case and
//! accents. "Überfällig!" is `uberfallig`, and "fall" is no part of it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Letters that bear no accent and are written otherwise where a keyboard lacks them.
const SPELT: [(char, &str); 11] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ħ', "h"),
    ('ı', "i"),
    ('ς', "σ"),
];

/// The words of a text in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// Those of that text. A sign of a script that is written without spaces is a word of its own.
    pub fn of(text: &str) -> Self {
        let mut words = Self::default();
        let mut word = String::new();
        for letter in text.nfkc().flat_map(char::to_lowercase) {
            if is_alone(letter) {
                words.end(&mut word);
                words.0.push(letter.to_string());
            } else if letter.is_alphanumeric() {
                fold(letter, &mut word);
            } else if is_combining_mark(letter) {
                // What could not be composed is an accent; in other scripts it is a vowel.
                word.extend((!is_accent(letter)).then_some(letter));
            } else if !is_unseen(letter) {
                words.end(&mut word);
            }
        }
        words.end(&mut word);
        words
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether those words stand in these, side by side.
    pub fn hold(&self, phrase: &Self) -> bool {
        let length = phrase.0.len();
        length > 0 && self.0.windows(length).any(|run| run == phrase.0)
    }

    fn end(&mut self, word: &mut String) {
        if !word.is_empty() {
            self.0.push(std::mem::take(word));
        }
    }
}

/// Without its accent, in scripts where that is one; Cyrillic й is another letter than и.
fn fold(letter: char, into: &mut String) {
    if let Some((_, spelt)) = SPELT.iter().find(|(sign, _)| *sign == letter) {
        into.push_str(spelt);
        return;
    }
    let european = matches!(letter, '\u{c0}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}' | 'ё');
    match european {
        true => decompose_canonical(letter, |part| into.extend((!is_accent(part)).then_some(part))),
        false => into.push(letter),
    }
}

fn is_accent(mark: char) -> bool {
    matches!(mark, '\u{300}'..='\u{36f}')
}

/// Soft hyphens and joiners, which stand within words.
fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Chinese, Japanese, Thai, Lao, Khmer, Burmese.
fn is_alone(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
        || matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}')
        || matches!(letter, '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}')
}
