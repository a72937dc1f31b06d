//! What is read in the mails that agents' clients write: their words, all of them and nothing else.

use super::*;
use postdesk::mail::parse::parse;
use postdesk::mail::quote::{new_text_of, split_under};
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
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty()).collect()
}

/// Wrong cases by style, with the first of each.
fn told(wrong: &[(String, String)], of: usize) -> String {
    let mut styles: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (name, told) in wrong {
        let style = styles.entry(name.split('/').next().unwrap()).or_insert((0, told));
        style.0 += 1;
    }
    let mut out = format!("{} of {of} wrong: {}\n", wrong.len(), wrong.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "));
    for (style, (count, first)) in styles {
        let _ = writeln!(out, "##### {style}: {count}\n{first}");
    }
    out
}

#[test]
fn replies_give_the_agents_words_and_nothing_of_ours() {
    let ours = ours();
    let cases: Vec<Case> = replies(&ours, "#priority high\n#assign alice@desk.test").collect();
    assert!(cases.len() > 1_200, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let mail = parse(&case.bytes);
        assert_eq!(mail.references.len(), 3, "{}", case.name);
        assert!(mail.defects.is_empty(), "{}: {:?}", case.name, mail.defects);
        let blocks = split_under(mail.subject.as_deref().unwrap_or(""), &mail.text);
        let read = new_text_of(&blocks);
        if lines(&read) != lines(&case.words) {
            wrong.push((case.name.clone(), format!("{}\n--- text\n{}\n--- read\n{read}\n--- words\n{}", case.name, mail.text, case.words)));
        }
    }
    assert!(wrong.is_empty(), "{}", told(&wrong, cases.len()));
}
