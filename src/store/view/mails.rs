//! Mails that came, as `inbox` and `quarantine` show them.

use rusqlite::Connection;
use serde::Serialize;

use super::List;
use crate::desk::case::Outcome;
use crate::mail::{Authentication, InboxId};
use crate::store::Result;
use crate::store::rows::{self, Columns};
use crate::time::Timestamp;

/// A mail that was read, as stored; texts are read from its bytes by whoever shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InboxRow {
    /// Row id.
    pub id: i64,
    /// The server's mailbox; empty for the pipe.
    pub mailbox: String,
    /// UID, or null.
    pub uid: Option<i64>,
    /// Epoch of the UID, or null.
    pub uidvalidity: Option<i64>,
    /// When it was stored.
    pub arrived_at: Timestamp,
    /// Without brackets, or null.
    pub message_id: Option<String>,
    /// Of the bytes, in hexadecimal digits.
    pub sha256: String,
    /// Bytes of the whole mail.
    pub size: i64,
    /// The sender's bare address, or null.
    pub from: Option<String>,
    /// Decoded, or null.
    pub subject: Option<String>,
    /// Kind of writer.
    pub origin: Option<String>,
    /// `pass`, `fail`, `none`.
    pub authentication: Option<Authentication>,
    /// How it ended; null until decided.
    pub outcome: Option<Outcome>,
    /// Number of its ticket, or null.
    pub ticket: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// The same in a word that never changes, or null.
    pub code: Option<String>,
    /// Tries so far.
    pub attempts: i64,
}

/// Which mails are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// What waits for a person: quarantined, held and refused.
    Waiting,
    /// One.
    One(InboxId),
}

/// Mails that were read, oldest first.
pub fn inbox(connection: &Connection, which: Which) -> Result<List<InboxRow>> {
    let (condition, id) = match which {
        Which::All => ("?1 = ?1", InboxId(0)),
        Which::Waiting => ("?1 = ?1 AND outcome IN ('quarantine', 'held')", InboxId(0)),
        Which::One(id) => ("id = ?1", id),
    };
    let sql = [
        "SELECT id, mailbox, uid, uidvalidity, arrived_at, message_id, lower(hex(sha256)) AS sha256, size, from_address, subject, origin,
                authentication, outcome, ticket, reason, iif(outcome IS NULL, NULL, code) AS code, attempts FROM inbox WHERE ",
        condition,
        " ORDER BY id",
    ];
    rows::each(connection, &sql.concat(), [id], inbox_row).map(rows::sound)
}

fn inbox_row(row: &Columns<'_>) -> rusqlite::Result<InboxRow> {
    Ok(InboxRow {
        id: row.get("id")?,
        mailbox: row.get("mailbox")?,
        uid: row.get("uid")?,
        uidvalidity: row.get("uidvalidity")?,
        arrived_at: row.get("arrived_at")?,
        message_id: row.get("message_id")?,
        sha256: row.get("sha256")?,
        size: row.get("size")?,
        from: row.get("from_address")?,
        subject: row.get("subject")?,
        origin: row.get("origin")?,
        authentication: row.get("authentication")?,
        outcome: row.get("outcome")?,
        ticket: row.get("ticket")?,
        reason: row.get("reason")?,
        code: row.get("code")?,
        attempts: row.get("attempts")?,
    })
}
