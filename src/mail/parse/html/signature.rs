//! The parts of a page that a mail program marks as its writer's signature, by the name or class of
//! an element: they get the usual delimiter (RFC 3676 §4.3), by which they are known in a text.
//!
//! Only where nothing of the writer's stands below: that would be taken for a part of it.

use super::tokens::Tag;
use crate::mail::quote::{is_row_of_a_header, may_introduce};
use std::ops::Range;

/// The delimiter.
const DELIMITER: &str = "-- ";
/// Lines below a signature that may introduce a quotation.
const INTRODUCTION_MAX: usize = 3;
/// Parts of the names that mail programs give to it, without what is no letter.
const NAMES: [&str; 4] = ["signature", "autosig", "rcsig", "bloopsign"];
/// The same where they stand in what is none, such as a request to sign something.
const OTHERS: [&str; 4] = ["request", "required", "electronic", "digital"];

/// Whether a tag is marked so.
pub(super) fn is_marked(tag: &Tag) -> bool {
    let names =
        ["id", "class", "name", "data-smartmail"].into_iter().filter_map(|key| tag.get(key));
    names.flat_map(str::split_ascii_whitespace).any(is_name)
        // Outlook's, in each paragraph of it.
        || tag.get("style").is_some_and(|_| tag.style().contains("mso-bookmark:_mailautosig"))
}

fn is_name(name: &str) -> bool {
    // Longer ones are no names.
    let letters: String = name.chars().take(80).filter(char::is_ascii_alphabetic).collect();
    let letters = letters.to_ascii_lowercase();
    NAMES.iter().any(|mark| letters.contains(mark))
        && !OTHERS.iter().any(|other| letters.contains(other))
}

/// A page with the delimiter above what was marked, the bytes of which are given.
pub(super) fn delimited(page: String, marked: &[Range<usize>]) -> String {
    let Some(start) = begins(&page, marked) else { return page };
    let (above, below) = page.split_at_checked(start).unwrap_or((&page, ""));
    [above, DELIMITER, "\n", below].concat()
}

/// Where the last signature begins that nothing of the writer's follows, if something stands above.
fn begins(page: &str, marked: &[Range<usize>]) -> Option<usize> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for part in marked {
        let between = parts.last().and_then(|last| page.get(last.end..part.start));
        match parts.last_mut().filter(|_| between.is_none_or(|text| text.trim().is_empty())) {
            // One within another closes first.
            Some(last) => *last = last.start.min(part.start)..last.end.max(part.end),
            None => parts.push(part.clone()),
        }
    }
    let part = parts.into_iter().rev().find(|part| {
        let text = page.get(part.clone()).unwrap_or_default();
        let quoted = text.lines().any(is_over);
        // Some write into it.
        let asks = text
            .lines()
            .take_while(|line| !is_over(line))
            .any(|line| line.trim_end().ends_with(['?', '？']));
        !text.trim().is_empty()
            && !asks
            && (quoted || page.get(part.end..).is_some_and(nothing_of_the_writer))
    })?;
    let above = page.get(..part.start)?.trim_end();
    let own = above.lines().any(|line| !line.trim().is_empty() && !line.starts_with('>'));
    let known = above.lines().next_back().is_some_and(|line| line.trim() == DELIMITER.trim());
    let begins = page.get(part.clone())?.trim_start();
    (own && !known && !begins.starts_with(DELIMITER.trim()) && !begins.starts_with('>'))
        .then_some(part.start)
}

/// Whether a quotation follows at once, with what introduces it, or nothing.
fn nothing_of_the_writer(below: &str) -> bool {
    let mut lines = below.lines().filter(|line| !line.trim().is_empty()).peekable();
    if lines.peek().is_some_and(|first| is_row_of_a_header(first)) {
        return true;
    }
    let above: Vec<&str> = lines.by_ref().take_while(|line| !is_over(line)).collect();
    let introduced = above.last().is_none_or(|last| may_introduce(last));
    above.len() <= INTRODUCTION_MAX && introduced
}

/// A quotation begins, or a rule above one, also one with words in it: "--- Forwarded by … ---".
fn is_over(line: &str) -> bool {
    let framed = line.starts_with("---") && line.trim_end().ends_with("---");
    line.starts_with('>')
        || line.starts_with("____")
        || framed && line.contains(char::is_alphabetic)
}
