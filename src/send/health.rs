//! How the relay fares: one that cannot be used at all is called again with growing waits, and
//! `status` says so.
//!
//! "No mail of this account" may be the word of one recipient's server, which the relay passes on.
//! So the next try is with mail for somebody else; if that is taken, the word was only theirs, and
//! from then on it is for their mail alone (R1).

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::{Outcome, Post, minutes};
use crate::desk::Cause;
use crate::store::{self, problems};

/// A relay that took a mail so lately works, whatever it says to one more connection.
const WELL_FOR: Duration = Duration::from_secs(60);
/// Waits before an account is tried again that the relay takes nothing of.
const ACCOUNT_WAITS: (Duration, Duration) = (Duration::from_secs(30), minutes(60));
/// So many domains are remembered that speak for themselves.
const REMEMBERED: usize = 1000;
/// Waits before a relay that cannot be used is called again.
const RELAY_WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// How the relay fares: until when it is left alone, and how often in a row it could not be used.
#[derive(Debug, Default)]
pub(super) struct Health {
    rests_until: Cell<Option<Instant>>,
    pub(super) failures: Cell<u32>,
    known_good: Cell<bool>,
    /// When it last answered as one that works.
    well_at: Cell<Option<Instant>>,
    /// Whose mail the account was last stopped at.
    stopped_at: RefCell<Option<String>>,
    /// Domains where such a word was only their own.
    singular: RefCell<BTreeSet<String>>,
}

impl Health {
    /// Whether the relay is left alone just now.
    pub(super) fn rests(&self) -> bool {
        self.rests_until.get().is_some_and(|until| until > Instant::now())
    }

    /// Whose mail is not to be tried next, if there is other.
    pub(super) fn stopped_at(&self) -> Option<String> {
        self.stopped_at.borrow().clone()
    }

    /// What an outcome for that domain means.
    pub(super) fn weighed(&self, domain: &str, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Stopped(words) if !self.rests() && self.singular.borrow().contains(domain) => {
                Outcome::Deferred(words)
            }
            outcome => outcome,
        }
    }

    fn took(&self, domain: &str) {
        let mut singular = self.singular.borrow_mut();
        singular.remove(domain);
        if let Some(other) = self.stopped_at.borrow_mut().take().filter(|other| other != domain) {
            if singular.len() >= REMEMBERED {
                singular.clear();
            }
            singular.insert(other);
        }
    }

    pub(super) fn is_well(&self) -> bool {
        self.failures.get() == 0 && self.well_at.get().is_some_and(|at| at.elapsed() < WELL_FOR)
    }
}

/// What stands while nothing can be sent, by its cause.
const TROUBLES: [Cause; 2] = [Cause::SmtpUnreachable, Cause::AccountStopped];

/// Lets a relay that cannot be used rest, for longer each time, and tells the owner's `status`.
pub(super) async fn note(post: &Post<'_>, domain: &str, outcome: &Outcome) -> store::Result<()> {
    let health = &post.health;
    let (cause, what, (first, last)) = match outcome {
        Outcome::Unreachable(fault) => {
            (Cause::SmtpUnreachable, format!("Mail cannot be sent: {fault}"), RELAY_WAITS)
        }
        Outcome::Stopped(words) => {
            let what = format!("The mail server takes no mail of this account just now: {words}");
            (Cause::AccountStopped, what, ACCOUNT_WAITS)
        }
        outcome => {
            if matches!(outcome, Outcome::Accepted(_)) {
                health.took(domain);
            }
            return note_well(post).await;
        }
    };
    health.known_good.set(false);
    if health.rests() {
        return Ok(());
    }
    if matches!(outcome, Outcome::Stopped(_)) {
        *health.stopped_at.borrow_mut() = Some(domain.to_owned());
    }
    let failures = health.failures.get().saturating_add(1);
    health.failures.set(failures);
    let doubled = 2u32.saturating_pow(failures.saturating_sub(1).min(16));
    health.rests_until.set(Some(Instant::now() + first.saturating_mul(doubled).min(last)));
    tracing::warn!(what, failures, "the relay cannot be used just now");
    let now = post.clock.now();
    let advice = "see [smtp] of the configuration, the relay and the account there; what waits is sent by itself once it takes mail again";
    post.store.write(move |tx| problems::raise(tx, cause, &what, advice, now)).await?;
    // Another row may have gone well while this was written: the next one that does ends it.
    health.known_good.set(false);
    Ok(())
}

async fn note_well(post: &Post<'_>) -> store::Result<()> {
    let health = &post.health;
    health.failures.set(0);
    health.rests_until.set(None);
    health.well_at.set(Some(Instant::now()));
    // The problem may also be one that an earlier run of the daemon noted.
    if health.known_good.replace(true) {
        return Ok(());
    }
    for cause in TROUBLES {
        if post.store.read(|connection| problems::stands(connection, cause))? {
            post.store.write(move |tx| problems::clear(tx, cause)).await?;
        }
    }
    Ok(())
}
