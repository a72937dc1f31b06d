//! `[sla]`: how much working time may pass until a customer has what they wait for.

use std::time::Duration;

use super::Priority;

/// What may take how long on tickets of one priority; `None` is never measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goals {
    /// `first_answer`: until a person answers at all. Customers are promised it.
    pub first_answer: Duration,
    /// `next_answer`: until a person answers what was written since.
    pub next_answer: Option<Duration>,
    /// `update`: until the customer hears from a person again, who have been answered.
    pub update: Option<Duration>,
    /// `solution`: until it is solved.
    pub solution: Option<Duration>,
}

/// The same for each priority. A higher one never waits longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sla {
    /// `low`.
    pub low: Goals,
    /// What is written without a priority.
    pub normal: Goals,
    /// `high`.
    pub high: Goals,
    /// `urgent`.
    pub urgent: Goals,
}

impl Sla {
    /// What holds for tickets of that priority.
    pub fn of(&self, priority: Priority) -> &Goals {
        match priority {
            Priority::Low => &self.low,
            Priority::Normal => &self.normal,
            Priority::High => &self.high,
            Priority::Urgent => &self.urgent,
        }
    }
}
