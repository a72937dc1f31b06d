//! What the listing commands show: rows as people and scripts read them. Keys are a contract (SPEC
//! §7).

mod caused;
mod search;
mod story;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::Value;

pub use caused::{Caused, caused};
pub use search::{Found, search, spaced};
pub use story::Story;

use super::absences::{self, AwayRow};
use super::people::{self, ParticipantRow, ThirdPartyRow};
use super::{Result, problems, state, threads};
use crate::mail::{InboxId, TicketNumber};
use crate::time::Timestamp;
use std::time::Duration;

/// A ticket in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketRow {
    /// Its number.
    pub number: i64,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub status: String,
    /// How much it matters.
    pub priority: String,
    /// Whose team's it is.
    pub queue: String,
    /// The agent's address, or null.
    pub assignee: Option<String>,
    /// The requester's address.
    pub requester: String,
    /// Words on it.
    pub tags: Value,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something last happened to it.
    pub updated_at: Timestamp,
}

const TICKET: &str =
    "number, subject, status, priority, queue, assignee, requester, tags, created_at, updated_at";

fn ticket_row(row: &Row<'_>) -> rusqlite::Result<TicketRow> {
    Ok(TicketRow {
        number: row.get(0)?,
        subject: row.get(1)?,
        status: row.get(2)?,
        priority: row.get(3)?,
        queue: row.get(4)?,
        assignee: row.get(5)?,
        requester: row.get(6)?,
        tags: json(&row.get::<_, String>(7)?),
        created_at: Timestamp::from_millis(row.get(8)?),
        updated_at: Timestamp::from_millis(row.get(9)?),
    })
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// All tickets, oldest first.
pub fn tickets(connection: &Connection) -> Result<Vec<TicketRow>> {
    let sql = ["SELECT ", TICKET, " FROM tickets ORDER BY number"].concat();
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], ticket_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Something said, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryRow {
    /// Row id.
    pub id: i64,
    /// The ticket in which it was said: another one if that goes on in this.
    pub ticket: i64,
    /// `message` or `note`.
    pub kind: String,
    /// `in` or `out`.
    pub direction: String,
    /// Address of who said it.
    pub from: String,
    /// Their name, or null.
    pub name: Option<String>,
    /// `pass`, `fail` or `none`.
    pub authentication: String,
    /// When.
    pub at: Timestamp,
    /// The new text.
    pub text: String,
    /// `[{name, type, size}]`.
    pub attachments: Value,
    /// Without brackets, or null.
    pub message_id: Option<String>,
    /// Row of the inbox that it came from, or null.
    pub inbox: Option<i64>,
    /// Why that row ended so, or null.
    pub reason: Option<String>,
    /// When its writer took it back, or null.
    pub withdrawn_at: Option<Timestamp>,
}

/// A fact, as shown: its own keys beside these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventRow {
    /// When.
    pub at: Timestamp,
    /// `kind` and what belongs to it.
    #[serde(flatten)]
    pub body: Value,
}

/// A promise, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PromiseRow {
    /// Of what.
    pub what: String,
    /// Agent's address, or null for the desk.
    pub who: Option<String>,
    /// When it was given.
    pub made_at: Timestamp,
    /// By when.
    pub due_at: Timestamp,
    /// When it was kept, or null.
    pub kept_at: Option<Timestamp>,
}

/// A whole ticket, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The list's keys.
    #[serde(flatten)]
    pub ticket: TicketRow,
    /// Whether its opening mail did not fail authentication.
    pub verified: bool,
    /// By when it should be done, or null; agents only.
    pub due_at: Option<Timestamp>,
    /// Minutes worked on it.
    pub worked: u64,
    /// Its story with other tickets.
    #[serde(flatten)]
    pub story: Story,
    /// Its assignee's absence; null if they are here. Set by whoever knows what time it is.
    pub away: Option<AwayRow>,
    /// What was said, also in those that go on in it.
    pub entries: Vec<EntryRow>,
    /// What happened.
    pub events: Vec<EventRow>,
    /// What was promised.
    pub promises: Vec<PromiseRow>,
    /// Who takes part.
    pub participants: Vec<ParticipantRow>,
    /// Outsiders whose answers are internal.
    pub third_parties: Vec<ThirdPartyRow>,
}

