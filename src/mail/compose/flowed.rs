//! `format=flowed` (RFC 3676): long lines are wrapped so that the reader's client can put them
//! together again.

/// Longest line in characters, with the blank that makes it soft and the quotation marks.
const WIDTH: usize = 76;

/// Deepest quotation that is known as one: each wrapped line repeats its marks, and a stranger
/// chose how many.
const DEPTH_MAX: usize = 20;

/// The line above a signature; its blank is no soft break (RFC 3676 §4.3).
const SIGNATURE: &str = "-- ";

/// Wraps a text of `\n` lines; the result has CRLF lines and ends with one.
///
/// Lines that begin with `> ` are quotes and stay ones, at their depth. Blanks at the end of lines
/// go, for they would mean something. What has no blank, like a long URL, is not broken. Control
/// characters but tabs are left out.
pub(super) fn wrap(text: &str) -> String {
    let mended = text.contains('\r').then(|| text.replace("\r\n", "\n").replace('\r', "\n"));
    let text = mended.as_deref().unwrap_or(text).trim_end_matches('\n');
    let mut out = String::with_capacity(text.len() + text.len() / 16 + 2);
    for line in text.split('\n') {
        if is_plain(line) {
            out.push_str(trim(line));
            out.push_str("\r\n");
            continue;
        }
        let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        let (depth, content) = unquote(&line);
        wrap_line(depth, trim(content), &mut out);
    }
    out
}

/// Whether a line goes as it is, but for blanks at its end: most lines do.
fn is_plain(line: &str) -> bool {
    line.len() < WIDTH
        && line.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !line.starts_with([' ', '>'])
        && !line.starts_with("From ")
}

fn trim(content: &str) -> &str {
    if content == SIGNATURE { content } else { content.trim_end_matches([' ', '\t']) }
}

/// The depth of quotation and what is quoted: `> > x` and `>> x` are `x` at depth two; `>x` is no
/// quote.
fn unquote(line: &str) -> (usize, &str) {
    let (mut depth, mut content) = (0, line);
    loop {
        let rest = content.trim_start_matches('>');
        let marks = content.len() - rest.len();
        if marks == 0 || depth + marks > DEPTH_MAX || !(rest.is_empty() || rest.starts_with(' ')) {
            return (depth, content);
        }
        depth += marks;
        content = rest.strip_prefix(' ').unwrap_or(rest);
    }
}

fn wrap_line(depth: usize, content: &str, out: &mut String) {
    let marks = ">".repeat(depth);
    let room = WIDTH.saturating_sub(depth + 1);
    // What is not written yet, and how much of it is on the line so far: bytes and characters.
    let (mut rest, mut line, mut width) = (content, 0, 0);
    for word in words(content) {
        let length = word.chars().count();
        // A lone `-- ` would be taken for the beginning of a signature.
        if width > 0 && width + length > room && rest.get(..line) != Some(SIGNATURE) {
            let (full, left) = rest.split_at_checked(line).unwrap_or((rest, ""));
            push_line(&marks, full, out);
            (rest, line, width) = (left, 0, 0);
        }
        line += word.len();
        width += length;
    }
    push_line(&marks, rest.get(..line).unwrap_or(rest), out);
}

/// Words, each with the blanks behind it; the first also with those before it.
fn words(content: &str) -> impl Iterator<Item = &str> {
    let mut rest = content;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let word = bytes.iter().position(|byte| *byte != b' ')?;
        let blank = bytes
            .get(word..)
            .and_then(|from| memchr::memchr(b' ', from))
            .map_or(rest.len(), |at| word + at);
        let end = bytes
            .get(blank..)
            .and_then(|from| from.iter().position(|byte| *byte != b' '))
            .map_or(rest.len(), |at| blank + at);
        let (taken, left) = rest.split_at_checked(end)?;
        rest = left;
        Some(taken)
    })
}

fn push_line(marks: &str, line: &str, out: &mut String) {
    out.push_str(marks);
    // Stuffing (RFC 3676 §4.4): without it these would be read as a quote, a stuffed line, or an
    // mbox separator.
    let stuffed = if marks.is_empty() {
        line.starts_with([' ', '>']) || line.starts_with("From ")
    } else {
        !line.is_empty()
    };
    if stuffed {
        out.push(' ');
    }
    out.push_str(line);
    out.push_str("\r\n");
}
