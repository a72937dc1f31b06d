//! Commands about those outside who take part.

use super::Order;
use crate::desk::addressee::{Unwritable, may_be_written_to};
use crate::desk::command::suggest;
use crate::desk::complaint::Complaint;
use crate::desk::obeyed::Obeyed;
use crate::desk::{Event, Mailed, PARTICIPANTS_MAX, Part, Participant};
use crate::mail::{Address, Person};

/// `#cc a@x`, several with commas or spaces between.
pub fn cc(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let people = people(order, value)?;
    for person in &people {
        if order.ticket()?.participants.len() >= PARTICIPANTS_MAX {
            return Err(Complaint::TooManyPeople { most: PARTICIPANTS_MAX });
        }
        if order.ticket()?.participant(&person.address).is_none_or(|one| one.mailed != Mailed::Yes)
        {
            order.add(Event::Joined { person: person.clone(), mailed: Mailed::Yes })?;
        }
    }
    Ok(Obeyed::AnswersGo { hearers: order.hearers() })
}

/// `#uncc a@x`
pub fn uncc(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    for word in value.split([',', ';', ' ']).filter(|word| !word.is_empty()) {
        let one = participant(order, word)?;
        if one.part == Part::Requester {
            return Err(Complaint::IsRequester { address: one.person.address });
        }
        order.add(Event::Left { address: one.person.address })?;
    }
    Ok(Obeyed::AnswersGo { hearers: order.hearers() })
}

/// `#customer a@x`: who was the requester may still write, and gets nothing more.
pub fn customer(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let people = people(order, value)?;
    let [person] = people.as_slice() else {
        return Err(Complaint::OneAddress);
    };
    let ticket = order.ticket()?;
    if ticket.requester.address == person.address {
        return Ok(Obeyed::WasAlready { what: person.address.to_string() });
    }
    // A name that we know is better than none.
    let known = ticket.participant(&person.address).map(|one| one.person.clone());
    let to = if person.name.is_some() {
        person.clone()
    } else {
        known.unwrap_or_else(|| person.clone())
    };
    order.add(Event::RequesterChanged { to })?;
    Ok(Obeyed::AnswersGo { hearers: order.hearers() })
}

/// The one person outside that a value names.
pub fn one_outsider(order: &Order<'_, '_>, value: &str) -> Result<Person, Complaint> {
    match people(order, value)?.as_slice() {
        [person] => Ok(person.clone()),
        _ => Err(Complaint::OneAddress),
    }
}

/// The people of a value: `a@x.test`, `Ada <a@x.test>`, several with commas between. None of them
/// may be one of us.
fn people(order: &Order<'_, '_>, value: &str) -> Result<Vec<Person>, Complaint> {
    let mut people: Vec<Person> = Vec::new();
    for part in value.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        if part.contains('<') {
            let name =
                part.split('<').next().unwrap_or_default().trim().trim_matches('"').to_owned();
            people.push(Person {
                name: Some(name).filter(|name| !name.is_empty()),
                address: outsider(order, part)?,
            });
        } else {
            for word in part.split(' ').filter(|word| !word.is_empty()) {
                people.push(Person { name: None, address: outsider(order, word)? });
            }
        }
    }
    Ok(people)
}

fn outsider(order: &Order<'_, '_>, word: &str) -> Result<Address, Complaint> {
    let address = order.address(word)?;
    Err(match may_be_written_to(order.case.config, &address) {
        Ok(()) => return Ok(address),
        Err(Unwritable::Colleague(name)) => Complaint::Colleague { name },
        Err(Unwritable::Desk) => Complaint::DeskItself { address },
        Err(Unwritable::Nowhere) => Complaint::NoDomain { domain: address.domain().to_owned() },
        Err(Unwritable::Machine) => Complaint::MachineAddress { address },
    })
}

/// Who takes part, by address or by a name that only one of them bears.
fn participant(order: &Order<'_, '_>, word: &str) -> Result<Participant, Complaint> {
    let participants = &order.ticket()?.participants;
    if let Some(one) = order
        .address(word)
        .ok()
        .and_then(|address| participants.iter().find(|one| one.person.address == address))
    {
        return Ok(one.clone());
    }
    let wanted = suggest::squeezed(word);
    let bears = |one: &&Participant| {
        let name = one.person.name.as_deref().unwrap_or_default();
        name.split_whitespace()
            .chain([name, one.person.address.local()])
            .any(|name| suggest::squeezed(name) == wanted)
    };
    let found: Vec<&Participant> = participants.iter().filter(bears).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        _ => {
            let known = participants.iter().map(|one| one.person.address.clone()).collect();
            Err(Complaint::TakesNoPart { written: word.to_owned(), known })
        }
    }
}
