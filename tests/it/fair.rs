//! Connections are shared out by the recipient's domain, and fresh mail goes before what waited
//! (R1). In paused time, with a relay that takes its time over some domains.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use postdesk::mail::Kind;
use postdesk::send::{self, Envelope, Halt, Outcome, Post, Relay};
use postdesk::store::outbox::{self, Room};
use postdesk::store::{Store, Tx};
use postdesk::time::Timestamp;
use tokio::time::Instant;

use super::made::{Desk, desk, put};

/// What the relay saw: when each mail was taken, and how many were under way for each domain.
#[derive(Clone, Debug, Default)]
struct Log {
    ended: Vec<(String, Duration)>,
    open: BTreeMap<String, usize>,
    most: BTreeMap<String, usize>,
}

/// Takes so long over the mails of a domain, and says this in the end.
#[derive(Clone)]
struct Relayed {
    begun: Instant,
    log: Rc<RefCell<Log>>,
    pace: fn(&str) -> (Duration, Outcome),
}

impl Relay for Relayed {
    async fn hand_over(&mut self, envelope: &Envelope, _: &[u8]) -> Outcome {
        let domain = envelope.to.domain().to_owned();
        let (takes, outcome) = (self.pace)(&domain);
        {
            let mut log = self.log.borrow_mut();
            let open = log.open.entry(domain.clone()).or_default();
            *open += 1;
            let open = *open;
            let most = log.most.entry(domain.clone()).or_default();
            *most = open.max(*most);
        }
        tokio::time::sleep(takes).await;
        let mut log = self.log.borrow_mut();
        *log.open.entry(domain).or_default() -= 1;
        log.ended.push((envelope.to.as_str().to_owned(), self.begun.elapsed()));
        outcome
    }
    async fn rest(&mut self) {}
}

fn took() -> Outcome {
    Outcome::Accepted("250 ok".to_owned())
}

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

async fn queue(desk: &Desk, kind: Kind, to: &'static str, count: usize) {
    let now = desk.clock.now();
    let all = move |tx: Tx<'_>| {
        (1..=count).try_for_each(|number| put(tx, kind, &to.replace('%', &number.to_string()), now))
    };
    desk.store.write(all).await.unwrap();
    desk.store.changed.notify_waiters();
}

/// Sends for so long over so many connections; `meanwhile` runs beside it.
async fn send_for(
    desk: &Desk,
    connections: usize,
    pace: fn(&str) -> (Duration, Outcome),
    length: Duration,
    meanwhile: impl Future<Output = ()>,
) -> Log {
    let halt = Halt::default();
    let post = Post::new(&desk.store, &desk.config, &desk.clock, &halt);
    let log = Rc::new(RefCell::new(Log::default()));
    let relay = Relayed { begun: Instant::now(), log: Rc::clone(&log), pace };
    let relays = (0..connections).map(|_| relay.clone()).collect();
    let ends = async {
        tokio::time::sleep(length).await;
        halt.halt();
        log.borrow().clone()
    };
    let (seen, (), ()) = tokio::join!(ends, meanwhile, send::run(relays, &post));
    seen
}

impl Log {
    /// When the last mail to that domain was taken, and how many were.
    fn of(&self, domain: &str) -> (usize, Duration) {
        let of_it = self.ended.iter().filter(|(to, _)| to.ends_with(&format!("@{domain}")));
        let times: Vec<Duration> = of_it.map(|(_, at)| *at).collect();
        (times.len(), times.into_iter().max().unwrap_or_default())
    }
}

fn slow_is_slow(domain: &str) -> (Duration, Outcome) {
    match domain {
        "slow.test" | "slow2.test" => (ms(98_000), took()),
        "never.test" => (ms(30_000), Outcome::Deferred("450 4.7.1 later".to_owned())),
        "stops.test" => (ms(50), Outcome::Stopped("550 5.1.8 sender is blocked".to_owned())),
        "refuses.test" => (ms(20_000), Outcome::Refused("550 5.1.1 nobody".to_owned())),
        _ => (ms(100), took()),
    }
}

