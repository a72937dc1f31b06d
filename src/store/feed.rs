//! The facts of all tickets in the order in which they were appended: for whoever follows them from
//! outside.

use rusqlite::{Connection, params};
use serde::Serialize;
use serde_json::Value;

use super::columns::Json;
use super::rows::Columns;
use super::{Error, Result, rows};
use crate::time::Timestamp;

/// A fact, as followers get it: its own keys beside these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Grows with each fact, and is the cursor.
    pub id: i64,
    /// Its ticket.
    pub ticket: i64,
    /// When.
    pub at: Timestamp,
    /// `kind` and what belongs to it.
    #[serde(flatten)]
    pub body: Value,
}

impl Fact {
    /// What sort it is.
    pub fn kind(&self) -> &str {
        self.body.get("kind").and_then(Value::as_str).unwrap_or_default()
    }
}

/// So many facts after that one, and what is to be said of one that cannot be read.
pub fn after(connection: &Connection, id: i64, most: i64) -> Result<(Vec<Fact>, Option<Error>)> {
    let sql = "SELECT id, ticket, at, body FROM events WHERE id > ?1 ORDER BY id LIMIT ?2";
    rows::each(connection, sql, params![id, most], fact).map(rows::sound)
}

fn fact(row: &Columns<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        id: row.get("id")?,
        ticket: row.get("ticket")?,
        at: row.get("at")?,
        body: row.get::<Json<_>>("body")?.0,
    })
}

/// The newest fact; 0 where there is none.
pub fn newest(connection: &Connection) -> Result<i64> {
    let sql = "SELECT coalesce(max(id), 0) FROM events";
    Ok(rows::value(connection, sql, [])?.unwrap_or(0))
}
