//! `#undo`: the agent's last mail about the ticket is taken back, or the one of which the answered
//! transcript tells; or an absence that it said, which belongs to no ticket.

use super::Order;
use crate::desk::Event;
use crate::desk::absence::{Change, Said};
use crate::desk::complaint::{Complaint, Gone};
use crate::desk::decide::undo::{Reverted, revert};
use crate::desk::decision::{Back, Effect};
use crate::desk::known::{Done, Fate, Leave, Sent};
use crate::desk::reason::Reason;
use crate::mail::Kind;

/// So many words of what is taken back are shown.
const FIRST_WORDS: usize = 6;

/// `#undo`
pub fn undo(order: &mut Order<'_, '_>, _: &str) -> Result<String, Complaint> {
    if !order.is_only_line() {
        return Err(Complaint::StandsAlone);
    }
    match meant(order) {
        Meant::Leave(leave) => Ok(here_again(order, leave)),
        Meant::Mail(done) => mail(order, standing(done)?),
        Meant::Both(done, leave) => {
            let words = mail(order, standing(Some(done))?)?;
            let away = here_again(order, leave);
            order.answer(format!("Also: {away}."));
            Ok(words)
        }
    }
}

/// What it takes back.
enum Meant<'a> {
    Mail(Option<&'a Done>),
    Leave(&'a Leave),
    Both(&'a Done, &'a Leave),
}

/// The mail of which the answered transcript tells; else what nobody has yet; else the newest, which
/// may have told of an absence.
fn meant<'a, 'c: 'a>(order: &Order<'a, 'c>) -> Meant<'a> {
    let case = order.case;
    let done = case.done();
    let Some(leave) = case.leave() else { return Meant::Mail(done) };
    let Some(done) = done.filter(|done| done.own().next().is_some()) else {
        return Meant::Leave(leave);
    };
    let told = case.answered().filter(|row| row.kind == Kind::Transcript);
    let told = told.and_then(|row| row.by_mail);
    let waits = case.unsent().iter().any(|one| one.own);
    if done.mail == leave.mail {
        return Meant::Both(done, leave);
    }
    let newer = leave.mail > done.mail && !waits && told != Some(done.mail);
    if newer || told == Some(leave.mail) { Meant::Leave(leave) } else { Meant::Mail(Some(done)) }
}

/// The absence is over, or as it was before; a machine's is over whenever its owner writes.
fn here_again(order: &mut Order<'_, '_>, leave: &Leave) -> String {
    let before = leave.before.as_ref().filter(|before| before.said == Said::ByCommand);
    let zone = &order.case.config.desk.time_zone;
    let now = before.map_or_else(
        || "your mails come to you again".to_owned(),
        |before| format!("you are away {} again", order.case.texts.say(&before.until(zone))),
    );
    let change = before.cloned().map(Change::Away);
    let agent = order.agent.address.clone();
    order.draft.also(Effect::Absence(change.unwrap_or(Change::Back(agent))));
    let none = Back { mail: leave.mail, rows: Vec::new(), unsaid: false };
    order.draft.back.get_or_insert(none);
    order.draft.reasons = vec![Reason::Undo { mail: leave.mail }];
    format!("your #away of {} is taken back; {now}", order.shown(leave.since))
}

/// All that it did to the ticket.
fn mail(order: &mut Order<'_, '_>, done: &Done) -> Result<String, Complaint> {
    let outside = |sent: &&Sent| matches!(sent.kind, Kind::Reply | Kind::Notice);
    let (waiting, gone): (Vec<&Sent>, Vec<&Sent>) =
        done.sent.iter().filter(outside).partition(|sent| sent.waits);
    let answered = gone.iter().any(|sent| sent.kind == Kind::Reply);
    if answered && waiting.is_empty() {
        return Err(too_late(&gone));
    }
    let unsaid = done.said.is_some() && !answered;
    order.add(Event::TakenBack { mail: done.mail, by: order.agent.address.clone() })?;
    let reverted = revert(order, done)?;
    if gone.is_empty() && order.conversation()?.promised().is_none() {
        let kept = done.own().find(|(event, _)| **event == Event::PromiseKept);
        if let Some((_, kept)) = kept {
            let facts: Vec<_> = order.conversation()?.unkeep(kept).collect();
            facts.into_iter().for_each(|(number, event)| order.draft.fact(number, event));
        }
    }
    if waiting.is_empty() && !unsaid && reverted.back.is_empty() {
        return Err(too_late(&gone));
    }
    tell(order, done, &waiting, &gone, &reverted);
    // What the transcript shows of their own words they may write again.
    order.draft.about.get_or_insert(done.mail);
    order.draft.reasons = vec![Reason::Undo { mail: done.mail }];
    order.draft.back =
        Some(Back { mail: done.mail, rows: waiting.iter().map(|sent| sent.row).collect(), unsaid });
    // Of a ticket that went into this one since, only what waits and was said comes back.
    let at =
        done.own().next().map(|(_, at)| format!(" of {}", order.shown(at))).unwrap_or_default();
    Ok(match gone.is_empty() {
        true => format!("your mail{at} is taken back{}", first_words(done)),
        false => format!("too late for all of your mail{at}"),
    })
}

/// How it began, so that its writer knows which.
fn first_words(done: &Done) -> String {
    let words: Vec<&str> = done.words.split_whitespace().collect();
    let shown = words.get(..FIRST_WORDS).unwrap_or(&words).join(" ");
    match (words.is_empty(), words.len() > FIRST_WORDS) {
        (true, _) => String::new(),
        (false, true) => format!(": “{shown} …”"),
        (false, false) => format!(": “{shown}”"),
    }
}

/// What can be taken back at all.
fn standing(done: Option<&Done>) -> Result<&Done, Complaint> {
    let done = done.ok_or(Complaint::NothingDone)?;
    let threads = |event: &Event| {
        matches!(
            event,
            Event::Merged { .. }
                | Event::Absorbed { .. }
                | Event::Released { .. }
                | Event::SplitOff { .. }
        )
    };
    match done.fate {
        Fate::Stands if done.own().any(|(event, _)| threads(event)) => {
            Err(Complaint::MergesGoOtherwise)
        }
        Fate::TakenBack => Err(Complaint::TakenBackAlready),
        Fate::TakesBack => Err(Complaint::TookBackAlready),
        Fate::Stands if done.own().next().is_none() && !done.sent.iter().any(|one| one.waits) => {
            Err(Complaint::ChangedNothing)
        }
        Fate::Stands => Ok(done),
    }
}

fn too_late(gone: &[&Sent]) -> Complaint {
    if gone.is_empty() {
        return Complaint::NothingLeft;
    }
    let one = |sent: &&Sent| Gone { notice: sent.kind == Kind::Notice, to: sent.recipient.clone() };
    Complaint::WentOut { gone: gone.iter().map(one).collect() }
}

/// What became of each part of it, below the line.
fn tell(
    order: &mut Order<'_, '_>,
    done: &Done,
    waiting: &[&Sent],
    gone: &[&Sent],
    reverted: &Reverted,
) {
    if !waiting.is_empty() {
        order.answer(format!("Not sent: {}.", list(waiting)));
    }
    if !gone.is_empty() {
        order.answer(format!("Cannot be taken back, for it was sent: {}.", list(gone)));
    }
    let told: Vec<&str> = done
        .sent
        .iter()
        .filter(|sent| sent.kind == Kind::Notification)
        .map(|sent| sent.recipient.as_str())
        .collect();
    if !told.is_empty() {
        order.answer(format!("Who was told of it already: {}.", told.join(", ")));
    }
    if !reverted.back.is_empty() {
        order.answer(format!("As before again: {}.", reverted.back.join(", ")));
    }
    if !reverted.left.is_empty() {
        order.answer(format!("Left, for it was changed since: {}.", reverted.left.join(", ")));
    }
    if !done.elsewhere.is_empty() {
        let numbers: Vec<String> = done.elsewhere.iter().map(ToString::to_string).collect();
        order.answer(format!("What it did elsewhere stays: {}.", numbers.join(", ")));
    }
}

fn list(mails: &[&Sent]) -> String {
    let words = |sent: &&Sent| match sent.kind {
        Kind::Notice => format!("the desk's notice to {}", sent.recipient),
        _ => format!("your text to {}", sent.recipient),
    };
    mails.iter().map(words).collect::<Vec<_>>().join(", ")
}
