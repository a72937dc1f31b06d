//! What is to happen at a time: rows that the tick finds by a query, so there are no timers to
//! lose.

use rusqlite::{Connection, params};

use super::{Result, Tx, rows};
use crate::desk::Wake;
use crate::desk::known::Woken;
use crate::mail::{Address, TicketNumber};
use crate::time::Timestamp;

/// What is to happen on a ticket, when, and who wants it.
type Wanted<'a> = (TicketNumber, Wake, Timestamp, &'a Address);

/// Sets something to happen.
pub fn set(tx: Tx<'_>, (number, what, at, agent): Wanted<'_>, words: &str) -> Result<()> {
    let sql = "INSERT INTO wakes (ticket, kind, at, what, agent, done_at) VALUES (?1, ?2, ?3, ?4, ?5, NULL)";
    rows::put(tx, sql, params![number, what, at, words, agent])
}

/// Takes all of that sort off a ticket.
pub fn off(tx: Tx<'_>, number: TicketNumber, what: Wake, now: Timestamp) -> Result<()> {
    let sql = "UPDATE wakes SET done_at = ?3 WHERE ticket = ?1 AND kind = ?2 AND done_at IS NULL";
    rows::put(tx, sql, params![number, what, now])
}

/// Takes one off again that an agent set for that time.
pub fn off_one(tx: Tx<'_>, (number, what, at, agent): Wanted<'_>, now: Timestamp) -> Result<()> {
    let sql = "UPDATE wakes SET done_at = ?5 WHERE ticket = ?1 AND kind = ?2 AND at = ?3 AND agent = ?4 AND done_at IS NULL";
    rows::put(tx, sql, params![number, what, at, agent, now])
}

/// What is due now, oldest first, at most 100, with its row; one that is damaged stops none.
pub fn due(
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<Result<(i64, TicketNumber, Woken)>>> {
    let sql = "SELECT id, ticket, kind, what, agent FROM wakes WHERE done_at IS NULL AND at <= ?1 ORDER BY at, id LIMIT 100";
    rows::each(connection, sql, [now], |row| {
        let woken =
            Woken { what: row.get("kind")?, words: row.get("what")?, agent: row.get("agent")? };
        Ok((row.get("id")?, row.get("ticket")?, woken))
    })
}

/// Notes that it has happened.
pub fn set_done(tx: Tx<'_>, id: i64, now: Timestamp) -> Result<()> {
    rows::put(tx, "UPDATE wakes SET done_at = ?2 WHERE id = ?1", params![id, now])
}
