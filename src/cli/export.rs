//! `postdesk export`: everything that the desk holds, in forms that other programs read; or what it
//! holds of one ticket or one person.
//!
//! `mail.mbox` has every mail as it came and as it went (mboxrd, which can be turned back byte by byte
//! but for the line ends), `tickets.jsonl` an object of `show --json` a line, `inbox.jsonl` and
//! `outbox.jsonl` what became of each mail. One mail is in memory at a time.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Failure, open};
use crate::config::Config;
use crate::mail::compose::assemble;
use crate::mail::{Address, InboxId, OutboxId, TicketNumber};
use crate::store::view::{self, InboxRow, OutboxRow, Shown, Which};
use crate::store::{self, Store, inbox, shown};
use crate::time::Timestamp;

/// What is wanted.
#[derive(Clone, Debug, clap::Args)]
pub struct Wanted {
    /// The folder to make; it must not be there yet
    pub folder: PathBuf,
    /// Only this ticket, with its mails
    #[arg(long, value_name = "N", conflicts_with = "person")]
    pub ticket: Option<i64>,
    /// Only what is held of this person: mails of theirs and to them, and the tickets that they take
    /// part in, for a request under data protection law
    #[arg(long, value_name = "ADDRESS")]
    pub person: Option<String>,
}

/// Which mails and tickets those are.
enum Scope {
    All,
    Ticket(i64),
    Person(Address),
}

impl Scope {
    fn of(wanted: &Wanted) -> Result<Self, Failure> {
        Ok(match (&wanted.ticket, &wanted.person) {
            (Some(number), _) => Self::Ticket(*number),
            (None, Some(text)) => Self::Person(Address::parse(text.trim()).ok_or_else(|| {
                Failure::Said(format!("{text} is no address, such as ada@example.com"))
            })?),
            (None, None) => Self::All,
        })
    }

    fn came(&self, row: &InboxRow) -> bool {
        match self {
            Self::All => true,
            Self::Ticket(number) => row.ticket == Some(*number),
            Self::Person(person) => row.from.as_deref().is_some_and(|from| is(from, person)),
        }
    }

    fn went(&self, row: &OutboxRow) -> bool {
        match self {
            Self::All => true,
            Self::Ticket(number) => row.ticket == Some(*number),
            Self::Person(person) => is(&row.recipient, person),
        }
    }

    fn holds(&self, shown: &Shown) -> bool {
        match self {
            Self::All => true,
            Self::Ticket(number) => shown.ticket.number == *number,
            Self::Person(person) => {
                is(&shown.ticket.requester, person)
                    || shown.participants.iter().any(|one| is(one.address.as_str(), person))
            }
        }
    }
}

fn is(text: &str, person: &Address) -> bool {
    Address::parse(text).is_some_and(|address| address == *person)
}

/// A folder of ours that nobody else reads.
struct Place<'a> {
    folder: &'a Path,
}

impl Place<'_> {
    fn file(&self, name: &str) -> Result<BufWriter<File>, Failure> {
        let mut options = OpenOptions::new();
        let path = self.folder.join(name);
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.map(BufWriter::new).map_err(|error| unwritten(&path, &error))
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Said(format!("{} cannot be written: {error}", path.display()))
}

/// Writes it all, and counts it.
pub fn export(config: &Config, wanted: &Wanted, out: &mut dyn Write) -> Result<u8, Failure> {
    let (store, scope) = (open(config)?, Scope::of(wanted)?);
    let folder = wanted.folder.as_path();
    if folder.exists() {
        return Err(Failure::Said(format!(
            "{} is there already; name a folder that is not, for an export replaces nothing",
            folder.display()
        )));
    }
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| unwritten(folder, &error))?;
    let place = Place { folder };
    let mut mbox = place.file("mail.mbox")?;
    let (came, damaged) = came(&store, &scope, &place, &mut mbox)?;
    let (went, spoilt) = went(&store, &scope, &place, &mut mbox)?;
    mbox.flush()?;
    let tickets = tickets(&store, &scope, &place)?;
    writeln!(
        out,
        "{}: {came} mails that came, {went} that went, {tickets} tickets",
        folder.display()
    )?;
    match damaged.or(spoilt) {
        Some(error) => Err(error.into()),
        None => Ok(0),
    }
}

type Counted = (usize, Option<store::Error>);

fn came(
    store: &Store,
    scope: &Scope,
    place: &Place<'_>,
    mbox: &mut impl Write,
) -> Result<Counted, Failure> {
    let mut index = place.file("inbox.jsonl")?;
    let (rows, mut damaged) = store.read(|connection| view::inbox(connection, Which::All))?;
    let mut count = 0;
    for row in rows.iter().filter(|row| scope.came(row)) {
        line(&mut index, row)?;
        match store.read(|connection| inbox::bytes(connection, InboxId(row.id))) {
            Ok(bytes) => add(mbox, row.from.as_deref(), row.arrived_at, &bytes)?,
            Err(error) => damaged = damaged.or(Some(error)),
        }
        count += 1;
    }
    index.flush()?;
    Ok((count, damaged))
}

fn went(
    store: &Store,
    scope: &Scope,
    place: &Place<'_>,
    mbox: &mut impl Write,
) -> Result<Counted, Failure> {
    let mut index = place.file("outbox.jsonl")?;
    let (rows, mut damaged) = store.read(view::outbox)?;
    let mut count = 0;
    for row in rows.iter().filter(|row| scope.went(row)) {
        line(&mut index, row)?;
        let mail = store.read(|connection| {
            let composed = shown::composed(connection, OutboxId(row.id))?;
            assemble(&composed, |source| inbox::bytes(connection, source))
        });
        match mail {
            Ok(bytes) => add(mbox, None, row.queued_at, &bytes)?,
            Err(error) => damaged = damaged.or(Some(error)),
        }
        count += 1;
    }
    index.flush()?;
    Ok((count, damaged))
}

fn tickets(store: &Store, scope: &Scope, place: &Place<'_>) -> Result<usize, Failure> {
    let mut file = place.file("tickets.jsonl")?;
    let (rows, _) = store.read(view::tickets)?;
    let numbers: BTreeSet<i64> = rows.iter().map(|row| row.number).collect();
    let mut count = 0;
    for number in numbers {
        let shown = store.read(|connection| view::show(connection, TicketNumber(number)))?;
        if let Some(shown) = shown.filter(|shown| scope.holds(shown)) {
            line(&mut file, &shown)?;
            count += 1;
        }
    }
    file.flush()?;
    Ok(count)
}

fn line<T: Serialize>(file: &mut impl Write, row: &T) -> Result<(), Failure> {
    serde_json::to_writer(&mut *file, row).map_err(std::io::Error::from)?;
    Ok(writeln!(file)?)
}

/// A mail in mboxrd: a line that begins it, and one more `>` before each line that looks like one.
fn add(
    mbox: &mut impl Write,
    from: Option<&str>,
    at: Timestamp,
    mail: &[u8],
) -> Result<(), Failure> {
    let sender: String = from.unwrap_or("MAILER-DAEMON").split_whitespace().collect();
    let date = at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime("%a %b %e %H:%M:%S %Y");
    writeln!(mbox, "From {sender} {date}")?;
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let marks = text.iter().take_while(|byte| **byte == b'>').count();
        if text.get(marks..).is_some_and(|rest| rest.starts_with(b"From ")) {
            mbox.write_all(b">")?;
        }
        mbox.write_all(text)?;
        mbox.write_all(b"\n")?;
    }
    Ok(mbox.write_all(b"\n")?)
}
