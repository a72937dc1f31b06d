//! `#ask`: what a report lacks is asked for in the agent's own answer, and the ticket waits for it.

use super::Order;
use crate::config::DETAILS;
use crate::desk::command::suggest;
use crate::desk::complaint::Complaint;
use crate::desk::decide::asking::{self, ASKED_MAX};
use crate::desk::draft::Draft;
use crate::desk::intake;
use crate::desk::obeyed::Obeyed;
use crate::desk::outside::Outside;
use crate::desk::{AskEnd, Event, Mailed, Status, Ticket, Wake, notify};
use crate::mail::ReplyGoes;

/// `#ask [what …]`
pub fn ask(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let ticket = order.ticket()?;
    if matches!(ticket.status, Status::Solved | Status::Closed | Status::Spam) {
        return Err(Complaint::NotOpen { status: ticket.status });
    }
    if let Some(asking) = ticket.asking() {
        let what = asking.words.split(' ').map(str::to_owned).collect();
        return Err(Complaint::AskedAlready { what });
    }
    let (of, hears) = (ticket.requester.address.clone(), ticket.participants.iter());
    if !ticket.verified || !hears.into_iter().any(|one| one.mailed == Mailed::Yes) {
        return Err(Complaint::NobodyToPromise);
    }
    if order.goes != ReplyGoes::Public {
        return Err(Complaint::AskInside);
    }
    let what = if value.is_empty() { missing(order)? } else { named(order, value)? };
    let case = order.case;
    let again = asking::at(case, order.ticket()?, Wake::AskAgain).ok_or(Complaint::AskInside)?;
    let questions = notify::questions(case, &what);
    order.set_status(Status::Pending)?;
    let by = Some(order.agent.address.clone());
    order.add(Event::DetailsAsked { what: what.clone(), of, by, again })?;
    order.say_below(case.texts.say(&Outside::Question { questions }));
    Ok(Obeyed::Asked { what, hearers: order.hearers(), at: order.shown(again) })
}

/// What an answer of an agent's ends: an asking, but for that of this very mail.
pub fn taken_over(draft: &Draft<'_>, ticket: &Ticket) -> Option<Event> {
    let asks = draft.events.iter().any(|(_, event)| matches!(event, Event::DetailsAsked { .. }));
    asking::end(ticket, AskEnd::TakenOver).filter(|_| !asks)
}

/// All details that there are.
fn known<'o>(order: &'o Order<'_, '_>) -> Vec<&'o str> {
    let own = order.case.config.details.iter().map(|detail| detail.name.as_str());
    DETAILS.into_iter().chain(own).collect()
}

/// Details as the agent names them.
fn named(order: &Order<'_, '_>, value: &str) -> Result<Vec<String>, Complaint> {
    let known = known(order);
    let mut what: Vec<String> = Vec::new();
    for word in value.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
        let wanted = word.to_lowercase();
        if !known.contains(&wanted.as_str()) {
            let (written, meant, known) = suggest::no_such(word, known);
            return Err(Complaint::NoDetail { written, meant, known });
        }
        if !what.contains(&wanted) {
            what.push(wanted);
        }
    }
    Ok(what)
}

/// What the queue's checklist has and nothing that the customer wrote; never what they were asked
/// for before.
fn missing(order: &Order<'_, '_>) -> Result<Vec<String>, Complaint> {
    let (case, ticket) = (order.case, order.ticket()?);
    let said = case.records.public_texts(ticket.number).join("\n");
    let told = intake::found(&said, false, &case.config.details);
    let events = case.records.events(ticket.number);
    let asked = |name: &String| {
        events.iter().any(
            |(event, _)| matches!(event, Event::DetailsAsked { what, .. } if what.contains(name)),
        )
    };
    let own = case.config.queue(&ticket.queue).and_then(|queue| queue.checklist.clone());
    let list = own.filter(|list| !list.is_empty()).unwrap_or_else(intake::usual);
    let left = list.into_iter().filter(|name| !told.contains(name) && !asked(name));
    let what: Vec<String> = left.take(ASKED_MAX).collect();
    if what.is_empty() {
        let known = known(order).into_iter().map(str::to_owned).collect();
        return Err(Complaint::NothingMissing { known });
    }
    Ok(what)
}
