//! How fast and how small: the table of the README. `cargo bench --bench pipeline [-- [parts]
//! [n=10000] [old=100000]]`
//!
//! Parts: `floor,ingest,size,latency,rss,grown,timers`; all without a list. Starts Dovecot (tests/run.sh
//! installs it) and a sink in this process, both on loopback, and runs the release binary. The
//! rates of one run are compared with the floor of the same run, since machines and their disks
//! differ from minute to minute.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    dead_code,
    reason = "a bench may fail loudly, prints its table, and shares its servers with the tests"
)]

#[path = "../../tests/it/wire/account.rs"]
mod account;
#[path = "../../tests/it/wire/certificates.rs"]
mod certificates;
mod corpus;
#[path = "../../tests/it/wire/daemon.rs"]
mod daemon;
#[path = "../../tests/it/wire/dovecot.rs"]
mod dovecot;
mod floor;
#[path = "../../tests/it/wire/sink.rs"]
mod sink;
mod timers;

use std::fs;
use std::time::{Duration, Instant};

use corpus::{Mail, Shape};
use daemon::{Daemon, Settings};
use dovecot::Dovecot;
use sink::Sink;

const DESK: &str = "support@desk.test";

/// Every mail of the corpus must be through by then.
const LONGEST: Duration = Duration::from_secs(1800);

/// One agent, and bounds so high that none is met.
const SETTINGS: &str = "
[[queues]]
name = \"support\"

[[agents]]
name = \"Alice Adams\"
handle = \"alice\"
address = \"alice@desk.test\"
role = \"lead\"
queues = [\"support\"]
";

const UNBOUND: &str = "undo_window = \"0s\"
acknowledgements_per_address_and_day = 1000000
acknowledgements_per_hour = 1000000
notifications_per_agent_and_hour = 1000000
";

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let number = |name: &str, otherwise: usize| {
        let given = arguments.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        given.map_or(otherwise, |text| text.parse().expect("a number"))
    };
    let named = arguments.iter().find(|word| !word.contains('='));
    let wants = |part: &str| named.is_none_or(|list| list.split(',').any(|word| word == part));
    let (mails, old) = (number("n", 10_000), number("old", 100_000));
    let floor = wants("floor").then(|| floor_rate(mails));
    let ingest =
        ["ingest", "size", "rss"].iter().any(|part| wants(part)).then(|| ingest(mails, floor));
    if wants("latency") {
        latency(200);
    }
    if wants("grown") {
        grown(mails, old, ingest);
    }
    if wants("timers") {
        timers::run(old);
    }
}

fn row(what: &str, value: &str, target: &str) {
    println!("| {what:<58} | {value:>22} | {target:<22} |");
}

fn settings(dovecot: &Dovecot, sink: &Sink) -> Settings {
    Settings {
        limits: UNBOUND.to_owned(),
        more: SETTINGS.to_owned(),
        ..Settings::plain(dovecot.port, sink.port)
    }
    .imap("first_start = \"all\"")
}

fn fill(dovecot: &Dovecot, mails: &[Mail]) {
    for mail in mails {
        dovecot.deliver(DESK, &mail.bytes);
    }
    // The server's own index is made before the clock starts, for the floor and for the daemon
    // alike.
    dovecot.client(DESK).run("FETCH 1:* (UID RFC822.SIZE)");
}

fn floor_rate(count: usize) -> f64 {
    let (dovecot, sink) = (Dovecot::start(), Sink::start());
    let mails = corpus::make(Shape { seed: 7, mails: count, attachments: 100, first_ticket: 1 });
    fill(&dovecot, &mails);
    let taken = floor::run(&dovecot, DESK, &sink, count);
    assert_eq!(sink.count(), count, "the floor lost mail");
    let rate = count as f64 / taken.as_secs_f64();
    row("floor: bare pipeline", &format!("{rate:.0} mails/s"), "");
    rate
}

