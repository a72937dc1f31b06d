//! The mail in the morning: what waits, in parts that can be read on a phone. Its lines can be
//! answered by commands that name a ticket.

use std::collections::BTreeMap;

use jiff::civil::Date;
use minijinja::Value;

use super::make::{list, render, to_inside, value};
use crate::desk::digest::{Section, Subscriber};
use crate::desk::draft::Draft;
use crate::desk::texts::Values;
use crate::mail::{Kind, Outgoing, Person};

/// So many parts are named in its subject.
const NAMED: usize = 3;

/// A part of it.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// Its heading.
    pub section: Section,
    /// A paragraph for each thing in it.
    pub rows: Vec<String>,
}

/// What it tells.
#[derive(Clone, Debug)]
pub struct Morning {
    /// Of which day it is.
    pub day: Date,
    /// What is its reader's own.
    pub own: Vec<Chapter>,
    /// How the team does that they lead.
    pub team: Vec<Chapter>,
}

/// Makes it.
pub fn digest(draft: &mut Draft<'_>, whose: &Subscriber<'_>, morning: Morning) -> Outgoing {
    let case = draft.case;
    let config = case.config;
    let chapter = |one: &Chapter| {
        let title = value(case.texts.say(&one.section));
        Value::from(BTreeMap::from([("title", title), ("rows", list(one.rows.clone()))]))
    };
    let all = |chapters: &[Chapter]| chapters.iter().map(chapter).collect::<Value>();
    let both = morning.own.iter().chain(&morning.team);
    let titles = both.take(NAMED).map(|one| case.texts.say(&one.section)).collect();
    let name = whose.agent.map_or(&config.desk.name, |agent| &agent.name);
    let values = Values::from([
        ("name", value(name)),
        ("day", value(morning.day.strftime("%a %-d %b").to_string())),
        ("titles", list(titles)),
        ("own", all(&morning.own)),
        ("team", all(&morning.team)),
        ("inside", Value::from(whose.agent.is_some())),
        ("desk", value(&config.desk.name)),
    ]);
    let name = whose.agent.map(|agent| agent.name.clone());
    let person = Person { name, address: whose.address.clone() };
    let rendered = render(draft, "digest", &values);
    to_inside(config, Kind::Notification, &person, rendered.subject, rendered.text)
}
