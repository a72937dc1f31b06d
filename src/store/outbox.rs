//! Mails that go out: one row per recipient, its bytes fixed when it was queued.
//!
//! States: `queued` → `sending` (attempt counted, committed before the try) → `sent`, or `queued`
//! again, or `unknown` (no answer after the final dot; tried again with the same bytes), or
//! `refused`, or `expired`. A row found `sending` at start was cut off: it becomes `unknown`. A row
//! that is still `queued` can be taken back (`undo.rs`). The schedule is derived from `due_at`
//! alone, so there are no timers to lose.

mod claim;

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::rows::Columns;
use super::undo::STOPPED;
use super::{Error, Result, Tx, pack, rows};
use crate::desk::Cause;
use crate::mail::compose::{Composed, Piece};
use crate::mail::{Address, Encoding, InboxId, Kind, MessageId, OutboxId, ReplyGoes, TicketNumber};
use crate::time::Timestamp;

pub use claim::{Choice, Pace, Parcel, Rank, Room, claim, next};

/// Largest text of a composed mail without its files.
pub(super) const COMPOSED_MAX: usize = 64 << 20;

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits to be tried.
    Queued,
    /// Is being tried.
    Sending,
    /// Perhaps delivered; tried again.
    Unknown,
    /// The relay has it.
    Sent,
    /// Nobody will ever take it.
    Refused,
    /// Not tried any more.
    Expired,
}

impl State {
    /// The word of `outbox --json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }
}

/// A mail to be queued.
#[derive(Clone, Debug)]
pub struct Fresh<'a> {
    /// The row it will have, from [`next_id`].
    pub id: OutboxId,
    /// Its ticket.
    pub ticket: Option<TicketNumber>,
    /// The entry that it carries or tells of.
    pub entry: Option<i64>,
    /// Why it goes.
    pub kind: Kind,
    /// What it is about, for bounds; usually empty.
    pub cause: Option<Cause>,
    /// Whom it goes to.
    pub recipient: &'a Address,
    /// Its id.
    pub message_id: &'a MessageId,
    /// Where a reply goes.
    pub reply_goes: ReplyGoes,
    /// Version of the ticket that it shows.
    pub seen_version: i64,
    /// The mail that it speaks of, if it can be released by an answer.
    pub about: Option<InboxId>,
    /// The agent's mail that caused it.
    pub by_mail: Option<InboxId>,
    /// It is not handed over before: until then its writer can take it back.
    pub due: Timestamp,
    /// Its bytes.
    pub composed: &'a Composed,
}

/// The row that the next queued mail gets: its Message-ID is made from it.
pub fn next_id(tx: Tx<'_>) -> Result<OutboxId> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'";
    Ok(OutboxId(rows::value(tx, sql, [])?.unwrap_or(0) + 1))
}

/// Queues a mail, to be tried once it is due.
pub fn queue(tx: Tx<'_>, mail: &Fresh<'_>, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO outbox (id, ticket, entry, kind, cause, recipient, message_id, reply_goes, seen_version, queued_at, due_at, state,
                attempts, last_attempt_at, last_reply, returned, about, by_mail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'queued', 0, NULL, NULL, 0, ?12, ?13)";
    let values = params![
        mail.id,
        mail.ticket,
        mail.entry,
        mail.kind,
        mail.cause.map_or("", Cause::as_str),
        mail.recipient,
        mail.message_id,
        mail.reply_goes,
        mail.seen_version,
        now,
        mail.due,
        mail.about,
        mail.by_mail
    ];
    rows::change(tx, sql, values)?;
    let sql = "INSERT INTO outbox_bytes (id, bytes) VALUES (?1, ?2)";
    rows::put(tx, sql, params![mail.id, pack(&freeze(mail.composed))?])
}

/// What becomes of a row after a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The relay has it.
    Sent,
    /// To be tried again then; nothing of it was taken.
    Queued(Timestamp),
    /// Perhaps delivered; to be tried again then.
    Unknown(Timestamp),
    /// The relay will never take it.
    Refused,
    /// Tried for too long.
    Expired,
    /// Nothing of it was tried: due again then, and the attempt is not counted.
    Back(Timestamp),
}

