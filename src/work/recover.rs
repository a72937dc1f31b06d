//! What is put right at start: numbers, rows that were being sent, a database that is older than
//! what it had sent.

use std::path::Path;

use crate::store::marks::{self, Restored};
use crate::store::{self, Tx, outbox, problems};
use crate::time::Timestamp;

/// Puts right what the last end left; gives how many rows were being sent.
pub fn recover(tx: Tx<'_>, numbers: &Path, now: Timestamp) -> store::Result<usize> {
    if marks::raise(tx, numbers)? == Restored::Yes {
        store::set_state(tx, store::RESTORED, "yes")?;
        let waited = outbox::set_perhaps_sent(tx, now)?;
        tracing::warn!(waited, "the database was put back to an older state");
        let what = "The database was put back to an older state".to_owned();
        let advice = "mail that came since is taken from the mailbox again, and nobody is answered a second time; agents' answers of that \
                      time are written down and not sent again, and of answers that waited then their writers are asked: look through \
                      `postdesk list`";
        problems::raise(tx, "restored", &what, advice, now)?;
    }
    outbox::recover(tx, now)
}
