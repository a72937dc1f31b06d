//! Commands that repair threading: what belongs together, and what does not.
//!
//! None of them mails the customer, so a mail with one of them says nothing outside either. A merge
//! moves nothing: the other ticket shows what was said in this one, and mails that point here go
//! there, until it is undone. Each ticket concerned keeps the fact as an event of its own.

use super::Order;
use crate::config::Right;
use crate::desk::complaint::{Complaint, KeyNeeded};
use crate::desk::decide::before::last_merge;
use crate::desk::decide::subject::base_subject;
use crate::desk::deed::{Because, Deed};
use crate::desk::known::Conversation;
use crate::desk::notify::{self, Elsewhere, Listener};
use crate::desk::obeyed::Obeyed;
use crate::desk::scrap::Then;
use crate::desk::{
    Direction, Entry, EntryKind, Event, Joining, Mailed, PARTICIPANTS_MAX, Participant, Promise,
    Promised, Status, Ticket,
};
use crate::mail::{Address, Authentication, Person, TicketNumber};
use crate::time::Timestamp;

/// So many entries back is looked for who waits.
const LOOK_BACK: u32 = 50;

/// The number in `12`, `#12` or `[#12]`.
pub fn number(value: &str) -> Option<TicketNumber> {
    let digits = value.trim_matches(['#', '[', ']', ' ', '.']);
    let sound = !digits.is_empty()
        && digits.len() <= 15
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| sound && *number > 0).map(TicketNumber)
}

/// `#merge 12`: this ticket goes on in that one.
pub fn merge(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    silent(order)?;
    let (_, into) = named(order, value)?;
    let own = order.conversation()?.clone();
    let (from, to) = (own.ticket.number, into.ticket.number);
    if from == to {
        return Err(Complaint::OneAlready { written: value.to_owned() });
    }
    may_merge(order, &own.ticket, &into.ticket)?;
    let (joined, raised) = joining(&own.ticket, &into.ticket)?;
    let mut about = into;
    let absorbed = Event::Absorbed { from, joined, raised };
    about.ticket.apply(&absorbed, order.case.now);
    order.add_elsewhere(to, absorbed);
    let merged = order.because(&Because::Merged { into: to });
    order.add(Event::StatusChanged { to: Status::Closed, why: merged })?;
    order.add(Event::Merged { into: to, was: own.ticket.status, why: order.said() })?;
    if let Some(conversation) = &mut order.conversation {
        // Whoever answers a mail about this one writes to those of the other from now on.
        conversation.ticket.requester = about.ticket.requester.clone();
        conversation.ticket.participants = about.ticket.participants.clone();
    }
    let Ticket { subject, requester, .. } = &about.ticket;
    let (subject, requester) = (subject.clone(), requester.address.clone());
    tell(order, &[&own, &about], &about, Deed::Merged { from });
    Ok(Obeyed::GoesOn { into: to, subject, requester })
}

/// Whoever answers agents may join tickets of one person; of different people, only with that
/// right, for each then hears what is said to the other; and with the one-time key (SPEC §4).
fn may_merge(order: &mut Order<'_, '_>, own: &Ticket, into: &Ticket) -> Result<(), Complaint> {
    let one_person = own.requester.address == into.requester.address;
    let may = |ticket: &Ticket| order.agent.may(Right::Merge, &ticket.queue);
    if one_person {
        return Ok(());
    }
    if may(own) && may(into) {
        let (one, other) = (own.requester.address.clone(), into.requester.address.clone());
        let why = KeyNeeded::DifferentPeople { one, other };
        order.require_key(why, who_sees_whom(own, into));
        return Ok(());
    }
    Err(Complaint::MayNotMerge {
        one: own.requester.address.clone(),
        other: into.requester.address.clone(),
        right: Right::Merge.word(),
    })
}

/// What a merge of two people's tickets does, with everybody's address: each side reads the
/// answers, and their headers.
fn who_sees_whom(own: &Ticket, into: &Ticket) -> Then {
    let side = |ticket: &Ticket| {
        let written = ticket.participants.iter().filter(|one| one.mailed == Mailed::Yes);
        written.map(|one| one.person.address.clone()).collect()
    };
    Then::Merged { from: own.number, into: into.number, theirs: side(own), others: side(into) }
}

