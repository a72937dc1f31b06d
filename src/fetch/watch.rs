//! One look at the mailbox: what is there and not in the ledger is stored, then the server is told.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::suspect::Suspect;
use super::{Body, Listed, Mailbox, Opened};
use crate::config::{After, Config, FirstStart};
use crate::desk::Cause;
use crate::net::Fault;
use crate::store::inbox::{self, Arrival, Listing, Quiet, Raw, Source};
use crate::store::{self, Store, problems};
use crate::time::{Clock, Timestamp};

/// Most mails in one FETCH and one commit.
const CHUNK_MAILS: usize = 200;
/// Most bytes in one FETCH, but for a mail that is larger alone (R2).
const CHUNK_BYTES: u64 = 4 << 20;
/// Most mails of which the server is told in one command.
const MARK_MAILS: usize = 500;
/// Header bytes that are fetched of a mail that is too large.
const HEADER_BYTES: u32 = 256 << 10;
/// A mailbox with more mails is listed in windows of so many UIDs, so that the list stays small.
const WINDOW: u32 = 50_000;
/// All UIDs are compared with the ledger at least so often (I6).
const RECONCILE_EVERY: Duration = Duration::from_secs(24 * 3600);
/// More old mail than this is taken in quietly unless the settings say otherwise.
const QUIET_ABOVE: u32 = 100;
/// So many failures of one mail while others come are told.
const TOLD_AFTER: u32 = 4;

/// Why a look ended early.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server.
    #[error(transparent)]
    Server(#[from] Fault),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What is remembered between looks. Losing it costs a full reconcile, never a mail.
#[derive(Debug, Default)]
pub struct Watch {
    epoch: Option<u32>,
    next: u32,
    reconciled: Option<tokio::time::Instant>,
    suspects: BTreeMap<u32, Suspect>,
    cautious: bool,
}

impl Watch {
    /// Makes the next look a full one: after a new connection nothing is taken for granted.
    pub fn surprise(&mut self) {
        self.reconciled = None;
    }
}

/// What a look needs beside the server.
#[derive(Clone, Debug)]
pub struct Eye<'a> {
    /// The store.
    pub store: &'a Store,
    /// The settings.
    pub config: &'a Config,
    /// The clock.
    pub clock: &'a Clock,
}

impl Eye<'_> {
    fn mailbox(&self) -> &str {
        &self.config.imap.mailbox
    }
}

/// One look. Gives how many mails were taken.
pub async fn look<M: Mailbox>(
    mailbox: &mut M,
    watch: &mut Watch,
    eye: &Eye<'_>,
) -> Result<usize, Failure> {
    let opened = mailbox.open().await?;
    let birth = Birth { restored: restored(eye)?, ..birth(mailbox, eye, opened).await? };
    let full = is_full(watch, opened);
    if watch.epoch != Some(opened.uidvalidity) {
        let (name, epoch) = (eye.mailbox().to_owned(), opened.uidvalidity);
        eye.store.write(move |tx| inbox::drop_unmarked_of_other_epochs(tx, &name, epoch)).await?;
        watch.epoch = Some(opened.uidvalidity);
    }
    let mut taken = 0;
    for (first, last) in windows(watch, opened, full) {
        let listed = mailbox.list(first, last).await?;
        watch.next =
            listed.last().map_or(watch.next, |mail| mail.uid.saturating_add(1).max(watch.next));
        let (missing, used) = missing(eye, opened, listed, birth)?;
        tell_of_used(eye, used).await?;
        forget_gone(watch, first, last, &missing);
        taken += take(mailbox, watch, eye, opened, (&missing, birth)).await?;
    }
    mark(mailbox, eye, opened).await?;
    if full {
        watch.reconciled = Some(tokio::time::Instant::now());
        look_at_junk(mailbox, eye).await?;
    }
    polled(eye).await?;
    Ok(taken)
}

fn is_full(watch: &Watch, opened: Opened) -> bool {
    let due = watch.reconciled.is_none_or(|at| at.elapsed() >= RECONCILE_EVERY);
    let backwards = opened.uidnext.is_some_and(|next| next < watch.next);
    if backwards && watch.epoch == Some(opened.uidvalidity) {
        tracing::warn!(
            uidnext = opened.uidnext,
            seen = watch.next,
            "the server's UIDNEXT went back; comparing everything"
        );
    }
    due || backwards || watch.epoch != Some(opened.uidvalidity)
}

