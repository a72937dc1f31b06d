//! `postdesk check`: would it run?

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::dry::{self, Seen};
use super::evidence::{self, Found};
use super::texts::{self, Loaded};
use super::{EXIT_FAILURE, Failure, daemon_runs, key, plain, render, run};
use crate::config::{self, Calendar, Config, Proof};
use crate::fetch::imap::ImapMailbox;
use crate::fetch::{Mailbox, Opened};
use crate::mail::authentic::dkim::Key;
use crate::net::{self, Fault};
use crate::send::smtp;
use crate::store::view::{self, ProblemRow};
use crate::store::{self, DATABASE, Store};
use crate::time::Clock;

/// Mails of the mailbox whose headers are looked at; the UIDs among which they are looked for, since
/// a list of all of them may be long; and bytes of one header.
const HEADERS: usize = 20;
const UIDS_BACK: u32 = 500;
const HEADER_BYTES: u32 = 64 << 10;

/// What was found: each line begins with how bad it is.
struct Report<'a> {
    out: &'a mut dyn Write,
    wrong: u32,
}

impl Report<'_> {
    fn say(&mut self, name: &str, found: Result<Vec<String>, String>) -> Result<(), Failure> {
        match found {
            Ok(words) => writeln!(self.out, "ok     {name}: {}", plain(&words.join("; ")))?,
            Err(words) => {
                self.wrong += 1;
                writeln!(self.out, "WRONG  {name}: {}", plain(&words))?;
            }
        }
        Ok(())
    }

    fn found(&mut self, name: &str, found: Found) -> Result<(), Failure> {
        match found {
            Found::Well(words) => self.say(name, Ok(vec![words])),
            Found::Wrong(words) => self.say(name, Err(words)),
            Found::Note(words) => self.note(&words),
        }
    }

    /// What is not wrong, but hardly meant.
    fn note(&mut self, words: &str) -> Result<(), Failure> {
        Ok(writeln!(self.out, "note   {}", plain(words))?)
    }
}

/// Looks at everything, and goes on after what is wrong so that all of it is said at once.
pub fn check(config: &Config, file: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    let runtime = run::runtime()?;
    let mut report = Report { out, wrong: 0 };
    report.say("settings", settings(config, file))?;
    let wrong = config::left_over(config);
    let warnings = config::warnings(file, config).into_iter();
    warnings.filter(|one| wrong.as_ref() != Some(one)).try_for_each(|one| report.note(&one))?;
    for calendar in &config.calendars {
        report.say("holidays", holidays(calendar))?;
    }
    let texts = match texts::load(config) {
        Ok(loaded) => {
            report.say("templates", templates(config, &loaded))?;
            loaded.notes.iter().try_for_each(|note| report.note(note))?;
            Some(Arc::new(loaded.texts))
        }
        Err(failure) => report.say("templates", Err(failure.to_string())).map(|()| None)?,
    };
    report.say("data_dir", folder(config))?;
    report.say("database", database(config))?;
    let store = Store::open_existing(&config.desk.data_dir).ok();
    // What waits for people is no reason not to run.
    if let Some(Ok(waiting)) = store.as_ref().map(overdue) {
        waiting.iter().try_for_each(|one| report.note(&format!("{}; {}", one.what, one.advice)))?;
    }
    if let Some(found) = key::check(config) {
        report.say("key", found)?;
    }
    if let Some(found) = runtime.block_on(permission(config)) {
        report.say("oauth2", found)?;
    }
    let (imap, newest) = match runtime.block_on(imap(config)) {
        Ok((words, newest)) => (Ok(words), newest),
        Err(fault) => (Err(fault.to_string()), Vec::new()),
    };
    report.say("imap", imap)?;
    let smtp = runtime.block_on(smtp::probe(&config.smtp)).map_err(|fault| fault.to_string());
    report.say("smtp", smtp)?;
    report.say("dkim", runtime.block_on(dkim(config)))?;
    if let Some(found) = told(evidence::stamps(config, store.as_ref(), &newest)) {
        report.found("stamps", found)?;
    }
    for agent in &config.agents {
        let dry = texts.as_ref().map(|texts| runtime.block_on(dry::play(config, texts, agent)));
        let known = told(evidence::agent(config, agent, store.as_ref()).map(Some));
        report.say(&format!("agent {}", agent.address), mail_of(dry, known))?;
    }
    if report.wrong == 0 { Ok(0) } else { Ok(EXIT_FAILURE) }
}

