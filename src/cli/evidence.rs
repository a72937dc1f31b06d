//! What mail that came says of the settings: whether the server that is to be believed stamps at
//! all, on which side of its own Received, and whether agents were known by it.
//!
//! Each mail is judged anew, with the settings of now: those of then may have been others.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};

use crate::config::{Agent, Config, Stamps};
use crate::mail::authentic::evidence::{self, Evidence};
use crate::mail::{Address, Authentication, Inbound, InboxId, authentic, parse};
use crate::store::{self, Store, inbox};
use crate::time::Timestamp;

/// Newest mails that are looked at: enough to see a habit, quickly read.
const MAILS: usize = 200;
/// Newest mails of one agent.
const MAILS_OF_AGENT: usize = 10;
/// Larger ones say no more in their header.
const SIZE_MAX: i64 = 1 << 20;
/// With fewer mails nothing is called a habit.
const HABIT: usize = 3;

/// A mail that came.
struct Came {
    id: InboxId,
    at: Timestamp,
    passed: bool,
}

/// What is found of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// As it should be.
    Well(String),
    /// Worth a line.
    Note(String),
    /// Against the settings.
    Wrong(String),
}

/// What mail in the database says, or, where there is too little of it, the newest headers of the
/// mailbox; nothing where these are too few as well.
pub fn stamps(
    config: &Config,
    store: Option<&Store>,
    newest_headers: &[Vec<u8>],
) -> store::Result<Option<Found>> {
    let mut seen = Vec::new();
    if let Some(store) = store {
        for mail in store.read(newest)? {
            seen.extend(look(config, &header(store, mail.id)?));
        }
    }
    if seen.len() < HABIT {
        seen = newest_headers.iter().filter_map(|bytes| look(config, &read(bytes))).collect();
    }
    if seen.len() < HABIT {
        return Ok(None);
    }
    Ok(match config.authentication.authserv_id.as_deref() {
        Some(id) => Some(judge(config, id, &seen)),
        None => usual(&seen).map(|other| {
            Found::Note(format!(
                "the topmost Authentication-Results of your mail bears {other:?}: if that is your server, write authserv_id = {other:?}"
            ))
        }),
    })
}

/// One of the mails, and whether what our server said in it is not heard.
struct Mail {
    evidence: Evidence,
    deaf: bool,
    sender: Option<Address>,
}

/// `None` for a mail that nobody stamped, such as one of our own house.
fn look(config: &Config, read: &Inbound) -> Option<Mail> {
    let trust = &config.authentication;
    let evidence = evidence::of(&read.fields, trust.authserv_id.as_deref());
    let stamped = evidence.ours || !evidence.on_top.is_empty();
    stamped.then(|| Mail {
        evidence,
        deaf: authentic::said_nothing(&read.fields, trust),
        sender: read.sender().map(|sender| sender.address.clone()),
    })
}

fn judge(config: &Config, id: &str, seen: &[Mail]) -> Found {
    let count = seen.len();
    let ours: Vec<&Mail> = seen.iter().filter(|mail| mail.evidence.ours).collect();
    if ours.is_empty() {
        let other = usual(seen).map_or_else(String::new, |other| {
            format!("; the topmost bears {other:?}: is that your server?")
        });
        return Found::Wrong(format!(
            "none of the last {count} mails bears an Authentication-Results of {id}{other}"
        ));
    }
    let deaf: Vec<&&Mail> = ours.iter().filter(|mail| mail.deaf).collect();
    let sided = side(&ours);
    if let (Some((side, mails)), Some(set)) = (sided, config.authentication.stamps)
        && side != set
    {
        return Found::Wrong(format!(
            "stamps is {:?}, but {id} writes its field {} its own Received, as {mails} of the last mails show: its word is not heard, a sender's may be; write stamps = {:?}",
            word(set),
            word(side),
            word(side)
        ));
    }
    if deaf.len() >= HABIT && deaf.len() * 10 >= ours.len() * 9 {
        let hosts: BTreeSet<&str> =
            deaf.iter().flat_map(|mail| &mail.evidence.hosts_above).map(String::as_str).collect();
        let hosts: Vec<&str> = hosts.into_iter().take(5).collect();
        return Found::Wrong(format!(
            "the word of {id} is not believed, for Received lines of other hosts stand above it: if they are yours, name them in trusted_hops ({})",
            hosts.join(", ")
        ));
    }
    let stamped = format!("{id} stamped {} of the last {count} mails", ours.len());
    match (sided, config.authentication.stamps) {
        (Some((side, mails)), None) => Found::Note(format!(
            "{stamped}, {mails} of them {0} its own Received: with stamps = {0:?} nothing is believed that senders write on the other side",
            word(side)
        )),
        (Some((side, _)), Some(_)) => {
            Found::Well(format!("{stamped}, {} its own Received as stamps says", word(side)))
        }
        (None, _) => Found::Well(stamped),
    }
}

