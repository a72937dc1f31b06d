//! Which ticket a mail belongs to, and why (RELIABILITY S2).
//!
//! Evidence alone joins nothing: the sender must take part in the ticket. A stranger who holds an
//! id gets a ticket of their own, linked, so that nobody reads on or speaks for another. Order of
//! arrival does not matter, because an id that is referred to leads to its ticket before the mail
//! that bears it has come.

use super::known::Answered;
use super::records::{LedTo, Records};
use super::worded::worded;
use super::{IdKind, Mailed, NO_SUBJECT, PARTICIPANTS_MAX, Participant, Ticket};
use crate::mail::forward::{without_prefixes, without_tags};
use crate::mail::providers::is_public;
use crate::mail::{Address, Authentication, Inbound, Kind, MessageId, TicketNumber};

worded! {
    /// What in a mail points to a ticket.
    Evidence in "evidence":
    /// It refers to a mail of ours, and the id's seal is right.
    OurId = "our-id",
    /// It refers to another mail of the ticket.
    KnownId = "known-id",
    /// It bears the id itself that an earlier mail of the ticket referred to.
    Awaited = "awaited",
    /// It refers to an id that has not come yet, as did an earlier mail by that writer about it.
    SharedGhost = "shared-ghost" { writer: Address },
    /// `[#12]` stands in its subject.
    Tag = "tag",
}

worded! {
    /// Why a mail joins its ticket or opens one.
    Why in "routes":
    /// It points to the ticket by that.
    Points = "points" { by: Evidence },
    /// So it does, and its sender is of the organisation of that participant.
    Colleague = "colleague" { by: Evidence, of: Address },
    /// So it does, but whoever wrote it takes no part there.
    Stranger = "stranger" { by: Evidence },
    /// So it does, but nobody vouches for its sender.
    Unauthenticated = "unauthenticated" { by: Evidence },
    /// Its sender failed authentication.
    Failed = "failed",
    /// The ticket that it answers was closed too long ago.
    ClosedLong = "closed-long",
    /// It points to nothing, and asks only where things stand.
    Asks = "asks",
    /// It points to nothing.
    Nothing = "nothing",
}

/// A ticket that a mail points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The ticket.
    pub ticket: Ticket,
    /// What points to it.
    pub evidence: Evidence,
}

/// Where a mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Into that ticket.
    Join(TicketNumber, Why),
    /// Into a new ticket, linked to that one.
    Linked(TicketNumber, Why),
    /// Into a new ticket.
    New(Why),
}

/// Routes a customer's mail. Candidates come in the order of their weight.
pub fn route(candidates: &[Candidate], sender: &Address, verdict: Authentication) -> Route {
    if verdict == Authentication::Fail {
        return Route::New(Why::Failed);
    }
    let joined = candidates.iter().find(|candidate| may_join(candidate, sender, verdict));
    if let Some(candidate) = joined {
        return Route::Join(
            candidate.ticket.number,
            Why::Points { by: candidate.evidence.clone() },
        );
    }
    let pointed = candidates.iter().find(|candidate| {
        matches!(candidate.evidence, Evidence::OurId | Evidence::KnownId | Evidence::Tag)
    });
    match pointed {
        Some(Candidate { ticket, evidence }) => {
            if let Some(of) = colleague(ticket, evidence, sender, verdict) {
                return Route::Join(
                    ticket.number,
                    Why::Colleague { by: evidence.clone(), of: of.clone() },
                );
            }
            let why = match ticket.participant(sender) {
                None => Why::Stranger { by: evidence.clone() },
                Some(_) => Why::Unauthenticated { by: evidence.clone() },
            };
            Route::Linked(ticket.number, why)
        }
        None => Route::New(Why::Nothing),
    }
}

/// The participant of whose organisation the sender is, if they may join as their colleague: proved,
/// and with an id that only a mail of the ticket bears. Public providers are nobody's organisation.
fn colleague<'a>(
    ticket: &'a Ticket,
    evidence: &Evidence,
    sender: &Address,
    verdict: Authentication,
) -> Option<&'a Address> {
    let holds_an_id = matches!(evidence, Evidence::OurId | Evidence::KnownId);
    let known = ticket.participant(sender).is_some();
    let room = ticket.participants.len() < PARTICIPANTS_MAX;
    if !holds_an_id || known || !room || verdict != Authentication::Pass {
        return None;
    }
    let same = |one: &&Participant| {
        one.mailed == Mailed::Yes
            && one.person.address.domain().eq_ignore_ascii_case(sender.domain())
    };
    let of = ticket.participants.iter().find(same)?;
    (!is_public(sender.domain())).then_some(&of.person.address)
}

fn may_join(candidate: &Candidate, sender: &Address, verdict: Authentication) -> bool {
    let weighs = match &candidate.evidence {
        Evidence::OurId | Evidence::KnownId | Evidence::Awaited => true,
        Evidence::SharedGhost { writer } => writer == sender,
        Evidence::Tag => verdict == Authentication::Pass,
    };
    weighs && candidate.ticket.participant(sender).is_some()
}

