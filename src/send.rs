//! Outbox to SMTP: due rows are handed over, several at once, one recipient per transaction.
//!
//! An attempt is counted and committed before the try; outcomes are committed together with the
//! next claims, at once. This room never decides: what was refused for good goes back to the desk
//! as a row that `work` finds. A relay that cannot be used at all is called again with growing
//! waits while the rows wait untouched.

mod health;
mod shelf;
pub mod smtp;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::config::Config;
use crate::mail::compose::{Piece, assemble};
use crate::mail::{Address, OutboxId};
use crate::net::Fault;
use crate::store::outbox::{self, Choice, Honest, Pace, Parcel, Rank, Room, Settled};
use crate::store::{self, Progress, Store, copies, inbox};
use crate::time::{Clock, Timestamp};
use health::Health;
use shelf::{Shelf, Size};

/// A file that lies further into its mail than this makes a mail large.
const LARGE: usize = 2 << 20;
/// How long to wait for new rows when nobody rings.
const POLL: Duration = Duration::from_secs(1);
/// How often rows are looked at that stand far behind the first, while there are such.
const FAR_EVERY: Duration = Duration::from_millis(250);
/// How often rows are looked for at most while the connections have enough to do.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// A connection that has had nothing to send for this long says goodbye.
const REST_AFTER: Duration = Duration::from_secs(20);
/// Waits of a row between attempts (RFC 5321 §4.5.4.1): soon enough for a relay that greylists,
/// rare enough for one that is down for a day.
const WAITS: [Duration; 6] =
    [minutes(1), minutes(5), minutes(15), minutes(30), minutes(60), minutes(120)];
/// The longest of them, with a tenth for the spread.
const LONGEST_WAIT: Duration = minutes(133);
/// After five days we give up and say so.
const GIVE_UP_AFTER: Duration = minutes(5 * 24 * 60);
/// But never before so many attempts: a clock that jumped by a month has not tried for five days
/// (T1).
const GIVE_UP_ATTEMPTS: i64 = 12;
/// How long a connection waits for which the relay had no room, the first time and at most.
const CROWDED: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(600));
/// How often rows are looked for that a wrong clock put off.
const MEND_EVERY: Duration = Duration::from_secs(10);
const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// Who is named to the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL FROM.
    pub from: Address,
    /// RCPT TO, the only one.
    pub to: Address,
}

/// What became of a mail that was handed over. What the other side says is an outcome, not an
/// error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The relay took it: its words, cleaned.
    Accepted(String),
    /// Not now (4yz), or the connection broke before the final dot: safe to try again.
    Deferred(String),
    /// Never (5yz).
    Refused(String),
    /// No answer after the final dot: perhaps delivered.
    Unknown(String),
    /// The relay cannot be used at all just now: nothing of this mail was sent.
    Unreachable(Fault),
    /// The relay will take no mail of this account for a while, whoever it is for (a limit, a lock).
    Stopped(String),
    /// The relay takes no further connection beside those that are open.
    Crowded(String),
}

/// The seam to the relay: one connection, kept open between mails.
#[expect(async_fn_in_trait, reason = "one task runs all rims, so no future needs to be Send")]
pub trait Relay {
    /// Hands one mail to one recipient. `mail` is CRLF-clean and not dot-stuffed. Never waits for
    /// ever.
    async fn hand_over(&mut self, envelope: &Envelope, mail: &[u8]) -> Outcome;
    /// Says QUIT if a connection is open. Called when there has been nothing to send for a while.
    async fn rest(&mut self);
}

/// What sending needs beside the relay.
#[derive(Debug)]
pub struct Post<'a> {
    /// The store.
    pub store: &'a Store,
    /// The settings.
    pub config: &'a Config,
    /// The clock.
    pub clock: &'a Clock,
    /// Set when the daemon stops.
    pub halt: &'a Halt,
    health: Health,
    desk: Counter,
    far: Cell<Far>,
    looked: Cell<Option<Instant>>,
    mended: Cell<Option<Instant>>,
}

/// Where the connections and the store meet.
#[derive(Debug, Default)]
struct Counter {
    shelf: RefCell<Shelf>,
    done: RefCell<Vec<(OutboxId, Settled, String)>>,
    filled: Notify,
    ended: Notify,
}

/// How far the rows behind the first were looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Far {
    /// Where the next look begins; `None` at the end.
    from: Option<Rank>,
    at: Option<Instant>,
}

/// Lets every connection end what it is handing over and claim nothing more.
#[derive(Debug, Default)]
pub struct Halt {
    set: Cell<bool>,
    bell: Notify,
}

