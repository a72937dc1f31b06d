//! The words of each language in which somebody says when they write again, a file for each: whoever
//! knows another one adds a file and its line below.
//!
//! The form is that of the tables of `intake`: a name, a colon, phrases parted by semicolons. A file
//! has three parts. The first says what is an assurance: `says` by themselves, `starts` together
//! with one of `ends` behind it, and so does `begins` where a clause begins; `colleague` stands for
//! the name of an agent; `example` is a sentence that a test reads. The second says what
//! parts clauses (`and`), what begins another thing (`opens`, and `free` what does not), what makes a condition of it and what
//! denies it. The third says what stands around a time, and as what of the reader of dates a time is
//! to be read.

use std::sync::LazyLock;

use crate::desk::intake::tables::book;
use crate::desk::phrasebook::Phrasebook;

/// What words do to an assurance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speech {
    /// They end one.
    Ends,
    /// They begin it.
    Starts,
    /// They begin it where they begin a clause.
    Begins,
    /// They are one by themselves.
    Says,
}

/// What words do to the clause in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clause {
    /// Another one of the same sort begins.
    And,
    /// What follows is said of something else.
    Opens,
    /// All of it holds only under a condition.
    Condition,
    /// It is denied.
    Not,
    /// Nothing, though a word of them would.
    Free,
}

/// What words are to a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Time {
    /// They say nothing about which is meant.
    Drop,
    /// Something is to be done by the time that follows, or at it.
    By,
    /// The same, and a bare number behind them is a day of the month.
    Day,
    /// An hour follows.
    At,
    /// An hour stands beside it: "Uhr".
    Hour,
    /// A length of time follows.
    Within,
    /// That is the last moment.
    Latest,
    /// It is over by the time that follows.
    Before,
    /// It begins with the time that follows.
    After,
    /// The time beside it is over.
    Past,
    /// The day beside it is this week's or that of the next.
    Next,
    /// Another time follows.
    Or,
    /// The first half of the day before it.
    Forenoon,
    /// A time of several days.
    Vague,
    /// They look like a time and are none.
    Other,
    /// They are read so.
    Reads(&'static str),
}

impl Time {
    /// Whether such words only stand around a time.
    pub fn surrounds(self) -> bool {
        match self {
            Self::Drop
            | Self::Day
            | Self::By
            | Self::At
            | Self::Hour
            | Self::Within
            | Self::Latest
            | Self::Before => true,
            Self::After
            | Self::Past
            | Self::Next
            | Self::Or
            | Self::Forenoon
            | Self::Vague
            | Self::Other
            | Self::Reads(_) => false,
        }
    }
}

/// What is known of a language.
#[derive(Debug)]
pub struct Tongue {
    /// Who says it.
    pub speech: Phrasebook<Speech>,
    /// Clauses.
    pub clauses: Phrasebook<Clause>,
    /// Times.
    pub times: Phrasebook<Time>,
}

/// A file for each language.
pub const FILES: [(&str, &str); 8] = [
    ("en", include_str!("en.txt")),
    ("de", include_str!("de.txt")),
    ("fr", include_str!("fr.txt")),
    ("es", include_str!("es.txt")),
    ("it", include_str!("it.txt")),
    ("pt", include_str!("pt.txt")),
    ("nl", include_str!("nl.txt")),
    ("pl", include_str!("pl.txt")),
];

/// All of them, made ready.
pub static TONGUES: LazyLock<Vec<Tongue>> =
    LazyLock::new(|| FILES.iter().map(|(_, file)| Tongue::read(file)).collect());

const SPEECH: [(&str, Speech); 4] = [
    ("says", Speech::Says),
    ("starts", Speech::Starts),
    ("begins", Speech::Begins),
    ("ends", Speech::Ends),
];

const CLAUSES: [(&str, Clause); 5] = [
    ("free", Clause::Free),
    ("and", Clause::And),
    ("opens", Clause::Opens),
    ("conditions", Clause::Condition),
    ("not", Clause::Not),
];

const TIMES: [(&str, Time); 15] = [
    ("drop", Time::Drop),
    ("day", Time::Day),
    ("by", Time::By),
    ("at", Time::At),
    ("hour", Time::Hour),
    ("within", Time::Within),
    ("latest", Time::Latest),
    ("before", Time::Before),
    ("after", Time::After),
    ("past", Time::Past),
    ("next", Time::Next),
    ("or", Time::Or),
    ("forenoon", Time::Forenoon),
    ("vague", Time::Vague),
    ("other", Time::Other),
];

impl Tongue {
    fn read(file: &'static str) -> Self {
        let time = |name: &'static str| match name.strip_prefix("reads ") {
            Some(words) => Some(Time::Reads(words)),
            None => named(&TIMES, name),
        };
        Self {
            speech: book(file, |name| named(&SPEECH, name)),
            clauses: book(file, |name| named(&CLAUSES, name)),
            times: book(file, time),
        }
    }
}

fn named<C: Copy>(all: &[(&str, C)], name: &str) -> Option<C> {
    all.iter().find(|(known, _)| *known == name).map(|(_, class)| *class)
}
