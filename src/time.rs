//! Time as data: instants, business hours, and the one place where the clock is read.
//!
//! The core is handed a [`Timestamp`]; only the rims hold a [`Clock`]. Wall-clock time decides when
//! a row is due and what people read; durations on the network are measured by tokio's monotonic
//! clock in the rims.

mod hours;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

pub use hours::{DAYS, Hours, Span};

/// An instant in milliseconds since 1970-01-01T00:00:00Z. Shown and serialised as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Before everything.
    pub const EARLIEST: Self = Self(i64::MIN);

    /// The first instant after this one.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant and `duration` more; stays at the end of time rather than wrap.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// This instant and `duration` less; stays at the beginning of time rather than wrap.
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The same instant for jiff; what lies outside jiff's years is moved to its border.
    pub fn to_jiff(self) -> jiff::Timestamp {
        let border = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(border)
    }

    /// The instant that jiff means, to the millisecond.
    pub fn from_jiff(instant: jiff::Timestamp) -> Self {
        Self(instant.as_millisecond())
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_jiff())
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map(Self::from_jiff).map_err(serde::de::Error::custom)
    }
}

/// Where the rims learn what time it is: the system's clock, or one that a test moves.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's wall clock.
    #[default]
    System,
    /// Stands still until a test sets it.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `now` until it is set again.
    pub fn set_to(now: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(now.as_millis())))
    }

    /// Moves a set clock; the system's clock is not ours to move.
    pub fn set(&self, now: Timestamp) {
        if let Self::Set(cell) = self {
            cell.store(now.as_millis(), Ordering::SeqCst);
        }
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::from_jiff(jiff::Timestamp::now()),
            Self::Set(cell) => Timestamp(cell.load(Ordering::SeqCst)),
        }
    }
}
