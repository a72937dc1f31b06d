//! Mails that were read: their bytes, the ledger of the mailbox, attempts, and what became of them.

mod attempts;

use std::collections::BTreeMap;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, params};

use super::columns::Json;
use super::rows::Columns;
use super::{Error, Result, Tx, pack, rows, unpack};
use crate::desk::case::Outcome;
use crate::mail::{Authentication, InboxId, TicketNumber};
use crate::time::Timestamp;

pub use attempts::{ATTEMPTS_MAX, After, Claimed, Most, Next, claim, recover, uncount};

/// Largest mail that is unpacked whatever the row says: SQLite's own limit of a value is below it.
const UNPACKED_MAX: usize = 1 << 30;

/// Where a mail came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The server's mailbox.
    Mailbox {
        /// Its name.
        name: String,
        /// The epoch of its UIDs.
        uidvalidity: u32,
        /// The mail's UID.
        uid: u32,
    },
    /// `postdesk deliver`.
    Pipe,
}

impl Source {
    fn key(&self) -> (&str, Option<u32>, Option<u32>) {
        match self {
            Self::Mailbox { name, uidvalidity, uid } => (name, Some(*uidvalidity), Some(*uid)),
            Self::Pipe => ("", None, None),
        }
    }
}

/// Whether the customer may be written to for a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// As usual.
    No,
    /// Old mail: a ticket, but no mail to the customer.
    Yes,
}

/// What a server says of a mail that it lists: with its UID that tells it from others (I6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// RFC822.SIZE.
    pub size: Option<u64>,
    /// INTERNALDATE.
    pub received: Option<Timestamp>,
}

impl Listing {
    /// Whether both may be of one mail: what either does not say is no difference.
    pub fn agrees(&self, other: &Self) -> bool {
        let size = self.size.zip(other.size).is_none_or(|(one, other)| one == other);
        size && self.received.zip(other.received).is_none_or(|(one, other)| one == other)
    }
}

/// A mail to be stored.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Where it came from.
    pub source: Source,
    /// Its bytes.
    pub raw: Raw,
    /// What the server said of it.
    pub listing: Listing,
    /// Whether the customer is left in peace.
    pub quiet: Quiet,
    /// Whether the server needs no telling any more.
    pub marked: bool,
}

/// Bytes of a mail as they are stored. Made before the writer is asked, who would do nothing else
/// for as long.
#[derive(Clone, Debug)]
pub struct Raw {
    sha256: [u8; 32],
    size: i64,
    frame: Vec<u8>,
}

impl Raw {
    /// Hashes and packs them.
    pub fn of(bytes: &[u8]) -> Result<Self> {
        let mut sha256 = [0; 32];
        for (to, from) in sha256.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
            *to = *from;
        }
        Ok(Self {
            sha256,
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            frame: pack(bytes)?,
        })
    }
}

/// Stores a mail's bytes and its place in the ledger. `None` if the ledger has it already; another
/// mail under its UID leaves the place to it, for the mailbox was put back to an older state.
pub fn take(tx: Tx<'_>, mail: &Arrival, now: Timestamp) -> Result<Option<InboxId>> {
    let (name, uidvalidity, uid) = mail.source.key();
    if !make_room(tx, (name, uidvalidity, uid), &mail.listing)? {
        return Ok(None);
    }
    let raw = store_raw(tx, &mail.raw)?;
    let marked = mail.marked || uid.is_none();
    let sql = "INSERT INTO inbox (mailbox, uidvalidity, uid, arrived_at, sha256, size, raw, quiet, released, attempts, marked,
                            listed_size, received_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, ?9, ?10, ?11)";
    let values = params![
        name,
        uidvalidity,
        uid,
        now,
        mail.raw.sha256,
        mail.raw.size,
        raw,
        mail.quiet == Quiet::Yes,
        marked,
        mail.listing.size.and_then(|size| i64::try_from(size).ok()),
        mail.listing.received
    ];
    rows::change(tx, sql, values)?;
    Ok(Some(InboxId(tx.last_insert_rowid())))
}

