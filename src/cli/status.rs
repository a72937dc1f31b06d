//! `postdesk status`: how the desk does, for people and for monitoring.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::{EXIT_FAILURE, Failure, Format, daemon_runs, key, open, plain, print_json};
use crate::config::Config;
use crate::desk::query::Day;
use crate::desk::texts::{Texts, stamp};
use crate::store::absences::AwayRow;
use crate::store::view::{self, ProblemRow, Status};
use crate::store::{self, DATABASE, trouble};
use crate::time::{Clock, Timestamp};

/// Without a successful look at the mailbox for so long, something is wrong (O1).
const SILENT_AFTER: Duration = Duration::from_secs(15 * 60);

/// A daily backup that is older than this did not happen (O1).
const BACKUP_AFTER: Duration = Duration::from_secs(26 * 3600);

/// How often one who watches sees it anew.
const WATCH_EVERY: Duration = Duration::from_secs(5);

/// Prints it again and again: on a terminal in the same place, else one below the other.
pub fn watch(config: &Config, out: &mut dyn Write) -> Result<u8, Failure> {
    // Home, and everything below it away (ECMA-48).
    let afresh = if std::io::stdout().is_terminal() { "\x1b[H\x1b[J" } else { "\n" };
    loop {
        let mut page = Vec::new();
        // What cannot be read now may be in a moment: a desk that is being restored, or moved.
        if let Err(failure) = status(config, Format { json: false }, &mut page) {
            writeln!(page, "{failure}")?;
        }
        let now = stamp(Clock::System.now(), &config.desk.time_zone);
        writeln!(out, "{afresh}{now}\n")?;
        out.write_all(&page)?;
        out.flush()?;
        std::thread::sleep(WATCH_EVERY);
    }
}

/// Prints it; ends with 1 if something wants a person.
pub fn status(config: &Config, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    // Said without the database, which may be what is wrong.
    let trouble = trouble::standing(&config.desk.data_dir);
    let store = match open(config) {
        Ok(store) => store,
        Err(failure) => {
            if let Some(trouble) = trouble {
                writeln!(out, "The database cannot be written: {}", trouble.words)?;
            }
            return Err(failure);
        }
    };
    let now = Clock::System.now();
    let bytes = database_bytes(&config.desk.data_dir);
    let ends = Day::of("today", now, &config.desk.time_zone).map_or(now, |day| day.until);
    let mut status = store.read(|connection| view::status(connection, bytes, (now, ends)))?;
    status.problems.extend(store.read(|connection| view::overdue(connection, now))?);
    status.problems.extend(key::gone(config, &store, now)?);
    add_silence(config, &mut status, now);
    status.problems.extend(trouble.map(|trouble| {
        ProblemRow {
            what: format!("The database cannot be written: {}", trouble.words),
            since: trouble.since,
            advice: "make room on the disk, or see who holds the file; mail waits safely meanwhile"
                .to_owned(),
        }
    }));
    let backed_up = store.read(|connection| store::state(connection, store::BACKED_UP))?;
    add_old_backup(
        backed_up.as_deref().and_then(|at| at.parse().ok()).map(Timestamp::from_millis),
        &mut status,
        now,
    );
    let code = if status.problems.is_empty() { 0 } else { EXIT_FAILURE };
    if format.json {
        print_json(&status, out)?;
    } else {
        print(config, &status, out)?;
    }
    Ok(code)
}

fn database_bytes(data_dir: &Path) -> u64 {
    let file = |suffix: &str| {
        fs::metadata(data_dir.join([DATABASE, suffix].concat())).map_or(0, |data| data.len())
    };
    file("") + file("-wal")
}

/// What no daemon can say of itself: that it does not run, or has not seen the mailbox for long.
fn add_silence(config: &Config, status: &mut Status, now: Timestamp) {
    let running = daemon_runs(config);
    let silent = status.last_poll_at.is_none_or(|at| now.since(at) > SILENT_AFTER);
    let since = status.last_poll_at.unwrap_or(now);
    if !running {
        let what = "The daemon does not run: no mail is read or sent".to_owned();
        status.problems.push(ProblemRow { what, since, advice: "start `postdesk run`".to_owned() });
    } else if silent {
        let what = match status.last_poll_at {
            Some(_) => "The mailbox has not been read successfully for 15 minutes",
            None => "The mailbox has not been read yet",
        };
        status.problems.push(ProblemRow {
            what: what.to_owned(),
            since,
            advice: "`postdesk check` says what the server answers".to_owned(),
        });
    }
}

/// Whoever has begun to make backups wants to hear when they stop.
fn add_old_backup(last: Option<Timestamp>, status: &mut Status, now: Timestamp) {
    if let Some(since) = last.filter(|at| now.since(*at) > BACKUP_AFTER) {
        let what = "The last backup is older than 26 hours".to_owned();
        status.problems.push(ProblemRow {
            what,
            since,
            advice: "look at what calls `postdesk backup`".to_owned(),
        });
    }
}

/// `until 2026-11-27 09:00`, `until further notice`.
pub fn until(away: &AwayRow, zone: &TimeZone) -> String {
    away.until.map_or_else(
        || "until further notice".to_owned(),
        |at| format!("until {}", stamp(at, zone)),
    )
}

fn print(config: &Config, status: &Status, out: &mut dyn Write) -> Result<(), Failure> {
    let zone = &config.desk.time_zone;
    let at =
        |time: Option<Timestamp>| time.map_or_else(|| "never".to_owned(), |at| stamp(at, zone));
    writeln!(out, "mailbox last read   {}", at(status.last_poll_at))?;
    writeln!(out, "last mail came      {}", at(status.last_mail_at))?;
    writeln!(out, "still to be decided {}", status.backlog)?;
    writeln!(out, "waiting to go out   {}", status.outbox)?;
    writeln!(out, "in quarantine       {}", status.quarantine)?;
    writeln!(out, "held                {}", status.held)?;
    writeln!(
        out,
        "promises open       {} (today {}, overdue {})",
        status.promises_due, status.promises_due_today, status.promises_overdue
    )?;
    writeln!(
        out,
        "tickets overdue     {}\nnobody has taken    {}",
        status.tickets_overdue, status.tickets_unowned
    )?;
    writeln!(
        out,
        "database            {}",
        Texts::english().size(usize::try_from(status.database_bytes).unwrap_or(usize::MAX))
    )?;
    for one in &status.away {
        let backup = one
            .backup
            .as_ref()
            .map(|backup| format!(", {} stands in", plain(backup.as_str())))
            .unwrap_or_default();
        writeln!(
            out,
            "away                {} {}{backup}",
            plain(one.agent.as_str()),
            until(one, zone)
        )?;
    }
    if status.problems.is_empty() {
        writeln!(out, "\nAll is well.")?;
    }
    for problem in &status.problems {
        writeln!(
            out,
            "\n! {}\n  since {}\n  {}",
            plain(&problem.what),
            stamp(problem.since, zone),
            problem.advice
        )?;
    }
    Ok(())
}
