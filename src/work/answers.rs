//! What agents ask in their mails, looked up for their answers.

use crate::config::Agent;
use crate::desk::query::{self, Answer, LISTED_MAX, Question, Story};
use crate::mail::TicketNumber;
use crate::store::{self, Tx, queries, threads, tickets, view};
use crate::time::Timestamp;

/// Entries that `#show` repeats.
const SHOWN_ENTRIES: u32 = 5;

/// What the store says to a question.
pub fn answer(
    tx: Tx<'_>,
    question: &Question,
    agent: &Agent,
    now: Timestamp,
) -> store::Result<Answer> {
    match question {
        Question::Ticket(number) => story(tx, *number, agent),
        Question::Mail(id) => {
            let own: Vec<_> = agent.addresses().collect();
            Ok(queries::ended_mail(tx, *id, &own)?.map_or(Answer::Nothing, Answer::Mail))
        }
        Question::List(which, page) => {
            // Of what is damaged `status` tells: it must not hide the others.
            let (all, _) = queries::found(tx, which, now)?;
            let all: Vec<TicketNumber> = all
                .into_iter()
                .filter(|(_, queue)| query::may_see(agent, queue))
                .map(|(number, _)| number)
                .collect();
            some(tx, &all, (page - 1).saturating_mul(LISTED_MAX))
        }
        Question::Search(words) => {
            let found = view::search(tx, words)?
                .into_iter()
                .filter(|found| query::may_see(agent, &found.ticket.queue));
            some(tx, &found.map(|found| TicketNumber(found.ticket.number)).collect::<Vec<_>>(), 0)
        }
    }
}

fn some(tx: Tx<'_>, all: &[TicketNumber], skipped: usize) -> store::Result<Answer> {
    let mut listed = Vec::new();
    for number in all.iter().skip(skipped).take(LISTED_MAX) {
        listed.extend(queries::listed(tx, *number)?);
    }
    Ok(Answer::Tickets(listed, all.len()))
}

fn story(tx: Tx<'_>, number: TicketNumber, agent: &Agent) -> store::Result<Answer> {
    let listed =
        queries::listed(tx, number)?.filter(|listed| query::may_see(agent, &listed.ticket.queue));
    let Some(listed) = listed else { return Ok(Answer::Nothing) };
    Ok(Answer::Ticket(Box::new(Story {
        listed,
        last: tickets::last_entries(tx, &threads::family(tx, number)?, SHOWN_ENTRIES)?,
        events: tickets::events(tx, number)?,
        ended: queries::ended_of(tx, number)?,
    })))
}
