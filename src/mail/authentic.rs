//! stub
use super::{Address, Authentication, Field};
use crate::config::Trust;

/// What is believed about the sender, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Pass, fail or none (S1).
    pub result: Authentication,
    /// Whether it is strong enough for an agent: a trusted dmarc=pass, or auth=pass with the aligned address.
    pub agent: bool,
    /// In words, for `inbox` and notices.
    pub reason: String,
}

/// Judges the sender by the fields of the mail (RFC 8601, RELIABILITY S1).
pub fn judge(fields: &[Field], sender: &Address, trust: &Trust) -> Verdict {
    let _ = (fields, sender, trust);
    Verdict { result: Authentication::None, agent: false, reason: String::new() }
}
