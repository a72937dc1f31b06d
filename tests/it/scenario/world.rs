//! The world outside: a mail server's mailbox and a relay, in memory, that do as the script says.
//!
//! Both yield to the executor before and after each effect, so that a test can cut the daemon off
//! at either side of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use postdesk::fetch::{Body, Listed, Mailbox, Opened, SentCopy, Wake};
use postdesk::net::Fault;
use postdesk::send::{Envelope, Outcome, Relay};
use postdesk::time::Timestamp;
use tokio::task::yield_now;

/// All that lies outside of the daemon and survives its end.
#[derive(Clone, Debug)]
pub struct World {
    /// The epoch of the mailbox.
    pub uidvalidity: u32,
    /// The next mail's UID.
    pub uidnext: u32,
    /// What lies in the mailbox.
    pub mails: Vec<Lying>,
    /// Whether the server offers marking, and whether it then does it.
    pub can_mark: bool,
    /// Every mark is refused.
    pub denies_marks: bool,
    /// How many of the next fetches of bodies break the connection.
    pub breaks: u32,
    /// The UID whose body breaks the connection whenever it is fetched.
    pub poison: Option<u32>,
    /// Mails in the junk folder.
    pub junk: Option<u32>,
    /// Whether the mailbox answers at all.
    pub mailbox_down: bool,
    /// Whether the relay answers at all.
    pub relay_down: bool,
    /// What the relay says to a recipient; a list of answers, the last of which stands.
    pub answers: BTreeMap<String, Vec<Answer>>,
    /// What the relay took, in order; also what it took without a word.
    pub taken: Vec<Taken>,
    /// Copies in folders of the account, in order.
    pub copies: Vec<(String, Vec<u8>)>,
    /// Why no copy is taken, if so.
    pub denies_copies: Option<String>,
    /// How often the relay was given a mail.
    pub tries: usize,
    /// Every mail that was ever put into the mailbox or the pipe.
    pub delivered: Vec<Vec<u8>>,
}

/// A mail in the mailbox.
#[derive(Clone, Debug)]
pub struct Lying {
    /// Its UID.
    pub uid: u32,
    /// All of it.
    pub bytes: Vec<u8>,
    /// What the server says it weighs.
    pub size: u64,
    /// Whether it bears our keyword.
    pub marked: bool,
    /// Whether it was the daemon that set it, in this epoch.
    pub marked_by_us: bool,
    /// INTERNALDATE.
    pub received: Timestamp,
}

/// What the relay says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 250.
    Ok,
    /// 4yz.
    Later(String),
    /// 5yz.
    Never(String),
    /// It takes the mail and says nothing.
    Silent,
}

/// A mail that the relay took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// RCPT TO.
    pub to: String,
    /// The mail.
    pub bytes: Vec<u8>,
    /// Whether the relay said so.
    pub said: bool,
}

impl Taken {
    /// The raw value of a header field, unfolded; empty if there is none.
    pub fn field(&self, name: &str) -> String {
        field(&self.bytes, name).first().cloned().unwrap_or_default()
    }

    /// Its Message-ID without brackets.
    pub fn id(&self) -> String {
        self.field("Message-ID").trim_matches(['<', '>']).to_owned()
    }
}

