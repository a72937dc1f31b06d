//! The settings as meant. How they are written, and what is complained about, is in
//! `config/read.rs`; the manual of all keys is `config.example.toml`.

mod address;
mod checklist;
mod hooks;
mod login;
mod oauth2;
mod priority;
mod read;
mod rights;
pub mod rules;
mod sla;
mod survey;
mod words;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::time::Hours;
use rules::{Rule, Weights};

pub use address::{Address, ascii_domain};
pub use checklist::{DETAILS, Detail};
pub use hooks::{EVENTS, Hook};
pub use login::{Login, Proof, Secret};
pub use oauth2::{Flow, OAuth2};
pub use priority::Priority;
pub use read::{Complaint, Complaints, KEYS, find, left_over, load, parse, warnings};
pub use rights::{Grant, RIGHTS, Right, Role};
pub use sla::{Goals, Sla};
pub use survey::Feedback;
pub use words::Words;

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who we are.
    pub desk: Desk,
    /// Where mail comes from.
    pub imap: Imap,
    /// Where mail goes.
    pub smtp: Server,
    /// `[smtp] sent_copy`: the folder of the mailbox's account that gets a copy of each answer.
    pub sent_copy: Option<String>,
    /// What is believed about senders.
    pub authentication: Trust,
    /// Who answers.
    pub agents: Vec<Agent>,
    /// Teams; never empty, the first takes what nobody directs elsewhere.
    pub queues: Vec<Queue>,
    /// Files that list holidays, and what came of reading them.
    pub calendars: Vec<Calendar>,
    /// What follows for new tickets from what they are like.
    pub rules: Vec<Rule>,
    /// What makes new tickets matter more or less.
    pub priority: Weights,
    /// Web forms that write for somebody.
    pub forms: Vec<Form>,
    /// `[metrics] listen`: where monitoring may ask.
    pub metrics: Option<SocketAddr>,
    /// Commands that hear of what happens.
    pub hooks: Vec<Hook>,
    /// Details of the operator's own that a report may lack.
    pub details: Vec<Detail>,
    /// Bounds.
    pub limits: Limits,
    /// Folder of the operator's own texts, if any.
    pub templates: Option<PathBuf>,
}

/// `[desk]`.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Shown in From and in the texts.
    pub name: String,
    /// The address that all else is named by, and that agents get mail from.
    pub address: Address,
    /// Further addresses under which mail comes in.
    pub aliases: Vec<Address>,
    /// Database, key and lock.
    pub data_dir: PathBuf,
    /// List-Ids under which the desk's own mail arrives.
    pub own_lists: Vec<String>,
    /// A field by which the mail server says that a mail is spam, beside the usual ones.
    pub spam_header: Option<SpamHeader>,
    /// Stands below each answer, such as what the law wants there; lines.
    pub footer: Option<String>,
    /// How much of the conversation stands below an answer.
    pub history: History,
    /// Gets alarms.
    pub owner: Address,
    /// Their name, as customers read it.
    pub owner_name: Option<String>,
    /// The zone of times in texts.
    pub time_zone: TimeZone,
    /// Language of the texts: a folder of templates; `en`.
    pub language: String,
    /// A solved ticket left alone for so long is closed.
    pub close_after: Duration,
    /// A reply to a closed ticket opens it again within this time after closing.
    pub reopen_within: Duration,
    /// What is sent in the morning to whoever says nothing else.
    pub digest: Digest,
    /// Agents whose answer names a time are offered that the clock keeps it.
    pub offers: bool,
}

/// `digest` and `digest_at`: the mail with all that waits, once a day on which one works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Whether it is sent.
    pub wanted: bool,
    /// At what time; without it at the beginning of the day's hours.
    pub at: Option<Time>,
}

impl Desk {
    /// All addresses of the desk, the first one first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        std::iter::once(&self.address).chain(&self.aliases)
    }

    /// Whether that is one of them.
    pub fn is_own(&self, address: &Address) -> bool {
        self.addresses().any(|own| own == address)
    }
}

/// How much of the conversation stands below an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// Nothing.
    None,
    /// What the customer wrote last.
    Last,
    /// All that both sides said and everybody reached has seen.
    All,
}

/// A header field by which a server says that a mail is spam.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpamHeader {
    /// Its name.
    pub name: String,
    /// How its value begins; empty for any.
    pub value: String,
}

/// How a connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    Implicit,
    /// After a required STARTTLS.
    Starttls,
    /// Not at all; loopback only.
    None,
}

