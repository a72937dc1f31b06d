//! Events appended, tickets projected, and the ids that lead to them.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::{Error, Result, Tx};
use crate::desk::{
    Direction, Entry, EntryKind, Event, FileNote, IdKind, Mailed, Part, Participant, Priority,
    Status, Ticket,
};
use crate::mail::{Address, Authentication, InboxId, MessageId, Person, TicketNumber};
use crate::time::Timestamp;

/// The highest number that was given.
pub fn highest_number(connection: &Connection) -> Result<i64> {
    let mut statement =
        connection.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'tickets'")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// The number that the next ticket will have.
pub fn next_number(connection: &Connection) -> Result<TicketNumber> {
    highest_number(connection).map(|highest| TicketNumber(highest + 1))
}

/// A ticket with its participants.
pub fn load(connection: &Connection, number: TicketNumber) -> Result<Option<Ticket>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, subject, status, status_since, priority, queue, assignee, requester, requester_name, verified, tags, version,
                created_at, updated_at, due_at, worked, merged_into FROM tickets WHERE number = ?1",
    )?;
    let Some(mut ticket) = statement.query_row([number.0], ticket_row).optional()? else {
        return Ok(None);
    };
    ticket.participants = participants(connection, number)?;
    Ok(Some(ticket))
}

/// Reads the columns in the order of [`load`].
pub fn ticket_row(row: &Row<'_>) -> rusqlite::Result<Ticket> {
    let tags: String = row.get(10)?;
    Ok(Ticket {
        number: TicketNumber(row.get(0)?),
        subject: row.get(1)?,
        status: Status::parse(&row.get::<_, String>(2)?).unwrap_or(Status::Open),
        status_since: Timestamp::from_millis(row.get(3)?),
        priority: Priority::parse(&row.get::<_, String>(4)?).unwrap_or_default(),
        queue: row.get(5)?,
        assignee: row.get::<_, Option<String>>(6)?.as_deref().and_then(Address::parse),
        requester: Person { name: row.get(8)?, address: stored_address(row, 7)? },
        verified: row.get(9)?,
        tags: serde_json::from_str(&tags).unwrap_or_default(),
        participants: Vec::new(),
        due: row.get::<_, Option<i64>>(14)?.map(Timestamp::from_millis),
        worked: Duration::from_secs(row.get::<_, u32>(15)?.into()).saturating_mul(60),
        merged_into: row.get::<_, Option<i64>>(16)?.map(TicketNumber),
        version: row.get(11)?,
        created_at: Timestamp::from_millis(row.get(12)?),
        updated_at: Timestamp::from_millis(row.get(13)?),
    })
}

fn stored_address(row: &Row<'_>, column: usize) -> rusqlite::Result<Address> {
    let text: String = row.get(column)?;
    Address::parse(&text).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            format!("no address: {text}").into(),
        )
    })
}

