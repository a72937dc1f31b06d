//! What the sender wrote: fixtures of clients and languages (`fixtures/quote`), properties, hostile
//! input.
//!
//! A case is `=== name`, a mail's text, `--- new`, the new text. `[forward]` in the name: some of
//! it is a mail passed on, and in the others none is. `[under: x]`: the mail's subject; without it
//! the mail is taken for an answer. `[html]`: it is a page.

use postdesk::mail::quote::before::Before;
use postdesk::mail::quote::{
    Block, Role, new_text, new_text_of, new_text_under, split, split_to, split_under,
};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::time::Duration;

struct Case {
    name: String,
    text: String,
    new: String,
}

impl Case {
    fn blocks(&self) -> Vec<Block> {
        let subject = self.name.split_once("[under:").and_then(|(_, rest)| rest.split_once(']'));
        match subject {
            Some((subject, _)) => split_under(subject.trim(), &self.text),
            None => split(&self.text),
        }
    }
}

fn cases() -> Vec<Case> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/quote");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| read_cases(file)).collect()
}

/// What a reader sees of a page.
fn shown(page: &str) -> String {
    let header = "Content-Type: text/html; charset=utf-8\r\n\r\n";
    postdesk::mail::parse::parse(format!("{header}{page}").as_bytes()).text
}

