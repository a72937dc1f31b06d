//! An IMAP4rev1 server (RFC 3501) of loopback worlds: as much of it as mail programs and the daemon
//! use, and BAD for the rest.
//!
//! Messages are addressed by UID only. What happened in the open folder is told before the answer
//! to each command, and in IDLE (RFC 2177) at once.

mod command;

use std::collections::BTreeSet;
use std::io;

use jiff::tz::TimeZone;
use tokio::net::TcpStream;

use super::line::{Line, text};
use super::world::{Folder, Mail, World, now};
use command::{Command, Item, Words, uids};

const CAPABILITIES: &str = "IMAP4rev1 IDLE MOVE UIDPLUS LITERAL+";
const FLAGS: &str = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";
/// Longest line of a client in IDLE, which can only be DONE.
const DONE_MAX: usize = 1024;

/// Serves one client until it leaves.
pub(super) async fn serve(world: World, stream: TcpStream) -> io::Result<()> {
    let mut session = Session { world, line: Line::new(stream)?, login: None, open: None };
    session.line.say(&format!("* OK [CAPABILITY {CAPABILITIES}] good day"));
    session.line.send().await?;
    while let Some(Command { tag, name, words }) = command::read(&mut session.line).await? {
        let answer = session.obey(&name, words).await?;
        session.tell_news();
        session.line.say(&format!(
            "{tag} {}",
            answer.as_deref().unwrap_or("BAD not understood, or not now")
        ));
        session.line.send().await?;
        if name == "LOGOUT" {
            break;
        }
    }
    Ok(())
}

struct Session {
    world: World,
    line: Line,
    /// The address that logged in.
    login: Option<String>,
    open: Option<Open>,
}

/// The open folder as the client knows it.
struct Open {
    name: String,
    access: Access,
    /// UIDs in the order of their message numbers.
    view: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ReadWrite,
    ReadOnly,
}

/// The tagged line without its tag; `None` is BAD.
type Answer = Option<String>;

fn done() -> Answer {
    Some("OK done".to_owned())
}

fn no(why: &str) -> Answer {
    Some(format!("NO {why}"))
}

impl Session {
    async fn obey(&mut self, name: &str, mut words: Words) -> io::Result<Answer> {
        Ok(match name {
            "CAPABILITY" => self.report(&format!("* CAPABILITY {CAPABILITIES}")),
            "NOOP" | "CHECK" => done(),
            "LOGOUT" => self.report("* BYE good bye"),
            "LOGIN" => self.log_in(&mut words),
            "SELECT" => self.select(&mut words, Access::ReadWrite),
            "EXAMINE" => self.select(&mut words, Access::ReadOnly),
            "CLOSE" => self.close(),
            "STATUS" => self.status(&mut words),
            "LIST" => self.list(&mut words),
            "CREATE" => self.create(&mut words),
            "APPEND" => self.append(&mut words),
            "IDLE" => self.idle().await?,
            "EXPUNGE" => self.expunge(|_| true),
            "UID EXPUNGE" => self.expunge_some(&mut words),
            "UID FETCH" => self.fetch(&mut words).await?,
            "UID SEARCH" => self.search(&mut words),
            "UID STORE" => self.store(&mut words),
            "UID COPY" => self.copy(&mut words),
            "UID MOVE" => self.relocate(&mut words),
            _ => None,
        })
    }

    fn report(&mut self, line: &str) -> Answer {
        self.line.say(line);
        done()
    }

    fn log_in(&mut self, words: &mut Words) -> Answer {
        let (user, password) = (words.word()?, words.word()?);
        if !self.world.lets_in(&user, &password) {
            return no("[AUTHENTICATIONFAILED] wrong user name or password");
        }
        self.login = Some(user);
        done()
    }

    /// Does something with the open folder; `None` if none is open.
    fn within<T>(&self, look: impl FnOnce(&mut Folder) -> T) -> Option<T> {
        self.world.folder(self.login.as_deref()?, &self.open.as_ref()?.name, look)
    }

