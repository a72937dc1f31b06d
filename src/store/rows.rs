//! Queries and what they find. Whatever stands in a row and is not what we stored there is
//! [`Error::Damaged`], with the table, the row and what is wrong.

use std::cell::Cell;

use rusqlite::types::FromSql;
use rusqlite::{Connection, Error as Sql, Params, Row};

use super::{Error, Result, Tx};

/// Most damaged rows that are named at once.
const NAMED: usize = 5;

/// A row, read by the names of its columns. They are read in the order of the query as a rule, so
/// those behind the last are tried first: a search for each goes through all that stand before it,
/// and cost more than the rest of a ticket's reading.
#[derive(Debug)]
pub struct Columns<'a> {
    row: &'a Row<'a>,
    next: Cell<usize>,
}

impl<'a> Columns<'a> {
    fn of(row: &'a Row<'a>) -> Self {
        Self { row, next: Cell::new(0) }
    }

    /// What stands in the column of that name.
    pub fn get<T: FromSql>(&self, name: &str) -> rusqlite::Result<T> {
        let (statement, next) = (self.row.as_ref(), self.next.get());
        let is_it = |at: &usize| statement.column_name(*at).is_ok_and(|found| found == name);
        let index = match (next..statement.column_count()).find(is_it) {
            Some(index) => index,
            None => statement.column_index(name)?,
        };
        self.next.set(index.saturating_add(1));
        self.row.get(index)
    }

    fn sole<T: FromSql>(&self) -> rusqlite::Result<T> {
        self.row.get(0)
    }
}

/// Everything that a query finds.
pub fn all<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    read: impl Fn(&Columns<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    each(connection, sql, values, read)?.into_iter().collect()
}

/// The first thing that a query finds.
pub fn first<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    read: impl Fn(&Columns<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    rows.next()?
        .map(|row| read(&Columns::of(row)).map_err(|error| damaged(sql, row, error)))
        .transpose()
}

/// The sole column of the first row that a query finds.
pub fn value<T: FromSql>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
) -> Result<Option<T>> {
    first(connection, sql, values, |row| row.sole())
}

/// The sole column of every row that a query finds.
pub fn values<T: FromSql>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
) -> Result<Vec<T>> {
    all(connection, sql, values, |row| row.sole())
}

/// Whether a query finds anything.
pub fn exists(connection: &Connection, sql: &str, values: impl Params) -> Result<bool> {
    Ok(connection.prepare_cached(sql)?.exists(values)?)
}

/// Changes rows, or adds one.
pub fn put(tx: Tx<'_>, sql: &str, values: impl Params) -> Result<()> {
    change(tx, sql, values).map(drop)
}

/// Changes rows; gives how many.
pub fn change(tx: Tx<'_>, sql: &str, values: impl Params) -> Result<usize> {
    Ok(tx.prepare_cached(sql)?.execute(values)?)
}

/// Every row that a query finds, sound or damaged: one must not stop those behind it.
pub fn each<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    read: impl Fn(&Columns<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<Result<T>>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(&Columns::of(row)).map_err(|error| damaged(sql, row, error)));
    }
    Ok(found)
}

/// What is sound of that, and what is to be said of the rest.
pub fn sound<T>(rows: Vec<Result<T>>) -> (Vec<T>, Option<Error>) {
    let (mut sound, mut words) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        match row {
            Ok(row) => sound.push(row),
            Err(Error::Damaged(what)) => words.push(what),
            Err(error) => words.push(error.to_string()),
        }
    }
    let more = words.len().saturating_sub(NAMED);
    words.truncate(NAMED);
    words.extend((more > 0).then(|| format!("and {more} more")));
    let damaged = (!words.is_empty()).then(|| Error::Damaged(words.join("; ")));
    (sound, damaged)
}

/// Says where that stands which could not be read.
fn damaged(sql: &str, row: &Row<'_>, error: Sql) -> Error {
    let (column, what) = match error {
        Sql::FromSqlConversionFailure(column, _, why) => (column, why.to_string()),
        Sql::InvalidColumnType(column, ..)
        | Sql::IntegralValueOutOfRange(column, _)
        | Sql::Utf8Error(column, _) => (column, error.to_string()),
        error => return error.into(),
    };
    let column = row.as_ref().column_name(column).unwrap_or("?");
    let keys = ["id", "number", "ticket"];
    let key = keys.iter().find_map(|key| row.get::<_, i64>(*key).ok());
    let key = key.map(|key| format!(" {key}")).unwrap_or_default();
    Error::Damaged(format!("{}{key}, {column}: {what}", table(sql)))
}

/// The first table of a query: what stands behind the FROM that stands in no brackets.
fn table(sql: &str) -> &str {
    let mut depth = 0_usize;
    let mut words = sql.split_whitespace();
    for word in words.by_ref() {
        if depth == 0 && word == "FROM" {
            break;
        }
        depth = (depth + word.matches('(').count()).saturating_sub(word.matches(')').count());
    }
    words.next().unwrap_or("?")
}
