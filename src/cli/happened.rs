//! The facts of a ticket in plain words, for `show`; `--json` has them as they are stored.

use jiff::tz::TimeZone;

use crate::config::Rung;
use crate::desk::texts::stamp;
use crate::desk::{EntryKind, Event, Mailed};
use crate::mail::{Address, TicketNumber};
use crate::time::Timestamp;

/// One fact, on one line; `None` for one that has no words here.
pub fn happened(event: &Event, zone: &TimeZone) -> Option<String> {
    of_people(event)
        .or_else(|| of_promises(event, zone))
        .or_else(|| of_others(event, zone))
        .or_else(|| of_work(event, zone))
}

/// What was said, by whom, and who takes part.
fn of_people(event: &Event) -> Option<String> {
    Some(match event {
        Event::Opened { requester, queue, verified, why, ruled, .. } => {
            let doubt = if *verified { "" } else { ", who failed authentication" };
            let rule = ruled.as_deref().map(|rule| format!(" ({rule})")).unwrap_or_default();
            format!("opened by {}{doubt}, in {queue}{rule}: {why}", requester.address.as_str())
        }
        Event::Said { entry: EntryKind::Message, by, why } => {
            format!("{} wrote: {why}", by.as_str())
        }
        Event::Said { entry: EntryKind::Note, by, why } => format!("{} noted: {why}", by.as_str()),
        Event::Joined { person, mailed } => {
            let silent = match mailed {
                Mailed::Yes => "",
                Mailed::JoinOnly => ", who may join but is not written to",
            };
            format!("{} joined{silent}", person.address.as_str())
        }
        Event::ThirdParty { person, why } => {
            format!("{} was asked as somebody outside: {why}", person.address.as_str())
        }
        Event::Left { address } => format!("{} left", address.as_str()),
        Event::RequesterChanged { to } => format!("is the request of {} now", to.address.as_str()),
        Event::Silenced { by } => format!("{} wants no more automatic mail", by.as_str()),
        Event::SurveyAsked { of, agent } => {
            let work = agent.as_ref().map(|agent| format!(" for what {} did", agent.as_str()));
            format!("{} was asked for a mark{}", of.as_str(), work.unwrap_or_default())
        }
        Event::Marked { mark, by, was, .. } => {
            let before = was.map(|was| format!(", {was} before")).unwrap_or_default();
            format!("{} gave the mark {mark}{before}", by.as_str())
        }
        Event::Undelivered { recipient, mail, words, unsent, unproven } => {
            let how = match (unsent, unproven) {
                (true, _) => "was not sent to",
                (false, true) => "perhaps did not reach",
                (false, false) => "did not reach",
            };
            format!("{mail} {how} {}: {words}", recipient.as_str())
        }
        Event::Withheld { what, why } => format!("no {what}: {why}"),
        _ => return None,
    })
}

/// What the customer was told to expect, and the desk's own targets.
fn of_promises(event: &Event, zone: &TimeZone) -> Option<String> {
    let at = |time: &Timestamp| stamp(*time, zone);
    Some(match event {
        Event::Promised { what, due, told, by, words } => {
            let by = by.as_ref().map(|by| format!(" by {}", by.as_str())).unwrap_or_default();
            let untold = if *told { "" } else { ", of which no mail of ours tells" };
            let words = if words.is_empty() { String::new() } else { format!(": {words}") };
            format!("{} promised{by} for {}{untold}{words}", what.as_str(), at(due))
        }
        Event::Offered { words, .. } => format!("was asked whether to promise: “{words}”"),
        Event::PromiseKept => "what was promised was kept".to_owned(),
        Event::PromiseWaived => {
            "what was promised is owed no more: the customer says it is solved".to_owned()
        }
        Event::PromiseWithdrawn { due } => {
            format!("the promise for {} was taken back in time", at(due))
        }
        Event::PromiseUntold { due } => {
            format!("the mail that promised {} did not arrive", at(due))
        }
        Event::PromiseMissed { due, holding } => {
            let told = if *holding { ", and the customer is told" } else { "" };
            format!("the promise for {} was missed{told}", at(due))
        }
        Event::PromiseUnkept { kept } => {
            format!("the answer of {} was taken back: what it kept is open again", at(kept))
        }
        Event::Urged { rung, due } => format!("{} urged for {}", whom(*rung), at(due)),
        Event::Asked => "waits for an answer of ours".to_owned(),
        Event::Answered => "was answered".to_owned(),
        Event::TakenLate { taken, .. } => {
            format!("the mail server took the answer only at {}", at(taken))
        }
        Event::Unanswered { answered } => {
            format!("the answer of {} did not arrive or was taken back", at(answered))
        }
        Event::TargetSet { what, due: Some(due), .. } => {
            format!("{} by {} (inside only)", what.as_str(), at(due))
        }
        Event::TargetSet { what, due: None, .. } => format!("{}: the clock rests", what.as_str()),
        Event::TargetUrged { what, rung } => format!("{} urged: {}", whom(*rung), what.as_str()),
        Event::TargetMissed { what, due } => format!("{}: late since {}", what.as_str(), at(due)),
        _ => return None,
    })
}

