//! Commands that say where the text goes.

use super::Order;
use crate::desk::command::Complaint;
use crate::mail::ReplyGoes;

/// `#note`
pub fn note(order: &mut Order<'_>, _: &str) -> Result<String, Complaint> {
    send(order, ReplyGoes::Internal)?;
    Ok("internal, agents only".to_owned())
}

/// `#reply`
pub fn reply(order: &mut Order<'_>, _: &str) -> Result<String, Complaint> {
    send(order, ReplyGoes::Public)?;
    Ok(format!("to {}", order.hearers()))
}

/// Where the mail said a reply goes is overruled, by one word only.
fn send(order: &mut Order<'_>, goes: ReplyGoes) -> Result<(), Complaint> {
    if order.goes_said && order.goes != goes {
        return Err(Complaint::new("#note and #reply in one mail: which of them?"));
    }
    (order.goes, order.goes_said) = (goes, true);
    Ok(())
}
