//! A ticket, and what is said in it. It changes only in [`Ticket::apply`]; folding its events from
//! nothing gives the stored row.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::{EntryKind, Event, Mailed, Priority, Status, Wake};
use super::promise::{self, Promise, ToCome};
use super::survey::{self, Survey};
use super::target::{self, Target};
use crate::config::{Config, Rung};
use crate::mail::{Address, Authentication, MessageId, Person, TicketNumber};
use crate::time::Timestamp;

/// The subject of what has none.
pub const NO_SUBJECT: &str = "(no subject)";
/// Most outside people that one ticket takes up (RELIABILITY L2).
pub const PARTICIPANTS_MAX: usize = 20;

/// What a participant is to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// It is their request.
    Requester,
    /// They are kept informed.
    Cc,
}

impl Part {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Cc => "cc",
        }
    }
}

/// A customer who takes part in a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub person: Person,
    /// As what.
    pub part: Part,
    /// Whether they are written to.
    pub mailed: Mailed,
}

/// One request and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub number: TicketNumber,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub status: Status,
    /// Since when.
    pub status_since: Timestamp,
    /// How much it matters.
    pub priority: Priority,
    /// Whose team's it is.
    pub queue: String,
    /// Who has it.
    pub assignee: Option<Address>,
    /// What whoever gets it must know, if it is not what its queue asks for.
    pub skill: Option<String>,
    /// Whose request it is.
    pub requester: Person,
    /// Whether the opening mail did not fail authentication.
    pub verified: bool,
    /// The further address of the desk from which its answers come.
    pub written_to: Option<Address>,
    /// Words on it.
    pub tags: BTreeSet<String>,
    /// Everybody outside who takes part, the requester first.
    pub participants: Vec<Participant>,
    /// By when it should be done; agents only.
    pub due: Option<Timestamp>,
    /// Time worked on it, to the minute.
    pub worked: Duration,
    /// What its customers were promised, oldest first.
    pub promises: Vec<Promise>,
    /// By when the desk wants to have done what is waited for, oldest first.
    pub targets: Vec<Target>,
    /// What is to happen on it.
    pub wakes: Vec<ToCome>,
    /// What was last asked about how its customer was served, and the answer.
    pub survey: Option<Survey>,
    /// The ticket in which it goes on.
    pub merged_into: Option<TicketNumber>,
    /// How many events made it what it is.
    pub version: i64,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something last happened to it.
    pub updated_at: Timestamp,
}

impl Ticket {
    /// Folds events, oldest first. `None` unless the first opens the ticket.
    pub fn fold<'a>(
        number: TicketNumber,
        events: impl IntoIterator<Item = (&'a Event, Timestamp)>,
    ) -> Option<Self> {
        let mut events = events.into_iter();
        let (first, at) = events.next()?;
        let mut ticket = Self::opened(number, first, at)?;
        for (event, at) in events {
            ticket.apply(event, at);
        }
        Some(ticket)
    }

    /// The ticket that an [`Event::Opened`] makes.
    pub fn opened(number: TicketNumber, event: &Event, at: Timestamp) -> Option<Self> {
        let Event::Opened { subject, requester, queue, verified, written_to, .. } = event else {
            return None;
        };
        let first =
            Participant { person: requester.clone(), part: Part::Requester, mailed: Mailed::Yes };
        Some(Self {
            number,
            subject: subject.clone(),
            status: Status::New,
            status_since: at,
            priority: Priority::Normal,
            queue: queue.clone(),
            assignee: None,
            skill: None,
            requester: requester.clone(),
            verified: *verified,
            written_to: written_to.clone(),
            tags: BTreeSet::new(),
            participants: vec![first],
            due: None,
            worked: Duration::ZERO,
            promises: Vec::new(),
            targets: Vec::new(),
            wakes: Vec::new(),
            survey: None,
            merged_into: None,
            version: 1,
            created_at: at,
            updated_at: at,
        })
    }