/// What it has to do with others.
fn of_others(event: &Event, zone: &TimeZone) -> Option<String> {
    let numbers = |word: &str, number: &TicketNumber| format!("{word} {number}");
    Some(match event {
        Event::Linked { to, why } => format!("{}: {why}", numbers("has to do with", to)),
        Event::Merged { into, why, .. } => format!("{}: {why}", numbers("goes on in", into)),
        Event::Absorbed { from, .. } => numbers("goes on with what was said in", from),
        Event::Unmerged { from, why } => {
            format!("{}: {why}", numbers("is its own again, no more in", from))
        }
        Event::Released { from, .. } => numbers("goes on without", from),
        Event::SplitOff { to, why, .. } => format!("{}: {why}", numbers("a mail of it became", to)),
        Event::SplitFrom { from } => numbers("began as a mail of", from),
        Event::TakenBack { mail, by } => {
            format!("{} took back what mail {} did", by.as_str(), mail.0)
        }
        Event::Woke { what, at, .. } => {
            format!("{} that was set for {}", what.as_str(), stamp(*at, zone))
        }
        Event::WakeSet { what, at, agent, words } => {
            let words = if words.is_empty() { String::new() } else { format!(": {words}") };
            format!("{} set by {} for {}{words}", what.as_str(), agent.as_str(), stamp(*at, zone))
        }
        Event::WakesOff { what } => format!("no {} is to come any more", what.as_str()),
        Event::WakeOff { what, at, .. } => {
            format!("the {} for {} is off", what.as_str(), stamp(*at, zone))
        }
        _ => return None,
    })
}

/// What agents and rules made of it.
fn of_work(event: &Event, zone: &TimeZone) -> Option<String> {
    let because = |why: &str| if why.is_empty() { String::new() } else { format!(": {why}") };
    Some(match event {
        Event::StatusChanged { to, why } => format!("{}: {why}", to.as_str()),
        Event::Assigned { to: Some(to), why } => format!("{} has it: {why}", to.as_str()),
        Event::Assigned { to: None, why } => format!("nobody has it: {why}"),
        Event::PrioritySet { to, why } => format!("{} priority{}", to.as_str(), because(why)),
        Event::SkillAsked { skill, why } => format!("asks for {skill}: {why}"),
        Event::Tagged { added, removed, why } => {
            let words = |sign: &str, all: &std::collections::BTreeSet<String>| {
                all.iter().map(|word| format!(" {sign}{word}")).collect::<String>()
            };
            format!("tags{}{}{}", words("+", added), words("-", removed), because(why))
        }
        Event::Retitled { to } => format!("is called “{to}” inside"),
        Event::Moved { to, why } => format!("in {to}: {why}"),
        Event::Escalated { to, why } => {
            let to: Vec<&str> = to.iter().map(Address::as_str).collect();
            let to = if to.is_empty() { "the owner of the desk".to_owned() } else { to.join(", ") };
            format!("escalated to {to}{}", because(why))
        }
        Event::DueSet { at: Some(at) } => {
            format!("to be done by {} (inside only)", stamp(*at, zone))
        }
        Event::DueSet { at: None } => "to be done by no time any more".to_owned(),
        Event::Worked { minutes } => format!("{minutes} minutes of work"),
        Event::Unworked { minutes } => format!("{minutes} minutes of work taken back"),
        Event::DetailsAsked { what, of, by, .. } => {
            let by = by.as_ref().map(|by| format!(" by {}", by.as_str())).unwrap_or_default();
            format!("{} was asked{by} for {}", of.as_str(), what.join(", "))
        }
        Event::AskedAgain { .. } => "was asked again".to_owned(),
        Event::AskEnded { what, how, .. } => {
            format!("no more asked for {}: {}", what.join(", "), how.as_str())
        }
        _ => return None,
    })
}

/// Whom a rung of the ladder reaches.
fn whom(rung: Rung) -> &'static str {
    match rung {
        Rung::Reminder => "whoever has it was",
        Rung::Backup => "the backup was",
        Rung::Lead => "the leads were",
        Rung::Owner => "the owner was",
    }
}
