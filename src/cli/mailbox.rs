//! `postdesk inbox` and `postdesk outbox`: every mail that came, every mail that goes.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use super::{Failure, Format, line, open, print_json, told};
use crate::config::Config;
use crate::desk::case::Outcome;
use crate::desk::texts::stamp;
use crate::mail::{InboxId, TicketNumber, parse};
use crate::store::view::{self, InboxRow, OutboxRow, Which};
use crate::store::{Store, inbox as rows, tickets};
use crate::work;

/// A file as `inbox --json` shows it.
#[derive(Debug, Serialize)]
pub struct FileRow {
    name: Option<String>,
    #[serde(rename = "type")]
    content_type: String,
    size: usize,
}

/// A mail with what can be read in it.
#[derive(Debug, Serialize)]
pub struct Full {
    #[serde(flatten)]
    row: InboxRow,
    text: String,
    full_text: String,
    attachments: Vec<FileRow>,
}

/// Every mail that came.
pub fn inbox(config: &Config, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let store = open(config)?;
    let (found, damaged) = store.read(|connection| view::inbox(connection, Which::All))?;
    if format.json {
        print_full(&store, config, found, out)?;
        return told(damaged);
    }
    for row in &found {
        print(config, row, out)?;
    }
    if found.is_empty() && damaged.is_none() {
        writeln!(out, "No mail has come yet.")?;
    }
    told(damaged)
}

/// Prints one array, a mail at a time, so that a large inbox needs no large memory.
pub fn print_full(
    store: &Store,
    config: &Config,
    found: Vec<InboxRow>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    write!(out, "[")?;
    for (index, row) in found.into_iter().enumerate() {
        write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
        let full = full(store, config, row);
        serde_json::to_writer(&mut *out, &full).map_err(std::io::Error::from)?;
    }
    writeln!(out, "\n]")?;
    Ok(())
}

/// Reads the texts from the mail's own bytes, as the daemon did. What is new of a mail from outside
/// depends on what was said before: it stands on its ticket.
pub fn full(store: &Store, config: &Config, row: InboxRow) -> Full {
    let refused = row.outcome == Some(Outcome::Refused);
    let bytes =
        store.read(|connection| rows::bytes(connection, InboxId(row.id))).unwrap_or_default();
    let parse = || if refused { parse::parse_header(&bytes) } else { parse::parse(&bytes) };
    let read = catch_unwind(AssertUnwindSafe(|| {
        let content = work::content(parse(), config);
        (work::facts(&content), content.into_parts())
    }));
    let (facts, (inbound, text)) = read.unwrap_or_default();
    let row = if row.outcome.is_none() { described(row, facts) } else { row };
    let outside = inbound.sender().is_some_and(|sender| config.agent(&sender.address).is_none());
    let on = row.ticket.filter(|_| outside && row.outcome == Some(Outcome::Message));
    let heard = on.map(|number| {
        store.read(|connection| tickets::heard(connection, TicketNumber(number), InboxId(row.id)))
    });
    let text = heard.and_then(Result::ok).flatten().unwrap_or(text);
    let attachments = inbound
        .attachments
        .iter()
        .map(|file| FileRow {
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            size: file.size,
        })
        .collect();
    Full { row, text, full_text: inbound.full_text(), attachments }
}

/// A mail that waits to be decided, with what is known of it already.
fn described(row: InboxRow, facts: rows::Facts) -> InboxRow {
    InboxRow {
        message_id: facts.message_id,
        from: facts.from,
        subject: facts.subject,
        origin: facts.origin.map(str::to_owned),
        authentication: facts.authentication,
        ..row
    }
}

/// One line of a mail that came.
pub fn print(config: &Config, row: &InboxRow, out: &mut dyn Write) -> Result<(), Failure> {
    let at = stamp(row.arrived_at, &config.desk.time_zone);
    let ticket = row.ticket.map(|number| format!("#{number}")).unwrap_or_default();
    writeln!(
        out,
        "{:>6}  {at}  {:<10} {ticket:<6} {:<28} {}",
        row.id,
        row.outcome.map_or("waiting", Outcome::as_str),
        line(row.from.as_deref().unwrap_or("(nobody)"), 28),
        line(row.subject.as_deref().unwrap_or("(no subject)"), 60)
    )?;
    if let Some(reason) = &row.reason {
        writeln!(out, "        {}", line(reason, 120))?;
    }
    Ok(())
}

/// The state of a mail that goes out, as people read it: what was stopped waits for no time.
pub fn state(row: &OutboxRow) -> &str {
    let stopped = row.state == "queued" && row.next_attempt_at.is_none();
    if stopped { "stopped" } else { row.state }
}

/// Every mail that goes out or went.
pub fn outbox(config: &Config, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let (found, damaged) = open(config)?.read(view::outbox)?;
    if format.json {
        print_json(&found, out)?;
        return told(damaged);
    }
    if found.is_empty() && damaged.is_none() {
        writeln!(out, "No mail has gone out yet.")?;
    }
    for row in &found {
        let ticket = row.ticket.map(|number| format!("#{number}")).unwrap_or_default();
        let next = row
            .next_attempt_at
            .map(|at| format!(", next try {}", stamp(at, &config.desk.time_zone)))
            .unwrap_or_default();
        let at = stamp(row.queued_at, &config.desk.time_zone);
        writeln!(
            out,
            "{:>6}  {at}  {:<8} {ticket:<6} {:<16} {}{next}",
            row.id,
            state(row),
            row.kind.as_str(),
            line(&row.recipient, 40)
        )?;
        if row.state != "sent"
            && let Some(words) = &row.last_reply
        {
            writeln!(out, "        {}", line(words, 120))?;
        }
    }
    told(damaged)
}
