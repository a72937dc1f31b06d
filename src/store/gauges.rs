//! Counts for whoever watches the desk from outside: numbers and stored words alone, nothing of what
//! people wrote.

use rusqlite::{Connection, params};

use super::{Result, rows};
use crate::time::Timestamp;

/// How many there are of each sort.
pub type Counts = Vec<(String, i64)>;

/// What waits and what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Mails that came, by what became of them; `waiting` for those not decided yet.
    pub mails: Counts,
    /// Mails that go out, by state.
    pub outbox: Counts,
    /// When the oldest of those was written that still wait to go.
    pub oldest: Option<Timestamp>,
    /// Tickets by status.
    pub tickets: Counts,
    /// Causes of what wants a person.
    pub problems: Vec<String>,
}

/// All of it, as it is now.
pub fn gauges(connection: &Connection) -> Result<Gauges> {
    let counts = |sql: &str| {
        rows::all(connection, sql, [], |row| Ok((row.get("sort")?, row.get("number")?)))
    };
    let oldest = "SELECT min(queued_at) FROM outbox WHERE state IN ('queued', 'unknown')";
    Ok(Gauges {
        mails: counts(
            "SELECT coalesce(outcome, 'waiting') AS sort, count(*) AS number FROM inbox GROUP BY 1 ORDER BY 1",
        )?,
        outbox: counts(
            "SELECT state AS sort, count(*) AS number FROM outbox GROUP BY 1 ORDER BY 1",
        )?,
        oldest: rows::value::<Option<Timestamp>>(connection, oldest, [])?.flatten(),
        tickets: counts(
            "SELECT status AS sort, count(*) AS number FROM tickets GROUP BY 1 ORDER BY 1",
        )?,
        problems: rows::values(connection, "SELECT cause FROM problems ORDER BY cause", [])?,
    })
}

/// A fact by which it is measured how fast customers are answered, and whether promises were kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Its id, the cursor.
    pub id: i64,
    /// Its ticket.
    pub ticket: i64,
    /// When.
    pub at: Timestamp,
    /// The kind of fact.
    pub kind: String,
}

/// Those among so many facts after that one, and the last fact that was looked at.
pub fn milestones(connection: &Connection, after: i64, most: i64) -> Result<(Vec<Milestone>, i64)> {
    let sql = "SELECT id, ticket, at, json_extract(body, '$.kind') AS kind FROM events WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut all = rows::all(connection, sql, params![after, most], |row| {
        Ok(Milestone {
            id: row.get("id")?,
            ticket: row.get("ticket")?,
            at: row.get("at")?,
            kind: row.get("kind")?,
        })
    })?;
    let last = all.last().map_or(after, |one| one.id);
    all.retain(|one| ["opened", "answered", "promise-missed"].contains(&one.kind.as_str()));
    Ok((all, last))
}
