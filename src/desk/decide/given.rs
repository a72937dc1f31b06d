//! Who gets a new ticket: whom a rule names, else whose turn it is in the queue.
//!
//! Only who is here and has room for one more gets anything by itself; where a skill is asked for,
//! only who has it. Where a queue has nobody else, those come in who stand in for its absent. If
//! everybody has as many as they may, the ticket stays with the queue, and the leads hear of it
//! once until somebody could be given one again.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::config::{Agent, Assign, Queue};
use crate::desk::case::Case;
use crate::desk::decision::Effect;
use crate::desk::deed::{Because, Instead};
use crate::desk::draft::Draft;
use crate::desk::rules::Ruled;
use crate::desk::withheld::{Silence, Unsent};
use crate::desk::{Event, Ticket, absence};
use crate::mail::Address;

/// Who gets it.
enum Place<'a> {
    /// Nobody by itself: all hear of it, and the first answer takes it.
    Open,
    /// That agent, because of this, and whose turn it was.
    With(&'a Agent, Because, Option<&'a Agent>),
    /// Nobody can, because all have as many as they may.
    Full,
    /// Nobody can, because nobody is here.
    Nobody,
}

/// Gives a new ticket to somebody, if somebody is to get it and can.
pub fn give(draft: &mut Draft<'_>, ticket: &mut Ticket, named: Option<&(Address, Ruled)>) {
    let case = draft.case;
    let Some(queue) = case.config.queue(&ticket.queue) else { return };
    let hall = Hall { case, ticket, queue, loads: OnceCell::new() };
    let place = named.and_then(|named| hall.named(named)).unwrap_or_else(|| hall.by_turn());
    let skill = case.config.skill(queue, ticket.skill.as_deref()).unwrap_or_default();
    let told = ["full-queue:", &queue.name, ":", skill].concat();
    match place {
        Place::Open | Place::Nobody => {}
        Place::With(agent, why, turn) => {
            let event =
                Event::Assigned { to: Some(agent.address.clone()), why: case.texts.say(&why) };
            ticket.apply(&event, case.now);
            draft.fact(ticket.number, event);
            let Some(turn) = turn else { return };
            draft.also(Effect::Turn(queue.name.clone(), turn.address.clone()));
            if leads_know(case, &told) {
                draft.also(Effect::Remember(told, String::new()));
            }
        }
        Place::Full => {
            let queue = queue.name.clone();
            let full = Silence::Full { queue: queue.clone() };
            let (what, why) = (case.texts.say(&Unsent::Assignment), case.texts.say(&full));
            let event = Event::Withheld { what, why };
            ticket.apply(&event, case.now);
            draft.fact(ticket.number, event);
            if !leads_know(case, &told) {
                draft.also(Effect::Remember(told, queue.clone()));
                draft.unplaced = Some(Instead::Full { queue });
            }
        }
    }
}

/// Whether it is noted of a queue that its leads know that nobody has room.
fn leads_know(case: &Case<'_>, told: &str) -> bool {
    case.records.noted(told).is_some_and(|noted| !noted.is_empty())
}

/// Where one looks for somebody.
struct Hall<'a, 't> {
    case: &'a Case<'a>,
    ticket: &'t Ticket,
    queue: &'a Queue,
    loads: OnceCell<BTreeMap<String, u64>>,
}

impl<'a> Hall<'a, '_> {
    /// Whom a rule names, or who stands in for them; if they have no room it goes by turn.
    fn named(&self, (address, by): &(Address, Ruled)) -> Option<Place<'a>> {
        let agent = self.case.config.agent(address)?;
        let reader = absence::reader(self.case.config, self.case.absences(), agent)?;
        if !self.may_have(reader) || !self.has_room(reader) {
            return None;
        }
        let ruled = by.clone();
        Some(Place::With(reader, self.because(reader, agent, Because::Ruled { ruled }), None))
    }

    fn by_turn(&self) -> Place<'a> {
        if self.queue.assign == Assign::Everyone {
            return Place::Open;
        }
        let team = self.in_turn();
        let able: Vec<&'a Agent> =
            match self.case.config.skill(self.queue, self.ticket.skill.as_deref()) {
                Some(skill) => team.into_iter().filter(|agent| agent.knows(skill)).collect(),
                None => team,
            };
        let here = |agent: &&'a Agent| absence::of(self.case.absences(), &agent.address).is_none();
        let (here, away): (Vec<_>, Vec<_>) = able.into_iter().partition(here);
        let stand_in =
            |agent| Some((absence::reader(self.case.config, self.case.absences(), agent)?, agent));
        let pools: [Vec<(&'a Agent, &'a Agent)>; 2] = [
            here.into_iter().map(|agent| (agent, agent)).collect(),
            away.iter().copied().filter_map(stand_in).collect(),
        ];
        let mut full = false;
        for pool in pools {
            let pool = pool.into_iter().filter(|(agent, _)| self.may_have(agent));
            let (free, busy): (Vec<_>, Vec<_>) = pool.partition(|(agent, _)| self.has_room(agent));
            full |= !busy.is_empty();
            if let Some((agent, turn)) = self.first(free) {
                let queue = self.queue.name.clone();
                let why = self.because(agent, turn, Because::Queue { queue });
                return Place::With(agent, why, Some(turn));
            }
        }
        if full { Place::Full } else { Place::Nobody }
    }

    /// The team, whose turn it is first.
    fn in_turn(&self) -> Vec<&'a Agent> {
        let mut team: Vec<&'a Agent> = self.case.config.agents_of(&self.queue.name).collect();
        let last = || self.case.records.last_assigned(&self.queue.name);
        if self.queue.assign == Assign::RoundRobin
            && let Some(last) = last()
            && let Some(at) = team.iter().position(|agent| agent.address == last)
        {
            team.rotate_left(at + 1);
        }
        team
    }

    fn first(&self, free: Vec<(&'a Agent, &'a Agent)>) -> Option<(&'a Agent, &'a Agent)> {
        match self.queue.assign {
            Assign::LeastOpen => free.into_iter().min_by_key(|(agent, _)| self.load(agent)),
            Assign::RoundRobin | Assign::Everyone => free.into_iter().next(),
        }
    }

    fn because(&self, agent: &Agent, turn: &Agent, why: Because) -> Because {
        match agent.address == turn.address {
            true => why,
            false => Because::For { why: Box::new(why), absent: turn.name.clone() },
        }
    }

    /// Nobody gets their own request.
    fn may_have(&self, agent: &Agent) -> bool {
        agent.addresses().all(|own| *own != self.ticket.requester.address)
    }

    fn has_room(&self, agent: &Agent) -> bool {
        agent.capacity.is_none_or(|most| self.load(agent) < u64::from(most))
    }

    fn load(&self, agent: &Agent) -> u64 {
        let loads = self.loads.get_or_init(|| self.case.records.loads());
        loads.get(&agent.address.key()).copied().unwrap_or(0)
    }
}
