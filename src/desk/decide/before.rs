//! How a ticket stood before: when a mail of ours showed it, and when it went into another.

use std::collections::BTreeSet;

use crate::desk::case::Case;
use crate::desk::known::Merge;
use crate::desk::records::Records;
use crate::desk::{Event, Joining, Status, Ticket};
use crate::mail::{Address, TicketNumber};

/// The ticket as the answered mail of ours showed it, with whom its reader added since by commands:
/// their transcripts name those. `None` if it did not change.
pub fn as_shown(case: &Case<'_>) -> Option<Ticket> {
    let row = case.answered()?;
    let number = row.first?;
    let now = case.records.ticket(number).filter(|now| now.version > row.seen_version)?;
    let events = case.records.events(number);
    let shown = usize::try_from(row.seen_version).unwrap_or(0).clamp(1, events.len().max(1));
    let (first, since) = events.split_at_checked(shown).unwrap_or((&events, &[]));
    let Some(mut ticket) = Ticket::fold(number, first.iter().map(|(event, at)| (event, *at)))
    else {
        return Some(now);
    };
    let own = case.records.transcripts(number, &row.recipient);
    for (event, at) in since.iter().filter(|(_, at)| own.contains(at)) {
        if matches!(event, Event::Joined { .. } | Event::RequesterChanged { .. }) {
            ticket.apply(event, *at);
        }
    }
    Some(ticket)
}

/// The merge of a ticket into another, or else the last one into it that stands.
pub fn last_merge(records: &dyn Records, number: TicketNumber) -> Option<Merge> {
    let (part, whole) = match records.ticket(number)?.merged_into {
        Some(whole) => (number, whole),
        None => (last_absorbed(records, number)?, number),
    };
    let found = records.conversation(part)?;
    let (mut joined, mut raised) = brought(records, whole);
    joined.retain(|one| found.ticket.participant(&one.person.address).is_some());
    raised.retain(|address| found.ticket.participant(address).is_some());
    let others = records.parts(whole).into_iter().filter(|other| *other != part);
    let others = others.filter_map(|other| records.ticket(other));
    let others = others.flat_map(|ticket| ticket.participants).map(|one| one.person.address);
    let others = others.collect::<BTreeSet<_>>().into_iter().collect();
    Some(Merge { part: found, was: before_merge(records, part)?, whole, joined, raised, others })
}

/// Whoever takes part in a ticket because of a merge, the last one or another that was undone
/// meanwhile and left them there; and whoever took part before without being written to.
fn brought(records: &dyn Records, whole: TicketNumber) -> (Vec<Joining>, Vec<Address>) {
    let (mut all, mut all_raised) = (Vec::new(), Vec::new());
    for (event, _) in records.events(whole) {
        if let Event::Absorbed { joined, raised, .. } = event {
            all.extend(joined);
            all_raised.extend(raised);
        } else if let Event::Released { left, lowered, .. } = event {
            let gone = |address: &Address| left.contains(address) || lowered.contains(address);
            all.retain(|one: &Joining| !gone(&one.person.address));
            all_raised.retain(|address| !gone(address));
        }
    }
    (all, all_raised)
}

fn last_absorbed(records: &dyn Records, number: TicketNumber) -> Option<TicketNumber> {
    let mut parts = Vec::new();
    for (event, _) in records.events(number) {
        if let Event::Absorbed { from, .. } = event {
            parts.push(from);
        } else if let Event::Released { from, .. } = event {
            parts.retain(|part| *part != from);
        }
    }
    parts.pop()
}

/// The status that a ticket had when it went into another the last time.
fn before_merge(records: &dyn Records, number: TicketNumber) -> Option<Status> {
    records
        .events(number)
        .into_iter()
        .rev()
        .find_map(|(event, _)| if let Event::Merged { was, .. } = event { Some(was) } else { None })
}
