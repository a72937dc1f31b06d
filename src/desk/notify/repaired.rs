//! Mails to agents about a ticket that a command about another one changed, or that an agent
//! brought.

use super::inside::{Scene, Telling, tell_one};
use crate::desk::deed::Deed;
use crate::desk::scrap::Scrap;
use std::collections::BTreeMap;

use super::reach::{Listener, hearers, reading_for};
use crate::config::Agent;
use crate::desk::case::Read;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::mail::authentic::Verdict;
use crate::mail::{Address, Authentication, Inbound, Person, ReplyGoes};

/// A ticket of which agents hear because of a command about another.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// The ticket as it is now.
    pub about: Conversation,
    /// Who hears.
    pub agents: Vec<Listener>,
    /// Who did it, or wrote what is told.
    pub author: Person,
    /// What, in words that follow the author's name.
    pub did: Deed,
    /// What was said, perhaps nothing.
    pub text: String,
    /// How sure we are of the author.
    pub verified: Authentication,
}

/// Tells the agents concerned. The files of the mail that bore the command are none of that ticket.
pub fn repaired(draft: &mut Draft<'_>, read: &Read<'_>, one: &Elsewhere) {
    let case = draft.case;
    let inbound = Inbound::default();
    let words = case.texts.say(&Scrap::AsItCame);
    let verdict = Verdict::new(one.verified, false, words);
    let read =
        Read { inbound: &inbound, verdict: &verdict, text: &one.text, blocks: &[], ..read.clone() };
    let telling = Telling {
        author: &one.author,
        did: &one.did,
        why: None,
        goes: ReplyGoes::Public,
        done: false,
    };
    let scene = Scene { case, read: &read, conversation: &one.about };
    for agent in &one.agents {
        tell_one(draft, scene, &telling, agent);
    }
}

/// A request that an agent brought: those of the queue hear of it, and those to whom the same mail
/// did something.
pub fn brought(
    draft: &mut Draft<'_>,
    scene: Scene<'_>,
    (author, did): (&Person, &Deed),
    told: &BTreeMap<Address, Deed>,
    agent: &Agent,
) {
    let Scene { case, conversation, .. } = scene;
    let goes =
        if author.address == agent.address { ReplyGoes::Internal } else { ReplyGoes::Public };
    let telling = Telling { author, did, why: None, goes, done: false };
    let mut all: Vec<Listener> = hearers(draft, conversation, &agent.address);
    for named in told.keys().filter_map(|address| case.config.agent(address)) {
        let listener = reading_for(case, named, &agent.address);
        if all.iter().all(|known| known.person.address != listener.person.address) {
            all.push(listener);
        }
    }
    for listener in &all {
        tell_one(draft, scene, &telling, listener);
    }
}
