//! `#undo`: the agent's last mail about the ticket is taken back, or the one of which the answered
//! transcript tells; or an absence that it said, which belongs to no ticket.

use super::Order;
use crate::desk::Event;
use crate::desk::absence::{Change, Said};
use crate::desk::besides::Besides;
use crate::desk::complaint::{Complaint, Gone};
use crate::desk::decide::undo::{Reverted, is_answer, revert, taken_back};
use crate::desk::decision::{Back, Effect};
use crate::desk::known::{Done, Fate, Leave, Sent};
use crate::desk::obeyed::Obeyed;
use crate::desk::reason::Reason;
use crate::mail::{Address, Kind};

/// So many words of what is taken back are shown.
const FIRST_WORDS: usize = 6;

/// `#undo`
pub fn undo(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    if !order.is_only_line() {
        return Err(Complaint::StandsAlone);
    }
    match meant(order) {
        Meant::Leave(leave) => Ok(here_again(order, leave)),
        Meant::Mail(done) => mail(order, standing(done)?),
        Meant::Both(done, leave) => {
            let words = mail(order, standing(Some(done))?)?;
            let away = here_again(order, leave);
            order.besides(&Besides::Also { what: away });
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
fn here_again(order: &mut Order<'_, '_>, leave: &Leave) -> Obeyed {
    let before = leave.before.as_ref().filter(|before| before.said == Said::ByCommand);
    let zone = &order.case.config.desk.time_zone;
    let until = before.map(|before| before.until(zone));
    let change = before.cloned().map(Change::Away);
    let agent = order.agent.address.clone();
    order.draft.also(Effect::Absence(change.unwrap_or(Change::Back(agent))));
    let none = Back { mail: leave.mail, rows: Vec::new(), unsaid: false };
    order.draft.back.get_or_insert(none);
    order.draft.reasons = vec![Reason::Undo { mail: leave.mail }];
    Obeyed::AwayTakenBack { since: order.shown(leave.since), until }
}

/// All that it did to the ticket.
fn mail(order: &mut Order<'_, '_>, done: &Done) -> Result<Obeyed, Complaint> {
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
    if gone.is_empty()
        && let Some((_, answered)) = done.own().find(|(event, _)| is_answer(event))
    {
        let facts = taken_back(order.conversation()?, answered);
        facts.into_iter().for_each(|(number, event)| order.draft.fact(number, event));
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
    let at = done.own().next().map(|(_, at)| order.shown(at));
    let (words, more) = first_words(done);
    Ok(match gone.is_empty() {
        true => Obeyed::TakenBack { at, words, more },
        false => Obeyed::TooLate { at },
    })
}

/// How it began, so that its writer knows which, and whether there is more.
fn first_words(done: &Done) -> (String, bool) {
    let words: Vec<&str> = done.words.split_whitespace().collect();
    (words.get(..FIRST_WORDS).unwrap_or(&words).join(" "), words.len() > FIRST_WORDS)
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
    let links = |(event, _): (&Event, _)| matches!(event, Event::Linked { .. });
    match done.fate {
        Fate::Stands if done.own().any(|(event, _)| threads(event)) => {
            Err(Complaint::MergesGoOtherwise)
        }
        Fate::Stands if done.own().next().is_some() && done.own().all(links) => {
            Err(Complaint::LinksStay)
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
    Complaint::WentOut { gone: list(gone) }
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
        order.besides(&Besides::NotSent { mails: list(waiting) });
    }
    if !gone.is_empty() {
        order.besides(&Besides::WasSent { mails: list(gone) });
    }
    let told = done.sent.iter().filter(|sent| sent.kind == Kind::Notification);
    let names: Vec<Address> = told.map(|sent| sent.recipient.clone()).collect();
    if !names.is_empty() {
        order.besides(&Besides::WhoWasTold { names });
    }
    if !reverted.back.is_empty() {
        order.besides(&Besides::AsBefore { all: reverted.back.clone() });
    }
    if !reverted.left.is_empty() {
        order.besides(&Besides::LeftAsIs { all: reverted.left.clone() });
    }
    if !done.elsewhere.is_empty() {
        order.besides(&Besides::StaysElsewhere { numbers: done.elsewhere.clone() });
    }
}

fn list(mails: &[&Sent]) -> Vec<Gone> {
    let one = |sent: &&Sent| Gone { notice: sent.kind == Kind::Notice, to: sent.recipient.clone() };
    mails.iter().map(one).collect()
}
