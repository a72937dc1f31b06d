//! `postdesk run`: the daemon.

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;
use super::log;
use crate::config::{self, Config};
use crate::desk::texts::Texts;
use crate::fetch;
use crate::send::{self, Relay, smtp::SmtpRelay};
use crate::store::{self, Store, outbox, tickets};
use crate::time::Clock;
use crate::work::{self, Desk};

/// What is in flight may end within this when the daemon is told to stop; the rest is a crash that we survive.
const GRACE: Duration = Duration::from_secs(3);

/// Runs until SIGTERM or Ctrl-C.
pub fn run(config: &Config, file: &Path) -> Result<u8, Failure> {
    log::start(log::Volume::Usual);
    for warning in config::warnings(file, config) {
        tracing::warn!("{warning}");
    }
    let runtime = runtime()?;
    runtime.block_on(daemon(config.clone(), told_to_stop()))?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(0)
}

/// One thread serves all connections; the writer of the store and the parser have threads of their own.
pub fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().max_blocking_threads(4).thread_keep_alive(Duration::from_secs(5)).build()?)
}

async fn told_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => tracing::info!("told to stop (SIGTERM)"),
        _ = interrupt.recv() => tracing::info!("told to stop (Ctrl-C)"),
    }
}

/// The whole daemon: takes the lock, recovers, and runs the three rims until `stop`.
pub async fn daemon(config: Config, stop: impl Future<Output = ()>) -> Result<(), Failure> {
    let data_dir = config.desk.data_dir.clone();
    let _lock = store::lock(&data_dir)?;
    let key = store::key(&data_dir)?;
    let store = Store::open(&data_dir)?;
    let clock = Clock::System;
    recover(&store, &clock).await?;
    let texts = texts(&config)?;
    tell_broken(&store, &texts, &clock).await?;
    let desk = Desk { config: Arc::new(config), texts: Arc::new(texts), key, clock };
    tracing::info!(data_dir = %data_dir.display(), version = env!("CARGO_PKG_VERSION"), "postdesk runs");
    serve(&store, &desk, stop).await;
    tracing::info!("postdesk has stopped");
    Ok(())
}

async fn serve(store: &Store, desk: &Desk, stop: impl Future<Output = ()>) {
    let config = desk.config.as_ref();
    let domain = config.desk.address.domain().to_owned();
    let halt = send::Halt::default();
    let post = send::Post::new(store, config, &desk.clock, &halt);
    let sending = join_all((0..config.smtp.connections).map(|_| async {
        let mut relay = SmtpRelay::new(config.smtp.clone(), &domain);
        send::run(&mut relay, &post).await;
        relay.rest().await;
    }));
    tokio::pin!(sending);
    {
        let fetching = fetch::run(store, config, &desk.clock);
        let working = work::run(store, desk);
        tokio::pin!(fetching, working, stop);
        tokio::select! {
            () = &mut stop => {}
            () = &mut fetching => {}
            () = &mut working => {}
            _ = &mut sending => {}
        }
    }
    // Rows in flight get a moment to hear the relay's answer, so that they need not be sent twice.
    halt.halt();
    if tokio::time::timeout(GRACE, &mut sending).await.is_err() {
        tracing::warn!("some mail was still being handed over; it is tried again at the next start");
    }
}

/// Puts right what the last end left: numbers, rows that were being sent, and after an unclean end a look at the file itself.
async fn recover(store: &Store, clock: &Clock) -> Result<(), Failure> {
    let now = clock.now();
    let numbers = store.data_dir().join(store::NUMBERS);
    let cut_off = store
        .write(move |tx| {
            tickets::raise_numbers(tx, &numbers)?;
            outbox::recover(tx, now)
        })
        .await?;
    if cut_off > 0 {
        tracing::warn!(
            rows = cut_off,
            "mail was being sent when the daemon last ended; it is unknown whether it arrived, so it is sent again"
        );
    }
    Ok(())
}

/// The texts: built in, and over them the files of the operator's folder.
pub fn texts(config: &Config) -> Result<Texts, Failure> {
    let mut files = BTreeMap::new();
    if let Some(folder) = &config.templates {
        read_folder(folder, &config.desk.language, &mut files)?;
        if config.desk.language != "en" {
            read_folder(folder, "en", &mut files)?;
        }
    }
    Ok(Texts::new(&config.desk.language, files))
}

fn read_folder(folder: &Path, language: &str, files: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    let folder = folder.join(language);
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".txt") {
            let text = fs::read_to_string(entry.path()).map_err(|error| Failure::Said(format!("{}: {error}", entry.path().display())))?;
            files.insert(format!("{language}/{name}"), text);
        }
    }
    Ok(())
}

async fn tell_broken(store: &Store, texts: &Texts, clock: &Clock) -> Result<(), Failure> {
    let now = clock.now();
    let broken: Vec<String> = texts.broken().iter().map(|(file, what)| format!("{file}: {what}")).collect();
    store
        .write(move |tx| match broken.first() {
            None => store::problems::clear(tx, "template"),
            Some(first) => {
                let what = format!("A text template is broken, the built-in one is used: {first}");
                store::problems::raise(tx, "template", &what, "mend the file, then `postdesk check` and start the desk again", now)
            }
        })
        .await?;
    Ok(())
}