/// Takes a full mailbox through the daemon; mails per second, and what it needed.
fn ingest(count: usize, floor: Option<f64>) -> f64 {
    let (dovecot, sink) = (Dovecot::start(), Sink::start());
    let mut daemon = Daemon::start(&settings(&dovecot, &sink));
    daemon.wait("the first poll", || {
        daemon.json(&["status"])["last_poll_at"].as_str().map(str::to_owned)
    });
    row(
        "resident, idle",
        &format!("{:.1} MiB", daemon.memory("VmRSS") as f64 / 1024.0),
        "<= 15 MiB",
    );
    daemon.stop();
    let mails = corpus::make(Shape { seed: 7, mails: count, attachments: 100, first_ticket: 1 });
    fill(&dovecot, &mails);
    let rate = timed(&mut daemon, &sink, &mails, 0);
    let share = floor.map_or(String::new(), |floor| format!(" = {:.0} %", 100.0 * rate / floor));
    row(
        &format!("ingest of {count} until the last mail is out ({} out)", sink.count()),
        &format!("{rate:.0} mails/s{share}"),
        ">= 70 % of the floor",
    );
    let each = daemon.processor_ms() as f64 / mails.len() as f64;
    row("processor time of the daemon for each mail", &format!("{each:.2} ms"), "");
    let largest =
        mails.iter().map(|mail| mail.bytes.len()).max().unwrap_or_default() as f64 / 1_048_576.0;
    let peak = daemon.memory("VmHWM") as f64 / 1024.0;
    row(
        "resident, peak",
        &format!("{peak:.1} MiB"),
        &format!("<= {:.0} MiB", 64.0 + 4.0 * largest),
    );
    daemon.stop();
    let raw: usize = mails.iter().map(|mail| mail.bytes.len()).sum();
    let database = fs::metadata(daemon.database()).unwrap().len() as f64;
    row(
        &format!("database, of {:.1} MiB of mail", raw as f64 / 1_048_576.0),
        &format!("{:.2} of the raw mail", database / raw as f64),
        "<= 1.50",
    );
    rate
}

