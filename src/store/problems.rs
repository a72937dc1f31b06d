//! What is wrong just now and wants a person: shown by `status`, mailed to the owner.

use rusqlite::{Connection, params};

use super::{Error, Result, Tx, apart, rows};
use crate::desk::Cause;
use crate::time::Timestamp;

/// Something that wants a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The word of a [`Cause`], perhaps of another version's.
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
pub fn raise(tx: Tx<'_>, cause: Cause, what: &str, advice: &str, now: Timestamp) -> Result<()> {
    let sql =
        "INSERT INTO problems (cause, what, advice, since, told_at) VALUES (?1, ?2, ?3, ?4, NULL)
         ON CONFLICT (cause) DO UPDATE SET what = excluded.what, advice = excluded.advice";
    rows::put(tx, sql, params![cause.as_str(), what, advice, now])
}

/// What can be done about a damaged row.
pub const DAMAGED_ADVICE: &str = "look at that row with `sqlite3 postdesk.db` and at `PRAGMA integrity_check`, mend it or restore \
                                  the last backup; what does not need it goes on meanwhile";

/// Whoever runs the desk hears of a damaged row; any other error is handed on.
pub fn tell_damage(tx: Tx<'_>, error: Error, now: Timestamp) -> Result<()> {
    let Error::Damaged(_) = error else { return Err(error) };
    let what = error.to_string();
    let known = "SELECT 1 FROM problems WHERE cause = 'damaged-row' AND what = ?1";
    if !rows::exists(tx, known, [&what])? {
        tracing::error!(error = %error, "what needs that row is left aside");
    }
    raise(tx, Cause::DamagedRow, &what, DAMAGED_ADVICE, now)
}

/// Does something that must not stop the rest if it meets a damaged row; `false` if it did.
pub fn spare(tx: Tx<'_>, now: Timestamp, work: impl FnOnce(Tx<'_>) -> Result<()>) -> Result<bool> {
    match apart(tx, work) {
        Ok(()) => Ok(true),
        Err(error) => tell_damage(tx, error, now).map(|()| false),
    }
}

/// The problem is over.
pub fn clear(tx: Tx<'_>, cause: Cause) -> Result<()> {
    rows::put(tx, "DELETE FROM problems WHERE cause = ?1", [cause.as_str()])
}

/// Whether that problem stands.
pub fn stands(connection: &Connection, cause: Cause) -> Result<bool> {
    rows::exists(connection, "SELECT 1 FROM problems WHERE cause = ?1", [cause.as_str()])
}

/// All that stand, oldest first.
pub fn all(connection: &Connection) -> Result<Vec<Problem>> {
    let sql = "SELECT cause, what, advice, since, told_at FROM problems ORDER BY since, cause";
    rows::all(connection, sql, [], |row| {
        Ok(Problem {
            cause: row.get("cause")?,
            what: row.get("what")?,
            advice: row.get("advice")?,
            since: row.get("since")?,
            told_at: row.get("told_at")?,
        })
    })
}

/// Notes that the owner was written to.
pub fn set_told(tx: Tx<'_>, cause: &str, now: Timestamp) -> Result<()> {
    rows::put(tx, "UPDATE problems SET told_at = ?2 WHERE cause = ?1", params![cause, now])
}