impl Halt {
    /// From now on nothing is claimed.
    pub fn halt(&self) {
        self.set.set(true);
        self.bell.notify_waiters();
    }
}

impl<'a> Post<'a> {
    /// With a relay of which nothing bad is known.
    pub fn new(store: &'a Store, config: &'a Config, clock: &'a Clock, halt: &'a Halt) -> Self {
        let (health, desk) = (Health::default(), Counter::default());
        let (far, looked, mended) = (Cell::default(), Cell::default(), Cell::default());
        Self { store, config, clock, halt, health, desk, far, looked, mended }
    }

    fn pace(&self) -> Pace {
        Pace {
            acknowledgements_per_hour: self.config.limits.acknowledgements_per_hour,
            messages_per_minute: self.config.smtp.messages_per_minute,
        }
    }

    fn honest(&self) -> Honest {
        let longest = LONGEST_WAIT.max(self.config.limits.undo_window);
        Honest { longest, pace: self.pace() }
    }

    fn is_busy(&self) -> bool {
        let shelf = self.desk.shelf.borrow();
        shelf.under_way() > 0 || !shelf.is_empty() || !self.desk.done.borrow().is_empty()
    }

    /// From where on rows far behind are looked at, if it is time again.
    fn far(&self) -> Option<Rank> {
        let far = self.far.get();
        let due = far.at.is_none_or(|at| at.elapsed() >= FAR_EVERY);
        due.then(|| far.from.unwrap_or((Timestamp::from_millis(i64::MIN), OutboxId(0))))
    }

    /// Chooses what to claim. A relay that failed is tried with one mail.
    fn choose(&self, now: Timestamp) -> store::Result<Vec<OutboxId>> {
        let rests = self.health.rests();
        let shelf = self.desk.shelf.borrow();
        let just_looked = self.looked.get().is_some_and(|at| at.elapsed() < LOOK_EVERY);
        let room = match self.health.failures.get() {
            _ if rests || self.halt.set.get() || shelf.is_filled() && just_looked => Room::of(0),
            0 => Room { far: self.far(), ..shelf.room() },
            _ if shelf.under_way() > 0 || !shelf.is_empty() => Room::of(0),
            _ => Room { but: self.health.stopped_at(), ..Room::of(1) },
        };
        if room.most == 0 || self.store.read(outbox::next_due)?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        self.looked.set(Some(Instant::now()));
        let Choice { ids, far } =
            self.store.read(|connection| outbox::next(connection, &room, now))?;
        if room.far.is_some() {
            self.far.set(Far { from: far, at: Some(Instant::now()) });
        }
        Ok(ids)
    }

    /// Outcomes to write down; once the daemon stops, also that what was claimed and not begun is
    /// due again.
    fn outcomes(&self, now: Timestamp) -> Vec<(OutboxId, Settled, String)> {
        let mut done = self.desk.done.take();
        if self.halt.set.get() {
            let words = "the daemon stopped before it was tried";
            let back = |parcel: Parcel| (parcel.id, Settled::Back(now), words.to_owned());
            done.extend(self.desk.shelf.borrow_mut().clear().map(back));
        }
        done
    }

    fn sender(&self) -> Address {
        self.config.smtp.bounce_address.clone().unwrap_or_else(|| self.config.desk.address.clone())
    }
}

/// Sends over all connections until the halt; what is then being handed over may still end.
pub async fn run<R: Relay>(relays: Vec<R>, post: &Post<'_>) {
    {
        let mut shelf = post.desk.shelf.borrow_mut();
        (shelf.connections, shelf.shared) = (relays.len(), true);
    }
    let connections = join_all(relays.into_iter().map(|relay| connection(relay, post)));
    tokio::join!(connections, dispatch(post));
}

