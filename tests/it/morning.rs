//! The mail in the morning: what it counts is what the lists count, it comes once on each day on
//! which one works, and what answers it never reaches a customer.

use std::collections::BTreeMap;

use jiff::civil::Date;
use postdesk::config::Config;
use postdesk::desk::digest::{ROWS_MAX, Subscriber, subscribers};
use postdesk::desk::query::text::COLUMNS;
use postdesk::desk::query::{Day, Which};
use postdesk::mail::Address;
use postdesk::store::queries;
use postdesk::time::Timestamp;

use super::scenario::script::Script;
use super::scenario::stage::{Stage, does};
use super::scenario::{play, script};

fn plays(name: &str) {
    if let Err(wrong) = play(&script(name)) {
        panic!("{wrong}");
    }
}

#[test]
fn an_agent_gets_one_mail_with_all_that_waits() {
    plays("morning-agent");
}

#[test]
fn a_lead_hears_how_the_team_does() {
    plays("morning-lead");
}

#[test]
fn its_lines_can_be_answered() {
    plays("morning-answered");
    plays("notifications-are-bundled");
    plays("command-tagged");
}

#[test]
fn what_an_answer_does_not_say_is_asked_back() {
    plays("morning-asked");
}

#[test]
fn it_comes_on_days_on_which_one_works() {
    plays("morning-days");
}

const TEAM: &str = r#"agents = [{ name = "Alice Archer", address = "alice@desk.test" }, { name = "Bob Brown", address = "bob@desk.test" }, { name = "Lea Lead", address = "lea@desk.test", role = "lead" }]"#;

fn text(stage: &Stage, to: &str) -> String {
    let mail = stage.taken(&format!("last to {to}"));
    let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
    parsed.body_text(0).unwrap().into_owned()
}

/// The numbers in its headings, by their words.
fn figures(text: &str) -> BTreeMap<String, usize> {
    let heading = |line: &str| {
        let (count, words) = line.strip_suffix(':')?.split_once(' ')?;
        Some((words.to_owned(), count.parse().ok()?))
    };
    text.lines().filter_map(heading).collect()
}

/// Tickets of all sorts: by who has them, where they stand and when they are due.
fn many(stage: &mut Stage, count: usize) {
    does(stage, "2026-11-23 09:00 wait");
    for number in 1..=count {
        let from = format!("p{number}@customer.test");
        puts(
            stage,
            &format!(
                "10:{:02} put  From: {from}  Subject: Ticket {number}\n| Please.",
                number % 60
            ),
        );
    }
    does(stage, "11:00 wait");
    for number in 1..=count {
        let mut lines = Vec::new();
        match number % 4 {
            0 => {}
            1 => lines.push("#assign alice".to_owned()),
            2 => lines.push("#assign bob".to_owned()),
            _ => lines.push("#assign lea".to_owned()),
        }
        match number % 5 {
            0 => lines.push("#due mon 15:00".to_owned()),
            1 => lines.push("#due 2026-11-24 16:00".to_owned()),
            2 => lines.push("#due 2026-12-24".to_owned()),
            _ => {}
        }
        match number % 7 {
            0 => lines.push("#pending".to_owned()),
            1 => lines.push("#status open".to_owned()),
            2 => lines.push("#hold".to_owned()),
            3 if number % 2 == 0 => lines.push("#spam".to_owned()),
            _ => {}
        }
        if lines.is_empty() {
            continue;
        }
        let on = format!("{{notification to bob on #{number}}}");
        let lines: String = lines.iter().map(|line| format!("| {line}\n")).collect();
        puts(
            stage,
            &format!(
                "12:00 put  From: bob@desk.test  Subject: Re: [#{number}]  In-Reply-To: {on}\n{lines}"
            ),
        );
    }
    does(stage, "12:00 wait");
    // Half of the promises are kept.
    for number in (1..=count).step_by(2) {
        let on = format!("{{notification to bob on #{number}}}");
        puts(
            stage,
            &format!(
                "12:30 put  From: bob@desk.test  Subject: Re: [#{number}]  In-Reply-To: {on}\n| #only\n|\n| We are at it."
            ),
        );
    }
    does(stage, "12:30 wait");
}

fn puts(stage: &mut Stage, text: &str) {
    // What is only put there waits for the next step that lets the desk work.
    for step in &Script::parse("(code)", text).steps {
        stage.perform(step);
    }
}

fn listed(stage: &Stage, which: &Which) -> Vec<postdesk::mail::TicketNumber> {
    let now = stage.clock.now();
    let read = |connection: &rusqlite::Connection| queries::found(connection, which, now);
    stage.store().read(read).unwrap().0.into_iter().map(|(number, _)| number).collect()
}

