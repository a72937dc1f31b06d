//! Which rows go next: fairly by the recipient's domain, and what is fresh before what waited.
//!
//! A hundred thousand rows may be due, most of them for one server that takes none. They are
//! neither sorted nor read through at a claim: the oldest, the newest, and a stretch that moves on
//! from call to call are looked at in the order of the index. The newest are there for the mail
//! that somebody waits for just now, the stretch for what stands behind a crowd that is not served.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rusqlite::{Connection, Params, params};

use super::super::rows::{self, Columns};
use super::super::{Error, unpack};
use super::{COMPOSED_MAX, Result, Settled, Tx, next_id, settle, thaw};
use crate::mail::compose::Composed;
use crate::mail::{Address, Kind, OutboxId, TicketNumber};
use crate::time::Timestamp;

/// Rows that are looked at from either end of what is due, at least and at most; in between two for
/// each that there is room for.
const ENDS: (usize, usize) = (16, 128);
/// Rows that are looked at in between.
const STRETCH: usize = 2000;
/// Rows of one domain that are claimed and not handed over, if its server is quick: enough for one
/// commit to serve many …
const QUICK: usize = 48;
/// … and if that is not known, so that a few of those do not take all the room.
const UNKNOWN: usize = 8;
/// Fresh rows of a domain may be so many more.
const FRESH_MORE: usize = 8;
/// After three that are fresh comes one that waited, if there is one: it must not wait for ever.
const OF_FRESH: usize = 3;
/// What waited for longer is not fresh any more.
const FRESH_FOR: Duration = Duration::from_secs(15 * 60);

/// Bounds on how fast mail goes out.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Acknowledgements, and mails that go in place of a late answer, within an hour.
    pub acknowledgements_per_hour: u32,
    /// All mails within a minute; `None` is no bound.
    pub messages_per_minute: Option<u32>,
}

/// A mail that is to be handed over now.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Its row.
    pub id: OutboxId,
    /// Whom it goes to.
    pub recipient: Address,
    /// The recipient's domain, in lower case.
    pub domain: String,
    /// What it is about, if it is about a ticket.
    pub ticket: Option<TicketNumber>,
    /// Somebody waits for it just now: an acknowledgement, an answer, a receipt, not tried before.
    pub fresh: bool,
    /// Its bytes, but for the files.
    pub composed: Composed,
    /// Tries, this one included.
    pub attempts: i64,
    /// When it was queued.
    pub queued_at: Timestamp,
}

/// A place in the order in which rows are due.
pub type Rank = (Timestamp, OutboxId);

/// What there is room for.
#[derive(Clone, Debug)]
pub struct Room<'a> {
    /// Rows.
    pub most: usize,
    /// Of these such that are not fresh.
    pub waited: usize,
    /// Rows that were claimed and not handed over, by domain.
    pub held: BTreeMap<String, usize>,
    /// Domains whose servers are quick; `None` where none can be in another's way.
    pub quick: Option<&'a BTreeSet<String>>,
    /// This domain's turn is last.
    pub but: Option<String>,
    /// From where on the stretch is looked at, if at all.
    pub far: Option<Rank>,
}

impl Room<'_> {
    /// For so many rows, of whatever domain.
    pub fn of(most: usize) -> Self {
        Self { most, waited: most, held: BTreeMap::new(), quick: None, but: None, far: None }
    }
}

/// Rows to claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// In the order in which they became due.
    pub ids: Vec<OutboxId>,
    /// Where the next stretch begins; `None` at the end, or if there was none.
    pub far: Option<Rank>,
}

/// A due row as far as its turn depends on it.
#[derive(Clone, Debug)]
struct Due {
    rank: Rank,
    domain: String,
    fresh: bool,
}

/// Chooses among the due rows. Reads only: it may run beside the writer.
pub fn next(connection: &Connection, room: &Room<'_>, now: Timestamp) -> Result<Choice> {
    let ends = room.most.saturating_mul(2).clamp(ENDS.0, ENDS.1);
    let oldest = "SELECT id, recipient, kind, attempts, queued_at, due_at FROM outbox
         WHERE state IN ('queued', 'unknown') AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2";
    let mut found = look(connection, oldest, params![now, count(ends)], now)?;
    let mut far = None;
    if found.len() == ends {
        let newest = "SELECT id, recipient, kind, attempts, queued_at, due_at FROM outbox
             WHERE state IN ('queued', 'unknown') AND due_at <= ?1 ORDER BY due_at DESC, id DESC LIMIT ?2";
        found.extend(look(connection, newest, params![now, count(ends)], now)?);
        if let Some(from) = room.far {
            let stretch = "SELECT id, recipient, kind, attempts, queued_at, due_at FROM outbox
                 WHERE state IN ('queued', 'unknown') AND due_at <= ?1 AND (due_at, id) > (?3, ?4)
                 ORDER BY due_at, id LIMIT ?2";
            let rows =
                look(connection, stretch, params![now, count(STRETCH), from.0, from.1], now)?;
            far = rows.last().filter(|_| rows.len() == STRETCH).map(|row| row.rank);
            found.extend(rows);
        }
        found.sort_by_key(|row| row.rank);
        found.dedup_by_key(|row| row.rank);
    }
    let mut order = in_turn(found);
    order.sort_by_key(|row| Some(&row.domain) == room.but.as_ref());
    Ok(Choice { ids: choose(order, room), far })
}