/// Writes down the outcome of a try, with the relay's words.
pub fn settle(tx: Tx<'_>, id: OutboxId, settled: &Settled, words: &str) -> Result<()> {
    let (state, due) = match settled {
        Settled::Sent => (State::Sent, None),
        Settled::Queued(at) | Settled::Back(at) => (State::Queued, Some(*at)),
        Settled::Unknown(at) => (State::Unknown, Some(*at)),
        Settled::Refused => (State::Refused, None),
        Settled::Expired => (State::Expired, None),
    };
    if matches!(settled, Settled::Back(_)) {
        let sql = "UPDATE outbox SET attempts = max(attempts - 1, 0) WHERE id = ?1";
        rows::change(tx, sql, [id])?;
    }
    let sql = "UPDATE outbox SET state = ?2, due_at = coalesce(?3, due_at), last_reply = ?4 WHERE id = ?1";
    rows::put(tx, sql, params![id, state, due, words])?;
    if *settled == Settled::Sent { look_again(tx, id) } else { Ok(()) }
}

/// An answer that was long on its way may be late: its ticket wants to be looked at.
fn look_again(tx: Tx<'_>, id: OutboxId) -> Result<()> {
    let sql = "UPDATE tickets SET next_at = 0
               WHERE number = (SELECT ticket FROM outbox WHERE id = ?1 AND kind = 'reply' AND last_attempt_at - queued_at >= 60000)";
    rows::change(tx, sql, [id]).map(drop)
}

/// When the relay took the requester's copy of an answer on a ticket that was given then.
pub fn taken(
    connection: &Connection,
    number: TicketNumber,
    answered: Timestamp,
) -> Result<Option<Timestamp>> {
    let sql = "SELECT max(last_attempt_at) FROM outbox JOIN tickets ON number = ticket AND recipient = requester
               WHERE ticket = ?1 AND kind = 'reply' AND queued_at = ?2 AND state = 'sent'";
    Ok(rows::value(connection, sql, params![number, answered])?.flatten())
}

/// What was being sent when the process ended may have arrived: it is unknown now, and tried again
/// at once.
pub fn recover(tx: Tx<'_>, now: Timestamp) -> Result<usize> {
    let sql = "UPDATE outbox SET state = 'unknown', due_at = ?1, last_reply = 'the daemon was stopped while this was being sent'
               WHERE state = 'sending'";
    rows::change(tx, sql, [now])
}

/// After the database was put back to an older state: what was due then went out most likely, and is
/// not sent again. Of answers their writers hear; gives how many rows there were.
pub fn set_perhaps_sent(tx: Tx<'_>, now: Timestamp) -> Result<usize> {
    const WORDS: &str = "the database was put back to an older state while this waited; it went out most likely, and is not sent again";
    let sql = "UPDATE outbox SET state = CASE kind WHEN 'reply' THEN 'expired' ELSE 'sent' END, last_reply = ?2
               WHERE state IN ('queued', 'unknown', 'sending') AND due_at <= ?1 AND withdrawn_at IS NULL";
    rows::change(tx, sql, params![now, WORDS])
}

/// How long a row can wait honestly.
#[derive(Clone, Copy, Debug)]
pub struct Honest {
    /// The longest wait between attempts, and the time for `#undo`.
    pub longest: Duration,
    /// The bounds that put rows off, a window for each so many.
    pub pace: Pace,
}

/// Brings rows back that no honest wait explains: the clock was wrong when they were put off, be it
/// for two seconds (T1). What wrote down a try or a beginning that is yet to come is not believed.
pub fn mend(tx: Tx<'_>, now: Timestamp, honest: Honest) -> Result<usize> {
    let until = now.plus(longest_wait(tx, honest)?);
    let sql = "UPDATE outbox SET due_at = ?1 WHERE state IN ('queued', 'unknown') AND due_at > ?1 AND due_at < ?3
                 AND (due_at > ?2 OR coalesce(last_attempt_at, queued_at) > ?4)";
    rows::change(tx, sql, [now, until, STOPPED, now.plus(SKEW)])
}

