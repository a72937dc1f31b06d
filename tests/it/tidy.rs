//! The house rules as tests: the line of rooms, what the core must not know, where SQL may come
//! from, what is unfinished. They read the source as text. That is crude, but each rule is an
//! absence, and an absence can be searched for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The line of rooms: a room imports only rooms of a lower number, so the two of one number never
/// import each other.
const ROOMS: &[(&str, u32)] = &[
    ("time", 0),
    ("config", 1),
    ("mail", 2),
    ("desk", 3),
    ("store", 4),
    ("net", 4),
    ("fetch", 5),
    ("work", 5),
    ("send", 5),
    ("hooks", 5),
    ("metrics", 5),
    ("cli", 6),
    ("demo", 6),
];

/// What the rooms `mail` and `desk` must not know: I/O, clock, chance, async, and an order that
/// changes between runs.
const FOREIGN_TO_THE_CORE: &[&str] = &[
    "async fn",
    "async move",
    ".await",
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "tokio",
    "rusqlite",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "HashMap",
    "HashSet",
    "SystemRandom",
    "rand::",
    "thread_rng",
];

/// Files over 500 lines, each with its reason.
const LONG: &[(&str, &str)] = &[
    ("src/desk/event.rs", "one enum: all that can happen to a ticket"),
    ("src/fetch/watch.rs", "one look at the mailbox, step by step"),
    ("src/mail/origin/machine_words.rs", "tables, a line for each phrase of each language"),
    ("src/mail/origin/tone_words.rs", "tables as well"),
    ("src/store.rs", "the writer and its thread"),
    ("tests/it/agents/style.rs", "a table of clients"),
    ("tests/it/config.rs", "one table of tests; its data lies in files of their own"),
    ("tests/it/demo.rs", "the whole conversation of the demo"),
    ("tests/it/imap.rs", "one table of dialogues"),
    ("tests/it/mail.rs", "one table of mails"),
    ("tests/it/scenario/stage.rs", "the stage of all conversations"),
    ("tests/it/smtp.rs", "one table of dialogues"),
];