    /// The only place where a ticket changes.
    pub fn apply(&mut self, event: &Event, at: Timestamp) {
        self.version += 1;
        self.updated_at = at;
        target::apply(&mut self.targets, event, at);
        survey::apply(&mut self.survey, event, at);
        match event {
            Event::StatusChanged { to, why: _ } => {
                self.status = *to;
                self.status_since = at;
                // Whatever changes the status ends a waiting with a time to it.
                self.no_more(Wake::Reopen);
                self.ask_no_more();
            }
            Event::Assigned { to, why: _ } => self.assignee.clone_from(to),
            Event::Joined { person, mailed } => self.join(person, *mailed),
            Event::Left { address } => self.leave(address),
            Event::RequesterChanged { to } => self.change_requester(to),
            Event::PrioritySet { to, why: _ } => self.priority = *to,
            Event::SkillAsked { skill, why: _ } => self.skill = Some(skill.clone()),
            Event::Tagged { added, removed, why: _ } => {
                self.tags.retain(|tag| !removed.contains(tag));
                self.tags.extend(added.iter().cloned());
            }
            Event::Retitled { to } => self.subject.clone_from(to),
            Event::Moved { to, why: _ } => self.queue.clone_from(to),
            Event::DueSet { at } => self.due = *at,
            Event::Worked { minutes } => self.worked = self.worked.saturating_add(spent(*minutes)),
            Event::Merged { into, was: _, why: _ } => self.merged_into = Some(*into),
            Event::Unmerged { .. } => self.merged_into = None,
            Event::Absorbed { joined, .. } => {
                joined.iter().for_each(|one| self.join(&one.person, one.mailed))
            }
            Event::Released { left, lowered, .. } => self.release(left, lowered),
            Event::Unworked { minutes } => self.work_less(*minutes),
            Event::Promised { .. }
            | Event::PromiseKept
            | Event::PromiseWaived
            | Event::PromiseUnkept { .. }
            | Event::TakenLate { .. }
            | Event::PromiseMissed { .. }
            | Event::PromiseWithdrawn { .. }
            | Event::PromiseUntold { .. }
            | Event::Urged { .. } => promise::apply(&mut self.promises, event, at),
            Event::WakeSet { .. }
            | Event::WakesOff { .. }
            | Event::WakeOff { .. }
            | Event::Woke { .. } => self.set_wakes(event),
            Event::DetailsAsked { .. } | Event::AskedAgain { .. } | Event::AskEnded { .. } => {
                self.set_asking(event)
            }
            Event::Opened { .. }
            | Event::TakenBack { .. }
            | Event::Said { .. }
            | Event::SplitOff { .. }
            | Event::SplitFrom { .. }
            | Event::Linked { .. }
            | Event::ThirdParty { .. }
            | Event::Offered { .. }
            | Event::Asked
            | Event::Answered
            | Event::Unanswered { .. }
            | Event::TargetSet { .. }
            | Event::TargetUrged { .. }
            | Event::TargetMissed { .. }
            | Event::Escalated { .. }
            | Event::Undelivered { .. }
            | Event::Silenced { .. }
            | Event::SurveyAsked { .. }
            | Event::Marked { .. }
            | Event::Withheld { .. } => {}
        }
    }

    /// When somebody has to look at it again, if nothing happens to it before.
    pub fn next_at(&self, config: &Config) -> Option<Timestamp> {
        let alone = self.status_since.plus(config.desk.close_after);
        let closes = (self.status == Status::Solved).then_some(alone);
        let merged = self.merged_into.is_some();
        // What was promised in a ticket that went into another is still owed. People are urged about
        // the first of several times: the others wait until that is over.
        let queue = config.queue(&self.queue).filter(|_| !self.is_over() || merged);
        let standing = self.promises.iter().filter(|promise| promise.stands());
        let first = standing.min_by_key(|promise| promise.due_at);
        let promised = queue.zip(first).and_then(|(queue, promise)| promise.next_at(queue));
        let targets = queue
            .filter(|_| !merged)
            .into_iter()
            .flat_map(|queue| self.targets.iter().filter_map(move |target| target.next_at(queue)));
        self.wakes.iter().map(|one| one.at).chain(closes).chain(promised).chain(targets).min()
    }

    /// Nobody waits for it any more.
    pub fn is_over(&self) -> bool {
        matches!(self.status, Status::Solved | Status::Closed | Status::Spam)
    }

    /// When something on it is to be done, or was; nothing once it is over.
    pub fn dues(&self) -> impl Iterator<Item = Timestamp> {
        let targets = self.targets.iter().filter_map(Target::due);
        let all = promise::dues(&self.promises).chain(targets).chain(self.due);
        all.filter(|_| !self.is_over())
    }

