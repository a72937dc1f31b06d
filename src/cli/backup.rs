//! `postdesk backup`: a consistent copy while the daemon runs.

use std::io::Write;
use std::path::Path;

use super::{Failure, open};
use crate::config::Config;
use crate::store;

/// Copies the database, the key and the highest number into a new folder.
pub fn backup(config: &Config, folder: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    open(config)?;
    store::backup(&config.desk.data_dir, folder)?;
    writeln!(out, "{} holds the database, the key and the highest ticket number; it was checked.", folder.display())?;
    writeln!(out, "To restore: stop the daemon, copy these files into data_dir (not {} if it is newer), start.", store::NUMBERS)?;
    Ok(0)
}
