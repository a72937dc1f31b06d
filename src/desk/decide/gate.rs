//! The gate at the exit: what an agent's mail would send is looked at as the customer will see it,
//! its text with what commands put below it, its subject, its files and their names.
//!
//! It holds on an agent's address, however it is spelt; on what is nearly a command, anywhere in a
//! line; on a run of words that stands in our mails to agents or in a note and in nothing that is
//! known outside. `#send` lets all go but an address in the text and what says itself that it is
//! internal (C2). It errs to holding; a mail that waits is read again, a line that left is read by the
//! customer.

use super::host;
use super::inside::{is_ours, letters, repeats_note, repeats_ours};
use crate::config::{Agent, Config};
use crate::desk::audience;
use crate::desk::case::{Case, Leak, Read, Slip};
use crate::desk::command::near::{folded, near, unencoded, unspaced};
use crate::desk::command::unsigned::begun;
use crate::desk::known::Conversation;
use crate::mail::quote::tail::{self, Habits, Says};
use crate::mail::quote::{self, Role};
use crate::mail::{Address, Attachment};

/// Letters from which on a part of a line is known as a quotation: fewer are anybody's.
const QUOTED_MIN: usize = 12;

/// What people write for the sign of an address.
const AT: [&str; 12] = [
    "at",
    "ät",
    "ätt",
    "aet",
    "bei",
    "chez",
    "arroba",
    "arobase",
    "chiocciola",
    "małpa",
    "malpa",
    "klammeraffe",
];