/// A database that cannot be read is told of elsewhere.
fn told(found: store::Result<Option<Found>>) -> Option<Found> {
    found.unwrap_or_else(|error| Some(Found::Wrong(error.to_string())))
}

/// What an agent's mail would meet.
fn mail_of(dry: Option<Result<Seen, String>>, known: Option<Found>) -> Result<Vec<String>, String> {
    let (mut well, mut wrong) = (Vec::new(), Vec::new());
    match dry {
        Some(Ok(seen)) => well.push(format!(
            "hears of mail, answers customers as {:?}, commands are answered",
            seen.name
        )),
        Some(Err(what)) => wrong.push(what),
        None => {}
    }
    match known {
        Some(Found::Well(words) | Found::Note(words)) => well.push(words),
        Some(Found::Wrong(words)) => wrong.push(words),
        None => {}
    }
    if wrong.is_empty() { Ok(well) } else { Err(wrong.join("; ")) }
}

fn templates(config: &Config, loaded: &Loaded) -> Result<Vec<String>, String> {
    let faults = loaded.faults(config);
    if !faults.is_empty() {
        return Err(faults.join("\n       "));
    }
    let ready = match loaded.texts.canned().len() {
        0 => String::new(),
        count => format!(" and {count} ready ones of yours"),
    };
    Ok(vec![format!("{} texts{ready}", render::names().count())])
}

/// What a calendar file brings; one that says nothing of the days to come is stale.
fn holidays(calendar: &Calendar) -> Result<Vec<String>, String> {
    let file = calendar.file.display();
    if let Some(why) = &calendar.fault {
        return Err(format!("{file} cannot be used, so nothing of it is a holiday: {why}"));
    }
    let today = Clock::System.now().to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    let Some(last) = calendar.days.last() else {
        return Err(format!("{file} holds no event of a whole day"));
    };
    if *last < today {
        return Err(format!("{file} ends with {last}; fetch a newer one"));
    }
    let to_come = calendar.days.range(today..).take(2).map(ToString::to_string);
    let next = to_come.collect::<Vec<_>>().join(", ");
    let mut words = vec![format!("{file} has {} days, the next {next}", calendar.days.len())];
    if calendar.timed > 0 {
        words.push(format!("{} events of a time of day are no holidays", calendar.timed));
    }
    Ok(words)
}

/// What was copied from the manual and not filled in is wrong, whatever else is right.
fn settings(config: &Config, file: &Path) -> Result<Vec<String>, String> {
    let shown = file.display().to_string();
    match config::left_over(config) {
        Some(words) => Err(format!("{shown}: {words}")),
        None => Ok(vec![shown]),
    }
}

/// Whether the folder of the database can be written by whoever asks, who should be the one that
/// runs the desk.
fn folder(config: &Config) -> Result<Vec<String>, String> {
    let data_dir = &config.desk.data_dir;
    let shown = data_dir.display();
    let user = user();
    // Of a relative path none may be there yet; then it is made where we are.
    let there =
        data_dir.ancestors().find(|folder| folder.is_dir()).unwrap_or_else(|| Path::new("."));
    match tempfile(there) {
        Ok(()) if there == data_dir => Ok(vec![format!("{shown} can be written by {user}")]),
        Ok(()) => Ok(vec![format!("{shown} is not there yet; the first run makes it as {user}")]),
        Err(error) => Err(format!(
            "{} cannot be written by {user}: {error}; run this as the user that runs the desk, or give that user the folder",
            there.display()
        )),
    }
}

/// Makes a file there and takes it away.
fn tempfile(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".postdesk-check-{}", std::process::id()));
    std::fs::File::create_new(&path)?;
    std::fs::remove_file(path)
}

/// Who asks, by name where there is one.
fn user() -> String {
    use std::os::unix::fs::MetadataExt;
    let Ok(own) = std::fs::metadata("/proc/self") else { return "this user".to_owned() };
    let own = own.uid().to_string();
    let names = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let row = names.lines().find(|row| row.split(':').nth(2) == Some(own.as_str()));
    let name = row.and_then(|row| row.split(':').next());
    name.map_or_else(|| format!("user {own}"), str::to_owned)
}

