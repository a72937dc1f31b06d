//! Whether a mail asks its reader how they were served, and about whose work.

use crate::config::Feedback;
use crate::desk::case::Case;
use crate::desk::draft::Draft;
use crate::desk::records::LOOK_BACK;
use crate::desk::silenced::wants_none;
use crate::desk::{Direction, Event, Status, Ticket};
use crate::mail::{Address, TicketNumber};

/// No ticket.
const NONE: TicketNumber = TicketNumber(0);

/// Who wrote what was last answered, if it is an agent still.
pub fn answerer(case: &Case<'_>, ticket: &Ticket) -> Option<Address> {
    let said = case.records.public_entries(ticket.number, LOOK_BACK);
    let last = said.iter().rev().find(|entry| entry.direction == Direction::Out)?;
    case.config.agent(&last.author.address).map(|agent| agent.address.clone())
}

/// Whether what was decided solves a ticket.
pub fn solves(draft: &Draft<'_>, ticket: &Ticket) -> bool {
    let solved = |event: &Event| matches!(event, Event::StatusChanged { to: Status::Solved, .. });
    let mut own = draft.events.iter().filter(|(number, _)| *number == ticket.number);
    ticket.status == Status::Solved && own.any(|(_, event)| solved(event))
}

/// Notes that somebody is asked how they were served, if they may be: whose request it is, in a
/// mail that is made now.
pub fn ask(draft: &mut Draft<'_>, ticket: &Ticket, who: &Address, agent: Option<&Address>) -> bool {
    let case = draft.case;
    let queue = case.config.queue(&ticket.queue);
    let Some(Feedback { wanted, bad_mark, every }) = queue.map(|queue| queue.survey) else {
        return false;
    };
    let given = ticket.survey.as_ref().and_then(|survey| survey.mark);
    let last = || case.records.asked_of(who, if given.is_none() { ticket.number } else { NONE });
    let lately = || last().is_some_and(|at| case.now.since(at) < every);
    let may = wanted
        && ticket.verified
        && ticket.requester.address == *who
        && case.config.agent(who).is_none()
        && given.is_none_or(|mark| mark > bad_mark)
        && !case.records.is_machine(ticket.number, who)
        && !wants_none(case, ticket.number, who)
        && !lately();
    if may {
        let (of, agent) = (who.clone(), agent.cloned());
        draft.fact(ticket.number, Event::SurveyAsked { of, agent });
    }
    may
}
