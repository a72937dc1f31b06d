//! Held mails let go: an answer to the transcript that says `#send`, or carries the lines as they
//! should have been.
//!
//! Only the agent to whom the transcript went, only the mail of which it speaks, and only once:
//! whatever becomes of it, it is held no longer. `#send` takes the lines that are no commands for
//! text; commands that cannot be obeyed stay what they are. Commands alone take the place of the
//! lines that were wrong, and the text of the held mail goes with them; those lines of it that were
//! right still hold, unless the answer has the same command. An answer with text of its own stands
//! for itself: once it is done, the held mail is set aside.

use super::order::run::{Refused, not_understood};
use super::order::{Locks, Order, brought, has_own_words};
use super::speech::fresh;
use super::third;
use super::words::without_bare_tail;
use crate::config::Agent;
use crate::desk::case::{AgentMail, Case, Outcome, Read};
use crate::desk::command::Verb;
use crate::desk::command::parse::{Line, Meaning, Odd, Script, script, script_with};
use crate::desk::complaint::Complaint;
use crate::desk::decision::Told;
use crate::desk::draft::Draft;
use crate::desk::known::Held;
use crate::desk::obeyed::{Heading, Obeyed};
use crate::desk::reason::Reason;
use crate::desk::{direction, notify, query};
use crate::mail::quote::{Role, new_text_of};

/// Decides about the answer to a transcript of a held mail, if it lets that mail go. `read` is the
/// answer without its lines.
pub fn release<'a>(case: &'a Case<'a>, own: AgentMail<'_>, lines: &[Line]) -> Option<Draft<'a>> {
    let read = own.read;
    // `#undo` is never a line of the held mail: of that nothing was done.
    let held = case.held().filter(|_| !lines.iter().any(|line| line.meaning.is(Verb::Undo)))?;
    if only_asks(read, lines) && !is_but_a_slip(held) {
        return None;
    }
    let has_text = has_own_words(read);
    let send = lines.iter().find(|line| line.meaning.is(Verb::Send));
    match (send, has_text) {
        (Some(send), false) if lines.len() == 1 => {
            let all = script_of(case, held, Odd::Text);
            let above = (send.written(), Ok(Obeyed::HeldMail));
            Some(let_go(case, own, held, &all, (&all.lines, &[above])))
        }
        (Some(send), _) => {
            let wrong = (send.written(), Err(Complaint::StandsAloneTextless));
            Some(still_held(case, own, held, &[wrong]))
        }
        (None, false) if !lines.is_empty() => {
            let rest = script_of(case, held, Odd::Dropped);
            let lines = corrected(case, own, &rest, lines);
            let is_kept = |old: &Line| lines.iter().any(|line| line.written() == old.written());
            let gone: Vec<String> = script_of(case, held, Odd::Told)
                .lines
                .iter()
                .filter(|old| !is_kept(old))
                .map(Line::written)
                .collect();
            let none = gone.is_empty();
            let above = (case.texts.say(&Heading::HeldMail), Ok(Obeyed::Without { lines: gone }));
            let above = if none { &[][..] } else { &[above][..] };
            Some(let_go(case, own, held, &rest, (&lines, above)))
        }
        (None, _) => None,
    }
}

/// Whether an answer only asks something: the held mail waits on, and the answer to that can still
/// release it.
fn only_asks(read: &Read<'_>, lines: &[Line]) -> bool {
    !lines.is_empty() && lines.iter().all(query::is_question) && !has_own_words(read)
}

/// Whether a held mail has nothing but lines that are no commands: a question behind it is what was
/// meant.
fn is_but_a_slip(held: &Held) -> bool {
    let script = script(&held.blocks);
    let text = script_with(&held.blocks, Odd::Dropped).blocks;
    let words = text.iter().any(|block| block.role == Role::New && !block.text.trim().is_empty());
    !words
        && script
            .lines
            .iter()
            .all(|line| matches!(line.meaning, Meaning::Unknown) || query::is_question(line))
}

/// An answer with text of its own was carried out: the held mail is set aside for it. `rest` is the
/// answer without its lines.
pub fn supersede<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    rest: &Read<'_>,
    lines: &[Line],
    mut draft: Draft<'a>,
) -> Draft<'a> {
    if let Some(held) = case.held()
        && only_asks(rest, lines)
    {
        draft.about = Some(held.id);
        return draft;
    }
    if let Some(held) = case.held()
        && matches!(draft.outcome, Some(Outcome::Message | Outcome::Note | Outcome::Command))
    {
        let why = Reason::WrittenInItsPlace { mail: read.id };
        draft.released = Some((held.id, Outcome::Record, why));
    }
    draft
}

/// The commands of the held mail. One that answers none of ours may carry a customer's words, which
/// hold none.
fn script_of(case: &Case<'_>, held: &Held, odd: Odd) -> Script {
    let script = match case.conversation() {
        Some(_) => script_with(&held.blocks, odd),
        None => brought::script(&held.blocks, odd),
    };
    without_bare_tail(script, case.habits())
}

