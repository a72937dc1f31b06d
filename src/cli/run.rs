//! `postdesk run`: the daemon.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, key, log, texts};
use crate::config::{self, Config};
use crate::desk::Cause;
use crate::fetch;
use crate::net;
use crate::send::{self, smtp::SmtpRelay};
use crate::store::{self, Store};
use crate::time::{Clock, Timestamp};
use crate::work::{self, Desk};

/// What is in flight may end within this when the daemon is told to stop; the rest is a crash that
/// we survive.
const GRACE: Duration = Duration::from_secs(3);

/// The database is looked through this often.
const INSPECT_EVERY: Duration = Duration::from_secs(7 * 24 * 3600);
/// How the last run ended.
const ENDED: &str = "last run ended";
/// When the database was last looked through.
const INSPECTED: &str = "last integrity check";

/// Runs until SIGTERM or Ctrl-C. Whoever says so while it still starts is heard too.
pub fn run(file: &Path) -> Result<u8, Failure> {
    let runtime = runtime()?;
    let stop = {
        let _inside = runtime.enter();
        told_to_stop()
    };
    let config = config::load(file)?;
    log::start(log::Volume::Usual);
    for warning in config::warnings(file, &config) {
        tracing::warn!("{warning}");
    }
    runtime.block_on(daemon(config, stop))?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(0)
}

/// One thread serves all connections; the writer of the store and the parser have threads of their
/// own.
pub fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .thread_keep_alive(Duration::from_secs(5))
        .build()?)
}

/// Signals count from this call on, not from when somebody waits for them.
fn told_to_stop() -> impl Future<Output = ()> {
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => tracing::info!("told to stop (SIGTERM)"),
            _ = interrupt.recv() => tracing::info!("told to stop (Ctrl-C)"),
        }
    }
}

/// The whole daemon: takes the lock, recovers, and runs the three rims until `stop`.
pub async fn daemon(config: Config, stop: impl Future<Output = ()>) -> Result<(), Failure> {
    let data_dir = config.desk.data_dir.clone();
    let _lock = take_lock(&data_dir).await?;
    let had_key = key::is_there(&data_dir);
    let key = store::key(&data_dir)?;
    let store = Store::open(&data_dir)?;
    let clock = Clock::System;
    recover(&store, &clock).await?;
    tell_of_key(&store, key.print(), had_key, &clock).await?;
    let own = texts::load(&config)?;
    texts::tell(&store, own.faults(&config), &clock).await?;
    let texts = own.texts;
    tell_of_leavers(&store, &config, &clock).await?;
    tell_of_calendars(&store, &config, &clock).await?;
    if config.authentication.knows_agents() {
        store.write(|tx| store::problems::clear(tx, Cause::NotConfigured)).await?;
    }
    let keys = net::dns::keys(&config.authentication);
    let desk = Desk { config: Arc::new(config), texts: Arc::new(texts), key, clock, keys };
    tracing::info!(data_dir = %data_dir.display(), version = env!("CARGO_PKG_VERSION"), "postdesk runs");
    let broken = async {
        tokio::select! {
            words = store.broken() => Some(words),
            () = serve(&store, &desk, stop) => None,
        }
    };
    if let Some(words) = broken.await {
        return Err(Failure::Said(words));
    }
    store.write(|tx| store::set_state(tx, ENDED, "cleanly")).await?;
    tracing::info!("postdesk has stopped");
    Ok(())
}

