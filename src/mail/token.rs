//! Our own Message-IDs: made from ticket, outbox row and recipient, sealed with the desk's key.
//!
//! `<ticket.row.seal@domain>`: a resend bears the same id because nothing in it is chance; a
//! stranger cannot make one because the seal is an HMAC-SHA-256, cut to 80 bits (2^80 guesses over
//! SMTP are none). Base32 in lower case survives servers that change the case of what they quote.

use ring::hmac;

use super::{Address, InboxId, MessageId, OutboxId, TicketNumber};

/// Bytes of the HMAC that are kept: 80 bits.
const SEAL_BYTES: usize = 10;
/// Bytes of the HMAC that make a one-time key: eight letters of five bits, typed on a phone. A few
/// tries are allowed for each, and a day.
const KEY_BYTES: usize = 5;
/// Letters of each of its two groups.
const KEY_GROUP: usize = 4;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The desk's secret, with which it knows its own Message-IDs.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(secret)")
    }
}

impl Key {
    /// Bytes of a key.
    pub const BYTES: usize = 32;

    /// A key from its stored bytes.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// By what this key is known again; it says nothing of the key.
    pub fn print(&self) -> String {
        let tag = hmac::sign(&self.0, b"which key this is");
        base32(tag.as_ref().get(..SEAL_BYTES).unwrap_or_default())
    }

    /// The Message-ID of an outbox row. Mails that concern no ticket have number 0.
    pub fn issue(
        &self,
        ticket: Option<TicketNumber>,
        row: OutboxId,
        recipient: &Address,
        domain: &str,
    ) -> Option<MessageId> {
        let token = Token { ticket, row };
        MessageId::parse(&format!(
            "{}.{}.{}@{domain}",
            token.number(),
            row.0,
            self.seal(token, recipient)
        ))
    }

    /// Whether that id was issued by this desk to that recipient. Case does not matter.
    pub fn is_genuine(&self, id: &MessageId, recipient: &Address) -> bool {
        let Some((token, seal)) = read(id) else { return false };
        let expected = self.seal(token, recipient);
        ring::digest::digest(&ring::digest::SHA256, expected.as_bytes()).as_ref()
            == ring::digest::digest(&ring::digest::SHA256, seal.to_ascii_lowercase().as_bytes())
                .as_ref()
    }

    /// The key as it must be typed: `abcd-efgh`.
    pub fn one_time(&self, mail: InboxId, agent: &Address) -> String {
        let (first, second) = self.key_groups(mail, agent);
        format!("{first}-{second}")
    }

    /// The key as the mail that asks for it shows it, its groups in the other order: no copy and no
    /// quotation of that mail is the key.
    pub fn one_time_shown(&self, mail: InboxId, agent: &Address) -> String {
        let (first, second) = self.key_groups(mail, agent);
        format!("{second} {first}")
    }

    /// Whether these words begin with a line that is that key and nothing else, in whatever case
    /// and grouping. Takes as long whether it is nearly right or not at all.
    pub fn opens(&self, mail: InboxId, agent: &Address, words: &str) -> bool {
        let line = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let given: String =
            line.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
        let (first, second) = self.key_groups(mail, agent);
        let expected = hmac::sign(&self.0, [first, second].concat().as_bytes());
        hmac::verify(&self.0, given.as_bytes(), expected.as_ref()).is_ok()
    }

    /// By what words are known again; it says nothing of them.
    pub fn mark(&self, words: &str) -> String {
        let tag = hmac::sign(&self.0, format!("known by.{words}").as_bytes());
        base32(tag.as_ref().get(..SEAL_BYTES).unwrap_or_default())
    }

    fn key_groups(&self, mail: InboxId, agent: &Address) -> (String, String) {
        let tag =
            hmac::sign(&self.0, format!("one-time key.{}.{}", mail.0, agent.key()).as_bytes());
        // Two groups that are alike would be the same in either order.
        let pairs = tag.as_ref().chunks_exact(KEY_BYTES).map(|bytes| {
            let letters = base32(bytes);
            let (first, second) = letters.split_at_checked(KEY_GROUP).unwrap_or((&letters, ""));
            (first.to_owned(), second.to_owned())
        });
        let mut pairs = pairs.filter(|(first, second)| first != second);
        pairs.next().unwrap_or_default()
    }

    fn seal(&self, token: Token, recipient: &Address) -> String {
        let text = format!("{}.{}.{}", token.number(), token.row.0, recipient.key());
        let tag = hmac::sign(&self.0, text.as_bytes());
        base32(tag.as_ref().get(..SEAL_BYTES).unwrap_or_default())
    }
}

/// What an id of ours claims; true only once [`Key::is_genuine`] has said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The ticket, if it concerns one.
    pub ticket: Option<TicketNumber>,
    /// The outbox row.
    pub row: OutboxId,
}

impl Token {
    /// Reads the claim of an id that has the form of ours.
    pub fn claimed(id: &MessageId) -> Option<Self> {
        read(id).map(|(token, _)| token)
    }

    fn number(self) -> i64 {
        self.ticket.map_or(0, |ticket| ticket.0)
    }
}

fn read(id: &MessageId) -> Option<(Token, &str)> {
    let (left, _) = id.as_str().split_once('@')?;
    let mut parts = left.split('.');
    let (number, row, seal) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || seal.len() != SEAL_BYTES * 8 / 5 {
        return None;
    }
    let number: i64 = number.parse().ok().filter(|n| *n >= 0)?;
    let row: i64 = row.parse().ok().filter(|n| *n > 0)?;
    let ticket = (number > 0).then_some(TicketNumber(number));
    Some((Token { ticket, row: OutboxId(row) }, seal))
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let index = usize::try_from((held >> bits) & 31).unwrap_or(0);
            text.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'a')));
        }
        held &= (1 << bits) - 1;
    }
    text
}
