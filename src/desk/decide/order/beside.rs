//! What an agent is told beside the lines of their commands: copies that went another way, and what
//! of their mail went nowhere.

use super::Order;
use crate::desk::{Participant, direction};

impl Order<'_, '_> {
    /// What the agent's own mail program has sent to those who take part.
    pub(super) fn tell_of_copies(&mut self, internal: bool) {
        let Some(conversation) = &self.conversation else { return };
        let outside = |one: &&Participant| {
            self.case.config.agent(&one.person.address).is_none()
                && direction::has_copy(self.read.inbound, &one.person.address)
        };
        let all = conversation.ticket.participants.iter().filter(outside);
        let names: Vec<&str> = all.map(|one| one.person.address.as_str()).collect();
        if names.is_empty() {
            return;
        }
        let names = names.join(", ");
        self.answer(match internal {
            true => format!(
                "! This stayed inside with us, but {names} stood in To or Cc: your own mail \
                 program has sent it there."
            ),
            false => format!("{names} has it from your own mail program; we sent no second copy."),
        });
    }

    /// What of the agent's mail those outside do not get.
    pub(super) fn tell_of_cut(&mut self, lines: usize) {
        match lines {
            0 => {}
            1 => self.answer("! 1 quoted line stayed with us: those outside have not seen it."),
            _ => self.answer(format!(
                "! {lines} quoted lines stayed with us: those outside have not seen them."
            )),
        }
    }
}
