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
use crate::desk::case::{AgentMail, Case, Code, GOOD_FOR, KeyTurn, Locked, Outcome, Read};
use crate::desk::command::parse::Line;
use crate::desk::command::{Complaint, Verb};
use crate::desk::draft::Draft;
use crate::desk::notify;
use crate::mail::TicketNumber;

/// "Not mine", as people answer it in the languages of the texts.
const NO: [&str; 24] = [
    "no",
    "not mine",
    "not me",
    "nein",
    "nicht meine",
    "nicht von mir",
    "war ich nicht",
    "non",
    "pas de moi",
    "pas moi",
    "ce n'est pas moi",
    "no es mío",
    "no fui yo",
    "non è mio",
    "non sono stato io",
    "não",
    "não é meu",
    "não fui eu",
    "nee",
    "niet van mij",
    "niet ik",
    "nie",
    "nie moje",
    "to nie ja",
];
/// So many answers without the right key are answered; then that key opens nothing any more.
const TRIES_MAX: i64 = 5;
/// Decides about an agent's answer to a mail that asks for a key; `None` if it is about something
/// else.
pub fn answer<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    agent: &Agent,
    lines: &[Line],
) -> Option<Draft<'a>> {
    let opens = |mail| case.key.opens(mail, &agent.address, read.text);
    // That mail may have told of others too.
    let others = case.waiting().iter().map(|one| one.locked);
    let asked = case.locked()?;
    let locked = others.into_iter().find(|one| opens(one.mail)).unwrap_or(asked);
    let fits = opens(locked.mail);
    if locked.held && is_no(read.text) {
        return Some(disowned(case, AgentMail { read, agent }, locked));
    }
    let certain = read.verdict.agent || read.released;
    if !fits && certain && !lines.iter().any(|line| line.meaning.is(Verb::Send)) {
        return None;
    }
    let ticket = case.answered_ticket();
    let wrong = match () {
        () if locked.released => Some("it was used already".to_owned()),
        () if !locked.held => Some("that mail waits no longer".to_owned()),
        () if locked.tries >= TRIES_MAX => {
            Some("too many wrong keys came; it opens nothing any more".to_owned())
        }
        () if case.now.since(locked.asked_at) > GOOD_FOR => {
            Some("it was good for 24 hours, and they are over".to_owned())
        }
        () if !fits => Some(
            "it does not stand alone on the first line of your answer, the right group first"
                .to_owned(),
        ),
        () => None,
    };
    Some(match wrong {
        None => opened(case, AgentMail { read, agent }, ticket, locked),
        Some(why) => refused(case, AgentMail { read, agent }, ticket, locked, &why),
    })
}

/// Whether the first line says no, and nothing else.
fn is_no(text: &str) -> bool {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = line.to_lowercase().replace('’', "'");
    NO.contains(&line.trim_end_matches(['.', '!', ',', ' ']))
}

/// Whoever has the registered address says that the mail is not theirs: it goes nowhere.
fn disowned<'a>(case: &'a Case<'a>, own: AgentMail<'_>, locked: Locked) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let ticket = case.answered_ticket();
    let reason = format!("mail {} is not theirs, they say", locked.mail.0);
    let mut draft = Draft::end(case, Outcome::Command, ticket, (Code::NotTheirs, reason));
    let why = format!("{} says that it is not theirs (mail {})", agent.address, read.id.0);
    draft.released = Some((locked.mail, Outcome::Record, why));
    draft.problem(
        Cause::NotTheirs,
        format!("Somebody writes in the name of {}: they say so themselves", agent.address),
        "look at that mail with `postdesk inbox`; see that your mail server refuses forged mail of your domain"
            .to_owned(),
    );
    let told = ("no".to_owned(), Ok("that mail is dropped, and the owner hears of it".to_owned()));
    notify::key_said(&mut draft, AgentMail { read, agent }, ticket, locked.mail, &told);
    draft
}

fn opened<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    locked: Locked,
) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let mut draft = Draft::end(
        case,
        Outcome::Command,
        ticket,
        (Code::KeyFits, format!("its key releases mail {}", locked.mail.0)),
    );
    draft.key = Some((locked.mail, KeyTurn::Opens));
    draft.about = Some(locked.mail);
    let told = ("key".to_owned(), Ok("your held mail goes its way".to_owned()));
    notify::key_said(&mut draft, AgentMail { read, agent }, ticket, locked.mail, &told);
    draft
}

/// Nothing is let go. Whoever has the token hears why, but not for ever.
fn refused<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    locked: Locked,
    why: &str,
) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let reason = format!("does not release mail {}: the key: {why}", locked.mail.0);
    let mut draft = Draft::end(case, Outcome::Record, ticket, (Code::KeyWrong, reason));
    draft.key = Some((locked.mail, KeyTurn::Wrong));
    // Whoever answers that answer means the same mail.
    draft.about = Some(locked.mail);
    if locked.tries <= TRIES_MAX {
        let told = ("key".to_owned(), Err(Complaint::new(why)));
        notify::key_said(&mut draft, AgentMail { read, agent }, ticket, locked.mail, &told);
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
    let AgentMail { read, agent } = own;
    let why = &format!("{}: {}", locks.line, locks.why);
    let mut draft = Draft::end(
        case,
        Outcome::Held,
        ticket,
        (Code::KeyAsked, format!("asks for a one-time key: {why}")),
    );
    draft.about = Some(read.id);
    let asks = notify::Asks { why, then: Some(&locks.then), cause: Cause::Asked };
    notify::key(&mut draft, AgentMail { read, agent }, ticket, asks);
    draft
}