/// Notes a mail that is too large: its header block, its size on the server, where it stays as it
/// is. It is still to be decided (announced).
pub fn take_header(
    tx: Tx<'_>,
    mail: &Arrival,
    size: u64,
    now: Timestamp,
) -> Result<Option<InboxId>> {
    let Some(id) = take(tx, mail, now)? else { return Ok(None) };
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let sql = "UPDATE inbox SET size = ?2, outcome = 'refused', reason = 'larger than message_size', marked = 1 WHERE id = ?1";
    rows::change(tx, sql, params![id, size])?;
    Ok(Some(id))
}

/// A place in the ledger: mailbox, UIDVALIDITY, UID.
type Place<'a> = (&'a str, Option<u32>, Option<u32>);

/// Whether that place is free for a mail of that listing.
fn make_room(tx: Tx<'_>, (name, epoch, uid): Place<'_>, listing: &Listing) -> Result<bool> {
    let Some(uid) = uid else { return Ok(true) };
    let sql = "SELECT id, listed_size, received_at FROM inbox WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3";
    let row = |row: &Columns<'_>| Ok((row.get::<InboxId>("id")?, listing_of(row)?));
    match rows::first(tx, sql, params![name, epoch, uid], row)? {
        None => Ok(true),
        Some((_, there)) if there.agrees(listing) => Ok(false),
        Some((id, _)) => {
            rows::change(tx, "UPDATE inbox SET uid = NULL, marked = 1 WHERE id = ?1", [id])?;
            Ok(true)
        }
    }
}

fn listing_of(row: &Columns<'_>) -> rusqlite::Result<Listing> {
    let size: Option<i64> = row.get("listed_size")?;
    Ok(Listing {
        size: size.and_then(|size| u64::try_from(size).ok()),
        received: row.get("received_at")?,
    })
}

fn store_raw(tx: Tx<'_>, raw: &Raw) -> Result<i64> {
    let sql =
        "INSERT INTO raw (sha256, size, bytes) VALUES (?1, ?2, ?3) ON CONFLICT (sha256) DO NOTHING";
    if rows::change(tx, sql, params![raw.sha256, raw.size, raw.frame])? > 0 {
        return Ok(tx.last_insert_rowid());
    }
    let there = rows::value(tx, "SELECT id FROM raw WHERE sha256 = ?1", [raw.sha256])?;
    there.ok_or_else(|| Error::Damaged("raw: bytes that were there are gone".to_owned()))
}

/// The row of the mail that opened a ticket.
#[derive(Clone, Copy, Debug)]
pub struct OpeningRow {
    /// Its number.
    pub id: InboxId,
    /// When it was stored.
    pub arrived_at: Timestamp,
    /// Whether its writer is left in peace.
    pub quiet: bool,
}

/// The mail that opened a ticket.
pub fn opening(connection: &Connection, number: TicketNumber) -> Result<Option<OpeningRow>> {
    let sql = "SELECT inbox.id AS id, arrived_at, quiet FROM entries JOIN inbox ON inbox.id = entries.inbox
               WHERE entries.ticket = ?1 ORDER BY entries.id LIMIT 1";
    rows::first(connection, sql, [number], |row| {
        Ok(OpeningRow {
            id: row.get("id")?,
            arrived_at: row.get("arrived_at")?,
            quiet: row.get("quiet")?,
        })
    })
}

/// The bytes of a mail as they came.
pub fn bytes(connection: &Connection, id: InboxId) -> Result<Vec<u8>> {
    let sql =
        "SELECT raw.bytes, raw.size FROM inbox JOIN raw ON raw.id = inbox.raw WHERE inbox.id = ?1";
    let read = |row: &Columns<'_>| Ok((row.get("bytes")?, row.get("size")?));
    let found: Option<(Vec<u8>, i64)> = rows::first(connection, sql, [id], read)?;
    let (frame, size) =
        found.ok_or_else(|| Error::Damaged(format!("mail {} has no bytes", id.0)))?;
    unpack(&frame, usize::try_from(size).unwrap_or(UNPACKED_MAX).min(UNPACKED_MAX))
}

