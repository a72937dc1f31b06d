//! `postdesk backup`: a consistent copy while the daemon runs.

use std::io::Write;
use std::path::Path;

use super::{Failure, open, run};
use crate::config::Config;
use crate::store;
use crate::time::Clock;

/// Copies the database and the key into a new folder.
pub fn backup(config: &Config, folder: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    let open = open(config)?;
    if folder.exists() {
        return Err(Failure::Said(format!(
            "{} is there already; name a folder that is not, for a copy replaces nothing",
            folder.display()
        )));
    }
    store::backup(&config.desk.data_dir, folder)?;
    let now = Clock::System.now().as_millis().to_string();
    run::runtime()?.block_on(open.write(move |tx| store::set_state(tx, store::BACKED_UP, &now)))?;
    writeln!(out, "{} holds the database and the key; it was checked.", folder.display())?;
    writeln!(
        out,
        "To restore: stop the daemon, copy these files into data_dir (leave its {} as it is), start.",
        store::NUMBERS
    )?;
    Ok(0)
}
