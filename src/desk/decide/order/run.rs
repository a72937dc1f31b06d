//! An order carried out: its lines in their order, then its text, then what follows; all or
//! nothing.

use super::regained::regain;
use super::{Locks, Order, Reach, ask, has_own_words, verbs};
use crate::desk::audience;
use crate::desk::besides::Besides;
use crate::desk::case::{AgentMail, Case, Doubt, Outcome, Read, Slip};
use crate::desk::command::parse::{Line, Meaning};
use crate::desk::command::unsigned::says_what_to_do;
use crate::desk::command::{Command, Place, Verb, suggest};
use crate::desk::complaint::Complaint;
use crate::desk::decide::gate::{self, Leaving, Meant};
use crate::desk::decide::key;
use crate::desk::decide::speech::{self, Words, goes_wider, said, words};
use crate::desk::decide::undo::unkept;
use crate::desk::decide::words::{unescaped, without_agents};
use crate::desk::decision::{Dropped, Gone, Told};
use crate::desk::deed::Because;
use crate::desk::direction::calls;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::notify::Anew;
use crate::desk::obeyed::Obeyed;
use crate::desk::reason::Reason;
use crate::desk::{EntryKind, Event, IdKind, Mailed, Part, Status, notify, query};
use crate::mail::quote::tail::{Says, says};
use crate::mail::{Address, Attachment, Kind, ReplyGoes, TicketNumber};

/// Why an order was not carried out.
#[derive(Debug)]
pub enum Refused<'a> {
    /// Some lines cannot be obeyed.
    Lines(Vec<Told>),
    /// The text cannot go where it goes.
    Text(Slip<'a>),
    /// A line needs the one-time key.
    Key(Box<Locks>),
}

/// Decides about an agent's mail with commands that answers no mail of ours about a ticket.
pub fn fresh<'a>(case: &'a Case<'a>, own: AgentMail<'_>, lines: &[Line]) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    settle(Order::new(case, read, agent, None), lines)
}

/// Carries an order out, or holds its mail. A mail without commands must have something to say.
pub fn settle<'c>(order: Order<'_, 'c>, lines: &[Line]) -> Draft<'c> {
    let (case, own) = (order.case, AgentMail { read: order.read, agent: order.agent });
    let number = order.ticket().ok().map(|ticket| ticket.number);
    match order.carry_out(lines, &[], lines.is_empty()) {
        Ok(draft) => draft,
        Err(Refused::Lines(told)) if number.is_none() && lines.iter().any(needs_ticket) => {
            lost(case, own, &told)
        }
        Err(Refused::Lines(told)) => held(case, own, number, &told, lines),
        Err(Refused::Key(locks)) => key::ask(case, own, number, &locks),
        Err(Refused::Text(slip)) => {
            let mut draft = speech::held(case, own, number, slip);
            draft.about = number.map(|_| own.read.id);
            draft
        }
    }
}

fn needs_ticket(line: &Line) -> bool {
    match line.meaning {
        Meaning::Command(command) | Meaning::Misplaced(command) => {
            matches!(command.place, Place::Ticket | Place::Text)
        }
        Meaning::Unknown => false,
    }
}

/// Nothing is done, and no answer could release it, for nothing says which ticket is meant: the
/// agent hears how to say it.
fn lost<'a>(case: &'a Case<'a>, own: AgentMail<'_>, told: &[Told]) -> Draft<'a> {
    let mut draft = Draft::end(case, Outcome::Record, None, not_understood(told));
    let waits = notify::Waits { until: None, odd: false, again: Some(Anew::Elsewhere) };
    notify::held_commands(&mut draft, own, None, told, waits);
    draft
}

