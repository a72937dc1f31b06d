//! What is read in the mails that agents' clients write: their words, all of them and nothing else.

use super::*;
use postdesk::desk::complaint::Complaint;
use postdesk::desk::texts::Texts;
use postdesk::mail::Address;
use postdesk::mail::forward::{Ambiguity, Forwarded, read, without_prefixes};
use postdesk::mail::parse::parse;
use postdesk::mail::quote::{Role, new_text_of, split_under};
use std::collections::BTreeMap;
use std::fmt::Write as _;

fn ours() -> Ours {
    Ours {
        from: Party::new("Desk", "support@desk.test"),
        to: Party::new("Bob Baker", "bob@desk.test"),
        at: Moment { day: 22, hour: 9, minute: 15 },
        subject: "[#12] Printer on fire".to_owned(),
        text: "Reply → goes to ada@example.org\n\nAda Lovelace wrote:\n\nIt burns again, and the tray 2 jams whenever somebody prints more than three pages.\n\nAda\n\n\
            -----\n#12 open, normal priority, queue support, bob\nAnswer promised by 2026-11-22 17:00\n\n2026-11-21 10:00, bob@desk.test:\nDid you try the new driver?\n"
            .to_owned(),
        message_id: "12.7.k7fq2m3xw5ya2bcd@desk.test".to_owned(),
        references: vec!["first@example.org".to_owned(), "12.4.k7fq2m3xw5ya2bcc@desk.test".to_owned()],
    }
}

/// Spaces at the ends of lines and empty lines are of no account.
fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect()
}

/// Wrong cases by style, with the first of each.
fn told(wrong: &[(String, String)], of: usize) -> String {
    let mut styles: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (name, told) in wrong {
        let style = styles.entry(name.split('/').next().unwrap()).or_insert((0, told));
        style.0 += 1;
    }
    let mut out = format!(
        "{} of {of} wrong: {}\n",
        wrong.len(),
        wrong.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
    );
    for (style, (count, first)) in styles {
        let _ = writeln!(out, "##### {style}: {count}\n{first}");
    }
    out
}

