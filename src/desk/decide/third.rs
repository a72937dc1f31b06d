//! Third parties: a supplier, a landlord, whom an agent asks about a ticket beside it.
//!
//! An agent who writes to somebody outside and lets the desk read along speaks to them, not to the
//! customer: to us that mail is a note. What comes back from those whom an agent has written to so
//! is a note too, until an agent relays it. They take no part in the ticket, the desk never writes
//! to them, and nobody becomes a third party but by an agent's own proved mail.

use super::customer::{files, wrote};
use super::heard::heard;
use super::order::Order;
use super::order::run::settle;
use super::speech::{held, is_desk_mail};
use crate::config::Agent;
use crate::desk::addressee::is_ours;
use crate::desk::besides::{Besides, Remark};
use crate::desk::case::{AgentMail, Case, Outcome, Read, Slip};
use crate::desk::command::parse::Line;
use crate::desk::decision::NewEntry;
use crate::desk::deed::Because;
use crate::desk::direction::{self, Addressed};
use crate::desk::draft::Draft;
use crate::desk::known::{Answered, Conversation};
use crate::desk::reason::Reason;
use crate::desk::route;
use crate::desk::{
    Direction, Entry, EntryKind, Event, IdKind, PARTICIPANTS_MAX, Status, Ticket, notify,
};
use crate::mail::{
    Address, Authentication, Inbound, Kind, Origin, Person, ReplyGoes, TicketNumber,
};
use crate::time::Timestamp;

/// Whether an agent's mail about a ticket speaks to third parties and not to those who take part.
pub fn is_aside(case: &Case<'_>, inbound: &Inbound, ticket: &Ticket) -> bool {
    let to_customer = inbound.to.iter().any(|person| ticket.participant(&person.address).is_some());
    (direction::leaves_the_desk_aside(case.config, inbound) && !to_customer)
        || is_to_colleague(case, inbound, ticket)
}

/// Whether it is addressed to somebody of the house: talk among colleagues, whoever reads along.
fn is_to_colleague(case: &Case<'_>, inbound: &Inbound, ticket: &Ticket) -> bool {
    let takes_part = |address: &Address| ticket.participant(address).is_some();
    direction::addressed(case.config, inbound, takes_part) == Addressed::Colleague
}

/// Decides about an agent's mail to somebody outside that belongs to a ticket; `None` if it is no
/// such mail.
pub fn aside<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    agent: &Agent,
    lines: &[Line],
) -> Option<Draft<'a>> {
    let conversation = case.conversation()?;
    let ticket = &conversation.ticket;
    let token = token(case, agent);
    let about = token
        .and_then(|row| row.ticket)
        .or_else(|| route::pointed(case.candidates(), &agent.address));
    if about != Some(ticket.number) || !is_aside(case, read.inbound, ticket) {
        return None;
    }
    let mut order = order(case, read, agent, conversation);
    let to_colleague = is_to_colleague(case, read.inbound, ticket);
    // Without a word they would believe that the customer has it.
    if lines.is_empty() {
        order.besides(if to_colleague { &Besides::ToColleague } else { &Besides::PastUs });
    }
    let mut draft = settle(order, lines);
    if token.is_none() && draft.mails.iter().any(|post| post.mail.kind == Kind::Reply) {
        // `#reply`, but no mail of ours said whom that reaches.
        return Some(held(case, AgentMail { read, agent }, about, Slip::NoToken(ticket.number)));
    }
    if draft.outcome == Some(Outcome::Note) {
        let reason = if to_colleague { Reason::ToColleague } else { Reason::ToThirdParty };
        let why = case.texts.say(&reason);
        for (_, event) in &mut draft.events {
            if let Event::Said { why: said, .. } = event {
                why.clone_into(said);
            }
        }
        draft.reasons = vec![reason];
    }
    add(&mut draft, read.inbound);
    Some(draft)
}

/// An order whose text stays inside, since it went where it goes already.
pub fn order<'a, 'c: 'a>(
    case: &'c Case<'c>,
    read: &'a Read<'a>,
    agent: &'a Agent,
    conversation: &Conversation,
) -> Order<'a, 'c> {
    let mut order = Order::new(case, read, agent, Some(conversation));
    order.goes = ReplyGoes::Internal;
    let inside = direction::colleagues(case.config, read.inbound, &agent.address);
    let to: Vec<String> = inside
        .chain(outsiders(case, read.inbound, &conversation.ticket))
        .map(ToString::to_string)
        .collect();
    if !to.is_empty() {
        order.remark(&Remark::WrittenTo { to });
    }
    order
}

