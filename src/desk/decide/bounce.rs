//! Mails of ours that did not arrive: bounced by mail, or refused to our face.
//!
//! A bounce makes no ticket and no acknowledgement, and nothing goes to the address that failed
//! (L3). The agent hears of an answer that did not arrive; a notification that an agent's address
//! refused is told to the owner only, since telling agents of it is how 4 mails become 5,000.
//!
//! Anybody can write a report. One that names none of our mails, only somebody whom we wrote to, and
//! that no domain of theirs or ours vouches for, is told and changes nothing: no promise opens again
//! for it, and no mail goes out.

use super::{asking, undo};
use crate::desk::case::{Case, Outcome, Read};
use crate::desk::decision::Effect;
use crate::desk::draft::Draft;
use crate::desk::known::{Answered, Conversation};
use crate::desk::notify::{self, Pace, Proof};
use crate::desk::problem::Problem;
use crate::desk::reason::Reason;
use crate::desk::records::UNDER_WAY;
use crate::desk::{Cause, Event};
use crate::mail::providers::is_public;
use crate::mail::token::Token;
use crate::mail::{Address, Authentication, Kind, OutboxId, TicketNumber};
use crate::time::Timestamp;

/// Recipients of a report that are looked for among those whom we wrote to.
const RECIPIENTS_MAX: usize = 10;

/// A delivery report came.
pub fn bounce<'a>(case: &'a Case<'a>, read: &Read<'_>) -> Draft<'a> {
    let unnamed = case.answered().is_none().then(|| to_its_recipient(case, read)).flatten();
    let Some(row) = case.answered().or(unnamed.as_ref()) else {
        return Draft::end(
            case,
            Outcome::Record,
            None,
            Reason::BounceUnknown { signs: read.reading.reason.clone() },
        );
    };
    let failures: Vec<String> = read
        .reading
        .bounce
        .iter()
        .flat_map(|bounce| &bounce.recipients)
        .filter(|recipient| recipient.failed)
        .map(|recipient| format!("{} {}", recipient.status, recipient.diagnostic).trim().to_owned())
        .collect();
    let Some(words) = failures.first() else {
        return Draft::end(
            case,
            Outcome::Record,
            row.ticket,
            Reason::NoFailure { signs: read.reading.reason.clone() },
        );
    };
    let agents_hear = matches!(row.kind, Kind::Reply | Kind::Notice | Kind::Holding);
    let (kind, to, said) = (row.kind, row.recipient.clone(), words.clone());
    let (mut draft, reason) = match unnamed.is_none() || is_vouched_for(case, read, row) {
        true => (returned(case, row, words, agents_hear), Reason::Bounce { kind, to, words: said }),
        false => (
            hearsay(case, row, words, agents_hear),
            Reason::BounceUnproven { kind, to, words: said },
        ),
    };
    draft.outcome = Some(Outcome::Record);
    draft.ticket = row.ticket;
    if matches!(reason, Reason::Bounce { .. }) {
        draft.also(Effect::Bounced(row.id, words.clone()));
    }
    draft.reasons = vec![reason];
    draft
}

/// Whether it comes for sure from those whom the mail did not reach, or from our own relay.
fn is_vouched_for(case: &Case<'_>, read: &Read<'_>, row: &Answered) -> bool {
    let Some(sender) = read.inbound.sender().map(|one| one.address.domain().to_lowercase()) else {
        return false;
    };
    let belongs = |address: &Address| {
        let domain = address.domain().to_lowercase();
        let below = sender.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'));
        (sender == domain || below) && !is_public(&domain)
    };
    read.verdict.result == Authentication::Pass
        && (belongs(&row.recipient) || belongs(&case.config.desk.address))
}

/// A report that may be made up: agents hear of it once, and nothing else comes of it.
fn hearsay<'a>(case: &'a Case<'a>, row: &Answered, words: &str, agents_hear: bool) -> Draft<'a> {
    let mut draft = Draft::new(case);
    let Some(about) = row.ticket.and_then(|number| case.named(number)) else { return draft };
    let number = about.ticket.number;
    let is_told = |(event, at): &(Event, Timestamp)| match event {
        Event::Undelivered { recipient, unproven: true, .. } => {
            *recipient == row.recipient && *at >= row.queued_at
        }
        _ => false,
    };
    if case.records.events(number).iter().any(is_told) {
        return draft;
    }
    draft.fact(number, undelivered(row, words, Proof::Lacking));
    if agents_hear {
        notify::undelivered(&mut draft, &about, row, (words, Pace::Now, Proof::Lacking));
    } else {
        inside(&mut draft, row, words);
    }
    draft
}