fn count(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn look(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    now: Timestamp,
) -> Result<Vec<Due>> {
    rows::all(connection, sql, values, |row| due(row, now))
}

/// A row that is damaged has its turn too: it is given up when that comes.
fn due(row: &Columns<'_>, now: Timestamp) -> rusqlite::Result<Due> {
    let id = row.get("id")?;
    let recipient: String = row.get("recipient")?;
    let domain = recipient.rsplit_once('@').map_or("", |(_, domain)| domain);
    let kind: Option<Kind> = row.get("kind").ok();
    let fresh = is_fresh(kind, row.get("attempts")?, row.get("queued_at")?, now);
    Ok(Due { rank: (row.get("due_at")?, id), domain: domain.to_lowercase(), fresh })
}

/// Notifications tell what can be read a little later; everything else answers somebody.
fn is_fresh(kind: Option<Kind>, attempts: i64, queued: Timestamp, now: Timestamp) -> bool {
    attempts == 0 && kind != Some(Kind::Notification) && now.since(queued) <= FRESH_FOR
}

/// Puts rows, given as they became due, in the order of their turns: one of each domain, then again
/// one of each; of what waited one after three that are fresh.
fn in_turn(rows: Vec<Due>) -> Vec<Due> {
    let mut rounds: BTreeMap<(String, bool), usize> = BTreeMap::new();
    let mut turns: Vec<(usize, Due)> = rows
        .into_iter()
        .map(|row| {
            let round = rounds.entry((row.domain.clone(), row.fresh)).or_default();
            *round += 1;
            (*round, row)
        })
        .collect();
    turns.sort_by_key(|(round, _)| *round);
    let (fresh, waited): (Vec<Due>, Vec<Due>) =
        turns.into_iter().map(|(_, row)| row).partition(|row| row.fresh);
    let (mut fresh, mut waited) = (fresh.into_iter(), waited.into_iter());
    let mut order = Vec::new();
    loop {
        let before = order.len();
        order.extend(fresh.by_ref().take(OF_FRESH));
        order.extend(waited.next());
        if order.len() == before {
            return order;
        }
    }
}

fn choose(order: Vec<Due>, room: &Room<'_>) -> Vec<OutboxId> {
    let mut held = room.held.clone();
    let mut waited = 0;
    let mut chosen: Vec<Rank> = Vec::new();
    for row in order {
        let of_domain = held.entry(row.domain.clone()).or_default();
        let limit = match room.quick {
            None => usize::MAX,
            Some(quick) if quick.contains(&row.domain) => QUICK,
            Some(_) => UNKNOWN,
        };
        let limit = limit.saturating_add(if row.fresh { FRESH_MORE } else { 0 });
        let full = chosen.len() >= room.most || !row.fresh && waited >= room.waited;
        if !full && *of_domain < limit {
            *of_domain += 1;
            waited += usize::from(!row.fresh);
            chosen.push(row.rank);
        }
    }
    chosen.sort();
    chosen.into_iter().map(|(_, id)| id).collect()
}

/// Counts an attempt for those of the chosen rows that are still due and within the bounds, and
/// gives them.
pub fn claim(tx: Tx<'_>, pace: Pace, chosen: &[OutboxId], now: Timestamp) -> Result<Vec<Parcel>> {
    let hour = Duration::from_secs(3600);
    hold_back(tx, Which::Acknowledgements, (hour, pace.acknowledgements_per_hour), chosen, now)?;
    if let Some(limit) = pace.messages_per_minute {
        hold_back(tx, Which::All, (Duration::from_secs(60), limit), chosen, now)?;
    }
    // Without RETURNING, which would cost a savepoint for each row.
    let count = "UPDATE outbox SET state = 'sending', attempts = attempts + 1, last_attempt_at = ?2
         WHERE id = ?1 AND state IN ('queued', 'unknown') AND due_at <= ?2";
    let sql = "SELECT id, recipient, kind, attempts, queued_at, ticket, bytes FROM outbox LEFT JOIN outbox_bytes USING (id) WHERE id = ?1";
    let mut parcels = Vec::with_capacity(chosen.len());
    for id in chosen {
        if rows::change(tx, count, params![id, now])? == 0 {
            continue;
        }
        let found = rows::first(tx, sql, [id], |row| {
            Ok((parcel(row, now), row.get::<Option<Vec<u8>>>("bytes")?))
        })?;
        let Some((parcel, frame)) = found else { continue };
        match whole(parcel, frame.as_deref()) {
            Ok(parcel) => parcels.push(parcel),
            // It can never go, and must not stop those behind it.
            Err(Error::Damaged(what)) => settle(tx, *id, &Settled::Refused, &what)?,
            Err(error) => return Err(error),
        }
    }
    Ok(parcels)
}

fn parcel(row: &Columns<'_>, now: Timestamp) -> rusqlite::Result<Parcel> {
    let id = row.get("id")?;
    let recipient: Address = row.get("recipient")?;
    let (kind, attempts): (Kind, i64) = (row.get("kind")?, row.get("attempts")?);
    let (queued_at, ticket) = (row.get("queued_at")?, row.get("ticket")?);
    Ok(Parcel {
        id,
        domain: recipient.domain().to_lowercase(),
        recipient,
        ticket,
        fresh: is_fresh(Some(kind), attempts - 1, queued_at, now),
        composed: Composed { pieces: Vec::new() },
        attempts,
        queued_at,
    })
}

fn whole(parcel: rusqlite::Result<Parcel>, frame: Option<&[u8]>) -> Result<Parcel> {
    let Some(frame) = frame else {
        return Err(Error::Damaged("what was to be sent is missing".to_owned()));
    };
    Ok(Parcel { composed: thaw(&unpack(frame, COMPOSED_MAX)?)?, ..parcel? })
}

/// Which rows a bound counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Acknowledgements,
    All,
}