/// Who of a ticket takes part in the other from now on, and who of them took part without being
/// written to.
fn joining(own: &Ticket, into: &Ticket) -> Result<(Vec<Joining>, Vec<Address>), Complaint> {
    let known = |one: &Participant| into.participant(&one.person.address).map(|known| known.mailed);
    let news = |one: &&Participant| {
        known(one).is_none_or(|mailed| mailed == Mailed::JoinOnly && one.mailed == Mailed::Yes)
    };
    let news: Vec<&Participant> = own.participants.iter().filter(news).collect();
    let raised: Vec<Address> = news
        .iter()
        .filter(|one| known(one).is_some())
        .map(|one| one.person.address.clone())
        .collect();
    if into.participants.len() + news.len() - raised.len() > PARTICIPANTS_MAX {
        return Err(Complaint::TooManyJoin { most: PARTICIPANTS_MAX, into: into.number });
    }
    let joined =
        news.into_iter().map(|one| Joining { person: one.person.clone(), mailed: one.mailed });
    Ok((joined.collect(), raised))
}

/// `#unmerge`: the last merge of this ticket is undone, whichever of the two was answered.
pub fn unmerge(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    silent(order)?;
    let own = order.ticket()?.number;
    let answered = order.case.answered().and_then(|row| row.first);
    let Some(merge) = answered.and_then(|first| last_merge(order.case.records, first)) else {
        return Err(Complaint::NothingMerged { into: own });
    };
    let part = merge.part.ticket.number;
    if merge.whole != own {
        return Err(Complaint::MergedFurther { part, whole: merge.whole, own });
    }
    if order.draft.events.iter().any(|(_, event)| matches!(event, Event::Released { .. })) {
        return Err(Complaint::OnceInAMail);
    }
    let alone = |address: &Address| !merge.others.contains(address);
    let raised = |address: &Address| merge.raised.contains(address);
    let joined = merge
        .joined
        .iter()
        .map(|one| &one.person.address)
        .filter(|address| alone(address) && !raised(address));
    let left: Vec<Address> = joined.cloned().collect();
    let lowered = merge.raised.iter().filter(|address| alone(address)).cloned().collect();
    order.add(Event::Released { from: part, left, lowered })?;
    let mut about = merge.part.clone();
    let why = order.said();
    let mut events = vec![Event::Unmerged { from: own, why: why.clone() }];
    if about.ticket.status != merge.was {
        events.push(Event::StatusChanged { to: merge.was, why });
    }
    for event in events {
        about.ticket.apply(&event, order.case.now);
        order.add_elsewhere(part, event);
    }
    let whole = order.conversation()?.clone();
    tell(order, &[&whole], &whole, Deed::TookOut { part });
    tell(order, &[&about], &about, Deed::TookThisOut { whole: own });
    Ok(Obeyed::OwnAgain { part, subject: about.ticket.subject })
}

/// `#split`: the mail of which the answered notification told becomes a ticket of its own.
pub fn split(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    silent(order)?;
    let own = order.conversation()?.clone();
    let entry = order.case.answered().and_then(|row| row.entry);
    let told = entry.and_then(|entry| order.case.records.told_of(entry));
    let Some(told) = told.filter(|told| {
        told.entry.kind == EntryKind::Message && told.entry.direction == Direction::In
    }) else {
        return Err(Complaint::NoMailMeant);
    };
    if let Some(there) = told.split_to {
        return Err(Complaint::SplitAlready { there });
    }
    if told.first {
        return Err(Complaint::FirstMail);
    }
    let number = order.case.records.next_number();
    if order.draft.events.iter().any(|(known, _)| *known == number) {
        return Err(Complaint::OnceInAMail);
    }
    let from = own.ticket.number;
    let by = order.agent.address.clone();
    let why = order.because(&Because::SplitOff { from, by });
    let author = &told.entry.author;
    let opened = Event::Opened {
        subject: base_subject(told.subject.as_deref().unwrap_or(&own.ticket.subject)),
        requester: author.clone(),
        queue: own.ticket.queue.clone(),
        verified: told.entry.verified != Authentication::Fail,
        written_to: own.ticket.written_to.clone(),
        why: why.clone(),
        ruled: None,
    };
    let Some(mut ticket) = Ticket::opened(number, &opened, order.case.now) else {
        return Err(Complaint::NotOpened);
    };
    order.add_elsewhere(number, opened);
    let said = Event::Said { entry: EntryKind::Message, by: author.address.clone(), why };
    let named = named_for(&own.ticket, told.entry.at);
    let kept = named.iter().map(|one| Event::Promised {
        what: Promised::FirstAnswer,
        due: one.due_at,
        told: one.told,
        by: None,
        words: String::new(),
    });
    for event in [Event::SplitFrom { from }, said, Event::Asked].into_iter().chain(kept) {
        ticket.apply(&event, order.case.now);
        order.add_elsewhere(number, event);
    }
    let (waits_since, waits_still) = waiting(order, from, &told.entry);
    let (entry, why) = (told.row, order.said());
    order.add(Event::SplitOff { to: number, entry, why, waits_since, waits_still })?;
    for one in named {
        order.add(Event::PromiseWithdrawn { due: one.due_at })?;
    }
    let about = Conversation::opened(ticket);
    let mut agents = hearers(order, &[&own, &about]);
    // The writer too: without a mail about the new ticket they could not answer it.
    agents.push(Listener { person: writer(order), instead: None, agent: true });
    let did = Deed::WroteBefore { from, by: order.agent.name.clone() };
    let (text, verified) = (told.entry.text.clone(), told.entry.verified);
    order.elsewhere.push(Elsewhere { about, agents, author: author.clone(), did, text, verified });
    Ok(Obeyed::SplitInto { author: author.address.clone(), number })
}

