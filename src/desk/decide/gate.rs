//! The gate at the exit: what an agent's mail would send is looked at as the customer will see it,
//! its text with what commands put below it, its subject, its files and their names.
//!
//! It holds on an agent's address, however it is spelt; on what is nearly a command, anywhere in a
//! line; on a run of words that stands in our mails to agents or in a note and in nothing that is
//! known outside. `#send` lets all go but an address in the text and what says itself that it is
//! internal (C2). It errs to holding; a mail that waits is read again, a line that left is read by the
//! customer.

use super::inside::{is_ours, letters, repeats_note, repeats_ours};
use crate::config::{Agent, Config};
use crate::desk::case::{Case, Leak, Read, Slip};
use crate::desk::command::near::{folded, near};
use crate::desk::known::Conversation;
use crate::desk::voice::bears_our_mark;
use crate::mail::quote::Role;
use crate::mail::quote::tail;
use crate::mail::{Address, Attachment};

/// Letters from which on a part of a line is known as a quotation: fewer are anybody's.
const QUOTED_MIN: usize = 12;

/// What would leave.
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'a> {
    /// The text, with `\#` as it was written.
    pub text: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The files.
    pub files: &'a [&'a Attachment],
}

/// What the agent said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// Nothing.
    Unsaid,
    /// `#reply`: a note that is repeated was a draft.
    Reply,
    /// `#send`: as it is.
    Send,
}

/// Whether it may leave.
pub fn judge<'a>(
    case: &Case<'a>,
    read: &'a Read<'_>,
    conversation: &Conversation,
    leaving: Leaving<'_>,
    meant: Meant,
) -> Result<(), Slip<'a>> {
    let (public, notes) = case.said(conversation.ticket.number);
    let known = known(conversation, case.config, &public, (&notes, meant));
    let gate = Gate { case, known, public, notes };
    for text in [leaving.text, leaving.subject] {
        if let Some(address) = gate.address(text) {
            let line = line_with(read, |line| gate.address(line).is_some());
            return Err(Slip::Leaks(Leak::Address(address), line));
        }
    }
    if leaving.text.lines().any(bears_our_mark) {
        return Err(Slip::Leaks(Leak::Marked, line_with(read, bears_our_mark)));
    }
    for file in leaving.files {
        if let Some(name) = marked_file(file, read) {
            return Err(Slip::InFile(Leak::Marked, name));
        }
    }
    if meant == Meant::Send {
        return Ok(());
    }
    let own: Vec<&str> = leaving.text.lines().filter(|line| !gate.is_quoted(line)).collect();
    if let Some((_, command)) = near(&own.join("\n")) {
        return Err(Slip::Leaks(
            Leak::Command(command),
            line_with(read, |line| near(line).is_some()),
        ));
    }
    gate.words(leaving.text, read, meant)?;
    gate.words(leaving.subject, read, meant)?;
    leaving.files.iter().try_for_each(|file| gate.file(file, read, meant))
}

struct Gate<'g, 'a> {
    case: &'g Case<'a>,
    public: Vec<String>,
    notes: Vec<(Address, String)>,
    /// Letters of what is known outside.
    known: Vec<Vec<char>>,
}

impl<'a> Gate<'_, 'a> {
    /// An agent's address that the text names and nothing that is known outside does.
    fn address(&self, text: &str) -> Option<&'a str> {
        let text = folded(text);
        let all = self.case.config.agents.iter().flat_map(Agent::addresses);
        let all = all.filter(|address| names(&text, address));
        all.map(Address::as_str).find(|address| {
            let letters = letters(address);
            !self
                .known
                .iter()
                .any(|known| known.windows(letters.len().max(1)).any(|window| window == letters))
        })
    }

    /// Whether a line is marked as a quotation and is one: it stands in something that is known
    /// outside.
    fn is_quoted(&self, line: &str) -> bool {
        let letters = letters(line);
        let public = || self.public.iter().flat_map(|text| text.lines());
        let part = || {
            letters.len() >= QUOTED_MIN
                && self
                    .known
                    .iter()
                    .any(|known| known.windows(letters.len()).any(|run| run == letters))
        };
        line.trim_start().starts_with(['>', '＞'])
            && (public().any(|line| self::letters(line) == letters) || part())
    }

    /// A run of words from the inside.
    fn words<'r>(&self, text: &str, read: &'r Read<'_>, meant: Meant) -> Result<(), Slip<'r>> {
        let text = tail::without(text, self.case.habits());
        let notes = self.notes.iter().map(|(_, note)| note.as_str());
        if meant == Meant::Unsaid && repeats_note(text, notes, &self.known) {
            return Err(Slip::Noted);
        }
        let shown = self.case.shown();
        if !repeats_ours(text, shown, &self.known) {
            return Ok(());
        }
        Err(Slip::Leaks(Leak::Inside, line_with(read, |line| is_ours(line, shown))))
    }

    fn file<'r>(&self, file: &Attachment, read: &'r Read<'_>, meant: Meant) -> Result<(), Slip<'r>>
    where
        'a: 'r,
    {
        let (name, text) = seen(file, read);
        for text in [name, text] {
            let inside = self.words(text, read, meant).is_err().then_some(Leak::Inside);
            let leak = inside
                .or_else(|| self.address(text).map(Leak::Address))
                .or_else(|| command_line(text).map(Leak::Command));
            if let Some(leak) = leak {
                return Err(Slip::InFile(leak, name));
            }
        }
        Ok(())
    }
}

