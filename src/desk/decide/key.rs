//! One-time keys: the desk asks the agent's registered address whether a mail is theirs, and only
//! the answer lets it go.
//!
//! Asked for where our mail server did not vouch for an agent's mail, and by commands that destroy
//! or reach many. The key is made from the desk's secret, the mail and the agent, so nothing that
//! opens anything lies in the database; it works once, because the mail is held no longer then. The
//! mail that asks for it shows it otherwise than it is typed, so that no copy of it opens anything.
//! A "no" drops the mail, and the owner hears of it.

use super::order::Locks;
use crate::config::Agent;
use crate::desk::Cause;
use crate::desk::case::{AgentMail, Case, GOOD_FOR, KeyTurn, Locked, Outcome, Read};
use crate::desk::command::Verb;
use crate::desk::command::parse::Line;
use crate::desk::complaint::Complaint;
use crate::desk::decision::Effect;
use crate::desk::disown::disowns;
use crate::desk::draft::Draft;
use crate::desk::notify;
use crate::desk::obeyed::{Heading, Obeyed};
use crate::desk::problem::Problem;
use crate::desk::reason::Reason;
use crate::mail::TicketNumber;
use crate::mail::quote::tail::without;

/// So many answers without the right key are answered; then that key opens nothing any more.
const TRIES_MAX: i64 = 5;
/// Decides about an agent's answer to a mail that asks for a key; `None` if it is about something
/// else.
pub fn answer<'a>(case: &'a Case<'a>, own: AgentMail<'_>, lines: &[Line]) -> Option<Draft<'a>> {
    let AgentMail { read, agent } = own;
    let opens = |mail| case.key.opens(mail, &agent.address, read.text);
    let Some(asked) = case.locked() else {
        return typed_elsewhere(case, own, lines);
    };
    // That mail may have told of others too.
    let mut others = case.waiting().iter().map(|one| one.locked);
    let locked = others.find(|one| opens(one.mail)).unwrap_or(asked);
    let fits = opens(locked.mail);
    if locked.held && disowns(read.text) {
        return Some(disowned(case, own, locked));
    }
    let certain = read.verdict.agent || read.released;
    let words = lines.is_empty() && locked.held;
    if !fits && certain && !words && !lines.iter().any(|line| line.meaning.is(Verb::Send)) {
        return None;
    }
    let ticket = case.answered_ticket();
    let wrong = wrong(case, locked, read, agent, fits);
    Some(match wrong {
        None => opened(case, own, ticket, locked),
        Some(why) => {
            let mut draft = refused(case, own, ticket, locked, why);
            if words && !fits && like_a_key(read.text).is_none() && is_unvouched(case, locked) {
                tell_owner(&mut draft, agent, locked);
            }
            draft
        }
    })
}

/// Why a key, or what stands in its place, opens nothing; `None` if it does.
fn wrong(
    case: &Case<'_>,
    locked: Locked,
    read: &Read<'_>,
    agent: &Agent,
    fits: bool,
) -> Option<Complaint> {
    Some(match () {
        () if locked.released => Complaint::KeyUsed,
        () if !locked.held => Complaint::KeyLate,
        () if locked.tries >= TRIES_MAX => Complaint::KeyWorn,
        () if case.now.since(locked.asked_at) > GOOD_FOR => Complaint::KeyOld,
        () if fits => return None,
        () if is_turned(case, locked, read, agent) => Complaint::KeyTurned,
        () => Complaint::KeyNotAlone,
    })
}

/// A key of the agent's that does not stand in an answer to the mail that asks for it opens all the
/// same: it says which mail is meant. What only looks like one is said to nobody outside.
fn typed_elsewhere<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    lines: &[Line],
) -> Option<Draft<'a>> {
    let AgentMail { read, agent } = own;
    let line = like_a_key(read.text).filter(|_| lines.is_empty())?;
    let alone = || without(read.text, case.habits()).trim() == line;
    let opens = |mail| case.key.opens(mail, &agent.address, read.text);
    let all = || case.waiting().iter().map(|one| one.locked);
    let turned = |one: &Locked| is_turned(case, *one, read, agent);
    let ticket = case.answered_ticket();
    match all().find(|one| opens(one.mail)).or_else(|| all().find(turned)) {
        Some(locked) => Some(match wrong(case, locked, read, agent, opens(locked.mail)) {
            None => opened(case, own, ticket, locked),
            Some(why) => refused(case, own, ticket, locked, why),
        }),
        None if is_no_word(line) && case.is_certain() && alone() => {
            let mut draft = Draft::end(case, Outcome::Record, ticket, Reason::KeyForNothing);
            let told = (case.texts.say(&Heading::Key), Err(Complaint::KeyForNothing));
            notify::key_said(&mut draft, own, ticket, read.id, &told);
            Some(draft)
        }
        None => None,
    }
}

