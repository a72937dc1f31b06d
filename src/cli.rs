//! The commands: one file each. They print for people, or with `--json` for scripts (SPEC §7), and
//! work beside a running daemon.

pub mod backup;
pub mod check;
pub mod commands;
pub mod deliver;
pub mod dry;
pub mod events;
pub mod evidence;
pub mod export;
mod files;
mod happened;
pub mod key;
pub mod list;
pub mod log;
pub mod login;
pub mod mailbox;
mod pages;
pub mod quarantine;
pub mod render;
pub mod run;
pub mod show;
pub mod status;
mod supervised;
pub mod table;
pub mod texts;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::config::{self, Complaints, Config};
use crate::store::{self, Store};

/// Bad settings (sysexits.h, EX_CONFIG).
const EXIT_CONFIG: u8 = 78;
/// Try again later: what an MTA's pipe understands (sysexits.h, EX_TEMPFAIL).
pub const EXIT_TEMPFAIL: u8 = 75;
/// Something is wrong.
pub const EXIT_FAILURE: u8 = 1;

/// An email-first ticketing daemon: customers only write mail, agents answer from the mail client
/// they have.
///
/// One mailbox in, one SQLite file, one relay out. `postdesk demo` plays a whole conversation on
/// this machine, without any account. To begin in earnest: copy config.example.toml to config.toml,
/// fill it in, run `postdesk check`, then `postdesk run`.
#[derive(Debug, Parser)]
#[command(name = "postdesk", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// The settings [default: $POSTDESK_CONFIG, ./config.toml, /etc/postdesk/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print times in UTC, not in the desk's time zone
    #[arg(long, global = true)]
    pub utc: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How a listing is printed.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Format {
    /// Print JSON for scripts: everything, in one array or object, times in RFC 3339 UTC
    #[arg(long)]
    pub json: bool,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch the mailbox, answer, and go on until told to stop
    ///
    /// Runs in the foreground. SIGTERM and Ctrl-C stop it cleanly within ten seconds, SIGHUP has it
    /// read its settings and texts anew; whatever happens, nothing is lost: it goes on where it
    /// was. A second one on the same data_dir refuses
    /// to start.
    Run,
    /// Look whether all is well: settings, templates, database, IMAP, SMTP
    ///
    /// Logs in to both servers with the settings and says what they offer. Sends nothing, and leaves
    /// nothing behind but a token that was renewed.
    Check,
    /// Permit the desk to use the mailbox, where [imap.oauth2] is set
    ///
    /// Prints a page to open in a browser, or a code to type at another device; once somebody has
    /// allowed it there, the tokens are kept and renewed by themselves. A running desk goes on with
    /// them at once.
    Login,
    /// Play a whole conversation on this machine, without any account
    ///
    /// Starts a mail server of its own on loopback, runs the real daemon in it, lets a customer
    /// write, an agent answer and the customer reply, and prints every mail. Ends by itself; the
    /// database stays for you to look at.
    Demo,
    /// List the tickets, what is due first
    ///
    /// Without an option those that are closed or spam are left out. What is due is an answer that a customer was promised, a target of `sla`, or what an agent
    /// set with #due; of tickets that are over nothing is. The same as agents get by mail with
    /// #list overdue and #list due, in the same order: the longest overdue first. --json without an
    /// option lists every ticket.
    List {
        #[command(flatten)]
        wanted: list::Wanted,
        #[command(flatten)]
        format: Format,
    },
    /// Show one ticket with everything that was said
    Show {
        #[command(flatten)]
        what: show::What,
        #[command(flatten)]
        format: Format,
    },
    /// Find tickets by the words in them
    ///
    /// All words must occur, each may be a beginning: `postdesk search invoice 4711 wrong`.
    Search {
        /// The words
        #[arg(required = true)]
        words: Vec<String>,
        #[command(flatten)]
        format: Format,
    },
    /// Print what happened to tickets, from a cursor, and go on with what happens
    ///
    /// `postdesk events --json --follow --after 0` gives every fact as a line of JSON, oldest first;
    /// the id of the last line is the cursor for the next time.
    Events(events::Wanted),
    /// List every mail that came and what became of it
    Inbox(Format),
    /// List every mail that goes out or went, and what the relay said
    Outbox(Format),
    /// Look at mail that was set aside, let it go on, or put it away
    ///
    /// Mail lies here if it could not be read, claims an agent's name falsely, or waits for your
    /// word (held).
    Quarantine {
        #[command(subcommand)]
        what: quarantine::What,
    },
    /// Say how the desk does; ends with 1 if something wants a person
    Status {
        #[command(flatten)]
        format: Format,
        /// Say it again every few seconds, until you stop it
        #[arg(long, conflicts_with = "json")]
        watch: bool,
    },
    /// Print the texts that the desk sends, with made-up values
    ///
    /// Without a name every text is printed. Your own files in the folder `templates` of the
    /// settings are used where they are there; if something is wrong with one, it is said, and the
    /// exit status is 1.
    Render {
        /// Name of a text, such as `acknowledgement`
        name: Option<String>,
        /// Print the built-in text as it is written, to begin your own with
        #[arg(long, requires = "name")]
        source: bool,
    },
    /// List the commands that agents can write in their mails
    Commands(Format),
    /// Take a mail from standard input, for a mail server's pipe
    ///
    /// Ends with 0 once the mail is safely stored and with 75 (try again) if it could not be, so
    /// that the mail server keeps it. A running daemon works on it within a second; without one it
    /// waits.
    Deliver,
    /// Write manual pages and completions into a folder, for packages
    #[command(hide = true)]
    Pages {
        /// The folder, made if it is missing
        folder: PathBuf,
    },
    /// Write all mails and tickets into a new folder, in forms that other programs read
    ///
    /// mail.mbox holds every mail as it came and as it went, tickets.jsonl a line of JSON for each
    /// ticket, inbox.jsonl and outbox.jsonl what became of each mail. Works beside a running daemon.
    /// To go back to a desk as it was, use `postdesk backup`.
    Export(export::Wanted),
    /// Copy the database and the key into a new folder, also while the daemon runs
    Backup {
        /// The folder to make; it must not be there yet
        folder: PathBuf,
    },
}

