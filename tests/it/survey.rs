//! Answers to the question how somebody was served (`fixtures/survey/replies.txt`), in a mail that
//! answers the one that asked it: which are marks, and which want something.
//!
//! A case is `===`, the mark or `more` or `none`, and the text of a mail. `more` opens the ticket
//! again, `review` for a lead; a mark alone and thanks leave it solved.

use std::fmt::Write as _;

use postdesk::desk::{Promised, Status, Survey};
use postdesk::mail::TicketNumber;
use postdesk::store::{tickets, view};

use super::scenario::stage::{Stage, unchecked};

const AGENTS: &str = r#"agents = [{ name = "Bob Brown", address = "bob@desk.test" }, { name = "Lea Lead", address = "lea@desk.test", role = "lead" }]"#;

fn cases() -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for (_, text) in super::tidy::files("fixtures/survey", "txt") {
        for case in format!("\n{text}").split("\n=== ").skip(1) {
            let (kind, text) = case.split_once('\n').unwrap();
            cases.push((kind.to_owned(), text.trim_end_matches('\n').to_owned()));
        }
    }
    cases
}

/// A desk at which nobody hears too much.
fn begun() -> Stage {
    Stage::with(&[
        "limits.notifications_per_agent_and_hour = 100000",
        "limits.acknowledgements_per_address_and_day = 100000",
        "limits.acknowledgements_per_hour = 100000",
        "survey.every = \"0s\"",
        AGENTS,
    ])
}

/// What becomes of a ticket whose customer answers so when it is solved.
fn becomes(stage: &mut Stage, number: usize, text: &str) -> String {
    let from = "From: Carol Cole <carol@customer.test>  Subject: ";
    unchecked(stage, &format!("+1s mail  {from}Scanner\n| It is slow.\n"));
    let told = format!("In-Reply-To: {{notification to bob on #{number}}}");
    let bob = format!("From: bob@desk.test  Subject: Re: [#{number}] Scanner  {told}");
    unchecked(stage, &format!("+1s mail  {bob}\n| #close\n| Please clean the glass.\n"));
    let lines: String = text.lines().map(|line| format!("| {line}\n")).collect();
    let reply =
        format!("{from}Re: [#{number}] Scanner  In-Reply-To: {{reply to carol on #{number}}}");
    unchecked(stage, &format!("+1s mail  {reply}\n{lines}"));
    let number = TicketNumber(number.try_into().unwrap());
    let ticket = stage.store().read(|connection| tickets::load(connection, number));
    let ticket = ticket.unwrap().unwrap();
    let mark = ticket.survey.and_then(|Survey { mark, .. }| mark);
    let mark = mark.map_or_else(String::new, |mark| mark.to_string());
    let review = ticket.promises.iter().any(|one| one.is_open() && one.what == Promised::Review);
    let more = ticket.targets.iter().any(|one| one.is_open());
    match (mark.as_str(), ticket.status, review) {
        ("", Status::Solved, false) => "none".to_owned(),
        ("", Status::Open, false) if more => "more".to_owned(),
        (mark, Status::Solved, false) => mark.to_owned(),
        (mark, Status::Open, true) => format!("{mark} review"),
        (mark, Status::Open, false) => format!("{mark} more"),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_mark_is_known_and_no_question_is_swallowed() {
    let cases = cases();
    let mut stage = begun();
    let mut wrong = String::new();
    for (at, (kind, text)) in cases.iter().enumerate() {
        let is = becomes(&mut stage, at + 1, text);
        // What else a bad mark says is for the lead to read.
        if is != kind.trim_end_matches(" more") && is != *kind {
            let _ = writeln!(wrong, "{kind}, is {is}: {text:?}");
        }
        let wants = kind.ends_with("more") || kind.contains("review");
        assert!(!wants || is.parse::<u8>().is_err(), "swallowed: {text:?}");
    }
    assert!(cases.len() >= 100, "{} cases", cases.len());
    assert!(wrong.is_empty(), "{wrong}");
}

/// Words that no language knows beside a mark make a message of it, in whatever order.
#[test]
fn marks_with_whatever_beside_them_are_messages_too() {
    let mut stage = begun();
    let marks = ["5!", "4 -", "Very good.", "⭐⭐⭐⭐"];
    let more = [
        "When does he come?",
        "It crashes again.",
        "And the invoice?",
        "Das geht nicht.",
        "Merci, mais il reste un problème.",
        "printer two",
        "Please call me: 020 7946 0000",
        "2 are left",
    ];
    let (mut swallowed, mut number) = (String::new(), 0);
    for mark in marks {
        for more in more {
            for text in
                [format!("{mark} {more}"), format!("{more} {mark}"), format!("{mark}\n\n{more}")]
            {
                number += 1;
                let is = becomes(&mut stage, number, &text);
                if !is.ends_with("more") && !is.ends_with("review") {
                    let _ = writeln!(swallowed, "{is}: {text:?}");
                }
            }
        }
    }
    assert!(swallowed.is_empty(), "{swallowed}");
}

#[test]
fn a_mark_is_shown() {
    let mut stage = begun();
    assert_eq!(becomes(&mut stage, 1, "4 - thanks, Bob was quick"), "4");
    let shown = stage.store().read(|connection| view::show(connection, TicketNumber(1)));
    let shown = serde_json::to_value(shown.unwrap().unwrap()).unwrap();
    let survey = &shown["survey"];
    assert_eq!(survey["mark"], 4, "{survey}");
    assert_eq!(survey["text"], "4 - thanks, Bob was quick");
    assert_eq!(survey["agent"], "bob@desk.test");
    assert!(survey["at"].as_str().unwrap().ends_with('Z'), "{survey}");
}
