//! Tickets that went into one another, and mails that were split off: where things are found that
//! were told elsewhere.
//!
//! A merge moves nothing. The tickets that went into one, and those that went into these, are its
//! family; what is asked of a ticket is asked of all of them.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, Tx, tickets};
use crate::desk::{Entry, Ticket};
use crate::mail::{Address, InboxId, TicketNumber};

/// Longest chain of merges that is followed: nobody merges so often, and a damaged database must
/// not hang us.
const CHAIN_MAX: usize = 100;

/// `family (part)` before a query: the ticket of the first parameter and all that went into it,
/// however deep, and none twice should a damaged database hold a circle.
pub(super) const FAMILY: &str = "WITH RECURSIVE family (part) AS (
    SELECT ?1 UNION SELECT number FROM tickets JOIN family ON merged_into = part) ";

/// A ticket and all that went into it, itself first, at most 100.
pub fn family(connection: &Connection, number: TicketNumber) -> Result<Vec<TicketNumber>> {
    let sql = [FAMILY, "SELECT part FROM family LIMIT ?2"].concat();
    let mut statement = connection.prepare_cached(&sql)?;
    let most = i64::try_from(CHAIN_MAX).unwrap_or(i64::MAX);
    let rows = statement.query_map([number.0, most], |row| row.get("part").map(TicketNumber))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The tickets that went into that one themselves.
pub fn parts(connection: &Connection, number: TicketNumber) -> Result<Vec<TicketNumber>> {
    let mut statement = connection
        .prepare_cached("SELECT number FROM tickets WHERE merged_into = ?1 ORDER BY number")?;
    let rows = statement.query_map([number.0], |row| row.get(0).map(TicketNumber))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The ticket in which that one goes on; itself, if it does.
pub fn root(connection: &Connection, number: TicketNumber) -> Result<TicketNumber> {
    let mut statement =
        connection.prepare_cached("SELECT merged_into FROM tickets WHERE number = ?1")?;
    let mut root = number;
    for _ in 0..CHAIN_MAX {
        let into: Option<i64> =
            statement.query_row([root.0], |row| row.get(0)).optional()?.flatten();
        match into {
            Some(into) => root = TicketNumber(into),
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
    let sql = "SELECT goes_to FROM turns WHERE ticket = ?1 AND address = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let turned = statement
        .query_row(params![ticket.number.0, sender.as_str()], |row| row.get(0))
        .optional()?;
    match turned {
        Some(to) => tickets::load(connection, root(connection, TicketNumber(to))?),
        None => Ok(Some(ticket)),
    }
}

/// Later mails of these people which point to `number` go to `to`.
pub fn turn(tx: Tx<'_>, number: TicketNumber, people: &[Address], to: TicketNumber) -> Result<()> {
    let sql = "INSERT INTO turns (ticket, address, goes_to) VALUES (?1, ?2, ?3)
               ON CONFLICT (ticket, address) DO UPDATE SET goes_to = excluded.goes_to";
    let mut statement = tx.prepare_cached(sql)?;
    for address in people {
        statement.execute(params![number.0, address.as_str(), to.0])?;
    }
    Ok(())
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
    let sql =
        "SELECT ticket, inbox, NOT EXISTS (SELECT 1 FROM entries AS other WHERE other.ticket = entries.ticket AND other.id < entries.id),
                      (SELECT subject FROM inbox WHERE inbox.id = entries.inbox) FROM entries WHERE id = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok((
            TicketNumber(row.get(0)?),
            row.get::<_, Option<i64>>(1)?.map(InboxId),
            row.get::<_, bool>(2)?,
            row.get(3)?,
        ))
    };
    let Some((ticket, inbox, first, subject)) =
        connection.prepare_cached(sql)?.query_row([row], read).optional()?
    else {
        return Ok(None);
    };
    let entry = tickets::entry(connection, row)?;
    Ok(entry.map(|entry| Placed { row, ticket, entry, inbox, first, subject }))
}

/// Where something stands that was split off; `None` if it stands where it came.
pub fn split_to(connection: &Connection, row: i64) -> Result<Option<TicketNumber>> {
    let sql = "SELECT ticket FROM entries WHERE id = ?1 AND split_from IS NOT NULL";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([row], |row| row.get(0).map(TicketNumber))
        .optional()?)
}

/// Puts what was said, and the id of its mail, into another ticket; both keep from where.
pub fn split(tx: Tx<'_>, row: i64, to: TicketNumber) -> Result<()> {
    let ids = "UPDATE message_ids SET split_from = ticket, ticket = ?2
               WHERE (id, ticket) = (SELECT message_id, ticket FROM entries WHERE entries.id = ?1)";
    tx.prepare_cached(ids)?.execute(params![row, to.0])?;
    tx.prepare_cached("UPDATE entries SET split_from = ticket, ticket = ?2 WHERE id = ?1")?
        .execute(params![row, to.0])?;
    Ok(())
}
