//! The mailbox on an IMAP server, read strictly: what is not said is not assumed, and what cannot
//! be read ends the connection.
//!
//! A NO, a lost connection and an empty answer are three different things here; in async-imap's
//! commands they are one, so only its login is used and every command is ours, over `wire` (frames
//! and deadlines) and `answer` (grammar). Only UIDs are used, never sequence numbers; BODY is only
//! peeked at; ENVELOPE, BODYSTRUCTURE and NAMESPACE are never asked for, and SEARCH only
//! for a copy of our own. After
//! [`Fault::Lost`] the connection is dead, and each further call says so. Nothing is ever expunged:
//! without MOVE handled mail gets the keyword and stays.

mod answer;
mod copy;
mod enter;
mod folders;
mod idle;
mod items;
mod text;
mod wire;

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};

use crate::config::{After, Imap, Tls};
use crate::fetch::handled::Extent;
use crate::fetch::{Body, Listed, Mailbox, Opened, SentCopy, Wake};
use crate::net::{self, Credentials, Fault};
use answer::{Answer, Condition, Value};
use enter::Capabilities;
use items::Selected;
use wire::{Done, Wire};

/// The keyword of mail that is safely ours.
const KEYWORD: &str = "$Postdesk";

/// Longest farewell: by then the work is done and nobody should wait for a server.
const LOGOUT_DEADLINE: Duration = Duration::from_secs(2);

/// How long a SELECT is believed; then UIDVALIDITY, UIDNEXT and what may be marked are asked anew.
const SELECT_ANEW: Duration = Duration::from_secs(5 * 60);

/// Dates may come as literals.
const LISTED: u64 = 16 << 20;

/// What `postdesk check` tells of a server: capability, and what we have of it.
const OF_INTEREST: [(&str, &str); 5] = [
    ("IDLE", "new mail is announced at once"),
    ("MOVE", "handled mail can be moved"),
    ("UIDPLUS", "moved mail is told by UID"),
    ("CONDSTORE", "changes are counted"),
    ("SPECIAL-USE", "the junk folder is named"),
];

/// How handled mail is marked, as far as the server allows it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Marking {
    /// Not at all; the ledger suffices.
    Not,
    /// By [`KEYWORD`].
    Keyword,
    /// By MOVE into this folder, a name as IMAP writes it.
    Move(String),
}

/// A folder that we may need.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Folder {
    /// Not yet looked for.
    Unknown,
    /// There is none, or it cannot be made.
    Absent,
    /// It is there under this name, as IMAP writes it.
    There(String),
}

/// A logged-in connection that watches one mailbox. To cancel any call but [`Mailbox::wait`] ends
/// it: the answer would be taken for the next one's.
#[derive(Debug)]
pub struct ImapMailbox<T = net::Stream> {
    wire: Wire<T>,
    imap: Imap,
    offered: Capabilities,
    idling: Option<idle::Idling>,
    /// Whether the server has refused IDLE.
    sleepless: bool,
    /// What the last SELECT told, and when.
    selected: Option<(Instant, Selected)>,
    marking: Marking,
    handled: Folder,
    junk: Folder,
}

impl ImapMailbox<net::Stream> {
    /// Connects, secures the connection as configured and logs in. The password is read now.
    pub async fn connect(imap: &Imap) -> Result<Self, Fault> {
        let login = imap
            .server
            .login
            .as_ref()
            .ok_or_else(|| Fault::Login("[imap] needs username and password".to_owned()))?;
        net::logged_in(login, async |credentials| Self::enter(imap, credentials).await).await
    }

