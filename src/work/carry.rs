//! A decision carried out: everything it says, in the transaction it was made in.

use std::collections::BTreeMap;

use super::Desk;
use crate::desk::case::KeyTurn;
use crate::desk::case::{Outcome, Read};
use crate::desk::decision::{Decision, Post};
use crate::desk::{Direction, Event, IdKind, Ticket, Wake};
use crate::mail::compose::{Sender, compose};
use crate::mail::{Address, InboxId, Kind, Outgoing, TicketNumber};
use crate::store::tickets::Findable;
use crate::store::{
    self, Error, Tx, absences, inbox, outbox, people, problems, threads, tickets, undo, wakes,
};
use crate::time::Timestamp;

/// Tickets as a decision's events have made them.
type Changed = BTreeMap<TicketNumber, Ticket>;

/// As [`out`], and what was said can be found at once.
pub fn out_whole(
    tx: Tx<'_>,
    desk: &Desk,
    decision: &Decision,
    read: Option<&Read<'_>>,
    now: Timestamp,
) -> store::Result<()> {
    match out(tx, desk, decision, read, now)? {
        Some(said) => tickets::make_findable(tx, &said),
        None => Ok(()),
    }
}

/// Writes a decision down: events, what was said, ids, promises, mails. Gives what is still to be
/// made findable.
pub fn out(
    tx: Tx<'_>,
    desk: &Desk,
    decision: &Decision,
    read: Option<&Read<'_>>,
    now: Timestamp,
) -> store::Result<Option<Findable>> {
    // Only what an agent's mail did can be taken back: of others nobody asks.
    let by_agent = read.filter(|read| {
        read.inbound.sender().is_some_and(|sender| desk.config.agent(&sender.address).is_some())
    });
    let by_mail = by_agent.map(|read| read.id);
    let before = if by_mail.is_some() { undo::last_event(tx)? } else { 0 };
    let changed = tickets::append(tx, &decision.events, now)?;
    if let Some(mail) = by_mail {
        undo::set_cause(tx, before, mail)?;
    }
    for (number, event) in &decision.events {
        follow(tx, *number, event, now)?;
    }
    if let Some((queue, agent)) = &decision.turn {
        store::set_state(tx, &turn_key(queue), agent.as_str())?;
    }
    let said = said(tx, decision, &changed, read)?;
    let entry = said.as_ref().map(|said| said.entry);
    for new in &decision.beside {
        let subject =
            changed.get(&new.ticket).map(|ticket| ticket.subject.as_str()).unwrap_or_default();
        // It is rare, so it may be made findable at once.
        tickets::make_findable(
            tx,
            &tickets::say(tx, new.ticket, subject, &new.entry, None, &new.searchable)?,
        )?;
    }
    if let (Some(number), Some(read)) = (decision.ticket, read) {
        remember(tx, decision, number, read)?;
    }
    if let (Some((held, outcome, reason)), Some(read)) = (&decision.released, read) {
        inbox::end_hold(tx, *held, read.id, *outcome, decision.ticket, reason)?;
    }
    if let Some(read) = read {
        take_back(tx, decision, read.id, now)?;
    }
    decision.stopped.iter().try_for_each(|row| undo::stop(tx, *row))?;
    decision.resumed.iter().try_for_each(|row| undo::resume(tx, *row, now))?;
    decision.dropped.iter().try_for_each(|row| undo::drop_unsent(tx, row))?;
    if let Some((mail, turn)) = decision.key {
        match turn {
            KeyTurn::Opens => inbox::unlock(tx, mail)?,
            KeyTurn::Wrong => inbox::count_wrong_key(tx, mail)?,
        }
    }
    for (row, words) in &decision.bounced {
        outbox::set_bounced(tx, *row, words)?;
    }
    for post in &decision.mails {
        let transcript = post.mail.kind == Kind::Transcript;
        let shown =
            post.mail.ticket.and_then(|number| changed.get(&number)).map(|ticket| ticket.version);
        let version = decision.seen.filter(|_| transcript).or(shown);
        let about = decision.about.filter(|_| transcript);
        // What an agent tells somebody outside, or makes the desk tell them, waits for `#undo`.
        let waits = by_mail.is_some() && matches!(post.mail.kind, Kind::Reply | Kind::Notice);
        let due = if waits { now.plus(desk.config.limits.undo_window) } else { now };
        queue_at(tx, desk, post, Beside { entry, version, about, by_mail, due: Some(due) }, now)?;
    }
    for change in &decision.absences {
        absences::change(tx, change, read.map(|read| read.id), now)?;
    }
    for (agent, number, line) in &decision.put_by {
        outbox::put_by(tx, agent, *number, line, now)?;
    }
    for note in &decision.notes {
        store::set_state(tx, &note.name, &note.value)?;
    }
    for (cause, what, advice) in &decision.problems {
        problems::raise(tx, *cause, what, advice, now)?;
    }
    Ok(said)
}

/// What an agent wants back of what an earlier mail of theirs did.
fn take_back(tx: Tx<'_>, decision: &Decision, by: InboxId, now: Timestamp) -> store::Result<()> {
    let Some(back) = &decision.back else { return Ok(()) };
    back.rows.iter().try_for_each(|row| undo::withdraw(tx, *row, now))?;
    if let Some(number) = decision.ticket.filter(|_| back.unsaid) {
        undo::unsay(tx, number, back.mail, now)?;
    }
    undo::set_undone(tx, back.mail, by)
}

