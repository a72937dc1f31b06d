//! Who hears of a ticket: whoever has it, else its team; in the place of who is away whoever stands
//! in. If nobody of the team can be reached, its leads hear of it, and if none of them can, the
//! owner of the desk: somebody always does.

use super::make::person;
use crate::config::{Agent, Role, Rung};
use crate::desk::absence::{of, reader};
use crate::desk::case::Case;
use crate::desk::deed::Instead;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::mail::{Address, Person};

/// Somebody who hears of a ticket.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Who.
    pub person: Person,
    /// Why they and not somebody else, as a sentence for them; `None` for what is usual.
    pub instead: Option<String>,
    /// Whether it is one of the agents: a reply of theirs counts as an agent's.
    pub agent: bool,
}

impl Listener {
    fn own(agent: &Agent) -> Self {
        Self { person: person(agent), instead: None, agent: true }
    }

    fn for_absent(case: &Case<'_>, reader: &Agent, absent: &Agent) -> Self {
        let until = of(case.absences(), &absent.address)
            .map(|absence| absence.until(&case.config.desk.time_zone));
        let instead = Instead::Absent { name: absent.name.clone(), until };
        Self { instead: Some(case.texts.say(&instead)), ..Self::own(reader) }
    }
}

/// Whoever reads what one agent is to hear: they, or who stands in for them. If nobody does, or
/// only the author, it is still they: it lies in their mailbox.
pub fn reading_for(case: &Case<'_>, agent: &Agent, author: &Address) -> Listener {
    match reader(case.config, case.absences(), agent) {
        Some(reader) if reader.address != agent.address && reader.address != *author => {
            Listener::for_absent(case, reader, agent)
        }
        _ => Listener::own(agent),
    }
}

/// Who of the agents may hear of something: not who said it, and not whose request it is, who would
/// read what is noted about them.
#[derive(Clone, Copy)]
struct Ears<'a> {
    author: &'a Address,
    subject: &'a Address,
}

impl Ears<'_> {
    fn are_of(&self, agent: &Agent) -> bool {
        agent.addresses().all(|own| own != self.author && own != self.subject)
    }
}

/// The assignee, if there is one who is still an agent; else all of the queue, or of the desk where
/// nobody serves that queue any more; never the author, and never an agent whose request it is.
/// Nobody only if an agent wrote it who is alone: they know.
pub fn listeners(case: &Case<'_>, conversation: &Conversation, author: &Address) -> Vec<Listener> {
    let ticket = &conversation.ticket;
    let ears = Ears { author, subject: &ticket.requester.address };
    let assignee = ticket.assignee.as_ref().and_then(|address| case.config.agent(address));
    let assignee = assignee.filter(|agent| ears.are_of(agent));
    // An agent who writes about another's request is here and knows of it: then it is enough that it
    // lies in the mailbox of who has it.
    let knows = case
        .config
        .agent(author)
        .is_some_and(|agent| agent.addresses().all(|own| *own != ticket.requester.address));
    if let Some(agent) = assignee {
        match reader(case.config, case.absences(), agent) {
            Some(reader) if reader.address == agent.address => return vec![Listener::own(agent)],
            Some(reader) if ears.are_of(reader) => {
                return vec![Listener::for_absent(case, reader, agent)];
            }
            // Who stands in wrote it, and knows.
            Some(_) if knows => return vec![Listener::own(agent)],
            Some(_) | None => {}
        }
    }
    let served = is_served(case, &ticket.queue);
    let team = case.config.agents.iter();
    let team = team.filter(|agent| !served || agent.queues.contains(&ticket.queue));
    let team: Vec<&Agent> = team.filter(|agent| ears.are_of(agent)).collect();
    let able: Vec<&Agent> = able(case, conversation, &team);
    let mut reached = readers(case, &able, ears);
    if reached.is_empty() && able.len() < team.len() {
        reached = readers(case, &team, ears);
    }
    if let Some(absent) = assignee {
        for listener in &mut reached {
            listener.instead = Listener::for_absent(case, absent, absent).instead;
        }
    }
    match (reached.is_empty(), knows) {
        (true, true) => assignee.map(Listener::own).into_iter().collect(),
        (true, false) => beyond_the_team(case, &ticket.queue, ears),
        (false, _) => reached,
    }
}

/// The same of a new ticket: where nobody could be given it, its leads hear of that too, in the one
/// mail that they get about it.
pub fn hearers(draft: &Draft<'_>, conversation: &Conversation, author: &Address) -> Vec<Listener> {
    let case = draft.case;
    let mut all = listeners(case, conversation, author);
    let Some(instead) = &draft.unplaced else { return all };
    let words = case.texts.say(instead);
    for mut lead in on_rung(case, conversation, Rung::Lead) {
        let is = |one: &Listener| one.person.address == lead.person.address;
        if lead.person.address == *author {
            continue;
        }
        all.retain(|one| !is(one));
        lead.instead = Some(words.clone());
        all.push(lead);
    }
    all
}

