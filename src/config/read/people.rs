//! The people: who they are, what they may, and that no two of them, no queue and not the desk
//! itself can be taken for one another.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Address, Agent, Digest, Form, Queue, RIGHTS, Right, Role, Server};
use super::names::{self, squeezed};
use super::section::Section;
use super::value::{self, Read, Value, wrong};

const ROLES: [(&str, Role); 2] = [("agent", Role::Agent), ("lead", Role::Lead)];

/// The people. `None` only where a complaint says why.
pub fn agents(
    top: &Section<'_>,
    own: &[&Address],
    queues: &[Queue],
    usual: Digest,
) -> Option<Vec<Agent>> {
    let sections = top.tables("agents")?;
    if sections.is_empty() {
        top.complain(
            "agents",
            "there is nobody to answer; write at least one [[agents]] with name and address",
        );
    }
    let mut known = Known::default();
    let (mut read, mut all) = (Vec::new(), Vec::new());
    for section in &sections {
        let Some(agent) = agent(section, queues, usual) else { continue };
        apart_from_desk(section, &agent, own);
        known.add(section, &agent, own);
        // A desk that names no queue has one all the same, whose name nobody chose.
        if top.has("queues") {
            apart_from_queues(section, &agent, queues);
        }
        read.push(section);
        all.push(agent);
    }
    for (section, agent) in read.into_iter().zip(&all) {
        stood_in_for(section, agent, &all);
    }
    Some(all)
}

/// A backup is another agent.
fn stood_in_for(section: &Section<'_>, agent: &Agent, all: &[Agent]) {
    let Some(backup) = &agent.backup else { return };
    match all.iter().find(|one| one.handle.eq_ignore_ascii_case(backup)) {
        None => {
            let known: Vec<&str> = all.iter().map(|agent| agent.handle.as_str()).collect();
            let words = value::not_among(backup, &known);
            section.complain("backup", format!("is the handle of no agent: {words}"));
        }
        Some(one) if one.address == agent.address => {
            section.complain("backup", "is the agent itself; name somebody else");
        }
        Some(_) => {}
    }
}

/// What the agents above have already.
#[derive(Default)]
struct Known {
    addresses: BTreeSet<String>,
    handles: BTreeMap<String, String>,
}

impl Known {
    fn add(&mut self, section: &Section<'_>, agent: &Agent, own: &[&Address]) {
        if !self.addresses.insert(agent.address.key()) {
            section.complain(
                "address",
                format!("two agents have the address {}", value::quoted(agent.address.as_str())),
            );
        } else if let Some(other) =
            self.handles.insert(agent.handle.to_lowercase(), agent.name.clone())
        {
            let (handle, other) = (value::quoted(&agent.handle), value::quoted(&other));
            section.complain(
                "handle",
                format!(
                    "{handle} is the handle of {other} already; write handle = \"…\" with another word"
                ),
            );
        }
        for alias in &agent.aliases {
            let ours = own.iter().any(|own| alias == *own || alias.lands_at(own));
            if !self.addresses.insert(alias.key()) || ours {
                let alias = value::quoted(alias.as_str());
                section.complain(
                    "aliases",
                    format!("{alias} is an address of the desk or of another agent already"),
                );
            }
        }
    }
}

/// What is sent to the desk's own mailbox comes back as a mail of the desk's.
fn apart_from_desk(section: &Section<'_>, agent: &Agent, own: &[&Address]) {
    if own.contains(&&agent.address) {
        section.complain("address", "is the desk's own address; an agent needs another one");
    } else if own.iter().any(|own| agent.address.lands_at(own)) {
        section.complain(
            "address",
            format!(
                "{} lands in the desk's own mailbox: what is sent there comes back as our own mail; an agent needs another one",
                value::quoted(agent.address.as_str())
            ),
        );
    }
    let host = agent.address.domain().to_lowercase();
    let house = own.iter().any(|own| host.eq_ignore_ascii_case(own.domain()));
    let told = !own.is_empty() && !house && host.contains('.');
    if told && agent.name.to_lowercase().contains(&host) {
        section.complain(
            "name",
            format!(
                "{} holds the host of the agent's address, and customers read it; write the person's name",
                value::quoted(&agent.name)
            ),
        );
    }
}

/// `#list bob` names a person or a queue.
fn apart_from_queues(section: &Section<'_>, agent: &Agent, queues: &[Queue]) {
    for (key, word) in [("handle", &agent.handle), ("name", &agent.name)] {
        let squeezed_word = squeezed(word);
        let same = queues.iter().find(|queue| squeezed(&queue.name) == squeezed_word);
        if same.is_some() {
            let word = value::quoted(word);
            section.complain(
                key,
                format!(
                    "{word} is the name of a queue too, and a command could mean either; choose another word for one of them"
                ),
            );
            return;
        }
    }
}

