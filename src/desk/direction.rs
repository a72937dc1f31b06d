//! Where an agent's words go: one function decides it, from the mail of ours that is answered and
//! from the people to whom the agent's own mail is addressed; the more inward wins.
//!
//! Only an answer to a mail that brought a customer's words, addressed to the desk and to no
//! colleague, speaks to customers. Whom it would reach beyond those that the answered mail named is
//! judged where the ticket is known as it was then (`decide/speech.rs`).

use super::addressee::{is_desk, is_ours};
use super::known::Answered;
use super::slip::Doubt;
use crate::config::{Agent, Config};
use crate::mail::{Address, Inbound, Kind, Person, ReplyGoes};

/// What the answered mail of ours asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    /// It brought a customer's words: an answer is for them.
    Customer,
    /// It told what became of the agent's own mail, or what a colleague did: it takes commands, and
    /// words only where the agent says where they go.
    Commands,
    /// It was internal: so is an answer.
    Inside,
}

/// To whom the agent's mail is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Addressed {
    /// To the desk, and to no colleague.
    Desk,
    /// To somebody who takes part in the ticket; the desk reads along.
    Customer,
    /// To a colleague, or to the writer; the desk at most beside them.
    Colleague,
    /// To nobody that can be seen.
    Nobody,
}

/// Where the words go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// To those outside who take part.
    Public,
    /// Nowhere yet: the agent is asked.
    Asked,
    /// They stay inside.
    Inside,
}

/// The one decision.
pub fn way(token: Token, addressed: Addressed) -> Way {
    let by_token = match token {
        Token::Customer => Way::Public,
        Token::Commands => Way::Asked,
        Token::Inside => Way::Inside,
    };
    let by_envelope = match addressed {
        // What the customer has got already from the agent's own client is public.
        Addressed::Desk | Addressed::Customer => Way::Public,
        Addressed::Nobody => Way::Asked,
        Addressed::Colleague => Way::Inside,
    };
    by_token.max(by_envelope)
}

/// Why the agent is asked.
pub fn doubt(token: Token, addressed: Addressed) -> Option<Doubt> {
    match (way(token, addressed), addressed) {
        (Way::Asked, Addressed::Nobody) => Some(Doubt::Nobody),
        (Way::Asked, _) => Some(Doubt::Commands),
        (Way::Public | Way::Inside, _) => None,
    }
}

/// What a held mail was about, of which that transcript speaks: the transcript keeps it.
pub fn token_of_held(transcript: &Answered) -> Token {
    match transcript.reply_goes {
        ReplyGoes::Public => Token::Customer,
        ReplyGoes::Internal | ReplyGoes::Nowhere => Token::Inside,
    }
}

/// What an answer to that mail of ours is about, which tells of a note or not.
pub fn token(row: &Answered, tells_of_note: bool) -> Token {
    match (row.kind, row.reply_goes) {
        (Kind::Transcript, _) => Token::Commands,
        // It tells what a colleague did, or told the customer: nothing was said to its reader.
        (_, ReplyGoes::Internal) if row.by_mail.is_some() && !tells_of_note => Token::Commands,
        (_, ReplyGoes::Public) => Token::Customer,
        (_, ReplyGoes::Internal | ReplyGoes::Nowhere) => Token::Inside,
    }
}

/// To whom an agent's mail about a ticket of these participants is addressed.
pub fn addressed(
    config: &Config,
    inbound: &Inbound,
    takes_part: impl Fn(&Address) -> bool,
) -> Addressed {
    let any = |is: &dyn Fn(&Person) -> bool| inbound.to.iter().any(is);
    if any(&|one| is_colleague(config, &one.address) && !takes_part(&one.address)) {
        Addressed::Colleague
    } else if any(&|one| is_desk(config, &one.address)) {
        Addressed::Desk
    } else if any(&|one| takes_part(&one.address)) {
        Addressed::Customer
    } else {
        Addressed::Nobody
    }
}