fn participants(connection: &Connection, number: TicketNumber) -> Result<Vec<Participant>> {
    let sql = "SELECT address, name, role, mailed FROM participants WHERE ticket = ?1 ORDER BY role DESC, address";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([number.0], |row| {
        let part = if row.get::<_, String>(2)? == "requester" { Part::Requester } else { Part::Cc };
        let mailed = if row.get(3)? { Mailed::Yes } else { Mailed::JoinOnly };
        Ok(Participant {
            person: Person { name: row.get(1)?, address: stored_address(row, 0)? },
            part,
            mailed,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Appends events to their tickets, in order, and brings the rows up to date; gives the tickets as
/// they are then. Events of one ticket that stand together cost one update.
pub fn append(
    tx: Tx<'_>,
    events: &[(TicketNumber, Event)],
    now: Timestamp,
) -> Result<BTreeMap<TicketNumber, Ticket>> {
    let mut tickets = BTreeMap::new();
    for run in events.chunk_by(|left, right| left.0 == right.0) {
        let Some((number, _)) = run.first() else { continue };
        tickets.insert(*number, append_run(tx, *number, run, now)?);
    }
    Ok(tickets)
}

fn append_run(
    tx: Tx<'_>,
    number: TicketNumber,
    run: &[(TicketNumber, Event)],
    now: Timestamp,
) -> Result<Ticket> {
    let before = load(tx, number)?;
    let fresh = before.is_none();
    let events = run.iter().map(|(_, event)| event);
    let ticket = match before {
        Some(mut ticket) => {
            events.clone().for_each(|event| ticket.apply(event, now));
            ticket
        }
        None => {
            Ticket::fold(number, events.clone().map(|event| (event, now))).ok_or_else(|| {
                Error::Damaged(format!("the first event of ticket {number} does not open it"))
            })?
        }
    };
    let leaves = |event: &Event| {
        matches!(
            event,
            Event::Left { .. } | Event::RequesterChanged { .. } | Event::Released { .. }
        )
    };
    if events.clone().any(leaves) {
        // Rows are only added and changed below; names of others come with them again.
        tx.prepare_cached("DELETE FROM participants WHERE ticket = ?1")?.execute([number.0])?;
    }
    save(tx, &ticket, fresh)?;
    let mut insert =
        tx.prepare_cached("INSERT INTO events (ticket, at, body) VALUES (?1, ?2, ?3)")?;
    for event in events {
        let body =
            serde_json::to_string(event).map_err(|error| Error::Damaged(error.to_string()))?;
        insert.execute(params![number.0, now.as_millis(), body])?;
    }
    Ok(ticket)
}

fn save(tx: Tx<'_>, ticket: &Ticket, fresh: bool) -> Result<()> {
    let sql = if fresh {
        "INSERT INTO tickets (number, subject, status, status_since, priority, queue, assignee, requester, requester_name, verified, tags,
                version, created_at, updated_at, due_at, worked, merged_into)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
    } else {
        "UPDATE tickets SET subject = ?2, status = ?3, status_since = ?4, priority = ?5, queue = ?6, assignee = ?7, requester = ?8,
                requester_name = ?9, verified = ?10, tags = ?11, version = ?12, created_at = ?13, updated_at = ?14, due_at = ?15, worked = ?16,
                merged_into = ?17
         WHERE number = ?1"
    };
    tx.prepare_cached(sql)?.execute(params![
        ticket.number.0,
        ticket.subject,
        ticket.status.as_str(),
        ticket.status_since.as_millis(),
        ticket.priority.as_str(),
        ticket.queue,
        ticket.assignee.as_ref().map(Address::as_str),
        ticket.requester.address.as_str(),
        ticket.requester.name,
        ticket.verified,
        serde_json::to_string(&ticket.tags).unwrap_or_else(|_| "[]".to_owned()),
        ticket.version,
        ticket.created_at.as_millis(),
        ticket.updated_at.as_millis(),
        ticket.due.map(Timestamp::as_millis),
        i64::try_from(ticket.worked.as_secs() / 60).unwrap_or(i64::MAX),
        ticket.merged_into.map(|number| number.0)
    ])?;
    save_participants(tx, ticket)
}

fn save_participants(tx: Tx<'_>, ticket: &Ticket) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO participants (ticket, address, name, role, mailed) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (ticket, address) DO UPDATE SET role = excluded.role, mailed = excluded.mailed
         WHERE role <> excluded.role OR mailed <> excluded.mailed",
    )?;
    for one in &ticket.participants {
        let (address, mailed) = (one.person.address.as_str(), one.mailed == Mailed::Yes);
        statement.execute(params![
            ticket.number.0,
            address,
            one.person.name,
            one.part.as_str(),
            mailed
        ])?;
    }
    Ok(())
}

/// All events of a ticket, oldest first.
pub fn events(connection: &Connection, number: TicketNumber) -> Result<Vec<(Event, Timestamp)>> {
    let mut statement =
        connection.prepare_cached("SELECT body, at FROM events WHERE ticket = ?1 ORDER BY id")?;
    let rows = statement.query_map([number.0], |row| {
        Ok((row.get::<_, String>(0)?, Timestamp::from_millis(row.get(1)?)))
    })?;
    let mut events = Vec::new();
    for row in rows {
        let (body, at) = row?;
        let event = serde_json::from_str(&body)
            .map_err(|error| Error::Damaged(format!("an event of ticket {number}: {error}")))?;
        events.push((event, at));
    }
    Ok(events)
}

/// What an entry can be found by.
#[derive(Clone, Debug)]
pub struct Findable {
    /// Its row.
    pub entry: i64,
    subject: String,
    people: String,
    text: String,
}

/// Writes down something said; gives what it can be found by.
pub fn say(
    tx: Tx<'_>,
    number: TicketNumber,
    subject: &str,
    entry: &Entry,
    inbox: Option<InboxId>,
    searchable: &str,
) -> Result<Findable> {
    tx.prepare_cached(
        "INSERT INTO entries (ticket, at, kind, direction, author, author_name, verified, text, message_id, inbox, attachments, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, coalesce((SELECT version FROM tickets WHERE number = ?1), 0))",
    )?
    .execute(params![
        number.0,
        entry.at.as_millis(),
        entry.kind.as_str(),
        entry.direction.as_str(),
        entry.author.address.as_str(),
        entry.author.name,
        entry.verified.as_str(),
        entry.text,
        entry.message_id.as_ref().map(MessageId::as_str),
        inbox.map(|id| id.0),
        serde_json::to_string(&entry.files).unwrap_or_else(|_| "[]".to_owned())
    ])?;
    let people = format!("{} {}", entry.author.name.as_deref().unwrap_or(""), entry.author.address);
    let names: Vec<&str> = entry.files.iter().filter_map(|file| file.name.as_deref()).collect();
    let text = super::view::spaced(&format!("{searchable} {}", names.join(" ")));
    Ok(Findable {
        entry: tx.last_insert_rowid(),
        subject: super::view::spaced(subject),
        people,
        text,
    })
}

/// Makes an entry findable. Whoever has several does so at the end, for all of them.
pub fn make_findable(tx: Tx<'_>, said: &Findable) -> Result<()> {
    tx.prepare_cached("INSERT INTO search (rowid, subject, people, text) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![said.entry, said.subject, said.people, said.text])?;
    Ok(())
}

const ENTRY: &str =
    "at, kind, direction, author, author_name, verified, text, message_id, attachments";

/// What was said last in any of these tickets, newest last, at most `most`; nothing that was taken
/// back.
pub fn last_entries(
    connection: &Connection,
    family: &[TicketNumber],
    most: u32,
) -> Result<Vec<Entry>> {
    let sql = [
        "SELECT ",
        ENTRY,
        ", id FROM entries WHERE ticket = ?1 AND withdrawn_at IS NULL ORDER BY id DESC LIMIT ?2",
    ]
    .concat();
    newest(
        connection,
        &sql,
        family,
        usize::try_from(most).unwrap_or(usize::MAX),
        |statement, number| {
            let rows = statement
                .query_map(params![number.0, most], |row| Ok((row.get(9)?, entry_row(row)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        },
    )
}

/// What stands in that row.
pub fn entry(connection: &Connection, row: i64) -> Result<Option<Entry>> {
    let sql = ["SELECT ", ENTRY, " FROM entries WHERE id = ?1"].concat();
    Ok(connection.prepare_cached(&sql)?.query_row([row], entry_row).optional()?)
}

/// The newest of what a query finds in each of some tickets, by its row id, newest last.
fn newest<T>(
    connection: &Connection,
    sql: &str,
    family: &[TicketNumber],
    most: usize,
    find: impl Fn(&mut CachedStatement<'_>, TicketNumber) -> Result<Vec<(i64, T)>>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = Vec::new();
    for number in family {
        found.extend(find(&mut statement, *number)?);
    }
    found.sort_by_key(|(row, _)| *row);
    let older = found.len().saturating_sub(most);
    Ok(found.into_iter().skip(older).map(|(_, one)| one).collect())
}

/// What another agent told the customer after that version of the ticket: the last of it.
pub fn answered_since(
    connection: &Connection,
    number: TicketNumber,
    version: i64,
    but: &Address,
) -> Result<Option<Entry>> {
    let sql = "SELECT at, kind, direction, author, author_name, verified, text, message_id, attachments FROM entries
               WHERE ticket = ?1 AND version > ?2 AND kind = 'message' AND direction = 'out' AND author <> ?3 AND withdrawn_at IS NULL
               ORDER BY id DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![number.0, version, but.as_str()], entry_row).optional()?)
}

fn entry_row(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        at: Timestamp::from_millis(row.get(0)?),
        kind: if row.get::<_, String>(1)? == "message" {
            EntryKind::Message
        } else {
            EntryKind::Note
        },
        direction: if row.get::<_, String>(2)? == "in" { Direction::In } else { Direction::Out },
        author: Person { address: stored_address(row, 3)?, name: row.get(4)? },
        verified: match row.get::<_, String>(5)?.as_str() {
            "pass" => Authentication::Pass,
            "fail" => Authentication::Fail,
            _ => Authentication::None,
        },
        text: row.get(6)?,
        message_id: row.get::<_, Option<String>>(7)?.as_deref().and_then(MessageId::parse),
        files: serde_json::from_str::<Vec<FileNote>>(&row.get::<_, String>(8)?).unwrap_or_default(),
    })
}

/// Remembers that an id leads to a ticket. A real id replaces its ghost.
pub fn remember_id(
    tx: Tx<'_>,
    id: &MessageId,
    number: TicketNumber,
    kind: IdKind,
    by: &Address,
) -> Result<()> {
    let sql = if kind == IdKind::Ghost {
        "INSERT INTO message_ids (id, ticket, kind, by) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id, ticket) DO NOTHING"
    } else {
        "INSERT INTO message_ids (id, ticket, kind, by) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id, ticket) DO UPDATE SET kind = excluded.kind, by = excluded.by"
    };
    tx.prepare_cached(sql)?.execute(params![id.as_str(), number.0, kind.as_str(), by.as_str()])?;
    Ok(())
}

/// Tickets to which an id leads, real ids before ghosts; whose it is, and whether its mail was
/// split off to that ticket.
pub fn led_to(
    connection: &Connection,
    id: &MessageId,
) -> Result<Vec<(TicketNumber, IdKind, Address, bool)>> {
    let sql = "SELECT ticket, kind, by, split_from IS NOT NULL FROM message_ids WHERE id = ?1 ORDER BY kind = 'ghost', ticket";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([id.as_str()], |row| {
        let kind = match row.get::<_, String>(1)?.as_str() {
            "ghost" => IdKind::Ghost,
            "internal" => IdKind::Internal,
            _ => IdKind::Public,
        };
        Ok((TicketNumber(row.get(0)?), kind, stored_address(row, 2)?, row.get(3)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Ids of the mails of those who take part in a ticket and are written to, oldest first, the last
/// 20: what others of them may learn of. An agent's own request is none of them, and neither is
/// what somebody wrote who takes part no longer (C1).
pub fn public_ids(connection: &Connection, family: &[TicketNumber]) -> Result<Vec<MessageId>> {
    let Some(whole) = family.first() else { return Ok(Vec::new()) };
    let sql = "SELECT id, message_id FROM entries WHERE ticket = ?1 AND kind = 'message' AND direction = 'in' AND message_id IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM message_ids AS known WHERE known.id = entries.message_id
                                 AND known.ticket = entries.ticket AND known.kind = 'internal')
                 AND EXISTS (SELECT 1 FROM participants AS one WHERE one.ticket = ?2 AND one.address = entries.author AND one.mailed = 1)
               ORDER BY entries.id DESC LIMIT 20";
    let ids = newest(connection, sql, family, 20, |statement, number| {
        let rows = statement
            .query_map([number.0, whole.0], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })?;
    Ok(ids.iter().filter_map(|id| MessageId::parse(id)).collect())
}

/// Whole texts of the public entries of these tickets, the last 50: what an agent may quote to a
/// customer.
pub fn public_texts(connection: &Connection, family: &[TicketNumber]) -> Result<Vec<String>> {
    let sql = "SELECT id, text FROM entries WHERE ticket = ?1 AND kind = 'message' AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 50";
    let mut texts = newest(connection, sql, family, 50, |statement, number| {
        let rows =
            statement.query_map([number.0], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })?;
    texts.reverse();
    Ok(texts)
}

/// Who wrote the notes of these tickets, and their texts, the last 50: what an agent must not send
/// to a customer unknowingly.
pub fn notes(connection: &Connection, family: &[TicketNumber]) -> Result<Vec<(Address, String)>> {
    let sql = "SELECT id, author, text FROM entries WHERE ticket = ?1 AND kind = 'note' ORDER BY id DESC LIMIT 50";
    let mut notes = newest(connection, sql, family, 50, |statement, number| {
        let rows = statement.query_map([number.0], |row| {
            Ok((row.get(0)?, (stored_address(row, 1)?, row.get(2)?)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })?;
    notes.reverse();
    Ok(notes)
}

/// Other tickets of that person that are not over, newest first, at most five.
pub fn open_of(
    connection: &Connection,
    requester: &Address,
    but: TicketNumber,
) -> Result<Vec<(TicketNumber, String, Status)>> {
    let sql = "SELECT number, subject, status FROM tickets
               WHERE requester = ?1 AND status IN ('new', 'open', 'pending', 'on-hold') AND number <> ?2 ORDER BY number DESC LIMIT 5";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![requester.as_str(), but.0], |row| {
        let status = Status::parse(&row.get::<_, String>(2)?).unwrap_or(Status::Open);
        Ok((TicketNumber(row.get(0)?), row.get(1)?, status))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many tickets that are not over each agent has; keys are addresses in lower case.
pub fn loads(connection: &Connection) -> Result<BTreeMap<String, u64>> {
    let sql = "SELECT lower(assignee), count(*) FROM tickets
               WHERE assignee IS NOT NULL AND status IN ('new', 'open', 'pending', 'on-hold') GROUP BY 1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    rows.map(|row| row.map(|(agent, count)| (agent, u64::try_from(count).unwrap_or(0))))
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Writes down a promise.
pub fn promise(
    tx: Tx<'_>,
    number: TicketNumber,
    what: &str,
    due: Timestamp,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached("INSERT INTO promises (ticket, what, who, made_at, due_at, kept_at) VALUES (?1, ?2, NULL, ?3, ?4, NULL)")?
        .execute(params![number.0, what, now.as_millis(), due.as_millis()])?;
    Ok(())
}

/// Closes what was promised on these tickets: an answer went out.
pub fn keep_promises(tx: Tx<'_>, family: &[TicketNumber], now: Timestamp) -> Result<()> {
    let mut statement = tx
        .prepare_cached("UPDATE promises SET kept_at = ?2 WHERE ticket = ?1 AND kept_at IS NULL")?;
    for number in family {
        statement.execute(params![number.0, now.as_millis()])?;
    }
    Ok(())
}

/// When the customer was last told they would hear; the latest open promise.
pub fn open_promise(connection: &Connection, family: &[TicketNumber]) -> Result<Option<Timestamp>> {
    let sql = "SELECT max(due_at) FROM promises WHERE ticket = ?1 AND kept_at IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut last: Option<i64> = None;
    for number in family {
        last = last.max(statement.query_row([number.0], |row| row.get(0))?);
    }
    Ok(last.map(Timestamp::from_millis))
}

/// Solved tickets that were left alone since `before`, at most 500.
pub fn solved_before(connection: &Connection, before: Timestamp) -> Result<Vec<TicketNumber>> {
    let sql = "SELECT number FROM tickets WHERE status = 'solved' AND status_since <= ?1 ORDER BY status_since LIMIT 500";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([before.as_millis()], |row| row.get(0).map(TicketNumber))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
