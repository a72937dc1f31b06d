//! Attempts at deciding: counted before the try, so that a mail that ends the daemon is known by its
//! count, and lies in quarantine in the end (R1).
//!
//! Who kills the daemon, or the power that fails, says nothing against the mail that happened to be
//! in work (I7). So what is under way is written down with each claim. Of several mails that were
//! under way when the daemon ended none is accused: their attempt counts for none, and each is tried
//! for itself next. Only an end at which a mail was alone stands on its count; it is tried alone
//! again, after all others once there were two, and only a third end leads to quarantine.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::{Error, Quiet, Result, Tx};
use crate::mail::InboxId;
use crate::store::rows::{self, Columns};
use crate::store::{set_state, state};
use crate::time::Timestamp;

/// A mail is tried so often; then it lies in quarantine.
pub const ATTEMPTS_MAX: i64 = 3;
/// Who failed so often already comes after all others.
const LAST: i64 = ATTEMPTS_MAX - 1;
/// Under this key stand the mails that are under way, as a list of rows.
const UNDER_WAY: &str = "mail under way";
/// Under this one those of which one may have ended the daemon.
const SUSPECTS: &str = "mail to be tried alone";

/// A mail that is to be decided now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Its row.
    pub id: InboxId,
    /// Bytes of the whole mail.
    pub size: u64,
    /// Tries so far, this one included.
    pub attempts: i64,
    /// Nothing else may be under way beside it.
    pub alone: bool,
    /// Whether the customer is left in peace.
    pub quiet: Quiet,
    /// Whether the operator vouches for it.
    pub released: bool,
    /// When we stored it.
    pub arrived_at: Timestamp,
    /// How often it was put off.
    pub put_off: usize,
}

/// How far the claims of one step came; a step claims no mail twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The last mail.
    pub mail: InboxId,
    /// The last of those that come after all others.
    pub last: InboxId,
}

impl After {
    /// Before the first.
    pub const NOTHING: Self = Self { mail: InboxId(0), last: InboxId(0) };

    /// Behind these too.
    #[must_use]
    pub fn and(self, claimed: &[Claimed]) -> Self {
        match claimed.last() {
            Some(mail) if mail.attempts > LAST => Self { last: mail.id, ..self },
            Some(mail) => Self { mail: mail.id, ..self },
            None => self,
        }
    }
}

/// What one claim may take.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Mails.
    pub mails: usize,
    /// Bytes in all, but for one mail that is larger alone.
    pub bytes: u64,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// These; perhaps none, where none waits.
    Mails(Vec<Claimed>),
    /// One that is not claimed while others are under way.
    Alone,
}

/// Counts an attempt for the next undecided mails and gives them. `beside` are those that were
/// claimed and are not decided yet.
pub fn claim(
    tx: Tx<'_>,
    after: After,
    most: Most,
    beside: &[InboxId],
    now: Timestamp,
) -> Result<Next> {
    let suspects = listed(tx, SUSPECTS)?;
    let limit = i64::try_from(most.mails).unwrap_or(i64::MAX);
    let row = |row: &Columns<'_>| claimed(row, &suspects);
    let sql = "SELECT id, size, attempts, quiet, released, arrived_at, put_off FROM inbox
         WHERE outcome IS NULL AND id > ?1 AND attempts < ?4 AND (not_before IS NULL OR not_before <= ?3)
         ORDER BY id LIMIT ?2";
    let waiting = rows::all(tx, sql, params![after.mail, limit, now, LAST], row)?;
    let mut chosen = choose(waiting, most.bytes);
    if chosen.is_empty() {
        let sql = "SELECT id, size, attempts, quiet, released, arrived_at, put_off FROM inbox
             WHERE outcome IS NULL AND id > ?1 AND attempts >= ?3 AND (not_before IS NULL OR not_before <= ?2)
             ORDER BY id LIMIT 1";
        chosen = rows::all(tx, sql, params![after.last, now, LAST], row)?;
    }
    if !beside.is_empty() && chosen.iter().any(|mail| mail.alone) {
        return Ok(Next::Alone);
    }
    count(tx, &chosen, beside)?;
    Ok(Next::Mails(chosen))
}

