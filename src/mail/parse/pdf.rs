//! The words of a PDF (ISO 32000-1), as far as they can be had without drawing it.
//!
//! Pages are streams of operators that show codes of glyphs; where a font names its letters (9.10.3,
//! ToUnicode) it does so in a stream of its own. Which font a run of codes is in would be told by the
//! tree of objects; instead each run is read with each table of the file, for whoever looks for
//! certain words is not led astray by nonsense beside them. A scan has no words, and one that is locked
//! shows none.

use super::file::strings;
use super::inflate::{Wrapped, inflate};
use std::collections::BTreeMap;

/// Tables of letters that are tried; a document has a handful of fonts.
const TABLES_MAX: usize = 32;
/// Letters of one table.
const LETTERS_MAX: usize = 70_000;
/// A gap between glyphs that is a space, in thousandths of their size.
const SPACE: f32 = -180.0;

/// The words of a PDF, and how many bytes were unpacked for them; no more than given.
pub(super) fn words(bytes: &[u8], most: usize) -> (String, usize) {
    let streams = streams(bytes, most);
    let unpacked = streams.iter().map(Vec::len).sum();
    let (tables, rest): (Vec<_>, Vec<_>) =
        streams.iter().partition(|stream| has(stream, b"begincmap"));
    let tables: Vec<Table> =
        tables.into_iter().take(TABLES_MAX).map(|stream| Table::read(stream)).collect();
    let mut all = Vec::new();
    let mut room = most;
    for stream in rest {
        let is_page = has(stream, b"Tj") || has(stream, b"TJ");
        if !is_page {
            all.push(strings(stream));
            continue;
        }
        let lines = shown(stream);
        let plain = Table::default();
        for table in tables.iter().chain([&plain]) {
            if room == 0 {
                break;
            }
            let text: Vec<String> = lines.iter().map(|line| table.line(line)).collect();
            let text = text.join("\n");
            room = room.saturating_sub(text.len());
            all.push(text);
        }
    }
    (all.join("\n"), unpacked)
}

fn has(stream: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(stream, word).is_some()
}

/// The streams of a file, inflated where they are deflated; others as they stand.
fn streams(bytes: &[u8], most: usize) -> Vec<Vec<u8>> {
    let (mut all, mut at, mut room) = (Vec::new(), 0, most);
    while let Some(begin) = find(bytes, at, b"stream") {
        let mut start = begin + b"stream".len();
        if bytes.get(start) == Some(&b'\r') {
            start += 1;
        }
        if bytes.get(start) == Some(&b'\n') {
            start += 1;
        }
        let end = find(bytes, start, b"endstream").unwrap_or(bytes.len());
        let stream = bytes.get(start..end).unwrap_or_default();
        let printable = ascii85(stream);
        let stream = printable.as_deref().unwrap_or(stream);
        // What broke off is read as far as it goes.
        let (inflated, sound) = inflate(stream, Wrapped::Zlib, |_| room);
        if sound || !inflated.is_empty() {
            room = room.saturating_sub(inflated.len());
            all.push(inflated);
        } else if has(stream, b"Tj") || has(stream, b"TJ") || has(stream, b"begincmap") {
            all.push(stream.to_vec());
        }
        at = end + b"endstream".len();
    }
    all
}

/// The bytes of a stream in letters (7.4.3): five letters for four bytes.
fn ascii85(stream: &[u8]) -> Option<Vec<u8>> {
    let letters = stream.trim_ascii().strip_suffix(b"~>")?;
    let (mut out, mut group) = (Vec::new(), Vec::new());
    for letter in letters.iter().filter(|letter| !letter.is_ascii_whitespace()) {
        match letter {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(letter - b'!')),
            _ => return None,
        }
        if group.len() == 5 {
            out.extend(four(&group));
            group.clear();
        }
    }
    if let Some(kept) = group.len().checked_sub(1) {
        group.resize(5, 84);
        out.extend(four(&group).into_iter().take(kept));
    }
    Some(out)
}

fn four(group: &[u32]) -> [u8; 4] {
    group.iter().fold(0_u32, |all, digit| all.wrapping_mul(85).wrapping_add(*digit)).to_be_bytes()
}

fn find(bytes: &[u8], from: usize, word: &[u8]) -> Option<usize> {
    Some(from + memchr::memmem::find(bytes.get(from..)?, word)?)
}

/// What a page says, one after the other.
#[derive(Debug)]
enum Token<'a> {
    /// Codes of glyphs.
    Codes(Vec<u8>),
    Number(f32),
    Word(&'a [u8]),
}

/// The runs of codes of each line that a page shows.
fn shown(stream: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let (mut lines, mut line, mut run) = (Vec::new(), Vec::new(), Vec::new());
    for token in (Tokens { rest: stream }) {
        match token {
            Token::Codes(codes) => run.extend(codes),
            Token::Number(gap) if gap < SPACE && !run.is_empty() => {
                line.push(std::mem::take(&mut run))
            }
            Token::Word(b"Td" | b"TD" | b"T*" | b"Tm" | b"BT" | b"ET") => {
                line.push(std::mem::take(&mut run));
                lines.push(std::mem::take(&mut line));
            }
            Token::Number(_) | Token::Word(_) => {}
        }
    }
    line.push(run);
    lines.push(line);
    lines.retain(|line: &Vec<Vec<u8>>| line.iter().any(|run| !run.is_empty()));
    lines
}

struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (first, after) = self.rest.split_first()?;
            match first {
                b'(' => return Some(Token::Codes(self.literal(after))),
                b'<' if after.first() != Some(&b'<') => {
                    let end = after.iter().position(|byte| *byte == b'>').unwrap_or(after.len());
                    let (digits, rest) = after.split_at_checked(end)?;
                    self.rest = rest.get(1..).unwrap_or_default();
                    return Some(Token::Codes(hex(digits)));
                }
                byte if byte.is_ascii_alphanumeric() || b"+-.*'\"".contains(byte) => {
                    let in_word =
                        |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.*'\"".contains(byte);
                    let end = self.rest.iter().position(|byte| !in_word(byte));
                    let (word, rest) =
                        self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
                    self.rest = rest;
                    let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                    return Some(number.map_or(Token::Word(word), Token::Number));
                }
                _ => self.rest = after,
            }
        }
    }
}

impl<'a> Tokens<'a> {
    /// A literal string (7.3.4.2), from behind its bracket.
    fn literal(&mut self, text: &'a [u8]) -> Vec<u8> {
        let (mut out, mut depth, mut at) = (Vec::new(), 1_usize, 0);
        while let Some(byte) = text.get(at) {
            at += 1;
            match byte {
                b'\\' => {
                    let (escaped, length) = escaped(text.get(at..).unwrap_or_default());
                    out.extend(escaped);
                    at += length;
                    continue;
                }
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            out.push(*byte);
        }
        self.rest = text.get(at..).unwrap_or_default();
        out
    }
}

/// What stands behind a backslash, and how long that is.
fn escaped(text: &[u8]) -> (Option<u8>, usize) {
    let octal = text.iter().take(3).take_while(|byte| (b'0'..=b'7').contains(*byte)).count();
    if octal > 0 {
        let digits = text.iter().take(octal).map(|byte| u32::from(byte - b'0'));
        let code = digits.fold(0, |code, digit| code * 8 + digit);
        return (u8::try_from(code & 0xff).ok(), octal);
    }
    match text.first() {
        Some(b'n') => (Some(b'\n'), 1),
        Some(b'r') => (Some(b'\r'), 1),
        Some(b't') => (Some(b'\t'), 1),
        Some(b'b') => (Some(8), 1),
        Some(b'f') => (Some(12), 1),
        Some(b'\n' | b'\r') => (None, 1),
        Some(other) => (Some(*other), 1),
        None => (None, 0),
    }
}

fn hex(digits: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .iter()
        .filter_map(|digit| char::from(*digit).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair.first().unwrap_or(&0) * 16 + pair.get(1).unwrap_or(&0))
        .collect()
}

/// The letters of a font's codes; without any, codes are letters.
#[derive(Debug, Default)]
struct Table {
    /// Bytes of one code.
    wide: usize,
    letters: BTreeMap<u32, String>,
}

impl Table {
    fn read(stream: &[u8]) -> Self {
        let mut table = Self { wide: 1, letters: BTreeMap::new() };
        let mut codes: Vec<Vec<u8>> = Vec::new();
        for token in (Tokens { rest: stream }) {
            match token {
                Token::Codes(code) => codes.push(code),
                Token::Number(_) => {}
                Token::Word(word) => {
                    match word {
                        b"endcodespacerange" => table.wide = codes.first().map_or(1, Vec::len),
                        b"endbfchar" => table.chars(&codes),
                        b"endbfrange" => table.ranges(&codes),
                        _ => {}
                    }
                    codes.clear();
                }
            }
        }
        table
    }

    fn chars(&mut self, codes: &[Vec<u8>]) {
        for pair in codes.chunks_exact(2) {
            if let [code, letters] = pair {
                self.keep(number(code), utf16(letters));
            }
        }
    }

    /// Ranges as programs write them, with the letters of the first code; those that list them are
    /// rare, and lose their order here.
    fn ranges(&mut self, codes: &[Vec<u8>]) {
        for three in codes.chunks_exact(3) {
            let [first, last, letters] = three else { continue };
            let begin = utf16(letters).chars().next_back().map_or(0, u32::from);
            let head: String = utf16(letters);
            let head: String = head.chars().take(head.chars().count().saturating_sub(1)).collect();
            for (step, code) in (number(first)..=number(last)).enumerate().take(LETTERS_MAX) {
                let letter = u32::try_from(step).ok().and_then(|step| char::from_u32(begin + step));
                self.keep(code, letter.map(|letter| format!("{head}{letter}")).unwrap_or_default());
            }
        }
    }

    fn keep(&mut self, code: u32, letters: String) {
        if self.letters.len() < LETTERS_MAX {
            self.letters.insert(code, letters);
        }
    }

    fn line(&self, runs: &[Vec<u8>]) -> String {
        let read = |run: &Vec<u8>| match self.letters.is_empty() {
            true => run.iter().map(|byte| char::from(*byte)).collect::<String>(),
            false => {
                let codes = run.chunks(self.wide.max(1)).map(number);
                codes.filter_map(|code| self.letters.get(&code)).map(String::as_str).collect()
            }
        };
        runs.iter().map(read).collect::<Vec<String>>().join(" ")
    }
}

fn number(code: &[u8]) -> u32 {
    code.iter().take(4).fold(0, |all, byte| all << 8 | u32::from(*byte))
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks(2).map(|pair| {
        u16::from(*pair.first().unwrap_or(&0)) << 8 | u16::from(*pair.get(1).unwrap_or(&0))
    });
    char::decode_utf16(units).filter_map(Result::ok).collect()
}
