//! A mail world on loopback: people with a login and folders, an IMAP server and an SMTP server on
//! random ports.
//!
//! It lives in memory and dies with its [`Ports`]. The demo and experiments put a real daemon into
//! it; nothing here is fit for the open network: whoever can connect may send, as on any server
//! that takes mail for its own people.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::time::{Clock, Timestamp};

use super::{imap, smtp};

/// The people and their mail. A clone is the same world.
#[derive(Clone, Debug)]
pub struct World(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    accounts: Mutex<BTreeMap<String, Account>>,
    changes: watch::Sender<u64>,
}

/// A mail in a folder.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its UID in that folder.
    pub uid: u32,
    /// All of it, as it came.
    pub bytes: Arc<[u8]>,
    /// Flags and keywords.
    pub flags: BTreeSet<String>,
    /// INTERNALDATE.
    pub received: Timestamp,
}

/// The servers of a world. Dropping this ends them and all their sessions at once.
#[derive(Debug)]
pub struct Ports {
    /// IMAP on 127.0.0.1, without TLS.
    pub imap: u16,
    /// SMTP on 127.0.0.1, without TLS.
    pub smtp: u16,
    _servers: JoinSet<()>,
}

#[derive(Debug)]
pub(super) struct Account {
    password: String,
    pub(super) folders: BTreeMap<String, Folder>,
}

/// Mails in the order of their UIDs.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) uidvalidity: u32,
    pub(super) uidnext: u32,
    pub(super) mails: Vec<Mail>,
}

impl World {
    /// A world of these people, each an address (which is also the user name) and a password.
    pub fn new(people: &[(&str, &str)]) -> Self {
        let account = |password: &str| Account {
            password: password.to_owned(),
            folders: BTreeMap::from([("INBOX".to_owned(), Folder::new(1))]),
        };
        let accounts = people
            .iter()
            .map(|(address, password)| (address.to_lowercase(), account(password)))
            .collect();
        Self(Arc::new(Shared { accounts: Mutex::new(accounts), changes: watch::Sender::new(0) }))
    }

    /// Starts both servers on ports that the system chooses.
    pub async fn start(&self) -> io::Result<Ports> {
        let imap = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let smtp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (imap_port, smtp_port) = (imap.local_addr()?.port(), smtp.local_addr()?.port());
        let mut servers = JoinSet::new();
        let world = self.clone();
        servers.spawn(listen(imap, move |stream| imap::serve(world.clone(), stream)));
        let world = self.clone();
        servers.spawn(listen(smtp, move |stream| smtp::serve(world.clone(), stream)));
        Ok(Ports { imap: imap_port, smtp: smtp_port, _servers: servers })
    }

    /// Puts a mail into somebody's INBOX as it is and wakes who watches it. Its UID, or `None` if
    /// nobody has that address.
    pub fn deliver(&self, to: &str, bytes: &[u8]) -> Option<u32> {
        self.change(to, "INBOX", |inbox| inbox.add(bytes.into(), BTreeSet::new(), now()))
    }

    /// What lies in somebody's INBOX now; nothing if there is no such person.
    pub fn mails(&self, address: &str) -> Vec<Mail> {
        self.folder(address, "INBOX", |inbox| inbox.mails.clone()).unwrap_or_default()
    }

    /// Whether that address is of this world.
    pub fn knows(&self, address: &str) -> bool {
        self.account(address, |_| ()).is_some()
    }

    /// Tells of every change: a mail that came or went, a flag.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    pub(super) fn lets_in(&self, address: &str, password: &str) -> bool {
        self.account(address, |account| account.password == password).unwrap_or(false)
    }

    /// Looks at, or alters, an account; the caller tells of what it changed by [`World::tell`].
    pub(super) fn account<T>(
        &self,
        address: &str,
        look: impl FnOnce(&mut Account) -> T,
    ) -> Option<T> {
        let mut accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get_mut(&address.to_lowercase()).map(look)
    }

    pub(super) fn folder<T>(
        &self,
        address: &str,
        name: &str,
        look: impl FnOnce(&mut Folder) -> T,
    ) -> Option<T> {
        self.account(address, |account| account.folders.get_mut(name).map(look)).flatten()
    }

    pub(super) fn change<T>(
        &self,
        address: &str,
        name: &str,
        change: impl FnOnce(&mut Folder) -> T,
    ) -> Option<T> {
        let result = self.folder(address, name, change);
        self.tell();
        result
    }

    pub(super) fn tell(&self) {
        self.0.changes.send_modify(|count| *count = count.wrapping_add(1));
    }
}

impl Account {
    /// Makes a folder; `false` if there is one of that name.
    pub(super) fn create(&mut self, name: &str) -> bool {
        // Each folder has its own number, so that a mix-up of folders shows.
        let uidvalidity = u32::try_from(self.folders.len()).unwrap_or(u32::MAX).saturating_add(1);
        let free = !self.folders.contains_key(name);
        if free {
            self.folders.insert(name.to_owned(), Folder::new(uidvalidity));
        }
        free
    }

    /// Copies mails into another folder. Old and new UIDs, in order; `None` if a folder is missing.
    pub(super) fn copy(
        &mut self,
        from: &str,
        to: &str,
        uids: &BTreeSet<u32>,
    ) -> Option<(u32, Vec<(u32, u32)>)> {
        let mails: Vec<Mail> = self
            .folders
            .get(from)?
            .mails
            .iter()
            .filter(|mail| uids.contains(&mail.uid))
            .cloned()
            .collect();
        let target = self.folders.get_mut(to)?;
        let pairs = mails
            .into_iter()
            .map(|mail| (mail.uid, target.add(mail.bytes, mail.flags, mail.received)))
            .collect();
        Some((target.uidvalidity, pairs))
    }
}

impl Folder {
    fn new(uidvalidity: u32) -> Self {
        Self { uidvalidity, uidnext: 1, mails: Vec::new() }
    }

    pub(super) fn add(
        &mut self,
        bytes: Arc<[u8]>,
        flags: BTreeSet<String>,
        received: Timestamp,
    ) -> u32 {
        let uid = self.uidnext;
        self.uidnext = uid.saturating_add(1);
        self.mails.push(Mail { uid, bytes, flags, received });
        uid
    }

    pub(super) fn uids(&self) -> Vec<u32> {
        self.mails.iter().map(|mail| mail.uid).collect()
    }

    pub(super) fn mail(&self, uid: u32) -> Option<&Mail> {
        self.within(&(uid..=uid)).next()
    }

    pub(super) fn within<'a>(
        &'a self,
        range: &RangeInclusive<u32>,
    ) -> impl Iterator<Item = &'a Mail> + use<'a> {
        let last = *range.end();
        let before = self.mails.partition_point(|mail| mail.uid < *range.start());
        self.mails.iter().skip(before).take_while(move |mail| mail.uid <= last)
    }
}

/// The present, for mail that comes in now.
pub(super) fn now() -> Timestamp {
    Clock::System.now()
}

async fn listen<S, F>(listener: TcpListener, serve: S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let mut sessions = JoinSet::new();
    // A failed accept is a peer that went away again, or too many open files: a session that ends
    // makes room.
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let session = serve(stream);
                sessions.spawn(async move { _ = session.await });
            }
            Err(_) if sessions.is_empty() => return,
            Err(_) => _ = sessions.join_next().await,
        }
        while sessions.try_join_next().is_some() {}
    }
}