/// An agent's answer to a mail of ours was carried out: whoever outside had a copy of it is a third
/// party from now on.
pub fn remember<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    agent: &Agent,
    mut draft: Draft<'a>,
) -> Draft<'a> {
    let spoken = match (&draft.released, case.held()) {
        (Some((_, Outcome::Message | Outcome::Note | Outcome::Command, _)), Some(held)) => {
            &held.inbound
        }
        _ => read.inbound,
    };
    if token(case, agent).is_some() {
        add(&mut draft, spoken);
    }
    draft
}

fn token<'a>(case: &'a Case<'_>, agent: &Agent) -> Option<&'a Answered> {
    case.answered().filter(|row| row.recipient == agent.address && is_desk_mail(row))
}

/// Everybody outside to whom a mail went, but for those who take part.
fn outsiders<'a>(
    case: &'a Case<'_>,
    inbound: &'a Inbound,
    ticket: &'a Ticket,
) -> impl Iterator<Item = &'a Person> {
    let all = inbound.to.iter().chain(&inbound.cc);
    all.filter(|person| {
        !is_ours(case.config, &person.address)
            && !direction::is_colleague(case.config, &person.address)
            && ticket.participant(&person.address).is_none()
    })
}

fn add(draft: &mut Draft<'_>, inbound: &Inbound) {
    let case = draft.case;
    let Some(conversation) = case.conversation() else { return };
    let number = conversation.ticket.number;
    let done = matches!(draft.outcome, Some(Outcome::Message | Outcome::Note | Outcome::Command));
    if !done || draft.ticket != Some(number) {
        return;
    }
    let mut known = case.records.third_parties(number);
    // Who takes part by a command of the same mail is no third party.
    known.extend(draft.events.iter().filter_map(|(_, event)| match event {
        Event::Joined { person, .. } | Event::RequesterChanged { to: person } => {
            Some(person.address.clone())
        }
        _ => None,
    }));
    for person in outsiders(case, inbound, &conversation.ticket) {
        if !known.contains(&person.address) && known.len() < PARTICIPANTS_MAX {
            known.push(person.address.clone());
            let why = case.texts.say(&Because::AgentWrote);
            draft.fact(number, Event::ThirdParty { person: person.clone(), why });
        }
    }
}

/// Decides about a third party's answer; `None` if the mail is none.
pub fn answer<'a>(case: &'a Case<'a>, read: &Read<'_>, sender: &Person) -> Option<Draft<'a>> {
    let conversation =
        case.conversation().filter(|one| Some(one.ticket.number) == case.third_party())?;
    if read.verdict.result == Authentication::Fail {
        return None;
    }
    let number = conversation.ticket.number;
    let heard = heard(case, read, &sender.address, Some(number));
    let substantive = !heard.own.is_empty() || !read.inbound.attachments.is_empty();
    let read = &Read { text: &heard.shown, ..read.clone() };
    let why = case.texts.say(&Reason::ThirdParty);
    let mut draft = Draft::end(case, Outcome::Note, Some(number), Reason::ThirdParty);
    draft.fact(number, Event::Said { entry: EntryKind::Note, by: sender.address.clone(), why });
    let mut current = conversation.clone();
    if conversation.ticket.status == Status::OnHold
        && read.reading.origin == Origin::Person
        && substantive
    {
        let event = Event::StatusChanged { to: Status::Open, why: wrote(case, sender) };
        current.ticket.apply(&event, case.now);
        draft.fact(number, event);
    }
    say(&mut draft, read, sender, number, case.now);
    if read.reading.origin != Origin::AutoReply && current.ticket.status != Status::Spam {
        let scene = notify::Scene { case, read, conversation: &current };
        notify::from_third_party(&mut draft, scene, sender);
    }
    Some(draft)
}

fn say(
    draft: &mut Draft<'_>,
    read: &Read<'_>,
    sender: &Person,
    number: TicketNumber,
    now: Timestamp,
) {
    let entry = Entry {
        at: now,
        kind: EntryKind::Note,
        direction: Direction::In,
        author: sender.clone(),
        verified: read.verdict.result,
        text: read.text.to_owned(),
        history: String::new(),
        message_id: read.inbound.message_id.clone(),
        files: files(read.inbound),
    };
    draft.entry = Some(NewEntry { ticket: number, entry, searchable: read.inbound.full_text() });
    draft.ids.extend(read.inbound.message_id.clone().map(|id| (id, IdKind::Internal)));
}
