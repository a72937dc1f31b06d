//! "Thanks", "solved": plain words of customers that ask for nothing.
//!
//! They open nothing again. The table is closed: whatever else stands in a mail is substance, for
//! it is better to open a ticket in vain than not to hear somebody.

mod words;

use crate::mail::quote::tail::{Habits, Says, says};
use words::{ADDRESSED, AGREED, BESIDE, FOR, REASONS, SOLVED, THANKS, TITLES};

/// Words of the longest mail that says nothing more.
const WORDS_MAX: usize = 60;

/// Words of a name behind a greeting.
const NAME_WORDS: usize = 2;

/// What a mail says that asks for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Courtesy {
    /// It thanks.
    Thanks,
    /// It says that all is well, or agrees: an answer, where something was asked.
    Content,
}

/// Reads a text; `names` are those of who write to each other.
pub fn courtesy(text: &str, writer: &Habits, names: &[&str]) -> Option<Courtesy> {
    let (mut thanks, mut content, mut at) = (false, false, 0);
    let known: Vec<String> = names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(folded)
        .collect();
    let words = words_of(text);
    let mut kernel = false;
    // The last line that says more than a greeting.
    let mut last = 0;
    while let Some(word) = words.get(at) {
        let Some((kind, end)) = said(&words, at, &known) else {
            // Beneath thanks may stand a sign-off, a name, a card.
            let below = words.iter().find(|word| word.line > last).filter(|_| word.line > last)?;
            let tail = text.get(below.start..).filter(|_| kernel)?;
            if says(tail, writer) != Says::Nothing {
                return None;
            }
            break;
        };
        thanks |= kind == Kind::Thanks;
        content |= matches!(kind, Kind::Solved | Kind::Agreed);
        kernel |= matches!(kind, Kind::Thanks | Kind::Solved);
        if kind != Kind::Beside {
            last = word.line;
        }
        at = end;
    }
    kernel.then_some(match (thanks, content) {
        (true, false) => Courtesy::Thanks,
        _ => Courtesy::Content,
    })
}

/// What some words say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Thanks,
    Solved,
    Agreed,
    Beside,
}

/// What is said from that word on, and the word behind it.
fn said(words: &[Word], at: usize, known: &[String]) -> Option<(Kind, usize)> {
    let tables = [
        (Kind::Thanks, THANKS),
        (Kind::Solved, SOLVED),
        (Kind::Agreed, AGREED),
        (Kind::Beside, BESIDE),
    ];
    let rest = words.get(at..)?;
    let found = tables.into_iter().filter_map(|(kind, table)| Some((kind, longest(table, rest)?)));
    // Of two that are as long the first counts.
    let best = found.rev().max_by_key(|(_, count)| *count);
    if let Some((kind, count)) = best {
        let end = at + count;
        let reason = if kind == Kind::Thanks { reason(words, end) } else { 0 };
        return Some((kind, end + reason));
    }
    named(words, at, known).map(|end| (Kind::Beside, end))
}

/// How many words say for what somebody thanks: "for your quick help".
fn reason(words: &[Word], at: usize) -> usize {
    let closed =
        at.checked_sub(1).and_then(|above| words.get(above)).is_some_and(|word| word.stops);
    let begins = words.get(at).is_some_and(|word| has(FOR, &word.text));
    if closed || !begins {
        return 0;
    }
    let rest = words.get(at + 1..).unwrap_or_default();
    let mut open = true;
    let of = |word: &&Word| {
        let goes_on = open && (has(REASONS, &word.text) || has(FOR, &word.text));
        open &= !word.stops;
        goes_on
    };
    let count = rest.iter().take_while(of).count();
    if count == 0 { 0 } else { count + 1 }
}

/// Names of those who write to each other, and whomever somebody greets: "Hi Bob", "Frau Meier".
fn named(words: &[Word], at: usize, known: &[String]) -> Option<usize> {
    let word = words.get(at)?;
    if has(TITLES, &word.text) {
        let next = words.get(at + 1).filter(|next| next.is_name && !word.ends);
        return Some(at + 1 + usize::from(next.is_some()));
    }
    if known.contains(&word.text) {
        return Some(at + 1);
    }
    let greeted = (1..=NAME_WORDS).any(|back| {
        let near = at.checked_sub(back).and_then(|near| words.get(near..at));
        let before = near.unwrap_or_default();
        let greeting = before.first().is_some_and(|word| has(ADDRESSED, &word.text));
        greeting && before.iter().all(|word| !word.ends) && before.iter().skip(1).all(|w| w.is_name)
    });
    let ends = words.iter().skip(at).take(NAME_WORDS).any(|word| word.ends);
    (greeted && word.is_name && ends).then_some(at + 1)
}

/// A word of a mail.
#[derive(Debug)]
struct Word {
    /// Its letters, in lower case and without accents.
    text: String,
    /// It is written as names are.
    is_name: bool,
    /// A comma or a stop follows.
    stops: bool,
    /// The same, or its line ends.
    ends: bool,
    /// Where its line begins.
    start: usize,
    /// Which line that is.
    line: usize,
}

