//! The sheet on which a page is written: lines, margins and marks of quotation.

use super::super::body::TEXT_MAX;
use super::super::clean;

/// Marks of quotation shown; more say nothing more.
const QUOTE_MAX: usize = 20;
/// A rule, as long as Outlook's.
const RULE: &str = "________________________________";

/// Lines written so far and the one being written.
#[derive(Default)]
pub(super) struct Page {
    out: String,
    line: String,
    /// What the next line begins with.
    prefix: String,
    depth: usize,
    /// The line is over, but a cell beside it may still go on with it.
    over: bool,
    /// A cell has just begun in this line.
    joined: bool,
    /// Nothing stands in the row yet: what is above does not go on in it.
    row_begun: bool,
    /// Nothing stands in the cell yet: margins do not count.
    cell_begun: bool,
    /// An empty line is due before the next text.
    space: bool,
    /// The last line written was empty, or the first of a quotation is to come.
    fresh: bool,
    /// Elements that wait for the line that ends in a colon, and those that had it.
    waiting: usize,
    waited: usize,
    /// All text shown, for links: what they said is its tail.
    said: String,
}

impl Page {
    /// Whether more would not be kept.
    pub fn is_full(&self) -> bool {
        self.out.len() + self.line.len() > TEXT_MAX
    }

    /// Adds text of which runs of white space are one space.
    pub fn flow(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                if !self.over && !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.push(' ');
                }
            } else {
                self.push(if clean::is_space(c) { ' ' } else { c });
            }
        }
    }

    /// Adds text whose line ends count.
    pub fn preformatted(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' => self.newline(),
                '\r' => {}
                _ => self.push(c),
            }
        }
    }

    fn push(&mut self, c: char) {
        self.settle();
        self.joined = false;
        self.row_begun = false;
        self.cell_begun = false;
        if self.line.is_empty() {
            self.begin();
        }
        self.line.push(c);
        self.said.push(c);
    }

    /// Begins a line, below an empty one if that is due.
    fn begin(&mut self) {
        if self.space && !self.fresh && !self.out.is_empty() {
            self.put("");
        }
        self.space = false;
        self.line = std::mem::take(&mut self.prefix);
    }

    /// Adds a word behind the text, before any space that ends it.
    pub fn word(&mut self, word: &str) {
        let spaced = self.line.ends_with(' ');
        self.line.truncate(self.line.trim_end().len());
        self.line.push_str(if self.line.is_empty() { word.trim_start() } else { word });
        if spaced {
            self.line.push(' ');
        }
    }

    /// Where the text is now, for [`Page::since`].
    pub fn mark(&self) -> usize {
        self.said.len()
    }

    /// The text shown since a mark.
    pub fn since(&self, mark: usize) -> &str {
        self.said.get(mark..).unwrap_or_default()
    }

    /// Goes on with the line for the next cell of a row, if anything stands in it.
    pub fn part(&mut self, by: &str) {
        if !self.row_begun && !self.line.trim().is_empty() {
            self.line.truncate(self.line.trim_end().len());
            self.line.push_str(by);
            self.over = false;
            self.joined = true;
        }
    }

    /// Marks the next line as an item of a list.
    pub fn prefix(&mut self, prefix: &str) {
        self.settle();
        self.prefix = prefix.to_owned();
    }

    /// Ends the line, also an empty one.
    pub fn newline(&mut self) {
        self.settle();
        self.write();
        self.space = false;
    }

    /// Ends the line if anything stands in it but the mark of a new cell.
    pub fn end_line(&mut self) {
        self.over |= !self.joined && !self.line.is_empty();
    }

    /// A row begins on a line of its own.
    pub fn begin_row(&mut self) {
        self.end_row();
        self.row_begun = true;
    }

    /// Ends the line if anything stands in it: a row does not go on.
    pub fn end_row(&mut self) {
        self.joined = false;
        self.end_line();
    }

    /// Asks for an empty line before what follows.
    pub fn space(&mut self) {
        self.space |= !self.cell_begun;
    }

    /// From here to the first text margins do not count.
    pub fn begin_cell(&mut self) {
        self.cell_begun = true;
    }

    /// Takes back the margin of the last paragraph in a cell.
    pub fn end_cell(&mut self) {
        self.space &= self.cell_begun;
        self.cell_begun = false;
    }

    /// A line of underscores, but not two in a row.
    pub fn rule(&mut self) {
        self.finish_line();
        if !self.out.trim_end_matches(['\n', '>', ' ']).ends_with(RULE) {
            self.put(RULE);
        }
        self.space = false;
    }

    /// One mark of quotation more.
    pub fn deepen(&mut self) {
        self.finish_line();
        self.depth += 1;
        self.fresh = true;
    }

    /// One less, and an empty line behind the quotation.
    pub fn rise(&mut self) {
        self.finish_line();
        self.depth = self.depth.saturating_sub(1);
        self.fresh = false;
        self.space = true;
    }

    /// Quotes from behind the next line that ends in a colon.
    pub fn wait(&mut self) {
        self.finish_line();
        self.waiting += 1;
    }

    /// Ends what [`Page::wait`] began.
    pub fn rise_if_waited(&mut self) {
        self.finish_line();
        match self.waited.checked_sub(1) {
            Some(less) => {
                self.waited = less;
                self.rise();
            }
            None => self.waiting = self.waiting.saturating_sub(1),
        }
    }

    /// Where a part begins that has lines of its own; `None` in the middle of one, and in a quotation.
    pub fn sign(&mut self) -> Option<usize> {
        self.settle();
        (self.line.trim().is_empty() && self.depth == 0).then_some(self.out.len())
    }

    /// Where it ends.
    pub fn sign_off(&mut self) -> usize {
        self.finish_line();
        self.out.len() + self.line.len()
    }

    fn finish_line(&mut self) {
        self.end_row();
        self.settle();
    }

    /// Writes a line that is over.
    fn settle(&mut self) {
        if self.over {
            self.write();
        }
    }

    fn write(&mut self) {
        self.over = false;
        self.joined = false;
        let line = std::mem::take(&mut self.line);
        self.put(&line);
        if self.waiting > 0 && line.trim_end().ends_with(':') {
            self.waiting -= 1;
            self.waited += 1;
            self.depth += 1;
            self.fresh = true;
        }
    }

    /// Writes a line; of empty ones only one in a row.
    fn put(&mut self, line: &str) {
        let blank = line.chars().all(char::is_whitespace);
        if blank && self.fresh {
            return;
        }
        self.fresh = blank;
        (0..self.depth.min(QUOTE_MAX)).for_each(|_| self.out.push_str("> "));
        self.out.push_str(if blank { "" } else { line });
        self.out.push('\n');
    }

    /// All that was written.
    pub fn finish(mut self) -> String {
        self.finish_line();
        self.out
    }
}
