//! What the listing commands show: rows as people and scripts read them. Keys are a contract (SPEC
//! §7).

mod caused;
mod mails;
mod search;
mod story;

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

pub use caused::{Caused, caused, newest_row};
pub use mails::{InboxRow, Which, inbox};
pub use search::{Found, search, spaced};
pub use story::Story;

use super::absences::{self, AwayRow};
use super::columns::Json;
use super::outbox::State;
use super::people::{self, ParticipantRow, ThirdPartyRow};
use super::rows::Columns;
use super::{Error, Result, problems, queries, rows, state, threads, tickets, undo};
use crate::desk::{
    self, Direction, EntryKind, FileNote, Priority, Promise, Survey, Target, ToCome,
};
use crate::mail::{Authentication, Kind, ReplyGoes, TicketNumber};
use crate::time::Timestamp;

/// A ticket in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketRow {
    /// Its number.
    pub number: i64,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub status: desk::Status,
    /// How much it matters.
    pub priority: Priority,
    /// Whose team's it is.
    pub queue: String,
    /// The agent's address, or null.
    pub assignee: Option<String>,
    /// The requester's address.
    pub requester: String,
    /// Words on it.
    pub tags: BTreeSet<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something last happened to it.
    pub updated_at: Timestamp,
    /// When the first open thing on it is due, or was: an answer that was promised, a target, what
    /// an agent set; null if nothing is.
    pub next_due_at: Option<Timestamp>,
}

/// What was promised in tickets that went into it is owed here.
const TICKET: &str = "number, subject, status, priority, queue, assignee, requester, tags, created_at, updated_at,
    iif(status IN ('new', 'open', 'pending', 'on-hold'), nullif(min(
        coalesce(iif(EXISTS (SELECT 1 FROM tickets AS merged WHERE merged.merged_into = tickets.number),
            (SELECT min(part.promised_at) FROM family JOIN tickets AS part ON part.number = family.part WHERE family.whole = tickets.number),
            promised_at), 9223372036854775807),
        coalesce(target_at, 9223372036854775807), coalesce(due_at, 9223372036854775807)), 9223372036854775807), NULL) AS next_due_at";

fn ticket_row(row: &Columns<'_>) -> rusqlite::Result<TicketRow> {
    Ok(TicketRow {
        number: row.get("number")?,
        subject: row.get("subject")?,
        status: row.get("status")?,
        priority: row.get("priority")?,
        queue: row.get("queue")?,
        assignee: row.get("assignee")?,
        requester: row.get("requester")?,
        tags: row.get::<Json<_>>("tags")?.0,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        next_due_at: row.get("next_due_at")?,
    })
}

/// What is sound of a list, and what is to be said of the rest: one row must not hide the others.
pub type List<T> = (Vec<T>, Option<Error>);

/// All tickets, oldest first.
pub fn tickets(connection: &Connection) -> Result<List<TicketRow>> {
    let sql = ["SELECT ", TICKET, " FROM tickets ORDER BY number"].concat();
    rows::each(connection, &sql, [], ticket_row).map(rows::sound)
}

/// Those that an agent's question means too, in the same order.
pub fn listed(
    connection: &Connection,
    which: &desk::query::Which,
    now: Timestamp,
) -> Result<List<TicketRow>> {
    let sql = ["SELECT ", TICKET, " FROM tickets WHERE number = ?1"].concat();
    let (numbers, mut damaged) = queries::found(connection, which, now)?;
    let mut all = Vec::new();
    for (number, _) in numbers {
        let (rows, spoilt) = rows::sound(rows::each(connection, &sql, [number], ticket_row)?);
        all.extend(rows);
        damaged = damaged.or(spoilt);
    }
    Ok((all, damaged))
}

