//! `postdesk list` and `postdesk search`.

use std::cmp::Reverse;
use std::io::Write;
use std::time::Duration;

use super::table::{self, Cell, Column, Looks, Tone, numbers, words};
use super::{Failure, Format, line, open, print_json, told};
use crate::config::{Agent, Config, Priority};
use crate::desk::Status;
use crate::desk::query::{Day, Which};
use crate::desk::texts::stamp;
use crate::store::view::{self, TicketRow};
use crate::time::{Clock, Timestamp};

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

const COLUMNS: [Column; 8] = [
    numbers("#", 8),
    words("STATE", 8),
    words("PRIORITY", 6),
    numbers("AGE", 5),
    words("DUE", 10),
    words("WHO", 10),
    words("FROM", 18),
    words("SUBJECT", usize::MAX),
];

/// Which tickets are listed.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Wanted {
    /// Those that are over too
    #[arg(long)]
    pub all: bool,
    /// Only those that are not solved
    #[arg(long, conflicts_with = "all")]
    pub open: bool,
    /// Only those for which it is too late
    #[arg(long, conflicts_with = "due")]
    pub overdue: bool,
    /// Only those of which something is open that falls due on that day of the desk: today,
    /// tomorrow, or a date such as 2026-11-27
    #[arg(long, value_name = "DAY")]
    pub due: Option<String>,
    /// Only those that this agent has, by handle or address; `none` for those that nobody has
    #[arg(long, value_name = "AGENT")]
    pub mine: Option<String>,
    /// Only those of this queue
    #[arg(long, value_name = "NAME")]
    pub queue: Option<String>,
}

/// Who has it.
#[derive(Clone, Debug)]
enum Holder {
    Nobody,
    Agent(String),
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

    fn holder(&self, config: &Config) -> Result<Option<Holder>, Failure> {
        let Some(word) = self.mine.as_deref().map(str::trim) else { return Ok(None) };
        if word.eq_ignore_ascii_case("none") {
            return Ok(Some(Holder::Nobody));
        }
        let is = |agent: &&Agent| {
            agent.handle.eq_ignore_ascii_case(word)
                || agent.address.as_str().eq_ignore_ascii_case(word)
        };
        match config.agents.iter().find(is) {
            Some(agent) => Ok(Some(Holder::Agent(agent.address.as_str().to_owned()))),
            None => {
                let all: Vec<_> = config.agents.iter().map(|agent| agent.handle.as_str()).collect();
                Err(Failure::Said(format!(
                    "nobody here is called “{}”; there are {}",
                    line(word, 40),
                    all.join(", ")
                )))
            }
        }
    }

    fn team<'a>(&self, config: &'a Config) -> Result<Option<&'a str>, Failure> {
        let Some(word) = self.queue.as_deref().map(str::trim) else { return Ok(None) };
        let mut all = config.queues.iter().map(|queue| queue.name.as_str());
        match all.clone().find(|name| name.eq_ignore_ascii_case(word)) {
            Some(name) => Ok(Some(name)),
            None => Err(Failure::Said(format!(
                "there is no queue “{}”; there are {}",
                line(word, 40),
                all.by_ref().collect::<Vec<_>>().join(", ")
            ))),
        }
    }

    /// Whether something was asked for.
    fn is_narrow(&self) -> bool {
        self.open
            || self.overdue
            || self.due.is_some()
            || self.mine.is_some()
            || self.queue.is_some()
    }
}

