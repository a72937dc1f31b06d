//! Whether an agent's words repeat what was noted inside: copied by hand, or left standing where a
//! quotation lost its marks.
//!
//! Only letters and digits count, for clients break, mark and decorate lines; and only a long run
//! of them, for short ones are anybody's. What the customer has seen may be repeated.

use std::collections::BTreeSet;

use super::words::without_agents;
use crate::config::Config;
use crate::desk::case::Conversation;
use crate::mail::Address;

/// Letters and digits in a row that are no chance: about five words.
const RUN: usize = 24;
/// A whole note that is shorter is looked for as it is, from so many letters on: two or three
/// words.
const WHOLE_MIN: usize = 12;
/// Letters of notes that are looked for, the newest first.
const NOTES_MAX: usize = 200_000;

/// Whether `text`, as it would leave, has a run of a note's letters that stands in no public text.
pub fn repeats(text: &str, writer: &Address, conversation: &Conversation, config: &Config) -> bool {
    let mut room = NOTES_MAX;
    let notes = conversation.notes.iter().map(|(author, note)| {
        let note = without_agents(note, config);
        // What ends both is the writer's card.
        let own = if author == writer { without_common_end(&note, text) } else { &note };
        letters(own)
    });
    let notes: Vec<Vec<char>> = notes
        .take_while(|note| {
            room = room.saturating_sub(note.len());
            room > 0
        })
        .collect();
    if notes.is_empty() {
        return false;
    }
    let text = letters(text);
    let whole =
        notes.iter().filter(|note| (WHOLE_MIN..RUN).contains(&note.len())).map(Vec::as_slice);
    let mut repeated = common(&text, notes.iter().flat_map(|note| note.windows(RUN)).collect());
    for short in whole {
        repeated.extend(common(&text, BTreeSet::from([short])));
    }
    if repeated.is_empty() {
        return false;
    }
    for known in conversation.public_texts.iter().map(|known| letters(known)) {
        let lengths: BTreeSet<usize> = repeated.iter().map(|run| run.len()).collect();
        for length in lengths {
            for run in known.windows(length) {
                repeated.remove(run);
            }
        }
    }
    !repeated.is_empty()
}

/// Those runs, all of one length, that occur in the text.
fn common<'a>(text: &'a [char], runs: BTreeSet<&[char]>) -> BTreeSet<&'a [char]> {
    let Some(length) = runs.first().map(|run| run.len()) else { return BTreeSet::new() };
    text.windows(length).filter(|window| runs.contains(window)).collect()
}

/// The note without the lines with which the text ends too.
fn without_common_end<'a>(note: &'a str, text: &str) -> &'a str {
    let lines = |text: &'a str| text.lines().rev().filter(|line| !line.trim().is_empty());
    let ends = text.lines().rev().filter(|line| !line.trim().is_empty());
    let common = lines(note)
        .zip(ends)
        .take_while(|(ours, theirs)| letters(ours) == letters(theirs))
        .map(|(ours, _)| ours)
        .last();
    // Slices of one text: the first of the common lines begins where the rest ends.
    common.and_then(|line| note.rsplit_once(line)).map_or(note, |(rest, _)| rest)
}

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