/// Letters from which on a name is one.
const NAME_MIN: usize = 4;
/// How lines begin that keep words inside.
const KEEPS_INSIDE: [&str; 3] = ["#note ", "#internal ", "#private "];

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
    let (public, notes) = audience::said(case, conversation);
    // `#reply` sends a draft; a note that is a small part of what is said was not meant.
    let size = letters(leaving.text).len();
    let is_draft = |note: &str| meant == Meant::Reply && letters(note).len() * 2 >= size;
    let drafts = notes.iter().map(|(_, note)| note.as_str()).filter(|note| is_draft(note));
    let known = known(conversation, case.config, &public, drafts);
    let gate = Gate { case, known, public, notes };
    for text in [leaving.text, leaving.subject] {
        if let Some(address) = gate.address(text) {
            let line = line_with(read, |line| gate.address(line).is_some());
            return Err(Slip::Leaks(Leak::Address(address), line));
        }
    }
    let is_marked = |line: &str| case.texts.voice().bears_our_mark(line);
    if leaving.text.lines().any(is_marked) {
        return Err(Slip::Leaks(Leak::Marked, line_with(read, is_marked)));
    }
    for file in leaving.files {
        if let Some(name) = marked_file(file, read, is_marked) {
            return Err(Slip::InFile(Leak::Marked, name));
        }
    }
    if meant == Meant::Send {
        return Ok(());
    }
    let quoted = quoted_command(read).filter(|(line, _)| !gate.is_quoted(line));
    if let Some((line, command)) = quoted {
        return Err(Slip::Leaks(Leak::Command(command), Some(line)));
    }
    let own: Vec<&str> = leaving.text.lines().filter(|line| !gate.is_quoted(line)).collect();
    if let Some(command) = begun(leaving.text) {
        return Err(Slip::Leaks(Leak::Command(command), leaving_first(read)));
    }
    if let Some((_, command)) = near(&own.join("\n")) {
        return Err(Slip::Leaks(
            Leak::Command(command),
            line_with(read, |line| near(line).is_some()),
        ));
    }
    if let Some(host) = gate.host(leaving.text, read) {
        let line = line_with(read, |line| host::names(&folded(line), host));
        return Err(Slip::Leaks(Leak::Host(host), line));
    }
    if let Some((name, line)) = gate.colleague(leaving.text) {
        let line = line_with(read, |own| letters(own) == letters(line));
        return Err(Slip::Leaks(Leak::Colleague(name), line));
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
        let spelt = spelt_out(&text);
        let all = self.case.config.agents.iter().flat_map(Agent::addresses);
        let named = |address: &str| names(&text, address) || names(&spelt, address);
        let all = all.filter(|address| {
            let letters = || address.has_letters() && named(&folded(&address.in_letters()));
            named(&address.key()) || letters()
        });
        all.map(Address::as_str).find(|address| {
            let letters = letters(address);
            !self
                .known
                .iter()
                .any(|known| known.windows(letters.len().max(1)).any(|window| window == letters))
        })
    }

    /// A machine at which the agent writes, that the text names and nothing that is known outside does.
    fn host<'r>(&self, text: &str, read: &'r Read<'_>) -> Option<&'r str> {
        let text = folded(text);
        let known = |host: &str| {
            let host = letters(host);
            self.known.iter().any(|known| known.windows(host.len().max(1)).any(|run| run == host))
        };
        let hosts = host::of(read.inbound, self.case.config).into_iter();
        hosts.filter(|host| !known(host)).find(|host| host::names(&text, host))
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
        let size = letters(text).len();
        let is_draft = |note: &str| meant == Meant::Reply && letters(note).len() * 2 >= size;
        // Their writers' tails stand below answers, too.
        let notes = self.notes.iter().filter(|(_, note)| !is_draft(note));
        let notes = notes.map(|(author, note)| tail::without(note, &self.habits_of(author)));
        if meant != Meant::Send && repeats_note(text, notes, &self.known) {
            return Err(Slip::Noted);
        }
        let text = self.without_own_tail(text);
        let shown = self.case.shown();
        if !repeats_ours(text, shown, &self.known) {
            return Ok(());
        }
        Err(Slip::Leaks(Leak::Inside, line_with(read, |line| is_ours(line, shown))))
    }

    /// A line that says that somebody of the desk wrote what follows, where nobody outside knows
    /// that: a mail of a colleague's, passed on.
    fn colleague<'t>(&self, text: &'t str) -> Option<(&'a str, &'t str)> {
        let lines: Vec<&str> =
            text.lines().map(|line| line.trim_start_matches(['>', '＞', ' '])).collect();
        lines.iter().enumerate().find_map(|(at, line)| {
            let name = self.said_to_write(line)?;
            let mut below = lines.iter().skip(at + 1);
            let first = below.find(|line| {
                line.contains(char::is_alphanumeric) && !quote::is_row_of_a_header(line)
            });
            let first = letters(first?);
            let known =
                self.known.iter().any(|known| known.windows(first.len()).any(|run| run == first));
            (!known).then_some((name, *line))
        })
    }

    /// Whom of the desk, but for the writer, a line says to have written what stands below.
    fn said_to_write(&self, line: &str) -> Option<&'a str> {
        let sender = quote::is_sender_of_a_header(line);
        if !sender && !quote::says_who_wrote(line) {
            return None;
        }
        let said = letters(line);
        let holds = |name: &str| {
            let name = letters(name);
            name.len() >= NAME_MIN && said.windows(name.len()).any(|run| run == name)
        };
        let called = |agent: &Agent| {
            let first = agent.name.split(' ').next().unwrap_or_default();
            sender && line.split(|c: char| !c.is_alphanumeric()).any(|word| word == first)
        };
        let config = self.case.config;
        let mut others = config.agents.iter().filter(|one| !is_writer(self.case, &one.address));
        let agent = others.find(|one| holds(&one.name) || called(one));
        let desk =
            || holds(&config.desk.name) || config.desk.addresses().any(|own| holds(own.as_str()));
        agent.map(|one| one.name.as_str()).or_else(|| desk().then_some(config.desk.name.as_str()))
    }

    fn habits_of(&self, author: &Address) -> Habits {
        let name = self.case.config.agent(author).map_or("", |agent| agent.name.as_str());
        if is_writer(self.case, author) {
            self.case.habits().clone()
        } else {
            Habits::of(name, Vec::new())
        }
    }

    /// A text without its tail, if all of that stood below mails of its writer before.
    fn without_own_tail<'t>(&self, text: &'t str) -> &'t str {
        let habits = self.case.habits();
        let kept = tail::without(text, habits);
        let tail = text.get(kept.len()..).unwrap_or_default();
        let known = |line: &String| {
            habits.endings.iter().flatten().any(|known| known == line)
                || tail::says(line, habits) == Says::Nothing && !line.contains(char::is_numeric)
        };
        if tail::ending(tail).iter().all(known) { kept } else { text }
    }

    fn file<'r>(&self, file: &Attachment, read: &'r Read<'_>, meant: Meant) -> Result<(), Slip<'r>>
    where
        'a: 'r,
    {
        let (name, text) = seen(file, read);
        let bare = name.rsplit_once('.').map_or(name, |(bare, _)| bare);
        let unnamed = file.name.is_none();
        for (text, is_name) in [(name, true), (bare, true), (text, false)] {
            let inside = self.words(text, read, meant).is_err().then_some(Leak::Inside);
            let command = || match is_name || unnamed {
                true => near(text).map(|(_, command)| command),
                false => command_line(text),
            };
            let leak = inside
                .or_else(|| self.address(text).map(Leak::Address))
                .or_else(|| self.host(text, read).map(Leak::Host))
                .or_else(|| command().map(Leak::Command));
            if let Some(leak) = leak {
                return Err(Slip::InFile(leak, name));
            }
        }
        let looked = read.inbound.file_texts.get(&file.offset).is_none_or(|file| file.whole);
        if looked { Ok(()) } else { Err(Slip::InFile(Leak::Sealed, name)) }
    }
}

