//! Outsiders of a ticket: those who take part, as shown, and third parties, to whom an agent wrote
//! beside it.

use rusqlite::{Connection, params};
use serde::Serialize;

use super::threads::FAMILY;
use super::{Result, Tx};
use crate::mail::{Address, Person, TicketNumber};

/// A participant, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParticipantRow {
    /// The address.
    pub address: String,
    /// The name, or null.
    pub name: Option<String>,
    /// `requester` or `cc`.
    pub role: String,
    /// Whether answers go to them.
    pub mailed: bool,
}

/// A third party, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThirdPartyRow {
    /// The address.
    pub address: String,
    /// The name, or null.
    pub name: Option<String>,
}

/// Who takes part in a ticket, the requester first.
pub fn participants(connection: &Connection, number: TicketNumber) -> Result<Vec<ParticipantRow>> {
    let sql = "SELECT address, name, role, mailed FROM participants WHERE ticket = ?1 ORDER BY role DESC, address";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([number.0], |row| {
        Ok(ParticipantRow {
            address: row.get(0)?,
            name: row.get(1)?,
            role: row.get(2)?,
            mailed: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Third parties of a ticket, by address.
pub fn third_parties(connection: &Connection, number: TicketNumber) -> Result<Vec<ThirdPartyRow>> {
    let sql = "SELECT address, name FROM third_parties WHERE ticket = ?1 ORDER BY address";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([number.0], |row| {
        Ok(ThirdPartyRow { address: row.get("address")?, name: row.get("name")? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Addresses of the third parties of a ticket and of those that went into it.
pub fn asked_beside(connection: &Connection, number: TicketNumber) -> Result<Vec<Address>> {
    let sql = [FAMILY, "SELECT DISTINCT address FROM third_parties WHERE ticket IN family"];
    let mut statement = connection.prepare_cached(&sql.concat())?;
    let rows = statement.query_map([number.0], |row| row.get::<_, String>("address"))?;
    let all = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(all.iter().filter_map(|address| Address::parse(address)).collect())
}

/// Whether an address is a third party of a ticket or of one that went into it.
pub fn is_third_party(
    connection: &Connection,
    number: TicketNumber,
    address: &Address,
) -> Result<bool> {
    let sql = [FAMILY, "SELECT 1 FROM third_parties WHERE address = ?2 AND ticket IN family"];
    Ok(connection.prepare_cached(&sql.concat())?.exists(params![number.0, address.as_str()])?)
}

/// Makes somebody a third party of a ticket.
pub fn add_third_party(tx: Tx<'_>, number: TicketNumber, person: &Person) -> Result<()> {
    let sql = "INSERT INTO third_parties (ticket, address, name) VALUES (?1, ?2, ?3) ON CONFLICT (ticket, address) DO NOTHING";
    tx.prepare_cached(sql)?.execute(params![number.0, person.address.as_str(), person.name])?;
    Ok(())
}
