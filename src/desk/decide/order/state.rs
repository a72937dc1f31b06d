//! Commands that say where a ticket stands, how much it matters and what it is called.

use std::collections::BTreeSet;

use super::Order;
use crate::desk::command::suggest;
use crate::desk::complaint::Complaint;
use crate::desk::decide::subject::SUBJECT_MAX;
use crate::desk::obeyed::Obeyed;
use crate::desk::{Event, Priority, Status, Wake};

/// Words on one ticket, and letters in one of them.
const TAGS_MAX: usize = 50;
const TAG_LENGTH_MAX: usize = 40;

/// What people call a status, beside its name.
const STATUS_WORDS: [(&str, Status); 14] = [
    ("reopened", Status::Open),
    ("active", Status::Open),
    ("waiting", Status::Pending),
    ("wait", Status::Pending),
    ("stalled", Status::Pending),
    ("hold", Status::OnHold),
    ("onhold", Status::OnHold),
    ("close", Status::Solved),
    ("solve", Status::Solved),
    ("done", Status::Solved),
    ("resolve", Status::Solved),
    ("resolved", Status::Solved),
    ("junk", Status::Spam),
    ("fresh", Status::New),
];

/// `#close`
pub fn close(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    let before = order.ticket()?.status;
    if matches!(before, Status::Solved | Status::Closed) && !order.speaks_outside() {
        return Ok(Obeyed::WasAlready { what: before.as_str().to_owned() });
    }
    if order.words_stay_unsaid() {
        return Err(Complaint::TextStaysInside);
    }
    order.set_status(Status::Solved)?;
    // Lines below may change who hears of it.
    Ok(if order.speaks_outside() {
        Obeyed::Solved
    } else {
        Obeyed::SolvedHeard { hearers: String::new() }
    })
}

/// `#reopen`
pub fn reopen(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    set(order, Status::Open)
}

/// `#pending [until]`
pub fn pending(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    wait(order, Status::Pending, value)
}

/// `#hold [until]`
pub fn hold(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    wait(order, Status::OnHold, value)
}

/// Whatever ends the waiting sooner takes the time off with it: the store does so for every change
/// of status.
fn wait(order: &mut Order<'_, '_>, to: Status, until: &str) -> Result<Obeyed, Complaint> {
    let at = if until.is_empty() { None } else { Some(order.moment(until)?) };
    let words = set(order, to)?;
    let Some(at) = at else { return Ok(words) };
    order.wake(Wake::Reopen, at, "")?;
    Ok(Obeyed::WaitsUntil { status: to, at: order.shown(at) })
}

/// `#status x`
pub fn status(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let wanted = suggest::squeezed(value);
    let by_name =
        Status::ALL.into_iter().find(|status| suggest::squeezed(status.as_str()) == wanted);
    let by_word =
        || STATUS_WORDS.iter().find(|(word, _)| *word == wanted).map(|(_, status)| *status);
    match by_name.or_else(by_word) {
        Some(Status::Solved) => close(order, ""),
        Some(Status::Spam) => spam(order, ""),
        Some(to) => set(order, to),
        None => Err({
            let known = Status::ALL.iter().map(|status| status.as_str());
            let (written, meant, known) = suggest::no_such(value, known);
            Complaint::NoStatus { written, meant, known }
        }),
    }
}

/// `#spam`
pub fn spam(order: &mut Order<'_, '_>, _: &str) -> Result<Obeyed, Complaint> {
    if order.speaks_outside() {
        return Err(Complaint::SpamUnanswered);
    }
    set(order, Status::Spam)
}

fn set(order: &mut Order<'_, '_>, to: Status) -> Result<Obeyed, Complaint> {
    let changed = order.set_status(to)?;
    let what = || to.as_str().to_owned();
    Ok(if changed { Obeyed::Status { status: to } } else { Obeyed::WasAlready { what: what() } })
}

/// `#priority x`
pub fn priority(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let Some(to) = Priority::parse(&suggest::squeezed(value)) else {
        let known = Priority::ALL.iter().map(|priority| priority.as_str());
        let (written, meant, known) = suggest::no_such(value, known);
        return Err(Complaint::NoPriority { written, meant, known });
    };
    if order.ticket()?.priority == to {
        return Ok(Obeyed::WasAlready { what: to.as_str().to_owned() });
    }
    order.add(Event::PrioritySet { to, why: String::new() })?;
    Ok(Obeyed::Priority { priority: to })
}

/// `#tag +a -b`; a word without sign is put on.
pub fn tag(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let (mut added, mut removed) = (BTreeSet::new(), BTreeSet::new());
    for word in value.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
        let (name, into) = match word.strip_prefix(['-', '–', '−']) {
            Some(name) => (name, &mut removed),
            None => (word.trim_start_matches('+'), &mut added),
        };
        into.insert(tag_name(name)?);
    }
    let known = &order.ticket()?.tags;
    added.retain(|tag| !known.contains(tag));
    removed.retain(|tag| known.contains(tag));
    if known.len() + added.len() > TAGS_MAX {
        return Err(Complaint::TooManyTags { most: TAGS_MAX });
    }
    if !added.is_empty() || !removed.is_empty() {
        order.add(Event::Tagged { added, removed, why: String::new() })?;
    }
    Ok(Obeyed::Tags { tags: order.ticket()?.tags.iter().cloned().collect() })
}

fn tag_name(written: &str) -> Result<String, Complaint> {
    let name = written.trim_start_matches(['#', '+']).to_lowercase();
    let sound =
        name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':'));
    if name.is_empty() || !sound || name.chars().count() > TAG_LENGTH_MAX {
        return Err(Complaint::NoTag { written: written.to_owned() });
    }
    Ok(name)
}

/// `#title …`
pub fn title(order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    let to: String = value.chars().take(SUBJECT_MAX).collect();
    if order.ticket()?.subject != to {
        order.add(Event::Retitled { to: to.clone() })?;
    }
    let outside = order.conversation()?.outside.clone();
    Ok(Obeyed::Titled { outside: Some(outside).filter(|outside| *outside != to), to })
}