    fn select(&mut self, words: &mut Words, access: Access) -> Answer {
        let login = self.login.as_deref()?;
        let name = folder_name(words)?;
        self.open = None;
        let Some((view, uidvalidity, uidnext)) = self
            .world
            .folder(login, &name, |folder| (folder.uids(), folder.uidvalidity, folder.uidnext))
        else {
            return no("[NONEXISTENT] no such folder");
        };
        let (kept, word) = match access {
            Access::ReadWrite => (format!("{FLAGS} \\*"), "READ-WRITE"),
            Access::ReadOnly => (String::new(), "READ-ONLY"),
        };
        self.line.say(&format!("* FLAGS ({FLAGS})"));
        self.line.say(&format!("* OK [PERMANENTFLAGS ({kept})] kept"));
        self.line.say(&format!("* {} EXISTS", view.len()));
        self.line.say("* 0 RECENT");
        self.line.say(&format!("* OK [UIDVALIDITY {uidvalidity}] valid"));
        self.line.say(&format!("* OK [UIDNEXT {uidnext}] next"));
        self.open = Some(Open { name, access, view });
        Some(format!("OK [{word}] open"))
    }

    fn close(&mut self) -> Answer {
        if self.open.as_ref()?.access == Access::ReadWrite {
            self.expunge(|_| true)?;
        }
        self.open = None;
        done()
    }

    /// Says what came and went since the client last heard. Numbers go down from the last, so that
    /// those below stay right.
    fn tell_news(&mut self) {
        let Some(uids) = self.within(|folder| folder.uids()) else { return };
        let Some(open) = &mut self.open else { return };
        let mut kept = open.view.len();
        for (uid, number) in open.view.iter().rev().zip((1..=open.view.len()).rev()) {
            if uids.binary_search(uid).is_err() {
                self.line.say(&format!("* {number} EXPUNGE"));
                kept = kept.saturating_sub(1);
            }
        }
        if uids.len() > kept {
            self.line.say(&format!("* {} EXISTS", uids.len()));
        }
        open.view = uids;
    }

    fn status(&mut self, words: &mut Words) -> Answer {
        let login = self.login.as_deref()?;
        let name = folder_name(words)?;
        let items = words.list()?;
        let Some(values) = self.world.folder(login, &name, |folder| {
            items.iter().map(|item| figure(folder, item)).collect::<Option<Vec<_>>>()
        }) else {
            return no("[NONEXISTENT] no such folder");
        };
        self.report(&format!("* STATUS {} ({})", quoted(&name), values?.join(" ")))
    }

    /// Knows `*` and `%` at the end of a pattern only; there are no folders in folders.
    fn list(&mut self, words: &mut Words) -> Answer {
        let login = self.login.as_deref()?;
        let pattern = format!("{}{}", words.word()?, words.word()?);
        if pattern.is_empty() {
            return self.report("* LIST (\\Noselect) \"/\" \"\"");
        }
        let (prefix, fits): (&str, fn(&str, &str) -> bool) = match pattern.strip_suffix(['*', '%'])
        {
            Some(prefix) => (prefix, |name, prefix| name.starts_with(prefix)),
            None => (&pattern, |name, whole| name.eq_ignore_ascii_case(whole)),
        };
        let names: Vec<String> =
            self.world.account(login, |account| account.folders.keys().cloned().collect())?;
        for name in names.iter().filter(|name| fits(name, prefix)) {
            self.line.say(&format!("* LIST () \"/\" {}", quoted(name)));
        }
        done()
    }

    fn create(&mut self, words: &mut Words) -> Answer {
        let login = self.login.as_deref()?;
        let name = folder_name(words)?;
        if self.world.account(login, |account| account.create(&name))? {
            done()
        } else {
            no("[ALREADYEXISTS] there is one")
        }
    }

    fn append(&mut self, words: &mut Words) -> Answer {
        let login = self.login.as_deref()?;
        let name = folder_name(words)?;
        let flags = if words.has_list() { words.list()? } else { Vec::new() };
        // The date that may stand before the mail is taken as a hint, and it is ours to ignore
        // hints.
        let first = words.bytes()?;
        let mail = words.bytes().unwrap_or(first);
        let added = self.world.change(login, &name, |folder| {
            (folder.uidvalidity, folder.add(mail.into(), flags.into_iter().collect(), now()))
        });
        let Some((uidvalidity, uid)) = added else { return no("[TRYCREATE] no such folder") };
        Some(format!("OK [APPENDUID {uidvalidity} {uid}] kept"))
    }

    /// Waits with the client for news until it says DONE.
    async fn idle(&mut self) -> io::Result<Answer> {
        if self.open.is_none() {
            return Ok(None);
        }
        let mut changes = self.world.changes();
        self.line.say("+ idling");
        loop {
            self.tell_news();
            self.line.send().await?;
            tokio::select! {
                heard = self.line.hear(DONE_MAX) => {
                    let heard = heard?.ok_or(io::ErrorKind::UnexpectedEof)?;
                    return Ok(if text(&heard).eq_ignore_ascii_case("DONE") { done() } else { None });
                }
                changed = changes.changed() => changed.map_err(io::Error::other)?,
            }
        }
    }