/// A mail that begins with one marked line, which is nearly a command: that was to be obeyed, and
/// is no quotation.
fn quoted_command<'a>(read: &'a Read<'_>) -> Option<(&'a str, &'static str)> {
    let first = read.blocks.iter().find(|block| !block.text.trim().is_empty())?;
    let mut lines = first.text.lines().filter(|line| !line.trim().is_empty());
    let (line, alone) = (lines.next()?, lines.next().is_none());
    let bare = line.trim_start_matches(['>', '＞', ' ']);
    let command =
        near(bare).filter(|_| first.role == Role::Quote && alone && bare.starts_with('#'))?;
    Some((line, command.1))
}

fn is_writer(case: &Case<'_>, address: &Address) -> bool {
    case.agent().is_some_and(|agent| agent.addresses().any(|own| own == address))
}

/// The name of a file that bears a mark of ours.
fn marked_file<'r>(
    file: &Attachment,
    read: &'r Read<'_>,
    is_marked: impl Fn(&str) -> bool,
) -> Option<&'r str> {
    let (name, text) = seen(file, read);
    text.lines().any(is_marked).then_some(name)
}

/// What of a file is seen: its name and what can be read of it.
fn seen<'r>(file: &Attachment, read: &'r Read<'_>) -> (&'r str, &'r str) {
    let found = read.inbound.attachments.iter().find(|one| one.offset == file.offset);
    let name = found.and_then(|file| file.name.as_deref()).unwrap_or_default();
    let text = read.inbound.file_texts.get(&file.offset).map_or("", |file| file.text.as_str());
    (name, text)
}

/// A line of a file that is one command and nothing else, or begins with one that keeps words
/// inside; programs have lines that begin with the sign and a word.
fn command_line(text: &str) -> Option<&'static str> {
    text.lines().find_map(|line| {
        let line = line.trim();
        let inside = || KEEPS_INSIDE.iter().any(|start| line.starts_with(start));
        near(line)
            .map(|(_, command)| command)
            .filter(|command| line.get(1..) == Some(*command) || inside())
    })
}

/// What those outside know already.
fn known<'d>(
    conversation: &'d Conversation,
    config: &'d Config,
    public: &'d [String],
    drafts: impl Iterator<Item = &'d str>,
) -> Vec<Vec<char>> {
    let ticket = &conversation.ticket;
    let people = ticket.participants.iter().map(|one| &one.person);
    let people = people.flat_map(|person| [person.name.as_deref(), Some(person.address.as_str())]);
    let files = conversation.last.iter().flat_map(|entry| &entry.files);
    let texts = public.iter().map(String::as_str);
    texts
        .chain(people.flatten())
        .chain(files.filter_map(|file| file.name.as_deref()))
        .chain(drafts)
        .chain([conversation.outside.as_str(), config.desk.name.as_str()])
        .chain(config.desk.addresses().map(Address::as_str))
        .map(letters)
        .collect()
}

