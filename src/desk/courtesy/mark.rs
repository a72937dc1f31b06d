//! The mark in an answer to the question how somebody was served: a number from 1 to 5, a word, a
//! face or stars.
//!
//! A number is a mark only where nothing else can be meant: it stands first, or behind thanks alone,
//! and behind it comes nothing, thanks or praise; or it stands first, and a sign parts it from other
//! words. Then those words count as they are, and the mark beside them.

use std::sync::LazyLock;

use super::{Kind, MARKS, WORDS, book, folded, kinds, table};
use crate::desk::phrasebook::Phrasebook;
use crate::desk::survey::BEST;
use crate::mail::quote::tail::{Habits, Says, says};

/// A mark, and what stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// From 1 to 5.
    pub stars: u8,
    /// Nothing stands beside it but thanks and praise.
    pub alone: bool,
}

/// Faces and signs, by what they are worth.
const FACES: [(u8, &str); 5] = [
    (5, "😀😃😄😁😆😍🥰🤩😘🎉👏🙌💯❤♥👍"),
    (4, "🙂😊☺😉"),
    (3, "😐😑"),
    (2, "🙁☹😕😟😞😒"),
    (1, "😠😡🤬😤😢😭💩🤮👎"),
];

/// The same as they are typed.
const TYPED: [(u8, &[&str]); 5] = [
    (5, &[":d", ":-d", "<3"]),
    (4, &[":)", ":-)"]),
    (3, &[":|", ":-|"]),
    (2, &[":(", ":-("]),
    (1, &[":((", ":'("]),
];

const FULL: [char; 3] = ['★', '⭐', '🌟'];
const EMPTY: char = '☆';
/// Those colour a face and change nothing.
const TINTS: [char; 6] =
    ['\u{fe0f}', '\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'];

/// Reads a text; `names` are those of who write to each other.
pub fn mark(text: &str, writer: &Habits, names: &[&str]) -> Option<Mark> {
    let text = text.trim().trim_start_matches(['*', '(', '_']);
    let reader = Reader { writer, names };
    let shown = drawn(text).or_else(|| numbered(text));
    match shown {
        Some((stars, rest, parted)) => reader.beside(stars, rest, parted),
        None => reader.worded(text).or_else(|| reader.behind_thanks(text)),
    }
}

/// What may stand in an answer to that question.
static RATED: LazyLock<Phrasebook<Kind>> =
    LazyLock::new(|| book(&[&MARKS[..], &WORDS, &[(Kind::Praise, "praise")]].concat()));

struct Reader<'a> {
    writer: &'a Habits,
    names: &'a [&'a str],
}

impl Reader<'_> {
    /// What stands behind a number or a face decides whether it is a mark, and alone.
    fn beside(&self, stars: u8, rest: &str, parted: bool) -> Option<Mark> {
        let alone = self.says_no_more(rest, stars);
        (alone || parted).then_some(Mark { stars, alone })
    }

    /// "Thank you Bob, 5": a number alone behind nothing but a greeting, thanks and a name.
    fn behind_thanks(&self, text: &str) -> Option<Mark> {
        let (before, number) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
        let (stars, behind, _) =
            numbered(number).filter(|_| before.ends_with(char::is_whitespace))?;
        // Each line by itself: what stands below one that says something may be a card.
        let polite = |line: &str| {
            let all = self.kinds(line);
            all.is_some_and(|all| all.iter().all(|kind| is_polite(*kind, &all, stars)))
        };
        let alone = before.lines().all(polite) && self.says_no_more(behind, stars);
        alone.then_some(Mark { stars, alone })
    }

    fn says_no_more(&self, rest: &str, stars: u8) -> bool {
        let fits = |all: &[Kind]| all.iter().all(|kind| is_polite(*kind, all, stars));
        rest.is_empty()
            || self.kinds(rest).is_some_and(|all| fits(&all))
            || !rest.contains('?') && says(rest, self.writer) == Says::Nothing
    }

    /// One word or several that are worth something, and thanks and praise.
    fn worded(&self, text: &str) -> Option<Mark> {
        let all = self.kinds(text)?;
        let mut marks = all.iter().filter_map(|kind| match kind {
            Kind::Mark(stars) => Some(*stars),
            _ => None,
        });
        let (first, second) = (marks.next(), marks.next());
        let stars = first.filter(|_| second.is_none())?;
        let polite = all.iter().all(|kind| is_polite(*kind, &all, stars));
        polite.then_some(Mark { stars, alone: true })
    }

    fn kinds(&self, text: &str) -> Option<Vec<Kind>> {
        kinds(text, self.writer, self.names, &RATED)
    }
}

