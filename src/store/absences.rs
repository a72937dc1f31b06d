//! Who is away. An agent has at most one absence that stands; those that are over stay for who asks
//! later.

use rusqlite::{Connection, params};
use serde::Serialize;

use super::{Result, Tx};
use crate::desk::absence::{Absence, Change, Said};
use crate::mail::{Address, InboxId};
use crate::time::Timestamp;

/// An absence, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AwayRow {
    /// The agent's address.
    pub agent: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when, or null until they are back.
    pub until: Option<Timestamp>,
    /// Address of who stands in, or null.
    pub backup: Option<String>,
    /// `command` or `machine`.
    pub why: String,
}

/// Absences at `now`, by agent, as shown.
pub fn rows(connection: &Connection, now: Timestamp) -> Result<Vec<AwayRow>> {
    let sql = "SELECT agent, since, until, backup, why FROM absences
               WHERE ended_at IS NULL AND (until IS NULL OR until > ?1) ORDER BY agent";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([now.as_millis()], |row| {
        Ok(AwayRow {
            agent: row.get(0)?,
            since: Timestamp::from_millis(row.get(1)?),
            until: row.get::<_, Option<i64>>(2)?.map(Timestamp::from_millis),
            backup: row.get(3)?,
            why: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Absences at `now`.
pub fn all(connection: &Connection, now: Timestamp) -> Result<Vec<Absence>> {
    let absence = |row: &AwayRow| {
        let backup = row.backup.as_deref().and_then(Address::parse);
        Some(Absence {
            agent: Address::parse(&row.agent)?,
            until: row.until,
            backup,
            said: Said::parse(&row.why),
        })
    };
    Ok(rows(connection, now)?.iter().filter_map(absence).collect())
}

/// Writes a change down, with the mail that made it.
pub fn change(tx: Tx<'_>, change: &Change, mail: Option<InboxId>, now: Timestamp) -> Result<()> {
    let agent = match change {
        Change::Away(absence) => &absence.agent,
        Change::Back(agent) => agent,
    };
    let end = "UPDATE absences SET ended_at = ?2 WHERE agent = ?1 AND ended_at IS NULL";
    tx.prepare_cached(end)?.execute(params![agent.as_str(), now.as_millis()])?;
    if let Change::Away(absence) = change {
        let sql = "INSERT INTO absences (agent, since, until, backup, why, mail, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)";
        tx.prepare_cached(sql)?.execute(params![
            absence.agent.as_str(),
            now.as_millis(),
            absence.until.map(Timestamp::as_millis),
            absence.backup.as_ref().map(Address::as_str),
            absence.said.as_str(),
            mail.map(|id| id.0)
        ])?;
    }
    Ok(())
}
