//! Time passed: what somebody set for a time that has come, and a solved ticket that was left alone.

use super::asking;
use super::ladder::{self, Calls};
use crate::desk::case::Case;
use crate::desk::deed::Because;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::notify::{Pace, Reminder};
use crate::desk::records::UNDER_WAY;
use crate::desk::urge::Urge;
use crate::desk::{Event, Status, ToCome, Wake, notify};
use crate::mail::ReplyGoes;

/// Decides about all that is due on a ticket, oldest first.
pub fn tick<'a>(case: &'a Case<'a>) -> Draft<'a> {
    let mut draft = Draft::new(case);
    let Some(mut conversation) = case.conversation().cloned() else { return draft };
    let mut calls = Calls::default();
    for woken in conversation.ticket.due_wakes(case.now) {
        let ToCome { what, at, agent, words: _ } = woken.clone();
        draft.fact(conversation.ticket.number, Event::Woke { what, at, agent });
        wake(&mut draft, &mut conversation, &woken, &mut calls);
    }
    taken(&mut draft, &mut conversation);
    asking::look(&mut draft, &mut conversation);
    let number = conversation.ticket.number;
    let whole = Some(case.records.root(number)).filter(|root| *root != number);
    let whole = whole.and_then(|root| case.records.conversation(root));
    if let Some(whole) = &whole {
        calls.tell(&mut draft, &conversation);
        ladder::climb(&mut draft, &conversation.ticket, whole, Calls::default());
    } else {
        ladder::climb(&mut draft, &conversation.ticket, &conversation, calls);
    }
    let ticket = &conversation.ticket;
    let alone = case.now.since(ticket.status_since) >= case.config.desk.close_after;
    if ticket.status == Status::Solved && alone {
        let why = case.texts.say(&Because::LeftAlone);
        draft.fact(ticket.number, Event::StatusChanged { to: Status::Closed, why });
    }
    draft
}

/// An answer counts from when it is given, so that nobody is told meanwhile that there is none; what
/// the relay took after the time was late all the same. A mail is tried for some days only.
fn taken(draft: &mut Draft<'_>, conversation: &mut Conversation) {
    let (case, number) = (draft.case, conversation.ticket.number);
    let mut given = conversation.given_in_time(case.now);
    given.retain(|at| case.now.since(*at) < UNDER_WAY);
    for answered in given {
        let Some(taken) = case.records.taken(number, answered) else { continue };
        for (number, fact) in conversation.taken(answered, taken) {
            *conversation = conversation.with(number, std::slice::from_ref(&fact), case.now);
            draft.fact(number, fact);
        }
    }
}

/// Reminds, or opens what waited. What is over meanwhile is left alone, but for what somebody wants
/// to be reminded of.
fn wake(draft: &mut Draft<'_>, conversation: &mut Conversation, woken: &ToCome, calls: &mut Calls) {
    let case = draft.case;
    let status = conversation.ticket.status;
    let over = matches!(status, Status::Solved | Status::Closed | Status::Spam);
    let all = |of: &Conversation| notify::listeners(case, of, &case.config.desk.address);
    match woken.what {
        Wake::Remind => {
            let agent = case.config.agent(&woken.agent);
            let to = agent.map_or_else(
                || all(conversation),
                |agent| vec![notify::reading_for(case, agent, &case.config.desk.address)],
            );
            let (what, words) = (vec![Urge::Wanted], &*woken.words);
            let own = Reminder { to, what, words, goes: ReplyGoes::Internal, pace: Pace::Now };
            notify::reminder(draft, conversation, own);
        }
        Wake::Due if !over => calls.add(all(conversation), &Urge::DueNow),
        Wake::Reopen if matches!(status, Status::Pending | Status::OnHold) => {
            let why = case.texts.say(&Because::TimeCame);
            let event = Event::StatusChanged { to: Status::Open, why };
            conversation.ticket.apply(&event, case.now);
            draft.fact(conversation.ticket.number, event);
            calls.add(all(conversation), &Urge::OpenAgain { status });
        }
        Wake::Due | Wake::Reopen | Wake::AskAgain | Wake::AskLast | Wake::AskEnd => {}
    }
}