/// Why a command failed; each has its exit status.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The settings.
    #[error("{}", .0.to_text())]
    Settings(#[from] Complaints),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Printing, reading.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A sentence for the operator.
    #[error("{0}")]
    Said(String),
    /// The same, for a mail server's pipe.
    #[error("the mail was not stored, please try again later: {0}")]
    TryLater(String),
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl Failure {
    /// Prints the sentence and gives the exit status.
    pub fn tell(&self) -> ExitCode {
        // `postdesk list | head` is no failure.
        if let Self::Io(error) = self
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return ExitCode::SUCCESS;
        }
        // Nothing is left to do if even this cannot be written.
        drop(writeln!(io::stderr().lock(), "postdesk: {self}"));
        ExitCode::from(match self {
            Self::Settings(_) => EXIT_CONFIG,
            Self::TryLater(_) => EXIT_TEMPFAIL,
            Self::Store(_) | Self::Io(_) | Self::Said(_) | Self::Other(_) => EXIT_FAILURE,
        })
    }
}

/// Runs a command. `demo` is played by `main`.
pub fn execute(arguments: &Arguments, out: &mut dyn Write) -> Result<u8, Failure> {
    let Arguments { command, config, utc } = arguments;
    let file = config::find(config.as_deref());
    if let Command::Deliver = command {
        return deliver::deliver(&file);
    }
    if let Command::Commands(format) = command {
        return commands::commands(*format, out);
    }
    if let Command::Pages { folder } = command {
        return pages::pages(folder, out);
    }
    if let Command::Run = command {
        return run::run(&file);
    }
    let mut config = config::load(&file)?;
    if *utc {
        config.desk.time_zone = jiff::tz::TimeZone::UTC;
    }
    match command {
        Command::Check => check::check(&config, &file, out),
        Command::Login => login::login(&config, out),
        Command::List { wanted, format } => list::list(&config, wanted, *format, out),
        Command::Show { what, format } => show::show(&config, what, *format, out),
        Command::Search { words, format } => list::search(&config, &words.join(" "), *format, out),
        Command::Events(wanted) => events::events(&config, *wanted, out),
        Command::Inbox(format) => mailbox::inbox(&config, *format, out),
        Command::Outbox(format) => mailbox::outbox(&config, *format, out),
        Command::Quarantine { what } => quarantine::quarantine(&config, what, out),
        Command::Status { watch: true, .. } => status::watch(&config, out),
        Command::Status { format, .. } => status::status(&config, *format, out),
        Command::Render { name: Some(name), source: true } => render::source(name, out),
        Command::Render { name, .. } => render::render(&config, name.as_deref(), out),
        Command::Export(wanted) => export::export(&config, wanted, out),
        Command::Backup { folder } => backup::backup(&config, folder, out),
        Command::Run
        | Command::Demo
        | Command::Deliver
        | Command::Commands(_)
        | Command::Pages { .. } => Ok(0),
    }
}

/// Whether a daemon holds that data_dir.
fn daemon_runs(config: &Config) -> bool {
    matches!(store::lock(&config.desk.data_dir), Err(store::Error::Locked(_)))
}

/// Opens the database that a command looks at.
fn open(config: &Config) -> Result<Store, Failure> {
    Ok(Store::open_existing(&config.desk.data_dir)?)
}

fn print_json<T: Serialize + ?Sized>(rows: &T, out: &mut dyn Write) -> Result<u8, Failure> {
    serde_json::to_writer_pretty(&mut *out, rows).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(0)
}

/// The end of a list: what could not be read is told after what could.
fn told(damaged: Option<store::Error>) -> Result<u8, Failure> {
    damaged.map_or(Ok(0), |error| Err(error.into()))
}

/// What a stranger wrote, for a terminal: control characters would let it repaint the screen, and
/// marks of direction turn what stands beside it around.
fn plain(text: &str) -> String {
    let unsafe_to_show = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if unsafe_to_show(c) { '\u{fffd}' } else { c }).collect()
}

/// The same on one line, at most `most` characters.
fn line(text: &str, most: usize) -> String {
    let flat: String = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", flat.get(..at).unwrap_or(&flat)),
        None => flat,
    }
}
