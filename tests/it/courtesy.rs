//! Plain words of customers: "thanks" and "solved" open nothing again, anything more does
//! (`fixtures/courtesy`).
//!
//! A case is `=== thanks`, `=== content` or `=== more`, and the text of a mail. What thanks opens
//! neither what waits nor what is solved, what says that all is well opens or solves what waits.

use std::fmt::Write as _;

use super::scenario::stage::{Stage, does, unchecked};

fn cases() -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for (_, text) in super::tidy::files("fixtures/courtesy", "txt") {
        for case in format!("\n{text}").split("\n=== ").skip(1) {
            let (kind, text) = case.split_once('\n').unwrap();
            cases.push((kind.to_owned(), text.trim_end().to_owned()));
        }
    }
    cases
}

/// Whether the text changes a ticket of that status: it is open again, or what waited is solved.
fn opens(stage: &mut Stage, status: &str, kind: &str, text: &str) -> bool {
    unchecked(stage, &format!("+1m set #1 {status}\n"));
    let lines: String = text.lines().map(|line| format!("| {line}\n")).collect();
    let subject = "From: Carol Case <carol@customer.test>  Subject: Re: [#1] Scanner";
    let mail = format!("+1m mail  {subject}  In-Reply-To: {{ack to carol}}{kind}\n{lines}");
    unchecked(stage, &mail);
    let same = format!("SELECT count(*) FROM tickets WHERE status = '{status}'");
    stage.count(&same) == 0
}

fn begun() -> Stage {
    let mut stage = Stage::with(&["limits.notifications_per_agent_and_hour = 100000"]);
    does(&mut stage, "09:00 mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n");
    stage
}

#[test]
fn plain_words_open_nothing_again() {
    let cases = cases();
    let mut stage = begun();
    let mut wrong = String::new();
    for (kind, text) in &cases {
        let (solved, waits) = match kind.as_str() {
            "thanks" => (false, false),
            "content" => (false, true),
            "more" => (true, true),
            other => panic!("no such kind: {other}"),
        };
        for (status, expected) in [("solved", solved), ("pending", waits)] {
            if opens(&mut stage, status, "", text) != expected {
                let _ = writeln!(wrong, "{kind} on {status}: {text:?}");
            }
        }
    }
    assert!(cases.len() >= 150, "{} cases", cases.len());
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_page_thanks_like_a_text() {
    let mut stage = begun();
    let page = "  Content-Type: text/html; charset=utf-8";
    let quoted = "<div class=\"gmail_quote\"><div class=\"gmail_attr\">On Tue, 24 Nov 2026 at 09:10, Alice &lt;support@desk.test&gt; wrote:<br></div><blockquote>It was the belt.</blockquote></div>";
    for thanks in ["Thanks!", "<b>Vielen&nbsp;Dank</b> f&uuml;r Ihre Hilfe!<br><br>Carol Case"] {
        let text = format!("<html><body><div dir=\"ltr\">{thanks}</div><br>{quoted}</body></html>");
        assert!(!opens(&mut stage, "solved", page, &text), "{thanks}");
    }
    let text = format!("<html><body><p>Thanks, but it fails.</p>{quoted}</body></html>");
    assert!(opens(&mut stage, "solved", page, &text));
}
