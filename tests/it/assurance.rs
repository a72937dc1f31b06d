//! Sentences with which agents tell customers when they hear again, in eight languages, and those
//! that only look like it (`fixtures/assurance`, a file for each language).
//!
//! A line is what is read, a bar, and the sentence: a time in this year, two of which either may be
//! meant, `?` where it says no moment, `no` where nothing is assured. All was said on Tuesday, 24
//! November 2026, at ten.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use postdesk::desk::assurance::moments::{By, Sky};
use postdesk::desk::assurance::{assurance, tongues};
use postdesk::time::{Hours, Timestamp};
use proptest::prelude::*;

/// Of our people; who is called like a word is not known by that.
const NAMES: [&str; 3] = ["Bob Brown", "Alice Archer", "Will May"];

fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn read(text: &str) -> Option<String> {
    let (zone, hours) = (zone(), Hours::office(zone()));
    let now = "2026-11-24T10:00:00+01:00".parse().unwrap();
    let sky = Sky { now: Timestamp::from_jiff(now), zone: &zone, hours: Some(&hours) };
    let at =
        |at: Timestamp| at.to_jiff().to_zoned(zone.clone()).strftime("%m-%d %H:%M").to_string();
    assurance(text, &NAMES, sky).map(|found| match found.by {
        By::At(one) => at(one),
        By::Either(one, other) => format!("{} {}", at(one), at(other)),
        By::Vague => "?".to_owned(),
    })
}

fn cases() -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for (path, text) in super::tidy::files("fixtures/assurance", "txt") {
        for line in text.lines() {
            let (wanted, sentence) = line.split_once(" | ").unwrap();
            all.push((path.clone(), wanted.to_owned(), sentence.to_owned()));
        }
    }
    all
}

#[test]
fn sentences_are_read_in_eight_languages() {
    let mut wrong = String::new();
    for (path, wanted, sentence) in cases() {
        let found = read(&sentence).unwrap_or_else(|| "no".to_owned());
        if found != wanted {
            let _ = writeln!(wrong, "{path}: {sentence} is {found}, not {wanted}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn there_are_enough_of_them() {
    for (language, _) in tongues::FILES {
        let own = |no: bool| {
            let path = format!("fixtures/assurance/{language}.txt");
            cases()
                .iter()
                .filter(|(from, wanted, _)| *from == path && (wanted == "no") == no)
                .count()
        };
        assert!(own(false) >= 25, "{language}: {} that assure", own(false));
        assert!(own(true) >= 20, "{language}: {} that do not", own(true));
    }
}

#[test]
fn what_stands_around_a_sentence_changes_nothing() {
    let mut wrong = String::new();
    for (path, wanted, sentence) in cases() {
        let wrapped = sentence.replacen(' ', "\n", 2);
        for text in [
            format!("Hello,\n\nthe lamp was broken.\n{sentence}\n\nKind regards\nAlice"),
            format!("It is done. {sentence} It was the belt."),
            format!("Hello,\n\n{wrapped}\n"),
        ] {
            let found = read(&text).unwrap_or_else(|| "no".to_owned());
            if found != wanted {
                let _ = writeln!(wrong, "{path}: {text:?} is {found}, not {wanted}");
            }
        }
        let quoted = format!("Thanks.\n\n> {sentence}\n> {sentence}\n");
        if let Some(found) = read(&quoted) {
            let _ = writeln!(wrong, "{path}: quoted {sentence} is {found}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_examples_of_the_tables_are_read() {
    for (language, file) in tongues::FILES {
        let own: Vec<&str> =
            file.lines().filter_map(|line| line.strip_prefix("example: ")).collect();
        assert!(own.len() > 1, "{language} has no example");
        for example in own {
            assert!(read(example).is_some(), "{language}: {example}");
        }
    }
}

/// Words that name no time, in the languages of the texts.
const TIMELESS: &str = "I'll get back to you we will let you know call send the report answer please and if \
    ich melde mich wir werden Ihnen Bescheid geben Sie hören von uns bald je vous réponds nous reviendrons vers vous \
    bientôt le llamo le responderé pronto la richiamo le rispondo presto respondo ligo-lhe em breve ik bel u terug \
    wij laten u weten odpowiem zadzwonię wkrótce , . ! that this parts lamp printer invoice version by on at until bis à";

proptest! {
    #[test]
    fn where_no_time_is_named_none_is_found(picks in proptest::collection::vec(0_usize..1000, 1..40)) {
        let words: Vec<&str> = TIMELESS.split_whitespace().collect();
        let text: Vec<&str> = picks.iter().map(|pick| words[pick % words.len()]).collect();
        prop_assert_eq!(read(&text.join(" ")), None);
    }

    #[test]
    fn anything_can_be_read(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn a_time_is_still_to_come(picks in proptest::collection::vec(0_usize..1000, 1..25)) {
        let words: Vec<&str> = TIMELESS.split_whitespace().chain(
            "friday morgen demain viernes domani 15:00 3/4 27.11. 24 hours tagen today heute next nächsten".split(' ')
        ).collect();
        let text: Vec<&str> = picks.iter().map(|pick| words[pick % words.len()]).collect();
        let (zone, hours) = (zone(), Hours::office(zone()));
        let now = Timestamp::from_jiff("2026-11-24T10:00:00+01:00".parse().unwrap());
        let sky = Sky { now, zone: &zone, hours: Some(&hours) };
        if let Some(found) = assurance(&text.join(" "), &NAMES, sky) {
            prop_assert!(found.by.all().iter().all(|at| *at > now));
        }
    }
}
