//! A desk whose server stamps nothing: an agent's signed answer goes out, whatever else is held or
//! waits.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postdesk::mail::authentic::dkim::Key;
use postdesk::net::dns::{Answers, Keys};

use super::super::scenario::script::Script;
use super::super::scenario::stage::Stage;
use super::sign::{TAGS, record, signed};

/// Keys by name; what is not here is absent. Counts the questions.
#[derive(Default)]
struct Shelf {
    keys: Mutex<BTreeMap<String, Key>>,
    asked: Mutex<Vec<String>>,
}

impl Keys for Shelf {
    fn ask(&self, names: BTreeSet<String>) -> Pin<Box<dyn Future<Output = Answers> + Send + '_>> {
        self.asked.lock().unwrap().extend(names.iter().cloned());
        let keys = self.keys.lock().unwrap();
        let answers = names.into_iter().map(|name| {
            let key = keys.get(&name).cloned().unwrap_or(Key::Absent);
            (name, key)
        });
        let answers: Answers = answers.collect();
        Box::pin(async move { answers })
    }
}

impl Shelf {
    fn put(&self, key: Key) {
        self.keys.lock().unwrap().insert("k1._domainkey.desk.test".to_owned(), key);
    }

    fn asked(&self) -> usize {
        std::mem::take(&mut *self.asked.lock().unwrap()).len()
    }
}

/// A desk with a ticket of carol's, and its keys.
fn desk(config: &str) -> (Stage, Arc<Shelf>) {
    let script = Script::parse(
        "(dkim)",
        &format!(
            "{config}\n+1m mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n"
        ),
    );
    let mut stage = Stage::of(&script);
    let shelf = Arc::new(Shelf::default());
    shelf.put(Key::Records(vec![record().into_bytes()]));
    stage.desk.keys = Some(Arc::clone(&shelf) as Arc<dyn Keys>);
    stage.play(&script.steps[0]);
    assert_eq!(shelf.asked(), 0, "customers' mail costs no DNS");
    (stage, shelf)
}

const SILENT: &str = "config without authentication.authserv_id";

/// An answer of alice's to her notification.
fn answer(stage: &Stage, text: &str) -> String {
    let id = stage.taken("notification to alice").id();
    let serial = stage.world.borrow().delivered.len() + 1;
    format!(
        "From: Alice Archer <alice@desk.test>\r\nTo: support@desk.test\r\nSubject: Re: [#1] Scanner\r\n\
         Date: Tue, 24 Nov 2026 09:10:00 +0100\r\nMessage-ID: <m{serial}@desk.test>\r\nIn-Reply-To: <{id}>\r\n\r\n{text}\r\n"
    )
}

fn comes(stage: &mut Stage, mail: &str) -> Vec<String> {
    let now = stage.clock.now();
    stage.world.borrow_mut().deliver(mail.as_bytes().to_vec(), None, false, now);
    stage.drive(None);
    stage.news()
}

fn later(stage: &mut Stage, seconds: u64) -> Vec<String> {
    stage.clock.set(stage.clock.now().plus(Duration::from_secs(seconds)));
    stage.drive(None);
    stage.news()
}

fn says(lines: &[String], words: &str) -> bool {
    lines.iter().any(|line| line.contains(words))
}

#[test]
fn a_signed_answer_goes_out_and_an_unsigned_one_is_held() {
    let (mut stage, shelf) = desk(SILENT);
    let mail = signed(TAGS, &answer(&stage, "Have you cleaned the glass?"));
    let lines = comes(&mut stage, &mail);
    assert!(says(&lines, "out carol@customer.test \"[#1] Scanner\" reply"), "{lines:#?}");
    assert!(says(&lines, "signature of desk.test verified here"), "{lines:#?}");
    assert_eq!(shelf.asked(), 1);
    let story = postdesk::cli::show::story(stage.store().data_dir(), 1).unwrap();
    assert!(
        story.contains("Alice Archer, signature of desk.test verified here\nHave you cleaned"),
        "{story}"
    );
    assert_eq!(story.matches("verified here").count(), 1, "{story}");
    let mail = answer(&stage, "I am Alice, honestly.");
    let lines = comes(&mut stage, &mail);
    assert!(
        says(&lines, " held #1") && says(&lines, "it bears no signature") && !says(&lines, "carol"),
        "{lines:#?}"
    );
    assert!(!says(&lines, "problem"), "signatures are a way to know agents: {lines:#?}");
    let mail =
        signed(TAGS, &answer(&stage, "Have you cleaned the glass?")).replace("cleaned", "smashed");
    let lines = comes(&mut stage, &mail);
    assert!(
        says(&lines, " held #1") && says(&lines, "not as it was signed") && !says(&lines, "carol"),
        "{lines:#?}"
    );
    assert_eq!(shelf.asked(), 0, "neither needed a key");
}

#[test]
fn a_signature_that_comes_again_on_another_mail_lets_nothing_go() {
    let (mut stage, _) = desk(SILENT);
    let tags = TAGS.replace(":message-id", "");
    let mail = signed(&tags, &answer(&stage, "Have you cleaned the glass?"));
    let lines = comes(&mut stage, &mail);
    assert!(says(&lines, "out carol@customer.test \"[#1] Scanner\" reply"), "{lines:#?}");
    let own = mail.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned();
    let lines = comes(&mut stage, &mail.replace(&own, "Message-ID: <copy@desk.test>"));
    assert!(
        says(&lines, " held #1") && says(&lines, "may be a copy") && !says(&lines, "carol"),
        "{lines:#?}"
    );
}