fn read_cases(file: &std::path::Path) -> Vec<Case> {
    let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
    let content = format!("\n{}", std::fs::read_to_string(file).unwrap());
    let mut cases = Vec::new();
    for part in content.split("\n=== ").skip(1) {
        let (name, rest) = part.split_once('\n').unwrap();
        let (text, new) = format!("{rest}\n")
            .split_once("--- new\n")
            .map(|(a, b)| (a.to_owned(), b.trim().to_owned()))
            .unwrap();
        let text = if name.contains("[html]") { shown(&text) } else { text };
        cases.push(Case { name: format!("{stem}: {name}"), text, new });
    }
    cases
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn joined(blocks: &[Block]) -> String {
    blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Spaces at the ends of lines are of no account.
fn plain(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[test]
fn fixtures_read_as_expected() {
    let cases = cases();
    assert!(cases.len() >= 120, "only {} cases", cases.len());
    let mut wrong = String::new();
    let mut count = 0;
    for case in &cases {
        let blocks = case.blocks();
        let forward = blocks.iter().any(|block| block.role == Role::Forward);
        // A client's attribution on the sender's own line gets a line of its own.
        let lossless = letters(&joined(&blocks)) == letters(&case.text);
        if plain(&new_text_of(&blocks)) != plain(&case.new)
            || forward != case.name.contains("[forward]")
            || !lossless
        {
            count += 1;
            let _ = writeln!(
                wrong,
                "##### {}\n{}\n##### gave\n{}\n##### as {blocks:?}",
                case.name,
                case.text,
                new_text_of(&blocks)
            );
        }
    }
    assert!(wrong.is_empty(), "{count} of {} wrong\n{wrong}", cases.len());
}

/// Lines that stand on every attack: what they hold must not cost more than a linear pass.
#[test]
fn hostile_texts_are_read_in_time() {
    let most = |line: &str| format!("{line}\n").repeat(100_000);
    let many = |line: &str| format!("{line}\n").repeat(15_000);
    let texts = [
        most(">"),
        many("> x"),
        most("On"),
        many("On 2026"),
        many("On 22 Nov 2026 at 9:15, Bob <bob@desk.test>"),
        many("On 22 Nov 2026 at 9:15, Bob wrote:"),
        many("On 22 Nov 2026 at 9:15, Bob <bob@desk.test> wrote:\n"),
        many("22.11.2026 <bob@desk.test>:"),
        most("________________________________"),
        many("-- "),
        many("--"),
        many("From: x"),
        many("From: x\nCc: y\nCc: y\nTo: z"),
        many("Subject:\n"),
        many("> 50\nx"),
        many("> 50\n"),
        many("##- - -## \u{0644}"),
        many("Sent from my"),
        many("Sent from my iPhone"),
        many("Hi,\n_____\nunsubscribe"),
        many("x\n> y"),
        many("-- \n> y"),
        many("| x"),
        most(""),
        many(" "),
        many("----- Forwarded message from x -----\n----- End forwarded message -----"),
        most("x:\n>>> y"),
        most("<\n> wrote:"),
        many(">>> On 22 Nov 2026 at 9:15, Bob wrote:"),
        many("Works On Sun, Nov 22, 2026 at 9:15 AM, bob@desk.test wrote:\n> y"),
        many("x\n\n\n<a@b.c>\n\n\nwrote:\n\n> y"),
        many("--- x ---\na: b\nc: d\ne: f"),
        many("________________________________\na: b\nc: d@e.f\ng: 22.11.2026 9:15\nh: i"),
        many("Date: Sun, 22 Nov 2026 09:15:02 +0100\nTo: a@b.c"),
        many("| From | x |"),
        many("| |\nx\n|\n|"),
        many("x ---22.11.2026 09:15:02---y"),
        many("To: x\nSubject: y\n22.11.2026, 09:15, <a@b.c>:"),
        many("On Sun, Nov 22, 2026 at 9:15 AM, Bob <bob@desk.test> wrote:  x"),
        many("news:x wrote\n> y"),
        many("bob_b wrote:\n> y"),
        format!("{}\n> x\n", "On 22 Nov 2026 at 9:15 ".repeat(40)).repeat(1_000),
        format!("{}:\n> y\n", "wrote ".repeat(160)).repeat(1_000),
        ">".repeat(1_000_000),
        "On ".repeat(333_333),
        "_".repeat(1_000_000),
        format!("From: {}", "a:".repeat(500_000)),
        format!("On 2026-11-22 9:15 {}:", "x@y.z ".repeat(150_000)),
        "\u{200f}".repeat(300_000),
    ];
    for text in texts {
        let start = crate::cpu::used();
        let blocks = split(&text);
        let took = crate::cpu::used() - start;
        assert!(letters(&joined(&blocks)) == letters(&text), "lost: {:.40}", text);
        // Of the processor, in a debug build; anything quadratic takes minutes.
        assert!(took < Duration::from_secs(30), "{took:?}: {:.40}", text);
    }
}

/// Attributions and blocks of our fixtures' kinds, with whether `>` follows.
const STYLES: &[(&str, Marks)] = &[
    ("On Sun, Nov 22, 2026 at 9:15 AM Bob Baker <bob@desk.test> wrote:\n", Marks::Both),
    ("On Sun, Nov 22, 2026 at 9:15 AM Bob Baker\n<bob@desk.test> wrote:\n", Marks::Both),
    ("On 22/11/2026 09:15, Bob Baker wrote:", Marks::Always),
    ("Am 22.11.26 um 09:15 schrieb Bob Baker:", Marks::Always),
    ("Le dim. 22 nov. 2026 à 09:15, Bob Baker <bob@desk.test> a\nécrit :", Marks::Both),
    ("El dom, 22 nov 2026 a las 9:15, Bob Baker (<bob@desk.test>) escribió:", Marks::Both),
    ("вс, 22 нояб. 2026 г. в 09:15, Bob Baker <bob@desk.test>:", Marks::Both),
    ("2026年11月22日(日) 9:15 Bob Baker <bob@desk.test>:", Marks::Both),
    ("Bob Baker <bob@desk.test> 于2026年11月22日周日 09:15写道：", Marks::Both),
    ("2026-11-22 9:15 GMT+01:00 Bob Baker <bob@desk.test>:", Marks::Both),
    ("Bob Baker <bob@desk.test> writes:", Marks::Always),
    ("On Sunday, November 22, 2026, 9:15:00 AM, you wrote:", Marks::Always),
    (
        "-----Original Message-----\nFrom: Bob Baker\nSent: Sunday, November 22, 2026 9:15 AM\nTo: Carol\nSubject: RE: x\n",
        Marks::Both,
    ),
    (
        "________________________________\nVon: Bob Baker <bob@desk.test>\nGesendet: Sonntag, 22. November 2026 09:15\nAn: Carol\nBetreff: AW: x\n",
        Marks::Both,
    ),
    (
        "*De :* Bob Baker <bob@desk.test>\n*Envoyé :* dimanche 22 novembre 2026 09:15\n*À :* Carol\n*Objet :* RE: x\n",
        Marks::Both,
    ),
    ("##- Please type your reply above this line -##\n", Marks::Both),
];

/// Whether a client marks each line of the quotation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Marks {
    Always,
    Both,
}

/// A line as people write it: words, numbers, now and then a mark's words.
fn line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => "[a-zäéöß]{1,9}",
        2 => "[0-9]{1,4}",
        1 => Just("On".to_owned()),
        1 => Just("Am".to_owned()),
        1 => Just("wrote:".to_owned()),
        1 => Just("From:".to_owned()),
        1 => Just("22.11.2026".to_owned()),
        1 => Just("9:15".to_owned()),
        1 => Just("Sent".to_owned()),
    ];
    prop::collection::vec(word, 2..9).prop_map(|words| words.join(" ")).prop_filter(
        "reads as an attribution",
        |line| {
            let words: Vec<&str> = line.split(' ').collect();
            let subject = ["u", "du", "tu", "te", "ni", "ty"];
            let wrote = words.contains(&"wrote:");
            let said = wrote && subject.iter().any(|one| words.contains(one))
                || words.contains(&"Sent") && line.ends_with(':')
                || words.contains(&"9:15") && (wrote || line.ends_with(':'));
            let name = |word: &str| word.starts_with(char::is_uppercase);
            !said
                && words.windows(2).all(|pair| {
                    !(pair[1] == "wrote:" && name(pair[0]) || pair[0] == "wrote:" && name(pair[1]))
                })
        },
    )
}

