//! Commands about time: when something is due, what to be reminded of, how long it took.

use std::time::Duration;

use super::Order;
use crate::desk::command::when;
use crate::desk::complaint::Complaint;
use crate::desk::obeyed::Obeyed;
use crate::desk::{Event, Wake};

/// What people write for no such time.
const NEVER: [&str; 5] = ["none", "never", "off", "no", "-"];

/// `#due <when>`, `#due none`
pub fn due(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    if NEVER.contains(&value.to_lowercase().as_str()) {
        order.add(Event::DueSet { at: None })?;
        order.add(Event::WakesOff { what: Wake::Due })?;
        return Ok(Obeyed::NotDue);
    }
    let at = order.moment(value)?;
    order.add(Event::DueSet { at: Some(at) })?;
    order.wake(Wake::Due, at, "")?;
    Ok(Obeyed::Due { at: order.shown(at) })
}

/// `#remind <when> [what]`
pub fn remind(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let (at, words) = order.moment_and_words(value)?;
    order.wake(Wake::Remind, at, &words)?;
    Ok(Obeyed::Reminds { at: order.shown(at) })
}

/// `#time 30m`
pub fn time(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let minutes = when::worked(value)?;
    order.add(Event::Worked { minutes })?;
    let all = order.case.texts.worked(order.ticket()?.worked);
    let time = order.case.texts.worked(Duration::from_secs(u64::from(minutes) * 60));
    Ok(Obeyed::Worked { time, all })
}
