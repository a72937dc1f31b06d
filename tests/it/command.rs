//! The table of commands, and how lines, people and times are read.

use postdesk::desk::command::near::{near, unescaped};
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use postdesk::desk::command::parse::{Meaning, script};
use postdesk::desk::command::{COMMANDS, find, manual, suggest, when};
use postdesk::desk::complaint::Complaint;
use postdesk::desk::texts::{self, Texts};
use postdesk::mail::quote::split;
use postdesk::time::{Hours, Timestamp};
use proptest::{prop_assert_eq, prop_assume, proptest};

#[test]
fn no_word_means_two_commands() {
    let words: Vec<&str> = COMMANDS
        .iter()
        .flat_map(|command| command.aliases.iter().chain([&command.name]))
        .copied()
        .collect();
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len(), "{words:?}");
    let texts = Texts::new("en", BTreeMap::new());
    for command in COMMANDS {
        assert!(command.example.starts_with(&format!("#{}", command.name)), "{}", command.example);
        assert_eq!(find(&command.name.to_uppercase()).unwrap().name, command.name);
        let meaning = texts.named("commands", command.name);
        assert!(meaning.len() <= 60 && !meaning.ends_with('.'), "{meaning}");
        assert_eq!(command.value.is_empty(), !command.example.contains(' '), "{}", command.example);
    }
}

#[test]
fn the_manual_has_the_chapter_of_commands() {
    let example = include_str!("../../config.example.toml");
    let manual = manual(&Texts::new("en", BTreeMap::new()));
    assert!(example.contains(&manual), "config.example.toml lacks this block:\n{manual}");
}

/// Commands of a text as `name value`, `!name` for misplaced, `?word` for unknown; and what is
/// left.
fn read(text: &str) -> (Vec<String>, String) {
    let script = script(&split(text));
    let line = |line: &postdesk::desk::command::parse::Line| match line.meaning {
        Meaning::Command(command) => {
            format!("{} {}", command.name, line.value).trim_end().to_owned()
        }
        Meaning::Misplaced(command) => format!("!{}", command.name),
        Meaning::Unknown => format!("?{}", line.word),
    };
    let lines = script.lines.iter().map(line).collect();
    (lines, script.blocks.iter().map(|block| block.text.trim()).collect::<Vec<_>>().join("\n"))
}

#[test]
fn commands_are_the_first_lines() {
    let (lines, rest) = read("\n#close\n\n#assign bob\nHello,\nit works.\n");
    assert_eq!(lines, ["close", "assign bob"]);
    assert_eq!(rest, "Hello,\nit works.");
    assert_eq!(read("Hello\n#close\n").0, ["!close"]);
    assert_eq!(read("#stop\n#close\n").0, ["stop", "!close"]);
    assert_eq!(read("#clsoe\n#close\nHi").0, ["?clsoe", "close"]);
    assert_eq!(read("#12 is it\n\\#close\n"), (vec![], "#12 is it\n\\#close".to_owned()));
    assert_eq!(read("> #close\n\nno\n").0, Vec::<String>::new());
    assert_eq!(
        read("- #close").0,
        ["!close"],
        "decorated lines are no commands, and must not leave either"
    );
}

#[test]
fn what_programs_do_to_commands_is_undone() {
    for text in [
        "#Close",
        "#CLOSE",
        "＃close",
        "# close",
        "\u{a0}#close\u{a0}",
        "#\u{200b}close",
        "  #close ",
        "#close.",
        "#closed",
        "\u{feff}#done",
    ] {
        assert_eq!(read(text).0, ["close"], "{text:?}");
    }
    for text in [
        "#assign\u{a0}bob@desk.test <mailto:bob@desk.test>",
        "#assign <mailto:bob@desk.test>",
        "#Assign: mailto:bob@desk.test",
        "#owner “bob@desk.test”",
    ] {
        assert_eq!(read(text).0, ["assign bob@desk.test"], "{text:?}");
    }
    assert_eq!(read("#title “Printer on fire”").0, ["title Printer on fire"]);
}

fn said(complaint: &Complaint) -> String {
    Texts::new("en", BTreeMap::new()).say(complaint)
}

