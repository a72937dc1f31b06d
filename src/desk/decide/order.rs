//! What an agent's mail does: its commands in the order written, and its text.
//!
//! All or nothing: the commands work on a copy of the ticket and collect their events; one
//! complaint, and all of it is thrown away, the mail is held and the agent hears, line by line,
//! what would have been done and what was not understood. Only questions are answered each by
//! itself. The text counts as said before the
//! commands, so `#close` with text means answered, then solved; but it is mailed with the ticket as
//! the commands left it, so who was added by `#cc` in the same mail gets it, and who was taken off
//! does not.
//!
//! A command's function reads its value, changes the ticket through [`Order::add`] and the verbs
//! beside it, and gives what became of its line for the transcript, or a [`Complaint`]. Longer
//! answers go below all lines by [`Order::answer`].

pub mod absence;
pub mod ask;
pub mod beside;
pub mod brought;
pub mod clock;
pub mod numbered;
mod offer;
pub mod participants;
pub mod people;
pub mod pledge;
pub mod queries;
pub mod regained;
pub mod run;
pub mod state;
pub mod tagged;
pub mod text;
pub mod threads;
pub mod undo;
mod values;
pub mod verbs;

use crate::desk::deed::{Because, Deed};
use crate::desk::scrap::{Scrap, Then};
use std::collections::{BTreeMap, BTreeSet};

use crate::config::Agent;
use crate::desk::besides::{Besides, Remark};
use crate::desk::case::{Case, Doubt, Outcome, Read};
use crate::desk::complaint::{Complaint, KeyNeeded};
use crate::desk::direction::{self, Token, Way};
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::notify::Elsewhere;
use crate::desk::obeyed::Obeyed;
use crate::desk::query::Question;
use crate::desk::reason::Reason;
use crate::desk::route;
use crate::desk::{Event, Mailed, Status, Ticket, Wake};
use crate::mail::quote::Role;
use crate::mail::{Address, ReplyGoes, TicketNumber};
use crate::time::Timestamp;

/// A mail's commands, half-way through.
#[derive(Debug)]
pub struct Order<'a, 'c: 'a> {
    /// What is known beside the mail.
    pub case: &'c Case<'c>,
    /// The mail, without its lines of commands.
    pub read: &'a Read<'a>,
    /// The mail that the transcript answers: the same, unless an earlier one is released by it.
    pub heard: &'a Read<'a>,
    /// Who wrote it.
    pub agent: &'a Agent,
    /// What has been decided so far, for commands that do more than change the ticket.
    pub draft: Draft<'c>,
    /// Where the text goes.
    pub goes: ReplyGoes,
    /// Why that is not clear; nothing is said then unless a command says where.
    pub doubt: Option<Doubt>,
    /// The ticket as changed so far, with what was said in it; `None` for a mail that answers none
    /// of ours.
    conversation: Option<Conversation>,
    /// Its status before.
    before: Option<Status>,
    /// Agents who are to hear of it, and what was done to them.
    told: BTreeMap<Address, Deed>,
    /// Other tickets of which agents are to hear.
    elsewhere: Vec<Elsewhere>,
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
    /// The same by itself, and not with a queue.
    assignee_named: bool,
    /// `#note` or `#reply` was written.
    goes_said: bool,
    /// Whom of those who take part the text reaches.
    pub reach: Reach,
    /// How many lines of commands there are.
    lines: usize,
    /// All of them are questions, and there are no words beside them.
    only_asks: bool,
    /// What was asked.
    asked: Vec<Question>,
    /// Questions above the bound: nothing else waits for them.
    over: BTreeSet<String>,
    /// The line at work, for [`Order::require_key`].
    line: String,
    /// What the customer is promised.
    pledge: Option<pledge::Pledge>,
    /// A line that needs the one-time key.
    needs_key: Option<Locks>,
    /// `#send` was: what looks like a slip is meant.
    pub meant: bool,
}

/// Whom of those who take part a text reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Who wrote last, with those of their side; that is all where one customer's ticket it is.
    Side,
    /// The requester alone.
    Requester,
    /// Everybody.
    All,
}

/// A line that is not carried out without the one-time key.
#[derive(Clone, Debug)]
pub struct Locks {
    /// As written.
    pub line: String,
    /// Why.
    pub why: KeyNeeded,
    /// What it does once it is, as a sentence.
    pub then: Then,
}

/// Whether there is text of the writer's own in a mail.
pub fn has_own_words(read: &Read<'_>) -> bool {
    read.blocks.iter().any(|block| block.role == Role::New && !block.text.trim().is_empty())
}

