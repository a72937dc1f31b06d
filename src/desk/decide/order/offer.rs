//! An answer that names a time by which the customer hears: its writer is asked whether the clock is
//! to keep it. Until they say so by `#promise` nothing is promised.
//!
//! The customer has read the time in the agent's own words, so a line that confirms it mails nobody
//! again. Another time than that is told like any promise.

use super::Order;
use crate::desk::Event;
use crate::desk::assurance::moments::{By, Sky};
use crate::desk::assurance::{Assurance, assurance};
use crate::desk::besides::Besides;
use crate::mail::quote::tail::without;
use crate::mail::{Address, TicketNumber};
use crate::time::Timestamp;

/// Characters of a sentence that are shown.
const SHOWN: usize = 100;

impl Order<'_, '_> {
    /// Offers what the text that went out assures, unless it is promised already.
    pub(super) fn offer(&mut self) {
        let Some(Assurance { sentence, by }) = self.assured() else { return };
        let said = shortened(&sentence);
        let dues = by.all();
        self.besides(&match by {
            By::At(at) => Besides::Offer { said: said.clone(), line: self.shown(at) },
            By::Either(one, other) => Besides::OfferWhich {
                said: said.clone(),
                line: self.shown(one),
                other: self.shown(other),
            },
            By::Vague => Besides::OfferWhen { said: said.clone() },
        });
        // What the transcript shows of their own words they may write again.
        self.draft.about.get_or_insert(self.read.id);
        let Ok(number) = self.ticket().map(|ticket| ticket.number) else { return };
        self.draft.fact(number, Event::Offered { mail: self.heard.id, words: said, dues });
    }

    fn assured(&self) -> Option<Assurance> {
        let conversation = self.conversation.as_ref()?;
        let ticket = &conversation.ticket;
        if !self.case.config.desk.offers
            || self.pledge.is_some()
            || ticket.is_over()
            || !ticket.verified
            || self.people().is_none()
        {
            return None;
        }
        let zone = &self.case.config.desk.time_zone;
        let sky = Sky { now: self.case.now, zone, hours: self.hours() };
        let agents = self.case.config.agents.iter();
        let names: Vec<&str> = agents.map(|agent| agent.name.as_str()).collect();
        let text = without(self.read.text, self.case.habits());
        let found = assurance(text, &names, sky)?;
        let open = conversation.promised_first();
        let earlier = |at: Timestamp| open.is_some_and(|open| open <= at);
        Some(found).filter(|found| !found.by.earliest().is_some_and(earlier))
    }

    /// Whether the customer read that time in an answer to which it was offered, as far as is known;
    /// on this ticket or on one that went into it.
    pub(super) fn was_said(&self, number: TicketNumber, due: Timestamp) -> bool {
        let records = self.case.records;
        let requester = self.ticket().ok().map(|ticket| &ticket.requester.address);
        let said = |number| is_said(&records.events(number), requester, due);
        records.parts(number).into_iter().chain([number]).any(said)
    }
}

/// Whether those of a ticket say so.
fn is_said(events: &[(Event, Timestamp)], to: Option<&Address>, due: Timestamp) -> bool {
    events.iter().enumerate().any(|(at, (event, _))| {
        let Event::Offered { mail, dues, .. } = event else { return false };
        let gone = events.iter().skip(at).any(|(later, _)| match later {
            Event::TakenBack { mail: back, .. } => back == mail,
            Event::Undelivered { recipient, unproven: false, .. } => Some(recipient) == to,
            _ => false,
        });
        dues.contains(&due) && !gone
    })
}

/// The words of a sentence that are shown.
fn shortened(sentence: &str) -> String {
    let mut words = String::new();
    for word in sentence.trim_end_matches('.').split(' ') {
        if words.chars().count() + word.chars().count() > SHOWN {
            return words + " …";
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}