/// Nothing is done: the agent hears what was wrong.
pub fn held<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    told: &[Told],
    lines: &[Line],
) -> Draft<'a> {
    let read = own.read;
    let asks = |line: &Line| {
        line.meaning.is(Verb::Send) || line.meaning.is(Verb::Undo) || query::is_question(line)
    };
    // While something of theirs is stopped, `#send` means that, and no line that was none.
    let stops = case.unsent().iter().any(|one| one.own);
    let only_send = !lines.is_empty() && (stops || lines.iter().all(asks)) && !has_own_words(read);
    let outcome = if only_send { Outcome::Record } else { Outcome::Held };
    let mut draft = Draft::end(case, outcome, ticket, not_understood(told));
    draft.about = Some(read.id).filter(|_| !only_send);
    let until = draft.about.map(|_| case.now.plus(crate::desk::case::HELD_FOR));
    let odd = lines.iter().any(|line| !matches!(line.meaning, Meaning::Command(_)));
    notify::held_commands(&mut draft, own, ticket, told, notify::Waits { until, odd, again: None });
    draft
}

/// Nothing is done with what may be a call to stop what waits: the agent is asked. Their words are
/// told rather than held, so that `#send` lets go what waits, and no "stop" along with it.
pub fn stopped<'a>(case: &'a Case<'a>, own: AgentMail<'_>, lines: &[Line]) -> Draft<'a> {
    let read = own.read;
    let number = case.conversation().map(|conversation| conversation.ticket.number);
    let words = read.text.lines().find(|line| !line.trim().is_empty());
    let words = words.or(read.inbound.subject.as_deref()).unwrap_or_default();
    let words: Vec<&str> = words.split_whitespace().take(8).collect();
    let said = lines.first().map_or_else(|| format!("“{}”", words.join(" ")), Line::written);
    let told = [(said, Err(Complaint::Stop))];
    let mut draft = Draft::end(case, Outcome::Record, number, Reason::PerhapsStop);
    let waits = notify::Waits { until: None, odd: false, again: None };
    notify::held_commands(&mut draft, own, number, &told, waits);
    draft
}

/// The first line that was complained about, for the ledger.
pub fn not_understood(told: &[Told]) -> Reason {
    let wrong = told.iter().find_map(|(line, became)| Some((line, became.as_ref().err()?)));
    let line = wrong.map(|(line, _)| line.clone()).unwrap_or_default();
    Reason::NotUnderstood { line, complaint: wrong.map(|(_, complaint)| complaint.clone()) }
}

/// Whether a value is there where one must be, and none where none can be.
fn fits(command: &Command, value: &str) -> Result<(), Complaint> {
    match (command.value, value) {
        // Whoever hurries to take something back says please.
        _ if command.verb == Verb::Undo => Ok(()),
        ("", value) if !value.is_empty() => Err(Complaint::TakesNothing),
        (wanted, "") if !wanted.is_empty() && !wanted.starts_with('[') => {
            Err(Complaint::NeedsValue { example: command.example })
        }
        _ => Ok(()),
    }
}

