//! Agents' mails that wait because nobody vouched for them: what is said of them, and when.

use super::rows::Columns;
use super::{Result, Tx, rows};
use crate::mail::{Address, InboxId, TicketNumber};
use crate::time::Timestamp;
use rusqlite::{Connection, named_params};
use std::time::Duration;

/// Most of one agent that are looked at: more are a flood, and are told by their number.
const MOST: i64 = 50;
/// Most senders that are looked at in one go.
const SENDERS_MAX: i64 = 100;

/// A held mail of which it is not certain who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its row.
    pub id: InboxId,
    /// The ticket that it is about.
    pub ticket: Option<TicketNumber>,
    /// Its subject, perhaps none.
    pub subject: Option<String>,
    /// When it came.
    pub arrived_at: Timestamp,
    /// Wrong keys that came for it.
    pub tries: i64,
    /// When its key was first sent, if it was.
    pub asked_at: Option<Timestamp>,
}

const WAITS: &str = "outcome = 'held' AND released = 0 AND coalesce(authentication, '') <> 'pass' AND held_until > :now";

/// Those of one sender, whose mails about them go to `registered`; oldest first.
pub fn of(
    connection: &Connection,
    sender: &Address,
    registered: &Address,
    now: Timestamp,
) -> Result<Vec<Waiting>> {
    // A key mail lists all that waited when it was made.
    let sql = [
        "SELECT id, ticket, subject, arrived_at, key_tries,
                (SELECT min(queued_at) FROM outbox WHERE recipient = :registered AND cause IN ('key', 'key-asked')
                    AND queued_at >= inbox.arrived_at) AS asked_at
         FROM inbox WHERE from_address = :sender AND ",
        WAITS,
        " ORDER BY id LIMIT :most",
    ]
    .concat();
    let values = named_params! {
        ":registered": registered, ":sender": sender, ":now": now, ":most": MOST
    };
    rows::all(connection, &sql, values, waiting)
}

fn waiting(row: &Columns<'_>) -> rusqlite::Result<Waiting> {
    Ok(Waiting {
        id: row.get("id")?,
        ticket: row.get("ticket")?,
        subject: row.get("subject")?,
        arrived_at: row.get("arrived_at")?,
        tries: row.get("key_tries")?,
        asked_at: row.get("asked_at")?,
    })
}

/// Whose mails wait.
pub fn senders(connection: &Connection, now: Timestamp) -> Result<Vec<String>> {
    let sql = ["SELECT DISTINCT from_address FROM inbox WHERE ", WAITS, " LIMIT :most"].concat();
    rows::values(connection, &sql, named_params! {":now": now, ":most": SENDERS_MAX})
}

/// The oldest of a sender of which nothing was said to `registered` since it is held; `held_for` is
/// how long mails are held.
pub fn untold(
    connection: &Connection,
    sender: &str,
    registered: &Address,
    held_for: Duration,
    now: Timestamp,
) -> Result<Option<InboxId>> {
    let sql = [
        "SELECT id FROM inbox WHERE from_address = :sender AND ",
        WAITS,
        " AND NOT EXISTS (SELECT 1 FROM outbox WHERE recipient = :registered AND cause IN ('key', 'held')
             AND (about = inbox.id OR queued_at > inbox.held_until - :held_for)) ORDER BY id LIMIT 1",
    ]
    .concat();
    let held_for = i64::try_from(held_for.as_millis()).unwrap_or(i64::MAX);
    let values = named_params! {
        ":sender": sender, ":registered": registered, ":now": now, ":held_for": held_for
    };
    rows::value(connection, &sql, values)
}

/// Decides about a held mail anew, as if it had just come.
pub fn ask_again(tx: Tx<'_>, id: InboxId) -> Result<()> {
    let sql = "UPDATE inbox SET outcome = NULL, reason = NULL, identity = NULL, attempts = 0, put_off = 0, not_before = NULL, held_until = NULL
               WHERE id = ?1 AND outcome = 'held' AND released = 0";
    rows::put(tx, sql, [id])
}
