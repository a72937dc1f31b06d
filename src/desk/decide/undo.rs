//! What an agent's mail did, and how its ticket gets back to where it was.
//!
//! Nothing is deleted: new events put back what the mail changed, as far as it still is as the mail
//! left it. What somebody changed since is theirs. Mail that nobody has yet is withdrawn; of what
//! is gone the agent is told.

use super::asking;
use super::order::Order;
use crate::desk::besides::{Again, Changed};
use crate::desk::case::Case;
use crate::desk::complaint::Complaint;
use crate::desk::deed::Because;
use crate::desk::known::{Conversation, Done, Sent};
use crate::desk::{AskEnd, Event, Mailed, Part, Participant, Ticket, ToCome, Wake};
use crate::mail::{Address, InboxId, Kind, TicketNumber};
use crate::time::Timestamp;

/// What of a ticket is as before again, and what was left because it was changed since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reverted {
    /// As it is now.
    pub back: Vec<Again>,
    /// What it is.
    pub left: Vec<Changed>,
}

/// What is to be done to one thing that a mail may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Nothing,
    Back,
    Left,
}

fn turn<T: PartialEq>(before: &T, after: &T, now: &T) -> Turn {
    match (before == after || before == now, after == now) {
        (true, _) => Turn::Nothing,
        (false, true) => Turn::Back,
        (false, false) => Turn::Left,
    }
}

/// Puts back what that mail changed, as far as it still is as the mail left it.
pub fn revert(order: &mut Order<'_, '_>, done: &Done) -> Result<Reverted, Complaint> {
    let now = order.ticket()?.clone();
    let Some((first, end)) = done.around() else { return Ok(Reverted::default()) };
    let before = Ticket::fold(now.number, done.until(first));
    let after = Ticket::fold(now.number, done.until(end));
    let (Some(before), Some(after)) = (before, after) else {
        return Err(Complaint::OpenedIt);
    };
    let mut reverted = Reverted::default();
    let three = Three { before: &before, after: &after, now: &now };
    let why = order.because(&Because::TakenBack { mail: done.mail });
    for (name, turn, event, words) in three.facts(&why) {
        match turn {
            Turn::Nothing => {}
            Turn::Left => reverted.left.push(name),
            Turn::Back => {
                order.add(event)?;
                reverted.back.push(words);
            }
        }
    }
    tags(order, &three, &mut reverted)?;
    people(order, &three, &mut reverted)?;
    time(order, done, &mut reverted)?;
    wakes(order, done, &three, &mut reverted)?;
    Ok(reverted)
}

/// A ticket before a mail, after it, and now.
struct Three<'a> {
    before: &'a Ticket,
    after: &'a Ticket,
    now: &'a Ticket,
}

impl Three<'_> {
    /// Each simple fact: its name, what is to be done, the event that puts it back, and how it is
    /// then.
    fn facts(&self, why: &str) -> Vec<(Changed, Turn, Event, Again)> {
        let Self { before, after, now } = self;
        let why = why.to_owned();
        let due = before.due.map_or(Again::NotDue, |_| Again::Due);
        vec![
            (
                Changed::Status,
                turn(&before.status, &after.status, &now.status),
                Event::StatusChanged { to: before.status, why: why.clone() },
                Again::Status { status: before.status },
            ),
            (
                Changed::Assignee,
                turn(&before.assignee, &after.assignee, &now.assignee),
                Event::Assigned { to: before.assignee.clone(), why: why.clone() },
                Again::Assignee { agent: before.assignee.clone() },
            ),
            (
                Changed::Queue,
                turn(&before.queue, &after.queue, &now.queue),
                Event::Moved { to: before.queue.clone(), why },
                Again::Queue { queue: before.queue.clone() },
            ),
            (
                Changed::Priority,
                turn(&before.priority, &after.priority, &now.priority),
                Event::PrioritySet { to: before.priority, why: String::new() },
                Again::Priority { priority: before.priority },
            ),
            (
                Changed::Title,
                turn(&before.subject, &after.subject, &now.subject),
                Event::Retitled { to: before.subject.clone() },
                Again::Title { subject: before.subject.clone() },
            ),
            (
                Changed::Due,
                turn(&before.due, &after.due, &now.due),
                Event::DueSet { at: before.due },
                due,
            ),
        ]
    }
}

