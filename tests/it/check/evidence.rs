//! What `check` finds out from mail that came: who stamps it, on which side of its own Received, and
//! whether agents were known.

use postdesk::config::Stamps;
use postdesk::mail::authentic::evidence::{Evidence, of};
use postdesk::mail::parse;

use super::{Desk, SETTINGS};

const OURS: &str = "Authentication-Results: mx.desk.test; dmarc=pass header.from={domain}\n";
const BORDER: &str =
    "Received: from mail.{domain} by mx.desk.test; Tue, 24 Nov 2026 09:00:00 +0100\n";
const INNER: &str =
    "Received: from mx.desk.test by store.desk.test; Tue, 24 Nov 2026 09:00:01 +0100\n";
const THEIRS: &str = "Received: from pc by mail.{domain}; Tue, 24 Nov 2026 08:59:59 +0100\n";
const FOREIGN: &str = "Authentication-Results: mail.{domain}; auth=pass smtp.auth=x\n";

fn header(lines: &[&str]) -> String {
    lines.concat().replace("{domain}", "customer.test")
}

#[test]
fn a_header_shows_who_stamps_and_where() {
    let none: &[&str] = &[];
    for (lines, side, on_top, hosts) in [
        (&[OURS, BORDER, THEIRS][..], Some(Stamps::Above), &["mx.desk.test"][..], none),
        (&[BORDER, OURS, THEIRS], Some(Stamps::Below), &["mx.desk.test"], none),
        (&[BORDER, OURS], Some(Stamps::Below), &["mx.desk.test"], none),
        (&[BORDER, THEIRS, OURS], None, &[], &["mail.customer.test"]),
        (&[INNER, OURS, BORDER], Some(Stamps::Above), &["mx.desk.test"], &["store.desk.test"]),
        (&[INNER, BORDER, OURS], Some(Stamps::Below), &[], &["store.desk.test"]),
        (&[OURS, OURS, BORDER, OURS], Some(Stamps::Above), &["mx.desk.test"], none),
        (&[OURS, THEIRS], None, &["mx.desk.test"], none),
        (&[FOREIGN, BORDER, OURS], Some(Stamps::Below), &["mail.customer.test"], none),
        (&[OURS], None, &["mx.desk.test"], none),
    ] {
        let text = header(lines);
        let fields = parse::parse(format!("{text}\nx").as_bytes()).fields;
        let found = of(&fields, Some("MX.desk.test"));
        let strings = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let wanted =
            Evidence { on_top: strings(on_top), ours: true, side, hosts_above: strings(hosts) };
        assert_eq!(found, wanted, "{text}");
        assert!(!of(&fields, Some("other.test")).ours && !of(&fields, None).ours, "{text}");
    }
    let microsoft = "Authentication-Results: spf=pass smtp.mailfrom=x.test; dkim=pass\n\nx";
    let fields = parse::parse(microsoft.as_bytes()).fields;
    assert_eq!(of(&fields, None).on_top, ["microsoft365"]);
}

/// A desk to which mails of these headers came, of different people.
fn came(desk: &Desk, count: usize, lines: &[&str]) {
    for number in 0..count {
        let domain = format!("customer{number}.test");
        let head = lines.concat().replace("{domain}", &domain);
        desk.deliver(&format!(
            "{head}From: carol@{domain}\nTo: support@desk.test\nSubject: {number}\nMessage-ID: <{number}@{domain}>\n\nHello.\n"
        ));
    }
}

fn set(line: &str) -> String {
    SETTINGS.replace("authserv_id = \"mx.desk.test\"", line)
}

#[test]
fn the_settings_are_held_against_mail_that_came() {
    let id = "authserv_id = \"mx.desk.test\"";
    let above = format!("{id}\nstamps = \"above\"");
    let below = format!("{id}\nstamps = \"below\"");
    for (settings, count, lines, words) in [
        (
            &above,
            3,
            &[OURS, BORDER][..],
            "ok     stamps: mx.desk.test stamped 3 of the last 3 mails, above its own Received as stamps says",
        ),
        (
            &below,
            3,
            &[OURS, BORDER],
            "WRONG  stamps: stamps is \"below\", but mx.desk.test writes its field above its own Received, as 3 of",
        ),
        (
            &above,
            3,
            &[BORDER, OURS, THEIRS],
            "WRONG  stamps: stamps is \"above\", but mx.desk.test writes its field below",
        ),
        (
            &id.to_owned(),
            3,
            &[BORDER, OURS, THEIRS],
            "note   mx.desk.test stamped 3 of the last 3 mails, 3 of them below its own Received: with stamps = \"below\"",
        ),
        (
            &id.to_owned(),
            3,
            &[FOREIGN, BORDER],
            "WRONG  stamps: none of the last 3 mails bears an Authentication-Results of mx.desk.test",
        ),
        (
            &"authserv_id = \"mx.dsk.test\"".to_owned(),
            3,
            &[OURS, BORDER],
            "of mx.dsk.test; the topmost bears \"mx.desk.test\": is that your server?",
        ),
        (
            &"check_dkim = true".to_owned(),
            3,
            &[OURS, BORDER],
            "note   the topmost Authentication-Results of your mail bears \"mx.desk.test\": if that is your server, write authserv_id",
        ),
        (&id.to_owned(), 3, &[INNER, OURS, BORDER], "name them in trusted_hops (store.desk.test)"),
        (
            &format!("{id}\ntrusted_hops = [\"store.desk.test\"]"),
            3,
            &[INNER, OURS, BORDER],
            "note   mx.desk.test stamped 3 of the last 3 mails, 3 of them above",
        ),
        (&format!("{id}\nstamps = \"below\""), 2, &[OURS, BORDER], ""),
    ] {
        let settings =
            set(settings).replace("check_dkim = true\ncheck_dkim = false", "check_dkim = true");
        let desk = Desk::with(&settings);
        came(&desk, count, lines);
        let said = desk.check();
        if words.is_empty() {
            assert!(!said.contains("stamps: "), "two mails are no habit: {said}");
        } else {
            assert!(said.contains(words), "{words}\n{said}");
        }
    }
}

#[test]
fn an_agent_whose_mail_was_never_believed_is_named() {
    let mut desk = Desk::new();
    let mail = |number: usize, verdict: &str| {
        format!(
            "Authentication-Results: {verdict}\nFrom: alice@desk.test\nTo: support@desk.test\nSubject: Lamp {number}\n\
             Message-ID: <{number}@desk.test>\n\nMy lamp {number} is broken.\n"
        )
    };
    desk.deliver(&mail(1, "mx.other.test; dmarc=pass header.from=desk.test"));
    desk.deliver(&mail(2, "mx.desk.test; dmarc=fail header.from=desk.test"));
    desk.run();
    desk.wait_for_end_of(2);
    let said = desk.check();
    let wrong = "WRONG  agent alice@desk.test: known by the word of mx.desk.test, but of their last 1 mails none is believed (the last of ";
    assert!(said.contains(wrong) && said.contains("mx.desk.test said nothing"), "{said}");
    desk.deliver(&mail(3, "mx.desk.test; dmarc=pass header.from=desk.test"));
    desk.wait_for_end_of(3);
    let said = desk.check();
    assert!(
        said.contains("known by the word of mx.desk.test; 1 of their last 2 mails are believed"),
        "{said}"
    );
}