impl<'a, 'c: 'a> Order<'a, 'c> {
    /// Does all that the lines say, and sends the text, or nothing at all. `above` stand above the
    /// lines in the transcript.
    pub fn carry_out(
        mut self,
        lines: &[Line],
        above: &[Told],
        must_speak: bool,
    ) -> Result<Draft<'c>, Refused<'a>> {
        let told = self.obey(lines);
        if self.is_refused(&told) {
            return Err(Refused::Lines(told));
        }
        if let Some(locks) = self.needs_key.take().filter(|_| !self.read.released) {
            return Err(Refused::Key(Box::new(locks)));
        }
        if self.conversation.is_none() && self.has_text() {
            self.besides(&Besides::TextNowhere);
        }
        if self.ends_it() {
            self.tell_of_answer();
        }
        if self.draft.back.is_none() {
            self.speak(must_speak).map_err(Refused::Text)?;
        } else if self.has_text() {
            self.besides(&Besides::WordsBelowUndo);
        }
        Ok(self.finish(above.iter().cloned().chain(told).collect()))
    }

    /// All or nothing; but questions are answered each by itself, and those above the bound hold
    /// nothing up.
    pub(super) fn is_refused(&self, told: &[Told]) -> bool {
        let answered = self.only_asks && told.iter().any(|(_, became)| became.is_ok());
        !answered && told.iter().any(|(line, became)| became.is_err() && !self.over.contains(line))
    }

    pub(super) fn obey(&mut self, lines: &[Line]) -> Vec<Told> {
        self.lines = lines.len();
        self.only_asks = lines.iter().all(query::is_question) && !self.has_text();
        let mut became: Vec<Option<Result<Obeyed, Complaint>>> =
            lines.iter().map(|_| None).collect();
        for first in [true, false] {
            for (line, became) in lines.iter().zip(&mut became) {
                let text = matches!(line.meaning, Meaning::Command(command) if command.place == Place::Text);
                if text == first {
                    *became = Some(self.obey_one(line));
                }
            }
        }
        let owes = self.owes_review();
        let now = |became| match became {
            Ok(Obeyed::Solved | Obeyed::SolvedHeard { .. }) if owes => Err(Complaint::ReviewOwed),
            Ok(Obeyed::Status { status: Status::Closed }) if owes => Err(Complaint::ReviewOwed),
            Ok(Obeyed::SolvedHeard { .. }) => Ok(self.solved_heard()),
            became => became,
        };
        let became = lines.iter().zip(became);
        became.filter_map(|(line, became)| Some((line.written(), now(became?)))).collect()
    }

    fn obey_one(&mut self, line: &Line) -> Result<Obeyed, Complaint> {
        self.line = line.written();
        match line.meaning {
            Meaning::Command(command) => {
                fits(command, &line.value)?;
                if matches!(command.place, Place::Ticket | Place::Text) {
                    self.ticket()?;
                }
                verbs::carry_out(command.verb, self, &line.value)
            }
            Meaning::Misplaced(_) => Err(Complaint::BelowText),
            Meaning::Unknown => Err(Complaint::Unknown { meant: suggest::command(&line.word) }),
        }
    }

    /// The text goes where it goes. A mail without commands must have something to say.
    pub(super) fn speak(&mut self, must: bool) -> Result<(), Slip<'a>> {
        self.settle_doubt()?;
        let Some(conversation) = &self.conversation else { return Ok(()) };
        let internal = self.goes != ReplyGoes::Public;
        let reached = self.reached(conversation);
        let words = words(self.case, self.read, &reached, internal)?;
        let cut = words.as_ref().map_or(0, |words| words.kept.left);
        if let Some(line) =
            words.as_ref().and_then(|words| words.kept.missed).filter(|_| !self.meant)
        {
            return Err(Slip::LeftOut(line));
        }
        let stay = words.as_ref().map_or_else(Vec::new, |words| words.stay.clone());
        let Some((text, enclosures, internal)) = self.all_words(words, internal) else {
            self.pledge_alone()?;
            return if must { Err(Slip::Nothing) } else { Ok(()) };
        };
        let text = if internal { text } else { self.passed(&text, &enclosures, must)? };
        let text = unescaped(&text);
        let why = match (self.goes_said, internal) {
            (false, true) if self.goes == ReplyGoes::Public => Reason::Noted,
            (false, true) => Reason::AnswersInside,
            (false, false) => Reason::AnswersOutside,
            (true, true) => Reason::MarkedNote,
            (true, false) => Reason::MarkedReply,
        };
        let kind = if internal { EntryKind::Note } else { EntryKind::Message };
        let (own, number) =
            (AgentMail { read: self.read, agent: self.agent }, conversation.ticket.number);
        if let Some(slip) =
            goes_wider(self.case, &reached).filter(|_| !internal && self.heard.id == self.read.id)
        {
            return Err(slip);
        }
        let said = said(self.case, own, number, &text, (kind, why));
        if let Some(other) = self.case.collision().filter(|_| !internal) {
            return Err(Slip::Collision(other));
        }
        self.tell_of_newer(internal);
        self.tell_of_copies(internal);
        self.tell_of_others(internal);
        self.tell_of_cut(cut);
        self.tell_of_files(if internal { &[] } else { &stay });
        self.put_first(said, internal);
        if internal {
            self.pledge_alone()?;
        }
        let Some(conversation) = &self.conversation else { return Ok(()) };
        if internal {
            let case = self.case;
            let read = &Read { text: &text, ..self.read.clone() };
            let scene = notify::Scene { case, read, conversation };
            notify::note(&mut self.draft, scene, self.agent, &self.told);
        } else {
            let reached = self.reached(conversation);
            notify::reply(
                &mut self.draft,
                AgentMail { read: self.read, agent: self.agent },
                &reached,
                &text,
                &enclosures,
            );
            self.offer();
        }
        Ok(())
    }

    /// The text as it may leave: the writer's own address is the desk's, and the gate lets it pass.
    pub(super) fn passed(
        &self,
        text: &str,
        files: &[&Attachment],
        alone: bool,
    ) -> Result<String, Slip<'a>> {
        let Some(conversation) = &self.conversation else { return Ok(text.to_owned()) };
        let config = self.case.config;
        let meant = match (self.meant, self.goes_said) {
            (true, _) => Meant::Send,
            (false, true) => Meant::Reply,
            (false, false) => Meant::Unsaid,
        };
        // Beside commands a few words may as well be a name.
        let few = says(self.read.text, self.case.habits()) == Says::Unsure;
        if meant == Meant::Unsaid && !alone && few && self.below.is_empty() {
            return Err(Slip::Unclear(Doubt::FewWords));
        }
        let given = self.told.keys().filter_map(|address| config.agent(address));
        if meant == Meant::Unsaid && given.into_iter().any(|one| calls(one, self.read.text)) {
            return Err(Slip::Unclear(Doubt::Given));
        }
        if meant == Meant::Unsaid && !alone && says_what_to_do(self.read.text) {
            return Err(Slip::Unclear(Doubt::Sentence));
        }
        if meant == Meant::Unsaid && self.calls_colleague(conversation) {
            return Err(Slip::Unclear(Doubt::Called));
        }
        let text = without_agents(text, config);
        let reached = self.reached(conversation);
        let leaving = Leaving { text: &text, subject: &conversation.outside, files };
        gate::judge(self.case, self.read, &reached, leaving, meant)?;
        Ok(text)
    }

    /// The conversation as far as the text reaches it.
    pub(super) fn reached(&self, conversation: &Conversation) -> Conversation {
        let mut reached = conversation.clone();
        let participants = &mut reached.ticket.participants;
        match self.reach {
            Reach::All => {}
            Reach::Requester => participants.retain(|one| one.part == Part::Requester),
            Reach::Side => {
                let aside = audience::aside(self.case, conversation);
                participants.retain(|one| !aside.contains(&one.person.address));
            }
        }
        reached
    }

    /// Words of which nothing says whom they are for wait, unless a command says it.
    fn settle_doubt(&mut self) -> Result<(), Slip<'a>> {
        let Some(doubt) = self.doubt.filter(|_| !self.goes_said) else { return Ok(()) };
        let Some(conversation) = &self.conversation else { return Ok(()) };
        if self.meant {
            self.goes = ReplyGoes::Public;
            return Ok(());
        }
        let speaks = words(self.case, self.read, conversation, true)?.is_some();
        if speaks { Err(Slip::Unclear(doubt)) } else { Ok(()) }
    }

    /// The agent's words with what commands put below them; what is only noted is internal.
    fn all_words(
        &self,
        words: Option<Words<'a>>,
        internal: bool,
    ) -> Option<(String, Vec<&'a Attachment>, bool)> {
        let said = words.is_some() || !self.below.is_empty();
        let (text, enclosures) =
            words.map(|words| (words.kept.text, words.enclosures)).unwrap_or_default();
        let noted: &[String] = if internal || !said { &self.remarks } else { &[] };
        let pledged = self.pledged().filter(|_| said && !internal);
        let parts: Vec<&str> = [text.as_str()]
            .into_iter()
            .chain(self.below.iter().chain(noted).chain(&pledged).map(String::as_str))
            .collect();
        let all =
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        (said || !noted.is_empty()).then_some((all, enclosures, internal || !said))
    }

    /// What was said stands before what the commands did.
    fn put_first(&mut self, said: Draft<'a>, internal: bool) {
        let Some(conversation) = &mut self.conversation else { return };
        let ticket = &conversation.ticket;
        let mut first: Vec<Event> = said.events.into_iter().map(|(_, event)| event).collect();
        if !internal {
            if !self.assignee_said && ticket.assignee.is_none() {
                first.push(Event::Assigned {
                    to: Some(self.agent.address.clone()),
                    why: self.case.texts.say(&Because::FirstAnswer),
                });
            }
            first.extend(ask::taken_over(&self.draft, ticket));
            if !self.status_said && ticket.status != Status::Open {
                first.push(Event::StatusChanged {
                    to: Status::Open,
                    why: self
                        .case
                        .texts
                        .say(&Because::Answered { agent: self.agent.address.clone() }),
                });
            }
        }
        let number = ticket.number;
        for event in &first {
            conversation.ticket.apply(event, self.case.now);
        }
        let mut first: Vec<_> = first.into_iter().map(|event| (number, event)).collect();
        if !internal {
            first.extend(conversation.kept(self.case.now));
        }
        self.draft.events.splice(0..0, first);
        (self.draft.outcome, self.draft.reasons) = (said.outcome, said.reasons);
        self.draft.entry = said.entry;
        self.draft.ids.extend(said.ids);
    }

    /// What waits to go out is judged again by what the ticket is now: who hears no more gets none of
    /// it, and nobody does of spam.
    fn drop_what_changed(&mut self) {
        let Some(conversation) = &self.conversation else { return };
        let ticket = &conversation.ticket;
        let back = self.draft.back.as_ref().map_or(&[][..], |back| &back.rows);
        let hears = |address: &Address| {
            ticket.participant(address).is_some_and(|one| one.mailed == Mailed::Yes)
        };
        let all = self.case.unsent().iter().filter(|one| !back.contains(&one.row));
        let gone: Vec<_> =
            all.filter(|one| ticket.status == Status::Spam || !hears(&one.recipient)).collect();
        if gone.is_empty() {
            return;
        }
        let names = gone.iter().map(|one| one.recipient.clone()).collect();
        let dropped = gone.iter().map(|one| {
            let (row, own) = (one.row, one.own);
            Dropped { row, why: Gone::Nobody, own }
        });
        self.draft.dropped.extend(dropped);
        // Whose request it is now has had no answer.
        if ticket.status != Status::Spam && gone.len() == self.case.unsent().len() {
            self.draft.events.extend(unkept(self.case, gone.iter().map(|one| one.by)));
        }
        self.besides(&Besides::SentNoMore { names });
    }

    /// What follows from all of it: the desk's own mails, and colleagues who hear of it.
    pub(super) fn follow(&mut self) {
        self.drop_what_changed();
        self.tell_of_tail();
        regain(self);
        self.keep_watch();
        if let Some(conversation) = &self.conversation {
            let spoke = self.draft.mails.iter().any(|post| post.mail.kind == Kind::Reply);
            if self.draft.back.is_none() && self.ends_it() && !spoke {
                // What was promised was an answer, and this is one.
                self.draft.events.extend(conversation.keep());
                notify::solved(&mut self.draft, conversation, self.agent);
            }
            if self.draft.outcome != Some(Outcome::Note) {
                let text =
                    self.draft.entry.as_ref().map(|new| new.entry.text.clone()).unwrap_or_default();
                let case = self.case;
                let read = &Read { text: &text, ..self.read.clone() };
                let scene = notify::Scene { case, read, conversation };
                notify::passed_on(&mut self.draft, scene, self.agent, &self.told);
            }
        }
        for one in &self.elsewhere {
            notify::repaired(&mut self.draft, self.read, one);
        }
        if self.draft.outcome == Some(Outcome::Command) {
            let own = self.read.inbound.message_id.clone();
            self.draft.ids.extend(
                own.filter(|_| self.conversation.is_some()).map(|id| (id, IdKind::Internal)),
            );
        }
    }

    /// All that follows, and the transcript.
    fn finish(mut self, told: Vec<Told>) -> Draft<'c> {
        self.follow();
        let receipt = self.agent.receipts && self.draft.entry.is_some();
        if receipt || !told.is_empty() || !self.answers.is_empty() {
            let said = notify::Said {
                told: &told,
                answers: &self.answers,
                shows: self.shows,
                marked: self.goes_said,
                narrow: self.only_asks,
                numbered: false,
            };
            notify::done(
                &mut self.draft,
                AgentMail { read: self.heard, agent: self.agent },
                self.conversation.as_ref(),
                &said,
            );
        }
        self.draft
    }
}
