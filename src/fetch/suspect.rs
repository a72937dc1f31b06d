//! Mails that alone cannot be had: when they are asked for again.
//!
//! What the server fails at is never held against a mail: failures count only while others come,
//! and however many there were, it is tried on and on.

use std::time::Duration;

/// A mail that could not be had alone waits so long, then four times as long at each failure …
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// … up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// A mail whose FETCH failed though nothing else was asked for.
#[derive(Debug)]
pub(super) struct Suspect {
    /// Failures with another mail had in between: while none can be had, it is the server.
    pub(super) failures: u32,
    /// Not asked for before.
    pub(super) again: tokio::time::Instant,
    /// Another mail was had since the last failure.
    pub(super) others_came: bool,
}

impl Default for Suspect {
    fn default() -> Self {
        Self { failures: 0, again: tokio::time::Instant::now(), others_came: true }
    }
}

impl Suspect {
    pub(super) fn failed(&mut self) {
        self.failures += u32::from(self.others_came);
        self.others_came = false;
        let longer = 4_u32.saturating_pow(self.failures.saturating_sub(1));
        let wait = FIRST_WAIT.saturating_mul(longer).min(LONGEST_WAIT);
        self.again = tokio::time::Instant::now() + wait;
    }
}
