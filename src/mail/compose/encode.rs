//! Transfer encodings (RFC 2045 §6): quoted-printable for our text, base64 for files.

use std::fmt::Write;

/// Longest encoded line (RFC 2045 §6.7 and §6.8).
const LINE_MAX: usize = 76;

/// Bytes that make one line of base64.
const LINE_BYTES: usize = LINE_MAX / 4 * 3;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends a text of CRLF lines. Blanks at the end of a line are encoded, so that no relay cuts them: flowed text needs them.
pub(super) fn quoted_printable(text: &str, out: &mut String) {
    for line in text.split_inclusive("\r\n") {
        let content = line.strip_suffix("\r\n").unwrap_or(line);
        let mut column = 0;
        let mut bytes = content.bytes().peekable();
        while let Some(byte) = bytes.next() {
            let last = bytes.peek().is_none();
            let literal = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || (matches!(byte, b' ' | b'\t') && !last);
            let width = if literal { 1 } else { 3 };
            // A `=` must fit behind it, unless the line ends here.
            if column + width > LINE_MAX - usize::from(!last) {
                out.push_str("=\r\n");
                column = 0;
            }
            column += width;
            if literal {
                out.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "={byte:02X}");
            }
        }
        if line.ends_with("\r\n") {
            out.push_str("\r\n");
        }
    }
}

/// Appends the base64 lines of a file, each with its CRLF; nothing for an empty one.
pub(super) fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() / LINE_BYTES * (LINE_MAX + 2) + LINE_MAX + 2);
    for line in bytes.chunks(LINE_BYTES) {
        for group in line.chunks(3) {
            out.extend_from_slice(&quartet(group));
        }
        out.extend_from_slice(b"\r\n");
    }
}

fn quartet(group: &[u8]) -> [u8; 4] {
    let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
    let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
    let letter = |shift: u32| {
        let index = usize::try_from((bits >> shift) & 63).unwrap_or(0);
        ALPHABET.get(index).copied().unwrap_or(b'A')
    };
    let [first, second] = [letter(18), letter(12)];
    let third = if group.len() > 1 { letter(6) } else { b'=' };
    let fourth = if group.len() > 2 { letter(0) } else { b'=' };
    [first, second, third, fourth]
}
