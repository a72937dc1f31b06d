//! What a mail that came made go out.

use rusqlite::Connection;

use crate::mail::{InboxId, OutboxId};
use crate::store::Result;
use crate::time::Timestamp;

/// A mail to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caused {
    /// Why it goes.
    pub kind: String,
    /// To whom.
    pub recipient: String,
    /// How far it is.
    pub state: String,
    /// When it is tried; `None` if it is not any more.
    pub next_attempt_at: Option<Timestamp>,
}

/// The newest row so far.
pub fn newest_row(connection: &Connection) -> Result<OutboxId> {
    let sql = "SELECT coalesce(max(id), 0) FROM outbox";
    Ok(OutboxId(connection.query_row(sql, [], |row| row.get(0))?))
}

/// Mails since that row that carry what that mail said, tell of it, or answer it; oldest first.
pub fn caused(connection: &Connection, id: InboxId, since: OutboxId) -> Result<Vec<Caused>> {
    let mut statement = connection.prepare(
        "SELECT kind, recipient, iif(withdrawn_at IS NULL, state, 'withdrawn') AS state, due_at FROM outbox
         WHERE id > ?2 AND (by_mail = ?1 OR about = ?1 OR entry IN (SELECT id FROM entries WHERE inbox = ?1)) ORDER BY id",
    )?;
    let rows = statement.query_map([id.0, since.0], |row| {
        let state: String = row.get("state")?;
        let waits = state == "queued" || state == "unknown";
        let due: i64 = row.get("due_at")?;
        Ok(Caused {
            kind: row.get("kind")?,
            recipient: row.get("recipient")?,
            state,
            next_attempt_at: waits.then_some(Timestamp::from_millis(due)),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