/// Starts the daemon on what lies there and waits for the last outgoing mail.
fn timed(daemon: &mut Daemon, sink: &Sink, mails: &[Mail], before: usize) -> f64 {
    let requests = mails.iter().filter(|mail| mail.is_request).count();
    let already = sink.count();
    let begun = Instant::now();
    daemon.resume();
    // Each request is acknowledged and notified; follow-ups are notified too, as far as they tell
    // an agent something.
    while sink.count() < already + 2 * requests {
        assert!(
            begun.elapsed() < LONGEST && daemon.runs(),
            "{} of {}\n{}",
            sink.count(),
            already + 2 * requests,
            daemon.log()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    loop {
        let seen = sink.count();
        std::thread::sleep(Duration::from_secs(2));
        let status = daemon.json(&["status"]);
        let rests = status["backlog"] == 0 && status["outbox"] == 0;
        if rests && sink.count() == seen {
            break;
        }
        assert!(begun.elapsed() < LONGEST, "{status}\n{}", daemon.log());
    }
    assert_eq!(daemon.rows("inbox").len(), before + mails.len(), "every mail is accounted for");
    let last = sink.all().last().expect("mail went out").at;
    mails.len() as f64 / (last - begun).as_secs_f64()
}

/// From the server's EXISTS, heard by a second client, to the acknowledgement at the sink.
fn latency(probes: usize) {
    let (dovecot, sink) = (Dovecot::start(), Sink::start());
    let daemon = Daemon::start(&settings(&dovecot, &sink).imap("poll_interval = \"60s\""));
    daemon.wait("the first poll", || {
        daemon.json(&["status"])["last_poll_at"].as_str().map(str::to_owned)
    });
    let mut listener = dovecot.client(DESK);
    let mut times = Vec::new();
    for probe in 0..probes {
        let address = format!("probe{probe}@customer.test");
        let mail = format!(
            "Authentication-Results: mx.desk.test; dmarc=pass header.from=customer.test\nFrom: {address}\nTo: {DESK}\n\
             Message-ID: <{probe}@customer.test>\nSubject: probe\n\nHow long does it take?\n"
        );
        let heard = listener.idle(|| dovecot.deliver(DESK, mail));
        let arrived =
            daemon.wait("the acknowledgement", || sink.to(&address).first().map(|mail| mail.at));
        times.push(arrived.saturating_duration_since(heard).as_secs_f64() * 1000.0);
        std::thread::sleep(Duration::from_millis(30));
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    row("EXISTS to acknowledgement, median", &format!("{:.1} ms", at(50)), "<= 25 ms");
    row("EXISTS to acknowledgement, 99 %", &format!("{:.1} ms", at(99)), "<= 100 ms");
}

/// The same ingest in a desk that holds old tickets, its start and its search.
fn grown(count: usize, old: usize, empty: Option<f64>) {
    let (dovecot, sink) = (Dovecot::start(), Sink::start());
    let mut daemon = Daemon::prepare(&settings(&dovecot, &sink));
    let mut before = 0;
    for part in 0_u64.. {
        let size = 10_000.min(old - before);
        if size == 0 {
            break;
        }
        let requests: Vec<Mail> = (0..size).map(|serial| small(part, serial)).collect();
        fill(&dovecot, &requests);
        timed(&mut daemon, &sink, &requests, before);
        daemon.stop();
        let mut client = dovecot.client(DESK);
        client.run("STORE 1:* +FLAGS.SILENT (\\Deleted)");
        client.run("EXPUNGE");
        before += size;
        sink.clear();
        age(&daemon);
    }
    let mails =
        corpus::make(Shape { seed: 7, mails: count, attachments: 100, first_ticket: old + 1 });
    fill(&dovecot, &mails);
    let rate = timed(&mut daemon, &sink, &mails, before);
    let share = empty.map_or(String::new(), |empty| format!(" = {:.0} %", 100.0 * rate / empty));
    row(
        &format!("ingest with {old} old tickets"),
        &format!("{rate:.0} mails/s{share}"),
        ">= 90 % of the empty one",
    );
    let mut times: Vec<f64> = (0..11).map(|_| search(&daemon)).collect();
    times.sort_by(f64::total_cmp);
    row("search there, median", &format!("{:.1} ms", times[5]), "<= 50 ms");
    daemon.stop();
    dovecot.deliver(DESK, small(99, 0).bytes);
    let waiting = sink.count();
    let begun = Instant::now();
    daemon.resume();
    daemon.wait("the first mail after the start", || (sink.count() > waiting).then_some(()));
    row(
        "start there, until a waiting mail is acknowledged",
        &format!("{:.0} ms", begun.elapsed().as_secs_f64() * 1000.0),
        "<= 1000 ms",
    );
}

/// Moves what the daemon did a month back: old tickets were not made within the hour, and hourly
/// bounds count the hour.
fn age(daemon: &Daemon) {
    let database = rusqlite::Connection::open(daemon.database()).unwrap();
    let month = 30 * 24 * 3600 * 1000_i64;
    for (table, column) in [
        ("outbox", "queued_at"),
        ("outbox", "due_at"),
        ("outbox", "last_attempt_at"),
        ("inbox", "arrived_at"),
    ] {
        database
            .execute(
                &format!("UPDATE {table} SET {column} = {column} - ?1 WHERE {column} IS NOT NULL"),
                [month],
            )
            .unwrap();
    }
}

fn search(daemon: &Daemon) -> f64 {
    let begun = Instant::now();
    let output = daemon.command(&["search", "scanner noon", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    begun.elapsed().as_secs_f64() * 1000.0
}

fn small(part: u64, serial: usize) -> Mail {
    let text = format!(
        "Authentication-Results: mx.desk.test; dmarc=pass header.from=customer{part}.test\nFrom: user{serial}@customer{part}.test\nTo: {DESK}\n\
         Message-ID: <{serial}@customer{part}.test>\nSubject: Old request {serial}\n\nThe lamp number {serial} in room {part} is dark.\n"
    );
    Mail { bytes: text.into_bytes(), is_request: true }
}
