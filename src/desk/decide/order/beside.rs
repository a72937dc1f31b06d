//! What an agent is told beside the lines of their commands: copies that went another way, and what
//! of their mail went nowhere.

use super::{Order, Reach};
use crate::config::Agent;
use crate::desk::audience;
use crate::desk::besides::Besides;
use crate::desk::case::Input;
use crate::desk::command::parse::script;
use crate::desk::courtesy::courtesy;
use crate::desk::decide::before::as_shown;
use crate::desk::direction::calls;
use crate::desk::known::Conversation;
use crate::desk::texts::stamp;
use crate::desk::{Entry, Event, Participant, Status, direction};
use crate::mail::Address;
use crate::mail::quote::new_text_of;
use crate::mail::quote::tail::{Habits, Says, ending, says};

/// So many words of a tail are shown.
const TAIL_SHOWN: usize = 12;
/// And so many of what the customer wrote since.
const NEWER_SHOWN: usize = 30;
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

    /// What came between: the agent answers a mail that is older than what the customer wrote, or was
    /// told, last.
    pub(super) fn tell_of_newer(&mut self, internal: bool) {
        if internal || self.heard.id != self.read.id {
            return;
        }
        if self.was_solved_since() {
            self.besides(&Besides::SolvedSince);
        }
        let Some(newer) = self.case.written_since() else { return };
        if courtesy(&newer.text, &Habits::default(), &[]).is_none() {
            let (at, (words, more)) = (self.at(&newer), shown(&newer.text));
            let by = newer.author.address;
            self.besides(&Besides::WrittenSince { by, at, words, more });
        }
    }

    /// The same of a colleague's answer, where the customer hears that all is solved.
    pub(super) fn tell_of_answer(&mut self) {
        let Some(other) = self.case.collision().filter(|_| !self.has_text()) else { return };
        let by = self.case.config.agent(&other.author.address);
        let by = by.map_or(other.author.shown(), |agent| agent.name.as_str()).to_owned();
        let (at, (words, more)) = (self.at(other), shown(&other.text));
        self.besides(&Besides::AnsweredSince { by, at, words, more });
    }

    /// Whether somebody else solved the ticket after the mail that is answered.
    fn was_solved_since(&self) -> bool {
        let over = |status: Status| matches!(status, Status::Solved | Status::Closed);
        let open = as_shown(self.case).is_some_and(|shown| !over(shown.status));
        let Some(row) = self.case.own_answered().filter(|_| open) else { return false };
        let Some(number) = row.first.filter(|_| self.before.is_some_and(over)) else {
            return false;
        };
        let own = self.case.records.transcripts(number, &row.recipient);
        let events = self.case.records.events(number);
        let solved = events
            .iter()
            .rev()
            .find(|(event, _)| matches!(event, Event::StatusChanged { to, .. } if over(*to)));
        solved.is_some_and(|(_, at)| !own.contains(at))
    }

    fn at(&self, entry: &Entry) -> String {
        stamp(entry.at, &self.case.config.desk.time_zone)
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

    /// Whether the text begins with the name of a colleague, which nobody outside bears.
    pub(super) fn calls_colleague(&self, conversation: &Conversation) -> bool {
        let first = self.read.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let people = conversation.ticket.participants.iter();
        let people: Vec<String> = people.map(|one| one.person.shown().to_lowercase()).collect();
        let is_theirs = |agent: &&Agent| {
            let name = agent.name.split_whitespace().next().unwrap_or_default().to_lowercase();
            people.iter().any(|shown| shown.contains(&name) || shown.contains(&agent.handle))
        };
        let others = self.case.config.agents.iter().filter(|one| one.address != self.agent.address);
        others.filter(|one| !is_theirs(one)).any(|one| calls(one, first))
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

/// The first words of a text, and whether there are more.
fn shown(text: &str) -> (String, bool) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = words.iter().take(NEWER_SHOWN).copied().collect::<Vec<_>>().join(" ");
    (first, words.len() > NEWER_SHOWN)
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
