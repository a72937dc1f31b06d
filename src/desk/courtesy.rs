//! "Thanks", "solved", "status?", "stop": plain words of customers that say one thing and nothing
//! besides, so that nobody has to read them twice.
//!
//! The tables are closed: whatever else stands in a mail is substance, for it is better to open a
//! ticket in vain than not to hear somebody. So is what may be meant otherwise: a question mark
//! behind anything but a question, three dots, words in quotation marks.

pub mod mark;
pub mod words;

use std::cell::OnceCell;
use std::sync::LazyLock;

use super::phrasebook::Phrasebook;
use crate::mail::quote::tail::{Habits, Says, says};
use words::TABLES;

/// Words of the longest mail that says nothing more.
const WORDS_MAX: usize = 60;

/// Words of a name behind a greeting.
const NAME_WORDS: usize = 2;

/// What a mail says that says one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Courtesy {
    /// It thanks.
    Thanks,
    /// It agrees, or is glad: an answer, where something was asked.
    Content,
    /// It says "yes", and perhaps thanks: an answer as well, and perhaps to "do you need help?".
    Yes,
    /// It says "no, thanks".
    Declined,
    /// It says that all is solved.
    Solved,
    /// It asks where things stand.
    Status,
    /// It wants no more automatic mail.
    Stop,
}

/// Reads a text; `names` are those of who write to each other.
pub fn courtesy(text: &str, writer: &Habits, names: &[&str]) -> Option<Courtesy> {
    meant(&kinds(text, writer, names, &SPOKEN)?)
}

/// What those say together.
fn meant(all: &[Kind]) -> Option<Courtesy> {
    let has = |kind: Kind| all.contains(&kind);
    let only = |kinds: &[Kind]| all.iter().all(|kind| kinds.contains(kind));
    let content = [Kind::Agreed, Kind::Works, Kind::Yes, Kind::Thanks, Kind::Beside];
    if has(Kind::Status) {
        return only(&[Kind::Status, Kind::Thanks, Kind::Beside]).then_some(Courtesy::Status);
    }
    if has(Kind::Stop) {
        return only(&[Kind::Stop, Kind::Thanks, Kind::Beside]).then_some(Courtesy::Stop);
    }
    if has(Kind::Declined) {
        let declined = [Kind::Declined, Kind::Thanks, Kind::Agreed, Kind::Beside];
        return (only(&declined) && has(Kind::Thanks)).then_some(Courtesy::Declined);
    }
    if has(Kind::Solved) || has(Kind::Works) && has(Kind::Thanks) {
        return only(&[&content[..], &[Kind::Solved]].concat()).then_some(Courtesy::Solved);
    }
    if !only(&content) {
        return None;
    }
    match (has(Kind::Works) || has(Kind::Agreed), has(Kind::Yes), has(Kind::Thanks)) {
        (_, true, true) => Some(Courtesy::Yes),
        (true, false, _) => Some(Courtesy::Content),
        (false, false, true) => Some(Courtesy::Thanks),
        _ if has(Kind::Works) => Some(Courtesy::Content),
        _ => None,
    }
}

/// All that is said, in its order; `None` where anything else is.
fn kinds(
    text: &str,
    writer: &Habits,
    names: &[&str],
    book: &Phrasebook<Kind>,
) -> Option<Vec<Kind>> {
    let known: Vec<String> = names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(folded)
        .collect();
    let words = words_of(text);
    let (mut all, mut at) = (Vec::new(), 0);
    // The last line that says more than a greeting.
    let mut last = 0;
    while let Some(word) = words.get(at) {
        let found = said(&words, at, &known, book).filter(|(kind, end)| {
            let own = words.get(at..*end).unwrap_or_default();
            *kind == Kind::Status || own.iter().all(|word| !word.asks)
        });
        let Some((kind, end)) = found else {
            // Beneath it may stand a sign-off, a name, a card.
            let below = words.iter().find(|word| word.line > last).filter(|_| word.line > last)?;
            let kernel = all.iter().any(|kind| *kind != Kind::Beside);
            let tail = text.get(below.start..).filter(|_| kernel)?;
            if says(tail, writer) != Says::Nothing {
                return None;
            }
            break;
        };
        if kind != Kind::Beside {
            last = word.line;
        }
        all.push(kind);
        at = end;
    }
    Some(all)
}

