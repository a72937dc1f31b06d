//! An agent's sentence that gives a customer a time: "I'll get back to you on Friday.", "Sie hören
//! morgen von mir."
//!
//! It counts only where a person of ours, whoever that is, is said to write, or the customer to hear, and the time
//! stands in the same clause. What is a question, quoted, denied, or under a condition is none, and
//! neither is what the customer is to do by then, or when somebody is there. Better none is seen than
//! one that nobody gave: what is seen is only offered to be kept (`decide/order/offer.rs`).

pub mod moments;
mod sentence;
pub mod tongues;

use std::iter;

use moments::{By, Moment, Sky, is_neutral, marks, moments};
use sentence::{Sentence, Word, sentences};
use tongues::{Clause, Speech, TONGUES, Time, Tongue};

use crate::desk::command::calendar;
use crate::desk::courtesy::folded;
use crate::time::Timestamp;

/// What the tables call somebody of ours who is named.
const COLLEAGUE: &str = "colleague";
/// Words between the beginning of an assurance and its end.
const INSIDE_MAX: usize = 12;
/// Words between an assurance and its time behind it.
const BEHIND_MAX: usize = 14;
/// The same where the time stands before it.
const AHEAD_MAX: usize = 3;

/// A sentence that gives a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assurance {
    /// As written.
    pub sentence: String,
    /// By when.
    pub by: By,
}

impl By {
    /// The first moment that may be meant.
    pub fn earliest(&self) -> Option<Timestamp> {
        self.all().into_iter().min()
    }

    /// All that may be meant.
    pub fn all(&self) -> Vec<Timestamp> {
        match self {
            Self::At(at) => vec![*at],
            Self::Either(one, other) => vec![*one, *other],
            Self::Vague => Vec::new(),
        }
    }
}

/// The first time that a text gives its reader; `names` are those of our people.
pub fn assurance(text: &str, names: &[&str], sky: Sky<'_>) -> Option<Assurance> {
    let parts = names.iter().flat_map(|name| name.split_whitespace()).map(folded);
    let own: Vec<String> = parts.filter(|name| !is_a_word(name)).collect();
    let told = sentences(text).into_iter().filter(|one| !one.asks).filter_map(|mut one| {
        for word in one.words.iter_mut().filter(|word| own.contains(&word.plain)) {
            COLLEAGUE.clone_into(&mut word.plain);
        }
        let by = TONGUES.iter().find_map(|tongue| Spoken::new(&one, tongue, sky).by())?;
        Some(Assurance { sentence: one.text, by })
    });
    told.min_by_key(|one| one.by.earliest().map_or((1, Timestamp::EARLIEST), |at| (0, at)))
}

/// Whether a name is a word of some language as well: "Will", "May".
fn is_a_word(name: &str) -> bool {
    let known =
        |one: &Tongue| one.speech.knows(name) || one.clauses.knows(name) || one.times.knows(name);
    calendar::month(name).is_some() || TONGUES.iter().any(known)
}

/// A sentence as a language understands it.
struct Spoken<'a> {
    words: &'a [Word],
    tongue: &'a Tongue,
    times: Vec<Option<Time>>,
    clauses: Vec<Option<Clause>>,
    sky: Sky<'a>,
}

/// Words that assure something, between these two; what stands inside of them may be a time.
#[derive(Clone, Copy, Debug)]
struct Says {
    from: usize,
    to: usize,
    inside: (usize, usize),
}

impl<'a> Spoken<'a> {
    fn new(sentence: &'a Sentence, tongue: &'a Tongue, sky: Sky<'a>) -> Self {
        let words = sentence.words.as_slice();
        let times = marks(words, tongue);
        let mut clauses = Vec::new();
        while let Some(rest) = words.get(clauses.len()..).filter(|rest| !rest.is_empty()) {
            let found = tongue.clauses.longest(rest.iter().map(|word| word.plain.as_str()));
            // Words of a time are not meant otherwise.
            let plain =
                |count: &usize| {
                    times.iter().skip(clauses.len()).take(*count).all(|time| {
                        matches!(time, None | Some(Time::Drop | Time::Day | Time::After))
                    })
                };
            let (count, clause) = found.filter(|(count, _)| plain(count)).unzip();
            clauses.extend(iter::repeat_n(clause, count.unwrap_or(1)));
        }
        Self { words, tongue, times, clauses, sky }
    }

