//! Which lines of an agent's mail are commands: the first lines of the new text, one command each,
//! above any quotation.
//!
//! Phones and mail programs decorate what people type: a capital at the beginning, a space that
//! does not break, curly quotes, addresses made links. All of that is read as it was meant. A line
//! that looks like a command and stands anywhere else, or bears no known word, is read too, as one
//! to complain about: it must never reach a customer.

use super::{COMMANDS, Command, Place, Verb, find};
use crate::mail::quote::{Block, Role};

/// So many lines are read as commands; more is no mail of a person.
pub const LINES_MAX: usize = 50;
/// Longest value in characters.
const VALUE_MAX: usize = 2_000;

/// Signs by which clients, keyboards and HTML renderings write the `#` of a command.
pub const HASHES: [char; 4] = ['#', '＃', '﹟', '♯'];
/// Pairs of quotation marks that may stand around a value.
const QUOTES: [(char, char); 8] = [
    ('"', '"'),
    ('\'', '\''),
    ('“', '”'),
    ('„', '“'),
    ('‘', '’'),
    ('‚', '‘'),
    ('«', '»'),
    ('”', '”'),
];

/// What a line says.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// A command in its place.
    Command(&'static Command),
    /// A command that stands below text, a quotation or the end of commands.
    Misplaced(&'static Command),
    /// No word that we know, though it looks like a command.
    Unknown,
}

impl Meaning {
    /// Whether it is that command, in its place.
    pub fn is(self, verb: Verb) -> bool {
        matches!(self, Self::Command(command) if command.verb == verb)
    }
}

/// A line that is a command, or looks like one.
#[derive(Clone, Debug)]
pub struct Line {
    /// The word as written, without the `#`; empty where none can be read.
    pub word: String,
    /// What follows, cleaned of what programs add; may be empty.
    pub value: String,
    /// The ticket that stands before the value, as written, where that was taken off it.
    pub of: Option<String>,
    /// What it says.
    pub meaning: Meaning,
}

impl Line {
    /// The line as people will recognise it.
    pub fn written(&self) -> String {
        let of = self.of.as_deref().unwrap_or_default();
        let words = [&*self.word, of, &*self.value].into_iter().filter(|word| !word.is_empty());
        format!("#{}", words.collect::<Vec<_>>().join(" "))
    }
}

/// An agent's mail: its commands, and the rest.
#[derive(Clone, Debug)]
pub struct Script {
    /// Lines that are commands or look like it, in the order written.
    pub lines: Vec<Line>,
    /// The mail without its commands: lines that only look like one stay where they are.
    pub blocks: Vec<Block>,
    /// What becomes of odd lines.
    pub odd: Odd,
}

/// What becomes of lines that look like a command and are none that can be obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    /// They are told of, to be complained about.
    Told,
    /// They are text: their writer says so.
    Text,
    /// They are left away: their writer wrote others in their place.
    Dropped,
}

/// The line that says one command without a value.
pub fn command(verb: Verb) -> Vec<Line> {
    let rows = COMMANDS.iter().filter(|command| command.verb == verb);
    let line = |command: &'static Command| Line {
        word: command.name.to_owned(),
        value: String::new(),
        of: None,
        meaning: Meaning::Command(command),
    };
    rows.map(line).collect()
}

/// Reads the commands of a mail.
pub fn script(blocks: &[Block]) -> Script {
    script_with(blocks, Odd::Told)
}

/// Reads the commands of a mail whose odd lines were spoken of already.
pub fn script_with(blocks: &[Block], odd: Odd) -> Script {
    let mut script = Script { lines: Vec::new(), blocks: Vec::new(), odd };
    let mut head = true;
    for block in blocks {
        let text = match block.role {
            Role::New if head => {
                let (text, ended) = script.read_head(&block.text);
                head = !ended;
                text
            }
            Role::New | Role::Forward => script.read_body(&block.text),
            Role::Quote | Role::Signature => block.text.clone(),
        };
        head &= block.text.trim().is_empty() || block.role == Role::New;
        script.blocks.push(Block { role: block.role, text });
    }
    script
}

impl Script {
    /// Takes the commands off the beginning of a text. Gives the rest, and whether something else
    /// than commands was met.
    fn read_head(&mut self, text: &str) -> (String, bool) {
        let mut lines = text.split('\n').peekable();
        let mut kept: Vec<&str> = Vec::new();
        let mut end = false;
        while let Some(line) = lines.peek() {
            if !plain(line).is_empty() {
                let Some(parsed) = parse(line).filter(|_| self.lines.len() < LINES_MAX) else {
                    break;
                };
                let command = matches!(parsed.meaning, Meaning::Command(_));
                end = matches!(parsed.meaning, Meaning::Command(command) if command.place == Place::End);
                if !command && self.odd == Odd::Text {
                    kept.push(line);
                }
                if command || self.odd == Odd::Told {
                    self.lines.push(parsed);
                }
            }
            lines.next();
            if end {
                break;
            }
        }
        let ended = end || !kept.is_empty() || lines.peek().is_some();
        let rest = self.read_body(&lines.collect::<Vec<_>>().join("\n"));
        (kept.into_iter().chain([rest.as_str()]).collect::<Vec<_>>().join("\n"), ended)
    }