#[test]
fn where_the_server_said_something_its_word_stands() {
    let (mut stage, shelf) = desk("");
    for (stamp, words) in [
        ("dmarc=fail header.from=desk.test", "quarantine"),
        ("dmarc=none header.from=desk.test", "held"),
        ("dkim=fail header.d=desk.test", "held"),
        ("dmarc=pass header.from=desk.test; (", "held"),
    ] {
        let mail = signed(TAGS, &answer(&stage, stamp));
        let lines =
            comes(&mut stage, &format!("Authentication-Results: mx.desk.test; {stamp}\r\n{mail}"));
        assert!(says(&lines, words) && !says(&lines, "carol"), "{stamp}: {lines:#?}");
        assert_eq!(shelf.asked(), 0, "{stamp}");
    }
    let mail = signed(TAGS, &answer(&stage, "Nobody stamped this."));
    let lines = comes(&mut stage, &mail);
    assert!(says(&lines, "out carol@customer.test \"[#1] Scanner\" reply"), "{lines:#?}");
    let mail = signed(TAGS, &answer(&stage, "A stranger stamped this."));
    let lines = comes(
        &mut stage,
        &format!(
            "Authentication-Results: mx.attacker.test; dmarc=fail header.from=desk.test\r\n{mail}"
        ),
    );
    assert!(says(&lines, "out carol@customer.test \"[#1] Scanner\" reply"), "{lines:#?}");
}

#[test]
fn switched_off_it_asks_for_nothing() {
    let (mut stage, shelf) = desk(&format!("{SILENT}\nconfig authentication.check_dkim = false"));
    let mail = signed(TAGS, &answer(&stage, "Have you cleaned the glass?"));
    let lines = comes(&mut stage, &mail);
    assert!(
        says(&lines, " held #1") && says(&lines, "problem authentication-not-configured"),
        "{lines:#?}"
    );
    assert_eq!(shelf.asked(), 0);
}

#[test]
fn a_key_out_of_reach_makes_one_mail_wait_and_no_other() {
    let (mut stage, shelf) = desk(SILENT);
    shelf.put(Key::Unreachable("no answer within 5 s".to_owned()));
    let mail = signed(TAGS, &answer(&stage, "Have you cleaned the glass?"));
    let lines = comes(&mut stage, &mail);
    assert!(!says(&lines, "held") && !says(&lines, "out "), "it waits: {lines:#?}");
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE outcome IS NULL AND reason LIKE '%no answer within 5 s%'"), 1);
    assert_eq!(shelf.asked(), 1, "once, not in a circle");
    let lines = comes(
        &mut stage,
        "From: dave@other.test\r\nSubject: Next\r\nMessage-ID: <d1@other.test>\r\n\r\nHello.\r\n",
    );
    assert!(says(&lines, "opened by dave@other.test") && shelf.asked() == 0, "{lines:#?}");
    assert!(later(&mut stage, 16).is_empty() && shelf.asked() == 1, "a second try");
    stage.stop();
    stage.start();
    assert_eq!(later(&mut stage, 60).len() + shelf.asked(), 0, "a restart is no reason to hurry");
    shelf.put(Key::Records(vec![record().into_bytes()]));
    let lines = later(&mut stage, 61);
    assert!(says(&lines, "out carol@customer.test \"[#1] Scanner\" reply"), "{lines:#?}");
    assert_eq!(stage.count("SELECT max(attempts) FROM inbox"), 1, "waiting is no failure");
}

#[test]
fn a_key_that_stays_out_of_reach_holds_the_mail_at_last() {
    let (mut stage, shelf) = desk(SILENT);
    shelf.put(Key::Unreachable("SERVFAIL".to_owned()));
    let mail = signed(TAGS, &answer(&stage, "Have you cleaned the glass?"));
    assert!(!says(&comes(&mut stage, &mail), "held"));
    for wait in [15, 120, 600] {
        assert!(!says(&later(&mut stage, wait), "held"), "after {wait} s");
    }
    let lines = later(&mut stage, 1800);
    assert!(
        says(&lines, " held #1")
            && says(&lines, "SERVFAIL; given up")
            && says(&lines, "out alice@desk.test"),
        "{lines:#?}"
    );
    assert_eq!(shelf.asked(), 5);
    assert!(!says(&later(&mut stage, 7200), "carol"));
}

/// T1: a wait is never longer than itself, even if the clock goes back while it runs.
#[test]
fn a_clock_that_goes_back_does_not_prolong_the_wait() {
    let (mut stage, shelf) = desk(SILENT);
    later(&mut stage, 20 * 86_400);
    shelf.put(Key::Unreachable("SERVFAIL".to_owned()));
    let mail = signed(TAGS, &answer(&stage, "Have you cleaned the glass?"));
    comes(&mut stage, &mail);
    later(&mut stage, 10);
    shelf.put(Key::Records(vec![record().into_bytes()]));
    stage.clock.set(stage.clock.now().minus(Duration::from_secs(10 * 86_400)));
    let dave =
        "From: dave@other.test\r\nSubject: Next\r\nMessage-ID: <d1@other.test>\r\n\r\nHello.\r\n";
    let mut lines = comes(&mut stage, dave);
    lines.extend(later(&mut stage, 60));
    assert!(says(&lines, "out carol@customer.test \"[#1] Scanner\" reply"), "{lines:#?}");
}