/// Whether somebody has a mail from its writer's own mail program.
pub fn has_copy(inbound: &Inbound, address: &Address) -> bool {
    inbound.to.iter().chain(&inbound.cc).any(|one| one.address == *address)
}

/// Colleagues of the writer to whom the mail went as well, in To or Cc.
pub fn colleagues<'a>(
    config: &'a Config,
    inbound: &'a Inbound,
    writer: &'a Address,
) -> impl Iterator<Item = &'a Person> {
    let all = inbound.to.iter().chain(&inbound.cc);
    all.filter(move |one| match config.agent(&one.address) {
        Some(agent) => agent.address != *writer,
        None => is_colleague(config, &one.address),
    })
}

/// Whether somebody is of the house: an agent, or the owner of the desk.
pub fn is_colleague(config: &Config, address: &Address) -> bool {
    config.agent(address).is_some() || *address == config.desk.owner
}

/// Whether a mail that went to colleagues too speaks to one of them: "@Bob", "Bob, can you …".
pub fn speaks_to_colleague(
    config: &Config,
    inbound: &Inbound,
    writer: &Address,
    takes_part: impl Fn(&Address) -> bool,
) -> bool {
    let Some(line) = inbound.text.lines().find(|line| !line.trim().is_empty()) else {
        return false;
    };
    let words: Vec<String> = line
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let called = |person: &Person| {
        // Nothing says what the owner is called: who has them read along is asked.
        let Some(agent) = config.agent(&person.address) else { return true };
        let first = agent.name.split_whitespace().next().unwrap_or_default().to_lowercase();
        let named = words.iter().take(3).any(|word| *word == first || *word == agent.handle);
        named || inbound.text.to_lowercase().contains(&format!("@{first}"))
    };
    colleagues(config, inbound, writer).any(|one| !takes_part(&one.address) && called(one))
}

/// Whether a text speaks to an agent: "@Bob", "Hi Bob,", "Please take over, Bob.". "Bob will call
/// you" speaks of them.
pub fn calls(agent: &Agent, text: &str) -> bool {
    const SALUTATIONS: [&str; 14] = [
        "hi", "hello", "hallo", "hey", "dear", "liebe", "lieber", "moin", "bonjour", "salut",
        "ciao", "hola", "thanks", "danke",
    ];
    const ASKS: [&str; 8] =
        ["please", "pls", "can you", "could you", "would you", "bitte", "kannst du", "peux-tu"];
    let first = agent.name.split_whitespace().next().unwrap_or_default().to_lowercase();
    let lower = text.to_lowercase();
    [first.as_str(), agent.handle.as_str()].into_iter().filter(|name| name.len() > 1).any(|name| {
        lower.match_indices(name).any(|(at, _)| {
            let before = lower.get(..at).unwrap_or_default();
            let after = lower.get(at + name.len()..).unwrap_or_default();
            let line = before.rsplit('\n').next().unwrap_or_default().trim();
            let greeted = line.is_empty() || SALUTATIONS.contains(&line);
            let set_off = greeted || line.ends_with(',');
            let asks = ASKS
                .iter()
                .any(|asks| after.strip_prefix(' ').is_some_and(|rest| rest.starts_with(asks)));
            let ends =
                after.is_empty() || after.starts_with([',', ':', '!', '.', '?', ';', '\n']) || asks;
            before.ends_with('@') && !after.starts_with(char::is_alphanumeric)
                || set_off && ends && !before.ends_with(char::is_alphanumeric)
        })
    })
}

/// Whether a mail is addressed to somebody outside, and the desk at most reads along.
pub fn leaves_the_desk_aside(config: &Config, inbound: &Inbound) -> bool {
    let to_desk = |person: &Person| {
        is_ours(config, &person.address) && config.agent(&person.address).is_none()
    };
    inbound.to.iter().any(|person| !is_ours(config, &person.address))
        && !inbound.to.iter().any(to_desk)
}
