//! What the rules of the settings make of a new ticket, as facts.

use std::collections::BTreeSet;

use crate::config::Priority;
use crate::desk::Event;
use crate::desk::case::Case;
use crate::desk::rules::{Routed, Ruled};

/// The queue in which it begins, and the rule that chose it; the first where none did.
pub fn queue(case: &Case<'_>, routed: &Routed) -> Option<(String, Option<String>)> {
    let chosen = routed.queue.as_ref();
    let chosen = chosen.map(|(queue, by)| (queue.clone(), Some(case.texts.say(by))));
    chosen.or_else(|| case.config.queues.first().map(|queue| (queue.name.clone(), None)))
}

/// All else that they say of it, but for who gets it.
pub fn facts(case: &Case<'_>, routed: &Routed) -> Vec<Event> {
    let said = |by: &Ruled| case.texts.say(by);
    let all: Vec<String> = routed.tagged.iter().map(said).collect();
    let tagged = (!routed.tags.is_empty()).then(|| Event::Tagged {
        added: routed.tags.clone(),
        removed: BTreeSet::new(),
        why: all.join(", "),
    });
    let skill = routed.skill.as_ref();
    let skill = skill.map(|(skill, by)| Event::SkillAsked { skill: skill.clone(), why: said(by) });
    let other = routed.priority.as_ref().filter(|(to, _)| *to != Priority::Normal);
    let priority = other.map(|(to, by)| Event::PrioritySet { to: *to, why: said(by) });
    tagged.into_iter().chain(skill).chain(priority).collect()
}