/// What those mails answered with words that nobody has: it is open again.
pub fn unkept(case: &Case<'_>, mails: impl Iterator<Item = InboxId>) -> Vec<(TicketNumber, Event)> {
    let Some(conversation) = case.conversation() else { return Vec::new() };
    let number = conversation.ticket.number;
    let gone = |sent: &Sent| matches!(sent.kind, Kind::Reply | Kind::Notice) && !sent.waits;
    let mut done = mails
        .filter_map(|mail| case.records.done(number, mail))
        .filter(|done| !done.sent.iter().any(gone));
    let answered = done.find_map(|done| {
        let answered = done.own().find(|(event, _)| is_answer(event));
        answered.map(|(_, at)| at)
    });
    answered.into_iter().flat_map(|at| taken_back(conversation, at)).collect()
}

/// What those mails keep that were stopped and go now, if they answer.
pub fn kept_again(
    case: &Case<'_>,
    mails: impl Iterator<Item = InboxId>,
) -> Vec<(TicketNumber, Event)> {
    let Some(conversation) = case.conversation() else { return Vec::new() };
    let number = conversation.ticket.number;
    let mut done = mails.filter_map(|mail| case.records.done(number, mail));
    let answers = done.any(|done| done.own().any(|(event, _)| is_answer(event)));
    if answers { conversation.keep().collect() } else { Vec::new() }
}

/// Whether it says that the customer was answered.
pub fn is_answer(event: &Event) -> bool {
    matches!(event, Event::PromiseKept | Event::Answered)
}

/// What was kept by an answer of that time is open again, unless something else was promised since.
pub fn taken_back(conversation: &Conversation, answered: Timestamp) -> Vec<(TicketNumber, Event)> {
    let kept = Some(answered).filter(|_| conversation.promised().is_none());
    let unkept = kept.into_iter().flat_map(|kept| conversation.unkeep(kept));
    unkept.chain(conversation.unanswer(answered)).collect()
}

/// Each tag by itself.
fn tags(
    order: &mut Order<'_, '_>,
    three: &Three<'_>,
    reverted: &mut Reverted,
) -> Result<(), Complaint> {
    let Three { before, after, now } = three;
    let removed = after
        .tags
        .difference(&before.tags)
        .filter(|tag| now.tags.contains(*tag))
        .cloned()
        .collect();
    let added = before
        .tags
        .difference(&after.tags)
        .filter(|tag| !now.tags.contains(*tag))
        .cloned()
        .collect();
    let event = Event::Tagged { added, removed, why: String::new() };
    if let Event::Tagged { added, removed, .. } = &event
        && added.is_empty()
        && removed.is_empty()
    {
        return Ok(());
    }
    reverted.back.push(Again::Tags);
    order.add(event)
}

/// Each person outside by themselves; whose request it is goes first, since that changes others
/// with it.
fn people(
    order: &mut Order<'_, '_>,
    three: &Three<'_>,
    reverted: &mut Reverted,
) -> Result<(), Complaint> {
    let Three { before, after, now } = three;
    match turn(&before.requester.address, &after.requester.address, &now.requester.address) {
        Turn::Nothing => {}
        Turn::Left => reverted.left.push(Changed::Requester),
        Turn::Back => {
            order.add(Event::RequesterChanged { to: before.requester.clone() })?;
            let address = before.requester.address.clone();
            reverted.back.push(Again::Requester { address });
        }
    }
    let touched =
        before.participants.iter().chain(&after.participants).map(|one| &one.person.address);
    let mut touched: Vec<Address> = touched.cloned().collect();
    touched.sort();
    touched.dedup();
    for address in &touched {
        let (was, left, is) =
            (before.participant(address), after.participant(address), now.participant(address));
        if turn(&was, &left, &is) != Turn::Left && was != left {
            restore(order, address, was, reverted)?;
        } else if was != left {
            reverted.left.push(Changed::Participants);
        }
    }
    Ok(())
}

/// What it promised of which nobody has heard yet.
fn unheard(done: &Done, now: &Ticket) -> Vec<Timestamp> {
    let heard = |sent: &Sent| matches!(sent.kind, Kind::Reply | Kind::Notice) && !sent.waits;
    if done.sent.iter().any(heard) { Vec::new() } else { named(done, now) }
}

/// The times of what is promised and open that a mail named: by a line, or in words that were
/// confirmed since.
pub fn named(done: &Done, now: &Ticket) -> Vec<Timestamp> {
    let open = |due: &Timestamp| {
        let all = now.promises.iter().filter(|one| one.is_open() && one.who.is_some());
        all.filter(|one| one.due_at == *due).collect::<Vec<_>>()
    };
    let all = done.own().flat_map(|(event, _)| match event {
        Event::Promised { due, by: Some(_), .. } => vec![*due],
        // With words about it the desk has told it as well.
        Event::Offered { dues, .. } => {
            let quiet = |due: &&Timestamp| open(due).iter().any(|one| one.words.is_empty());
            dues.iter().filter(quiet).copied().collect()
        }
        _ => Vec::new(),
    });
    all.filter(|due| !open(due).is_empty()).collect()
}