/// Our last mail to somebody whom a report names that names no mail of ours: many name none, and
/// some relays give each mail an id of their own. An id that pretends to be ours tells of nothing.
fn to_its_recipient(case: &Case<'_>, read: &Read<'_>) -> Option<Answered> {
    let bounce = read.reading.bounce.as_ref()?;
    let pretends = bounce.original.as_ref().is_some_and(|id| Token::claimed(id).is_some());
    // Whose words are told, where some were reached.
    let failed = bounce.recipients.iter().any(|one| one.failed);
    let all = bounce.recipients.iter().filter(|one| one.failed == failed && !pretends);
    let since = case.now.minus(UNDER_WAY);
    let mut all = all.take(RECIPIENTS_MAX);
    all.find_map(|one| case.records.last_mail_to(&one.recipient, since))
}

/// The relay refused a mail of ours, or we gave up.
pub fn undeliverable<'a>(case: &'a Case<'a>, row: &Answered, words: &str) -> Draft<'a> {
    returned(
        case,
        row,
        words,
        matches!(row.kind, Kind::Reply | Kind::Notice | Kind::Holding | Kind::Acknowledgement),
    )
}

fn returned<'a>(case: &'a Case<'a>, row: &Answered, words: &str, agents_hear: bool) -> Draft<'a> {
    let mut draft = Draft::new(case);
    if let Some(number) = row.ticket {
        draft.fact(number, undelivered(row, words, Proof::There));
    }
    let conversation = row.ticket.and_then(|number| case.named(number));
    // Whoever asked has no answer.
    let asked = conversation
        .as_ref()
        .filter(|one| row.kind == Kind::Reply && one.ticket.requester.address == row.recipient);
    draft.events.extend(asked.into_iter().flat_map(|one| one.unkeep_since(row.queued_at)));
    draft.events.extend(untold(case, row, conversation.as_ref()));
    let asked = |one| asking::unreachable(&mut draft, one, &row.recipient);
    let asked = conversation.as_ref().is_some_and(asked);
    // Whoever was only told that their mail is here waits for what comes next.
    let pace = match row.kind == Kind::Acknowledgement && !asked {
        true => Pace::Morning,
        false => Pace::Now,
    };
    match (&conversation, asked || agents_hear) {
        (Some(conversation), true) => {
            notify::undelivered(&mut draft, conversation, row, (words, pace, Proof::There));
        }
        _ => inside(&mut draft, row, words),
    }
    draft
}

/// What that mail was to promise to whoever asked: they do not know of it.
fn untold(
    case: &Case<'_>,
    row: &Answered,
    about: Option<&Conversation>,
) -> Vec<(TicketNumber, Event)> {
    let Some(ticket) = about.map(|one| &one.ticket) else { return Vec::new() };
    let outside = matches!(row.kind, Kind::Reply | Kind::Notice);
    let mail = row.by_mail.filter(|_| outside && ticket.requester.address == row.recipient);
    let done = mail.and_then(|mail| case.records.done(ticket.number, mail));
    let dues = done.iter().flat_map(|done| undo::named(done, ticket));
    dues.map(|due| (ticket.number, Event::PromiseUntold { due })).collect()
}

fn undelivered(row: &Answered, words: &str, proof: Proof) -> Event {
    Event::Undelivered {
        recipient: row.recipient.clone(),
        mail: row.kind.as_str().to_owned(),
        words: words.to_owned(),
        unsent: row.ended.is_some(),
        unproven: proof == Proof::Lacking,
    }
}

/// What the owner hears when one of us cannot be reached.
fn inside(draft: &mut Draft<'_>, row: &Answered, words: &str) {
    let OutboxId(id) = row.id;
    let cause = match row.kind {
        Kind::Notification | Kind::Transcript => Cause::AgentUnreachable,
        Kind::Alarm => Cause::OwnerUnreachable,
        Kind::Acknowledgement | Kind::Reply | Kind::Notice | Kind::Holding => return,
    };
    draft.problem(
        cause,
        Problem::Unreachable { to: row.recipient.clone(), row: id, words: words.to_owned() },
    );
}
