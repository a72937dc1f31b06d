//! stub
use super::{Address, Inbound, MessageId, Origin};

/// What is known beforehand about ourselves.
#[derive(Clone, Debug)]
pub struct Ourselves<'a> {
    /// The desk's address.
    pub address: &'a Address,
    /// List-Ids under which the desk's own mail arrives; they make nobody a robot.
    pub own_lists: &'a [String],
}

/// Who wrote, and by which sign we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The kind of writer.
    pub origin: Origin,
    /// The sign, in words: `Auto-Submitted: auto-replied`.
    pub reason: String,
    /// For bounces: what was not delivered.
    pub bounce: Option<Bounce>,
}

/// A delivery report, in RFC 3464's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounce {
    /// One for each recipient it speaks of.
    pub recipients: Vec<Undelivered>,
    /// Message-ID of the mail that it speaks of.
    pub original: Option<MessageId>,
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// Whom it did not reach.
    pub recipient: Address,
    /// `true` for a final failure, `false` for a delay or anything else.
    pub failed: bool,
    /// Enhanced status such as `5.1.1`, empty if unknown.
    pub status: String,
    /// The server's words, cleaned, at most 500 characters.
    pub diagnostic: String,
}

/// Tells people from machines.
pub fn read(mail: &Inbound, ourselves: &Ourselves<'_>) -> Reading {
    let _ = (mail, ourselves);
    Reading { origin: Origin::Person, reason: String::new(), bounce: None }
}
