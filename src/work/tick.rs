//! What time alone brings: what was set for a time happens, tickets left alone close, bundles go,
//! the owner hears of problems, a clock that jumped is mended.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use rusqlite::Connection;

use super::records::Notified;
use super::vouch::LONGEST_PUT_OFF;
use super::{Desk, carry, decided};
use crate::desk::case::{HELD_FOR, Input};
use crate::desk::decision::Post;
use crate::desk::digest::subscribers;
use crate::desk::notify;
use crate::desk::{Cause, NO_SUBJECT};
use crate::mail::{Address, Kind, Person, TicketNumber};
use crate::store::{
    self, Store, Tx, absences, digests, inbox, outbox, problems, rows, tickets, undo, waiting,
};
use crate::time::Timestamp;

/// How often to look.
pub const BETWEEN_TICKS: Duration = Duration::from_secs(10);
/// The owner hears of one cause at most so often (L2).
const ALARM_EVERY: Duration = Duration::from_secs(3600);
/// A problem that stands for less than this is not mailed: a server that restarts is no news.
const ALARM_AFTER: Duration = Duration::from_secs(120);
/// A problem that stands is told again after this.
const TOLD_FOR: Duration = Duration::from_secs(24 * 3600);
/// A clock that goes back further than this has jumped (T1).
const JUMP: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// So many mails that expired are listed; more are a flood in somebody's name.
const EXPIRED_SHOWN: usize = 20;
/// So long nothing is looked at that time alone brings, after the desk slept or its clock jumped.
const CALM_FOR: Duration = Duration::from_secs(600);
/// So many tickets are looked at in one transaction.
const AT_ONCE: usize = 100;
/// A ticket that was just looked at, and of which something due was left alone, is not looked at
/// again before.
const SOONEST: Duration = Duration::from_secs(60);
const CALM: &str = "calm until";
const LAST_TICK: &str = "last tick";
const POLICY: &str = "times depend on";
const SPAM_TOLD: &str = "spam told";

type Step = fn(Tx<'_>, &Desk, Timestamp) -> store::Result<()>;

/// Everything that is due now: on tickets, then all else in one transaction; a damaged row stops
/// only what needs it.
pub async fn tick(store: &Store, desk: &Desk) -> store::Result<()> {
    let now = desk.clock.now();
    note_policy(store, desk).await?;
    if !store.read(|connection| is_calm(connection, now))? {
        look_at_tickets(store, desk, now).await?;
        send_digests(store, desk, now).await?;
    }
    let own = desk.clone();
    store
        .write(move |tx| {
            mend_clock(tx, now)?;
            let steps: [Step; 6] =
                [ask_for_keys, give_up_held, send_bundles, count_spam, look_at_queues, tell_owner];
            for step in steps {
                problems::spare(tx, now, |tx| step(tx, &own, now))?;
            }
            store::set_state(tx, LAST_TICK, &now.as_millis().to_string())
        })
        .await
}

/// The desk wakes: if it slept for a while, answers may lie in the mailbox that nobody has read yet.
pub async fn wake_up(store: &Store, now: Timestamp) -> store::Result<()> {
    let last = store.read(|connection| time_of(connection, LAST_TICK))?;
    match last.is_some_and(|last| now.since(last) > CALM_FOR) {
        true => be_calm(store, now).await,
        false => Ok(()),
    }
}

/// The clock jumped, or the desk slept: for a while nobody is told that they are late, for the one
/// may be mended and what came meanwhile is to be read first (T1).
pub async fn be_calm(store: &Store, now: Timestamp) -> store::Result<()> {
    let until = now.plus(CALM_FOR).as_millis().to_string();
    store.write(move |tx| store::set_state(tx, CALM, &until)).await
}

fn is_calm(connection: &Connection, now: Timestamp) -> store::Result<bool> {
    let until = time_of(connection, CALM)?;
    // A time further off was written down by a clock that was wrong.
    Ok(until.is_some_and(|until| until > now && until <= now.plus(CALM_FOR)))
}

/// A time that was written down under a name.
fn time_of(connection: &Connection, name: &str) -> store::Result<Option<Timestamp>> {
    let millis = store::state(connection, name)?.and_then(|millis| millis.parse().ok());
    Ok(millis.map(Timestamp::from_millis))
}

/// If the clock has gone back, mails that wait for a time long past that jump are brought back to
/// now.
fn mend_clock(tx: Tx<'_>, now: Timestamp) -> store::Result<()> {
    let last = time_of(tx, LAST_TICK)?;
    if last.is_some_and(|last| last.since(now) > JUMP) {
        // The outbox sees to its own rows at each claim.
        inbox::clamp(tx, now, LONGEST_PUT_OFF)?;
        tracing::warn!("the clock went back; waiting mail was brought back with it");
    }
    Ok(())
}

/// What the times depend on at which tickets want to be looked at; if it changes, all do.
async fn note_policy(store: &Store, desk: &Desk) -> store::Result<()> {
    let mut hasher = DefaultHasher::new();
    format!("{:?}{:?}", desk.config.desk.close_after, desk.config.queues).hash(&mut hasher);
    let policy = format!("{:x}", hasher.finish());
    if store.read(|connection| store::state(connection, POLICY))?.as_ref() == Some(&policy) {
        return Ok(());
    }
    store
        .write(move |tx| {
            tickets::look_at_all(tx)?;
            store::set_state(tx, POLICY, &policy)
        })
        .await
}

/// Tickets on which something is due, some of them in each transaction: what is decided about each
/// is the desk's.
async fn look_at_tickets(store: &Store, desk: &Desk, now: Timestamp) -> store::Result<()> {
    loop {
        let due = store.read(|connection| tickets::due(connection, now, AT_ONCE))?;
        if due.is_empty() {
            return Ok(());
        }
        let desk = desk.clone();
        let look = move |tx: Tx<'_>| {
            let mut notified = Notified::new();
            due.iter().try_for_each(|number| look_at(tx, &desk, *number, &mut notified, now))
        };
        store.write(look).await?;
    }
}