    /// Whether the time of something on it is over.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.dues().any(|at| at <= now)
    }

    /// Whether something on it falls due from then on, and before the end.
    pub fn is_due(&self, (from, until): (Timestamp, Timestamp)) -> bool {
        self.dues().any(|at| from <= at && at < until)
    }

    /// Whether somebody has to be urged about it by now, though it is not overdue: a rung of the
    /// ladder is reached.
    pub fn is_near(&self, config: &Config, now: Timestamp) -> bool {
        let Some(queue) = config.queue(&self.queue).filter(|_| !self.is_over()) else {
            return false;
        };
        let standing = self.promises.iter().filter(|one| one.stands());
        let promised = standing.filter_map(|one| one.rung_at_first(queue));
        let targets = self.targets.iter().filter(|one| one.due().is_some());
        let first = |one: &Target| Rung::ALL.into_iter().find_map(|rung| one.rung_at(rung, queue));
        let mut rungs = promised.chain(targets.filter_map(first));
        !self.is_overdue(now) && rungs.any(|at| at <= now)
    }

    /// What its customer is being asked for: whom, for which details, and when again.
    pub fn asking(&self) -> Option<&ToCome> {
        self.wakes.iter().find(|one| one.what.asks())
    }

    /// What of what was to happen is due, the longest due first; but for the asking.
    pub fn due_wakes(&self, now: Timestamp) -> Vec<ToCome> {
        let is_due = |one: &&ToCome| one.at <= now && !one.what.asks();
        let mut due: Vec<_> = self.wakes.iter().filter(is_due).cloned().collect();
        due.sort_by_key(|one| one.at);
        due
    }

    /// The participant with that address.
    pub fn participant(&self, address: &Address) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.person.address == *address)
    }

    /// Reminders are as many as are asked for; of others there is one at a time.
    fn set_wakes(&mut self, event: &Event) {
        if let Event::WakesOff { what } = event {
            self.no_more(*what);
        }
        if let Event::WakeSet { what, at, agent, words } = event {
            let (what, at, agent, words) = (*what, *at, agent.clone(), words.clone());
            if what != Wake::Remind {
                self.no_more(what);
            }
            self.wakes.push(ToCome { what, at, agent, words });
        }
        if let Event::WakeOff { what, at, agent } | Event::Woke { what, at, agent } = event {
            let is = |one: &ToCome| (one.what, one.at, &one.agent) == (*what, *at, agent);
            if let Some(index) = self.wakes.iter().position(is) {
                self.wakes.remove(index);
            }
        }
    }

    /// Somebody is asked for one thing at a time.
    fn set_asking(&mut self, event: &Event) {
        match event {
            Event::AskedAgain { next } => {
                for one in self.wakes.iter_mut().filter(|one| one.what.asks()) {
                    (one.what, one.at) = (one.what.next(), *next);
                }
            }
            Event::DetailsAsked { what, of, by: _, again } => {
                self.ask_no_more();
                let (agent, words) = (of.clone(), what.join(" "));
                self.wakes.push(ToCome { what: Wake::AskAgain, at: *again, agent, words });
            }
            _ => self.ask_no_more(),
        }
    }

    fn ask_no_more(&mut self) {
        self.wakes.retain(|one| !one.what.asks());
    }

    fn no_more(&mut self, what: Wake) {
        self.wakes.retain(|one| one.what != what);
    }

    /// The old requester may still join, but nothing is sent to them any more: the answers were
    /// never theirs.
    fn change_requester(&mut self, to: &Person) {
        self.participants.retain(|one| one.person.address != to.address);
        for one in self.participants.iter_mut().filter(|one| one.part == Part::Requester) {
            (one.part, one.mailed) = (Part::Cc, Mailed::JoinOnly);
        }
        self.participants.insert(
            0,
            Participant { person: to.clone(), part: Part::Requester, mailed: Mailed::Yes },
        );
        self.requester = to.clone();
    }

    fn leave(&mut self, address: &Address) {
        self.participants.retain(|one| one.person.address != *address);
    }

    fn work_less(&mut self, minutes: u32) {
        self.worked = self.worked.saturating_sub(spent(minutes));
    }

    fn release(&mut self, left: &[Address], lowered: &[Address]) {
        self.participants
            .retain(|one| one.part == Part::Requester || !left.contains(&one.person.address));
        for one in self
            .participants
            .iter_mut()
            .filter(|one| one.part == Part::Cc && lowered.contains(&one.person.address))
        {
            one.mailed = Mailed::JoinOnly;
        }
    }

    fn join(&mut self, person: &Person, mailed: Mailed) {
        let known =
            self.participants.iter_mut().find(|known| known.person.address == person.address);
        match known {
            Some(known) if mailed == Mailed::Yes => known.mailed = Mailed::Yes,
            Some(_) => {}
            None => self.participants.push(Participant {
                person: person.clone(),
                part: Part::Cc,
                mailed,
            }),
        }
    }
}

/// Which way an entry went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From outside to us.
    In,
    /// From us to outside, or among us.
    Out,
}

impl Direction {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// What is remembered of a file beside where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// Name as sent; `null` if none.
    pub name: Option<String>,
    /// `type/subtype`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Bytes.
    pub size: usize,
}

/// Something said in a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Public or internal.
    pub kind: EntryKind,
    /// Which way it went.
    pub direction: Direction,
    /// Who said it.
    pub author: Person,
    /// How sure we are of that.
    pub verified: Authentication,
    /// The words.
    pub text: String,
    /// What stood below them that was said before and not here; mostly empty.
    pub history: String,
    /// Id of the mail that said it.
    pub message_id: Option<MessageId>,
    /// Files.
    pub files: Vec<FileNote>,
}

/// How a Message-ID of others leads to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdKind {
    /// Referred to by a mail of the ticket; its own mail has not come.
    Ghost,
    /// Of a mail that participants saw.
    Public,
    /// Of an agent's mail.
    Internal,
}

impl IdKind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ghost => "ghost",
            Self::Public => "public",
            Self::Internal => "internal",
        }
    }
}

fn spent(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}
