//! Which first mails say too little (`fixtures/intake`): those of `complete.txt` are never asked,
//! those of `vague.txt` for what stands beside them.
//!
//! A case is `=== ` and a subject, then the text; a vague one has before the subject its language
//! and what is missing: `=== en: number wrong | Problem with invoice`.

use std::fmt::Write as _;

use postdesk::desk::intake::{Report, Vague, vague_in, vague_in_any};

use super::scenario::stage::{Stage, unchecked};
use super::tidy::files;

/// Heads and texts of a file.
fn cases(name: &str) -> Vec<(String, String)> {
    let all = files("fixtures/intake", "txt");
    let (_, text) = all.into_iter().find(|(path, _)| path.ends_with(name)).unwrap();
    let text = format!("\n{text}");
    let cases = text.split("\n=== ").skip(1).map(|case| {
        let (head, text) = case.split_once('\n').unwrap_or((case, ""));
        (head.to_owned(), text.trim_end().to_owned())
    });
    cases.collect()
}

fn read(subject: &str, text: &str) -> Option<Vague> {
    vague_in_any(Report { subject, text, names: &["Example Desk", "Bob"] })
}

#[test]
fn complete_reports_are_never_asked() {
    let cases = cases("complete.txt");
    assert!(cases.len() >= 100, "{}", cases.len());
    let mut wrong = String::new();
    for (subject, text) in &cases {
        if let Some(vague) = read(subject, text) {
            let _ = writeln!(wrong, "{subject:?} {text:?}: {vague:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn vague_reports_are_asked_for_what_they_lack() {
    let cases = cases("vague.txt");
    assert!(cases.len() >= 80, "{}", cases.len());
    let mut wrong = String::new();
    for (head, text) in &cases {
        let (wanted, subject) = head.split_once('|').unwrap();
        let (language, missing) = wanted.split_once(": ").unwrap();
        let missing: Vec<&str> = missing.split_whitespace().collect();
        let report = Report { subject: subject.trim(), text, names: &["Example Desk", "Bob"] };
        let found = vague_in(report, language).map(|vague| vague.missing);
        if found.as_ref() != Some(&missing) {
            let _ = writeln!(wrong, "{head:?} {text:?}: {found:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// How many of those mails make a ticket that waits for its customer.
fn waiting(cases: &[(String, String)]) -> (i64, Stage) {
    let mut stage = Stage::with(&["limits.notifications_per_agent_and_hour = 100000"]);
    for (at, (subject, text)) in cases.iter().enumerate() {
        let subject =
            if subject.is_empty() { String::new() } else { format!("  Subject: {subject}") };
        let lines: String = text.lines().map(|line| format!("| {line}\n")).collect();
        let from = format!("From: Carol Case <carol{at}@customer.test>");
        unchecked(&mut stage, &format!("+1s mail  {from}{subject}\n{lines}"));
    }
    (stage.count("SELECT count(*) FROM tickets WHERE status = 'pending'"), stage)
}

#[test]
fn the_desk_asks_the_vague_and_nobody_else() {
    // Some of them: the reader was shown them all above.
    let complete: Vec<_> = cases("complete.txt").into_iter().step_by(6).collect();
    let (asked, _) = waiting(&complete);
    assert_eq!(asked, 0, "complete reports were asked");
    let vague: Vec<(String, String)> = cases("vague.txt")
        .into_iter()
        .filter_map(|(head, text)| {
            let (wanted, subject) = head.split_once('|')?;
            wanted.starts_with("en: ").then(|| (subject.trim().to_owned(), text))
        })
        .step_by(3)
        .collect();
    let (asked, stage) = waiting(&vague);
    assert_eq!(asked, vague.len() as i64, "{:?}", stage.count("SELECT count(*) FROM tickets"));
}