/// What becomes of a ticket now. It wants to be looked at again later, however this ends: what is
/// damaged waits for its mending and stops none behind it.
fn look_at(
    tx: Tx<'_>,
    desk: &Desk,
    number: TicketNumber,
    notified: &mut Notified,
    now: Timestamp,
) -> store::Result<()> {
    let sound = problems::spare(tx, now, |tx| {
        let decision = decided(tx, desk, Input::Tick(number), notified, now)?;
        carry::out_whole(tx, desk, &decision, now)?;
        let next = tickets::load(tx, number)?.and_then(|ticket| ticket.next_at(&desk.config));
        tickets::look_again(
            tx,
            number,
            next.map(|at| if at > now { at } else { now.plus(SOONEST) }),
        )
    })?;
    if !sound {
        tickets::look_again(tx, number, Some(now.plus(HOUR)))?;
    }
    Ok(())
}

/// Digests that are due: whose that is, and what they tell, is the desk's.
async fn send_digests(store: &Store, desk: &Desk, now: Timestamp) -> store::Result<()> {
    for whose in subscribers(&desk.config) {
        let Some(day) = whose.day(&desk.config, now) else { continue };
        let made = store.read(|connection| {
            Ok(digests::is_made(connection, whose.address, day)?
                || !whose.is_here(&absences::all(connection, now)?.0))
        })?;
        if made {
            continue;
        }
        let (own, address) = (desk.clone(), whose.address.clone());
        let make = move |tx: Tx<'_>| {
            problems::spare(tx, now, |tx| {
                let input = Input::Morning(&address, day);
                let decision = decided(tx, &own, input, &mut Notified::new(), now)?;
                carry::out_whole(tx, &own, &decision, now)
            })
        };
        store.write(make).await?;
    }
    Ok(())
}

