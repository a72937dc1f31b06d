//! `postdesk events`: what happened to tickets, for the rest of the company's tools.

use std::io::Write;
use std::time::Duration;

use super::happened::happened;
use super::{Failure, open, plain};
use crate::config::Config;
use crate::desk::texts::stamp;
use crate::store::Store;
use crate::store::feed::{self, Fact};

/// Most facts that are read at once.
const CHUNK: i64 = 1000;
/// How often one who follows looks for news.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What is wanted of them.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Wanted {
    /// Only what came after the fact with this id
    #[arg(long, value_name = "ID", default_value_t = 0)]
    pub after: i64,
    /// Go on with what happens from now on, until you stop it
    #[arg(long)]
    pub follow: bool,
    /// Print each as a line of JSON: id, ticket, at, kind and what belongs to it
    #[arg(long)]
    pub json: bool,
}

/// Prints them, a line for each.
pub fn events(config: &Config, wanted: Wanted, out: &mut dyn Write) -> Result<u8, Failure> {
    let store = open(config)?;
    let mut at = wanted.after;
    loop {
        at = print(config, &store, (at, wanted.json), out)?;
        out.flush()?;
        if !wanted.follow {
            return Ok(0);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Prints all there are after that one; the last of them.
fn print(
    config: &Config,
    store: &Store,
    (mut at, json): (i64, bool),
    out: &mut dyn Write,
) -> Result<i64, Failure> {
    loop {
        let (facts, damaged) = store.read(|connection| feed::after(connection, at, CHUNK))?;
        for fact in &facts {
            if json {
                serde_json::to_writer(&mut *out, fact).map_err(std::io::Error::from)?;
                writeln!(out)?;
            } else {
                writeln!(out, "{}", line(config, fact))?;
            }
        }
        if let Some(error) = damaged {
            return Err(error.into());
        }
        match facts.last() {
            Some(last) => at = last.id,
            None => return Ok(at),
        }
    }
}

fn line(config: &Config, fact: &Fact) -> String {
    let zone = &config.desk.time_zone;
    let known = serde_json::from_value(fact.body.clone()).ok();
    let words = known.and_then(|event| happened(&event, zone));
    let words = words.unwrap_or_else(|| fact.kind().to_owned());
    plain(&format!("{:>8}  {}  #{}  {words}", fact.id, stamp(fact.at, zone), fact.ticket))
}
