//! What agents ask by mail: one ticket, a list, a search, why something happened. A question is
//! read from its line before the decision is made, so that the store can be asked for exactly that;
//! the words of the answers are made in `query/text.rs`.
//!
//! Answers go to who asked and to nobody else, in the transcript of that mail. What an agent may
//! see is said by [`may_see`] alone.

pub mod tale;
pub mod text;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::command::Verb;
use super::command::parse::{Line, Meaning};
use super::command::suggest::{self, Unnamed};
use super::complaint::Complaint;
use super::outcome::Outcome;
use super::{Entry, EntryKind, Event, Ticket};
use crate::config::{Agent, Config};
use crate::mail::{Address, InboxId, TicketNumber};
use crate::time::Timestamp;

/// Tickets in one answer: two or three screens of a phone.
pub const LISTED_MAX: usize = 20;
/// Questions in one mail: each is work for the store while everything else waits.
pub const QUESTIONS_MAX: usize = 10;
/// Words of a search.
const WORDS_MAX: usize = 10;
/// Highest page of a list that is understood.
const PAGE_MAX: usize = 10_000;

/// Commands that are questions: they change nothing, so an answer to a held mail that only asks
/// does not let it go.
pub const QUESTIONS: [Verb; 5] = [Verb::Show, Verb::List, Verb::Search, Verb::Why, Verb::Help];

/// Something asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// All about one ticket, or why it is as it is.
    Ticket(TicketNumber),
    /// Why that mail ended as it did.
    Mail(InboxId),
    /// Tickets that are not over, from that page on, which counts from 1.
    List(Which, usize),
    /// Tickets in which all these words stand.
    Search(String),
}

/// Which tickets are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those of that agent.
    Of(Address),
    /// All.
    Open,
    /// Those for which it is too late, by a promise or by `#due`; the longest overdue first.
    Overdue,
    /// Those of which something falls due on a day, and is still open; the earliest first.
    Due(Day),
    /// Those that nobody has.
    Unassigned,
    /// Those of that queue.
    Queue(String),
}

/// A day of the desk's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its date.
    pub date: Date,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Day {
    /// That of a word, or of a date as `2026-11-27`; `None` for other words.
    pub fn of(word: &str, now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let today = now.to_jiff().to_zoned(zone.clone()).date();
        let date = match word.to_lowercase().as_str() {
            "" | "today" => today,
            "tomorrow" => today.tomorrow().ok()?,
            date => date.parse().ok()?,
        };
        let start = |date: Date| date.to_zoned(zone.clone()).ok().map(|at| at.timestamp());
        let (from, until) = (start(date)?, start(date.tomorrow().ok()?)?);
        Some(Self { date, from: Timestamp::from_jiff(from), until: Timestamp::from_jiff(until) })
    }
}

/// A ticket in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The ticket.
    pub ticket: Ticket,
    /// By when an answer was promised.
    pub promise: Option<Timestamp>,
}

/// How a mail ended that did not become something said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When it came.
    pub at: Timestamp,
    /// Who wrote it, if that could be read.
    pub from: Option<String>,
    /// The word of its end.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
}

/// A ticket with what was said and what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The ticket.
    pub listed: Listed,
    /// What was said last, newest last.
    pub last: Vec<Entry>,
    /// What happened, oldest first.
    pub events: Vec<(Event, Timestamp)>,
    /// Mails of it that were held, set aside or came twice.
    pub ended: Vec<Ended>,
}

/// What the store says to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is no such thing, or none that this agent may see.
    Nothing,
    /// One ticket.
    Ticket(Box<Story>),
    /// One mail.
    Mail(Ended),
    /// Some tickets, and how many there are in all.
    Tickets(Vec<Listed>, usize),
}

impl Answer {
    /// As it may be told to that agent: of a request of their own nothing that was meant for their
    /// colleagues.
    pub fn to_tell(self, agent: &Agent) -> Self {
        match self {
            Self::Ticket(story) if story.is_request_of(agent) => {
                Self::Ticket(Box::new(story.without_the_inside()))
            }
            other => other,
        }
    }
}

impl Story {
    fn is_request_of(&self, agent: &Agent) -> bool {
        agent.addresses().any(|own| *own == self.listed.ticket.requester.address)
    }

    fn without_the_inside(mut self) -> Self {
        self.last.retain(|entry| entry.kind != EntryKind::Note);
        self.ended.clear();
        for (event, _) in &mut self.events {
            if let Event::Escalated { why, .. } = event {
                why.clear();
            }
        }
        self
    }
}

/// Whether an agent may see tickets of that queue. The one place that decides it: today everybody
/// sees all.
pub fn may_see(_agent: &Agent, _queue: &str) -> bool {
    true
}

