//! `postdesk deliver`: takes a mail from a mail server's pipe.

use std::io::Read;
use std::path::Path;

use super::{Failure, run};
use crate::config;
use crate::store::Store;
use crate::store::inbox::{self, Arrival, Listing, Quiet, Raw, Source};
use crate::time::Clock;

/// Stores what stands on standard input. Every failure says "try again", so that the mail server
/// keeps the mail.
pub fn deliver(file: &Path) -> Result<u8, Failure> {
    store(file).map_err(|failure| Failure::TryLater(failure.to_string()))
}

fn store(file: &Path) -> Result<u8, Failure> {
    let config = config::load(file)?;
    let mut bytes = Vec::new();
    let limit = config.limits.message_size;
    std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Err(Failure::Said("there is no mail on standard input".to_owned()));
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(Failure::Said(format!("it is larger than message_size ({limit} bytes)")));
    }
    let arrival = Arrival {
        source: Source::Pipe,
        raw: Raw::of(&bytes)?,
        listing: Listing::default(),
        quiet: Quiet::No,
        marked: true,
    };
    let (store, now) = (Store::open_inline(&config.desk.data_dir)?, Clock::System.now());
    run::runtime()?.block_on(store.write(move |tx| inbox::take(tx, &arrival, now)))?;
    Ok(0)
}