/// Keeps the connections in work: one write takes all outcomes that are there and claims what is
/// due.
async fn dispatch(post: &Post<'_>) {
    while !post.halt.set.get() || post.is_busy() {
        let (ring, ended) = (post.store.changed.notified(), post.desk.ended.notified());
        tokio::pin!(ring, ended);
        ring.as_mut().enable();
        ended.as_mut().enable();
        match turn(post).await {
            Ok(Progress::Some) => {}
            // A lost ring costs one polling period, never correctness.
            Ok(Progress::None) => tokio::select! {
                () = &mut ring => {}
                () = &mut ended => {}
                () = tokio::time::sleep(post.far.get().from.map_or(POLL, |_| FAR_EVERY)) => {}
            },
            Err(error) => {
                tracing::error!(error = %error, "the store failed; sending waits");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    }
}

/// Hands over one mail after the other, and says goodbye after a while without any.
async fn connection<R: Relay>(mut relay: R, post: &Post<'_>) {
    let mut last = Instant::now();
    let (mut crowded_until, mut crowded_for) = (None, CROWDED.0);
    loop {
        let (filled, halted) = (post.desk.filled.notified(), post.halt.bell.notified());
        tokio::pin!(filled, halted);
        filled.as_mut().enable();
        halted.as_mut().enable();
        if post.halt.set.get() {
            break;
        }
        if crowded_until.is_some_and(|until| until <= Instant::now()) {
            crowded_until = None;
            post.desk.shelf.borrow_mut().connections += 1;
            post.desk.filled.notify_waiters();
        }
        let taken = match crowded_until {
            None => take(post),
            Some(_) => None,
        };
        if let Some((parcel, size)) = taken {
            if serve(&mut relay, post, parcel, size).await == Welcome::No {
                crowded_until = Some(Instant::now() + crowded_for);
                crowded_for = (crowded_for * 2).min(CROWDED.1);
            } else {
                crowded_for = CROWDED.0;
            }
            last = Instant::now();
            continue;
        }
        tokio::select! {
            () = &mut filled => {}
            () = &mut halted => {}
            () = tokio::time::sleep(REST_AFTER) => {}
        }
        if last.elapsed() >= REST_AFTER {
            relay.rest().await;
            last = Instant::now();
        }
    }
    relay.rest().await;
}

/// All that is due now, over one connection: what [`run`] does, in order.
pub async fn step<R: Relay>(relay: &mut R, post: &Post<'_>) -> store::Result<Progress> {
    let mut progress = turn(post).await?;
    while let Some((parcel, size)) = take(post) {
        serve(relay, post, parcel, size).await;
        progress = turn(post).await?;
    }
    Ok(progress)
}

fn take(post: &Post<'_>) -> Option<(Parcel, Size)> {
    post.desk.shelf.borrow_mut().pop()
}

/// Writes down the outcomes that are there and claims what is due, in one commit.
async fn turn(post: &Post<'_>) -> store::Result<Progress> {
    let now = post.clock.now();
    mend(post, now).await?;
    let chosen = post.choose(now)?;
    let done = post.outcomes(now);
    if done.is_empty() && chosen.is_empty() {
        return Ok(Progress::None);
    }
    let (pace, settled) = (post.pace(), done.clone());
    let copied = post.config.sent_copy.is_some();
    let written = post.store.write(move |tx| {
        for (id, to, words) in &settled {
            outbox::settle(tx, *id, to, words)?;
            if copied && *to == Settled::Sent {
                copies::owe(tx, *id, now)?;
            }
        }
        if chosen.is_empty() { Ok(Vec::new()) } else { outbox::claim(tx, pace, &chosen, now) }
    });
    match written.await {
        Ok(parcels) => {
            let mut shelf = post.desk.shelf.borrow_mut();
            for parcel in parcels {
                let size = size(&parcel);
                shelf.put(parcel, size);
            }
            drop(shelf);
            post.desk.filled.notify_waiters();
            Ok(Progress::Some)
        }
        Err(error) => {
            // What was accepted must not be forgotten: it is written with the next turn.
            post.desk.done.borrow_mut().extend(done);
            Err(error)
        }
    }
}

/// Rows that a wrong clock put off are due at once; looked for now and then.
async fn mend(post: &Post<'_>, now: Timestamp) -> store::Result<()> {
    if post.mended.get().is_some_and(|at| at.elapsed() < MEND_EVERY) {
        return Ok(());
    }
    post.mended.set(Some(Instant::now()));
    let honest = post.honest();
    if post.store.read(|connection| outbox::has_strayed(connection, now, honest))? {
        let moved = post.store.write(move |tx| outbox::mend(tx, now, honest)).await?;
        tracing::warn!(rows = moved, "mail was put off by a clock that was wrong; it is due now");
    }
    Ok(())
}

/// Hands one mail over and lays its outcome down. Gives whether the connection may go on: one that
/// the relay has no room for waits, and others take its mail.
async fn serve<R: Relay>(relay: &mut R, post: &Post<'_>, parcel: Parcel, size: Size) -> Welcome {
    let outcome = hand_over(relay, post, &parcel).await;
    // Another one that is under way will show whether the relay works at all.
    let others = post.desk.shelf.borrow().under_way() > 1;
    if let Outcome::Crowded(words) = &outcome
        && (others || post.health.is_well())
    {
        tracing::info!(words, "the relay takes no more connections than are open");
        let mut shelf = post.desk.shelf.borrow_mut();
        shelf.connections = shelf.connections.saturating_sub(1);
        shelf.put_back(parcel, size);
        post.desk.filled.notify_waiters();
        return Welcome::No;
    }
    let outcome = match outcome {
        // No other connection is of use: then it is the relay as a whole.
        Outcome::Crowded(words) => Outcome::Unreachable(Fault::Lost(words)),
        outcome => outcome,
    };
    let outcome = post.health.weighed(&parcel.domain, outcome);
    let settled = after(&outcome, parcel.attempts, parcel.queued_at, post.clock.now());
    post.desk.done.borrow_mut().push((parcel.id, settled, words(&outcome)));
    let judged = !matches!(outcome, Outcome::Unreachable(_) | Outcome::Stopped(_));
    let more = post.desk.shelf.borrow_mut().ended(parcel.id, judged);
    if let Err(error) = health::note(post, &parcel.domain, &outcome).await {
        tracing::error!(error = %error, "the relay's health could not be noted");
    }
    post.desk.ended.notify_waiters();
    if more {
        post.desk.filled.notify_waiters();
    }
    Welcome::Yes
}

/// Whether the relay has room for the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Welcome {
    Yes,
    No,
}

async fn hand_over<R: Relay>(relay: &mut R, post: &Post<'_>, parcel: &Parcel) -> Outcome {
    if post.health.rests() {
        return Outcome::Stopped("the relay is left alone for a while after a failure".to_owned());
    }
    let mail = match assemble(&parcel.composed, |source| {
        post.store.read(|connection| inbox::bytes(connection, source))
    }) {
        Ok(mail) => mail,
        // One row that cannot be read is tried again later; the rows behind it go on.
        Err(error) => return Outcome::Deferred(format!("it could not be put together: {error}")),
    };
    let envelope = Envelope { from: post.sender(), to: parcel.recipient.clone() };
    let outcome = relay.hand_over(&envelope, &mail).await;
    tracing::info!(
        row = parcel.id.0,
        ticket = parcel.ticket.map(|number| number.0),
        attempt = parcel.attempts,
        outcome = name(&outcome),
        "handed over"
    );
    outcome
}

fn size(parcel: &Parcel) -> Size {
    let is_large = |piece: &Piece| matches!(piece, Piece::File { offset, length, .. } if offset + length > LARGE);
    if parcel.composed.pieces.iter().any(is_large) { Size::Large } else { Size::Small }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::Deferred(_) => "deferred",
        Outcome::Refused(_) => "refused",
        Outcome::Unknown(_) => "unknown",
        Outcome::Unreachable(_) => "unreachable",
        Outcome::Stopped(_) => "stopped",
        Outcome::Crowded(_) => "crowded",
    }
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted(words)
        | Outcome::Deferred(words)
        | Outcome::Refused(words)
        | Outcome::Unknown(words)
        | Outcome::Stopped(words)
        | Outcome::Crowded(words) => words.clone(),
        Outcome::Unreachable(fault) => fault.to_string(),
    }
}