/// The ticket to which an agent's mail points that answers none of ours to them.
pub fn pointed(candidates: &[Candidate], agent: &Address) -> Option<TicketNumber> {
    let points = |one: &&Candidate| {
        matches!(one.evidence, Evidence::OurId | Evidence::KnownId | Evidence::Tag)
    };
    let mut foreign =
        candidates.iter().filter(points).filter(|one| one.ticket.participant(agent).is_none());
    foreign.next().map(|one| one.ticket.number)
}

/// An id that a mail refers to, and the mail of ours that bears it.
pub type Referred = (MessageId, Option<Answered>);

/// The tickets to which a mail points, the weightiest first: by the ids that it refers to, by its
/// own that was waited for, and by its subject.
pub fn candidates(
    records: &dyn Records,
    inbound: &Inbound,
    (referred, own): (&[Referred], &[LedTo]),
    sender: &Address,
) -> Vec<Candidate> {
    let mut found = Found { records, sender, list: Vec::new() };
    let led: Vec<Vec<LedTo>> = referred.iter().map(|(id, _)| records.led_to(id)).collect();
    for ((_, row), led) in referred.iter().zip(&led) {
        if let Some(row) = row {
            found.add_all(place(records, row), Evidence::OurId);
            continue;
        }
        // An agent said where these belong: that weighs as much as a mail of ours, and the newest
        // of both counts.
        let split = led.iter().filter(|(_, _, _, split)| *split);
        found.add_all(split.map(|(number, _, _, _)| *number), Evidence::KnownId);
    }
    for (number, kind, by, _) in led.into_iter().flatten() {
        match kind {
            IdKind::Public | IdKind::Internal => found.add(number, Evidence::KnownId),
            IdKind::Ghost if found.is_about(number, inbound) => {
                found.add(number, Evidence::SharedGhost { writer: by });
            }
            IdKind::Ghost => {}
        }
    }
    let awaited = own.iter().filter(|(_, kind, _, _)| *kind == IdKind::Ghost);
    found.add_all(awaited.map(|(number, _, _, _)| *number), Evidence::Awaited);
    found.add_all(inbound.subject.as_deref().and_then(tag), Evidence::Tag);
    found.list
}

/// The ticket to which a mail of ours leads: that of the mail that it acknowledged, if that was
/// split off.
fn place(records: &dyn Records, row: &Answered) -> Option<TicketNumber> {
    let split = match (row.kind, row.entry) {
        (Kind::Acknowledgement, Some(entry)) => records.split_to(entry),
        _ => None,
    };
    split.or(row.first)
}

struct Found<'a> {
    records: &'a dyn Records,
    sender: &'a Address,
    list: Vec<Candidate>,
}

impl Found<'_> {
    fn add_all(&mut self, all: impl IntoIterator<Item = TicketNumber>, evidence: Evidence) {
        all.into_iter().for_each(|number| self.add(number, evidence.clone()));
    }

    /// Whether a mail has the subject of the ticket's first: systems that watch others let all
    /// their alarms answer one id, which nobody ever sends.
    fn is_about(&self, number: TicketNumber, inbound: &Inbound) -> bool {
        let subject = base(inbound.subject.as_deref().unwrap_or(""));
        let conversation = self.records.conversation(self.records.root(number));
        conversation.is_some_and(|one| {
            [&one.outside, &one.ticket.subject].into_iter().any(|other| base(other) == subject)
        })
    }

    fn add(&mut self, number: TicketNumber, evidence: Evidence) {
        let known = self.list.iter().find(|candidate| candidate.ticket.number == number);
        let ticket = match known {
            Some(candidate) => Some(candidate.ticket.clone()),
            None => self.records.pointed_to(number, self.sender),
        };
        self.list.extend(ticket.map(|ticket| Candidate { ticket, evidence }));
    }
}

/// The ticket on which the sender is a third party, if the mail answers one of it before any in
/// which they take part.
pub fn third_party(
    records: &dyn Records,
    candidates: &[Candidate],
    route: &Route,
    sender: &Address,
) -> Option<TicketNumber> {
    let joined = if let Route::Join(number, _) = route { Some(*number) } else { None };
    let by_id = |one: &&Candidate| matches!(one.evidence, Evidence::OurId | Evidence::KnownId);
    for candidate in candidates.iter().filter(by_id) {
        let number = candidate.ticket.number;
        if Some(number) == joined || candidate.ticket.participant(sender).is_some() {
            return None;
        }
        if records.is_third_party(number, sender) {
            return Some(number);
        }
    }
    None
}

/// What is left of a subject without prefixes and tags: `AW: [EXT] RE: [#12] Printer` is `printer`.
pub fn base(subject: &str) -> String {
    let mut rest = subject;
    loop {
        let shorter = without_tags(without_prefixes(rest));
        if shorter.len() == rest.len() {
            break;
        }
        rest = shorter;
    }
    let rest = if rest.is_empty() { NO_SUBJECT } else { rest };
    let words: Vec<String> = rest.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// The number of a `[#12]` in a subject; the first one. Whatever stands around it, such as "AW:" or
/// "EXT:", does not matter.
pub fn tag(subject: &str) -> Option<TicketNumber> {
    subject.match_indices("[#").find_map(|(at, opening)| {
        let rest = subject.get(at + opening.len()..)?;
        let (digits, _) = rest.split_once(']')?;
        let sound = !digits.is_empty()
            && digits.len() <= 15
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|number| sound && *number > 0).map(TicketNumber)
    })
}