fn count(tx: Tx<'_>, chosen: &[Claimed], beside: &[InboxId]) -> Result<()> {
    if chosen.is_empty() {
        return Ok(());
    }
    for mail in chosen {
        rows::put(tx, "UPDATE inbox SET attempts = attempts + 1 WHERE id = ?1", [mail.id])?;
    }
    let ids = chosen.iter().map(|mail| mail.id).chain(beside.iter().copied());
    list(tx, UNDER_WAY, &ids.map(|id| id.0).collect())
}

fn claimed(row: &Columns<'_>, suspects: &BTreeSet<i64>) -> rusqlite::Result<Claimed> {
    let id: InboxId = row.get("id")?;
    // No damaged number keeps the mails behind it from being decided.
    let size = u64::try_from(row.get::<i64>("size")?).unwrap_or(0);
    let before: i64 = row.get("attempts")?;
    Ok(Claimed {
        id,
        size,
        attempts: before + 1,
        alone: before > 0 || suspects.contains(&id.0),
        quiet: if row.get("quiet")? { Quiet::Yes } else { Quiet::No },
        released: row.get("released")?,
        arrived_at: row.get("arrived_at")?,
        put_off: usize::try_from(row.get::<i64>("put_off")?).unwrap_or(usize::MAX),
    })
}

fn choose(waiting: Vec<Claimed>, bytes: u64) -> Vec<Claimed> {
    let mut left = bytes;
    let mut chosen: Vec<Claimed> = Vec::new();
    for mail in waiting {
        let fits = mail.size <= left && !mail.alone;
        if !chosen.is_empty() && !fits {
            break;
        }
        left = left.saturating_sub(mail.size);
        chosen.push(mail);
        if mail.alone {
            break;
        }
    }
    chosen
}

/// Takes an attempt back that failed for no fault of the mails.
pub fn uncount(tx: Tx<'_>, ids: &[InboxId]) -> Result<()> {
    let sql = "UPDATE inbox SET attempts = attempts - 1 WHERE id = ?1 AND attempts > 0 AND outcome IS NULL";
    ids.iter().try_for_each(|id| rows::put(tx, sql, [id]))
}

/// Judges at start what was under way when the daemon ended: several mails are none of them
/// accused, and each is tried for itself.
pub fn recover(tx: Tx<'_>) -> Result<()> {
    let tried = "SELECT 1 FROM inbox WHERE id = ?1 AND outcome IS NULL AND attempts > 0";
    let waits = "SELECT 1 FROM inbox WHERE id = ?1 AND outcome IS NULL";
    let under_way = only(tx, tried, listed(tx, UNDER_WAY)?)?;
    let mut suspects = only(tx, waits, listed(tx, SUSPECTS)?)?;
    if under_way.len() > 1 {
        let ids: Vec<InboxId> = under_way.iter().map(|id| InboxId(*id)).collect();
        uncount(tx, &ids)?;
        suspects.extend(&under_way);
    }
    list(tx, UNDER_WAY, &BTreeSet::new())?;
    list(tx, SUSPECTS, &suspects)
}

/// Those of which the statement finds something.
fn only(tx: Tx<'_>, sql: &str, ids: BTreeSet<i64>) -> Result<BTreeSet<i64>> {
    let mut left = BTreeSet::new();
    for id in ids {
        if rows::exists(tx, sql, [id])? {
            left.insert(id);
        }
    }
    Ok(left)
}

fn listed(connection: &Connection, key: &str) -> Result<BTreeSet<i64>> {
    let Some(text) = state(connection, key)?.filter(|text| !text.is_empty()) else {
        return Ok(BTreeSet::new());
    };
    serde_json::from_str(&text).map_err(|error| Error::Damaged(error.to_string()))
}

fn list(tx: Tx<'_>, key: &str, ids: &BTreeSet<i64>) -> Result<()> {
    let text = match ids.len() {
        0 => String::new(),
        _ => serde_json::to_string(ids).map_err(|error| Error::Damaged(error.to_string()))?,
    };
    set_state(tx, key, &text)
}
