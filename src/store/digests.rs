//! What the mail in the morning tells, and for which days it was made.

use std::time::Duration;

use jiff::civil::Date;
use rusqlite::{Connection, params};

use super::columns::Json;
use super::rows::Columns;
use super::view::List;
use super::{Result, Tx, queries, rows};
use crate::desk::digest::{HeldMail, News, Rated, Refusal, Task};
use crate::desk::{Event, Survey};
use crate::mail::{Address, TicketNumber};
use crate::time::Timestamp;

/// So long it is remembered for which days one was made: longer than any clock is wrong.
const REMEMBERED: Duration = Duration::from_secs(400 * 86_400);
const DAY: Duration = Duration::from_secs(86_400);

/// Whether the digest of that day was made.
pub fn is_made(connection: &Connection, reader: &Address, day: Date) -> Result<bool> {
    let sql = "SELECT 1 FROM digests WHERE reader = ?1 AND day = ?2";
    rows::exists(connection, sql, params![reader, day.to_string()])
}

/// Writes down that it is, and that its reader knows what was put by for it.
pub fn set_made(tx: Tx<'_>, reader: &Address, day: Date, now: Timestamp) -> Result<()> {
    let old = "DELETE FROM digests WHERE reader = ?1 AND at < ?2";
    rows::put(tx, old, params![reader, now.minus(REMEMBERED)])?;
    let sql = "INSERT INTO digests (reader, day, at, seen)
               VALUES (?1, ?2, ?3, (SELECT coalesce(max(id), 0) FROM events)) ON CONFLICT DO NOTHING";
    rows::put(tx, sql, params![reader, day.to_string(), now])?;
    rows::change(tx, "DELETE FROM news WHERE reader = ?1", [reader])?;
    Ok(())
}

/// Puts something by until the next digest of that reader.
pub fn put_by(
    tx: Tx<'_>,
    reader: &Address,
    number: TicketNumber,
    words: &str,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO news (reader, ticket, at, words) VALUES (?1, ?2, ?3, ?4)";
    rows::put(tx, sql, params![reader, number, now, words])
}

/// What was put by for them and was not seen to since, the first first.
pub fn news(connection: &Connection, reader: &Address) -> Result<Vec<News>> {
    let sql = "SELECT news.ticket, news.at, news.words, tickets.subject FROM news
               JOIN tickets ON tickets.number = news.ticket
               WHERE news.reader = ?1
                 AND NOT (tickets.status IN ('solved', 'closed', 'spam') AND tickets.status_since > news.at)
               ORDER BY news.id";
    rows::all(connection, sql, [reader], |row| {
        let (ticket, subject) = (row.get("ticket")?, row.get("subject")?);
        Ok(News { ticket, subject, at: row.get("at")?, words: row.get("words")? })
    })
}

/// Tickets that the mail server's word made spam since the last digest of that reader, or within a
/// day if they had none: number, subject, requester.
pub fn spam(
    connection: &Connection,
    reader: &Address,
    now: Timestamp,
) -> Result<Vec<(TicketNumber, String, String)>> {
    spam_since(connection, last(connection, reader, now)?, now)
}

/// When the last digest of that reader was made; if they had none, it counts as a day ago.
fn last(connection: &Connection, reader: &Address, now: Timestamp) -> Result<Timestamp> {
    let sql = "SELECT max(at) FROM digests WHERE reader = ?1 AND at < ?2";
    let last = rows::value::<Option<Timestamp>>(connection, sql, params![reader, now])?.flatten();
    Ok(last.unwrap_or(now.minus(DAY)))
}

/// Marks of customers since then, the worst first.
pub fn marks(connection: &Connection, reader: &Address, now: Timestamp) -> Result<Vec<Rated>> {
    let sql = "SELECT number, queue, survey FROM tickets WHERE marked_at >= ?1 AND marked_at < ?2 ORDER BY marked_at";
    let since = last(connection, reader, now)?;
    let mut marks = rows::all(connection, sql, [since, now], |row| {
        let survey = row.get::<Json<Survey>>("survey")?.0;
        Ok(Rated { ticket: row.get("number")?, queue: row.get("queue")?, survey })
    })?;
    marks.sort_by_key(|one| one.survey.mark);
    Ok(marks)
}

