//! What the commands print for people: a row a line on any terminal, what is due first, filters,
//! plain words, and what came with a mail.

use postdesk::cli::list::{self, Wanted};
use postdesk::cli::table::{self, Cell, Looks, Tone, numbers, words};
use postdesk::cli::{Failure, Format, mailbox, show};

use super::scenario::stage::{Stage, unchecked};

const CONVERSATION: &str = "09:00 mail  From: carol@customer.test  Subject: Scanner  Message-ID: <first@customer.test>  Content-Type: multipart/mixed; boundary=b\n\
    | --b\n| Content-Type: text/plain\n|\n| It is slow.\n| --b\n| Content-Type: text/plain\n\
    | Content-Disposition: attachment; filename=\"../.log.txt\"\n|\n| stopped\n| --b--\n\
    09:01 mail  From: dave@other.test  Subject: Lamp\n| It is dark.\n\
    09:02 mail  From: erin@third.test  Subject: Door\n| It is shut.\n\
    09:03 mail  From: bob@desk.test  Subject: Re  In-Reply-To: {notification to bob on #2}\n| #take\n| #priority urgent\n\
    09:04 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice on #3}\n| #status closed\n";

fn stage() -> Stage {
    let mut stage = Stage::with(&[]);
    unchecked(&mut stage, CONVERSATION);
    stage
}

fn rows(stage: &Stage, wanted: &Wanted) -> Vec<String> {
    let mut out = Vec::new();
    let config = stage.config().clone();
    list::list(&config, wanted, Format { json: false }, &mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
}

fn numbers_of(rows: &[String]) -> Vec<i64> {
    let tickets = rows.iter().filter(|row| !row.contains("are over"));
    tickets.filter_map(|row| row.split_whitespace().next()?.parse().ok()).collect()
}

#[test]
fn people_see_what_is_open_first_and_what_they_asked_for() {
    let stage = stage();
    let all = Wanted { all: true, ..Wanted::default() };
    let wanted = |change: fn(&mut Wanted)| {
        let mut wanted = Wanted::default();
        change(&mut wanted);
        numbers_of(&rows(&stage, &wanted))
    };
    assert_eq!(numbers_of(&rows(&stage, &all)).len(), 3);
    assert!(rows(&stage, &Wanted::default()).last().unwrap().contains("1 more are over"));
    assert!(!wanted(|_| ()).contains(&3), "closed");
    assert_eq!(wanted(|one| one.mine = Some("BOB".to_owned())), [2]);
    assert_eq!(wanted(|one| one.mine = Some("none".to_owned())), [1]);
    assert_eq!(wanted(|one| one.queue = Some("Support".to_owned())).len(), 2);
    let row = rows(&stage, &Wanted { mine: Some("bob".to_owned()), ..Wanted::default() });
    assert!(row[0].starts_with('#') && row[0].contains("DUE"), "{row:?}");
    assert!(
        row[1].contains("late") && row[1].contains("bob") && row[1].contains("urgent"),
        "{row:?}"
    );
    for odd in [
        Wanted { mine: Some("zed".to_owned()), ..Wanted::default() },
        Wanted { queue: Some("zed".to_owned()), ..Wanted::default() },
    ] {
        let found = list::list(stage.config(), &odd, Format { json: false }, &mut Vec::new());
        let Err(Failure::Said(words)) = found else { panic!("{odd:?}") };
        assert!(words.contains("“zed”; there are "), "{words}");
    }
}

#[test]
fn a_row_is_a_line_on_any_terminal() {
    let columns = [numbers("#", 4), words("WHO", 10), words("WHAT", usize::MAX)];
    let rows = [
        [Cell::from("7"), Cell::from("日本語の名前です"), Cell::toned("x".repeat(200), Tone::Bad)],
        [Cell::from("12345"), Cell::from("e\u{301}milie"), Cell::from("short")],
    ];
    for width in [20, 40, 80, 400] {
        let mut out = Vec::new();
        table::print(columns, &rows, Looks { width: Some(width), colour: false }, &mut out)
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        for line in text.lines() {
            assert!(
                unicode_width::UnicodeWidthStr::width(line) <= width.max(22),
                "{width}: {line}"
            );
        }
    }
    let mut out = Vec::new();
    table::print(columns, &rows, Looks { width: None, colour: true }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains(&"x".repeat(200)) && text.contains("\u{1b}["), "uncut, and coloured");
}

#[test]
fn mails_are_listed_with_why_and_shown_in_full() {
    let stage = stage();
    let mut out = Vec::new();
    mailbox::inbox(stage.config(), Format { json: false }, &mut out).unwrap();
    mailbox::outbox(stage.config(), Format { json: false }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("answers nothing that we know"), "{text}");
    assert!(text.lines().all(|line| !line.starts_with("        ")), "a row a line: {text}");
}

#[test]
fn the_story_of_a_ticket_is_told_in_plain_words() {
    let stage = stage();
    for number in 1..=3 {
        let story = show::story(&stage.config().desk.data_dir, number).unwrap();
        let (_, happened) = story.split_once("What happened").unwrap();
        for odd in
            ["verified: true", "target-set", "counted_from", "status-changed", "why:", "entry:"]
        {
            assert!(!happened.contains(odd), "{odd} in {happened}");
        }
        assert!(happened.contains("opened by "), "{happened}");
    }
}

#[test]
fn what_came_with_a_ticket_is_taken_out_and_nothing_overwritten() {
    let stage = stage();
    let folder = tempfile::tempdir().unwrap();
    let what = |save: bool, raw: Option<i64>| show::What {
        number: 1,
        save: save.then(|| folder.path().join("out")),
        raw,
    };
    for _ in 0..2 {
        show::show(stage.config(), &what(true, None), Format { json: false }, &mut Vec::new())
            .unwrap();
    }
    let mut names: Vec<String> = std::fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["log-1.txt", "log.txt"]);
    let mut mail = Vec::new();
    show::show(stage.config(), &what(false, Some(1)), Format { json: false }, &mut mail).unwrap();
    assert!(String::from_utf8(mail).unwrap().contains("Message-ID: <first@customer.test>"));
    let other =
        show::show(stage.config(), &what(false, Some(2)), Format { json: false }, &mut Vec::new());
    assert!(matches!(other, Err(Failure::Said(words)) if words.contains("is none of ticket 1")));
}
