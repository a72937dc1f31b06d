//! However tickets are merged, unmerged, split and linked: the laws hold, nothing is lost or shown
//! twice, and no customer hears.

use proptest::prelude::*;

use postdesk::desk::{Part, Ticket};
use postdesk::mail::TicketNumber;
use postdesk::store::{tickets, view};

use super::made::runner;
use super::scenario::stage::{Stage, does};

const PEOPLE: [&str; 4] =
    ["carol@customer.test", "dave@other.test", "ada@example.org", "carol@customer.test"];

/// Whoever repairs here may join what different people wrote.
const MAY_MERGE: &str = "agents = [{ name = \"Alice Archer\", address = \"alice@desk.test\", role = \"lead\" }, \
    { name = \"Bob Brown\", address = \"bob@desk.test\", may = [\"merge\"] }]";

/// A desk with four tickets of three people.
fn begun() -> Stage {
    let mut stage = Stage::with(&["limits.notifications_per_agent_and_hour = 1000", MAY_MERGE]);
    for (number, person) in PEOPLE.iter().enumerate() {
        let cc = if number == 1 { "  Cc: ada@example.org" } else { "" };
        does(
            &mut stage,
            &format!(
                "+1m mail  From: {person}  Subject: Request {number}{cc}\n| It is request {number}.\n"
            ),
        );
    }
    stage
}

fn commands(stage: &mut Stage, on: i64, line: &str) -> Vec<String> {
    let text = format!(
        "+1m mail  From: alice@desk.test  Subject: Re: x  In-Reply-To: {{notification to alice on #{on}}}\n| {line}\n"
    );
    let mut lines = does(stage, &text);
    // The operator vouches in the place of the one-time key.
    if let Some(held) = lines.iter().find(|line| line.contains("asks for a one-time key")) {
        let mail = held.split(' ').nth(1).unwrap();
        lines.extend(does(stage, &format!("+1m release {mail}\n")));
    }
    lines
}

fn written_to(stage: &Stage) -> i64 {
    stage.count("SELECT count(*) FROM outbox WHERE recipient NOT LIKE '%@desk.test'")
}

fn all(stage: &Stage) -> Vec<Ticket> {
    let (numbers, _) = stage.store().read(view::tickets).unwrap();
    let load = |number: i64| {
        stage
            .store()
            .read(|connection| tickets::load(connection, TicketNumber(number)))
            .unwrap()
            .unwrap()
    };
    numbers.iter().map(|row| load(row.number)).collect()
}

/// Each thing said is shown in just one ticket that goes on in no other.
fn shown_once(stage: &Stage) {
    let mut shown: Vec<i64> = Vec::new();
    for ticket in all(stage).iter().filter(|ticket| ticket.merged_into.is_none()) {
        let whole = stage
            .store()
            .read(|connection| view::show(connection, ticket.number))
            .unwrap()
            .unwrap();
        shown.extend(whole.entries.iter().map(|entry| entry.id));
    }
    shown.sort_unstable();
    let all = stage.count("SELECT count(*) FROM entries");
    assert_eq!(shown, (1..=all).collect::<Vec<_>>());
}

