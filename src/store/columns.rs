//! How ids, times, addresses and words stand in columns. A word that nobody knows is no word of
//! ours: it is an error, told by `rows` as damage, and never read as another one.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as Unknown, StrDeserializer};

use super::outbox::State;
use crate::desk::absence::Said;
use crate::desk::case::Outcome;
use crate::desk::{Direction, EntryKind, IdKind, Part, Priority, Status};
use crate::mail::{
    Address, Authentication, InboxId, Kind, MessageId, OutboxId, ReplyGoes, TicketNumber,
};
use crate::time::Timestamp;

/// So much of a text is told that cannot be read: people may have written it.
const SHOWN: usize = 40;

macro_rules! numbers {
    ($($noun:ty: $read:expr, $write:expr;)+) => {$(
        impl ToSql for $noun {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from($write(*self)))
            }
        }
        impl FromSql for $noun {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map($read)
            }
        }
    )+};
}

numbers! {
    TicketNumber: Self, |it: Self| it.0;
    InboxId: Self, |it: Self| it.0;
    OutboxId: Self, |it: Self| it.0;
    Timestamp: Self::from_millis, Self::as_millis;
}

macro_rules! texts {
    ($($read:expr => $($noun:ty),+;)+) => {$($(
        impl ToSql for $noun {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_str()))
            }
        }
        impl FromSql for $noun {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let read: fn(&str) -> FromSqlResult<Self> = $read;
                read(value.as_str()?)
            }
        }
    )+)+};
}

texts! {
    word => Status, Priority, Part, EntryKind, Direction, IdKind, Said, Outcome, State;
    word => Authentication, Kind, ReplyGoes;
    |text| Self::parse(text).ok_or_else(|| other(format!("no address: `{text}`"))) => Address;
    |text| Self::parse(text).ok_or_else(|| other(format!("no Message-ID: `{text}`"))) => MessageId;
}

/// Each noun is stored under its serde name; the error tells the word and those that would do.
fn word<T: DeserializeOwned>(text: &str) -> FromSqlResult<T> {
    T::deserialize(StrDeserializer::<Unknown>::new(text)).map_err(|error| other(error.to_string()))
}

fn other(words: String) -> FromSqlError {
    FromSqlError::Other(words.into())
}

/// What is stored as JSON.
#[derive(Clone, Debug)]
pub(super) struct Json<T>(pub T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0);
        text.map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let begin: String = text.chars().take(SHOWN).collect();
        serde_json::from_str(text).map(Self).map_err(|error| other(format!("{error}: `{begin}`")))
    }
}