fn database(config: &Config) -> Result<Vec<String>, String> {
    let data_dir = &config.desk.data_dir;
    if !data_dir.join(DATABASE).exists() {
        return Ok(vec![format!("none yet; the first run makes it in {}", data_dir.display())]);
    }
    let store = Store::open_existing(data_dir).map_err(|error| error.to_string())?;
    let sound = store.read(|connection| {
        let words: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(words)
    });
    match sound {
        Ok(words) if words == "ok" => {
            let daemon =
                if daemon_runs(config) { "a daemon runs on it" } else { "no daemon runs on it" };
            Ok(vec![format!("SQLite {}", rusqlite::version()), daemon.to_owned()])
        }
        Ok(words) => Err(format!("{words}: restore a backup")),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether a token is at hand, or can be had.
async fn permission(config: &Config) -> Option<Result<Vec<String>, String>> {
    let Proof::OAuth2(oauth2) = &config.imap.server.login.as_ref()?.proof else { return None };
    let mut words = vec!["a token is at hand".to_owned()];
    words.extend(oauth2.secret_expires.map(|day| format!("the client's secret ends on {day}")));
    Some(net::keep_fresh(oauth2).await.map(|()| words).map_err(|fault| fault.to_string()))
}

fn overdue(store: &Store) -> store::Result<Vec<ProblemRow>> {
    store.read(|connection| view::overdue(connection, Clock::System.now()))
}

/// Whether the keys of agents' signatures can be fetched. Where a server's word is configured they
/// are a second way only.
async fn dkim(config: &Config) -> Result<Vec<String>, String> {
    let trust = &config.authentication;
    let (Some(keys), Some(agent)) = (net::dns::keys(trust), config.agents.first()) else {
        return Ok(vec!["agents' signatures are not checked here".to_owned()]);
    };
    let name = format!("_domainkey.{}", agent.address.domain().to_ascii_lowercase());
    let answers = keys.ask(BTreeSet::from([name])).await;
    let when = trust
        .authserv_id
        .as_ref()
        .map_or_else(String::new, |id| format!(" where {id} says nothing"));
    let checked = format!("agents' signatures are checked here{when}");
    match (answers.into_values().next(), &trust.authserv_id) {
        (Some(Key::Records(_) | Key::Absent), _) => {
            Ok(vec![checked, "the name servers answer".to_owned()])
        }
        (Some(Key::Unreachable(why)), Some(_)) => {
            Ok(vec![checked, format!("but not now, the name servers do not answer: {why}")])
        }
        (Some(Key::Unreachable(why)), None) => Err(format!(
            "{checked}, but the name servers do not answer: {why}; see dns in [authentication]"
        )),
        (None, _) => Err("the resolver gave no answer".to_owned()),
    }
}

/// What the server offers, and the headers of the newest mails: before the first run nothing else
/// shows who stamps them.
async fn imap(config: &Config) -> Result<(Vec<String>, Vec<Vec<u8>>), Fault> {
    let mut mailbox = ImapMailbox::connect(&config.imap).await?;
    let opened = match mailbox.open().await {
        Err(Fault::Denied(words)) => return Err(Fault::Denied(others(&mut mailbox, words).await)),
        opened => opened?,
    };
    let mut words = vec![format!("{} mails in {}", opened.exists, config.imap.mailbox)];
    words.extend(mailbox.offers());
    if !opened.can_mark {
        words.push("handled mail is not marked on the server; the ledger suffices".to_owned());
    }
    if let Some(folder) = &config.sent_copy {
        let there = if mailbox.has(folder).await? { "" } else { ", which the first one makes" };
        words.push(format!("answers are copied to {folder}{there}"));
    }
    // Whatever comes of it: that the mailbox can be read is known by now.
    let newest = headers(&mut mailbox, opened).await.unwrap_or_default();
    mailbox.close().await;
    Ok((words, newest))
}

/// The refusal, and what could have been meant.
async fn others(mailbox: &mut ImapMailbox, refusal: String) -> String {
    match mailbox.folders().await {
        Ok(folders) if !folders.is_empty() => {
            format!("{refusal}; the account has {}", folders.join(", "))
        }
        _ => refusal,
    }
}

async fn headers(mailbox: &mut ImapMailbox, opened: Opened) -> Result<Vec<Vec<u8>>, Fault> {
    let first = opened.uidnext.map(|next| next.saturating_sub(UIDS_BACK));
    let Some(first) = first.or((opened.exists <= UIDS_BACK).then_some(1)) else {
        return Ok(Vec::new());
    };
    let listed = mailbox.list(first, None).await?;
    let mut found = Vec::new();
    for mail in listed.iter().rev().take(HEADERS) {
        found.extend(mailbox.header(mail.uid, HEADER_BYTES).await?.map(|body| body.bytes.to_vec()));
    }
    Ok(found)
}
