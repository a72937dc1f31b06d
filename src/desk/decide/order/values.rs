//! What the values of lines mean: people, addresses and moments.

use super::Order;
use crate::config::Agent;
use crate::desk::command::suggest::{self, Unnamed};
use crate::desk::command::when;
use crate::desk::complaint::Complaint;
use crate::desk::texts;
use crate::mail::Address;
use crate::time::{Hours, Timestamp};

impl<'a, 'c: 'a> Order<'a, 'c> {
    /// The agent whom these words name; `me` is the writer.
    pub fn agent_named(&self, words: &str) -> Result<&'a Agent, Unnamed> {
        if ["me", "myself"].contains(&words.to_lowercase().as_str()) {
            return Ok(self.agent);
        }
        suggest::agent(&self.case.config.agents, words)
    }

    /// The address that these words are.
    pub fn address(&self, words: &str) -> Result<Address, Complaint> {
        let bare = words
            .rsplit_once('<')
            .map_or(words, |(_, rest)| rest)
            .trim_matches(['<', '>', ' ', ',', ';', '.']);
        Address::parse(bare).ok_or_else(|| Complaint::NoAddress { written: words.to_owned() })
    }

    /// The moment that these words mean, in the desk's zone and by the hours of the ticket's queue.
    pub fn moment(&self, words: &str) -> Result<Timestamp, Complaint> {
        let zone = &self.case.config.desk.time_zone;
        let found = when::moment(words, self.case.now, zone, self.hours());
        found.map_err(|wrong| self.with_lines(wrong))
    }

    /// The moment with which these words begin, and the rest of them.
    pub fn moment_and_words(&self, words: &str) -> Result<(Timestamp, String), Complaint> {
        let zone = &self.case.config.desk.time_zone;
        let found = when::leading(words, self.case.now, zone, self.hours());
        found.map(|(at, rest)| (at, rest.to_owned())).map_err(|wrong| self.with_lines(wrong))
    }

    /// Where a time has two readings: the line as it is to be sent for each.
    fn with_lines(&self, wrong: Complaint) -> Complaint {
        let Complaint::ClockOrSpan { written, clock, span, .. } = wrong else { return wrong };
        let readings = [clock.clone(), ["in ", &span].concat()];
        let lines = readings.map(|time| self.line.replacen(&written, &time, 1)).to_vec();
        Complaint::ClockOrSpan { written, clock, span, lines }
    }

    /// When the people of the ticket's queue work.
    pub fn hours(&self) -> Option<&'a Hours> {
        let queue = self.ticket().ok().map_or("", |ticket| ticket.queue.as_str());
        self.case.config.queue(queue).map(|queue| &queue.hours)
    }

    /// A moment as the transcript shows it: with its day, so that the agent sees what was
    /// understood.
    pub fn shown(&self, at: Timestamp) -> String {
        texts::checked(at, &self.case.config.desk.time_zone)
    }
}
