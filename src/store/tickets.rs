//! Events appended, tickets projected, and the ids that lead to them.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::columns::Json;
use super::rows::Columns;
use super::view::List;
use super::{Error, Result, Tx, rows};
use crate::config::Config;
use crate::desk::decision::NewEntry;
use crate::desk::promise::{Promise, first_due};
use crate::desk::{Direction, Entry, Event, IdKind, Mailed, Participant, Status, Ticket, target};
use crate::mail::{Address, InboxId, MessageId, Person, TicketNumber};
use crate::time::Timestamp;

/// The highest number that was given.
pub fn highest_number(connection: &Connection) -> Result<i64> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'tickets'";
    Ok(rows::value(connection, sql, [])?.unwrap_or(0))
}

/// The number that the next ticket will have.
pub fn next_number(connection: &Connection) -> Result<TicketNumber> {
    highest_number(connection).map(|highest| TicketNumber(highest + 1))
}

/// A ticket with its participants.
pub fn load(connection: &Connection, number: TicketNumber) -> Result<Option<Ticket>> {
    let sql = "SELECT number, subject, status, status_since, priority, queue, assignee, skill, requester_name, requester, verified, written_to, tags, due_at,
                      worked, promises, targets, wakes, survey, merged_into, version, created_at, updated_at FROM tickets WHERE number = ?1";
    let Some(mut ticket) = rows::first(connection, sql, [number], ticket_row)? else {
        return Ok(None);
    };
    ticket.participants = participants(connection, number)?;
    Ok(Some(ticket))
}

