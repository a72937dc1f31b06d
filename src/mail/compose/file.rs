//! The header of an enclosed file. Name and type were chosen by a stranger: they are shown to
//! people, and obeyed by nobody.

use mail_builder::headers::Header;
use mail_builder::headers::content_type::ContentType;

use crate::mail::Attachment;

/// Longest name in characters: file systems end at 255 bytes.
const NAME_MAX: usize = 150;

/// Longest ending that is kept when a name is cut: it tells the reader's machine what the file is.
const ENDING_MAX: usize = 20;

/// Longest type; RFC 6838 §4.2 allows 127 for each half.
const TYPE_MAX: usize = 120;

const UNKNOWN: &str = "application/octet-stream";

/// Endings for files without a name, or nobody's machine could open them: what cameras and clients
/// send unnamed.
const ENDINGS: [(&str, &str); 8] = [
    ("application/pdf", ".pdf"),
    ("image/gif", ".gif"),
    ("image/jpeg", ".jpg"),
    ("image/png", ".png"),
    ("image/webp", ".webp"),
    ("text/calendar", ".ics"),
    ("text/html", ".html"),
    ("text/plain", ".txt"),
];

/// Header block of the part, with its empty line. `number` names a file that has no name.
pub(super) fn header(attachment: &Attachment, number: usize) -> Vec<u8> {
    let mut out = format!(
        "Content-Type: {}\r\nContent-Transfer-Encoding: base64\r\n",
        kind(&attachment.content_type)
    )
    .into_bytes();
    let field = b"Content-Disposition: ";
    out.extend_from_slice(field);
    ContentType::new("attachment")
        .attribute("filename", name(attachment, number))
        .write_header(&mut out, field.len());
    out.extend_from_slice(b"\r\n");
    out
}

/// The type, if it is one and makes no structure: a part of ours holds a file and never parts or a
/// mail.
fn kind(given: &str) -> &str {
    let token = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    match given.split_once('/') {
        Some(("multipart" | "message", _)) => UNKNOWN,
        Some((kind, subtype)) if token(kind) && token(subtype) && given.len() <= TYPE_MAX => given,
        _ => UNKNOWN,
    }
}

fn name(attachment: &Attachment, number: usize) -> String {
    let given = attachment.name.as_deref().unwrap_or_default();
    let cleaned: String = given
        .chars()
        .filter(|c| !is_hidden(*c))
        .map(|c| if matches!(c, '/' | '\\') { '_' } else { c })
        .collect();
    // Some clients decode encoded words even here, where they have no meaning.
    let cleaned = cleaned.replace("=?", "=_");
    let mut name = match cleaned.trim() {
        "" | "." | ".." => format!("file-{number}{}", ending(&attachment.content_type)),
        sound => sound.to_owned(),
    };
    if attachment.content_type.eq_ignore_ascii_case("message/rfc822")
        && !name.to_ascii_lowercase().ends_with(".eml")
    {
        name = format!("{}.eml", cut(&name, NAME_MAX - 4));
    }
    cut(&name, NAME_MAX)
}

fn ending(content_type: &str) -> &'static str {
    ENDINGS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(content_type))
        .map_or("", |(_, ending)| ending)
}

/// At most `most` characters; the ending stays.
fn cut(name: &str, most: usize) -> String {
    let length = name.chars().count();
    if length <= most {
        return name.to_owned();
    }
    let ending = match name.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= ENDING_MAX => format!(".{ending}"),
        _ => String::new(),
    };
    let stem: String = name.chars().take(most.saturating_sub(ending.chars().count())).collect();
    stem + &ending
}

/// Control characters, and the marks that turn text around: `exe.fdp` must not be shown as
/// `pdf.exe` backwards.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
