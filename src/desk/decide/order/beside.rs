//! What an agent is told beside the lines of their commands: copies that went another way, and what
//! of their mail went nowhere.

use super::{Order, Reach};
use crate::desk::audience;
use crate::desk::besides::Besides;
use crate::desk::case::Input;
use crate::desk::command::parse::script;
use crate::desk::{Participant, direction};
use crate::mail::Address;
use crate::mail::quote::new_text_of;
use crate::mail::quote::tail::{Habits, Says, ending, says};

/// So many words of a tail are shown.
const TAIL_SHOWN: usize = 12;
/// So many mails end so before an end is usual.
const USUAL: usize = 3;
/// Words of a sentence.
const SENTENCE: usize = 5;

impl Order<'_, '_> {
    /// What the agent's own mail program has sent to those who take part.
    pub(super) fn tell_of_copies(&mut self, internal: bool) {
        let Some(conversation) = &self.conversation else { return };
        let outside = |one: &&Participant| {
            self.case.config.agent(&one.person.address).is_none()
                && direction::has_copy(self.read.inbound, &one.person.address)
        };
        let all = conversation.ticket.participants.iter().filter(outside);
        let names: Vec<Address> = all.map(|one| one.person.address.clone()).collect();
        if names.is_empty() {
            return;
        }
        self.besides(&match internal {
            true => Besides::CopiesInside { names },
            false => Besides::CopiesOutside { names },
        });
    }

    /// Other customers of the ticket, whom the text does not reach.
    pub(super) fn tell_of_others(&mut self, internal: bool) {
        let Some(conversation) = &self.conversation else { return };
        let aside = audience::aside(self.case, conversation);
        if internal || self.reach != Reach::Side || aside.is_empty() {
            return;
        }
        self.besides(&Besides::OthersAside { names: aside.into_iter().collect() });
    }

    /// What of the agent's mail those outside do not get.
    pub(super) fn tell_of_cut(&mut self, lines: usize) {
        if lines > 0 {
            self.besides(&Besides::LinesStayed { lines });
        }
    }

    /// Files in which the agent may have sent something, and that do not go out.
    pub(super) fn tell_of_files(&mut self, names: &[&str]) {
        if !names.is_empty() {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            self.besides(&Besides::FilesStayed { names });
        }
    }

    /// Sentences below commands that were read as the agent's signature, unless they end all their
    /// mails so, and it is one by its form, too.
    pub(super) fn tell_of_tail(&mut self) {
        let Input::Mail(read) = self.case.input else { return };
        if self.lines == 0 || self.has_text() || read.id != self.read.id {
            return;
        }
        if self.goes_said && self.draft.entry.is_none() {
            self.besides(&Besides::NoWords);
        }
        let text = new_text_of(&script(read.blocks).blocks);
        let habits = self.case.habits();
        if is_usual(&text, habits) || !text.lines().any(is_sentence) {
            return;
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let more = words.len() > TAIL_SHOWN;
        let words = words.iter().take(TAIL_SHOWN).copied().collect::<Vec<_>>().join(" ");
        self.besides(&Besides::ReadAsSignature { words, more });
    }
}

/// Whether a text that may pass for a tail begins with a sentence and is no usual tail.
pub fn begins_as_words(text: &str, habits: &Habits) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(is_sentence) && !is_usual(text, habits)
}

/// Whether their mails end so, and it is a tail by its form, too.
fn is_usual(text: &str, habits: &Habits) -> bool {
    let by_form = Habits { endings: Vec::new(), ..habits.clone() };
    let lines = ending(text);
    habits.endings.iter().filter(|ending| ending.ends_with(&lines)).count() >= USUAL
        && says(text, &by_form) <= Says::Thanks
}

fn is_sentence(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    line.ends_with(['.', '!', '?', '…']) && words >= SENTENCE
        || line.ends_with(['。', '！', '？']) && line.chars().count() > SENTENCE
}
