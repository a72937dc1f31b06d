//! What a decision about an agent's mail needs beside the rest: what of theirs waits, what can be
//! taken back, what they were told.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::asked::asked;
use super::gather::conversation;
use super::{Desk, habits};
use crate::config::Agent;
use crate::desk::case::{
    self, Answered, Code, Context, Decision, Done, Held, Locked, Outcome, Read,
};
use crate::desk::command::Verb;
use crate::desk::command::parse::{Meaning, script};
use crate::desk::query::About;
use crate::desk::route;
use crate::desk::{Cause, Entry};
use crate::mail::{Address, Kind, TicketNumber};
use crate::store::{self, Tx, absences, inbox, outbox, people, threads, tickets, undo};
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);
/// Transcripts of one agent within an hour; who works with commands all day stays below.
const TRANSCRIPTS_PER_HOUR: u32 = 120;
/// So often the same text is answered that is not understood.
const SAME_TEXT_ANSWERED: u32 = 2;
/// The same of one with commands that answers a transcript: a person tries them again.
const SAME_COMMANDS_ANSWERED: u32 = 5;
/// The same of mails that read like a machine's, whatever they say.
const MACHINES_ANSWERED: u32 = 3;

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
    if let Some(number) = read.inbound.subject.as_deref().and_then(route::tag)
        && !lines.is_empty()
    {
        super::repair::name(tx, number, &mut context.repair)?;
    }
    if !read.verdict.agent && !read.released {
        return Ok(());
    }
    let ticket = context.conversation.as_ref().map(|conversation| conversation.ticket.number);
    done_anywhere(tx, read, agent, context, now)?;
    if lines.iter().any(|line| line.meaning.is(Verb::Undo)) {
        context.leave = absences::leave(tx, &agent.address, now)?;
    }
    let about = About { ticket, mail: own.and_then(|row| row.about) };
    let waiting = context.held.as_ref().map_or(&[][..], |held| &held.blocks);
    context.asked = asked(tx, &desk.config, &[read.blocks, waiting], agent, about, now)?;
    Ok(())
}

/// A mail that is not understood is answered once for its text, and an agent at most so often within
/// an hour: a machine that answers transcripts would go on for ever (L2). Whoever runs the desk hears
/// of it.
pub fn answered_once(
    tx: Tx<'_>,
    context: &Context<'_>,
    read: &Read<'_>,
    mut decision: Decision,
    now: Timestamp,
) -> store::Result<Decision> {
    let sender = read.inbound.sender().and_then(|person| context.config.agent(&person.address));
    // What may be forged has a bound of its own.
    let certain = read.verdict.agent || read.released;
    let Some(agent) = sender.filter(|_| certain) else {
        return Ok(decision);
    };
    if !decision.mails.iter().any(|post| post.mail.kind == Kind::Transcript) {
        return Ok(decision);
    }
    let hour = now.minus(HOUR);
    let sent = outbox::count_since(tx, Kind::Transcript, &agent.address, hour)?;
    let code = decision.reason.as_ref().map(|reason| reason.code);
    let undone = decision.outcome == Some(Outcome::Held)
        || matches!(code, Some(Code::ReleasesNothing | Code::NotUnderstood));
    let machine = code == Some(Code::Machine);
    let again = undone && is_said_again(tx, context, read, agent, machine, now)?;
    if !again && sent < TRANSCRIPTS_PER_HOUR {
        return Ok(decision);
    }
    decision.mails.retain(|post| post.mail.kind != Kind::Transcript);
    let what = format!(
        "Mail of {} looks like a machine's: it is not answered any more just now",
        agent.address
    );
    let advice =
        "`postdesk inbox` lists it; if a machine answers there, let it leave the desk alone";
    decision.problems.push((Cause::AgentMachine, what, advice.to_owned()));
    Ok(decision)
}

/// Whether that agent's mails that were held last had this text, whatever numbers stand in it, oftener
/// than a person says a thing again.
fn is_said_again(
    tx: Tx<'_>,
    context: &Context<'_>,
    read: &Read<'_>,
    agent: &Agent,
    machine: bool,
    now: Timestamp,
) -> store::Result<bool> {
    let kind = if machine { "machine" } else { "text" };
    let key = format!("held {kind} {}", agent.address.key());
    let words: String = read.text.chars().filter(|c| c.is_alphabetic()).take(2_000).collect();
    let answers_transcript =
        context.answered.as_ref().is_some_and(|row| row.kind == Kind::Transcript);
    let (words, most) = match () {
        () if machine => ("a machine's".to_owned(), MACHINES_ANSWERED),
        () if has_commands(read) && answers_transcript => (words, SAME_COMMANDS_ANSWERED),
        () if has_commands(read) => return Ok(false),
        () => (words, SAME_TEXT_ANSWERED),
    };
    let last = store::state(tx, &key)?.unwrap_or_default();
    let mut parts = last.splitn(3, ' ');
    let at = parts.next().and_then(|at| at.parse().ok()).map_or(now, Timestamp::from_millis);
    let times: u32 = parts.next().and_then(|times| times.parse().ok()).unwrap_or(0);
    let same = parts.next() == Some(words.as_str()) && now.since(at) < HOUR;
    let times = if same { times.saturating_add(1) } else { 1 };
    store::set_state(tx, &key, &format!("{} {times} {words}", now.as_millis()))?;
    Ok(times > most && !words.is_empty())
}

/// An answer with a command is a person's, most likely.
fn has_commands(read: &Read<'_>) -> bool {
    script(read.blocks).lines.iter().any(|line| !matches!(line.meaning, Meaning::Unknown))
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
    context.collision = collision(tx, read, number, row)?;
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
    whole: TicketNumber,
    row: &Answered,
) -> store::Result<Option<Entry>> {
    if read.released && !inbox::was_unlocked(tx, read.id)? {
        return Ok(None);
    }
    // Versions are those of the ticket that the mail showed.
    let shown = row.first.unwrap_or(whole);
    tickets::answered_since(tx, (whole, shown), (row.seen_version, row.queued_at), &row.recipient)
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

fn told(tx: Tx<'_>, agent: &Address, now: Timestamp) -> store::Result<BTreeSet<Cause>> {
    let since = now.minus(HOUR);
    let mut told = BTreeSet::new();
    for cause in [Cause::Held, Cause::Unsure, Cause::Impostor] {
        if outbox::told_since(tx, cause, agent, since)? {
            told.insert(cause);
        }
    }
    Ok(told)
}
