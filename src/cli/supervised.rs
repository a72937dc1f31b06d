//! What systemd is told (sd_notify(3)): that the daemon is ready, takes new settings, ends, and lives.
//! Nobody listens where nobody asked.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::store::Store;

/// Tells it; whoever cannot be told is not there.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(error = %error, "the supervisor cannot be told");
    }
}

/// All that is needed was read, and mail is looked for.
pub fn ready(words: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(words)]);
}

/// New settings are being read; [`ready`] ends it.
pub fn reloading() {
    let clock = NotifyState::monotonic_usec_now().ok();
    tell(&std::iter::once(NotifyState::Reloading).chain(clock).collect::<Vec<_>>());
}

/// The end has begun.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Says for ever that the daemon lives, twice as often as it must, if that is watched. It lives while
/// its writer answers, be it that nothing can be written.
pub async fn live(store: &Store) {
    let Some(within) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    let pause = (within / 2).max(Duration::from_millis(10));
    loop {
        drop(store.write(|_| Ok(())).await);
        tell(&[NotifyState::Watchdog]);
        tokio::time::sleep(pause).await;
    }
}
