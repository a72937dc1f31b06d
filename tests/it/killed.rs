//! Kills from outside put no innocent mail into quarantine (I7), and a mail that ends the daemon
//! whenever it is in work ends there (R1).

use std::pin::pin;
use std::task::{Context, Poll};

use postdesk::store::Progress;
use postdesk::store::inbox::{self, Arrival, Listing, Quiet, Raw, Source};
use postdesk::work;
use rusqlite::Connection;

use super::scenario::stage::{Stage, run};

/// Lets mails of so many different people lie there to be decided.
fn arrive(stage: &Stage, numbers: impl Iterator<Item = usize>) {
    for number in numbers {
        let text = format!(
            "From: p{number}@c{number}.test\r\nTo: support@desk.test\r\nSubject: Lamp {number}\r\n\
             Message-ID: <{number}@c.test>\r\n\r\nIt is dark.\r\n"
        );
        let mail = Arrival {
            source: Source::Pipe,
            raw: Raw::of(text.as_bytes()).unwrap(),
            listing: Listing::default(),
            quiet: Quiet::No,
            marked: true,
        };
        let now = stage.clock.now();
        run(stage.store().write(move |tx| inbox::take(tx, &mail, now))).unwrap();
    }
}

/// Works until there is nothing to do, or until `ends` says after a pause that the daemon ends;
/// then it starts anew. `true` if it ended.
fn work(stage: &mut Stage, mut ends: impl FnMut(&Connection) -> bool) -> bool {
    loop {
        let (store, desk) = (stage.store().clone(), stage.desk.clone());
        let mut step = pin!(work::step(&store, &desk));
        let mut context = Context::from_waker(futures_util::task::noop_waker_ref());
        loop {
            match step.as_mut().poll(&mut context) {
                Poll::Ready(done) => match done.unwrap() {
                    Progress::None => return false,
                    Progress::Some => break,
                },
                Poll::Pending => {
                    if store.read(|connection| Ok(ends(connection))).unwrap() {
                        stage.stop();
                        stage.start();
                        return true;
                    }
                }
            }
        }
    }
}

/// Whether that mail is in work: it was claimed to be read, that was committed, and it has no end.
fn in_work(connection: &Connection, id: i64) -> bool {
    let sql = "SELECT 1 FROM inbox, state, json_each(state.value) WHERE state.key = 'mail under way' AND state.value <> ''
               AND json_each.value = inbox.id AND inbox.id = ?1 AND outcome IS NULL AND attempts BETWEEN 1 AND 3";
    connection.prepare(sql).unwrap().exists([id]).unwrap()
}

fn quarantined(stage: &Stage) -> i64 {
    stage.count("SELECT count(*) FROM inbox WHERE outcome = 'quarantine'")
}

#[test]
fn i7_kills_from_outside_accuse_nobody() {
    let mut stage = Stage::with(&[]);
    let (mut seed, mut arrived, mut kills) = (7_u64, 0, 0);
    arrive(&stage, 0..30);
    arrived += 30;
    for _ in 0..150 {
        arrive(&stage, arrived..arrived + 2);
        arrived += 2;
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut left = (seed >> 33) % 14;
        kills += usize::from(work(&mut stage, |_| {
            left = left.saturating_sub(1);
            left == 0
        }));
    }
    work(&mut stage, |_| false);
    assert!(kills > 60, "{kills}");
    assert_eq!(quarantined(&stage), 0);
    let messages = stage.count("SELECT count(*) FROM inbox WHERE outcome = 'message'");
    assert_eq!(messages, arrived as i64);
}

#[test]
fn i7_power_that_fails_at_two_starts_in_a_row_accuses_nobody() {
    for pause in 1..40 {
        let mut stage = Stage::with(&[]);
        arrive(&stage, 0..20);
        for _ in 0..2 {
            let mut left = pause;
            work(&mut stage, |_| {
                left -= 1;
                left == 0
            });
        }
        work(&mut stage, |_| false);
        assert_eq!(quarantined(&stage), 0, "cut at pause {pause}");
        assert_eq!(stage.count("SELECT count(*) FROM tickets"), 20, "cut at pause {pause}");
    }
}

#[test]
fn r1_a_mail_that_ends_the_daemon_is_quarantined_and_takes_none_with_it() {
    for (mails, killers) in [(1, vec![1]), (30, vec![12]), (30, vec![1, 2]), (130, vec![60, 120])] {
        let mut stage = Stage::with(&[]);
        arrive(&stage, 0..mails);
        let mut crashes = 0;
        while work(&mut stage, |connection| killers.iter().any(|id| in_work(connection, *id))) {
            crashes += 1;
            assert!(crashes < 20, "{mails} mails: it never ends");
        }
        let bad = killers.len() as i64;
        assert_eq!(quarantined(&stage), bad, "{mails} mails, {crashes} crashes");
        assert_eq!(stage.count("SELECT count(*) FROM tickets"), mails as i64 - bad);
        assert!(crashes <= 4 * killers.len(), "{mails} mails: {crashes} crashes");
    }
}

/// At its second end at the latest everybody else is served.
#[test]
fn r1_others_do_not_wait_for_the_last_try() {
    let mut stage = Stage::with(&[]);
    arrive(&stage, 0..10);
    for crash in 1..=4 {
        assert!(work(&mut stage, |connection| in_work(connection, 3)), "crash {crash}");
        if crash == 3 {
            arrive(&stage, 10..13);
        }
    }
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE outcome = 'message'"), 12);
    assert!(!work(&mut stage, |connection| in_work(connection, 3)));
    assert_eq!(quarantined(&stage), 1);
}
