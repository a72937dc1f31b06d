//! `postdesk render`: the texts as people will get them, with made-up values.

use std::collections::BTreeMap;
use std::io::Write;

use super::{EXIT_FAILURE, Failure, plain, texts};
use crate::config::Config;
use crate::desk::digest::Section;
use crate::desk::texts::{BUILT_IN, CATALOGUES, Rendered, Texts, Values, moment};
use crate::time::Clock;
use minijinja::Value;

/// Prints one text, or all of them; or a catalogue of words as it is. Ends with 1 where something of
/// the operator's own texts cannot be used.
pub fn render(config: &Config, name: Option<&str>, out: &mut dyn Write) -> Result<u8, Failure> {
    let loaded = texts::load(config)?;
    if let Some(entries) = name.and_then(catalogue) {
        return Ok(write!(out, "{entries}").map(|()| 0)?);
    }
    let wanted: Vec<&str> =
        names().filter(|known| name.is_none_or(|name| name == *known)).collect();
    if wanted.is_empty() {
        return Err(unknown());
    }
    for name in &wanted {
        let rendered = sample(config, &loaded.texts, name);
        writeln!(
            out,
            "── {name} ──\nSubject: {}\n\n{}\n",
            plain(&rendered.subject),
            plain(&rendered.text)
        )?;
        if let Some(broken) = rendered.broken {
            writeln!(out, "! Your own file is broken, so this is the built-in text: {broken}\n")?;
        }
    }
    let faults = loaded.faults(config);
    let of_these = |fault: &&String| {
        name.is_none() || wanted.iter().any(|name| fault.contains(&format!("/{name}.txt: ")))
    };
    let faults: Vec<&String> = faults.iter().filter(of_these).collect();
    faults.iter().try_for_each(|fault| writeln!(out, "! {}", plain(fault)))?;
    Ok(if faults.is_empty() { 0 } else { EXIT_FAILURE })
}

/// Prints a built-in text as it is written, to begin one's own with.
pub fn source(name: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    let file = format!("en/{name}.txt");
    let text = BUILT_IN.iter().find(|(known, _)| *known == file).map(|(_, text)| *text);
    let text = text.or_else(|| catalogue(name)).ok_or_else(unknown)?;
    Ok(write!(out, "{text}").map(|()| 0)?)
}

/// The built-in words of a catalogue.
fn catalogue(name: &str) -> Option<&'static str> {
    let path = format!("en/{name}");
    CATALOGUES.iter().find(|(known, _)| *known == path).map(|(_, entries)| *entries)
}

fn unknown() -> Failure {
    let catalogues = CATALOGUES.iter().filter_map(|(path, _)| path.strip_prefix("en/"));
    let known = names().chain(catalogues).collect::<Vec<_>>().join(", ");
    Failure::Said(format!("there is no text of that name; there are: {known}"))
}

/// Names of all texts.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().filter_map(|(file, _)| file.strip_prefix("en/")?.strip_suffix(".txt"))
}

/// A text with values as they might be; every value that any text uses is there.
pub fn sample(config: &Config, texts: &Texts, name: &str) -> Rendered {
    let zone = &config.desk.time_zone;
    let now = Clock::System.now();
    let hours = config.queues.first().map(|queue| texts.week(&queue.hours)).unwrap_or_default();
    let due = config
        .queues
        .first()
        .and_then(|queue| queue.hours.after(now, queue.sla.normal.first_answer))
        .map(|at| moment(at, zone));
    let mut values = Values::from([
        ("number", text("12")),
        ("desk", text(&config.desk.name)),
        ("desk_address", text(config.desk.address.as_str())),
        ("owner", text(config.desk.owner.as_str())),
        ("subject", text("The export stops after 500 lines")),
        ("files", lines(&["export.log (12 kB)"])),
        ("due", due.map_or(Value::from(()), Value::from)),
        ("hours", Value::from(hours)),
        ("zone", text(zone.iana_name().unwrap_or("local time"))),
        ("name", text("Bob")),
        ("agent", text("Bob Brown")),
        ("address", text("bob@example.com")),
        ("at", Value::from(moment(now, zone))),
        ("since", Value::from(moment(now, zone))),
        ("text", text("It stops in the middle of a line, since this morning.")),
        ("author", text("Ada Lovelace <ada@example.org>")),
        ("did", text("wrote")),
        ("signature", text("Bob Brown\nfirst floor")),
        ("footer", config.desk.footer.as_deref().map_or(Value::from(()), text)),
        ("goes_to", text("Ada Lovelace <ada@example.org>")),
        ("reply", text("goes to Ada Lovelace <ada@example.org>")),
    ]);
    values.extend(sample_inside(config, name, &moment(now, zone)));
    values.extend(sample_held());
    values.extend(sample_holding(&moment(now, zone)));
    values.extend(sample_digest(texts));
    values.extend(sample_standing(name, &moment(now, zone)));
    texts.render(name, &values)
}

/// What only mails about something that waits use.
fn sample_held() -> Values {
    Values::from([
        ("who", text("Carla Clark")),
        ("ago", text("4 minutes ago")),
        ("until", text("Fri 2026-11-27 15:00")),
        ("then", text("your answer goes to ada@example.org")),
        ("key", text("uqf6 vlpf")),
    ])
}

