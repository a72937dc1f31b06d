//! Rules for new tickets, and what makes them matter more or less, as written.

use std::collections::BTreeSet;

use toml::de::DeValue;

use super::super::rules::{Header, Place, Rule, UNKNOWN, Weights, Weighty, When};
use super::super::{Address, Agent, Priority, Queue, Words};
use super::names::{self, squeezed};
use super::people::queue_name;
use super::section::Section;
use super::value::{self, Read, Value, wrong};

const PRIORITIES: [(&str, Priority); 4] = [
    ("low", Priority::Low),
    ("normal", Priority::Normal),
    ("high", Priority::High),
    ("urgent", Priority::Urgent),
];

/// Letters of one tag, as in `#tag`.
const TAG_MAX: usize = 40;

/// All rules, in their order.
pub fn rules(top: &Section<'_>, queues: &[Queue], agents: Option<&[Agent]>) -> Vec<Rule> {
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for section in top.tables("rules").unwrap_or_default() {
        let name = section.required("name", "the word by which #why names the rule", names::rule);
        let when = When {
            to: section.optional("to", some(place)).unwrap_or_default(),
            from: section.optional("from", some(place)).unwrap_or_default(),
            subject: section.optional("subject", some(words)).unwrap_or_default(),
            body: section.optional("body", some(words)).unwrap_or_default(),
            language: section.optional("language", some(language)).unwrap_or_default(),
            headers: section.optional("headers", headers).unwrap_or_default(),
            vip: section.optional("vip", value::flag).unwrap_or(false),
        };
        let queue = section.optional("queue", |value| queue_name(value, queues));
        let assign = section.optional("assign", |value| agent(value, agents));
        let skill = section.optional("skill", value::text);
        let priority = section.optional("priority", value::one_of(&PRIORITIES));
        let tags = section.optional("tags", some(tag)).unwrap_or_default();
        let Some(name) = name else { continue };
        if !known.insert(squeezed(&name)) {
            section.complain("name", format!("there are two rules {}", value::quoted(&name)));
        }
        let assign = assign.flatten();
        all.push(Rule { name, when, queue, assign, skill, priority, tags });
    }
    all
}

/// `[priority]`.
pub fn weights(section: &Section<'_>) -> Weights {
    let usual = Weights::default();
    let mut said = Vec::new();
    for (key, priority) in PRIORITIES.iter().filter(|(_, one)| *one != Priority::Normal) {
        let all = section.optional(key, some(written)).unwrap_or_default();
        said.extend(all.into_iter().map(|(written, words)| Weighty {
            written,
            words,
            priority: *priority,
        }));
    }
    let vip_priority = section.optional("vip_priority", value::one_of(&PRIORITIES));
    Weights {
        vip: section.optional("vip", some(place)).unwrap_or_default(),
        vip_priority: vip_priority.unwrap_or(usual.vip_priority),
        words: said,
    }
}

/// One such value, or a list of them.
fn some<T>(read: impl Fn(&Value<'_>) -> Read<T>) -> impl Fn(&Value<'_>) -> Read<Vec<T>> {
    move |value| match value.get_ref() {
        DeValue::Array(array) if array.is_empty() => wrong(value, "is an empty list"),
        DeValue::Array(_) => value::list(&read)(value),
        _ => read(value).map(|one| vec![one]),
    }
}

fn place(value: &Value<'_>) -> Read<Place> {
    let text = value::text(value)?;
    match Place::parse(&text) {
        Some(place) => Ok(place),
        None => wrong(
            value,
            format!(
                "{} is neither an address such as ada@example.org or support+billing@, nor a domain such as example.org",
                value::quoted(&text)
            ),
        ),
    }
}

fn written(value: &Value<'_>) -> Read<(String, Words)> {
    let text = value::text(value)?;
    let words = Words::of(&text);
    match words.is_empty() {
        true => wrong(value, format!("{} has no word in it", value::quoted(&text))),
        false => Ok((text, words)),
    }
}

fn words(value: &Value<'_>) -> Read<Words> {
    written(value).map(|(_, words)| words)
}

/// Two letters (ISO 639-1), or that it cannot be told.
fn language(value: &Value<'_>) -> Read<String> {
    let text = value::text(value)?.to_lowercase();
    let two = text.len() == 2 && text.chars().all(|c| c.is_ascii_lowercase());
    match two || text == UNKNOWN {
        true => Ok(text),
        false => wrong(
            value,
            format!("{} is not a language such as \"de\", nor {UNKNOWN:?}", value::quoted(&text)),
        ),
    }
}

/// `{ X-Tracker = "billing", List-Id = ["news", "press"], X-Campaign = true }`
fn headers(value: &Value<'_>) -> Read<Vec<Header>> {
    let DeValue::Table(table) = value.get_ref() else {
        let sort = value::sort_of(value.get_ref());
        return wrong(value, format!("must be a table, {{ Name = \"words\" }}, not {sort}"));
    };
    let (mut all, mut wrongs) = (Vec::new(), Vec::new());
    for (key, value) in table {
        let name = key.get_ref().to_string();
        let is_name = |c: char| c.is_ascii_graphic() && c != ':';
        if name.is_empty() || !name.chars().all(is_name) {
            let what = format!("{} is not the name of a header field", value::quoted(&name));
            wrongs.push(value::Wrong { at: key.span().start, what });
            continue;
        }
        let words = match value.get_ref() {
            DeValue::Boolean(true) => Ok(Vec::new()),
            DeValue::Boolean(false) => {
                wrong(value, "can be words, or true for a field that is there")
            }
            _ => some(words)(value),
        };
        match words {
            Ok(words) => all.push(Header { name, words }),
            Err(more) => wrongs.extend(more),
        }
    }
    if wrongs.is_empty() { Ok(all) } else { Err(wrongs) }
}

/// The address of an agent by handle, name or address; nobody where the agents could not be read.
fn agent(value: &Value<'_>, agents: Option<&[Agent]>) -> Read<Option<Address>> {
    let text = value::text(value)?;
    let Some(agents) = agents else { return Ok(None) };
    let is = |agent: &&Agent| {
        [&agent.handle, &agent.name].iter().any(|name| squeezed(name) == squeezed(&text))
            || agent.answers_to(&text)
    };
    match agents.iter().filter(is).collect::<Vec<_>>().as_slice() {
        [one] => Ok(Some(one.address.clone())),
        found => {
            let known: Vec<&str> = agents.iter().map(|agent| agent.handle.as_str()).collect();
            let what = match found.is_empty() {
                true => format!("is no agent: {}", value::not_among(&text, &known)),
                false => format!("could be several agents; write a handle of {}", known.join(", ")),
            };
            wrong(value, what)
        }
    }
}

fn tag(value: &Value<'_>) -> Read<String> {
    let text = value::text(value)?.to_lowercase();
    let sound = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':');
    match text.chars().all(sound) && text.chars().count() <= TAG_MAX {
        true => Ok(text),
        false => wrong(value, format!("{} is not one word for a tag", value::quoted(&text))),
    }
}
