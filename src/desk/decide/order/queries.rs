//! Commands that are answered by mail and change nothing, and those that mean something only in
//! their place.

use super::Order;
use crate::desk::besides::Besides;
use crate::desk::command::Verb;
use crate::desk::complaint::Complaint;
use crate::desk::obeyed::Obeyed;
use crate::desk::query::text::{Teller, Told, help as help_text, narrow};
use crate::desk::query::{About, Answer, QUESTIONS_MAX, Question, question};

/// `#help`
pub fn help(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    order.answer(narrow(&order.case.texts.say(&Besides::HowToCommand)));
    order.answer(help_text(order.case.texts));
    Ok(Obeyed::Help)
}

/// `#show`, `#show 12`
pub fn show(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let (question, answer) = asked(order, Verb::Show, value)?;
    let Answer::Ticket(story) = answer else { return Err(none_such(&question)) };
    let told = teller(order).story(&story);
    if order.conversation.is_none() {
        // The answer is a mail about that ticket, so that it can be answered.
        order.shows = Some(story.listed.ticket.number);
    }
    tell(order, "show", value, Ok(told))
}

/// `#list open`
pub fn list(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let (question, answer) = asked(order, Verb::List, value)?;
    let told = teller(order).tickets(&question, &answer);
    tell(order, "list", value, told)
}

/// `#search printer`
pub fn search(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let (question, answer) = asked(order, Verb::Search, value)?;
    let told = teller(order).tickets(&question, &answer);
    tell(order, "search", value, told)
}

/// `#why`, `#why 12`
pub fn why(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let (question, answer) = asked(order, Verb::Why, value)?;
    let told = match answer {
        Answer::Ticket(story) => teller(order).reasons(&story),
        Answer::Mail(ended) => teller(order).mail(&ended),
        Answer::Nothing | Answer::Tickets(..) => return Err(none_such(&question)),
    };
    tell(order, "why", value, Ok(told))
}

fn asked(
    order: &mut Order<'_, '_>,
    verb: Verb,
    value: &str,
) -> Result<(Question, Answer), Complaint> {
    let row = order.case.own_answered();
    let ticket = order.conversation.as_ref().map(|conversation| conversation.ticket.number);
    let about = About { ticket, mail: row.and_then(|row| row.about), now: order.case.now };
    let question = question(verb, value, order.agent, about, order.case.config)
        .unwrap_or(Err(Complaint::AsksNothing))?;
    let known = order.asked.contains(&question);
    if !known && order.asked.len() >= QUESTIONS_MAX {
        order.over.insert(order.line.clone());
        return Err(Complaint::TooManyQuestions { most: QUESTIONS_MAX });
    }
    let answer = order.case.records.answer(&question, order.agent).to_tell(order.agent);
    if !known {
        order.asked.push(question.clone());
    }
    Ok((question, answer))
}

fn none_such(question: &Question) -> Complaint {
    match question {
        Question::Ticket(number) => Complaint::NoTicket { number: *number },
        Question::Mail(_) | Question::List(..) | Question::Search(_) => Complaint::NothingKnown,
    }
}

fn teller<'a, 'c: 'a>(order: &Order<'a, 'c>) -> Teller<'a> {
    let case = order.case;
    Teller { config: case.config, texts: case.texts, agent: Some(order.agent), now: case.now }
}

/// Puts an answer below the lines; from the second on with what was asked.
fn tell(
    order: &mut Order<'_, '_>,
    name: &str,
    value: &str,
    told: Told,
) -> Result<Obeyed, Complaint> {
    let (line, parts) = told?;
    if !order.answers.is_empty() && !parts.is_empty() {
        order.answer(narrow(&format!("{name} {value}")).trim_end().to_owned() + ":");
    }
    for part in parts {
        order.answer(part);
    }
    Ok(line)
}

/// `#send` where nothing is held; where something is, `release.rs` has seen to it.
pub fn send(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    let stopped = order.case.unsent().iter().filter(|one| one.own && one.stopped);
    let to: Vec<_> = stopped.map(|one| one.recipient.clone()).collect();
    if !to.is_empty() {
        return Ok(Obeyed::TextGoes { to });
    }
    Err(Complaint::NothingHeld)
}

/// `#stop`
pub fn stop(_: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    Ok(Obeyed::TextBegins)
}