/// A Tuesday, 10:00, in Berlin.
fn at(words: &str) -> Result<String, String> {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let now = "2026-11-24T10:00".parse::<DateTime>().unwrap().to_zoned(zone.clone()).unwrap();
    let hours = Hours::office(zone.clone());
    let found = when::moment(words, Timestamp::from_jiff(now.timestamp()), &zone, Some(&hours));
    let found = found.map_err(|complaint| said(&complaint))?;
    Ok(found.to_jiff().to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string())
}

#[test]
fn times_are_read_as_people_write_them() {
    for (words, wanted) in [
        ("fri 15:00", "2026-11-27 15:00"),
        ("Friday at 3pm", "2026-11-27 15:00"),
        ("15:00 friday", "2026-11-27 15:00"),
        ("tomorrow", "2026-11-25 09:00"),
        ("Tomorrow 9:30 am", "2026-11-25 09:30"),
        ("monday", "2026-11-30 09:00"),
        ("tue", "2026-12-01 09:00"),
        ("tue 11:00", "2026-11-24 11:00"),
        ("2026-12-24", "2026-12-24 09:00"),
        ("24 Dec", "2026-12-24 09:00"),
        ("Dec 24th 8:15", "2026-12-24 08:15"),
        ("24.12.", "2026-12-24 09:00"),
        ("24.12.2026", "2026-12-24 09:00"),
        ("24/12", "2026-12-24 09:00"),
        ("12/24", "2026-12-24 09:00"),
        ("3.1.", "2027-01-04 09:00"),
        ("3d", "2026-11-27 10:00"),
        ("in 2 weeks", "2026-12-08 10:00"),
        ("1h30m", "2026-11-24 11:30"),
        ("next week", "2026-11-30 09:00"),
        ("17:00", "2026-11-24 17:00"),
        ("9:00", "2026-11-25 09:00"),
        ("sunday", "2026-11-30 09:00"),
        ("next tuesday", "2026-12-01 09:00"),
        ("today 17:00", "2026-11-24 17:00"),
        ("noon", "2026-11-24 12:00"),
        ("friday!", "2026-11-27 09:00"),
        ("fri, 15:00.", "2026-11-27 15:00"),
        ("fri 15h30", "2026-11-27 15:30"),
        ("2026-12-24T15:00", "2026-12-24 15:00"),
        ("2026-12-24T15:00:00", "2026-12-24 15:00"),
        ("2026-12-24T15:00Z", "2026-12-24 16:00"),
        ("2026-12-24T15:00+01:00", "2026-12-24 15:00"),
        ("2026-12-24 15:00 UTC", "2026-12-24 16:00"),
        ("15:00 CET", "2026-11-24 15:00"),
        ("Thursday 24 Dec", "2026-12-24 09:00"),
        ("Fri 2026-11-27 15:00", "2026-11-27 15:00"),
        ("by Friday, 27 November 2026, 15:00 (CET)", "2026-11-27 15:00"),
        ("30-Nov-2026", "2026-11-30 09:00"),
        ("29 Feb 2028", "2028-02-29 09:00"),
        ("morgen 15 Uhr", "2026-11-25 15:00"),
        ("Freitag um 15:00", "2026-11-27 15:00"),
        ("in 3 Tagen", "2026-11-27 10:00"),
        ("24. Dezember", "2026-12-24 09:00"),
        ("demain", "2026-11-25 09:00"),
        ("vendredi à 15h30", "2026-11-27 15:30"),
        ("24 décembre", "2026-12-24 09:00"),
        ("mañana", "2026-11-25 09:00"),
        ("24 dicembre 2026", "2026-12-24 09:00"),
        ("sexta-feira", "2026-11-27 09:00"),
        ("vrijdag om 15:00", "2026-11-27 15:00"),
        ("24 grudnia", "2026-12-24 09:00"),
        ("15 Uhr", "2026-11-24 15:00"),
        ("um 15 Uhr 30", "2026-11-24 15:30"),
        ("15.30 Uhr", "2026-11-24 15:30"),
        ("às 15h", "2026-11-24 15:00"),
        ("à 15h", "2026-11-24 15:00"),
        ("à 15 h", "2026-11-24 15:00"),
        ("à 15h30", "2026-11-24 15:30"),
        ("à 9 heures", "2026-11-25 09:00"),
        ("a las 15 horas", "2026-11-24 15:00"),
        ("om 15 uur", "2026-11-24 15:00"),
        ("bis 15h", "2026-11-24 15:00"),
        ("by 15h", "2026-11-24 15:00"),
        ("15h CET", "2026-11-24 15:00"),
        ("15h30 UTC", "2026-11-24 16:30"),
        ("fri 15h", "2026-11-27 15:00"),
        ("heute 15 h", "2026-11-24 15:00"),
        ("in 15h", "2026-11-25 01:00"),
        ("in 1h30", "2026-11-24 11:30"),
        ("dans 15 heures", "2026-11-25 01:00"),
        ("em 15h", "2026-11-25 01:00"),
        ("2h", "2026-11-24 12:00"),
        ("5 h", "2026-11-24 15:00"),
        ("24h", "2026-11-25 10:00"),
        ("36h", "2026-11-25 22:00"),
        ("15 hours", "2026-11-25 01:00"),
        ("15 Stunden", "2026-11-25 01:00"),
        ("15h30m", "2026-11-25 01:30"),
    ] {
        assert_eq!(at(words).as_deref(), Ok(wanted), "{words}");
    }
}

