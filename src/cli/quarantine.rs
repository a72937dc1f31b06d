//! `postdesk quarantine`: mail that was set aside or is held.

use std::io::Write;
use std::time::{Duration, Instant};

use clap::Subcommand;

use super::{
    EXIT_FAILURE, Failure, Format, daemon_runs, line, mailbox, open, plain, print_json, told,
};
use crate::config::Config;
use crate::desk::case::Outcome;
use crate::desk::texts::stamp;
use crate::mail::{InboxId, OutboxId, parse};
use crate::store::view::{self, InboxRow, Which};
use crate::store::{Store, inbox};

/// A daemon that is well comes to a mail within a second; one that reads many takes longer.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

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
    ///
    /// Waits for its end and prints it, with every mail that went out for it; ends with 1 if it
    /// lies there again. Without a running daemon it is worked on at the next start.
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
        What::Show { number, raw, format } => show(&store, config, *number, (*raw, *format), out),
        What::Release { number } => {
            let before = store.read(view::newest_row)?;
            act(&store, *number, inbox::release)?;
            if daemon_runs(config) {
                tell_end(&store, config, (*number, before), out)
            } else {
                writeln!(
                    out,
                    "Mail {number} is let go. No daemon runs here: it is worked on at the next start of `postdesk run`."
                )?;
                Ok(0)
            }
        }
        What::Drop { number } => {
            act(&store, *number, inbox::drop_waiting)?;
            writeln!(out, "Mail {number} is put away as a record; its bytes stay stored.")?;
            Ok(0)
        }
    }
}

/// Waits for the end of a mail that was let go, and says it: whose word it was wants to know to
/// whom it went, or why it lies there again.
fn tell_end(
    store: &Store,
    config: &Config,
    (number, before): (i64, OutboxId),
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let Some(row) = wait_for_end(store, number)? else {
        writeln!(
            out,
            "Mail {number} is let go, but the daemon has not come to it in {} s; `postdesk inbox` will show what became of it.",
            PATIENCE.as_secs()
        )?;
        return Ok(0);
    };
    let reason = row.reason.as_deref().unwrap_or("no reason was noted");
    let outcome = row.outcome.map(Outcome::as_str).unwrap_or_default();
    let end = match outcome {
        // Put off: nobody could judge its signature yet.
        "" => format!("Mail {number} is let go and waits: {}", line(reason, 300)),
        "quarantine" => format!("Mail {number} is in quarantine again: {}", line(reason, 300)),
        "held" => format!("Mail {number} is held again: {}", line(reason, 300)),
        outcome => {
            let ticket = row.ticket.map(|ticket| format!(", ticket #{ticket}")).unwrap_or_default();
            format!("Mail {number} is let go: {outcome}{ticket} ({})", line(reason, 300))
        }
    };
    writeln!(out, "{end}")?;
    let caused = store.read(|connection| view::caused(connection, InboxId(number), before))?;
    for mail in &caused {
        let next = mail.next_attempt_at.map(|at| stamp(at, &config.desk.time_zone));
        let next = next.map(|at| format!(", goes {at}")).unwrap_or_default();
        writeln!(out, "  {} → {} ({}{next})", mail.kind, line(&mail.recipient, 80), mail.state)?;
    }
    if !matches!(outcome, "quarantine" | "held") {
        return Ok(0);
    }
    let advice = "To let it go once more would end the same way: `postdesk quarantine show N` shows it, `drop N` puts it away.";
    writeln!(out, "{}", advice.replace('N', &number.to_string()))?;
    Ok(EXIT_FAILURE)
}

/// `None` if the daemon does not come to it; one of a mail that was put off has no outcome.
fn wait_for_end(store: &Store, number: i64) -> Result<Option<InboxRow>, Failure> {
    let began = Instant::now();
    loop {
        let (found, damaged) =
            store.read(|connection| view::inbox(connection, Which::One(InboxId(number))))?;
        told(damaged)?;
        let ended = |row: &InboxRow| row.outcome.is_some() || row.reason.is_some();
        if let Some(row) = found.into_iter().next().filter(ended) {
            return Ok(Some(row));
        }
        if began.elapsed() > PATIENCE {
            return Ok(None);
        }
        std::thread::sleep(PAUSE);
    }
}

fn list(
    store: &Store,
    config: &Config,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let (found, damaged) = store.read(|connection| view::inbox(connection, Which::Waiting))?;
    if format.json {
        mailbox::print_full(store, config, found, out)?;
        return told(damaged);
    }
    if found.is_empty() && damaged.is_none() {
        writeln!(out, "Nothing lies in quarantine, nothing is held.")?;
    }
    if !found.is_empty() {
        mailbox::print(config, &found, out)?;
    }
    told(damaged)
}

fn show(
    store: &Store,
    config: &Config,
    number: i64,
    (raw, format): (bool, Format),
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let (found, damaged) =
        store.read(|connection| view::inbox(connection, Which::One(InboxId(number))))?;
    told(damaged)?;
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
    mailbox::print_one(config, &row, out)?;
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
