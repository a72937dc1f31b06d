//! Requests that an agent brings: a mail of a customer's that they pass on, or what they were told
//! on the telephone.
//!
//! The agent vouches, so the customer hears that it has come, with the number and the time, but not
//! a word of what was written: nobody authenticated that. `#note` keeps the desk silent. The
//! customer's words are the message, the agent's own words above them a note. Whose request it is,
//! the outermost header of the forward says, or `#customer`; in doubt the mail is held, for a wrong
//! reading would write to a stranger.

use super::Order;
use super::participants::one_outsider;
use crate::config::Agent;
use crate::desk::addressee::{is_ours, written_to};
use crate::desk::besides::{Besides, Remark};
use crate::desk::case::{AgentMail, Case, Outcome, Read};
use crate::desk::command::Verb;
use crate::desk::command::parse::{Line, Meaning, Odd, Script, script_with};
use crate::desk::complaint::Complaint;
use crate::desk::decide::customer::files;
use crate::desk::decide::given::give;
use crate::desk::decide::ruled;
use crate::desk::decide::subject::base_subject;
use crate::desk::decision::{Effect, NewEntry, Told};
use crate::desk::deed::Deed;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::obeyed::{Heading, Obeyed};
use crate::desk::reason::Reason;
use crate::desk::rules::{self, Request, Routed};
use crate::desk::withheld::{Silence, Unsent};
use crate::desk::{Direction, Entry, EntryKind, Event, IdKind, Ticket, notify};
use crate::mail::authentic::Verdict;
use crate::mail::forward::{self, Ambiguity, Forwarded};
use crate::mail::quote::{Block, Role, new_text_of};
use crate::mail::{Address, Authentication, Inbound, MessageId, Person, ReplyGoes, TicketNumber};

/// Commands that make sense before anything was answered.
const ALLOWED: [Verb; 15] = [
    Verb::Assign,
    Verb::Unassign,
    Verb::Take,
    Verb::Queue,
    Verb::Escalate,
    Verb::Note,
    Verb::Priority,
    Verb::Tag,
    Verb::Title,
    Verb::Cc,
    Verb::Due,
    Verb::Remind,
    Verb::Time,
    Verb::Help,
    Verb::Stop,
];

/// Reads the commands above a forward. What the customer wrote is never searched for any.
pub fn script(blocks: &[Block], odd: Odd) -> Script {
    let hidden = |block: &Block| match block.role {
        Role::Forward => Block { role: Role::Quote, text: block.text.clone() },
        Role::New | Role::Quote | Role::Signature => block.clone(),
    };
    let mut script = script_with(&blocks.iter().map(hidden).collect::<Vec<_>>(), odd);
    for (block, whole) in script.blocks.iter_mut().zip(blocks) {
        block.role = whole.role;
    }
    script
}

/// A request and what is known of it.
struct Brought<'a> {
    customer: Person,
    passed: Option<Forwarded>,
    /// The agent's own words.
    own: String,
    /// As it stands in the transcript: the line that says whose it is.
    line: String,
    rest: Vec<&'a Line>,
}

impl Brought<'_> {
    fn subject<'s>(&'s self, read: &'s Read<'_>) -> &'s str {
        let passed = self.passed.as_ref().and_then(|passed| passed.subject.as_deref());
        passed.or(read.inbound.subject.as_deref()).unwrap_or_default()
    }

    /// What the rules say of what the customer wrote; the agent vouches for who that is.
    fn routed(&self, case: &Case<'_>, read: &Read<'_>, text: &str) -> Routed {
        let to = self.passed.iter().flat_map(|passed| &passed.to);
        let to: Vec<Address> = to.map(|person| person.address.clone()).collect();
        let request = Request {
            customer: Some(&self.customer.address),
            subject: self.subject(read),
            text,
            mail: read.inbound,
            to: &to,
            passed: true,
        };
        rules::routed(case.config, &request)
    }
}

