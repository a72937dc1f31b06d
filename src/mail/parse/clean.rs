//! What no text of ours may hold: control characters, characters that hide or turn the text around,
//! odd spaces.

/// A text in one line: every control character and run of spaces is one space, invisible characters
/// are gone.
pub(super) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '!'..='~' => out.push(c),
            _ if c.is_control() || is_space(c) => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ if is_hidden(c, &out) => {}
            _ => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A text of several lines: `\n` ends, no trailing spaces but those of the signature's `-- ` (RFC
/// 3676 §4.3), no blank lines before or behind.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ' '..='~' => out.push(c),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                end_line(&mut out)
            }
            '\t' => out.push('\t'),
            _ if c.is_control() => {}
            _ if is_space(c) => out.push(' '),
            _ if is_hidden(c, &out) => {}
            _ => out.push(c),
        }
    }
    end_line(&mut out);
    let blank = out.len() - out.trim_start_matches('\n').len();
    out.drain(..blank);
    out.truncate(out.trim_end_matches('\n').len());
    out
}

/// Ends the last line: trims it, unless it is a signature delimiter, quoted or not.
fn end_line(out: &mut String) {
    let begin = out.rfind('\n').map_or(0, |at| at + 1);
    let line = out.get(begin..).unwrap_or_default();
    let delimiter = line.ends_with(' ') && line.trim_start_matches(['>', ' ']) == "-- ";
    if !delimiter {
        let length = line.trim_end().len();
        out.truncate(begin + length);
    }
    out.push('\n');
}

/// Spaces that are not the plain one: NBSP, the typographic ones, the ideographic one.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}')
}

/// Characters that cannot be seen: marks of direction, soft hyphens, byte order marks, zero widths.
/// Joiners stay where scripts and emoji need them, behind a visible character that is not ASCII.
fn is_hidden(c: char, before: &str) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' => !before
            .chars()
            .next_back()
            .is_some_and(|last| !last.is_ascii() && !matches!(last, '\u{200c}' | '\u{200d}')),
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{feff}' => true,
        '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}
