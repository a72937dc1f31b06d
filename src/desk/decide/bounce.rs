//! Mails of ours that did not arrive: bounced by mail, or refused to our face.
//!
//! A bounce makes no ticket and no acknowledgement, and nothing goes to the address that failed
//! (L3). The agent hears of an answer that did not arrive; a notification that an agent's address
//! refused is told to the owner only, since telling agents of it is how 4 mails become 5,000.

use super::{asking, undo};
use crate::desk::case::{Case, Outcome, Read};
use crate::desk::decision::Effect;
use crate::desk::draft::Draft;
use crate::desk::known::Answered;
use crate::desk::problem::Problem;
use crate::desk::reason::Reason;
use crate::desk::{Cause, Event, notify};
use crate::mail::{Kind, OutboxId, TicketNumber};

/// A delivery report came.
pub fn bounce<'a>(case: &'a Case<'a>, read: &Read<'_>) -> Draft<'a> {
    let Some(row) = case.answered() else {
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
    let mut draft =
        returned(case, row, words, matches!(row.kind, Kind::Reply | Kind::Notice | Kind::Holding));
    draft.outcome = Some(Outcome::Record);
    draft.ticket = row.ticket;
    let (kind, to, words) = (row.kind, row.recipient.clone(), words.clone());
    draft.reasons = vec![Reason::Bounce { kind, to, words: words.clone() }];
    draft.also(Effect::Bounced(row.id, words));
    draft
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
        draft.fact(number, undelivered(row, words));
    }
    // Whoever asked has no answer.
    let asked = case
        .conversation()
        .filter(|one| row.kind == Kind::Reply && one.ticket.requester.address == row.recipient);
    draft.events.extend(asked.into_iter().flat_map(|one| one.unkeep_since(row.queued_at)));
    draft.events.extend(untold(case, row));
    let asked = |one| asking::unreachable(&mut draft, one, &row.recipient);
    let agents_hear = case.conversation().is_some_and(asked) || agents_hear;
    match (case.conversation(), agents_hear) {
        (Some(conversation), true) => notify::undelivered(&mut draft, conversation, row, words),
        _ => inside(&mut draft, row, words),
    }
    draft
}

/// What that mail was to promise to whoever asked: they do not know of it.
fn untold(case: &Case<'_>, row: &Answered) -> Vec<(TicketNumber, Event)> {
    let Some(ticket) = case.conversation().map(|one| &one.ticket) else { return Vec::new() };
    let outside = matches!(row.kind, Kind::Reply | Kind::Notice);
    let mail = row.by_mail.filter(|_| outside && ticket.requester.address == row.recipient);
    let done = mail.and_then(|mail| case.records.done(ticket.number, mail));
    let dues = done.iter().flat_map(|done| undo::named(done, ticket));
    dues.map(|due| (ticket.number, Event::PromiseUntold { due })).collect()
}

fn undelivered(row: &Answered, words: &str) -> Event {
    Event::Undelivered {
        recipient: row.recipient.clone(),
        mail: row.kind.as_str().to_owned(),
        words: words.to_owned(),
        unsent: row.ended.is_some(),
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