/// Decides about an agent's mail that answers none of ours, if it brings a request; `heard` is the
/// mail that the transcript answers. Gives the lines as they were judged if it must be held.
pub fn brought<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    heard: &Read<'_>,
    agent: &Agent,
    lines: &[Line],
) -> Option<Result<Draft<'a>, Vec<Told>>> {
    let named: Vec<&Line> = lines.iter().filter(|line| line.meaning.is(Verb::Customer)).collect();
    let outsiders = read
        .inbound
        .to
        .iter()
        .chain(&read.inbound.cc)
        .any(|person| !is_ours(case.config, &person.address));
    let elsewhere = case
        .candidates()
        .iter()
        .any(|candidate| candidate.ticket.participant(&agent.address).is_none());
    let ours = |address: &Address| is_ours(case.config, address);
    let by_hand = || forward::by_hand(read.blocks, ours).filter(|_| !named.is_empty());
    let passed = forward::read(read.inbound, read.blocks, ours).or_else(by_hand);
    // With others in To or Cc it is a mail to them; one that points to a ticket is held for that.
    if named.is_empty() && (passed.is_none() || outsiders || elsewhere) {
        return None;
    }
    let order = Order::new(case, read, agent, None);
    let (customer, line) = match whose(&order, &named, passed.as_ref()) {
        Ok(found) => found,
        Err((line, complaint)) => return Some(Err(vec![(line, Err(complaint))])),
    };
    let own: Vec<Block> =
        read.blocks.iter().filter(|block| block.role == Role::New).cloned().collect();
    let rest = lines.iter().filter(|line| !line.meaning.is(Verb::Customer)).collect();
    let brought = Brought { customer, passed, own: new_text_of(&own), line, rest };
    Some(open(case, read, heard, agent, &brought))
}

fn whose(
    order: &Order<'_, '_>,
    named: &[&Line],
    passed: Option<&Forwarded>,
) -> Result<(Person, String), (String, Complaint)> {
    match (named, passed) {
        ([line], _) => match one_outsider(order, &line.value) {
            Ok(person) => {
                // The header may know the name of whom the agent named.
                let known = passed
                    .and_then(|passed| passed.from.clone())
                    .filter(|from| from.address == person.address);
                Ok((known.unwrap_or(person), line.written()))
            }
            Err(complaint) => Err((line.written(), complaint)),
        },
        ([_, second, ..], _) => Err((second.written(), Complaint::OneCustomer)),
        ([], Some(Forwarded { from: Some(from), .. })) => {
            Ok((from.clone(), order.case.texts.say(&Heading::Forward)))
        }
        ([], passed) => {
            let why = passed.and_then(|passed| passed.why.clone());
            let candidates = why.as_ref().map_or(&[][..], Ambiguity::candidates).to_vec();
            let complaint = Complaint::NoCustomer { why, candidates };
            Err((order.case.texts.say(&Heading::Forward), complaint))
        }
    }
}

fn open<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    heard: &Read<'_>,
    agent: &Agent,
    brought: &Brought<'_>,
) -> Result<Draft<'a>, Vec<Told>> {
    let refused = |complaint| vec![(brought.line.clone(), Err(complaint))];
    let text = brought.passed.as_ref().map_or(&brought.own, |passed| &passed.text);
    let routed = brought.routed(case, read, text);
    let Some((queue, ruled)) = ruled::queue(case, &routed) else {
        return Err(refused(Complaint::NoQueues));
    };
    if text.is_empty() && read.inbound.attachments.is_empty() {
        return Err(refused(Complaint::NoText));
    }
    let customer = &brought.customer;
    let by = agent.address.clone();
    let reason = match brought.passed.is_some() {
        true => Reason::PassedOn { agent: by },
        false => Reason::Reported { agent: by },
    };
    let why = case.texts.say(&reason);
    let (subject, requester) = (base_subject(brought.subject(read)), customer.clone());
    let opened = Event::Opened {
        subject,
        requester,
        queue: queue.clone(),
        verified: true,
        written_to: written_to(case.config, read.inbound),
        why: why.clone(),
        ruled,
    };
    let Some(mut ticket) = Ticket::opened(case.records.next_number(), &opened, case.now) else {
        return Err(refused(Complaint::TicketNotOpened));
    };
    let facts = ruled::facts(case, &routed);
    facts.iter().for_each(|fact| ticket.apply(fact, case.now));
    let mut order = Order::new(case, read, agent, Some(&Conversation::opened(ticket)));
    order.goes = ReplyGoes::Internal;
    order.heard = heard;
    let told = order.obey_before_answer(&brought.rest);
    if told.iter().any(|(_, became)| became.is_err()) {
        return Err(told);
    }
    let quiet = order.goes_said;
    let entries = entries(case, AgentMail { read, agent }, brought, text, quiet);
    let said = entries.iter().map(|entry| Event::Said {
        entry: entry.kind,
        by: entry.author.address.clone(),
        why: why.clone(),
    });
    let first: Vec<Event> = std::iter::once(opened).chain(said).chain(facts).collect();
    let number = case.records.next_number();
    order.draft.events.splice(0..0, first.into_iter().map(|event| (number, event)));
    order.give(&queue, &routed);
    Ok(order.bring(brought, entries, reason, told))
}

