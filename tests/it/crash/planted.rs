//! The daemon as it is, and daemons with the bugs that the harness must find.

use std::rc::Rc;
use std::time::Duration;

use postdesk::fetch::watch::{Eye, look};
use postdesk::fetch::{Body, Listed, Mailbox, Opened, SentCopy, Wake};
use postdesk::net::Fault;
use postdesk::send::{Envelope, Outcome, Relay};
use postdesk::store::outbox::{self, Pace, Settled};
use postdesk::store::{Progress, Store, inbox};
use postdesk::work::{self, Desk};

use crate::scenario::stage::{Daemon, Stage, run, run_until, to_rest};
use crate::scenario::world::{Courier, Server, as_within};

/// What is wrong with the daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Nothing.
    Nothing,
    /// It marks a mail on the server while it fetches it.
    MarksBeforeCommit,
    /// It writes the ledger in one commit and the bytes in the next.
    LedgerBeforeBytes,
    /// Each try has an id of its own.
    NewIdOnRetry,
    /// The outcome of a mail is a commit of its own, after its effects.
    OutcomeApart,
    /// The same, with nobody looking at the moment of the cut.
    OutcomeApartUnseen,
    /// A row is `sent` before it is handed over.
    SettledBeforeHandOver,
    /// A row that was being sent when the daemon ended is left as it is.
    ForgetsWhatWasBeingSent,
    /// What was accepted is handed over once more.
    SendsTwice,
    /// A copy whose making was cut off is made again, unseen whether it is there.
    CopiesUnseen,
}

/// Lets the daemon with that bug do all there is to do. `false` if it was cut off at its `cut`-th
/// pause.
pub fn drive(stage: &mut Stage, plant: Plant, cut: Option<usize>) -> bool {
    let mut server = Server(Rc::clone(&stage.world));
    let mut courier = Courier(Rc::clone(&stage.world));
    let desk = stage.desk.clone();
    let daemon = stage.daemon.as_mut().unwrap();
    let finished = match plant {
        Plant::Nothing | Plant::ForgetsWhatWasBeingSent => {
            run_until(to_rest(&mut server, &mut courier, daemon, &desk), cut)
        }
        Plant::MarksBeforeCommit => {
            run_until(to_rest(&mut Hasty(server), &mut courier, daemon, &desk), cut)
        }
        Plant::NewIdOnRetry => {
            run_until(to_rest(&mut server, &mut Renaming(courier, 0), daemon, &desk), cut)
        }
        Plant::SendsTwice => {
            run_until(to_rest(&mut server, &mut Doubling(courier), daemon, &desk), cut)
        }
        Plant::CopiesUnseen => {
            run_until(to_rest(&mut Blind(server), &mut courier, daemon, &desk), cut)
        }
        Plant::LedgerBeforeBytes => run_until(
            async {
                ledger_before_bytes(&mut server, daemon, &desk).await;
                to_rest(&mut server, &mut courier, daemon, &desk).await;
            },
            cut,
        ),
        Plant::OutcomeApart | Plant::OutcomeApartUnseen => run_until(
            async {
                outcome_apart(&mut server, daemon, &desk).await;
                to_rest(&mut server, &mut courier, daemon, &desk).await;
            },
            cut,
        ),
        Plant::SettledBeforeHandOver => run_until(
            async {
                settled_before_hand_over(&mut server, &mut courier, daemon, &desk).await;
                to_rest(&mut server, &mut courier, daemon, &desk).await;
            },
            cut,
        ),
    };
    if finished.is_none() {
        stage.stop();
    }
    finished.is_some()
}

/// Drives the daemon as it is to its rest, and counts its pauses.
pub fn drive_counted(stage: &mut Stage) -> usize {
    let mut server = Server(Rc::clone(&stage.world));
    let mut courier = Courier(Rc::clone(&stage.world));
    let desk = stage.desk.clone();
    let daemon = stage.daemon.as_mut().unwrap();
    let mut pauses = 0;
    let mut future = std::pin::pin!(to_rest(&mut server, &mut courier, daemon, &desk));
    run(std::future::poll_fn(|context| {
        let polled = future.as_mut().poll(context);
        pauses += usize::from(polled.is_pending());
        polled
    }));
    pauses
}

/// What the daemon does wrong, or fails to do, when it starts again.
pub fn recover(stage: &Stage, plant: Plant) {
    if plant == Plant::ForgetsWhatWasBeingSent {
        let sql =
            "UPDATE outbox SET state = 'sending' WHERE last_reply LIKE 'the daemon was stopped%'";
        run(stage.store().write(move |tx| Ok(tx.execute(sql, [])?))).unwrap();
    }
}

/// Never finds a copy.
struct Blind(Server);

impl Mailbox for Blind {
    as_within!(open list bodies header mark junk append wait);
    async fn holds(&mut self, _: &str, _: &SentCopy<'_>) -> Result<bool, Fault> {
        Ok(false)
    }
}

/// Marks what it fetches.
struct Hasty(Server);

impl Mailbox for Hasty {
    as_within!(open list header mark junk holds append wait);
    async fn bodies(&mut self, uids: &[u32], room: u64) -> Result<Vec<Body>, Fault> {
        self.0.mark(uids).await?;
        self.0.bodies(uids, room).await
    }
}

/// Gives each mail an id of that try.
struct Renaming(Courier, usize);

impl Relay for Renaming {
    async fn hand_over(&mut self, envelope: &Envelope, mail: &[u8]) -> Outcome {
        self.1 += 1;
        let text = String::from_utf8(mail.to_vec()).unwrap();
        let renamed = text.replacen("Message-ID: <", &format!("Message-ID: <try{}-", self.1), 1);
        assert_ne!(text, renamed);
        self.0.hand_over(envelope, renamed.as_bytes()).await
    }
    async fn rest(&mut self) {}
}