proptest! {
    /// The desk must understand what it writes itself.
    #[test]
    fn what_is_shown_is_read_as_the_same(minutes in 1_i64..(4 * 365 * 24 * 60)) {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = "2026-11-24T10:00".parse::<DateTime>().unwrap().to_zoned(zone.clone()).unwrap();
        let now = Timestamp::from_jiff(now.timestamp());
        let at = now.plus(std::time::Duration::from_secs(minutes.unsigned_abs() * 60));
        // The hour that comes twice in autumn has two readings.
        let hour = at.to_jiff().to_zoned(zone.clone()).strftime("%m %H").to_string();
        prop_assume!(hour != "10 02");
        for shown in [texts::moment(at, &zone), texts::stamp(at, &zone), texts::checked(at, &zone)] {
            prop_assert_eq!(when::moment(&shown, now, &zone, None), Ok(at), "{}", shown);
        }
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_no_time() {
    for (words, wanted) in [
        ("3/4", "3 Apr or 4 Mar? Write it like that"),
        ("next friday", "Fri 27 Nov or Fri 4 Dec? Write the date"),
        ("today", "today at what time? Write it like today 17:00"),
        ("today 02:00", "2026-11-24 02:00 is past"),
        ("heute 02:00", "2026-11-24 02:00 is past"),
        ("1h30", "01:30 or in 1h30m? Write it like that"),
        ("15h30", "15:30 or in 15h30m? Write it like that"),
        ("15h", "15:00 or in 15h? Write it like that"),
        ("15 h", "15:00 or in 15h? Write it like that"),
        ("15H", "15:00 or in 15h? Write it like that"),
        ("8h", "08:00 or in 8h? Write it like that"),
        ("15 heures", "15:00 or in 15h? Write it like that"),
        ("15 horas", "15:00 or in 15h? Write it like that"),
        ("15 uur", "15:00 or in 15h? Write it like that"),
        ("15 h 30", "15:30 or in 15h30m? Write it like that"),
        ("23h", "23:00 or in 23h? Write it like that"),
        ("29 feb", "29 Feb is next in 2028; write the year"),
        ("29 feb 2027", "there is no 29 Feb 2027"),
        ("Monday 24 Dec", "24 Dec 2026 is a Thursday; which day is meant?"),
        ("Fri 2026-11-26 15:00", "26 Nov 2026 is a Thursday; which day is meant?"),
        ("15:00 EST", "the desk's clock shows CET then, not EST; write the time by it"),
        ("15:00 CEST", "the desk's clock shows CET then, not CEST; write the time by it"),
        ("2026-11-23", "2026-11-23 09:00 is past"),
        ("2099-01-01", "2099-01-01 is more than 5 years ahead"),
        ("someday", "“someday” is no time; write it like fri 15:00, tomorrow, 24 Dec, 3d or 17:00"),
        ("31.2.", "“31.2.” is no time; write it like fri 15:00, tomorrow, 24 Dec, 3d or 17:00"),
        ("fri 25:00", "“25:00” behind the time is not understood"),
    ] {
        assert_eq!(at(words), Err(wanted.to_owned()), "{words}");
    }
}

#[test]
fn work_is_told_in_minutes() {
    for (words, minutes) in [
        ("30m", Some(30)),
        ("1h30m", Some(90)),
        ("1h 30 min", Some(90)),
        ("1.5h", Some(90)),
        ("1:30", Some(90)),
        ("1h30", Some(90)),
        ("2 Stunden", Some(120)),
        ("30", None),
        ("0m", None),
        ("", None),
        ("9999h", None),
    ] {
        assert_eq!(when::worked(words).ok(), minutes, "{words}");
    }
}

#[test]
fn a_slip_of_the_finger_is_told() {
    for (written, meant) in [
        ("clsoe", Some("close")),
        ("asign", Some("assign")),
        ("reslove", Some("close")),
        ("include", None),
        ("xx", None),
    ] {
        assert_eq!(suggest::command(written), meant, "{written}");
    }
}

fn agents(list: &[(&str, &str)]) -> Vec<postdesk::config::Agent> {
    let all: String = list
        .iter()
        .map(|(name, address)| format!("[[agents]]\nname = \"{name}\"\naddress = \"{address}\"\n"))
        .collect();
    let text = format!(
        "[desk]\nname = \"D\"\naddress = \"d@d.test\"\nowner = \"o@d.test\"\n[imap]\nhost = \"i.test\"\n[smtp]\nhost = \"s.test\"\n{all}"
    );
    postdesk::config::parse(&text, std::path::Path::new("config.toml"))
        .unwrap_or_else(|wrong| panic!("{}", wrong.to_text()))
        .agents
}

#[test]
fn people_are_found_but_never_guessed() {
    let all = agents(&[
        ("Bob Brown", "brown@d.test"),
        ("Bob Black", "black@d.test"),
        ("Mary-Ann O'Neill", "man@d.test"),
    ]);
    let found = |words: &str| {
        suggest::agent(&all, words)
            .map(|agent| agent.handle.clone())
            .map_err(|unnamed| said(&unnamed.into()))
    };
    for (words, handle) in [
        ("BROWN", "brown"),
        ("bob brown", "brown"),
        ("Bob-Black", "black"),
        ("maryann", "man"),
        ("Mary Ann ONeill", "man"),
        ("<man@D.test>", "man"),
    ] {
        assert_eq!(found(words).as_deref(), Ok(handle), "{words}");
    }
    assert_eq!(found("bob").unwrap_err(), "which bob? brown (Bob Brown), black (Bob Black)");
    assert_eq!(found("brwon").unwrap_err(), "nobody here is called brwon; did you mean Brown?");
    assert_eq!(found("bo").unwrap_err(), "nobody here is called bo; did you mean Bob?");
    assert_eq!(found("zoe").unwrap_err(), "nobody here is called zoe; there are brown, black, man");
    assert!(found("").is_err() && found("...").is_err());
}

#[test]
fn a_name_cut_short_is_asked_about_and_a_completed_one_is_understood() {
    let all = agents(&[
        ("Bob Brown", "bob@d.test"),
        ("Bob Baker", "bobb@d.test"),
        ("Bob Tanner", "tanner@d.test"),
        ("Alice Adams", "alice@d.test"),
        ("Ann-Lee O'Neill", "ann.lee@d.test"),
    ]);
    let found = |words: &str| {
        suggest::agent(&all, words)
            .map(|agent| agent.handle.clone())
            .map_err(|unnamed| said(&unnamed.into()))
    };
    for words in ["Bob B", "bob b.", "Bob-B", "B. Bob", "BOB  B"] {
        let asked = found(words).unwrap_err();
        assert!(asked.ends_with("? bob (Bob Brown), bobb (Bob Baker)"), "{words}: {asked}");
    }
    for (words, handle) in [
        ("bobb", "bobb"),
        ("Bob Br", "bob"),
        ("Bob T.", "tanner"),
        ("Baker, Bob", "bobb"),
        ("@bob", "bob"),
        ("A. Adams", "alice"),
        ("ann lee", "ann.lee"),
        ("Ann-Lee O’Neill", "ann.lee"),
        ("Bob Brown <bob@d.test>", "bob"),
        ("\"Brown, Bob\" <BOB@d.test>", "bob"),
        ("'bob@d.test' <bob@d.test>", "bob"),
        ("Bob Brown<mailto:bob@d.test>", "bob"),
        ("Bob Brown [mailto:bob@d.test?subject=x]", "bob"),
        ("\"bob@d.test\"", "bob"),
        ("Bob <bobb@d.test>;", "bobb"),
        ("@Bob Tanner (tanner@d.test)", "tanner"),
        ("The new one <tanner@d.test>,", "tanner"),
        ("bob@d.test (Bob Brown)", "bob"),
        ("Bob Brown bob@d.test", "bob"),
    ] {
        assert_eq!(found(words).as_deref(), Ok(handle), "{words}");
    }
    for (words, asked) in [
        ("Alice Adams <bob@d.test>", "bob (Bob Brown), alice (Alice Adams)"),
        ("bob@d.test, alice@d.test", "bob (Bob Brown), alice (Alice Adams)"),
    ] {
        assert_eq!(found(words).unwrap_err(), format!("which {words}? {asked}"));
    }
    for words in [
        "please ask bob@d.test",
        "bob@d.test is away",
        "Bob Brown <bob@home.test>",
        "Bob X",
        "B B",
        "@",
        "<>",
    ] {
        assert!(found(words).unwrap_err().starts_with("nobody here is called"), "{words}");
    }
}

#[test]
fn the_list_of_commands_needs_no_settings() {
    use postdesk::cli::{Arguments, Command, Format, execute};
    let print = |json| {
        let mut out = Vec::new();
        let arguments = Arguments {
            config: Some("/nonexistent/config.toml".into()),
            utc: false,
            command: Command::Commands(Format { json }),
        };
        assert_eq!(execute(&arguments, &mut out).unwrap(), 0);
        String::from_utf8(out).unwrap()
    };
    assert!(
        print(false).contains(
            "#close\n  solved; your text, if any, goes out\n    first\n  also #closed #solved"
        ),
        "{}",
        print(false)
    );
    let rows: serde_json::Value = serde_json::from_str(&print(true)).unwrap();
    let rows = rows["commands"].as_array().unwrap();
    assert_eq!(rows.len(), COMMANDS.len());
    let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["aliases", "example", "meaning", "name", "value"]);
}

#[test]
fn lines_that_were_spoken_of_become_text_or_go() {
    use postdesk::desk::command::parse::{Odd, script_with};
    let blocks = split("#clsoe\n#close\n#include\nHello\n#tag x\nEnd");
    let read = |odd| {
        let script = script_with(&blocks, odd);
        let lines: Vec<String> =
            script.lines.iter().map(postdesk::desk::command::parse::Line::written).collect();
        (lines, script.blocks.iter().map(|block| block.text.as_str()).collect::<String>())
    };
    assert_eq!(
        read(Odd::Text),
        (vec!["#close".to_owned()], "#clsoe\n#include\nHello\n#tag x\nEnd".to_owned())
    );
    assert_eq!(read(Odd::Dropped), (vec!["#close".to_owned()], "Hello\nEnd".to_owned()));
}

#[test]
fn what_is_nearly_a_command_is_found_anywhere() {
    for line in [
        "##note",
        "#_note",
        "#:note",
        "#/note",
        "#(note)",
        "[x] #note",
        "1 #note",
        "① #note",
        "#!note",
        "#\u{fe0f}\u{20e3}note",
        "#\u{fe00}note",
        "#\u{200b}n\u{200d}ote",
        "<https://x.test/>#note",
        "[image: logo]#note",
        "Hi Carol, #note she lies",
        "Hi#note",
        "#n0te",
        "#nots",
        "#1note",
        "# - note",
        "＃ｎｏｔｅ",
        "♯ note",
        "#𝐧𝐨𝐭𝐞",
        "see (#Solved)",
        "#reply-",
        "#cc",
        "text #internal text",
        "|#assign|",
    ] {
        assert!(near(line).is_some(), "{line}");
    }
    for line in [
        "#12",
        "#5: done on Monday",
        "no. # 3 close",
        "C# note",
        "F#",
        "manual.html#close",
        "https://docs.test/a/b#note",
        "\\#note",
        "#hashtag",
        "#printer",
        "a # b",
        "#",
        "##",
        "row #1, row #2",
        "#x",
        "# Scanner",
    ] {
        assert!(near(line).is_none(), "{line}: {:?}", near(line));
    }
    assert_eq!(unescaped("It was \\#note, in C:\\#temp"), "It was #note, in C:\\#temp");
}