#[tokio::test(start_paused = true)]
async fn one_slow_domain_leaves_connections_to_others() {
    for connections in [2, 3, 8] {
        let desk = desk("");
        queue(&desk, Kind::Acknowledgement, "c%@slow.test", 200).await;
        queue(&desk, Kind::Notification, "a%@quick.test", 80).await;
        let seen = send_for(&desk, connections, slow_is_slow, ms(300_000), async {}).await;
        let (count, last) = seen.of("quick.test");
        assert_eq!(count, 80, "{connections} connections");
        assert!(last < ms(20_000), "{connections} connections: {last:?}");
        // The slow one is served on, by all but one at first, and by half of them.
        assert!(seen.most["slow.test"] < connections.max(2), "{seen:?}");
        assert!(seen.of("slow.test").0 > connections / 2, "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn several_slow_domains_leave_one_connection() {
    let desk = desk("");
    for to in ["c%@slow.test", "c%@never.test", "c%@refuses.test", "c%@slow2.test"] {
        queue(&desk, Kind::Reply, to, 30).await;
    }
    queue(&desk, Kind::Reply, "c%@quick.test", 50).await;
    let late = async {
        tokio::time::sleep(ms(200_000)).await;
        queue(&desk, Kind::Acknowledgement, "late%@fresh.test", 1).await;
    };
    let seen = send_for(&desk, 5, slow_is_slow, ms(300_000), late).await;
    let (quick, last) = seen.of("quick.test");
    assert_eq!(quick, 50);
    assert!(last < ms(60_000), "{last:?}");
    let (fresh, at) = seen.of("fresh.test");
    assert_eq!(fresh, 1);
    assert!(at < ms(202_000), "{at:?}");
    assert!(seen.of("refuses.test").0 > 3 && seen.of("slow2.test").0 > 1, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn with_one_connection_a_slow_domain_takes_half_the_time_at_most() {
    let desk = desk("");
    queue(&desk, Kind::Reply, "c%@never.test", 50).await;
    queue(&desk, Kind::Reply, "c%@quick.test", 400).await;
    let seen = send_for(&desk, 1, slow_is_slow, ms(120_000), async {}).await;
    assert_eq!(seen.of("quick.test").0, 400, "{:?}", seen.of("quick.test"));
    assert!(seen.of("never.test").0 >= 2);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_acknowledgement_goes_before_what_waits() {
    let desk = desk("");
    queue(&desk, Kind::Notification, "a%@agents.test", 80).await;
    let later = async {
        tokio::time::sleep(ms(5_300)).await;
        queue(&desk, Kind::Acknowledgement, "carol%@agents.test", 1).await;
    };
    let each_a_second = |_: &str| (ms(1000), took());
    let seen = send_for(&desk, 1, each_a_second, ms(90_000), later).await;
    let at = seen.ended.iter().find(|(to, _)| to == "carol1@agents.test").unwrap().1;
    assert!(at <= ms(7_100), "{at:?}");
    assert_eq!(seen.ended.len(), 81);
}

#[tokio::test(start_paused = true)]
async fn what_waited_is_not_starved_by_what_is_fresh() {
    let desk = desk("");
    queue(&desk, Kind::Notification, "a%@agents.test", 10).await;
    queue(&desk, Kind::Acknowledgement, "c%@customers.test", 90).await;
    let seen = send_for(&desk, 1, |_| (ms(1000), took()), ms(101_000), async {}).await;
    assert!(seen.of("agents.test").1 <= ms(41_000), "{:?}", seen.of("agents.test"));
}

/// Thousands of rows for one server that takes none, and behind them one for another.
#[tokio::test(start_paused = true)]
async fn a_crowd_for_one_domain_hides_nobody_behind_it() {
    let desk = desk("");
    queue(&desk, Kind::Reply, "c%@slow.test", 12_000).await;
    queue(&desk, Kind::Reply, "bob%@behind.test", 1).await;
    queue(&desk, Kind::Reply, "c%@slow2.test", 3_000).await;
    let later = async {
        tokio::time::sleep(ms(20_000)).await;
        queue(&desk, Kind::Acknowledgement, "carol%@fresh.test", 1).await;
    };
    let seen = send_for(&desk, 4, slow_is_slow, ms(60_000), later).await;
    let (behind, fresh) = (seen.of("behind.test"), seen.of("fresh.test"));
    assert_eq!((behind.0, fresh.0), (1, 1), "{seen:?}");
    assert!(behind.1 < ms(10_000) && fresh.1 < ms(21_000), "{behind:?} {fresh:?}");
    let claimed = "SELECT count(*) FROM outbox WHERE attempts > 0 AND recipient LIKE '%@slow.test'";
    let claimed: i64 = desk
        .store
        .read(|connection| Ok(connection.query_row(claimed, [], |row| row.get(0))?))
        .unwrap();
    assert!(claimed < 30, "{claimed} rows of the slow domain were claimed");
}

/// A server that says of all our mail what is true of its own holds up nobody else's.
#[tokio::test(start_paused = true)]
async fn one_domain_does_not_speak_for_the_account() {
    for connections in [1, 8] {
        let desk = desk("");
        queue(&desk, Kind::Reply, "c%@stops.test", 20).await;
        queue(&desk, Kind::Reply, "c%@quick.test", 60).await;
        let later = async {
            tokio::time::sleep(ms(100_000)).await;
            queue(&desk, Kind::Reply, "d%@stops.test", 5).await;
            queue(&desk, Kind::Reply, "carol%@fresh.test", 1).await;
        };
        let seen = send_for(&desk, connections, slow_is_slow, ms(120_000), later).await;
        let (quick, last) = seen.of("quick.test");
        assert_eq!(quick, 60, "{connections} connections");
        assert!(last < ms(60_000), "{connections} connections: {last:?}");
        let (fresh, at) = seen.of("fresh.test");
        assert_eq!(fresh, 1, "{connections} connections");
        assert!(at < ms(103_000), "{at:?}");
        let waits =
            "SELECT count(*) FROM outbox WHERE recipient LIKE '%@stops.test' AND state = 'queued'";
        let stands = "SELECT count(*) FROM problems WHERE cause = 'account-stopped'";
        let count = |sql| {
            desk.store
                .read(|connection| Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0))?))
        };
        assert_eq!((count(waits).unwrap(), count(stands).unwrap()), (25, 0));
    }
}

/// Few mails a minute: who waits for an answer does not wait for what was bundled for later.
#[tokio::test(start_paused = true)]
async fn a_bound_on_mails_a_minute_lets_fresh_mail_first() {
    let desk = desk("messages_per_minute = 10");
    queue(&desk, Kind::Notification, "a%@agents.test", 80).await;
    let begun = Instant::now();
    let start = desk.clock.now();
    let ticks = async {
        for second in 1..=200_u64 {
            tokio::time::sleep(ms(1000)).await;
            desk.clock.set(start.plus(Duration::from_secs(second)));
            if second == 20 {
                queue(&desk, Kind::Acknowledgement, "carol%@fresh.test", 1).await;
            }
        }
    };
    let seen = send_for(&desk, 4, slow_is_slow, ms(200_500), ticks).await;
    assert!(begun.elapsed() >= ms(200_000));
    let fresh = seen.of("fresh.test");
    assert_eq!(fresh.0, 1);
    assert!(fresh.1 <= ms(82_000), "{fresh:?}");
    let within = |from: u64, to: u64| {
        seen.ended.iter().filter(|(_, at)| *at > ms(from) && *at <= ms(to)).count()
    };
    assert!(within(0, 59_000) <= 10 && within(60_000, 119_000) <= 11, "{seen:?}");
    assert!(seen.ended.len() >= 31, "{}", seen.ended.len());
}

/// A row that the disk has spoilt is told of and stops none behind it.
#[tokio::test(start_paused = true)]
async fn a_spoilt_row_stops_no_other() {
    let desk = desk("");
    queue(&desk, Kind::Reply, "c%@quick.test", 5).await;
    let spoil = |tx: Tx<'_>| {
        tx.execute("DELETE FROM outbox_bytes WHERE id = 1", [])?;
        Ok(tx.execute("UPDATE outbox_bytes SET bytes = x'00' WHERE id = 2", [])?)
    };
    desk.store.write(spoil).await.unwrap();
    let seen = send_for(&desk, 2, slow_is_slow, ms(5_000), async {}).await;
    assert_eq!(seen.of("quick.test").0, 3);
    let returning = desk.store.read(outbox::returning).unwrap();
    assert_eq!(returning.len(), 2, "the desk hears of both");
}

/// A claim looks at the ends of the index and sorts nothing, however much is due.
#[test]
fn claiming_reads_the_index_in_its_order() {
    let keep = tempfile::tempdir().unwrap();
    let store = Store::open_inline(keep.path()).unwrap();
    let plans = [
        "due_at <= 5 ORDER BY due_at, id LIMIT 9",
        "due_at <= 5 ORDER BY due_at DESC, id DESC LIMIT 9",
        "due_at <= 5 AND (due_at, id) > (1, 2) ORDER BY due_at, id LIMIT 9",
    ];
    for rest in plans {
        let sql = [
            "EXPLAIN QUERY PLAN SELECT id, recipient, kind, attempts, queued_at, due_at FROM outbox
             WHERE state IN ('queued', 'unknown') AND ",
            rest,
        ]
        .concat();
        let plan = store.read(|connection| {
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map([], |row| row.get::<_, String>("detail"))?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        });
        let plan = plan.unwrap().join("\n");
        assert!(plan.contains("outbox_due") && !plan.contains("TEMP B-TREE"), "{rest}: {plan}");
    }
    let now = Timestamp::from_millis(10);
    let choice = store.read(|connection| outbox::next(connection, &Room::of(10), now)).unwrap();
    assert!(choice.ids.is_empty() && choice.far.is_none());
}
