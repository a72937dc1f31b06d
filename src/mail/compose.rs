//! From an [`Outgoing`] to the exact bytes that go over the wire; the headers that stop loops are
//! put here.
//!
//! Policy: the bytes are fixed when the mail is decided, so that a second try sends the same mail;
//! hence nothing here is chance, and the boundary of parts is made from the Message-ID. Only
//! text/plain is written, a paragraph one line; what goes over the wire is 7-bit with lines far
//! below 998, for any relay. Whatever was given, no value can begin a header line of its own: values are cleaned of
//! control characters first, and mail-builder encodes what is left. Files are not copied: they stay
//! ranges of the mail that brought them until [`assemble`].

mod encode;
mod file;
mod flowed;
mod header;

use super::{Address, Attachment, Enclosure, Encoding, InboxId, MessageId, Outgoing, parse};
use crate::time::Timestamp;

/// Longest line of the text that goes as it is: RFC 5322 §2.1.1 wants 78. Longer ones go
/// quoted-printable.
const PLAIN_LINE_MAX: usize = 78;

/// Who sends.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The desk's address, the only one that ever stands in From.
    pub address: &'a Address,
}

/// A mail with its bytes fixed, but for the files, which are read from where they lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// What goes over the wire, in order.
    pub pieces: Vec<Piece>,
}

/// A run of a composed mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The base64 lines (76 characters, CRLF) of a file: the decoded range of that mail's raw
    /// bytes.
    File {
        /// The mail that holds it.
        source: InboxId,
        /// Where in it; see [`super::Attachment`].
        offset: usize,
        /// Bytes of the encoded body.
        length: usize,
        /// How that range is encoded.
        encoding: super::Encoding,
    },
}

/// Makes the bytes of a mail. `date` is the Date field; the id is ours.
pub fn compose(mail: &Outgoing, sender: Sender<'_>, id: &MessageId, date: Timestamp) -> Composed {
    let mut bytes = header::of(mail, sender, id, date);
    let text = flowed::flow(&mail.text);
    if mail.enclosures.is_empty() {
        bytes.extend_from_slice(&text_part(text));
        return Composed { pieces: vec![Piece::Bytes(bytes)] };
    }
    let boundary = boundary(id);
    bytes.extend_from_slice(
        format!(
            "Content-Type: multipart/mixed;\r\n boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"
        )
        .as_bytes(),
    );
    bytes.extend_from_slice(&text_part(text));
    let mut pieces = Vec::new();
    for (number, enclosure) in (1..).zip(&mail.enclosures) {
        bytes.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        bytes.extend_from_slice(&file::header(&enclosure.attachment, number));
        pieces.push(Piece::Bytes(std::mem::take(&mut bytes)));
        pieces.push(piece_of(enclosure));
    }
    pieces.push(Piece::Bytes(format!("--{boundary}--\r\n").into_bytes()));
    Composed { pieces }
}

/// The whole mail; `raw` gives the bytes of an inbox row. CRLF only, ends with CRLF, not
/// dot-stuffed.
pub fn assemble<E>(
    composed: &Composed,
    mut raw: impl FnMut(InboxId) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    let mut mail = Vec::new();
    // Files of one mail come one after the other: it is read once for all of them.
    let mut held: Option<(InboxId, Vec<u8>)> = None;
    for piece in &composed.pieces {
        match piece {
            Piece::Bytes(bytes) => mail.extend_from_slice(bytes),
            Piece::File { source, offset, length, encoding } => {
                let (row, bytes) = match held.take() {
                    Some(same) if same.0 == *source => same,
                    _ => (*source, raw(*source)?),
                };
                let decoded = parse::content(&bytes, &range(*offset, *length, *encoding));
                encode::base64(&decoded, &mut mail);
                held = Some((row, bytes));
            }
        }
    }
    Ok(mail)
}

/// Header and body of the text: as it is where every relay will leave it alone, else
/// quoted-printable.
fn text_part(text: String) -> Vec<u8> {
    // `=_` begins our boundary; quoted-printable cannot hold it.
    let plain = text.is_ascii()
        && !text.contains("=_")
        && text.split("\r\n").all(|line| line.len() <= PLAIN_LINE_MAX);
    let encoding = if plain { "7bit" } else { "quoted-printable" };
    let mut part = format!(
        "Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    );
    if plain {
        part.push_str(&text);
    } else {
        encode::quoted_printable(&text, &mut part);
    }
    part.into_bytes()
}

/// A line that stands in no part: base64 has no `=_`, and [`text_part`] sees to it that the text
/// has none.
fn boundary(id: &MessageId) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, id.as_str().as_bytes());
    let name: String = digest.as_ref().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("=_{name}")
}

fn piece_of(enclosure: &Enclosure) -> Piece {
    let Attachment { offset, length, encoding, .. } = enclosure.attachment;
    Piece::File { source: enclosure.source, offset, length, encoding }
}

fn range(offset: usize, length: usize, encoding: Encoding) -> Attachment {
    Attachment {
        name: None,
        content_type: String::new(),
        size: 0,
        content_id: None,
        offset,
        length,
        encoding,
    }
}