/// Something said, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryRow {
    /// Row id.
    pub id: i64,
    /// The ticket in which it was said: another one if that goes on in this.
    pub ticket: i64,
    /// `message` or `note`.
    pub kind: EntryKind,
    /// `in` or `out`.
    pub direction: Direction,
    /// Address of who said it.
    pub from: String,
    /// Their name, or null.
    pub name: Option<String>,
    /// `pass`, `fail` or `none`.
    pub authentication: Authentication,
    /// When.
    pub at: Timestamp,
    /// The new text.
    pub text: String,
    /// What a first mail quotes that the desk has never seen.
    pub history: Option<String>,
    /// `[{name, type, size}]`.
    pub attachments: Vec<FileNote>,
    /// Without brackets, or null.
    pub message_id: Option<String>,
    /// Row of the inbox that it came from, or null.
    pub inbox: Option<i64>,
    /// Why that row ended so, or null.
    pub reason: Option<String>,
    /// The domain whose signature of that mail was checked here, or null.
    pub signer: Option<String>,
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
    /// What was promised, also in those that go on in it.
    pub promises: Vec<PromiseRow>,
    /// By when the desk wants to have done what is waited for.
    pub targets: Vec<Target>,
    /// What agents set for a time.
    pub wakes: Vec<ToCome>,
    /// How the customer was asked how they were served, and the mark they gave; null if they were
    /// not asked.
    pub survey: Option<Survey>,
    /// Who takes part.
    pub participants: Vec<ParticipantRow>,
    /// Outsiders whose answers are internal.
    pub third_parties: Vec<ThirdPartyRow>,
}

/// A ticket with everything in it.
pub fn show(connection: &Connection, number: TicketNumber) -> Result<Option<Shown>> {
    let sql = [
        "SELECT ",
        TICKET,
        ", verified, due_at, worked, targets, wakes, survey FROM tickets WHERE number = ?1",
    ]
    .concat();
    let read = |row: &Columns<'_>| {
        Ok(Shown {
            ticket: ticket_row(row)?,
            verified: row.get("verified")?,
            due_at: row.get("due_at")?,
            worked: row.get::<u32>("worked")?.into(),
            story: Story::default(),
            away: None,
            entries: Vec::new(),
            events: Vec::new(),
            promises: Vec::new(),
            targets: row.get::<Json<_>>("targets")?.0,
            wakes: row.get::<Json<_>>("wakes")?.0,
            survey: row.get::<Option<Json<_>>>("survey")?.map(|survey| survey.0),
            participants: Vec::new(),
            third_parties: Vec::new(),
        })
    };
    let Some(shown) = rows::first(connection, &sql, [number], read)? else { return Ok(None) };
    Ok(Some(Shown {
        story: story::story(connection, number)?,
        entries: entries(connection, number)?,
        events: events(connection, number)?,
        promises: promises(connection, number)?,
        participants: people::participants(connection, number)?,
        third_parties: people::third_parties(connection, number)?,
        ..shown
    }))
}

fn entries(connection: &Connection, number: TicketNumber) -> Result<Vec<EntryRow>> {
    let sql = "SELECT id, kind, direction, author, author_name, verified, at, text, history, attachments, message_id, inbox,
                      (SELECT inbox.reason FROM inbox WHERE inbox.id = entries.inbox) AS reason,
                      (SELECT inbox.signer FROM inbox WHERE inbox.id = entries.inbox) AS signer, withdrawn_at, ticket
               FROM entries WHERE ticket = ?1";
    let read = |row: &Columns<'_>| {
        Ok(EntryRow {
            id: row.get("id")?,
            ticket: row.get("ticket")?,
            kind: row.get("kind")?,
            direction: row.get("direction")?,
            from: row.get("author")?,
            name: row.get("author_name")?,
            authentication: row.get("verified")?,
            at: row.get("at")?,
            text: row.get("text")?,
            history: row.get("history")?,
            attachments: row.get::<Json<_>>("attachments")?.0,
            message_id: row.get("message_id")?,
            inbox: row.get("inbox")?,
            reason: row.get("reason")?,
            signer: row.get("signer")?,
            withdrawn_at: row.get("withdrawn_at")?,
        })
    };
    let mut entries = Vec::new();
    for number in threads::family(connection, number)? {
        entries.extend(rows::all(connection, sql, [number], read)?);
    }
    entries.sort_by_key(|entry| entry.id);
    Ok(entries)
}