/// A suspect that the mailbox has no longer, or that the ledger has, is none.
fn forget_gone(watch: &mut Watch, first: u32, last: Option<u32>, missing: &[Listed]) {
    let listed = |uid: u32| uid >= first && last.is_none_or(|last| uid <= last);
    watch.suspects.retain(|uid, _| !listed(*uid) || missing.iter().any(|mail| mail.uid == *uid));
}

/// UID ranges to list: what is new, or in a full look everything, in pieces if it is much.
fn windows(watch: &mut Watch, opened: Opened, full: bool) -> Vec<(u32, Option<u32>)> {
    if !full {
        // What was set aside is listed again.
        let aside = watch.suspects.keys().next().copied().unwrap_or(watch.next);
        return vec![(watch.next.min(aside), None)];
    }
    watch.next = 1;
    let end = match opened.uidnext {
        Some(end) if opened.exists > WINDOW => end,
        _ => return vec![(1, None)],
    };
    let starts = (1..end).step_by(usize::try_from(WINDOW).unwrap_or(usize::MAX));
    let mut windows: Vec<_> =
        starts.map(|first| (first, Some(first.saturating_add(WINDOW - 1)))).collect();
    windows.push((end, None));
    windows
}

/// What the ledger has not, and how many of these bear UIDs that other mails bore before.
fn missing(
    eye: &Eye<'_>,
    opened: Opened,
    listed: Vec<Listed>,
    birth: Birth,
) -> store::Result<(Vec<Listed>, usize)> {
    let (Some(first), Some(last)) = (listed.first(), listed.last()) else {
        return Ok((Vec::new(), 0));
    };
    let (first, last) = (first.uid, last.uid);
    let known = eye.store.read(|connection| {
        inbox::known(connection, eye.mailbox(), opened.uidvalidity, first, last)
    })?;
    let left_alone = |mail: &Listed| birth.mode == FirstStart::New && birth.is_old(opened, mail);
    let is_known =
        |mail: &Listed| known.get(&mail.uid).is_some_and(|known| known.agrees(&listing(mail)));
    let missing: Vec<Listed> =
        listed.into_iter().filter(|mail| !is_known(mail) && !left_alone(mail)).collect();
    let used = missing.iter().filter(|mail| known.contains_key(&mail.uid)).count();
    Ok((missing, used))
}

/// UIDs that other mails bore before show a mailbox that was put back to an older state (I6).
async fn tell_of_used(eye: &Eye<'_>, used: usize) -> store::Result<()> {
    if used == 0 {
        return Ok(());
    }
    tracing::warn!(mails = used, "new mail bears UIDs that were used before");
    let now = eye.clock.now();
    let what = format!(
        "The mailbox was put back to an older state: {used} new mails bear numbers that others bore before"
    );
    let advice =
        "they are taken in like any other; ask whoever runs the mail server whether mail was lost";
    eye.store.write(move |tx| problems::raise(tx, Cause::MailboxPutBack, &what, advice, now)).await
}

/// Takes the missing mails, a chunk at a time; while one chunk is being committed the next is
/// already being fetched. The listed sizes are the server's word: no more is kept of a chunk than of
/// the largest mail that we take, and what is larger than it was listed is refused or comes alone.
async fn take<M: Mailbox>(
    mailbox: &mut M,
    watch: &mut Watch,
    eye: &Eye<'_>,
    opened: Opened,
    (missing, birth): (&[Listed], Birth),
) -> Result<usize, Failure> {
    let limit = eye.config.limits.message_size;
    let (small, large): (Vec<Listed>, Vec<Listed>) =
        missing.iter().partition(|mail| mail.size <= limit);
    for mail in &large {
        refuse(mailbox, eye, opened, mail, mail.size).await?;
    }
    let mut chunks = VecDeque::from(chunks(watch, &small));
    let (mut waiting, mut taken) = (None, 0);
    while let Some(chunk) = chunks.pop_front() {
        let room = limit.max(CHUNK_BYTES);
        let (fetched, stored) =
            tokio::join!(fetch(mailbox, &chunk, room), store_chunk(eye, waiting.take()));
        if stored? {
            mark(mailbox, eye, opened).await?;
        }
        let bodies = fetched.inspect_err(|_| blame(watch, &chunk))?;
        note_given(watch, &chunk, &bodies);
        let (sound, lies): (Vec<Body>, Vec<Body>) =
            bodies.into_iter().partition(|body| body.is_whole() && body.whole <= limit);
        let (belied, chunk): (Vec<Listed>, Vec<Listed>) =
            chunk.into_iter().partition(|mail| lies.iter().any(|body| body.uid == mail.uid));
        for mail in belied {
            let size = lies.iter().find(|body| body.uid == mail.uid).map_or(0, |body| body.whole);
            match size {
                _ if size > limit => refuse(mailbox, eye, opened, &mail, size).await?,
                // It had no room beside the others.
                _ if !chunk.is_empty() || lies.len() > 1 => chunks.push_back(vec![mail]),
                _ => watch.suspects.entry(mail.uid).or_default().failed(),
            }
        }
        taken += sound.len();
        waiting = Some(fetched_mails(eye, opened, &chunk, sound, birth));
    }
    store_chunk(eye, waiting).await?;
    watch.cautious = false;
    tell_of_suspects(watch, eye).await?;
    Ok(taken)
}

