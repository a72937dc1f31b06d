//! Who hears of a ticket: whoever has it, else its team; in the place of who is away whoever stands
//! in. If nobody of the team can be reached, its leads hear of it, and if none of them can, the
//! owner of the desk: somebody always does.

use super::make::person;
use crate::config::{Agent, Role};
use crate::desk::absence::{of, reader};
use crate::desk::case::{Context, Conversation};
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

    fn for_absent(context: &Context<'_>, reader: &Agent, absent: &Agent) -> Self {
        let away = of(&context.absences, &absent.address)
            .map(|absence| absence.until_words(&context.config.desk.time_zone));
        let instead = format!("For {}, who is away {}.", absent.name, away.unwrap_or_default());
        Self { instead: Some(instead), ..Self::own(reader) }
    }
}

/// Whoever reads what one agent is to hear: they, or who stands in for them. If nobody does, or
/// only the author, it is still they: it lies in their mailbox.
pub fn reading_for(context: &Context<'_>, agent: &Agent, author: &Address) -> Listener {
    match reader(context.config, &context.absences, agent) {
        Some(reader) if reader.address != agent.address && reader.address != *author => {
            Listener::for_absent(context, reader, agent)
        }
        _ => Listener::own(agent),
    }
}

/// The assignee, if there is one who is still an agent; else all of the queue, or of the desk where
/// nobody serves that queue any more; never the author.
pub fn listeners(
    context: &Context<'_>,
    conversation: &Conversation,
    author: &Address,
) -> Vec<Listener> {
    let ticket = &conversation.ticket;
    let others = |agent: &&Agent| agent.address != *author;
    let assignee =
        ticket.assignee.as_ref().and_then(|address| context.config.agent(address)).filter(others);
    if let Some(agent) = assignee {
        match reader(context.config, &context.absences, agent) {
            Some(reader) if reader.address == agent.address => return vec![Listener::own(agent)],
            Some(reader) if reader.address != *author => {
                return vec![Listener::for_absent(context, reader, agent)];
            }
            // Who stands in wrote it: they know.
            Some(_) => return vec![Listener::own(agent)],
            None => {}
        }
    }
    let served = is_served(context, &ticket.queue);
    let team = context
        .config
        .agents
        .iter()
        .filter(|agent| !served || agent.queues.contains(&ticket.queue));
    let team: Vec<&Agent> = team.filter(others).collect();
    let mut reached = readers(context, &team, author);
    if let Some(absent) = assignee {
        for listener in &mut reached {
            listener.instead = Listener::for_absent(context, absent, absent).instead;
        }
    }
    // An agent who writes is here and knows of it: then it is enough that it lies in the mailbox of
    // who has it.
    match (reached.is_empty() && !team.is_empty(), context.config.agent(author).is_some()) {
        (true, true) => assignee.map(Listener::own).into_iter().collect(),
        (true, false) => beyond_the_team(context, &ticket.queue),
        (false, _) => reached,
    }
}

/// Those of the team who are here, and who stands in for the others; each once.
fn readers(context: &Context<'_>, team: &[&Agent], author: &Address) -> Vec<Listener> {
    let here = team.iter().filter(|agent| of(&context.absences, &agent.address).is_none());
    let mut all: Vec<Listener> = here.map(|agent| Listener::own(agent)).collect();
    for agent in team.iter().filter(|agent| of(&context.absences, &agent.address).is_some()) {
        let reader = reader(context.config, &context.absences, agent)
            .filter(|reader| reader.address != *author);
        if let Some(reader) =
            reader.filter(|reader| all.iter().all(|known| known.person.address != reader.address))
        {
            all.push(Listener::for_absent(context, reader, agent));
        }
    }
    all
}

/// The leads of a queue that can be reached, else the owner of the desk.
fn beyond_the_team(context: &Context<'_>, queue: &str) -> Vec<Listener> {
    let words = format!("Nobody who serves queue {queue} can be reached: all are away.");
    let config = context.config;
    let leads = config.agents.iter().filter(|agent| {
        agent.role == Role::Lead && of(&context.absences, &agent.address).is_none()
    });
    let leads: Vec<Listener> = leads
        .map(|agent| Listener { instead: Some(words.clone()), ..Listener::own(agent) })
        .collect();
    if !leads.is_empty() {
        return leads;
    }
    match config.agent(&config.desk.owner) {
        Some(agent) => vec![Listener { instead: Some(words), ..Listener::own(agent) }],
        None => {
            let person = Person { name: None, address: config.desk.owner.clone() };
            vec![Listener { person, instead: Some(words), agent: false }]
        }
    }
}

/// Whether anybody serves that queue.
pub fn is_served(context: &Context<'_>, queue: &str) -> bool {
    context.config.agents_of(queue).next().is_some()
}