/// Mails of that epoch within the range that the ledger knows, by their UIDs.
pub fn known(
    connection: &Connection,
    mailbox: &str,
    uidvalidity: u32,
    first: u32,
    last: u32,
) -> Result<BTreeMap<u32, Listing>> {
    let sql = "SELECT uid, listed_size, received_at FROM inbox WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid BETWEEN ?3 AND ?4";
    let values = params![mailbox, uidvalidity, first, last];
    let read = |row: &Columns<'_>| Ok((row.get("uid")?, listing_of(row)?));
    Ok(rows::all(connection, sql, values, read)?.into_iter().collect())
}

/// The last UID of that mailbox and epoch.
pub fn last_uid(connection: &Connection, mailbox: &str, epoch: u32) -> Result<Option<u32>> {
    let sql = "SELECT uid FROM inbox WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid IS NOT NULL ORDER BY uid DESC LIMIT 1";
    rows::first(connection, sql, params![mailbox, epoch], |row| row.get("uid"))
}

/// Whether a mail of that size and date came, wherever it lay: a move keeps both.
pub fn knows_listing(connection: &Connection, listing: &Listing) -> Result<bool> {
    let size = listing.size.and_then(|size| i64::try_from(size).ok());
    let sql = "SELECT 1 FROM inbox WHERE listed_size = ?1 AND received_at IS ?2 LIMIT 1";
    rows::exists(connection, sql, params![size, listing.received])
}

/// Whether the ledger knows anything of that mailbox, in any epoch.
pub fn knows_mailbox(connection: &Connection, mailbox: &str) -> Result<bool> {
    rows::exists(connection, "SELECT 1 FROM inbox WHERE mailbox = ?1 LIMIT 1", [mailbox])
}

/// UIDs that are safely stored but of which the server was not told, at most `most`.
pub fn unmarked(
    connection: &Connection,
    mailbox: &str,
    uidvalidity: u32,
    most: usize,
) -> Result<Vec<u32>> {
    let sql = "SELECT uid FROM inbox WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid IS NOT NULL AND marked = 0 ORDER BY uid LIMIT ?3";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    rows::values(connection, sql, params![mailbox, uidvalidity, most])
}

/// Notes that the server was told of those, or need not be.
pub fn set_marked(tx: Tx<'_>, mailbox: &str, uidvalidity: u32, uids: &[u32]) -> Result<()> {
    let sql = "UPDATE inbox SET marked = 1 WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid IN (SELECT value FROM json_each(?3))";
    rows::put(tx, sql, params![mailbox, uidvalidity, Json(uids)])
}

/// Forgets what was to be told in epochs that are over: their UIDs mean nothing now.
pub fn drop_unmarked_of_other_epochs(tx: Tx<'_>, mailbox: &str, uidvalidity: u32) -> Result<()> {
    let sql = "UPDATE inbox SET marked = 1 WHERE mailbox = ?1 AND uidvalidity <> ?2 AND marked = 0";
    rows::put(tx, sql, params![mailbox, uidvalidity])
}

/// Whether a mail waits for longer than any was put off: the clock was wrong then (T1).
pub fn has_strayed(connection: &Connection, now: Timestamp, longest: Duration) -> Result<bool> {
    let sql = "SELECT 1 FROM inbox WHERE outcome IS NULL AND not_before > ?1 LIMIT 1";
    rows::exists(connection, sql, [now.plus(longest)])
}

/// Puts a mail off that cannot be decided yet: others pass it, and the attempt is not counted.
pub fn put_off(tx: Tx<'_>, id: InboxId, until: Timestamp, reason: &str) -> Result<()> {
    let sql = "UPDATE inbox SET put_off = put_off + 1, not_before = ?2, reason = ?3, attempts = attempts - 1
               WHERE id = ?1 AND outcome IS NULL";
    rows::put(tx, sql, params![id, until, reason])
}

/// Nothing that was put off waits longer than this from now, whatever the clock did (T1).
pub fn clamp(tx: Tx<'_>, now: Timestamp, longest: Duration) -> Result<()> {
    let sql = "UPDATE inbox SET not_before = ?1 WHERE outcome IS NULL AND not_before > ?2";
    rows::put(tx, sql, [now, now.plus(longest)])
}