/// Tickets that are wanted; without a wish all of them as JSON, and for people those that are not
/// over.
pub fn list(
    config: &Config,
    wanted: &Wanted,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let now = Clock::System.now();
    let which = wanted.which(config, now)?;
    let (holder, team) = (wanted.holder(config)?, wanted.team(config)?);
    let (mut rows, damaged) = open(config)?.read(|connection| match &which {
        None => view::tickets(connection),
        Some(which) => view::listed(connection, which, now),
    })?;
    rows.retain(|row| {
        team.is_none_or(|team| row.queue == team)
            && holder.as_ref().is_none_or(|holder| has(row, holder))
            && !(wanted.open && is_done(row))
    });
    if format.json {
        print_json(&rows, out)?;
        return told(damaged);
    }
    let before = rows.len();
    if !wanted.all && !wanted.overdue && wanted.due.is_none() {
        rows.retain(|row| !is_over(row));
    }
    let hidden = before - rows.len();
    if which.is_none() {
        rows.sort_by_key(|row| {
            (is_done(row), row.next_due_at.is_none(), row.next_due_at, Reverse(row.updated_at))
        });
    }
    if !rows.is_empty() {
        let cells: Vec<_> = rows.iter().map(|row| cells(config, row, now)).collect();
        table::print(COLUMNS, &cells, Looks::of_stdout(), out)?;
    } else if damaged.is_none() {
        writeln!(
            out,
            "{}",
            if wanted.is_narrow() || hidden > 0 { "None." } else { "No tickets yet." }
        )?;
    }
    if hidden > 0 {
        writeln!(out, "{hidden} more are over: `postdesk list --all`")?;
    }
    told(damaged)
}

fn has(row: &TicketRow, holder: &Holder) -> bool {
    match (holder, row.assignee.as_deref()) {
        (Holder::Nobody, assignee) => assignee.is_none(),
        (Holder::Agent(address), Some(assignee)) => assignee.eq_ignore_ascii_case(address),
        (Holder::Agent(_), None) => false,
    }
}

fn is_done(row: &TicketRow) -> bool {
    matches!(row.status, Status::Solved) || is_over(row)
}

fn is_over(row: &TicketRow) -> bool {
    matches!(row.status, Status::Closed | Status::Spam)
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
        let ticket = &row.ticket;
        writeln!(
            out,
            "#{}  {}  ({}, {}, {})",
            ticket.number,
            line(&ticket.subject, 60),
            ticket.status.as_str(),
            line(&ticket.requester, 40),
            stamp(ticket.updated_at, &config.desk.time_zone)
        )?;
        writeln!(out, "    {}", line(&row.excerpt, 100))?;
    }
    Ok(0)
}

fn cells(config: &Config, row: &TicketRow, now: Timestamp) -> [Cell; 8] {
    let over = if is_done(row) { Tone::Faint } else { Tone::Usual };
    let state = match row.status {
        Status::New => Tone::Warm,
        Status::Open
        | Status::Pending
        | Status::OnHold
        | Status::Solved
        | Status::Closed
        | Status::Spam => over,
    };
    let matters = match row.priority {
        Priority::Urgent => Tone::Bad,
        Priority::High => Tone::Warm,
        Priority::Normal | Priority::Low => over,
    };
    let holder = row.assignee.as_deref().map(|address| who(config, address));
    [
        row.number.to_string().into(),
        Cell::toned(row.status.as_str(), state),
        Cell::toned(row.priority.as_str(), if over == Tone::Faint { over } else { matters }),
        span(now.since(row.created_at)).into(),
        row.next_due_at.map(|at| due(at, now)).unwrap_or_default(),
        holder.map_or_else(|| Cell::toned("nobody", state), Cell::from),
        line(&row.requester, 60).into(),
        Cell::toned(line(&row.subject, 200), over),
    ]
}

/// An agent by their handle, which is shorter.
fn who(config: &Config, address: &str) -> String {
    let known = config.agents.iter().find(|one| one.address.as_str().eq_ignore_ascii_case(address));
    line(known.map_or(address, |agent| agent.handle.as_str()), 40)
}

/// `in 3 h`, `late 2 d`.
fn due(at: Timestamp, now: Timestamp) -> Cell {
    if at <= now {
        return Cell::toned(format!("late {}", span(now.since(at))), Tone::Bad);
    }
    let left = at.since(now);
    Cell::toned(format!("in {}", span(left)), if left < HOUR { Tone::Warm } else { Tone::Usual })
}

/// A length of time in its largest unit.
fn span(length: Duration) -> String {
    let of = |unit: Duration| length.as_secs() / unit.as_secs();
    match length {
        _ if length < HOUR => format!("{} m", of(MINUTE)),
        _ if length < DAY => format!("{} h", of(HOUR)),
        _ => format!("{} d", of(DAY)),
    }
}
