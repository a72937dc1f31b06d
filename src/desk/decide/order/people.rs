//! Commands about people: who has the ticket, and whose team's it is.

use super::{Order, absence};
use crate::config::{Agent, Role};
use crate::desk::Event;
use crate::desk::absence::reader;
use crate::desk::command::{Complaint, suggest};
use crate::desk::notify;

/// A name has at most so many words.
const NAME_WORDS_MAX: usize = 3;

/// What people write for nobody.
const NOBODY: [&str; 6] = ["none", "nobody", "no one", "noone", "-", "–"];

/// `#assign bob`, `#assign none`
pub fn assign(order: &mut Order<'_>, value: &str) -> Result<String, Complaint> {
    if NOBODY.contains(&value.to_lowercase().as_str()) {
        return unassign(order, "");
    }
    let agent = order.agent_named(value)?;
    let changed = order.set_assignee(Some(agent))?;
    let warning = absence::warning(order, agent).filter(|_| agent.address != order.agent.address);
    let warning = warning.map(|words| format!(", {words}")).unwrap_or_default();
    Ok(format!("{} {}{warning}", agent.name, if changed { "has it now" } else { "had it already" }))
}

/// `#unassign`
pub fn unassign(order: &mut Order<'_>, _: &str) -> Result<String, Complaint> {
    let changed = order.set_assignee(None)?;
    Ok(if changed { "nobody has it now".to_owned() } else { "nobody had it".to_owned() })
}

/// `#take`
pub fn take(order: &mut Order<'_>, _: &str) -> Result<String, Complaint> {
    let changed = order.set_assignee(Some(order.agent))?;
    Ok(if changed { "you have it now".to_owned() } else { "you had it already".to_owned() })
}

/// `#queue billing`: who has it keeps it if they serve that queue too.
pub fn queue(order: &mut Order<'_>, value: &str) -> Result<String, Complaint> {
    let config = order.context.config;
    let queue = suggest::queue(&config.queues, value)?;
    if order.ticket()?.queue == queue.name {
        return Ok(format!("was in {} already", queue.name));
    }
    order.add(Event::Moved {
        to: queue.name.clone(),
        why: format!("said by {}", order.agent.address),
    })?;
    let holder = order.ticket()?.assignee.as_ref().and_then(|address| config.agent(address));
    if let Some(agent) = holder.filter(|agent| agent.queues.contains(&queue.name)) {
        order.tell(agent, format!("moved this to {}", queue.name));
        return Ok(format!("moved to {}; {} keeps it", queue.name, agent.name));
    }
    order.set_assignee(None)?;
    for agent in config.agents_of(&queue.name) {
        order.tell(agent, format!("moved this to {}", queue.name));
    }
    let mut team = config.agents_of(&queue.name);
    let nobody = !team.any(|agent| reader(config, &order.context.absences, agent).is_some());
    Ok(format!("moved to {}{}", queue.name, if nobody { "; all there are away now" } else { "" }))
}

/// `#escalate [who] [why]`: to whom is named, else to the lead of the queue, else to the owner of
/// the desk.
pub fn escalate(order: &mut Order<'_>, value: &str) -> Result<String, Complaint> {
    let (named, why) = named_first(order, value)?;
    let to: Vec<&Agent> = match named {
        Some(agent) => vec![agent],
        None => leads(order)?,
    };
    if let [one] = to.as_slice() {
        order.set_assignee(Some(one))?;
    }
    for agent in &to {
        order.tell(agent, "escalated this to you");
    }
    let names: Vec<&str> = to.iter().map(|agent| agent.name.as_str()).collect();
    let whom = if names.is_empty() { "the owner of the desk".to_owned() } else { names.join(", ") };
    order.add(Event::Escalated {
        to: to.iter().map(|agent| agent.address.clone()).collect(),
        why: why.to_owned(),
    })?;
    if to.is_empty() {
        let conversation = order.conversation()?.clone();
        notify::escalated(
            order.context,
            &conversation,
            order.agent,
            why,
            order.now,
            &mut order.decision,
        );
    }
    if !why.is_empty() {
        order.remark(format!("Escalated to {whom}: {why}"));
    }
    let warning = if let [one] = to.as_slice() { absence::warning(order, one) } else { None };
    Ok(format!(
        "{whom} hears of it{}",
        warning.map(|words| format!(", {words}")).unwrap_or_default()
    ))
}

/// The agent named by the first words, and the rest. What could be two people is a complaint; what
/// is nobody is all "why".
fn named_first<'o, 'v>(
    order: &Order<'o>,
    value: &'v str,
) -> Result<(Option<&'o Agent>, &'v str), Complaint> {
    let spaces =
        value.match_indices(' ').map(|(at, _)| at).chain([value.len()]).take(NAME_WORDS_MAX);
    let mut ends: Vec<usize> = spaces.collect();
    ends.reverse();
    for end in ends {
        let (name, rest) = value.split_at_checked(end).unwrap_or((value, ""));
        let bare = name.trim_end_matches([':', ',', ';', '.']);
        match order.agent_named(bare) {
            Ok(agent) => {
                return Ok((Some(agent), rest.trim_start_matches([' ', ':', ',', '-', '–'])));
            }
            Err(complaint) if complaint.0.starts_with("which ") => return Err(complaint),
            Err(_) => {}
        }
    }
    Ok((None, value))
}

/// The leads of the ticket's queue, but for whoever asks them: escalating to oneself helps nobody.
fn leads<'o>(order: &Order<'o>) -> Result<Vec<&'o Agent>, Complaint> {
    let queue = order.ticket()?.queue.clone();
    let config = order.context.config;
    let leads = config
        .agents
        .iter()
        .filter(|agent| agent.role == Role::Lead && agent.queues.contains(&queue));
    let reached = |agent: &&Agent| reader(config, &order.context.absences, agent).is_some();
    Ok(leads.filter(|agent| agent.address != order.agent.address).filter(reached).collect())
}