/// What was said: the customer's words and a note of the agent's. Reported with `#note`, it is all
/// a note.
fn entries(
    case: &Case<'_>,
    own: AgentMail<'_>,
    brought: &Brought<'_>,
    text: &str,
    quiet: bool,
) -> Vec<Entry> {
    let AgentMail { read, agent } = own;
    let note = |text: String| Entry {
        at: case.now,
        kind: EntryKind::Note,
        direction: Direction::Out,
        author: Person { name: Some(agent.name.clone()), address: agent.address.clone() },
        verified: read.verdict.result,
        text,
        history: String::new(),
        message_id: read.inbound.message_id.clone(),
        files: Vec::new(),
    };
    let message = Entry {
        at: case.now,
        kind: EntryKind::Message,
        direction: Direction::In,
        author: brought.customer.clone(),
        verified: Authentication::None,
        text: text.to_owned(),
        history: String::new(),
        message_id: passed_id(read),
        files: files(read.inbound),
    };
    match (brought.passed.is_some(), quiet) {
        (true, _) if brought.own.is_empty() => vec![message],
        (true, _) => vec![message, note(brought.own.clone())],
        (false, true) => vec![Entry { files: files(read.inbound), ..note(text.to_owned()) }],
        (false, false) => {
            let (agent, customer) = (agent.name.clone(), brought.customer.address.clone());
            vec![message, note(case.texts.say(&Remark::Reports { agent, customer }))]
        }
    }
}

/// The id of the mail that is passed on, if the agent attached it: the customer's later mails name
/// it.
fn passed_id(read: &Read<'_>) -> Option<MessageId> {
    match read.inbound.carried.as_slice() {
        [one] => one.message_id.clone(),
        _ => None,
    }
}

