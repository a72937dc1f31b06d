//! What comes back to the desk and is no mail: rows of ours that failed for good, and mails that are
//! too large to be fetched.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::records::{Notified, answered};
use super::{Desk, carry, content, decided, facts};
use crate::desk::case::{self, Input};
use crate::mail::{InboxId, parse};
use crate::store::inbox::{self, Facts};
use crate::store::{self, Progress, Store, Tx, outbox, problems, rows};
use crate::time::Timestamp;

/// Rows that failed for good come back to the desk, and mails too large are announced.
pub async fn returned(store: &Store, desk: &Desk) -> store::Result<Progress> {
    let rows = store.read(outbox::returning)?;
    let large = store.read(unannounced)?;
    if rows.is_empty() && large.is_empty() {
        return Ok(Progress::None);
    }
    let now = desk.clock.now();
    let desk = desk.clone();
    let done = store.write(move |tx| {
        let mut done = Progress::None;
        for row in rows {
            // Of a row that waits for its mending the desk hears later.
            let told = problems::spare(tx, now, |tx| come_back(tx, &desk, &row?, now))?;
            done = if told { Progress::Some } else { done };
        }
        for (id, size) in &large {
            let told = problems::spare(tx, now, |tx| announce(tx, &desk, *id, *size, now))?;
            done = if told { Progress::Some } else { done };
        }
        Ok(done)
    });
    done.await
}

fn come_back(tx: Tx<'_>, desk: &Desk, row: &outbox::Sent, now: Timestamp) -> store::Result<()> {
    let answered = answered(tx, row)?;
    let input = Input::Undeliverable(&answered, &row.words);
    let decision = decided(tx, desk, input, &mut Notified::new(), now)?;
    carry::out_whole(tx, desk, &decision, now)?;
    outbox::set_returned(tx, row.id)
}

fn unannounced(connection: &rusqlite::Connection) -> store::Result<Vec<(InboxId, u64)>> {
    let sql = "SELECT id, size FROM inbox WHERE outcome = 'refused' AND origin IS NULL ORDER BY id LIMIT 20";
    rows::all(connection, sql, [], |row| {
        Ok((row.get("id")?, u64::try_from(row.get::<i64>("size")?).unwrap_or(0)))
    })
}

/// A mail that is too large: only its header block is here.
fn announce(tx: Tx<'_>, desk: &Desk, id: InboxId, size: u64, now: Timestamp) -> store::Result<()> {
    let header = inbox::bytes(tx, id)?;
    let parsed =
        catch_unwind(AssertUnwindSafe(|| parse::parse_header(&header))).unwrap_or_default();
    let content = content(parsed, &desk.config);
    let read = case::Read { text: "", blocks: &[], quiet: true, ..content.read(id, now) };
    let decision = decided(tx, desk, Input::TooLarge(&read, size), &mut Notified::new(), now)?;
    carry::out(tx, desk, &decision, Some(&read), now)?;
    inbox::set_facts(tx, id, &Facts { identity: None, ..facts(&content) })
}
