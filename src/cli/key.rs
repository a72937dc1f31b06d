//! The desk's key: whether it is still the one with which the mails that are out were sealed.
//!
//! Without it a new one is made and the desk goes on, but it no longer knows its own mails: an
//! agent's answer to an older one counts as a fresh mail, and an older one-time key opens nothing.
//! So the database keeps the key's print, and whoever runs the desk hears that it is another.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use crate::config::Config;
use crate::desk::Cause;
use crate::mail::token::Key;
use crate::store::view::ProblemRow;
use crate::store::{self, KEY, Store, Tx, problems};
use crate::time::Timestamp;

/// Where the print is kept.
const PRINT: &str = "print of the key";
/// The problem's name.
const LOST: Cause = Cause::KeyLost;
/// After so long hardly anybody answers a mail that was sealed with the old key.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(30 * 24 * 3600);

/// Whether the file is there.
pub fn is_there(data_dir: &Path) -> bool {
    data_dir.join(KEY).exists()
}

/// At the start: notes a new desk's key, and tells of one that is another than before. `was_there`
/// is whether the file was, before it was made.
pub fn tell(
    tx: Tx<'_>,
    print: &str,
    was_there: bool,
    data_dir: &Path,
    now: Timestamp,
) -> store::Result<()> {
    let known = store::state(tx, PRINT)?;
    let standing =
        problems::all(tx)?.into_iter().find(|problem| Cause::parse(&problem.cause) == Some(LOST));
    let forgotten = standing.is_some_and(|problem| now.since(problem.since) > FORGOTTEN_AFTER);
    let lost = match &known {
        Some(known) => known != print,
        // A database from before prints were kept: whatever it sealed, it was not with this key.
        None => !was_there && has_sealed(tx)?,
    };
    if lost && !forgotten {
        let (what, advice) = words(data_dir);
        tracing::warn!("{what}: {advice}");
        if known.is_none() {
            store::set_state(tx, PRINT, "")?;
        }
        return problems::raise(tx, LOST, &what, &advice, now);
    }
    store::set_state(tx, PRINT, print)?;
    problems::clear(tx, LOST)
}

/// What `status` says where no daemon has said it: the file is gone just now.
pub fn gone(config: &Config, store: &Store, now: Timestamp) -> store::Result<Option<ProblemRow>> {
    let data_dir = &config.desk.data_dir;
    if is_there(data_dir) || !store.read(has_sealed)? {
        return Ok(None);
    }
    let (what, advice) = words(data_dir);
    Ok(Some(ProblemRow { what, since: now, advice }))
}

/// What `check` says of it; `None` where there is nothing to lose yet.
pub fn check(config: &Config) -> Option<Result<Vec<String>, String>> {
    let data_dir = &config.desk.data_dir;
    let store = Store::open_existing(data_dir).ok()?;
    let sealed = store.read(has_sealed).ok()?;
    let path = data_dir.join(KEY);
    let shown = path.display();
    let lost = || {
        let (what, advice) = words(data_dir);
        Some(Err(format!("{what}: {advice}")))
    };
    let secret = match fs::read(&path) {
        Ok(secret) if secret.len() == Key::BYTES => secret,
        Ok(_) => return Some(Err(format!("{shown} is no key: put it back from a backup"))),
        Err(_) if !sealed => return None,
        Err(_) => return lost(),
    };
    let known = store.read(|connection| store::state(connection, PRINT)).ok().flatten();
    if known.is_some_and(|known| known != Key::new(&secret).print()) {
        return lost();
    }
    let mode = fs::metadata(&path).map(|data| data.permissions().mode()).unwrap_or_default();
    match mode & 0o077 {
        0 => Some(Ok(vec![format!("{shown} is the one that sealed the mails that are out")])),
        _ => Some(Err(format!(
            "others on this machine can read {shown}, and could make ids as if of the desk: chmod 600 {shown}"
        ))),
    }
}

fn has_sealed(connection: &rusqlite::Connection) -> store::Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM outbox LIMIT 1")?.exists([])?)
}

fn words(data_dir: &Path) -> (String, String) {
    let path = data_dir.join(KEY);
    let what = format!("The key of the desk, {}, is lost or another than before", path.display());
    let advice = "put it back from a backup and start again; until then answers of agents to older mails are not known as such, \
                  they must answer newer ones, and older one-time keys open nothing; without a backup this is forgotten after 30 days";
    (what, advice.to_owned())
}
