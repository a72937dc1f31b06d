//! The texts of our mails: templates as files, rendered from values.
//!
//! A template's first line is its `Subject:`; the text follows after a blank line. Inserted values
//! are data: they are never evaluated, so `{{7*7}}` in a customer's subject stays what it is. The
//! built-in texts lie in `src/templates`, a folder per language; the operator's own file of the
//! same name takes its place, and if that one breaks at run time the built-in one is used and the
//! owner is told.

mod catalogues;

pub use catalogues::{ADVICE, CATALOGUES, Fault};

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::tz::TimeZone;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};

use catalogues::{Speaker, is_catalogue};

use super::measure::Measure;
use super::voice::Voice;
use super::worded::Worded;
use crate::time::{Hours, Timestamp};

/// Each text that the desk sends, in English.
pub const BUILT_IN: [(&str, &str); 27] = [
    ("en/acknowledgement.txt", include_str!("../templates/en/acknowledgement.txt")),
    ("en/acknowledgement-again.txt", include_str!("../templates/en/acknowledgement-again.txt")),
    ("en/acknowledgement-answer.txt", include_str!("../templates/en/acknowledgement-answer.txt")),
    (
        "en/acknowledgement-question.txt",
        include_str!("../templates/en/acknowledgement-question.txt"),
    ),
    ("en/alarm.txt", include_str!("../templates/en/alarm.txt")),
    ("en/bundle.txt", include_str!("../templates/en/bundle.txt")),
    ("en/collision.txt", include_str!("../templates/en/collision.txt")),
    ("en/digest.txt", include_str!("../templates/en/digest.txt")),
    ("en/expired.txt", include_str!("../templates/en/expired.txt")),
    ("en/glad.txt", include_str!("../templates/en/glad.txt")),
    ("en/held.txt", include_str!("../templates/en/held.txt")),
    ("en/holding.txt", include_str!("../templates/en/holding.txt")),
    ("en/impostor.txt", include_str!("../templates/en/impostor.txt")),
    ("en/key.txt", include_str!("../templates/en/key.txt")),
    ("en/notification.txt", include_str!("../templates/en/notification.txt")),
    ("en/promise.txt", include_str!("../templates/en/promise.txt")),
    ("en/question-again.txt", include_str!("../templates/en/question-again.txt")),
    ("en/question-closed.txt", include_str!("../templates/en/question-closed.txt")),
    ("en/refused.txt", include_str!("../templates/en/refused.txt")),
    ("en/reminder.txt", include_str!("../templates/en/reminder.txt")),
    ("en/reply.txt", include_str!("../templates/en/reply.txt")),
    ("en/review.txt", include_str!("../templates/en/review.txt")),
    ("en/solved.txt", include_str!("../templates/en/solved.txt")),
    ("en/spam.txt", include_str!("../templates/en/spam.txt")),
    ("en/standing.txt", include_str!("../templates/en/standing.txt")),
    ("en/transcript.txt", include_str!("../templates/en/transcript.txt")),
    ("en/undelivered.txt", include_str!("../templates/en/undelivered.txt")),
];

/// Where the operator's ready texts lie, in any language.
pub const CANNED: &str = "canned/";

/// The language in which all texts are built in.
const ENGLISH: &str = "en/";

/// Texts that hold what others wrote, for agents to read.
const TO_AGENTS: [&str; 2] = ["notification.txt", "reminder.txt"];

/// Entries of catalogues that stand in them beside a name: nobody else's words may look so.
const BESIDE_NAMES: [(&str, &str); 3] =
    [("scraps", "nobody-has"), ("deeds", "third-wrote"), ("deeds", "third-sent")];

/// What colleagues did, above their words.
const DEEDS: [&str; 3] = ["noted", "assigned", "escalated"];

/// What stands for something in a ready text.
pub const CANNED_VALUES: [&str; 8] =
    ["number", "subject", "customer", "status", "priority", "queue", "agent", "desk"];

/// Values for a template.
pub type Values = BTreeMap<&'static str, minijinja::Value>;

/// A text that is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The text, ending without a line end.
    pub text: String,
    /// What was wrong with the operator's own template, if the built-in one had to serve.
    pub broken: Option<String>,
}

/// All texts of a desk.
#[derive(Debug)]
pub struct Texts {
    built_in: Environment<'static>,
    own: Environment<'static>,
    words: Speaker,
    language: String,
    broken: Vec<(String, String)>,
    voice: Voice,
}

