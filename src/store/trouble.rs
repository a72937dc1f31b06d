//! When the store cannot be written: what is said of it where the database itself cannot tell.
//!
//! A small file beside the database, made at the start with room in it, so that a full disk does
//! not keep it from being written over. It is empty while all is well.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::time::{Clock, Timestamp};

/// Name of that file within `data_dir`.
const FILE: &str = "store-trouble";
/// A failing store is told of after so long (O1).
const TOLD_AFTER: Duration = Duration::from_secs(60);
/// Bytes that the file has; words beyond are cut.
const ROOM: usize = 512;

/// Since when the store cannot be written, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub since: Timestamp,
    pub words: String,
}

/// Keeps count of the writer's failures.
#[derive(Debug)]
pub(super) struct Trace {
    path: PathBuf,
    standing: Option<Trouble>,
    told: bool,
}

impl Trace {
    pub(super) fn new(data_dir: &Path) -> Self {
        let path = data_dir.join(FILE);
        // What an earlier run told is over if this one can write, and told again if not.
        drop(write(&path, ""));
        Self { path, standing: None, told: false }
    }

    /// A transaction failed.
    pub(super) fn failed(&mut self, words: &str) {
        let now = Clock::System.now();
        let words = words.to_owned();
        let trouble = self.standing.get_or_insert(Trouble { since: now, words });
        if !self.told && now.since(trouble.since) >= TOLD_AFTER {
            let line = format!("{} {}", trouble.since.as_millis(), trouble.words);
            match write(&self.path, &line) {
                Ok(()) => self.told = true,
                Err(error) => {
                    tracing::error!(error = %error, "not even a small file can be written")
                }
            }
        }
    }

    /// A transaction was committed: gives what was told of before, once.
    pub(super) fn worked(&mut self) -> Option<Trouble> {
        let over = self.standing.take()?;
        if !std::mem::take(&mut self.told) {
            return None;
        }
        if let Err(error) = write(&self.path, "") {
            tracing::error!(error = %error, "that the store works again could not be noted");
        }
        Some(over)
    }
}

fn write(path: &Path, words: &str) -> io::Result<()> {
    let mut room = vec![b' '; ROOM];
    for (place, byte) in room.iter_mut().zip(words.bytes()) {
        *place = if byte.is_ascii_control() { b' ' } else { byte };
    }
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.write_all(&room)?;
    file.sync_all()
}

/// What stands now; asks no database.
pub fn standing(data_dir: &Path) -> Option<Trouble> {
    let text = String::from_utf8_lossy(&fs::read(data_dir.join(FILE)).ok()?).into_owned();
    let (since, words) = text.trim().split_once(' ')?;
    let since = Timestamp::from_millis(since.parse().ok()?);
    Some(Trouble { since, words: words.trim().to_owned() })
}

/// Which files a connection has open: another file in their place is not ours to write beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    database: Option<(u64, u64)>,
    log: Option<(u64, u64)>,
}

impl Identity {
    /// Asks by name; opens nothing, since closing a file again would drop SQLite's locks on it.
    pub(super) fn of(database: &Path) -> Self {
        let log = database.with_extension("db-wal");
        let identity =
            |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        Self { database: identity(database), log: identity(&log) }
    }
}
