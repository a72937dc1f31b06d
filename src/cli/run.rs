//! `postdesk run`: the daemon.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, key, log, supervised, texts};
use crate::config::{self, Complaints, Config};
use crate::desk::Cause;
use crate::fetch;
use crate::hooks;
use crate::mail::token::Key;
use crate::metrics;
use crate::net;
use crate::send::{self, smtp::SmtpRelay};
use crate::store::{self, Store, problems};
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

/// Runs until SIGTERM or Ctrl-C. Whoever says so while it still starts is heard too. SIGHUP has the
/// settings read anew.
pub fn run(file: &Path) -> Result<u8, Failure> {
    let runtime = runtime()?;
    let (stop, mut hangups) = {
        let _inside = runtime.enter();
        (told_to_stop(), signal(SignalKind::hangup())?)
    };
    let config = config::load(file)?;
    log::start(log::Volume::Usual);
    for warning in config::warnings(file, &config) {
        tracing::warn!("{warning}");
    }
    let reload = async || {
        if hangups.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        tracing::info!("told to read the settings anew (SIGHUP)");
        supervised::reloading();
        config::load(file)
    };
    runtime.block_on(daemon(config, stop, reload))?;
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

/// The whole daemon: takes the lock, recovers, and runs the three rims until `stop`, anew with each
/// settings that `reload` brings. Settings that cannot be used change nothing.
pub async fn daemon(
    config: Config,
    stop: impl Future<Output = ()>,
    mut reload: impl AsyncFnMut() -> Result<Config, Complaints>,
) -> Result<(), Failure> {
    let data_dir = config.desk.data_dir.clone();
    let _lock = take_lock(&data_dir).await?;
    let had_key = key::is_there(&data_dir);
    let key = store::key(&data_dir)?;
    let store = Store::open(&data_dir)?;
    let clock = Clock::System;
    tell_of_key(&store, key.print(), had_key, &clock).await?;
    store.write(|tx| store::problems::clear(tx, Cause::Settings)).await?;
    let mut desk = prepare(&store, config, key.clone(), &clock).await?;
    tracing::info!(data_dir = %data_dir.display(), version = env!("CARGO_PKG_VERSION"), "postdesk runs");
    tokio::pin!(stop);
    loop {
        recover(&store, &clock).await?;
        supervised::ready(&format!("watching {}", desk.config.imap.mailbox));
        let next = async {
            loop {
                match reload().await {
                    Ok(new) => return new,
                    Err(complaints) => {
                        refuse(&store, complaints.to_text().replace('\n', "; "), &clock).await;
                    }
                }
            }
        };
        let ended = tokio::select! {
            words = store.broken() => return Err(Failure::Said(words)),
            next = serve(&store, &desk, (&mut stop, next)) => next,
        };
        store.write(|tx| store::set_state(tx, ENDED, "cleanly")).await?;
        let Some(new) = ended else { break };
        let new = take_up(&store, &data_dir, new, &clock).await;
        match prepare(&store, new, key.clone(), &clock).await {
            Ok(new) => desk = new,
            Err(failure) => refuse(&store, failure.to_string(), &clock).await,
        }
    }
    tracing::info!("postdesk has stopped");
    Ok(())
}

/// What the rims work with, of these settings; and what is wrong with them is told.
async fn prepare(store: &Store, config: Config, key: Key, clock: &Clock) -> Result<Desk, Failure> {
    let own = texts::load(&config)?;
    texts::tell(store, own.faults(&config), clock).await?;
    tell_of_leavers(store, &config, clock).await?;
    tell_of_calendars(store, &config, clock).await?;
    if config.authentication.knows_agents() {
        store.write(|tx| store::problems::clear(tx, Cause::NotConfigured)).await?;
    }
    let keys = net::dns::keys(&config.authentication);
    let (config, texts, clock) = (Arc::new(config), Arc::new(own.texts), clock.clone());
    Ok(Desk { config, texts, key, clock, keys })
}

/// New settings that cannot be used: the old ones stand, and whoever runs the desk hears why.
async fn refuse(store: &Store, why: String, clock: &Clock) {
    let what = format!("The new settings cannot be used, so the old ones stand: {why}");
    tracing::error!("{what}");
    raise(
        store,
        Cause::Settings,
        what,
        "mend the file, try it with `postdesk check`, and reload the desk",
        clock,
    )
    .await;
    supervised::ready("the new settings cannot be used; the old ones stand");
}

/// New settings that can. The folder of the database is the one thing that cannot change while the
/// daemon holds it.
async fn take_up(store: &Store, data_dir: &Path, mut new: Config, clock: &Clock) -> Config {
    if new.desk.data_dir == data_dir {
        if let Err(error) = store.write(|tx| store::problems::clear(tx, Cause::Settings)).await {
            tracing::error!(error = %error, "the end of a problem could not be noted");
        }
    } else {
        let what = format!(
            "data_dir is {} in the new settings, but a running desk keeps its own, {}",
            new.desk.data_dir.display(),
            data_dir.display()
        );
        tracing::error!("{what}");
        raise(
            store,
            Cause::Settings,
            what,
            "stop the desk, move the files, and start it again",
            clock,
        )
        .await;
        new.desk.data_dir = data_dir.to_path_buf();
    }
    tracing::info!("the new settings hold from now on");
    new
}

async fn raise(store: &Store, cause: Cause, what: String, advice: &'static str, clock: &Clock) {
    let now = clock.now();
    if let Err(error) = store.write(move |tx| problems::raise(tx, cause, &what, advice, now)).await
    {
        tracing::error!(error = %error, "a problem could not be noted");
    }
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

/// Runs the rims until one of both: `None` is the end, else there are new settings.
async fn serve(
    store: &Store,
    desk: &Desk,
    (stop, next): (&mut (impl Future<Output = ()> + Unpin), impl Future<Output = Config>),
) -> Option<Config> {
    let config = desk.config.as_ref();
    let domain = config.desk.address.domain().to_owned();
    let halt = send::Halt::default();
    let post = send::Post::new(store, config, &desk.clock, &halt);
    let relays = (0..config.smtp.connections)
        .map(|_| SmtpRelay::new(config.smtp.clone(), &domain))
        .collect();
    let sending = send::run(relays, &post);
    tokio::pin!(sending);
    let ended = {
        let fetching = fetch::run(store, config, &desk.clock);
        let working = work::run(store, desk);
        let inspecting = inspect(store, &desk.clock);
        let living = supervised::live(store);
        let telling = hooks::run(store, config, &desk.clock);
        let measuring = metrics::run(store, config, &desk.clock);
        tokio::pin!(fetching, working, inspecting, living, telling, measuring, next);
        tokio::select! {
            () = stop => None,
            new = &mut next => Some(new),
            () = &mut fetching => None,
            () = &mut working => None,
            () = &mut inspecting => None,
            () = &mut living => None,
            () = &mut telling => None,
            () = &mut measuring => None,
            () = &mut sending => None,
        }
    };
    if ended.is_none() {
        supervised::stopping();
    }
    // Rows in flight get a moment to hear the relay's answer, so that they need not be sent twice.
    halt.halt();
    if tokio::time::timeout(GRACE, &mut sending).await.is_err() {
        tracing::warn!(
            "some mail was still being handed over; it is tried again at the next start"
        );
    }
    ended
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
