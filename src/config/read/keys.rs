//! The table of all keys, and the search for the one that was meant.

/// Every section with its keys, in the order of the manual. What is not here is unknown;
/// `[queues.hours]` has those of `hours`.
pub const KEYS: [(&str, &[&str]); 18] = [
    (
        "desk",
        &[
            "name",
            "address",
            "aliases",
            "data_dir",
            "own_lists",
            "spam_header",
            "footer",
            "history",
            "owner",
            "owner_name",
            "time_zone",
            "language",
            "templates",
            "close_after",
            "reopen_within",
            "digest",
            "digest_at",
            "offers",
        ],
    ),
    (
        "imap",
        &[
            "host",
            "port",
            "tls",
            "ca_file",
            "username",
            "password",
            "password_file",
            "password_command",
            "password_env",
            "mailbox",
            "after",
            "first_start",
            "poll_interval",
            "idle",
        ],
    ),
    (
        "imap.oauth2",
        &[
            "provider",
            "tenant",
            "client_id",
            "client_secret",
            "client_secret_file",
            "client_secret_command",
            "client_secret_env",
            "secret_expires",
            "flow",
            "authorization_url",
            "device_url",
            "token_url",
            "scopes",
            "redirect_port",
            "ca_file",
        ],
    ),
    (
        "smtp",
        &[
            "host",
            "port",
            "tls",
            "ca_file",
            "username",
            "password",
            "password_file",
            "password_command",
            "password_env",
            "bounce_address",
            "messages_per_minute",
            "connections",
            "sent_copy",
        ],
    ),
    (
        "authentication",
        &["authserv_id", "stamps", "trusted_hops", "check_dkim", "dns", "unsafe_trust_from"],
    ),
    (
        "agents",
        &[
            "name",
            "handle",
            "address",
            "aliases",
            "role",
            "may",
            "queues",
            "skills",
            "capacity",
            "backup",
            "signature",
            "receipts",
            "digest",
            "digest_at",
        ],
    ),
    (
        "queues",
        &["name", "assign", "skill", "sla", "ladder", "survey", "footer", "hours", "checklist"],
    ),
    ("details", &["name", "ask", "words"]),
    (
        "rules",
        &[
            "name", "to", "from", "subject", "body", "language", "headers", "vip", "queue",
            "assign", "skill", "priority", "tags",
        ],
    ),
    ("priority", &["vip", "vip_priority", "urgent", "high", "low"]),
    ("forms", &["from", "line"]),
    ("sla", &["first_answer", "next_answer", "update", "solution", "low", "high", "urgent"]),
    ("ladder", &["reminder", "backup", "lead", "owner", "unowned", "digest"]),
    ("survey", &["wanted", "bad_mark", "every"]),
    (
        "hours",
        &[
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "holidays",
            "time_zone",
        ],
    ),
    (
        "limits",
        &[
            "message_size",
            "acknowledgements_per_address_and_day",
            "acknowledgements_per_hour",
            "notifications_per_agent_and_hour",
            "undo_window",
        ],
    ),
    ("metrics", &["listen"]),
    ("hooks", &["name", "events", "command", "deadline"]),
];

/// Words that other programs use for what is called otherwise here.
const ELSEWHERE: [(&str, &str); 18] = [
    ("server", "host"),
    ("hostname", "host"),
    ("user", "username"),
    ("login", "username"),
    ("pass", "password"),
    ("secret", "password"),
    ("ssl", "tls"),
    ("encryption", "tls"),
    ("security", "tls"),
    ("email", "address"),
    ("mail", "address"),
    ("folder", "mailbox"),
    ("inbox", "mailbox"),
    ("interval", "poll_interval"),
    ("tz", "time_zone"),
    ("lang", "language"),
    ("agent", "agents"),
    ("queue", "queues"),
];

/// The keys of a section; none for a section that does not exist.
pub fn of(section: &str) -> &'static [&'static str] {
    KEYS.iter().find(|(name, _)| *name == section).map_or(&[], |(_, keys)| keys)
}

/// Whether that is a section of its own within another.
pub fn is_within(section: &str, key: &str) -> bool {
    let name = format!("{section}.{key}");
    KEYS.iter().any(|(known, _)| *known == name)
}

/// The names of all sections that stand for themselves.
pub fn sections() -> Vec<&'static str> {
    KEYS.iter().map(|(name, _)| *name).filter(|name| !name.contains('.')).collect()
}

/// What to say about a key that `section` does not have; `""` is the top of the file.
pub fn advice(key: &str, section: &str, known: &[&'static str]) -> String {
    let sort = if section.is_empty() { "section" } else { "key" };
    if let Some(meant) = nearest(key, known) {
        return format!("there is no such {sort}; did you mean {meant}?");
    }
    let elsewhere: Vec<_> = KEYS
        .iter()
        .filter(|(_, keys)| keys.contains(&key))
        .map(|(name, _)| format!("[{name}]"))
        .collect();
    match (elsewhere.is_empty(), section) {
        (false, "") => {
            format!("stands before the first section; it belongs in {}", elsewhere.join(" or "))
        }
        (false, _) => {
            format!("there is no such key here; it belongs in {}", elsewhere.join(" or "))
        }
        (true, _) => format!("there is no such {sort}; there are {}", known.join(", ")),
    }
}

/// The word that was most likely meant, if one of them is near.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.trim().to_lowercase().replace('-', "_");
    let other = ELSEWHERE.iter().find(|(alien, _)| *alien == word).map(|(_, ours)| *ours);
    let translated = known.iter().copied().find(|ours| Some(*ours) == other);
    let begun = || {
        let mut longer =
            known.iter().copied().filter(|ours| word.len() >= 3 && ours.starts_with(&word));
        longer.next().filter(|_| longer.next().is_none())
    };
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let spelt = || {
        let distances = known
            .iter()
            .map(|ours| (distance(&word, &ours.to_lowercase().replace('-', "_")), *ours));
        distances
            .filter(|(far, _)| *far <= allowed)
            .min_by_key(|(far, _)| *far)
            .map(|(_, ours)| ours)
    };
    translated.or_else(begun).or_else(spelt)
}

/// How many letters must be added, dropped or changed (Levenshtein). Quadratic, so what is far too
/// long is infinitely far.
fn distance(from: &str, to: &str) -> usize {
    const LONGEST: usize = 64;
    let to: Vec<char> = to.chars().collect();
    if from.len() > LONGEST || to.len() > LONGEST {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut left = index + 1;
        let mut next = vec![left];
        for (other, above) in to.iter().zip(row.windows(2)) {
            let [corner, up] = above else { continue };
            left = (corner + usize::from(letter != *other)).min(up + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