/// If more of these rows are to go than the window has room for, gives all that are due and have no
/// room later dates, so many to each coming window, so that whoever looks sees when they go.
fn hold_back(
    tx: Tx<'_>,
    which: Which,
    (window, limit): (Duration, u32),
    chosen: &[OutboxId],
    now: Timestamp,
) -> Result<()> {
    let share = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
    // So few rows were ever queued that no window can be full.
    let few = |next: usize| next.saturating_add(chosen.len()) <= share;
    if usize::try_from(next_id(tx)?.0).is_ok_and(few) {
        return Ok(());
    }
    let (room, opens) = free(tx, which, (window, limit), now)?;
    if wanted(tx, which, chosen)? <= room {
        return Ok(());
    }
    let due = all_due(tx, which, now)?;
    for (place, row) in in_turn(due).iter().skip(room).enumerate() {
        let windows = window.saturating_mul(u32::try_from(place / share).unwrap_or(u32::MAX));
        let later = opens.plus(windows);
        rows::change(
            tx,
            "UPDATE outbox SET due_at = ?2 WHERE id = ?1",
            params![row.rank.1, later],
        )?;
    }
    Ok(())
}

/// How many more may go within the window that ends now, and when there is room again: then who
/// waits and who came meanwhile are put in order anew.
fn free(
    tx: Tx<'_>,
    which: Which,
    (window, limit): (Duration, u32),
    now: Timestamp,
) -> Result<(usize, Timestamp)> {
    // A row that is due again, such as one whose try was cut off, needs its room once and not
    // twice.
    let sql = match which {
        Which::Acknowledgements => {
            "SELECT count(*) AS used, min(last_attempt_at) AS first FROM (SELECT last_attempt_at FROM outbox
             WHERE last_attempt_at > ?1 AND last_attempt_at <= ?2
             AND NOT (state IN ('queued', 'unknown') AND due_at <= ?2) AND kind IN ('acknowledgement', 'holding') LIMIT ?3)"
        }
        Which::All => {
            "SELECT count(*) AS used, min(last_attempt_at) AS first FROM (SELECT last_attempt_at FROM outbox
             WHERE last_attempt_at > ?1 AND last_attempt_at <= ?2
             AND NOT (state IN ('queued', 'unknown') AND due_at <= ?2)
             AND kind IN ('acknowledgement', 'holding', 'notification', 'reply', 'notice', 'transcript', 'alarm') LIMIT ?3)"
        }
    };
    let found = rows::first(tx, sql, params![now.minus(window), now, limit], |row| {
        Ok((row.get("used")?, row.get("first")?))
    })?;
    let (used, first): (i64, Option<Timestamp>) = found.unwrap_or_default();
    let room = usize::try_from(i64::from(limit).saturating_sub(used)).unwrap_or(0);
    // What goes now leaves its room after a window.
    let opens = first.filter(|_| room == 0).unwrap_or(now).plus(window);
    Ok((room, opens))
}

/// How many of the chosen rows the bound counts.
fn wanted(tx: Tx<'_>, which: Which, chosen: &[OutboxId]) -> Result<usize> {
    if which == Which::All {
        return Ok(chosen.len());
    }
    let sql = "SELECT 1 FROM outbox WHERE id = ?1 AND kind IN ('acknowledgement', 'holding')";
    let mut count = 0;
    for id in chosen {
        count += usize::from(rows::exists(tx, sql, [id])?);
    }
    Ok(count)
}

fn all_due(tx: Tx<'_>, which: Which, now: Timestamp) -> Result<Vec<Due>> {
    let sql = match which {
        Which::Acknowledgements => {
            "SELECT id, recipient, kind, attempts, queued_at, due_at FROM outbox
             WHERE state IN ('queued', 'unknown') AND due_at <= ?1 AND kind IN ('acknowledgement', 'holding')
             ORDER BY due_at, id LIMIT ?2"
        }
        Which::All => {
            "SELECT id, recipient, kind, attempts, queued_at, due_at FROM outbox
             WHERE state IN ('queued', 'unknown') AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2"
        }
    };
    look(tx, sql, params![now, i64::MAX], now)
}
