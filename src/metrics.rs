//! Numbers for a monitoring system, on a port of this machine: `/metrics` in the form of Prometheus,
//! `/healthz` for a load balancer or an orchestrator.
//!
//! Everything is counted when it is asked for, by a reader of its own on another thread, so that no
//! mail waits; only the time to first answers is carried on from fact to fact. No label holds an
//! address, a subject or anything else that people wrote. The few lines of HTTP are our own: a GET
//! without a body is all that is served, one after the other.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::config::Config;
use crate::desk::Cause;
use crate::store::gauges::{self, Counts, Gauges, Milestone};
use crate::store::view::{self, Status};
use crate::store::{self, DATABASE, Store, problems};
use crate::time::{Clock, Timestamp};

/// How long one who asks may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// Longest request.
const REQUEST_MAX: u64 = 8 << 10;
/// Before a port that could not be had is tried again.
const BIND_AGAIN: Duration = Duration::from_secs(30);
/// Facts that are looked at in one go.
const CHUNK: i64 = 10_000;
/// Without a look at the mailbox for so long the desk is not well (O1).
const SILENT_AFTER: Duration = Duration::from_secs(15 * 60);
/// Borders of the times to first answers, in seconds: from five minutes to a week.
const BORDERS: [f64; 10] =
    [300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 86400.0, 172_800.0, 604_800.0];

type Labels = Vec<(&'static str, String)>;

/// What is carried on from one question to the next.
#[derive(Debug)]
struct Tally {
    /// The last fact that was counted.
    at: i64,
    /// Tickets that nobody has answered yet, and when they began.
    unanswered: HashMap<i64, Timestamp>,
    first_answers: Histogram,
    missed: Counter,
}

impl Tally {
    fn new() -> Self {
        Self {
            at: 0,
            unanswered: HashMap::new(),
            first_answers: Histogram::new(BORDERS),
            missed: Counter::default(),
        }
    }

    fn count(&mut self, one: &Milestone) {
        match one.kind.as_str() {
            "opened" => drop(self.unanswered.insert(one.ticket, one.at)),
            "answered" => {
                if let Some(began) = self.unanswered.remove(&one.ticket) {
                    self.first_answers.observe(one.at.since(began).as_secs_f64());
                }
            }
            _ => drop(self.missed.inc()),
        }
    }
}

/// Serves them for ever, if that is wanted.
pub async fn run(store: &Store, config: &Config, clock: &Clock) {
    let Some(address) = config.metrics else { return std::future::pending().await };
    let tally = Arc::new(Mutex::new(Tally::new()));
    let place = store.data_dir().to_path_buf();
    loop {
        let problem = match TcpListener::bind(address).await {
            Ok(listener) => {
                note(store, None, clock).await;
                serve(&listener, &place, &tally, clock).await
            }
            Err(error) => error,
        };
        note(store, Some((address, problem)), clock).await;
        tokio::time::sleep(BIND_AGAIN).await;
    }
}

async fn serve(
    listener: &TcpListener,
    place: &Path,
    tally: &Arc<Mutex<Tally>>,
    clock: &Clock,
) -> io::Error {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => return error,
        };
        let now = clock.now();
        let asked = timeout(DEADLINE, answer(stream, place.to_path_buf(), Arc::clone(tally), now));
        if let Ok(Err(error)) = asked.await {
            tracing::debug!(error = %error, "a question for metrics broke off");
        }
    }
}

async fn answer(
    mut stream: TcpStream,
    place: PathBuf,
    tally: Arc<Mutex<Tally>>,
    now: Timestamp,
) -> io::Result<()> {
    let path = path(&mut stream).await?;
    let found = spawn_blocking(move || match path.as_str() {
        "/metrics" => Some(numbers(&place, &tally, now)),
        "/healthz" => Some(health(&place, now)),
        _ => None,
    });
    let (status, words) = match found.await.map_err(io::Error::other)? {
        Some(Ok(words)) => ("200 OK", words),
        Some(Err(words)) => ("503 Service Unavailable", words),
        None => ("404 Not Found", "there are /metrics and /healthz\n".to_owned()),
    };
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let kind = if words.ends_with("# EOF\n") { kind } else { "text/plain; charset=utf-8" };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        words.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(words.as_bytes()).await?;
    stream.shutdown().await
}