/// Mails in an agent's name of which they have not heard, since one asked for its key within the
/// hour: now the oldest asks, and tells of all.
fn ask_for_keys(tx: Tx<'_>, desk: &Desk, now: Timestamp) -> store::Result<()> {
    for sender in waiting::senders(tx, now)? {
        let agent = Address::parse(&sender).and_then(|sender| desk.config.agent(&sender));
        let Some(agent) = agent else { continue };
        let hour = now.minus(HOUR);
        if outbox::told_since(tx, Cause::Unsure, &agent.address, hour)?
            || outbox::told_since(tx, Cause::Held, &agent.address, hour)?
        {
            continue;
        }
        if let Some(id) = waiting::untold(tx, &sender, &agent.address, HELD_FOR, now)? {
            waiting::ask_again(tx, id)?;
        }
    }
    Ok(())
}

/// Held mails that nobody released in time: each agent hears once of all of theirs, at their
/// registered address.
fn give_up_held(tx: Tx<'_>, desk: &Desk, now: Timestamp) -> store::Result<()> {
    undo::give_up_stopped(tx, now.minus(HELD_FOR))?;
    let mut lines: BTreeMap<Address, Vec<String>> = BTreeMap::new();
    for mail in inbox::expired(tx, now)? {
        inbox::give_up(tx, mail.id)?;
        let agent = Address::parse(&mail.from)
            .and_then(|from| desk.config.agent(&from).map(|agent| agent.address.clone()));
        if let Some(agent) = agent {
            let at = crate::desk::texts::checked(mail.arrived_at, &desk.config.desk.time_zone);
            lines
                .entry(agent)
                .or_default()
                .push(format!("{at}  {}", mail.subject.as_deref().unwrap_or(NO_SUBJECT)));
        }
    }
    for (address, mut lines) in lines {
        let more = lines.len().saturating_sub(EXPIRED_SHOWN);
        lines.truncate(EXPIRED_SHOWN);
        lines.extend((more > 0).then(|| format!("and {more} more")));
        let Some(agent) = desk.config.agent(&address) else { continue };
        let mail = notify::expired(&desk.config, &desk.texts, agent, lines);
        carry::queue(tx, desk, &Post::new(mail, Some(Cause::Expired)), now)?;
    }
    Ok(())
}

/// An agent whose hour has room again gets one mail with all that was put by.
fn send_bundles(tx: Tx<'_>, desk: &Desk, now: Timestamp) -> store::Result<()> {
    for address in outbox::agents_with_bundles(tx)? {
        problems::spare(tx, now, |tx| {
            let address = address?;
            let recent = outbox::count_since(tx, Kind::Notification, &address, now.minus(HOUR))?;
            match recent < desk.config.limits.notifications_per_agent_and_hour {
                true => send_bundle(tx, desk, &address, now),
                false => Ok(()),
            }
        })?;
    }
    Ok(())
}

fn send_bundle(tx: Tx<'_>, desk: &Desk, address: &Address, now: Timestamp) -> store::Result<()> {
    let lines = outbox::take_bundle(tx, address)?;
    let agent = desk.config.agent(address);
    let name = match agent {
        Some(agent) => agent.name.clone(),
        None if *address == desk.config.desk.owner => desk.config.desk.name.clone(),
        None => return Ok(()),
    };
    let person = Person { name: agent.map(|agent| agent.name.clone()), address: address.clone() };
    let tickets: BTreeSet<_> = lines.iter().map(|(number, _, _)| *number).collect();
    let zone = &desk.config.desk.time_zone;
    let words = |(_, at, line): &outbox::Bundled| {
        format!("{} {line}", crate::desk::texts::stamp(*at, zone))
    };
    let bundle = notify::Bundle {
        lines: lines.iter().map(words).collect(),
        tickets: tickets.len(),
        agent: agent.is_some(),
    };
    let mail = notify::bundle(&desk.config, &desk.texts, &person, &name, &bundle);
    carry::queue(tx, desk, &Post::new(mail, Some(Cause::Bundle)), now)
}