/// What was promised to whoever wrote a mail when it came, and is open: it is kept where that mail
/// is.
fn named_for(ticket: &Ticket, came: Timestamp) -> Vec<Promise> {
    let made = |one: &&Promise| one.stands() && one.made_at == came && one.who.is_none();
    ticket.promises.iter().filter(made).cloned().collect()
}

/// Since when the writer of a mail waits, if nobody answered since, and whether others wait too.
fn waiting(
    order: &Order<'_, '_>,
    number: TicketNumber,
    entry: &Entry,
) -> (Option<Timestamp>, bool) {
    let said = order.case.records.public_entries(number, LOOK_BACK);
    let since = said.iter().rev().take_while(|one| one.direction == Direction::In);
    let all: Vec<&Entry> = since.collect();
    let own = |one: &&&Entry| one.at == entry.at && one.message_id == entry.message_id;
    let waits = all.iter().find(own).map(|one| one.at);
    (waits, all.len() > 1)
}

/// `#link 12`: each of the two shows the other.
pub fn link(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let (_, mut other) = named(order, value)?;
    let own = order.conversation()?.clone();
    let (from, to) = (own.ticket.number, other.ticket.number);
    if from == to {
        return Err(Complaint::One { written: value.to_owned() });
    }
    let why = order.said();
    order.add(Event::Linked { to, why: why.clone() })?;
    let there = Event::Linked { to: from, why };
    other.ticket.apply(&there, order.case.now);
    order.add_elsewhere(to, there);
    // It changes nothing for anybody but whoever has one of them.
    if own.ticket.assignee.is_some() {
        tell(order, &[&own], &own, Deed::Linked { other: to });
    }
    if other.ticket.assignee.is_some() {
        tell(order, &[&other], &other, Deed::Linked { other: from });
    }
    Ok(Obeyed::Linked { to, subject: other.ticket.subject })
}

/// A ticket that a value names, as it is known; for one that went into another, that other.
fn named(order: &Order<'_, '_>, value: &str) -> Result<(TicketNumber, Conversation), Complaint> {
    let Some(number) = number(value) else {
        return Err(Complaint::NoNumber { written: value.to_owned() });
    };
    let found = order.case.named(number);
    found.map(|found| (number, found)).ok_or(Complaint::NoTicket { number })
}

/// Whoever repairs says nothing outside in the same mail: to whom it would go is just what changes.
fn silent(order: &Order<'_, '_>) -> Result<(), Complaint> {
    let file = order.read.inbound.attachments.iter().any(|file| file.content_id.is_none());
    let outside = order.speaks_outside() || (file && order.goes == crate::mail::ReplyGoes::Public);
    if outside { Err(Complaint::SendsNothing) } else { Ok(()) }
}

/// Agents of these tickets, each once, but for the writer.
fn hearers(order: &Order<'_, '_>, sides: &[&Conversation]) -> Vec<Listener> {
    let mut agents: Vec<Listener> = Vec::new();
    for agent in
        sides.iter().flat_map(|side| notify::listeners(order.case, side, &order.agent.address))
    {
        let known = agents.iter().any(|known| known.person.address == agent.person.address);
        if !known && agent.person.address != order.agent.address {
            agents.push(agent);
        }
    }
    agents
}

fn writer(order: &Order<'_, '_>) -> Person {
    Person { name: Some(order.agent.name.clone()), address: order.agent.address.clone() }
}

/// Nobody hears twice of one mail, though they have to do with both tickets.
fn tell(order: &mut Order<'_, '_>, sides: &[&Conversation], about: &Conversation, did: Deed) {
    let (author, about, mut agents) = (writer(order), about.clone(), hearers(order, sides));
    let told: Vec<Address> = order
        .elsewhere
        .iter()
        .flat_map(|one| &one.agents)
        .map(|agent| agent.person.address.clone())
        .collect();
    agents.retain(|agent| !told.contains(&agent.person.address));
    order.elsewhere.push(Elsewhere {
        about,
        agents,
        author,
        did,
        text: String::new(),
        verified: Authentication::Pass,
    });
}