/// What some words say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Thanks,
    Solved,
    Works,
    Declined,
    Status,
    Stop,
    Yes,
    Agreed,
    Mark(u8),
    Praise,
    Beside,
}

/// Words that say something, by their name in the files.
type Table = (Kind, &'static str);

/// Where two say as much the first counts.
const WORDS: [Table; 9] = [
    (Kind::Thanks, "thanks"),
    (Kind::Solved, "solved"),
    (Kind::Works, "works"),
    (Kind::Declined, "declined"),
    (Kind::Status, "status"),
    (Kind::Stop, "stop"),
    (Kind::Yes, "yes"),
    (Kind::Agreed, "agreed"),
    (Kind::Beside, "beside"),
];

/// Words that say how good something was, where that was asked.
const MARKS: [Table; 5] = [
    (Kind::Mark(5), "mark 5"),
    (Kind::Mark(4), "mark 4"),
    (Kind::Mark(3), "mark 3"),
    (Kind::Mark(2), "mark 2"),
    (Kind::Mark(1), "mark 1"),
];

/// What may stand together in a mail that says nothing more.
static SPOKEN: LazyLock<Phrasebook<Kind>> = LazyLock::new(|| book(&WORDS));

/// The phrases of some tables.
fn book(tables: &[Table]) -> Phrasebook<Kind> {
    let phrases =
        tables.iter().flat_map(|(kind, says)| table(says).split(';').map(|one| (one, *kind)));
    Phrasebook::new(phrases, |way| match way {
        "-" => Vec::new(),
        way => way.split('_').map(str::to_owned).collect(),
    })
}

fn table(says: &str) -> &'static str {
    TABLES.get(says).map_or("", String::as_str)
}

/// What is said from that word on, and the word behind it.
fn said(
    words: &[Word<'_>],
    at: usize,
    known: &[String],
    book: &Phrasebook<Kind>,
) -> Option<(Kind, usize)> {
    let rest = words.get(at..)?;
    // No phrase goes on behind a comma or a stop.
    let end = rest.iter().position(|word| word.stops).map_or(rest.len(), |last| last + 1);
    if let Some((count, kind)) = book.longest(rest.iter().take(end).map(|word| word.text.as_str()))
    {
        let end = at + count;
        let reason = if kind == Kind::Thanks { reason(words, end) } else { 0 };
        return Some((kind, end + reason));
    }
    named(words, at, known).map(|end| (Kind::Beside, end))
}

/// How many words say for what somebody thanks: "for your quick help".
fn reason(words: &[Word<'_>], at: usize) -> usize {
    let closed =
        at.checked_sub(1).and_then(|above| words.get(above)).is_some_and(|word| word.stops);
    let begins = words.get(at).is_some_and(|word| has(table("for"), word.text.as_str()));
    if closed || !begins {
        return 0;
    }
    let rest = words.get(at + 1..).unwrap_or_default();
    let mut open = true;
    let of = |word: &&Word<'_>| {
        let text = word.text.as_str();
        let goes_on = open && (has(table("reasons"), text) || has(table("for"), text));
        open &= !word.stops;
        goes_on
    };
    let count = rest.iter().take_while(of).count();
    if count == 0 { 0 } else { count + 1 }
}

/// Names of those who write to each other, and whomever somebody greets: "Hi Bob", "Frau Meier".
fn named(words: &[Word<'_>], at: usize, known: &[String]) -> Option<usize> {
    let word = words.get(at)?;
    let text = word.text.as_str();
    if has(table("titles"), text) {
        let next = words.get(at + 1).filter(|next| next.is_name && !word.ends);
        return Some(at + 1 + usize::from(next.is_some()));
    }
    if known.iter().any(|name| name == text) {
        return Some(at + 1);
    }
    let greeted = (1..=NAME_WORDS).any(|back| {
        let near = at.checked_sub(back).and_then(|near| words.get(near..at));
        let before = near.unwrap_or_default();
        let greeting =
            before.first().is_some_and(|word| has(table("addressed"), word.text.as_str()));
        greeting && before.iter().all(|word| !word.ends) && before.iter().skip(1).all(|w| w.is_name)
    });
    let ends = words.iter().skip(at).take(NAME_WORDS).any(|word| word.ends);
    (greeted && word.is_name && ends).then_some(at + 1)
}

/// A word as it is compared: folded when it is first asked for, since most mails are told by their
/// first words.
#[derive(Debug)]
pub(super) struct Folded<'t> {
    written: &'t str,
    folded: OnceCell<String>,
}

impl<'t> Folded<'t> {
    pub(super) fn new(written: &'t str) -> Self {
        Self { written, folded: OnceCell::new() }
    }

    pub(super) fn as_str(&self) -> &str {
        self.folded.get_or_init(|| folded(self.written))
    }
}

/// A word of a mail.
#[derive(Debug)]
struct Word<'t> {
    /// Its letters, in lower case and without accents.
    text: Folded<'t>,
    /// It is written as names are.
    is_name: bool,
    /// A comma or a stop follows.
    stops: bool,
    /// A question mark does.
    asks: bool,
    /// The same, or its line ends.
    ends: bool,
    /// Where its line begins.
    start: usize,
    /// Which line that is.
    line: usize,
}