impl Word {
    fn new(word: &str) -> Self {
        let mut letters = word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        let is_name = capital && !letters.any(char::is_uppercase);
        Self { text: folded(word), is_name, stops: false, ends: false, start: 0, line: 0 }
    }
}

/// The first words of a text. What no word of ours may hold stands among them as a word by itself.
fn words_of(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut start = 0;
    for (line, whole) in text.split('\n').enumerate() {
        let from = words.len();
        for piece in whole.split_whitespace().filter(|piece| !is_smile(piece)) {
            pieces(piece, &mut words);
        }
        let new = words.iter_mut().skip(from);
        new.for_each(|word| (word.start, word.line) = (start, line));
        if let Some(last) = words.last_mut() {
            last.ends = true;
        }
        start += whole.len() + 1;
        if words.len() > WORDS_MAX {
            break;
        }
    }
    words
}

/// The words of what stands between two spaces.
fn pieces(piece: &str, words: &mut Vec<Word>) {
    const HARMLESS: &str = ",.!¡;:-–—‐…\"“”„«»()*_~/\\'’ ";
    let foreign = |c: char| !c.is_alphanumeric() && !HARMLESS.contains(c) && !is_glad(c);
    if piece.contains(foreign) || piece.starts_with([':', ';', '=']) {
        words.push(Word::new(""));
        return;
    }
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
    for part in piece.split_inclusive(|c: char| !is_letter(c)) {
        let word = part.trim_matches(|c: char| !c.is_alphanumeric());
        if !word.is_empty() {
            words.push(Word::new(word));
        }
        if let Some(last) = words.last_mut().filter(|_| part.ends_with([',', '.', '!', ';', ':'])) {
            (last.stops, last.ends) = (true, true);
        }
    }
}

/// Typed with signs.
fn is_smile(piece: &str) -> bool {
    let piece = piece.trim_end_matches(['.', '!', ',']).to_lowercase();
    let eyes = piece.strip_prefix([':', ';', '=']).map(|rest| rest.trim_start_matches('-'));
    let glad = |mouth: &str| mouth == "d" || mouth.chars().all(|c| c == ')');
    eyes.is_some_and(|mouth| !mouth.is_empty() && glad(mouth))
        || ["<3", "xd", "^^", "(y)", "\\o/"].contains(&piece.as_str())
}

/// A sign of somebody who is content; others may complain.
fn is_glad(c: char) -> bool {
    const GLAD: &str = "👍👌🙏😊🙂😀😃😄😁😆😅😉😍🥰🤗😎😇🤩😘☺❤♥💙💚💛💜🧡🩷💗💖💕✅✔☑🎉🥳👏💪🙌⭐🌟🌹💐🌸🌷🌻☀🌞✨🤝🎊🫶🫡👋💯";
    GLAD.contains(c) || matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// In lower case, without accents, and one letter where it is drawn out: "Merciiii".
pub(super) fn folded(word: &str) -> String {
    let mut folded = String::new();
    for c in word.to_lowercase().chars() {
        let plain = match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
            'ç' | 'ć' | 'č' => 'c',
            'è' | 'é' | 'ê' | 'ë' | 'ę' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ł' => 'l',
            'ñ' | 'ń' => 'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ś' => 's',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ź' | 'ż' => 'z',
            '’' | '´' | '`' => '\'',
            '\u{300}'..='\u{36f}' => continue,
            'ß' => {
                folded.push('s');
                's'
            }
            other => other,
        };
        folded.push(plain);
    }
    let letters: Vec<char> = folded.trim_end_matches('\'').chars().collect();
    let runs = letters.chunk_by(|one, next| one == next);
    runs.flat_map(|run| run.iter().take(if run.len() > 2 { 1 } else { 2 })).collect()
}

fn has(table: &str, word: &str) -> bool {
    table.split_whitespace().any(|one| one == word)
}

/// Words of the longest phrase of a table with which these begin.
fn longest(table: &str, words: &[Word]) -> Option<usize> {
    let phrases = table.split(';').map(str::trim).filter(|phrase| !phrase.is_empty());
    phrases.filter_map(|phrase| matched(phrase, words)).max().filter(|count| *count > 0)
}

/// How many words match a phrase: its places are parted by spaces, what may stand in each by commas,
/// `-` is nothing and `_` a space.
fn matched(phrase: &str, words: &[Word]) -> Option<usize> {
    let (place, rest) = match phrase.split_once(' ') {
        Some((place, rest)) => (place, rest.trim_start()),
        None => (phrase, ""),
    };
    if place.is_empty() {
        return Some(0);
    }
    let ways = place.split(',').filter_map(|way| {
        let count = if way == "-" { 0 } else { way.split('_').count() };
        let own = words.get(..count)?;
        let same = way == "-" || way.split('_').zip(own).all(|(one, word)| one == word.text);
        let stops = own.iter().rev().skip(1).any(|word| word.stops);
        let behind = match own.last() {
            _ if !same || stops => return None,
            Some(last) if last.stops => matched(rest, &[])?,
            _ => matched(rest, words.get(count..)?)?,
        };
        Some(count + behind)
    });
    ways.max()
}
