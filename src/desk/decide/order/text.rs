//! Commands that say where the text goes.

use super::{Order, Reach};
use crate::desk::command::parse::looks_like_command;
use crate::desk::command::suggest;
use crate::desk::complaint::Complaint;
use crate::desk::obeyed::Obeyed;
use crate::desk::texts::{Fault, Values};
use crate::mail::ReplyGoes;

/// `#note`
pub fn note(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    send(order, ReplyGoes::Internal)?;
    Ok(Obeyed::Inside)
}

/// `#reply`
pub fn reply(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    send(order, ReplyGoes::Public)?;
    Ok(Obeyed::ToAll { hearers: order.hearers() })
}

/// `#only`
pub fn only(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    send(order, ReplyGoes::Public)?;
    reach(order, Reach::Requester)?;
    Ok(Obeyed::ToOne { to: order.ticket()?.requester.address.clone() })
}

/// `#all`
pub fn all(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    send(order, ReplyGoes::Public)?;
    reach(order, Reach::All)?;
    Ok(Obeyed::ToAll { hearers: order.hearers() })
}

fn reach(order: &mut Order<'_, '_>, reach: Reach) -> Result<(), Complaint> {
    if order.reach != Reach::Side && order.reach != reach {
        return Err(Complaint::OnlyAndAll);
    }
    order.reach = reach;
    Ok(())
}

/// `#canned name`: a text of the operator's, filled with facts of the ticket.
pub fn canned(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let names = order.case.texts.canned();
    let wanted = suggest::squeezed(value);
    let Some(name) = names.iter().find(|name| suggest::squeezed(name) == wanted) else {
        if names.is_empty() {
            return Err(Complaint::NoReadyTexts);
        }
        let (written, meant, known) = suggest::no_such(value, names.iter().map(String::as_str));
        return Err(Complaint::NoReadyText { written, meant, known });
    };
    let conversation = order.conversation()?;
    let ticket = &conversation.ticket;
    let words = |text: &str| minijinja::Value::from(text.to_owned());
    let values = Values::from([
        ("number", words(&ticket.number.0.to_string())),
        ("subject", words(&conversation.outside)),
        ("customer", words(ticket.requester.name.as_deref().unwrap_or(""))),
        ("status", words(ticket.status.as_str())),
        ("priority", words(ticket.priority.as_str())),
        ("queue", words(&ticket.queue)),
        ("agent", words(&order.agent.name)),
        ("desk", words(&order.case.config.desk.name)),
    ]);
    let text = order
        .case
        .texts
        .render_canned(name, &values)
        .map_err(|Fault { line, what }| Complaint::ReadyTextBroken { line, what })?;
    if text.is_empty() || text.lines().any(looks_like_command) {
        return Err(Complaint::ReadyTextUnsound);
    }
    order.say_below(text);
    Ok(Obeyed::BelowText)
}

/// Where the mail said a reply goes is overruled, by one word only.
fn send(order: &mut Order<'_, '_>, goes: ReplyGoes) -> Result<(), Complaint> {
    if order.goes_said && order.goes != goes {
        return Err(Complaint::NoteAndReply);
    }
    (order.goes, order.goes_said) = (goes, true);
    Ok(())
}