/// SQL that is put together from text, each with its reason.
const BUILT_SQL: &[(&str, &str)] = &[("src/fetch/imap.rs", "that SELECT is IMAP's")];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder of the project, as (path from the root, text).
pub fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == extension) {
                found.push((relative(&path), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// A source text without comments.
pub fn code(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// `src/mail/parse.rs` → `mail`.
fn room_of(path: &str) -> &str {
    path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default()
}

/// The rooms that a source names: `crate::mail`, `crate::{mail, time}`, `postdesk::mail`.
fn rooms_named(code: &str) -> BTreeSet<&str> {
    let mut named = BTreeSet::new();
    for start in ["crate::", "postdesk::"] {
        for rest in code.split(start).skip(1) {
            let names = match rest.strip_prefix('{') {
                Some(group) => top_level(group),
                None => vec![word(rest)],
            };
            named.extend(
                names.into_iter().filter(|name| ROOMS.iter().any(|(room, _)| room == name)),
            );
        }
    }
    named
}

/// The first word of each item of a use group, nested groups left out.
fn top_level(group: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                names.push(word(group[start..at].trim()));
                start = at + 1;
                if character == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> &str {
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
        .next()
        .unwrap_or_default()
}

#[test]
fn rooms_import_only_to_their_left() {
    let place = |room: &str| ROOMS.iter().find(|(name, _)| *name == room).map(|(_, place)| *place);
    let mut wrong = Vec::new();
    for (path, text) in files("src", "rs") {
        let own = room_of(&path);
        let Some(here) = place(own) else { continue };
        let code = code(&text);
        let named = rooms_named(&code);
        wrong.extend(
            named
                .iter()
                .filter(|room| **room != own && place(room).is_none_or(|there| there >= here))
                .map(|room| format!("{path}: {room}")),
        );
    }
    assert!(wrong.is_empty(), "a room imports only rooms to its left: {wrong:#?}");
}

#[test]
fn the_reader_of_imports_sees_groups() {
    let code =
        "use crate::{config::Config, mail::{Address, parse}, time};\nlet x = crate::store::open();";
    assert_eq!(
        rooms_named(code).into_iter().collect::<Vec<_>>(),
        ["config", "mail", "store", "time"]
    );
}

#[test]
fn every_room_stands_in_the_line() {
    let known: BTreeSet<&str> =
        ROOMS.iter().map(|(room, _)| *room).chain(["lib", "main", "templates"]).collect();
    for (path, _) in files("src", "rs") {
        assert!(known.contains(room_of(&path)), "{path}: a room that has no place in the line");
    }
}

#[test]
fn the_core_knows_no_clock_chance_or_async() {
    let mut wrong = Vec::new();
    for (path, text) in files("src", "rs") {
        if ["mail", "desk"].contains(&room_of(&path)) {
            let code = code(&text);
            wrong.extend(
                FOREIGN_TO_THE_CORE
                    .iter()
                    .filter(|foreign| code.contains(**foreign))
                    .map(|foreign| format!("{path}: {foreign}")),
            );
        }
    }
    assert!(wrong.is_empty(), "mail and desk are given data and return values: {wrong:#?}");
}

#[test]
fn sql_is_never_built_from_values() {
    let mut wrong = Vec::new();
    // `fetch` and `demo` speak IMAP, which has a SELECT of its own.
    let speaks_sql = |path: &str| !["fetch", "demo"].contains(&room_of(path));
    for (path, text) in files("src", "rs").into_iter().filter(|(path, _)| speaks_sql(path)) {
        for call in code(&text).split("format!(").skip(1) {
            let Some(literal) =
                call.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            let is_sql =
                ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA ", "CREATE TABLE", "ATTACH "]
                    .iter()
                    .any(|verb| literal.contains(verb));
            if is_sql
                && literal.contains('{')
                && !BUILT_SQL.iter().any(|(allowed, _)| *allowed == path)
            {
                wrong.push(format!("{path}: {literal}"));
            }
        }
    }
    assert!(wrong.is_empty(), "values are bound, never written into a statement: {wrong:#?}");
}

#[test]
fn nothing_is_unfinished_or_skipped() {
    let marks = [
        concat!("to", "do!("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
        concat!("X", "XX"),
    ];
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (path, text) in files(folder, "rs") {
            wrong.extend(
                marks
                    .iter()
                    .filter(|mark| text.contains(**mark))
                    .map(|mark| format!("{path}: {mark}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_fixture_has_its_runner() {
    let runners: String = files("tests", "rs").into_iter().map(|(_, text)| text).collect();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("fixtures")).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = relative(&path);
        if !(path.is_dir() && runners.contains(&name)) {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "no test names these: {wrong:?}");
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (path, text) in files(folder, "rs") {
            let lines = text.lines().count();
            let excused = LONG.iter().any(|(long, _)| *long == path);
            if (lines > 500) != excused {
                wrong.push(format!("{path}: {lines} lines"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "over 500 lines wants a reason in the list, and nothing else: {wrong:#?}"
    );
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = |text: &str| !text.starts_with("//!") || text.starts_with("//! stub");
    let wrong: Vec<String> = ["src", "tests", "benches"]
        .iter()
        .flat_map(|folder| files(folder, "rs"))
        .filter(|(_, text)| silent(text))
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// SQLite before 3.51.3 can lose a WAL that is reset while another process checkpoints.
#[test]
fn the_bundled_sqlite_has_no_wal_reset_bug() {
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

/// The adversarial cases that are due; 24 comes with what it tries.
#[test]
fn every_numbered_case_has_its_test() {
    let tests: String = files("tests", "rs").into_iter().map(|(_, text)| text).collect();
    let names: Vec<&str> = tests.split("fn ").skip(1).map(word).collect();
    let due = (1..=23).chain(25..=47);
    let missing: Vec<String> = due
        .map(|number| format!("p{number:02}"))
        .filter(|case| !names.iter().any(|name| name.split('_').any(|part| part == case)))
        .collect();
    assert!(missing.is_empty(), "no test bears these names: {missing:?}");
}

#[test]
fn the_package_is_what_it_says() {
    let manifest: toml::Table =
        fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let package = manifest["package"].as_table().unwrap();
    for (key, value) in [
        ("name", "postdesk"),
        ("edition", "2024"),
        ("rust-version", "1.95"),
        ("license", "MIT OR Apache-2.0"),
    ] {
        assert_eq!(package[key].as_str(), Some(value), "{key}");
    }
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    assert!(root().join("Cargo.lock").exists());
}
