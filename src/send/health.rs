//! How the relay fares: one that cannot be used at all is called again with growing waits, and
//! `status` says so.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

use super::{Outcome, Post, minutes};
use crate::store::{self, problems};

/// A relay that took a mail so lately works, whatever it says to one more connection.
const WELL_FOR: Duration = Duration::from_secs(60);
/// Waits before an account is tried again that the relay takes nothing of.
const ACCOUNT_WAITS: (Duration, Duration) = (minutes(5), minutes(60));
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
}

impl Health {
    /// Whether the relay is left alone just now.
    pub(super) fn rests(&self) -> bool {
        self.rests_until.get().is_some_and(|until| until > Instant::now())
    }

    pub(super) fn is_well(&self) -> bool {
        self.failures.get() == 0 && self.well_at.get().is_some_and(|at| at.elapsed() < WELL_FOR)
    }
}

/// What stands while nothing can be sent, by its cause.
const TROUBLES: [&str; 2] = ["smtp-unreachable", "account-stopped"];

/// Lets a relay that cannot be used rest, for longer each time, and tells the owner's `status`.
pub(super) async fn note(post: &Post<'_>, outcome: &Outcome) -> store::Result<()> {
    let health = &post.health;
    let (cause, what, (first, last)) = match outcome {
        Outcome::Unreachable(fault) => {
            (TROUBLES[0], format!("Mail cannot be sent: {fault}"), RELAY_WAITS)
        }
        Outcome::Stopped(words) => {
            let what = format!("The mail server takes no mail of this account just now: {words}");
            (TROUBLES[1], what, ACCOUNT_WAITS)
        }
        _ => return note_well(post).await,
    };
    health.known_good.set(false);
    if health.rests() {
        return Ok(());
    }
    let failures = health.failures.get().saturating_add(1);
    health.failures.set(failures);
    let doubled = 2u32.saturating_pow(failures.saturating_sub(1).min(16));
    health.rests_until.set(Some(Instant::now() + first.saturating_mul(doubled).min(last)));
    tracing::warn!(what, failures, "the relay cannot be used just now");
    let now = post.clock.now();
    let advice = "see [smtp] of the configuration, the relay and the account there; what waits is sent by itself once it takes mail again";
    post.store.write(move |tx| problems::raise(tx, cause, &what, advice, now)).await
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