impl Texts {
    /// The built-in texts and, over them, the operator's own by file name
    /// (`en/acknowledgement.txt`).
    pub fn new(language: &str, own_files: BTreeMap<String, String>) -> Self {
        let mut built_in = environment();
        for (name, source) in BUILT_IN {
            // The built-in texts are proved to parse by a test; one that did not would render as
            // its name.
            drop(built_in.add_template(name, source));
        }
        let mut voice = Voice::default();
        for (name, source) in BUILT_IN.iter().filter(|(name, _)| is_to_agents(name)) {
            let is_own = |language: &str| name.starts_with(language);
            if is_own(ENGLISH) || is_own(language) {
                voice.learn_template(source);
            }
        }
        let mut own = environment();
        let (mut broken, mut catalogues) = (Vec::new(), BTreeMap::new());
        for (name, source) in own_files {
            if let Some(path) = catalogue(&name) {
                catalogues.insert(path.to_owned(), source);
                continue;
            }
            if is_to_agents(&name) {
                voice.learn_template(&source);
            }
            if let Err(error) = own.add_template_owned(name.clone(), source) {
                broken.push((name, Fault::of(&error).to_string()));
            }
        }
        let words = Speaker::new(language, catalogues);
        words.sources("scraps", "note").iter().for_each(|source| voice.learn_note(source));
        for (file, name) in BESIDE_NAMES {
            words.sources(file, name).iter().for_each(|source| voice.learn_words(source));
        }
        for name in DEEDS {
            words.sources("deeds", name).iter().for_each(|source| voice.learn_deed(source));
        }
        Self { built_in, own, words, language: language.to_owned(), broken, voice }
    }

    /// The built-in texts alone.
    pub fn english() -> Self {
        Self::new("en", BTreeMap::new())
    }

    /// How lines of our mails to agents look.
    pub fn voice(&self) -> &Voice {
        &self.voice
    }

    /// Own files that do not even parse, with what is wrong.
    pub fn broken(&self) -> &[(String, String)] {
        &self.broken
    }

    /// Names in own files for which nothing stands in any text of ours, with their file: such a
    /// text breaks only when it is used, or its condition is never true.
    pub fn unknown(&self) -> Vec<(String, String)> {
        let ours: BTreeSet<String> = self
            .built_in
            .templates()
            .flat_map(|(_, template)| template.undeclared_variables(false))
            .collect();
        let globals: BTreeSet<&str> = self.own.globals().map(|(name, _)| name).collect();
        let mut found = Vec::new();
        for (file, template) in self.own.templates() {
            let stands = |name: &str| match file.starts_with(CANNED) {
                true => CANNED_VALUES.contains(&name),
                false => ours.contains(name),
            };
            let named: BTreeSet<String> =
                template.undeclared_variables(false).into_iter().collect();
            for name in named.iter().filter(|name| !stands(name) && !globals.contains(&***name)) {
                let line = template.source().lines().position(|line| has_word(line, name));
                let line = line.map(|line| format!("line {}: ", line + 1)).unwrap_or_default();
                let canned = match file.starts_with(CANNED) {
                    true => format!("; there are {}", CANNED_VALUES.join(", ")),
                    false => String::new(),
                };
                let words = format!("{line}nothing stands for {name} here{canned}");
                found.push((file.to_owned(), words));
            }
        }
        found
    }

