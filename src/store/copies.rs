//! Copies of answers that are owed to a folder of the mail account: one for each answer, of the
//! mail that its first recipient got.
//!
//! A try is counted before it is made, so that whoever finds one counted looks first whether the
//! copy is there already.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::outbox::{COMPOSED_MAX, thaw};
use super::rows::Columns;
use super::{Error, Result, Tx, rows, unpack};
use crate::mail::compose::Composed;
use crate::mail::{MessageId, OutboxId};
use crate::time::Timestamp;

/// A copy that is due.
#[derive(Clone, Copy, Debug)]
pub struct Owed {
    /// The answer.
    pub entry: i64,
    /// Tries that were begun before.
    pub tries: u32,
    /// When the mail was accepted.
    pub owed_at: Timestamp,
}

/// The relay took a mail: if it is an answer, a copy of it is owed. Of an answer to several the
/// first of them counts, whoever's is accepted first.
pub fn owe(tx: Tx<'_>, id: OutboxId, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO sent_copies (entry, outbox, owed_at, due_at, tries, words, done_at)
               SELECT entry, id, ?2, ?2, 0, NULL, NULL FROM outbox WHERE id = ?1 AND kind = 'reply' AND entry IS NOT NULL
               ON CONFLICT (entry) DO UPDATE SET outbox = min(outbox, excluded.outbox) WHERE tries = 0";
    rows::put(tx, sql, params![id, now])
}

/// The next copy to make: such as were never tried come first. It waits while the same answer is on
/// its way to somebody who comes before. What is due later than in `longest` was put off by a clock
/// that was wrong.
pub fn next(connection: &Connection, longest: Duration, now: Timestamp) -> Result<Option<Owed>> {
    let sql = "SELECT copy.entry AS entry, tries, owed_at FROM sent_copies AS copy JOIN outbox AS mail ON mail.id = copy.outbox
               WHERE done_at IS NULL AND (copy.due_at <= ?1 OR copy.due_at > ?2) AND NOT EXISTS (
                   SELECT 1 FROM outbox AS before WHERE before.ticket = mail.ticket AND before.entry = copy.entry AND before.kind = 'reply'
                   AND before.id < copy.outbox AND before.state IN ('queued', 'sending', 'unknown'))
               ORDER BY tries, copy.entry LIMIT 1";
    rows::first(connection, sql, params![now, now.plus(longest)], |row| {
        Ok(Owed {
            entry: row.get("entry")?,
            tries: row.get("tries")?,
            owed_at: row.get("owed_at")?,
        })
    })
}

/// The mail that is copied: the id by which the copy is known again, and the bytes but for the
/// files.
pub fn mail(connection: &Connection, entry: i64) -> Result<(MessageId, Composed)> {
    let sql =
        "SELECT message_id, bytes FROM sent_copies JOIN outbox ON outbox.id = sent_copies.outbox
               JOIN outbox_bytes ON outbox_bytes.id = outbox.id WHERE sent_copies.entry = ?1";
    let read = |row: &Columns<'_>| Ok((row.get("message_id")?, row.get("bytes")?));
    let found: Option<(MessageId, Vec<u8>)> = rows::first(connection, sql, [entry], read)?;
    let missing =
        || Error::Damaged(format!("the answer of entry {entry} is missing in the outbox"));
    let (id, frame) = found.ok_or_else(missing)?;
    Ok((id, thaw(&unpack(&frame, COMPOSED_MAX)?)?))
}

/// Counts a try that is about to be made.
pub fn count_try(tx: Tx<'_>, entry: i64) -> Result<()> {
    rows::put(tx, "UPDATE sent_copies SET tries = tries + 1 WHERE entry = ?1", [entry])
}

/// It lies there.
pub fn done(tx: Tx<'_>, entry: i64, now: Timestamp) -> Result<()> {
    let sql = "UPDATE sent_copies SET done_at = ?2, words = NULL WHERE entry = ?1";
    rows::put(tx, sql, params![entry, now])
}

/// It could not be made: again then, or never.
pub fn failed(
    tx: Tx<'_>,
    entry: i64,
    words: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE sent_copies SET words = ?2, due_at = coalesce(?3, due_at), done_at = iif(?3 IS NULL, ?4, NULL) WHERE entry = ?1";
    rows::put(tx, sql, params![entry, words, again, now])
}

/// Whether a copy that is owed could not be made.
pub fn any_failed(connection: &Connection) -> Result<bool> {
    let sql = "SELECT 1 FROM sent_copies WHERE done_at IS NULL AND words IS NOT NULL LIMIT 1";
    rows::exists(connection, sql, [])
}

/// After the database was put back to an older state: what is owed there was copied most likely, so
/// it is looked for first.
pub fn doubt(tx: Tx<'_>) -> Result<()> {
    rows::put(tx, "UPDATE sent_copies SET tries = max(tries, 1) WHERE done_at IS NULL", [])
}

/// Nobody wants copies any more; what lies there stays. Gives how many are not made.
pub fn forget(tx: Tx<'_>) -> Result<usize> {
    rows::change(tx, "DELETE FROM sent_copies WHERE done_at IS NULL", [])
}
