//! The harness itself is tried first: a harness that loses mail would blame the daemon.

use super::cut::{Cut, Plan, Snip, Way};
use super::dovecot::{Client, Dovecot};
use super::exim::{Exim, Verdict, submit};
use super::sink::{Act, Sink, Stage};

const MAIL: &str = "From: carol@customer.test\nTo: support@desk.test\nSubject: hello\nAuthentication-Results: mx.desk.test; dmarc=pass\n\n.dot\n";

#[test]
fn exim_delivers_into_dovecot_with_its_own_verdict() {
    let dovecot = Dovecot::start();
    let exim = Exim::start(&dovecot);
    exim.submit(Verdict::Pass, "carol@customer.test", "support@desk.test", MAIL);
    exim.submit(Verdict::Fail, "eve@attacker.test", "support@desk.test", MAIL);
    let arrived = super::dovecot::eventually(|| {
        Some(dovecot.mails("support@desk.test")).filter(|mails| mails.len() == 2)
    });
    let arrived = arrived.unwrap_or_else(|| panic!("not delivered:\n{}", exim.log()));
    for verdict in ["dmarc=pass header.from=customer.test", "dmarc=fail header.from=customer.test"]
    {
        assert_eq!(arrived.iter().filter(|mail| mail.contains(verdict)).count(), 1, "{arrived:?}");
    }
    assert!(
        arrived
            .iter()
            .all(|mail| mail.matches("Authentication-Results").count() == 1
                && mail.contains("\n.dot")),
        "{arrived:?}"
    );
    assert_eq!(dovecot.client("support@desk.test").flags().len(), 2);
}

#[test]
fn dovecot_forgets_its_uids_and_comes_back_on_its_port() {
    let mut dovecot = Dovecot::start();
    dovecot.deliver("support@desk.test", MAIL);
    let validity = |dovecot: &Dovecot| {
        let mut client = dovecot.client("support@desk.test");
        client.expunge(99);
        String::from_utf8(client.run("STATUS INBOX (UIDVALIDITY)").concat()).unwrap()
    };
    let before = validity(&dovecot);
    dovecot.stop();
    dovecot.forget_uids("support@desk.test");
    // UIDVALIDITY is made from the clock's seconds.
    let second = std::time::Instant::now();
    assert!(
        super::dovecot::eventually(|| (second.elapsed().as_millis() > 1100).then_some(()))
            .is_some()
    );
    assert!(dovecot.resume(), "{}", dovecot.log());
    assert_ne!(before, validity(&dovecot));
}

#[test]
fn the_sink_keeps_mail_and_follows_its_rules() {
    let sink = Sink::start();
    submit(sink.port, "me", "a@desk.test", "b@other.test", MAIL);
    sink.rule(Stage::Dot, Some("c@other.test"), Act::KeepAndDrop, 1);
    let port = sink.port;
    assert!(
        std::thread::spawn(move || submit(port, "me", "a@desk.test", "c@other.test", MAIL))
            .join()
            .is_err()
    );
    sink.rule(Stage::Rcpt, None, Act::Say("550 no"), 1);
    assert!(
        std::thread::spawn(move || submit(port, "me", "a@desk.test", "d@other.test", MAIL))
            .join()
            .is_err()
    );
    assert_eq!(
        sink.all().iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(),
        ["b@other.test", "c@other.test"]
    );
    assert_eq!(sink.to("b@other.test")[0].header("subject"), "hello");
    assert!(
        sink.all()[0].text().ends_with("\r\n.dot\r\n\r\n")
            || sink.all()[0].text().ends_with("\r\n.dot\r\n")
    );
}

#[test]
fn the_proxy_cuts_at_the_byte_it_was_told() {
    let dovecot = Dovecot::start();
    dovecot.deliver("support@desk.test", MAIL);
    let cut = Cut::before(dovecot.port);
    let mut client = Client::open(cut.port, "support@desk.test");
    cut.plan(Plan { way: Way::FromServer, mark: b"BODY[] {", after: 20, snip: Snip::Close });
    let fetch = std::thread::spawn(move || client.run("UID FETCH 1:* BODY.PEEK[]"));
    assert!(fetch.join().is_err());
    assert_eq!((cut.done(), cut.connections()), (1, 1));
    assert_eq!(Client::open(cut.port, "support@desk.test").flags().len(), 1);
}
