//! Commands about people: who has the ticket, and whose team's it is.

use super::threads::number;
use super::{Order, absence};
use crate::config::{Agent, Queue, Role};
use crate::desk::absence::reader;
use crate::desk::besides::Remark;
use crate::desk::command::suggest::{self, Unnamed};
use crate::desk::complaint::Complaint;
use crate::desk::deed::Deed;
use crate::desk::notify;
use crate::desk::obeyed::{Obeyed, Perhaps};
use crate::desk::problem::Problem;
use crate::desk::{Cause, Event};

/// Signs that end a name; all but the first and the last stand before a space.
const BEHIND_NAME: [&str; 8] = [":", ", ", "; ", ". ", " - ", " – ", " — ", "> "];
/// Longest name, with an address, in bytes.
const NAME_MAX: usize = 120;
/// What people write for nobody.
const NOBODY: [&str; 6] = ["none", "nobody", "no one", "noone", "-", "–"];

/// `#assign bob`, `#assign none`
pub fn assign(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    if NOBODY.contains(&value.to_lowercase().as_str()) {
        return unassign(order, "");
    }
    let agent = order.agent_named(value)?;
    not_whose_request(order, agent)?;
    let changed = order.set_assignee(Some(agent))?;
    let warning = absence::warning(order, agent).filter(|_| agent.address != order.agent.address);
    let agent = agent.name.clone();
    Ok(if changed { Obeyed::Has { agent, warning } } else { Obeyed::Had { agent, warning } })
}

/// Whose request it is would read what is noted about them.
fn not_whose_request(order: &Order<'_, '_>, agent: &Agent) -> Result<(), Complaint> {
    if agent.address == order.agent.address || !order.is_request_of(agent) {
        return Ok(());
    }
    Err(Complaint::OwnRequest { name: agent.name.clone() })
}

/// `#unassign`
pub fn unassign(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    let changed = order.set_assignee(None)?;
    Ok(if changed { Obeyed::NobodyHas } else { Obeyed::NobodyHad })
}

/// `#take`, or `#take 16` where no mail says which.
pub fn take(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let here = order.ticket()?.number;
    let meant = match number(value) {
        None if value.is_empty() => here,
        None => return Err(Complaint::TakeByNumber),
        Some(meant) => meant,
    };
    // A ticket that went into this one is this one.
    let named = (meant != here).then(|| order.case.named(meant)).flatten();
    if meant != here && named.is_none_or(|one| one.ticket.number != here) {
        return Err(Complaint::OtherTicket { here, meant });
    }
    let changed = order.set_assignee(Some(order.agent))?;
    Ok(if changed { Obeyed::YouHave } else { Obeyed::YouHad })
}

/// `#queue billing`: who has it keeps it if they serve that queue too.
pub fn queue(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let config = order.case.config;
    let queue = suggest::queue(&config.queues, value)?;
    if order.ticket()?.queue == queue.name {
        return Ok(Obeyed::InQueue { queue: queue.name.clone() });
    }
    order.add(Event::Moved { to: queue.name.clone(), why: order.said() })?;
    let team: Vec<&Agent> = config.agents_of(&queue.name).collect();
    let holder = order.ticket()?.assignee.as_ref().and_then(|address| config.agent(address));
    if team.is_empty() {
        return unserved(order, queue, holder);
    }
    if let Some(agent) = holder.filter(|agent| agent.queues.contains(&queue.name)) {
        order.tell(agent, Deed::Moved { queue: queue.name.clone() });
        let (queue, agent) = (queue.name.clone(), agent.name.clone());
        return Ok(Obeyed::MovedKept { queue, agent });
    }
    order.take_off()?;
    for agent in &team {
        order.tell(agent, Deed::Moved { queue: queue.name.clone() });
    }
    let here = |agent: &&Agent| reader(config, order.case.absences(), agent).is_some();
    let all_away = !team.iter().any(here);
    Ok(Obeyed::Moved { queue: queue.name.clone(), all_away })
}

/// Where nobody serves a queue, who has the ticket keeps it, else all hear of it; so does whoever
/// runs the desk.
fn unserved(
    order: &mut Order<'_, '_>,
    queue: &Queue,
    holder: Option<&Agent>,
) -> Result<Obeyed, Complaint> {
    let config = order.case.config;
    let all: Vec<&Agent> = holder.map_or_else(|| config.agents.iter().collect(), |one| vec![one]);
    for agent in all {
        order.tell(agent, Deed::MovedUnserved { queue: queue.name.clone() });
    }
    let (ticket, queue) = (order.ticket()?.number, queue.name.clone());
    order.draft.problem(Cause::NoAgent, Problem::MovedUnserved { ticket, queue: queue.clone() });
    let keeps = holder.map(|agent| agent.name.clone());
    Ok(Obeyed::MovedUnserved { queue, keeps })
}