/// Makes somebody take part as before, or no longer.
fn restore(
    order: &mut Order<'_, '_>,
    address: &Address,
    was: Option<&Participant>,
    reverted: &mut Reverted,
) -> Result<(), Complaint> {
    let is = order.ticket()?.participant(address).cloned();
    let same = |is: &Participant, was: &Participant| is.part == was.part && is.mailed == was.mailed;
    match (is, was) {
        (None, None) => Ok(()),
        (Some(is), Some(was)) if same(&is, was) => Ok(()),
        // Whose request it is was settled before.
        (Some(is), _) if is.part == Part::Requester => Ok(()),
        (is, was) => {
            if is.is_some() {
                order.add(Event::Left { address: address.clone() })?;
            }
            match was.filter(|was| was.part == Part::Cc) {
                Some(was) => {
                    order.add(Event::Joined { person: was.person.clone(), mailed: was.mailed })?;
                    let address = address.clone();
                    reverted.back.push(match was.mailed {
                        Mailed::Yes => Again::GetsCopies { address },
                        Mailed::JoinOnly => Again::MayJoin { address },
                    });
                }
                None => reverted.back.push(Again::GetsNoCopies { address: address.clone() }),
            }
            Ok(())
        }
    }
}

fn time(order: &mut Order<'_, '_>, done: &Done, reverted: &mut Reverted) -> Result<(), Complaint> {
    let minutes = done
        .own()
        .map(|(event, _)| if let Event::Worked { minutes } = event { *minutes } else { 0 });
    let minutes = minutes.fold(0u32, u32::saturating_add);
    if minutes == 0 {
        return Ok(());
    }
    order.add(Event::Unworked { minutes })?;
    let time = order.case.texts.worked(order.ticket()?.worked);
    reverted.back.push(Again::Worked { time });
    Ok(())
}

/// What nobody had heard of is promised no more, and what that had taken the place of is again.
fn promises(
    order: &mut Order<'_, '_>,
    done: &Done,
    now: &Ticket,
    reverted: &mut Reverted,
) -> Result<(), Complaint> {
    let unheard = unheard(done, now);
    for due in &unheard {
        order.add(Event::PromiseWithdrawn { due: *due })?;
    }
    for (event, _) in done.own().filter(|_| !unheard.is_empty()) {
        let Event::PromiseWithdrawn { due } = event else { continue };
        let first = done.around().map_or(0, |(first, _)| first);
        let made = done.until(first).filter_map(|(one, _)| match one {
            Event::Promised { due: at, by: Some(_), words, .. } if at == due => Some(words),
            _ => None,
        });
        if let Some(words) = made.last() {
            order.pledge_again(*due, words.clone());
        }
    }
    let stands = order.conversation().ok().and_then(Conversation::promised);
    let words = stands.map(|at| Again::Promised { at: order.shown(at) });
    reverted.back.extend((!unheard.is_empty()).then(|| words.unwrap_or(Again::NoPromise)));
    Ok(())
}

/// What was set to happen happens no more; what was to happen before is to happen again, if its
/// time is yet to come.
fn wakes(
    order: &mut Order<'_, '_>,
    done: &Done,
    three: &Three<'_>,
    reverted: &mut Reverted,
) -> Result<(), Complaint> {
    for (event, _) in done.own() {
        if let Event::WakeSet { what: Wake::Remind, at, agent, .. } = event {
            order.add(Event::WakeOff { what: Wake::Remind, at: *at, agent: agent.clone() })?;
            reverted.back.push(Again::NoReminder);
        }
    }
    let asked = done.own().any(|(event, _)| matches!(event, Event::DetailsAsked { .. }));
    if asked && let Some(ended) = asking::end(three.now, AskEnd::TakenBack) {
        order.add(ended)?;
        reverted.back.push(Again::NotAsked);
    }
    promises(order, done, three.now, reverted)?;
    for what in [Wake::Due, Wake::Reopen] {
        let set = |ticket: &Ticket| ticket.wakes.iter().find(|one| one.what == what).cloned();
        let [before, after, now] = [three.before, three.after, three.now].map(set);
        if turn(&before, &after, &now) != Turn::Back {
            continue;
        }
        order.add(Event::WakesOff { what })?;
        let words = match before.filter(|one| one.at > order.case.now) {
            Some(ToCome { what, at, agent, words }) => {
                order.add(Event::WakeSet { what, at, agent, words })?;
                Again::Opens { at: order.shown(at) }
            }
            None => Again::OpensNoMore,
        };
        // Of when it is due the ticket itself tells.
        reverted.back.extend(Some(words).filter(|_| what == Wake::Reopen));
    }
    Ok(())
}
