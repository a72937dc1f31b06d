//! Answers to agents' questions: right on a phone, and for nobody else.

use postdesk::desk::query::text::{COLUMNS, narrow};

use super::scenario::stage::{Stage, does};
use super::scenario::world::Taken;

/// Nobody is urged on that day.
const CALM: &str = "sla.urgent.first_answer = \"8h\"";

pub fn body(mail: &Taken) -> String {
    mail_parser::MessageParser::default()
        .parse(&mail.bytes)
        .unwrap()
        .body_text(0)
        .unwrap()
        .into_owned()
}

/// Lines longer than a phone shows, but for single words.
fn too_wide(text: &str) -> Vec<String> {
    let wide = |line: &&str| line.chars().count() > COLUMNS && line.trim().contains(' ');
    text.lines().filter(wide).map(str::to_owned).collect()
}

const DAY: &str = "09:00 mail  From: Wilhelmina Theodora von und zu Hohenstaufen-Langenscheidt <w@customer.test>  Subject: A very long subject that says all there is to say of a printer which does not print any more since Tuesday
| See https://customer.test/a/very/long/address/that/no/phone/shows/in/one/line/however/wide/it/is please, and tell me what is to be done about all of this as soon as anybody finds the time to look at it.
09:01 mail  From: dave@other.test  Subject: 印刷機が動かない、助けてください、印刷機が動かない、助けてください、印刷機が動かない
| 印刷機が動かない
09:02 mail  From: alice@desk.test  Subject: Re: printer  In-Reply-To: {notification to alice on #1}
| #take
| #priority urgent
| #due 2027-02-03 10:00
| #tag +a-rather-long-word +another-rather-long-word +third-rather-long-word
| #cc somebody.with.a.long.name@a-long-name.customer.test
| #note
| The secret of this is wombats, which nobody outside must ever hear of in any mail whatever it is about.
";

#[test]
fn answers_fit_a_phone_and_go_to_who_asked() {
    let mut stage = Stage::with(&[CALM]);
    does(&mut stage, DAY);
    let asked = [
        "#show 1",
        "#show 2",
        "#list",
        "#list open",
        "#list overdue",
        "#list due 2027-02-03",
        "#list unassigned",
        "#list support",
        "#list alice",
        "#search printer",
        "#search wombats",
        "#why 1",
        "#why 2",
        "#help",
        "#search printer which does not print any more since Tuesday",
        "#show 1\n| #list\n| #search a word that stands in no ticket of them all, however long it is",
        "#show 99\n| #list wilhelmina theodora von und zu\n| #list open",
    ];
    for (minute, line) in asked.iter().enumerate() {
        let before = stage.world.borrow().taken.len();
        does(
            &mut stage,
            &format!("10:{minute:02} mail  From: bob@desk.test  Subject: question\n| {line}\n"),
        );
        let taken: Vec<Taken> = stage.world.borrow().taken.iter().skip(before).cloned().collect();
        let to: Vec<&str> = taken.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["bob@desk.test"], "{line}");
        let text = body(&taken[0]);
        assert_eq!(too_wide(&text), Vec::<String>::new(), "{line}: {text}");
        let (_, answer) = text.split_once("✔ ").unwrap_or_else(|| panic!("{line}: {text}"));
        assert!(answer.lines().count() > 1 || answer.contains("none"), "{line}: {text}");
    }
}

/// What an answer to that mail says, from a desk with some tickets.
fn answer_to(lines: &[String]) -> String {
    let mut stage = Stage::with(&[CALM]);
    does(&mut stage, DAY);
    for minute in 3..14 {
        does(
            &mut stage,
            &format!(
                "09:{minute:02} mail  From: dave@other.test  Subject: Lamp {minute}\n| It is dark, {minute} times.\n"
            ),
        );
    }
    let body_of: String = lines.iter().map(|line| format!("| {line}\n")).collect();
    does(&mut stage, &format!("10:00 mail  From: bob@desk.test  Subject: question\n{body_of}"));
    body(stage.world.borrow().taken.last().unwrap())
}

