//! stub
use super::{Attachment, Inbound};

/// Reads a mail. Total: never fails; may panic only where mail-parser does, which `work` catches.
pub fn parse(raw: &[u8]) -> Inbound {
    let _ = raw;
    Inbound::default()
}

/// Reads only a header block, for mails too large to fetch.
pub fn parse_header(header: &[u8]) -> Inbound {
    parse(header)
}

/// The decoded bytes of a file of that mail; empty if the range does not lie within it.
pub fn content(raw: &[u8], attachment: &Attachment) -> Vec<u8> {
    let _ = (raw, attachment);
    Vec::new()
}
