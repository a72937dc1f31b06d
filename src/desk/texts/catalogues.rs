//! Words of values: a catalogue is a file with a line for each name of a kind of value. An entry may
//! show the fields of its value, and have values said that are fields; `name.advice` stands beside
//! the name and says what to do about it.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, State, UndefinedBehavior, Value};
use serde::Serialize;

use crate::desk::worded::Worded;

/// Declares the catalogues of English, by their files.
macro_rules! catalogues {
    ($($file:literal,)+) => {
        /// Catalogues of what is made into words from a value, in English.
        pub const CATALOGUES: &[(&str, &str)] = &[
            $((concat!("en/", $file), include_str!(concat!("../../templates/en/", $file, ".txt"))),)+
        ];
        /// Their names in every language.
        const FILES: &[&str] = &[$($file),+];
    };
}

catalogues! {
    "again",
    "ambiguities",
    "because",
    "besides",
    "changed",
    "complaints",
    "deeds",
    "doubts",
    "evidence",
    "goes",
    "guesses",
    "holds",
    "instead",
    "keys",
    "kinds",
    "headings",
    "leaks",
    "obeyed",
    "parts",
    "problems",
    "outside",
    "reasons",
    "remarks",
    "routes",
    "scraps",
    "silences",
    "then",
    "unsent",
    "untils",
    "urges",
    "warnings",
}

/// Most things that a list names.
const LISTED_MAX: usize = 8;

/// Says values in a language.
#[derive(Debug)]
pub struct Speaker {
    language: Arc<str>,
    environment: Environment<'static>,
}

impl Speaker {
    /// For that language; what it has no words for is said in English.
    pub fn new(language: &str) -> Self {
        let language: Arc<str> = language.into();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("several", several);
        environment.add_filter("date", date);
        let own = Arc::clone(&language);
        environment.add_filter("said", move |state: &State<'_, '_>, value: Value| {
            nested(state, &own, &value, "")
        });
        let own = Arc::clone(&language);
        environment.add_filter("advised", move |state: &State<'_, '_>, value: Value| {
            nested(state, &own, &value, ADVICE)
        });
        let own = Arc::clone(&language);
        environment.add_filter("named", move |word: String, file: String| {
            entry(&own, &file, &word).map(str::to_owned).unwrap_or(word)
        });
        Self { language, environment }
    }

    /// A value in words.
    pub fn say<T: Worded>(&self, value: &T) -> String {
        self.said(T::FILE, value.name(), value).unwrap_or_else(|| value.name().to_owned())
    }

    /// What to do about it, if there is anything.
    pub fn advise<T: Worded>(&self, value: &T) -> Option<String> {
        self.said(T::FILE, &[value.name(), ADVICE].concat(), value)
    }

    fn said<T: Serialize>(&self, file: &str, name: &str, value: &T) -> Option<String> {
        let entry = entry(&self.language, file, name)?;
        let said = match entry.contains('{') {
            true => self.environment.render_str(entry, Serde(value)),
            false => Ok(entry.to_owned()),
        };
        Some(said.unwrap_or_else(|error| format!("{name}: {}", Fault::of(&error))))
    }
}

/// Behind the name of an entry that says what to do.
const ADVICE: &str = ".advice";

/// A value that is a field of another: it bears its catalogue and its name.
fn nested(
    state: &State<'_, '_>,
    language: &str,
    value: &Value,
    behind: &str,
) -> Result<String, minijinja::Error> {
    let unknown = || minijinja::Error::new(ErrorKind::InvalidOperation, "this is no value of ours");
    let name = |file: &&&str| value.get_attr(file).is_ok_and(|name| !name.is_undefined());
    let file = FILES.iter().find(name).ok_or_else(unknown)?;
    let name = value.get_attr(file)?.to_string();
    match entry(language, file, &[&name, behind].concat()) {
        Some(entry) if entry.contains('{') => state.env().render_str(entry, value),
        Some(entry) => Ok(entry.to_owned()),
        None => Ok(name),
    }
}

/// An entry of a catalogue. They are rarely said, so none is kept made ready.
fn entry(language: &str, file: &str, name: &str) -> Option<&'static str> {
    let of = |language: &str| {
        let wanted = [language, "/", file].concat();
        let (_, source) = CATALOGUES.iter().find(|(path, _)| *path == wanted)?;
        source
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(own, entry)| (own == name).then_some(entry))
    };
    of(language).or_else(|| of("en"))
}

/// The first of some names.
fn several(mut all: Vec<String>) -> String {
    if all.len() > LISTED_MAX {
        all.truncate(LISTED_MAX);
        all.push("…".to_owned());
    }
    all.join(", ")
}

/// A day of the calendar in that form.
fn date(day: String, form: String) -> Result<String, minijinja::Error> {
    let day: Result<Date, _> = day.parse();
    day.map(|day| day.strftime(&form).to_string())
        .map_err(|error| minijinja::Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

/// What is wrong with a text: the line where that is known, and the template engine's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: Option<usize>,
    /// What.
    pub what: String,
}

impl Fault {
    /// What an error says.
    pub fn of(error: &minijinja::Error) -> Self {
        let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        Self { line: error.line(), what }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}
