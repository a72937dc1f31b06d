//! Outbox to SMTP.

pub mod smtp;

use crate::mail::Address;
use crate::net::Fault;

/// Who is named to the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL FROM.
    pub from: Address,
    /// RCPT TO, the only one.
    pub to: Address,
}

/// What became of a mail that was handed over. What the other side says is an outcome, not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The relay took it: its words, cleaned.
    Accepted(String),
    /// Not now (4yz), or the connection broke before the final dot: safe to try again.
    Deferred(String),
    /// Never (5yz).
    Refused(String),
    /// No answer after the final dot: perhaps delivered.
    Unknown(String),
    /// The relay cannot be used at all just now: nothing of this mail was sent.
    Unreachable(Fault),
}

/// The seam to the relay: one connection, kept open between mails.
#[expect(async_fn_in_trait, reason = "one task runs all rims, so no future needs to be Send")]
pub trait Relay {
    /// Hands one mail to one recipient. `mail` is CRLF-clean and not dot-stuffed. Never waits for ever.
    async fn hand_over(&mut self, envelope: &Envelope, mail: &[u8]) -> Outcome;
    /// Says QUIT if a connection is open. Called when there has been nothing to send for a while.
    async fn rest(&mut self);
}
