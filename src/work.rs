//! Inbox to desk: what was stored is read, decided about and carried out, a batch at a time.
//!
//! Attempts are committed before the try, so a mail that kills the process is quarantined after its
//! third and takes no other with it. Reading happens outside the writer; the decision is made
//! inside its transaction, from what that transaction sees, and all its effects are part of it.
//! Only the MIME parser is wrapped in `catch_unwind`: a panic there costs one mail.

mod answers;
mod carry;
mod habits;
mod records;
mod recover;
mod returned;
mod tick;
mod vouch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Agent, Config};
use crate::desk::case::{self, Case, Given, Input, Outcome};
use crate::desk::decide;
use crate::desk::decision::Decision;
use crate::desk::notify::HELD_FOR;
use crate::desk::texts::Texts;
use crate::mail::authentic::dkim::Claim;
use crate::mail::authentic::{self, Verdict};
use crate::mail::origin::{self, Ourselves, Reading};
use crate::mail::quote::{self, Block};
use crate::mail::token::Key;
use crate::mail::{Authentication, Inbound, InboxId, Origin, parse};
use crate::net::dns::Keys;
use crate::store::inbox::{self, ATTEMPTS_MAX, After, Claimed, Ending, Facts, Most, Next, Quiet};
use crate::store::tickets::{self, Findable};
use crate::store::{self, Progress, Store, Tx, problems, rows};
use crate::time::{Clock, Timestamp};
use records::{Asked, Notified};

pub use recover::{recover, tell_of_leavers};
pub use tick::{BETWEEN_TICKS, be_calm, tick, wake_up};

/// Most mails that share a commit, and most bytes of mails that are in memory at once, but for one
/// that is larger alone (R2).
const BATCH: Most = Most { mails: 100, bytes: 4 << 20 };
/// How long to wait for new work when nobody rings: another process may have delivered by pipe.
pub const POLL: Duration = Duration::from_secs(1);
/// What the clock is off by at most without having jumped.
const JUMP: Duration = Duration::from_secs(60);
/// How long to wait after the store failed.
const PAUSE: Duration = Duration::from_secs(5);

