//! What the timers of many open tickets cost: of an idle desk, of ingest, and at the start.
//!
//! No server takes part: the store and the desk are driven as `postdesk run` drives them, on tickets
//! that were opened by one real mail and copied. Ingest runs in turn beside a desk of the same
//! tickets without any timer, so that only the timers differ; of both the processor time is
//! compared, since what else the machine does shows in every other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use postdesk::desk::texts::Texts;
use postdesk::store::inbox::{self, Arrival, Quiet, Raw, Source};
use postdesk::store::{self, Progress, Store};
use postdesk::time::{Clock, Timestamp};
use postdesk::work::{self, BETWEEN_TICKS, Desk};
use tokio::runtime::Runtime;

use super::{SETTINGS, UNBOUND, row};

/// Mails of one round of ingest.
const ROUND: usize = 400;
/// Rounds on each side: the median of an odd number is one of them.
const ROUNDS: usize = 15;

struct Side {
    store: Store,
    desk: Desk,
    serial: usize,
}

/// Measures it with so many open tickets.
pub fn run(tickets: usize) {
    let keep = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let filled = keep.path().join("filled");
    runtime.block_on(fill(&filled, tickets));
    let (first, second) = (keep.path().join("timers"), keep.path().join("none"));
    copy(&filled, &first);
    copy(&filled, &second);
    let database = rusqlite::Connection::open(second.join(store::DATABASE)).unwrap();
    database.execute("UPDATE tickets SET next_at = NULL, promised_at = NULL", []).unwrap();
    drop(database);
    start(&runtime, &first, tickets);
    let (mut timers, mut none) = (Side::open(&first), Side::open(&second));
    idle(&runtime, &timers, tickets);
    let mut more = Vec::new();
    let mut each = Vec::new();
    for round in 0..ROUNDS {
        // Whoever goes first finds other things in the caches.
        let (with, without) = if round % 2 == 0 {
            let with = runtime.block_on(timers.ingest());
            (with, runtime.block_on(none.ingest()))
        } else {
            let without = runtime.block_on(none.ingest());
            (runtime.block_on(timers.ingest()), without)
        };
        more.push(100.0 * (with / without - 1.0));
        each.push(with / ROUND as f64);
    }
    row(
        &format!("ingest of {ROUND} with {tickets} timers beside none, and 2 ticks"),
        &format!("{:+.1} % CPU ({:.2} ms a mail)", median(more), 1000.0 * median(each)),
        "<= 5 %",
    );
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Seconds of processor time of all threads so far, as the kernel counts them (proc(5), schedstat).
fn used() -> f64 {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let counted = |thread: std::io::Result<fs::DirEntry>| {
        let text = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
        text.split(' ').next().unwrap().parse::<u64>().unwrap()
    };
    threads.map(counted).sum::<u64>() as f64 / 1e9
}

impl Side {
    fn open(data_dir: &Path) -> Self {
        let store = Store::open(data_dir).unwrap();
        Self { store, desk: desk(data_dir), serial: 0 }
    }

    /// Takes mails in as fast as it can, and ticks far more often than once in ten seconds: the
    /// processor time of that.
    async fn ingest(&mut self) -> f64 {
        let now = self.desk.clock.now();
        for _ in 0..ROUND {
            self.serial += 1;
            deliver(&self.store, &letter(&format!("new{}", self.serial)), now).await;
        }
        let begun = used();
        work::tick(&self.store, &self.desk).await.unwrap();
        while work::step(&self.store, &self.desk).await.unwrap() == Progress::Some {}
        work::tick(&self.store, &self.desk).await.unwrap();
        used() - begun
    }
}

fn idle(runtime: &Runtime, side: &Side, tickets: usize) {
    const TICKS: u32 = 100;
    let begun = used();
    for _ in 0..TICKS {
        runtime.block_on(work::tick(&side.store, &side.desk)).unwrap();
    }
    let share = (used() - begun) / f64::from(TICKS) / BETWEEN_TICKS.as_secs_f64();
    row(
        &format!("idle with {tickets} timers, share of a core"),
        &format!("{:.3} %", 100.0 * share),
        "<= 1 %",
    );
}

fn start(runtime: &Runtime, data_dir: &Path, tickets: usize) {
    let desk = desk(data_dir);
    let begun = Instant::now();
    let store = Store::open(data_dir).unwrap();
    let (numbers, now) = (data_dir.join(store::NUMBERS), desk.clock.now());
    runtime.block_on(async {
        store.write(move |tx| work::recover(tx, &numbers, now)).await.unwrap();
        work::wake_up(&store, now).await.unwrap();
        work::tick(&store, &desk).await.unwrap();
    });
    row(
        &format!("start with {tickets} timers"),
        &format!("{:.0} ms", begun.elapsed().as_secs_f64() * 1000.0),
        "<= 1000 ms",
    );
}

/// One ticket as a mail opens it, and as many more like it, whose time comes later this year.
async fn fill(data_dir: &Path, tickets: usize) {
    store::prepare(data_dir).unwrap();
    let (store, desk) = (Store::open(data_dir).unwrap(), desk(data_dir));
    let now = desk.clock.now();
    deliver(&store, &letter("first"), now).await;
    while work::step(&store, &desk).await.unwrap() == Progress::Some {}
    work::tick(&store, &desk).await.unwrap();
    let all = i64::try_from(tickets).unwrap();
    store
        .write(move |tx| {
            for (table, key, spread) in [
                ("tickets", "number", "next_at"),
                ("participants", "ticket", ""),
                ("events", "ticket", ""),
            ] {
                let mut columns = Vec::new();
                let mut statement = tx.prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
                for name in statement.query_map([], |row| row.get::<_, String>(0))? {
                    columns.push(name?);
                }
                // An id of its own is given by the table.
                columns.retain(|name| name != "id");
                let value = |name: &String| match name.as_str() {
                    name if name == key => "n".to_owned(),
                    name if name == spread => "next_at + n * 1000".to_owned(),
                    "requester" | "address" => format!("'p' || n || {name}"),
                    name => name.to_owned(),
                };
                let values: Vec<String> = columns.iter().map(value).collect();
                let sql = format!(
                    "WITH RECURSIVE many (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM many WHERE n < ?1)
                     INSERT INTO {table} ({}) SELECT {} FROM many, {table} WHERE {key} = 1",
                    columns.join(", "),
                    values.join(", ")
                );
                tx.execute(&sql, [all])?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

async fn deliver(store: &Store, bytes: &[u8], now: Timestamp) {
    let arrival = Arrival {
        source: Source::Pipe,
        raw: Raw::of(bytes).unwrap(),
        listing: Default::default(),
        quiet: Quiet::No,
        marked: true,
    };
    store.write(move |tx| inbox::take(tx, &arrival, now)).await.unwrap();
}

fn letter(name: &str) -> Vec<u8> {
    format!(
        "Authentication-Results: mx.desk.test; dmarc=pass header.from=customer.test\r\n\
         From: {name}@customer.test\r\nTo: support@desk.test\r\nMessage-ID: <{name}@customer.test>\r\n\
         Subject: The lamp of {name}\r\n\r\nThe lamp of {name} is dark since Monday.\r\n"
    )
    .into_bytes()
}

/// The desk on a Tuesday morning: nothing is due within the minutes of a run.
fn desk(data_dir: &Path) -> Desk {
    let text = format!(
        "[desk]\nname = \"Example Desk\"\naddress = \"support@desk.test\"\nowner = \"owner@desk.test\"\n\
         time_zone = \"Europe/Berlin\"\ndata_dir = \"{}\"\n\
         [imap]\nhost = \"imap.desk.test\"\nusername = \"support\"\npassword = \"secret\"\n\
         [smtp]\nhost = \"smtp.desk.test\"\n[authentication]\nauthserv_id = \"mx.desk.test\"\n\
         {SETTINGS}\n[limits]\n{UNBOUND}",
        data_dir.display()
    );
    let config = postdesk::config::parse(&text, &PathBuf::from("config.toml"));
    let config = config.unwrap_or_else(|wrong| panic!("{}", wrong.to_text()));
    let at: DateTime = "2026-11-24T10:00".parse().unwrap();
    let now = at.to_zoned(TimeZone::get("Europe/Berlin").unwrap()).unwrap().timestamp();
    Desk {
        texts: Arc::new(Texts::new(&config.desk.language, BTreeMap::new())),
        config: Arc::new(config),
        key: store::key(data_dir).unwrap(),
        clock: Clock::set_to(Timestamp::from_jiff(now).plus(Duration::from_secs(1))),
        keys: None,
    }
}

/// The store may still be closing, so SQLite makes the copy. Both sides are one, so that they lie
/// alike.
fn copy(from: &Path, to: &Path) {
    store::prepare(to).unwrap();
    fs::copy(from.join(store::KEY), to.join(store::KEY)).unwrap();
    let database = rusqlite::Connection::open(from.join(store::DATABASE)).unwrap();
    let copy = to.join(store::DATABASE);
    database.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
}
