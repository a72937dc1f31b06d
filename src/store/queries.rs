//! What the store is asked for agents' questions by mail: which tickets, in which order, and how
//! mails ended.

use rusqlite::{Connection, params};

use super::rows::Columns;
use super::{Result, rows, threads, tickets};
use crate::desk::promise::open_until;
use crate::desk::query::{Ended, Listed, Which};
use crate::mail::{Address, InboxId, TicketNumber};
use crate::time::Timestamp;

/// Mails of one ticket that are told of.
const ENDED_MAX: i64 = 50;

/// Numbers and queues of the tickets of a list that are not over: the most urgent first, then the
/// oldest.
pub fn numbers(
    connection: &Connection,
    which: &Which,
    now: Timestamp,
) -> Result<Vec<(TicketNumber, String)>> {
    let (mut holder, mut queue, mut before) = (None, None, None);
    match which {
        Which::Of(address) => holder = Some(address),
        Which::Queue(name) => queue = Some(name.as_str()),
        Which::Overdue => before = Some(now),
        Which::Open | Which::Unassigned => {}
    }
    let sql = "SELECT number, queue FROM tickets
               WHERE status IN ('new', 'open', 'pending', 'on-hold')
                 AND (?1 IS NULL OR assignee = ?1) AND (?2 IS NULL OR queue = ?2) AND (NOT ?3 OR assignee IS NULL)
                 AND (?4 IS NULL OR due_at <= ?4 OR promised_at <= ?4 OR EXISTS (SELECT 1 FROM tickets AS part
                      WHERE part.promised_at <= ?4 AND part.number IN (SELECT part FROM family WHERE whole = tickets.number)))
               ORDER BY CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END, number";
    let unassigned = *which == Which::Unassigned;
    let read = |row: &Columns<'_>| Ok((row.get("number")?, row.get("queue")?));
    rows::all(connection, sql, params![holder, queue, unassigned, before], read)
}

/// A ticket with what was promised of it.
pub fn listed(connection: &Connection, number: TicketNumber) -> Result<Option<Listed>> {
    let Some(ticket) = tickets::load(connection, number)? else { return Ok(None) };
    let mut promise = None;
    for part in threads::family(connection, number)? {
        promise = promise.max(open_until(&tickets::promises(connection, part)?));
    }
    Ok(Some(Listed { ticket, promise }))
}

/// Mails of a ticket and of those that went into it that became nothing said, oldest first.
pub fn ended_of(connection: &Connection, number: TicketNumber) -> Result<Vec<Ended>> {
    let sql = "SELECT id, arrived_at, from_address, outcome, reason FROM inbox
               WHERE ticket IN (SELECT part FROM family WHERE whole = ?1) AND outcome IN ('held', 'record', 'duplicate', 'quarantine') ORDER BY id DESC LIMIT ?2";
    let mut all = rows::all(connection, sql, params![number, ENDED_MAX], ended)?;
    all.reverse();
    Ok(all)
}

/// How one mail of that sender's ended; `None` if it did not yet, or somebody else wrote it.
pub fn ended_mail(connection: &Connection, id: InboxId, by: &[&Address]) -> Result<Option<Ended>> {
    let sql = "SELECT id, arrived_at, from_address, outcome, reason FROM inbox WHERE id = ?1 AND outcome IS NOT NULL";
    let found = rows::first(connection, sql, [id], ended)?;
    let own = |ended: &Ended| {
        ended
            .from
            .as_deref()
            .is_some_and(|from| by.iter().any(|one| one.as_str().eq_ignore_ascii_case(from)))
    };
    Ok(found.filter(own))
}

fn ended(row: &Columns<'_>) -> rusqlite::Result<Ended> {
    Ok(Ended {
        at: row.get("arrived_at")?,
        from: row.get("from_address")?,
        outcome: row.get("outcome")?,
        reason: row.get::<Option<String>>("reason")?.unwrap_or_default(),
    })
}