/// What the mail server called spam is told to the leads, or to the owner, once a day: to those who
/// get no digest, which tells it as well.
fn count_spam(tx: Tx<'_>, desk: &Desk, now: Timestamp) -> store::Result<()> {
    let last = time_of(tx, SPAM_TOLD)?;
    if last.is_some_and(|last| now.since(last) < DAY) {
        return Ok(());
    }
    store::set_state(tx, SPAM_TOLD, &now.as_millis().to_string())?;
    let found = match last {
        Some(last) => digests::spam_since(tx, last, now)?,
        None => Vec::new(),
    };
    if found.is_empty() {
        return Ok(());
    }
    let line = |(number, subject, from): &(TicketNumber, String, String)| {
        format!("{number} {subject}, from {from}")
    };
    let lines: Vec<String> = found.iter().map(line).collect();
    let without = subscribers(&desk.config);
    let without = without.iter().filter(|one| one.leads && !one.is_wanted(&desk.config));
    for one in without {
        let name = one.agent.map_or(&desk.config.desk.name, |agent| &agent.name);
        let person = Person { name: Some(name.clone()), address: one.address.clone() };
        let mail = notify::spam(&desk.config, &desk.texts, &person, name, lines.clone());
        carry::queue(tx, desk, &Post::new(mail, Some(Cause::Spam)), now)?;
    }
    Ok(())
}

/// A queue that stands for half an hour, and a quarantine that is empty again (O1).
fn look_at_queues(tx: Tx<'_>, _: &Desk, now: Timestamp) -> store::Result<()> {
    // After half an hour the schedule has tried four times; fewer tries are a row that the bounds
    // held back until just now.
    let stands = "SELECT 1 FROM outbox WHERE state IN ('queued', 'unknown') AND attempts > 3 AND queued_at < ?1 LIMIT 1";
    if rows::exists(tx, stands, [now.minus(Duration::from_secs(1800))])? {
        let advice = "`postdesk outbox` shows what waits and the relay's words; `postdesk check` tries the relay";
        problems::raise(
            tx,
            Cause::OutboxStands,
            "Mail has been waiting to go out for more than 30 minutes",
            advice,
            now,
        )?;
    } else {
        problems::clear(tx, Cause::OutboxStands)?;
    }
    let quarantined = "SELECT 1 FROM inbox WHERE outcome = 'quarantine' LIMIT 1";
    if !rows::exists(tx, quarantined, [])? {
        problems::clear(tx, Cause::Quarantine)?;
    }
    Ok(())
}

/// The owner hears of a problem when it arises and then once a day, and of one cause at most once
/// an hour however it comes and goes. What is only news is over once it was told for a day.
fn tell_owner(tx: Tx<'_>, desk: &Desk, now: Timestamp) -> store::Result<()> {
    let owner = &desk.config.desk.owner;
    for problem in problems::all(tx)? {
        // What another version of this program raised is told like most.
        let cause = Cause::parse(&problem.cause);
        let is = |kind: fn(Cause) -> bool| cause.is_some_and(kind);
        let fresh = now.since(problem.since) < ALARM_AFTER && is(Cause::is_brief);
        // Of what cannot be mailed `status` tells from the beginning.
        let unmailable = is(Cause::is_unmailable);
        let known = problem.told_at.or(unmailable.then_some(problem.since));
        let told = known.is_some_and(|at| now.since(at) < TOLD_FOR);
        if let Some(news) = cause.filter(|cause| known.is_some() && !told && cause.is_news()) {
            problems::clear(tx, news)?;
            continue;
        }
        let lately = match cause {
            Some(cause) => outbox::told_since(tx, cause, owner, now.minus(ALARM_EVERY))?,
            None => false,
        };
        if fresh || told || unmailable || lately {
            continue;
        }
        // What happened may hold words of a mail's (S6): `status` and the alarm tell it.
        tracing::warn!(cause = %problem.cause, advice = %problem.advice, "the owner is told");
        let mail =
            notify::alarm(&desk.config, &desk.texts, &problem.what, &problem.advice, problem.since);
        carry::queue(tx, desk, &Post::new(mail, cause), now)?;
        problems::set_told(tx, &problem.cause, now)?;
    }
    Ok(())
}
