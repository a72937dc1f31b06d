//! What has waited too long: promises that are overdue or were kept late, and mail that is held,
//! as `status`, `show` and `check` tell of it.

use postdesk::desk::query::{Day, Which};
use postdesk::mail::TicketNumber;
use postdesk::store::view::{self, ProblemRow};

use super::scenario::stage::{Stage, does};

fn waiting(stage: &Stage) -> Vec<ProblemRow> {
    let now = stage.clock.now();
    stage.store().read(|connection| view::overdue(connection, now)).unwrap()
}

fn what(stage: &Stage) -> Vec<String> {
    waiting(stage).into_iter().map(|one| one.what).collect()
}

fn counts(stage: &Stage) -> (usize, usize) {
    let now = stage.clock.now();
    let status = stage.store().read(|connection| view::status(connection, 0, now)).unwrap();
    (status.promises_due, status.promises_overdue)
}

fn asks(stage: &mut Stage, number: usize, at: &str) {
    let from = format!("p{number}@customer.test");
    does(stage, &format!("{at} mail  From: {from}  Subject: Scanner\n| It is slow.\n"));
}

#[test]
fn overdue_promises_are_a_problem_that_names_their_tickets() {
    let mut stage = Stage::with(&[]);
    (1..=3).for_each(|number| asks(&mut stage, number, "09:00"));
    assert_eq!(counts(&stage), (3, 0));
    does(&mut stage, "17:00 wait");
    assert_eq!(what(&stage), Vec::<String>::new(), "not a minute before");
    // Each customer was named a new time, and still has no answer.
    does(&mut stage, "17:01 wait");
    assert_eq!(what(&stage), ["3 promised answers are overdue: #1, #2, #3"]);
    assert_eq!(counts(&stage), (3, 3));
    let problem = waiting(&stage).remove(0);
    assert_eq!(problem.since.to_string(), "2026-11-24T16:00:00Z");
    assert!(problem.advice.contains("postdesk show N"), "{}", problem.advice);
    // An answer keeps one; nobody is owed one on spam, nor on what was closed without a word.
    let on = "{notification to bob on #1}";
    let reply = format!("17:05 mail  From: bob@desk.test  Subject: Re: x  In-Reply-To: {on}\n");
    does(&mut stage, &format!("{reply}| Here I am.\n17:06 set 2 spam\n"));
    assert_eq!(what(&stage), ["1 promised answer is overdue: #3"]);
    does(&mut stage, "2026-11-25 17:01 wait");
    assert_eq!(what(&stage), ["1 promised answer is overdue: #3"], "missed twice");
    does(&mut stage, "2026-11-25 17:07 set 3 closed");
    assert_eq!((what(&stage), counts(&stage)), (Vec::new(), (0, 0)));
}

#[test]
fn what_was_promised_of_a_merged_ticket_stays_promised() {
    let mut stage = Stage::with(&[]);
    asks(&mut stage, 1, "09:00");
    does(&mut stage, "09:00 mail  From: p1@customer.test  Subject: Again\n| It is slow.\n");
    let on = "{notification to bob on #2}";
    let merge = format!("09:02 mail  From: bob@desk.test  Subject: Re: x  In-Reply-To: {on}\n");
    does(&mut stage, &format!("{merge}| #merge 1\n"));
    does(&mut stage, "18:00 wait");
    assert_eq!(what(&stage), ["2 promised answers are overdue: #1, #2"]);
}

#[test]
fn of_many_the_first_are_named() {
    let mut stage = Stage::with(&[]);
    (1..=12).for_each(|number| asks(&mut stage, number, "09:00"));
    does(&mut stage, "18:00 wait");
    let named = "#1, #2, #3, #4, #5, #6, #7, #8, #9, #10 and 2 more";
    assert_eq!(what(&stage), [format!("12 promised answers are overdue: {named}")]);
}

#[test]
fn mail_that_is_held_for_more_than_an_hour_is_a_problem() {
    let mut stage = Stage::with(&[]);
    asks(&mut stage, 1, "09:00");
    let on = "{notification to bob}";
    let slip = format!("09:10 mail  From: bob@desk.test  Subject: Re: x  In-Reply-To: {on}\n");
    does(&mut stage, &format!("{slip}| #clsoe\n| Pull the plug.\n"));
    does(&mut stage, "10:10 wait");
    assert_eq!(what(&stage), Vec::<String>::new());
    does(&mut stage, "10:11 wait");
    assert_eq!(what(&stage), ["1 mail is held for more than an hour: mail 2 of bob@desk.test"]);
    assert_eq!(waiting(&stage)[0].since.to_string(), "2026-11-24T08:10:00Z");
    does(
        &mut stage,
        "10:20 mail  From: bob@desk.test  Subject: Re: x  In-Reply-To: {transcript to bob}\n| #close\n| #reply\n",
    );
    assert_eq!(what(&stage), Vec::<String>::new(), "it was let go");
}