#[derive(Clone, Debug)]
enum Step {
    Merge(i64, i64),
    Unmerge(i64),
    Split(i64),
    Link(i64, i64),
    Writes(usize, i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let number = 1..=4i64;
    let step = prop_oneof![
        3 => (number.clone(), number.clone()).prop_map(|(one, other)| Step::Merge(one, other)),
        4 => number.clone().prop_map(Step::Unmerge),
        2 => number.clone().prop_map(Step::Split),
        1 => (number.clone(), number.clone()).prop_map(|(one, other)| Step::Link(one, other)),
        3 => (0..4usize, number).prop_map(|(person, number)| Step::Writes(person, number)),
    ];
    prop::collection::vec(step, 4..14)
}

#[test]
fn whatever_is_repaired_the_laws_hold_and_no_customer_hears() {
    let done = std::cell::Cell::new((0, 0, 0));
    let result = runner(12).run(&steps(), |steps| {
        let mut stage = begun();
        for step in steps {
            let before = written_to(&stage);
            let acknowledged = match step {
                // `play` checks all laws, among them that events make the rows.
                Step::Merge(on, into) => commands(&mut stage, on, &format!("#merge {into}")),
                Step::Unmerge(on) => commands(&mut stage, on, "#unmerge"),
                Step::Split(on) => {
                    let from = PEOPLE[on as usize - 1];
                    let text = format!("+1m mail  From: {from}  Subject: Re: [#{on}] x\n| And something else.\n");
                    let mut lines = does(&mut stage, &text);
                    lines.extend(does(
                        &mut stage,
                        "+1m mail  From: alice@desk.test  Subject: Re: x  In-Reply-To: {last to alice}\n| #split\n",
                    ));
                    lines
                }
                Step::Link(on, other) => commands(&mut stage, on, &format!("#link {other}")),
                Step::Writes(person, on) => {
                    let from = PEOPLE[person];
                    let text = format!("+1m mail  From: {from}  Subject: Re: [#{on}] x\n| More from {from}.\n");
                    does(&mut stage, &text)
                }
            };
            let acknowledged = acknowledged.iter().filter(|line| line.ends_with("acknowledgement")).count() as i64;
            prop_assert_eq!(written_to(&stage), before + acknowledged);
            shown_once(&stage);
        }
        prop_assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE kind IN ('reply', 'notice')"), 0);
        let (merged, released, split) = done.get();
        let events = |kind: &str| stage.count(&format!("SELECT count(*) FROM events WHERE body LIKE '{{\"kind\":\"{kind}\"%'"));
        done.set((merged + events("merged"), released + events("unmerged"), split + events("split-off")));
        Ok(())
    });
    result.unwrap();
    let (merged, released, split) = done.get();
    assert!(
        merged > 10 && released > 2 && split > 3,
        "the mixes do something: {merged} merged, {released} undone, {split} split off"
    );
}

/// What a merge changes, an unmerge changes back.
#[test]
fn what_was_merged_and_unmerged_is_as_it_was() {
    let whole = |ticket: &Ticket| {
        let mut people: Vec<_> = ticket
            .participants
            .iter()
            .map(|one| (one.part == Part::Cc, one.person.address.key(), one.mailed))
            .collect();
        people.sort_by_key(|(_, address, _)| address.clone());
        (
            ticket.status,
            ticket.requester.clone(),
            ticket.assignee.clone(),
            ticket.merged_into,
            people,
        )
    };
    let number = 1..=4i64;
    let result = runner(10).run(&prop::collection::vec((number.clone(), number), 1..5), |merges| {
        let mut stage = begun();
        let before: Vec<_> = all(&stage).iter().map(whole).collect();
        for (on, into) in &merges {
            commands(&mut stage, *on, &format!("#merge {into}"));
        }
        // Whatever the order: a part within another is only freed after that.
        for _ in 0..merges.len() {
            for number in 1..=4 {
                commands(&mut stage, number, "#unmerge");
            }
        }
        prop_assert_eq!(all(&stage).iter().map(whole).collect::<Vec<_>>(), before);
        Ok(())
    });
    result.unwrap();
}

#[test]
fn show_tells_the_story() {
    let mut stage = begun();
    commands(&mut stage, 4, "#merge 1");
    commands(&mut stage, 2, "#link 1");
    does(
        &mut stage,
        "+1m mail  From: carol@customer.test  Subject: Re: [#4] x\n| The kettle, too.\n",
    );
    commands(&mut stage, 1, "#split");
    let show = |number: i64| {
        let shown = stage
            .store()
            .read(|connection| view::show(connection, TicketNumber(number)))
            .unwrap()
            .unwrap();
        serde_json::to_value(shown).unwrap()
    };
    let (one, four, five) = (show(1), show(4), show(5));
    assert_eq!(
        (&one["merged"], &one["links"], &one["split_off"]),
        (&serde_json::json!([4]), &serde_json::json!([2]), &serde_json::json!([5]))
    );
    assert_eq!(
        (&four["merged_into"], &five["split_from"]),
        (&serde_json::json!(1), &serde_json::json!(1))
    );
    let places: Vec<_> = one["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["ticket"].as_i64().unwrap())
        .collect();
    assert_eq!(places, [1, 4]);
    assert_eq!(five["entries"][0]["text"], "The kettle, too.");
    let text = postdesk::cli::show::story(&stage.config().desk.data_dir, 1).unwrap();
    for words in
        ["with what was said in #4", "a mail of it became #5", "has to do with #2", ", in #4"]
    {
        assert!(text.contains(words), "{text}");
    }
}
