//! The step `ticket`: with it most conversations begin, and what follows from it is not written
//! down. It is demanded instead, word for word.

use std::fmt::Write;

use super::happens;
use super::report::stamp;
use super::script::{Script, Step, parts};
use super::stage::Stage;

/// What the mail of a step must cause: a ticket with its message, the promise of the queue's hours,
/// one acknowledgement, one notification to each agent of the queue. Told before it is played.
pub fn of(stage: &Stage, step: &Step) -> Vec<String> {
    let (fields, _) = parts(&step.rest);
    let value = |name: &str| {
        let field = fields.iter().find(|(field, _)| field == name);
        field.map_or_else(|| panic!("a ticket has a {name}"), |(_, value)| value.as_str())
    };
    let (from, subject) = (address(value("From")), value("Subject"));
    let (mail, number) = stage.next();
    let config = stage.config();
    let queue = config.queues.first().unwrap();
    let due = queue.hours.after(stage.clock.now(), queue.sla.normal.first_answer).unwrap();
    let mut lines = vec![
        format!("mail {mail} message #{number}: answers nothing that we know"),
        format!("#{number} opened by {from}: {subject}"),
        format!("#{number} message by {from}"),
        format!("#{number} promised: first answer by {}", stamp(due, &config.desk.time_zone)),
        format!("out {from} \"[#{number}] {subject}\" acknowledgement"),
    ];
    let agents = config.agents_of(&queue.name);
    lines.extend(
        agents.map(|agent| format!("out {} \"[#{number}] {subject}\" notification", agent.address)),
    );
    lines
}

/// The address in a field: the whole, or what stands in angle brackets.
pub fn address(from: &str) -> &str {
    from.rsplit_once('<').map_or(from, |(_, rest)| rest).trim_end_matches('>')
}

/// Nothing less, nothing else, nothing more.
pub fn demand(ordinary: &[String], happened: &[String]) {
    let mut shown = String::from("no ordinary ticket, write `mail` and what it causes:\n");
    for line in happened {
        writeln!(shown, "=> {line}").unwrap();
    }
    for line in ordinary.iter().filter(|line| !happened.contains(line)) {
        writeln!(shown, "ordinary would be: {line}").unwrap();
    }
    assert!(ordinary == happened, "{shown}");
}

const STEP: &str = "09:00 ticket  From: Carol Cook <carol@customer.test>  Subject: Lamp";

fn played(text: &str) -> Result<(), String> {
    happens(&Script::parse("(ordinary)", text)).map(|lines| {
        assert!(lines.iter().all(Vec::is_empty), "it tells nothing: {lines:?}");
    })
}

#[test]
fn an_ordinary_ticket_says_nothing() {
    for text in [
        format!("{STEP}\n| It is dark.\n"),
        format!("{STEP}\n| It is dark.\n+1m ticket  From: ada@example.org  Subject: Two\n"),
        format!("config hours = {{ monday = \"10:00-12:00\" }}\n{STEP}\n"),
        format!(
            "config agents = [{{ name = \"Cleo Cook\", address = \"cleo@desk.test\" }}]\n{STEP}\n"
        ),
    ] {
        assert_eq!(played(&text), Ok(()), "{text}");
    }
}

#[test]
fn whatever_else_happens_fails_and_is_shown() {
    let mut others = Vec::new();
    for (text, shown) in [
        (format!("{STEP}  auth=fail"), "=> #1 no acknowledgement"),
        (format!("{STEP}  auth=none"), "=> out carol@customer.test \"[#1] We have your message\""),
        (format!("{STEP}  Auto-Submitted: auto-replied"), "=> mail 1 record"),
        (format!("{STEP}  Cc: dave@other.test"), "=> #1 joined by dave@other.test"),
        (format!("{STEP}  count=2"), "=> #2 opened by carol@customer.test"),
        (
            format!("08:00 put  From: dave@other.test  Subject: Two\n{STEP}"),
            "=> #2 opened by carol@customer.test: Lamp",
        ),
        (format!("09:00 relay alice@desk.test 450\n{STEP}"), "=> waits alice@desk.test"),
        (format!("09:00 relay carol@customer.test 550\n{STEP}"), "=> refused carol"),
        (format!("09:00 relay down\n{STEP}"), "=> problem smtp-unreachable"),
        (
            "09:00 ticket  From: alice@desk.test  Subject: My lamp".to_owned(),
            "ordinary would be: out alice@desk.test \"[#1] My lamp\" notification",
        ),
        (
            format!(
                "config limits.notifications_per_agent_and_hour = 1\n{STEP}\n\
                 +1m ticket  From: ada@example.org  Subject: Two"
            ),
            "ordinary would be: out bob@desk.test \"[#2] Two\" notification",
        ),
        (
            format!(
                "{STEP}\n+1m ticket  From: carol@customer.test  Subject: Re: Lamp  \
                 In-Reply-To: {{ack to carol}}"
            ),
            "=> mail 2 message #1",
        ),
        (
            format!("config queues = [{{ name = \"support\", assign = \"round-robin\" }}]\n{STEP}"),
            "=> #1 assigned to",
        ),
    ] {
        let wrong = played(&text).err().unwrap_or_default();
        if !wrong.contains("no ordinary ticket") || !wrong.contains(shown) {
            others.push(format!("{text}\n{wrong}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n\n"));
}
