//! Header texts for people: encoded words (RFC 2047) decoded, raw UTF-8 (RFC 6532) as it is,
//! nothing in them that could break a line.
//!
//! Neighbouring words of one charset are joined as bytes before decoding: Outlook and many PHP
//! mailers split a character over two.

use super::lines::cut;
use super::transfer::{base64_word, hex_pair};
use super::{charset, clean};

/// Encoded words read in one value; a subject of 998 characters has under 100.
const WORDS_MAX: usize = 2_000;
/// Bytes of one word; RFC 2047 says 75, some mailers put a whole subject into one.
const WORD_MAX: usize = 4_096;

/// The decoded, cleaned text, at most `max` characters; `None` if nothing is left.
pub(super) fn text(value: &str, max: usize) -> Option<String> {
    let mut decoded = decode(value);
    cut(&mut decoded, max.saturating_mul(16));
    let line = clean::line(&decoded);
    let short: String = line.chars().take(max).collect();
    let short = short.trim();
    (!short.is_empty()).then(|| short.to_owned())
}

/// Decodes the encoded words of a value. Some programs encode what is encoded already: nobody is
/// to read that, so it is decoded twice.
pub(super) fn decode(value: &str) -> String {
    if !value.contains("=?") {
        return value.to_owned();
    }
    let once = decode_once(value);
    match once != value && next_word(&once).is_some() {
        true => decode_once(&once),
        false => once,
    }
}

fn decode_once(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut held: Option<(String, Vec<u8>)> = None;
    let mut rest = value;
    for _ in 0..WORDS_MAX {
        let Some((before, word, after)) = next_word(rest) else { break };
        if held.is_none() || !before.trim().is_empty() {
            release(&mut held, &mut out);
            out.push_str(before);
        }
        match &mut held {
            // ISO-2022 shifts within each word; joined, its escapes would stand side by side, which
            // decoders refuse.
            Some((charset, bytes))
                if *charset == word.charset && !charset.starts_with("iso-2022") =>
            {
                bytes.extend_from_slice(&word.bytes)
            }
            _ => {
                release(&mut held, &mut out);
                held = Some((word.charset, word.bytes));
            }
        }
        rest = after;
    }
    // Where a gateway cut a long field, the last word has no end.
    if let Some((before, word)) = cut_off(rest) {
        if held.is_none() || !before.trim().is_empty() {
            release(&mut held, &mut out);
            out.push_str(before);
        }
        match &mut held {
            Some((charset, bytes)) if *charset == word.charset => {
                bytes.extend_from_slice(&word.bytes)
            }
            _ => {
                release(&mut held, &mut out);
                held = Some((word.charset, word.bytes));
            }
        }
        rest = "";
    }
    release(&mut held, &mut out);
    out.push_str(rest);
    out
}

/// The last word, if it has no end, and what stands before it; only in a charset that there is.
fn cut_off(text: &str) -> Option<(&str, Word)> {
    let at = text.rfind("=?")?;
    let ended = [text.get(at + 2..)?, "?="].concat();
    let (word, _) = word(&ended).filter(|(word, _)| charset::is_known(&word.charset))?;
    Some((text.get(..at)?, word))
}

/// The encoded word at the very front, as written, and what follows it.
pub(super) fn leading(text: &str) -> Option<(&str, &str)> {
    let (_, after) = word(text.strip_prefix("=?")?)?;
    Some((text.get(..text.len() - after.len())?, after))
}

fn release(held: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((label, bytes)) = held.take() {
        out.push_str(&charset::decode(&bytes, Some(&label)).text);
    }
}

struct Word {
    charset: String,
    bytes: Vec<u8>,
}

/// The next encoded word, with what stands before and behind it.
fn next_word(text: &str) -> Option<(&str, Word, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find("=?")?;
        match word(text.get(at + 2..)?) {
            Some((word, after)) => return Some((text.get(..at)?, word, after)),
            None => from = at + 2,
        }
    }
}

/// Reads `charset?B?text?=` (the charset may carry `*language`, RFC 2231 §5).
fn word(text: &str) -> Option<(Word, &str)> {
    let head = text.find('?').filter(|at| *at <= 64)?;
    let (label, rest) = (text.get(..head)?, text.get(head + 1..)?);
    let (kind, rest) = (rest.chars().next()?, rest.get(1..)?.strip_prefix('?')?);
    let length = rest.as_bytes().windows(2).take(WORD_MAX).position(|pair| pair == b"?=")?;
    let (body, after) = (rest.get(..length)?, rest.get(length + 2..)?);
    if label.is_empty() || label.contains(char::is_whitespace) {
        return None;
    }
    let bytes = match kind {
        'B' | 'b' => base64_word(body.as_bytes()),
        'Q' | 'q' => q_word(body.as_bytes()),
        _ => return None,
    };
    let charset = label.split('*').next().unwrap_or(label).to_ascii_lowercase();
    Some((Word { charset, bytes }, after))
}

fn q_word(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, hex_pair(tail)) {
            (b'=', Some(value)) => {
                out.push(value);
                rest = tail.get(2..).unwrap_or_default();
            }
            (b'_', _) => out.push(b' '),
            _ => out.push(*byte),
        }
    }
    out
}
