//! Header blocks: raw bytes → fields in their order, and where the body begins.
//!
//! Total. A line that is no field ends the block (somebody forgot the empty line), unless fields go
//! on right behind it (somebody broke a long line without indenting it); then it is dropped.

use super::charset;
use super::lines::{Line, cut, line_at, lines, note};
use crate::mail::Field;

/// Fields kept; real mail has under 200, even after twenty hops.
const FIELDS_MAX: usize = 2_000;
/// Bytes of a header block that are looked at; Exchange refuses more than 256 KiB.
const HEADER_MAX: usize = 1024 * 1024;
/// Bytes kept of one value; a To field of 1,000 people fits.
const VALUE_MAX: usize = 64 * 1024;
/// Longest field name that is one; the longest registered has 51.
const NAME_MAX: usize = 128;

/// A header block that was read.
pub(super) struct Block {
    /// All fields.
    pub fields: Vec<Field>,
    /// Offset of the first byte of the body.
    pub body: usize,
}

impl Block {
    /// The first value under that name.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.is(name)).map(|field| field.value.as_str())
    }
}

/// Where the mail begins behind a leading mbox line; `formail` and some delivery agents put one
/// into a pipe.
pub(super) fn start(raw: &[u8]) -> usize {
    line_at(raw, 0)
        .filter(|line| line.text.starts_with(b"From ") || line.text.starts_with(b">From "))
        .map_or(0, |line| line.next)
}

/// Reads the block that begins at `start`.
pub(super) fn read(raw: &[u8], start: usize, defects: &mut Vec<String>) -> Block {
    let mut reader = Reader { fields: Vec::new(), open: None, size: 0 };
    let mut body = raw.len();
    for line in lines(raw, start) {
        match step(raw, &line, !reader.is_empty()) {
            Step::Field(name, value) => reader.begin(name, value, defects),
            Step::Continue => reader.extend(line.text, defects),
            Step::Skip => note(defects, "a line within the header is no field"),
            Step::End { body: at, separated } => {
                if !separated {
                    note(defects, "no empty line between header and body");
                }
                body = at;
                break;
            }
        }
    }
    reader.close();
    Block { fields: reader.fields, body }
}

enum Step<'a> {
    Field(&'a [u8], &'a [u8]),
    Continue,
    Skip,
    End { body: usize, separated: bool },
}

/// What a line means, given whether a field stands before it.
fn step<'a>(raw: &[u8], line: &Line<'a>, begun: bool) -> Step<'a> {
    if line.text.is_empty() {
        return Step::End { body: line.next, separated: true };
    }
    if line.text.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
        return indented(raw, line, begun);
    }
    match split(line.text) {
        Some((name, value)) => Step::Field(name, value),
        // A boundary with a part's header behind it is not to be skipped: that part here has no
        // body.
        None if begun && !line.text.starts_with(b"--") && goes_on(raw, line.next) => Step::Skip,
        None => Step::End { body: line.start, separated: false },
    }
}

/// RFC 5322 §4.2 allows continuations of spaces only; but more often such a line was meant to be
/// empty.
fn indented<'a>(raw: &[u8], line: &Line<'a>, begun: bool) -> Step<'a> {
    let blank = line.text.iter().all(u8::is_ascii_whitespace);
    match (begun, blank) {
        (true, true) if !goes_on(raw, line.next) => Step::End { body: line.next, separated: true },
        (true, _) => Step::Continue,
        (false, _) => Step::End { body: line.start, separated: false },
    }
}

fn goes_on(raw: &[u8], at: usize) -> bool {
    line_at(raw, at).is_some_and(|line| {
        let indented = line.text.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        split(line.text).is_some() || indented && !line.text.trim_ascii().is_empty()
    })
}

/// Name and value of a field line. Boundary lines may hold a colon, so nothing that begins with
/// `--` is a field.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().take(NAME_MAX).position(|byte| *byte == b':')?;
    let written = line.get(..colon)?;
    let name = written.trim_ascii_end();
    let sound =
        !name.is_empty() && name.iter().all(u8::is_ascii_graphic) && !name.starts_with(b"--");
    // A server that removes forged verdicts may not know this one by such a name; it keeps it, so
    // that nobody believes it.
    let odd = name.eq_ignore_ascii_case(b"Authentication-Results") && name.len() < written.len();
    sound.then(|| (if odd { written } else { name }, line.get(colon + 1..).unwrap_or_default()))
}

struct Reader {
    fields: Vec<Field>,
    open: Option<(String, Vec<u8>)>,
    size: usize,
}

impl Reader {
    fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.open.is_none()
    }

    fn begin(&mut self, name: &[u8], value: &[u8], defects: &mut Vec<String>) {
        self.close();
        if self.fields.len() >= FIELDS_MAX {
            note(defects, "too many header fields, the rest was not read");
            return;
        }
        self.open = Some((String::from_utf8_lossy(name).into_owned(), Vec::new()));
        self.extend(value, defects);
    }

    /// Appends a line; each fold becomes one space, however the last relay has folded.
    fn extend(&mut self, line: &[u8], defects: &mut Vec<String>) {
        self.size += line.len();
        let Some((_, value)) = self.open.as_mut() else { return };
        if self.size > HEADER_MAX || value.len() > VALUE_MAX {
            note(defects, "header too large, a part of it was not read");
            return;
        }
        let line = line.trim_ascii();
        if !value.is_empty() && !line.is_empty() {
            value.push(b' ');
        }
        value.extend_from_slice(line);
    }

    fn close(&mut self) {
        if let Some((name, bytes)) = self.open.take() {
            let mut value = charset::eight_bit(&bytes);
            cut(&mut value, VALUE_MAX);
            self.fields.push(Field { name, value });
        }
    }
}