fn events(connection: &Connection, number: TicketNumber) -> Result<Vec<EventRow>> {
    let sql = "SELECT id, at, body FROM events WHERE ticket = ?1 ORDER BY id";
    rows::all(connection, sql, [number], |row| {
        Ok(EventRow { at: row.get("at")?, body: row.get::<Json<_>>("body")?.0 })
    })
}

/// A promise, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PromiseRow {
    /// Its keys.
    #[serde(flatten)]
    pub promise: Promise,
    /// By how many seconds it was kept after its time; null if it was kept in time, or is open.
    pub late_seconds: Option<u64>,
}

fn promises(connection: &Connection, number: TicketNumber) -> Result<Vec<PromiseRow>> {
    let mut promises = Vec::new();
    for part in threads::family(connection, number)? {
        promises.extend(tickets::promises(connection, part)?);
    }
    promises.sort_by_key(|one| one.made_at);
    let shown = |promise: Promise| {
        let late_seconds = promise.late().map(|late| late.as_secs());
        PromiseRow { promise, late_seconds }
    };
    Ok(promises.into_iter().map(shown).collect())
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
    pub kind: Kind,
    /// Number of its ticket, or null.
    pub ticket: Option<i64>,
    /// `queued`, `sending`, `unknown`, `sent`, `refused`, `expired`, `withdrawn`.
    pub state: &'static str,
    /// Tries so far.
    pub attempts: i64,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it is tried next; null if it is not, or if it is stopped until its writer says more.
    pub next_attempt_at: Option<Timestamp>,
    /// The relay's last words, or null.
    pub last_reply: Option<String>,
}

/// Mails that go out or went, oldest first.
pub fn outbox(connection: &Connection) -> Result<List<OutboxRow>> {
    let sql = "SELECT id, message_id, recipient, kind, ticket, state, withdrawn_at IS NOT NULL AS withdrawn, reply_goes, attempts,
                      queued_at, due_at, last_reply FROM outbox ORDER BY id";
    rows::each(connection, sql, [], outbox_row).map(rows::sound)
}

fn outbox_row(row: &Columns<'_>) -> rusqlite::Result<OutboxRow> {
    let state: State = row.get("state")?;
    let waits = matches!(state, State::Queued | State::Unknown);
    // It is not shown, but what cannot be told to be internal is damage here too.
    row.get::<ReplyGoes>("reply_goes")?;
    Ok(OutboxRow {
        id: row.get("id")?,
        message_id: row.get("message_id")?,
        recipient: row.get("recipient")?,
        kind: row.get("kind")?,
        ticket: row.get("ticket")?,
        state: if row.get("withdrawn")? { "withdrawn" } else { state.as_str() },
        attempts: row.get("attempts")?,
        queued_at: row.get("queued_at")?,
        next_attempt_at: row
            .get::<Option<Timestamp>>("due_at")?
            .filter(|at| waits && *at != undo::STOPPED),
        last_reply: row.get("last_reply")?,
    })
}