/// The name of a file that bears a mark of ours.
fn marked_file<'r>(file: &Attachment, read: &'r Read<'_>) -> Option<&'r str> {
    let (name, text) = seen(file, read);
    text.lines().any(bears_our_mark).then_some(name)
}

/// What of a file is seen: its name and what can be read of it.
fn seen<'r>(file: &Attachment, read: &'r Read<'_>) -> (&'r str, &'r str) {
    let found = read.inbound.attachments.iter().find(|one| one.offset == file.offset);
    let name = found.and_then(|file| file.name.as_deref()).unwrap_or("without a name");
    let text = read.inbound.file_texts.get(&file.offset).map_or("", String::as_str);
    (name, text)
}

/// A line of a file that is one command and nothing else; programs have lines that begin with the
/// sign and a word.
fn command_line(text: &str) -> Option<&'static str> {
    text.lines().find_map(|line| {
        let line = line.trim();
        near(line).map(|(_, command)| command).filter(|command| line.get(1..) == Some(*command))
    })
}

/// What those outside know already.
fn known(
    conversation: &Conversation,
    config: &Config,
    public: &[String],
    (notes, meant): (&[(Address, String)], Meant),
) -> Vec<Vec<char>> {
    let ticket = &conversation.ticket;
    let people = ticket.participants.iter().map(|one| &one.person);
    let people = people.flat_map(|person| [person.name.as_deref(), Some(person.address.as_str())]);
    let files = conversation.last.iter().flat_map(|entry| &entry.files);
    let notes = notes.iter().filter(|_| meant == Meant::Reply);
    let texts = public.iter().map(String::as_str);
    texts
        .chain(people.flatten())
        .chain(files.filter_map(|file| file.name.as_deref()))
        .chain(notes.map(|(_, note)| note.as_str()))
        .chain([
            conversation.outside.as_str(),
            config.desk.name.as_str(),
            config.desk.address.as_str(),
        ])
        .map(letters)
        .collect()
}

/// The line of the agent's own by which they will know what is meant.
fn line_with<'a>(read: &'a Read<'_>, is: impl Fn(&str) -> bool) -> Option<&'a str> {
    let own = read.blocks.iter().filter(|block| matches!(block.role, Role::New | Role::Forward));
    own.flat_map(|block| block.text.lines()).find(|line| is(line))
}

/// Whether a folded text names an address: with the sign, another for it, or words, as people write
/// addresses that machines shall not find.
fn names(text: &str, address: &Address) -> bool {
    let address = address.as_str().to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    text.match_indices(domain).any(|(at, _)| {
        let after = text.get(at + domain.len()..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        ends_there(after) && signed(before).is_some_and(|before| is_local(before, local))
    })
}

/// `desk.test` and not `desk.test.example`.
fn ends_there(after: &str) -> bool {
    let rest = after.trim_start_matches(['-', '_', '.']);
    !after.starts_with(char::is_alphanumeric)
        && (rest.len() == after.len() || !rest.starts_with(char::is_alphanumeric))
}

/// What stands before the sign between both parts.
fn signed(before: &str) -> Option<&str> {
    let open = |c: char| c.is_whitespace() || "([{<>}])\"'*_".contains(c);
    let before = before.trim_end_matches(open);
    let sign = ["@", "﹫", "%40", "&#64;", "&commat;"].iter();
    let whole = sign.filter_map(|sign| before.strip_suffix(sign)).next();
    let word = || {
        let before = before.strip_suffix("at").or_else(|| before.strip_suffix("ät"))?;
        before.ends_with(open).then_some(before)
    };
    whole.or_else(word).map(|before| before.trim_end_matches(open))
}

/// Whether the part before the sign is that one, perhaps with a detail behind `+`.
fn is_local(before: &str, local: &str) -> bool {
    let ends = |before: &str| {
        before.strip_suffix(local).is_some_and(|before| {
            !before.trim_end_matches(['-', '_', '.', '+']).ends_with(char::is_alphanumeric)
        })
    };
    let detail = || {
        let (before, detail) = before.rsplit_once('+')?;
        (!detail.contains(char::is_whitespace)).then_some(before)
    };
    ends(before) || detail().is_some_and(ends)
}
