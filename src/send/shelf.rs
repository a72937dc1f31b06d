//! What was claimed and waits for a connection, and which of it a free connection takes.
//!
//! A server that takes its time must not keep the mail for others waiting (R1). So no domain holds
//! all connections, and one that is slow or not known yet no more than half of them; all such
//! together leave one, to those that are quick or hold none yet. A slow one rests for as long as it
//! took while others wait. Among the rest what is fresh goes first, then whoever holds the fewest
//! connections; each fourth turn is for what waits longest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::mail::OutboxId;
use crate::store::outbox::{Parcel, Room};

/// Rows that are claimed ahead of the connections: enough for one commit to serve them all …
const CLAIM: usize = 128;
/// … and of these such as waited for long: the rest is room for what is fresh.
const WAITED: usize = 96;
/// So many, or two for each connection, are enough for a moment.
const FILLED: usize = 16;
/// A hand-over that takes so long makes a domain slow.
const SLOW: Duration = Duration::from_secs(5);
/// A domain that was slow for the last time so long ago may be another by now.
const SLOW_FOR: Duration = Duration::from_secs(600);
/// So many domains are remembered.
const REMEMBERED: usize = 1000;
/// The turn that is for what waits longest.
const TURNS: u32 = 4;

/// A mail on its way over one of the connections.
#[derive(Debug)]
struct Trip {
    id: OutboxId,
    domain: String,
    since: Instant,
    large: bool,
}

/// How a domain was slow the last time.
#[derive(Clone, Copy, Debug)]
struct Manner {
    took: Duration,
    ended: Instant,
}

impl Manner {
    fn holds(self) -> bool {
        self.ended.elapsed() < SLOW_FOR.max(self.took)
    }
}

/// What a domain holds just now, and what is known of it.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    sessions: usize,
    known: Known,
    rests: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Known {
    #[default]
    Nothing,
    Quick,
    Slow,
}

/// What lies between the store and the connections. Losing it is a crash: rows are found `sending`
/// and tried again.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    parcels: VecDeque<(Parcel, Size)>,
    trips: Vec<Trip>,
    /// Domains whose last mail was handed over quickly …
    quick: BTreeSet<String>,
    /// … and those where it took its time.
    slow: BTreeMap<String, Manner>,
    pops: u32,
    /// Connections that the relay has room for.
    pub(super) connections: usize,
    /// Several take from it; else one step follows the other, all in order.
    pub(super) shared: bool,
}

/// Mails with large files are put together one at a time: eight at once would be eight times as
/// much memory (R2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Small,
    Large,
}

impl Shelf {
    pub(super) fn put(&mut self, parcel: Parcel, size: Size) {
        self.parcels.push_back((parcel, size));
    }

    /// Puts back what a connection took and could not even begin.
    pub(super) fn put_back(&mut self, parcel: Parcel, size: Size) {
        self.trips.retain(|trip| trip.id != parcel.id);
        self.parcels.push_front((parcel, size));
    }

