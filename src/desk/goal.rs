//! What a customer is to have within a time that the desk set itself (`[sla]`).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{Priority, Queue};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Goal {
    /// Somebody has it.
    #[serde(rename = "taken")]
    Taken,
    /// A person has answered.
    #[serde(rename = "first answer")]
    FirstAnswer,
    /// A person has answered what was written since.
    #[serde(rename = "next answer")]
    NextAnswer,
    /// A person has written again.
    #[serde(rename = "update")]
    Update,
    /// It is solved.
    #[serde(rename = "solution")]
    Solution,
}

impl Goal {
    /// The stored word, which people read too.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::FirstAnswer => "first answer",
            Self::NextAnswer => "next answer",
            Self::Update => "update",
            Self::Solution => "solution",
        }
    }

    /// An answer to the customer is all that it needs.
    pub fn is_answer(self) -> bool {
        matches!(self, Self::FirstAnswer | Self::NextAnswer | Self::Update)
    }

    /// How much working time it may take; `None` if it is not measured.
    pub fn time(self, queue: &Queue, priority: Priority) -> Option<Duration> {
        let goals = queue.sla.of(priority);
        match self {
            Self::FirstAnswer => Some(goals.first_answer),
            Self::NextAnswer => goals.next_answer,
            Self::Update => goals.update,
            Self::Solution => goals.solution,
            Self::Taken => queue.ladder.unowned.map(|time| time.min(goals.first_answer / 2)),
        }
    }
}
