//! What an agent's mail does: its commands in the order written, and its text.
//!
//! All or nothing: the commands work on a copy of the ticket and collect their events; one complaint, and all of it is
//! thrown away, the mail is held and the agent hears, line by line, what would have been done and what was not understood.
//! The text counts as said before the commands, so `#close` with text means answered, then solved; but it is mailed with
//! the ticket as the commands left it, so who was added by `#cc` in the same mail gets it, and who was taken off does not.
//!
//! A command's function reads its value, changes the ticket through [`Order::add`] and the verbs beside it, and gives the
//! words of its line in the transcript, or a [`Complaint`]. Longer answers go below all lines by [`Order::answer`].

pub mod absence;
pub mod brought;
pub mod clock;
pub mod participants;
pub mod people;
pub mod queries;
pub mod state;
pub mod text;
pub mod threads;
pub mod undo;
mod values;

use std::collections::BTreeMap;

use super::agent::{Slip, Words, said, words};
use super::{Answered, Context, Conversation, Decision, Outcome, Read, key, noted};
use crate::config::Agent;
use crate::desk::command::parse::{Line, Meaning};
use crate::desk::command::{Command, Complaint, Place, suggest};
use crate::desk::{Event, IdKind, Mailed, Status, Ticket, Wake, notify, query};
use crate::mail::quote::Role;
use crate::mail::{Address, Attachment, Kind, ReplyGoes, TicketNumber};
use crate::time::Timestamp;

/// A mail's commands, half-way through.
#[derive(Debug)]
pub struct Order<'a> {
    /// What is known beside the mail.
    pub context: &'a Context<'a>,
    /// The mail, without its lines of commands.
    pub read: &'a Read<'a>,
    /// The mail that the transcript answers: the same, unless an earlier one is released by it.
    pub heard: &'a Read<'a>,
    /// Who wrote it.
    pub agent: &'a Agent,
    /// When.
    pub now: Timestamp,
    /// What has been decided so far, for commands that do more than change the ticket.
    pub decision: Decision,
    /// Where the text goes.
    pub goes: ReplyGoes,
    /// The ticket as changed so far, with what was said in it; `None` for a mail that answers none of ours.
    conversation: Option<Conversation>,
    /// Its status before.
    before: Option<Status>,
    /// Agents who are to hear of it, and what was done to them.
    told: BTreeMap<Address, String>,
    /// Other tickets of which agents are to hear.
    elsewhere: Vec<threads::Elsewhere>,
    /// Ready texts below the agent's own.
    below: Vec<String>,
    /// What is noted beside the text.
    remarks: Vec<String>,
    /// Paragraphs below the lines of the transcript.
    answers: Vec<String>,
    /// The ticket that a mail without one asks for.
    shows: Option<TicketNumber>,
    /// A command said what the status is to be.
    status_said: bool,
    /// A command said who is to have it.
    assignee_said: bool,
    /// `#note` or `#reply` was written.
    goes_said: bool,
    /// How many lines of commands there are.
    lines: usize,
    /// The line at work, for [`Order::require_key`].
    line: String,
    /// A line that needs the one-time key, and why.
    needs_key: Option<(String, String)>,
    /// `#send` was: what looks like a slip is meant.
    pub meant: bool,
}

/// A line of the transcript: as written, and what became of it.
pub type Told = (String, Result<String, Complaint>);

/// Why an order was not carried out.
#[derive(Debug)]
pub enum Refused<'a> {
    /// Some lines cannot be obeyed.
    Lines(Vec<Told>),
    /// The text cannot go where it goes.
    Text(Slip<'a>),
    /// A line needs the one-time key: that line, and why.
    Key(String, String),
}

/// Decides about an agent's mail that answers one of ours about a ticket, with or without commands.
pub fn answer(
    context: &Context<'_>,
    read: &Read<'_>,
    agent: &Agent,
    lines: &[Line],
    row: &Answered,
    conversation: &Conversation,
    now: Timestamp,
) -> Decision {
    settle(Order::answering(context, read, agent, row, conversation, now), lines)
}