/// The side on which nearly all stand, if they are enough to tell. What stands below may be a
/// sender's own, so more than one sender must show it.
fn side(ours: &[&Mail]) -> Option<(Stamps, usize)> {
    let on = |side: Stamps| ours.iter().filter(move |mail| mail.evidence.side == Some(side));
    let (above, below) = (on(Stamps::Above).count(), on(Stamps::Below).count());
    let senders: BTreeSet<Option<&Address>> =
        on(Stamps::Below).map(|mail| mail.sender.as_ref()).collect();
    let nearly_all = |some: usize, others: usize| some >= HABIT && others * 10 <= some;
    if nearly_all(above, below) {
        Some((Stamps::Above, above))
    } else if nearly_all(below, above) && senders.len() > 1 {
        Some((Stamps::Below, below))
    } else {
        None
    }
}

fn word(side: Stamps) -> &'static str {
    match side {
        Stamps::Above => "above",
        Stamps::Below => "below",
    }
}

/// The id that stands on top of nearly all of them; the first of several.
fn usual(seen: &[Mail]) -> Option<&str> {
    let count = |id: &str| {
        seen.iter().filter(|mail| mail.evidence.on_top.iter().any(|one| one == id)).count()
    };
    let known = seen.iter().flat_map(|mail| &mail.evidence.on_top).map(String::as_str);
    known.take(MAILS).find(|id| count(id) * 10 >= seen.len() * 9)
}

/// How an agent is known, and whether mail of theirs was.
pub fn agent(config: &Config, agent: &Agent, store: Option<&Store>) -> store::Result<Found> {
    let trust = &config.authentication;
    let own = if trust.check_dkim { ", or by their own signature (DKIM)" } else { "" };
    let how = match &trust.authserv_id {
        _ if trust.unsafe_trust_from => "believed by From alone (unsafe_trust_from)".to_owned(),
        Some(id) => format!("known by the word of {id}{own}"),
        None if trust.check_dkim => "known by their own signature (DKIM) alone".to_owned(),
        None => {
            return Ok(Found::Wrong(
                "nothing that they write is believed: set authserv_id or check_dkim".to_owned(),
            ));
        }
    };
    let (mut read, mut believed, mut last) = (0, 0, String::new());
    if let Some(store) = store {
        for mail in store.read(|connection| of_agent(connection, agent))? {
            let header = header(store, mail.id)?;
            let Some(sender) = header.sender() else { continue };
            let verdict = authentic::judge(&header.fields, &sender.address, trust);
            let signed = trust.check_dkim
                && mail.passed
                && authentic::said_nothing(&header.fields, trust)
                && header.values("DKIM-Signature").next().is_some();
            // What somebody else wrote in their name says nothing of them.
            if verdict.result == Authentication::Fail {
                continue;
            }
            if read == 0 {
                let at = crate::desk::texts::stamp(mail.at, &config.desk.time_zone);
                last = format!("the last of {at}: {}", verdict.reason);
            }
            read += 1;
            believed += usize::from(verdict.agent || signed);
        }
    }
    Ok(match (read, believed) {
        (0, _) => Found::Well(format!("{how}; no mail of theirs has come yet")),
        (read, 0) => Found::Wrong(format!(
            "{how}, but of their last {read} mails none is believed ({last}): what they write is held until they send a one-time key"
        )),
        (read, believed) => {
            Found::Well(format!("{how}; {believed} of their last {read} mails are believed"))
        }
    })
}

fn header(store: &Store, id: InboxId) -> store::Result<Inbound> {
    let bytes = store.read(|connection| inbox::bytes(connection, id))?;
    Ok(read(&bytes))
}

fn read(bytes: &[u8]) -> Inbound {
    std::panic::catch_unwind(|| parse::parse_header(bytes)).unwrap_or_default()
}

fn came(row: &Row<'_>) -> rusqlite::Result<Came> {
    Ok(Came {
        id: InboxId(row.get("id")?),
        at: Timestamp::from_millis(row.get("arrived_at")?),
        passed: row.get("passed")?,
    })
}

fn newest(connection: &Connection) -> store::Result<Vec<Came>> {
    let sql = "SELECT id, arrived_at, authentication IS 'pass' AS passed FROM inbox
               WHERE raw IS NOT NULL AND size <= ?1 AND origin IS NOT 'own' ORDER BY id DESC LIMIT ?2";
    let most = i64::try_from(MAILS).unwrap_or(i64::MAX);
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map(params![SIZE_MAX, most], came)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn of_agent(connection: &Connection, agent: &Agent) -> store::Result<Vec<Came>> {
    let sql = "SELECT id, arrived_at, authentication IS 'pass' AS passed FROM inbox
               WHERE raw IS NOT NULL AND size <= ?1 AND from_address = ?2 ORDER BY id DESC LIMIT ?3";
    let most = i64::try_from(MAILS_OF_AGENT).unwrap_or(i64::MAX);
    let mut statement = connection.prepare(sql)?;
    let mut all = Vec::new();
    for address in agent.addresses() {
        let rows = statement.query_map(params![SIZE_MAX, address.as_str(), most], came)?;
        all.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    all.sort_by_key(|mail| std::cmp::Reverse(mail.id.0));
    all.truncate(MAILS_OF_AGENT);
    Ok(all)
}
