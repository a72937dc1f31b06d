//! What an IMAP client says, taken apart: commands, sets of UIDs, and the items of a FETCH.

use std::collections::BTreeSet;
use std::io;
use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::str::Chars;

use crate::demo::line::{Line, text};

use super::super::world::{Folder, Mail};

/// Longest line: RFC 7162 §4 asks servers for 8,192 bytes, and a set of UIDs may be longer.
const LINE_MAX: usize = 64 << 10;
/// Largest mail in an APPEND.
const LITERAL_MAX: usize = 64 << 20;
/// Most pieces of one command.
const PIECES_MAX: usize = 4096;

/// One command. An unsound one has the name "".
pub(super) struct Command {
    pub(super) tag: String,
    pub(super) name: String,
    pub(super) words: Words,
}

enum Piece {
    /// An atom, or a parenthesis.
    Atom(String),
    /// A quoted string or a literal.
    Text(Vec<u8>),
}

/// The arguments, taken one by one from the front.
pub(super) struct Words(std::iter::Peekable<std::vec::IntoIter<Piece>>);

impl Words {
    /// The next argument as text; `None` at the end or before a parenthesis.
    pub(super) fn word(&mut self) -> Option<String> {
        self.bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(super) fn bytes(&mut self) -> Option<Vec<u8>> {
        match self.0.next_if(|piece| !is(piece, "(") && !is(piece, ")"))? {
            Piece::Atom(word) => Some(word.into_bytes()),
            Piece::Text(bytes) => Some(bytes),
        }
    }

    /// A parenthesised list without lists in it, or all words to the end.
    pub(super) fn list(&mut self) -> Option<Vec<String>> {
        let open = self.0.next_if(|piece| is(piece, "(")).is_some();
        let words = std::iter::from_fn(|| self.word()).collect();
        let closed = self.0.next_if(|piece| is(piece, ")")).is_some();
        (open == closed).then_some(words)
    }

    pub(super) fn has_list(&mut self) -> bool {
        self.0.peek().is_some_and(|piece| is(piece, "("))
    }
}

fn is(piece: &Piece, atom: &str) -> bool {
    matches!(piece, Piece::Atom(word) if word == atom)
}

/// Reads a command with its literals; `None` if the client went away.
pub(super) async fn read(line: &mut Line) -> io::Result<Option<Command>> {
    let mut pieces = Vec::new();
    let mut sound = true;
    loop {
        let Some(heard) = line.hear(LINE_MAX).await? else { return Ok(None) };
        let heard = text(&heard);
        let (words, literal) = literal(&heard);
        sound &= scan(words, &mut pieces) && pieces.len() < PIECES_MAX;
        let Some((length, waits)) = literal else { break };
        if length > LITERAL_MAX || pieces.len() >= PIECES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "command too large"));
        }
        if waits {
            line.say("+ go on");
            line.send().await?;
        }
        pieces.push(Piece::Text(line.hear_exactly(length).await?));
    }
    Ok(Some(named(pieces, sound)))
}

fn named(pieces: Vec<Piece>, sound: bool) -> Command {
    let mut words = Words(pieces.into_iter().peekable());
    let tag = words.word().unwrap_or_else(|| "*".to_owned());
    let mut name = words.word().unwrap_or_default().to_ascii_uppercase();
    if name == "UID" {
        name = format!("UID {}", words.word().unwrap_or_default().to_ascii_uppercase());
    }
    Command { tag, name: if sound { name } else { String::new() }, words }
}

/// Cuts `{n}` or `{n+}` (RFC 7888) from the end: its length, and whether the client waits for a
/// word from us.
fn literal(line: &str) -> (&str, Option<(usize, bool)>) {
    let found = line.strip_suffix('}').and_then(|rest| rest.rsplit_once('{')).and_then(
        |(before, count)| {
            let digits = count.strip_suffix('+').unwrap_or(count);
            Some((before, Some((digits.parse().ok()?, digits == count))))
        },
    );
    found.unwrap_or((line, None))
}

