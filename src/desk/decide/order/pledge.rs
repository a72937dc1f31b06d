//! `#promise`: what an agent makes the desk tell the customer, and the clock keep.
//!
//! A customer is told a time once. What an answer said in the agent's own words, or what is promised
//! for that minute already, is not told again; and of several times within the time for `#undo` only
//! the last goes out.

use super::Order;
use crate::desk::besides::Besides;
use crate::desk::case::Slip;
use crate::desk::complaint::Complaint;
use crate::desk::decision::{Dropped, Gone};
use crate::desk::known::{Done, Sent};
use crate::desk::notify;
use crate::desk::obeyed::Obeyed;
use crate::desk::outside::Outside;
use crate::desk::texts::{moment, whole_minutes};
use crate::desk::{Event, Promise, Promised, Status};
use crate::mail::{InboxId, Kind};
use crate::time::Timestamp;

/// By when the customer hears again, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pledge {
    due: Timestamp,
    words: String,
    /// Their answer said so.
    said: bool,
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
    let at = order.shown(due);
    // Words below keep what was promised before.
    if !order.speaks_outside() && is_told(&ticket.promises, due, &words) {
        return Ok(Obeyed::PromisedAlready { at, hearers });
    }
    let said = words.is_empty() && order.was_said(ticket.number, due);
    order.pledge = Some(Pledge { due, words, said, alone: None });
    Ok(match said {
        true => Obeyed::PromisedAsSaid { at, hearers },
        false => Obeyed::Promised { at, hearers },
    })
}

/// Whether the first that the customer expects is due then, and those words bring nothing new.
fn is_told(promises: &[Promise], due: Timestamp, words: &str) -> bool {
    let told = || promises.iter().filter(|one| one.stands() && one.told);
    let first = told().map(|one| one.due_at).min() == Some(due);
    first && told().any(|one| one.due_at == due && (words.is_empty() || words == one.words))
}

impl<'a, 'c: 'a> Order<'a, 'c> {
    /// The sentence in which the customer is told; none if they know.
    pub(super) fn pledged(&self) -> Option<String> {
        let Pledge { due, words, .. } = self.pledge.as_ref().filter(|pledge| !pledge.said)?;
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
        let Some(pledge) = self.pledge.take() else { return };
        self.supersede();
        self.make(pledge);
    }

    /// What another took the place of before anybody had it is promised again, since that other is
    /// taken back; `false` where it is too late for it, or it may not leave any more.
    pub fn pledge_again(&mut self, due: Timestamp, words: String) -> bool {
        self.pledge = Some(Pledge { due, words, said: false, alone: None });
        let sound = due > self.case.now && self.pledge_alone().is_ok();
        let pledge = self.pledge.take().filter(|_| sound);
        let made = pledge.is_some();
        pledge.into_iter().for_each(|pledge| self.make(pledge));
        made
    }

    fn make(&mut self, pledge: Pledge) {
        let Pledge { due, words, said: _, alone } = pledge;
        // A later time for it is still one of the review.
        let what = if self.owes_review() { Promised::Review } else { Promised::Update };
        let Some(conversation) = &mut self.conversation else { return };
        let by = Some(self.agent.address.clone());
        let made = Event::Promised { what, due, told: true, by, words };
        conversation.ticket.apply(&made, self.case.now);
        if let Some(sentence) = alone {
            notify::promised(&mut self.draft, conversation, &sentence);
        }
        self.draft.fact(conversation.ticket.number, made);
    }

    /// What they promised before and nobody has yet never was: the customer reads the last only.
    fn supersede(&mut self) {
        let Ok(number) = self.ticket().map(|ticket| ticket.number) else { return };
        let records = self.case.records;
        let mut mails: Vec<InboxId> = records
            .unsent(number, self.agent)
            .iter()
            .filter(|one| one.own && one.by != self.heard.id)
            .map(|one| one.by)
            .collect();
        mails.dedup();
        let done: Vec<Done> =
            mails.into_iter().filter_map(|mail| records.done(number, mail)).collect();
        for one in done.iter().filter(|done| is_notice_alone(done)) {
            for due in one.own().filter_map(|(event, _)| promised(event)) {
                if self.add(Event::PromiseWithdrawn { due }).is_ok() {
                    self.besides(&Besides::PromisedInstead { due: self.shown(due) });
                }
            }
            let rows = one.sent.iter().filter(|sent| sent.kind == Kind::Notice);
            let rows = rows.map(|sent| Dropped { row: sent.row, why: Gone::Replaced, own: true });
            self.draft.dropped.extend(rows);
        }
    }
}

fn promised(event: &Event) -> Option<Timestamp> {
    if let Event::Promised { due, by: Some(_), .. } = event { Some(*due) } else { None }
}

/// Whether a mail promised something by a notice of its own that nobody has yet.
fn is_notice_alone(done: &Done) -> bool {
    let outside = |sent: &&Sent| matches!(sent.kind, Kind::Reply | Kind::Notice);
    let waits = |sent: &Sent| sent.kind == Kind::Notice && sent.waits;
    done.own().any(|(event, _)| promised(event).is_some())
        && done.sent.iter().filter(outside).all(waits)
}
