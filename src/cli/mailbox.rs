//! `postdesk inbox` and `postdesk outbox`: every mail that came, every mail that goes.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use super::table::{self, Cell, Column, Looks, Tone, numbers, words};
use super::{Failure, Format, line, open, plain, print_json, told};
use crate::config::Config;
use crate::desk::case::Outcome;
use crate::desk::texts::stamp;
use crate::mail::{InboxId, TicketNumber, parse};
use crate::store::view::{self, InboxRow, OutboxRow, Which};
use crate::store::{Store, inbox as rows, tickets};
use crate::work;

/// Most characters of a subject, an address and a reason in a row.
const SUBJECT_MAX: usize = 60;
const ADDRESS_MAX: usize = 60;
const REASON_MAX: usize = 160;

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
    if !found.is_empty() {
        print(config, &found, out)?;
    } else if damaged.is_none() {
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

const CAME: [Column; 6] = [
    numbers("#", 9),
    words("CAME", 16),
    words("BECAME", 10),
    numbers("TICKET", 8),
    words("FROM", 20),
    words("SUBJECT, AND WHY", usize::MAX),
];

/// Mails that came, a row a line.
pub fn print(config: &Config, found: &[InboxRow], out: &mut dyn Write) -> Result<(), Failure> {
    let cells: Vec<_> = found.iter().map(|row| came(config, row)).collect();
    Ok(table::print(CAME, &cells, Looks::of_stdout(), out)?)
}

fn came(config: &Config, row: &InboxRow) -> [Cell; 6] {
    let tone = match row.outcome {
        Some(Outcome::Quarantine | Outcome::Refused) => Tone::Bad,
        None | Some(Outcome::Held) => Tone::Warm,
        Some(Outcome::Message | Outcome::Note | Outcome::Command) => Tone::Usual,
        Some(Outcome::Record | Outcome::Duplicate) => Tone::Faint,
    };
    let subject = line(row.subject.as_deref().unwrap_or("(no subject)"), SUBJECT_MAX);
    let reason = row.reason.as_deref().map(|reason| line(reason, REASON_MAX));
    // What is no ordinary mail says first why: a narrow terminal cuts the end.
    let last = match (reason, tone) {
        (Some(reason), Tone::Usual) => format!("{subject} ← {reason}"),
        (Some(reason), _) => format!("{reason} → {subject}"),
        (None, _) => subject,
    };
    [
        row.id.to_string().into(),
        stamp(row.arrived_at, &config.desk.time_zone).into(),
        Cell::toned(row.outcome.map_or("waiting", Outcome::as_str), tone),
        number(row.ticket),
        line(row.from.as_deref().unwrap_or("(nobody)"), ADDRESS_MAX).into(),
        last.into(),
    ]
}

/// One mail that came, with all that is known of what became of it.
pub fn print_one(config: &Config, row: &InboxRow, out: &mut dyn Write) -> Result<(), Failure> {
    let ticket = row.ticket.map(|number| format!(", ticket #{number}")).unwrap_or_default();
    let became = row.outcome.map_or("waits to be decided", Outcome::as_str);
    let at = stamp(row.arrived_at, &config.desk.time_zone);
    writeln!(out, "mail {}, came {at}: {became}{ticket}", row.id)?;
    writeln!(out, "from:    {}", line(row.from.as_deref().unwrap_or("(nobody)"), ADDRESS_MAX))?;
    writeln!(out, "subject: {}", line(row.subject.as_deref().unwrap_or("(no subject)"), 200))?;
    if let Some(reason) = &row.reason {
        writeln!(out, "why:     {}", plain(reason))?;
    }
    Ok(())
}

fn number(ticket: Option<i64>) -> Cell {
    ticket.map(|number| Cell::from(format!("#{number}"))).unwrap_or_default()
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
    if !found.is_empty() {
        let cells: Vec<_> = found.iter().map(|row| went(config, row)).collect();
        table::print(WENT, &cells, Looks::of_stdout(), out)?;
    }
    told(damaged)
}

const WENT: [Column; 7] = [
    numbers("#", 9),
    words("WRITTEN", 16),
    words("STATE", 8),
    numbers("TICKET", 8),
    words("KIND", 15),
    words("TO", 24),
    words("AND", usize::MAX),
];

fn went(config: &Config, row: &OutboxRow) -> [Cell; 7] {
    let tone = match state(row) {
        "refused" | "expired" => Tone::Bad,
        "sent" => Tone::Usual,
        _ => Tone::Warm,
    };
    let next =
        row.next_attempt_at.map(|at| format!("next try {}", stamp(at, &config.desk.time_zone)));
    let said = row.last_reply.as_deref().filter(|_| row.state != "sent");
    let said = said.map(|words| line(words, REASON_MAX));
    let and: Vec<String> = [next, said].into_iter().flatten().collect();
    [
        row.id.to_string().into(),
        stamp(row.queued_at, &config.desk.time_zone).into(),
        Cell::toned(state(row), tone),
        number(row.ticket),
        row.kind.as_str().into(),
        line(&row.recipient, ADDRESS_MAX).into(),
        and.join("; ").into(),
    ]
}
