//! `postdesk demo`: a support case played from the first mail to the thanks, with no account
//! anywhere.
//!
//! A mail world on loopback stands for the mail server, and the daemon of production works in it
//! over IMAP and SMTP sessions; nothing of the daemon knows that it is a demo. Only the settings
//! differ: no TLS, because it is loopback, no undo window, and a desk that is open day and night,
//! so that the story is the same at any hour.

mod imap;
mod letter;
mod line;
mod smtp;
mod story;
mod world;

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::config::{self, Complaints, Config};
use story::{ADA, BOB, DESK, Story};

pub use world::{Mail, Ports, World};

/// Within this time a daemon that is told to stop has stopped (SPEC §7).
const STOP_DEADLINE: Duration = Duration::from_secs(10);
/// How many demos of one process, or of processes that had the same id, may lie in the temporary
/// directory.
const DIRECTORIES_MAX: u32 = 1000;

/// Plays the demo in a new directory, which stays, and writes the story to `out`.
///
/// `daemon` runs the desk until its receiver is told to stop; `show` is given the data directory
/// and tells ticket 1.
pub async fn run<D, R, S>(out: &mut dyn Write, daemon: D, show: S) -> anyhow::Result<()>
where
    D: FnOnce(Config, oneshot::Receiver<()>) -> R,
    R: Future<Output = anyhow::Result<()>>,
    S: FnOnce(&Path) -> anyhow::Result<String>,
{
    let directory = fresh_directory().context("no directory for the demo can be made")?;
    let played = run_in(&directory, out, daemon, show).await;
    played.with_context(|| {
        format!("the demo broke off; what there is of it lies in {}", directory.display())
    })
}

/// As [`run`], in a given directory.
pub async fn run_in<D, R, S>(
    directory: &Path,
    out: &mut dyn Write,
    daemon: D,
    show: S,
) -> anyhow::Result<()>
where
    D: FnOnce(Config, oneshot::Receiver<()>) -> R,
    R: Future<Output = anyhow::Result<()>>,
    S: FnOnce(&Path) -> anyhow::Result<String>,
{
    let world = World::new(&[DESK, ADA, BOB].map(|person| (person.address, person.password)));
    let ports = world.start().await.context("no port on 127.0.0.1 can be opened")?;
    let file = directory.join("config.toml");
    let config = settle(&settings(directory, &ports), &file)?;
    let data_dir = config.desk.data_dir.clone();
    writeln!(
        out,
        "A mail server on 127.0.0.1 (IMAP port {}, SMTP port {}), and a desk that watches {}.",
        ports.imap, ports.smtp, DESK.address
    )?;

    let (stop, stopped) = oneshot::channel();
    let mut daemon = pin!(daemon(config, stopped));
    let mut story = Story::new(world, ports.smtp, out);
    tokio::select! {
        told = story.play() => told?,
        ended = &mut daemon => {
            ended.context("the daemon failed")?;
            bail!("the daemon stopped before the story was told");
        }
    }
    // A daemon that has ended already hears nothing, and says how it ended below.
    _ = stop.send(());
    timeout(STOP_DEADLINE, daemon)
        .await
        .map_err(|_| anyhow!("the daemon did not stop within {STOP_DEADLINE:?}"))??;
    story.read_on()?;
    close(out, &show(&data_dir)?, &data_dir, &file)
}

fn close(out: &mut dyn Write, ticket: &str, data_dir: &Path, file: &Path) -> anyhow::Result<()> {
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("postdesk"));
    let desk = format!("{} --config {}", program.display(), file.display());
    writeln!(out, "\n── The ticket: all that was said, and whether the promise was kept ──")?;
    writeln!(out, "{}\n", ticket.trim_end())?;
    writeln!(
        out,
        "The database lies in {} and stays there until you delete it. Look at it:",
        data_dir.display()
    )?;
    for command in ["list", "show 1", "inbox", "outbox", "search semicolon"] {
        writeln!(out, "  {desk} {command}")?;
    }
    out.flush().map_err(Into::into)
}

/// A directory of its own, for its owner only. It must be new: what lies there already may be a
/// stranger's.
fn fresh_directory() -> io::Result<PathBuf> {
    let process = std::process::id();
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    for count in 1..=DIRECTORIES_MAX {
        let directory = std::env::temp_dir().join(format!("postdesk-demo-{process}-{count}"));
        match builder.create(&directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| directory),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Writes the settings down, and reads them as any settings are read.
fn settle(settings: &str, file: &Path) -> anyhow::Result<Config> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(file)?.write_all(settings.as_bytes())?;
    config::parse(settings, file).map_err(|complaints| anyhow!(listed(&complaints)))
}

fn listed(complaints: &Complaints) -> String {
    let lines =
        complaints.all.iter().map(|complaint| format!("\n  {}: {}", complaint.key, complaint.what));
    format!("{complaints}:{}", lines.collect::<String>())
}

fn settings(directory: &Path, ports: &Ports) -> String {
    let data_dir = toml::Value::String(directory.join("data").display().to_string());
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: String = days.iter().map(|day| format!("{day} = \"00:00-24:00\"\n")).collect();
    format!(
        r#"# Written by `postdesk demo`; its mail server is gone, its database is not.

[desk]
name = "{desk_name}"
address = "{desk}"
data_dir = {data_dir}
owner = "{bob}"
time_zone = "UTC"

[imap]
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "{desk}"
password = "{desk_password}"
first_start = "all"

[smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
username = "{desk}"
password = "{desk_password}"

[authentication]
authserv_id = "{authserv_id}"

[[agents]]
name = "{bob_name}"
handle = "bob"
address = "{bob}"

[[queues]]
name = "support"

[limits]
undo_window = "0s"

[hours]
{hours}"#,
        desk_name = DESK.name,
        desk = DESK.address,
        desk_password = DESK.password,
        bob_name = BOB.name,
        bob = BOB.address,
        authserv_id = story::AUTHSERV_ID,
        imap = ports.imap,
        smtp = ports.smtp,
    )
}