/// Whether a line only asks something.
pub fn is_question(line: &Line) -> bool {
    matches!(line.meaning, Meaning::Command(command) if QUESTIONS.contains(&command.verb))
}

/// What the mail is about that the question stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The ticket of our mail that it answers.
    pub ticket: Option<TicketNumber>,
    /// The mail of which that one spoke, if it was a transcript.
    pub mail: Option<InboxId>,
    /// When it is asked.
    pub now: Timestamp,
}

/// The question that a command asks; `None` for `#help` and for commands that ask nothing.
pub fn question(
    verb: Verb,
    value: &str,
    agent: &Agent,
    about: About,
    config: &Config,
) -> Option<Result<Question, Complaint>> {
    match verb {
        Verb::Show => Some(ticket(value, about.ticket, "show")),
        Verb::Why if value.is_empty() && about.ticket.is_none() => Some(match about.mail {
            Some(id) => Ok(Question::Mail(id)),
            None => Err(Complaint::WhyWhat),
        }),
        Verb::Why => Some(ticket(value, about.ticket, "why")),
        Verb::List => Some(list(value, agent, config, about.now)),
        Verb::Search => Some(search(value)),
        _ => None,
    }
}

fn ticket(
    value: &str,
    about: Option<TicketNumber>,
    name: &'static str,
) -> Result<Question, Complaint> {
    if value.is_empty() {
        let own = about.map(Question::Ticket);
        return own.ok_or(Complaint::WhichTicket { name });
    }
    let digits = value.trim_start_matches('#').trim();
    let number = digits.parse().ok().filter(|number: &i64| *number > 0);
    number
        .map(|number| Question::Ticket(TicketNumber(number)))
        .ok_or_else(|| Complaint::NoNumber { written: value.to_owned() })
}

fn search(value: &str) -> Result<Question, Complaint> {
    let words: Vec<&str> = value
        .split(' ')
        .filter(|word| word.contains(char::is_alphanumeric))
        .take(WORDS_MAX)
        .collect();
    if words.is_empty() {
        return Err(Complaint::WhichWords);
    }
    Ok(Question::Search(words.join(" ")))
}

fn list(
    value: &str,
    agent: &Agent,
    config: &Config,
    now: Timestamp,
) -> Result<Question, Complaint> {
    // A queue may end in a number.
    if let Ok(queue) = suggest::queue(&config.queues, value) {
        return Ok(Question::List(Which::Queue(queue.name.clone()), 1));
    }
    let (which, page) = match value.rsplit_once(' ').unwrap_or(("", value)) {
        (which, page) if is_number(page) => {
            (which, page.parse().ok().filter(|page| (1..=PAGE_MAX).contains(page)))
        }
        _ => (value, Some(1)),
    };
    let page = page.ok_or(Complaint::NoSuchPage)?;
    let which = which.strip_suffix("page").map_or(which, str::trim_end);
    let which = match which.to_lowercase().as_str() {
        "" | "mine" | "my" | "me" => Which::Of(agent.address.clone()),
        "open" | "all" => Which::Open,
        "overdue" | "late" => Which::Overdue,
        "unassigned" | "nobody" | "none" => Which::Unassigned,
        word => match due_on(word, config, now) {
            Some(day) => Which::Due(day),
            None => named(which, config)?,
        },
    };
    Ok(Question::List(which, page))
}

/// `due`, `due tomorrow`, `due 2026-11-27`, `today`
fn due_on(words: &str, config: &Config, now: Timestamp) -> Option<Day> {
    let day = words.strip_prefix("due").map_or(words, str::trim_start);
    let said = day.len() < words.len() || matches!(words, "today" | "tomorrow");
    Day::of(day, now, &config.desk.time_zone).filter(|_| said)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A queue's or a colleague's.
fn named(written: &str, config: &Config) -> Result<Which, Complaint> {
    if let Ok(queue) = suggest::queue(&config.queues, written) {
        return Ok(Which::Queue(queue.name.clone()));
    }
    match suggest::agent(&config.agents, written) {
        Ok(agent) => Ok(Which::Of(agent.address.clone())),
        Err(Unnamed::Several(complaint)) => Err(complaint),
        Err(Unnamed::Nobody(_)) => {
            let queues = config.queues.iter().map(|queue| queue.name.as_str());
            let lists = ["mine", "open", "overdue", "due", "unassigned"]
                .into_iter()
                .chain(queues)
                .collect::<Vec<_>>();
            let (written, meant, known) = suggest::no_such(written, lists);
            Err(Complaint::NoList { written, meant, known })
        }
    }
}
