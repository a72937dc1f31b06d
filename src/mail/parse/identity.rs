//! What makes a mail this mail (I4): the same bytes by another way, with other trace headers and
//! line ends, are the same mail; any other byte of the body makes another.

use super::lines::lines;
use crate::mail::Field;
use ring::digest::{Context, SHA256};

/// The fields that the sender wrote and no relay changes, in the order in which they are taken.
const FIELDS: [&str; 10] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "content-type",
    "content-transfer-encoding",
];

/// Bytes hashed at a time.
const BITE: usize = 16 * 1024;

/// SHA-256 over those fields and the body. Lengths stand before values, so that no two field lists
/// read the same.
pub(super) fn identity(fields: &[Field], body: &[u8]) -> [u8; 32] {
    let mut hash = Context::new(&SHA256);
    for name in FIELDS {
        for field in fields.iter().filter(|field| field.is(name)) {
            hash.update(format!("{name}:{}:", field.value.len()).as_bytes());
            hash.update(field.value.as_bytes());
        }
    }
    hash.update(b"\n\n");
    let ends = body.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let body = body.get(..body.len() - ends).unwrap_or_default();
    // Gathered before hashing: a line is too small a bite.
    let mut bite = Vec::with_capacity(2 * BITE);
    for line in lines(body, 0) {
        let whole = body.get(line.start..line.next).unwrap_or_default();
        bite.extend_from_slice(line.text);
        bite.extend_from_slice(if whole.ends_with(b"\n") {
            b"\n"
        } else {
            whole.get(line.text.len()..).unwrap_or_default()
        });
        if bite.len() >= BITE {
            hash.update(&bite);
            bite.clear();
        }
    }
    hash.update(&bite);
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(hash.finish().as_ref()) {
        *to = *from;
    }
    out
}