/// What deciding needs beside the store.
#[derive(Clone)]
pub struct Desk {
    /// The settings.
    pub config: Arc<Config>,
    /// The texts.
    pub texts: Arc<Texts>,
    /// The key of our Message-IDs.
    pub key: Key,
    /// The clock.
    pub clock: Clock,
    /// Who knows the keys of signatures, if they are checked here.
    pub keys: Option<Arc<dyn Keys>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Works for ever: a step, then a wait for a ring or [`POLL`].
pub async fn run(store: &Store, desk: &Desk) {
    let mut ticked: Option<(tokio::time::Instant, Timestamp)> = None;
    loop {
        let ring = store.changed.notified();
        tokio::pin!(ring);
        ring.as_mut().enable();
        let done = async {
            if ticked.is_none_or(|(at, _)| at.elapsed() >= BETWEEN_TICKS) {
                let now = desk.clock.now();
                match ticked {
                    None => wake_up(store, now).await?,
                    Some((at, shown)) if strays(desk, shown.plus(at.elapsed())) => {
                        tracing::warn!(%now, "the clock jumped; nobody is told for a while that they are late");
                        be_calm(store, now).await?;
                    }
                    Some(_) => {}
                }
                tick(store, desk).await?;
                ticked = Some((tokio::time::Instant::now(), desk.clock.now()));
            }
            step(store, desk).await
        };
        match done.await {
            Ok(Progress::Some) => {}
            Ok(Progress::None) => {
                // A lost ring costs one polling period, never correctness.
                drop(tokio::time::timeout(POLL, ring).await);
            }
            Err(error) => {
                tracing::error!(error = %error, "the store failed; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Whether the wall clock is elsewhere than the time that passed says.
fn strays(desk: &Desk, expected: Timestamp) -> bool {
    let now = desk.clock.now();
    matches!(desk.clock, Clock::System) && now.since(expected).max(expected.since(now)) > JUMP
}

/// Rows that came back, then all mails that wait, a batch at a time: while one is being decided
/// about, the next is read.
pub async fn step(store: &Store, desk: &Desk) -> store::Result<Progress> {
    if returned::returned(store, desk).await? == Progress::Some {
        return Ok(Progress::Some);
    }
    let now = desk.clock.now();
    let longest = vouch::LONGEST_PUT_OFF;
    if store.read(|connection| inbox::has_strayed(connection, now, longest))? {
        store.write(move |tx| inbox::clamp(tx, now, longest)).await?;
    }
    if !store.read(|connection| waiting(connection, now))? {
        return Ok(Progress::None);
    }
    let mut claimed = Vec::new();
    let done = batches(store, desk, &mut claimed).await;
    if done.is_err() {
        // The store failed, not the mails: that must not bring them nearer to quarantine.
        drop(store.write(move |tx| inbox::uncount(tx, &claimed)).await);
    }
    done.map(|()| Progress::Some)
}

/// All mails that wait; `claimed` holds those whose attempt is counted and which are not decided
/// yet.
async fn batches(store: &Store, desk: &Desk, claimed: &mut Vec<InboxId>) -> store::Result<()> {
    let (mut after, mut batch) = (After::NOTHING, Vec::new());
    loop {
        // What may be what ended the daemon has nothing else under way beside it.
        let next = match batch.iter().any(|mail: &Opened| mail.claimed.alone) {
            true => Next::Alone,
            false => claim(store, desk, &mut after, claimed).await?,
        };
        let mails = match next {
            Next::Mails(mails) => mails,
            Next::Alone => {
                settle(store, desk, std::mem::take(&mut batch)).await?;
                claimed.clear();
                continue;
            }
        };
        let left: Vec<InboxId> = mails.iter().map(|mail| mail.id).collect();
        let (settled, read) =
            tokio::join!(settle(store, desk, batch), read_all(store, desk, mails));
        settled?;
        claimed.clone_from(&left);
        batch = read?;
        if left.is_empty() {
            return Ok(());
        }
    }
}

async fn claim(
    store: &Store,
    desk: &Desk,
    after: &mut After,
    claimed: &mut Vec<InboxId>,
) -> store::Result<Next> {
    let (now, from, beside) = (desk.clock.now(), *after, claimed.clone());
    let next = store.write(move |tx| inbox::claim(tx, from, BATCH, &beside, now)).await?;
    if let Next::Mails(mails) = &next {
        *after = after.and(mails);
        claimed.extend(mails.iter().map(|mail| mail.id));
    }
    Ok(next)
}

fn waiting(connection: &rusqlite::Connection, now: Timestamp) -> store::Result<bool> {
    let sql = "SELECT 1 FROM inbox WHERE outcome IS NULL AND (not_before IS NULL OR not_before <= ?1) UNION ALL
               SELECT 1 FROM inbox WHERE outcome = 'refused' AND origin IS NULL LIMIT 1";
    rows::exists(connection, sql, [now])
}

/// A mail that was read.
#[derive(Debug)]
pub struct Opened {
    claimed: Claimed,
    read: Result<Box<Content>, String>,
}

/// What the room `mail` made of a mail's bytes.
#[derive(Debug)]
pub struct Content {
    inbound: Inbound,
    reading: Reading,
    verdict: Verdict,
    blocks: Vec<Block>,
    text: String,
    /// What its signatures claim, where they are checked here.
    claim: Option<Claim>,
}

impl Content {
    /// It, as it is decided about: no old mail, and nobody vouches for it.
    pub fn read(&self, id: InboxId, arrived_at: Timestamp) -> case::Read<'_> {
        case::Read {
            id,
            inbound: &self.inbound,
            reading: &self.reading,
            verdict: &self.verdict,
            text: &self.text,
            history: "",
            blocks: &self.blocks,
            arrived_at,
            quiet: false,
            released: false,
        }
    }

    /// The mail and its new text.
    pub fn into_parts(self) -> (Inbound, String) {
        (self.inbound, self.text)
    }
}

/// Reads the batch on a thread of its own, so that connections are served meanwhile.
async fn read_all(store: &Store, desk: &Desk, claimed: Vec<Claimed>) -> store::Result<Vec<Opened>> {
    let (shelf, config) = (store.clone(), Arc::clone(&desk.config));
    let opened =
        store::aside(move || claimed.into_iter().map(|mail| open(&shelf, &config, mail)).collect())
            .await?;
    vouch::vouch(store, desk, opened).await
}

fn open(store: &Store, config: &Config, claimed: Claimed) -> store::Result<Opened> {
    if claimed.attempts > ATTEMPTS_MAX {
        return Ok(Opened {
            claimed,
            read: Err("it failed or ended the daemon at each of three attempts".to_owned()),
        });
    }
    let bytes = match store.read(|connection| inbox::bytes(connection, claimed.id)) {
        Ok(bytes) => bytes,
        // One row that the disk has spoilt must not stop the rows behind it.
        Err(store::Error::Damaged(what)) => return Ok(Opened { claimed, read: Err(what) }),
        Err(error) => return Err(error),
    };
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut content = content(read_whole(&bytes, config), config);
        content.claim = vouch::claim(&content, &bytes, config, &claimed);
        content
    }));
    let read = read.map(Box::new).map_err(|_| "the parser broke on it".to_owned());
    Ok(Opened { claimed, read })
}

/// A mail; of an agent's the files too, for what they send is looked at before it leaves.
fn read_whole(bytes: &[u8], config: &Config) -> Inbound {
    let mut inbound = parse::parse(bytes);
    if inbound.sender().is_some_and(|sender| config.agent(&sender.address).is_some()) {
        inbound.file_texts = parse::file_texts(bytes, &inbound.attachments);
    }
    inbound
}

/// Everything that can be known of a mail without the store.
pub fn content(inbound: Inbound, config: &Config) -> Content {
    let agents: Vec<_> = config.agents.iter().flat_map(Agent::addresses).collect();
    let ourselves = Ourselves {
        address: &config.desk.address,
        aliases: &config.desk.aliases,
        own_lists: &config.desk.own_lists,
        agents: &agents,
    };
    let reading = origin::read(&inbound, &ourselves);
    let verdict = match inbound.sender() {
        Some(sender) => authentic::judge(&inbound.fields, &sender.address, &config.authentication),
        None => Verdict::new(Authentication::None, false, "no single sender"),
    };
    let by_agent = inbound.sender().is_some_and(|sender| config.agent(&sender.address).is_some());
    let blocks = match by_agent {
        true => quote::with_names_written(&inbound),
        false => quote::answering(&inbound, config.names()),
    };
    let text = match reading.origin {
        Origin::Person | Origin::List | Origin::AutoReply | Origin::Notice => {
            quote::new_text_of(&blocks)
        }
        Origin::Bounce | Origin::Receipt | Origin::Report | Origin::Own => inbound.text.clone(),
    };
    Content { inbound, reading, verdict, blocks, text, claim: None }
}

/// Decides about every mail of the batch, all in one transaction. Only if one fails is each tried
/// for itself, so that the one alone is left for its next attempt: a savepoint for each mail would
/// flush the full-text index for each.
async fn settle(store: &Store, desk: &Desk, mails: Vec<Opened>) -> store::Result<()> {
    if mails.is_empty() {
        return Ok(());
    }
    let now = desk.clock.now();
    let (together, mails) = (desk.clone(), Arc::new(mails));
    let all = Arc::clone(&mails);
    let done = store.write(move |tx| {
        let mut notified = Notified::new();
        let said = all
            .iter()
            .map(|mail| settle_one(tx, &together, mail, &mut notified, now))
            .collect::<store::Result<Vec<_>>>()?;
        said.iter().flatten().try_for_each(|said| tickets::make_findable(tx, said))
    });
    match done.await {
        Err(store::Error::Sqlite(_) | store::Error::Damaged(_)) => {
            settle_apart(store, desk.clone(), mails, now).await
        }
        done => done,
    }
}

async fn settle_apart(
    store: &Store,
    desk: Desk,
    mails: Arc<Vec<Opened>>,
    now: Timestamp,
) -> store::Result<()> {
    store
        .write(move |tx| {
            let mut notified = Notified::new();
            for mail in mails.iter() {
                let alone = |tx: Tx<'_>| match settle_one(tx, &desk, mail, &mut notified, now)? {
                    Some(said) => tickets::make_findable(tx, &said),
                    None => Ok(()),
                };
                match store::apart(tx, alone) {
                    Ok(()) => {}
                    // Another try would find the same row: a person looks at both.
                    Err(error @ store::Error::Damaged(_)) => {
                        quarantine(tx, &desk, mail, &error.to_string(), now)?;
                        problems::tell_damage(tx, error, now)?;
                    }
                    Err(error @ store::Error::Sqlite(_)) => {
                        tracing::error!(mail = mail.claimed.id.0, error = %error, "this mail could not be decided; it is tried again");
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
        .await
}

/// Decides about one mail; gives what was said in it, which is made findable after all others: any
/// other statement in between would make the full-text index write out what it gathers.
fn settle_one(
    tx: Tx<'_>,
    desk: &Desk,
    mail: &Opened,
    notified: &mut Notified,
    now: Timestamp,
) -> store::Result<Option<Findable>> {
    match &mail.read {
        Ok(content) => decide_mail(tx, desk, (mail.claimed, content), notified, now),
        Err(why) if mail.claimed.attempts >= ATTEMPTS_MAX => {
            quarantine(tx, desk, mail, why, now).map(|()| None)
        }
        Err(_) => Ok(None),
    }
}

fn quarantine(
    tx: Tx<'_>,
    desk: &Desk,
    mail: &Opened,
    why: &str,
    now: Timestamp,
) -> store::Result<()> {
    let facts = mail.read.as_ref().map_or_else(|_| Facts::default(), |content| facts(content));
    carry::set_aside(tx, desk, (mail.claimed.id, &facts), why, now)
}

fn decide_mail(
    tx: Tx<'_>,
    desk: &Desk,
    (claimed, content): (Claimed, &Content),
    notified: &mut Notified,
    now: Timestamp,
) -> store::Result<Option<Findable>> {
    let replayed = vouch::replay(tx, content, claimed.id)?;
    let verdict = replayed.as_ref().unwrap_or(&content.verdict);
    let read = case::Read {
        verdict,
        quiet: claimed.quiet == Quiet::Yes,
        released: claimed.released,
        ..content.read(claimed.id, claimed.arrived_at)
    };
    let decision = decided(tx, desk, Input::Mail(&read), notified, now)?;
    let Some(end) = &decision.end else {
        let facts = facts(content);
        carry::set_aside(tx, desk, (claimed.id, &facts), "nothing was decided about it", now)?;
        return Ok(None);
    };
    let said = carry::out(tx, desk, &decision, Some(&read), now)?;
    tracing::info!(
        mail = claimed.id.0,
        outcome = end.outcome.as_str(),
        ticket = end.ticket.map(|number| number.0),
        code = end.code(),
        "decided"
    );
    let mut reason = end.words(&desk.texts);
    if content.claim.is_some() {
        reason.extend(["; ", &verdict.reason]);
    }
    let facts = Facts { signer: verdict.signer.clone(), ..facts(content) };
    let (outcome, ticket, code) = (end.outcome, end.ticket, Some(end.code()));
    inbox::settle(tx, claimed.id, &facts, &Ending { outcome, ticket, reason: &reason, code })?;
    if end.outcome == Outcome::Held {
        inbox::hold(tx, claimed.id, now.plus(HELD_FOR))?;
    }
    Ok(said)
}

/// Decides, from what this transaction sees.
fn decided(
    tx: Tx<'_>,
    desk: &Desk,
    input: Input<'_>,
    notified: &mut Notified,
    now: Timestamp,
) -> store::Result<Decision> {
    let asked = Asked::new(tx, desk, notified, now);
    let given =
        Given { now, config: &desk.config, texts: &desk.texts, key: &desk.key, records: &asked };
    let decision = decide::decide(&Case::new(input, given));
    asked.sound()?;
    asked.count(&decision);
    Ok(decision)
}

/// What the ledger keeps of a mail that was read.
pub fn facts(content: &Content) -> Facts {
    let inbound = &content.inbound;
    Facts {
        identity: Some(inbound.identity),
        message_id: inbound.message_id.as_ref().map(|id| id.as_str().to_owned()),
        from: inbound.from.first().map(|person| person.address.as_str().to_owned()),
        subject: inbound.subject.clone(),
        origin: Some(content.reading.origin.as_str()),
        authentication: Some(content.verdict.result),
        signer: content.verdict.signer.clone(),
    }
}