    /// Notes what looks like a command where none may stand, and gives the text.
    fn read_body(&mut self, text: &str) -> String {
        let room = LINES_MAX.saturating_mul(2).saturating_sub(self.lines.len());
        let misplaced = |line: &str| {
            let parsed = parse(undecorated(line)).unwrap_or_else(|| Line {
                word: shown(line),
                value: String::new(),
                of: None,
                meaning: Meaning::Unknown,
            });
            match parsed.meaning {
                Meaning::Command(command) => {
                    Line { meaning: Meaning::Misplaced(command), ..parsed }
                }
                Meaning::Misplaced(_) | Meaning::Unknown => parsed,
            }
        };
        if self.odd == Odd::Told {
            self.lines.extend(
                text.split('\n').filter(|line| looks_like_command(line)).take(room).map(misplaced),
            );
        }
        match self.odd {
            Odd::Told | Odd::Text => text.to_owned(),
            Odd::Dropped => text
                .split('\n')
                .filter(|line| !looks_like_command(line))
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }
}

/// A line that begins with the sign and a word. `None` for every other, among them `#12` and
/// `\#word`.
fn parse(line: &str) -> Option<Line> {
    let line = plain(line);
    let rest = line.strip_prefix(HASHES)?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let end =
        rest.find(|c: char| !(c.is_alphabetic() || c == '-' || c == '_')).unwrap_or(rest.len());
    let (word, value) = rest.split_at_checked(end)?;
    // "#n" alone is half a command; with words behind it it may be anything.
    let letters = word.chars().count();
    let alone = letters == 1 && value.trim().is_empty();
    if !word.starts_with(char::is_alphabetic) || letters < 2 && !alone {
        return None;
    }
    // "#close." and "#priority: high": what keyboards and habits add.
    let value = value.trim_start_matches([':', '=', ',']).trim();
    let value = if value.chars().all(|c| {
        matches!(c, '.' | '!' | ';' | '*' | '"' | '\'' | '”' | '“' | '’' | '‘' | '»' | '«' | '`')
    }) {
        ""
    } else {
        value
    };
    let known = find(word);
    let meaning = known.map_or(Meaning::Unknown, Meaning::Command);
    Some(Line { word: word.to_owned(), value: value_of(value), of: None, meaning })
}

/// A value as it was meant: without links that clients make of addresses, and without quotation
/// marks around all of it.
fn value_of(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match unlinked(word) {
            // "a@x.test <mailto:a@x.test>" says the same twice.
            Some(link)
                if words
                    .iter()
                    .any(|known| known.trim_matches(['<', '>']).eq_ignore_ascii_case(&link)) => {}
            Some(link) if link.contains("://") && !words.is_empty() => {}
            // A name stands before it.
            Some(link)
                if word.starts_with('<')
                    && words.last().is_some_and(|word| !word.contains(['@', ',', ';'])) =>
            {
                words.push(format!("<{link}>"));
            }
            Some(link) => words.push(link),
            None => words.push(word.to_owned()),
        }
    }
    unquoted(&words.join(" ")).chars().take(VALUE_MAX).collect()
}

/// The address or place in `<mailto:a@x.test>`, `mailto:a@x.test` or `<https://x.test>`; `None` for
/// a plain word.
fn unlinked(word: &str) -> Option<String> {
    let bare = word.trim_matches(['<', '>', '(', ')', '[', ']']);
    let lower = bare.to_ascii_lowercase();
    if lower.starts_with("mailto:") {
        let address = bare.split_once(':').map_or("", |(_, rest)| rest);
        return Some(address.split('?').next().unwrap_or_default().to_owned());
    }
    let link = lower.starts_with("http://") || lower.starts_with("https://");
    (link && bare.len() < word.len()).then(|| bare.to_owned())
}

fn unquoted(text: &str) -> &str {
    let inner =
        QUOTES.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.map_or(text, str::trim)
}

/// A line without characters that have no shape, with ordinary single spaces.
fn plain(line: &str) -> String {
    let visible: String = line.chars().filter(|c| !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is left of a line that cannot be read, for the transcript.
fn shown(line: &str) -> String {
    let line = plain(line);
    let bare = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    bare.chars().take(60).collect()
}

/// Whether a line looks like a command, however it is indented, quoted or listed.
pub fn looks_like_command(line: &str) -> bool {
    let Some(word) = undecorated(line).strip_prefix(HASHES) else { return false };
    let mut word = word.chars().skip_while(|c| c.is_whitespace()).filter(|c| !is_invisible(*c));
    // "#n0te" is a slip of the finger, "#12" a ticket.
    word.next().is_some_and(char::is_alphabetic) && word.next().is_some_and(char::is_alphanumeric)
}

/// A line without what a list or quotation marks put before its first word.
pub fn undecorated(line: &str) -> &str {
    // Whatever has no sound decorates, but for the sign of a quotation.
    let bare =
        |c: char| !c.is_alphanumeric() && !HASHES.contains(&c) && !matches!(c, '\\' | '>' | '＞');
    let line = line.trim_start_matches(bare);
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = if numbered.len() < line.len() {
        numbered
    } else {
        line.strip_prefix(char::is_alphabetic).unwrap_or(line)
    };
    match numbered.strip_prefix(['.', ')']) {
        Some(rest) if numbered.len() < line.len() => rest.trim_start_matches(bare),
        _ => line,
    }
}

/// Characters without a shape, which clients put around what is pasted.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe0e}' | '\u{fe0f}' | '\u{feff}')
}
