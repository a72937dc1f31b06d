//! Mail from an agent: who they are, and whether what they wrote may leave the house.
//!
//! An agent is who our server says they are *and* answers a mail that we sent to them; where that
//! mail said a reply goes, there it goes. Whatever could leak or be a slip is held, not sent: the
//! agent hears why and what to do.

use super::order::beside::begins_as_words;
use super::order::numbered::numbered;
use super::order::run;
use super::order::tagged::tagged;
use super::order::{Order, brought};
use super::speech::fresh;
use super::speech::{held, is_desk_mail};
use super::undo::{is_answer, kept_again, unkept};
use super::words::without_bare_tail;
use super::{away, bounded, copy, endings, key, release, third};
use crate::config::Agent;
use crate::desk::addressee::is_ours;
use crate::desk::case::{AgentMail, Case, Hold, Outcome, Read, Slip};
use crate::desk::command::parse::{Line, Odd, Script, command};
use crate::desk::command::{Verb, find};
use crate::desk::decision::{Effect, Post};
use crate::desk::draft::{Draft, quarantine};
use crate::desk::problem::Problem;
use crate::desk::reason::Reason;
use crate::desk::withheld::{Silence, Unsent};
use crate::desk::{Cause, Event, notify};
use crate::mail::forward::{self, says_passed_on};
use crate::mail::origin::{self, Guess};
use crate::mail::quote::new_text_of;
use crate::mail::quote::tail::{Says, greets, says, without};
use crate::mail::{Address, Authentication, Kind, Origin, OutboxId};

/// Decides about a mail from an agent's address. Its transcripts show the agent no newer state of
/// the ticket than the mail that was answered, so what a colleague says meanwhile is not missed.
pub fn agent<'a>(case: &'a Case<'a>, own: AgentMail<'_>) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let mut draft = decided(case, own);
    let shown = case.answered().filter(|row| {
        row.recipient == agent.address && row.ticket == draft.ticket && row.first == row.ticket
    });
    draft.seen = draft.seen.or(shown.map(|row| row.seen_version));
    let mut draft = within_the_window(case, read, draft);
    bounded::answered_once(&mut draft, own);
    copy::remember(&mut draft, own);
    endings::remember(&mut draft, own);
    draft
}

/// A mail that is not understood may be a call to stop: what its writer said within the time for
/// `#undo` waits until they say what they mean. One that is understood lets it go.
fn within_the_window<'a>(case: &'a Case<'a>, read: &Read<'_>, mut draft: Draft<'a>) -> Draft<'a> {
    let certain = read.verdict.agent || read.released;
    // A thumb or a wrong key speaks of something else, and a copy may be anybody's.
    let aside = draft.reason().is_some_and(|reason| {
        matches!(
            reason,
            Reason::Reaction
                | Reason::KeyWrong { .. }
                | Reason::KeyForNothing
                | Reason::Held { hold: Hold::Copy { .. } }
        )
    });
    if !certain || aside || read.reading.origin != Origin::Person {
        return draft;
    }
    let own = case.unsent().iter().filter(|one| one.own);
    let rows =
        |stopped: bool| own.clone().filter(move |one| one.stopped == stopped).map(|one| one.row);
    match draft.outcome {
        Some(Outcome::Held | Outcome::Record) => {
            draft.more.extend(rows(false).map(Effect::Stop));
            // Until its writer says more, nobody has an answer.
            draft.events.extend(unkept(case, own.map(|one| one.by)));
        }
        _ => {
            let back = draft.back.as_ref().map_or(&[][..], |back| &back.rows);
            let gone = |row: &OutboxId| {
                back.contains(row) || draft.dropped.iter().any(|dropped| dropped.row == *row)
            };
            let resumed: Vec<OutboxId> = rows(true).filter(|row| !gone(row)).collect();
            let kept = draft.events.iter().any(|(_, event)| is_answer(event));
            let by = own.filter(|one| resumed.contains(&one.row)).map(|one| one.by);
            let facts = if kept { Vec::new() } else { kept_again(case, by) };
            // What this mail promises is not kept by what was said before.
            draft.events.splice(0..0, facts);
            draft.more.extend(resumed.into_iter().map(Effect::Resume));
        }
    }
    draft
}

fn decided<'a>(case: &'a Case<'a>, own: AgentMail<'_>) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    if read.verdict.result == Authentication::Fail && !read.released {
        return impostor(case, own);
    }
    if read.reading.origin == Origin::AutoReply && read.verdict.agent && !read.quiet {
        return away::away(case, read, agent);
    }
    if read.reading.origin != Origin::Person {
        let ticket = case.answered_ticket();
        return Draft::end(
            case,
            Outcome::Record,
            ticket,
            Reason::AgentMachine { signs: read.reading.reason.clone() },
        );
    }
    if let Some(draft) = key::answer(case, own, &case.script().lines) {
        return draft;
    }
    if !read.verdict.agent && !read.released {
        return unverified(case, own);
    }
    if let Some(first) = copy::earlier(case, own) {
        return held(case, own, case.answered_ticket(), Slip::Copy(first));
    }
    let draft = proved(case, own);
    if read.quiet { not_again(case, draft) } else { away::here(case, agent, draft) }
}