impl<'c> Order<'_, 'c> {
    fn obey_before_answer(&mut self, lines: &[&Line]) -> Vec<Told> {
        let all: Vec<Line> = lines.iter().map(|line| (*line).clone()).collect();
        let told = self.obey(&all);
        let judged = all.iter().zip(told).map(|(line, (written, became))| match line.meaning {
            Meaning::Command(command) if !ALLOWED.contains(&command.verb) => {
                (written, Err(Complaint::NotWhenOpening))
            }
            Meaning::Command(_) | Meaning::Misplaced(_) | Meaning::Unknown => (written, became),
        });
        judged.collect()
    }

    /// As the rules or the queue assign, unless a command did or moved it away.
    fn give(&mut self, queue: &str, routed: &Routed) {
        let own = self.conversation.as_mut().filter(|one| one.ticket.queue == queue);
        if let Some(conversation) = own.filter(|_| !self.assignee_said) {
            give(&mut self.draft, &mut conversation.ticket, routed.assign.as_ref());
        }
    }

    /// Gives what was said beside the first words.
    fn say(&mut self, read: &Read<'_>, number: TicketNumber, entries: Vec<Entry>) -> Vec<Entry> {
        let mut said = entries.into_iter();
        self.draft.entry = said.next().map(|entry| NewEntry {
            ticket: number,
            searchable: searchable(read, &entry),
            entry,
        });
        let beside = said.clone().collect();
        for entry in said {
            let searchable = entry.text.clone();
            self.draft.also(Effect::SayBeside(NewEntry { ticket: number, entry, searchable }));
        }
        beside
    }

    fn tell_of_acknowledgement(&mut self, customer: &Person, quiet: bool) {
        let customer = customer.address.clone();
        let words = match quiet {
            true => Besides::NotAcknowledged { customer },
            false => Besides::Acknowledged { customer },
        };
        self.answers.insert(0, self.case.texts.say(&words));
    }

    fn remember_ids(&mut self, read: &Read<'_>) {
        let ids = [
            (passed_id(read), IdKind::Public),
            (read.inbound.message_id.clone(), IdKind::Internal),
        ];
        self.draft.ids.extend(ids.into_iter().filter_map(|(id, kind)| id.map(|id| (id, kind))));
        // The agent's client names the mails before: the customer's next one will, too.
        let before = read.inbound.in_reply_to.iter().chain(&read.inbound.references);
        self.draft.ids.extend(before.map(|id| (id.clone(), IdKind::Ghost)));
    }

    /// The customer hears of it, then the agents, then the writer.
    fn bring(
        mut self,
        brought: &Brought<'_>,
        entries: Vec<Entry>,
        reason: Reason,
        told: Vec<Told>,
    ) -> Draft<'c> {
        let quiet = self.goes_said;
        let Some(mut conversation) = self.conversation.take() else { return self.draft };
        let (read, customer, number) = (self.read, &brought.customer, conversation.ticket.number);
        let text = entries.first().map(|entry| entry.text.clone()).unwrap_or_default();
        let noted = entries.first().is_some_and(|entry| entry.kind == EntryKind::Note);
        self.remember_ids(read);
        let inbound = Inbound {
            message_id: passed_id(read),
            attachments: read.inbound.attachments.clone(),
            ..Inbound::default()
        };
        self.draft.reasons = vec![reason.clone()];
        let why = self.case.texts.say(&reason);
        let verdict = Verdict::new(Authentication::None, false, why);
        let shown =
            Read { inbound: &inbound, verdict: &verdict, text: &text, blocks: &[], ..read.clone() };
        if quiet {
            let texts = self.case.texts;
            let event = Event::Withheld {
                what: texts.say(&Unsent::Acknowledgement),
                why: texts.say(&Silence::Noted),
            };
            self.draft.fact(number, event);
        } else {
            notify::acknowledge(&mut self.draft, &shown, &conversation.ticket, customer);
        }
        for (_, event) in
            self.draft.events.iter().filter(|(_, event)| matches!(event, Event::Promised { .. }))
        {
            conversation.ticket.apply(event, self.case.now);
        }
        conversation.last = self.say(read, number, entries);
        let writer =
            Person { name: Some(self.agent.name.clone()), address: self.agent.address.clone() };
        let (author, did) = match (noted, &brought.passed) {
            (true, _) => (&writer, Deed::Noted),
            (false, Some(_)) => (customer, Deed::WroteFor { why: reason }),
            (false, None) => (customer, Deed::SaidFor { why: reason }),
        };
        let case = self.case;
        let scene = notify::Scene { case, read: &shown, conversation: &conversation };
        let teller = (author, &did);
        notify::brought(&mut self.draft, scene, teller, &self.told, self.agent);
        let (customer_name, subject) = (customer.to_string(), conversation.ticket.subject.clone());
        let done = Obeyed::Brought { number, customer: customer_name, subject };
        let told: Vec<Told> =
            std::iter::once((brought.line.clone(), Ok(done))).chain(told).collect();
        self.tell_of_acknowledgement(customer, quiet);
        notify::opened(
            &mut self.draft,
            AgentMail { read: self.heard, agent: self.agent },
            &conversation,
            &told,
            &self.answers,
        );
        self.draft.outcome = Some(if noted { Outcome::Note } else { Outcome::Message });
        self.draft
    }
}

/// All readable text of the mail, or what was noted.
fn searchable(read: &Read<'_>, entry: &Entry) -> String {
    if entry.kind == EntryKind::Message { read.inbound.full_text() } else { entry.text.clone() }
}
