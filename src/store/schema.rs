//! The numbered steps that make the database what this binary expects. Forward only, each in one
//! transaction with its version.

use rusqlite::Connection;

use super::{Error, Result};

/// Every step that was ever released, in order; a step never changes once it was.
pub const STEPS: [&str; 14] = [
    include_str!("schema/0001-spine.sql"),
    include_str!("schema/0002-commands.sql"),
    include_str!("schema/0003-listed.sql"),
    include_str!("schema/0004-family.sql"),
    include_str!("schema/0005-history.sql"),
    include_str!("schema/0006-written-to.sql"),
    include_str!("schema/0007-next.sql"),
    include_str!("schema/0008-codes.sql"),
    include_str!("schema/0009-sent-copies.sql"),
    include_str!("schema/0010-skill.sql"),
    include_str!("schema/0011-digests.sql"),
    include_str!("schema/0012-targets.sql"),
    include_str!("schema/0013-survey.sql"),
    include_str!("schema/0014-news.sql"),
];

/// Brings a database to the newest step, or refuses one that is newer than this binary.
pub fn migrate(connection: &Connection) -> Result<()> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found = version(connection)?;
    if found > known {
        return Err(Error::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let done = forward(connection);
    connection.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

/// The version that this database is to be brought from; `None` for a new one and one that is there
/// already.
pub fn is_behind(connection: &Connection) -> Result<Option<i64>> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    Ok(Some(version(connection)?).filter(|found| (1..known).contains(found)))
}

/// Runs what is missing; asks again inside the transaction, since another process may have been
/// faster.
fn forward(connection: &Connection) -> Result<()> {
    let done = usize::try_from(version(connection)?).unwrap_or(0);
    for (index, step) in STEPS.iter().enumerate().skip(done) {
        connection.execute_batch(step)?;
        connection.pragma_update(
            None,
            "user_version",
            i64::try_from(index + 1).unwrap_or(i64::MAX),
        )?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}