/// What is noted of a mail once it was read and decided.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What makes it this mail.
    pub identity: Option<[u8; 32]>,
    /// Its id, without brackets.
    pub message_id: Option<String>,
    /// The single sender's bare address.
    pub from: Option<String>,
    /// Decoded subject.
    pub subject: Option<String>,
    /// See `Origin::as_str`.
    pub origin: Option<&'static str>,
    /// Whether it is the sender's.
    pub authentication: Option<Authentication>,
    /// The domain whose signature was checked here.
    pub signer: Option<String>,
}

/// The end of a mail.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// What it is.
    pub outcome: Outcome,
    /// In which ticket.
    pub ticket: Option<TicketNumber>,
    /// Why, in words.
    pub reason: &'a str,
    /// The same as the log names it.
    pub code: Option<&'a str>,
}

/// Writes down the end of a mail.
pub fn settle(tx: Tx<'_>, id: InboxId, facts: &Facts, ending: &Ending<'_>) -> Result<()> {
    let sql = "UPDATE inbox SET identity = ?2, message_id = ?3, from_address = ?4, subject = ?5, origin = ?6, authentication = ?7,
                outcome = ?8, ticket = ?9, reason = ?10, code = ?11, signer = ?12 WHERE id = ?1";
    let Facts { identity, message_id, from, subject, origin, authentication, signer } = facts;
    let Ending { outcome, ticket, reason, code } = ending;
    let values = params![
        id,
        identity,
        message_id,
        from,
        subject,
        origin,
        authentication,
        outcome,
        ticket,
        reason,
        code,
        signer
    ];
    rows::put(tx, sql, values)
}

/// Notes the fields of a refused mail's header block.
pub fn set_facts(tx: Tx<'_>, id: InboxId, facts: &Facts) -> Result<()> {
    let sql = "UPDATE inbox SET message_id = ?2, from_address = ?3, subject = ?4, origin = ?5, authentication = ?6 WHERE id = ?1";
    let Facts { identity: _, message_id, from, subject, origin, authentication, signer: _ } = facts;
    rows::put(tx, sql, params![id, message_id, from, subject, origin, authentication])
}

/// An earlier row that is the same mail by content and was not itself set aside as a duplicate,
/// with its ticket.
pub fn same_mail(
    connection: &Connection,
    identity: &[u8; 32],
    but: InboxId,
) -> Result<Option<(InboxId, Option<TicketNumber>)>> {
    // For a list of more than two words SQLite makes a table at each call.
    let sql = "SELECT id, ticket FROM inbox WHERE identity = ?1 AND id <> ?2
               AND outcome <> 'duplicate' AND outcome <> 'quarantine' AND outcome <> 'refused' ORDER BY id LIMIT 1";
    let read = |row: &Columns<'_>| Ok((row.get("id")?, row.get("ticket")?));
    rows::first(connection, sql, params![identity, but], read)
}

/// Sends a quarantined or held mail through the desk again, on the operator's word. `false` if it
/// is not there to release.
pub fn release(tx: Tx<'_>, id: InboxId) -> Result<bool> {
    let sql = "UPDATE inbox SET outcome = NULL, reason = NULL, identity = NULL, attempts = 0, put_off = 0, not_before = NULL, released = 1
               WHERE id = ?1 AND outcome IN ('quarantine', 'held')";
    Ok(rows::change(tx, sql, [id])? == 1)
}

/// Where a mail stands that waits for its one-time key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// It is held.
    pub held: bool,
    /// It was let go already, by its key or by the operator.
    pub released: bool,
    /// Wrong keys that came.
    pub tries: i64,
}

/// Where that mail stands.
pub fn keyed(connection: &Connection, id: InboxId) -> Result<Option<Keyed>> {
    let sql = "SELECT id, outcome IS 'held' AS held, released <> 0 AS released, key_tries FROM inbox WHERE id = ?1";
    rows::first(connection, sql, [id], |row| {
        Ok(Keyed {
            held: row.get("held")?,
            released: row.get("released")?,
            tries: row.get("key_tries")?,
        })
    })
}