/// Hands everything over twice.
struct Doubling(Courier);

impl Relay for Doubling {
    async fn hand_over(&mut self, envelope: &Envelope, mail: &[u8]) -> Outcome {
        self.0.hand_over(envelope, mail).await;
        self.0.hand_over(envelope, mail).await
    }
    async fn rest(&mut self) {}
}

async fn ledger_before_bytes(server: &mut Server, daemon: &Daemon, desk: &Desk) {
    let opened = server.open().await.unwrap();
    let name = desk.config.imap.mailbox.clone();
    let known = daemon
        .store
        .read(|connection| inbox::known(connection, &name, opened.uidvalidity, 1, u32::MAX))
        .unwrap();
    for mail in server.list(1, None).await.unwrap() {
        if known.contains_key(&mail.uid) {
            continue;
        }
        let (uid, epoch, at, mailbox) =
            (mail.uid, opened.uidvalidity, desk.clock.now().as_millis(), name.clone());
        let write = daemon.store.write(move |tx| {
            let sql = "INSERT INTO inbox (mailbox, uidvalidity, uid, arrived_at, sha256, size, raw, quiet, released, attempts, marked)
                       VALUES (?1, ?2, ?3, ?4, x'00', 0, NULL, 0, 0, 0, 0)";
            Ok(tx.execute(sql, rusqlite::params![mailbox, epoch, uid, at])?)
        });
        write.await.unwrap();
        let body = server.bodies(&[uid], 1 << 20).await.unwrap().remove(0);
        let write = daemon.store.write(move |tx| {
            let digest = ring::digest::digest(&ring::digest::SHA256, &body.bytes);
            let packed = zstd::bulk::compress(&body.bytes, 1).unwrap();
            let size = body.bytes.len() as i64;
            tx.execute("INSERT INTO raw (sha256, size, bytes) VALUES (?1, ?2, ?3)", rusqlite::params![digest.as_ref(), size, packed])?;
            let raw = tx.last_insert_rowid();
            let sql = "UPDATE inbox SET raw = ?1, sha256 = ?2, size = ?3 WHERE uid = ?4 AND uidvalidity = ?5";
            Ok(tx.execute(sql, rusqlite::params![raw, digest.as_ref(), size, uid, epoch])?)
        });
        write.await.unwrap();
    }
}

async fn take_and_look(server: &mut Server, daemon: &mut Daemon, desk: &Desk) {
    let eye = Eye { store: &daemon.store, config: &desk.config, clock: &desk.clock };
    look(server, &mut daemon.watch, &eye).await.unwrap();
}

/// As if the outcome were written after the commit that holds the effects.
async fn outcome_apart(server: &mut Server, daemon: &mut Daemon, desk: &Desk) {
    take_and_look(server, daemon, desk).await;
    let highest = |store: &Store| {
        store.read(|connection| {
            Ok(connection.query_row("SELECT coalesce(max(id), 0) FROM entries", [], |row| {
                row.get::<_, i64>(0)
            })?)
        })
    };
    let before = highest(&daemon.store).unwrap();
    while work::step(&daemon.store, desk).await.unwrap() == Progress::Some {}
    let hide = "UPDATE inbox SET outcome = NULL, identity = NULL WHERE id IN (SELECT inbox FROM entries WHERE id > ?1)";
    let hidden: Vec<(i64, String, Vec<u8>)> = {
        let sql = "SELECT id, outcome, identity FROM inbox WHERE id IN (SELECT inbox FROM entries WHERE id > ?1)";
        let read = |connection: &rusqlite::Connection| {
            let mut statement = connection.prepare(sql)?;
            let rows =
                statement.query_map([before], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        daemon.store.read(read).unwrap()
    };
    daemon.store.write(move |tx| Ok(tx.execute(hide, [before])?)).await.unwrap();
    let show = move |tx: postdesk::store::Tx<'_>| {
        for (id, outcome, identity) in &hidden {
            let sql = "UPDATE inbox SET outcome = ?2, identity = ?3 WHERE id = ?1";
            tx.execute(sql, rusqlite::params![id, outcome, identity])?;
        }
        Ok(())
    };
    daemon.store.write(show).await.unwrap();
}

async fn settled_before_hand_over(
    server: &mut Server,
    courier: &mut Courier,
    daemon: &mut Daemon,
    desk: &Desk,
) {
    take_and_look(server, daemon, desk).await;
    while work::step(&daemon.store, desk).await.unwrap() == Progress::Some {}
    let pace = Pace { acknowledgements_per_hour: 1000, messages_per_minute: None };
    let now = desk.clock.now();
    loop {
        let claim = move |tx: postdesk::store::Tx<'_>| {
            let chosen = outbox::next(tx, &outbox::Room::of(1), now)?.ids;
            outbox::claim(tx, pace, &chosen, now)
        };
        let parcels = daemon.store.write(claim).await.unwrap();
        let Some(parcel) = parcels.into_iter().next() else { return };
        let id = parcel.id;
        daemon
            .store
            .write(move |tx| outbox::settle(tx, id, &Settled::Sent, "250 surely"))
            .await
            .unwrap();
        let source = |source| daemon.store.read(|connection| inbox::bytes(connection, source));
        let mail = postdesk::mail::compose::assemble(&parcel.composed, source).unwrap();
        let envelope =
            Envelope { from: desk.config.desk.address.clone(), to: parcel.recipient.clone() };
        courier.hand_over(&envelope, &mail).await;
    }
}
