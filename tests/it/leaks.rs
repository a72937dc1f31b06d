//! Agents' mails by the thousand, right and wrong, in every client's style and language, through
//! the whole desk: nothing from inside ever reaches somebody outside, and nothing that an agent
//! says to a customer is lost.
//!
//! `POSTDESK_LEAKS=40000` in the environment writes so many mails instead; `POSTDESK_LEAKS_FROM=7`
//! begins with that seed.

mod mails;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::agents::{Moment, Ours, Party};
use crate::scenario::invariants::violations;
use crate::scenario::script::Script;
use crate::scenario::stage::{Stage, unchecked as does};
use mails::{Deed, Fate, Seen, Written, squeezed, styles, write};
use postdesk::desk::command::parse::looks_like_command;

/// Mails in each run.
const MAILS: u64 = 2_400;
/// Tickets of one desk, and mails about each.
const TICKETS: u64 = 12;
const MAILS_EACH: u64 = 10;

/// What stands in the fields of agents' mails and is of no concern to customers.
const HIDDEN: [&str; 4] = ["laptop-of-alice", "10.20.30.40", "alice@home.test", "bob@desk.test"];

const SETTINGS: &str = "agents = [{ name = \"Alice Archer\", address = \"alice@desk.test\", aliases = [\"alice@home.test\"] }, \
    { name = \"Bob Brown\", address = \"bob@desk.test\" }]";

fn customer(ticket: u64) -> String {
    format!("carol{ticket}@customer.test")
}

/// A desk with tickets, in each of which the customer wrote, a colleague noted something, and the
/// customer wrote again.
fn opened() -> Stage {
    let mut stage = Stage::with(&[SETTINGS]);
    let put = |stage: &mut Stage, line: String| {
        let script = Script::parse("(leaks)", &line);
        stage.perform(&script.steps[0]);
    };
    for ticket in 1..=TICKETS {
        let who = customer(ticket);
        put(
            &mut stage,
            format!(
                "09:00 put  From: Carol {ticket} <{who}>  Subject: Scanner {ticket}\n| It is slow on Mondays.\n|\n| And loud.\n"
            ),
        );
    }
    does(&mut stage, "09:00 wait");
    for ticket in 1..=TICKETS {
        put(
            &mut stage,
            format!(
                "10:30 put  From: bob@desk.test  Subject: Re: [#{ticket}]  In-Reply-To: {{notification to bob on #{ticket}}}\n\
                 | #note\n| Hidden{ticket}q she never cleans the glass of it.\n| Hidden{ticket}q and owes us money since May.\n"
            ),
        );
    }
    does(&mut stage, "10:30 wait");
    for ticket in 1..=TICKETS {
        let (who, answered) = (customer(ticket), format!("{{ack to carol{ticket} on #{ticket}}}"));
        put(
            &mut stage,
            format!(
                "12:00 put  From: {who}  Subject: Re: Scanner {ticket}  In-Reply-To: {answered}\n| Are you still there?\n"
            ),
        );
    }
    does(&mut stage, "12:00 wait");
    stage
}

/// The notification of that ticket as its reader has it.
fn notification(stage: &Stage, ticket: u64) -> Ours {
    let mail = stage.taken(&format!("notification to alice on #{ticket}"));
    let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
    let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    assert!(
        text.contains("Are you still there?")
            && text.contains(&format!("Hidden{ticket}q and owes")),
        "{text}"
    );
    Ours {
        from: Party::new("Example Desk", "support@desk.test"),
        to: Party::new("Alice Archer", "alice@desk.test"),
        at: Moment { day: 24, hour: 9, minute: 15 },
        subject: parsed.subject().unwrap().to_owned(),
        text,
        message_id: mail.id(),
        references: vec!["first@customer.test".to_owned()],
    }
}

/// What a run found.
#[derive(Default)]
struct Found {
    wrong: Vec<String>,
    /// Of each deed how many mails there were, how many of them were held, and how many words of
    /// told ones arrived.
    deeds: BTreeMap<Deed, (usize, usize, usize)>,
}