fn leaving_first<'a>(read: &'a Read<'_>) -> Option<&'a str> {
    line_with(read, |line| line.contains(char::is_alphanumeric))
}

/// The line of the agent's own by which they will know what is meant.
fn line_with<'a>(read: &'a Read<'_>, is: impl Fn(&str) -> bool) -> Option<&'a str> {
    let own = read.blocks.iter().filter(|block| matches!(block.role, Role::New | Role::Forward));
    own.flat_map(|block| block.text.lines()).find(|line| is(line))
}

/// Whether a folded text names an address: with the sign, another for it, or words, as people write
/// addresses that machines shall not find.
fn names(text: &str, address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    text.match_indices(domain).any(|(at, _)| {
        let after = text.get(at + domain.len()..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        ends_there(after) && signed(before).is_some_and(|before| is_local(before, local))
    })
}

/// A folded text in which what people and machines write for the signs of an address is the sign,
/// and letters that look like Latin ones are.
fn spelt_out(text: &str) -> String {
    const SIGNS: [(&str, &str); 6] =
        [("%2e", "."), ("․", "."), ("[.]", "."), ("(.)", "."), ("．", "."), ("。", ".")];
    const DOTS: [&str; 4] = ["dot", "punkt", "point", "punto"];
    let mut out: String = unspaced(&unencoded(text)).chars().map(latin).collect();
    for (written, sign) in SIGNS {
        out = out.replace(written, sign);
    }
    for dot in DOTS {
        for (open, close) in [("[", "]"), ("(", ")"), ("{", "}"), (" ", " ")] {
            out = out.replace(&[open, dot, close].concat(), " . ");
        }
    }
    // "desk . test"; behind a point alone a sentence ends.
    let mut parts = out.split(" .").map(str::trim_end);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| [all.as_str(), part.trim_start()].join("."))
}

fn latin(c: char) -> char {
    const ALIKE: [(char, char); 15] = [
        ('а', 'a'),
        ('е', 'e'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('х', 'x'),
        ('у', 'y'),
        ('і', 'i'),
        ('ѕ', 's'),
        ('ј', 'j'),
        ('к', 'k'),
        ('ԁ', 'd'),
        ('ո', 'n'),
        ('ο', 'o'),
        ('α', 'a'),
    ];
    ALIKE.iter().find(|(like, _)| *like == c).map_or(c, |(_, latin)| *latin)
}

/// `desk.test` and not `desk.test.example`.
fn ends_there(after: &str) -> bool {
    let rest = after.trim_start_matches(['-', '_', '.']);
    !after.starts_with(char::is_alphanumeric)
        && (rest.len() == after.len() || !rest.starts_with(char::is_alphanumeric))
}

/// What stands before the sign between both parts.
fn signed(before: &str) -> Option<&str> {
    let open = |c: char| c.is_whitespace() || "([{<>}])\"'*_\\".contains(c);
    let before = before.trim_end_matches(open);
    let sign = ["@", "﹫", "%40", "&#64;", "&commat;"].iter();
    let whole = sign.filter_map(|sign| before.strip_suffix(sign)).next();
    let word = || {
        let before = AT.iter().find_map(|word| before.strip_suffix(word))?;
        before.ends_with(open).then_some(before)
    };
    let letter = || before.strip_suffix('a').filter(|before| before.ends_with(['(', '[', '{']));
    whole.or_else(word).or_else(letter).map(|before| before.trim_end_matches(open))
}

/// Whether the part before the sign is that one, perhaps with a detail behind `+`.
fn is_local(before: &str, local: &str) -> bool {
    let ends = |before: &str| {
        before.strip_suffix(local).is_some_and(|before| {
            !before.trim_end_matches(['-', '_', '.', '+']).ends_with(char::is_alphanumeric)
        })
    };
    let detail = || {
        let word = before.rsplit(char::is_whitespace).next()?;
        word.split_once('+').map(|(before, _)| before)
    };
    ends(before) || detail().is_some_and(ends)
}
