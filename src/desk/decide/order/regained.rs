//! A ticket that the mail server called spam when it came, and that is a request after all: what it
//! would have had then it has now.

use super::Order;
use crate::desk::case::Read;
use crate::desk::decide::customer::request;
use crate::desk::decide::given::give;
use crate::desk::known::{Conversation, Opening};
use crate::desk::notify::{self, Scene};
use crate::desk::rules;
use crate::desk::{Event, Status};
use crate::mail::{Kind, Person};

/// Whose turn it is gets it, its writer is acknowledged and promised an answer, and whoever is to
/// answer reads it, the agent who brought it back too: only a mail about the request takes an
/// answer to it. Nothing of that where the same mail answers.
pub fn regain(order: &mut Order<'_, '_>) {
    let Some((opening, requester)) = regained(order) else { return };
    let case = order.case;
    let read = read(&opening);
    let mut own_turn = false;
    if let Some(conversation) = &mut order.conversation
        && conversation.ticket.assignee.is_none()
    {
        // It has its queue and all else that rules say since it came.
        let routed = rules::routed(case.config, &request(&read, &requester));
        give(&mut order.draft, &mut conversation.ticket, routed.assign.as_ref());
        own_turn = conversation.ticket.assignee.is_some();
    }
    let Some(conversation) = &order.conversation else { return };
    let ticket = &conversation.ticket;
    notify::acknowledge(&mut order.draft, &read, ticket, &requester);
    // A colleague to whom a line gave it hears of that.
    let holder = ticket.assignee.as_ref();
    if own_turn || holder.is_none_or(|holder| *holder == order.agent.address) {
        let mut current = conversation.clone();
        current.last.retain(|entry| entry.at != ticket.created_at);
        let scene = Scene { case, read: &read, conversation: &current };
        notify::regained(&mut order.draft, scene, &requester, order.agent);
    }
}

/// The mail that opened it, and whose request it is; `None` if nothing was withheld of it.
fn regained(order: &Order<'_, '_>) -> Option<(Opening, Person)> {
    let Conversation { ticket, .. } = order.conversation.as_ref()?;
    let over = matches!(ticket.status, Status::Spam | Status::Solved | Status::Closed);
    let spoke = order.draft.mails.iter().any(|post| post.mail.kind == Kind::Reply);
    if order.before != Some(Status::Spam) || over || spoke || !ticket.promises.is_empty() {
        return None;
    }
    let events = order.case.records.events(ticket.number);
    let (Event::Opened { requester, .. }, came) = events.first()? else { return None };
    let flagged = |(event, at): &(Event, _)| {
        at == came && matches!(event, Event::StatusChanged { to: Status::Spam, .. })
    };
    // What somebody else asks now was never theirs.
    if !events.iter().any(flagged) || requester.address != ticket.requester.address {
        return None;
    }
    Some((order.case.records.opening(ticket.number)?, requester.clone()))
}

fn read(opening: &Opening) -> Read<'_> {
    Read {
        id: opening.id,
        inbound: &opening.inbound,
        reading: &opening.reading,
        verdict: &opening.verdict,
        text: &opening.text,
        history: "",
        blocks: &opening.blocks,
        arrived_at: opening.arrived_at,
        quiet: opening.quiet,
        released: false,
    }
}
