//! Transfer encodings (RFC 2045 §6): quoted-printable for our text, base64 for files.

use std::fmt::Write;

/// Longest encoded line (RFC 2045 §6.7 and §6.8).
const LINE_MAX: usize = 76;

/// Bytes that make one line of base64.
const LINE_BYTES: usize = LINE_MAX / 4 * 3;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends a text of CRLF lines. Blanks at the end of a line are encoded, so that no relay cuts
/// them: flowed text needs them.
pub(super) fn quoted_printable(text: &str, out: &mut String) {
    for line in text.split_inclusive("\r\n") {
        let content = line.strip_suffix("\r\n").unwrap_or(line);
        if is_literal(content) {
            out.push_str(line);
            continue;
        }
        quoted_printable_line(content, out);
        if line.ends_with("\r\n") {
            out.push_str("\r\n");
        }
    }
}

fn quoted_printable_line(content: &str, out: &mut String) {
    let (mut rest, mut column) = (content.as_bytes(), 0);
    while let Some(byte) = rest.first() {
        // A `=` must fit behind what stands on a line, unless the line ends here.
        let room = (LINE_MAX - 1).saturating_sub(column);
        let run = literals(rest);
        let taken = if run == rest.len() && run == room + 1 { run } else { run.min(room) };
        if taken > 0 {
            let (literal, left) = rest.split_at_checked(taken).unwrap_or((rest, &[]));
            out.extend(literal.iter().copied().map(char::from));
            column += taken;
            rest = left;
        } else if run > 0 || column + 3 > LINE_MAX - usize::from(rest.len() > 1) {
            out.push_str("=\r\n");
            column = 0;
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "={byte:02X}");
            column += 3;
            rest = rest.get(1..).unwrap_or_default();
        }
    }
}

/// How many bytes at the front may stand as they are; of more than a line nobody asks, for a line
/// may be a megabyte long.
fn literals(rest: &[u8]) -> usize {
    let line = rest.get(..=LINE_MAX).unwrap_or(rest).iter();
    let run = line.take_while(|byte| matches!(byte, b' '..=b'<' | b'>'..=b'~' | b'\t')).count();
    let ends_blank = run == rest.len() && matches!(rest.last(), Some(b' ' | b'\t'));
    run - usize::from(ends_blank)
}

/// Whether a line needs no encoding: most lines of a text in a Latin script.
fn is_literal(content: &str) -> bool {
    content.len() <= LINE_MAX
        && !content.ends_with([' ', '\t'])
        && content.bytes().all(|byte| matches!(byte, b' '..=b'<' | b'>'..=b'~' | b'\t'))
}

/// Appends the base64 lines of a file, each with its CRLF; nothing for an empty one.
pub(super) fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() / LINE_BYTES * (LINE_MAX + 2) + LINE_MAX + 2);
    for line in bytes.chunks(LINE_BYTES) {
        let (groups, rest) = line.as_chunks::<3>();
        out.extend(
            groups.iter().flat_map(|[first, second, third]| quartet(*first, *second, *third)),
        );
        match *rest {
            [first] => out.extend(quartet(first, 0, 0).into_iter().take(2).chain(*b"==")),
            [first, second] => {
                out.extend(quartet(first, second, 0).into_iter().take(3).chain(*b"="))
            }
            _ => {}
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// The four letters of three bytes.
fn quartet(first: u8, second: u8, third: u8) -> [u8; 4] {
    let letter = |sextet: u8| ALPHABET.get(usize::from(sextet & 63)).copied().unwrap_or(b'A');
    [
        letter(first >> 2),
        letter(first << 4 | second >> 4),
        letter(second << 2 | third >> 6),
        letter(third),
    ]
}
