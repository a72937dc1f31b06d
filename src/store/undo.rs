//! What an agent's mail did, and its taking back. Sender and undo both work in the writer's
//! transactions: a row that one of them has is not there for the other.

use rusqlite::{Connection, params};

use super::columns::Json;
use super::outbox::State;
use super::rows::Columns;
use super::{Error, Result, Tx, rows};
use crate::config::Agent;
use crate::desk::decision::{Dropped, Gone};
use crate::desk::known::{Done, Fate, Sent, Unsent};
use crate::desk::{EntryKind, Event};
use crate::mail::{Address, InboxId, OutboxId, TicketNumber};
use crate::time::Timestamp;

/// The last mail from one of those addresses that changed that ticket.
pub fn last<'a>(
    connection: &Connection,
    number: TicketNumber,
    by: impl Iterator<Item = &'a Address>,
) -> Result<Option<InboxId>> {
    let sql = "SELECT max(events.id) AS last, events.by_mail FROM events JOIN inbox ON inbox.id = events.by_mail
               WHERE events.ticket = ?1 AND inbox.from_address = ?2";
    let read = |row: &Columns<'_>| {
        let last: Option<i64> = row.get("last")?;
        Ok(last.zip(row.get("by_mail")?))
    };
    let mut last: Option<(i64, InboxId)> = None;
    for address in by {
        last = last.max(rows::first(connection, sql, params![number, address], read)?.flatten());
    }
    Ok(last.map(|(_, mail)| mail))
}

/// A row that is stopped is due then: its writer is asked, and no clock brings it about.
pub const STOPPED: Timestamp = Timestamp::from_millis(253_370_764_800_000); // the year 9999

/// What agents said on a ticket and those that went into it that nobody has yet.
pub fn unsent(
    connection: &Connection,
    number: TicketNumber,
    agent: &Agent,
    now: Timestamp,
) -> Result<Vec<Unsent>> {
    let sql = "SELECT outbox.id, recipient, by_mail, queued_at, due_at, from_address
         FROM family CROSS JOIN outbox ON outbox.ticket = part JOIN inbox ON inbox.id = by_mail
         WHERE whole = ?1 AND state = 'queued' AND outbox.attempts = 0 AND kind IN ('reply', 'notice') AND due_at > ?2
         ORDER BY outbox.id";
    rows::all(connection, sql, params![number, now], |row| {
        let writer: Option<String> = row.get("from_address")?;
        let writer = writer.as_deref().and_then(Address::parse);
        Ok(Unsent {
            row: row.get("id")?,
            recipient: row.get("recipient")?,
            by: row.get("by_mail")?,
            queued_at: row.get("queued_at")?,
            own: writer.is_some_and(|writer| agent.addresses().any(|own| *own == writer)),
            stopped: row.get::<Timestamp>("due_at")? == STOPPED,
        })
    })
}

/// Where the newest mail of an agent has said something that nobody has yet.
pub fn newest_unsent(
    connection: &Connection,
    agent: &Agent,
    now: Timestamp,
) -> Result<Option<(TicketNumber, InboxId)>> {
    let sql = "SELECT outbox.ticket, by_mail FROM outbox JOIN inbox ON inbox.id = by_mail
               WHERE state = 'queued' AND due_at > ?2 AND outbox.attempts = 0 AND kind IN ('reply', 'notice')
                 AND from_address = ?1 AND outbox.ticket IS NOT NULL ORDER BY by_mail DESC LIMIT 1";
    let read = |row: &Columns<'_>| Ok((row.get("by_mail")?, row.get("ticket")?));
    let mut newest: Option<(InboxId, TicketNumber)> = None;
    for address in agent.addresses() {
        newest = newest.max(rows::first(connection, sql, params![address, now], read)?);
    }
    Ok(newest.map(|(mail, ticket)| (ticket, mail)))
}

/// Lets a row wait until its writer says what they mean.
pub fn stop(tx: Tx<'_>, row: OutboxId) -> Result<()> {
    let sql = "UPDATE outbox SET due_at = ?2 WHERE id = ?1 AND state = 'queued'";
    rows::put(tx, sql, params![row, STOPPED])
}

/// Lets a row go that was stopped.
pub fn resume(tx: Tx<'_>, row: OutboxId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE outbox SET due_at = ?3 WHERE id = ?1 AND state = 'queued' AND due_at = ?2";
    rows::put(tx, sql, params![row, STOPPED, now])
}

/// Ends a row that must not go any more; its agents hear of it, unless its writer did that.
pub fn drop_unsent(tx: Tx<'_>, dropped: &Dropped) -> Result<()> {
    let why = match dropped.why {
        Gone::Nobody => {
            "it waited, and whom it was to reach takes part no more, or the ticket is spam"
        }
        Gone::Replaced => "it waited, and its writer says something else instead",
    };
    let sql = "UPDATE outbox SET state = 'expired', last_reply = ?2, returned = ?3 WHERE id = ?1 AND state = 'queued'";
    rows::put(tx, sql, params![dropped.row, why, dropped.own])
}

/// Word that an answer is late is not to arrive behind the answer, nor behind later word.
pub fn drop_outdated(tx: Tx<'_>, number: TicketNumber) -> Result<()> {
    const WHY: &str = "it waited until it was not true any more";
    let waits =
        "SELECT 1 FROM outbox WHERE ticket = ?1 AND kind = 'holding' AND state = 'queued' LIMIT 1";
    // An update of perhaps several rows costs a savepoint, also where there is none.
    if !rows::exists(tx, waits, [number])? {
        return Ok(());
    }
    let sql = "UPDATE outbox SET state = 'expired', last_reply = ?2, returned = 1 WHERE ticket = ?1 AND kind = 'holding' AND state = 'queued'";
    rows::put(tx, sql, params![number, WHY])
}

