//! S/MIME signed the opaque way (RFC 8551 §3.5.2): the mail lies within a CMS wrapper (RFC 5652
//! §5), nothing of it is encrypted. It is unwrapped, and no signature is looked at.
//!
//! Outlook writes definite lengths, streaming signers indefinite ones with the content in pieces;
//! both are read. Each level is walked once more than the one above it, so depth is bounded.

/// Elements within elements: CMS needs seven up to its content.
const DEPTH_MAX: usize = 16;

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const OCTETS_IN_PIECES: u8 = 0x24;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// The explicit tag of an optional content.
const CONTENT: u8 = 0xa0;

/// The mail within, if that is what the bytes wrap.
pub(super) fn content(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut outer = Elements(expect(&mut Elements(bytes), SEQUENCE)?);
    if expect(&mut outer, OID)? != SIGNED_DATA {
        return None;
    }
    let mut signed = Elements(expect(&mut Elements(expect(&mut outer, CONTENT)?), SEQUENCE)?);
    expect(&mut signed, INTEGER)?;
    expect(&mut signed, SET)?;
    let mut within = Elements(expect(&mut signed, SEQUENCE)?);
    expect(&mut within, OID)?;
    let content = Elements(expect(&mut within, CONTENT)?).next(0)?;
    let mut out = Vec::new();
    octets(&content, 0, &mut out)?;
    Some(out)
}

struct Element<'a> {
    tag: u8,
    body: &'a [u8],
}

/// Elements side by side, read from the front.
struct Elements<'a>(&'a [u8]);

fn expect<'a>(elements: &mut Elements<'a>, tag: u8) -> Option<&'a [u8]> {
    elements.next(0).filter(|element| element.tag == tag).map(|element| element.body)
}

impl<'a> Elements<'a> {
    fn next(&mut self, depth: usize) -> Option<Element<'a>> {
        let [tag, first, ..] = *self.0 else { return None };
        let rest = self.0.get(2..)?;
        // Tags of several bytes stand nowhere in CMS.
        if tag & 0x1f == 0x1f || depth > DEPTH_MAX {
            return None;
        }
        let (body, after) = match first {
            0x80 => until_end(rest, depth)?,
            short if short < 0x80 => rest.split_at_checked(usize::from(short))?,
            long => {
                let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                let add = |sum: usize, byte: &u8| {
                    sum.checked_mul(256).and_then(|sum| sum.checked_add(usize::from(*byte)))
                };
                let length = length.iter().try_fold(0, add)?;
                // What was cut on its way is read as far as it came.
                rest.split_at_checked(length).unwrap_or((rest, &[]))
            }
        };
        self.0 = after;
        Some(Element { tag, body })
    }
}

/// The elements before an end mark, and what follows it.
fn until_end(bytes: &[u8], depth: usize) -> Option<(&[u8], &[u8])> {
    let mut elements = Elements(bytes);
    loop {
        let read = bytes.len() - elements.0.len();
        match elements.0 {
            [0, 0, rest @ ..] => return Some((bytes.get(..read)?, rest)),
            [] => return Some((bytes, &[])),
            _ => elements.next(depth + 1).map(|_| ())?,
        }
    }
}

fn octets(element: &Element<'_>, depth: usize, out: &mut Vec<u8>) -> Option<()> {
    match element.tag {
        OCTETS => out.extend_from_slice(element.body),
        OCTETS_IN_PIECES if depth <= DEPTH_MAX => {
            let mut pieces = Elements(element.body);
            while !pieces.0.is_empty() {
                octets(&pieces.next(0)?, depth + 1, out)?;
            }
        }
        _ => return None,
    }
    Some(())
}