/// Whether it wants nothing, and fits so many stars.
fn is_polite(kind: Kind, all: &[Kind], stars: u8) -> bool {
    match kind {
        Kind::Thanks | Kind::Beside | Kind::Yes => true,
        Kind::Agreed | Kind::Solved | Kind::Works | Kind::Praise => stars >= 3,
        Kind::Mark(other) => other.abs_diff(stars) <= 1,
        // "Do you need any more help?"
        Kind::Declined => all.contains(&Kind::Thanks),
        Kind::Status | Kind::Stop => false,
    }
}

/// A face or stars, what stands behind them, and whether it is parted from them.
fn drawn(text: &str) -> Option<(u8, &str, bool)> {
    let typed = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let typed = TYPED.iter().find(|(_, faces)| faces.contains(&typed.as_str()));
    if let Some((stars, _)) = typed {
        let (_, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        return Some((*stars, rest.trim_start(), true));
    }
    let full = |c: char| FULL.contains(&c);
    let is_star = |c: char| full(c) || c == EMPTY || TINTS.contains(&c);
    if text.starts_with(full) {
        let rest = text.trim_start_matches(|c| is_star(c) || c == ' ');
        let row = text.get(..text.len() - rest.len()).unwrap_or_default();
        let stars = u8::try_from(row.chars().filter(|c| full(*c)).count()).ok()?;
        let below = rest.trim_start();
        let parted = below.len() < rest.len();
        return (1..=BEST).contains(&stars).then_some((stars, below, parted));
    }
    let first = text.chars().next()?;
    let (stars, faces) = FACES.iter().find(|(_, faces)| faces.contains(first))?;
    let same = |c: char| faces.contains(c) || TINTS.contains(&c) || c == ' ';
    let rest = text.trim_start_matches(same);
    let below = rest.trim_start();
    Some((*stars, below, below.len() < rest.len()))
}

/// A number, what stands behind it, and whether a sign parts that from it.
fn numbered(text: &str) -> Option<(u8, &str, bool)> {
    let digit = text.chars().next().filter(char::is_ascii_digit)?;
    let stars = u8::try_from(digit.to_digit(10)?).ok().filter(|one| (1..=BEST).contains(one))?;
    let rest = text.get(1..)?;
    // "5/5", "5 von 5": of as many as there are, and of no other number.
    let bare = rest.trim_start().strip_prefix('/').map(|of| of.trim_start().strip_prefix('5'));
    let rest = match bare {
        Some(of) => of?,
        None => rest,
    };
    if rest.starts_with(char::is_alphanumeric)
        || rest.trim_start().starts_with(['/', '%', '°', '€', '$', '£', '#', '@', '_', '+'])
    {
        return None;
    }
    let rest = scaled(rest);
    let apart = rest
        .trim_start_matches(['.', '!', ',', ';', ')', '*', '-', '–', '—', ':', ' ', '\r', '\n']);
    let between = rest.get(..rest.len() - apart.len()).unwrap_or_default();
    // "4.5", "2-3", "5, 6 and 7", a list: no number is followed by another.
    if apart.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let dash = between.contains(" - ") || between.contains(['–', '—']);
    let parted = dash || between.contains([',', ';', '!', '\n']);
    // "1. It fails" begins a list.
    let listed = between.starts_with(['.', ')', ':']) && !between.contains('\n');
    Some((stars, apart, parted && !listed))
}

/// Behind "5 stars", "5 out of 5": what is said of the number itself is no more than it.
fn scaled(rest: &str) -> &str {
    let behind = |phrase: &str| {
        phrase.split('_').try_fold(rest, |left, wanted| {
            let left = left.trim_start();
            let end = left.find(|c: char| !c.is_alphanumeric()).unwrap_or(left.len());
            let (word, after) = left.split_at_checked(end)?;
            (folded(word) == wanted).then_some(after)
        })
    };
    let found = table("scale").split_whitespace().filter_map(behind);
    found.min_by_key(|left| left.len()).unwrap_or(rest)
}