/// Ends rows that were stopped before then and of which their writers said nothing.
pub fn give_up_stopped(tx: Tx<'_>, before: Timestamp) -> Result<()> {
    const WHY: &str = "its writer had it stopped and did not say what to do";
    let sql = "UPDATE outbox SET state = 'expired', last_reply = ?3 WHERE state = 'queued' AND due_at = ?1 AND queued_at < ?2";
    rows::put(tx, sql, params![STOPPED, before, WHY])
}

/// What that mail did to that ticket.
pub fn done(connection: &Connection, number: TicketNumber, mail: InboxId) -> Result<Done> {
    let said = said(connection, number, mail)?;
    Ok(Done {
        mail,
        fate: fate(connection, mail)?,
        events: events(connection, number, mail)?,
        sent: sent(connection, number, mail)?,
        words: said.as_ref().map(|(_, words)| words.clone()).unwrap_or_default(),
        said: said.map(|(kind, _)| kind),
        elsewhere: elsewhere(connection, number, mail)?,
    })
}

fn fate(connection: &Connection, mail: InboxId) -> Result<Fate> {
    let undone = "SELECT 1 FROM inbox WHERE id = ?1 AND undone_by IS NOT NULL";
    let undoes = "SELECT 1 FROM inbox WHERE undone_by = ?1";
    let holds = |sql| rows::exists(connection, sql, [mail]);
    Ok(match (holds(undone)?, holds(undoes)?) {
        (true, _) => Fate::TakenBack,
        (false, true) => Fate::TakesBack,
        (false, false) => Fate::Stands,
    })
}

fn events(
    connection: &Connection,
    number: TicketNumber,
    mail: InboxId,
) -> Result<Vec<(Event, Timestamp, bool)>> {
    let sql = "SELECT body, at, by_mail IS ?2 AS own, id FROM events WHERE ticket = ?1 ORDER BY id";
    rows::all(connection, sql, params![number, mail], |row| {
        Ok((row.get::<Json<_>>("body")?.0, row.get("at")?, row.get("own")?))
    })
}

/// Mails that it caused on that ticket or on one that went into it since, but for transcripts; those
/// taken back already are none.
fn sent(connection: &Connection, number: TicketNumber, mail: InboxId) -> Result<Vec<Sent>> {
    let sql = "SELECT id, kind, recipient, state FROM outbox
               WHERE by_mail = ?2 AND ticket IN (SELECT part FROM family WHERE whole = ?1) AND kind <> 'transcript'
                 AND withdrawn_at IS NULL ORDER BY id";
    rows::all(connection, sql, params![number, mail], |row| {
        Ok(Sent {
            row: row.get("id")?,
            kind: row.get("kind")?,
            recipient: row.get("recipient")?,
            waits: row.get::<State>("state")? == State::Queued,
        })
    })
}

fn said(
    connection: &Connection,
    number: TicketNumber,
    mail: InboxId,
) -> Result<Option<(EntryKind, String)>> {
    let sql = "SELECT kind, text, id FROM entries
               WHERE ticket IN (SELECT part FROM family WHERE whole = ?1) AND withdrawn_at IS NULL
                 AND (inbox = ?2 OR inbox IN (SELECT id FROM inbox WHERE released_by = ?2))";
    let read = |row: &Columns<'_>| Ok((row.get("kind")?, row.get("text")?));
    rows::first(connection, sql, params![number, mail], read)
}

fn elsewhere(
    connection: &Connection,
    number: TicketNumber,
    mail: InboxId,
) -> Result<Vec<TicketNumber>> {
    let sql =
        "SELECT DISTINCT ticket FROM events WHERE by_mail = ?2 AND ticket <> ?1 ORDER BY ticket";
    rows::values(connection, sql, params![number, mail])
}

/// Takes a mail back that still waits. It must be so, since this transaction has just seen it.
pub fn withdraw(tx: Tx<'_>, row: OutboxId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'expired', returned = 1, withdrawn_at = ?2, last_reply = 'taken back by its writer'
               WHERE id = ?1 AND state = 'queued'";
    match rows::change(tx, sql, params![row, now])? {
        1 => Ok(()),
        _ => Err(Error::Damaged(format!(
            "mail {} of the outbox was to be taken back and waits no longer",
            row.0
        ))),
    }
}

/// Notes that what a mail said in a ticket is taken back: shown as such, told to nobody any more.
pub fn unsay(tx: Tx<'_>, number: TicketNumber, mail: InboxId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE entries SET withdrawn_at = ?3
               WHERE ticket IN (SELECT part FROM family WHERE whole = ?1) AND withdrawn_at IS NULL
                 AND (inbox = ?2 OR inbox IN (SELECT id FROM inbox WHERE released_by = ?2))";
    rows::put(tx, sql, params![number, mail, now])
}

/// Notes which mail took that one back.
pub fn set_undone(tx: Tx<'_>, mail: InboxId, by: InboxId) -> Result<()> {
    let sql = "UPDATE inbox SET undone_by = ?2, reason = coalesce(reason, '') || '; taken back by mail ' || ?2 WHERE id = ?1";
    rows::put(tx, sql, [mail, by])
}

/// Notes of all events since then that an agent's mail caused them.
pub fn set_cause(tx: Tx<'_>, after: i64, mail: InboxId) -> Result<()> {
    rows::put(tx, "UPDATE events SET by_mail = ?2 WHERE id > ?1", params![after, mail])
}

/// The number of the last event.
pub fn last_event(tx: Tx<'_>) -> Result<i64> {
    Ok(rows::value(tx, "SELECT max(id) FROM events", [])?.flatten().unwrap_or(0))
}