/// A server to log in to: `[imap]` has more, `[smtp]` is this.
#[derive(Clone, Debug)]
pub struct Server {
    /// Name, also the one the certificate must bear.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it is secured.
    pub tls: Tls,
    /// Roots to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Without it no login is tried.
    pub login: Option<Login>,
    /// Envelope sender, where bounces go; `[smtp]` only, the desk's address if unset.
    pub bounce_address: Option<Address>,
    /// `[smtp] messages_per_minute`; `None` is no bound.
    pub messages_per_minute: Option<u32>,
    /// `[smtp] connections`: how many mails are in flight at once.
    pub connections: usize,
}

/// `[imap]`.
#[derive(Clone, Debug)]
pub struct Imap {
    /// The server.
    pub server: Server,
    /// The mailbox watched.
    pub mailbox: String,
    /// What is done on the server with mail that is safely ours.
    pub after: After,
    /// What becomes of mail that lies there at the first start; `None` is unset.
    pub first_start: Option<FirstStart>,
    /// How often it is asked beside IDLE.
    pub poll_interval: Duration,
    /// Whether IDLE is used where offered.
    pub idle: bool,
}

/// `[imap] after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Set the keyword `$Postdesk`.
    Keyword,
    /// Leave it as it is.
    Nothing,
    /// Move it to that folder.
    Move(String),
}

/// `[imap] first_start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstStart {
    /// Treat old mail like new.
    All,
    /// Tickets, but no mail to customers.
    Quiet,
    /// Only what comes from now on.
    New,
}

/// `[authentication]`.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Whose Authentication-Results are believed.
    pub authserv_id: Option<String>,
    /// On which side of its own Received it writes them, if that is known.
    pub stamps: Option<Stamps>,
    /// Our own hosts whose Received lines may stand above that field.
    pub trusted_hops: Vec<String>,
    /// Check the signatures of agents' mails ourselves where that server said nothing.
    pub check_dkim: bool,
    /// Name servers for the keys of signatures; the system's if empty.
    pub dns: Vec<SocketAddr>,
    /// Believe From; for trials on a closed network only.
    pub unsafe_trust_from: bool,
}

/// On which side of its own Received line a server writes its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamps {
    /// Above it.
    Above,
    /// Below it, and in one field.
    Below,
}

/// `[[agents]]`.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Shown to customers.
    pub name: String,
    /// Short name; the local part of the address if unset.
    pub handle: String,
    /// Where notifications go and replies come from.
    pub address: Address,
    /// Other addresses from which they write; nothing is sent there.
    pub aliases: Vec<Address>,
    /// Role.
    pub role: Role,
    /// What they may do beyond answering, on tickets of the queues they serve.
    pub may: Vec<Right>,
    /// Names of the queues served; empty in the file means all, and all are listed here then.
    pub queues: Vec<String>,
    /// What they know well.
    pub skills: Vec<String>,
    /// So many tickets that are not over they have at most before they are given no more by turn.
    pub capacity: Option<u32>,
    /// The handle of who stands in for them, if nobody else is named.
    pub backup: Option<String>,
    /// Closes each of their answers; lines.
    pub signature: Option<String>,
    /// They hear where their words went also if there was no command among them.
    pub receipts: bool,
    /// What they want in the morning.
    pub digest: Digest,
}

/// How a new ticket finds its agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assign {
    /// Everybody hears of it; the first answer takes it.
    Everyone,
    /// One after the other.
    RoundRobin,
    /// Who has the fewest open ones.
    LeastOpen,
}

/// Who is urged about a promise that nobody has kept yet, in this order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// Whoever hears of the ticket.
    Reminder,
    /// Who stands in for whoever has it.
    Backup,
    /// The leads of the queue.
    Lead,
    /// The owner of the desk.
    Owner,
}

impl Rung {
    /// All of them, the first first.
    pub const ALL: [Self; 4] = [Self::Reminder, Self::Backup, Self::Lead, Self::Owner];
}

/// `[ladder]`: how much working time before something is due each is urged; `None` is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// `reminder`.
    pub reminder: Option<Duration>,
    /// `backup`.
    pub backup: Option<Duration>,
    /// `lead`.
    pub lead: Option<Duration>,
    /// `owner`.
    pub owner: Option<Duration>,
    /// `unowned`: how much working time may pass until somebody has taken a ticket; then the leads
    /// hear of it, and after twice that time the owner.
    pub unowned: Option<Duration>,
    /// `digest`: up to that priority the mail of the morning tells of the desk's own times, and no
    /// mail of its own does.
    pub digest: Option<Priority>,
}