/// Rows that stand beside the events they follow from.
fn follow(tx: Tx<'_>, number: TicketNumber, event: &Event, now: Timestamp) -> store::Result<()> {
    match event {
        Event::Promised { what, due } => {
            let due: jiff::Timestamp =
                due.parse().map_err(|error: jiff::Error| Error::Damaged(error.to_string()))?;
            tickets::promise(tx, number, what, Timestamp::from_jiff(due), now)
        }
        Event::PromiseKept => tickets::keep_promises(tx, &threads::family(tx, number)?, now),
        // Whatever changes the status ends a waiting with a time to it.
        Event::StatusChanged { .. } => wakes::off(tx, number, Wake::Reopen, now),
        Event::WakeSet { what, at, agent, words } => {
            if *what != Wake::Remind {
                wakes::off(tx, number, *what, now)?;
            }
            wakes::set(tx, number, *what, *at, words, agent)
        }
        Event::WakesOff { what } => wakes::off(tx, number, *what, now),
        Event::Released { from, left, lowered: _ } => threads::turn(tx, number, left, *from),
        Event::SplitOff { to, entry, why: _ } => threads::split(tx, *entry, *to),
        Event::WakeOff { what, at, agent } => wakes::off_one(tx, number, *what, *at, agent, now),
        Event::ThirdParty { person, why: _ } => people::add_third_party(tx, number, person),
        Event::PromiseUnkept { kept } => undo::unkeep(tx, number, *kept),
        Event::Opened { .. }
        | Event::Merged { .. }
        | Event::Absorbed { .. }
        | Event::Unmerged { .. }
        | Event::SplitFrom { .. }
        | Event::Said { .. }
        | Event::Assigned { .. }
        | Event::Joined { .. }
        | Event::Left { .. }
        | Event::RequesterChanged { .. }
        | Event::PrioritySet { .. }
        | Event::Tagged { .. }
        | Event::Retitled { .. }
        | Event::Moved { .. }
        | Event::DueSet { .. }
        | Event::Worked { .. }
        | Event::Unworked { .. }
        | Event::TakenBack { .. }
        | Event::Escalated { .. }
        | Event::Linked { .. }
        | Event::Undelivered { .. }
        | Event::Withheld { .. } => Ok(()),
    }
}

/// Under which key the last agent of a queue's round is kept.
pub fn turn_key(queue: &str) -> String {
    ["turn of queue ", queue].concat()
}

fn said(
    tx: Tx<'_>,
    decision: &Decision,
    changed: &Changed,
    read: Option<&Read<'_>>,
) -> store::Result<Option<Findable>> {
    let Some(new) = &decision.entry else { return Ok(None) };
    let subject =
        changed.get(&new.ticket).map(|ticket| ticket.subject.as_str()).unwrap_or_default();
    // What was said is the words of the mail that was released, not of the one that released it.
    let own = decision
        .released
        .as_ref()
        .filter(|(_, outcome, _)| *outcome != Outcome::Record)
        .map(|(held, _, _)| *held);
    let source = own.or(read.map(|read| read.id));
    tickets::say(tx, new.ticket, subject, &new.entry, source, &new.searchable).map(Some)
}

fn remember(
    tx: Tx<'_>,
    decision: &Decision,
    number: TicketNumber,
    read: &Read<'_>,
) -> store::Result<()> {
    // What an agent passes on is the customer's.
    let author = decision
        .entry
        .as_ref()
        .filter(|new| new.entry.direction == Direction::In)
        .map(|new| &new.entry.author);
    let Some(by) = author.or(read.inbound.sender()) else { return Ok(()) };
    for (id, kind) in &decision.ids {
        // An id that leads to a ticket already is no ghost; neither is one of our own.
        if *kind == IdKind::Ghost
            && (crate::mail::token::Token::claimed(id).is_some() || is_real(tx, id)?)
        {
            continue;
        }
        tickets::remember_id(tx, id, number, *kind, &by.address)?;
    }
    Ok(())
}

fn is_real(tx: Tx<'_>, id: &crate::mail::MessageId) -> store::Result<bool> {
    Ok(tickets::led_to(tx, id)?.iter().any(|(_, kind, _, _)| *kind != IdKind::Ghost))
}

/// Fixes a mail's row, id and bytes.
pub fn queue(tx: Tx<'_>, desk: &Desk, post: &Post, now: Timestamp) -> store::Result<()> {
    queue_at(tx, desk, post, Beside::default(), now)
}

/// What a row notes beside the mail itself.
#[derive(Clone, Copy, Debug, Default)]
struct Beside {
    entry: Option<i64>,
    version: Option<i64>,
    about: Option<InboxId>,
    by_mail: Option<InboxId>,
    due: Option<Timestamp>,
}

fn queue_at(
    tx: Tx<'_>,
    desk: &Desk,
    post: &Post,
    beside: Beside,
    now: Timestamp,
) -> store::Result<()> {
    let Beside { entry, version, about, by_mail, due } = beside;
    let Outgoing { kind, recipient, ticket, reply_goes, .. } = &post.mail;
    let id = outbox::next_id(tx)?;
    let own: &Address = &desk.config.desk.address;
    let message_id = desk
        .key
        .issue(*ticket, id, recipient, own.domain())
        .ok_or_else(|| Error::Damaged("the desk's address makes no Message-ID".to_owned()))?;
    let composed = compose(&post.mail, Sender { address: own }, &message_id, now);
    let seen_version = match (version, ticket) {
        (Some(version), _) => version,
        (None, Some(number)) => tickets::load(tx, *number)?.map_or(0, |ticket| ticket.version),
        (None, None) => 0,
    };
    let fresh = outbox::Fresh {
        id,
        ticket: *ticket,
        entry,
        kind: *kind,
        cause: post.cause,
        recipient,
        message_id: &message_id,
        reply_goes: *reply_goes,
        seen_version,
        about,
        by_mail,
        due: due.unwrap_or(now),
        composed: &composed,
    };
    outbox::queue(tx, &fresh, now)
}
