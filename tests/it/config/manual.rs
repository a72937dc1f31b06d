//! That `config.example.toml`, the manual of the settings, is complete and tells the truth.

use std::collections::BTreeSet;

use postdesk::config::{self, KEYS};

use super::{EXAMPLE, bad, good};

/// `# key = value` lines of the example that are not the default but an instance.
const INSTANCES: [&str; 70] = [
    "digest_at",
    "checklist",
    "name = \"model\"",
    "ask",
    "words",
    "from",
    "line",
    "signature",
    "footer",
    "spam_header",
    "may",
    "aliases",
    "own_lists",
    "templates",
    "ca_file",
    "password",
    "password_file",
    "password_command",
    "password_env",
    "provider",
    "tenant",
    "client_id",
    "client_secret_file",
    "client_secret_command",
    "client_secret_env",
    "client_secret",
    "secret_expires",
    "flow",
    "redirect_port",
    "authorization_url",
    "device_url",
    "token_url",
    "scopes",
    "first_start",
    "bounce_address",
    "messages_per_minute",
    "sent_copy",
    "authserv_id",
    "stamps",
    "trusted_hops",
    "dns",
    "skills",
    "capacity",
    "skill",
    "name = \"Invoices\"",
    "to",
    "subject",
    "body",
    "language = [\"de\", \"fr\"]",
    "headers",
    "vip",
    "queue",
    "assign = \"bob\"",
    "priority",
    "tags",
    "urgent",
    "high",
    "low",
    "holidays",
    "hours",
    "ladder",
    "survey",
    "owner_name",
    "name = \"tracker\"",
    "events",
    "listen",
    "command",
    "deadline",
    "backup = \"alice\"",
    "sla",
];

/// Section, key and line number of every key of the example, whether commented out or not.
fn example_keys() -> Vec<(String, String, usize, bool)> {
    let mut section = String::new();
    let mut all = Vec::new();
    for (index, line) in EXAMPLE.lines().enumerate() {
        if let Some(name) = header(line) {
            section = name.to_owned();
        }
        let commented = line.strip_prefix("# ");
        let Some((key, _)) = commented.unwrap_or(line).split_once(" = ") else { continue };
        if !key.is_empty()
            && key.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
        {
            all.push((section.clone(), key.to_owned(), index, commented.is_some()));
        }
    }
    all
}

/// The name of the section that begins with a line; one that most desks do without is commented
/// out.
fn header(line: &str) -> Option<&str> {
    let line = line.strip_prefix("# ").filter(|rest| rest.ends_with(']')).unwrap_or(line);
    line.starts_with('[').then(|| line.trim_matches(['[', ']']))
}

/// The example with these lines, and what they need: their section, and its first key.
fn example_with(lines: &BTreeSet<usize>) -> String {
    let mut lines = lines.clone();
    let all: Vec<&str> = EXAMPLE.lines().collect();
    for line in lines.clone() {
        let head = (0..line).rev().find(|above| header(all[*above]).is_some()).unwrap();
        let first = (head..line).find(|below| all[*below].contains(" = "));
        if all[head].starts_with("# ") {
            lines.extend([Some(head), first].into_iter().flatten());
        }
    }
    let uncommented = EXAMPLE
        .lines()
        .enumerate()
        .map(|(index, line)| if lines.contains(&index) { &line[2..] } else { line });
    uncommented.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_good_as_it_is() {
    let config = good(EXAMPLE);
    assert_eq!(config.agents[0].handle, "bob");
}

#[test]
fn the_example_names_every_key_and_no_other() {
    let known: BTreeSet<_> = KEYS
        .iter()
        .flat_map(|(section, keys)| {
            keys.iter().map(|key| ((*section).to_owned(), (*key).to_owned()))
        })
        .collect();
    let shown: Vec<_> =
        example_keys().into_iter().map(|(section, key, ..)| (section, key)).collect();
    assert_eq!(shown.iter().cloned().collect::<BTreeSet<_>>(), known);
    assert_eq!(shown.len(), known.len(), "each key once");
    let sections: Vec<_> = EXAMPLE.lines().filter_map(header).collect();
    assert_eq!(
        sections,
        KEYS.iter().map(|(section, _)| *section).collect::<Vec<_>>(),
        "in the same order"
    );
}

#[test]
fn what_the_example_comments_out_parses_when_uncommented() {
    for (section, key, line, commented) in example_keys() {
        if !commented || DAYS_CLOSED.contains(&key.as_str()) {
            continue;
        }
        let mut text = example_with(&BTreeSet::from([line]));
        if key.starts_with("password") {
            let file = format!("password_file = \"{section}-password\"\n");
            assert!(text.contains(&file));
            text = text.replace(&file, "");
        }
        if section == "imap.oauth2" {
            // In the place of a password, and never without a client.
            text = text.replace("password_file = \"imap-password\"\n", "");
            if key != "client_id" {
                text = text.replace("\"microsoft\"\n", "\"microsoft\"\nclient_id = \"desk\"\n");
            }
        }
        if section == "hooks" && key != "command" {
            text = text.replace("name = \"tracker\"", "name = \"tracker\"\ncommand = [\"true\"]");
        }
        if section == "details" && key != "ask" {
            // A detail is a name and its question.
            text = text.replace("name = \"model\"", "name = \"model\"\nask = \"Which?\"");
        }
        if key == "backup" {
            // Somebody else.
            text.push_str(
                "\n[[agents]]\nname = \"Alice Archer\"\naddress = \"alice@example.com\"\n",
            );
        }
        good(&text);
    }
}

/// Days which alone in a week would leave nobody at work.
const DAYS_CLOSED: [&str; 2] = ["saturday", "sunday"];

#[test]
fn what_the_example_calls_the_default_is_the_default() {
    let is_instance = |key: &str, line: usize| {
        let text = EXAMPLE.lines().nth(line).unwrap();
        INSTANCES.iter().any(|one| *one == key || text.strip_prefix("# ") == Some(one))
    };
    let keys = example_keys();
    let lines: BTreeSet<usize> = keys
        .iter()
        .filter(|(_, key, line, commented)| *commented && !is_instance(key, *line))
        .map(|(_, _, line, _)| *line)
        .collect();
    assert!(lines.len() > 25, "{}", lines.len());
    assert_eq!(format!("{:#?}", good(&example_with(&lines))), format!("{:#?}", good(EXAMPLE)));
}

#[test]
fn every_key_of_the_table_is_read() {
    // What no reader asks for would be accepted in silence, even if it is nonsense.
    for (section, keys) in KEYS {
        for key in keys {
            let twice =
                ["agents", "queues", "rules", "details", "forms", "hooks"].contains(&section);
            let header = if twice { format!("[[{section}]]") } else { format!("[{section}]") };
            let complaints = bad(&format!("{header}\n{key} = inf\n"));
            let wanted = |one: &&config::Complaint| {
                one.line == Some(2) && one.key == format!("{section}.{key}")
            };
            let found = complaints.all.iter().find(wanted);
            assert!(
                found.is_some_and(|one| !one.what.contains("no such key")),
                "{section}.{key}: {}",
                complaints.to_text()
            );
        }
    }
}

#[test]
fn the_manual_has_the_table_of_rights() {
    let manual = config::Right::manual();
    assert!(EXAMPLE.contains(&manual), "config.example.toml lacks this block:\n{manual}");
}
