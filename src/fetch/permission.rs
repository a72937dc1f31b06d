//! The permission to use the mailbox (`[imap.oauth2]`): renewed before it ends, so that one that was
//! withdrawn, or a client's secret that ends soon, is known while the connections still stand (P24).

use std::time::Duration;

use super::{Eye, Failure};
use crate::config::{OAuth2, Proof};
use crate::desk::Cause;
use crate::net::{self, Fault};
use crate::store::{self, problems};
use crate::time::Timestamp;

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// A secret that ends within so many days wants a new one: whoever makes it may be away for a while.
const DAYS_AHEAD: i64 = 30;

/// The settings of it, if there are any.
pub(super) fn of<'a>(eye: &Eye<'a>) -> Option<&'a OAuth2> {
    match &eye.config.imap.server.login.as_ref()?.proof {
        Proof::OAuth2(oauth2) => Some(oauth2),
        Proof::Password(_) => None,
    }
}

/// Looks after it for ever.
pub(super) async fn run(eye: &Eye<'_>) {
    let Some(oauth2) = of(eye) else { return std::future::pending().await };
    loop {
        let renewed = net::keep_fresh(oauth2).await;
        if let Err(fault) = &renewed {
            tracing::warn!(error = %fault, "the token could not be renewed");
        }
        if let Err(error) = note(eye, oauth2, renewed).await {
            tracing::error!(error = %error, "the problem could not be noted");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = net::permitted(oauth2) => {}
        }
    }
}

/// Waits as long as a failure asks for; where a person must permit it anew, only until they have.
pub(super) async fn rest(eye: &Eye<'_>, failure: &Failure, wait: Duration) {
    let permitted = async {
        match (of(eye), failure) {
            (Some(oauth2), Failure::Server(Fault::Login(_))) => net::permitted(oauth2).await,
            _ => std::future::pending().await,
        }
    };
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = permitted => {}
    }
}

async fn note(eye: &Eye<'_>, oauth2: &OAuth2, renewed: Result<(), Fault>) -> store::Result<()> {
    let now = eye.clock.now();
    let words = match renewed {
        Err(Fault::Login(words) | Fault::Insecure(words)) => Some(words),
        // A server that is away for a while comes back; the token at hand may last as long.
        Err(Fault::Lost(_) | Fault::Crowded(_) | Fault::Denied(_)) => return Ok(()),
        Ok(()) => ending(oauth2, now),
    };
    eye.store
        .write(move |tx| match words {
            // That nothing comes in any more is said already.
            Some(_) if problems::stands(tx, Cause::ImapLogin)? => {
                problems::clear(tx, Cause::Permission)
            }
            Some(words) => {
                let advice = "mail comes and goes until the token at hand ends; see [imap.oauth2]";
                problems::raise(tx, Cause::Permission, &words, advice, now)
            }
            None => problems::clear(tx, Cause::Permission),
        })
        .await
}

/// A secret that ends soon, in words.
fn ending(oauth2: &OAuth2, now: Timestamp) -> Option<String> {
    let end = oauth2.secret_expires?;
    let today = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    let days = today.until((jiff::Unit::Day, end)).ok()?.get_days();
    (i64::from(days) <= DAYS_AHEAD).then(|| {
        format!(
            "The client's secret of [imap.oauth2] ends on {end}: make a new one at the provider"
        )
    })
}
