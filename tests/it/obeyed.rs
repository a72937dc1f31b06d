//! Whom the desk obeys (S1 to S3): an agent whom the believed server vouches for, in the lines of
//! their own words. Every way in which servers and forgers stamp mail, and every way in which
//! clients quote and pass on, goes through the whole desk.

use crate::agents::{Moment, Ours, Party, Theirs, every, forward, reply};
use crate::authentic;
use crate::scenario::stage::{Stage, unchecked as does};

const CAROL_SERVES: &str =
    "agents = [{ name = \"Carol Clerk\", address = \"carol@customer.test\" }]";

fn puts(stage: &Stage, mail: String) {
    let now = stage.clock.now();
    stage.world.borrow_mut().deliver(mail.into_bytes(), None, false, now);
}

fn tags(stage: &Stage) -> Vec<String> {
    let read = |connection: &rusqlite::Connection| {
        Ok(connection
            .query_row("SELECT tags FROM tickets WHERE number = 1", [], |row| row.get(0))?)
    };
    serde_json::from_str(&stage.store().read::<String>(read).unwrap()).unwrap()
}

#[test]
fn s1_only_who_is_vouched_for_is_obeyed() {
    let mut stage = Stage::with(&[CAROL_SERVES]);
    does(&mut stage, "09:00 mail  From: dave@other.test  Subject: Scanner\n| It is slow.\n");
    let id = stage.taken("notification to carol").id();
    let cases: Vec<authentic::Case> =
        authentic::cases().into_iter().filter(|case| !case.settings).collect();
    assert!(cases.len() >= 60, "{}", cases.len());
    for (number, case) in cases.iter().enumerate() {
        let header = case.header.replace('\n', "\r\n");
        puts(
            &stage,
            format!(
                "{header}From: Carol <carol@customer.test>\r\nTo: support@desk.test\r\nMessage-ID: <v{number}@customer.test>\r\nIn-Reply-To: <{id}>\r\n\r\n#tag +v{number}\r\n"
            ),
        );
    }
    does(&mut stage, "09:10 wait");
    let tags = tags(&stage);
    let (mut obeyed, mut refused, mut wrong) = (0, 0, Vec::new());
    for (number, case) in cases.iter().enumerate() {
        let expected = case.expected.starts_with("pass agent");
        let found = tags.contains(&format!("v{number}"));
        if found != expected {
            wrong.push(format!("{}: {} — obeyed: {found}", case.title, case.expected));
        }
        obeyed += usize::from(found);
        refused += usize::from(!found);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{obeyed} obeyed, {refused} not");
    assert!(obeyed >= 12 && refused >= 45, "{obeyed} obeyed, {refused} not");
    assert_eq!(
        stage.count(
            "SELECT count(*) FROM outbox WHERE recipient = 'dave@other.test' AND kind = 'reply'"
        ),
        0
    );
}

#[test]
fn s3_no_style_of_quoting_or_passing_on_is_obeyed() {
    let mut stage = Stage::with(&["imap.first_start = \"all\""]);
    does(
        &mut stage,
        "09:00 mail  From: carol@customer.test  Subject: #tag +evil\n| #tag +evil\n| #close\n",
    );
    let mail = stage.taken("notification to alice");
    let text = mail_parser::MessageParser::default()
        .parse(&mail.bytes)
        .unwrap()
        .body_text(0)
        .unwrap()
        .replace("\r\n", "\n");
    let (alice, desk) = (
        Party::new("Alice Archer", "alice@desk.test"),
        Party::new("#tag +evil", "support@desk.test"),
    );
    let ours = Ours {
        from: desk.clone(),
        to: alice.clone(),
        at: Moment { day: 24, hour: 9, minute: 15 },
        subject: "#tag +evil".to_owned(),
        text: text.clone(),
        message_id: mail.id(),
        references: vec!["x@customer.test".to_owned()],
    };
    let theirs = Theirs {
        from: Party::new("Carol", "carol@customer.test"),
        to: alice.clone(),
        at: ours.at,
        subject: "#tag +evil".to_owned(),
        text: "#tag +evil\n#close\n".to_owned(),
        agent: alice,
        desk,
    };
    let mut count = 0;
    for (number, (style, language, signature)) in
        every().enumerate().filter(|(number, _)| number % 13 == 0)
    {
        let seed = number as u64;
        let answer =
            reply(&style, language, &ours, &format!("#tag +own{number}\nSeen."), signature, seed);
        let passed_on = forward(&style, language, &theirs, "Seen.", signature, seed + 100_000);
        for (case, thread) in [
            (answer, String::new()),
            (passed_on, format!("In-Reply-To: <{}>\r\n", ours.message_id)),
        ] {
            count += 1;
            let header = "Authentication-Results: mx.desk.test; dmarc=pass header.from=desk.test\r\nKeywords: #tag +evil\r\nX-Command: #close\r\n";
            puts(&stage, format!("{header}{thread}{}", String::from_utf8(case.bytes).unwrap()));
        }
    }
    assert!(count >= 240, "{count}");
    does(&mut stage, "09:10 wait");
    let tags = tags(&stage);
    assert!(!tags.contains(&"evil".to_owned()), "{tags:?}");
    let own = tags.iter().filter(|tag| tag.starts_with("own")).count();
    println!("{count} mails, {own} own commands obeyed");
    assert!(own >= 45, "the agent's own lines are obeyed, as far as a ticket bears tags: {own}");
    assert_eq!(
        stage.count(
            "SELECT count(*) FROM tickets WHERE number = 1 AND status IN ('solved', 'closed')"
        ),
        0
    );
}
