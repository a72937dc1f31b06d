//! A mail as a signer saw it: raw fields and body. Stricter than the reader of mails: what could be
//! read otherwise is refused.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Bytes of a header block; an agent's answer has under twenty thousand.
const HEADER_MAX: usize = 64 * 1024;
/// Fields of a header block.
const FIELDS_MAX: usize = 500;
/// Fields that may stand once (RFC 5322 §3.6, RFC 2045): of two one is signed and the other is
/// read.
const ONCE: [&str; 13] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Date",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// A field as it stands.
pub(super) struct Piece<'a> {
    /// What is before the colon.
    pub name: &'a [u8],
    /// All behind the colon, folds and the last line end with it.
    pub value: &'a [u8],
}

impl Piece<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Fields and body.
pub(super) struct Letter<'a> {
    fields: Vec<Piece<'a>>,
    /// Everything behind the empty line.
    pub body: &'a [u8],
}

/// The mail with CRLF at all line ends, without the mbox line that some delivery agents put in
/// front. A CR alone is refused: verifiers drop it, and a reader might not.
pub(super) fn with_crlf(raw: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let mbox = raw.starts_with(b"From ") || raw.starts_with(b">From ");
    let line = if mbox {
        raw.iter().position(|byte| *byte == b'\n').map_or(raw.len(), |end| end + 1)
    } else {
        0
    };
    let raw = raw.get(line..).unwrap_or_default();
    let mut alone = 0usize;
    let mut before = 0u8;
    for byte in raw.iter().copied().chain([0]) {
        if before == b'\r' && byte != b'\n' {
            return Err("a line of it ends oddly".to_owned());
        }
        alone += usize::from(byte == b'\n' && before != b'\r');
        before = byte;
    }
    if alone == 0 {
        return Ok(Cow::Borrowed(raw));
    }
    let mut whole = Vec::with_capacity(raw.len() + alone);
    let mut before = 0u8;
    for byte in raw.iter().copied() {
        if byte == b'\n' && before != b'\r' {
            whole.push(b'\r');
        }
        whole.push(byte);
        before = byte;
    }
    Ok(Cow::Owned(whole))
}

impl<'a> Letter<'a> {
    /// Takes a mail with CRLF apart.
    pub(super) fn split(raw: &'a [u8]) -> Result<Self, String> {
        let mut fields: Vec<(usize, usize, usize)> = Vec::new();
        let mut at = 0;
        loop {
            let rest = raw.get(at..HEADER_MAX.min(raw.len())).unwrap_or_default();
            let end = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .ok_or("its header is too long or has no end")?;
            let next = at + end + 1;
            let line = rest.get(..=end).unwrap_or_default();
            match (line, fields.last_mut()) {
                (b"\r\n", _) => break,
                ([b' ' | b'\t', ..], Some(open)) if !line.trim_ascii().is_empty() => open.2 = next,
                _ => fields.push((
                    at,
                    at + colon(line).ok_or("a line of its header is no field")?,
                    next,
                )),
            }
            at = next;
        }
        if fields.len() > FIELDS_MAX {
            return Err("it has too many fields".to_owned());
        }
        let piece = |(start, colon, end): (usize, usize, usize)| Piece {
            name: raw.get(start..colon).unwrap_or_default(),
            value: raw.get(colon + 1..end).unwrap_or_default(),
        };
        let letter = Self {
            fields: fields.into_iter().map(piece).collect(),
            body: raw.get(at + 2..).unwrap_or_default(),
        };
        match ONCE.iter().find(|name| letter.all(name).nth(1).is_some()) {
            Some(name) => Err(format!("it has several {name} fields")),
            None => Ok(letter),
        }
    }

    /// All fields of that name, from the top.
    pub(super) fn all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b Piece<'a>> {
        self.fields.iter().filter(move |field| field.is(name))
    }

    /// The fields that an `h=` means: for each name the lowest that was not taken yet, or none (RFC
    /// 6376 §5.4.2).
    pub(super) fn chosen<'b>(&'b self, names: &[String]) -> Vec<&'b Piece<'a>> {
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let mut chosen = Vec::new();
        for name in names {
            let count = taken.entry(name.to_ascii_lowercase()).or_default();
            chosen.extend(self.fields.iter().rev().filter(|field| field.is(name)).nth(*count));
            *count += 1;
        }
        chosen
    }
}

/// Where the name of a field line ends. What our own reader of mails would not take for a field is
/// none here.
fn colon(line: &[u8]) -> Option<usize> {
    const NAME_MAX: usize = 127;
    let colon = line.iter().take(NAME_MAX).position(|byte| *byte == b':')?;
    let name = line.get(..colon)?;
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic) && !name.starts_with(b"--"))
        .then_some(colon)
}