impl<'a, 'c: 'a> Order<'a, 'c> {
    /// An order on nothing yet.
    pub fn new(
        case: &'c Case<'c>,
        read: &'a Read<'a>,
        agent: &'a Agent,
        conversation: Option<&Conversation>,
    ) -> Self {
        let number = conversation.map(|conversation| conversation.ticket.number);
        Self {
            case,
            read,
            heard: read,
            agent,
            draft: Draft::end(case, Outcome::Command, number, Reason::Commands),
            goes: ReplyGoes::Nowhere,
            doubt: None,
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
            assignee_named: false,
            goes_said: false,
            reach: Reach::Side,
            lines: 0,
            only_asks: false,
            asked: Vec::new(),
            over: BTreeSet::new(),
            line: String::new(),
            pledge: None,
            needs_key: None,
            meant: false,
        }
    }

    /// An order on the ticket of a mail of ours, which says what an answer to it is about.
    pub fn answering(
        case: &'c Case<'c>,
        read: &'a Read<'a>,
        agent: &'a Agent,
        token: Token,
        conversation: &Conversation,
    ) -> Self {
        let ticket = &conversation.ticket;
        let takes_part = |address: &Address| ticket.participant(address).is_some();
        let addressed = direction::addressed(case.config, read.inbound, takes_part);
        let goes = match direction::way(token, addressed) {
            Way::Public => ReplyGoes::Public,
            Way::Asked | Way::Inside => ReplyGoes::Internal,
        };
        let aside = goes == ReplyGoes::Public
            && direction::speaks_to_colleague(
                case.config,
                read.inbound,
                &agent.address,
                takes_part,
            );
        let doubt = direction::doubt(token, addressed).or(aside.then_some(Doubt::Colleague));
        Self { goes, doubt, ..Self::new(case, read, agent, Some(conversation)) }
    }

    /// The ticket as changed so far.
    pub fn ticket(&self) -> Result<&Ticket, Complaint> {
        self.conversation().map(|conversation| &conversation.ticket)
    }

    /// The same, with what was said in it.
    pub fn conversation(&self) -> Result<&Conversation, Complaint> {
        self.conversation.as_ref().ok_or_else(|| self.no_ticket())
    }

    /// The number in the subject is none, or there is no number.
    fn no_ticket(&self) -> Complaint {
        let tag = self.heard.inbound.subject.as_deref().and_then(route::tag);
        let unknown = tag.filter(|number| self.case.records.ticket(*number).is_none());
        match unknown {
            Some(number) => Complaint::NoTicket { number },
            None => Complaint::NoTicketMeant,
        }
    }

    /// Changes the ticket.
    pub fn add(&mut self, event: Event) -> Result<(), Complaint> {
        let now = self.case.now;
        let Some(conversation) = &mut self.conversation else { return self.ticket().map(|_| ()) };
        if let Some(into) = conversation.ticket.merged_into {
            return Err(Complaint::GoesOn { into });
        }
        conversation.ticket.apply(&event, now);
        if matches!(
            event,
            Event::RequesterChanged { .. } | Event::Left { .. } | Event::Released { .. }
        ) {
            // Ids name the hosts of those who wrote: the others learn no more of who is gone (C1).
            conversation.public_ids.clear();
        }
        self.draft.fact(conversation.ticket.number, event);
        Ok(())
    }

    /// A fact about another ticket than this.
    pub fn add_elsewhere(&mut self, number: TicketNumber, event: Event) {
        self.draft.fact(number, event);
    }

    /// Sets the status; `false` if it has it already. The text of the mail will not open the ticket
    /// then.
    pub fn set_status(&mut self, to: Status) -> Result<bool, Complaint> {
        let now = self.ticket()?.status;
        let changes = now != to;
        if changes && self.status_said {
            return Err(Complaint::StatusSaid { status: now });
        }
        self.status_said = true;
        if changes {
            self.add(Event::StatusChanged { to, why: self.said() })?;
        }
        Ok(changes)
    }

    /// Gives the ticket to somebody, or to nobody; `false` if they have it already. A new one hears
    /// of it.
    pub fn set_assignee(&mut self, to: Option<&Agent>) -> Result<bool, Complaint> {
        let changes = self.ticket()?.assignee.as_ref() != to.map(|agent| &agent.address);
        if changes {
            self.is_assignable()?;
        }
        self.assignee_named = true;
        self.hand(to)
    }

    /// Takes the ticket off whoever has it, which no line said by itself.
    pub fn take_off(&mut self) -> Result<bool, Complaint> {
        self.is_assignable()?;
        self.hand(None)
    }

    /// Whether no line above gave it to somebody.
    fn is_assignable(&self) -> Result<(), Complaint> {
        match &self.ticket()?.assignee {
            Some(agent) if self.assignee_named => {
                Err(Complaint::HolderSaid { agent: agent.clone() })
            }
            _ => Ok(()),
        }
    }

    fn hand(&mut self, to: Option<&Agent>) -> Result<bool, Complaint> {
        self.assignee_said = true;
        let to_address = to.map(|agent| agent.address.clone());
        let changes = self.ticket()?.assignee != to_address;
        if changes {
            self.add(Event::Assigned { to: to_address, why: self.said() })?;
        }
        if let Some(agent) = to.filter(|_| changes) {
            self.tell(agent, Deed::Assigned);
        }
        Ok(changes)
    }

    /// Sees that an agent is notified, if it is not the writer; `did` follows the writer's name.
    /// Never whose request it is, who would read what is noted about them.
    pub fn tell(&mut self, agent: &Agent, did: Deed) {
        if agent.address != self.agent.address && !self.is_request_of(agent) {
            self.told.insert(agent.address.clone(), did);
        }
    }

    /// Whether the ticket is an agent's own request.
    pub fn is_request_of(&self, agent: &Agent) -> bool {
        let ticket = self.conversation.as_ref().map(|conversation| &conversation.ticket);
        ticket.is_some_and(|ticket| agent.addresses().any(|own| *own == ticket.requester.address))
    }

    /// Why a ticket changes: the agent says so.
    pub fn said(&self) -> String {
        self.because(&Because::SaidBy { agent: self.agent.address.clone() })
    }

    /// Why it does, in words for the facts.
    pub fn because(&self, why: &Because) -> String {
        self.case.texts.say(why)
    }

    /// Puts a paragraph below the lines of the transcript.
    pub fn answer(&mut self, paragraph: String) {
        self.answers.push(paragraph);
    }

    /// The same of what is told beside the lines.
    pub fn besides(&mut self, what: &Besides) {
        self.answer(self.case.texts.say(what));
    }

    /// Whether there is text that stays inside though no command said so: the answered mail was an
    /// internal one, and nobody outside stands in To.
    pub fn words_stay_unsaid(&self) -> bool {
        let said = self.goes_said || !self.remarks.is_empty();
        self.goes == ReplyGoes::Internal && !said && self.has_text()
    }

    /// Puts a text below the agent's own; it goes where that goes.
    pub fn say_below(&mut self, text: String) {
        self.below.push(text);
    }

    /// Notes something: with the text if that is a note, as a note of its own if there is no text.
    /// If the text goes outside, the events and the notifications alone tell of it.
    pub fn remark(&mut self, what: &Remark) {
        self.remarks.push(self.case.texts.say(what));
    }

    /// Sets something to happen at a time.
    pub fn wake(&mut self, what: Wake, at: Timestamp, words: &str) -> Result<(), Complaint> {
        self.add(Event::WakeSet {
            what,
            at,
            agent: self.agent.address.clone(),
            words: words.to_owned(),
        })
    }

    /// Demands the one-time key for the line at work, since it destroys something or reaches many.
    /// The mail is held until the agent brings it; with it, or on the operator's word, the line is
    /// obeyed.
    pub fn require_key(&mut self, why: KeyNeeded, then: Then) {
        let line = self.line.clone();
        self.needs_key.get_or_insert(Locks { line, why, then });
    }

    /// Whether the mail has one line of a command, whatever stands below.
    pub fn is_only_line(&self) -> bool {
        self.lines == 1
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

    /// Whether the ticket is solved now and was not before, of which the customer hears.
    fn ends_it(&self) -> bool {
        let over = |status: Status| matches!(status, Status::Solved | Status::Closed);
        let now = self.ticket().is_ok_and(|ticket| ticket.status == Status::Solved);
        now && !self.before.is_some_and(over)
    }

    /// Whether a customer was promised an answer to their bad mark, and this mail is none.
    pub(super) fn owes_review(&self) -> bool {
        let waits = self.conversation.as_ref().is_some_and(Conversation::is_in_review);
        waits && !self.speaks_outside()
    }

    /// Those outside to whom mail on the ticket goes, in words.
    pub fn hearers(&self) -> String {
        self.reach(|_| true).unwrap_or_else(|| self.case.texts.say(&Scrap::Nobody))
    }

    /// Those of them who hear what the desk says by itself, which no machine does; nobody if there
    /// is none.
    pub fn people(&self) -> Option<String> {
        let number = self.conversation.as_ref()?.ticket.number;
        let person = |one: &Address| !self.case.records.is_machine(number, one);
        self.reach(person).filter(|all| !all.is_empty())
    }

    /// That it is solved, and who hears the desk say so.
    fn solved_heard(&self) -> Obeyed {
        self.people().map_or(Obeyed::Solved, |hearers| Obeyed::SolvedHeard { hearers })
    }

    fn reach(&self, heard: impl Fn(&Address) -> bool) -> Option<String> {
        let reached = self.reached(self.conversation.as_ref()?);
        let written = reached.ticket.participants.iter().filter(|one| one.mailed == Mailed::Yes);
        let all = written.filter(|one| heard(&one.person.address));
        Some(all.map(|one| one.person.address.as_str()).collect::<Vec<_>>().join(", "))
    }
}