async fn fetch<M: Mailbox>(
    mailbox: &mut M,
    chunk: &[Listed],
    room: u64,
) -> Result<Vec<Body>, Fault> {
    let uids: Vec<u32> = chunk.iter().map(|mail| mail.uid).collect();
    mailbox.bodies(&uids, room).await
}

async fn store_chunk(eye: &Eye<'_>, fetched: Option<Vec<Fetched>>) -> store::Result<bool> {
    let Some(fetched) = fetched else { return Ok(false) };
    let arrivals = store::aside(move || {
        fetched.into_iter().map(Fetched::pack).collect::<store::Result<Vec<_>>>()
    })
    .await?;
    let now = eye.clock.now();
    eye.store
        .write(move |tx| {
            for arrival in &arrivals {
                inbox::take(tx, arrival, now)?;
            }
            Ok(true)
        })
        .await
}

fn chunks(watch: &Watch, mails: &[Listed]) -> Vec<Vec<Listed>> {
    let most = if watch.cautious { 1 } else { CHUNK_MAILS };
    let mut chunks: Vec<Vec<Listed>> = Vec::new();
    let mut bytes = 0;
    let now = tokio::time::Instant::now();
    let (suspects, others): (Vec<&Listed>, Vec<&Listed>) =
        mails.iter().partition(|mail| watch.suspects.contains_key(&mail.uid));
    let due = |mail: &&Listed| watch.suspects.get(&mail.uid).is_some_and(|one| one.again <= now);
    // Suspects come last, each for itself, so that others do not wait for them.
    let last = suspects.into_iter().filter(due).map(|mail| vec![*mail]).collect::<Vec<_>>();
    for mail in others {
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < most && bytes + mail.size <= CHUNK_BYTES => {
                chunk.push(*mail)
            }
            _ => {
                chunks.push(vec![*mail]);
                bytes = 0;
            }
        }
        bytes += mail.size;
    }
    chunks.into_iter().chain(last).collect()
}

/// A FETCH failed: next time mails are fetched one by one, and one that failed alone is set aside
/// for a while, so that those behind it come in.
fn blame(watch: &mut Watch, chunk: &[Listed]) {
    watch.cautious = true;
    if let [only] = chunk {
        watch.suspects.entry(only.uid).or_default().failed();
    }
}

/// The server gave these and not those: a suspect that others overtake is one indeed.
fn note_given(watch: &mut Watch, chunk: &[Listed], bodies: &[Body]) {
    for body in bodies {
        watch.suspects.remove(&body.uid);
    }
    if !bodies.is_empty() {
        watch.suspects.values_mut().for_each(|suspect| suspect.others_came = true);
    }
    // Answered OK, and without data: it is asked for again, unless it is gone by then.
    for mail in chunk.iter().filter(|mail| bodies.iter().all(|body| body.uid != mail.uid)) {
        watch.suspects.entry(mail.uid).or_default().failed();
    }
}

/// Whoever runs the desk hears of mails that alone cannot be had; they are tried on and on.
async fn tell_of_suspects(watch: &Watch, eye: &Eye<'_>) -> store::Result<()> {
    let uids: Vec<String> = watch
        .suspects
        .iter()
        .filter(|(_, suspect)| suspect.failures >= TOLD_AFTER)
        .map(|(uid, _)| uid.to_string())
        .collect();
    let now = eye.clock.now();
    let stands = eye.store.read(|connection| problems::stands(connection, Cause::Unfetchable))?;
    if uids.is_empty() && !stands {
        return Ok(());
    }
    let uids = uids.join(", ");
    eye.store
        .write(move |tx| match uids.as_str() {
            "" => problems::clear(tx, Cause::Unfetchable),
            uids => {
                let what = format!("The mail server gives other mails, but not the one with UID {uids}");
                let advice = "it is tried again at least once an hour; look at it in the mailbox with a mail client";
                problems::raise(tx, Cause::Unfetchable, &what, advice, now)
            }
        })
        .await
}

