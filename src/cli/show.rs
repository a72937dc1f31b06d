//! `postdesk show N`: a ticket's story.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::files;
use super::happened::happened;
use super::status::until;
use super::{Failure, Format, line, open, plain, print_json};
use crate::config::Config;
use crate::desk::texts::{Texts, stamp};
use crate::desk::{Direction, EntryKind, Event, Survey, Target};
use crate::mail::authentic::dkim;
use crate::mail::{Authentication, TicketNumber};
use crate::store::view::{self, EntryRow, EventRow, Shown};
use crate::store::{Store, absences};
use crate::time::Clock;

/// Characters of what somebody wrote with a mark; the entry below has all of it.
const MARK_WORDS: usize = 120;

/// What is wanted of a ticket.
#[derive(Clone, Debug, clap::Args)]
pub struct What {
    /// The ticket's number
    pub number: i64,
    /// Put its attachments into this folder, made if it is missing, and print their names
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["raw", "json"])]
    pub save: Option<PathBuf>,
    /// Print one of its mails as it came, by its number in `postdesk inbox`
    #[arg(long, value_name = "MAIL", conflicts_with = "json")]
    pub raw: Option<i64>,
}

/// One ticket with everything in it.
pub fn show(
    config: &Config,
    what: &What,
    format: Format,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let store = open(config)?;
    let shown = find(&store, what.number)?;
    if let Some(mail) = what.raw {
        return files::raw(&store, &shown, mail, out);
    }
    if let Some(folder) = &what.save {
        return files::save(&store, &shown, folder, out);
    }
    if format.json {
        return print_json(&shown, out);
    }
    write!(out, "{}", text(&shown, &config.desk.time_zone))?;
    Ok(0)
}

/// The story of a ticket in that data_dir, for the demo.
pub fn story(data_dir: &Path, number: i64) -> Result<String, Failure> {
    let shown = find(&Store::open_existing(data_dir)?, number)?;
    Ok(text(&shown, &TimeZone::UTC))
}

fn find(store: &Store, number: i64) -> Result<Shown, Failure> {
    let now = Clock::System.now();
    let shown = store.read(|connection| {
        let mut shown = view::show(connection, TicketNumber(number))?;
        if let Some(shown) = &mut shown {
            let holder = shown.ticket.assignee.as_deref().unwrap_or_default();
            let (away, _) = absences::away(connection, now)?;
            shown.away =
                away.into_iter().find(|one| one.agent.as_str().eq_ignore_ascii_case(holder));
        }
        Ok(shown)
    })?;
    shown.ok_or_else(|| {
        Failure::Said(format!("there is no ticket {number}; `postdesk list` shows all there are"))
    })
}

fn text(shown: &Shown, zone: &TimeZone) -> String {
    let mut text = String::new();
    head(&mut text, shown, zone).unwrap_or_default();
    for entry in &shown.entries {
        said(&mut text, entry, shown.ticket.number, zone).unwrap_or_default();
    }
    writeln!(text, "\nWhat happened").unwrap_or_default();
    for event in &shown.events {
        writeln!(text, "  {}  {}", stamp(event.at, zone), fact(event, zone)).unwrap_or_default();
    }
    text
}

fn head(text: &mut String, shown: &Shown, zone: &TimeZone) -> std::fmt::Result {
    let ticket = &shown.ticket;
    writeln!(text, "#{} {}", ticket.number, plain(&ticket.subject))?;
    let assignee = ticket.assignee.as_deref().unwrap_or("nobody");
    let away = shown
        .away
        .as_ref()
        .map(|away| format!(", who is away {}", until(away, zone)))
        .unwrap_or_default();
    writeln!(
        text,
        "{}, {} priority{}, queue {}{}, with {assignee}{away}",
        ticket.status.as_str(),
        ticket.priority.as_str(),
        because(shown.story.priority_why.as_deref()),
        ticket.queue,
        because(shown.story.queue_why.as_deref())
    )?;
    if let Some(skill) = &shown.story.skill {
        writeln!(text, "asks for: {}", plain(skill))?;
    }
    for one in &shown.participants {
        let name = one.name.as_deref().map(|name| format!("{} ", plain(name))).unwrap_or_default();
        let silent = if one.mailed { "" } else { ", may join but is not written to" };
        writeln!(text, "{}: {name}<{}>{silent}", one.role.as_str(), plain(one.address.as_str()))?;
    }
    for one in &shown.third_parties {
        let name = one.name.as_deref().map(|name| format!("{} ", plain(name))).unwrap_or_default();
        writeln!(
            text,
            "third party: {name}<{}>, whose answers stay inside",
            plain(one.address.as_str())
        )?;
    }
    others(text, shown)?;
    if !shown.verified {
        writeln!(text, "The sender of the first mail failed authentication.")?;
    }
    if let Some(at) = shown.due_at {
        writeln!(text, "to be done by {} (inside only)", stamp(at, zone))?;
    }
    let texts = Texts::english();
    if shown.worked > 0 {
        writeln!(text, "time worked: {}", texts.worked(Duration::from_secs(shown.worked * 60)))?;
    }
    for promise in shown.promises.iter().map(|row| &row.promise) {
        let (what, due) = (promise.what.as_str(), stamp(promise.due_at, zone));
        let late =
            promise.late().map(|by| format!(", {} late", texts.late(by))).unwrap_or_default();
        let kept = promise
            .kept_at
            .map_or_else(|| "open".to_owned(), |at| format!("kept {}{late}", stamp(at, zone)));
        writeln!(text, "promised: {what} by {due} ({kept})")?;
    }
    for target in shown.targets.iter().filter(|target| target.is_open()) {
        writeln!(text, "{}", waits(target, zone))?;
    }
    if let Some(survey) = &shown.survey {
        writeln!(text, "{}", rated(survey, zone))?;
    }
    for wake in &shown.wakes {
        let (what, at, agent) = (wake.what.as_str(), stamp(wake.at, zone), &wake.agent);
        if wake.what.asks() {
            let asked = plain(&wake.words.replace(' ', ", "));
            writeln!(text, "{} was asked for: {asked} (next {at})", plain(agent.as_str()))?;
            continue;
        }
        writeln!(text, "to come: {what} {at}, set by {}", plain(agent.as_str()))?;
    }
    Ok(())
}

