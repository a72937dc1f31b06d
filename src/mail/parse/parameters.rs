//! Content-Type and Content-Disposition: a value and parameters (RFC 2045 §5, RFC 2183), with RFC
//! 2231's continuations and charsets, and what mailers do instead of them.

use super::transfer::hex_pair;
use super::{charset, clean, words};
use std::collections::BTreeMap;

/// Parameters read of one field; real ones have under ten, a name in pieces perhaps thirty.
const PARAMETERS_MAX: usize = 200;
/// Longest file name kept, in characters: what file systems take in bytes at most.
const NAME_MAX: usize = 255;

/// A field of that form.
#[derive(Default)]
pub(super) struct Parameters {
    /// What stands before the first `;`, in lower case.
    pub value: String,
    list: BTreeMap<String, String>,
}

impl Parameters {
    /// Reads a field's value.
    pub fn read(field: &str) -> Self {
        let mut segments = split(field).into_iter().flat_map(opened);
        let first = segments.next().unwrap_or_default();
        let first = first.trim().trim_matches('"');
        // The semicolon was forgotten, or the value before it.
        let (value, behind) = match first.split_once([' ', '\t', ',']) {
            Some((value, behind)) if !value.contains('=') => (value, Some(behind)),
            _ if first.contains('=') => ("", Some(first)),
            _ => (first, None),
        };
        let value = value.to_ascii_lowercase();
        let segments = behind.map(str::to_owned).into_iter().chain(segments);
        let mut list = BTreeMap::new();
        let mut pieces: BTreeMap<String, BTreeMap<u32, Piece>> = BTreeMap::new();
        for segment in segments.take(PARAMETERS_MAX) {
            let Some((name, text)) = segment.split_once('=') else { continue };
            let (name, text) = (name.trim().to_ascii_lowercase(), unquote(text.trim()));
            match name.split_once('*') {
                Some((base, rest)) => {
                    let (number, extended) = numbered(rest);
                    pieces
                        .entry(base.to_owned())
                        .or_default()
                        .entry(number)
                        .or_insert(Piece { extended, text });
                }
                None => {
                    list.entry(name).or_insert(text);
                }
            }
        }
        // RFC 5987's advice, true here too: beside an extended value the plain one is only a
        // fallback.
        list.extend(pieces.into_iter().map(|(name, pieces)| (name, join(&pieces))));
        Self { value, list }
    }

    /// A parameter, unquoted, not decoded but for RFC 2231.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.list.get(name).map(String::as_str)
    }

    /// A parameter that names a file: encoded words and bare percent forms are decoded, control and
    /// invisible characters gone. Slashes stay; it is data.
    pub fn name(&self, name: &str) -> Option<String> {
        let raw = self.get(name)?;
        let raw = raw.strip_prefix('\'').and_then(|raw| raw.strip_suffix('\'')).unwrap_or(raw);
        let percent = raw.split_once("''").filter(|(label, _)| {
            !label.is_empty()
                && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
        });
        let decoded = match percent {
            Some((label, text)) => charset::decode(&unpercent(text), Some(label)).text,
            None => words::decode(raw),
        };
        let short: String = clean::line(&decoded).chars().take(NAME_MAX).collect();
        let short = short.trim();
        (!short.is_empty()).then(|| short.to_owned())
    }
}

struct Piece {
    extended: bool,
    text: String,
}

/// `0*` → (0, extended), `1` → (1, plain), nothing → (0, extended).
fn numbered(rest: &str) -> (u32, bool) {
    let digits = rest.trim_end_matches('*');
    (digits.parse().unwrap_or(0), rest.is_empty() || rest.ends_with('*'))
}

fn join(pieces: &BTreeMap<u32, Piece>) -> String {
    let mut label = None;
    let mut bytes = Vec::new();
    for (at, piece) in pieces.values().enumerate() {
        let mut text = piece.text.as_str();
        if at == 0 && piece.extended && text.matches('\'').count() >= 2 {
            let mut parts = text.splitn(3, '\'');
            label = parts.next().filter(|label| !label.is_empty());
            text = parts.nth(1).unwrap_or_default();
        }
        match piece.extended {
            true => bytes.extend(unpercent(text)),
            false => bytes.extend_from_slice(text.as_bytes()),
        }
    }
    charset::decode(&bytes, label).text
}

fn unpercent(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match hex_pair(tail).filter(|_| *byte == b'%') {
            Some(value) => {
                out.push(value);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => out.push(*byte),
        }
    }
    out
}

/// What cannot be a value or a parameter as it stands: some mailers make one encoded word of the
/// whole field or of a parameter with its name, others put it into quotes.
fn opened(segment: String) -> Vec<String> {
    let bare = segment.trim();
    let within = bare.strip_prefix('"').and_then(|bare| bare.strip_suffix('"'));
    if bare.starts_with("=?") {
        return split(&words::decode(bare));
    }
    match within.filter(|within| within.contains(['=', ';'])) {
        Some(within) => split(&within.replace("\\\"", "\"")),
        None => vec![segment],
    }
}

/// Cuts at `;`, not within quotes and encoded words; comments in parentheses are dropped. A quote
/// that nothing closes holds nothing together.
fn split(field: &str) -> Vec<String> {
    let last_quote = field.rfind('"').unwrap_or(0);
    let mut segments = vec![String::new()];
    let (mut quoted, mut escaped, mut comment) = (false, false, 0_usize);
    let mut rest = field;
    while let Some(c) = rest.chars().next() {
        let word = words::leading(rest).filter(|_| !quoted && comment == 0);
        if let Some((word, after)) = word {
            if let Some(segment) = segments.last_mut() {
                segment.push_str(word);
            }
            rest = after;
            continue;
        }
        let at = field.len() - rest.len();
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if c == ';' && !quoted && comment == 0 {
            if segments.len() >= PARAMETERS_MAX {
                break;
            }
            segments.push(String::new());
            continue;
        }
        let Some(segment) = segments.last_mut() else { break };
        match c {
            // Unquoted names with parentheses are commoner than comments: only one behind a space
            // counts.
            '(' if !quoted && (comment > 0 || segment.ends_with(' ') && !segment.contains('=')) => {
                comment += 1
            }
            ')' if !quoted && comment > 0 => comment -= 1,
            _ if comment > 0 => {}
            _ => {
                if c == '"' && !escaped {
                    quoted = !quoted && at < last_quote;
                }
                segment.push(c);
            }
        }
        escaped = c == '\\' && !escaped;
    }
    segments
}

/// Takes quotes off. Only `\"` and `\\` are escapes: old Outlooks sent whole Windows paths; and
/// quotes within are a part of the name where somebody forgot to escape them.
fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"') else { return text.to_owned() };
    let whole = inner.strip_suffix('"');
    let inner = whole.unwrap_or(inner);
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', Some('"' | '\\')) => out.extend(rest.next()),
            ('"', _) if whole.is_none() => break,
            _ => out.push(c),
        }
    }
    out
}
