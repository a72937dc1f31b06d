//! Listings: a row a line under a header, as wide as the terminal. Where nobody looks (a pipe, a
//! file) nothing is cut and nothing coloured, so that `grep` finds it.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Between columns.
const GAP: &str = "  ";

/// A column: its head, and the most that it takes. The last one takes what is left.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    head: &'static str,
    most: usize,
    right: bool,
}

/// A column of words.
pub const fn words(head: &'static str, most: usize) -> Column {
    Column { head, most, right: false }
}

/// A column of numbers.
pub const fn numbers(head: &'static str, most: usize) -> Column {
    Column { head, most, right: true }
}

/// How a cell looks on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    #[default]
    Usual,
    /// Wants somebody soon.
    Warm,
    /// Is too late, or went wrong.
    Bad,
    /// Is over.
    Faint,
}

/// What stands in a column.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// With a tone.
    pub fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(text, Tone::Usual)
    }
}

/// For whom it is printed.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    /// Columns of the terminal; `None` for no bound.
    pub width: Option<usize>,
    /// Whether colours are wanted.
    pub colour: bool,
}

impl Looks {
    /// Those of standard output.
    pub fn of_stdout() -> Self {
        if !io::stdout().is_terminal() {
            return Self { width: None, colour: false };
        }
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        // https://no-color.org
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { width, colour: !unwanted }
    }
}

/// Prints the rows under their header.
pub fn print<const N: usize>(
    columns: [Column; N],
    rows: &[[Cell; N]],
    looks: Looks,
    out: &mut dyn Write,
) -> io::Result<()> {
    let widths = widths(&columns, rows, looks.width);
    let heads = columns.map(|column| Cell::toned(column.head, Tone::Faint));
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for ((cell, column), width) in row.iter().zip(&columns).zip(widths) {
            if !line.is_empty() {
                line.push_str(GAP);
            }
            let text = fit(&cell.text, width);
            let filling = " ".repeat(width.saturating_sub(text.width()));
            let style = if looks.colour { style(cell.tone) } else { Style::new() };
            let text = format!("{style}{text}{style:#}");
            let sides = if column.right { [filling, text] } else { [text, filling] };
            line.push_str(&sides.concat());
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Usual => Style::new(),
        Tone::Warm => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Faint => Style::new().dimmed(),
    }
}

/// As wide as what stands in it, within its bound; the last within the terminal.
fn widths<const N: usize>(
    columns: &[Column; N],
    rows: &[[Cell; N]],
    most: Option<usize>,
) -> [usize; N] {
    let mut widths = columns.map(|column| column.head.width());
    for row in rows {
        for ((width, cell), column) in widths.iter_mut().zip(row).zip(columns) {
            *width = (*width).max(cell.text.width().min(column.most));
        }
    }
    let taken: usize = widths.iter().rev().skip(1).map(|width| width + GAP.len()).sum();
    if let (Some(last), Some(most)) = (widths.last_mut(), most) {
        *last = (*last).min(most.saturating_sub(taken)).max(1);
    }
    widths
}

/// The text in so many columns, cut with a sign.
fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}
