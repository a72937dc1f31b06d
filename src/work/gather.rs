//! What a decision needs to know, read in the transaction that will carry it out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Desk;
use crate::desk::case::{Answered, Context, Conversation, Decision, Read, Repair};
use crate::desk::decide::third;
use crate::desk::route::{self, Candidate, Evidence, Route, Why};
use crate::desk::{Cause, IdKind};
use crate::mail::quote::tail::Habits;
use crate::mail::token::Token;
use crate::mail::{Address, Authentication, Kind, MessageId, OutboxId, TicketNumber};
use crate::store::{self, Tx, absences, inbox, outbox, people, problems, threads, tickets};
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// So many ids of a mail are looked up, the newest first: the rest of a long thread says nothing
/// new.
const IDS_MAX: usize = 30;
/// Entries that a notification shows.
const SHOWN_ENTRIES: u32 = 3;

/// Everything that a mail's decision may ask for.
pub fn for_mail<'a>(
    tx: Tx<'_>,
    desk: &'a Desk,
    read: &Read<'_>,
    now: Timestamp,
) -> store::Result<Context<'a>> {
    let Some(sender) = read.inbound.sender().map(|person| &person.address) else {
        return for_nobody(tx, desk, read);
    };
    let agent = desk.config.agent(sender);
    let sender = agent.map_or(sender, |agent| &agent.address);
    let bounced = read.reading.bounce.as_ref().and_then(|bounce| bounce.original.clone());
    let ids: Vec<MessageId> = bounced.into_iter().chain(referred(read)).collect();
    let candidates = candidates(tx, read, &ids, sender)?;
    let route = route::route(&candidates, sender, read.verdict.result);
    let answered = first_answered(tx, &ids)?;
    let by_agent = agent.is_some();
    let third_party =
        if by_agent { None } else { third_party(tx, &candidates, &route, sender, read)? };
    let wanted = match (&route, &answered) {
        _ if third_party.is_some() => third_party,
        (_, Some(row)) if (by_agent || read.reading.bounce.is_some()) && row.ticket.is_some() => {
            row.ticket
        }
        (Route::Join(number, _), _) => Some(*number),
        _ if by_agent && third::leaves_the_desk_aside(&desk.config, read.inbound) => {
            third::pointed(&candidates, sender)
        }
        _ => None,
    };
    let conversation = match wanted {
        Some(number) => conversation(tx, number, Some(sender), by_agent)?,
        None => None,
    };
    let mut context = empty(tx, desk)?;
    context.same_mail =
        if read.released { None } else { inbox::same_mail(tx, &read.inbound.identity, read.id)? };
    context.candidates = candidates;
    context.route = route;
    context.third_party = third_party;
    context.answered = answered;
    let whose = conversation.as_ref().map_or(sender, |one| &one.ticket.requester.address);
    let others = tickets::open_of(tx, whose, wanted.unwrap_or(context.next))?;
    context.others = (Some(whose.clone()), others);
    context.acknowledged_today =
        outbox::count_since(tx, Kind::Acknowledgement, sender, now.minus(DAY))?;
    context.conversation = conversation;
    assigning(tx, desk, &mut context)?;
    if let Some(agent) = agent {
        context.answers_lost =
            context.answered.is_none() && referred(read).any(|id| desk.key.is_genuine(&id, sender));
        super::agent::recall(tx, desk, read, agent, &mut context, now)?;
    }
    Ok(context)
}

/// A mail without a sender can only be a report about one of ours.
fn for_nobody<'a>(tx: Tx<'_>, desk: &'a Desk, read: &Read<'_>) -> store::Result<Context<'a>> {
    let mut context = empty(tx, desk)?;
    context.same_mail =
        if read.released { None } else { inbox::same_mail(tx, &read.inbound.identity, read.id)? };
    let Some(bounce) = &read.reading.bounce else { return Ok(context) };
    let ids: Vec<MessageId> = bounce.original.iter().cloned().chain(referred(read)).collect();
    context.answered = first_answered(tx, &ids)?;
    if let Some(number) = context.answered.as_ref().and_then(|row| row.ticket) {
        context.conversation = conversation(tx, number, None, false)?;
    }
    Ok(context)
}

/// What deciding about a row that came back needs.
pub fn for_row<'a>(
    tx: Tx<'_>,
    desk: &'a Desk,
    row: &Answered,
    now: Timestamp,
) -> store::Result<Context<'a>> {
    let mut context = empty(tx, desk)?;
    context.notified = notified(tx, desk, now)?;
    if let Some(number) = row.ticket {
        context.conversation = conversation(tx, number, None, false)?;
    }
    Ok(context)
}