/// A clock that differs by less is no other clock.
const SKEW: Duration = Duration::from_secs(60);

/// Whether [`mend`] has anything to do.
pub fn has_strayed(connection: &Connection, now: Timestamp, honest: Honest) -> Result<bool> {
    let sql =
        "SELECT 1 FROM outbox WHERE state IN ('queued', 'unknown') AND due_at > ?1 AND due_at < ?2
                 AND (due_at > ?3 OR coalesce(last_attempt_at, queued_at) > ?4) LIMIT 1";
    let until = now.plus(longest_wait(connection, honest)?);
    rows::exists(connection, sql, [now, STOPPED, until, now.plus(SKEW)])
}

/// So many rows as wait may each be put off by a window.
fn longest_wait(connection: &Connection, honest: Honest) -> Result<Duration> {
    let sql = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'unknown')";
    let waiting: u32 = rows::value(connection, sql, [])?.unwrap_or(0);
    let windows = |limit: u32| (waiting / limit.max(1)).saturating_add(2);
    let hours = windows(honest.pace.acknowledgements_per_hour).saturating_mul(3600);
    let minutes = honest.pace.messages_per_minute.map_or(0, windows).saturating_mul(60);
    Ok(honest.longest.max(Duration::from_secs(u64::from(hours.max(minutes)))))
}

/// When the next waiting row is due; `None` if none waits.
pub fn next_due(connection: &Connection) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(due_at) FROM outbox WHERE state IN ('queued', 'unknown')";
    Ok(rows::value(connection, sql, [])?.flatten())
}

/// What is known of a row beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its row.
    pub id: OutboxId,
    /// Its ticket.
    pub ticket: Option<TicketNumber>,
    /// Why it went.
    pub kind: Kind,
    /// Whom it went to.
    pub recipient: Address,
    /// Its id.
    pub message_id: MessageId,
    /// Where a reply goes.
    pub reply_goes: ReplyGoes,
    /// Version of the ticket that it showed.
    pub seen_version: i64,
    /// The relay's last words.
    pub words: String,
    /// The mail that it speaks of, if it could be released by an answer.
    pub about: Option<InboxId>,
    /// The entry that it carries or tells of.
    pub entry: Option<i64>,
    /// The agent's mail that caused it.
    pub by_mail: Option<InboxId>,
    /// What it was about, for bounds.
    pub cause: Option<Cause>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it was due.
    pub due_at: Timestamp,
    /// It came to an end before anybody tried to send it.
    pub untried: bool,
}

const SENT: &str = "SELECT id, ticket, kind, recipient, message_id, reply_goes, seen_version, coalesce(last_reply, '') AS words, about, \
                    entry, by_mail, cause, queued_at, due_at, state = 'expired' AND attempts = 0 AS untried FROM outbox ";

fn sent(row: &Columns<'_>) -> rusqlite::Result<Sent> {
    Ok(Sent {
        id: row.get("id")?,
        ticket: row.get("ticket")?,
        kind: row.get("kind")?,
        recipient: row.get("recipient")?,
        message_id: row.get("message_id")?,
        reply_goes: row.get("reply_goes")?,
        seen_version: row.get("seen_version")?,
        words: row.get("words")?,
        about: row.get("about")?,
        entry: row.get("entry")?,
        by_mail: row.get("by_mail")?,
        cause: Cause::parse(&row.get::<String>("cause")?),
        queued_at: row.get("queued_at")?,
        due_at: row.get("due_at")?,
        untried: row.get("untried")?,
    })
}

/// The row of that number.
pub fn row(connection: &Connection, id: OutboxId) -> Result<Option<Sent>> {
    rows::first(connection, &[SENT, "WHERE id = ?1"].concat(), [id], sent)
}

