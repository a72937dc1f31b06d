//! Whom an answer reaches on a ticket into which other customers' tickets went: the side of who
//! wrote last, for the others never asked to be written to together; all of them with `#all`.
//!
//! A side is a customer with those who take part in their tickets. Who joined since belongs to no
//! side, and is reached always.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Input};
use super::command::Verb;
use super::known::Conversation;
use super::records::Records;
use super::{Direction, Entry, EntryKind, Event, Mailed, Ticket};
use crate::mail::Address;

/// Tickets that went into tickets that went into this one, and so on: no person merges deeper.
const DEPTH_MAX: usize = 8;
/// So far back is looked for who wrote last.
const ENTRIES_SEEN: u32 = 20;

/// So many entries may be quoted.
const ENTRIES_QUOTED: u32 = 200;

/// Customers by their address, with those of their side.
type Sides = BTreeMap<Address, BTreeSet<Address>>;

/// What those who are reached on a ticket may read of what was said in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Common {
    /// All: it is one customer's.
    All,
    /// What they wrote themselves: nothing says whom of several customers an answer reached.
    Own,
    /// Nothing: several customers are reached, and what one wrote is not for the others.
    Nothing,
}

/// What everybody on a ticket may read who takes part in it as it is given.
pub fn common(case: &Case<'_>, reached: &Ticket) -> Common {
    let all = sides(case, reached);
    let written = all.values().filter(|side| side.iter().any(|one| is_written_to(reached, one)));
    match (all.len(), written.count()) {
        (0 | 1, _) => Common::All,
        (_, 0 | 1) => Common::Own,
        _ => Common::Nothing,
    }
}

/// Those of the other sides, whom an answer does not reach unless it says `#all`.
pub fn aside(case: &Case<'_>, conversation: &Conversation) -> BTreeSet<Address> {
    let mut sides = sides(case, &conversation.ticket);
    sides.retain(|_, side| side.iter().any(|one| is_written_to(&conversation.ticket, one)));
    if sides.len() < 2 {
        return BTreeSet::new();
    }
    let of_side = |writer: &Address| sides.values().any(|side| side.contains(writer));
    let writer = writers(case, conversation).find(of_side);
    let writer = writer.unwrap_or_else(|| conversation.ticket.requester.address.clone());
    let (own, others): (Vec<_>, Vec<_>) =
        sides.into_values().partition(|side| side.contains(&writer));
    let own: BTreeSet<Address> = own.into_iter().flatten().collect();
    let others = others.into_iter().flatten().filter(|one| !own.contains(one));
    others.filter(|one| is_written_to(&conversation.ticket, one)).collect()
}

/// The conversation as an answer reaches it.
pub fn reached(case: &Case<'_>, conversation: &Conversation) -> Conversation {
    let mut reached = conversation.clone();
    let all =
        case.agent().is_some() && case.script().lines.iter().any(|one| one.meaning.is(Verb::All));
    let aside = if all { BTreeSet::new() } else { aside(case, conversation) };
    reached.ticket.participants.retain(|one| !aside.contains(&one.person.address));
    reached
}

/// Texts that everybody reached has seen, and the notes with who wrote them: what one customer wrote
/// is not for the others.
pub fn said(case: &Case<'_>, reached: &Conversation) -> (Vec<String>, Vec<(Address, String)>) {
    let ticket = &reached.ticket;
    let (public, notes) = case.said(ticket.number);
    let common = common(case, ticket);
    if common == Common::All {
        return (public, notes);
    }
    let is_theirs = |entry: &Entry| {
        entry.direction == Direction::Out
            || common == Common::Own && is_written_to(ticket, &entry.author.address)
    };
    let entries = case.records.public_entries(ticket.number, ENTRIES_QUOTED).into_iter();
    (entries.filter(is_theirs).map(|entry| entry.text).collect(), notes)
}

/// Who of the customers wrote, the likeliest to be meant first: who writes now; who wrote what the
/// answered mail of ours told, or the mail that the held one answers; who wrote last.
fn writers<'c>(
    case: &'c Case<'_>,
    conversation: &'c Conversation,
) -> impl Iterator<Item = Address> + 'c {
    let now = match case.input {
        Input::Mail(read) => read.inbound.sender().map(|person| person.address.clone()),
        Input::Undeliverable(..) | Input::TooLarge(..) | Input::Tick(_) | Input::Morning(..) => {
            None
        }
    };
    let held = || {
        let inbound = &case.held()?.inbound;
        let mut ids = inbound.in_reply_to.iter().chain(inbound.references.iter().rev());
        ids.find_map(|id| case.records.bearing(id))
    };
    let row = held().or_else(|| case.answered().cloned());
    let told = row.and_then(|row| case.records.told_of(row.entry?)).map(|told| told.entry);
    let public = move || case.records.public_entries(conversation.ticket.number, ENTRIES_SEEN);
    let last = std::iter::once_with(public).flat_map(|entries| entries.into_iter().rev());
    let came = told
        .into_iter()
        .chain(last)
        .filter(|entry| entry.kind == EntryKind::Message && entry.direction == Direction::In);
    now.into_iter().chain(came.map(|entry| entry.author.address))
}

fn is_written_to(ticket: &Ticket, address: &Address) -> bool {
    ticket.participant(address).is_some_and(|one| one.mailed == Mailed::Yes)
}

/// The sides of a ticket; none where nothing went into it.
fn sides(case: &Case<'_>, ticket: &Ticket) -> Sides {
    let mut sides = Sides::new();
    if !case.records.parts(ticket.number).is_empty() {
        gather(case.records, ticket, DEPTH_MAX, &mut sides);
    }
    sides
}

fn gather(records: &dyn Records, ticket: &Ticket, depth: usize, sides: &mut Sides) {
    let parts = records.parts(ticket.number);
    let brought = if parts.is_empty() { BTreeSet::new() } else { brought(records, ticket) };
    let own = ticket.participants.iter().map(|one| &one.person.address);
    let own = own.filter(|one| !brought.contains(one)).cloned();
    sides.entry(ticket.requester.address.clone()).or_default().extend(own);
    if depth > 0 {
        let parts = parts.into_iter().filter_map(|part| records.ticket(part));
        parts.for_each(|part| gather(records, &part, depth - 1, sides));
    }
}

/// Who takes part because of merges alone.
fn brought(records: &dyn Records, ticket: &Ticket) -> BTreeSet<Address> {
    let mut all = BTreeSet::new();
    for (event, _) in records.events(ticket.number) {
        match event {
            Event::Absorbed { joined, .. } => {
                all.extend(joined.into_iter().map(|one| one.person.address))
            }
            Event::Released { left, .. } => left.iter().for_each(|one| {
                all.remove(one);
            }),
            _ => {}
        }
    }
    all
}
