//! What the store is asked for agents' questions by mail: which tickets, in which order, and how
//! mails ended.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::columns::Json;
use super::rows::Columns;
use super::view::List;
use super::{Error, Result, rows, threads, tickets};
use crate::desk::promise::{dues, open_until};
use crate::desk::query::{Ended, Listed, Which};
use crate::desk::{Promise, Survey, Target};
use crate::mail::{Address, InboxId, TicketNumber};
use crate::time::Timestamp;

/// Mails of one ticket that are told of.
const ENDED_MAX: i64 = 50;

/// Numbers and queues of the tickets of a list that are not over: the most urgent first, then the
/// oldest; of what is due the earliest first.
pub fn found(
    connection: &Connection,
    which: &Which,
    now: Timestamp,
) -> Result<List<(TicketNumber, String)>> {
    let (mut holder, mut queue) = (None, None);
    match which {
        Which::Of(address) => holder = Some(address),
        Which::Queue(name) => queue = Some(name.as_str()),
        Which::Overdue => return due(connection, (Timestamp::EARLIEST, now.next())),
        Which::Due(day) => return due(connection, (day.from, day.until)),
        Which::Open | Which::Unassigned => {}
    }
    let sql = "SELECT number, queue FROM tickets
               WHERE status IN ('new', 'open', 'pending', 'on-hold')
                 AND (?1 IS NULL OR assignee = ?1) AND (?2 IS NULL OR queue = ?2) AND (NOT ?3 OR assignee IS NULL)
               ORDER BY CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END, number";
    let unassigned = *which == Which::Unassigned;
    let read = |row: &Columns<'_>| Ok((row.get("number")?, row.get("queue")?));
    rows::each(connection, sql, params![holder, queue, unassigned], read).map(rows::sound)
}

/// Tickets of which something falls due from then on, and before the end, with the earliest moment;
/// they may be over. What was promised in a ticket that went into another is owed there. The one
/// place that says what is overdue and what is due.
pub fn first_dues(
    connection: &Connection,
    (from, until): (Timestamp, Timestamp),
) -> Result<(BTreeMap<TicketNumber, Timestamp>, Option<Error>)> {
    let sql = "SELECT number, promises, targets, due_at, merged_into IS NOT NULL AS merged FROM tickets
               WHERE (promised_at < ?1 OR target_at < ?1 OR due_at < ?1) AND (status IN ('new', 'open', 'pending', 'on-hold') OR merged_into IS NOT NULL)";
    let read = |row: &Columns<'_>| {
        let number: TicketNumber = row.get("number")?;
        let promises = row.get::<Json<Vec<Promise>>>("promises")?.0;
        let targets = row.get::<Json<Vec<Target>>>("targets")?.0;
        let (due, merged): (Option<Timestamp>, bool) = (row.get("due_at")?, row.get("merged")?);
        let own = targets.iter().filter_map(Target::due).chain(due).filter(|_| !merged);
        Ok((
            number,
            dues(&promises).chain(own).filter(|at| from <= *at && *at < until).min(),
            merged,
        ))
    };
    let (all, damaged) = rows::sound(rows::each(connection, sql, [until], read)?);
    let mut found: BTreeMap<TicketNumber, Timestamp> = BTreeMap::new();
    for (number, first, merged) in all {
        let Some(first) = first else { continue };
        let whole = if merged { threads::root(connection, number)? } else { number };
        found.entry(whole).and_modify(|at| *at = first.min(*at)).or_insert(first);
    }
    Ok((found, damaged))
}

/// Numbers and queues of those that are not over, the earliest first.
fn due(
    connection: &Connection,
    within: (Timestamp, Timestamp),
) -> Result<List<(TicketNumber, String)>> {
    let (found, damaged) = first_dues(connection, within)?;
    let mut found: Vec<(Timestamp, TicketNumber)> =
        found.into_iter().map(|(number, at)| (at, number)).collect();
    found.sort();
    let sql = "SELECT queue FROM tickets WHERE number = ?1 AND status IN ('new', 'open', 'pending', 'on-hold')";
    let mut due = Vec::new();
    for (_, number) in found {
        let queue: Option<String> = rows::value(connection, sql, [number])?;
        due.extend(queue.map(|queue| (number, queue)));
    }
    Ok((due, damaged))
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

/// When somebody was last asked for a mark about a request of theirs, but for that one.
pub fn asked_of(
    connection: &Connection,
    who: &Address,
    but: TicketNumber,
) -> Result<Option<Timestamp>> {
    let sql = "SELECT survey FROM tickets
               WHERE requester = ?1 AND number <> ?2 AND survey ->> 'of' = ?1 COLLATE NOCASE
               ORDER BY survey ->> 'asked_at' DESC LIMIT 1";
    let last =
        rows::all(connection, sql, params![who, but], |row| row.get::<Json<Survey>>("survey"))?;
    Ok(last.first().map(|last| last.0.asked_at))
}