    fn by(&self) -> Option<By> {
        let says = self.says();
        if says.is_empty() {
            return None;
        }
        let moments = moments(self.words, &self.times, self.sky);
        let fits = says.iter().flat_map(|says| {
            let fit = moments.iter().filter(|moment| self.fits(*says, moment));
            fit.map(|moment| &moment.by)
        });
        fits.min_by_key(|by| by.earliest().map_or((1, Timestamp::EARLIEST), |at| (0, at))).cloned()
    }

    /// What is said in it that assures something.
    fn says(&self) -> Vec<Says> {
        let at = |at: usize| {
            let rest = self.words.get(at..)?.iter().map(|word| word.plain.as_str());
            self.tongue.speech.longest(rest).map(|(count, speech)| (at, at + count, speech))
        };
        let found: Vec<_> = (0..self.words.len()).filter_map(at).collect();
        let ends = |from: usize| {
            let near = move |end: &usize| (from..=from + INSIDE_MAX).contains(end);
            let ends = found.iter().filter(move |(end, _, speech)| {
                *speech == Speech::Ends && near(end) && self.is_open(from, *end)
            });
            ends.map(|(end, to, _)| (*end, *to))
        };
        let whole = |(from, to, speech): &(usize, usize, Speech)| match speech {
            Speech::Says => vec![Says { from: *from, to: *to, inside: (*to, *to) }],
            Speech::Begins if self.count(self.begins(*from), *from) > 0 => Vec::new(),
            Speech::Starts | Speech::Begins => {
                let all = ends(*to);
                all.map(|(end, behind)| Says { from: *from, to: behind, inside: (*to, end) })
                    .collect()
            }
            Speech::Ends => Vec::new(),
        };
        let quoted = |says: &Says| self.words.get(says.from).is_some_and(|word| word.quoted);
        found.iter().flat_map(whole).filter(|says| !quoted(says)).collect()
    }

    /// Whether nothing between those words begins another thing.
    fn is_open(&self, from: usize, to: usize) -> bool {
        let between = self.clauses.iter().take(to).skip(from);
        !between.flatten().any(|clause| matches!(clause, Clause::Opens | Clause::Condition))
    }

    /// How many words between those say something.
    fn count(&self, from: usize, to: usize) -> usize {
        let between = self.words.iter().zip(&self.times).take(to).skip(from);
        between.filter(|(word, time)| !is_neutral(word, **time)).count()
    }

    fn has(&self, from: usize, to: usize, clause: Clause) -> bool {
        self.clauses.iter().take(to).skip(from).any(|one| *one == Some(clause))
    }

    /// Where the clause begins in which that word stands.
    fn begins(&self, at: usize) -> usize {
        let parts = |at: &usize| {
            let stops = at.checked_sub(1).and_then(|at| self.words.get(at));
            let and = at.checked_sub(1).and_then(|at| self.clauses.get(at)).copied().flatten();
            stops.is_some_and(|word| word.stops) || and == Some(Clause::And)
        };
        (1..=at).rev().find(parts).unwrap_or(0)
    }

    /// Whether that is the time of that assurance.
    fn fits(&self, says: Says, moment: &Moment) -> bool {
        let near = if moment.from >= says.to {
            self.stands_behind(says.to, moment.from)
        } else if moment.to <= says.from {
            self.stands_ahead(moment, says.from)
        } else {
            let (from, to) = says.inside;
            from <= moment.from && moment.to <= to && !self.has(moment.to, to, Clause::And)
        };
        let (from, to) = (moment.from.min(says.from), moment.to.max(says.to));
        let condition = |from, to| self.has(from, to, Clause::Condition);
        let held = match moment.latest {
            true => condition(self.begins(moment.from), moment.to),
            false => condition(0, self.words.len()),
        };
        near && !held && !self.has(self.begins(from), to + 1, Clause::Not)
    }

    fn stands_behind(&self, says: usize, moment: usize) -> bool {
        let begins = self.begins(moment).max(says);
        let parted =
            begins > says || self.words.get(says.saturating_sub(1)).is_some_and(|w| w.stops);
        let own = if parted { self.count(begins, moment) == 0 } else { true };
        let open = |from| !self.has(from, moment, Clause::Opens);
        self.count(says, moment) <= BEHIND_MAX && own && open(if parted { begins } else { says })
    }

    /// A time before it begins its clause.
    fn stands_ahead(&self, moment: &Moment, says: usize) -> bool {
        let alone = self.count(self.begins(moment.from), moment.from) == 0;
        let between = self.is_open(moment.to, says) && !self.has(moment.to, says, Clause::And);
        alone && between && self.count(moment.to, says) <= AHEAD_MAX
    }
}
