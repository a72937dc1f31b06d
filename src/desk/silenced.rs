//! Who of a ticket's customers wants no more automatic mail on it.

use super::case::Case;
use crate::mail::{Address, TicketNumber};

/// Whether they said so, on the ticket or on one that went into it.
pub fn wants_none(case: &Case<'_>, number: TicketNumber, who: &Address) -> bool {
    silenced(case, number).contains(who)
}

/// All who said so.
pub fn silenced(case: &Case<'_>, number: TicketNumber) -> Vec<Address> {
    let parts = case.records.parts(number);
    let all = parts.into_iter().chain([number]).flat_map(|number| case.records.events(number));
    all.filter_map(|(event, _)| event.silences().cloned()).collect()
}