/// Decides what happens to an outbox row after an attempt.
///
/// The waits grow (1, 5, 15, 30, 60 min, then 2 h), each up to a tenth longer by row and attempt.
/// After five days of trying we give up. A relay that cannot be used at all says nothing about the
/// row: it is due again in a few minutes.
pub fn after(outcome: &Outcome, attempts: i64, queued: Timestamp, now: Timestamp) -> Settled {
    let step =
        usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    let wait = WAITS.get(step).copied().unwrap_or(minutes(120));
    let tenth = u32::try_from(queued.as_millis().rem_euclid(100)).unwrap_or(0);
    let later = now.plus(wait + wait / 1000 * tenth);
    let given_up = attempts >= GIVE_UP_ATTEMPTS && now.since(queued) >= GIVE_UP_AFTER;
    match outcome {
        Outcome::Accepted(_) => Settled::Sent,
        Outcome::Refused(_) => Settled::Refused,
        // That says nothing about the mail: it waits, however long it takes.
        Outcome::Stopped(_) | Outcome::Crowded(_) => Settled::Back(now),
        _ if given_up => Settled::Expired,
        Outcome::Deferred(_) => Settled::Queued(later),
        Outcome::Unknown(_) => Settled::Unknown(later),
        Outcome::Unreachable(_) => Settled::Queued(now.plus(wait.min(minutes(5)))),
    }
}
