//! One-time keys: the desk asks the agent's registered address whether a mail is theirs, and only
//! the answer lets it go.
//!
//! Asked for where our mail server did not vouch for an agent's mail, and by commands that destroy
//! or reach many. The key is made from the desk's secret, the mail and the agent, so nothing that
//! opens anything lies in the database; it works once, because the mail is held no longer then. It
//! must be typed or copied: a key in the quoted mail below an "I did not write this" opens nothing.

use crate::config::Agent;
use crate::desk::case::{ASKED, Context, Decision, GOOD_FOR, KeyTurn, Locked, Outcome, Read};
use crate::desk::command::Verb;
use crate::desk::command::parse::Line;
use crate::desk::notify;
use crate::mail::TicketNumber;
use crate::time::Timestamp;

/// So many answers without the right key are answered; then that key opens nothing any more.
const TRIES_MAX: i64 = 5;
/// Decides about an agent's answer to a mail that asks for a key; `None` if it is about something
/// else.
pub fn answer(
    context: &Context<'_>,
    read: &Read<'_>,
    agent: &Agent,
    lines: &[Line],
    now: Timestamp,
) -> Option<Decision> {
    let locked = context.locked?;
    let words = format!("{}\n{}", read.inbound.subject.as_deref().unwrap_or_default(), read.text);
    let fits = context.key.opens(locked.mail, &agent.address, &words);
    let certain = read.verdict.agent || read.released;
    if !fits && certain && !lines.iter().any(|line| line.meaning.is(Verb::Send)) {
        return None;
    }
    let ticket = context.answered.as_ref().and_then(|row| row.ticket);
    let wrong = match () {
        () if locked.released => Some("it was used already".to_owned()),
        () if !locked.held => Some("that mail waits no longer".to_owned()),
        () if locked.tries >= TRIES_MAX => {
            Some("too many wrong keys came; it opens nothing any more".to_owned())
        }
        () if now.since(locked.asked_at) > GOOD_FOR => {
            Some("it was good for 24 hours, and they are over".to_owned())
        }
        () if !fits => Some("it is not in your answer; copy it above what is quoted".to_owned()),
        () => None,
    };
    Some(match wrong {
        None => opened(context, read, agent, ticket, locked),
        Some(why) => refused(context, read, agent, ticket, locked, &why),
    })
}

fn opened(
    context: &Context<'_>,
    read: &Read<'_>,
    agent: &Agent,
    ticket: Option<TicketNumber>,
    locked: Locked,
) -> Decision {
    let mut decision =
        Decision::end(Outcome::Command, ticket, format!("its key releases mail {}", locked.mail.0));
    decision.key = Some((locked.mail, KeyTurn::Opens));
    decision.about = Some(locked.mail);
    notify::key_said(
        context,
        read,
        agent,
        ticket,
        "✔ key: your held mail goes its way",
        &mut decision,
    );
    decision
}

/// Nothing is let go. Whoever has the token hears why, but not for ever.
fn refused(
    context: &Context<'_>,
    read: &Read<'_>,
    agent: &Agent,
    ticket: Option<TicketNumber>,
    locked: Locked,
    why: &str,
) -> Decision {
    let reason = format!("does not release mail {}: the key: {why}", locked.mail.0);
    let mut decision = Decision::end(Outcome::Record, ticket, reason);
    decision.key = Some((locked.mail, KeyTurn::Wrong));
    // Whoever answers that answer means the same mail.
    decision.about = Some(locked.mail);
    if locked.tries <= TRIES_MAX {
        notify::key_said(context, read, agent, ticket, &format!("✖ key: {why}"), &mut decision);
    }
    decision
}

/// A command of this mail needs the key: the mail is held until it comes.
pub fn ask(
    context: &Context<'_>,
    read: &Read<'_>,
    agent: &Agent,
    ticket: Option<TicketNumber>,
    why: &str,
    now: Timestamp,
) -> Decision {
    let mut decision =
        Decision::end(Outcome::Held, ticket, format!("asks for a one-time key: {why}"));
    decision.about = Some(read.id);
    notify::key(context, read, agent, ticket, why, ASKED, now, &mut decision);
    decision
}
