//! A desk with its servers: Dovecot for the mailbox and the scripted server as relay, each behind a
//! proxy that can cut.

use serde_json::Value;

use super::cut::Cut;
use super::daemon::{Daemon, Settings};
use super::dovecot::Dovecot;
use super::sink::{Accepted, Sink};

pub const DESK: &str = "support@desk.test";
pub const CAROL: &str = "carol@customer.test";

/// All of it; dropped in this order.
#[derive(Debug)]
pub struct World {
    pub desk: Daemon,
    pub sink: Sink,
    pub imap: Cut,
    pub dovecot: Dovecot,
}

impl World {
    /// The daemon is prepared, not started.
    pub fn prepare(change: impl FnOnce(Settings) -> Settings) -> World {
        let dovecot = Dovecot::start();
        let imap = Cut::before(dovecot.port);
        let sink = Sink::start();
        let desk = Daemon::prepare(&change(Settings::plain(imap.port, sink.port)));
        World { desk, sink, imap, dovecot }
    }

    /// The daemon runs and has looked into the mailbox once.
    pub fn start(change: impl FnOnce(Settings) -> Settings) -> World {
        let mut world = World::prepare(change);
        world.desk.resume();
        world.polled();
        world
    }

    /// Waits for the first look into the mailbox.
    pub fn polled(&self) {
        self.desk.wait("the first poll", || {
            self.desk.json(&["status"])["last_poll_at"].as_str().map(str::to_owned)
        });
    }

    /// A customer's mail comes into the mailbox.
    pub fn write(&self, from: &str, id: &str, body: &str) {
        self.dovecot.deliver(DESK, letter(from, id, body));
    }

    /// What became of the mail with that Message-ID, once it is decided.
    pub fn fate(&self, id: &str) -> Value {
        self.desk.wait(&format!("the fate of {id}"), || {
            let mut rows = self.desk.rows("inbox").into_iter();
            rows.find(|row| named(row, id) && !row["outcome"].is_null())
        })
    }

    /// A harmless mail sent now is ticketed and acknowledged: nothing is stuck.
    pub fn is_served(&self) {
        let already = self.sink.to("dave@other.test").len();
        self.write(
            "dave@other.test",
            &format!("served-{already}-{}@other.test", self.imap.connections()),
            "Are you still there?",
        );
        self.desk.wait("a harmless mail to be served", || {
            (self.sink.to("dave@other.test").len() > already).then_some(())
        });
    }

    /// The mails to Carol, one of each Message-ID; copies must be alike.
    pub fn to_carol(&self) -> Vec<Accepted> {
        fold(self.sink.to(CAROL))
    }

    /// Whether every mail in the mailbox bears the daemon's keyword.
    pub fn all_marked(&self) -> bool {
        self.dovecot.client(DESK).flags().iter().all(|(_, flags)| flags.contains("$Postdesk"))
    }
}

fn named(row: &Value, id: &str) -> bool {
    row["message_id"].as_str().is_some_and(|found| found.trim_matches(['<', '>']) == id)
}

/// One of each Message-ID, in order of arrival; a copy that differs is a failure.
pub fn fold(mails: Vec<Accepted>) -> Vec<Accepted> {
    let mut kept: Vec<Accepted> = Vec::new();
    for mail in mails {
        match kept.iter().find(|known| known.header("Message-ID") == mail.header("Message-ID")) {
            Some(known) => assert_eq!(known.text(), mail.text(), "a second copy must be the same"),
            None => kept.push(mail),
        }
    }
    kept
}

/// A mail as the provider hands it over, the sender's domain confirmed.
pub fn letter(from: &str, id: &str, body: &str) -> String {
    let domain = from.rsplit('@').next().unwrap();
    format!(
        "Return-Path: <{from}>\nAuthentication-Results: mx.desk.test; dmarc=pass header.from={domain}\n\
         Received: from mx.{domain} by mx.desk.test; Mon, 16 Nov 2026 09:00:01 +0000\nFrom: {from}\nTo: {DESK}\n\
         Message-ID: <{id}>\nDate: Mon, 16 Nov 2026 09:00:00 +0000\nSubject: Printer on fire\n\n{body}\n"
    )
}

/// Starts a daemon whose first mail is a ticket of Carol's.
pub fn with_ticket() -> World {
    let world = World::start(|settings| settings);
    world.write(CAROL, "first@customer.test", "It burns.");
    world.desk.wait("the acknowledgement", || world.sink.to(CAROL).first().cloned());
    world.desk.settle();
    world
}
