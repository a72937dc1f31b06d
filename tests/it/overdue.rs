//! What has waited too long: promises that are overdue or were kept late, and mail that is held,
//! as `status`, `show` and `check` tell of it.

use postdesk::desk::query::{Day, Which};
use postdesk::mail::TicketNumber;
use postdesk::store::view::{self, ProblemRow};
use postdesk::time::Timestamp;

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
    let status = stage.store().read(|connection| view::status(connection, 0, (now, now))).unwrap();
    (status.promises_due, status.promises_overdue)
}

#[test]
fn what_is_due_today_is_counted() {
    let mut stage = Stage::with(&["sla.first_answer = \"8h\""]);
    asks(&mut stage, 1, "2026-11-24 09:00");
    asks(&mut stage, 2, "2026-11-24 10:00");
    let now = stage.clock.now();
    let ends = "2026-11-24T23:00:00Z".parse().map(Timestamp::from_jiff).unwrap();
    let status = stage.store().read(|connection| view::status(connection, 0, (now, ends))).unwrap();
    assert_eq!((status.promises_due, status.promises_due_today), (2, 1));
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

#[test]
fn targets_stand_in_rows_and_counts() {
    let mut stage = Stage::with(&["sla.update = \"1h\""]);
    asks(&mut stage, 1, "09:00");
    asks(&mut stage, 2, "09:30");
    let reply = |at: &str, words: &str| {
        let on = "{first notification to bob on #1}";
        format!("{at} mail  From: bob@desk.test  Subject: Re: x  In-Reply-To: {on}\n| {words}\n")
    };
    does(&mut stage, &reply("10:00", "Which one is it?"));
    let rows = |stage: &Stage| {
        let (rows, _) = stage.store().read(view::tickets).unwrap();
        let due = |at: Option<postdesk::time::Timestamp>| at.map(|at| at.to_string());
        rows.into_iter().map(|row| due(row.next_due_at)).collect::<Vec<_>>()
    };
    let at = |time: &str| Some(format!("2026-11-{time}:00Z"));
    let both = [at("24T10:00"), at("25T08:30")];
    assert_eq!(rows(&stage), both, "an update, and what was promised");
    let counted = |stage: &Stage| {
        let now = stage.clock.now();
        let status =
            stage.store().read(|connection| view::status(connection, 0, (now, now))).unwrap();
        (status.tickets_overdue, status.tickets_unowned)
    };
    assert_eq!(counted(&stage), (0, 1));
    does(&mut stage, "11:00 wait");
    assert_eq!(counted(&stage), (1, 1), "nobody was informed for an hour");
    let shown = |stage: &Stage| {
        let shown = stage.store().read(|connection| view::show(connection, TicketNumber(1)));
        serde_json::to_value(shown.unwrap()).unwrap()["targets"].clone()
    };
    let of = |targets: &serde_json::Value, what: &str| {
        let all = targets.as_array().unwrap().iter().filter(|one| one["what"] == what);
        let keys = ["due_at", "met_at", "breached_at", "paused"];
        all.map(|one| keys.map(|key| one[key].clone())).next_back().unwrap()
    };
    let [due, met, breached, paused] = of(&shown(&stage), "update");
    assert_eq!((due, breached), ("2026-11-24T10:00:00Z".into(), "2026-11-24T10:00:00Z".into()));
    assert!(met.is_null() && paused == false);
    does(&mut stage, &reply("11:30", "#pending\n| Have you found it?"));
    let [due, met, breached, paused] = of(&shown(&stage), "update");
    assert!(due.is_null() && met.is_null() && breached.is_null() && paused == true);
    assert_eq!((rows(&stage)[0].clone(), counted(&stage)), (None, (0, 1)), "nothing is counted");
    // What is over is due no more, whatever was promised.
    does(&mut stage, "11:40 set 2 closed");
    assert_eq!((rows(&stage), counted(&stage)), (vec![None, None], (0, 0)));
}

/// Tickets want to be looked at at every moment at which something is to be told, and not before.
#[test]
fn a_ticket_is_looked_at_when_its_target_wants_it() {
    let mut stage = Stage::with(&["sla.update = \"8h\"", "sla.solution = \"never\""]);
    asks(&mut stage, 1, "09:00");
    let on = "{notification to bob on #1}";
    let reply = format!("10:00 mail  From: bob@desk.test  Subject: Re: x  In-Reply-To: {on}\n");
    does(&mut stage, &format!("{reply}| Which one is it?\n"));
    let next = |stage: &Stage| {
        let sql = "SELECT next_at FROM tickets WHERE number = 1";
        postdesk::time::Timestamp::from_millis(stage.count(sql)).to_string()
    };
    // Due at 10:00 of the next day: two working hours before that, and so on; nobody has a backup.
    assert_eq!(next(&stage), "2026-11-24T15:00:00Z");
    for (at, then) in [
        ("16:00", "2026-11-25T08:00:00Z"),
        ("2026-11-25 09:00", "2026-11-25T08:30:00Z"),
        ("09:30", "2026-11-25T08:45:00Z"),
        ("09:45", "2026-11-25T09:00:00Z"),
    ] {
        does(&mut stage, &format!("{at} wait"));
        assert_eq!(next(&stage), then, "after {at}");
    }
    does(&mut stage, "10:00 wait");
    assert_eq!(stage.count("SELECT count(next_at) FROM tickets"), 0, "all was told");
}