fn ticket_row(row: &Columns<'_>) -> rusqlite::Result<Ticket> {
    Ok(Ticket {
        number: row.get("number")?,
        subject: row.get("subject")?,
        status: row.get("status")?,
        status_since: row.get("status_since")?,
        priority: row.get("priority")?,
        queue: row.get("queue")?,
        assignee: row.get("assignee")?,
        skill: row.get("skill")?,
        requester: Person { name: row.get("requester_name")?, address: row.get("requester")? },
        verified: row.get("verified")?,
        written_to: row.get("written_to")?,
        tags: row.get::<Json<_>>("tags")?.0,
        participants: Vec::new(),
        due: row.get("due_at")?,
        worked: Duration::from_secs(row.get::<u32>("worked")?.into()).saturating_mul(60),
        promises: row.get::<Json<_>>("promises")?.0,
        targets: row.get::<Json<_>>("targets")?.0,
        wakes: row.get::<Json<_>>("wakes")?.0,
        survey: row.get::<Option<Json<_>>>("survey")?.map(|survey| survey.0),
        merged_into: row.get("merged_into")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn participants(connection: &Connection, number: TicketNumber) -> Result<Vec<Participant>> {
    let sql = "SELECT name, address, role, mailed, ticket FROM participants WHERE ticket = ?1 ORDER BY role DESC, address";
    rows::all(connection, sql, [number], |row| {
        Ok(Participant {
            person: Person { name: row.get("name")?, address: row.get("address")? },
            part: row.get("role")?,
            mailed: if row.get("mailed")? { Mailed::Yes } else { Mailed::JoinOnly },
        })
    })
}

/// Appends events to their tickets, in order, and brings the rows up to date; gives the tickets as
/// they are then. Events of one ticket that stand together cost one update.
pub fn append(
    tx: Tx<'_>,
    events: &[(TicketNumber, &Event)],
    config: &Config,
    now: Timestamp,
) -> Result<BTreeMap<TicketNumber, Ticket>> {
    let mut tickets = BTreeMap::new();
    for run in events.chunk_by(|left, right| left.0 == right.0) {
        let Some((number, _)) = run.first() else { continue };
        tickets.insert(*number, append_run(tx, *number, run, config, now)?);
    }
    Ok(tickets)
}

fn append_run(
    tx: Tx<'_>,
    number: TicketNumber,
    run: &[(TicketNumber, &Event)],
    config: &Config,
    now: Timestamp,
) -> Result<Ticket> {
    let before = load(tx, number)?;
    let fresh = before.is_none();
    let events = run.iter().map(|(_, event)| *event);
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
        rows::change(tx, "DELETE FROM participants WHERE ticket = ?1", [number])?;
    }
    save(tx, &ticket, ticket.next_at(config), fresh)?;
    let sql = "INSERT INTO events (ticket, at, body) VALUES (?1, ?2, ?3)";
    let mut insert = tx.prepare_cached(sql)?;
    for event in events {
        insert.execute(params![number, now, Json(event)])?;
    }
    Ok(ticket)
}

fn save(tx: Tx<'_>, ticket: &Ticket, next: Option<Timestamp>, fresh: bool) -> Result<()> {
    let sql = if fresh {
        "INSERT INTO tickets (number, subject, status, status_since, priority, queue, assignee, requester, requester_name, verified, tags,
                version, created_at, updated_at, due_at, worked, merged_into, written_to, promises, wakes, promised_at, next_at, skill, targets, target_at, survey, marked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)"
    } else {
        "UPDATE tickets SET subject = ?2, status = ?3, status_since = ?4, priority = ?5, queue = ?6, assignee = ?7, requester = ?8,
                requester_name = ?9, verified = ?10, tags = ?11, version = ?12, created_at = ?13, updated_at = ?14, due_at = ?15, worked = ?16,
                merged_into = ?17, written_to = ?18, promises = ?19, wakes = ?20, promised_at = ?21, next_at = ?22, skill = ?23, targets = ?24, target_at = ?25, survey = ?26, marked_at = ?27
         WHERE number = ?1"
    };
    let values = params![
        ticket.number,
        ticket.subject,
        ticket.status,
        ticket.status_since,
        ticket.priority,
        ticket.queue,
        ticket.assignee,
        ticket.requester.address,
        ticket.requester.name,
        ticket.verified,
        Json(&ticket.tags),
        ticket.version,
        ticket.created_at,
        ticket.updated_at,
        ticket.due,
        i64::try_from(ticket.worked.as_secs() / 60).unwrap_or(i64::MAX),
        ticket.merged_into,
        ticket.written_to,
        Json(&ticket.promises),
        Json(&ticket.wakes),
        first_due(&ticket.promises),
        next,
        ticket.skill,
        Json(&ticket.targets),
        target::first_due(&ticket.targets),
        ticket.survey.as_ref().map(Json),
        ticket.survey.as_ref().and_then(|survey| survey.at)
    ];
    rows::change(tx, sql, values)?;
    save_participants(tx, ticket)
}

fn save_participants(tx: Tx<'_>, ticket: &Ticket) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO participants (ticket, address, name, role, mailed) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (ticket, address) DO UPDATE SET role = excluded.role, mailed = excluded.mailed
         WHERE role <> excluded.role OR mailed <> excluded.mailed",
    )?;
    for one in &ticket.participants {
        let (who, mailed) = (&one.person, one.mailed == Mailed::Yes);
        statement.execute(params![ticket.number, who.address, who.name, one.part, mailed])?;
    }
    Ok(())
}