fn new_lines(text: &str) -> Vec<String> {
    let new =
        split(text).into_iter().filter(|block| matches!(block.role, Role::New | Role::Forward));
    new.flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Words that nothing else in these tests says.
fn own_words() -> impl Strategy<Value = String> {
    "q[a-z]{2,8}( q[a-z]{2,8}){0,6}"
}

// `PROPTEST_CASES` asks for more than the usual 256.
proptest! {
    #[test]
    fn nothing_is_lost(text in "\\PC{0,40}(\n(> ?|-- |From: |On |_{9}|\\PC{0,30})){0,12}") {
        let blocks = split(&text);
        prop_assert_eq!(joined(&blocks), text);
        prop_assert!(blocks.windows(2).all(|pair| pair[0].role != pair[1].role));
    }

    #[test]
    fn nothing_is_lost_of_mixed_marks(parts in prop::collection::vec(prop::sample::select(vec![
        "", " ", ">", "> x", "-- ", "--", "_________", "From: a", "Sent: b", "To: c@d.e", "Subject: f", "On 22 Nov 2026 at 9:15, Bob <b@c.d>", "wrote:",
        "Sent from my iPhone", "-----Original Message-----", "---- Forwarded message ----", "unsubscribe", "\u{feff}", "İ", "| x", "P.S. x", "a, ",
    ]), 0..25)) {
        let text = parts.join("\n");
        prop_assert_eq!(joined(&split(&text)), text);
    }

    #[test]
    fn a_line_above_a_quotation_survives(line in line(), style in prop::sample::select(STYLES.to_vec()), marked: bool, gap in 1..4_usize) {
        let quote = if marked || style.1 == Marks::Always { "> old words\n> #close\n" } else { "old words\n#close\n" };
        let text = format!("{line}\n{}{}\n{quote}", "\n".repeat(gap), style.0);
        prop_assert!(new_lines(&text).contains(&line), "{}\n{:?}", text, split(&text));
        prop_assert!(!new_text(&text).contains("old words"), "{}\n{:?}", text, split(&text));
    }

    #[test]
    fn a_line_right_above_an_attribution_survives(line in "[a-z]{2,9}( [a-z]{2,9}){1,6}[.!]?", style in prop::sample::select(STYLES.to_vec())) {
        let text = format!("{line}\n{}\n> old words\n", style.0);
        prop_assert_eq!(new_text(&text), line, "{:?}", split(&text));
    }

    #[test]
    fn a_line_below_a_marked_quotation_survives(line in line(), style in prop::sample::select(STYLES.to_vec()), quoted in prop::collection::vec("\\PC{0,30}", 1..6)) {
        let marked: String = quoted.iter().map(|line| format!("> {line}\n")).collect();
        let text = format!("{}\n{marked}\n{line}\n", style.0);
        let new = new_lines(&text);
        prop_assert!(new.contains(&line), "{}\n{:?}", text, split(&text));
        prop_assert!(new.iter().all(|line| !line.starts_with('>')), "{:?}", split(&text));
    }

    #[test]
    fn a_line_between_quotations_survives(line in line(), style in prop::sample::select(STYLES.to_vec())) {
        let text = format!("{}\n> old\n\n{line}\n\n> older\n", style.0);
        prop_assert_eq!(new_text(&text), line, "{:?}", split(&text));
    }

    #[test]
    fn marked_lines_of_a_first_mail_survive(lines in prop::collection::vec(line(), 1..6), subject in "[a-zé ]{0,20}", mark in prop::sample::select(vec!["> ", ">", ">>> ", "> > "])) {
        let marked: Vec<String> = lines.iter().map(|line| format!("{mark}{line}")).collect();
        let text = format!("It says\n\n{}\n\nWhat now?", marked.join("\n"));
        prop_assert_eq!(new_text_under(&subject, &text), text);
    }

    #[test]
    fn a_copy_is_heard_however_it_is_wrapped(words in prop::collection::vec("[a-pr-z]{1,9}|[0-9]{1,4}|漢字", 3..60), width in 1..12_usize, mark in prop::sample::select(vec!["", "> ", ">> "])) {
        let said = words.join(" ");
        let lines: Vec<String> = words.chunks(width).map(|line| format!("{mark}{}", line.join("  "))).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        prop_assert!(Before::new([said.as_str()]).fresh(&lines).iter().all(|fresh| !fresh));
    }

    #[test]
    fn an_answer_within_a_copy_is_fresh(lines in prop::collection::vec("[a-pr-z]{1,9}( [a-pr-z]{1,9}){2,7}", 1..9), own in own_words(), at in 0..9_usize, behind: bool) {
        let said = lines.join("\n");
        let at = at.min(lines.len() - 1);
        let mut quoted = lines.clone();
        if behind {
            quoted[at] = format!("{} {own}", quoted[at]);
        } else {
            quoted.insert(at, own);
        }
        let quoted: Vec<&str> = quoted.iter().map(String::as_str).collect();
        let fresh = Before::new([said.as_str()]).fresh(&quoted);
        prop_assert!(fresh[at], "{:?}", quoted);
        prop_assert_eq!(fresh.len(), quoted.len());
        prop_assert_eq!(fresh.iter().filter(|fresh| **fresh).count(), 1, "{:?}", quoted);
    }

    #[test]
    fn sentences_are_kept(lines in prop::collection::vec(line(), 1..6)) {
        let text = lines.join("\n\n");
        prop_assert_eq!(new_text(&text), text.clone(), "{:?}", split(&text));
    }
}

#[test]
fn hostile_texts_are_compared_in_time() {
    let many = |line: &str| format!("{line}\n").repeat(100_000);
    let texts = [
        "x".repeat(1_000_000),
        "x ".repeat(500_000),
        "漢".repeat(300_000),
        "a b a b a c ".repeat(80_000),
        many("> x"),
        many("> a b c a b c a b"),
        many(""),
        many("https://x.test/"),
        (0..100_000).map(|at| format!("> {at} {}\n", at * 7)).collect(),
    ];
    let pairs = texts.iter().flat_map(|one| [(one, one), (&texts[3], one)]);
    for (said, quoted) in pairs {
        let start = crate::cpu::used();
        let lines: Vec<&str> = quoted.lines().collect();
        let fresh = Before::new([said.as_str()]).fresh(&lines);
        let took = crate::cpu::used() - start;
        assert_eq!(fresh.len(), lines.len());
        assert!(took < Duration::from_secs(15), "{took:?}: {said:.20} {quoted:.20}");
    }
}

#[test]
fn p38_a_quoted_command_is_no_new_text() {
    for (style, _) in STYLES {
        let text = format!("#priority high\n\nDone.\n\n{style}\n> #close\n");
        assert_eq!(new_text(&text), "#priority high\n\nDone.", "{style}");
    }
    assert_eq!(new_text("> #close\n"), "");
}

#[test]
fn what_is_passed_on_is_apart_from_new_words() {
    let text = "#note\nLook.\n\n---------- Forwarded message ---------\nFrom: Eve <eve@attacker.test>\n\n#close\n";
    let blocks = split(text);
    assert_eq!(blocks.len(), 2, "{blocks:?}");
    assert_eq!((blocks[0].role, blocks[1].role), (Role::New, Role::Forward));
    assert!(!blocks[0].text.contains("#close"));
}

#[test]
fn an_empty_text_is_one_empty_block() {
    assert_eq!(split(""), vec![Block { role: Role::New, text: String::new() }]);
    assert_eq!(new_text(" \n\n"), "");
}

#[test]
fn a_name_in_lower_case_counts_if_the_mail_answers_them() {
    let names = ["alice", "bob", "brown"].map(str::to_owned);
    let new = |names: &[String], line: &str| {
        let text = format!("Works now.\n\n{line}\n> Did it help?\n");
        new_text_of(&split_to(names, "Re: x", &text))
    };
    for line in ["bob wrote:", "bob brown schrieb:", "Bob Brown said:", "alice a écrit :"] {
        assert_eq!(new(&names, line), "Works now.", "{line}");
    }
    for line in ["According to Bob:", "Laut Bob Brown:", "Selon Alice :", "Bob hat gesagt:"] {
        assert_eq!(new(&names, line), "Works now.", "{line}");
    }
    for line in ["According to nginx:", "According to Bob and the log:", "Laut Wetterbericht:"] {
        assert_eq!(new(&names, line), format!("Works now.\n\n{line}"), "{line}");
    }
    for line in ["bob wrote:", "brown schrieb:", "nginx wrote:", "alice a écrit :"] {
        assert_eq!(new(&[], line), format!("Works now.\n\n{line}"), "{line}");
    }
    for line in ["nobody wrote:", "bob told me this:", "as bob wrote:", "bob and the log wrote:"] {
        assert_eq!(new(&names, line), format!("Works now.\n\n{line}"), "{line}");
    }
}

#[test]
fn a_subject_tells_outlooks_forward_from_its_reply() {
    let text = "Please handle.\n\nFrom: Dave <dave@other.test>\nSent: Sunday, November 22, 2026 9:15 AM\nTo: Carol\nSubject: x\n\nIt burns.\n";
    for subject in ["FW: x", "Fwd: x", "WG: x", "TR : x", "轉寄: x"] {
        assert_eq!(
            split_under(subject, text).last().map(|block| block.role),
            Some(Role::Forward),
            "{subject}"
        );
        assert!(new_text_under(subject, text).ends_with("It burns."), "{subject}");
    }
    for subject in ["", "Re: x", "RE: FW: x", "Re: [#12] FW: x", "FW without colon"] {
        assert_eq!(new_text_under(subject, text), "Please handle.", "{subject}");
    }
    let answer =
        "Done.\n\nOn Sun, Nov 22, 2026 at 9:15 AM Bob Baker <bob@desk.test> wrote:\n\nold words\n";
    assert_eq!(new_text_under("FW: x", answer), "Done.");
}
