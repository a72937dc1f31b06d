//! Finding tickets by words.

use rusqlite::Connection;
use serde::Serialize;

use super::{TICKET, TicketRow, ticket_row};
use crate::store::{Result, rows};

/// Most tickets that a search gives.
const FOUND_MAX: usize = 100;

/// A ticket that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The list's keys.
    #[serde(flatten)]
    pub ticket: TicketRow,
    /// Row id of the newest entry in which the words stand.
    pub entry: i64,
    /// The beginning of that entry.
    pub excerpt: String,
}

/// Tickets in which all the words stand (a word may be a beginning), newest entry first, at most
/// 100.
pub fn search(connection: &Connection, words: &str) -> Result<Vec<Found>> {
    let query = query(words);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let sql = [
        "SELECT ",
        TICKET,
        ", entry, excerpt FROM tickets JOIN (
             SELECT entries.id AS entry, entries.ticket AS of, substr(entries.text, 1, 200) AS excerpt
             FROM search JOIN entries ON entries.id = search.rowid WHERE search MATCH ?1 ORDER BY search.rowid DESC LIMIT 500
         ) ON tickets.number = of ORDER BY entry DESC",
    ]
    .concat();
    let rows = rows::all(connection, &sql, [query], |row| {
        Ok(Found {
            ticket: ticket_row(row)?,
            entry: row.get("entry")?,
            excerpt: row.get("excerpt")?,
        })
    })?;
    let mut found: Vec<Found> = Vec::new();
    for row in rows {
        let known = found.iter().any(|other| other.ticket.number == row.ticket.number);
        if !known && found.len() < FOUND_MAX {
            found.push(row);
        }
    }
    Ok(found)
}

/// Words as FTS5 takes them: each quoted, so that nothing in them is an operator, each allowed to
/// be a beginning.
fn query(words: &str) -> String {
    let terms = spaced(words);
    let terms = terms
        .split_whitespace()
        .map(|word| word.replace('"', ""))
        .filter(|word| word.chars().any(char::is_alphanumeric));
    terms.map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ")
}

/// Puts spaces around characters of scripts that write none, so that each is a word that can be
/// found.
pub fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unspaced(c) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    spaced
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}