/// `#escalate [who] [why]`: to whom is named, else to the lead of the queue, else to the owner of
/// the desk.
pub fn escalate(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let Named { mut whom, mut why, perhaps } = named_first(order, value)?;
    if whom.is_some_and(|agent| agent.address == order.agent.address) {
        // Escalating to oneself helps nobody.
        (whom, why) = (None, if why.is_empty() { "" } else { value });
    }
    let to: Vec<&Agent> = match whom {
        Some(agent) => {
            not_whose_request(order, agent)?;
            vec![agent]
        }
        None => leads(order)?,
    };
    if let [one] = to.as_slice() {
        order.set_assignee(Some(one))?;
    }
    for agent in &to {
        order.tell(agent, Deed::Escalated);
    }
    let names: Vec<String> = to.iter().map(|agent| agent.name.clone()).collect();
    order.add(Event::Escalated {
        to: to.iter().map(|agent| agent.address.clone()).collect(),
        why: why.to_owned(),
    })?;
    if to.is_empty() {
        let conversation = order.conversation()?.clone();
        notify::escalated(&mut order.draft, &conversation, order.agent, why);
    }
    if !why.is_empty() {
        order.remark(&Remark::Escalated { to: names.clone(), why: why.to_owned() });
    }
    let warning = if let [one] = to.as_slice() { absence::warning(order, one) } else { None };
    let perhaps = perhaps.filter(|agent| to.iter().all(|one| one.address != agent.address));
    let perhaps = perhaps.map(|one| Perhaps { name: one.name.clone(), handle: one.handle.clone() });
    Ok(Obeyed::Escalated { to: names, warning, perhaps })
}

/// What the value of `#escalate` says.
struct Named<'o, 'v> {
    whom: Option<&'o Agent>,
    why: &'v str,
    /// Whom the first word would name, if it were no word of a sentence.
    perhaps: Option<&'o Agent>,
}

/// A value names somebody if all of it does, or what stands before a sign that ends a name: "will
/// the printer burn?" is about no Will. What could be two people is a complaint.
fn named_first<'o, 'c: 'o, 'v>(
    order: &Order<'o, 'c>,
    value: &'v str,
) -> Result<Named<'o, 'v>, Complaint> {
    for (name, why) in divided(value) {
        match order.agent_named(name.strip_prefix("to ").unwrap_or(name)) {
            // "bob, alice and I disagree"
            Ok(_) if why.split(' ').next().is_some_and(|next| is_name(order, next)) => {}
            Ok(agent) => return Ok(Named { whom: Some(agent), why, perhaps: None }),
            Err(Unnamed::Several(complaint)) => return Err(complaint),
            Err(Unnamed::Nobody(_)) => {}
        }
    }
    let (first, rest) = value.split_once(' ').unwrap_or((value, ""));
    let agent = suggest::agent(&order.case.config.agents, first).ok();
    let agent = agent.filter(|agent| agent.address != order.agent.address);
    if agent.is_some() && (first.starts_with('@') || begins_anew(order, first, rest)) {
        return Ok(Named { whom: agent, why: rest, perhaps: None });
    }
    Ok(Named { whom: None, why: value, perhaps: agent })
}

/// Where a name may end, the longest first.
fn divided(value: &str) -> Vec<(&str, &str)> {
    let signs = BEHIND_NAME.iter().flat_map(|sign| value.match_indices(sign));
    let mut ends: Vec<(usize, usize)> =
        signs.map(|(at, sign)| (at + usize::from(sign == "> "), at + sign.len())).collect();
    ends.push((value.len(), value.len()));
    ends.sort();
    let ends = ends.into_iter().rev().filter(|(end, _)| *end <= NAME_MAX);
    ends.filter_map(|(end, next)| Some((value.get(..end)?.trim(), value.get(next..)?.trim())))
        .collect()
}

fn is_name(order: &Order<'_, '_>, word: &str) -> bool {
    !word.is_empty() && suggest::agent(&order.case.config.agents, word).is_ok()
}

/// "bob The export is wrong": behind a small name a sentence begins, and no longer name goes on.
fn begins_anew(order: &Order<'_, '_>, first: &str, rest: &str) -> bool {
    let next = rest.split(' ').next().unwrap_or_default();
    first.starts_with(char::is_lowercase)
        && next.starts_with(char::is_uppercase)
        && next.chars().count() > 1
        && !rest.contains('?')
        && !is_name(order, next.trim_end_matches("'s"))
}

/// The leads of the ticket's queue, but for whoever asks them, for escalating to oneself helps
/// nobody, and whose request it is.
fn leads<'o, 'c: 'o>(order: &Order<'o, 'c>) -> Result<Vec<&'o Agent>, Complaint> {
    let queue = order.ticket()?.queue.clone();
    let config = order.case.config;
    let leads = config
        .agents
        .iter()
        .filter(|agent| agent.role == Role::Lead && agent.queues.contains(&queue));
    let reached = |agent: &&Agent| reader(config, order.case.absences(), agent).is_some();
    let others =
        leads.filter(|agent| agent.address != order.agent.address && !order.is_request_of(agent));
    Ok(others.filter(reached).collect())
}