/// Tickets that were spam from the beginning and were opened within that time: number, subject and
/// who wrote.
pub fn spam_since(
    connection: &Connection,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<(TicketNumber, String, String)>> {
    let sql = "SELECT number, subject, requester FROM tickets
               WHERE status = 'spam' AND status_since >= ?1 AND status_since < ?2 AND created_at = status_since ORDER BY number";
    rows::all(connection, sql, [since, until], |row| {
        Ok((row.get("number")?, row.get("subject")?, row.get("requester")?))
    })
}

/// Tickets that are not over, with what falls due of them before the end: those of these agents and
/// those that nobody has, or all.
pub fn tasks(
    connection: &Connection,
    holders: Option<&[Address]>,
    until: Timestamp,
) -> Result<List<Task>> {
    let sql = "SELECT number, status, queue, assignee FROM tickets
               WHERE status IN ('new', 'open', 'pending', 'on-hold')
                 AND (?1 IS NULL OR assignee IS NULL OR assignee IN (SELECT value FROM json_each(?1)))
               ORDER BY number";
    let holders: Option<Vec<&str>> = holders.map(|all| all.iter().map(Address::as_str).collect());
    let holders = holders.map(|all| serde_json::json!(all).to_string());
    let (dues, spoilt) = queries::first_dues(connection, (Timestamp::EARLIEST, until))?;
    let read = |row: &Columns<'_>| {
        let (number, status) = (row.get("number")?, row.get("status")?);
        let (queue, assignee) = (row.get("queue")?, row.get("assignee")?);
        Ok(Task { number, status, queue, assignee, due: dues.get(&number).copied() })
    };
    let (tasks, damaged) = rows::sound(rows::each(connection, sql, [holders], read)?);
    Ok((tasks, damaged.or(spoilt)))
}

/// Mails of agents that are held, the longest first.
pub fn held(connection: &Connection) -> Result<Vec<HeldMail>> {
    let sql =
        "SELECT arrived_at, from_address, subject FROM inbox WHERE outcome = 'held' ORDER BY id";
    rows::all(connection, sql, [], |row| {
        Ok(HeldMail {
            at: row.get("arrived_at")?,
            from: row.get("from_address")?,
            subject: row.get("subject")?,
        })
    })
}

/// Mails of ours that did not arrive since the last digest of that reader, or within a day if they
/// had none; the first first.
pub fn refused(connection: &Connection, reader: &Address, now: Timestamp) -> Result<Vec<Refusal>> {
    let seen = "SELECT max(seen) FROM digests WHERE reader = ?1";
    let seen: Option<i64> = rows::value::<Option<i64>>(connection, seen, [reader])?.flatten();
    let since = if seen.is_some() { Timestamp::from_millis(0) } else { now.minus(DAY) };
    let sql = "SELECT events.body, events.ticket, tickets.subject FROM events JOIN tickets ON tickets.number = events.ticket
               WHERE events.id > ?1 AND events.at >= ?2 AND json_extract(events.body, '$.kind') = 'undelivered' ORDER BY events.id";
    let read = |row: &Columns<'_>| {
        let (event, ticket, subject) =
            (row.get::<Json<Event>>("body")?.0, row.get("ticket")?, row.get("subject")?);
        Ok(match event {
            Event::Undelivered { recipient: to, words, unsent: false, unproven: false, .. } => {
                Some(Refusal { to, ticket, subject, words })
            }
            _ => None,
        })
    };
    let found = rows::all(connection, sql, params![seen.unwrap_or(0), since], read)?;
    Ok(found.into_iter().flatten().collect())
}
