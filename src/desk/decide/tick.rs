//! Time passed: what somebody set for a time that has come, and a solved ticket that was left alone.

use crate::desk::case::Case;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::notify::Reminder;
use crate::desk::{Event, Status, ToCome, Wake, notify};
use crate::mail::ReplyGoes;

/// Decides about all that is due on a ticket, oldest first.
pub fn tick<'a>(case: &'a Case<'a>) -> Draft<'a> {
    let mut draft = Draft::new(case);
    let Some(mut conversation) = case.conversation().cloned() else { return draft };
    for woken in conversation.ticket.due_wakes(case.now) {
        let ToCome { what, at, agent, words: _ } = woken.clone();
        draft.fact(conversation.ticket.number, Event::Woke { what, at, agent });
        wake(&mut draft, &mut conversation, &woken);
    }
    let ticket = &conversation.ticket;
    let alone = case.now.since(ticket.status_since) >= case.config.desk.close_after;
    if ticket.status == Status::Solved && alone {
        let why = "solved and left alone".to_owned();
        draft.fact(ticket.number, Event::StatusChanged { to: Status::Closed, why });
    }
    draft
}

/// Reminds, or opens what waited. What is over meanwhile is left alone, but for what somebody wants
/// to be reminded of.
fn wake(draft: &mut Draft<'_>, conversation: &mut Conversation, woken: &ToCome) {
    let case = draft.case;
    let status = conversation.ticket.status;
    let over = matches!(status, Status::Solved | Status::Closed | Status::Spam);
    let everybody = Reminder { agent: None, what: "", words: "", goes: ReplyGoes::Public };
    match woken.what {
        Wake::Remind => {
            let agent = case.config.agent(&woken.agent);
            let (what, words) = ("You wanted to be reminded of this.", &*woken.words);
            let own = Reminder { agent, what, words, goes: ReplyGoes::Internal };
            notify::reminder(draft, conversation, own);
        }
        Wake::Due if !over => {
            let due = Reminder { what: "This is due now.", ..everybody };
            notify::reminder(draft, conversation, due);
        }
        Wake::Reopen if matches!(status, Status::Pending | Status::OnHold) => {
            let why = "the time set for it has come".to_owned();
            let event = Event::StatusChanged { to: Status::Open, why };
            conversation.ticket.apply(&event, case.now);
            draft.fact(conversation.ticket.number, event);
            let words = format!("This was {} until now, and is open again.", status.as_str());
            notify::reminder(draft, conversation, Reminder { what: &words, ..everybody });
        }
        Wake::Due | Wake::Reopen => {}
    }
}
