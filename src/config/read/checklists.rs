//! What a report should say: the details of the operator's own, and the checklist of a queue.

use super::names;
use super::section::Section;
use super::value::{self, Read, Value, wrong};
use crate::config::{DETAILS, Detail};

/// The details of the operator's own, each with a name that no other has.
pub fn details(top: &Section<'_>) -> Vec<Detail> {
    let mut all: Vec<Detail> = Vec::new();
    for section in top.tables("details").unwrap_or_default() {
        let purpose = "the word by which checklists and #ask name it";
        let name = section.required("name", purpose, names::handle);
        let ask = section.required("ask", "the question, as customers read it", value::text);
        let words = section.optional("words", value::list(value::text)).unwrap_or_default();
        let (Some(name), Some(ask)) = (name, ask) else { continue };
        let name = name.to_lowercase();
        if DETAILS.contains(&name.as_str()) {
            let words = format!(
                "{} is built in: its question stands in the text details; choose another name",
                value::quoted(&name)
            );
            section.complain("name", words);
        } else if all.iter().any(|one| one.name == name) {
            section.complain("name", format!("there are two details {}", value::quoted(&name)));
        }
        all.push(Detail { name, ask, words });
    }
    all
}

/// The checklist of a queue: names of details, each once.
pub fn checklist(section: &Section<'_>, own: &[Detail]) -> Option<Vec<String>> {
    let list = section.optional("checklist", value::list(|value| detail(value, own)))?;
    for (at, name) in list.iter().enumerate() {
        if list.iter().take(at).any(|before| before == name) {
            section.complain("checklist", format!("names {} twice", value::quoted(name)));
        }
    }
    Some(list)
}

fn detail(value: &Value<'_>, own: &[Detail]) -> Read<String> {
    let name = value::text(value)?.to_lowercase();
    let known: Vec<&str> =
        DETAILS.into_iter().chain(own.iter().map(|detail| detail.name.as_str())).collect();
    match known.contains(&name.as_str()) {
        true => Ok(name),
        false => wrong(value, value::not_among(&name, &known)),
    }
}