impl<'t> Word<'t> {
    fn new(word: &'t str) -> Self {
        let mut letters = word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        let is_name = capital && !letters.any(char::is_uppercase);
        Self {
            text: Folded::new(word),
            is_name,
            stops: false,
            asks: false,
            ends: false,
            start: 0,
            line: 0,
        }
    }
}

/// The first words of a text. What no word of ours may hold stands among them as a word by itself.
fn words_of(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
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
fn pieces<'t>(piece: &'t str, words: &mut Vec<Word<'t>>) {
    const HARMLESS: &str = ",.!¡;:-–—‐()*_~/\\'’ ";
    let piece = piece.trim_start_matches('¿');
    let bare = piece.trim_end_matches(['?', '!', '\u{ff1f}']);
    let asks = bare.len() < piece.trim_end_matches('!').len();
    let bare = if asks { bare } else { piece };
    let foreign = |c: char| !c.is_alphanumeric() && !HARMLESS.contains(c) && !is_glad(c);
    let doubtful = bare.contains(foreign) || bare.contains("..");
    if doubtful || bare.starts_with([':', ';', '=']) || asks && bare.is_empty() && words.is_empty()
    {
        words.push(Word::new(""));
        return;
    }
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
    for part in bare.split_inclusive(|c: char| !is_letter(c)) {
        let word = part.trim_matches(|c: char| !c.is_alphanumeric());
        if !word.is_empty() {
            words.push(Word::new(word));
        }
        if let Some(last) = words.last_mut().filter(|_| part.ends_with([',', '.', '!', ';', ':'])) {
            (last.stops, last.ends) = (true, true);
        }
    }
    if let Some(last) = words.last_mut().filter(|_| asks) {
        (last.asks, last.stops, last.ends) = (true, true, true);
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
    let mut undrawn = String::with_capacity(folded.len());
    let (mut last, mut run) = (None, 0_usize);
    for c in folded.trim_end_matches('\'').chars() {
        run = if last == Some(c) { run + 1 } else { 1 };
        last = Some(c);
        match run {
            1 | 2 => undrawn.push(c),
            3 => drop(undrawn.pop()),
            _ => {}
        }
    }
    undrawn
}

fn has(table: &str, word: &str) -> bool {
    table.split_whitespace().any(|one| one == word)
}