/// Decides about an agent's mail with commands that answers no mail of ours about a ticket.
pub fn fresh(context: &Context<'_>, read: &Read<'_>, agent: &Agent, lines: &[Line], now: Timestamp) -> Decision {
    settle(Order::new(context, read, agent, None, now), lines)
}

/// Carries an order out, or holds its mail. A mail without commands must have something to say.
pub fn settle(order: Order<'_>, lines: &[Line]) -> Decision {
    let (context, read, agent, now) = (order.context, order.read, order.agent, order.now);
    let number = order.ticket().ok().map(|ticket| ticket.number);
    match order.carry_out(lines, &[], lines.is_empty()) {
        Ok(decision) => decision,
        Err(Refused::Lines(told)) => held(context, read, agent, number, &told, lines, now),
        Err(Refused::Key(line, why)) => key::ask(context, read, agent, number, &format!("{line}: {why}"), now),
        Err(Refused::Text(slip)) => {
            let mut decision = super::agent::held(context, read, agent, number, slip, now);
            decision.about = number.map(|_| read.id);
            decision
        }
    }
}

/// Nothing is done: the agent hears what was wrong.
pub fn held(
    context: &Context<'_>,
    read: &Read<'_>,
    agent: &Agent,
    ticket: Option<TicketNumber>,
    told: &[Told],
    lines: &[Line],
    now: Timestamp,
) -> Decision {
    let asks = |line: &Line| line.meaning.is("send") || line.meaning.is("undo") || query::is_question(line);
    let only_send = !lines.is_empty() && lines.iter().all(asks) && !has_own_words(read);
    let outcome = if only_send { Outcome::Record } else { Outcome::Held };
    let mut decision = Decision::end(outcome, ticket, first_complaint(told));
    decision.about = Some(read.id).filter(|_| !only_send);
    let until = decision.about.map(|_| now.plus(notify::HELD_FOR));
    let odd = lines.iter().any(|line| !matches!(line.meaning, Meaning::Command(_)));
    notify::held_commands(context, read, agent, ticket, told, notify::Waits { until, odd }, &mut decision);
    decision
}

/// Whether there is text of the writer's own in a mail.
pub fn has_own_words(read: &Read<'_>) -> bool {
    read.blocks.iter().any(|block| block.role == Role::New && !block.text.trim().is_empty())
}

/// The first line that was complained about, for the ledger.
pub fn first_complaint(told: &[Told]) -> String {
    let wrong = told.iter().find_map(|(line, became)| became.as_ref().err().map(|complaint| format!("{line}: {}", complaint.0)));
    wrong.unwrap_or_default()
}

impl<'a> Order<'a> {
    /// An order on nothing yet.
    pub fn new(
        context: &'a Context<'a>,
        read: &'a Read<'a>,
        agent: &'a Agent,
        conversation: Option<&Conversation>,
        now: Timestamp,
    ) -> Self {
        let number = conversation.map(|conversation| conversation.ticket.number);
        Self {
            context,
            read,
            heard: read,
            agent,
            now,
            decision: Decision::end(Outcome::Command, number, "an agent's commands"),
            goes: ReplyGoes::Nowhere,
            before: conversation.map(|conversation| conversation.ticket.status),
            conversation: conversation.cloned(),
            told: BTreeMap::new(),
            elsewhere: Vec::new(),
            below: Vec::new(),
            remarks: Vec::new(),
            answers: Vec::new(),
            shows: None,
            status_said: false,
            assignee_said: false,
            goes_said: false,
            lines: 0,
            line: String::new(),
            needs_key: None,
            meant: false,
        }
    }

    /// An order on the ticket of that mail of ours, whose first line says where the text goes.
    pub fn answering(
        context: &'a Context<'a>,
        read: &'a Read<'a>,
        agent: &'a Agent,
        row: &Answered,
        conversation: &Conversation,
        now: Timestamp,
    ) -> Self {
        let goes = if row.reply_goes == ReplyGoes::Public { ReplyGoes::Public } else { ReplyGoes::Internal };
        Self { goes, ..Self::new(context, read, agent, Some(conversation), now) }
    }

