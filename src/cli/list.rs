//! `postdesk list` and `postdesk search`.

use std::io::Write;

use super::{Failure, Format, line, open, print_json, told};
use crate::config::Config;
use crate::desk::query::{Day, Which};
use crate::store::view::{self, TicketRow};
use crate::time::{Clock, Timestamp};

/// Which tickets are listed.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Wanted {
    /// Only those for which it is too late
    #[arg(long, conflicts_with = "due")]
    pub overdue: bool,
    /// Only those of which something is open that falls due on that day of the desk: today,
    /// tomorrow, or a date such as 2026-11-27
    #[arg(long, value_name = "DAY")]
    pub due: Option<String>,
}

impl Wanted {
    /// As agents' questions know it; `None` for all.
    fn which(&self, config: &Config, now: Timestamp) -> Result<Option<Which>, Failure> {
        let Some(word) = &self.due else { return Ok(self.overdue.then_some(Which::Overdue)) };
        let day = Day::of(word.trim(), now, &config.desk.time_zone);
        let day = day.filter(|_| !word.trim().is_empty());
        let unknown =
            || format!("“{}” is no day; write today, tomorrow or 2026-11-27", line(word, 40));
        Ok(Some(Which::Due(day.ok_or_else(|| Failure::Said(unknown()))?)))
    }
}

/// All tickets, or those that are wanted.
pub fn list(
    config: &Config,
    wanted: &Wanted,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let now = Clock::System.now();
    let which = wanted.which(config, now)?;
    let (rows, damaged) = open(config)?.read(|connection| match &which {
        None => view::tickets(connection),
        Some(which) => view::listed(connection, which, now),
    })?;
    if format.json {
        print_json(&rows, out)?;
        return told(damaged);
    }
    if rows.is_empty() && damaged.is_none() {
        writeln!(out, "{}", if which.is_some() { "None." } else { "No tickets yet." })?;
    }
    for row in &rows {
        print(config, row, now, out)?;
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
        print(config, &row.ticket, Clock::System.now(), out)?;
        writeln!(out, "      {}", line(&row.excerpt, 100))?;
    }
    Ok(0)
}

fn print(
    config: &Config,
    row: &TicketRow,
    now: Timestamp,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let stamp = |at: Timestamp| crate::desk::texts::stamp(at, &config.desk.time_zone);
    let at = stamp(row.updated_at);
    let due = row.next_due_at.map_or_else(String::new, |at| {
        format!(", {} {}", if at <= now { "late since" } else { "due" }, stamp(at))
    });
    let assignee = row.assignee.as_deref().unwrap_or("nobody");
    writeln!(
        out,
        "{:>5}  {:<8} {:<7} {at}  {:<28} {}  ({}{due})",
        row.number,
        row.status.as_str(),
        row.priority.as_str(),
        line(&row.requester, 28),
        line(&row.subject, 60),
        line(assignee, 40)
    )?;
    Ok(())
}