/// The first line, if it is two groups of four letters, or both as one, and nothing else.
fn like_a_key(text: &str) -> Option<&str> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let lengths: Vec<usize> = groups(line).take(3).map(str::len).collect();
    matches!(lengths.as_slice(), [4, 4] | [8]).then_some(line)
}

/// Whether these groups can be a key's and are no words: letters and figures mixed, or no vowel.
fn is_no_word(text: &str) -> bool {
    let can_be =
        |group: &str| group.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'2'..=b'7'));
    let mixed = |group: &str| {
        group.contains(|c: char| c.is_ascii_digit()) && group.contains(char::is_alphabetic)
    };
    let vowel =
        |group: &str| group.contains(['a', 'e', 'i', 'o', 'u', 'y', 'A', 'E', 'I', 'O', 'U', 'Y']);
    groups(text).all(can_be) && groups(text).any(|group| mixed(group) || !vowel(group))
}

fn groups(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric()).filter(|group| !group.is_empty())
}

/// Whether it is the key as the mail that asks for it shows it.
fn is_turned(case: &Case<'_>, locked: Locked, read: &Read<'_>, agent: &Agent) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let line = read.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    letters(line) == letters(&case.key.one_time_shown(locked.mail, &agent.address))
}

/// Whether it waits because nobody vouched for it, and not because of a command.
fn is_unvouched(case: &Case<'_>, locked: Locked) -> bool {
    case.waiting().iter().any(|one| one.locked.mail == locked.mail)
}

/// Words in whatever language may say that the mail is not theirs.
fn tell_owner(draft: &mut Draft<'_>, agent: &Agent, locked: Locked) {
    draft.problem(
        Cause::KeyUnanswered,
        Problem::KeyUnanswered { agent: agent.address.clone(), mail: locked.mail },
    );
}

/// Whoever has the registered address says that the mail is not theirs: it goes nowhere.
fn disowned<'a>(case: &'a Case<'a>, own: AgentMail<'_>, locked: Locked) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let ticket = case.answered_ticket();
    let reason = Reason::NotTheirs { mail: locked.mail };
    let mut draft = Draft::end(case, Outcome::Command, ticket, reason);
    let why = Reason::Disowned { agent: agent.address.clone(), mail: read.id };
    draft.released = Some((locked.mail, Outcome::Record, why));
    draft.problem(Cause::NotTheirs, Problem::NotTheirs { agent: agent.address.clone() });
    let told = (case.texts.say(&Heading::No), Ok(Obeyed::Dropped));
    notify::key_said(&mut draft, own, ticket, locked.mail, &told);
    draft
}

fn opened<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    locked: Locked,
) -> Draft<'a> {
    let reason = Reason::KeyFits { mail: locked.mail };
    let mut draft = Draft::end(case, Outcome::Command, ticket, reason);
    draft.also(Effect::Turned(locked.mail, KeyTurn::Opens));
    draft.about = Some(locked.mail);
    let told = (case.texts.say(&Heading::Key), Ok(Obeyed::GoesItsWay));
    notify::key_said(&mut draft, own, ticket, locked.mail, &told);
    draft
}

/// Nothing is let go. Whoever has the token hears why, but not for ever.
fn refused<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    locked: Locked,
    why: Complaint,
) -> Draft<'a> {
    let reason = Reason::KeyWrong { mail: locked.mail, complaint: why.clone() };
    let mut draft = Draft::end(case, Outcome::Record, ticket, reason);
    draft.also(Effect::Turned(locked.mail, KeyTurn::Wrong));
    // Whoever answers that answer means the same mail.
    draft.about = Some(locked.mail);
    if locked.tries <= TRIES_MAX {
        let told = (case.texts.say(&Heading::Key), Err(why));
        notify::key_said(&mut draft, own, ticket, locked.mail, &told);
    }
    draft
}

/// A command of this mail needs the key: the mail is held until it comes.
pub fn ask<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    locks: &Locks,
) -> Draft<'a> {
    let read = own.read;
    let why = &format!("{}: {}", locks.line, case.texts.say(&locks.why));
    let reason = Reason::KeyAsked { line: locks.line.clone(), why: locks.why.clone() };
    let mut draft = Draft::end(case, Outcome::Held, ticket, reason);
    draft.about = Some(read.id);
    let asks = notify::Asks { why, then: Some(&locks.then), cause: Cause::Asked };
    notify::key(&mut draft, own, ticket, asks);
    draft
}
