//! Commands about people: who has the ticket.

use super::Order;
use crate::desk::command::Complaint;

/// What people write for nobody.
const NOBODY: [&str; 6] = ["none", "nobody", "no one", "noone", "-", "–"];

/// `#assign bob`, `#assign none`
pub fn assign(order: &mut Order<'_>, value: &str) -> Result<String, Complaint> {
    if NOBODY.contains(&value.to_lowercase().as_str()) {
        return unassign(order, "");
    }
    let agent = order.agent_named(value)?;
    let changed = order.set_assignee(Some(agent))?;
    Ok(if changed { format!("{} has it now", agent.name) } else { format!("{} had it already", agent.name) })
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