#[test]
fn it_counts_what_the_lists_count() {
    let mut stage = Stage::with(&[
        "desk.digest = true",
        TEAM,
        "limits.notifications_per_agent_and_hour = 1000",
        "limits.acknowledgements_per_address_and_day = 1000",
    ]);
    many(&mut stage, 70);
    does(&mut stage, "2026-11-24 09:00 wait");
    let day = Day::of("today", stage.clock.now(), &stage.config().desk.time_zone).unwrap();
    let overdue = listed(&stage, &Which::Overdue);
    let unassigned = listed(&stage, &Which::Unassigned);
    let due = listed(&stage, &Which::Due(day));
    let today =
        |number: &postdesk::mail::TicketNumber| due.contains(number) && !overdue.contains(number);
    for name in ["alice", "bob", "lea"] {
        let text = text(&stage, name);
        let figures = figures(&text);
        let figure = |words: &str| figures.get(words).copied().unwrap_or(0);
        let address = Address::parse(&format!("{name}@desk.test")).unwrap();
        let mine = listed(&stage, &Which::Of(address));
        let late = mine.iter().filter(|one| overdue.contains(one)).count();
        assert_eq!(figure("overdue"), late, "{text}");
        assert_eq!(figure("due today"), mine.iter().filter(|one| today(one)).count(), "{text}");
        let waits = ["waits for you", "wait for you", "waits for others", "wait for others"];
        let all =
            waits.iter().map(|words| figure(words)).sum::<usize>() + late + figure("due today");
        assert_eq!(all, mine.len(), "each of theirs once: {text}");
        assert_eq!(figure("that nobody has"), unassigned.len(), "{text}");
        if name == "lea" {
            let of_others = |one: &&postdesk::mail::TicketNumber| {
                !mine.contains(one) && !unassigned.contains(one)
            };
            let late = overdue.iter().filter(of_others).count();
            assert_eq!(figure("overdue with colleagues"), late, "{text}");
            let open = listed(&stage, &Which::Open);
            let due = open.iter().filter(of_others).filter(|one| today(one)).count();
            assert_eq!(figure("due today with colleagues"), due, "{text}");
            assert!(late > 0 && due > 0, "{text}");
        }
        assert!(mine.len() > ROWS_MAX && late > 0 && figure("due today") > 0, "{text}");
        is_bounded(&text);
    }
}

/// It fits a phone, and no part of it is longer than a few screens.
fn is_bounded(text: &str) {
    let ours = |line: &&str| line.starts_with(['#', ' ']) || line.starts_with("and ");
    for line in text.lines().filter(ours) {
        assert!(line.chars().count() <= COLUMNS, "wider than a phone: {line}");
    }
    let tickets = text.lines().filter(|line| line.starts_with('#')).count();
    assert!(tickets <= 7 * ROWS_MAX, "{text}");
    assert!(text.contains(" more: #list mine"), "{text}");
}

/// The days for which somebody's is due within a fortnight, by the minute at which it begins.
fn days(config: &Config, whose: &Subscriber<'_>) -> BTreeMap<Date, (Timestamp, Timestamp)> {
    let mut days: BTreeMap<Date, (Timestamp, Timestamp)> = BTreeMap::new();
    let start: jiff::Timestamp = "2026-10-19T00:00:00Z".parse().unwrap();
    let start = Timestamp::from_jiff(start);
    for minute in 0..14 * 24 * 60 {
        let now = start.plus(std::time::Duration::from_secs(minute * 60));
        if let Some(day) = whose.day(config, now) {
            days.entry(day).or_insert((now, now)).1 = now;
        }
    }
    days
}

#[test]
fn a_day_is_a_day_by_the_clock_of_the_queue_also_when_that_is_changed() {
    let stage = Stage::with(&[
        "desk.digest = true",
        r#"hours.holidays = ["2026-10-22"]"#,
        r#"queues = [{ name = "support" }, { name = "tokyo", hours = { time_zone = "Asia/Tokyo" } }, { name = "round", hours = { monday = "00:00-24:00", tuesday = "00:00-24:00" } }]"#,
        r#"agents = [{ name = "Alice Archer", address = "alice@desk.test", queues = ["support"] }, { name = "Taro Tanaka", address = "taro@desk.test", queues = ["tokyo"] }, { name = "Rob Round", address = "rob@desk.test", queues = ["round"] }, { name = "Eva Even", address = "eva@desk.test", digest_at = "19:00", queues = ["support"] }, { name = "No One", address = "no@desk.test", digest = false }]"#,
    ]);
    let config = stage.config();
    let all = subscribers(config);
    let begin = |name: &str| -> Vec<String> {
        let whose = all.iter().find(|one| one.address.as_str().starts_with(name)).unwrap();
        days(config, whose).values().map(|(first, _)| first.to_string()).collect()
    };
    let alice = begin("alice@");
    // The 22nd is a holiday, on the 25th summer time ends.
    assert_eq!(
        alice.iter().map(|at| &at[5..16]).collect::<Vec<_>>(),
        [
            "10-19T07:00",
            "10-20T07:00",
            "10-21T07:00",
            "10-23T07:00",
            "10-26T08:00",
            "10-27T08:00",
            "10-28T08:00",
            "10-29T08:00",
            "10-30T08:00"
        ]
    );
    assert!(begin("taro@").iter().all(|at| &at[11..16] == "00:00"), "{:?}", begin("taro@"));
    let rob = begin("rob@");
    assert_eq!(
        rob.iter().map(|at| &at[5..16]).collect::<Vec<_>>(),
        ["10-19T06:00", "10-20T06:00", "10-26T07:00", "10-27T07:00"]
    );
    assert_eq!(begin("eva@").len(), 9, "in the evening, on days on which one works");
    assert!(begin("no@").is_empty());
    // Nobody leads: the owner hears how the team does.
    assert_eq!(
        all.iter().filter(|one| one.leads).map(|one| one.address.as_str()).collect::<Vec<_>>(),
        ["owner@desk.test"]
    );
}
