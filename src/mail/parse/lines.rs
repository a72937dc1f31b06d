//! Lines of raw bytes: LF or CRLF, mixed as it comes, and the last one may lack its end.

/// One line and where it lies.
pub(super) struct Line<'a> {
    /// Offset of its first byte.
    pub start: usize,
    /// Its bytes without the line end.
    pub text: &'a [u8],
    /// Offset of the line after it.
    pub next: usize,
}

/// The line that begins at `at`; `None` at the end.
pub(super) fn line_at(raw: &[u8], at: usize) -> Option<Line<'_>> {
    let rest = raw.get(at..).filter(|rest| !rest.is_empty())?;
    let (text, length) = match memchr::memchr(b'\n', rest) {
        Some(end) => (rest.get(..end).unwrap_or_default(), end + 1),
        None => (rest, rest.len()),
    };
    Some(Line { start: at, text: text.strip_suffix(b"\r").unwrap_or(text), next: at + length })
}

/// All lines from `at` on.
pub(super) fn lines(raw: &[u8], at: usize) -> impl Iterator<Item = Line<'_>> {
    let mut at = at;
    std::iter::from_fn(move || {
        let line = line_at(raw, at)?;
        at = line.next;
        Some(line)
    })
}

/// The bytes of that range, or none.
pub(super) fn slice(raw: &[u8], range: std::ops::Range<usize>) -> &[u8] {
    raw.get(range).unwrap_or_default()
}

/// Notes what was broken, once.
pub(super) fn note(defects: &mut Vec<String>, what: &str) {
    if !defects.iter().any(|known| known == what) {
        defects.push(what.to_owned());
    }
}

/// Shortens a text to at most `max` bytes, never within a character; tells whether it did.
pub(super) fn cut(text: &mut String, max: usize) -> bool {
    if text.len() <= max {
        return false;
    }
    text.truncate((0..=max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
    true
}