/// `postdesk status` holds the lock for an instant, to see whether a daemon does.
async fn take_lock(data_dir: &Path) -> Result<store::Lock, Failure> {
    for _ in 0..5 {
        if let Ok(lock) = store::lock(data_dir) {
            return Ok(lock);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(store::lock(data_dir)?)
}

/// After an unclean end, and once a week, the whole file is looked through while the desk already
/// works (D3).
async fn inspect(store: &Store, clock: &Clock) {
    let mut unclean = !store
        .read(|connection| store::state(connection, ENDED))
        .is_ok_and(|ended| ended.as_deref() == Some("cleanly"));
    let marked = store.write(|tx| store::set_state(tx, ENDED, "not yet")).await;
    if let Err(error) = marked {
        tracing::error!(error = %error, "the start could not be noted");
    }
    loop {
        if unclean || inspected(store).is_none_or(|at| clock.now().since(at) > INSPECT_EVERY) {
            unclean = false;
            look_through(store, clock).await;
        }
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
}

fn inspected(store: &Store) -> Option<Timestamp> {
    let at = store.read(|connection| store::state(connection, INSPECTED)).ok()??;
    at.parse().ok().map(Timestamp::from_millis)
}

async fn look_through(store: &Store, clock: &Clock) {
    let path = store.data_dir().to_path_buf();
    let Ok(found) = tokio::task::spawn_blocking(move || store::integrity(&path)).await else {
        return;
    };
    let now = clock.now();
    let noted = store.write(move |tx| {
        match found {
            Ok(None) => store::problems::clear(tx, Cause::DatabaseDamaged)?,
            Ok(Some(words)) => {
                let what = format!("The database is damaged: {words}");
                store::problems::raise(
                    tx,
                    Cause::DatabaseDamaged,
                    &what,
                    "stop the daemon, keep the files, restore the last backup",
                    now,
                )?;
            }
            Err(error) => return Err(error),
        }
        store::set_state(tx, INSPECTED, &now.as_millis().to_string())
    });
    if let Err(error) = noted.await {
        tracing::error!(error = %error, "the database could not be looked through");
    }
}

async fn serve(store: &Store, desk: &Desk, stop: impl Future<Output = ()>) {
    let config = desk.config.as_ref();
    let domain = config.desk.address.domain().to_owned();
    let halt = send::Halt::default();
    let post = send::Post::new(store, config, &desk.clock, &halt);
    let relays = (0..config.smtp.connections)
        .map(|_| SmtpRelay::new(config.smtp.clone(), &domain))
        .collect();
    let sending = send::run(relays, &post);
    tokio::pin!(sending);
    {
        let fetching = fetch::run(store, config, &desk.clock);
        let working = work::run(store, desk);
        let inspecting = inspect(store, &desk.clock);
        tokio::pin!(fetching, working, inspecting, stop);
        tokio::select! {
            () = &mut stop => {}
            () = &mut fetching => {}
            () = &mut working => {}
            () = &mut inspecting => {}
            () = &mut sending => {}
        }
    }
    // Rows in flight get a moment to hear the relay's answer, so that they need not be sent twice.
    halt.halt();
    if tokio::time::timeout(GRACE, &mut sending).await.is_err() {
        tracing::warn!(
            "some mail was still being handed over; it is tried again at the next start"
        );
    }
}

/// Puts right what the last end left: numbers, rows that were being sent, and after an unclean end
/// a look at the file itself.
async fn recover(store: &Store, clock: &Clock) -> Result<(), Failure> {
    let now = clock.now();
    let numbers = store.data_dir().join(store::NUMBERS);
    let cut_off = store.write(move |tx| work::recover(tx, &numbers, now)).await?;
    if cut_off > 0 {
        tracing::warn!(
            rows = cut_off,
            "mail was being sent when the daemon last ended; it is unknown whether it arrived, so it is sent again"
        );
    }
    Ok(())
}

async fn tell_of_key(
    store: &Store,
    print: String,
    was_there: bool,
    clock: &Clock,
) -> Result<(), Failure> {
    let (folder, now) = (store.data_dir().to_path_buf(), clock.now());
    Ok(store.write(move |tx| key::tell(tx, &print, was_there, &folder, now)).await?)
}

/// Without its holidays the desk would promise the wrong day.
async fn tell_of_calendars(store: &Store, config: &Config, clock: &Clock) -> Result<(), Failure> {
    let broken = config.calendars.iter().filter_map(|one| Some((&one.file, one.fault.as_ref()?)));
    let broken: Vec<String> =
        broken.map(|(file, why)| format!("{}: {why}", file.display())).collect();
    let now = clock.now();
    store
        .write(move |tx| match broken.is_empty() {
            true => store::problems::clear(tx, Cause::Calendar),
            false => {
                let what = format!("Holidays cannot be read: {}", broken.join("; "));
                let advice = "put a good calendar file there, then `postdesk check` and start the desk again; until then those days count as working days";
                store::problems::raise(tx, Cause::Calendar, &what, advice, now)
            }
        })
        .await?;
    Ok(())
}

async fn tell_of_leavers(store: &Store, config: &Config, clock: &Clock) -> Result<(), Failure> {
    let (config, now) = (config.clone(), clock.now());
    store.write(move |tx| work::tell_of_leavers(tx, &config, now)).await?;
    Ok(())
}
