//! The settings as written: found, read, and judged as a whole.
//!
//! Policy: whoever edits the file hears of everything that is wrong at once, each thing with its
//! line, its key and what to write instead; nothing is guessed, nothing is ignored, so an unknown
//! key is a complaint too. What a complaint quotes is never a password. `keys` is the table of all
//! keys, `value` reads one value, `section` one table, `settings` all of them.

mod keys;
mod section;
mod settings;
mod value;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::{Config, Login, Secret, Server, Tls};

pub use keys::KEYS;

/// Where the settings are looked for when nobody names a file.
const PLACES: [&str; 2] = ["config.toml", "/etc/postdesk/config.toml"];

/// Ports on which servers speak only the other kind of TLS (RFC 8314 §7.3): a login there would
/// wait until its deadline.
const CROSSED: [(u16, Tls, &str); 5] = [
    (993, Tls::Starttls, "implicit"),
    (465, Tls::Starttls, "implicit"),
    (143, Tls::Implicit, "starttls"),
    (587, Tls::Implicit, "starttls"),
    (25, Tls::Implicit, "starttls"),
];

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

/// What is not wrong but hardly meant, for `check` and the log at start.
pub fn warnings(file: &Path, config: &Config) -> Vec<String> {
    let mut all = Vec::new();
    if password_in_file(config) && readable_by_others(file) {
        let file = file.display();
        all.push(format!("{file} holds a password and others on this machine can read it: chmod 600 {file}, or use password_file"));
    }
    all.extend(
        crossed("imap", &config.imap.server).into_iter().chain(crossed("smtp", &config.smtp)),
    );
    if config.imap.server.login.is_none() {
        all.push(
            "imap.username is not set: hardly a server shows a mailbox without login".to_owned(),
        );
    }
    if config.authentication.unsafe_trust_from {
        all.push("authentication.unsafe_trust_from is on: whoever writes an agent's address into From is taken for the agent".to_owned());
    } else if config.authentication.authserv_id.is_none() {
        let agents = match config.authentication.check_dkim {
            true => "; agents are known by the signature (DKIM) of their mails alone",
            false => ", and check_dkim is off: whatever agents write will be held",
        };
        all.push(format!("authentication.authserv_id is not set: the server's verdict on senders is not believed{agents}"));
    }
    let unserved =
        config.queues.iter().filter(|queue| config.agents_of(&queue.name).next().is_none());
    all.extend(unserved.map(|queue| {
        format!(
            "no agent serves the queue {:?}: only the owner will hear of its tickets",
            queue.name
        )
    }));
    all
}

fn crossed(section: &str, server: &Server) -> Option<String> {
    let (port, _, usual) =
        CROSSED.iter().find(|(port, tls, _)| *port == server.port && *tls == server.tls)?;
    Some(format!("{section}.port is {port}, where servers expect {section}.tls = \"{usual}\""))
}

fn password_in_file(config: &Config) -> bool {
    let servers = [&config.imap.server, &config.smtp];
    servers
        .iter()
        .any(|server| matches!(server.login, Some(Login { password: Secret::Text(_), .. })))
}

#[cfg(unix)]
fn readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_file: &Path) -> bool {
    false
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