/// One desk: its agents write, and all that left is looked at.
fn run(seeds: std::ops::Range<u64>, found: &mut Found) {
    let mut stage = opened();
    stage.allowed.insert("mail left alone".to_owned());
    let all = styles();
    let mut written: Vec<(u64, u32, Written)> = Vec::new();
    for seed in seeds {
        let ticket = 1 + seed % TICKETS;
        let mut ours = notification(&stage, ticket);
        if seed % 5 == 0 {
            ours.to.address = "alice@home.test".to_owned();
        }
        let noted = format!("Hidden{ticket}q she never cleans the glass of it.");
        let mail = write(seed, &Seen { ours: &ours, noted: &noted }, &all);
        let domain = ours.to.address.rsplit_once('@').unwrap().1;
        let verdict = if mail.deed == Deed::Unvouched { "none" } else { "pass" };
        let header = format!(
            "Authentication-Results: mx.desk.test; dmarc={verdict} header.from={domain}\r\nReceived: from laptop-of-alice ([10.20.30.40]) by mx.desk.test; \
             Tue, 24 Nov 2026 13:00:00 +0100\r\nX-Originating-IP: [10.20.30.40]\r\n"
        );
        let threaded = mail.deed == Deed::Forwarded && seed % 2 == 0;
        let thread =
            if threaded { format!("References: <{}>\r\n", ours.message_id) } else { String::new() };
        let bytes = [header.as_bytes(), thread.as_bytes(), &mail.case.bytes].concat();
        let now = stage.clock.now();
        let uid = stage.world.borrow_mut().deliver(bytes, None, false, now);
        written.push((ticket, uid, mail));
    }
    let before = stage.world.borrow().taken.len();
    does(&mut stage, "13:30 wait");
    does(&mut stage, "13:40 wait");
    found.wrong.extend(violations(&stage));
    look(&stage, before, &written, found);
}

/// A mail to somebody outside: to whom, all of it, and its text.
struct Left {
    to: String,
    all: String,
    lines: Vec<String>,
}

fn left(stage: &Stage, before: usize) -> Vec<Left> {
    let world = stage.world.borrow();
    let outside = world.taken[before..].iter().filter(|mail| !mail.to.ends_with("@desk.test"));
    let left = outside.map(|mail| {
        let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        let text = parsed.body_text(0).unwrap_or_default().into_owned();
        let header = crate::scenario::world::header_lines(&mail.bytes).join("\n");
        let all = format!("{header}\n{}\n{text}", parsed.subject().unwrap_or_default());
        Left {
            to: mail.to.clone(),
            all,
            lines: text.lines().map(squeezed).filter(|line| !line.is_empty()).collect(),
        }
    });
    left.collect()
}

/// Each mail had its fate.
fn look(stage: &Stage, before: usize, written: &[(u64, u32, Written)], found: &mut Found) {
    let left = left(stage, before);
    for mail in &left {
        found.wrong.extend(secrets(mail));
    }
    for (ticket, uid, mail) in written {
        let (outcome, reason) = ended(stage, *uid);
        let tags = stage.count(&format!(
            "SELECT count(*) FROM tickets WHERE tags LIKE '%\"k{}\"%'",
            &mail.mark[4..mail.mark.len() - 1]
        ));
        let heard: Vec<&Left> = left.iter().filter(|one| one.all.contains(&mail.mark)).collect();
        let deed = found.deeds.entry(mail.deed).or_default();
        deed.0 += 1;
        deed.1 += usize::from(outcome == "held");
        deed.2 += usize::from(heard.iter().any(|one| one.to == customer(*ticket)));
        let mut complain = |what: &str| {
            let shown: String = String::from_utf8_lossy(&mail.case.bytes).into_owned();
            let told: String = heard
                .iter()
                .map(|one| format!("\n--- to {}\n{}", one.to, one.lines.join("\n")))
                .collect();
            found.wrong.push(format!(
                "{:?} {} on #{ticket}: {what} ({outcome}: {reason})\n--- words\n{}\n--- mail\n{shown}{told}",
                mail.deed,
                mail.case.name,
                mail.words.join("\n"),
            ));
        };
        match mail.fate {
            Fate::Told => {
                let expected: Vec<String> = mail
                    .words
                    .iter()
                    .filter(|line| !line.is_empty())
                    .map(|line| outward(line))
                    .collect();
                let to_customer: Vec<&&Left> =
                    heard.iter().filter(|one| one.to == customer(*ticket)).collect();
                match to_customer.as_slice() {
                    [one] => {
                        let own: Vec<&String> = above_history(&one.lines)
                            .iter()
                            .filter(|line| !line.starts_with('>'))
                            .collect();
                        if unwrapped(own.iter().copied()) != unwrapped(expected.iter()) {
                            complain("the words were altered");
                        }
                    }
                    others => complain(&format!("the customer got {} mails of it", others.len())),
                }
                if tags == 0 && mail.case.words.contains("#Tag") | mail.case.words.contains("#tag")
                {
                    complain("the command was not obeyed");
                }
            }
            Fate::Silent if !heard.is_empty() || tags != 1 || outcome == "held" => {
                complain("it was not done, or the customer heard of it")
            }
            Fate::Held
                if !heard.is_empty()
                    || tags != 0
                    || !["held", "record"].contains(&outcome.as_str()) =>
            {
                complain("it was not held")
            }
            Fate::Silent | Fate::Held | Fate::Safe => {}
        }
    }
}

