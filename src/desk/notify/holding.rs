//! The mail to a customer whose answer is late: what is so, from the record, and the new time.

use super::make::{maybe, value};
use super::outside::notice;
use super::reach::{leads, reading_for};
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::records::LOOK_BACK;
use crate::desk::texts::{Values, moment};
use crate::desk::{Direction, Entry, Ticket};
use crate::mail::Kind;
use crate::time::Timestamp;

/// What was promised, and what is now.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// The time that has passed.
    pub missed: Timestamp,
    /// By when the customer hears next.
    pub next: Option<Timestamp>,
    /// The how manieth time since somebody answered.
    pub nth: usize,
}

/// Tells the customer that it is late. Nothing is claimed that is not in the record.
pub fn hold_off(draft: &mut Draft<'_>, ticket: &Ticket, whole: &Conversation, holding: Holding) {
    let case = draft.case;
    let config = case.config;
    let zone = &config.desk.time_zone;
    let said = case.records.public_entries(whole.ticket.number, LOOK_BACK);
    let newest = |way: Direction| said.iter().rev().find(|entry| entry.direction == way);
    let shown = |entry: &Entry| moment(entry.at, zone);
    let agent = whole.ticket.assignee.as_ref().and_then(|address| config.agent(address));
    let nobody = &config.desk.address;
    let who = agent.map(|agent| reading_for(case, agent, nobody).person);
    let lead = leads(case, whole).into_iter().map(|one| one.person);
    let lead = { lead }.find(|one| who.as_ref().is_none_or(|who| who.address != one.address));
    let owner = config.agent(&config.desk.owner).map(|agent| agent.name.clone());
    let owner = config.desk.owner_name.clone().or(owner);
    let values = Values::from([
        ("number", value(ticket.number.0.to_string())),
        ("subject", value(&whole.outside)),
        ("desk", value(&config.desk.name)),
        ("missed", value(moment(holding.missed, zone))),
        ("next", maybe(holding.next.map(|at| moment(at, zone)))),
        ("nth", holding.nth.into()),
        ("who", maybe(who.and_then(|person| person.name))),
        ("last", maybe(newest(Direction::Out).map(shown))),
        (
            "wrote",
            value(newest(Direction::In).map_or_else(|| moment(ticket.created_at, zone), shown)),
        ),
        ("lead", maybe(lead.and_then(|person| person.name))),
        ("owner", maybe(owner)),
    ]);
    let requester = ticket.requester.clone();
    notice(draft, (Kind::Holding, "holding"), &values, (whole, &[requester]));
}
