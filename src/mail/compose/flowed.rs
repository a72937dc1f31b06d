//! `format=flowed` (RFC 3676): each paragraph is one line, however long, and every client wraps it
//! to the width that it has. Gmail, Outlook and K-9 put no soft breaks together again, so there are
//! none; what remains of the format is that clients which know it may wrap quotes by their marks,
//! and that nothing here is read as a quote, a break or a signature that is none.

/// A line that is longer is looked at letter by letter.
const PLAIN_MAX: usize = 76;

/// Deepest quotation that is known as one.
const DEPTH_MAX: usize = 20;

/// The line above a signature; its blank is no soft break (RFC 3676 §4.3).
const SIGNATURE: &str = "-- ";

/// Makes a text of `\n` lines one of CRLF lines, which ends with one.
///
/// Lines that begin with `> ` are quotes and stay ones, at their depth. Blanks at the end of lines
/// go, for they would mean something. Control characters but tabs are left out.
pub(super) fn flow(text: &str) -> String {
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
        push_line(&">".repeat(depth), trim(content), &mut out);
    }
    out
}

/// Whether a line goes as it is, but for blanks at its end: most lines do.
fn is_plain(line: &str) -> bool {
    line.len() < PLAIN_MAX
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
