//! What the commands that repair threading need to know beside the ticket itself: only looked up
//! where such a command stands.

use super::gather::conversation;
use crate::desk::case::Answered;
use crate::desk::case::{Merge, Repair, ToldOf};
use crate::desk::command::Verb;
use crate::desk::command::parse::Line;
use crate::desk::decide::order::threads::number;
use crate::desk::{Event, Status, Ticket};
use crate::mail::{Address, TicketNumber};
use crate::store::{self, Error, Tx, outbox, threads, tickets};

/// Looks up what these lines need, in answer to that mail of ours.
pub fn repair(tx: Tx<'_>, lines: &[Line], row: Option<&Answered>) -> store::Result<Repair> {
    let mut repair = Repair::default();
    for named in lines
        .iter()
        .filter(|line| {
            [Verb::Merge, Verb::Link, Verb::Take].iter().any(|verb| line.meaning.is(*verb))
        })
        .filter_map(|line| number(&line.value))
    {
        name(tx, named, &mut repair)?;
    }
    if let Some((row, first)) = row.and_then(|row| Some((row, row.first?))) {
        repair.before = as_shown(tx, first, row)?;
    }
    if lines.iter().any(|line| line.meaning.is(Verb::Unmerge))
        && let Some(first) = row.and_then(|row| row.first)
    {
        repair.merge = last_merge(tx, first)?;
    }
    if lines.iter().any(|line| line.meaning.is(Verb::Split))
        && let Some(entry) = row.and_then(|row| row.entry)
    {
        repair.told_of = told_of(tx, entry)?;
    }
    Ok(repair)
}

/// Looks up a ticket by its number as written.
pub fn name(tx: Tx<'_>, named: TicketNumber, repair: &mut Repair) -> store::Result<()> {
    if let Some(found) = conversation(tx, threads::root(tx, named)?, None, false)? {
        repair.named.insert(named, found);
    }
    Ok(())
}

/// The ticket as that mail of ours showed it, with whom its reader added since by commands: their
/// transcripts name those. `None` if it did not change.
fn as_shown(tx: Tx<'_>, number: TicketNumber, row: &Answered) -> store::Result<Option<Ticket>> {
    let changed = tickets::load(tx, number)?.filter(|now| now.version > row.seen_version);
    let Some(now) = changed else { return Ok(None) };
    let events = tickets::events(tx, number)?;
    let shown = usize::try_from(row.seen_version).unwrap_or(0).clamp(1, events.len());
    let (first, since) = events.split_at_checked(shown).unwrap_or((&events, &[]));
    let Some(mut ticket) = Ticket::fold(number, first.iter().map(|(event, at)| (event, *at)))
    else {
        return Ok(Some(now));
    };
    let own = outbox::transcripts(tx, number, &row.recipient)?;
    for (event, at) in since.iter().filter(|(_, at)| own.contains(at)) {
        if matches!(event, Event::Joined { .. } | Event::RequesterChanged { .. }) {
            ticket.apply(event, *at);
        }
    }
    Ok(Some(ticket))
}

fn told_of(tx: Tx<'_>, row: i64) -> store::Result<Option<ToldOf>> {
    let split_to = threads::split_to(tx, row)?;
    let found = threads::placed(tx, row)?;
    Ok(found.map(|one| ToldOf {
        row: one.row,
        entry: one.entry,
        subject: one.subject,
        split_to,
        first: one.first,
    }))
}

/// The merge of that ticket into another, or else the last one into it that stands.
fn last_merge(tx: Tx<'_>, number: TicketNumber) -> store::Result<Option<Merge>> {
    let Some(ticket) = tickets::load(tx, number)? else { return Ok(None) };
    let (part, whole) = match ticket.merged_into {
        Some(whole) => (number, whole),
        None => match last_absorbed(tx, number)? {
            Some(part) => (part, number),
            None => return Ok(None),
        },
    };
    let Some(found) = conversation(tx, part, None, false)? else { return Ok(None) };
    let mut merge = Merge {
        part: found,
        was: before_merge(tx, part)?,
        whole,
        joined: Vec::new(),
        raised: Vec::new(),
        others: Vec::new(),
    };
    // Whoever of it takes part there because of a merge, this one or another that was undone
    // meanwhile and left them there.
    for (event, _) in tickets::events(tx, whole)? {
        match event {
            Event::Absorbed { joined, raised, .. } => {
                merge.joined.extend(joined);
                merge.raised.extend(raised);
            }
            Event::Released { left, lowered, .. } => {
                let gone = |address: &Address| left.contains(address) || lowered.contains(address);
                merge.joined.retain(|one| !gone(&one.person.address));
                merge.raised.retain(|address| !gone(address));
            }
            _ => {}
        }
    }
    let of_it = |address: &Address| merge.part.ticket.participant(address).is_some();
    merge.joined.retain(|one| of_it(&one.person.address));
    merge.raised.retain(of_it);
    for other in threads::parts(tx, whole)?.into_iter().filter(|other| *other != part) {
        let other = tickets::load(tx, other)?;
        merge.others.extend(
            other.into_iter().flat_map(|ticket| ticket.participants).map(|one| one.person.address),
        );
    }
    Ok(Some(merge))
}

fn last_absorbed(tx: Tx<'_>, number: TicketNumber) -> store::Result<Option<TicketNumber>> {
    let mut parts = Vec::new();
    for (event, _) in tickets::events(tx, number)? {
        match event {
            Event::Absorbed { from, .. } => parts.push(from),
            Event::Released { from, .. } => parts.retain(|part| *part != from),
            _ => {}
        }
    }
    Ok(parts.pop())
}

/// The status that a ticket had when it went into another the last time.
fn before_merge(tx: Tx<'_>, number: TicketNumber) -> store::Result<Status> {
    let events = tickets::events(tx, number)?;
    let was = events.into_iter().rev().find_map(|(event, _)| match event {
        Event::Merged { was, .. } => Some(was),
        _ => None,
    });
    was.ok_or_else(|| {
        Error::Damaged(format!("tickets {}: it went into another, and no event says so", number.0))
    })
}
