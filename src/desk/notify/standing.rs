//! Answers of the desk's own to a customer's plain words: where things stand, and that it is good to
//! hear that all is solved. What they tell is in the record; whoever is not proved hears numbers and
//! times of this ticket only.

use std::collections::BTreeMap;
use std::time::Duration;

use minijinja::Value;

use super::make::{maybe, render, value};
use super::outside::{answer, notice, shown_subject, silent};
use super::reach::reading_for;
use super::survey::{answerer, ask};
use crate::desk::case::{Case, Read};
use crate::desk::decision::Post;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::records::LOOK_BACK;
use crate::desk::silenced::wants_none;
use crate::desk::texts::{Values, moment};
use crate::desk::withheld::Unsent;
use crate::desk::{Cause, Direction, Event, Status};
use crate::mail::{Authentication, Kind, Person, TicketNumber};

/// Somebody is told where things stand at most so often.
const TOLD_EVERY: Duration = Duration::from_secs(3600);
/// Other tickets of one person that are listed: more are no list that anybody reads.
const OTHERS_MAX: u32 = 50;

/// Whether somebody may be told where things stand.
pub fn may_hear_standing(
    case: &Case<'_>,
    read: &Read<'_>,
    number: TicketNumber,
    to: &Person,
) -> bool {
    let lately =
        || case.records.told_since(Cause::Standing, &to.address, case.now.minus(TOLD_EVERY));
    silent(case, read, to).is_none() && !wants_none(case, number, &to.address) && !lately()
}

/// Tells where a ticket stands, and whoever is proved where all others of theirs do.
pub fn standing(draft: &mut Draft<'_>, read: &Read<'_>, conversation: &Conversation, to: &Person) {
    let case = draft.case;
    let proved = read.verdict.result == Authentication::Pass;
    let mut values = stands(case, conversation, proved);
    let ticket = &conversation.ticket;
    let mut others = Vec::new();
    if proved {
        let all = case.records.open_of(&to.address, ticket.number, OTHERS_MAX);
        let all = all.into_iter().filter_map(|(number, _, _)| case.records.conversation(number));
        // What may have been opened in their name is not shown as theirs.
        let own = all.filter(|other| other.ticket.verified && other.ticket.merged_into.is_none());
        others.extend(own.map(|other| Value::from(stands(case, &other, true))));
    }
    values.insert("others", Value::from(others));
    values.insert("desk", value(&case.config.desk.name));
    let rendered = render(draft, "standing", &values);
    let mail = answer(case, read, ticket, to, (Kind::Acknowledgement, rendered));
    draft.mails.push(Post::new(mail, Some(Cause::Standing)));
}

/// What the record says of a ticket; of one that is not proved theirs numbers and times alone.
fn stands(
    case: &Case<'_>,
    conversation: &Conversation,
    proved: bool,
) -> BTreeMap<&'static str, Value> {
    let config = case.config;
    let zone = &config.desk.time_zone;
    let ticket = &conversation.ticket;
    let said = case.records.public_entries(ticket.number, LOOK_BACK);
    let newest = |way: Direction| said.iter().rev().find(|entry| entry.direction == way);
    let agent = ticket.assignee.as_ref().and_then(|address| config.agent(address));
    let who = agent.map(|agent| reading_for(case, agent, &config.desk.address).person);
    let named = conversation.promised();
    let over = matches!(ticket.status, Status::Solved | Status::Closed);
    let named = named.filter(|_| !over);
    let status = if proved { ticket.status.as_str() } else { "" };
    let subject = Some(&*conversation.outside).filter(|_| proved).and_then(shown_subject);
    Values::from([
        ("number", value(ticket.number.0.to_string())),
        ("subject", maybe(subject)),
        ("proved", Value::from(proved)),
        ("status", value(status)),
        ("since", value(moment(ticket.status_since, zone))),
        ("opened", value(moment(ticket.created_at, zone))),
        ("who", maybe(who.and_then(|person| person.name).filter(|_| proved))),
        ("last", maybe(newest(Direction::Out).map(|entry| moment(entry.at, zone)))),
        ("due", maybe(named.filter(|due| *due > case.now).map(|at| moment(at, zone)))),
        ("overdue", maybe(named.filter(|due| *due <= case.now).map(|at| moment(at, zone)))),
    ])
}

/// Says that it is good to hear that all is solved, and how to come back.
pub fn glad(draft: &mut Draft<'_>, read: &Read<'_>, conversation: &Conversation, to: &Person) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    if let Some(why) = silent(case, read, to) {
        let (what, why) = (case.texts.say(&Unsent::Solved), case.texts.say(&why));
        draft.fact(ticket.number, Event::Withheld { what, why });
        return;
    }
    let proved = read.verdict.result == Authentication::Pass;
    let subject = Some(&*conversation.outside).filter(|_| proved).and_then(shown_subject);
    // Where nobody has answered there is nothing to ask about.
    let agent = answerer(case, ticket);
    let survey = agent.is_some() && ask(draft, ticket, &to.address, agent.as_ref());
    let values = Values::from([
        ("number", value(ticket.number.0.to_string())),
        ("subject", maybe(subject)),
        ("desk", value(&case.config.desk.name)),
        ("survey", survey.into()),
    ]);
    let all = [Person { name: None, address: to.address.clone() }];
    notice(draft, (Kind::Notice, "glad"), &values, (conversation, &all));
}
