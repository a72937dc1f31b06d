//! `postdesk check`: would it run?

use std::io::Write;
use std::path::Path;

use super::{EXIT_FAILURE, Failure, render, run};
use crate::config::{self, Config};
use crate::fetch::Mailbox;
use crate::fetch::imap::ImapMailbox;
use crate::net::Fault;
use crate::send::smtp;
use crate::store::{self, DATABASE, Store};

/// Looks at everything, and goes on after what is wrong so that all of it is said at once.
pub fn check(config: &Config, file: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    let runtime = run::runtime()?;
    let mut wrong = 0u32;
    let mut say = |name: &str, found: Result<Vec<String>, String>| -> Result<(), Failure> {
        match found {
            Ok(words) => writeln!(out, "ok     {name}: {}", words.join("; "))?,
            Err(words) => {
                wrong += 1;
                writeln!(out, "WRONG  {name}: {words}")?;
            }
        }
        Ok(())
    };
    say("settings", Ok(vec![file.display().to_string()]))?;
    for warning in config::warnings(file, config) {
        say("note", Ok(vec![warning]))?;
    }
    say("templates", templates(config))?;
    say("database", database(config))?;
    say("imap", runtime.block_on(imap(config)).map_err(|fault| fault.to_string()))?;
    say("smtp", runtime.block_on(smtp::probe(&config.smtp)).map_err(|fault| fault.to_string()))?;
    if wrong == 0 { Ok(0) } else { Ok(EXIT_FAILURE) }
}

fn templates(config: &Config) -> Result<Vec<String>, String> {
    let texts = run::texts(config).map_err(|failure| failure.to_string())?;
    let broken: Vec<String> = render::names().filter_map(|name| render::sample(config, &texts, name).broken).collect();
    if broken.is_empty() { Ok(vec![format!("{} texts", render::names().count())]) } else { Err(broken.join("; ")) }
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
            let running = matches!(store::lock(data_dir), Err(store::Error::Locked(_)));
            let daemon = if running { "a daemon runs on it" } else { "no daemon runs on it" };
            Ok(vec![format!("SQLite {}", rusqlite::version()), daemon.to_owned()])
        }
        Ok(words) => Err(format!("{words}: restore a backup")),
        Err(error) => Err(error.to_string()),
    }
}

async fn imap(config: &Config) -> Result<Vec<String>, Fault> {
    let mut mailbox = ImapMailbox::connect(&config.imap).await?;
    let opened = mailbox.open().await?;
    let mut words = vec![format!("{} mails in {}", opened.exists, config.imap.mailbox)];
    words.extend(mailbox.offers());
    if !opened.can_mark {
        words.push("handled mail is not marked on the server; the ledger suffices".to_owned());
    }
    mailbox.close().await;
    Ok(words)
}
