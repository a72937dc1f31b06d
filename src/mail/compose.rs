//! stub
use super::{Address, InboxId, MessageId, Outgoing};
use crate::time::Timestamp;

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
    /// The base64 lines (76 characters, CRLF) of a file: the decoded range of that mail's raw bytes.
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
    let _ = (mail, sender, id, date);
    Composed { pieces: Vec::new() }
}

/// The whole mail; `raw` gives the bytes of an inbox row. CRLF only, ends with CRLF, not dot-stuffed.
pub fn assemble<E>(composed: &Composed, raw: impl FnMut(InboxId) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
    let _ = (composed, raw);
    Ok(Vec::new())
}