fn source(eye: &Eye<'_>, opened: Opened, uid: u32) -> Source {
    Source::Mailbox { name: eye.mailbox().to_owned(), uidvalidity: opened.uidvalidity, uid }
}

pub(super) fn listing(mail: &Listed) -> Listing {
    Listing { size: Some(mail.size), received: mail.received }
}

/// A mail as the server gave it.
struct Fetched {
    source: Source,
    bytes: Vec<u8>,
    listing: Listing,
    quiet: Quiet,
    marked: bool,
}

impl Fetched {
    fn pack(self) -> store::Result<Arrival> {
        Ok(Arrival {
            source: self.source,
            raw: Raw::of(&self.bytes)?,
            listing: self.listing,
            quiet: self.quiet,
            marked: self.marked,
        })
    }
}

fn fetched_mails(
    eye: &Eye<'_>,
    opened: Opened,
    chunk: &[Listed],
    bodies: Vec<Body>,
    birth: Birth,
) -> Vec<Fetched> {
    if bodies.len() < chunk.len() {
        tracing::info!(
            gone = chunk.len() - bodies.len(),
            "mail was removed between listing and fetching"
        );
    }
    let listed: BTreeMap<u32, &Listed> = chunk.iter().map(|mail| (mail.uid, mail)).collect();
    let arrival = |body: Body| {
        let mail = listed.get(&body.uid)?;
        // Our keyword on a mail that the ledger does not know shows a restored database (I8).
        let quiet = birth.is_quiet(opened, mail);
        let marked = mail.marked || eye.config.imap.after == After::Nothing || !opened.can_mark;
        let quiet = if quiet { Quiet::Yes } else { Quiet::No };
        let source = source(eye, opened, body.uid);
        Some(Fetched { source, bytes: body.bytes, listing: listing(mail), quiet, marked })
    };
    bodies.into_iter().filter_map(arrival).collect()
}

/// A mail above the limit stays where it is; its header is stored, and `work` tells the agents. By
/// its listing, even if that lies, it is known again.
async fn refuse<M: Mailbox>(
    mailbox: &mut M,
    eye: &Eye<'_>,
    opened: Opened,
    mail: &Listed,
    size: u64,
) -> Result<(), Failure> {
    let Some(header) = mailbox.header(mail.uid, HEADER_BYTES).await? else { return Ok(()) };
    let arrival = Arrival {
        source: source(eye, opened, mail.uid),
        raw: Raw::of(&header.bytes)?,
        listing: listing(mail),
        quiet: Quiet::Yes,
        marked: true,
    };
    let now = eye.clock.now();
    eye.store.write(move |tx| inbox::take_header(tx, &arrival, size, now)).await?;
    Ok(())
}

/// Tells the server of what is safely stored (I5). That it will not be told is no reason to stop.
async fn mark<M: Mailbox>(mailbox: &mut M, eye: &Eye<'_>, opened: Opened) -> Result<(), Failure> {
    loop {
        let uids = eye.store.read(|connection| {
            inbox::unmarked(connection, eye.mailbox(), opened.uidvalidity, MARK_MAILS)
        })?;
        if uids.is_empty() {
            return Ok(());
        }
        match mailbox.mark(&uids).await {
            Ok(()) => {}
            Err(Fault::Denied(words)) => {
                tracing::warn!(words, "the server will not mark handled mail; the ledger suffices")
            }
            Err(fault) => return Err(fault.into()),
        }
        let (name, epoch) = (eye.mailbox().to_owned(), opened.uidvalidity);
        eye.store.write(move |tx| inbox::set_marked(tx, &name, epoch, &uids)).await?;
    }
}

/// What was there before the desk was, and what is done with it.
#[derive(Clone, Copy, Debug)]
struct Birth {
    mode: FirstStart,
    epoch: u32,
    next: u32,
    at: Timestamp,
    /// When the database was put back to an older state, where nothing marks what was handled.
    restored: Option<Timestamp>,
}

impl Birth {
    /// Whether nobody is written to for a mail that the ledger does not know.
    fn is_quiet(self, opened: Opened, mail: &Listed) -> bool {
        let handled = self.restored.zip(mail.received).is_some_and(|(at, came)| came < at);
        mail.marked || handled || self.is_old(opened, mail)
    }

    /// Whether a mail lay there before the first start and is not to be answered.
    fn is_old(self, opened: Opened, mail: &Listed) -> bool {
        let before = if opened.uidvalidity == self.epoch {
            mail.uid < self.next
        } else {
            mail.received.is_some_and(|at| at < self.at)
        };
        self.mode != FirstStart::All && before
    }
}