    async fn enter(imap: &Imap, credentials: &Credentials) -> Result<Self, Fault> {
        let server = &imap.server;
        let stream = net::connect(server).await?;
        if server.tls != Tls::Starttls {
            return Self::over(stream, imap, credentials).await;
        }
        let mut wire = Wire::new(stream);
        enter::greeting(&mut wire).await?;
        let stream = net::secure(enter::starttls(wire).await?, server).await?;
        Self::log_in(Wire::new(stream), imap, credentials).await
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> ImapMailbox<T> {
    /// Greets and logs in over a stream that is already as safe as configured.
    pub async fn over(stream: T, imap: &Imap, credentials: &Credentials) -> Result<Self, Fault> {
        let mut wire = Wire::new(stream);
        enter::greeting(&mut wire).await?;
        Self::log_in(wire, imap, credentials).await
    }

    async fn log_in(
        mut wire: Wire<T>,
        imap: &Imap,
        credentials: &Credentials,
    ) -> Result<Self, Fault> {
        let offered = enter::capabilities(&mut wire).await?;
        enter::login(&mut wire, &offered, &imap.server, credentials).await?;
        let offered = enter::capabilities(&mut wire).await?;
        Ok(Self {
            wire,
            imap: imap.clone(),
            offered,
            idling: None,
            sleepless: false,
            selected: None,
            marking: Marking::Not,
            handled: Folder::Unknown,
            junk: Folder::Unknown,
        })
    }

    /// What the server offers, in sentences for `postdesk check`. What concerns the mailbox is
    /// known once it was opened.
    pub fn offers(&self) -> Vec<String> {
        let word = |name: &str| if self.offered.contains(name) { "offered" } else { "not offered" };
        let mut offers: Vec<String> = OF_INTEREST
            .iter()
            .map(|(name, use_)| format!("{name} {}: {use_}", word(name)))
            .collect();
        if let Some((_, selected)) = &self.selected {
            offers.push(format!(
                "the mailbox is {}",
                if selected.read_only { "read-only" } else { "writable" }
            ));
            offers.push(format!(
                "keywords are {}",
                if selected.keyword { "allowed" } else { "not allowed" }
            ));
        }
        if let (Folder::Absent, After::Move(folder)) = (&self.handled, &self.imap.after) {
            offers.push(format!("the folder {folder} is not there and cannot be made"));
        }
        offers.push(match (&self.marking, &self.imap.after) {
            (Marking::Move(_), After::Move(folder)) => format!("handled mail moves to {folder}"),
            (Marking::Keyword, _) => format!("handled mail gets the keyword {KEYWORD}"),
            (Marking::Not | Marking::Move(_), _) => "handled mail stays unmarked".to_owned(),
        });
        offers
    }

    /// Whether the account has that folder, as far as the server says.
    pub async fn has(&mut self, folder: &str) -> Result<bool, Fault> {
        Ok(self.count(&text::mailbox(folder)).await?.is_some())
    }

    /// Says goodbye; takes at most two seconds.
    pub async fn close(mut self) {
        // Whether the farewell was heard changes nothing: the connection ends here.
        let _ = timeout(LOGOUT_DEADLINE, self.command("LOGOUT", |_| Ok(()))).await;
    }

    async fn command(
        &mut self,
        command: &str,
        see: impl FnMut(Answer) -> Result<(), Fault>,
    ) -> Result<Done, Fault> {
        idle::end(&mut self.wire, &mut self.idling).await?;
        self.wire.exchange(command, see).await
    }

    /// Fetches items of mails, of which no more than `room` bytes are kept; `see` gets what the
    /// server tells of each mail that it names.
    async fn fetch(
        &mut self,
        set: &str,
        items: &str,
        room: u64,
        mut see: impl FnMut(items::Item),
    ) -> Result<(), Fault> {
        let command = format!("UID FETCH {set} ({items})");
        idle::end(&mut self.wire, &mut self.idling).await?;
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let fetched = self.wire.exchange_mail(&command, room, |answer| match answer {
            Answer::Fetch(values) => {
                items::Item::read(values).map(|item| item.map(&mut see)).map(|_| ())
            }
            Answer::Garbled => {
                Err(Fault::Lost("the server's answer to FETCH cannot be read".to_owned()))
            }
            _ => Ok(()),
        });
        let done = fetched.await?;
        // RFC 5530: some were expunged meanwhile, the others came.
        if done.words.code == "EXPUNGEISSUED" {
            return Ok(());
        }
        done.granted("fetch mail").map(|_| ())
    }

    async fn select(&mut self) -> Result<Selected, Fault> {
        let command = format!("SELECT {}", text::mailbox(&self.imap.mailbox));
        let mut selected = Selected::default();
        let done = self.command(&command, |answer| {
            selected.note(answer);
            Ok(())
        });
        let words = done.await?.granted("open the mailbox")?;
        selected.read_only = words.code == "READ-ONLY";
        self.wire.selected();
        Ok(selected)
    }

    /// Asks what is new. NOOP tells how many mails there are; the UID of the last one tells what
    /// UIDNEXT is at least.
    async fn refresh(&mut self, mut selected: Selected) -> Result<Selected, Fault> {
        self.command("NOOP", |_| Ok(())).await?.granted("tell what is new")?;
        let exists = self.wire.exists();
        // Asked first: what comes meanwhile is news for the next time.
        if self.wire.take_grown() && exists > 0 {
            let mut newest = 0;
            self.fetch("*", "UID", 0, |item| newest = newest.max(item.uid)).await?;
            let after = newest.checked_add(1).filter(|_| newest > 0);
            selected.uidnext = after.map(|after| after.max(selected.uidnext.unwrap_or(0)));
        }
        selected.exists = Some(exists);
        Ok(selected)
    }

    /// Decides how handled mail is marked.
    async fn choose_marking(&mut self, selected: &Selected) -> Result<Marking, Fault> {
        let by_keyword = if selected.keyword { Marking::Keyword } else { Marking::Not };
        Ok(match self.imap.after.clone() {
            _ if selected.read_only => Marking::Not,
            After::Nothing => Marking::Not,
            After::Keyword => by_keyword,
            After::Move(_) if !self.offered.contains("MOVE") => by_keyword,
            After::Move(folder) if folder == self.imap.mailbox => Marking::Not,
            After::Move(folder) => match self.handled_folder(&folder).await? {
                Folder::There(name) => Marking::Move(name),
                Folder::Unknown | Folder::Absent => Marking::Not,
            },
        })
    }

    /// The folder for handled mail: made if it is missing, once for each connection.
    async fn handled_folder(&mut self, folder: &str) -> Result<Folder, Fault> {
        if self.handled == Folder::Unknown {
            let name = text::mailbox(folder);
            let there = self.count(&name).await?.is_some()
                || self.permitted(&format!("CREATE {name}")).await?;
            self.handled = if there { Folder::There(name) } else { Folder::Absent };
        }
        Ok(self.handled.clone())
    }

    async fn permitted(&mut self, command: &str) -> Result<bool, Fault> {
        Ok(self.command(command, |_| Ok(())).await?.condition == Condition::Ok)
    }

    /// How many mails lie in another folder; `None` if it is not there or cannot be looked at.
    async fn count(&mut self, name: &str) -> Result<Option<u32>, Fault> {
        let mut messages = None;
        let command = format!("STATUS {name} (MESSAGES)");
        let done = self.command(&command, |answer| {
            if let Answer::Data(word, values) = answer
                && word == "STATUS"
                && let Some(Value::List(items)) = values.last()
            {
                messages = items::value_of(items, "MESSAGES").and_then(Value::number);
            }
            Ok(())
        });
        let ok = done.await?.condition == Condition::Ok;
        Ok(messages.filter(|_| ok))
    }

    /// How far a folder has come; `None` if it is not there or the server does not say.
    pub async fn extent(&mut self, folder: &str) -> Result<Option<Extent>, Fault> {
        let (mut uidvalidity, mut uidnext) = (None, None);
        let command = format!("STATUS {} (UIDVALIDITY UIDNEXT)", text::mailbox(folder));
        let done = self.command(&command, |answer| {
            if let Answer::Data(word, values) = answer
                && word == "STATUS"
                && let Some(Value::List(items)) = values.last()
            {
                let number = |name| items::value_of(items, name).and_then(Value::number);
                (uidvalidity, uidnext) = (number("UIDVALIDITY"), number("UIDNEXT"));
            }
            Ok(())
        });
        let ok = done.await?.condition == Condition::Ok;
        let both = uidvalidity.zip(uidnext).filter(|_| ok);
        Ok(both.map(|(uidvalidity, uidnext)| Extent { uidvalidity, uidnext }))
    }

    async fn junk_folder(&mut self) -> Result<Folder, Fault> {
        let commands: &[&str] = match self.offered.contains("SPECIAL-USE") {
            true => &["LIST (SPECIAL-USE) \"\" \"*\"", "LIST \"\" \"*\""],
            false => &["LIST \"\" \"*\""],
        };
        for command in commands {
            let mut search = items::JunkSearch::default();
            let done = self.command(command, |answer| {
                search.look_at(answer);
                Ok(())
            });
            if done.await?.condition == Condition::Ok
                && let Some(name) = search.found()
            {
                return Ok(Folder::There(text::quoted(&name)));
            }
        }
        Ok(Folder::Absent)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Mailbox for ImapMailbox<T> {
    /// SELECT at first and every five minutes, between them NOOP: with 10,000 mails in a Maildir
    /// the one takes Dovecot half a second.
    async fn open(&mut self) -> Result<Opened, Fault> {
        let selected = match self.selected.take() {
            Some((at, selected)) if at.elapsed() < SELECT_ANEW && !self.wire.is_stale() => {
                (at, self.refresh(selected).await?)
            }
            _ => (Instant::now(), self.select().await?),
        };
        self.marking = self.choose_marking(&selected.1).await?;
        let opened = selected.1.opened(self.marking != Marking::Not);
        self.selected = Some(selected);
        opened.map_err(|why| self.wire.broken(why))
    }

    async fn list(&mut self, first: u32, last: Option<u32>) -> Result<Vec<Listed>, Fault> {
        // `n:*` holds the last mail even if its UID is below n (RFC 3501 §6.4.8), and `7:5` is
        // `5:7`.
        let (first, end) = (first.max(1), last.unwrap_or(u32::MAX));
        if end < first {
            return Ok(Vec::new());
        }
        let set = last.map_or(format!("{first}:*"), |last| format!("{first}:{last}"));
        let mut list = items::List::default();
        let fetched = self.fetch(&set, "UID RFC822.SIZE FLAGS INTERNALDATE", LISTED, |item| {
            if (first..=end).contains(&item.uid) {
                list.add(item);
            }
        });
        fetched.await?;
        Ok(list.ascending())
    }

    async fn bodies(&mut self, uids: &[u32], room: u64) -> Result<Vec<Body>, Fault> {
        let mut bodies = items::Bodies::wanting(uids);
        for set in text::sets(uids) {
            let left = room.saturating_sub(bodies.kept());
            self.fetch(&set, "UID BODY.PEEK[]", left, |item| bodies.add(item)).await?;
        }
        Ok(bodies.ascending())
    }

    async fn header(&mut self, uid: u32, most: u32) -> Result<Option<Body>, Fault> {
        let most = most.max(1);
        let mut bodies = items::Bodies::wanting(&[uid]);
        let items = format!("UID BODY.PEEK[HEADER]<0.{most}>");
        self.fetch(&uid.to_string(), &items, most.into(), |item| bodies.add(item)).await?;
        let mut header = bodies.ascending().pop();
        if let Some(header) = &mut header {
            header.bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        }
        Ok(header)
    }

    async fn mark(&mut self, uids: &[u32]) -> Result<(), Fault> {
        for set in text::sets(uids) {
            let command = match &self.marking {
                Marking::Not => {
                    return Err(Fault::Denied("handled mail cannot be marked here".to_owned()));
                }
                Marking::Keyword => format!("UID STORE {set} +FLAGS.SILENT ({KEYWORD})"),
                Marking::Move(folder) => format!("UID MOVE {set} {folder}"),
            };
            let done = self.command(&command, |_| Ok(())).await?;
            if done.words.code == "TRYCREATE" {
                // Somebody has deleted the folder; the next open makes it again.
                self.handled = Folder::Unknown;
            }
            done.granted("mark handled mail")?;
        }
        Ok(())
    }

    async fn junk(&mut self) -> Result<Option<u32>, Fault> {
        if self.junk == Folder::Unknown {
            self.junk = self.junk_folder().await?;
        }
        match self.junk.clone() {
            Folder::There(name) if name != text::mailbox(&self.imap.mailbox) => {
                self.count(&name).await
            }
            Folder::There(_) | Folder::Unknown | Folder::Absent => Ok(None),
        }
    }

    async fn holds(&mut self, folder: &str, copy: &SentCopy<'_>) -> Result<bool, Fault> {
        let name = text::mailbox(folder);
        self.selected = None;
        let opened = self.command(&format!("EXAMINE {name}"), |_| Ok(())).await?;
        self.wire.selected();
        if opened.condition != Condition::Ok && self.count(&name).await?.is_none() {
            return Ok(false);
        }
        opened.granted("open that folder")?;
        let (search, mut found) = (copy::search(copy), false);
        let done = self.command(&search, |answer| {
            found |= copy::found(&answer);
            Ok(())
        });
        done.await?.granted("look for a copy")?;
        Ok(found)
    }

    async fn append(&mut self, folder: &str, copy: &SentCopy<'_>) -> Result<(), Fault> {
        let name = text::mailbox(folder);
        let command = copy::append(&name, copy);
        idle::end(&mut self.wire, &mut self.idling).await?;
        let refused = copy::exchange(&mut self.wire, &command, copy.mail).await?;
        if refused.condition == Condition::Ok || self.count(&name).await?.is_some() {
            return refused.granted("take a copy").map(drop);
        }
        self.command(&format!("CREATE {name}"), |_| Ok(())).await?.granted("make that folder")?;
        // So that clients show it; one that does not ask for it shows it anyway.
        self.permitted(&format!("SUBSCRIBE {name}")).await?;
        let done = copy::exchange(&mut self.wire, &command, copy.mail).await?;
        done.granted("take a copy").map(drop)
    }

    async fn wait(&mut self, longest: Duration) -> Result<Wake, Fault> {
        if self.wire.take_news() {
            return Ok(Wake::Changed);
        }
        let deadline = Instant::now() + longest;
        if self.imap.idle
            && !self.sleepless
            && self.selected.is_some()
            && self.offered.contains("IDLE")
        {
            match idle::idle(&mut self.wire, &mut self.idling, longest).await {
                Ok(Some(wake)) => return Ok(wake),
                Ok(None) => {}
                Err(Fault::Denied(_)) => self.sleepless = true,
                Err(fault) => return Err(fault),
            }
        }
        idle::listen(&mut self.wire, deadline.min(Instant::now() + self.imap.poll_interval)).await
    }
}
