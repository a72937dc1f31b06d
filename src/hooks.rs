//! Commands of the operator's that hear of what happens to tickets, a line of JSON on standard input
//! for each fact.
//!
//! At least once and in order: how far a hook is stands in the database, and moves on when its
//! command has ended well. One that fails is called again with growing waits, and nothing passes it;
//! an end with 65 (EX_DATAERR) says that it does not want that fact. No transaction is open meanwhile,
//! and mail waits for no hook. A hook that is new hears of what happens from then on.

use std::process::Stdio;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

use crate::config::{Config, Hook};
use crate::desk::Cause;
use crate::net::clean;
use crate::store::feed::{self, Fact};
use crate::store::{self, Progress, Store, problems};
use crate::time::Clock;

/// Most facts that are read at once.
const CHUNK: i64 = 100;
/// How long to wait for news when nobody rings.
const POLL: Duration = Duration::from_secs(5);
/// The waits of one that fails double from the first to the last.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));
/// So many failures in a row are a problem.
const PROBLEM_AFTER: u32 = 3;
/// Most that is read of what a failing command complains of.
const COMPLAINT_MAX: u64 = 4 << 10;
/// "I do not want that one" (sysexits.h).
const EX_DATAERR: i32 = 65;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Command(String),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Serves all of them for ever.
pub async fn run(store: &Store, config: &Config, clock: &Clock) {
    // It may be of a hook that is no more; one that still fails says so again.
    if let Err(error) = store.write(|tx| problems::clear(tx, Cause::Hook)).await {
        tracing::error!(error = %error, "the end of a problem could not be noted");
    }
    if config.hooks.is_empty() {
        return std::future::pending().await;
    }
    join_all(config.hooks.iter().map(|hook| serve(store, hook, clock))).await;
}

async fn serve(store: &Store, hook: &Hook, clock: &Clock) {
    let mut failures = 0u32;
    loop {
        let ring = store.changed.notified();
        tokio::pin!(ring);
        ring.as_mut().enable();
        match step(store, hook).await {
            Ok(progress) => {
                if std::mem::take(&mut failures) >= PROBLEM_AFTER {
                    note(store, hook, None, clock).await;
                }
                if progress == Progress::None {
                    drop(timeout(POLL, ring).await);
                }
            }
            Err(failure) => {
                failures = failures.saturating_add(1);
                tracing::warn!(hook = hook.name, failures, error = %failure, "a hook failed; it is called again");
                // Each time: another hook that works again has ended the problem of both.
                if failures >= PROBLEM_AFTER {
                    note(store, hook, Some(failure.to_string()), clock).await;
                }
                let (first, last) = WAITS;
                let doubled = first.saturating_mul(2u32.saturating_pow(failures.min(16) - 1));
                tokio::time::sleep(doubled.min(last)).await;
            }
        }
    }
}

/// Tells the next facts, each until it was heard.
async fn step(store: &Store, hook: &Hook) -> Result<Progress, Failure> {
    let at = place(store, hook).await?;
    let (facts, _) = store.read(|connection| feed::after(connection, at, CHUNK))?;
    let Some(last) = facts.last().map(|fact| fact.id) else { return Ok(Progress::None) };
    let is_wanted = |fact: &&Fact| hook.events.is_empty() || hook.events.contains(fact.kind());
    for fact in facts.iter().filter(is_wanted) {
        tell(hook, fact).await.map_err(Failure::Command)?;
        move_to(store, hook, fact.id).await?;
    }
    move_to(store, hook, last).await?;
    Ok(Progress::Some)
}

/// The last fact that it has heard; a new hook has heard all.
async fn place(store: &Store, hook: &Hook) -> store::Result<i64> {
    let key = key(hook);
    let known = store.read(|connection| store::state(connection, &key))?;
    if let Some(at) = known.and_then(|text| text.parse().ok()) {
        return Ok(at);
    }
    let newest = store.read(feed::newest)?;
    move_to(store, hook, newest).await?;
    Ok(newest)
}

async fn move_to(store: &Store, hook: &Hook, id: i64) -> store::Result<()> {
    let key = key(hook);
    store.write(move |tx| store::set_state(tx, &key, &id.to_string())).await
}

fn key(hook: &Hook) -> String {
    format!("hook {}", hook.name)
}

/// Runs the command for one fact; in words why it has not heard it.
async fn tell(hook: &Hook, fact: &Fact) -> Result<(), String> {
    let mut line = serde_json::to_string(fact).map_err(|error| error.to_string())?;
    line.push('\n');
    let Some((program, arguments)) = hook.command.split_first() else { return Ok(()) };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{program} cannot be run: {error}"))?;
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let dialogue = async {
        if let Some(mut stdin) = stdin {
            // A command that does not read it has ended well all the same.
            drop(stdin.write_all(line.as_bytes()).await);
        }
        let mut complaint = Vec::new();
        if let Some(stderr) = stderr {
            drop(stderr.take(COMPLAINT_MAX).read_to_end(&mut complaint).await);
        }
        (child.wait().await, complaint)
    };
    match timeout(hook.deadline, dialogue).await {
        Err(_) => Err(format!("{program} did not end within {} s", hook.deadline.as_secs())),
        Ok((Err(error), _)) => Err(format!("{program}: {error}")),
        Ok((Ok(status), _)) if status.success() => Ok(()),
        Ok((Ok(status), complaint)) if status.code() == Some(EX_DATAERR) => {
            let words = clean(&String::from_utf8_lossy(&complaint));
            tracing::warn!(hook = hook.name, fact = fact.id, "a hook did not want a fact: {words}");
            Ok(())
        }
        Ok((Ok(status), complaint)) => Err(format!(
            "{program} ended with {status}: {}",
            clean(&String::from_utf8_lossy(&complaint))
        )),
    }
}

/// Says that a hook fails, or no longer does.
async fn note(store: &Store, hook: &Hook, failure: Option<String>, clock: &Clock) {
    let now = clock.now();
    let what = failure.map(|words| format!("The hook {} fails: {words}", hook.name));
    let advice = "mend its command; it hears of everything it has missed, in order";
    let noted = store.write(move |tx| match what {
        Some(what) => problems::raise(tx, Cause::Hook, &what, advice, now),
        None => problems::clear(tx, Cause::Hook),
    });
    if let Err(error) = noted.await {
        tracing::error!(error = %error, "a problem could not be noted");
    }
}
