//! Answers to agents' questions: right on a phone, and for nobody else.

use postdesk::desk::query::text::{COLUMNS, narrow};

use super::scenario::script::Script;
use super::scenario::stage::Stage;
use super::scenario::world::Taken;

fn play(stage: &mut Stage, text: &str) {
    for step in &Script::parse("(queries)", text).steps {
        stage.play(step);
    }
}

fn body(mail: &Taken) -> String {
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
    let mut stage = Stage::with(&[]);
    play(&mut stage, DAY);
    let asked = [
        "#show 1",
        "#show 2",
        "#list",
        "#list open",
        "#list overdue",
        "#list unassigned",
        "#list support",
        "#list alice",
        "#search printer",
        "#search wombats",
        "#why 1",
        "#why 2",
    ];
    for (minute, line) in asked.iter().enumerate() {
        let before = stage.world.borrow().taken.len();
        play(
            &mut stage,
            &format!("10:{minute:02} mail  From: bob@desk.test  Subject: question\n| {line}\n"),
        );
        let taken: Vec<Taken> = stage.world.borrow().taken.iter().skip(before).cloned().collect();
        let to: Vec<&str> = taken.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["bob@desk.test"], "{line}");
        let text = body(&taken[0]);
        let (_, answer) = text.split_once("✔ ").unwrap_or_else(|| panic!("{line}: {text}"));
        assert_eq!(too_wide(answer), Vec::<String>::new(), "{line}: {text}");
        assert!(answer.lines().count() > 1 || answer.contains("none"), "{line}: {text}");
    }
}

#[test]
fn nobody_else_is_told_anything() {
    let mut stage = Stage::with(&[]);
    play(&mut stage, DAY);
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
        play(&mut stage, step);
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
