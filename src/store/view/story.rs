//! What a ticket has to do with others, and what placed it, as shown: read from its events, which
//! tell it all.

use rusqlite::Connection;
use serde::Serialize;

use crate::desk::Event;
use crate::mail::TicketNumber;
use crate::store::{Result, tickets};

/// The other tickets of a ticket's story, by number, and why it is where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Story {
    /// The one in which it goes on, or null.
    pub merged_into: Option<i64>,
    /// Those that go on in it.
    pub merged: Vec<i64>,
    /// The one as whose mail it began, or null.
    pub split_from: Option<i64>,
    /// Those that began as mails of it.
    pub split_off: Vec<i64>,
    /// Those with which it has to do.
    pub links: Vec<i64>,
    /// What chose its queue, such as a rule; null where it is the usual one.
    pub queue_why: Option<String>,
    /// What set its priority; null where an agent did, or nothing.
    pub priority_why: Option<String>,
    /// What whoever gets it must know, if a rule asked for it.
    pub skill: Option<String>,
}

/// The story of a ticket.
pub fn story(connection: &Connection, number: TicketNumber) -> Result<Story> {
    let mut story = Story::default();
    for (event, _) in tickets::events(connection, number)? {
        match event {
            Event::Opened { ruled, .. } => story.queue_why = ruled,
            Event::Moved { why, .. } => story.queue_why = Some(why),
            Event::PrioritySet { why, .. } => {
                story.priority_why = Some(why).filter(|why| !why.is_empty());
            }
            Event::SkillAsked { skill, .. } => story.skill = Some(skill),
            Event::Merged { into, .. } => story.merged_into = Some(into.0),
            Event::Unmerged { .. } => story.merged_into = None,
            Event::Absorbed { from, .. } => story.merged.push(from.0),
            Event::Released { from, .. } => story.merged.retain(|one| *one != from.0),
            Event::SplitFrom { from } => story.split_from = Some(from.0),
            Event::SplitOff { to, .. } => story.split_off.push(to.0),
            Event::Linked { to, .. } if !story.links.contains(&to.0) => story.links.push(to.0),
            _ => {}
        }
    }
    Ok(story)
}
