//! High-water marks beside the database: no number that goes outside is given twice, and a database
//! that was put back to an older state is known by them (I8).
//!
//! The file holds what was given and what was committed of it. It is written before a commit that
//! gives a number and after it, so a kill in between is told from a restore: then all that was
//! committed is there. It is no part of a backup, for beside an old database it would claim that
//! nothing was given since.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::rows::Columns;
use super::{Error, Result, Tx, copies, outbox, problems, rows};
use crate::desk::Cause;
use crate::time::Timestamp;
use rusqlite::Connection;

/// How far ticket numbers jump when the file is gone: more than were given since any backup that is
/// of use.
const TICKETS_JUMP: i64 = 1000;
/// The same for rows, of which each ticket brings many.
const ROWS_JUMP: i64 = 100_000;

/// The highest numbers of the tables whose numbers leave the house: ticket, row of the outbox, row
/// of the inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks([i64; 3]);

const TABLES: [&str; 3] = ["tickets", "outbox", "inbox"];

impl Marks {
    /// Those of the database.
    pub fn of(connection: &Connection) -> Result<Self> {
        let mut marks = Self::default();
        let sql = "SELECT name, seq FROM sqlite_sequence";
        let read = |row: &Columns<'_>| Ok((row.get("name")?, row.get("seq")?));
        for (name, seq) in rows::all(connection, sql, [], read)? {
            let name: String = name;
            let place = TABLES.iter().position(|table| *table == name);
            if let Some(mark) = place.and_then(|place| marks.0.get_mut(place)) {
                *mark = seq;
            }
        }
        Ok(marks)
    }

    fn max(self, other: Self) -> Self {
        let mut marks = self;
        marks.0.iter_mut().zip(other.0).for_each(|(mark, other)| *mark = other.max(*mark));
        marks
    }

    fn jumped(self) -> Self {
        let [tickets, outbox, inbox] = self.0;
        Self([tickets + TICKETS_JUMP, outbox + ROWS_JUMP, inbox + ROWS_JUMP])
    }
}

/// What the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Noted {
    given: Marks,
    committed: Marks,
}

/// Whether the database is older than what lies beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// It was restored from a backup: numbers were given that it does not know.
    Yes,
    /// It is the one that was last written.
    No,
}

/// Sees at start that no number is given twice, even if the database was restored.
pub fn raise(tx: Tx<'_>, file: &Path) -> Result<Restored> {
    let stored = Marks::of(tx)?;
    let floor = match read(file) {
        // All that was committed is there; what else was given, a kill undid.
        Some(noted) if noted.committed.max(stored) == stored => stored,
        Some(noted) => noted.given.max(stored),
        None if stored == Marks::default() => stored,
        None => stored.jumped(),
    };
    if floor == stored {
        return Ok(Restored::No);
    }
    set(tx, floor)?;
    Ok(Restored::Yes)
}

/// Notes that the database is older than what it had done: mail that came since is taken in again,
/// quietly, and what waits in it is not sent a second time.
pub fn put_back(tx: Tx<'_>, now: Timestamp) -> Result<()> {
    super::set_state(tx, super::RESTORED, "yes")?;
    super::set_state(tx, super::RESTORED_AT, &now.as_millis().to_string())?;
    let waited = outbox::set_perhaps_sent(tx, now)?;
    copies::doubt(tx)?;
    tracing::warn!(waited, "the database was put back to an older state");
    let what = "The database was put back to an older state";
    let advice = "mail that came since is taken from the mailbox again, and nobody is answered a second time; agents' answers of that \
                  time are written down and not sent again, and of answers that waited then their writers are asked: look through \
                  `postdesk list`";
    problems::raise(tx, Cause::Restored, what, advice, now)
}

/// Lets all numbers jump: the file that notes them was put back along with the database.
pub fn jump(tx: Tx<'_>) -> Result<()> {
    set(tx, Marks::of(tx)?.jumped())
}

fn set(tx: Tx<'_>, marks: Marks) -> Result<()> {
    for (table, mark) in TABLES.iter().zip(marks.0) {
        let sql = "UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1";
        if tx.execute(sql, (table, mark))? == 0 {
            let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
            tx.execute(sql, (table, mark))?;
        }
    }
    Ok(())
}

/// Notes numbers beside the database; never lowers any.
pub fn note(file: &Path, given: Marks, committed: Marks) -> Result<()> {
    let old = read(file).unwrap_or(Noted { given: Marks::default(), committed: Marks::default() });
    let (given, committed) = (old.given.max(given), old.committed.max(committed));
    // Always the same length, in one call and over what is there: a file cut off half-way would
    // read as none.
    let words: Vec<String> =
        given.0.iter().chain(&committed.0).map(|mark| format!("{mark:<20}")).collect();
    let written = super::private(file)
        .and_then(|mut file| file.write_all(format!("{}\n", words.join(" ")).as_bytes()));
    written.map_err(|source| Error::Files { path: file.to_path_buf(), source })
}

fn read(file: &Path) -> Option<Noted> {
    let words = fs::read_to_string(file).ok()?;
    let numbers: Vec<i64> = words.split_whitespace().map_while(|word| word.parse().ok()).collect();
    match *numbers.as_slice() {
        [t, o, i, tickets, outbox, inbox] => {
            Some(Noted { given: Marks([t, o, i]), committed: Marks([tickets, outbox, inbox]) })
        }
        // As the first version wrote it: of rows it knew nothing.
        [tickets] => {
            Some(Noted { given: Marks([tickets, 0, 0]), committed: Marks([tickets, 0, 0]) })
        }
        _ => None,
    }
}
