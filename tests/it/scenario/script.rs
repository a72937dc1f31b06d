//! How a conversation is written down.
//!
//! ```text
//! # Lines with a number sign say what it shows.
//! config limits.acknowledgements_per_hour = 2      one setting, over those of `BASE`
//! config without authentication.authserv_id        one setting less
//! template en/acknowledgement.txt                  a text of the operator's, in the lines after it
//! | Subject: …
//! allow command lines                              lifts one of the checks (`invariants.rs`); `allow summary` counts lines
//!                                                  that differ in their numbers only
//!
//! 09:00 mail  From: carol@customer.test  Subject: …  auth=none
//! | body
//! => what happened; UPDATE_EXPECT=1 writes these lines
//!
//! 09:05 ticket  From: ada@example.org  Subject: …
//! | body
//! ```
//!
//! `ticket` is a mail of which nothing is said because nothing but the ordinary follows: it answers
//! nothing that we know, so a ticket is opened with it as its message, the first answer is promised
//! within the queue's hours, its writer gets one acknowledgement and each agent of the queue one
//! notification, at once. That is demanded line by line (`ordinary.rs`): where less, more or
//! anything else happens, the step fails and shows the `=>` lines that a `mail` would have there,
//! and UPDATE_EXPECT=1 writes nothing. What a conversation is about is written out with `mail`.
//!
//! A step begins with a time of the desk's zone (`09:00`, `2026-11-30 09:00`, `+3h`). Its parts are
//! two spaces apart: header fields (`Name: value`) and options (`name=value`). `{ack to carol}`,
//! `{last to bob}`, `{notification to bob on #2}` stand for the id of the last such mail that the
//! relay took. The verbs are those of `Stage::perform`.

use std::collections::{BTreeMap, BTreeSet};

/// A conversation.
#[derive(Clone, Debug)]
pub struct Script {
    /// The name of its file.
    pub name: String,
    /// Its lines as they are.
    pub lines: Vec<String>,
    /// Settings over the base.
    pub config: Vec<String>,
    /// Settings to leave out.
    pub without: Vec<String>,
    /// The operator's own texts.
    pub templates: BTreeMap<String, String>,
    /// Checks that are lifted.
    pub allowed: BTreeSet<String>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub struct Step {
    /// Number of its line, from 1.
    pub line: usize,
    /// Index of the line after its last.
    pub end: usize,
    /// The time as written.
    pub when: String,
    /// What.
    pub verb: String,
    /// The rest of the line.
    pub rest: String,
    /// Lines of text, joined by CRLF.
    pub body: Vec<String>,
    /// What is expected of it.
    pub expected: Vec<String>,
}

impl Script {
    /// Reads a script.
    pub fn parse(name: &str, text: &str) -> Self {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut script = Self {
            name: name.to_owned(),
            lines: lines.clone(),
            config: Vec::new(),
            without: Vec::new(),
            templates: BTreeMap::new(),
            allowed: BTreeSet::new(),
            steps: Vec::new(),
        };
        let mut template: Option<String> = None;
        for (index, line) in lines.iter().enumerate() {
            let line = line.as_str();
            if line.trim().is_empty() || line.starts_with("# ") || line == "#" {
                continue;
            }
            if let Some(body) = line.strip_prefix('|') {
                let body = body.strip_prefix(' ').unwrap_or(body);
                match (script.steps.last_mut(), &template) {
                    (Some(step), _) => {
                        step.body.push(body.to_owned());
                        step.end = index + 1;
                    }
                    (None, Some(file)) => {
                        let text = script.templates.entry(file.clone()).or_default();
                        text.push_str(body);
                        text.push('\n');
                    }
                    (None, None) => panic!("{name}:{}: text that belongs to nothing", index + 1),
                }
            } else if let Some(expected) = line.strip_prefix("=>") {
                let step = script
                    .steps
                    .last_mut()
                    .unwrap_or_else(|| panic!("{name}:{}: expects nothing", index + 1));
                step.expected.push(expected.trim().to_owned());
            } else if let Some(rest) = line.strip_prefix("config without ") {
                script.without.push(rest.trim().to_owned());
            } else if let Some(rest) = line.strip_prefix("config ") {
                script.config.push(rest.to_owned());
            } else if let Some(rest) = line.strip_prefix("template ") {
                template = Some(rest.trim().to_owned());
            } else if let Some(rest) = line.strip_prefix("allow ") {
                script.allowed.insert(rest.trim().to_owned());
            } else {
                script.steps.push(step(name, index, line));
            }
        }
        script
    }

    /// The script with other expectations.
    pub fn with_expectations(&self, actual: &[Vec<String>]) -> String {
        let mut text = String::new();
        for (index, line) in self.lines.iter().enumerate() {
            if !line.starts_with("=>") {
                text.push_str(line);
                text.push('\n');
            }
            for (step, happened) in self.steps.iter().zip(actual) {
                if step.end == index + 1 {
                    for line in happened {
                        text.push_str(format!("=> {line}").trim_end());
                        text.push('\n');
                    }
                }
            }
        }
        text
    }
}

fn step(name: &str, index: usize, line: &str) -> Step {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let when = match first.len() {
        10 if first.starts_with("20") => format!("{first} {}", words.next().unwrap_or_default()),
        _ => first.to_owned(),
    };
    let verb = words
        .next()
        .unwrap_or_else(|| panic!("{name}:{}: nothing happens: {line}", index + 1))
        .to_owned();
    let after_when = line.trim_start()[when.len()..].trim_start();
    let rest = after_when[verb.len()..].trim().to_owned();
    Step {
        line: index + 1,
        end: index + 1,
        when,
        verb,
        rest,
        body: Vec::new(),
        expected: Vec::new(),
    }
}

/// The parts of a step that stand two spaces apart: header fields and options.
pub fn parts(rest: &str) -> (Vec<(String, String)>, BTreeMap<String, String>) {
    let mut fields = Vec::new();
    let mut options = BTreeMap::new();
    for part in rest.split("  ").map(str::trim).filter(|part| !part.is_empty()) {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        match (part.split_once('='), part.split_once(':')) {
            (Some((name, value)), field)
                if is_name(name) && field.is_none_or(|(field, _)| field.len() > name.len()) =>
            {
                options.insert(name.to_owned(), value.to_owned());
            }
            (_, Some((name, value))) if is_name(name) => {
                fields.push((name.to_owned(), value.trim().to_owned()))
            }
            _ => panic!("neither a field nor an option: {part}"),
        }
    }
    (fields, options)
}
