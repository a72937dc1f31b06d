//! Outsiders of a ticket: those who take part, as shown, and third parties, to whom an agent wrote
//! beside it.

use rusqlite::{Connection, params};
use serde::Serialize;

use super::{Result, Tx, rows};
use crate::desk::Part;
use crate::mail::{Address, OutboxId, Person, TicketNumber};
use crate::time::Timestamp;

/// A participant, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParticipantRow {
    /// The address.
    pub address: Address,
    /// The name, or null.
    pub name: Option<String>,
    /// `requester` or `cc`.
    pub role: Part,
    /// Whether answers go to them.
    pub mailed: bool,
}

/// A third party, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThirdPartyRow {
    /// The address.
    pub address: Address,
    /// The name, or null.
    pub name: Option<String>,
}

/// The last mail that a relay took for somebody, if that was not before then.
pub fn last_mail_to(
    connection: &Connection,
    address: &Address,
    since: Timestamp,
) -> Result<Option<OutboxId>> {
    let sql = "SELECT id FROM outbox
               WHERE kind IN ('reply', 'acknowledgement', 'notice', 'holding', 'notification', 'transcript', 'alarm')
                 AND recipient = ?1 AND queued_at > ?2 AND state IN ('sent', 'unknown')
               ORDER BY id DESC LIMIT 1";
    rows::value(connection, sql, params![address, since])
}

/// Who takes part in a ticket, the requester first.
pub fn participants(connection: &Connection, number: TicketNumber) -> Result<Vec<ParticipantRow>> {
    let sql = "SELECT ticket, address, name, role, mailed FROM participants WHERE ticket = ?1 ORDER BY role DESC, address";
    rows::all(connection, sql, [number], |row| {
        Ok(ParticipantRow {
            address: row.get("address")?,
            name: row.get("name")?,
            role: row.get("role")?,
            mailed: row.get("mailed")?,
        })
    })
}

/// Third parties of a ticket and of those that went into it, by address.
pub fn third_parties(connection: &Connection, number: TicketNumber) -> Result<Vec<ThirdPartyRow>> {
    let sql = "SELECT address, max(name) AS name FROM third_parties
               WHERE ticket IN (SELECT part FROM family WHERE whole = ?1) GROUP BY address ORDER BY address";
    rows::all(connection, sql, [number], |row| {
        Ok(ThirdPartyRow { address: row.get("address")?, name: row.get("name")? })
    })
}

/// Addresses of the third parties of a ticket and of those that went into it.
pub fn asked_beside(connection: &Connection, number: TicketNumber) -> Result<Vec<Address>> {
    Ok(third_parties(connection, number)?.into_iter().map(|one| one.address).collect())
}

/// Whether somebody wrote on a ticket, and never in person: their machine did, which is answered by
/// none of ours. What a list brings a person wrote.
pub fn is_machine(
    connection: &Connection,
    number: TicketNumber,
    address: &Address,
) -> Result<bool> {
    let sql = "SELECT coalesce(max(origin IN ('person', 'list')) = 0, 0) FROM inbox WHERE from_address = ?2 AND outcome = 'message'
               AND id IN (SELECT inbox FROM entries WHERE ticket IN (SELECT part FROM family WHERE whole = ?1))";
    Ok(rows::value(connection, sql, params![number, address])?.unwrap_or(false))
}

/// Whether an address is a third party of a ticket or of one that went into it.
pub fn is_third_party(
    connection: &Connection,
    number: TicketNumber,
    address: &Address,
) -> Result<bool> {
    let sql = "SELECT 1 FROM third_parties WHERE address = ?2 AND ticket IN (SELECT part FROM family WHERE whole = ?1)";
    rows::exists(connection, sql, params![number, address])
}

/// Makes somebody a third party of a ticket.
pub fn add_third_party(tx: Tx<'_>, number: TicketNumber, person: &Person) -> Result<()> {
    let sql = "INSERT INTO third_parties (ticket, address, name) VALUES (?1, ?2, ?3) ON CONFLICT (ticket, address) DO NOTHING";
    rows::put(tx, sql, params![number, person.address, person.name])
}
