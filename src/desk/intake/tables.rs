//! The tables of words, made ready: the files of this folder, one for each language, and the
//! built-in checklists.
//!
//! A line is a class, a colon and phrases parted by semicolons. The places of a phrase are parted by
//! spaces, what may stand in a place by commas; `-` is nothing, and what `_`, a hyphen or an
//! apostrophe joins stands one after the other. Case and accents do not matter.

use std::cmp::Reverse;
use std::sync::LazyLock;

use crate::desk::courtesy::folded;
use crate::desk::phrasebook::Phrasebook;

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It greets; names may follow.
    Greet,
    /// It thanks or takes leave; names may follow.
    Close,
    /// Nothing by itself.
    Filler,
    /// That something is wrong.
    Fault,
    /// It asks for help, and not for what.
    Help,
    /// It has a question, and does not say which.
    Question,
    /// It asks why something is wrong: no question that can be answered at once.
    Why,
    /// It asks something that can.
    Asks,
    /// That nothing is wrong.
    Calm,
    /// Who else has it.
    Who,
    /// Since when.
    Since,
    /// What it is about: a device, a program.
    Thing,
    /// An invoice, an order: something with a number.
    Paper,
    /// An account, the way into it.
    Access,
}

const CLASSES: [(&str, Class); 14] = [
    ("greet", Class::Greet),
    ("close", Class::Close),
    ("filler", Class::Filler),
    ("fault", Class::Fault),
    ("help", Class::Help),
    ("question", Class::Question),
    ("why", Class::Why),
    ("asks", Class::Asks),
    ("calm", Class::Calm),
    ("who", Class::Who),
    ("since", Class::Since),
    ("thing", Class::Thing),
    ("paper", Class::Paper),
    ("access", Class::Access),
];

/// The phrases of a language.
pub type Table = Phrasebook<Class>;

/// The tables by the code of their language.
pub static LANGUAGES: [(&str, LazyLock<Table>); 8] = [
    ("en", LazyLock::new(|| read(include_str!("en.txt")))),
    ("de", LazyLock::new(|| read(include_str!("de.txt")))),
    ("fr", LazyLock::new(|| read(include_str!("fr.txt")))),
    ("es", LazyLock::new(|| read(include_str!("es.txt")))),
    ("it", LazyLock::new(|| read(include_str!("it.txt")))),
    ("pt", LazyLock::new(|| read(include_str!("pt.txt")))),
    ("nl", LazyLock::new(|| read(include_str!("nl.txt")))),
    ("pl", LazyLock::new(|| read(include_str!("pl.txt")))),
];

/// What is asked for, by what a vague mail is about.
const CHECKLISTS: &str = include_str!("checklists.txt");

/// The built-in checklist of that name.
pub fn checklist(name: &str) -> impl Iterator<Item = &'static str> {
    let lines = CHECKLISTS.lines().filter_map(|line| line.split_once(": "));
    let own = lines.filter(move |(known, _)| *known == name);
    own.flat_map(|(_, details)| details.split_whitespace())
}

fn read(source: &'static str) -> Table {
    let class = |name| CLASSES.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
    book(source, class)
}

/// The lines of a file whose names are classes; others are for others. Of two phrases that are as
/// long the one of the last class counts.
pub fn book<C: Copy + Ord>(
    source: &'static str,
    class: impl Fn(&'static str) -> Option<C>,
) -> Phrasebook<C> {
    let lines = source.lines().filter_map(|line| line.split_once(": "));
    let mut lines: Vec<(C, &str)> =
        lines.filter_map(|(name, line)| Some((class(name)?, line))).collect();
    lines.sort_by_key(|(class, _)| Reverse(*class));
    let phrases = lines.iter().flat_map(|(class, line)| line.split(';').map(|one| (one, *class)));
    Phrasebook::new(phrases, joined)
}

fn joined(way: &str) -> Vec<String> {
    let parts = way.split(|c: char| !c.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(folded).collect()
}
