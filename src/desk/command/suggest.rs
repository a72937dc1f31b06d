//! What was meant: people, queues and words by what agents write for them.
//!
//! Values are never guessed. A name is found whatever its case, spaces and punctuation; if it fits
//! two people, or none, the answer is a complaint that lists whom it could be.

use super::COMMANDS;
use crate::config::{Agent, Queue};
use crate::desk::complaint::Complaint;

/// Longest word that is compared: what is longer is no slip of the finger.
const LONGEST: usize = 40;

/// Why some words name no agent, with what is said to whoever wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unnamed {
    /// They fit nobody.
    Nobody(Complaint),
    /// They fit several.
    Several(Complaint),
}

impl From<Unnamed> for Complaint {
    fn from(unnamed: Unnamed) -> Self {
        match unnamed {
            Unnamed::Nobody(complaint) | Unnamed::Several(complaint) => complaint,
        }
    }
}

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

/// The agent whom somebody means by a handle, an address, a name, a first name or a name cut short,
/// or by all that a mail program writes for a person.
pub fn agent<'a>(agents: &'a [Agent], written: &str) -> Result<&'a Agent, Unnamed> {
    let (addresses, words) = parted(written);
    let mut fits: Vec<&Agent> = Vec::new();
    for address in &addresses {
        let agent = agents.iter().find(|agent| agent.answers_to(address));
        let agent = agent.ok_or_else(|| nobody(agents, written))?;
        if fits.iter().all(|known| known.address != agent.address) {
            fits.push(agent);
        }
    }
    let by_name = named(agents, &words);
    match (fits.as_slice(), by_name.as_slice()) {
        ([agent], []) if !beside(agent, &words) && !is_bracketed(written) => {
            Err(nobody(agents, written))
        }
        // A name beside an address is decoration, unless it is somebody else's.
        ([agent], [other]) if !beside(agent, &words) && agent.address != other.address => {
            Err(which(written, &[*agent, *other]))
        }
        ([agent], _) | ([], [agent]) => Ok(agent),
        ([], []) => Err(nobody(agents, written)),
        ([], several) | (several, _) => Err(which(written, several)),
    }
}

/// Whether the words beside an agent's address are their own.
fn beside(agent: &Agent, words: &[String]) -> bool {
    let own: Vec<String> =
        words_of(&agent.name).into_iter().chain(words_of(&agent.handle)).collect();
    words.iter().all(|word| own.contains(word) || *word == squeezed(&agent.handle))
}

/// "The new one <bob@desk.test>": before an address in brackets any name may stand.
fn is_bracketed(written: &str) -> bool {
    written.trim_end_matches([' ', ',', ';', '.']).ends_with(['>', ')', ']'])
}

/// The addresses in what was written, and the words beside them.
fn parted(written: &str) -> (Vec<String>, Vec<String>) {
    let bounds = |c: char| c.is_whitespace() || "<>()[],;\"“”„«»".contains(c);
    let pieces = written.split(bounds).map(|piece| {
        let piece = piece.trim_matches(['\'', '‘', '’', '‚', '`', '.', ':']);
        piece.strip_prefix("mailto:").unwrap_or(piece)
    });
    // "@bob" is how chats call somebody.
    let (addresses, words): (Vec<&str>, Vec<&str>) = pieces
        .map(|piece| piece.trim_start_matches('@'))
        .filter(|piece| !piece.is_empty())
        .partition(|piece| piece.contains('@'));
    let bare = |address: &&str| address.split('?').next().unwrap_or_default().to_owned();
    let words = words.into_iter().flat_map(words_of).collect();
    (addresses.iter().map(bare).collect(), words)
}

/// Everybody whom these words name: the surest reading that fits anybody counts.
fn named<'a>(agents: &'a [Agent], words: &[String]) -> Vec<&'a Agent> {
    let wanted = words.concat();
    let readings: [&dyn Fn(&Agent) -> bool; 4] = [
        &|agent| words_of(&agent.handle) == words,
        &|agent| squeezed(&agent.name) == wanted || sorted(words_of(&agent.name)) == sorted(words),
        &|agent| agent.name.split_whitespace().any(|word| squeezed(word) == wanted),
        // "Bob B" is no handle "bobb" while another Bob's name begins so, too.
        &|agent| squeezed(&agent.handle) == wanted || is_short_for(words, &agent.name),
    ];
    let fits = readings.iter().map(|fits| agents.iter().filter(|agent| fits(agent)).collect());
    let mut fits = fits.filter(|fits: &Vec<&Agent>| !fits.is_empty() && !wanted.is_empty());
    fits.next().unwrap_or_default()
}

fn sorted(words: impl Into<Vec<String>>) -> Vec<String> {
    let mut words = words.into();
    words.sort();
    words
}

/// Whether each of some words begins a word of the name, and at least one is all of it.
fn is_short_for(words: &[String], name: &str) -> bool {
    let mut of_name = words_of(name);
    let mut cut: Vec<&String> = Vec::new();
    for word in words {
        match of_name.iter().position(|full| full == word) {
            Some(at) => drop(of_name.remove(at)),
            None => cut.push(word),
        }
    }
    cut.len() < words.len()
        && cut.into_iter().all(|word| {
            let at = of_name.iter().position(|full| full.starts_with(word.as_str()));
            at.map(|at| of_name.remove(at)).is_some()
        })
}

fn which(written: &str, fits: &[&Agent]) -> Unnamed {
    let fits = fits.iter().map(|agent| described(agent)).collect();
    Unnamed::Several(Complaint::Several { written: written.to_owned(), fits })
}

fn nobody(agents: &[Agent], written: &str) -> Unnamed {
    let handles = agents
        .iter()
        .flat_map(|agent| agent.name.split_whitespace().chain([agent.handle.as_str()]));
    Unnamed::Nobody(Complaint::Nobody {
        written: written.to_owned(),
        meant: nearest(written, handles).map(str::to_owned),
        known: agents.iter().map(|agent| agent.handle.clone()).collect(),
    })
}

/// The queue of that name.
pub fn queue<'a>(queues: &'a [Queue], written: &str) -> Result<&'a Queue, Complaint> {
    let wanted = squeezed(written);
    match queues.iter().find(|queue| squeezed(&queue.name) == wanted) {
        Some(queue) => Ok(queue),
        None => {
            let known = queues.iter().map(|queue| queue.name.as_str());
            let (written, meant, known) = no_such(written, known);
            Err(Complaint::NoQueue { written, meant, known })
        }
    }
}

/// What was written, what it is near to, and all that there is.
pub fn no_such<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> (String, Option<String>, Vec<String>) {
    let meant = nearest(written, known.clone()).map(str::to_owned);
    (written.to_owned(), meant, known.into_iter().map(str::to_owned).collect())
}

/// Letters and digits only, in lower case.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a name, in lower case. An apostrophe stands within one.
fn words_of(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'));
    parts.map(squeezed).filter(|word| !word.is_empty()).collect()
}

fn described(agent: &Agent) -> String {
    format!("{} ({})", agent.handle, agent.name)
}
