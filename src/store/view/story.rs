//! What a ticket has to do with others, as shown: read from its events, which tell it all.

use rusqlite::Connection;
use serde::Serialize;

use crate::desk::Event;
use crate::mail::TicketNumber;
use crate::store::{Result, tickets};

/// The other tickets of a ticket's story, by number.
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
}

/// The story of a ticket.
pub fn story(connection: &Connection, number: TicketNumber) -> Result<Story> {
    let mut story = Story::default();
    for (event, _) in tickets::events(connection, number)? {
        match event {
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
