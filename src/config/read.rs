//! The settings as written: found, read, and judged as a whole.
//!
//! Policy: whoever edits the file hears of everything that is wrong at once, each thing with its
//! line, its key and what to write instead; nothing is guessed, nothing is ignored, so an unknown
//! key is a complaint too. What a complaint quotes is never a password. `keys` is the table of all
//! keys, `value`, `names` and `sockets` read one value, `section` one table, `hours`
//! and `calendar` when people work, `login` and `oauth2` who logs in and by what proof, `people` the agents, `rules`
//! what becomes of new tickets, `settings` all of them; `warnings` names what is hardly meant,
//! `shadow` rules that do nothing, `hooks` commands that hear of what happens.

mod calendar;
mod checklists;
mod hooks;
mod hours;
mod keys;
mod login;
mod names;
mod oauth2;
mod people;
mod rules;
mod section;
mod settings;
mod shadow;
mod sla;
mod sockets;
mod value;
mod warnings;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::Config;

pub use keys::KEYS;
pub use warnings::{left_over, warnings};

/// Where the settings are looked for when nobody names a file.
const PLACES: [&str; 2] = ["config.toml", "/etc/postdesk/config.toml"];

/// One slip of the pen makes the parser stumble over many lines; after so many complaints about
/// syntax it only repeats itself.
const SYNTAX_COMPLAINTS: usize = 10;

/// One thing that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Line in the file, from 1; `None` where nothing is written.
    pub line: Option<usize>,
    /// Dotted key, such as `imap.port`; empty where it is the file itself.
    pub key: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => f.write_str(&self.what),
            key => write!(f, "{key}: {}", self.what),
        }
    }
}

/// All that is wrong, in the order of the file; what is missing altogether comes last.
#[derive(Debug, thiserror::Error)]
#[error("the settings cannot be used:\n{}", self.to_text())]
pub struct Complaints {
    /// The file.
    pub file: PathBuf,
    /// Never empty.
    pub all: Vec<Complaint>,
}

impl Complaints {
    /// One line for each, `config.toml:12: imap.port: …`, as compilers write it and editors jump to
    /// it.
    pub fn to_text(&self) -> String {
        let file = self.file.display();
        let lines = self.all.iter().map(|complaint| match complaint.line {
            Some(line) => format!("{file}:{line}: {complaint}"),
            None => format!("{file}: {complaint}"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The config file to use: the given one, `POSTDESK_CONFIG`, `./config.toml`,
/// `/etc/postdesk/config.toml`.
///
/// Where none of them exists it is `./config.toml`, so that [`load`] names it in its complaint.
pub fn find(given: Option<&Path>) -> PathBuf {
    let named = given.map(Path::to_path_buf);
    let named = named.or_else(|| {
        std::env::var_os("POSTDESK_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from)
    });
    let existing = || PLACES.iter().map(PathBuf::from).find(|place| place.exists());
    named.or_else(existing).unwrap_or_else(|| PathBuf::from("config.toml"))
}

/// Reads and checks a file.
pub fn load(file: &Path) -> Result<Config, Complaints> {
    let bytes = std::fs::read(file).map_err(|error| whole(file, unreadable(&error)))?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(file, &error))?;
    parse(&text, file)
}

/// Checks settings that were read from `file`; relative paths in them are meant from its folder.
pub fn parse(text: &str, file: &Path) -> Result<Config, Complaints> {
    let place = settings::Place {
        folder: file.parent().unwrap_or(Path::new("")).to_path_buf(),
        credentials: std::env::var_os("CREDENTIALS_DIRECTORY")
            .filter(|folder: &OsString| !folder.is_empty())
            .map(PathBuf::from),
    };
    let page = section::Page::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(SYNTAX_COMPLAINTS) {
        page.complain(
            error.span().map(|span| span.start),
            "",
            format!("this is not TOML: {}", error.message()),
        );
    }
    // After a syntax error what was understood is too little to judge: it would only look as if
    // things were missing.
    let config =
        if errors.is_empty() { settings::config(&page, table.get_ref(), &place) } else { None };
    match (config, page.into_complaints()) {
        (Some(config), all) if all.is_empty() => Ok(config),
        (_, all) => Err(Complaints { file: file.to_path_buf(), all }),
    }
}

fn whole(file: &Path, what: String) -> Complaints {
    Complaints {
        file: file.to_path_buf(),
        all: vec![Complaint { line: None, key: String::new(), what }],
    }
}

fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            "there is no such file; copy config.example.toml there and fill it in, or name another with --config FILE".to_owned()
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("it cannot be read ({error}); give the user that runs postdesk the right to read it")
        }
        _ => format!("it cannot be read: {error}"),
    }
}

fn not_utf8(file: &Path, error: &std::string::FromUtf8Error) -> Complaints {
    let good = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
    let line = good.filter(|byte| **byte == b'\n').count() + 1;
    let what = "this is not UTF-8; save the file in that encoding".to_owned();
    Complaints {
        file: file.to_path_buf(),
        all: vec![Complaint { line: Some(line), key: String::new(), what }],
    }
}
