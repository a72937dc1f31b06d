//! What a decision about an agent's mail needs beside the rest: what of theirs waits, what can be
//! taken back, what they were told.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::asked::asked;
use super::gather::conversation;
use super::{Desk, habits};
use crate::config::Agent;
use crate::desk::Entry;
use crate::desk::case::{self, Answered, Context, Done, Held, Locked, Read};
use crate::desk::command::Verb;
use crate::desk::command::parse::script;
use crate::desk::query::About;
use crate::mail::{Address, Kind, TicketNumber};
use crate::store::{self, Tx, inbox, outbox, people, threads, tickets, undo};
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);

/// Reads all of it into the context.
pub fn recall(
    tx: Tx<'_>,
    desk: &Desk,
    read: &Read<'_>,
    agent: &Agent,
    context: &mut Context<'_>,
    now: Timestamp,
) -> store::Result<()> {
    if let Some(conversation) = &context.conversation {
        context.third_parties = people::asked_beside(tx, conversation.ticket.number)?;
    }
    context.told = told(tx, &agent.address, now)?;
    habits::recall(tx, agent, context)?;
    context.waiting = waiting(tx, agent, now)?;
    let own = context.answered.clone().filter(|row| row.recipient == agent.address);
    if let Some(row) = &own {
        answering(tx, desk, read, agent, row, context, now)?;
    }
    let mut lines = script(read.blocks).lines;
    lines.extend(context.held.iter().flat_map(|held| script(&held.blocks).lines));
    context.repair = super::repair::repair(tx, &lines, context.answered.as_ref())?;
    if !read.verdict.agent && !read.released {
        return Ok(());
    }
    let ticket = context.conversation.as_ref().map(|conversation| conversation.ticket.number);
    done_anywhere(tx, read, agent, context, now)?;
    let about = About { ticket, mail: own.and_then(|row| row.about) };
    let waiting = context.held.as_ref().map_or(&[][..], |held| &held.blocks);
    context.asked = asked(tx, &desk.config, &[read.blocks, waiting], agent, about, now)?;
    Ok(())
}

/// What an answer to that mail of ours may speak of.
fn answering(
    tx: Tx<'_>,
    desk: &Desk,
    read: &Read<'_>,
    agent: &Agent,
    row: &Answered,
    context: &mut Context<'_>,
    now: Timestamp,
) -> store::Result<()> {
    context.locked = locked(tx, row)?;
    context.held = if row.asks_key { None } else { held(tx, desk, Some(row), now)? };
    let Some(number) = row.ticket else { return Ok(()) };
    // Versions are those of the ticket that the mail showed.
    context.collision = collision(tx, read, row.first.unwrap_or(number), row)?;
    context.unsent = undo::unsent(tx, number, agent, now)?;
    context.done = done(tx, read, agent, number, row, &context.unsent)?;
    Ok(())
}

/// The held mail of which that transcript speaks, read anew; `None` if it waits no longer.
fn held(
    tx: Tx<'_>,
    desk: &Desk,
    row: Option<&Answered>,
    now: Timestamp,
) -> store::Result<Option<Held>> {
    let Some(id) = row.and_then(|row| row.about) else { return Ok(None) };
    let Some(until) = inbox::held_until(tx, id, now)? else { return Ok(None) };
    let bytes = inbox::bytes(tx, id)?;
    // It was read once without breaking the parser, but perhaps by an older version.
    let read = catch_unwind(AssertUnwindSafe(|| {
        super::content(super::read_whole(&bytes, &desk.config), &desk.config)
    }));
    Ok(read.ok().map(|content| Held {
        id,
        inbound: content.inbound,
        blocks: content.blocks,
        until,
    }))
}

/// What a colleague answered since that mail of ours. The operator's word sends it all the same.
fn collision(
    tx: Tx<'_>,
    read: &Read<'_>,
    number: TicketNumber,
    row: &Answered,
) -> store::Result<Option<Entry>> {
    if read.released && !inbox::was_unlocked(tx, read.id)? {
        return Ok(None);
    }
    tickets::answered_since(tx, number, row.seen_version, &row.recipient)
}

/// What an agent's mail did that is to be taken back: the newest of theirs that nobody has yet, else
/// the one of which the answered transcript tells, else their last.
fn done(
    tx: Tx<'_>,
    read: &Read<'_>,
    agent: &Agent,
    number: TicketNumber,
    row: &Answered,
    unsent: &[case::Unsent],
) -> store::Result<Option<Done>> {
    if !read.text.to_lowercase().contains("undo") {
        return Ok(None);
    }
    let waits = unsent.iter().filter(|one| one.own).map(|one| one.by).max();
    let told = row.by_mail.filter(|_| row.kind == Kind::Transcript);
    let mail = match waits.or(told) {
        Some(mail) => Some(mail),
        None => undo::last(tx, number, agent.addresses())?,
    };
    mail.map(|mail| undo::done(tx, number, mail)).transpose()
}

/// The same for a mail that answers none of ours: the newest that nobody has yet, on its ticket.
fn done_anywhere(
    tx: Tx<'_>,
    read: &Read<'_>,
    agent: &Agent,
    context: &mut Context<'_>,
    now: Timestamp,
) -> store::Result<()> {
    let undoes = script(read.blocks).lines.iter().any(|line| line.meaning.is(Verb::Undo));
    if context.answered.is_some() || !undoes {
        return Ok(());
    }
    if let Some((number, mail)) = undo::newest_unsent(tx, agent, now)? {
        context.conversation = conversation(tx, threads::root(tx, number)?, None, true)?;
        context.unsent = undo::unsent(tx, number, agent, now)?;
        context.done = Some(undo::done(tx, number, mail)?);
    }
    Ok(())
}

/// The mail that waits for the key for which that mail of ours asks.
fn locked(tx: Tx<'_>, row: &Answered) -> store::Result<Option<Locked>> {
    let Some(mail) = row.about.filter(|_| row.asks_key) else { return Ok(None) };
    let keyed = inbox::keyed(tx, mail)?;
    let asked_at = outbox::first_about(tx, mail)?.unwrap_or(row.queued_at);
    Ok(keyed.map(|keyed| Locked {
        mail,
        asked_at,
        held: keyed.held,
        released: keyed.released,
        tries: keyed.tries,
    }))
}

/// The agent's mails for which nobody vouched, whichever of their addresses they name.
fn waiting(tx: Tx<'_>, agent: &Agent, now: Timestamp) -> store::Result<Vec<case::Waiting>> {
    let mut all = Vec::new();
    for sender in agent.addresses() {
        let rows = store::waiting::of(tx, sender, &agent.address, now)?;
        all.extend(rows.into_iter().map(|row| {
            let asked_at = row.asked_at.unwrap_or(now);
            let locked =
                Locked { mail: row.id, asked_at, held: true, released: false, tries: row.tries };
            let store::waiting::Waiting { ticket, subject, arrived_at, .. } = row;
            case::Waiting { locked, ticket, subject, arrived_at }
        }));
    }
    Ok(all)
}

fn told(tx: Tx<'_>, agent: &Address, now: Timestamp) -> store::Result<BTreeSet<&'static str>> {
    let since = now.minus(HOUR);
    let mut told = BTreeSet::new();
    for cause in ["held", case::UNSURE, "impostor"] {
        if outbox::told_since(tx, cause, agent, since)? {
            told.insert(cause);
        }
    }
    Ok(told)
}
