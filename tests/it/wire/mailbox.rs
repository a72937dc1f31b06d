//! The mailbox misbehaves: connections cut, UIDs void, mail gone or read by others, logins and
//! certificates refused.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::certificates::{Flaw, make};
use super::cut::{Cut, Plan, Snip, Way};
use super::daemon::{Daemon, Settings, until};
use super::dovecot::Dovecot;
use super::sink::Sink;
use super::world::{CAROL, DESK, World, letter};

const MANY: &str = "acknowledgements_per_hour = 10000\nnotifications_per_agent_and_hour = 10000";

#[test]
fn p06_cut_in_the_middle_of_a_literal() {
    let world = World::start(|settings| settings);
    world.imap.plan(Plan {
        way: Way::FromServer,
        mark: b"BODY[] {",
        after: 3000,
        snip: Snip::Close,
    });
    let body = format!("It burns.\n{}\nThe last line.", "A line in between.\n".repeat(500));
    world.write(CAROL, "p06@customer.test", &body);
    let row = world.fate("p06@customer.test");
    assert_eq!((world.imap.done(), row["outcome"].as_str()), (1, Some("message")));
    assert!(row["text"].as_str().unwrap().contains("The last line."), "{row:#}");
    world.desk.settle();
    assert_eq!((world.desk.rows("list").len(), world.sink.to(CAROL).len()), (1, 1));
}

#[test]
fn p07_uidvalidity_changes() {
    let mut world = World::start(|settings| settings.limits(MANY));
    let (old, new) = (200, 3);
    let write = |number: usize| {
        world.dovecot.deliver(
            DESK,
            letter(
                &format!("person{number}@customer.test"),
                &format!("p07-{number}@customer.test"),
                "It burns.",
            ),
        );
    };
    (0..old).for_each(write);
    world.desk.tickets(old);
    world.desk.settle();
    (old..old + new).for_each(write);
    world.dovecot.stop();
    world.dovecot.forget_uids(DESK);
    assert!(world.dovecot.resume(), "{}", world.dovecot.log());
    world.desk.tickets(old + new);
    world.desk.wait("all to be seen again", || {
        (world.desk.rows("inbox").len() >= 2 * old + new).then_some(())
    });
    world.desk.settle();
    assert_eq!(world.desk.rows("list").len(), old + new);
    let again = world.desk.rows("inbox").iter().filter(|row| row["outcome"] == "duplicate").count();
    assert_eq!(again, old, "all old mail was recognised");
    for number in 0..old + new {
        assert_eq!(world.sink.to(&format!("person{number}@customer.test")).len(), 1, "{number}");
    }
}

#[test]
fn p08_mail_expunged_between_search_and_fetch() {
    let world = World::start(|settings| settings);
    world.imap.plan(Plan { way: Way::ToServer, mark: b"BODY.PEEK[]", after: 0, snip: Snip::Hold });
    world.write("eve@attacker.test", "gone@attacker.test", "Here and gone.");
    world.imap.wait();
    let mut other = world.dovecot.client(DESK);
    let uid = other.flags()[0].0;
    other.expunge(uid);
    world.write(CAROL, "p08@customer.test", "It burns.");
    world.imap.release();
    world.fate("p08@customer.test");
    world.is_served();
    assert_eq!(
        (world.sink.to(CAROL).len(), world.imap.connections()),
        (1, 1),
        "{}",
        world.desk.log()
    );
}

#[test]
fn p09_mail_that_others_have_seen() {
    let mut world = World::prepare(|settings| settings);
    for number in 0..5 {
        world.write(
            &format!("person{number}@customer.test"),
            &format!("p09-{number}@customer.test"),
            "It burns.",
        );
    }
    world.dovecot.client(DESK).run("STORE 1:5 +FLAGS.SILENT (\\Seen)");
    world.desk.resume();
    world.desk.tickets(5);
    world.is_served();
    world.desk.wait("the marks", || world.all_marked().then_some(()));
    let unseen = world
        .dovecot
        .client(DESK)
        .flags()
        .into_iter()
        .filter(|(_, flags)| !flags.contains("\\Seen"))
        .count();
    assert_eq!(unseen, 1, "the flag of the mail nobody has read is not ours to set");
}

#[test]
fn p10_many_mails_waiting_behind_an_unreachable_server() {
    let mut world = World::prepare(|settings| {
        settings.limits("acknowledgements_per_hour = 100").imap("first_start = \"all\"")
    });
    world.imap.down(true);
    world.desk.resume();
    let count = 300;
    for number in 0..count {
        world.write(
            &format!("person{number}@customer.test"),
            &format!("p10-{number}@customer.test"),
            "It burns.",
        );
    }
    world.desk.trouble("cannot be read");
    world.imap.down(false);
    world.desk.tickets(count);
    let begun = Instant::now();
    world.write(CAROL, "new@customer.test", "Mine is new.");
    world.desk.tickets(count + 1);
    assert!(begun.elapsed() < Duration::from_secs(60));
    let acknowledged = |state: &str| {
        world
            .desk
            .rows("outbox")
            .iter()
            .filter(|row| row["kind"] == "acknowledgement" && row["state"] == state)
            .count()
    };
    world.desk.wait("the hour's acknowledgements", || (acknowledged("sent") == 100).then_some(()));
    let waiting = world
        .desk
        .rows("outbox")
        .into_iter()
        .find(|row| row["kind"] == "acknowledgement" && row["state"] == "queued");
    assert!(waiting.is_some_and(|row| row["next_attempt_at"].is_string()));
    assert_eq!(acknowledged("sent"), 100);
}

