//! `#away` and `#back`: who is away, until when, and who stands in.

use super::Order;
use crate::config::Agent;
use crate::desk::absence::{Absence, Change, Said, of, reader};
use crate::desk::complaint::Complaint;
use crate::desk::decision::Effect;

/// Words that stand before a time and say nothing.
const UNTIL: [&str; 4] = ["until", "till", "til", "bis"];
/// Words that stand before a name.
const BACKUP: [&str; 3] = ["backup", "deputy", "substitute"];

/// `#away until fri backup bob`, in any order, or without either.
pub fn away(order: &mut Order<'_, '_>, value: &str) -> Result<String, Complaint> {
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
    let mut words = match until {
        Some(at) => format!("until {}", order.shown(at)),
        None => "until you write #back".to_owned(),
    };
    match backup.map(|backup| (backup, of(order.case.absences(), &backup.address))) {
        Some((backup, None)) => words.push_str(&format!("; {} stands in", backup.name)),
        Some((backup, Some(away))) => {
            words.push_str(&format!(
                "; {} stands in, but is away too, {}",
                backup.name,
                order.case.texts.say(&away.until(zone))
            ));
        }
        None => words.push_str("; your team hears of your tickets"),
    }
    order.draft.also(Effect::Absence(Change::Away(absence)));
    Ok(words)
}

/// `#back`
pub fn back(order: &mut Order<'_, '_>, _: &str) -> Result<String, Complaint> {
    let agent = order.agent.address.clone();
    let was_away = of(order.case.absences(), &agent).is_some();
    order.draft.also(Effect::Absence(Change::Back(agent)));
    Ok(if was_away {
        "your mails come to you again".to_owned()
    } else {
        "you were not away".to_owned()
    })
}

/// What the writer is told when somebody who is away gets a ticket.
pub fn warning(order: &Order<'_, '_>, agent: &Agent) -> Option<String> {
    let absence = of(order.case.absences(), &agent.address)?;
    let until = absence.until(&order.case.config.desk.time_zone);
    let until = order.case.texts.say(&until);
    let hears = match reader(order.case.config, order.case.absences(), agent) {
        Some(reader) if reader.address == order.agent.address => "you stand in".to_owned(),
        Some(reader) => format!("{} hears of it", reader.name),
        None => "nobody stands in".to_owned(),
    };
    Some(format!("but is away {until}; {hears}"))
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