/// Rows that failed for good and of which the desk has not heard yet, at most 100; one that is
/// damaged stops none.
pub fn returning(connection: &Connection) -> Result<Vec<Result<Sent>>> {
    let sql =
        [SENT, "WHERE returned = 0 AND state IN ('refused', 'expired') ORDER BY id LIMIT 100"];
    rows::each(connection, &sql.concat(), [], sent)
}

/// Notes that the desk has heard of a row's failure.
pub fn set_returned(tx: Tx<'_>, id: OutboxId) -> Result<()> {
    rows::put(tx, "UPDATE outbox SET returned = 1 WHERE id = ?1", [id])
}

/// Notes that a mail that the relay took came back. The desk decides about it with the bounce
/// itself.
pub fn set_bounced(tx: Tx<'_>, id: OutboxId, words: &str) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'refused', last_reply = ?2, returned = 1 WHERE id = ?1";
    rows::put(tx, sql, params![id, words])
}

/// Our ids on these tickets by recipient, oldest first, the last 40 of each: each recipient's own
/// thread. What was taken back is none of it: nobody got it.
pub fn thread(
    connection: &Connection,
    family: &[TicketNumber],
) -> Result<Vec<(Timestamp, Address, MessageId)>> {
    let sql = "SELECT id, queued_at, recipient, message_id FROM outbox WHERE ticket = ?1 AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 40";
    let mut found: Vec<(OutboxId, (Timestamp, Address, MessageId))> = Vec::new();
    for number in family {
        found.extend(rows::all(connection, sql, [number], |row| {
            let id = row.get("id")?;
            Ok((id, (row.get("queued_at")?, row.get("recipient")?, row.get("message_id")?)))
        })?);
    }
    found.sort_by_key(|(row, _)| *row);
    Ok(found.into_iter().map(|(_, one)| one).collect())
}

/// How many mails of a kind were queued for an address since then.
pub fn count_since(
    connection: &Connection,
    kind: Kind,
    recipient: &Address,
    since: Timestamp,
) -> Result<u32> {
    let sql = "SELECT count(*) FROM outbox WHERE kind = ?1 AND recipient = ?2 AND queued_at > ?3";
    Ok(rows::value(connection, sql, params![kind, recipient, since])?.unwrap_or(0))
}

/// When transcripts on that ticket were queued for that agent: what their own commands did has the
/// same time. Those of its family speak of other tickets.
pub fn transcripts(
    tx: Tx<'_>,
    ticket: TicketNumber,
    agent: &Address,
) -> Result<BTreeSet<Timestamp>> {
    let sql =
        "SELECT queued_at FROM outbox WHERE ticket = ?1 AND recipient = ?2 AND kind = 'transcript'";
    Ok(rows::values(tx, sql, params![ticket, agent])?.into_iter().collect())
}

/// When that address was last sent an acknowledgement on that ticket or one that went into it.
pub fn last_acknowledged(
    connection: &Connection,
    number: TicketNumber,
    recipient: &Address,
) -> Result<Option<Timestamp>> {
    let sql = "SELECT max(queued_at) FROM family CROSS JOIN outbox ON outbox.ticket = part
               WHERE whole = ?1 AND recipient = ?2 AND kind = 'acknowledgement'";
    Ok(rows::value(connection, sql, params![number, recipient])?.flatten())
}

/// Whether a mail of that cause was queued for that address since then.
pub fn told_since(
    connection: &Connection,
    cause: Cause,
    recipient: &Address,
    since: Timestamp,
) -> Result<bool> {
    let sql = "SELECT 1 FROM outbox WHERE recipient = ?1 AND cause = ?2 AND queued_at > ?3 AND kind IN ('transcript', 'alarm') LIMIT 1";
    rows::exists(connection, sql, params![recipient, cause.as_str(), since])
}

/// When a mail was first queued that speaks of that one.
pub fn first_about(connection: &Connection, about: InboxId) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(queued_at) FROM outbox WHERE about = ?1";
    Ok(rows::value(connection, sql, [about])?.flatten())
}