#[test]
fn p21_wrong_password() {
    let dovecot = Dovecot::start();
    let (imap, sink) = (Cut::before(dovecot.port), Sink::start());
    let settings = Settings::plain(imap.port, sink.port);
    let wrong = Settings {
        imap: settings.imap.replace("\"secret\"", "\"tr0ub4dor-and-3\""),
        ..settings.clone()
    };
    let mut desk = Daemon::start(&wrong);
    let told = desk.trouble("login");
    let begun = Instant::now();
    until(|| (begun.elapsed() > Duration::from_secs(5)).then_some(()));
    assert!(imap.connections() <= 5, "{} logins in five seconds", imap.connections());
    assert_eq!(desk.command(&["status"]).status.code(), Some(1));
    desk.wait("the owner to be told", || sink.to("owner@desk.test").first().cloned());
    let command_line = std::fs::read_to_string(format!("/proc/{}/cmdline", desk.pid())).unwrap();
    for text in [
        desk.log(),
        command_line,
        told,
        sink.all().iter().map(super::sink::Accepted::text).collect(),
    ] {
        assert!(!text.contains("tr0ub4dor"), "the password shows: {text}");
    }
    desk.stop();
    desk.configure(&settings);
    desk.resume();
    dovecot.deliver(DESK, letter(CAROL, "p21@customer.test", "It burns."));
    desk.wait("service", || sink.to(CAROL).first().cloned());
    // The look that brought the mail ends, and with it the trouble, after the mail is served.
    desk.wait("the trouble to end", || {
        let problems = desk.json(&["status"])["problems"].clone();
        problems.as_array().is_some_and(Vec::is_empty).then_some(())
    });
}

/// Settings that connect by TLS and trust the server's authority.
fn secured(dovecot: &Dovecot, mode: &str, sink: &Sink) -> Settings {
    let port = if mode == "implicit" { dovecot.tls_port } else { dovecot.port };
    let ca_file = dovecot.ca_file().display().to_string();
    let imap = format!(
        "host = \"localhost\"\nport = {port}\ntls = \"{mode}\"\nca_file = \"{ca_file}\"\npassword = \"secret\"\n"
    );
    Settings { imap, ..Settings::plain(port, sink.port) }
}

#[test]
fn tls_of_both_kinds_is_served() {
    for mode in ["implicit", "starttls"] {
        let (dovecot, sink) = (Dovecot::start(), Sink::start());
        // Dovecot reads its certificate as another account than ours.
        let desk = Daemon::start(&secured(&dovecot, mode, &sink));
        dovecot.deliver(DESK, letter(CAROL, "tls@customer.test", "It burns."));
        desk.wait(&format!("service over {mode}"), || sink.to(CAROL).first().cloned());
    }
}

#[test]
fn p22_certificates_that_are_not_right() {
    for flaw in [Flaw::Expired, Flaw::WrongName, Flaw::SelfSigned] {
        let (dovecot, sink) = (Dovecot::with(make(flaw)), Sink::start());
        for mode in ["implicit", "starttls"] {
            let desk = Daemon::start(&secured(&dovecot, mode, &sink));
            desk.trouble("certificate");
        }
        assert_eq!(dovecot.logins(), 0, "{flaw:?}: credentials were sent");
    }
}

/// A server that greets and answers as written and keeps what it hears.
fn scripted(greeting: &'static str, starttls: &'static str) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
    let keep = Arc::clone(&heard);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut out = stream.try_clone().unwrap();
            let _ = out.write_all(greeting.as_bytes());
            let mut lines = BufReader::new(stream);
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                keep.lock().unwrap().extend(&line);
                let text = String::from_utf8_lossy(&line).into_owned();
                let tag = text.split(' ').next().unwrap_or_default().to_owned();
                let answer = if text.contains("STARTTLS") {
                    starttls.replace("TAG", &tag)
                } else if text.contains("CAPABILITY") {
                    format!(
                        "* CAPABILITY IMAP4rev1{}\r\n{tag} OK done\r\n",
                        if starttls.is_empty() { "" } else { " STARTTLS" }
                    )
                } else {
                    format!("{tag} BAD what\r\n")
                };
                let _ = out.write_all(answer.as_bytes());
                line.clear();
            }
        }
    });
    (port, heard)
}

#[test]
fn p23_starttls_missing_preauth_or_bytes_before_tls() {
    let injected = "TAG OK begin\r\n* CAPABILITY IMAP4rev1\r\nTAG OK logged in\r\n";
    for (greeting, starttls) in [
        ("* OK hello\r\n", ""),
        ("* PREAUTH welcome\r\n", "TAG OK begin\r\n"),
        ("* OK hello\r\n* OK and more\r\n", ""),
        ("* OK hello\r\n", injected),
    ] {
        let (port, heard) = scripted(greeting, starttls);
        let sink = Sink::start();
        let settings = Settings::plain(port, sink.port);
        let desk = Daemon::start(&Settings {
            imap: settings.imap.replace("\"none\"", "\"starttls\""),
            ..settings
        });
        desk.trouble("cannot be read");
        let heard = String::from_utf8_lossy(&heard.lock().unwrap()).into_owned();
        assert!(
            !heard.contains("secret") && !heard.contains("LOGIN") && !heard.contains("SELECT"),
            "{greeting} {starttls}: {heard}"
        );
    }
}
