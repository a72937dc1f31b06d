//! Rules that can never do anything: because an earlier one takes all that they would, or because
//! nothing can be as they ask. Only what is certain is said; two rules that together take all of a
//! third are not found.

use super::super::rules::{Header, Place, Rule, When};
use super::super::{Agent, Config, Words};

/// All of it, each a sentence.
pub fn warnings(config: &Config) -> Vec<String> {
    let rules = &config.rules;
    let mut all = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let earlier = rules.iter().take(at).filter(|one| covers(config, &one.when, &rule.when));
        let earlier: Vec<&Rule> = earlier.collect();
        all.extend(shadowed(rule, &earlier));
        if rule.when.vip && config.priority.vip.is_empty() {
            all.push(format!(
                "the rule {:?} is unreachable: no customer is a VIP, since vip in [priority] is empty",
                rule.name
            ));
        }
        all.extend(misplaced(config, rule));
        if rule.does_nothing() {
            all.push(format!(
                "the rule {:?} does nothing: write queue, assign, skill, priority or tags below it",
                rule.name
            ));
        }
    }
    let skills = config.queues.iter().filter_map(|queue| {
        Some((format!("the queue {:?}", queue.name), queue.name.as_str(), queue.skill.as_deref()?))
    });
    let first = config.queues.first().map_or("", |queue| queue.name.as_str());
    let asked = rules.iter().filter_map(|rule| {
        let queue = rule.queue.as_deref().unwrap_or(first);
        Some((format!("the rule {:?}", rule.name), queue, rule.skill.as_deref()?))
    });
    for (whose, queue, skill) in skills.chain(asked) {
        if !config.agents_of(queue).any(|agent| agent.knows(skill)) {
            all.push(format!(
                "{whose} asks for the skill {skill:?}, which no agent of the queue {queue:?} has: all of them get its tickets"
            ));
        }
    }
    all
}

/// What of a rule never applies.
fn shadowed(rule: &Rule, earlier: &[&Rule]) -> Option<String> {
    type Says = fn(&Rule) -> bool;
    let first: [(&str, Says); 3] = [
        ("queue", |rule| rule.queue.is_some()),
        ("assign", |rule| rule.assign.is_some()),
        ("skill", |rule| rule.skill.is_some()),
    ];
    let mut dead: Vec<(&str, &Rule)> = Vec::new();
    let mut lives = false;
    for (key, says) in first.into_iter().filter(|(_, says)| says(rule)) {
        match earlier.iter().find(|one| says(one)) {
            Some(one) => dead.push((key, one)),
            None => lives = true,
        }
    }
    if rule.priority.is_some() {
        match earlier.iter().find(|one| one.priority >= rule.priority) {
            Some(one) => dead.push(("priority", one)),
            None => lives = true,
        }
    }
    if !rule.tags.is_empty() {
        let has = |one: &&&Rule| rule.tags.iter().all(|tag| one.tags.contains(tag));
        match earlier.iter().find(has) {
            Some(one) => dead.push(("tags", one)),
            None => lives = true,
        }
    }
    let (key, by) = dead.first()?;
    let (name, by) = (&rule.name, &by.name);
    Some(match lives {
        false => format!(
            "the rule {name:?} is unreachable: {by:?} above it takes all that it would; put it above that one, or drop it"
        ),
        true => format!(
            "{key} of the rule {name:?} never applies: {by:?} above it takes all that it would"
        ),
    })
}

/// Somebody gets tickets of a queue that they do not serve.
fn misplaced(config: &Config, rule: &Rule) -> Option<String> {
    let agent: &Agent = config.agent(rule.assign.as_ref()?)?;
    let queue = rule.queue.as_ref().filter(|queue| !agent.queues.contains(queue))?;
    let (rule, handle) = (&rule.name, &agent.handle);
    Some(format!(
        "the rule {rule:?} gives tickets of the queue {queue:?} to {handle}, who does not serve it"
    ))
}

/// Whether the first conditions hold wherever the others do.
fn covers(config: &Config, general: &When, special: &When) -> bool {
    let vips =
        || special.from.iter().all(|one| vip_covers(config, one)) && !special.from.is_empty();
    places(&general.to, &special.to)
        && places(&general.from, &special.from)
        && phrases(&general.subject, &special.subject)
        && phrases(&general.body, &special.body)
        && (general.language.is_empty()
            || !special.language.is_empty()
                && special.language.iter().all(|one| general.language.contains(one)))
        && general.headers.iter().all(|header| field(header, &special.headers))
        && (!general.vip || special.vip || vips())
}

fn vip_covers(config: &Config, place: &Place) -> bool {
    config.priority.vip.iter().any(|vip| vip.covers(place))
}

fn places(general: &[Place], special: &[Place]) -> bool {
    let covered = |one: &Place| general.iter().any(|whole| whole.covers(one));
    general.is_empty() || !special.is_empty() && special.iter().all(covered)
}

fn phrases(general: &[Words], special: &[Words]) -> bool {
    let covered = |one: &Words| general.iter().any(|part| one.hold(part));
    general.is_empty() || !special.is_empty() && special.iter().all(covered)
}

fn field(general: &Header, special: &[Header]) -> bool {
    let mut same = special.iter().filter(|one| one.name.eq_ignore_ascii_case(&general.name));
    same.any(|one| phrases(&general.words, &one.words))
}
