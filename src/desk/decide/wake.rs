//! What an agent set to happen at a time, when the time has come.

use crate::desk::case::Case;
use crate::desk::draft::Draft;
use crate::desk::known::Woken;
use crate::desk::{Event, Status, Wake, notify};
use crate::mail::ReplyGoes;

/// Reminds, or opens what waited. What is over meanwhile is left alone, but for what somebody wants
/// to be reminded of.
pub fn wake(case: &Case<'_>, woken: &Woken) -> Draft {
    let mut draft = Draft::default();
    let Some(mut conversation) = case.conversation().cloned() else { return draft };
    let ticket = &mut conversation.ticket;
    let over = matches!(ticket.status, Status::Solved | Status::Closed | Status::Spam);
    match woken.what {
        Wake::Remind => {
            let agent = woken.agent.as_ref().and_then(|address| case.config.agent(address));
            let words = "You wanted to be reminded of this.";
            notify::reminder(
                case,
                &conversation,
                agent,
                words,
                &woken.words,
                ReplyGoes::Internal,
                &mut draft,
            );
        }
        Wake::Due if !over => {
            notify::reminder(
                case,
                &conversation,
                None,
                "This is due now.",
                "",
                ReplyGoes::Public,
                &mut draft,
            );
        }
        Wake::Reopen if matches!(ticket.status, Status::Pending | Status::OnHold) => {
            let waited = ticket.status.as_str();
            let event = Event::StatusChanged {
                to: Status::Open,
                why: "the time set for it has come".to_owned(),
            };
            ticket.apply(&event, case.now);
            draft.events.push((ticket.number, event));
            let words = format!("This was {waited} until now, and is open again.");
            notify::reminder(case, &conversation, None, &words, "", ReplyGoes::Public, &mut draft);
        }
        Wake::Due | Wake::Reopen => {}
    }
    draft
}