/// Web forms, which are nobody of the house.
pub fn forms(top: &Section<'_>, own: &[&Address], agents: Option<&[Agent]>) -> Vec<Form> {
    let mut all = Vec::new();
    for section in top.tables("forms").unwrap_or_default() {
        let from =
            section.required("from", "the address from which the form writes", value::address);
        let line = section.optional("line", value::text);
        let Some(from) = from else { continue };
        let agent = agents.into_iter().flatten().any(|agent| agent.answers_to(from.as_str()));
        if agent || own.contains(&&from) {
            section.complain(
                "from",
                "is the address of the desk or of an agent; let the form write from one of its own",
            );
        }
        all.push(Form { from, line });
    }
    all
}

/// Delivery reports must come back to the desk.
pub fn check_bounces(section: &Section<'_>, server: Option<&Server>, agents: Option<&[Agent]>) {
    let Some(bounce) = server.and_then(|server| server.bounce_address.as_ref()) else { return };
    let whose = agents.into_iter().flatten().find(|agent| agent.answers_to(bounce.as_str()));
    if let Some(agent) = whose {
        section.complain(
            "bounce_address",
            format!(
                "is the address of {}: reports of mail that could not be delivered would never come back to the desk",
                value::quoted(&agent.name)
            ),
        );
    }
}

fn agent(section: &Section<'_>, queues: &[Queue], usual: Digest) -> Option<Agent> {
    let name = section.required("name", "the name that customers see", names::person);
    let address =
        section.required("address", "where the agent reads and writes mail", value::address);
    let handle = section.optional("handle", names::handle);
    let role = section.optional("role", value::one_of(&ROLES)).unwrap_or(Role::Agent);
    let aliases = section.optional("aliases", value::list(value::address)).unwrap_or_default();
    let may = section.optional("may", value::list(right));
    let served = section
        .optional("queues", value::list(|value| queue_name(value, queues)))
        .unwrap_or_default();
    let skills = section.optional("skills", value::list(value::text)).unwrap_or_default();
    let capacity = section.optional("capacity", value::between(1, 100_000));
    let backup = section.optional("backup", value::text);
    let signature = section.optional("signature", value::lines);
    let receipts = section.optional("receipts", value::flag).unwrap_or(false);
    let digest = digest(section, usual);
    let everything = || queues.iter().map(|queue| queue.name.clone()).collect();
    let served = if served.is_empty() { everything() } else { served };
    let address = address?;
    // A handle that was complained about is not replaced by one that may be wrong as well.
    let unwritten = handle.is_none() && !section.has("handle");
    if let Some(why) = names::unfit(address.local()).filter(|_| unwritten) {
        section.complain("handle", format!("{why}: write handle = \"…\""));
    }
    if signature.as_ref().is_some_and(|text| text.to_lowercase().contains(&address.key())) {
        section.complain(
            "signature",
            "holds the agent's own address, and customers know only that of the desk",
        );
    }
    let handle = handle.unwrap_or_else(|| address.local().to_owned());
    let may = may.unwrap_or_else(|| role.rights());
    Some(Agent {
        name: name?,
        handle,
        address,
        aliases,
        role,
        may,
        queues: served,
        skills,
        capacity: capacity.and_then(|most| u32::try_from(most).ok()),
        backup,
        signature,
        receipts,
        digest,
    })
}

/// What is sent in the morning; `usual` lends what the section says nothing of.
pub fn digest(section: &Section<'_>, usual: Digest) -> Digest {
    let wanted = section.optional("digest", value::flag).unwrap_or(usual.wanted);
    Digest { wanted, at: section.optional("digest_at", value::time).or(usual.at) }
}

/// A word of the table of rights.
fn right(value: &Value<'_>) -> Read<Right> {
    let word = value::text(value)?;
    match RIGHTS.iter().find(|row| row.word == word) {
        Some(row) => Ok(row.right),
        None => wrong(value, value::not_among(&word, &RIGHTS.map(|row| row.word))),
    }
}

/// The name of a queue as its own section writes it.
pub fn queue_name(value: &Value<'_>, queues: &[Queue]) -> Read<String> {
    let name = value::text(value)?;
    match queues.iter().find(|queue| queue.name.to_lowercase() == name.to_lowercase()) {
        Some(queue) => Ok(queue.name.clone()),
        None => {
            let known: Vec<&str> = queues.iter().map(|queue| queue.name.as_str()).collect();
            wrong(value, format!("there is no such queue: {}", value::not_among(&name, &known)))
        }
    }
}