/// Counts a wrong key.
pub fn count_wrong_key(tx: Tx<'_>, id: InboxId) -> Result<()> {
    rows::put(tx, "UPDATE inbox SET key_tries = key_tries + 1 WHERE id = ?1", [id])
}

/// Sends a held mail through the desk again, on the word of its key: once, since it is released
/// then.
pub fn unlock(tx: Tx<'_>, id: InboxId) -> Result<()> {
    let sql = "UPDATE inbox SET outcome = NULL, reason = NULL, identity = NULL, attempts = 0, put_off = 0, not_before = NULL, released = 2,
                      held_until = NULL
               WHERE id = ?1 AND outcome = 'held' AND released = 0";
    match rows::change(tx, sql, [id])? {
        1 => Ok(()),
        _ => Err(Error::Damaged(format!(
            "mail {} was to be let go by its key and is not held",
            id.0
        ))),
    }
}

/// Whether a mail's key released it, and not the operator.
pub fn was_unlocked(connection: &Connection, id: InboxId) -> Result<bool> {
    rows::exists(connection, "SELECT 1 FROM inbox WHERE id = ?1 AND released = 2", [id])
}

/// Sets a quarantined or held mail aside as a record, on the operator's word. `false` if it is not
/// there to drop.
pub fn drop_waiting(tx: Tx<'_>, id: InboxId) -> Result<bool> {
    let sql = "UPDATE inbox SET outcome = 'record', reason = 'set aside by the operator; was: ' || coalesce(reason, '')
               WHERE id = ?1 AND outcome IN ('quarantine', 'held')";
    Ok(rows::change(tx, sql, [id])? == 1)
}

/// Notes until when a held mail waits for its agent.
pub fn hold(tx: Tx<'_>, id: InboxId, until: Timestamp) -> Result<()> {
    rows::put(tx, "UPDATE inbox SET held_until = ?2 WHERE id = ?1", params![id, until])
}

/// Until when a mail waits for its agent; `None` if it is not held, or waits no longer.
pub fn held_until(
    connection: &Connection,
    id: InboxId,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let sql = "SELECT held_until FROM inbox WHERE id = ?1 AND outcome = 'held' AND held_until > ?2";
    rows::value(connection, sql, params![id, now])
}

/// Writes down the end of a held mail that another one released or replaced.
pub fn end_hold(tx: Tx<'_>, id: InboxId, by: InboxId, ending: &Ending<'_>) -> Result<()> {
    let sql = "UPDATE inbox SET outcome = ?3, ticket = coalesce(?4, ticket), reason = ?5, code = ?6, held_until = NULL, released_by = ?2
               WHERE id = ?1 AND outcome = 'held'";
    let Ending { outcome, ticket, reason, code } = ending;
    rows::put(tx, sql, params![id, by, outcome, ticket, reason, code])
}

/// A held mail whose agent did not answer in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expired {
    /// Its row.
    pub id: InboxId,
    /// From.
    pub from: String,
    /// Its subject, perhaps none.
    pub subject: Option<String>,
    /// When it came.
    pub arrived_at: Timestamp,
}

/// Held mails whose time is over, at most 100. They stay held for the operator, who can still
/// release or drop them.
pub fn expired(connection: &Connection, now: Timestamp) -> Result<Vec<Expired>> {
    let sql = "SELECT id, coalesce(from_address, '') AS sender, subject, arrived_at FROM inbox
               WHERE outcome = 'held' AND held_until <= ?1 ORDER BY id LIMIT 100";
    rows::all(connection, sql, [now], |row| {
        Ok(Expired {
            id: row.get("id")?,
            from: row.get("sender")?,
            subject: row.get("subject")?,
            arrived_at: row.get("arrived_at")?,
        })
    })
}

/// Notes that a held mail waits for its agent no longer.
pub fn give_up(tx: Tx<'_>, id: InboxId) -> Result<()> {
    rows::put(tx, "UPDATE inbox SET held_until = NULL WHERE id = ?1", [id])
}
