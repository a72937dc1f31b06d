//! Words of values: a catalogue is a file with a line for each name of a kind of value. An entry may
//! show the fields of its value, and have values said that are fields; `name.advice` stands beside
//! the name and says what to do about it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

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
    "commands",
    "complaints",
    "days",
    "deeds",
    "details",
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
    "measures",
    "obeyed",
    "outcomes",
    "parts",
    "problems",
    "outside",
    "reasons",
    "remarks",
    "routes",
    "rows",
    "ruled",
    "scraps",
    "sections",
    "silences",
    "tales",
    "then",
    "unsent",
    "untils",
    "urges",
    "warnings",
}

/// Whether there is a catalogue of that name.
pub fn is_catalogue(file: &str) -> bool {
    FILES.contains(&file)
}

/// Most things that a list names.
const LISTED_MAX: usize = 8;

/// Says values in a language. An entry is made ready when it is first said: of most kinds a desk
/// says few.
#[derive(Debug)]
pub struct Speaker {
    environment: Environment<'static>,
}

/// Behind the name of an entry that says what to do.
pub const ADVICE: &str = ".advice";

/// Before the path of an entry of ours, where the operator's own cannot be used.
const OURS: char = '/';

impl Speaker {
    /// For that language; what it has no words for is said in English. `own` are catalogues of the
    /// operator's by their path (`en/obeyed`), whose entries take the place of ours.
    pub fn new(language: &str, own: BTreeMap<String, String>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_filter("several", several);
        environment.add_filter("date", date);
        environment.add_filter("said", |state: &State<'_, '_>, value: Value| {
            nested(state.env(), &value, "")
        });
        environment.add_filter("advised", |state: &State<'_, '_>, value: Value| {
            nested(state.env(), &value, ADVICE)
        });
        environment.add_filter("named", |state: &State<'_, '_>, word: String, file: String| {
            said(state.env(), &file, &word, || Value::UNDEFINED).unwrap_or(word)
        });
        let language = language.to_owned();
        environment.set_loader(move |path| Ok(entry(&language, &own, path)));
        Self { environment }
    }

    /// A value in words.
    pub fn say<T: Worded>(&self, value: &T) -> String {
        self.said(T::FILE, value.name(), value).unwrap_or_else(|| value.name().to_owned())
    }

    /// What to do about it, if there is anything.
    pub fn advise<T: Worded>(&self, value: &T) -> Option<String> {
        self.said(T::FILE, &[value.name(), ADVICE].concat(), value)
    }

    /// The entry of a name without fields.
    pub fn named(&self, file: &str, name: &str) -> String {
        let none = || Value::UNDEFINED;
        said(&self.environment, file, name, none).unwrap_or_else(|| name.to_owned())
    }

    /// What the entry of a name is made of, as it is used and as we wrote it.
    pub fn sources(&self, file: &str, name: &str) -> Vec<String> {
        let path = [file, "/", name].concat();
        let own = self.environment.get_template(&path);
        let own = own.iter().map(|own| own.source().to_owned());
        own.chain(entry("en", &BTreeMap::new(), &path)).collect()
    }

    fn said<T: Serialize>(&self, file: &str, name: &str, value: &T) -> Option<String> {
        said(&self.environment, file, name, || Value::from(Serde(value)))
    }
}

/// What an entry says of a value, if there is one. One of the operator's that cannot say it leaves
/// that to ours.
fn said(
    environment: &Environment<'_>,
    file: &str,
    name: &str,
    value: impl Fn() -> Value,
) -> Option<String> {
    let render = |path: &str| {
        let template = environment.get_template(path)?;
        match template.source().contains('{') {
            true => template.render(value()),
            false => Ok(template.source().to_owned()),
        }
    };
    let path = [file, "/", name].concat();
    let said = render(&path).or_else(|_| render(&format!("{OURS}{path}")));
    match said {
        Ok(words) => Some(words),
        Err(error) if error.kind() == ErrorKind::TemplateNotFound => None,
        Err(error) => Some(format!("{name}: {}", Fault::of(&error))),
    }
}

/// A value that is a field of another: it bears its catalogue and its name.
fn nested(
    environment: &Environment<'_>,
    value: &Value,
    behind: &str,
) -> Result<String, minijinja::Error> {
    let unknown = || minijinja::Error::new(ErrorKind::InvalidOperation, "this is no value of ours");
    // It has few keys, and there are many catalogues.
    let keys: Vec<Value> = value.try_iter()?.collect();
    let named = |file: &&&str| keys.iter().any(|key| key.as_str() == Some(**file));
    let file = FILES.iter().find(named).ok_or_else(unknown)?;
    let name = value.get_attr(file)?.to_string();
    let said = said(environment, file, &[&name, behind].concat(), || value.clone());
    Ok(said.unwrap_or(name))
}

/// The entry of a path like `obeyed/solved`: of the language before English, and in each the
/// operator's before ours.
fn entry(language: &str, own: &BTreeMap<String, String>, path: &str) -> Option<String> {
    let (bare, own) = match path.strip_prefix(OURS) {
        Some(bare) => (bare, None),
        None => (path, Some(own)),
    };
    let (file, name) = bare.split_once('/')?;
    let of = |language: &str| {
        let wanted = [language, "/", file].concat();
        let own = own.and_then(|own| find(own.get(&wanted)?, name));
        own.or_else(|| BUILT_IN.get(wanted.as_str())?.get(name).copied()).map(str::to_owned)
    };
    of(language).or_else(|| of("en"))
}

/// Our entries by their catalogue and name: also what has none is asked for with many a mail.
static BUILT_IN: LazyLock<BTreeMap<&str, BTreeMap<&str, &str>>> = LazyLock::new(|| {
    // The first of a name counts, as in `find`.
    let by_name = |catalogue: &'static str| entries(catalogue).rev().collect();
    CATALOGUES.iter().map(|(path, catalogue)| (*path, by_name(catalogue))).collect()
});

fn find<'a>(catalogue: &'a str, name: &str) -> Option<&'a str> {
    entries(catalogue).find_map(|(own, entry)| (own == name).then_some(entry))
}

fn entries(catalogue: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    catalogue.lines().filter_map(|line| line.split_once(": "))
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
