//! `postdesk quarantine`: mail that was set aside or is held.

use std::io::Write;

use clap::Subcommand;

use super::{Failure, Format, mailbox, open, plain, print_json};
use crate::config::Config;
use crate::mail::{InboxId, parse};
use crate::store::view::{self, Which};
use crate::store::{Store, inbox};

/// What to do with it.
#[derive(Debug, Subcommand)]
pub enum What {
    /// List what lies there
    List(Format),
    /// Show one mail: why it lies there, its text, and with --raw its bytes
    Show {
        /// Number of the mail, from `list`
        number: i64,
        /// Print the bytes as they came, for a file
        #[arg(long)]
        raw: bool,
        #[command(flatten)]
        format: Format,
    },
    /// Let a mail go on: it is processed again, and your word stands for its sender
    Release {
        /// Number of the mail, from `list`
        number: i64,
    },
    /// Put a mail away: it stays stored, without effect
    Drop {
        /// Number of the mail, from `list`
        number: i64,
    },
}

/// Looks at it, releases or drops it.
pub fn quarantine(config: &Config, what: &What, out: &mut dyn Write) -> Result<u8, Failure> {
    let store = open(config)?;
    match what {
        What::List(format) => list(&store, config, *format, out),
        What::Show { number, raw, format } => show(&store, config, *number, *raw, *format, out),
        What::Release { number } => {
            act(&store, *number, inbox::release)?;
            writeln!(out, "Mail {number} goes on; a running daemon works on it within a second.")?;
            Ok(0)
        }
        What::Drop { number } => {
            act(&store, *number, inbox::drop_waiting)?;
            writeln!(out, "Mail {number} is put away as a record; its bytes stay stored.")?;
            Ok(0)
        }
    }
}

fn list(
    store: &Store,
    config: &Config,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let found = store.read(|connection| view::inbox(connection, Which::Waiting))?;
    if format.json {
        return mailbox::print_full(store, config, found, out);
    }
    if found.is_empty() {
        writeln!(out, "Nothing lies in quarantine, nothing is held.")?;
    }
    for row in &found {
        mailbox::print(config, row, out)?;
    }
    Ok(0)
}

fn show(
    store: &Store,
    config: &Config,
    number: i64,
    raw: bool,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let found = store.read(|connection| view::inbox(connection, Which::One(InboxId(number))))?;
    let row = found.into_iter().next().ok_or_else(|| {
        Failure::Said(format!("there is no mail {number}; `postdesk inbox` lists all"))
    })?;
    if raw {
        out.write_all(&store.read(|connection| inbox::bytes(connection, InboxId(number)))?)?;
        return Ok(0);
    }
    if format.json {
        return print_json(&mailbox::full(store, config, row), out);
    }
    mailbox::print(config, &row, out)?;
    let bytes = store.read(|connection| inbox::bytes(connection, InboxId(number)))?;
    let text = std::panic::catch_unwind(|| parse::parse(&bytes).full_text()).unwrap_or_default();
    writeln!(out, "\n{}", plain(&text))?;
    Ok(0)
}

fn act(
    store: &Store,
    number: i64,
    act: fn(crate::store::Tx<'_>, InboxId) -> crate::store::Result<bool>,
) -> Result<(), Failure> {
    let done = super::run::runtime()?.block_on(store.write(move |tx| act(tx, InboxId(number))))?;
    if done {
        Ok(())
    } else {
        Err(Failure::Said(format!(
            "mail {number} is neither in quarantine nor held; `postdesk quarantine list` shows what is"
        )))
    }
}
