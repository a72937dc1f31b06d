//! Words that are nearly commands, wherever in a line they stand: nothing that leaves may hold one.
//!
//! A sign like `#`, at most three characters without a letter, and a word at most one slip from the
//! closed list. A number behind the sign makes it a number (`#5: close to done`), a word before it
//! a name (`C# note`) or an address (`manual.html#close`). `\#` says that it is meant as text.

use super::COMMANDS;
use super::parse::{HASHES, is_invisible};
use super::unsigned::dictated;

/// Characters between the sign and the word.
const BETWEEN_MAX: usize = 3;
/// Letters from which on a slip counts: two are a slip from anything.
const SLIP_FROM: usize = 3;

/// The first command that a text nearly holds, and the line in which it does.
pub fn near(text: &str) -> Option<(&str, &'static str)> {
    text.lines().find_map(|line| Some((line, in_line(line)?)))
}

/// A line in which `\#` before a word that is nearly a command is the sign alone.
pub fn unescaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\\#") {
        out.push_str(before);
        if in_line(&["#", after].concat()).is_none() {
            out.push('\\');
        }
        out.push('#');
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A text without what has no shape, its letters plain and small.
pub fn folded(text: &str) -> String {
    text.chars().filter(|c| !is_shapeless(*c)).map(letter).flat_map(char::to_lowercase).collect()
}

/// A line in which letters that stand apart are one word: `# n o t e`.
pub fn unspaced(line: &str) -> String {
    const LETTERS_MIN: usize = 4;
    let words: Vec<&str> = line.split(' ').collect();
    let single = |word: &&str| word.chars().nth(1).is_none() && !word.is_empty();
    let runs = words.chunk_by(|one, next| single(one) && single(next));
    let parts = runs.map(|run| run.join(if run.len() < LETTERS_MIN { " " } else { "" }));
    parts.collect::<Vec<_>>().join(" ")
}

/// A line without the tags of a page that stand in it as text.
fn untagged(line: &str) -> String {
    const TAG_MAX: usize = 10;
    let mut parts = line.split('<');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let tag = |name: &str| {
            name.len() <= TAG_MAX && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'/')
        };
        match part.split_once('>').filter(|(name, _)| tag(name)) {
            Some((_, rest)) => out.push_str(rest),
            None => out.extend(["<", part]),
        }
    }
    out
}

fn in_line(line: &str) -> Option<&'static str> {
    let plain = unspaced(&untagged(&shown_raw(&unencoded(line))));
    if plain != line {
        return in_line(&plain);
    }
    if let Some(command) = dictated(line) {
        return Some(command);
    }
    if !line.contains(is_sign) {
        return None;
    }
    let chars: Vec<char> = line.chars().filter(|c| !is_shapeless(*c)).map(letter).collect();
    let signs = chars.iter().enumerate().filter(|(_, c)| is_sign(**c));
    signs.map(|(at, _)| at).find_map(|at| {
        let (before, after) = chars.split_at_checked(at)?;
        let after = after.split_first()?.1;
        if before.last() == Some(&'\\') || is_name(before, after) {
            return None;
        }
        meant(after)
    })
}

/// A line in which the sign is one, where a program that lost its encoding shows that instead.
fn shown_raw(line: &str) -> String {
    const SPELT: [&str; 11] = [
        "=3d23",
        "=23",
        "%23",
        "=ef=bc=83",
        "%ef%bc%83",
        "\\u0023",
        "\\u{23}",
        "\\x23",
        "u+0023",
        "+acm-",
        "&hash;",
    ];
    let mut plain = line.to_owned();
    for spelt in SPELT {
        // ASCII lower case keeps every byte where it is.
        while let Some(at) = plain.to_ascii_lowercase().find(spelt) {
            plain.replace_range(at..at + spelt.len(), "#");
        }
    }
    plain
}

fn is_sign(c: char) -> bool {
    HASHES.contains(&c) || matches!(c, '⌗' | '⋕' | '＃' | '№')
}

/// A text in which what web pages write for a sign of ASCII is that sign.
pub fn unencoded(text: &str) -> String {
    const NAMED: [(&str, &str); 4] =
        [("&amp;", "&"), ("&num;", "#"), ("&commat;", "@"), ("&period;", ".")];
    let text = NAMED.iter().fold(text.to_owned(), |text, (name, sign)| text.replace(name, sign));
    let mut parts = text.split("&#");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match referred(part) {
            Some((sign, rest)) => {
                out.push(sign);
                out.push_str(rest);
            }
            None => {
                out.push_str("&#");
                out.push_str(part);
            }
        }
    }
    out
}

/// `35;`, `x23;` and what stands behind it.
fn referred(part: &str) -> Option<(char, &str)> {
    const DIGITS_MAX: usize = 8;
    let end = part.bytes().take(DIGITS_MAX).position(|byte| byte == b';')?;
    let (digits, rest) = part.split_at_checked(end)?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let sign = char::from_u32(code).filter(|sign| sign.is_ascii_graphic())?;
    Some((sign, rest.get(1..)?))
}

/// Characters without a shape of their own, variation selectors among them.
fn is_shapeless(c: char) -> bool {
    is_invisible(c)
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{20d0}'..='\u{20ff}' | '\u{300}'..='\u{36f}')
}

/// The plain letter of a wide or a mathematical one.
fn letter(c: char) -> char {
    let code = u32::from(c);
    let plain = match code {
        0xff01..=0xff5e => code - 0xfee0,
        0x1d400..=0x1d6a3 => match (code - 0x1d400) % 52 {
            upper @ 0..26 => u32::from('A') + upper,
            lower => u32::from('a') + lower - 26,
        },
        _ => return c,
    };
    char::from_u32(plain).unwrap_or(c)
}

/// "C# note" and "manual.html#close": the sign belongs to what stands before it.
fn is_name(before: &[char], after: &[char]) -> bool {
    if !before.last().is_some_and(|c| c.is_alphanumeric()) {
        return false;
    }
    let word = before.iter().rev().take_while(|c| !c.is_whitespace());
    after.first().is_none_or(|c| c.is_whitespace())
        || word.into_iter().any(|c| matches!(c, '/' | '.'))
}

fn meant(after: &[char]) -> Option<&'static str> {
    let gap = after.iter().take(BETWEEN_MAX + 1).position(|c| c.is_alphabetic())?;
    let (between, rest) = after.split_at_checked(gap)?;
    // "#5 close" is a number; "#5close" is none.
    let number = between.iter().any(char::is_ascii_digit);
    if number && !between.last().is_some_and(char::is_ascii_digit) {
        return None;
    }
    let in_word = |c: &&char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let word: String = rest.iter().take_while(in_word).flat_map(|c| c.to_lowercase()).collect();
    let word = word.trim_end_matches(['-', '_']);
    COMMANDS
        .iter()
        .find(|command| {
            command.aliases.iter().chain([&command.name]).any(|name| is_near(word, name))
        })
        .map(|command| command.name)
}

fn is_near(word: &str, name: &str) -> bool {
    let long = |word: &str| word.chars().count() >= SLIP_FROM;
    word == name || long(word) && long(name) && strsim::osa_distance(word, name) <= 1
}