/// `false` if the line is no sequence of atoms, strings and parentheses.
fn scan(line: &str, pieces: &mut Vec<Piece>) -> bool {
    let mut rest = line.chars().peekable();
    while let Some(&first) = rest.peek() {
        match first {
            ' ' => _ = rest.next(),
            '(' | ')' => {
                rest.next();
                pieces.push(Piece::Atom(first.to_string()));
            }
            '"' => match quoted(&mut rest) {
                Some(text) => pieces.push(Piece::Text(text.into_bytes())),
                None => return false,
            },
            _ => pieces.push(Piece::Atom(atom(&mut rest))),
        }
    }
    true
}

fn quoted(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    rest.next();
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(rest.next()?),
            c => text.push(c),
        }
    }
}

/// An atom; `BODY.PEEK[…]<…>` is one too, whatever its brackets hold.
fn atom(rest: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    let mut inside = false;
    while let Some(c) = rest.next_if(|c| inside || !" ()\"".contains(*c)) {
        inside = c == '[' || inside && c != ']';
        word.push(c);
    }
    word
}

/// The UIDs of a folder that a set like `1,3:5,9:*` names; `None` if it is not one. As RFC 3501
/// §6.4.8 has it, a range with `*` always holds the last mail.
pub(super) fn uids(set: &str, folder: &Folder) -> Option<BTreeSet<u32>> {
    let last = folder.mails.last().map_or(0, |mail| mail.uid);
    let ranges: Option<Vec<RangeInclusive<u32>>> =
        set.split(',').map(|range| bounds(range, last)).collect();
    Some(ranges?.iter().flat_map(|range| folder.within(range)).map(|mail| mail.uid).collect())
}

fn bounds(range: &str, last: u32) -> Option<RangeInclusive<u32>> {
    let end = |text: &str| {
        if text == "*" { Some(last) } else { text.parse().ok().filter(|uid| *uid > 0) }
    };
    let (one, other) = range.split_once(':').unwrap_or((range, range));
    let (one, other) = (end(one)?, end(other)?);
    Some(one.min(other)..=one.max(other))
}

/// What is asked of each mail.
pub(super) enum Item {
    Uid,
    Flags,
    Size,
    Received,
    Body(Part),
}

/// `BODY[…]<first.most>`.
pub(super) struct Part {
    section: &'static str,
    slice: Option<(usize, usize)>,
    /// Whether reading it sets `\Seen`.
    pub(super) marks: bool,
}

impl Item {
    pub(super) fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_uppercase();
        Some(match word.as_str() {
            "UID" => Self::Uid,
            "FLAGS" => Self::Flags,
            "RFC822.SIZE" => Self::Size,
            "INTERNALDATE" => Self::Received,
            _ => Self::Body(Part::parse(&word)?),
        })
    }
}

impl Part {
    fn parse(word: &str) -> Option<Self> {
        let (name, rest) = word.split_once('[')?;
        let (section, slice) = rest.split_once(']')?;
        let marks = match name {
            "BODY" => true,
            "BODY.PEEK" => false,
            _ => return None,
        };
        let section = ["", "HEADER", "TEXT"].into_iter().find(|known| *known == section)?;
        let slice = if slice.is_empty() { None } else { Some(cut(slice)?) };
        Some(Self { section, slice, marks })
    }

    /// How it is called in the answer.
    pub(super) fn label(&self) -> String {
        let origin = self.slice.map(|(first, _)| format!("<{first}>")).unwrap_or_default();
        format!("BODY[{}]{origin}", self.section)
    }

    pub(super) fn of<'a>(&self, mail: &'a Mail) -> &'a [u8] {
        let end_of_header = mail
            .bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .map_or(mail.bytes.len(), |at| at.saturating_add(4));
        let (header, body) =
            mail.bytes.split_at_checked(end_of_header).unwrap_or((&mail.bytes, &[]));
        let whole = match self.section {
            "HEADER" => header,
            "TEXT" => body,
            _ => &mail.bytes,
        };
        let Some((first, most)) = self.slice else { return whole };
        let rest = whole.get(first..).unwrap_or_default();
        rest.get(..most).unwrap_or(rest)
    }
}

/// `<first.most>`.
fn cut(text: &str) -> Option<(usize, usize)> {
    let (first, most) = text.strip_prefix('<')?.strip_suffix('>')?.split_once('.')?;
    Some((first.parse().ok()?, most.parse().ok()?))
}
