//! A relay that limits connections or locks the account, and a clock that was wrong: no mail is
//! refused for it, and none waits for long. In paused time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use postdesk::desk::Cause;
use postdesk::mail::{Kind, OutboxId};
use postdesk::send::{self, Envelope, Halt, Outcome, Post, Relay};
use postdesk::store::{Progress, problems};

use super::made::{self, Desk};

/// Has room for so many connections.
struct Narrow {
    open: Rc<Cell<usize>>,
    room: usize,
    mine: bool,
    taken: Rc<Cell<usize>>,
}

impl Relay for Narrow {
    async fn hand_over(&mut self, _: &Envelope, _: &[u8]) -> Outcome {
        tokio::time::sleep(Duration::from_millis(5)).await;
        if !self.mine && self.open.get() >= self.room {
            return Outcome::Crowded("421 too many connections".to_owned());
        }
        self.open.set(self.open.get() + usize::from(!self.mine));
        self.mine = true;
        self.taken.set(self.taken.get() + 1);
        Outcome::Accepted("250 ok".to_owned())
    }
    async fn rest(&mut self) {
        self.open.set(self.open.get() - usize::from(self.mine));
        self.mine = false;
    }
}

/// Locks the account for so many tries.
struct Locked {
    left: usize,
    tries: usize,
}

impl Relay for Locked {
    async fn hand_over(&mut self, _: &Envelope, _: &[u8]) -> Outcome {
        self.tries += 1;
        match self.left {
            0 => Outcome::Accepted("250 ok".to_owned()),
            _ => {
                self.left -= 1;
                Outcome::Stopped("550 5.4.5 Daily user sending limit exceeded".to_owned())
            }
        }
    }
    async fn rest(&mut self) {}
}

/// A desk with so many mails to send, each to a domain of its own.
async fn desk(mails: i64) -> Desk {
    let desk = made::desk("");
    let now = desk.clock.now();
    let queue = desk.store.write(move |tx| {
        (1..=mails).try_for_each(|number| {
            made::put(tx, Kind::Reply, &format!("c{number}@x{number}.test"), now)
        })
    });
    queue.await.unwrap();
    desk
}

fn count(desk: &Desk, sql: &str) -> i64 {
    desk.store.read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_relay_with_room_for_two_gets_all_mail_through_two() {
    let desk = desk(120).await;
    let halt = Halt::default();
    let post = Post::new(&desk.store, &desk.config, &desk.clock, &halt);
    let (open, taken) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let narrow =
        |_| Narrow { open: Rc::clone(&open), room: 2, mine: false, taken: Rc::clone(&taken) };
    let begun = tokio::time::Instant::now();
    let ends = async {
        while taken.get() < 120 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let took = begun.elapsed();
        halt.halt();
        took
    };
    let (took, ()) = tokio::join!(ends, send::run((0..8).map(narrow).collect(), &post));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(
        count(&desk, "SELECT count(*) FROM outbox WHERE state = 'sent' AND attempts = 1"),
        120
    );
    assert!(
        !desk
            .store
            .read(|connection| problems::stands(connection, Cause::SmtpUnreachable))
            .unwrap()
    );
}

#[tokio::test(start_paused = true)]
async fn a_locked_account_costs_no_mail_and_is_tried_with_one() {
    let desk = desk(40).await;
    let halt = Halt::default();
    let post = Post::new(&desk.store, &desk.config, &desk.clock, &halt);
    let mut relay = Locked { left: 3, tries: 0 };
    let stands = |cause| desk.store.read(|connection| problems::stands(connection, cause)).unwrap();
    for round in 0..200 {
        while send::step(&mut relay, &post).await.unwrap() == Progress::Some {}
        if round == 0 {
            assert!(stands(Cause::AccountStopped));
            assert_eq!(
                count(&desk, "SELECT count(*) FROM outbox WHERE state = 'queued' AND attempts = 0"),
                40
            );
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(
        count(&desk, "SELECT count(*) FROM outbox WHERE state = 'sent' AND attempts = 1"),
        40
    );
    assert_eq!(relay.tries, 43, "each lock was found out with one mail");
    assert!(!stands(Cause::AccountStopped));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_wrong_for_two_seconds_puts_no_mail_off() {
    let desk = desk(3).await;
    let halt = Halt::default();
    let post = Post::new(&desk.store, &desk.config, &desk.clock, &halt);
    struct Later;
    impl Relay for Later {
        async fn hand_over(&mut self, _: &Envelope, _: &[u8]) -> Outcome {
            Outcome::Deferred("451 later".to_owned())
        }
        async fn rest(&mut self) {}
    }
    let right = desk.clock.now();
    desk.clock.set(right.plus(Duration::from_secs(30 * 86_400)));
    while send::step(&mut Later, &post).await.unwrap() == Progress::Some {}
    desk.clock.set(right.plus(Duration::from_secs(2)));
    tokio::time::sleep(Duration::from_secs(11)).await;
    let mut relay = Locked { left: 0, tries: 0 };
    while send::step(&mut relay, &post).await.unwrap() == Progress::Some {}
    assert_eq!(relay.tries, 3);
    // What is stopped for its writer stays stopped.
    let row = OutboxId(1);
    let stopped = desk.store.write(move |tx| {
        tx.execute("UPDATE outbox SET state = 'queued'", [])?;
        postdesk::store::undo::stop(tx, row)
    });
    stopped.await.unwrap();
    tokio::time::sleep(Duration::from_secs(11)).await;
    while send::step(&mut relay, &post).await.unwrap() == Progress::Some {}
    assert_eq!(relay.tries, 5);
}
