//! Content-Transfer-Encoding (RFC 2045 §6), tolerantly and in linear time.
//!
//! mail-parser 0.11 gives up on base64 with a list footer behind it and on quoted-printable with a
//! stray `=`, and loses the last bytes of unpadded base64; so we decode ourselves. What is no
//! base64 stays as it stands.

use super::lines::{line_at, lines};
use crate::mail::Encoding;
use std::borrow::Cow;

/// Reads the value of a Content-Transfer-Encoding field; what is unknown is taken as it stands.
pub(super) fn encoding(value: &str) -> Encoding {
    let word =
        value.trim().split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default();
    match word.trim_matches('"').to_ascii_lowercase().as_str() {
        "base64" => Encoding::Base64,
        "quoted-printable" => Encoding::QuotedPrintable,
        _ => Encoding::Identity,
    }
}

/// The decoded bytes.
pub(super) fn decode(bytes: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    match encoding {
        Encoding::Identity => return bytes.into(),
        Encoding::Base64 => {
            out.reserve(bytes.len() / 4 * 3);
            if base64(bytes, &mut out) == 0 {
                return bytes.into();
            }
        }
        Encoding::QuotedPrintable => {
            out.reserve(bytes.len());
            quoted_printable(bytes, |byte| out.push(byte));
        }
    }
    out.into()
}

/// How many bytes [`decode`] would give, without making them.
pub(super) fn size(bytes: &[u8], encoding: Encoding) -> usize {
    let mut count = Count(0);
    match encoding {
        Encoding::Identity => bytes.len(),
        Encoding::Base64 if base64(bytes, &mut count) == 0 => bytes.len(),
        Encoding::Base64 => count.0,
        Encoding::QuotedPrintable => {
            quoted_printable(bytes, |_| count.0 += 1);
            count.0
        }
    }
}

/// As [`decode`], and plain text that follows the base64 (a list's footer) is kept; also whether
/// anything was wrong.
pub(super) fn decode_text(bytes: &[u8], encoding: Encoding) -> (Cow<'_, [u8]>, bool) {
    if encoding != Encoding::Base64 {
        return (decode(bytes, encoding), false);
    }
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let end = base64(bytes, &mut out);
    if end == 0 {
        return (bytes.into(), !bytes.trim_ascii().is_empty());
    }
    let footer = bytes.get(end..).unwrap_or_default().trim_ascii();
    if !footer.is_empty() {
        out.push(b'\n');
        out.extend_from_slice(footer);
    }
    let noise = bytes
        .iter()
        .any(|byte| sextet(*byte) == NONE && *byte != b'=' && !byte.is_ascii_whitespace());
    (out.into(), noise || !footer.is_empty())
}

/// Where decoded bytes go, one by one or many at once.
trait Sink {
    /// Takes the next byte.
    fn byte(&mut self, byte: u8);
    /// Takes whole groups of four sextets and nothing else.
    fn groups(&mut self, text: &[u8]);
}

impl Sink for Vec<u8> {
    fn byte(&mut self, byte: u8) {
        self.push(byte);
    }

    fn groups(&mut self, text: &[u8]) {
        let (groups, _) = text.as_chunks::<4>();
        self.extend(groups.iter().flat_map(|group| {
            let bits = group.iter().fold(0, |bits, byte| bits << 6 | u32::from(sextet(*byte)));
            let [_, first, second, third] = bits.to_be_bytes();
            [first, second, third]
        }));
    }
}

/// Bytes that are counted only.
struct Count(usize);

impl Sink for Count {
    fn byte(&mut self, _: u8) {
        self.0 += 1;
    }

    fn groups(&mut self, text: &[u8]) {
        self.0 += text.len() / 4 * 3;
    }
}

