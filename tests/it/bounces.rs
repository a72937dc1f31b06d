//! Bounces of an answer in the forms that servers give them, as they arrive: each reaches its
//! ticket, and the agent who wrote the answer hears of it.

use std::fs;
use std::path::Path;

use super::scenario::script::Script;
use super::scenario::stage::{Stage, does};

const FORMS: &str = "fixtures/bounce";

const BEGUN: &str = "09:00 mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n\
    09:10 mail  From: alice@desk.test  Subject: Re: [#1] Scanner  In-Reply-To: {notification to alice}\n| Have you cleaned the glass?\n";

/// What is wrong with what became of that bounce.
fn wrong(name: &str, text: &str) -> Option<String> {
    let mut stage = Stage::with(&[]);
    let lines: String = text.lines().map(|line| format!("| {line}\n")).collect();
    let script = Script::parse("(bounce)", &format!("{BEGUN}09:12 raw\n{lines}"));
    let (mut told, mut happened) = (0, Vec::new());
    for step in &script.steps {
        told = stage.taken_for("alice@desk.test");
        happened = stage.play(step);
    }
    let filed = "SELECT count(*) FROM inbox WHERE id = 3 AND origin = 'bounce' AND outcome = 'record' AND ticket = 1";
    let row =
        "SELECT count(*) FROM outbox WHERE kind = 'reply' AND state = 'refused' AND ticket = 1";
    let right = stage.count(filed) == 1
        && stage.count(row) == 1
        && stage.taken_for("alice@desk.test") == told + 1
        && stage.count("SELECT count(*) FROM tickets") == 1;
    (!right).then(|| format!("{name}:\n  {}", happened.join("\n  ")))
}

#[test]
fn each_form_reaches_its_ticket() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FORMS);
    let mut wrongs = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        wrongs.extend(wrong(&name, &fs::read_to_string(&path).unwrap()));
        count += 1;
    }
    assert!(count >= 10, "{count} forms");
    assert!(wrongs.is_empty(), "{} of {count}:\n{}", wrongs.len(), wrongs.join("\n"));
}

/// A person who passes an answer of ours on, or asks about it, is none.
#[test]
fn a_person_who_passes_our_mail_on_is_no_server() {
    let mut stage = Stage::with(&[]);
    let text = "From: Dave <dave@other.test>\nTo: support@desk.test\nSubject: Fwd: was this not delivered?\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=\"f\"\n\n--f\nContent-Type: text/plain\n\nCarol gave me this.\n--f\nContent-Type: message/rfc822\n\n\
        From: support@desk.test\nTo: <carol@customer.test>\nMessage-ID: {reply to carol}\n\nHave you?\n--f--\n";
    let lines: String = text.lines().map(|line| format!("| {line}\n")).collect();
    does(&mut stage, &format!("{BEGUN}09:12 raw\n{lines}"));
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE origin = 'bounce'"), 0);
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE id = 3 AND outcome = 'message'"), 1);
}

/// An absence that carries what it answers is none either.
#[test]
fn an_absence_with_our_mail_in_it_is_no_bounce() {
    let mut stage = Stage::with(&[]);
    let text = "From: Carol <carol@customer.test>\nTo: support@desk.test\nSubject: Re: [#1] Scanner\nAuto-Submitted: auto-replied\n\
        In-Reply-To: {reply to carol}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"f\"\n\n--f\n\
        Content-Type: text/plain\n\nI am away until Monday.\n--f\nContent-Type: message/rfc822\n\n\
        From: support@desk.test\nTo: <carol@customer.test>\nMessage-ID: {reply to carol}\n\nHave you?\n--f--\n";
    let lines: String = text.lines().map(|line| format!("| {line}\n")).collect();
    does(&mut stage, &format!("{BEGUN}09:12 raw\n{lines}"));
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE id = 3 AND origin = 'auto-reply'"), 1);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE state = 'refused'"), 0);
}
