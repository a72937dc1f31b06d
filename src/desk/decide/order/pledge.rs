//! `#promise`: what an agent makes the desk tell the customer, and the clock keep.

use super::Order;
use crate::desk::case::Slip;
use crate::desk::complaint::Complaint;
use crate::desk::notify;
use crate::desk::obeyed::Obeyed;
use crate::desk::outside::Outside;
use crate::desk::texts::{moment, whole_minutes};
use crate::desk::{Event, Promised, Status};
use crate::time::Timestamp;

/// By when the customer hears again, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pledge {
    due: Timestamp,
    words: String,
    /// The sentence as it may leave, where it stands alone.
    alone: Option<String>,
}

/// `#promise <when> [what]`
pub fn promise(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    if value.to_lowercase().starts_with("next week") {
        return Err(Complaint::WhenNextWeek);
    }
    let (due, words) = order.moment_and_words(value)?;
    if order.pledge.is_some() {
        return Err(Complaint::OncePromised);
    }
    let ticket = order.ticket()?;
    if matches!(ticket.status, Status::Solved | Status::Closed | Status::Spam) {
        return Err(Complaint::NotOpen { status: ticket.status });
    }
    let hearers = order.people().filter(|_| ticket.verified);
    let hearers = hearers.ok_or(Complaint::NobodyToPromise)?;
    let due = whole_minutes(due);
    order.pledge = Some(Pledge { due, words, alone: None });
    Ok(Obeyed::Promised { at: order.shown(due), hearers })
}

impl<'a, 'c: 'a> Order<'a, 'c> {
    /// The sentence in which the customer is told.
    pub(super) fn pledged(&self) -> Option<String> {
        let Pledge { due, words, alone: _ } = self.pledge.as_ref()?;
        let due = moment(*due, &self.case.config.desk.time_zone);
        let what = Some(words.clone()).filter(|words| !words.is_empty());
        Some(self.case.texts.say(&Outside::Promise { who: self.agent.name.clone(), due, what }))
    }

    /// Without words beside it the sentence goes alone, if it may leave.
    pub(super) fn pledge_alone(&mut self) -> Result<(), Slip<'a>> {
        let Some(sentence) = self.pledged() else { return Ok(()) };
        let sentence = self.passed(&sentence, &[], true)?;
        if let Some(pledge) = &mut self.pledge {
            pledge.alone = Some(sentence);
        }
        Ok(())
    }

    /// The promise itself. Where no words of the agent's bring the sentence, a mail of the desk's
    /// does.
    pub(super) fn keep_watch(&mut self) {
        let (Some(Pledge { due, words, alone }), Some(conversation)) =
            (self.pledge.take(), &mut self.conversation)
        else {
            return;
        };
        let by = Some(self.agent.address.clone());
        let made = Event::Promised { what: Promised::Update, due, told: true, by, words };
        conversation.ticket.apply(&made, self.case.now);
        if let Some(sentence) = alone {
            notify::promised(&mut self.draft, conversation, &sentence);
        }
        self.draft.fact(conversation.ticket.number, made);
    }
}
