//! What was meant: people, queues and words by what agents write for them.
//!
//! Values are never guessed. A name is found whatever its case, spaces and punctuation; if it fits
//! two people, or none, the answer is a complaint that lists whom it could be.

use super::{COMMANDS, Complaint};
use crate::config::{Agent, Queue};

/// Longest word that is compared: what is longer is no slip of the finger.
const LONGEST: usize = 40;
/// Most candidates that a complaint lists.
const LISTED_MAX: usize = 8;

/// The known word that is nearest to what was written, if one is near.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let length = written.chars().count();
    if length > LONGEST {
        return None;
    }
    let allowed = (length / 3).clamp(1, 2);
    let near =
        known.into_iter().map(|word| (strsim::osa_distance(&written, &word.to_lowercase()), word));
    near.filter(|(far, _)| *far <= allowed).min_by_key(|(far, _)| *far).map(|(_, word)| word)
}

/// The command that a misspelt word means, by its own name.
pub fn command(written: &str) -> Option<&'static str> {
    let words = COMMANDS.iter().flat_map(|command| {
        command.aliases.iter().chain([&command.name]).map(|word| (*word, command.name))
    });
    let words: Vec<_> = words.collect();
    let found = nearest(written, words.iter().map(|(word, _)| *word))?;
    words.iter().find(|(word, _)| *word == found).map(|(_, name)| *name)
}

/// The agent whom somebody means by a handle, an address, a name or a first name.
pub fn agent<'a>(agents: &'a [Agent], written: &str) -> Result<&'a Agent, Complaint> {
    let wanted = squeezed(written);
    let written_address = written.trim_matches(['<', '>']);
    let exact = agents.iter().find(|agent| agent.answers_to(written_address));
    if let Some(agent) = exact {
        return Ok(agent);
    }
    let by: [fn(&Agent) -> Vec<String>; 3] = [
        |agent| vec![squeezed(&agent.handle)],
        |agent| vec![squeezed(&agent.name)],
        |agent| agent.name.split_whitespace().map(squeezed).collect(),
    ];
    for names in by {
        let fits: Vec<&Agent> = agents
            .iter()
            .filter(|agent| !wanted.is_empty() && names(agent).contains(&wanted))
            .collect();
        match fits.as_slice() {
            [] => {}
            [agent] => return Ok(agent),
            several => {
                return Err(Complaint::new(format!(
                    "which {written}? {}",
                    listed(several.iter().map(|agent| described(agent)))
                )));
            }
        }
    }
    let handles = agents
        .iter()
        .flat_map(|agent| agent.name.split_whitespace().chain([agent.handle.as_str()]));
    Err(Complaint::new(match nearest(written, handles) {
        Some(meant) => format!("nobody here is called {written}; did you mean {meant}?"),
        None => format!(
            "nobody here is called {written}; there are {}",
            listed(agents.iter().map(|agent| agent.handle.clone()))
        ),
    }))
}

/// The queue of that name.
pub fn queue<'a>(queues: &'a [Queue], written: &str) -> Result<&'a Queue, Complaint> {
    let wanted = squeezed(written);
    match queues.iter().find(|queue| squeezed(&queue.name) == wanted) {
        Some(queue) => Ok(queue),
        None => Err(Complaint::new(no_such(
            "queue",
            written,
            queues.iter().map(|queue| queue.name.as_str()),
        ))),
    }
}

/// "there is no queue bilings; did you mean billing?"
pub fn no_such<'a>(
    sort: &str,
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    match nearest(written, known.clone()) {
        Some(meant) => format!("there is no {sort} {written}; did you mean {meant}?"),
        None => format!(
            "there is no {sort} {written}; there are {}",
            listed(known.into_iter().map(str::to_owned))
        ),
    }
}

/// Letters and digits only, in lower case.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn described(agent: &Agent) -> String {
    format!("{} ({})", agent.handle, agent.name)
}

fn listed(all: impl IntoIterator<Item = String>) -> String {
    let mut all: Vec<String> = all.into_iter().collect();
    if all.len() > LISTED_MAX {
        all.truncate(LISTED_MAX);
        all.push("…".to_owned());
    }
    all.join(", ")
}