    fn writable(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.access == Access::ReadWrite)
    }

    /// Removes the mails marked `\Deleted` that `picked` wants gone.
    fn expunge(&mut self, picked: impl Fn(u32) -> bool) -> Answer {
        if !self.writable() {
            return None;
        }
        self.within(|folder| {
            folder.mails.retain(|mail| !(bears(mail, "\\Deleted") && picked(mail.uid)))
        })?;
        self.world.tell();
        done()
    }

    fn expunge_some(&mut self, words: &mut Words) -> Answer {
        let picked = self.set(words)?;
        self.expunge(|uid| picked.contains(&uid))
    }

    /// The mails of the open folder that the next argument names. News are told first, so that all
    /// have numbers.
    fn set(&mut self, words: &mut Words) -> Option<BTreeSet<u32>> {
        self.tell_news();
        let set = words.word()?;
        self.within(|folder| uids(&set, folder))?
    }

    async fn fetch(&mut self, words: &mut Words) -> io::Result<Answer> {
        let asked = self.set(words).zip(words.list());
        let Some((picked, asked)) = asked else { return Ok(None) };
        let Some(items) = asked.iter().map(|word| Item::parse(word)).collect::<Option<Vec<_>>>()
        else {
            return Ok(None);
        };
        let marks = self.writable()
            && items.iter().any(|item| matches!(item, Item::Body(part) if part.marks));
        for uid in picked {
            if marks {
                self.alter(&BTreeSet::from([uid]), |flags| add(flags, "\\Seen"));
            }
            if let Some(mail) = self.within(|folder| folder.mail(uid).cloned()).flatten() {
                self.show(&mail, &items);
            }
            self.line.ease().await?;
        }
        Ok(done())
    }

    fn show(&mut self, mail: &Mail, items: &[Item]) {
        let Some(number) = self.number(mail.uid) else { return };
        self.line.say_bytes(format!("* {number} FETCH (UID {}", mail.uid).as_bytes());
        for item in items {
            let (name, value): (String, &[u8]) = match item {
                Item::Uid => continue,
                Item::Flags => (flags(mail), b""),
                Item::Size => (format!("RFC822.SIZE {}", mail.bytes.len()), b""),
                Item::Received => (received(mail), b""),
                Item::Body(part) => {
                    (format!("{} {{{}}}\r\n", part.label(), part.of(mail).len()), part.of(mail))
                }
            };
            self.line.say_bytes(format!(" {name}").as_bytes());
            self.line.say_bytes(value);
        }
        self.line.say(")");
    }

    fn number(&self, uid: u32) -> Option<usize> {
        self.open.as_ref()?.view.binary_search(&uid).ok()?.checked_add(1)
    }

    fn search(&mut self, words: &mut Words) -> Answer {
        self.tell_news();
        let mut found: BTreeSet<u32> = self.within(|folder| folder.uids())?.into_iter().collect();
        while let Some(key) = words.word() {
            let matching = self.matching(&key.to_ascii_uppercase(), words)?;
            found.retain(|uid| matching.contains(uid));
        }
        let found: String = found.iter().map(|uid| format!(" {uid}")).collect();
        self.report(&format!("* SEARCH{found}"))
    }

    fn matching(&self, key: &str, words: &mut Words) -> Option<BTreeSet<u32>> {
        let (flag, wanted) = match key {
            "ALL" => return self.within(|folder| folder.uids().into_iter().collect()),
            "UID" => {
                let set = words.word()?;
                return self.within(|folder| uids(&set, folder))?;
            }
            "SEEN" => ("\\Seen".to_owned(), true),
            "UNSEEN" => ("\\Seen".to_owned(), false),
            "DELETED" => ("\\Deleted".to_owned(), true),
            "UNDELETED" => ("\\Deleted".to_owned(), false),
            "KEYWORD" => (words.word()?, true),
            "UNKEYWORD" => (words.word()?, false),
            _ => return None,
        };
        self.within(|folder| {
            folder
                .mails
                .iter()
                .filter(|mail| bears(mail, &flag) == wanted)
                .map(|mail| mail.uid)
                .collect()
        })
    }

    fn store(&mut self, words: &mut Words) -> Answer {
        let picked = self.set(words)?;
        let (how, list) = (words.word()?.to_ascii_uppercase(), words.list()?);
        if !self.writable() {
            return no("opened read-only");
        }
        match how.strip_suffix(".SILENT").unwrap_or(&how) {
            "+FLAGS" => self.alter(&picked, |flags| list.iter().for_each(|flag| add(flags, flag))),
            "-FLAGS" => self.alter(&picked, |flags| {
                flags.retain(|old| !list.iter().any(|flag| flag.eq_ignore_ascii_case(old)))
            }),
            "FLAGS" => self.alter(&picked, |flags| *flags = list.iter().cloned().collect()),
            _ => return None,
        }
        if !how.ends_with(".SILENT") {
            let mails = self.within(|folder| {
                folder
                    .mails
                    .iter()
                    .filter(|mail| picked.contains(&mail.uid))
                    .cloned()
                    .collect::<Vec<_>>()
            })?;
            mails.iter().for_each(|mail| self.show(mail, &[Item::Flags]));
        }
        done()
    }

    fn alter(&self, picked: &BTreeSet<u32>, change: impl Fn(&mut BTreeSet<String>)) {
        self.within(|folder| {
            folder
                .mails
                .iter_mut()
                .filter(|mail| picked.contains(&mail.uid))
                .for_each(|mail| change(&mut mail.flags))
        });
        self.world.tell();
    }

    fn copy(&mut self, words: &mut Words) -> Answer {
        let picked = self.set(words)?;
        let code = self.copy_to(&picked, &folder_name(words)?);
        Some(code.map_or_else(
            || "NO [TRYCREATE] no such folder".to_owned(),
            |code| format!("OK {code}copied"),
        ))
    }

    /// MOVE (RFC 6851): the code comes in an untagged answer, then the mails go.
    fn relocate(&mut self, words: &mut Words) -> Answer {
        let picked = self.set(words)?;
        let target = folder_name(words)?;
        if !self.writable() {
            return no("opened read-only");
        }
        let Some(code) = self.copy_to(&picked, &target) else {
            return no("[TRYCREATE] no such folder");
        };
        if !code.is_empty() {
            self.line.say(&format!("* OK {code}moved"));
        }
        self.within(|folder| folder.mails.retain(|mail| !picked.contains(&mail.uid)))?;
        self.world.tell();
        done()
    }

    /// Copies, and says how by COPYUID (RFC 4315) and a space; nothing if no mail was picked,
    /// `None` if there is no such folder.
    fn copy_to(&self, picked: &BTreeSet<u32>, target: &str) -> Option<String> {
        let open = self.open.as_ref()?;
        let (uidvalidity, pairs) = self.world.account(self.login.as_deref()?, |account| {
            account.copy(&open.name, target, picked)
        })??;
        self.world.tell();
        if pairs.is_empty() {
            return Some(String::new());
        }
        let (old, new): (Vec<_>, Vec<_>) =
            pairs.iter().map(|(old, new)| (old.to_string(), new.to_string())).unzip();
        Some(format!("[COPYUID {uidvalidity} {} {}] ", old.join(","), new.join(",")))
    }
}