/// Decodes base64 up to the first line that is none; gives the offset of that line, so 0 means
/// nothing was base64.
fn base64(bytes: &[u8], sink: &mut impl Sink) -> usize {
    let mut group = Group::default();
    for line in lines(bytes, 0) {
        let text = line.text.trim_ascii();
        let bad = text.iter().filter(|byte| sextet(**byte) == NONE).count();
        if bad == 0
            && group.count == 0
            && !group.ended
            && !text.is_empty()
            && text.len().is_multiple_of(4)
        {
            group.begun = true;
            sink.groups(text);
            continue;
        }
        if bad > 0 && !is_base64(text, group.ended) || group.ended && !text.len().is_multiple_of(4)
        {
            group.flush(sink);
            return if group.begun { line.start } else { 0 };
        }
        for byte in text {
            group.take(*byte, sink);
        }
    }
    group.flush(sink);
    if group.begun { bytes.len() } else { 0 }
}

/// Whether a line goes on with base64. Noise in it is tolerated, but words with spaces between are
/// somebody's text; behind the padding only whole groups go on, for a footer's word may look like
/// base64.
fn is_base64(text: &[u8], ended: bool) -> bool {
    let bad = text.iter().filter(|byte| sextet(**byte) == NONE && **byte != b'=').count();
    match ended {
        true => bad == 0 && text.len().is_multiple_of(4),
        false => bad * 4 <= text.len() && !text.contains(&b' '),
    }
}

#[derive(Default)]
struct Group {
    bits: u32,
    count: u8,
    begun: bool,
    ended: bool,
}

impl Group {
    fn take(&mut self, byte: u8, sink: &mut impl Sink) {
        if byte == b'=' {
            self.flush(sink);
            self.ended = true;
        }
        let six = sextet(byte);
        if six == NONE {
            return;
        }
        self.begun = true;
        self.bits = self.bits << 6 | u32::from(six);
        self.count += 1;
        if self.count == 4 {
            self.flush(sink);
        }
    }

    /// Gives what is whole: four sextets are three bytes, three are two, two are one (RFC 4648 §4,
    /// padding or not).
    fn flush(&mut self, sink: &mut impl Sink) {
        let [_, first, second, third] =
            (self.bits << (6 * (4 - u32::from(self.count.min(4))))).to_be_bytes();
        for byte in
            [first, second, third].into_iter().take(usize::from(self.count.saturating_sub(1)))
        {
            sink.byte(byte);
        }
        self.bits = 0;
        self.count = 0;
    }
}

/// What stands in [`SEXTETS`] for bytes that are no base64.
const NONE: u8 = 0xff;

/// The value of each byte: a table, since attachments are most of the bytes of mail.
#[expect(
    clippy::indexing_slicing,
    reason = "both arrays are longer than any index, and the compiler does it, not we"
)]
const SEXTETS: [u8; 256] = {
    let mut table = [NONE; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        table[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    table
};

fn sextet(byte: u8) -> u8 {
    SEXTETS.get(usize::from(byte)).copied().unwrap_or(NONE)
}

/// Decodes quoted-printable; an `=` that begins nothing stands for itself.
fn quoted_printable(bytes: &[u8], mut sink: impl FnMut(u8)) {
    let mut rest = bytes;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'=' {
            sink(*byte);
        } else if let Some(value) = hex_pair(tail) {
            sink(value);
            rest = tail.get(2..).unwrap_or_default();
        } else if let Some(after) = soft_break(tail) {
            rest = after;
        } else {
            sink(b'=');
        }
    }
}

/// What follows a soft line break, past the spaces that a relay may have put before the line end.
fn soft_break(tail: &[u8]) -> Option<&[u8]> {
    let blanks = tail.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    let after = tail.get(blanks..)?;
    match after.first() {
        None => Some(after),
        Some(b'\n') => line_at(after, 0).and_then(|line| after.get(line.next..)),
        Some(_) => None,
    }
}

/// Two hexadecimal digits at the front.
pub(super) fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let [high, low, ..] = bytes else { return None };
    Some(hex(*high)? << 4 | hex(*low)?)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The bytes of an encoded word of kind B: no lines, no footer.
pub(super) fn base64_word(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut group = Group::default();
    for byte in text {
        group.take(*byte, &mut out);
    }
    group.flush(&mut out);
    out
}