fn verb(line: &Line) -> Option<Verb> {
    match line.meaning {
        Meaning::Command(command) | Meaning::Misplaced(command) => Some(command.verb),
        Meaning::Unknown => None,
    }
}

/// The lines of the held mail that were right, and those of the answer.
fn corrected(case: &Case<'_>, own: AgentMail<'_>, rest: &Script, lines: &[Line]) -> Vec<Line> {
    let AgentMail { read, agent } = own;
    // Where no ticket is answered the whole mail must be judged at once.
    let alone = |line: &Line| {
        started(case, read, agent).carry_out(std::slice::from_ref(line), &[], false).is_ok()
    };
    let right = |line: &&Line| case.conversation().is_none() || alone(line);
    let old = rest
        .lines
        .iter()
        .filter(|line| !lines.iter().any(|new| verb(new) == verb(line)))
        .filter(right);
    old.chain(lines).cloned().collect()
}

/// Carries the held mail out with these lines, in the place of the answer.
fn let_go<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    held: &Held,
    rest: &Script,
    (lines, above): (&[Line], &[Told]),
) -> Draft<'a> {
    let AgentMail { read: answer, agent } = own;
    let text = new_text_of(&rest.blocks);
    let read = Read {
        id: held.id,
        inbound: &held.inbound,
        text: &text,
        blocks: &rest.blocks,
        ..answer.clone()
    };
    let mut order = started(case, &read, agent);
    order.heard = answer;
    let bring = order
        .conversation()
        .is_err()
        .then(|| brought::brought(case, &read, answer, agent, lines))
        .flatten();
    order.meant = rest.odd == Odd::Text;
    let carried_out = match () {
        () if bring.is_some() => bring.unwrap_or_else(|| Err(Vec::new())).map_err(Refused::Lines),
        // No commands, no ticket: a request of the agent's own, with a line that only looked like
        // one.
        () if lines.is_empty() && order.conversation().is_err() => {
            Ok(fresh(case, AgentMail { read: &read, agent }))
        }
        () => order.carry_out(lines, above, lines.is_empty()),
    };
    match carried_out {
        Ok(mut draft) => {
            let end = draft.outcome.unwrap_or(Outcome::Command);
            let why =
                std::mem::replace(&mut draft.reasons, vec![Reason::Releases { mail: held.id }]);
            draft.released = Some((held.id, end, Reason::ReleasedBy { mail: answer.id, why }));
            draft.outcome = Some(Outcome::Command);
            draft.ids.extend(
                answer.inbound.message_id.clone().map(|id| (id, crate::desk::IdKind::Internal)),
            );
            draft
        }
        Err(Refused::Lines(told)) => {
            still_held(case, AgentMail { read: answer, agent }, held, &told)
        }
        Err(Refused::Key(locks)) => {
            let Locks { line, why, then: _ } = *locks;
            let wrong = (line, Err(Complaint::NeedsKey { why }));
            still_held(case, AgentMail { read: answer, agent }, held, &[wrong])
        }
        Err(Refused::Text(slip)) => {
            let ticket = case.answered_ticket();
            let mut draft =
                super::speech::held(case, AgentMail { read: answer, agent }, ticket, slip);
            draft.outcome = Some(Outcome::Record);
            for why in draft.reasons.iter_mut().take(1) {
                *why = Reason::ReleasesNothing { mail: held.id, why: Box::new(why.clone()) };
            }
            draft.about = Some(held.id);
            draft
        }
    }
}

fn started<'a, 'c: 'a>(case: &'c Case<'c>, read: &'a Read<'a>, agent: &'a Agent) -> Order<'a, 'c> {
    match (case.answered(), case.conversation()) {
        (Some(_), Some(conversation))
            if third::is_aside(case, read.inbound, &conversation.ticket) =>
        {
            third::order(case, read, agent, conversation)
        }
        (Some(row), Some(conversation)) if row.ticket.is_some() => {
            let token = direction::token_of_held(row);
            Order::answering(case, read, agent, token, conversation)
        }
        _ => Order::new(case, read, agent, None),
    }
}

/// The answer does not let it go: it waits on, and the new transcript speaks of it too.
fn still_held<'a>(case: &'a Case<'a>, own: AgentMail<'_>, held: &Held, told: &[Told]) -> Draft<'a> {
    let AgentMail { read: answer, agent } = own;
    let ticket = case.answered_ticket();
    let why = Box::new(not_understood(told));
    let reason = Reason::ReleasesNothing { mail: held.id, why };
    let mut draft = Draft::end(case, Outcome::Record, ticket, reason);
    draft.about = Some(held.id);
    let odd = script_of(case, held, Odd::Told)
        .lines
        .iter()
        .any(|line| !matches!(line.meaning, Meaning::Command(_)));
    let waits = notify::Waits { until: Some(held.until), odd, again: None };
    notify::held_commands(&mut draft, AgentMail { read: answer, agent }, ticket, told, waits);
    draft
}