/// What a GET asks for; empty for any other request.
async fn path(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut bytes = stream.take(REQUEST_MAX);
    let mut chunk = [0; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = bytes.read(&mut chunk).await?;
        head.extend(chunk.iter().take(read));
        if read == 0 {
            break;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    let path = target.and_then(|target| target.split('?').next());
    Ok(path.unwrap_or_default().to_owned())
}

/// Whether mail is looked for and the database can be read; what is wrong stands in `status`.
fn health(place: &Path, now: Timestamp) -> Result<String, String> {
    let store = Store::open_existing(place).map_err(|error| format!("{error}\n"))?;
    let status = store.read(|connection| view::status(connection, 0, (now, now)));
    let status = status.map_err(|error| format!("{error}\n"))?;
    match status.last_poll_at {
        Some(at) if now.since(at) <= SILENT_AFTER => Ok("ok\n".to_owned()),
        Some(_) => Err("the mailbox has not been read for 15 minutes\n".to_owned()),
        None => Err("the mailbox has not been read yet\n".to_owned()),
    }
}

/// All numbers, as text.
fn numbers(place: &Path, tally: &Mutex<Tally>, now: Timestamp) -> Result<String, String> {
    let said = |error: store::Error| format!("{error}\n");
    let store = Store::open_existing(place).map_err(said)?;
    let bytes = ["", "-wal"].iter().map(|suffix| place.join([DATABASE, suffix].concat()));
    let bytes = bytes.map(|path| std::fs::metadata(path).map_or(0, |data| data.len())).sum();
    let status = store.read(|connection| view::status(connection, bytes, (now, now)));
    let counts = store.read(gauges::gauges).map_err(said)?;
    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    count(&store, &mut tally).map_err(said)?;
    let registry = registry(&status.map_err(said)?, &counts, &tally, now);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| format!("{error}\n"))?;
    Ok(text)
}

/// Counts what has happened since the last time.
fn count(store: &Store, tally: &mut Tally) -> store::Result<()> {
    loop {
        let from = tally.at;
        let (found, last) = store.read(|connection| gauges::milestones(connection, from, CHUNK))?;
        found.iter().for_each(|one| tally.count(one));
        if last == from {
            return Ok(());
        }
        tally.at = last;
    }
}

fn registry(status: &Status, counts: &Gauges, tally: &Tally, now: Timestamp) -> Registry {
    let mut all = Registry::with_prefix("postdesk");
    let mails = Family::<Labels, Counter>::default();
    for (outcome, number) in &counts.mails {
        let counter = mails.get_or_create(&vec![("outcome", outcome.clone())]).clone();
        counter.inc_by(u64::try_from(*number).unwrap_or(0));
    }
    all.register("mails", "Mails that came, by what became of them", mails);
    sorts(&mut all, "outbox_mails", "Mails that go out or went", "state", &counts.outbox);
    sorts(&mut all, "tickets", "Tickets", "status", &counts.tickets);
    let problems: Counts = counts.problems.iter().map(|cause| (cause.clone(), 1)).collect();
    sorts(&mut all, "problem", "What wants a person", "cause", &problems);
    let age = |at: Option<Timestamp>| at.map(|at| whole(now.since(at).as_secs()));
    let one = |all: &mut Registry, name: &str, help: &str, value: Option<i64>| {
        if let Some(value) = value {
            let gauge: Gauge = Gauge::default();
            gauge.set(value);
            all.register(name, help, gauge);
        }
    };
    one(
        &mut all,
        "outbox_oldest_age_seconds",
        "Age of the oldest mail that waits to go",
        age(counts.oldest).or(Some(0)),
    );
    one(
        &mut all,
        "last_poll_age_seconds",
        "Since the mailbox was last read",
        age(status.last_poll_at),
    );
    one(&mut all, "last_mail_age_seconds", "Since a mail last came", age(status.last_mail_at));
    one(
        &mut all,
        "database_bytes",
        "Size of the database with its log",
        Some(whole(status.database_bytes)),
    );
    one(
        &mut all,
        "tickets_overdue",
        "Tickets for which it is too late",
        i64::try_from(status.tickets_overdue).ok(),
    );
    one(&mut all, "tickets_unowned", "Tickets that nobody has taken", Some(status.tickets_unowned));
    let promises = [("due", status.promises_due), ("overdue", status.promises_overdue)];
    let promises: Counts =
        promises.iter().map(|(state, number)| ((*state).to_owned(), whole(*number))).collect();
    sorts(&mut all, "promises", "Promises that are open", "state", &promises);
    all.register(
        "promises_missed",
        "Promises whose time passed without an answer",
        tally.missed.clone(),
    );
    all.register(
        "first_answer_seconds",
        "From a ticket's opening to its first answer",
        tally.first_answers.clone(),
    );
    let built: Labels = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    let build = Family::<Labels, Gauge>::default();
    build.get_or_create(&built).set(1);
    all.register("build_info", "This program", build);
    all
}

fn sorts(all: &mut Registry, name: &str, help: &str, label: &'static str, counts: &Counts) {
    let family = Family::<Labels, Gauge>::default();
    for (sort, number) in counts {
        family.get_or_create(&vec![(label, sort.clone())]).set(*number);
    }
    all.register(name, help, family);
}

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Says that the port cannot be had, or can again.
async fn note(store: &Store, problem: Option<(SocketAddr, io::Error)>, clock: &Clock) {
    let now = clock.now();
    let what =
        problem.map(|(address, error)| format!("Metrics cannot be served at {address}: {error}"));
    if let Some(what) = &what {
        tracing::warn!("{what}");
    }
    let noted = store.write(move |tx| match what {
        Some(what) => {
            let advice =
                "name another port in [metrics], or end what holds it; mail is not concerned";
            problems::raise(tx, Cause::Metrics, &what, advice, now)
        }
        None => problems::clear(tx, Cause::Metrics),
    });
    if let Err(error) = noted.await {
        tracing::error!(error = %error, "a problem could not be noted");
    }
}