/// The desk's address stands for an agent's.
fn outward(line: &str) -> String {
    line.replace("alice@desk.test", "support@desk.test")
        .replace("alice@home.test", "support@desk.test")
}

/// An answer without what the desk puts below it: who wrote last, and that in marked lines.
fn above_history(lines: &[String]) -> &[String] {
    let quoted = |line: &String| line.starts_with('>') || line.trim().is_empty();
    let below = lines.iter().rev().take_while(|line| quoted(line)).count();
    let (above, _) = lines.split_at(lines.len() - below);
    match above.split_last() {
        Some((head, above)) if head.ends_with(" wrote:") && below > 0 => above,
        _ => lines,
    }
}

/// Where lines break is a client's affair.
fn unwrapped<'a>(lines: impl Iterator<Item = &'a String>) -> String {
    lines.flat_map(|line| line.split(' ')).collect::<Vec<_>>().join(" ")
}

fn ended(stage: &Stage, uid: u32) -> (String, String) {
    let sql = "SELECT coalesce(outcome, ''), coalesce(reason, '') FROM inbox WHERE uid = ?1";
    stage
        .store()
        .read(|connection| {
            Ok(connection.query_row(sql, [uid], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
        .unwrap()
}

/// What nobody outside may read.
fn secrets(mail: &Left) -> Vec<String> {
    let mut wrong: Vec<String> = Vec::new();
    let lower = mail.all.to_lowercase();
    let mut say = |what: &str| wrong.push(format!("{} sees {what}:\n{}", mail.to, mail.all));
    for word in ["Secret", "Hidden"] {
        let digits =
            |rest: &str| rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('q');
        if mail.all.match_indices(word).any(|(at, _)| digits(&mail.all[at + word.len()..])) {
            say("a note");
        }
    }
    for hidden in HIDDEN {
        if lower.contains(hidden) {
            say(hidden);
        }
    }
    for line in mail.lines.iter().filter(|line| looks_like_command(line) || bare_command(line)) {
        say(&format!("a command ({line})"));
    }
    for inside in [
        "reply →",
        "internal note",
        "priority, queue",
        "answer promised by",
        "reply ? goes",
        " noted:",
    ] {
        if lower.contains(inside) {
            say(&format!("our text ({inside})"));
        }
    }
    if mail.lines.is_empty() {
        say("nothing: the mail is empty");
    }
    wrong
}

/// What a person takes for a command, whatever stands before it.
fn bare_command(line: &str) -> bool {
    let bare = line.trim_start_matches(|c: char| {
        !c.is_alphanumeric() && !['#', '＃', '﹟', '♯', '\\'].contains(&c)
    });
    let mut after = bare.chars();
    after.next().is_some_and(|c| ['#', '＃', '﹟', '♯'].contains(&c))
        && after.find(|c| !c.is_whitespace() && *c != '\u{200b}').is_some_and(char::is_alphabetic)
}

#[test]
fn nothing_of_the_house_leaves_and_nothing_said_is_lost() {
    let number = |name: &str, usual: u64| {
        std::env::var(name).map_or(usual, |number| number.parse().unwrap())
    };
    let (mails, from) = (number("POSTDESK_LEAKS", MAILS), number("POSTDESK_LEAKS_FROM", 0));
    let mut found = Found::default();
    let each = TICKETS * MAILS_EACH;
    for desk in 0..mails.div_ceil(each) {
        let first = from + desk * each;
        run(first..first + each.min(mails - desk * each), &mut found);
    }
    let mut table = String::new();
    for (deed, (of, held, arrived)) in &found.deeds {
        let _ =
            writeln!(table, "{deed:?}: {of} mails, {held} held, {arrived} reached the customer");
    }
    println!("{table}");
    let shown: Vec<String> =
        found.wrong.iter().take(if mails < MAILS { 100 } else { 12 }).cloned().collect();
    assert!(
        found.wrong.is_empty(),
        "{} of {mails} are wrong:\n\n{}\n\n{table}",
        found.wrong.len(),
        shown.join("\n\n======\n")
    );
    assert!(
        found.deeds.len() == 17 && found.deeds.values().all(|(of, ..)| *of > 20 || mails < MAILS),
        "{table}"
    );
}