    /// Takes all that was not begun.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = Parcel> {
        std::mem::take(&mut self.parcels).into_iter().map(|(parcel, _)| parcel)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parcels.is_empty()
    }

    /// Whether the connections have enough to do for a moment.
    pub(super) fn is_filled(&self) -> bool {
        self.parcels.len() >= FILLED.max(self.connections * 2)
    }

    pub(super) fn under_way(&self) -> usize {
        self.trips.len()
    }

    /// Notes that a mail is on its way no longer; `judged` if its server had a word in it. Gives
    /// whether more may be taken now than the place that it left.
    pub(super) fn ended(&mut self, id: OutboxId, judged: bool) -> bool {
        let Some(place) = self.trips.iter().position(|trip| trip.id == id) else { return false };
        let trip = self.trips.swap_remove(place);
        let took = trip.since.elapsed();
        if !judged {
            return true;
        }
        if self.quick.len() + self.slow.len() >= REMEMBERED {
            self.quick.clear();
            self.slow.retain(|_, manner| manner.holds());
        }
        if took >= SLOW {
            self.quick.remove(&trip.domain);
            self.slow.insert(trip.domain, Manner { took, ended: Instant::now() });
            return trip.large;
        }
        self.slow.remove(&trip.domain);
        self.quick.insert(trip.domain) || trip.large
    }

    /// Room for a relay that works.
    pub(super) fn room(&self) -> Room<'_> {
        let there = self.parcels.len();
        let waited = self.parcels.iter().filter(|(parcel, _)| !parcel.fresh).count();
        let mut held = BTreeMap::new();
        let domains = self.parcels.iter().map(|(parcel, _)| &parcel.domain);
        for domain in domains.chain(self.trips.iter().map(|trip| &trip.domain)) {
            *held.entry(domain.clone()).or_default() += 1;
        }
        Room {
            most: CLAIM.saturating_sub(there),
            waited: WAITED.saturating_sub(waited),
            held,
            quick: self.shared.then_some(&self.quick),
            but: None,
            far: None,
        }
    }

    /// What the next free connection hands over; it is under way from now on.
    pub(super) fn pop(&mut self) -> Option<(Parcel, Size)> {
        let place = if self.shared { self.choose()? } else { 0 };
        let (parcel, size) = self.parcels.remove(place)?;
        self.pops = self.pops.wrapping_add(1);
        self.trips.push(Trip {
            id: parcel.id,
            domain: parcel.domain.clone(),
            since: Instant::now(),
            large: size == Size::Large,
        });
        Some((parcel, size))
    }

    fn choose(&self) -> Option<usize> {
        let standings = self.standings();
        let doubtful = standings.values().filter(|one| one.known != Known::Quick);
        let doubtful = doubtful.map(|one| one.sessions).sum();
        let busy = self.trips.iter().any(|trip| trip.large);
        let by_age = self.pops % TURNS == TURNS - 1;
        let of =
            |parcel: &Parcel| standings.get(parcel.domain.as_str()).copied().unwrap_or_default();
        self.parcels
            .iter()
            .enumerate()
            .filter(|(_, (_, size))| !busy || *size == Size::Small)
            .filter(|(_, (parcel, _))| self.admits(of(parcel), doubtful))
            .min_by_key(|(place, (parcel, _))| match (of(parcel), by_age) {
                (one, true) => (one.rests, false, 0, Some((parcel.queued_at, parcel.id)), *place),
                (one, false) => (one.rests, !parcel.fresh, one.sessions, None, *place),
            })
            .map(|(place, _)| place)
    }

    /// Whether a domain that stands so may have one more connection, if those that are not known to
    /// be quick hold `doubtful` of them.
    fn admits(&self, standing: Standing, doubtful: usize) -> bool {
        let all_but_one = self.connections.saturating_sub(1).max(1);
        match standing.known {
            Known::Quick => standing.sessions < all_but_one,
            Known::Nothing if standing.sessions == 0 => true,
            Known::Nothing | Known::Slow => {
                standing.sessions < (self.connections / 2).max(1) && doubtful < all_but_one
            }
        }
    }

    /// Domains of which something is known that matters now.
    fn standings(&self) -> BTreeMap<&str, Standing> {
        let mut standings: BTreeMap<&str, Standing> = BTreeMap::new();
        for (domain, manner) in self.slow.iter().filter(|(_, manner)| manner.holds()) {
            let rests = manner.ended.elapsed() < manner.took;
            standings.insert(domain, Standing { sessions: 0, known: Known::Slow, rests });
        }
        for trip in &self.trips {
            let one = standings.entry(&trip.domain).or_default();
            one.sessions += 1;
            if trip.since.elapsed() >= SLOW {
                (one.known, one.rests) = (Known::Slow, true);
            } else if one.known == Known::Nothing && self.quick.contains(&trip.domain) {
                one.known = Known::Quick;
            }
        }
        standings
    }
}
