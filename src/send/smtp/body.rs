//! A mail in the form that DATA wants: checked, dot-stuffed, with its final dot. No other bytes are
//! ever sent as one.

/// Bytes given to the network at once: each such block has its own deadline.
const BLOCK: usize = 64 * 1024;

/// A mail ready for the wire. That one exists is the proof that it holds no bare CR or LF.
#[derive(Debug)]
pub(super) struct Body {
    wire: Vec<u8>,
    size: usize,
    eight_bit: bool,
}

impl Body {
    /// Checks and dot-stuffs a mail; an error is the sentence why it is not sent.
    ///
    /// Some servers take a bare CR or LF for an end of line, so that a mail could end early and the
    /// rest be taken for commands: SMTP smuggling, and RUSTSEC-2026-0561. Here is the last place
    /// where that can be stopped.
    pub(super) fn of(mail: &[u8]) -> Result<Self, String> {
        let mut wire = Vec::with_capacity(mail.len() + mail.len() / 64 + 5);
        let mut rest = mail;
        while !rest.is_empty() {
            let end = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
            let (text, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            if !tail.is_empty() && !tail.starts_with(b"\r\n") {
                return Err("the mail holds a bare CR or LF and was not sent: a server could read it as two mails".to_owned());
            }
            if text.starts_with(b".") {
                wire.push(b'.');
            }
            wire.extend_from_slice(text);
            wire.extend_from_slice(b"\r\n");
            rest = tail.get(2..).unwrap_or_default();
        }
        wire.extend_from_slice(b".\r\n");
        Ok(Self { wire, size: mail.len(), eight_bit: !mail.is_ascii() })
    }

    /// Bytes of the mail, as SIZE (RFC 1870) counts them.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether it needs 8BITMIME.
    pub(super) fn is_eight_bit(&self) -> bool {
        self.eight_bit
    }

    /// The bytes in portions; the last one ends with the final dot.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &[u8]> {
        self.wire.chunks(BLOCK)
    }
}
