//! Tickets that went into one another, and mails that were split off: where things are found that
//! were told elsewhere.
//!
//! A merge moves nothing. The tickets that went into one, and those that went into these, are its
//! family (the view of that name); what is asked of a ticket is asked of all of them. Three things
//! are not: who takes part, since each merge makes them take part in the ticket above; what one
//! mail did, for that is taken back where it was done; and versions, which are those of one ticket.

use rusqlite::{Connection, params};

use super::{Result, Tx, rows, tickets};
use crate::desk::{Entry, Ticket};
use crate::mail::{Address, InboxId, TicketNumber};

/// Longest chain of merges that is followed: nobody merges so often, and a damaged database must
/// not hang us.
const CHAIN_MAX: u32 = 100;

/// A ticket and all that went into it, itself first, at most 100.
pub fn family(connection: &Connection, number: TicketNumber) -> Result<Vec<TicketNumber>> {
    let sql = "SELECT part FROM family WHERE whole = ?1 LIMIT ?2";
    rows::values(connection, sql, params![number, CHAIN_MAX])
}

/// The tickets that went into that one themselves: whoever takes part in what went into these takes
/// part in them.
pub fn parts(connection: &Connection, number: TicketNumber) -> Result<Vec<TicketNumber>> {
    let sql = "SELECT number FROM tickets WHERE merged_into = ?1 ORDER BY number";
    rows::values(connection, sql, [number])
}

/// The ticket in which that one goes on; itself, if it does.
pub fn root(connection: &Connection, number: TicketNumber) -> Result<TicketNumber> {
    let sql = "SELECT merged_into FROM tickets WHERE number = ?1";
    let mut root = number;
    for _ in 0..CHAIN_MAX {
        match rows::value(connection, sql, [root])?.flatten() {
            Some(into) => root = into,
            None => break,
        }
    }
    Ok(root)
}

/// The ticket to which a mail of that writer goes which points to `number`, as it stands; `None` if
/// there is none.
pub fn pointed_to(
    connection: &Connection,
    number: TicketNumber,
    sender: &Address,
) -> Result<Option<Ticket>> {
    let Some(mut ticket) = tickets::load(connection, number)? else { return Ok(None) };
    if let Some(into) = ticket.merged_into {
        match tickets::load(connection, root(connection, into)?)? {
            Some(whole) => ticket = whole,
            None => return Ok(Some(ticket)),
        }
    }
    if ticket.participant(sender).is_some() {
        return Ok(Some(ticket));
    }
    // On the way from where it points to where that goes on; the newest turn is the nearest to the
    // end, since only there tickets are merged and unmerged.
    let sql = "SELECT goes_to FROM family JOIN turns ON turns.ticket = part
               WHERE whole = ?1 AND address = ?3 AND ?2 IN (SELECT part FROM family WHERE whole = turns.ticket)
               ORDER BY (SELECT count(*) FROM family WHERE whole = turns.ticket) DESC LIMIT 1";
    match rows::value(connection, sql, params![ticket.number, number, sender])? {
        Some(to) => tickets::load(connection, root(connection, to)?),
        None => Ok(Some(ticket)),
    }
}

/// Later mails of these people which point to `number` go to `to`.
pub fn turn(tx: Tx<'_>, number: TicketNumber, people: &[Address], to: TicketNumber) -> Result<()> {
    let sql = "INSERT INTO turns (ticket, address, goes_to) VALUES (?1, ?2, ?3)
               ON CONFLICT (ticket, address) DO UPDATE SET goes_to = excluded.goes_to";
    people.iter().try_for_each(|one| rows::put(tx, sql, params![number, one, to]))
}

/// Something said, and where it stands.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its row.
    pub row: i64,
    /// In that ticket.
    pub ticket: TicketNumber,
    /// The entry.
    pub entry: Entry,
    /// The mail that said it.
    pub inbox: Option<InboxId>,
    /// Whether that ticket begins with it.
    pub first: bool,
    /// The subject of its mail.
    pub subject: Option<String>,
}

/// Something said, by its row.
pub fn placed(connection: &Connection, row: i64) -> Result<Option<Placed>> {
    let sql = "SELECT id, ticket, inbox,
                      NOT EXISTS (SELECT 1 FROM entries AS other WHERE other.ticket = entries.ticket AND other.id < entries.id) AS first,
                      (SELECT subject FROM inbox WHERE inbox.id = entries.inbox) AS subject FROM entries WHERE id = ?1";
    let Some(entry) = tickets::entry(connection, row)? else { return Ok(None) };
    rows::first(connection, sql, [row], |found| {
        Ok(Placed {
            row,
            ticket: found.get("ticket")?,
            entry: entry.clone(),
            inbox: found.get("inbox")?,
            first: found.get("first")?,
            subject: found.get("subject")?,
        })
    })
}

/// Where something stands that was split off; `None` if it stands where it came.
pub fn split_to(connection: &Connection, row: i64) -> Result<Option<TicketNumber>> {
    let sql = "SELECT ticket FROM entries WHERE id = ?1 AND split_from IS NOT NULL";
    rows::value(connection, sql, [row])
}

/// Puts what was said, and the id of its mail, into another ticket; both keep from where.
pub fn split(tx: Tx<'_>, row: i64, to: TicketNumber) -> Result<()> {
    let ids = "UPDATE message_ids SET split_from = ticket, ticket = ?2
               WHERE (id, ticket) = (SELECT message_id, ticket FROM entries WHERE entries.id = ?1)";
    rows::change(tx, ids, params![row, to])?;
    let entry = "UPDATE entries SET split_from = ticket, ticket = ?2 WHERE id = ?1";
    rows::put(tx, entry, params![row, to])
}

/// The subject of the mail that opened a ticket.
pub fn first_subject(connection: &Connection, number: TicketNumber) -> Result<Option<String>> {
    let sql = "SELECT body ->> '$.subject' FROM events WHERE ticket = ?1 ORDER BY id LIMIT 1";
    Ok(rows::value::<Option<String>>(connection, sql, [number])?.flatten())
}
