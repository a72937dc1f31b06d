//! What an agent set to happen at a time, when the time has come.

use crate::desk::case::Case;
use crate::desk::draft::Draft;
use crate::desk::known::Woken;
use crate::desk::{Event, Status, Wake, notify};
use crate::mail::ReplyGoes;

/// Reminds, or opens what waited. What is over meanwhile is left alone, but for what somebody wants
/// to be reminded of.
pub fn wake<'a>(case: &'a Case<'a>, woken: &Woken) -> Draft<'a> {
    let mut draft = Draft::new(case);
    let Some(mut conversation) = case.conversation().cloned() else { return draft };
    let ticket = &mut conversation.ticket;
    let over = matches!(ticket.status, Status::Solved | Status::Closed | Status::Spam);
    match woken.what {
        Wake::Remind => {
            let agent = woken.agent.as_ref().and_then(|address| case.config.agent(address));
            let words = "You wanted to be reminded of this.";
            notify::reminder(
                &mut draft,
                &conversation,
                notify::Reminder {
                    agent,
                    what: words,
                    words: &woken.words,
                    goes: ReplyGoes::Internal,
                },
            );
        }
        Wake::Due if !over => {
            notify::reminder(
                &mut draft,
                &conversation,
                notify::Reminder {
                    agent: None,
                    what: "This is due now.",
                    words: "",
                    goes: ReplyGoes::Public,
                },
            );
        }
        Wake::Reopen if matches!(ticket.status, Status::Pending | Status::OnHold) => {
            let waited = ticket.status.as_str();
            let event = Event::StatusChanged {
                to: Status::Open,
                why: "the time set for it has come".to_owned(),
            };
            ticket.apply(&event, case.now);
            draft.fact(ticket.number, event);
            let words = format!("This was {waited} until now, and is open again.");
            notify::reminder(
                &mut draft,
                &conversation,
                notify::Reminder { agent: None, what: &words, words: "", goes: ReplyGoes::Public },
            );
        }
        Wake::Due | Wake::Reopen => {}
    }
    draft
}