/// What closing a ticket needs.
pub fn for_ticket<'a>(
    tx: Tx<'_>,
    desk: &'a Desk,
    number: TicketNumber,
) -> store::Result<Context<'a>> {
    let mut context = empty(tx, desk)?;
    context.conversation = conversation(tx, threads::root(tx, number)?, None, false)?;
    Ok(context)
}

fn empty<'a>(tx: Tx<'_>, desk: &'a Desk) -> store::Result<Context<'a>> {
    let now = desk.clock.now();
    let (absences, damaged) = absences::all(tx, now)?;
    damaged.map_or(Ok(()), |error| problems::tell_damage(tx, error, now))?;
    Ok(Context {
        now,
        config: &desk.config,
        texts: &desk.texts,
        next: tickets::next_number(tx)?,
        same_mail: None,
        candidates: Vec::new(),
        route: Route::New(Why::Nothing),
        third_party: None,
        third_parties: Vec::new(),
        answered: None,
        answers_lost: false,
        conversation: None,
        held: None,
        repair: Repair::default(),
        collision: None,
        done: None,
        leave: None,
        unsent: Vec::new(),
        locked: None,
        waiting: Vec::new(),
        key: &desk.key,
        others: (None, Vec::new()),
        acknowledged_today: 0,
        notified: BTreeMap::new(),
        loads: BTreeMap::new(),
        last_assigned: None,
        absences,
        asked: Vec::new(),
        told: BTreeSet::new(),
        habits: Habits::default(),
        shown: Vec::new(),
    })
}

/// Ids that the mail refers to: In-Reply-To first, then References from the newest back.
fn referred(read: &Read<'_>) -> impl Iterator<Item = MessageId> {
    let inbound = read.inbound;
    inbound.in_reply_to.iter().chain(inbound.references.iter().rev()).take(IDS_MAX).cloned()
}

fn candidates(
    tx: Tx<'_>,
    read: &Read<'_>,
    ids: &[MessageId],
    sender: &Address,
) -> store::Result<Vec<Candidate>> {
    let mut found = Found { tx, sender, list: Vec::new() };
    for id in ids {
        if let Some(row) = genuine(tx, id)? {
            if let Some(number) = place(tx, &row)? {
                found.add(number, Evidence::OurId)?;
            }
            continue;
        }
        // An agent said where these belong: that weighs as much as a mail of ours, and the newest
        // of both counts.
        for (number, _, _, split) in tickets::led_to(tx, id)? {
            if split {
                found.add(number, Evidence::KnownId)?;
            }
        }
    }
    for id in ids {
        for (number, kind, by, _) in tickets::led_to(tx, id)? {
            match kind {
                IdKind::Public | IdKind::Internal => found.add(number, Evidence::KnownId)?,
                IdKind::Ghost => found.add(number, Evidence::SharedGhost(by))?,
            }
        }
    }
    if let Some(own) = &read.inbound.message_id {
        for (number, kind, _, _) in tickets::led_to(tx, own)? {
            if kind == IdKind::Ghost {
                found.add(number, Evidence::Awaited)?;
            }
        }
    }
    if let Some(number) = read.inbound.subject.as_deref().and_then(route::tag) {
        found.add(number, Evidence::Tag)?;
    }
    Ok(found.list)
}