    /// Names of the operator's ready texts: files `canned/NAME.txt`.
    pub fn canned(&self) -> Vec<String> {
        let names = self.own.templates().filter_map(|(file, _)| {
            file.strip_prefix(CANNED)?.strip_suffix(".txt").map(str::to_owned)
        });
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// A ready text; the error says what is wrong with it.
    pub fn render_canned(&self, name: &str, values: &Values) -> Result<String, Fault> {
        let rendered = self
            .own
            .get_template(&format!("{CANNED}{name}.txt"))
            .and_then(|template| template.render(values));
        rendered.map(|text| text.trim().to_owned()).map_err(|error| Fault::of(&error))
    }

    /// The text of that name (`acknowledgement`) in the desk's language, else in English.
    pub fn render(&self, name: &str, values: &Values) -> Rendered {
        let wanted = format!("{}/{name}.txt", self.language);
        let mut broken = self
            .broken
            .iter()
            .find(|(file, _)| *file == wanted)
            .map(|(file, what)| format!("{file}: {what}"));
        if let Ok(template) = self.own.get_template(&wanted) {
            match template.render(values) {
                Ok(text) => return divide(&text, None),
                Err(error) => broken = Some(format!("{wanted}: {}", Fault::of(&error))),
            }
        }
        divide(&self.render_built_in(name, &wanted, values), broken)
    }

    /// The language in which that text is written.
    pub fn language_of(&self, name: &str) -> &str {
        let wanted = format!("{}/{name}.txt", self.language);
        let ours = BUILT_IN.iter().any(|(file, _)| *file == wanted);
        match ours || self.own.get_template(&wanted).is_ok() {
            true => &self.language,
            false => "en",
        }
    }

    /// A value in words, in the desk's language, else in English.
    pub fn say<T: Worded>(&self, value: &T) -> String {
        self.words.say(value)
    }

    /// What a name stands for that is no value of ours, such as a command's.
    pub fn named(&self, catalogue: &str, name: &str) -> String {
        self.words.named(catalogue, name)
    }

    /// The same, and what to do about it.
    pub fn with_advice<T: Worded>(&self, value: &T) -> (String, String) {
        (self.say(value), self.advise(value).unwrap_or_default())
    }

    /// What to do about it, if there is anything.
    pub fn advise<T: Worded>(&self, value: &T) -> Option<String> {
        self.words.advise(value)
    }

    /// A size for people: `12 kB`.
    pub fn size(&self, bytes: usize) -> String {
        self.say(&Measure::size(bytes))
    }

    /// A time worked: `1 h 30 min`.
    pub fn worked(&self, time: Duration) -> String {
        self.say(&Measure::worked(time))
    }

    /// By how much something came after its time.
    pub fn late(&self, time: Duration) -> String {
        self.say(&Measure::late(time))
    }

    /// A week's hours: `Monday to Friday 09:00–17:00, Saturday 10:00–12:00`.
    pub fn week(&self, hours: &Hours) -> String {
        let days = Measure::week(hours);
        days.iter().map(|days| self.say(days)).collect::<Vec<_>>().join(", ")
    }

    fn render_built_in(&self, name: &str, wanted: &str, values: &Values) -> String {
        let template = self
            .built_in
            .get_template(wanted)
            .or_else(|_| self.built_in.get_template(&format!("en/{name}.txt")));
        let rendered = template.and_then(|template| template.render(values));
        rendered.unwrap_or_else(|error| format!("Subject: {name}\n\n{}", Fault::of(&error)))
    }
}

/// The path of a catalogue (`en/obeyed`), if the file is one.
pub fn catalogue(file: &str) -> Option<&str> {
    let path = file.strip_suffix(".txt")?;
    let (_, kind) = path.split_once('/')?;
    is_catalogue(kind).then_some(path)
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let blocks = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    // Only odd delimiters can fail here, and these are the usual ones.
    if let Ok(syntax) = blocks {
        environment.set_syntax(syntax);
    }
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment
}

fn is_to_agents(name: &str) -> bool {
    TO_AGENTS.iter().any(|text| name.ends_with(text))
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

fn divide(text: &str, broken: Option<String>) -> Rendered {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (subject, text) = match first.strip_prefix("Subject:") {
        Some(subject) => (subject.trim(), rest),
        None => ("", text),
    };
    Rendered { subject: subject.to_owned(), text: text.trim().to_owned(), broken }
}

/// What is told is told to the minute, and so it is kept to the minute: rounded up.
pub fn whole_minutes(at: Timestamp) -> Timestamp {
    const MINUTE: i64 = 60_000;
    let left = at.as_millis().rem_euclid(MINUTE);
    if left == 0 {
        at
    } else {
        Timestamp::from_millis(at.as_millis().saturating_add(MINUTE - left))
    }
}

/// An instant for people: `Tuesday, 24 November 2026, 11:00 (CET)`; a zone that has no letters is
/// told by its distance, `(UTC-03)`.
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_jiff().to_zoned(zone.clone());
    let letters = at.strftime("%Z").to_string();
    let form = match letters.starts_with(['+', '-']) {
        true => "%A, %-d %B %Y, %H:%M (UTC%Z)",
        false => "%A, %-d %B %Y, %H:%M (%Z)",
    };
    at.strftime(form).to_string()
}

/// A day for people: `Tuesday, 24 November 2026`.
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned(zone.clone()).strftime("%A, %-d %B %Y").to_string()
}

/// An instant for agents: `2026-11-24 11:00`.
pub fn stamp(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// An instant with its day, for agents who check what we understood: `Fri 2026-11-27 15:00`.
pub fn checked(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}
