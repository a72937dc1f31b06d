//! How clients speak: `fixtures/agents/languages.txt`, read once. A language is a row of data,
//! nothing here knows any.

use super::{Moment, Party};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What clients say in one language.
#[derive(Debug)]
pub struct Language {
    /// `de`, `zh-Hant`.
    pub code: String,
    phrases: BTreeMap<String, String>,
}

/// All of them, English first.
pub static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/agents/languages.txt"
    ))
    .unwrap();
    text.split("\n== ").skip(1).map(language).collect()
});

fn language(section: &str) -> Language {
    let (name, rows) = section.split_once('\n').unwrap();
    let code = name.split_once(' ').unwrap().0.to_owned();
    let pair = |row: &str| {
        row.split_once(": ")
            .map(|(key, phrase)| (key.to_owned(), phrase.to_owned()))
            .unwrap_or_else(|| panic!("{row}"))
    };
    Language { code, phrases: rows.lines().filter(|row| !row.is_empty()).map(pair).collect() }
}

impl Language {
    /// What clients say there, or in English where they do not speak it.
    pub fn say(&self, key: &str) -> &str {
        self.phrases
            .get(key)
            .or_else(|| LANGUAGES[0].phrases.get(key))
            .unwrap_or_else(|| panic!("nobody says {key}"))
    }

    /// A phrase with a day, somebody who wrote and the agent put in.
    pub fn fill(&self, key: &str, at: Moment, who: &Party, agent: &Party) -> String {
        let spoken = if self.phrases.contains_key(key) { self } else { &LANGUAGES[0] };
        // 1 November 2026 is a Sunday.
        let weekday = |key: &str| {
            spoken.say(key).split(' ').nth((at.day as usize + 5) % 7).unwrap().to_owned()
        };
        [
            ("{who}", format!("{} <{}>", who.name, who.address)),
            ("{name}", who.name.clone()),
            ("{addr}", who.address.clone()),
            ("{agent}", agent.name.clone()),
            ("{wd}", weekday("days")),
            ("{ws}", weekday("short")),
            ("{d}", at.day.to_string()),
            ("{0d}", format!("{:02}", at.day)),
            ("{h}", at.hour.to_string()),
            ("{0h}", format!("{:02}", at.hour)),
            ("{mm}", format!("{:02}", at.minute)),
        ]
        .iter()
        .fold(spoken.say(key).to_owned(), |phrase, (key, value)| phrase.replace(key, value))
    }

    /// What an agent writes: two sentences, a paragraph each, and thanks.
    pub fn words(&self) -> String {
        format!("{}\n\n{}", self.say("words").replace('|', "\n\n"), self.say("thanks"))
    }
}
