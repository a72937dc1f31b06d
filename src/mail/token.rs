//! Our own Message-IDs: made from ticket, outbox row and recipient, sealed with the desk's key.
//!
//! `<ticket.row.seal@domain>`: a resend bears the same id because nothing in it is chance; a
//! stranger cannot make one because the seal is an HMAC-SHA-256, cut to 80 bits (2^80 guesses over
//! SMTP are none). Base32 in lower case survives servers that change the case of what they quote.

use ring::hmac;

use super::{Address, InboxId, MessageId, OutboxId, TicketNumber};

/// Bytes of the HMAC that are kept: 80 bits.
const SEAL_BYTES: usize = 10;
/// Bytes of the HMAC that make a one-time key: 30 letters of five bits.
const KEY_BYTES: usize = 19;
/// Letters of a one-time key, and of each of its groups.
const KEY_LETTERS: usize = 30;
const KEY_GROUP: usize = 5;
/// Letters and digits of a mail among which a key is looked for: it stands above the text.
const KEY_LOOKED_FOR: usize = 2_000;
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

    /// The one-time key to that mail for that agent, in groups; whoever asks sees to it that it
    /// opens but once.
    pub fn one_time(&self, mail: InboxId, agent: &Address) -> String {
        let letters: Vec<char> = self.key_letters(mail, agent).chars().collect();
        letters
            .chunks(KEY_GROUP)
            .map(|group| group.iter().collect())
            .collect::<Vec<String>>()
            .join("-")
    }

    /// Whether that key stands in those words, in whatever case and grouping: clients break lines
    /// and change hyphens. Takes as long whether it is nearly right or not at all.
    pub fn opens(&self, mail: InboxId, agent: &Address, words: &str) -> bool {
        let expected = self.key_letters(mail, agent);
        let letters =
            words.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
        let letters: Vec<u8> = letters.take(KEY_LOOKED_FOR).collect();
        let fits = |given: &[u8]| {
            hmac::verify(&self.0, expected.as_bytes(), hmac::sign(&self.0, given).as_ref()).is_ok()
        };
        letters.windows(KEY_LETTERS).filter(|given| fits(given)).count() > 0
    }

    /// Seals begin with a number, so no key is one of them.
    fn key_letters(&self, mail: InboxId, agent: &Address) -> String {
        let tag =
            hmac::sign(&self.0, format!("one-time key.{}.{}", mail.0, agent.key()).as_bytes());
        base32(tag.as_ref().get(..KEY_BYTES).unwrap_or_default())
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