#[test]
fn replies_give_the_agents_words_and_nothing_of_ours() {
    let ours = ours();
    let cases: Vec<Case> = replies(&ours, "#priority high\n#assign alice@desk.test").collect();
    assert!(cases.len() > 2_000, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let mail = parse(&case.bytes);
        assert_eq!(mail.references.len(), 3, "{}", case.name);
        assert!(mail.defects.is_empty(), "{}: {:?}", case.name, mail.defects);
        let blocks = split_under(mail.subject.as_deref().unwrap_or(""), &mail.text);
        let read = new_text_of(&blocks);
        if lines(&read) != lines(&case.words) {
            wrong.push((
                case.name.clone(),
                format!(
                    "{}\n--- text\n{}\n--- read\n{read}\n--- words\n{}",
                    case.name, mail.text, case.words
                ),
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", told(&wrong, cases.len()));
}

fn theirs() -> Theirs {
    Theirs {
        from: Party::new("Ada Lovelace", "ada@example.org"),
        to: Party::new("Bob Baker", "bob@desk.test"),
        at: Moment { day: 19, hour: 8, minute: 5 },
        subject: "Printer on fire".to_owned(),
        text: "Dear Bob,\n\nthe printer burns: what now?\n\nFrom: here it looks bad.\n\nAda\n\n#close\n".to_owned(),
        agent: Party::new("Bob Baker", "bob@desk.test"),
        desk: Party::new("Desk", "support@desk.test"),
    }
}

fn is_ours(address: &Address) -> bool {
    address.as_str().ends_with("@desk.test")
}

fn forwarded(bytes: &[u8]) -> (Option<Forwarded>, String) {
    let mail = parse(bytes);
    let blocks = split_under(mail.subject.as_deref().unwrap_or(""), &mail.text);
    let own: Vec<&str> = blocks
        .iter()
        .filter(|block| block.role == Role::New)
        .map(|block| block.text.as_str())
        .collect();
    (read(&mail, &blocks, is_ours), own.join("\n"))
}

/// What agents write that is not a sentence after another.
const WORDS: &[&str] = &[
    "#close",
    "#note",
    "Done.",
    "#priority\u{a0}high\n#tag printer, fire\n\nSee https://desk.test/faq?a=1&b=2 for it.",
    "Hi Ada,\n\n- turn it off\n- wait\n  - an hour\n\n1. turn it on\n\n“It’s fine” – isn't it?\n\nBest,\nBob",
    "#assign alice@desk.test\n#pending until fri 15:00",
    "Call me: +44 20 7946 0000\nMail me: bob@desk.test\n\nYou wrote on 22.11.2026 that it burns. From: where?",
    "#title It burns <again> & again\n\nA line that is long enough to be wrapped by whatever client there is, for it has far more than seventy-two letters in it.",
];

#[test]
fn odd_words_are_read_as_they_are() {
    let ours = ours();
    let (mut wrong, mut of) = (Vec::new(), 0);
    for (at, (style, language, signature)) in every().enumerate().filter(|(at, _)| at % 3 == 0) {
        for words in [WORDS[at / 3 % WORDS.len()], WORDS[(at / 3 + 5) % WORDS.len()]] {
            let case = reply(&style, language, &ours, words, signature, at as u64);
            let mail = parse(&case.bytes);
            let read = new_text_of(&split_under(mail.subject.as_deref().unwrap_or(""), &mail.text));
            of += 1;
            if lines(&read) != lines(&case.words) {
                wrong.push((
                    case.name.clone(),
                    format!(
                        "{}\n--- text\n{}\n--- read\n{read}\n--- words\n{}",
                        case.name, mail.text, case.words
                    ),
                ));
            }
        }
    }
    assert!(wrong.is_empty() && of > 1_000, "{}", told(&wrong, of));
}

#[test]
fn forwards_give_the_writer_the_subject_and_the_text() {
    let theirs = theirs();
    let cases: Vec<Case> = forwards(&theirs, "#customer\n\nPlease look into it.").collect();
    assert!(cases.len() > 2_000, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let (read, own) = forwarded(&case.bytes);
        let right = read.as_ref().is_some_and(|read| {
            read.from
                .as_ref()
                .is_some_and(|from| from.to_string() == "Ada Lovelace <ada@example.org>")
                && read.subject.as_deref() == Some("Printer on fire")
                && read.to.iter().map(|to| to.address.as_str()).eq(["bob@desk.test"])
                && read.date.is_some()
                && lines(&read.text) == lines(&theirs.text)
        });
        if !right || lines(&own) != lines(&case.words) {
            wrong.push((
                case.name.clone(),
                format!(
                    "{}\n--- text\n{}\n--- read\n{read:?}\n--- own\n{own}",
                    case.name,
                    parse(&case.bytes).text
                ),
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", told(&wrong, cases.len()));
}

/// A mail of that subject and text.
fn plain(subject: &str, text: &str) -> Option<Forwarded> {
    forwarded(
        format!("From: bob@desk.test\nTo: support@desk.test\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}")
            .as_bytes(),
    )
    .0
}

#[test]
fn a_forward_that_names_nobody_surely_says_why() {
    let block = |from: &str| {
        format!(
            "Look.\n\nFrom: {from}\nSent: Thursday, November 19, 2026 8:05 AM\nTo: Bob Baker\nSubject: Printer\n\nIt burns.\n"
        )
    };
    let texts = Texts::new("en", BTreeMap::new());
    for (from, why) in [
        ("Ada Lovelace", "the forwarded mail names Ada Lovelace, but no address"),
        (
            "Ada Lovelace/Example@Example",
            "the forwarded mail names Ada Lovelace/Example@Example, but no address",
        ),
        ("", "the forwarded mail does not say who wrote it"),
        (
            "Alice <alice@desk.test>",
            "the forwarded mail was written by alice@desk.test, who is one of us",
        ),
        (
            "Assistant <dave@other.test> On Behalf Of Ada <ada@example.org>",
            "the forwarded mail names several senders: dave@other.test, ada@example.org",
        ),
        (
            "Ada <ada@example.org>; Dave <dave@other.test>",
            "the forwarded mail names several senders: ada@example.org, dave@other.test",
        ),
    ] {
        let read = plain("FW: Printer", &block(from)).unwrap_or_else(|| panic!("{from}"));
        let said = Complaint::NoCustomer { why: read.why, candidates: Vec::new() };
        let words = texts.say(&said);
        assert_eq!((words.split("; answer").next(), read.from), (Some(why), None), "{from}");
        assert_eq!(read.text, "It burns.");
    }
    for from in [
        "Ada Lovelace <ada@example.org>",
        "Ada Lovelace [mailto:ada@example.org]",
        "Ada Lovelace [ada@example.org]",
        "Ada Lovelace <ada@example.org<mailto:ada@example.org>>",
        "Ada Lovelace <mailto:ada@example.org>",
        "Ada Lovelace (ada@example.org)",
        "\"Lovelace, Ada\" <ada@example.org>",
        "Lovelace, Ada <ada@example.org>",
        "'Ada Lovelace' <ada@example.org>",
        "ada@example.org <ada@example.org>",
        "ada@example.org<mailto:ada@example.org>",
        "<ada@example.org>",
        "ada@example.org",
    ] {
        let read = plain("FW: Printer", &block(from)).unwrap_or_else(|| panic!("{from}"));
        assert_eq!(
            read.from.map(|from| from.address.as_str().to_owned()).as_deref(),
            Some("ada@example.org"),
            "{from} {:?}",
            read.why
        );
    }
}

#[test]
fn the_outermost_header_counts_and_mails_side_by_side_are_a_question() {
    let gmail = |from: &str, text: &str| {
        format!(
            "---------- Forwarded message ---------\nFrom: {from}\nDate: Thu, Nov 19, 2026 at 8:05 AM\nSubject: Printer\nTo: <bob@desk.test>\n\n{text}"
        )
    };
    let twice = gmail("Dave <dave@other.test>", &gmail("Ada <ada@example.org>", "It burns."));
    let read = plain("Fwd: Printer", &twice).unwrap();
    assert_eq!(read.from.unwrap().address.as_str(), "dave@other.test");
    assert!(read.text.ends_with("It burns."), "{}", read.text);

    let mutt = |from: &str, text: &str| {
        format!(
            "----- Forwarded message from {from} -----\n\nDate: Thu, 19 Nov 2026 08:05:00 +0100\nFrom: {from}\nTo: bob@desk.test\nSubject: Printer\n\n{text}\n\n----- End forwarded message -----\n"
        )
    };
    let nested =
        mutt("Dave <dave@other.test>", &mutt("Ada <ada@example.org>", "It burns.\n#close"));
    let read = plain("Fwd: Printer", &nested).unwrap();
    assert_eq!((read.from.unwrap().address.as_str(), read.why), ("dave@other.test", None));
    assert!(
        split_under("", &nested).iter().all(|block| block.role == Role::Forward),
        "an end within is no end"
    );

    let both = format!(
        "{}\n{}",
        mutt("Dave <dave@other.test>", "One."),
        mutt("Ada <ada@example.org>", "Two.")
    );
    let read = plain("Fwd: Printer", &both).unwrap();
    assert!(
        matches!(&read.why, Some(Ambiguity::SeveralMails { all }) if all.len() == 2),
        "{:?}",
        read.why
    );
    assert_eq!((read.from, read.text.as_str()), (None, "One.\n\nTwo."));

    let same = format!(
        "{}\n{}",
        mutt("Ada <ada@example.org>", "One."),
        mutt("Ada <ada@example.org>", "Two.")
    );
    assert_eq!(
        plain("Fwd: Printer", &same).unwrap().from.unwrap().address.as_str(),
        "ada@example.org"
    );
}

#[test]
fn a_header_over_a_history_is_no_forward_where_the_mail_answers() {
    let text = "Look.\n\nFrom: Ada <ada@example.org>\nSent: Thursday, November 19, 2026 8:05 AM\nTo: Bob Baker\nSubject: Printer\n\nIt burns.\n";
    assert_eq!(plain("Re: Printer", text), None);
    assert_eq!(plain("AW: FW: Printer", text), None);
    assert_eq!(
        plain(
            "Printer",
            "Look.\n\nOn 22 Nov 2026 at 9:15, Ada <ada@example.org> wrote:\n> It burns.\n"
        ),
        None
    );
    assert_eq!(plain("Printer", "No mail at all."), None);
    // Whoever deletes the prefix still passes it on.
    assert_eq!(
        plain("Ada's printer", text).unwrap().from.unwrap().address.as_str(),
        "ada@example.org"
    );
    // A header that the writer set into the text is not the client's.
    let deeper = "---------- Forwarded message ---------\nAvsändarens namn: Eve\n\nFrom: Ada <ada@example.org>\nSent: today\nTo: Bob\nSubject: x\n\nPay.";
    assert_eq!(plain("Fwd: Printer", deeper).unwrap().why, Some(Ambiguity::NoSender));
    let missing =
        plain("Fwd: Printer", "---------- Forwarded message ---------\n\nIt burns.").unwrap();
    assert_eq!(missing.why, Some(Ambiguity::NoSender));
}

#[test]
fn prefixes_are_taken_off_subjects() {
    for (subject, base) in [
        ("Fwd: WG: TR: RV: I: Doorst: PD: VS: VB: Printer", "Printer"),
        ("转发: 答复：전달: 회신: 轉寄: Printer", "Printer"),
        ("İLT: YNT: Re[2]: RE(3): TR : Printer", "Printer"),
        ("[Fwd: Printer]", "Printer"),
        ("ENC: RES: Re: Re: Printer: tray 2", "Printer: tray 2"),
        ("Printer: Re: tray", "Printer: Re: tray"),
        ("Refund: where?", "Refund: where?"),
        ("Re:", ""),
        ("", ""),
    ] {
        assert_eq!(without_prefixes(subject), base, "{subject}");
    }
}

#[test]
fn hostile_forwards_are_read_in_time() {
    let many = |line: &str| format!("{line}\n").repeat(15_000);
    let begin = "---------- Forwarded message ---------\n";
    for text in [
        many("From: x"),
        format!("{begin}{}", many("From: x")),
        format!("{begin}{}", many("From x")),
        format!("{begin}From: {}", "a <a@example.org>, ".repeat(50_000)),
        format!("{begin}From: {}", "<mailto:".repeat(50_000)),
        format!("{begin}From: {}", "((((".repeat(50_000)),
        format!("{begin}{}", many("> From: x\n> To: y")),
        many("----- Forwarded message from x -----\nFrom: x\n----- End forwarded message -----"),
        many("----- Forwarded message from x -----"),
        many("> Date: x\nx"),
        many(">"),
        "From".repeat(300_000),
    ] {
        let begun = crate::cpu::used();
        let _ = plain("Fwd: x", &text);
        let _ = plain("VS: x", &text);
        let took = crate::cpu::used() - begun;
        assert!(took < std::time::Duration::from_secs(20), "{took:?}: {:.40}", text);
    }
    let subject = "Re: ".repeat(100_000);
    assert!(without_prefixes(&subject).len() < subject.len());
}