/// When the database was put back, if nothing in the mailbox shows what was handled since.
fn restored(eye: &Eye<'_>) -> store::Result<Option<Timestamp>> {
    if eye.config.imap.after != After::Nothing {
        return Ok(None);
    }
    let at = eye.store.read(|connection| store::state(connection, store::RESTORED_AT))?;
    Ok(at.and_then(|at| at.parse().ok()).map(Timestamp::from_millis))
}

/// Decided once, at the first look, and stored.
async fn birth<M: Mailbox>(
    mailbox: &mut M,
    eye: &Eye<'_>,
    opened: Opened,
) -> Result<Birth, Failure> {
    let key = birth_key(eye.mailbox());
    if let Some(birth) =
        eye.store.read(|connection| store::state(connection, &key))?.as_deref().and_then(read_birth)
    {
        return Ok(birth);
    }
    let unasked = eye.config.imap.first_start.is_none() && opened.exists > QUIET_ABOVE;
    let mode = match eye.config.imap.first_start {
        Some(mode) => mode,
        None if unasked => FirstStart::Quiet,
        None => FirstStart::All,
    };
    let next = match opened.uidnext {
        Some(next) => next,
        None => mailbox.list(1, None).await?.last().map_or(1, |mail| mail.uid.saturating_add(1)),
    };
    let now = eye.clock.now();
    let birth = Birth { mode, epoch: opened.uidvalidity, next, at: now, restored: None };
    let exists = opened.exists;
    eye.store
        .write(move |tx| {
            if unasked {
                let what =
                    format!("{exists} mails lay in the mailbox at the first start; they become tickets, but nobody is written to for them");
                let advice = "nothing, if that is what you want; first_start in [imap] says what a first start does";
                problems::raise(tx, Cause::FirstStart, &what, advice, now)?;
            }
            store::set_state(tx, &key, &write_birth(birth))
        })
        .await?;
    Ok(birth)
}

fn birth_key(mailbox: &str) -> String {
    format!("first start of {mailbox}")
}

/// Makes the next look at that mailbox a first one.
pub async fn forget_birth(store: &Store, mailbox: &str) -> store::Result<()> {
    let key = birth_key(mailbox);
    store.write(move |tx| store::set_state(tx, &key, "")).await
}

fn write_birth(birth: Birth) -> String {
    let mode = match birth.mode {
        FirstStart::All => "all",
        FirstStart::Quiet => "quiet",
        FirstStart::New => "new",
    };
    format!("{mode} {} {} {}", birth.epoch, birth.next, birth.at.as_millis())
}

fn read_birth(text: &str) -> Option<Birth> {
    let mut words = text.split(' ');
    let mode = match words.next()? {
        "all" => FirstStart::All,
        "quiet" => FirstStart::Quiet,
        "new" => FirstStart::New,
        _ => return None,
    };
    let (epoch, next, at) =
        (words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Birth { mode, epoch, next, at: Timestamp::from_millis(at), restored: None })
}

/// A junk folder that grows may hold customers; the owner is told, once a day at most.
async fn look_at_junk<M: Mailbox>(mailbox: &mut M, eye: &Eye<'_>) -> Result<(), Failure> {
    let count = match mailbox.junk().await {
        Ok(Some(count)) => count,
        Ok(None) | Err(Fault::Denied(_)) => return Ok(()),
        Err(fault) => return Err(fault.into()),
    };
    let now = eye.clock.now();
    eye.store
        .write(move |tx| {
            let before = store::state(tx, "junk count")?.and_then(|text| text.parse::<u32>().ok());
            if before.is_some_and(|before| count > before) {
                let what = format!(
                    "The junk folder has grown to {count} mails; a customer's may be among them"
                );
                problems::raise(
                    tx,
                    Cause::Junk,
                    &what,
                    "look through it, and move what is no junk into the mailbox",
                    now,
                )?;
            }
            store::set_state(tx, "junk count", &count.to_string())
        })
        .await?;
    Ok(())
}

/// A look that came to its end: that is what `status` calls a poll.
async fn polled(eye: &Eye<'_>) -> store::Result<()> {
    let now = eye.clock.now();
    eye.store
        .write(move |tx| {
            problems::clear(tx, Cause::ImapUnreachable)?;
            problems::clear(tx, Cause::ImapLogin)?;
            store::set_state(tx, "last poll", &now.as_millis().to_string())
        })
        .await
}