/// Mail that was handled before the database was put back: it is written down, and what it sent went
/// out most likely. Only why it is held is told anew.
fn not_again<'a>(case: &'a Case<'a>, mut draft: Draft<'a>) -> Draft<'a> {
    if draft.outcome == Some(Outcome::Held) {
        return draft;
    }
    let outside = |post: &&Post| case.config.agent(&post.mail.recipient).is_none();
    let withheld = draft.mails.iter().filter(outside).filter_map(|post| {
        let unsent = Unsent::Mail { kind: post.mail.kind, to: post.mail.recipient.clone() };
        let what = case.texts.say(&unsent);
        let why = case.texts.say(&Silence::Restored);
        Some((post.mail.ticket?, Event::Withheld { what, why }))
    });
    let withheld: Vec<_> = withheld.collect();
    draft.events.extend(withheld);
    // Colleagues hear of what is new to the database; nobody else does.
    draft.mails.retain(|post| post.mail.kind == Kind::Notification);
    draft
}

/// Decides about a mail of which it is certain that the agent wrote it.
fn proved<'a>(case: &'a Case<'a>, own: AgentMail<'_>) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let script = case.script().clone();
    let script = match says_where_words_go(case, &script) {
        true => script,
        false => without_bare_tail(script, case.habits()),
    };
    let text = new_text_of(&script.blocks);
    let rest = Read { blocks: &script.blocks, text: &text, ..read.clone() };
    if case.calls_to_stop() && case.unsent().iter().any(|one| one.own) {
        return run::stopped(case, AgentMail { read: &rest, agent }, &script.lines);
    }
    let reacts = origin::is_bare_reaction(read.text, case.habits());
    if reacts && case.answered().is_some() && read.inbound.attachments.is_empty() {
        return Draft::end(case, Outcome::Record, case.answered_ticket(), Reason::Reaction);
    }
    if let Some(guess) = perhaps_machine(case, &rest, &script) {
        let ticket = case.answered_ticket();
        return held(case, own, ticket, Slip::Machine(guess));
    }
    if let Some(draft) = third::aside(case, &rest, agent, &script.lines) {
        return draft;
    }
    let draft = answered(case, own, &rest, &script);
    third::remember(case, read, agent, draft)
}

/// Whether a command says where the words below it go, and they begin as a sentence: they are words,
/// though their form be a tail's. An answer that lets a held mail go brings none.
fn says_where_words_go(case: &Case<'_>, script: &Script) -> bool {
    let says = |line: &Line| {
        [Verb::Reply, Verb::Note, Verb::Only, Verb::All].iter().any(|verb| line.meaning.is(*verb))
    };
    let text = new_text_of(&script.blocks);
    script.lines.iter().any(says) && case.held().is_none() && begins_as_words(&text, case.habits())
}

/// Whether it brings the answer of a calendar, which programs send by themselves (RFC 5546).
fn answers_invitation(rest: &Read<'_>) -> bool {
    let texts = rest.inbound.attachments.iter().filter(|file| file.content_type == "text/calendar");
    let texts = texts.filter_map(|file| rest.inbound.file_texts.get(&file.offset));
    texts.into_iter().any(|file| {
        file.text.lines().any(|line| {
            let line = line.trim().to_ascii_uppercase();
            ["METHOD:REPLY", "METHOD:COUNTER", "METHOD:DECLINECOUNTER"].contains(&line.as_str())
        })
    })
}

/// Whether a mail without commands may be a machine's, whomever it is for: the agent says so or not
/// (L2). What the operator let go is a person's.
fn perhaps_machine(case: &Case<'_>, rest: &Read<'_>, script: &Script) -> Option<Guess> {
    if !script.lines.is_empty() || rest.released {
        return None;
    }
    if answers_invitation(rest) {
        return Some(Guess::Invitation);
    }
    let text = without(rest.text, case.habits());
    let answered = case.answered();
    let asked = answered.map(|_| case.conversation().map(|one| &*one.ticket.subject));
    origin::guess(rest.inbound.subject.as_deref(), asked.map(Option::unwrap_or_default), text)
}