#[test]
fn the_first_questions_are_answered_and_the_rest_are_told() {
    let text = answer_to(&(1..=13).map(|number| format!("#show {number}")).collect::<Vec<_>>());
    for number in 1..=10 {
        assert!(text.contains(&format!("✔ #show {number}: new")), "{number}: {text}");
    }
    for number in 11..=13 {
        assert!(text.contains(&format!("✖ #show {number}: not answered;")), "{number}: {text}");
    }
    assert!(text.contains("Lamp 10") && !text.contains("Lamp 11"), "{text}");
    assert!(!text.contains("Nothing was done"), "{text}");
    assert_eq!(too_wide(&text), Vec::<String>::new(), "{text}");
}

#[test]
fn a_question_without_an_answer_holds_no_other_up() {
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let text = answer_to(&lines(&["#show 1", "#show 99", "#list nowhere", "#search lamp"]));
    assert!(text.contains("✔ #show 1") && text.contains("✖ #show 99: there is no"), "{text}");
    assert!(text.contains("✖ #list nowhere") && text.contains("✔ #search lamp: 11"), "{text}");
    let text = answer_to(&lines(&["#show 98", "#show 99"]));
    assert!(!text.contains('✔') && text.contains("✖ #show 98"), "{text}");
}

#[test]
fn what_is_to_be_done_waits_for_no_question_above_the_bound() {
    let mut stage = Stage::with(&[CALM]);
    does(&mut stage, DAY);
    let shows: String = (1..=14).map(|page| format!("| #list open {page}\n")).collect();
    does(
        &mut stage,
        &format!(
            "10:00 mail  From: bob@desk.test  Subject: Re: printer  In-Reply-To: {{notification to bob on #2}}\n| #take\n{shows}"
        ),
    );
    let taken = "SELECT count(*) FROM tickets WHERE number = 2 AND assignee = 'bob@desk.test'";
    assert_eq!(stage.count(taken), 1);
    let text = body(stage.world.borrow().taken.last().unwrap());
    assert!(text.contains("✔ #take") && text.contains("✖ #list open 11: not answered"), "{text}");
    assert!(text.contains("✔ #list open 10") && !text.contains("Nothing was done"), "{text}");
}

#[test]
fn nobody_else_is_told_anything() {
    let mut stage = Stage::with(&[CALM]);
    does(&mut stage, DAY);
    let steps = [
        ("10:00 mail  From: dave@other.test  Subject: question\n| #search wombats\n", ""),
        (
            "10:01 mail  From: dave@other.test  Subject: Re: [#2]  In-Reply-To: {ack to dave}\n| #show 1\n",
            "",
        ),
        ("10:02 mail  From: bob@desk.test  Subject: question  auth=none\n| #show 1\n", ""),
        ("10:03 mail  From: bob@desk.test  Subject: question  auth=fail\n| #show 1\n", ""),
        (
            "10:04 mail  From: bob@desk.test  Subject: question  Reply-To: eve@attacker.test  Cc: dave@other.test\n| #show 1\n",
            "bob@desk.test",
        ),
        (
            "10:05 mail  From: bob@desk.test  Subject: question  In-Reply-To: {notification to alice on #1}\n| #show\n",
            "",
        ),
    ];
    for (step, reader) in steps {
        let before = stage.world.borrow().taken.len();
        does(&mut stage, step);
        let taken = stage.world.borrow().taken.clone();
        let told = taken.iter().skip(before).filter(|mail| body(mail).contains("secret of this"));
        let told: Vec<&str> = told.map(|mail| mail.to.as_str()).collect();
        let wanted: Vec<&str> = [reader].into_iter().filter(|reader| !reader.is_empty()).collect();
        assert_eq!(told, wanted, "{step}");
    }
}

#[test]
fn lines_are_broken_between_words() {
    assert_eq!(narrow("a b"), "a b");
    assert_eq!(narrow(""), "");
    assert_eq!(narrow("one\n\n two "), "one\n\ntwo");
    let long = "x".repeat(60);
    assert_eq!(narrow(&format!("see {long} there")), format!("see\n{long}\nthere"));
    assert_eq!(too_wide(&narrow(&"word ".repeat(500))), Vec::<String>::new());
}