/// What only the mail uses that goes in place of an answer.
fn sample_holding(now: &str) -> Values {
    Values::from([
        ("missed", text(now)),
        ("next", text(now)),
        ("nth", Value::from(1)),
        ("last", text(now)),
        ("wrote", text(now)),
        ("lead", text("Lea Lead")),
        (
            "questions",
            lines(&[
                "What is it about: which product, program or page?",
                "What happens, and what should happen instead?",
            ]),
        ),
        ("again", text("Thursday, 26 November 2026")),
        ("asked_at", text("Tuesday, 24 November 2026")),
        ("asked", text("product, happened, error")),
        ("was_asked", Value::from(())),
        ("lacking", Value::from(())),
        ("answer", text("> The limit is lifted. Please try it again.")),
        ("closes", Value::from(true)),
        ("survey", Value::from(true)),
        ("mark", Value::from(2)),
        ("sentence", text(&format!("You will hear from Bob Brown again by {now}."))),
    ])
}

/// What only the mail in the morning uses.
fn sample_digest(texts: &Texts) -> Values {
    let chapter = |section: &Section, rows: &[&str]| {
        let title = Value::from(texts.say(section));
        Value::from(BTreeMap::from([("title", title), ("rows", lines(rows))]))
    };
    let (late, fresh) = (Section::Overdue { count: 1 }, Section::Unowned { count: 2 });
    let own = chapter(
        &late,
        &[
            "#12 open, high, Bob Brown\n  The export stops after 500 lines\n  ada@example.org, answer late since Mon\n  16:00",
        ],
    );
    let rows =
        ["#16 new, normal, nobody\n  Invoice 4711\n  eve@example.org, answer by Tue 17:00"; 2];
    let team = chapter(&fresh, &rows);
    Values::from([
        ("day", text("Tue 24 Nov")),
        ("titles", lines(&[&texts.say(&late), &texts.say(&fresh)])),
        ("own", Value::from(vec![own])),
        ("team", Value::from(vec![team])),
        ("inside", Value::from(true)),
    ])
}

/// What only the mail uses that tells where things stand.
fn sample_standing(name: &str, now: &str) -> Values {
    let other = Values::from([
        ("number", text("9")),
        ("subject", text("Invoice 4711")),
        ("status", text("pending")),
    ]);
    let mut values = Values::from([
        ("proved", Value::from(true)),
        ("opened", text(now)),
        ("silenced", lines(&[])),
    ]);
    if name == "standing" {
        values.insert("others", Value::from(vec![other]));
        values.insert("overdue", Value::from(()));
    }
    values
}

fn text(text: &str) -> Value {
    Value::from(text.to_owned())
}

fn lines(lines: &[&str]) -> Value {
    Value::from(lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())
}

/// What only mails to agents and the owner use.
fn sample_inside(config: &Config, name: &str, now: &str) -> Values {
    Values::from([
        ("internal", Value::from(false)),
        ("to_do_by", Value::from(())),
        ("late", Value::from(())),
        ("was_due", Value::from(())),
        ("wordless", Value::from(false)),
        ("prefix", text("")),
        ("parts", lines(&["Your text went to ada@example.org."])),
        ("warning", Value::from(())),
        (
            "overdue",
            if name.starts_with("ack") { Value::from(now.to_owned()) } else { Value::from(false) },
        ),
        ("status", text("new")),
        ("priority", text("normal")),
        ("queue", text("support")),
        ("assignee", text("nobody has it yet")),
        (
            "why",
            text(if name == "held" {
                "a line of it looks like a command"
            } else {
                "has the number in its subject"
            }),
        ),
        ("others", lines(&["#9 Invoice 4711 (open)"])),
        (
            "earlier",
            Value::from(vec![BTreeMap::from([
                ("at", "2026-11-23 16:40"),
                ("who", "Bob Brown"),
                ("text", "Which version is it?"),
            ])]),
        ),
        ("history", text("On Mon, 23 Nov 2026, Vince wrote:\n> Ask the desk.")),
        ("more", Value::from(4)),
        ("elsewhere", text("ada@home.example")),
        ("author_address", text("ada@example.org")),
        ("line", text("#clsoe")),
        ("advice", text("send your text again without that line.")),
        ("inbox", text("40")),
        ("size", text("60 MB")),
        ("limit", text("53 MB")),
        ("mailbox", text(&config.imap.mailbox)),
        ("unproven", Value::from(false)),
        ("recipient", text("ada@example.org")),
        ("words", text("550 5.1.1 no such user")),
        ("mail", text("answer")),
        (
            "what",
            text(if name == "reminder" {
                "You wanted to be reminded of this."
            } else {
                "The mailbox cannot be read: connection refused"
            }),
        ),
        ("count", text("17")),
        ("tickets", text("6")),
        (
            "lines",
            if name == "transcript" {
                lines(&["✔ #close: solved", "✔ #tag +export: tags: export"])
            } else {
                lines(&[
                    "2026-11-24 09:12 #12 Ada Lovelace added: The export stops after 500 lines",
                ])
            },
        ),
    ])
}