/// All events of a ticket, oldest first.
pub fn events(connection: &Connection, number: TicketNumber) -> Result<Vec<(Event, Timestamp)>> {
    let sql = "SELECT body, at, id FROM events WHERE ticket = ?1 ORDER BY id";
    let read = |row: &Columns<'_>| Ok((row.get::<Json<_>>("body")?.0, row.get("at")?));
    rows::all(connection, sql, [number], read)
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
pub fn say(tx: Tx<'_>, new: &NewEntry, subject: &str, inbox: Option<InboxId>) -> Result<Findable> {
    let NewEntry { ticket: number, entry, searchable } = new;
    let sql = "INSERT INTO entries (ticket, at, kind, direction, author, author_name, verified, text, message_id, inbox, attachments, history, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, coalesce((SELECT version FROM tickets WHERE number = ?1), 0))";
    let values = params![
        number,
        entry.at,
        entry.kind,
        entry.direction,
        entry.author.address,
        entry.author.name,
        entry.verified,
        entry.text,
        entry.message_id,
        inbox,
        Json(&entry.files),
        Some(&entry.history).filter(|history| !history.is_empty())
    ];
    rows::change(tx, sql, values)?;
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
    let sql = "INSERT INTO search (rowid, subject, people, text) VALUES (?1, ?2, ?3, ?4)";
    rows::put(tx, sql, params![said.entry, said.subject, said.people, said.text])
}

const ENTRY: &str = "SELECT id, at, kind, direction, author, author_name, verified, text, coalesce(history, '') AS history, message_id, attachments FROM entries ";

/// What was said last in any of these tickets, newest last, at most `most`; nothing that was taken
/// back.
pub fn last_entries(
    connection: &Connection,
    family: &[TicketNumber],
    most: u32,
) -> Result<Vec<Entry>> {
    let sql =
        [ENTRY, "WHERE ticket = ?1 AND withdrawn_at IS NULL ORDER BY id DESC LIMIT ?2"].concat();
    newest(family, most, |number| {
        rows::all(connection, &sql, (number, most), |row| Ok((row.get("id")?, entry_row(row)?)))
    })
}

/// Public entries of these tickets, the last of them, newest last.
pub fn public_entries(
    connection: &Connection,
    family: &[TicketNumber],
    most: u32,
) -> Result<Vec<Entry>> {
    let sql = [
        ENTRY,
        "WHERE ticket = ?1 AND kind = 'message' AND withdrawn_at IS NULL ORDER BY id DESC LIMIT ?2",
    ]
    .concat();
    newest(family, most, |number| {
        rows::all(connection, &sql, (number, most), |row| Ok((row.get("id")?, entry_row(row)?)))
    })
}

/// What stands in that row.
pub fn entry(connection: &Connection, row: i64) -> Result<Option<Entry>> {
    rows::first(connection, &[ENTRY, "WHERE id = ?1"].concat(), [row], entry_row)
}

/// The newest of what a query finds in each of some tickets, by its row id, newest last.
fn newest<T>(
    family: &[TicketNumber],
    most: u32,
    of: impl Fn(TicketNumber) -> Result<Vec<(i64, T)>>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    for number in family {
        found.extend(of(*number)?);
    }
    found.sort_by_key(|(row, _)| *row);
    let older = found.len().saturating_sub(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(found.into_iter().skip(older).map(|(_, one)| one).collect())
}

/// What somebody but that address said to the customer, or the customer to us, after that version of
/// the ticket: the last of it. Elsewhere in its family, of which `whole` is the end, versions are
/// others: there it is the time that tells.
pub fn said_since(
    connection: &Connection,
    (whole, number): (TicketNumber, TicketNumber),
    (version, at): (i64, Timestamp),
    (direction, but): (Direction, &Address),
) -> Result<Option<Entry>> {
    let sql = [
        ENTRY,
        "WHERE ticket IN (SELECT part FROM family WHERE whole = ?1) AND iif(ticket = ?2, version > ?3, at > ?4)
           AND kind = 'message' AND direction = ?5 AND author <> ?6 AND withdrawn_at IS NULL
         ORDER BY id DESC LIMIT 1",
    ];
    let values = params![whole, number, version, at, direction, but];
    rows::first(connection, &sql.concat(), values, entry_row)
}

fn entry_row(row: &Columns<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        at: row.get("at")?,
        kind: row.get("kind")?,
        direction: row.get("direction")?,
        author: Person { address: row.get("author")?, name: row.get("author_name")? },
        verified: row.get("verified")?,
        text: row.get("text")?,
        history: row.get("history")?,
        message_id: row.get("message_id")?,
        files: row.get::<Json<_>>("attachments")?.0,
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
    rows::put(tx, sql, params![id, number, kind, by])
}

/// Tickets to which an id leads, real ids before ghosts; whose it is, and whether its mail was
/// split off to that ticket.
pub fn led_to(
    connection: &Connection,
    id: &MessageId,
) -> Result<Vec<(TicketNumber, IdKind, Address, bool)>> {
    let sql = "SELECT ticket, kind, by, split_from IS NOT NULL AS split FROM message_ids WHERE id = ?1 ORDER BY kind = 'ghost', ticket";
    rows::all(connection, sql, [id], |row| {
        Ok((row.get("ticket")?, row.get("kind")?, row.get("by")?, row.get("split")?))
    })
}

/// What somebody outside said on a ticket by that mail, as it was heard there.
pub fn heard(
    connection: &Connection,
    number: TicketNumber,
    mail: InboxId,
) -> Result<Option<String>> {
    let sql = "SELECT text FROM entries WHERE ticket = ?1 AND inbox = ?2 AND kind = 'message' AND direction = 'in' ORDER BY id LIMIT 1";
    rows::first(connection, sql, params![number, mail], |row| row.get("text"))
}

/// The mail that said something on a ticket under that id, the first but for one.
pub fn said_under(
    connection: &Connection,
    id: &MessageId,
    number: TicketNumber,
    but: InboxId,
) -> Result<Option<InboxId>> {
    let sql = "SELECT inbox FROM entries WHERE ticket = ?1 AND message_id = ?2 AND inbox <> ?3 ORDER BY id LIMIT 1";
    rows::first(connection, sql, params![number, id, but], |row| row.get("inbox"))
}

/// Ids of the mails of those who take part in a ticket and are written to, oldest first, the last
/// 20: what others of them may learn of. An agent's own request is none of them, and neither is
/// what somebody wrote who takes part no longer (C1).
pub fn public_ids(
    connection: &Connection,
    family: &[TicketNumber],
) -> Result<Vec<(Timestamp, MessageId)>> {
    let Some(whole) = family.first() else { return Ok(Vec::new()) };
    let sql = "SELECT id, at, message_id FROM entries WHERE ticket = ?1 AND kind = 'message' AND direction = 'in' AND message_id IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM message_ids AS known WHERE known.id = entries.message_id
                                 AND known.ticket = entries.ticket AND known.kind = 'internal')
                 AND EXISTS (SELECT 1 FROM participants AS one WHERE one.ticket = ?2 AND one.address = entries.author AND one.mailed = 1)
               ORDER BY entries.id DESC LIMIT 20";
    newest(family, 20, |number| {
        let read =
            |row: &Columns<'_>| Ok((row.get("id")?, (row.get("at")?, row.get("message_id")?)));
        rows::all(connection, sql, (number, *whole), read)
    })
}

/// Whole texts of the public entries of these tickets, the last 50: what an agent may quote to a
/// customer.
pub fn public_texts(connection: &Connection, family: &[TicketNumber]) -> Result<Vec<String>> {
    let sql = "SELECT id, concat(text, char(10), history) AS text FROM entries WHERE ticket = ?1 AND kind = 'message' AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 50";
    let mut texts = newest(family, 50, |number| {
        rows::all(connection, sql, [number], |row| Ok((row.get("id")?, row.get("text")?)))
    })?;
    texts.reverse();
    Ok(texts)
}

/// Who wrote the notes of these tickets, and their texts, the last 50: what an agent must not send
/// to a customer unknowingly.
pub fn notes(connection: &Connection, family: &[TicketNumber]) -> Result<Vec<(Address, String)>> {
    let sql = "SELECT id, author, text FROM entries WHERE ticket = ?1 AND kind = 'note' ORDER BY id DESC LIMIT 50";
    let read = |row: &Columns<'_>| Ok((row.get("id")?, (row.get("author")?, row.get("text")?)));
    let mut notes = newest(family, 50, |number| rows::all(connection, sql, [number], read))?;
    notes.reverse();
    Ok(notes)
}

/// Other tickets of that person that are not over, newest first, at most so many.
pub fn open_of(
    connection: &Connection,
    requester: &Address,
    but: TicketNumber,
    most: u32,
) -> Result<Vec<(TicketNumber, String, Status)>> {
    let sql = "SELECT number, subject, status FROM tickets
               WHERE requester = ?1 AND status <> 'solved' AND status <> 'closed' AND status <> 'spam' AND number <> ?2
               ORDER BY number DESC LIMIT ?3";
    rows::all(connection, sql, params![requester, but, most], |row| {
        Ok((row.get("number")?, row.get("subject")?, row.get("status")?))
    })
}

/// How many tickets that are not over each agent has; keys are addresses in lower case.
pub fn loads(connection: &Connection) -> Result<BTreeMap<String, u64>> {
    let sql = "SELECT lower(assignee) AS agent, count(*) AS count FROM tickets
               WHERE assignee IS NOT NULL AND status IN ('new', 'open', 'pending', 'on-hold') GROUP BY 1";
    let read = |row: &Columns<'_>| Ok((row.get("agent")?, row.get::<u32>("count")?.into()));
    Ok(rows::all(connection, sql, [], read)?.into_iter().collect())
}

/// Tickets that want to be looked at by now, the longest due first, at most so many.
pub fn due(connection: &Connection, now: Timestamp, most: usize) -> Result<Vec<TicketNumber>> {
    let sql = "SELECT number FROM tickets WHERE next_at <= ?1 ORDER BY next_at, number LIMIT ?2";
    rows::values(connection, sql, params![now, i64::try_from(most).unwrap_or(i64::MAX)])
}

/// Sets when to look at a ticket again.
pub fn look_again(tx: Tx<'_>, number: TicketNumber, at: Option<Timestamp>) -> Result<()> {
    rows::put(tx, "UPDATE tickets SET next_at = ?2 WHERE number = ?1", params![number, at])
}

/// Every ticket that is not over for good, or on which something is still owed or to come, wants to
/// be looked at now.
pub fn look_at_all(tx: Tx<'_>) -> Result<()> {
    let sql = "UPDATE tickets SET next_at = 0 WHERE status <> 'closed' OR wakes <> '[]' OR promised_at IS NOT NULL";
    rows::put(tx, sql, [])
}

/// What was promised on a ticket.
pub fn promises(connection: &Connection, number: TicketNumber) -> Result<Vec<Promise>> {
    let sql = "SELECT promises, number FROM tickets WHERE number = ?1";
    let read = |row: &Columns<'_>| Ok(row.get::<Json<Vec<Promise>>>("promises")?.0);
    Ok(rows::first(connection, sql, [number], read)?.unwrap_or_default())
}

/// What is promised and open, with its ticket and by when; and a ticket of which that cannot be
/// read. Nobody is owed an answer on one that is over.
pub fn open_promises(connection: &Connection) -> Result<List<(TicketNumber, Timestamp)>> {
    let sql = "SELECT promises, number FROM tickets WHERE promised_at IS NOT NULL
               AND (status IN ('new', 'open', 'pending', 'on-hold') OR merged_into IS NOT NULL) ORDER BY number";
    let read =
        |row: &Columns<'_>| Ok((row.get::<Json<Vec<Promise>>>("promises")?.0, row.get("number")?));
    let (mut due, mut damaged) = (Vec::new(), None);
    for found in rows::each(connection, sql, [], read)? {
        match found {
            Ok((promises, number)) => {
                let open = promises.iter().filter(|one| one.is_open());
                due.extend(open.map(|one| (number, one.due_at)));
            }
            Err(error) => damaged = damaged.or(Some(error)),
        }
    }
    Ok((due, damaged))
}
