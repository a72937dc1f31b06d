//! Whatever an agent writes, and however they mix commands with text: the laws hold. No line that
//! looks like a command and no word of a note is ever in a mail to a customer; a mail is obeyed as
//! a whole or not at all.

use proptest::prelude::*;

use super::made::runner;
use super::scenario::stage::{Stage, does};

/// Lines as they occur in agents' mails: right, wrong, in disguise, and plain text.
const LINES: [&str; 40] = [
    "",
    "",
    "#close",
    "#reopen",
    "#note",
    "#note",
    "#reply",
    "#assign bob",
    "#assign none",
    "#take",
    "#tag +lamp",
    "#priority high",
    "#title Lamp",
    "#cc ada@example.org",
    "#uncc ada@example.org",
    "#customer dave@other.test",
    "#pending 2d",
    "#remind 1h the glass",
    "#time 5m",
    "#due tomorrow",
    "#escalate bob the customer is a liar",
    "#escalate this one never pays",
    "#spam",
    "#stop",
    "#help",
    "#clsoe",
    "#CLOSE.",
    "＃close",
    "# note",
    "- #close",
    "“#note”",
    "#frobnicate",
    "#12 is the part",
    "Thank you for the lamp.",
    "The customer is mad, I think.",
    "It hums and it hums.",
    "> It is slow.",
    "> Reply → goes to carol@customer.test",
    "-- ",
    "Sent from my phone, #close or not",
];

const BEGUN: &str = "09:00 ticket  From: carol@customer.test  Subject: Scanner\n| It is slow.\n";

fn mail(stage: &mut Stage, lines: &[usize]) {
    let body: String = lines.iter().map(|line| format!("| {}\n", LINES[*line])).collect();
    let text = format!(
        "+1m mail  From: alice@desk.test  Subject: Re: [#1] Scanner  In-Reply-To: {{last to alice on #1}}\n{body}"
    );
    does(stage, &text);
}

#[test]
fn nothing_that_looks_like_a_command_and_no_note_leaves() {
    let lines = prop::collection::vec(0..LINES.len(), 0..7);
    let mails = prop::collection::vec(lines, 1..6);
    let reached = std::cell::Cell::new(0);
    let result = runner(90).run(&mails, |mails| {
        let mut stage = Stage::with(&[]);
        does(&mut stage, BEGUN);
        for lines in &mails {
            // `play` checks all laws: what leaks, what is folded, what was deserved.
            mail(&mut stage, lines);
        }
        reached.set(
            reached.get()
                + stage.count("SELECT count(*) FROM outbox WHERE kind IN ('reply', 'notice')"),
        );
        Ok(())
    });
    result.unwrap();
    assert!(reached.get() > 20, "the mixes say something now and then: {}", reached.get());
}

#[test]
fn a_held_mail_changes_nothing() {
    let all = |stage: &Stage| {
        (
            stage.count("SELECT sum(version) FROM tickets"),
            stage.count("SELECT count(*) FROM entries"),
            stage.count("SELECT count(*) FROM tickets, json_each(wakes)"),
        )
    };
    let good = prop::collection::vec(2..25usize, 1..5);
    let result = runner(30).run(&(good, 0..3usize), |(mut lines, place)| {
        lines.insert(
            place.min(lines.len()),
            LINES.iter().position(|line| *line == "#clsoe").unwrap(),
        );
        let mut stage = Stage::with(&[]);
        does(&mut stage, BEGUN);
        let before = all(&stage);
        mail(&mut stage, &lines);
        prop_assert_eq!(all(&stage), before);
        prop_assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE outcome = 'held'"), 1);
        Ok(())
    });
    result.unwrap();
}
