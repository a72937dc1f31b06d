//! The settings of the stage, and the words of steps as values.

use std::path::Path;
use std::time::Duration;

use jiff::civil::DateTime;
use postdesk::config::{self, Config};
use postdesk::time::Timestamp;

use super::world::Answer;

/// The settings of every conversation, unless it says otherwise.
pub const BASE: &str = r#"
[desk]
name = "Example Desk"
address = "support@desk.test"
owner = "owner@desk.test"
time_zone = "Europe/Berlin"
# The mail in the morning has conversations of its own, and would stand in all others.
digest = false
[imap]
host = "imap.desk.test"
username = "support"
password = "secret"
[smtp]
host = "smtp.desk.test"
[authentication]
authserv_id = "mx.desk.test"
[limits]
undo_window = "0s"
[[agents]]
name = "Alice Archer"
address = "alice@desk.test"
[[agents]]
name = "Bob Brown"
address = "bob@desk.test"
"#;

/// A new folder, in memory where the machine has such a place: commits are many here.
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.unwrap()
}

/// The base with some settings over it.
pub fn settings(over: &[String], without: &[String], data_dir: &Path) -> Config {
    let mut table: toml::Table = BASE.parse().unwrap();
    for line in over {
        merge(
            &mut table,
            line.parse::<toml::Table>().unwrap_or_else(|error| panic!("{line}: {error}")),
        );
    }
    for path in without {
        let (section, key) = path.split_once('.').unwrap();
        table[section].as_table_mut().unwrap().remove(key).unwrap();
    }
    let desk = table["desk"].as_table_mut().unwrap();
    desk.insert("data_dir".to_owned(), toml::Value::String(data_dir.display().to_string()));
    let text = toml::to_string(&table).unwrap();
    config::parse(&text, Path::new("/srv/desk/config.toml"))
        .unwrap_or_else(|wrong| panic!("{}\n{text}", wrong.to_text()))
}

fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// What the relay is told to say.
pub fn answer(word: &str) -> Answer {
    match word {
        "ok" => Answer::Ok,
        "silent" => Answer::Silent,
        code if code.starts_with('4') => Answer::Later(format!("{code} try again later")),
        code if code.starts_with('5') => Answer::Never(format!("{code} no such user here")),
        _ => panic!("no such answer: {word}"),
    }
}

/// `90m`.
pub fn span(words: &str) -> Duration {
    let number: u64 = words.trim_end_matches(char::is_alphabetic).parse().unwrap();
    let unit = match words.trim_start_matches(|c: char| c.is_ascii_digit()) {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => panic!("no such span: {words}"),
    };
    Duration::from_secs(number * unit)
}

/// A time of the desk's zone.
pub fn instant(config: &Config, at: DateTime) -> Timestamp {
    Timestamp::from_jiff(at.to_zoned(config.desk.time_zone.clone()).unwrap().timestamp())
}
