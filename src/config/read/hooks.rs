//! `[[hooks]]`.

use std::time::Duration;

use super::section::Section;
use super::value::{self, Read, Value, quoted, wrong};
use crate::config::{EVENTS, Hook};

/// Enough for a request to another machine.
const DEADLINE: Duration = Duration::from_secs(30);

pub fn hooks(top: &Section<'_>) -> Vec<Hook> {
    let mut all: Vec<Hook> = Vec::new();
    for section in top.tables("hooks").unwrap_or_default() {
        let purpose = "by which the desk remembers how far it is";
        let name = section.required("name", purpose, value::text);
        let events = section.optional("events", value::list(event)).unwrap_or_default();
        let command = section.required("command", "what is to be run", value::command);
        let deadline = section.optional("deadline", value::duration("1s", "1h"));
        let (Some(name), Some(command)) = (name, command) else { continue };
        if all.iter().any(|other| other.name == name) {
            section.complain("name", format!("another hook is named {} too", quoted(&name)));
        }
        let (events, deadline) = (events.into_iter().collect(), deadline.unwrap_or(DEADLINE));
        all.push(Hook { name, events, command, deadline });
    }
    all
}

fn event(value: &Value<'_>) -> Read<String> {
    let name = value::text(value)?;
    match EVENTS.contains(&name.as_str()) {
        true => Ok(name),
        false => wrong(
            value,
            format!("{} is no kind of event; there are {}", quoted(&name), EVENTS.join(", ")),
        ),
    }
}