/// Those of the team who are here, and who stands in for the others; each once.
fn readers(case: &Case<'_>, team: &[&Agent], ears: Ears<'_>) -> Vec<Listener> {
    let here = team.iter().filter(|agent| of(case.absences(), &agent.address).is_none());
    let mut all: Vec<Listener> = here.map(|agent| Listener::own(agent)).collect();
    for agent in team.iter().filter(|agent| of(case.absences(), &agent.address).is_some()) {
        let reader =
            reader(case.config, case.absences(), agent).filter(|reader| ears.are_of(reader));
        if let Some(reader) =
            reader.filter(|reader| all.iter().all(|known| known.person.address != reader.address))
        {
            all.push(Listener::for_absent(case, reader, agent));
        }
    }
    all
}

/// Those who know what the ticket asks for; all where nobody of the team does.
fn able<'a>(case: &Case<'_>, conversation: &Conversation, team: &[&'a Agent]) -> Vec<&'a Agent> {
    let ticket = &conversation.ticket;
    let queue = case.config.queues.iter().find(|queue| queue.name == ticket.queue);
    let skill = queue.and_then(|queue| case.config.skill(queue, ticket.skill.as_deref()));
    let knows = |agent: &&&Agent| skill.is_none_or(|skill| agent.knows(skill));
    let able: Vec<&Agent> = team.iter().filter(knows).copied().collect();
    if able.is_empty() { team.to_vec() } else { able }
}

/// The leads of a queue that can be reached, else the owner of the desk, whoever that is. If it is
/// the owner's own request, it lies at least in the mailboxes of the leads or of all.
fn beyond_the_team(case: &Case<'_>, queue: &str, ears: Ears<'_>) -> Vec<Listener> {
    let words = case.texts.say(&Instead::NobodyElse { queue: queue.to_owned() });
    let config = case.config;
    let named = |agents: Vec<&Agent>| -> Vec<Listener> {
        let words = Some(words.clone());
        agents
            .into_iter()
            .map(|one| Listener { instead: words.clone(), ..Listener::own(one) })
            .collect()
    };
    let others: Vec<&Agent> = config.agents.iter().filter(|agent| ears.are_of(agent)).collect();
    let is_here = |agent: &&Agent| of(case.absences(), &agent.address).is_none();
    let leads: Vec<&Agent> =
        others.iter().copied().filter(|agent| agent.role == Role::Lead).collect();
    let here: Vec<&Agent> = leads.iter().copied().filter(is_here).collect();
    if !here.is_empty() {
        return named(here);
    }
    let owner = &config.desk.owner;
    match config.agent(owner) {
        Some(agent) if ears.are_of(agent) => named(vec![agent]),
        None if owner != ears.author && owner != ears.subject => {
            let person = Person { name: None, address: owner.clone() };
            vec![Listener { person, instead: Some(words), agent: false }]
        }
        _ if !leads.is_empty() => named(leads),
        _ => named(others),
    }
}

/// Who is urged on that rung.
pub fn on_rung(case: &Case<'_>, conversation: &Conversation, rung: Rung) -> Vec<Listener> {
    let config = case.config;
    let nobody = &config.desk.address;
    let holder = conversation.ticket.assignee.as_ref().and_then(|address| config.agent(address));
    match rung {
        Rung::Reminder => listeners(case, conversation, nobody),
        Rung::Backup => {
            let backup = holder.and_then(|agent| config.backup(agent));
            backup.map(|agent| reading_for(case, agent, nobody)).into_iter().collect()
        }
        // Where nobody leads the owner is asked, as by `#escalate`.
        Rung::Lead => {
            let leads = leads(case, conversation);
            if leads.is_empty() { vec![owner(case)] } else { leads }
        }
        Rung::Owner => vec![owner(case)],
    }
}

fn owner(case: &Case<'_>) -> Listener {
    let owner = &case.config.desk.owner;
    let person = Person { name: None, address: owner.clone() };
    let outside = Listener { person, instead: None, agent: false };
    case.config.agent(owner).map_or(outside, Listener::own)
}

/// Those who lead the team of a ticket and are here, else all who lead it.
pub fn leads(case: &Case<'_>, conversation: &Conversation) -> Vec<Listener> {
    let queue = &conversation.ticket.queue;
    let of_desk = || case.config.agents.iter().filter(|agent| agent.role == Role::Lead);
    let own: Vec<&Agent> = of_desk().filter(|agent| agent.queues.contains(queue)).collect();
    let all = if own.is_empty() { of_desk().collect() } else { own };
    let here = |agent: &&Agent| of(case.absences(), &agent.address).is_none();
    let present: Vec<&Agent> = all.iter().copied().filter(here).collect();
    let all = if present.is_empty() { all } else { present };
    all.into_iter().map(Listener::own).collect()
}

/// Whether anybody serves that queue.
pub fn is_served(case: &Case<'_>, queue: &str) -> bool {
    case.config.agents_of(queue).next().is_some()
}
