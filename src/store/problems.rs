//! What is wrong just now and wants a person: shown by `status`, mailed to the owner.

use rusqlite::{Connection, params};

use super::{Result, Tx};
use crate::time::Timestamp;

/// Something that wants a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A name known to the code.
    pub cause: String,
    /// What happened.
    pub what: String,
    /// What to do.
    pub advice: String,
    /// Since when.
    pub since: Timestamp,
    /// When the owner was last written to.
    pub told_at: Option<Timestamp>,
}

/// Notes a problem; one that stands already keeps its beginning and gets the newer words.
pub fn raise(tx: Tx<'_>, cause: &str, what: &str, advice: &str, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO problems (cause, what, advice, since, told_at) VALUES (?1, ?2, ?3, ?4, NULL)
         ON CONFLICT (cause) DO UPDATE SET what = excluded.what, advice = excluded.advice",
    )?
    .execute(params![cause, what, advice, now.as_millis()])?;
    Ok(())
}

/// The problem is over.
pub fn clear(tx: Tx<'_>, cause: &str) -> Result<()> {
    tx.prepare_cached("DELETE FROM problems WHERE cause = ?1")?.execute([cause])?;
    Ok(())
}

/// Whether that problem stands.
pub fn stands(connection: &Connection, cause: &str) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM problems WHERE cause = ?1")?.exists([cause])?)
}

/// All that stand, oldest first.
pub fn all(connection: &Connection) -> Result<Vec<Problem>> {
    let mut statement = connection.prepare_cached(
        "SELECT cause, what, advice, since, told_at FROM problems ORDER BY since, cause",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Problem {
            cause: row.get(0)?,
            what: row.get(1)?,
            advice: row.get(2)?,
            since: Timestamp::from_millis(row.get(3)?),
            told_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes that the owner was written to.
pub fn set_told(tx: Tx<'_>, cause: &str, now: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE problems SET told_at = ?2 WHERE cause = ?1")?
        .execute(params![cause, now.as_millis()])?;
    Ok(())
}
