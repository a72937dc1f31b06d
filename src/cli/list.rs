//! `postdesk list` and `postdesk search`.

use std::io::Write;

use super::{Failure, Format, line, open, print_json, told};
use crate::config::Config;
use crate::store::view::{self, TicketRow};

/// All tickets.
pub fn list(config: &Config, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let (rows, damaged) = open(config)?.read(view::tickets)?;
    if format.json {
        print_json(&rows, out)?;
        return told(damaged);
    }
    if rows.is_empty() && damaged.is_none() {
        writeln!(out, "No tickets yet.")?;
    }
    for row in &rows {
        print(config, row, out)?;
    }
    told(damaged)
}

/// Tickets in which all the words stand.
pub fn search(
    config: &Config,
    words: &str,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let rows = open(config)?.read(|connection| view::search(connection, words))?;
    if format.json {
        return print_json(&rows, out);
    }
    if rows.is_empty() {
        writeln!(out, "Nothing found.")?;
    }
    for row in &rows {
        print(config, &row.ticket, out)?;
        writeln!(out, "      {}", line(&row.excerpt, 100))?;
    }
    Ok(0)
}

fn print(config: &Config, row: &TicketRow, out: &mut dyn Write) -> Result<(), Failure> {
    let at = crate::desk::texts::stamp(row.updated_at, &config.desk.time_zone);
    let assignee = row.assignee.as_deref().unwrap_or("nobody");
    writeln!(
        out,
        "{:>5}  {:<8} {:<7} {at}  {:<28} {}  ({})",
        row.number,
        row.status.as_str(),
        row.priority.as_str(),
        line(&row.requester, 28),
        line(&row.subject, 60),
        line(assignee, 40)
    )?;
    Ok(())
}