/// One line of a bundle: which ticket, when, and what happened.
pub type Bundled = (TicketNumber, Timestamp, String);

/// Puts a notification that is above the agent's bound by, until the next bundle.
pub fn put_by(
    tx: Tx<'_>,
    agent: &Address,
    number: TicketNumber,
    line: &str,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO bundle (agent, ticket, at, line) VALUES (?1, ?2, ?3, ?4)";
    rows::put(tx, sql, params![agent, number, now, line])
}

/// Agents for whom something was put by; one that is damaged stops none.
pub fn agents_with_bundles(connection: &Connection) -> Result<Vec<Result<Address>>> {
    let sql = "SELECT DISTINCT agent FROM bundle ORDER BY agent";
    rows::each(connection, sql, [], |row| row.get("agent"))
}

/// Takes what was put by for an agent.
pub fn take_bundle(tx: Tx<'_>, agent: &Address) -> Result<Vec<Bundled>> {
    let sql = "SELECT ticket, at, line FROM bundle WHERE agent = ?1 ORDER BY id";
    let read = |row: &Columns<'_>| Ok((row.get("ticket")?, row.get("at")?, row.get("line")?));
    let lines = rows::all(tx, sql, [agent], read)?;
    rows::change(tx, "DELETE FROM bundle WHERE agent = ?1", [agent])?;
    Ok(lines)
}

const TAG_BYTES: u8 = 0;
const TAG_FILE: u8 = 1;

/// The stored form: a tag, then numbers of eight bytes, then the bytes themselves.
fn freeze(composed: &Composed) -> Vec<u8> {
    let mut frozen = Vec::new();
    for piece in &composed.pieces {
        match piece {
            Piece::Bytes(bytes) => {
                frozen.push(TAG_BYTES);
                frozen.extend(number(bytes.len()));
                frozen.extend(bytes);
            }
            Piece::File { source, offset, length, encoding } => {
                frozen.push(TAG_FILE);
                frozen.extend(source.0.to_be_bytes());
                frozen.extend(number(*offset));
                frozen.extend(number(*length));
                frozen.push(match encoding {
                    Encoding::Identity => 0,
                    Encoding::Base64 => 1,
                    Encoding::QuotedPrintable => 2,
                });
            }
        }
    }
    frozen
}

fn number(value: usize) -> [u8; 8] {
    u64::try_from(value).unwrap_or(u64::MAX).to_be_bytes()
}

pub(super) fn thaw(frozen: &[u8]) -> Result<Composed> {
    let mut rest = frozen;
    let mut pieces = Vec::new();
    while let Some((tag, left)) = rest.split_first() {
        rest = left;
        pieces.push(thaw_piece(*tag, &mut rest).ok_or_else(|| {
            Error::Damaged("the bytes of a queued mail are cut short or another's".to_owned())
        })?);
    }
    Ok(Composed { pieces })
}

fn thaw_piece(tag: u8, rest: &mut &[u8]) -> Option<Piece> {
    if tag == TAG_BYTES {
        let length = take_number(rest)?;
        let (bytes, left) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        *rest = left;
        return Some(Piece::Bytes(bytes.to_vec()));
    }
    if tag != TAG_FILE {
        return None;
    }
    let source = InboxId(i64::try_from(take_number(rest)?).ok()?);
    let (offset, length) = (take_number(rest)?, take_number(rest)?);
    let (encoding, left) = rest.split_first()?;
    *rest = left;
    let encoding = match encoding {
        0 => Encoding::Identity,
        1 => Encoding::Base64,
        2 => Encoding::QuotedPrintable,
        _ => return None,
    };
    Some(Piece::File {
        source,
        offset: usize::try_from(offset).ok()?,
        length: usize::try_from(length).ok()?,
        encoding,
    })
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let (bytes, left) = rest.split_first_chunk::<8>()?;
    *rest = left;
    Some(u64::from_be_bytes(*bytes))
}
