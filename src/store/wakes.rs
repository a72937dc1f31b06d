//! What is to happen at a time: rows that the tick finds by a query, so there are no timers to
//! lose.

use rusqlite::{Connection, params};

use super::{Result, Tx};
use crate::desk::Wake;
use crate::desk::case::Woken;
use crate::mail::{Address, TicketNumber};
use crate::time::Timestamp;

/// Sets something to happen.
pub fn set(
    tx: Tx<'_>,
    number: TicketNumber,
    what: Wake,
    at: Timestamp,
    words: &str,
    agent: &Address,
) -> Result<()> {
    tx.prepare_cached("INSERT INTO wakes (ticket, kind, at, what, agent, done_at) VALUES (?1, ?2, ?3, ?4, ?5, NULL)")?.execute(params![
        number.0,
        what.as_str(),
        at.as_millis(),
        words,
        agent.as_str()
    ])?;
    Ok(())
}

/// Takes all of that sort off a ticket.
pub fn off(tx: Tx<'_>, number: TicketNumber, what: Wake, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "UPDATE wakes SET done_at = ?3 WHERE ticket = ?1 AND kind = ?2 AND done_at IS NULL",
    )?
    .execute(params![number.0, what.as_str(), now.as_millis()])?;
    Ok(())
}

/// Takes one off again that an agent set for that time.
pub fn off_one(
    tx: Tx<'_>,
    number: TicketNumber,
    what: Wake,
    at: Timestamp,
    agent: &Address,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE wakes SET done_at = ?5 WHERE ticket = ?1 AND kind = ?2 AND at = ?3 AND agent = ?4 AND done_at IS NULL";
    tx.prepare_cached(sql)?.execute(params![
        number.0,
        what.as_str(),
        at.as_millis(),
        agent.as_str(),
        now.as_millis()
    ])?;
    Ok(())
}

/// What is due now, oldest first, at most 100, with its row.
pub fn due(connection: &Connection, now: Timestamp) -> Result<Vec<(i64, TicketNumber, Woken)>> {
    let sql = "SELECT id, ticket, kind, what, agent FROM wakes WHERE done_at IS NULL AND at <= ?1 ORDER BY at, id LIMIT 100";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([now.as_millis()], |row| {
        let what = Wake::parse(&row.get::<_, String>(2)?).unwrap_or(Wake::Remind);
        let agent = Address::parse(&row.get::<_, String>(4)?);
        Ok((row.get(0)?, TicketNumber(row.get(1)?), Woken { what, words: row.get(3)?, agent }))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes that it has happened.
pub fn set_done(tx: Tx<'_>, id: i64, now: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE wakes SET done_at = ?2 WHERE id = ?1")?
        .execute(params![id, now.as_millis()])?;
    Ok(())
}
