//! `#away` and `#back`: who is away, until when, and who stands in.

use super::Order;
use crate::config::Agent;
use crate::desk::absence::{Absence, Change, Said, of, reader};
use crate::desk::complaint::Complaint;
use crate::desk::decision::Effect;
use crate::desk::obeyed::{Obeyed, Warning};

/// Words that stand before a time and say nothing.
const UNTIL: [&str; 4] = ["until", "till", "til", "bis"];
/// Words that stand before a name.
const BACKUP: [&str; 3] = ["backup", "deputy", "substitute"];

/// `#away until fri backup bob`, in any order, or without either.
pub fn away(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let (time, name) = parts(value);
    let until = if time.is_empty() { None } else { Some(order.moment(&time)?) };
    let backup = name.map(|name| named(order, &name)).transpose()?;
    let agent = order.agent.address.clone();
    let absence = Absence {
        agent,
        until,
        backup: backup.map(|backup| backup.address.clone()),
        said: Said::ByCommand,
    };
    let zone = &order.case.config.desk.time_zone;
    let instead = backup.and_then(|backup| of(order.case.absences(), &backup.address));
    let became = Obeyed::Away {
        until: until.map(|at| order.shown(at)),
        backup: backup.map(|backup| backup.name.clone()),
        instead: instead.map(|away| away.until(zone)),
    };
    order.draft.also(Effect::Absence(Change::Away(absence)));
    Ok(became)
}

/// `#back`
pub fn back(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    let agent = order.agent.address.clone();
    let was_away = of(order.case.absences(), &agent).is_some();
    order.draft.also(Effect::Absence(Change::Back(agent)));
    Ok(if was_away { Obeyed::Back } else { Obeyed::NotAway })
}

/// What the writer is told when somebody who is away gets a ticket.
pub fn warning(order: &Order<'_, '_>, agent: &Agent) -> Option<Warning> {
    let absence = of(order.case.absences(), &agent.address)?;
    let until = absence.until(&order.case.config.desk.time_zone);
    Some(match reader(order.case.config, order.case.absences(), agent) {
        Some(reader) if reader.address == order.agent.address => Warning::YouStandIn { until },
        Some(reader) => Warning::StandsIn { until, reader: reader.name.clone() },
        None => Warning::Nobody { until },
    })
}

/// The time and the name, each as written.
fn parts(value: &str) -> (String, Option<String>) {
    let is = |word: &str, list: &[&str]| {
        list.contains(&word.trim_end_matches([':', ',']).to_lowercase().as_str())
    };
    let mut time: Vec<&str> = Vec::new();
    let mut name: Option<Vec<&str>> = None;
    let mut in_name = false;
    for word in value.split(' ').filter(|word| !word.is_empty()) {
        if is(word, &BACKUP) {
            in_name = true;
            name.get_or_insert_default();
        } else if is(word, &UNTIL) {
            in_name = false;
        } else if let Some(name) = name.as_mut().filter(|_| in_name) {
            name.push(word);
        } else {
            time.push(word);
        }
    }
    let bare = |words: Vec<&str>| words.join(" ").trim_end_matches([',', ';', '.']).to_owned();
    (time.join(" ").trim_end_matches([',', ';']).to_owned(), name.map(bare))
}

fn named<'a, 'c: 'a>(order: &Order<'a, 'c>, name: &str) -> Result<&'a Agent, Complaint> {
    if name.is_empty() {
        return Err(Complaint::NoBackup);
    }
    let agent = order.agent_named(name)?;
    if agent.address == order.agent.address {
        return Err(Complaint::OwnBackup);
    }
    Ok(agent)
}