    /// Does all that the lines say, and sends the text, or nothing at all. `above` stand above the lines in the transcript.
    pub fn carry_out(mut self, lines: &[Line], above: &[Told], must_speak: bool) -> Result<Decision, Refused<'a>> {
        let told = self.obey(lines);
        if told.iter().any(|(_, became)| became.is_err()) {
            return Err(Refused::Lines(told));
        }
        if let Some((line, why)) = self.needs_key.take().filter(|_| !self.read.released) {
            return Err(Refused::Key(line, why));
        }
        if self.conversation.is_none() && self.has_text() {
            self.answer("Your text went nowhere: a mail that answers none of ours is only read for its commands.");
        }
        self.speak(must_speak).map_err(Refused::Text)?;
        Ok(self.finish(above.iter().cloned().chain(told).collect()))
    }

    /// The ticket as changed so far.
    pub fn ticket(&self) -> Result<&Ticket, Complaint> {
        self.conversation().map(|conversation| &conversation.ticket)
    }

    /// The same, with what was said in it.
    pub fn conversation(&self) -> Result<&Conversation, Complaint> {
        self.conversation.as_ref().ok_or_else(|| Complaint::new("about which ticket? Answer a mail about it"))
    }

    /// Changes the ticket.
    pub fn add(&mut self, event: Event) -> Result<(), Complaint> {
        let now = self.now;
        let Some(conversation) = &mut self.conversation else { return self.ticket().map(|_| ()) };
        if let Some(into) = conversation.ticket.merged_into {
            return Err(Complaint::new(format!("this ticket goes on in {into}; answer a mail about that one")));
        }
        conversation.ticket.apply(&event, now);
        if matches!(event, Event::RequesterChanged { .. } | Event::Left { .. } | Event::Released { .. }) {
            // Ids name the hosts of those who wrote: the others learn no more of who is gone (C1).
            conversation.public_ids.clear();
        }
        self.decision.events.push((conversation.ticket.number, event));
        Ok(())
    }

    /// A fact about another ticket than this.
    pub fn add_elsewhere(&mut self, number: TicketNumber, event: Event) {
        self.decision.events.push((number, event));
    }

    /// Sets the status; `false` if it has it already. The text of the mail will not open the ticket then.
    pub fn set_status(&mut self, to: Status) -> Result<bool, Complaint> {
        self.status_said = true;
        let changes = self.ticket()?.status != to;
        if changes {
            self.add(Event::StatusChanged { to, why: format!("said by {}", self.agent.address) })?;
        }
        Ok(changes)
    }

    /// Gives the ticket to somebody, or to nobody; `false` if they have it already. A new one hears of it.
    pub fn set_assignee(&mut self, to: Option<&Agent>) -> Result<bool, Complaint> {
        self.assignee_said = true;
        let to_address = to.map(|agent| agent.address.clone());
        let changes = self.ticket()?.assignee != to_address;
        if changes {
            self.add(Event::Assigned { to: to_address, why: format!("said by {}", self.agent.address) })?;
        }
        if let Some(agent) = to.filter(|_| changes) {
            self.tell(agent, "assigned this to you");
        }
        Ok(changes)
    }

    /// Sees that an agent is notified, if it is not the writer; `did` follows the writer's name.
    pub fn tell(&mut self, agent: &Agent, did: impl Into<String>) {
        if agent.address != self.agent.address {
            self.told.insert(agent.address.clone(), did.into());
        }
    }

    /// Puts a paragraph below the lines of the transcript.
    pub fn answer(&mut self, paragraph: impl Into<String>) {
        self.answers.push(paragraph.into());
    }

    /// Puts a text below the agent's own; it goes where that goes.
    pub fn say_below(&mut self, text: String) {
        self.below.push(text);
    }

    /// Notes something: with the text if that is a note, as a note of its own if there is no text. If the text goes outside,
    /// the events and the notifications alone tell of it.
    pub fn remark(&mut self, words: String) {
        self.remarks.push(words);
    }

    /// Sets something to happen at a time.
    pub fn wake(&mut self, what: Wake, at: Timestamp, words: &str) -> Result<(), Complaint> {
        self.add(Event::WakeSet { what, at, agent: self.agent.address.clone(), words: words.to_owned() })
    }

    /// Demands the one-time key for the line at work, since it destroys something or reaches many. The mail is held until the
    /// agent brings it; with it, or on the operator's word, the line is obeyed.
    pub fn require_key(&mut self, why: impl Into<String>) {
        self.needs_key.get_or_insert((self.line.clone(), why.into()));
    }

    /// Whether the mail is one line of a command and nothing else.
    pub fn stands_alone(&self) -> bool {
        self.lines == 1 && !self.has_text()
    }

    /// Whether the mail has words of the agent's own beside the commands.
    pub fn has_text(&self) -> bool {
        has_own_words(self.read)
    }

    /// Whether text of this mail goes to customers.
    pub fn speaks_outside(&self) -> bool {
        self.goes == ReplyGoes::Public && (self.has_text() || !self.below.is_empty())
    }

    /// Those outside to whom mail on the ticket goes, in words.
    pub fn hearers(&self) -> String {
        let Some(conversation) = &self.conversation else { return "nobody".to_owned() };
        let written = conversation.ticket.participants.iter().filter(|one| one.mailed == Mailed::Yes);
        let all: Vec<&str> = written.map(|one| one.person.address.as_str()).collect();
        all.join(", ")
    }

    fn obey(&mut self, lines: &[Line]) -> Vec<Told> {
        self.lines = lines.len();
        let mut became: Vec<Option<Result<String, Complaint>>> = lines.iter().map(|_| None).collect();
        for first in [true, false] {
            for (line, became) in lines.iter().zip(&mut became) {
                let text = matches!(line.meaning, Meaning::Command(command) if command.place == Place::Text);
                if text == first {
                    *became = Some(self.obey_one(line));
                }
            }
        }
        lines.iter().zip(became).filter_map(|(line, became)| Some((line.written(), became?))).collect()
    }

    fn obey_one(&mut self, line: &Line) -> Result<String, Complaint> {
        self.line = line.written();
        match line.meaning {
            Meaning::Command(command) => {
                fits(command, &line.value)?;
                if matches!(command.place, Place::Ticket | Place::Text) {
                    self.ticket()?;
                }
                (command.decide)(self, &line.value)
            }
            Meaning::Misplaced(_) => Err(Complaint::new("stands below text; commands come first, each on a line of its own")),
            Meaning::Unknown => Err(match suggest::command(&line.word) {
                Some(meant) => Complaint::new(format!("unknown; did you mean #{meant}?")),
                None => Complaint::new("unknown; #help lists all"),
            }),
        }
    }

    /// The text goes where it goes. A mail without commands must have something to say.
    fn speak(&mut self, must: bool) -> Result<(), Slip<'a>> {
        let Some(conversation) = &self.conversation else { return Ok(()) };
        let internal = self.goes != ReplyGoes::Public;
        let words = words(self.context, self.read, conversation, internal)?;
        let repeats = |words: &Words<'_>| noted::repeats(&words.text, &self.agent.address, conversation, self.context.config);
        // Who says #reply beside it means it: drafts are noted too.
        if !internal && !self.goes_said && !self.meant && words.as_ref().is_some_and(repeats) {
            return Err(Slip::Noted);
        }
        let Some((text, enclosures, internal)) = self.all_words(words, internal) else {
            return if must { Err(Slip::Nothing) } else { Ok(()) };
        };
        let why = match (self.goes_said, internal) {
            (false, true) if self.goes == ReplyGoes::Public => "what a command noted",
            (false, true) => "an answer to an internal mail",
            (false, false) => "an answer to the customer",
            (true, true) => "marked #note",
            (true, false) => "marked #reply",
        };
        if let Some(slip) = threads::goes_wider(self.context, conversation).filter(|_| !internal && self.heard.id == self.read.id) {
            return Err(slip);
        }
        let said = said(self.read, self.agent, conversation, &text, internal, why, self.now);
        if let Some(other) = self.context.collision.as_ref().filter(|_| !internal) {
            return Err(Slip::Collision(other));
        }
        self.put_first(said, internal);
        let Some(conversation) = &self.conversation else { return Ok(()) };
        if internal {
            notify::note(self.context, self.read, conversation, self.agent, &text, &self.told, self.now, &mut self.decision);
        } else {
            notify::reply(self.context, self.read, conversation, self.agent, &text, &enclosures, &mut self.decision);
        }
        Ok(())
    }

    /// The agent's words with what commands put below them; what is only noted is internal.
    fn all_words(&self, words: Option<Words<'a>>, internal: bool) -> Option<(String, Vec<&'a Attachment>, bool)> {
        let said = words.is_some() || !self.below.is_empty();
        let (text, enclosures) = words.map(|words| (words.text, words.enclosures)).unwrap_or_default();
        let noted: &[String] = if internal || !said { &self.remarks } else { &[] };
        let parts: Vec<&str> = [text.as_str()].into_iter().chain(self.below.iter().chain(noted).map(String::as_str)).collect();
        let all = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        (said || !noted.is_empty()).then_some((all, enclosures, internal || !said))
    }

    /// What was said stands before what the commands did.
    fn put_first(&mut self, said: Decision, internal: bool) {
        let Some(conversation) = &mut self.conversation else { return };
        let ticket = &conversation.ticket;
        let mut first: Vec<Event> = said.events.into_iter().map(|(_, event)| event).collect();
        if !internal {
            if !self.assignee_said && ticket.assignee.is_none() {
                first.push(Event::Assigned { to: Some(self.agent.address.clone()), why: "the first answer takes it".to_owned() });
            }
            if !self.status_said && ticket.status != Status::Open {
                first.push(Event::StatusChanged { to: Status::Open, why: format!("{} answered", self.agent.address) });
            }
            if conversation.promise.is_some() {
                first.push(Event::PromiseKept);
            }
        }
        let number = ticket.number;
        for event in &first {
            conversation.ticket.apply(event, self.now);
        }
        self.decision.events.splice(0..0, first.into_iter().map(|event| (number, event)));
        (self.decision.outcome, self.decision.reason) = (said.outcome, said.reason);
        self.decision.entry = said.entry;
        self.decision.ids.extend(said.ids);
    }

    /// What follows from all of it: the desk's own mails, colleagues who hear of it, and the transcript.
    fn finish(mut self, told: Vec<Told>) -> Decision {
        if let Some(conversation) = &self.conversation {
            let over = |status: Option<Status>| matches!(status, Some(Status::Solved | Status::Closed));
            let spoke = self.decision.mails.iter().any(|post| post.mail.kind == Kind::Reply);
            if self.decision.back.is_none() && !over(self.before) && conversation.ticket.status == Status::Solved && !spoke {
                // What was promised was an answer, and this is one.
                self.decision.events.extend(conversation.promise.map(|_| (conversation.ticket.number, Event::PromiseKept)));
                notify::solved(self.context, conversation, &mut self.decision);
            }
            if self.decision.outcome != Some(Outcome::Note) {
                let text = self.decision.entry.as_ref().map(|new| new.entry.text.clone()).unwrap_or_default();
                notify::passed_on(self.context, self.read, conversation, self.agent, &text, &self.told, self.now, &mut self.decision);
            }
        }
        for one in &self.elsewhere {
            notify::repaired(self.context, self.read, one, self.now, &mut self.decision);
        }
        if self.decision.outcome == Some(Outcome::Command) {
            let own = self.read.inbound.message_id.clone();
            self.decision.ids.extend(own.filter(|_| self.conversation.is_some()).map(|id| (id, IdKind::Internal)));
        }
        if !told.is_empty() || !self.answers.is_empty() {
            let said = notify::Said { told: &told, answers: &self.answers, shows: self.shows };
            notify::done(self.context, self.heard, self.agent, self.conversation.as_ref(), &said, &mut self.decision);
        }
        self.decision
    }
}

/// Whether a value is there where one must be, and none where none can be.
fn fits(command: &Command, value: &str) -> Result<(), Complaint> {
    match (command.value, value) {
        ("", value) if !value.is_empty() => Err(Complaint::new("takes nothing behind it; write your text on a line of its own")),
        (wanted, "") if !wanted.is_empty() && !wanted.starts_with('[') => {
            Err(Complaint::new(format!("what? Write it like {}", command.example)))
        }
        _ => Ok(()),
    }
}
