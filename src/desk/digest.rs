//! The mail in the morning: who gets one, on which days and when, and which ticket stands where in
//! it.
//!
//! A day is one of a queue's that they serve, by that queue's own clock. Its digest is due from the
//! beginning of the hours until their end, so that a desk that was off in the morning sends it late
//! the same day, and never on another: the next one tells all that is still so. Whoever is away gets
//! none, and theirs is part of the digest of who stands in for them. Nobody gets two on one day,
//! whatever the clock does meanwhile: which days were served is written down.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use super::absence::{Absence, Until, of, reader};
use super::event::Status;
use super::query::may_see;
use super::survey::Survey;
use super::worded::worded;
use crate::config::{Agent, Config, Digest, Queue, Role};
use crate::mail::{Address, TicketNumber};
use crate::time::Timestamp;

/// Rows of one part: more are told by their number and how to list them.
pub const ROWS_MAX: usize = 10;
/// Where the hours begin at midnight, somebody works then who worked the day before: the morning is
/// later.
const MORNING: Time = Time::constant(8, 0, 0, 0);

worded! {
    /// A part of a digest, by how much stands in it.
    Section in "sections":
    Overdue = "overdue" { count: usize },
    Today = "today" { count: usize },
    ForYou = "for-you" { count: usize },
    ForOthers = "for-others" { count: usize },
    Unowned = "unowned" { count: usize },
    UnownedAsked = "unowned-asked" { count: usize },
    News = "news" { count: usize },
    TeamOverdue = "team-overdue" { count: usize },
    TeamToday = "team-today" { count: usize },
    Marks = "marks" { count: usize },
    Away = "away" { count: usize },
    Held = "held" { count: usize },
    Refused = "refused" { count: usize },
    Spam = "spam" { count: usize },
}

worded! {
    /// What stands in a digest beside tickets.
    Row in "rows":
    More = "more" { count: usize, list: Option<&'static str> },
    Mark = "mark" { number: TicketNumber, mark: u8, from: Address, agent: Option<String>, words: String },
    Away = "away" { name: String, until: Until, reader: Option<String>, tickets: usize },
    Held = "held" { at: String, from: String, subject: String },
    Refused = "refused" { to: Address, number: TicketNumber, words: String },
    Spam = "spam" { number: TicketNumber, from: String, subject: String },
    News = "news" { at: String, number: TicketNumber, subject: String, words: String },
}

/// Somebody who gets a digest.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber<'a> {
    /// Where it goes.
    pub address: &'a Address,
    /// The agent, unless it is the owner of the desk, who need not be one.
    pub agent: Option<&'a Agent>,
    /// How the team does is told as well.
    pub leads: bool,
}

/// All who may get one: the agents, and the owner where nobody leads.
pub fn subscribers(config: &Config) -> Vec<Subscriber<'_>> {
    let led = config.agents.iter().any(|agent| agent.role == Role::Lead);
    let owner = &config.desk.owner;
    let of =
        |agent: &'_ Agent| agent.role == Role::Lead || !led && agent.answers_to(owner.as_str());
    let all = config.agents.iter().map(|agent| Subscriber {
        address: &agent.address,
        agent: Some(agent),
        leads: of(agent),
    });
    let alone = !led && config.agent(owner).is_none();
    all.chain(alone.then_some(Subscriber { address: owner, agent: None, leads: true })).collect()
}

impl<'a> Subscriber<'a> {
    /// The one with that address.
    pub fn named(config: &'a Config, address: &Address) -> Option<Self> {
        subscribers(config).into_iter().find(|one| one.address == address)
    }

    /// The day whose digest they are to have now, if they did not yet.
    pub fn day(&self, config: &'a Config, now: Timestamp) -> Option<Date> {
        let Digest { wanted, at } = self.digest(config);
        let queues = config.queues.iter().filter(|queue| wanted && self.serves(queue));
        queues.filter_map(|queue| within(queue, at, now)).min()
    }

    /// Whether they want one at all.
    pub fn is_wanted(&self, config: &Config) -> bool {
        self.digest(config).wanted
    }

    /// Whether what is no more urgent than that may wait for it: it comes on some day.
    pub fn gets_one(&self, config: &Config) -> bool {
        self.is_wanted(config) && config.queues.iter().any(|queue| self.serves(queue))
    }

    fn digest(&self, config: &Config) -> Digest {
        self.agent.map_or(config.desk.digest, |agent| agent.digest)
    }

    /// Whether they are here: nobody gets it who is away.
    pub fn is_here(&self, absences: &[Absence]) -> bool {
        of(absences, self.address).is_none()
    }

    fn serves(&self, queue: &Queue) -> bool {
        self.agent.is_none_or(|agent| agent.queues.contains(&queue.name))
    }

    /// Whether a queue is of those of which they hear how they do: they lead it, or nobody does.
    pub fn leads_queue(&self, config: &Config, queue: &str) -> bool {
        let mut leads = config.agents_of(queue).filter(|agent| agent.role == Role::Lead);
        self.leads
            && (self.agent.is_none_or(|agent| agent.queues.iter().any(|name| name == queue))
                || leads.next().is_none())
    }

    /// Whether a ticket of that queue that nobody has waits for them too: their team's, or that of
    /// nobody.
    fn may_take(&self, config: &Config, queue: &str) -> bool {
        self.agent.is_some_and(|agent| agent.queues.iter().any(|name| name == queue))
            || config.agents_of(queue).next().is_none()
    }
}