fn answered<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    rest: &Read<'_>,
    script: &Script,
) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let token = case.own_answered();
    if case.undoes_elsewhere().is_some() {
        return run::settle(Order::new(case, rest, agent, case.conversation()), &script.lines);
    }
    if let Some(draft) = release::release(case, AgentMail { read: rest, agent }, &script.lines) {
        return draft;
    }
    match (token, case.conversation()) {
        (Some(row), Some(conversation)) if is_desk_mail(row) => {
            let draft = run::settle(
                Order::answering(case, rest, agent, case.token(row), conversation),
                &script.lines,
            );
            release::supersede(case, read, rest, &script.lines, draft)
        }
        (None, _) if case.answers_lost() => held(case, own, None, Slip::Lost),
        (None, _) if case.answered().is_none() => match bring(case, own) {
            Some(draft) => draft,
            None if !script.lines.is_empty() => pointed(case, rest, agent, script),
            None if is_unread_forward(case, read) => held(case, own, None, Slip::NoForward),
            None if is_by_hand(case, read) => held(case, own, None, Slip::ByHand),
            None if asks_help(case, rest) => {
                run::fresh(case, AgentMail { read: rest, agent }, &command(Verb::Help))
            }
            None => fresh(case, own),
        },
        _ if !script.lines.is_empty() => pointed(case, rest, agent, script),
        (Some(row), _) if row.ticket.is_none() => held(case, own, None, Slip::NoTicket),
        _ => fresh(case, own),
    }
}

/// Whether the subject says that a mail is passed on, and none can be read.
fn is_unread_forward(case: &Case<'_>, read: &Read<'_>) -> bool {
    let subject = read.inbound.subject.as_deref().unwrap_or("");
    let is_ours = |address: &Address| is_ours(case.config, address);
    says_passed_on(subject) && forward::read(read.inbound, read.blocks, is_ours).is_none()
}

/// Whether it may be a customer's mail that is passed on in the form of an answer.
fn is_by_hand(case: &Case<'_>, read: &Read<'_>) -> bool {
    let is_ours = |address: &Address| is_ours(case.config, address);
    let mut others = read.inbound.to.iter().chain(&read.inbound.cc);
    others.all(|person| is_ours(&person.address))
        && forward::by_hand(read.blocks, is_ours).is_some()
}

/// Whether all that a mail says is "help", in its subject or, where that is empty, in its text.
fn asks_help(case: &Case<'_>, rest: &Read<'_>) -> bool {
    let is_help = |words: &str| {
        let word = words.trim_matches(|c: char| !c.is_alphanumeric());
        find(word).is_some_and(|command| command.verb == Verb::Help)
    };
    let subject = rest.inbound.subject.as_deref().unwrap_or_default();
    let silent =
        says(rest.text, case.habits()) <= Says::Thanks || greets(without(rest.text, case.habits()));
    let asks = match (is_help(subject), silent) {
        (true, true) => true,
        (true, false) => is_help(rest.text),
        (false, _) => subject.trim().is_empty() && is_help(rest.text),
    };
    asks && rest.inbound.attachments.iter().all(|file| file.content_id.is_some())
}

/// Commands in a mail that answers none of ours to this agent about a ticket.
fn pointed<'a>(case: &'a Case<'a>, rest: &Read<'_>, agent: &Agent, script: &Script) -> Draft<'a> {
    tagged(case, rest, agent, &script.lines)
        .or_else(|| numbered(case, rest, agent, &script.lines))
        .unwrap_or_else(|| run::fresh(case, AgentMail { read: rest, agent }, &script.lines))
}

/// A mail that answers none of ours may bring a customer's request.
fn bring<'a>(case: &'a Case<'a>, own: AgentMail<'_>) -> Option<Draft<'a>> {
    let AgentMail { read, agent } = own;
    let script = without_bare_tail(brought::script(read.blocks, Odd::Told), case.habits());
    let rest = Read { blocks: &script.blocks, ..read.clone() };
    let done = brought::brought(case, &rest, &rest, agent, &script.lines)?;
    Some(done.unwrap_or_else(|told| {
        run::held(case, AgentMail { read: &rest, agent }, None, &told, &script.lines)
    }))
}

fn impostor<'a>(case: &'a Case<'a>, own: AgentMail<'_>) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let (agent, verdict) = (agent.address.clone(), read.verdict.reason.clone());
    let mut draft = quarantine(case, Reason::Impostor { agent, verdict });
    notify::impostor(&mut draft, own);
    draft
}

fn unverified<'a>(case: &'a Case<'a>, own: AgentMail<'_>) -> Draft<'a> {
    let configured = case.config.authentication.knows_agents();
    let slip = if configured { Slip::NoVerdict } else { Slip::NotConfigured };
    let mut draft = held(case, own, case.answered_ticket(), slip);
    if !configured {
        draft.problem(Cause::NotConfigured, Problem::NotConfigured);
    }
    draft
}
