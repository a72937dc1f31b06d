//! What a quotation holds: its own lines, apart from what introduces them and from what they quote
//! in turn. Some clients mark what their writer puts between quoted lines as well, and in others
//! nothing is marked at all, so an answer may stand there.

use super::line::Lines;
use super::{Block, History, Role, attribution, reading, split};

/// Lines among which what introduces a quotation is looked for: a long header, and others above it.
const HEAD_MAX: usize = 60;

/// The lines of a quotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// Something introduces them.
    pub introduced: bool,
    /// Without their marks, and what stands among them that they quote, or below a signature.
    pub lines: Vec<String>,
}

/// Reads a quotation.
pub fn inner(block: &Block) -> Inner {
    let body = body(&block.text);
    let bare: Vec<&str> = body.lines().map(unmarked).collect();
    let own = split(&bare.join("\n")).into_iter().filter(|block| block.role == Role::New);
    let lines = own.flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>());
    Inner { introduced: body.len() < block.text.len(), lines: lines.collect() }
}

/// Below what introduces it.
fn body(text: &str) -> &str {
    let is_marked = |line: &str| line.trim_start().starts_with(['>', '＞']);
    let marked = text.split('\n').take(HEAD_MAX).position(is_marked);
    // Two marked lines show what stands above them.
    let size = marked.map_or(HEAD_MAX, |first| first + 2);
    let head: Vec<&str> = text.split('\n').take(size).collect();
    let head = head.join("\n");
    let lines = Lines::new(&head);
    let reading = reading(&lines, History::Answered, attribution::find(&lines, true, &[]));
    let mut at = lines.next_full(0);
    if lines.is_rule(at) {
        at = lines.next_full(at + 1);
    }
    // What no program says but somebody's name, which is not known here, stands above the marks.
    let marked = || (at..lines.len()).find(|at| lines.is_quoted(*at));
    let Some(after) = reading.introduces(at).or_else(marked) else { return text };
    let after = if after == at { 0 } else { after };
    let skipped: usize = lines.iter().take(after).map(|line| line.len() + 1).sum();
    text.get(skipped..).unwrap_or("")
}

/// Without the outermost mark.
fn unmarked(line: &str) -> &str {
    let bare = line.trim_start().strip_prefix(['>', '＞']);
    bare.map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest))
}
