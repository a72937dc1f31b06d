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

/// Tickets on which something is due now, the longest due first, at most 100.
pub fn tickets_due(connection: &Connection, now: Timestamp) -> Result<Vec<TicketNumber>> {
    let sql = "SELECT ticket FROM wakes WHERE done_at IS NULL AND at <= ?1 GROUP BY ticket ORDER BY min(at), min(id) LIMIT 100";
    rows::values(connection, sql, [now])
}

/// What is due on a ticket, oldest first, each with its row; one that is damaged stops none.
pub fn due(
    connection: &Connection,
    number: TicketNumber,
    now: Timestamp,
) -> Result<Vec<Result<(i64, Woken)>>> {
    let sql = "SELECT id, kind, what, agent FROM wakes WHERE done_at IS NULL AND ticket = ?1 AND at <= ?2 ORDER BY at, id";
    rows::each(connection, sql, params![number, now], |row| {
        let woken =
            Woken { what: row.get("kind")?, words: row.get("what")?, agent: row.get("agent")? };
        Ok((row.get("id")?, woken))
    })
}

/// Notes that it has happened.
pub fn set_done(tx: Tx<'_>, id: i64, now: Timestamp) -> Result<()> {
    rows::put(tx, "UPDATE wakes SET done_at = ?2 WHERE id = ?1", params![id, now])
}
