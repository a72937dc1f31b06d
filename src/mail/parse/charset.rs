//! Bytes → text. The label is a hint: much mail lies about its charset, and UTF-8 proves itself.
//!
//! Decoders are mail-parser's; what is mended here are the labels: UTF-8 called us-ascii or
//! latin-1, latin-1 called UTF-8 or nothing.

use mail_parser::decoders::charsets::map::charset_decoder;
use std::borrow::Cow;

/// Labels that mail-parser does not know, and what is meant by them.
const ALIASES: [(&str, &str); 9] = [
    ("cp932", "shift_jis"),
    ("windows-31j", "shift_jis"),
    ("cp949", "euc-kr"),
    ("ms949", "euc-kr"),
    ("cp950", "big5"),
    ("cp874", "windows-874"),
    ("utf7", "utf-7"),
    ("unicode-1-1-utf-7", "utf-7"),
    ("8859-1", "windows-1252"),
];

/// Labels that name no repertoire or one that is in UTF-8 as often as not.
const WEAK: [&str; 12] = [
    "utf-8",
    "utf8",
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "latin1",
    "windows-1252",
    "cp1252",
    "unknown-8bit",
    "x-unknown",
    "default",
    "binary",
];

/// A decoded text, and whether the label was wrong or unknown.
pub(super) struct Decoded {
    /// The text; U+FFFD where nothing helps.
    pub text: String,
    /// Whether something had to be guessed.
    pub guessed: bool,
}

impl Decoded {
    /// Whether the text may be another than was written: under an unknown label, or no sound text
    /// under the given one.
    pub fn is_doubtful(&self, bytes: &[u8]) -> bool {
        let proved = std::str::from_utf8(bytes).is_ok();
        self.text.contains('\u{fffd}') || self.guessed && !proved
    }
}

/// Reads bytes under a label.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    let label = label
        .map(|label| label.trim().trim_matches(|c| c == '"' || c == '\'').to_ascii_lowercase())
        .filter(|label| !label.is_empty());
    let weak = label.as_deref().is_none_or(|label| WEAK.contains(&label));
    if weak {
        return guess(bytes, label.as_deref());
    }
    let Some(decoder) = label.as_deref().and_then(known) else {
        return Decoded { guessed: true, ..guess(bytes, None) };
    };
    let text = decoder(bytes);
    match std::str::from_utf8(bytes) {
        Ok(utf8) if !bytes.is_ascii() && text.contains('\u{fffd}') => {
            Decoded { text: utf8.to_owned(), guessed: true }
        }
        _ if text == "\u{fffd}" && bytes.len() > 1 => {
            Decoded { text: eight_bit(bytes), guessed: true }
        }
        _ => Decoded { text, guessed: false },
    }
}

/// Whether there is a charset of that name.
pub(super) fn is_known(label: &str) -> bool {
    WEAK.contains(&label) || known(label).is_some()
}

fn known(label: &str) -> Option<fn(&[u8]) -> String> {
    let alias = ALIASES.iter().find(|(name, _)| *name == label).map(|(_, meant)| *meant);
    charset_decoder(alias.unwrap_or(label).as_bytes())
}

/// UTF-8 if it is that; else Japanese mail of old, which has escapes and no 8-bit; else
/// windows-1252.
fn guess(bytes: &[u8], label: Option<&str>) -> Decoded {
    let utf8 = label.is_some_and(|label| label.starts_with("utf"));
    if let Ok(text) = std::str::from_utf8(bytes) {
        let escaped = bytes.contains(&0x1b) && (text.contains("\x1b$B") || text.contains("\x1b$@"));
        if let Some(decoder) = known("iso-2022-jp").filter(|_| escaped) {
            return Decoded { text: decoder(bytes), guessed: true };
        }
        return Decoded { text: text.to_owned(), guessed: !utf8 && !bytes.is_ascii() };
    }
    let latin = label.is_some_and(|label| !utf8 && WEAK.contains(&label) && label != "us-ascii");
    Decoded { text: eight_bit(bytes), guessed: !latin }
}

/// UTF-8, also if a few bytes of it are broken; else windows-1252, which reads any byte.
pub(super) fn eight_bit(bytes: &[u8]) -> String {
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => {
            let broken = text.matches('\u{fffd}').count();
            let sound = text.chars().filter(|c| !c.is_ascii()).count() - broken;
            match known("windows-1252").filter(|_| sound <= broken) {
                Some(decoder) => decoder(bytes),
                None => text,
            }
        }
    }
}