/// So many of what waits are named.
const NAMED: usize = 10;

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
    pub promises_due: usize,
    /// Those of them that are due before the day of the desk ends.
    pub promises_due_today: usize,
    /// Promises that are open and overdue.
    pub promises_overdue: usize,
    /// Tickets for which it is too late: those of `list --overdue`.
    pub tickets_overdue: usize,
    /// Tickets that nobody has taken.
    pub tickets_unowned: i64,
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
    let sql = "SELECT id, arrived_at, coalesce(from_address, 'nobody') AS from_address FROM inbox
               WHERE outcome = 'held' AND arrived_at < ?1 ORDER BY id";
    let held = rows::all(connection, sql, [now.minus(HELD_LONG)], |row| {
        let (id, at): (i64, Timestamp) = (row.get("id")?, row.get("arrived_at")?);
        Ok((format!("mail {id} of {}", row.get::<String>("from_address")?), at))
    })?;
    let held = held.iter().map(|(_, at)| *at).min().map(|since| ProblemRow {
        what: format!(
            "{} held for more than an hour: {}",
            counted(held.len(), "mail is", "mails are"),
            named(held.iter().map(|(mail, _)| mail.as_str()))
        ),
        since,
        advice: "the agents were told; `postdesk inbox` lists the reasons, `postdesk quarantine release N` lets one go".to_owned(),
    });
    let (open, _) = tickets::open_promises(connection)?;
    let due: Vec<_> = open.into_iter().filter(|(_, due)| *due < now).collect();
    let numbers: BTreeSet<TicketNumber> = due.iter().map(|(number, _)| *number).collect();
    let numbers: Vec<String> = numbers.iter().map(TicketNumber::to_string).collect();
    let promised = due.iter().map(|(_, at)| *at).min().map(|since| ProblemRow {
        what: format!(
            "{} overdue: {}",
            counted(numbers.len(), "promised answer is", "promised answers are"),
            named(numbers.iter().map(String::as_str))
        ),
        since,
        advice: "`postdesk show N` tells who has it; answer, or give it to somebody who can"
            .to_owned(),
    });
    Ok(held.into_iter().chain(promised).collect())
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first few of them.
fn named<'a>(all: impl Iterator<Item = &'a str> + Clone) -> String {
    let more = all.clone().count().saturating_sub(NAMED);
    let first = all.take(NAMED).collect::<Vec<_>>().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

/// How the desk does at `now`, on a day that ends then.
pub fn status(
    connection: &Connection,
    database_bytes: u64,
    (now, ends): (Timestamp, Timestamp),
) -> Result<Status> {
    let count = |sql: &str| -> Result<i64> { Ok(rows::value(connection, sql, [])?.unwrap_or(0)) };
    let (promised, spoilt) = tickets::open_promises(connection)?;
    let overdue = promised.iter().filter(|(_, due)| *due < now).count();
    let today = promised.iter().filter(|(_, due)| now <= *due && *due < ends).count();
    let (late, spoilt_targets) = queries::found(connection, &desk::query::Which::Overdue, now)?;
    // One of which both tell is told once.
    let spoilt = spoilt.or(spoilt_targets);
    let last_mail = "SELECT arrived_at FROM inbox WHERE id = (SELECT max(id) FROM inbox)";
    let last_poll = state(connection, "last poll")?.and_then(|millis| millis.parse().ok());
    let (away, damaged) = absences::away(connection, now)?;
    let damaged = damaged.into_iter().chain(spoilt).map(|error| ProblemRow {
        what: error.to_string(),
        since: now,
        advice: problems::DAMAGED_ADVICE.to_owned(),
    });
    let problems = problems::all(connection)?.into_iter().map(|one| ProblemRow {
        what: one.what,
        since: one.since,
        advice: one.advice,
    });
    Ok(Status {
        last_poll_at: last_poll.map(Timestamp::from_millis),
        last_mail_at: rows::value(connection, last_mail, [])?,
        backlog: count("SELECT count(*) FROM inbox WHERE outcome IS NULL")?,
        outbox: count("SELECT count(*) FROM outbox WHERE state IN ('queued', 'unknown')")?
            + count("SELECT count(*) FROM outbox WHERE state = 'sending'")?,
        quarantine: count("SELECT count(*) FROM inbox WHERE outcome = 'quarantine'")?,
        held: count("SELECT count(*) FROM inbox WHERE outcome = 'held'")?,
        promises_due: promised.len() - overdue,
        promises_due_today: today,
        promises_overdue: overdue,
        tickets_overdue: late.len(),
        tickets_unowned: count(
            "SELECT count(*) FROM tickets WHERE assignee IS NULL AND status IN ('new', 'open', 'pending', 'on-hold')",
        )?,
        away,
        database_bytes,
        problems: problems.chain(damaged).collect(),
    })
}