fn because(why: Option<&str>) -> String {
    why.map(|why| format!(" ({})", plain(why))).unwrap_or_default()
}

/// `mark: 4 of 5, given 2026-11-24 17:00 for what bob@example.com did: quick`
fn rated(survey: &Survey, zone: &TimeZone) -> String {
    let agent = survey.agent.as_ref().map(|one| format!(" for what {} did", plain(one.as_str())));
    let agent = agent.unwrap_or_default();
    match (survey.mark, survey.at, &survey.text) {
        (Some(mark), Some(at), Some(words)) => {
            let words = line(words, MARK_WORDS);
            format!("mark: {mark} of 5, given {}{agent}: {words}", stamp(at, zone))
        }
        _ => format!("asked for a mark {}{agent}", stamp(survey.asked_at, zone)),
    }
}

/// `next answer: by 2026-11-24 17:00`
fn waits(target: &Target, zone: &TimeZone) -> String {
    let Some(due) = target.due_at.map(|at| stamp(at, zone)) else {
        return format!("{}: paused", target.what.as_str());
    };
    let over = if target.breached_at.is_some() { ", over" } else { "" };
    format!("{}: by {due}{over} (inside only)", target.what.as_str())
}

/// What it has to do with other tickets.
fn others(text: &mut String, shown: &Shown) -> std::fmt::Result {
    let story = &shown.story;
    if let Some(number) = story.merged_into {
        writeln!(text, "goes on in #{number}: `postdesk show {number}`")?;
    }
    if let Some(number) = story.split_from {
        writeln!(text, "split off from #{number}")?;
    }
    let all = [
        ("with what was said in", &story.merged),
        ("a mail of it became", &story.split_off),
        ("has to do with", &story.links),
    ];
    for (words, numbers) in all.iter().filter(|(_, numbers)| !numbers.is_empty()) {
        let numbers: Vec<String> = numbers.iter().map(|number| format!("#{number}")).collect();
        writeln!(text, "{words} {}", numbers.join(", "))?;
    }
    Ok(())
}

fn said(text: &mut String, entry: &EntryRow, number: i64, zone: &TimeZone) -> std::fmt::Result {
    let who = entry.name.as_deref().unwrap_or(&entry.from);
    let kind = if entry.kind == EntryKind::Note { " (internal note)" } else { "" };
    let doubt = if entry.direction == Direction::In && entry.authentication != Authentication::Pass
    {
        ", sender not verified"
    } else {
        ""
    };
    let signer = entry.signer.as_deref();
    let proof = signer.map(|domain| format!(", {}", plain(&dkim::verified(domain))));
    let proof = proof.unwrap_or_default();
    let place =
        if entry.ticket == number { String::new() } else { format!(", in #{}", entry.ticket) };
    let back = entry
        .withdrawn_at
        .map(|at| format!(", TAKEN BACK {}", stamp(at, zone)))
        .unwrap_or_default();
    writeln!(
        text,
        "\n── {} {}{kind}{doubt}{proof}{place}{back}",
        stamp(entry.at, zone),
        plain(who)
    )?;
    writeln!(text, "{}", plain(&entry.text))?;
    if let Some(history) = &entry.history {
        writeln!(text, "\n{}", plain(history))?;
    }
    for file in &entry.attachments {
        let name = file.name.as_deref().unwrap_or("unnamed file");
        writeln!(text, "  [{}, {} bytes]", plain(name), file.size)?;
    }
    Ok(())
}

/// A fact in a few words; where there are none, its kind and what else it says.
fn fact(event: &EventRow, zone: &TimeZone) -> String {
    let known: Option<Event> = serde_json::from_value(event.body.clone()).ok();
    if let Some(words) = known.and_then(|event| happened(&event, zone)) {
        return plain(&words);
    }
    let Some(body) = event.body.as_object() else { return String::new() };
    let kind = body.get("kind").and_then(|kind| kind.as_str()).unwrap_or("?");
    let rest = body
        .iter()
        .filter(|(key, _)| *key != "kind")
        .map(|(key, value)| format!("{key}: {}", words(value)));
    plain(&format!("{kind}  {}", rest.collect::<Vec<_>>().join("; ")))
}

fn words(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Object(person) => person.get("address").map(words).unwrap_or_default(),
        other => other.to_string(),
    }
}