/// All values of a header field, unfolded.
pub fn field(mail: &[u8], name: &str) -> Vec<String> {
    header_lines(mail)
        .into_iter()
        .filter_map(|line| {
            line.split_once(':')
                .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        })
        .filter(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}

/// The header block as one line for each field.
pub fn header_lines(mail: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(mail);
    let header = text.split_once("\r\n\r\n").map_or(text.as_ref(), |(header, _)| header);
    header.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n").map(str::to_owned).collect()
}

impl World {
    /// An empty mailbox and a relay that takes everything.
    pub fn new() -> Self {
        Self {
            uidvalidity: 1,
            uidnext: 1,
            mails: Vec::new(),
            can_mark: true,
            denies_marks: false,
            breaks: 0,
            poison: None,
            junk: None,
            mailbox_down: false,
            relay_down: false,
            answers: BTreeMap::new(),
            taken: Vec::new(),
            copies: Vec::new(),
            denies_copies: None,
            tries: 0,
            delivered: Vec::new(),
        }
    }

    /// Puts a mail into the mailbox.
    pub fn deliver(
        &mut self,
        bytes: Vec<u8>,
        size: Option<u64>,
        marked: bool,
        now: Timestamp,
    ) -> u32 {
        let uid = self.uidnext;
        self.uidnext += 1;
        let size = size.unwrap_or(bytes.len() as u64);
        self.delivered.push(bytes.clone());
        self.mails.push(Lying { uid, bytes, size, marked, marked_by_us: false, received: now });
        uid
    }

    /// The server was rebuilt: all UIDs are new.
    pub fn renumber(&mut self, uidvalidity: u32, keeps_marks: bool) {
        self.uidvalidity = uidvalidity;
        for (uid, mail) in (1..).zip(&mut self.mails) {
            mail.uid = uid;
            mail.marked &= keeps_marks;
            mail.marked_by_us = false;
        }
        self.uidnext = self.mails.len() as u32 + 1;
    }

    fn answer(&mut self, to: &str) -> Answer {
        let Some(list) = self.answers.get_mut(&to.to_lowercase()) else { return Answer::Ok };
        if list.len() > 1 { list.remove(0) } else { list.first().cloned().unwrap_or(Answer::Ok) }
    }
}

/// The world, shared by its two doors.
pub type Shared = Rc<RefCell<World>>;

/// What a mailbox around another does as that does, method by method.
macro_rules! as_within {
    ($($method:ident)*) => { $($crate::scenario::world::as_within!(@ $method);)* };
    (@ open) => {
        async fn open(&mut self) -> Result<Opened, Fault> {
            self.0.open().await
        }
    };
    (@ list) => {
        async fn list(&mut self, first: u32, last: Option<u32>) -> Result<Vec<Listed>, Fault> {
            self.0.list(first, last).await
        }
    };
    (@ bodies) => {
        async fn bodies(&mut self, uids: &[u32], room: u64) -> Result<Vec<Body>, Fault> {
            self.0.bodies(uids, room).await
        }
    };
    (@ header) => {
        async fn header(&mut self, uid: u32, most: u32) -> Result<Option<Body>, Fault> {
            self.0.header(uid, most).await
        }
    };
    (@ mark) => {
        async fn mark(&mut self, uids: &[u32]) -> Result<(), Fault> {
            self.0.mark(uids).await
        }
    };
    (@ junk) => {
        async fn junk(&mut self) -> Result<Option<u32>, Fault> {
            self.0.junk().await
        }
    };
    (@ holds) => {
        async fn holds(&mut self, folder: &str, copy: &SentCopy<'_>) -> Result<bool, Fault> {
            self.0.holds(folder, copy).await
        }
    };
    (@ append) => {
        async fn append(&mut self, folder: &str, copy: &SentCopy<'_>) -> Result<(), Fault> {
            self.0.append(folder, copy).await
        }
    };
    (@ wait) => {
        async fn wait(&mut self, longest: Duration) -> Result<Wake, Fault> {
            self.0.wait(longest).await
        }
    };
}
pub(crate) use as_within;

/// The door to the mailbox.
#[derive(Debug)]
pub struct Server(pub Shared);

fn lost() -> Fault {
    Fault::Lost("the connection broke".to_owned())
}

impl Mailbox for Server {
    async fn open(&mut self) -> Result<Opened, Fault> {
        yield_now().await;
        let world = self.0.borrow();
        if world.mailbox_down {
            return Err(lost());
        }
        Ok(Opened {
            uidvalidity: world.uidvalidity,
            uidnext: Some(world.uidnext),
            exists: world.mails.len() as u32,
            can_mark: world.can_mark,
        })
    }

    async fn list(&mut self, first: u32, last: Option<u32>) -> Result<Vec<Listed>, Fault> {
        yield_now().await;
        let world = self.0.borrow();
        let within = |mail: &&Lying| mail.uid >= first && last.is_none_or(|last| mail.uid <= last);
        let listed = |mail: &Lying| Listed {
            uid: mail.uid,
            size: mail.size,
            marked: mail.marked,
            received: Some(mail.received),
        };
        Ok(world.mails.iter().filter(within).map(listed).collect())
    }

    async fn bodies(&mut self, uids: &[u32], _: u64) -> Result<Vec<Body>, Fault> {
        yield_now().await;
        let found = {
            let mut world = self.0.borrow_mut();
            if world.breaks > 0 {
                world.breaks -= 1;
                return Err(lost());
            }
            if world.poison.is_some_and(|poison| uids.contains(&poison)) {
                return Err(lost());
            }
            let wanted = world.mails.iter().filter(|mail| uids.contains(&mail.uid));
            wanted.map(|mail| Body::whole(mail.uid, mail.bytes.clone())).collect()
        };
        yield_now().await;
        Ok(found)
    }

    async fn header(&mut self, uid: u32, most: u32) -> Result<Option<Body>, Fault> {
        yield_now().await;
        let world = self.0.borrow();
        let found = world.mails.iter().find(|mail| mail.uid == uid);
        Ok(found.map(|mail| {
            let end = mail
                .bytes
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
                .map_or(mail.bytes.len(), |at| at + 4);
            Body::whole(uid, mail.bytes[..end.min(most as usize)].to_vec())
        }))
    }

    async fn mark(&mut self, uids: &[u32]) -> Result<(), Fault> {
        yield_now().await;
        {
            let mut world = self.0.borrow_mut();
            if world.denies_marks {
                return Err(Fault::Denied("no keywords here".to_owned()));
            }
            for mail in world.mails.iter_mut().filter(|mail| uids.contains(&mail.uid)) {
                (mail.marked, mail.marked_by_us) = (true, true);
            }
        }
        yield_now().await;
        Ok(())
    }

    async fn junk(&mut self) -> Result<Option<u32>, Fault> {
        Ok(self.0.borrow().junk)
    }

    async fn holds(&mut self, folder: &str, copy: &SentCopy<'_>) -> Result<bool, Fault> {
        yield_now().await;
        let id = format!("<{}>", copy.id.as_str());
        let world = self.0.borrow();
        let is_it = |(into, mail): &(String, Vec<u8>)| {
            into == folder && field(mail, "Message-ID").first() == Some(&id)
        };
        Ok(world.copies.iter().any(is_it))
    }

    async fn append(&mut self, folder: &str, copy: &SentCopy<'_>) -> Result<(), Fault> {
        yield_now().await;
        {
            let mut world = self.0.borrow_mut();
            if world.mailbox_down {
                return Err(lost());
            }
            if let Some(words) = &world.denies_copies {
                return Err(Fault::Denied(words.clone()));
            }
            world.copies.push((folder.to_owned(), copy.mail.to_vec()));
        }
        yield_now().await;
        Ok(())
    }

    async fn wait(&mut self, _longest: Duration) -> Result<Wake, Fault> {
        Ok(Wake::Elapsed)
    }
}

/// The door to the relay.
#[derive(Debug)]
pub struct Courier(pub Shared);

impl Relay for Courier {
    async fn hand_over(&mut self, envelope: &Envelope, mail: &[u8]) -> Outcome {
        yield_now().await;
        let outcome = {
            let mut world = self.0.borrow_mut();
            world.tries += 1;
            if world.relay_down {
                return Outcome::Unreachable(Fault::Lost("connection refused".to_owned()));
            }
            let to = envelope.to.as_str().to_owned();
            let answer = world.answer(&to);
            let said = answer == Answer::Ok;
            if said || answer == Answer::Silent {
                assert_eq!(envelope.from.as_str(), "support@desk.test");
                world.taken.push(Taken { to, bytes: mail.to_vec(), said });
            }
            match answer {
                Answer::Ok => Outcome::Accepted("250 taken".to_owned()),
                Answer::Later(words) => Outcome::Deferred(words),
                Answer::Never(words) => Outcome::Refused(words),
                Answer::Silent => Outcome::Unknown("no answer after the final dot".to_owned()),
            }
        };
        yield_now().await;
        outcome
    }

    async fn rest(&mut self) {}
}