impl Ladder {
    /// How much working time before.
    pub fn before(&self, rung: Rung) -> Option<Duration> {
        match rung {
            Rung::Reminder => self.reminder,
            Rung::Backup => self.backup,
            Rung::Lead => self.lead,
            Rung::Owner => self.owner,
        }
    }
}

/// `[[queues]]`.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// How a new ticket finds its agent.
    pub assign: Assign,
    /// What whoever gets its tickets must know, if no rule says.
    pub skill: Option<String>,
    /// When its people work.
    pub hours: Hours,
    /// How much working time may pass until a customer has what they wait for.
    pub sla: Sla,
    /// Who is urged before that time is over.
    pub ladder: Ladder,
    /// Whether its customers are asked how they were served.
    pub survey: Feedback,
    /// Stands below each answer in place of that of the desk.
    pub footer: Option<String>,
    /// Details that a vague report is asked for, in their order; empty for none, `None` for those
    /// that fit it.
    pub checklist: Option<Vec<String>>,
}

/// A calendar file that `holidays` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Where it lies.
    pub file: PathBuf,
    /// The days of its events; none if it could not be read.
    pub days: BTreeSet<Date>,
    /// Its events that begin at a time of day, and are no holidays.
    pub timed: usize,
    /// Why it could not be read.
    pub fault: Option<String>,
}

/// `[[forms]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Whose mails these are.
    pub from: Address,
    /// How the line begins in which the writer's address stands; it is Reply-To if unset.
    pub line: Option<String>,
}

/// `[limits]`.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest mail that is fetched, in bytes.
    pub message_size: u64,
    /// Acknowledgements to one address within 24 hours; above it none.
    pub acknowledgements_per_address_and_day: u32,
    /// Acknowledgements within an hour; above it they wait.
    pub acknowledgements_per_hour: u32,
    /// Notifications to one agent within an hour; above it they are bundled.
    pub notifications_per_agent_and_hour: u32,
    /// How long an agent's mail to outsiders waits and can be taken back.
    pub undo_window: Duration,
}

impl Trust {
    /// Whether there is any way to know an agent.
    pub fn knows_agents(&self) -> bool {
        self.authserv_id.is_some() || self.check_dkim || self.unsafe_trust_from
    }
}

impl Agent {
    /// Whether they may do that on tickets of that queue.
    pub fn may(&self, right: Right, queue: &str) -> bool {
        self.may.contains(&right) && self.queues.iter().any(|served| served == queue)
    }

    /// Whether they know that well.
    pub fn knows(&self, skill: &str) -> bool {
        let skill = skill.trim().to_lowercase();
        self.skills.iter().any(|own| own.trim().to_lowercase() == skill)
    }

    /// All their addresses, the main one first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        std::iter::once(&self.address).chain(&self.aliases)
    }

    /// Whether that is one of their addresses, as text.
    pub fn answers_to(&self, address: &str) -> bool {
        self.addresses().any(|own| own.as_str().eq_ignore_ascii_case(address))
    }
}

impl Config {
    /// Who stands in for that agent, if they are not away or named somebody else.
    pub fn backup(&self, agent: &Agent) -> Option<&Agent> {
        let handle = agent.backup.as_ref()?;
        self.agents.iter().find(|other| other.handle.eq_ignore_ascii_case(handle))
    }

    /// The agent with that address.
    pub fn agent(&self, address: &Address) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.answers_to(address.as_str()))
    }

    /// How those are called who answer here.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let agents = self.agents.iter().flat_map(|agent| [agent.name.as_str(), &agent.handle]);
        agents.chain([self.desk.name.as_str()])
    }

    /// The queue of that name, else the first.
    pub fn queue(&self, name: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.name == name).or(self.queues.first())
    }

    /// What whoever gets a ticket of that queue must know: what the ticket asks for, else what the
    /// queue does. What nobody there knows is not asked for, for somebody has to do.
    pub fn skill<'a>(&'a self, queue: &'a Queue, asked: Option<&'a str>) -> Option<&'a str> {
        let known = |skill: &&str| self.agents_of(&queue.name).any(|agent| agent.knows(skill));
        asked.filter(known).or(queue.skill.as_deref().filter(known))
    }

    /// The agents that serve that queue.
    pub fn agents_of<'a>(&'a self, queue: &'a str) -> impl Iterator<Item = &'a Agent> {
        self.agents.iter().filter(move |agent| agent.queues.iter().any(|name| name == queue))
    }
}