/// The day of a queue's on which `now` falls, if it lies in the time of the digest.
fn within(queue: &Queue, at: Option<Time>, now: Timestamp) -> Option<Date> {
    let hours = &queue.hours;
    let (date, opens, closes) = hours.day_of(now)?;
    let midnight = hours.at(date, Time::midnight())?;
    let usual = hours.at(date, MORNING).filter(|morning| opens == midnight && *morning < closes);
    let begins = match at {
        Some(at) => hours.at(date, at)?,
        None => usual.unwrap_or(opens),
    };
    // Whoever wants it in the evening gets it in the evening.
    let ends =
        if begins < closes { closes } else { hours.at(date.tomorrow().ok()?, Time::midnight())? };
    (begins <= now && now < ends).then_some(date)
}

/// A ticket that is not over, as far as a digest asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The ticket.
    pub number: TicketNumber,
    /// Where it stands.
    pub status: Status,
    /// Whose team's it is.
    pub queue: String,
    /// Who has it.
    pub assignee: Option<Address>,
    /// When the first is due of what was promised and what agents set, if that is before the end of
    /// the day.
    pub due: Option<Timestamp>,
}

/// A mark that a customer gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rated {
    /// On which ticket.
    pub ticket: TicketNumber,
    /// Whose team's that is.
    pub queue: String,
    /// Who was asked, and what they answered.
    pub survey: Survey,
}

/// Something of which somebody was not told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// On which ticket.
    pub ticket: TicketNumber,
    /// What that is about.
    pub subject: String,
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub words: String,
}

/// A mail of an agent's that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldMail {
    /// Since when.
    pub at: Timestamp,
    /// Who wrote it, if that could be read.
    pub from: Option<String>,
    /// What about.
    pub subject: Option<String>,
}

/// A mail of ours to somebody outside that was not taken, or came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// To whom it was to go.
    pub to: Address,
    /// On which ticket.
    pub ticket: TicketNumber,
    /// What that is about.
    pub subject: String,
    /// What the server said.
    pub words: String,
}

/// Tickets by the part in which they stand, each once, in the order in which they are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    /// Their own.
    pub overdue: Vec<TicketNumber>,
    /// Due before the day is over.
    pub today: Vec<TicketNumber>,
    /// Nothing is due, and it is for them to go on.
    pub for_you: Vec<TicketNumber>,
    /// The same, and it is for somebody outside.
    pub for_others: Vec<TicketNumber>,
    /// Nobody has it.
    pub unowned: Vec<TicketNumber>,
    /// The same, and it is for its customer to go on.
    pub unowned_asked: Vec<TicketNumber>,
    /// What colleagues have, for who leads them.
    pub team_overdue: Vec<TicketNumber>,
    /// The same.
    pub team_today: Vec<TicketNumber>,
    /// How many each of those has who are away.
    pub of_absent: BTreeMap<String, usize>,
}

/// What the sorting goes by.
#[derive(Clone, Copy, Debug)]
pub struct Sorting<'a> {
    /// Who reads it.
    pub whose: &'a Subscriber<'a>,
    /// The settings.
    pub config: &'a Config,
    /// Who is away now.
    pub absences: &'a [Absence],
    /// When.
    pub now: Timestamp,
    /// When the day is over.
    pub until: Timestamp,
}

impl Sorting<'_> {
    /// Sorts tickets, the oldest first: by when they are due, else by their number.
    pub fn sort(&self, mut tasks: Vec<Task>) -> Sorted {
        tasks.sort_by_key(|task| (task.due.is_none(), task.due, task.number));
        let mut sorted = Sorted::default();
        for task in tasks {
            self.place(&task, &mut sorted);
        }
        let Sorted { for_you, for_others, unowned, unowned_asked, .. } = &mut sorted;
        for waits in [for_you, for_others, unowned, unowned_asked] {
            waits.sort_unstable();
        }
        sorted
    }

    fn place(&self, task: &Task, sorted: &mut Sorted) {
        let leads = self.whose.leads_queue(self.config, &task.queue);
        let seen = self.whose.agent.is_none_or(|agent| may_see(agent, &task.queue));
        let overdue = task.due.is_some_and(|due| due <= self.now);
        let today = task.due.is_some_and(|due| due < self.until);
        let waits = matches!(task.status, Status::Pending | Status::OnHold);
        let holder = task.assignee.as_ref();
        if let Some(away) = holder.filter(|holder| leads && of(self.absences, holder).is_some()) {
            *sorted.of_absent.entry(away.key()).or_default() += 1;
        }
        let part = match holder.map(|holder| self.is_theirs(holder)) {
            _ if !seen => return,
            Some(true) if overdue => &mut sorted.overdue,
            Some(true) if today => &mut sorted.today,
            Some(true) if waits => &mut sorted.for_others,
            Some(true) => &mut sorted.for_you,
            None if !leads && !self.whose.may_take(self.config, &task.queue) => return,
            None if task.status == Status::Pending && !today => &mut sorted.unowned_asked,
            None => &mut sorted.unowned,
            Some(false) if leads && overdue => &mut sorted.team_overdue,
            Some(false) if leads && today => &mut sorted.team_today,
            Some(false) => return,
        };
        part.push(task.number);
    }

    /// Whether what that agent has is for this reader to see to: it is theirs, or they stand in.
    fn is_theirs(&self, holder: &Address) -> bool {
        let Some(own) = self.whose.agent else { return false };
        let reads =
            self.config.agent(holder).and_then(|one| reader(self.config, self.absences, one));
        reads.is_some_and(|reads| reads.address == own.address)
    }
}
