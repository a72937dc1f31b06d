//! stub
use std::path::{Path, PathBuf};

use super::Config;

/// One thing that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Line in the file, from 1; `None` where nothing is written.
    pub line: Option<usize>,
    /// Dotted key, such as `imap.port`.
    pub key: String,
    /// What is wrong and what to do.
    pub what: String,
}

/// All that is wrong, in the order of the file.
#[derive(Debug, thiserror::Error)]
#[error("the settings cannot be used")]
pub struct Complaints {
    /// The file.
    pub file: PathBuf,
    /// Never empty.
    pub all: Vec<Complaint>,
}

/// The config file to use: the given one, `POSTDESK_CONFIG`, `./config.toml`, `/etc/postdesk/config.toml`.
pub fn find(given: Option<&Path>) -> PathBuf {
    given.map_or_else(|| PathBuf::from("config.toml"), Path::to_path_buf)
}

/// Reads and checks a file.
pub fn load(file: &Path) -> Result<Config, Complaints> {
    Err(Complaints { file: file.to_path_buf(), all: Vec::new() })
}

/// Checks settings that were read from `file`; relative paths in them are meant from its folder.
pub fn parse(text: &str, file: &Path) -> Result<Config, Complaints> {
    let _ = text;
    load(file)
}