#[test]
fn show_says_by_how_much_a_promise_was_kept_late() {
    let mut stage = Stage::with(&[]);
    asks(&mut stage, 1, "09:00");
    asks(&mut stage, 2, "09:00");
    let reply = |number: usize, at: &str| {
        let on = format!("{{notification to bob on #{number}}}");
        format!("{at} mail  From: bob@desk.test  Subject: Re: x  In-Reply-To: {on}\n| Yes.\n")
    };
    does(&mut stage, &reply(1, "10:00"));
    does(&mut stage, &reply(2, "2026-11-25 09:10"));
    let late = |number: i64| {
        let shown = stage.store().read(|connection| view::show(connection, TicketNumber(number)));
        serde_json::to_value(shown.unwrap()).unwrap()["promises"][0]["late_seconds"].clone()
    };
    assert_eq!((late(1), late(2)), (serde_json::Value::Null, (16 * 3600 + 600).into()));
    let story = postdesk::cli::show::story(stage.store().data_dir(), 2).unwrap();
    assert!(
        story.contains(
            "promised: first answer by 2026-11-24 16:00 (kept 2026-11-25 08:10, 16 h 10 min late)"
        ),
        "{story}"
    );
    let story = postdesk::cli::show::story(stage.store().data_dir(), 1).unwrap();
    assert!(story.contains("(kept 2026-11-24 09:00)"), "{story}");
}

/// What `postdesk list` prints, and what an agent gets by mail.
fn lists(stage: &mut Stage, which: &Which, asked: &str) -> (Vec<i64>, Vec<i64>) {
    let now = stage.clock.now();
    let (rows, _) = stage.store().read(|connection| view::listed(connection, which, now)).unwrap();
    let ask = format!("+0s mail  From: bob@desk.test  Subject: which\n| #list {asked}\n");
    does(stage, &ask);
    let mail = stage.world.borrow().taken.last().cloned().unwrap();
    let text = super::queries::body(&mail);
    let number = |line: &str| {
        let (number, _) = line.strip_prefix('#')?.split_once(' ')?;
        number.parse().ok()
    };
    (rows.iter().map(|row| row.number).collect(), text.lines().filter_map(number).collect())
}

#[test]
fn what_is_overdue_and_due_is_the_same_by_mail_and_on_the_command_line() {
    let mut stage = Stage::with(&[]);
    asks(&mut stage, 1, "2026-11-24 12:00");
    asks(&mut stage, 2, "13:00");
    asks(&mut stage, 3, "14:00");
    let on = |number: usize| format!("{{notification to bob on #{number}}}");
    let due = format!("14:01 mail  From: bob@desk.test  Subject: Re: x  In-Reply-To: {}\n", on(3));
    does(&mut stage, &format!("{due}| #due 2026-11-25 09:30\n"));
    let (zone, now) = (stage.config().desk.time_zone.clone(), stage.clock.now());
    let day = |word: &str| Which::Due(Day::of(word, now, &zone).unwrap());
    assert_eq!(lists(&mut stage, &Which::Overdue, "overdue"), (vec![], vec![]));
    assert_eq!(lists(&mut stage, &day("today"), "due"), (vec![], vec![]));
    let both = (vec![3, 1, 2], vec![3, 1, 2]);
    assert_eq!(lists(&mut stage, &day("tomorrow"), "due tomorrow"), both, "the earliest first");
    assert_eq!(lists(&mut stage, &day("2026-11-25"), "due 2026-11-25"), both);
    does(&mut stage, "2026-11-25 12:30 wait");
    let both = (vec![3, 1], vec![3, 1]);
    assert_eq!(lists(&mut stage, &Which::Overdue, "overdue"), both, "the longest overdue first");
    // What a customer was named in the place of what was missed is due, too.
    let both = (vec![3, 1, 2], vec![3, 1, 2]);
    assert_eq!(lists(&mut stage, &day("2026-11-25"), "today"), both);
    assert_eq!(lists(&mut stage, &day("2026-11-26"), "due tomorrow"), (vec![1], vec![1]));
    does(&mut stage, "+1m set 3 solved");
    assert_eq!(lists(&mut stage, &Which::Overdue, "late"), (vec![1], vec![1]), "it is over");
}