/// A ticket with everything in it.
pub fn show(connection: &Connection, number: TicketNumber) -> Result<Option<Shown>> {
    let sql =
        ["SELECT ", TICKET, ", verified, due_at, worked FROM tickets WHERE number = ?1"].concat();
    let read = |row: &Row<'_>| {
        Ok((ticket_row(row)?, row.get(10)?, row.get::<_, Option<i64>>(11)?, row.get::<_, u32>(12)?))
    };
    let found = connection.query_row(&sql, [number.0], read).optional()?;
    let Some((ticket, verified, due, worked)) = found else { return Ok(None) };
    Ok(Some(Shown {
        ticket,
        verified,
        due_at: due.map(Timestamp::from_millis),
        worked: worked.into(),
        story: story::story(connection, number)?,
        away: None,
        entries: entries(connection, number)?,
        events: events(connection, number)?,
        promises: promises(connection, number)?,
        participants: people::participants(connection, number)?,
        third_parties: people::third_parties(connection, number)?,
    }))
}

fn entries(connection: &Connection, number: TicketNumber) -> Result<Vec<EntryRow>> {
    let mut statement = connection.prepare(
        "SELECT id, kind, direction, author, author_name, verified, at, text, attachments, message_id, inbox,
                (SELECT inbox.reason FROM inbox WHERE inbox.id = entries.inbox), withdrawn_at, ticket FROM entries WHERE ticket = ?1",
    )?;
    let read = |row: &Row<'_>| {
        Ok(EntryRow {
            id: row.get(0)?,
            ticket: row.get(13)?,
            kind: row.get(1)?,
            direction: row.get(2)?,
            from: row.get(3)?,
            name: row.get(4)?,
            authentication: row.get(5)?,
            at: Timestamp::from_millis(row.get(6)?),
            text: row.get(7)?,
            attachments: json(&row.get::<_, String>(8)?),
            message_id: row.get(9)?,
            inbox: row.get(10)?,
            reason: row.get(11)?,
            withdrawn_at: row.get::<_, Option<i64>>(12)?.map(Timestamp::from_millis),
        })
    };
    let mut entries = Vec::new();
    for number in threads::family(connection, number)? {
        entries
            .extend(statement.query_map([number.0], read)?.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    entries.sort_by_key(|entry| entry.id);
    Ok(entries)
}

fn events(connection: &Connection, number: TicketNumber) -> Result<Vec<EventRow>> {
    let mut statement =
        connection.prepare("SELECT at, body FROM events WHERE ticket = ?1 ORDER BY id")?;
    let rows = statement.query_map([number.0], |row| {
        Ok(EventRow {
            at: Timestamp::from_millis(row.get(0)?),
            body: json(&row.get::<_, String>(1)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn promises(connection: &Connection, number: TicketNumber) -> Result<Vec<PromiseRow>> {
    let mut statement = connection.prepare(
        "SELECT what, who, made_at, due_at, kept_at FROM promises WHERE ticket = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([number.0], |row| {
        Ok(PromiseRow {
            what: row.get(0)?,
            who: row.get(1)?,
            made_at: Timestamp::from_millis(row.get(2)?),
            due_at: Timestamp::from_millis(row.get(3)?),
            kept_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A mail that was read, as stored; texts are read from its bytes by whoever shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InboxRow {
    /// Row id.
    pub id: i64,
    /// The server's mailbox; empty for the pipe.
    pub mailbox: String,
    /// UID, or null.
    pub uid: Option<i64>,
    /// Epoch of the UID, or null.
    pub uidvalidity: Option<i64>,
    /// When it was stored.
    pub arrived_at: Timestamp,
    /// Without brackets, or null.
    pub message_id: Option<String>,
    /// Of the bytes, in hexadecimal digits.
    pub sha256: String,
    /// Bytes of the whole mail.
    pub size: i64,
    /// The sender's bare address, or null.
    pub from: Option<String>,
    /// Decoded, or null.
    pub subject: Option<String>,
    /// Kind of writer.
    pub origin: Option<String>,
    /// `pass`, `fail`, `none`.
    pub authentication: Option<String>,
    /// How it ended; null until decided.
    pub outcome: Option<String>,
    /// Number of its ticket, or null.
    pub ticket: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// Tries so far.
    pub attempts: i64,
}

/// Which mails are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// What waits for a person: quarantined, held and refused.
    Waiting,
    /// One.
    One(InboxId),
}

/// Mails that were read, oldest first.
pub fn inbox(connection: &Connection, which: Which) -> Result<Vec<InboxRow>> {
    let condition = match which {
        Which::All => "?1 = ?1",
        Which::Waiting => "?1 = ?1 AND outcome IN ('quarantine', 'held')",
        Which::One(_) => "id = ?1",
    };
    let sql = [
        "SELECT id, mailbox, uid, uidvalidity, arrived_at, message_id, lower(hex(sha256)), size, from_address, subject, origin,
                authentication, outcome, ticket, reason, attempts FROM inbox WHERE ",
        condition,
        " ORDER BY id",
    ]
    .concat();
    let id = if let Which::One(id) = which { id.0 } else { 0 };
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([id], inbox_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn inbox_row(row: &Row<'_>) -> rusqlite::Result<InboxRow> {
    Ok(InboxRow {
        id: row.get(0)?,
        mailbox: row.get(1)?,
        uid: row.get(2)?,
        uidvalidity: row.get(3)?,
        arrived_at: Timestamp::from_millis(row.get(4)?),
        message_id: row.get(5)?,
        sha256: row.get(6)?,
        size: row.get(7)?,
        from: row.get(8)?,
        subject: row.get(9)?,
        origin: row.get(10)?,
        authentication: row.get(11)?,
        outcome: row.get(12)?,
        ticket: row.get(13)?,
        reason: row.get(14)?,
        attempts: row.get(15)?,
    })
}

/// A mail that goes out, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboxRow {
    /// Row id.
    pub id: i64,
    /// Without brackets.
    pub message_id: String,
    /// The one envelope recipient.
    pub recipient: String,
    /// Why it goes.
    pub kind: String,
    /// Number of its ticket, or null.
    pub ticket: Option<i64>,
    /// `queued`, `sending`, `unknown`, `sent`, `refused`, `expired`, `withdrawn`.
    pub state: String,
    /// Tries so far.
    pub attempts: i64,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it is tried next; null if it is not.
    pub next_attempt_at: Option<Timestamp>,
    /// The relay's last words, or null.
    pub last_reply: Option<String>,
}

/// Mails that go out or went, oldest first.
pub fn outbox(connection: &Connection) -> Result<Vec<OutboxRow>> {
    let mut statement = connection.prepare(
        "SELECT id, message_id, recipient, kind, ticket, iif(withdrawn_at IS NULL, state, 'withdrawn'), attempts, queued_at, due_at,
                last_reply FROM outbox ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| {
        let state: String = row.get(5)?;
        let waits = state == "queued" || state == "unknown";
        Ok(OutboxRow {
            id: row.get(0)?,
            message_id: row.get(1)?,
            recipient: row.get(2)?,
            kind: row.get(3)?,
            ticket: row.get(4)?,
            state,
            attempts: row.get(6)?,
            queued_at: Timestamp::from_millis(row.get(7)?),
            next_attempt_at: if waits { Some(Timestamp::from_millis(row.get(8)?)) } else { None },
            last_reply: row.get(9)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Mail of agents that is held for longer wants a person.
const HELD_LONG: Duration = Duration::from_secs(3600);

/// A problem, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemRow {
    /// What happened.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// What to do.
    pub advice: String,
}

/// How the desk does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// When the mailbox was last looked at successfully, or null.
    pub last_poll_at: Option<Timestamp>,
    /// When a mail last came, or null.
    pub last_mail_at: Option<Timestamp>,
    /// Mails stored but not yet decided.
    pub backlog: i64,
    /// Mails that wait to go out.
    pub outbox: i64,
    /// Mails in quarantine.
    pub quarantine: i64,
    /// Mails held.
    pub held: i64,
    /// Promises that are open and not yet due.
    pub promises_due: i64,
    /// Promises that are open and overdue.
    pub promises_overdue: i64,
    /// Agents who are away.
    pub away: Vec<AwayRow>,
    /// Bytes of the database with its write-ahead log.
    pub database_bytes: u64,
    /// What wants a person.
    pub problems: Vec<ProblemRow>,
}

/// What has waited too long, and since when: mail that is held, promises that are overdue. Looked at
/// where it is asked, for nothing but time brings it about.
pub fn overdue(connection: &Connection, now: Timestamp) -> Result<Vec<ProblemRow>> {
    let oldest = |sql: &str, before: Timestamp| -> Result<Option<(i64, Timestamp)>> {
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?));
        let (count, since): (i64, Option<i64>) =
            connection.query_row(sql, [before.as_millis()], row)?;
        Ok(since.map(|since| (count, Timestamp::from_millis(since))))
    };
    let held =
        "SELECT count(*), min(arrived_at) FROM inbox WHERE outcome = 'held' AND arrived_at < ?1";
    let promised =
        "SELECT count(*), min(due_at) FROM promises WHERE kept_at IS NULL AND due_at < ?1";
    let held = oldest(held, now.minus(HELD_LONG))?.map(|(count, since)| ProblemRow {
        what: format!("{} held for more than an hour", mails(count)),
        since,
        advice: "the agents were told; `postdesk inbox` lists it with the reasons, `postdesk quarantine release N` lets it go"
            .to_owned(),
    });
    let promised = oldest(promised, now)?.map(|(count, since)| ProblemRow {
        what: format!(
            "{count} promised answer{} overdue",
            if count == 1 { " is" } else { "s are" }
        ),
        since,
        advice: "`postdesk list` shows whose they are".to_owned(),
    });
    Ok(held.into_iter().chain(promised).collect())
}

fn mails(count: i64) -> String {
    if count == 1 { "1 mail is".to_owned() } else { format!("{count} mails are") }
}

/// How the desk does at `now`.
pub fn status(connection: &Connection, database_bytes: u64, now: Timestamp) -> Result<Status> {
    let count =
        |sql: &str| -> Result<i64> { Ok(connection.query_row(sql, params![], |row| row.get(0))?) };
    let promises = |sql: &str| -> Result<i64> {
        Ok(connection.query_row(sql, [now.as_millis()], |row| row.get(0))?)
    };
    let last_mail: Option<i64> = connection.query_row(
        "SELECT max(arrived_at) FROM inbox WHERE id = (SELECT max(id) FROM inbox)",
        [],
        |row| row.get(0),
    )?;
    let last_poll = state(connection, "last poll")?.and_then(|millis| millis.parse().ok());
    let problems = problems::all(connection)?;
    Ok(Status {
        last_poll_at: last_poll.map(Timestamp::from_millis),
        last_mail_at: last_mail.map(Timestamp::from_millis),
        backlog: count("SELECT count(*) FROM inbox WHERE outcome IS NULL")?,
        outbox: count("SELECT count(*) FROM outbox WHERE state IN ('queued', 'unknown')")?
            + count("SELECT count(*) FROM outbox WHERE state = 'sending'")?,
        quarantine: count("SELECT count(*) FROM inbox WHERE outcome = 'quarantine'")?,
        held: count("SELECT count(*) FROM inbox WHERE outcome = 'held'")?,
        promises_due: promises(
            "SELECT count(*) FROM promises WHERE kept_at IS NULL AND due_at > ?1",
        )?,
        promises_overdue: promises(
            "SELECT count(*) FROM promises WHERE kept_at IS NULL AND due_at <= ?1",
        )?,
        away: absences::rows(connection, now)?,
        database_bytes,
        problems: problems
            .into_iter()
            .map(|one| ProblemRow { what: one.what, since: one.since, advice: one.advice })
            .collect(),
    })
}