/// The ticket on which the sender is a third party, if the mail answers one of it before any in
/// which they take part.
fn third_party(
    tx: Tx<'_>,
    candidates: &[Candidate],
    route: &Route,
    sender: &Address,
    read: &Read<'_>,
) -> store::Result<Option<TicketNumber>> {
    if read.verdict.result == Authentication::Fail {
        return Ok(None);
    }
    let joined = if let Route::Join(number, _) = route { Some(*number) } else { None };
    for candidate in
        candidates.iter().filter(|one| matches!(one.evidence, Evidence::OurId | Evidence::KnownId))
    {
        let number = candidate.ticket.number;
        if Some(number) == joined || candidate.ticket.participant(sender).is_some() {
            return Ok(None);
        }
        if people::is_third_party(tx, number, sender)? {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// The ticket to which a mail of ours leads: that of the mail that it acknowledged, if that was
/// split off.
fn place(tx: Tx<'_>, row: &Answered) -> store::Result<Option<TicketNumber>> {
    let split = match (row.kind, row.entry) {
        (Kind::Acknowledgement, Some(entry)) => threads::split_to(tx, entry)?,
        _ => None,
    };
    Ok(split.or(row.first))
}

struct Found<'a> {
    tx: Tx<'a>,
    sender: &'a Address,
    list: Vec<Candidate>,
}

impl Found<'_> {
    fn add(&mut self, number: TicketNumber, evidence: Evidence) -> store::Result<()> {
        let known = self
            .list
            .iter()
            .find(|candidate| candidate.ticket.number == number)
            .map(|candidate| candidate.ticket.clone());
        let ticket = match known {
            Some(ticket) => Some(ticket),
            None => threads::pointed_to(self.tx, number, self.sender)?,
        };
        self.list.extend(ticket.map(|ticket| Candidate { ticket, evidence }));
        Ok(())
    }
}

/// The row that bears this id of ours. A seal alone proves nothing: after a restore the row of that
/// number may be another (I8).
fn genuine(tx: Tx<'_>, id: &MessageId) -> store::Result<Option<Answered>> {
    let Some(token) = Token::claimed(id) else { return Ok(None) };
    let row = outbox::row(tx, OutboxId(token.row.0))?;
    let bears = |row: &outbox::Sent| row.message_id.as_str().eq_ignore_ascii_case(id.as_str());
    let ours = row.filter(|row| bears(row) && row.ticket == token.ticket);
    ours.map(|row| answered(tx, &row)).transpose()
}

/// What a decision needs of a row.
pub fn answered(tx: Tx<'_>, row: &outbox::Sent) -> store::Result<Answered> {
    let ticket = match row.ticket {
        Some(number) => Some(threads::root(tx, number)?),
        None => None,
    };
    Ok(Answered {
        id: row.id,
        ticket,
        first: row.ticket,
        kind: row.kind,
        recipient: row.recipient.clone(),
        reply_goes: row.reply_goes,
        about: row.about,
        entry: row.entry,
        by_mail: row.by_mail,
        seen_version: row.seen_version,
        queued_at: row.queued_at,
        asks_key: row.kind == Kind::Transcript && row.cause.is_some_and(Cause::asks_key),
    })
}

fn first_answered(tx: Tx<'_>, ids: &[MessageId]) -> store::Result<Option<Answered>> {
    for id in ids {
        let row = genuine(tx, id)?;
        if row.is_some() {
            return Ok(row);
        }
    }
    Ok(None)
}

/// A ticket and what was said in it, and in those that went into it.
pub fn conversation(
    tx: Tx<'_>,
    number: TicketNumber,
    sender: Option<&Address>,
    quotes: bool,
) -> store::Result<Option<Conversation>> {
    let Some(ticket) = tickets::load(tx, number)? else { return Ok(None) };
    let family = threads::family(tx, number)?;
    let outside = threads::first_subject(tx, number)?;
    Ok(Some(Conversation {
        outside: outside.unwrap_or_else(|| ticket.subject.clone()),
        ticket,
        last: tickets::last_entries(tx, &family, SHOWN_ENTRIES)?,
        public_ids: tickets::public_ids(tx, &family)?,
        thread: outbox::thread(tx, &family)?,
        public_texts: if quotes { tickets::public_texts(tx, &family)? } else { Vec::new() },
        notes: if quotes { tickets::notes(tx, &family)? } else { Vec::new() },
        promise: tickets::open_promise(tx, &family)?,
        acknowledged_at: match sender {
            Some(sender) => outbox::last_acknowledged(tx, number, sender)?,
            None => None,
        },
    }))
}

/// Notifications in the last hour by agent; keys are addresses in lower case.
pub type Notified = BTreeMap<String, u32>;

/// Counts them in the store: once for a batch, since that is a look at each of them.
pub fn notified(tx: Tx<'_>, desk: &Desk, now: Timestamp) -> store::Result<Notified> {
    let since = now.minus(HOUR);
    // The owner hears of tickets too when nobody else can be reached.
    let agents =
        desk.config.agents.iter().map(|agent| &agent.address).chain([&desk.config.desk.owner]);
    agents
        .map(|agent| Ok((agent.key(), outbox::count_since(tx, Kind::Notification, agent, since)?)))
        .collect()
}

/// Counts those that a decision adds.
pub fn count(notified: &mut Notified, decision: &Decision) {
    for post in decision.mails.iter().filter(|post| post.mail.kind == Kind::Notification) {
        *notified.entry(post.mail.recipient.key()).or_default() += 1;
    }
}

fn assigning(tx: Tx<'_>, desk: &Desk, context: &mut Context<'_>) -> store::Result<()> {
    use crate::config::Assign;
    let Some(queue) = desk.config.queues.first() else { return Ok(()) };
    match queue.assign {
        Assign::Everyone => {}
        Assign::RoundRobin => {
            let last = store::state(tx, &super::carry::turn_key(&queue.name))?;
            context.last_assigned = last.as_deref().and_then(Address::parse);
        }
        Assign::LeastOpen => context.loads = tickets::loads(tx)?,
    }
    Ok(())
}
