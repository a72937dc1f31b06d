//! Who is away. An agent has at most one absence that stands; those that are over stay for who asks
//! later.

use rusqlite::{Connection, params};
use serde::Serialize;

use super::{Error, Result, Tx, rows};
use crate::desk::absence::{Absence, Change, Said};
use crate::desk::known::Leave;
use crate::mail::{Address, InboxId};
use crate::time::Timestamp;

/// An absence, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AwayRow {
    /// The agent's address.
    pub agent: Address,
    /// Since when.
    pub since: Timestamp,
    /// Until when, or null until they are back.
    pub until: Option<Timestamp>,
    /// Address of who stands in, or null.
    pub backup: Option<Address>,
    /// `command` or `machine`.
    pub why: Said,
}

/// Absences at `now`, by agent, as shown; and what is to be said of those that are damaged, since
/// all who are not away go on.
pub fn away(connection: &Connection, now: Timestamp) -> Result<(Vec<AwayRow>, Option<Error>)> {
    let sql = "SELECT id, agent, since, until, backup, why FROM absences
               WHERE ended_at IS NULL AND (until IS NULL OR until > ?1) ORDER BY agent";
    let found = rows::each(connection, sql, [now], |row| {
        Ok(AwayRow {
            agent: row.get("agent")?,
            since: row.get("since")?,
            until: row.get("until")?,
            backup: row.get("backup")?,
            why: row.get("why")?,
        })
    });
    found.map(rows::sound)
}

/// Absences at `now`.
pub fn all(connection: &Connection, now: Timestamp) -> Result<(Vec<Absence>, Option<Error>)> {
    let (away, damaged) = away(connection, now)?;
    let absence = |AwayRow { agent, until, backup, why, since: _ }| Absence {
        agent,
        until,
        backup,
        said: why,
    };
    Ok((away.into_iter().map(absence).collect(), damaged))
}

/// The absence of an agent that stands, if a command made it and no `#undo` did, with the one that
/// it took the place of.
pub fn leave(connection: &Connection, agent: &Address, now: Timestamp) -> Result<Option<Leave>> {
    let sql = "SELECT id, mail, since FROM absences
               WHERE agent = ?1 AND ended_at IS NULL AND why = 'command' AND mail IS NOT NULL
                 AND (until IS NULL OR until > ?2)
                 AND NOT EXISTS (SELECT 1 FROM inbox WHERE undone_by = absences.mail)";
    let found = rows::first(connection, sql, params![agent, now], |row| {
        Ok((row.get("id")?, row.get("mail")?, row.get("since")?))
    })?;
    let Some((id, mail, since)): Option<(i64, InboxId, Timestamp)> = found else { return Ok(None) };
    let sql = "SELECT until, backup, why FROM absences
               WHERE agent = ?1 AND id < ?2 AND ended_at = ?3 AND (until IS NULL OR until > ?4)
               ORDER BY id DESC LIMIT 1";
    let before = rows::first(connection, sql, params![agent, id, since, now], |row| {
        Ok(Absence {
            agent: agent.clone(),
            until: row.get("until")?,
            backup: row.get("backup")?,
            said: row.get("why")?,
        })
    })?;
    Ok(Some(Leave { mail, since, before }))
}

/// Writes a change down, with the mail that made it.
pub fn change(tx: Tx<'_>, change: &Change, mail: Option<InboxId>, now: Timestamp) -> Result<()> {
    let agent = match change {
        Change::Away(absence) => &absence.agent,
        Change::Back(agent) => agent,
    };
    let end = "UPDATE absences SET ended_at = ?2 WHERE agent = ?1 AND ended_at IS NULL";
    rows::change(tx, end, params![agent, now])?;
    if let Change::Away(Absence { agent, until, backup, said }) = change {
        let sql = "INSERT INTO absences (agent, since, until, backup, why, mail, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)";
        rows::change(tx, sql, params![agent, now, until, backup, said, mail])?;
    }
    Ok(())
}