/// INBOX is written in any case (RFC 3501 §5.1).
fn folder_name(words: &mut Words) -> Option<String> {
    let name =
        words.word().filter(|name| !name.is_empty() && !name.contains(['\r', '\n', '\0']))?;
    Some(if name.eq_ignore_ascii_case("INBOX") { "INBOX".to_owned() } else { name })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn figure(folder: &Folder, item: &str) -> Option<String> {
    let item = item.to_ascii_uppercase();
    let value = match item.as_str() {
        "MESSAGES" => folder.mails.len().to_string(),
        "RECENT" => "0".to_owned(),
        "UIDNEXT" => folder.uidnext.to_string(),
        "UIDVALIDITY" => folder.uidvalidity.to_string(),
        "UNSEEN" => folder.mails.iter().filter(|mail| !bears(mail, "\\Seen")).count().to_string(),
        _ => return None,
    };
    Some(format!("{item} {value}"))
}

/// Flags and keywords are the same in any case (RFC 3501 §2.3.2).
fn bears(mail: &Mail, flag: &str) -> bool {
    mail.flags.iter().any(|own| own.eq_ignore_ascii_case(flag))
}

fn add(flags: &mut BTreeSet<String>, flag: &str) {
    if !flags.iter().any(|own| own.eq_ignore_ascii_case(flag)) {
        flags.insert(flag.to_owned());
    }
}

fn flags(mail: &Mail) -> String {
    format!("FLAGS ({})", mail.flags.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
}

fn received(mail: &Mail) -> String {
    let instant = mail.received.to_jiff().to_zoned(TimeZone::UTC);
    format!("INTERNALDATE \"{}\"", instant.strftime("%d-%b-%Y %H:%M:%S +0000"))
}
