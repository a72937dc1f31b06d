//! The table of faults: each is one slip in a file that is good otherwise.

use super::{bad, line_of, names, sla, with};

/// One fault each: the section it is put into, the lines, the line at fault, the key, and words of
/// the complaint.
pub const FAULTS: &[(&str, &str, &str, &str, &str)] = &[
    ("[desk]", "adress = \"x\"", "adress", "desk.adress", "did you mean address?"),
    ("[desk]", "host = \"x\"", "host = \"x\"", "desk.host", "belongs in [imap] or [smtp]"),
    ("[desk]", "colour = \"x\"", "colour", "desk.colour", "there are name, address"),
    ("[desk]", "\"a\\u0007b\" = 1", "u0007", "desk.\"a\\u{7}b\"", "no such key"),
    ("[desk]", "time_zone = \"Berlin\"", "Berlin", "desk.time_zone", "\"Europe/Berlin\""),
    ("[desk]", "time_zone = \"Europe/Brelin\"", "Brelin", "desk.time_zone", "write its name like"),
    ("[desk]", "time_zone = 1", "time_zone", "desk.time_zone", "text in quotes, not a number"),
    ("[desk]", "data_dir = \"\"", "data_dir", "desk.data_dir", "is empty"),
    ("[desk]", "own_lists = \"a.test\"", "own_lists", "desk.own_lists", "a list in brackets"),
    (
        "[desk]",
        "own_lists = [\n\"a.test\",\n\"a b\"]",
        "\"a b\"",
        "desk.own_lists",
        "not a List-Id",
    ),
    ("[desk]", "aliases = \"info@a.test\"", "aliases", "desk.aliases", "a list in brackets"),
    ("[desk]", "aliases = [\"info\"]", "info", "desk.aliases", "not an address"),
    ("[desk]", "history = \"some\"", "history", "desk.history", "none of none, last, all"),
    ("[desk]", "footer = \" \"", "footer", "desk.footer", "is empty"),
    (
        "[desk]",
        "spam_header = \"junk mail: yes\"",
        "spam_header",
        "desk.spam_header",
        "no header field",
    ),
    ("[desk]", "spam_header = \": yes\"", "spam_header", "desk.spam_header", "no header field"),
    ("[desk]", "language = \"Deutsch, bitte\"", "language", "desk.language", "not a language"),
    ("[desk]", "close_after = \"0s\"", "close_after", "desk.close_after", "between 1m and 3650d"),
    ("[desk]", "close_after = \"7\"", "close_after", "desk.close_after", "not a duration"),
    ("[desk]", "close_after = 7", "close_after", "desk.close_after", "write \"7s\""),
    ("[desk]", "reopen_within = \"ages\"", "ages", "desk.reopen_within", "not a duration"),
    (
        "[desk]",
        "reopen_within = \"99999999999999999999d\"",
        "9999d",
        "desk.reopen_within",
        "not a duration",
    ),
    ("[desk]", "templates = [\"a\"]", "templates", "desk.templates", "text in quotes, not a list"),
    ("[imap]", "port = 0", "port = 0", "imap.port", "between 1 and 65535"),
    ("[imap]", "port = 65536", "65536", "imap.port", "between 1 and 65535"),
    ("[imap]", "port = -1", "-1", "imap.port", "between 1 and 65535"),
    ("[imap]", "port = \"993\"", "\"993\"", "imap.port", "whole number without quotes"),
    ("[imap]", "port = 99.3", "99.3", "imap.port", "not a number with a fraction"),
    ("[imap]", "tls = \"ssl\"", "\"ssl\"", "imap.tls", "none of implicit, starttls, none"),
    ("[imap]", "tls = \"start-tls\"", "start-tls", "imap.tls", "did you mean \"starttls\"?"),
    ("[imap]", "tls = true", "tls = true", "imap.tls", "text in quotes"),
    ("[imap]", "tls = \"none\"", "tls", "imap.tls", "on this very machine"),
    ("[imap]", "ssl = true", "ssl", "imap.ssl", "did you mean tls?"),
    ("[imap]", "user = \"x\"", "user = ", "imap.user", "did you mean username?"),
    (
        "[imap]",
        "password_file = \"x\"",
        "password_file",
        "imap.password_file",
        "stands beside password",
    ),
    ("[imap]", "password_env = \"X\"", "password_env", "imap.password_env", "only one of them"),
    ("[imap]", "mailbox = \"\"", "mailbox", "imap.mailbox", "is empty"),
    ("[imap]", "mailbox = \"a\\nb\"", "mailbox", "imap.mailbox", "line break"),
    (
        "[imap]",
        "after = \"delete\"",
        "delete",
        "imap.after",
        "must be \"keyword\", \"nothing\" or { move",
    ),
    ("[imap]", "after = { move = \"\" }", "move", "imap.after", "the folder to move to is empty"),
    ("[imap]", "after = { move = 1 }", "move", "imap.after", "text in quotes"),
    ("[imap]", "after = { copy = \"x\" }", "copy", "imap.after", "must be"),
    ("[imap]", "after = { move = \"x\", mark = true }", "mark", "imap.after", "must be"),
    ("[imap]", "after = 3", "after", "imap.after", "not a number"),
    ("[imap]", "after = { move = \"Inbox\" }", "move", "imap.after", "already lies"),
    ("[imap]", "first_start = \"old\"", "old", "imap.first_start", "none of all, quiet, new"),
    ("[imap]", "poll_interval = \"500ms\"", "500ms", "imap.poll_interval", "not a duration"),
    ("[imap]", "poll_interval = \"0s\"", "0s", "imap.poll_interval", "between 1s and 1d"),
    ("[imap]", "poll_interval = \"25h\"", "25h", "imap.poll_interval", "between 1s and 1d"),
    ("[imap]", "idle = \"yes\"", "idle", "imap.idle", "true or false, without quotes"),
    (
        "[imap]",
        "bounce_address = \"b@desk.test\"",
        "bounce",
        "imap.bounce_address",
        "belongs in [smtp]",
    ),
    (
        "[smtp]",
        "username = \"x\"",
        "username = \"x\"",
        "smtp.username",
        "has no password beside it",
    ),
    (
        "[smtp]",
        "password = \"s3cret-smtp\"",
        "s3cret-smtp",
        "smtp.password",
        "has no username beside it",
    ),
    ("[smtp]", "username = \"x\"\npassword = \"\"", "password = \"\"", "smtp.password", "is empty"),
    (
        "[smtp]",
        "username = \"x\"\npassword_command = \"pass x\"",
        "pass x",
        "smtp.password_command",
        "no shell",
    ),
    (
        "[smtp]",
        "username = \"x\"\npassword_command = []",
        "command",
        "smtp.password_command",
        "names no program",
    ),
    (
        "[smtp]",
        "username = \"x\"\npassword_env = \"$s3cret\"",
        "$s3cret",
        "smtp.password_env",
        "environment variable",
    ),
    ("[smtp]", "bounce_address = \"none\"", "bounce", "smtp.bounce_address", "not an address"),
    ("[smtp]", "messages_per_minute = 0", "minute", "smtp.messages_per_minute", "between 1 and"),
    ("[smtp]", "connections = 0", "connections", "smtp.connections", "between 1 and 100"),
    ("[smtp]", "sent_copy = \"\"", "sent_copy", "smtp.sent_copy", "is empty"),
    (
        "[smtp]",
        "sent_copy = \"inbox\"",
        "inbox",
        "smtp.sent_copy",
        "each answer would come in again",
    ),
    ("[smtp]", "sent_copy = true", "sent_copy", "smtp.sent_copy", "must be text in quotes"),
    ("[imap]", "sent_copy = \"Sent\"", "sent_copy", "imap.sent_copy", "belongs in [smtp]"),
    ("[desk]", "digest = \"no\"", "digest", "desk.digest", "true or false"),
    ("[desk]", "digest_at = 8", "digest_at", "desk.digest_at", "text in quotes"),
    ("[desk]", "digest_at = \"24:00\"", "24:00", "desk.digest_at", "a time of day such as"),
    ("[[agents]]", "digest_at = \"half past 8\"", "half", "agents.digest_at", "a time of day"),
    ("[[agents]]", "receipts = \"yes\"", "receipts", "agents.receipts", "true or false"),
    ("[smtp]", "mailbox = \"x\"", "mailbox", "smtp.mailbox", "belongs in [imap]"),
    (
        "[authentication]",
        "authserv_id = \"\"",
        "authserv",
        "authentication.authserv_id",
        "is empty",
    ),
    (
        "[authentication]",
        "trusted_hops = [\"a b\", 3]",
        "hops",
        "authentication.trusted_hops",
        "not the name of a server",
    ),
    (
        "[authentication]",
        "check_dkim = \"yes\"",
        "dkim",
        "authentication.check_dkim",
        "true or false, without quotes",
    ),
    ("[authentication]", "dns = \"127.0.0.1\"", "dns", "authentication.dns", "a list in brackets"),
    (
        "[authentication]",
        "dns = [\"ns.desk.test\"]",
        "ns.desk",
        "authentication.dns",
        "not the address of a name server",
    ),
    (
        "[authentication]",
        "dns = [\"127.0.0.1:0\"]",
        "dns",
        "authentication.dns",
        "not the address of a name server",
    ),
    (
        "[authentication]",
        "unsafe_trust_from = 1",
        "unsafe",
        "authentication.unsafe_trust_from",
        "true or false",
    ),
    ("[[agents]]", "role = \"boss\"", "boss", "agents.role", "none of agent, lead"),
    ("[[agents]]", "handle = \"a lice\"", "a lice", "agents.handle", "one word"),
    ("[[agents]]", "handle = \"None\"", "handle", "agents.handle", "something else in commands"),
    (
        "[[agents]]",
        "aliases = [\"support@desk.test\"]",
        "aliases",
        "agents.aliases",
        "of the desk or of another agent",
    ),
    (
        "[[agents]]",
        "aliases = [\"Alice@Desk.test\"]",
        "aliases",
        "agents.aliases",
        "of the desk or of another agent",
    ),
    (
        "[[agents]]",
        "may = [\"everything\"]",
        "everything",
        "agents.may",
        "none of merge, broadcast, erase",
    ),
    ("[[agents]]", "queues = [\"suport\"]", "suport", "agents.queues", "did you mean \"support\"?"),
    ("[[agents]]", "skills = [\"\"]", "skills", "agents.skills", "is empty"),
    ("[[agents]]", "email = \"x\"", "email", "agents.email", "did you mean address?"),
    (
        "[[agents]]",
        "name = \"B\"\naddress = \"SUPPORT@desk.test\"\n[[agents]]",
        "SUPPORT@",
        "agents.address",
        "desk's own address",
    ),
    (
        "[[agents]]",
        "name = \"B\"\naddress = \"ALICE@desk.test\"\n[[agents]]",
        "alice@",
        "agents.address",
        "two agents have the address",
    ),
    (
        "[[agents]]",
        "name = \"B\"\naddress = \"alice@other.test\"\n[[agents]]",
        "[[agents]]#2",
        "agents.handle",
        "handle of \"B\" already",
    ),
    (
        "[[agents]]",
        "address = \"b@desk.test\"\n[[agents]]",
        "[[agents]]",
        "agents.name",
        "is missing",
    ),
    ("[[queues]]", "assign = \"everyone\"", "[[queues]]", "queues.name", "is missing"),
    (
        "[[queues]]",
        "name = \"q\"\nassign = \"all\"",
        "assign",
        "queues.assign",
        "everyone, round-robin, least-open",
    ),
    (
        "[[queues]]",
        "name = \"q\"\nassign = \"roundrobin\"",
        "assign",
        "queues.assign",
        "did you mean \"round-robin\"?",
    ),
    ("[[queues]]", "name = \"q\"\n[[queues]]\nname = \"Q\"", "\"Q\"", "queues.name", "two queues"),
    (
        "[[queues]]",
        "name = \"q\"\nhours = { mon = \"09:00-10:00\" }",
        "mon",
        "queues.hours.mon",
        "did you mean monday?",
    ),
    ("[[queues]]", "name = \"q\"\nhours = \"9-5\"", "9-5", "queues.hours", "must be a table"),
    (
        "[[queues]]",
        "name = \"q\"\n[queues.hours]\nmonday = \"9\"",
        "monday",
        "queues.hours.monday",
        "not an opening",
    ),
    ("[[agents]]", "backup = \"nobody\"", "backup", "agents.backup", "the handle of no agent"),
    ("[[rules]]", "queue = \"support\"", "[[rules]]", "rules.name", "is missing"),
    (
        "[[rules]]",
        "name = \"\\u200b\"",
        "name = \"\\u200b\"",
        "rules.name",
        "no letter that people see",
    ),
    ("[[rules]]", "name = \"a\"\n[[rules]]\nname = \"A!\"", "\"A!\"", "rules.name", "two rules"),
    (
        "[[rules]]",
        "name = \"a\"\nqueue = \"suport\"",
        "suport",
        "rules.queue",
        "no such queue: \"suport\" is none of support; did you mean \"support\"?",
    ),
    (
        "[[rules]]",
        "name = \"a\"\nassign = \"bob\"",
        "bob",
        "rules.assign",
        "is no agent: \"bob\" is none of alice",
    ),
    ("[[rules]]", "name = \"a\"\nto = \"support\"", "to = ", "rules.to", "neither an address"),
    ("[[rules]]", "name = \"a\"\nfrom = []", "from = ", "rules.from", "empty list"),
    (
        "[[rules]]",
        "name = \"a\"\nfrom = [\"a@b.test\", \"@\"]",
        "\"@\"",
        "rules.from",
        "nor a domain",
    ),
    ("[[rules]]", "name = \"a\"\nsubject = \"!?\"", "!?", "rules.subject", "no word in it"),
    (
        "[[rules]]",
        "name = \"a\"\nlanguage = \"german\"",
        "german",
        "rules.language",
        "not a language such as",
    ),
    (
        "[[rules]]",
        "name = \"a\"\nheaders = \"X-Shop\"",
        "headers",
        "rules.headers",
        "must be a table",
    ),
    (
        "[[rules]]",
        "name = \"a\"\nheaders = { \"X Shop\" = \"a\" }",
        "X Shop",
        "rules.headers",
        "not the name of a header",
    ),
    (
        "[[rules]]",
        "name = \"a\"\nheaders = { X-Shop = false }",
        "false",
        "rules.headers",
        "or true",
    ),
    ("[[rules]]", "name = \"a\"\nvip = \"yes\"", "vip", "rules.vip", "true or false"),
    (
        "[[rules]]",
        "name = \"a\"\npriority = \"very high\"",
        "very high",
        "rules.priority",
        "low, normal, high, urgent",
    ),
    (
        "[[rules]]",
        "name = \"a\"\ntags = [\"two words\"]",
        "two words",
        "rules.tags",
        "not one word",
    ),
    ("[priority]", "vip = \"example\"", "example", "priority.vip", "neither an address"),
    ("[priority]", "vip_priority = \"top\"", "top", "priority.vip_priority", "none of low"),
    ("[priority]", "urgent = \"-\"", "urgent", "priority.urgent", "no word in it"),
    ("[[queues]]", "name = \"q\"\nskill = \"\"", "skill", "queues.skill", "is empty"),
    ("[hours]", "monday = \"17:00-09:00\"", "monday", "hours.monday", "ends before it starts"),
    ("[hours]", "monday = \"09:00-09:00\"", "monday", "hours.monday", "ends before it starts"),
    ("[hours]", "monday = \"24:00-24:00\"", "monday", "hours.monday", "ends before it starts"),
    ("[hours]", "monday = \"09:00-25:00\"", "monday", "hours.monday", "not an opening"),
    ("[hours]", "monday = \"09:00-17:60\"", "monday", "hours.monday", "not an opening"),
    (
        "[hours]",
        "monday = [\n\"09:00-12:00\",\n\"11:59-13:00\"]",
        "11:59",
        "hours.monday",
        "the opening at 11:59 overlaps",
    ),
    (
        "[hours]",
        "monday = [\"00:00-24:00\", \"13:00-14:00\"]",
        "monday",
        "hours.monday",
        "13:00 overlaps",
    ),
    ("[hours]", "monday = \"open\"", "monday", "hours.monday", "nor \"closed\""),
    (
        "[hours]",
        "monday = \"closed\"\nfriday = []",
        "monday",
        "hours.monday",
        "nobody would ever be at work",
    ),
    ("[hours]", "holidays = [\"25.12.2026\"]", "holidays", "hours.holidays", "not a date"),
    ("[hours]", "holidays = [\"2026-02-30\"]", "holidays", "hours.holidays", "not a date"),
    (
        "[hours]",
        "holidays = [\"2026-12-25\",\n2026-12-25T10:00:00]",
        "T10",
        "hours.holidays",
        "not a date",
    ),
    ("[limits]", "message_size = \"50\"", "size", "limits.message_size", "not a size"),
    ("[limits]", "message_size = \"50 potatoes\"", "size", "limits.message_size", "not a size"),
    ("[limits]", "message_size = 0", "size", "limits.message_size", "between 1KiB and 1GiB"),
    ("[limits]", "message_size = \"9GiB\"", "size", "limits.message_size", "between 1KiB and 1GiB"),
    (
        "[limits]",
        "acknowledgements_per_address_and_day = -5",
        "-5",
        "limits.acknowledgements_per_address_and_day",
        "between 0",
    ),
    (
        "[limits]",
        "acknowledgements_per_hour = 0",
        "per_hour",
        "limits.acknowledgements_per_hour",
        "between 1",
    ),
    (
        "[limits]",
        "notifications_per_agent_and_hour = 0",
        "notif",
        "limits.notifications_per_agent_and_hour",
        "between 1",
    ),
    ("[limits]", "undo_window = \"2d\"", "undo", "limits.undo_window", "between 0s and 1d"),
    (
        "[limit]",
        "undo_window = \"2d\"",
        "[limit]",
        "limit",
        "no such section; did you mean limits?",
    ),
    ("[plugins]", "", "[plugins]", "plugins", "there is no such section"),
    ("[[limits]]", "undo_window = \"2s\"", "[[limits]]", "limits", "one pair of brackets"),
    ("[queues]", "name = \"q\"", "[queues]", "queues", "two pairs of brackets"),
];

#[test]
fn each_fault_is_named_with_its_line_and_key() {
    for (section, lines, at, key, words) in FAULTS.iter().chain(names::FAULTS).chain(sla::FAULTS) {
        let text = with(section, lines);
        let complaints = bad(&text);
        let line = match at.split_once('#') {
            Some((needle, "2")) => text
                .lines()
                .enumerate()
                .filter(|(_, line)| line.contains(needle))
                .nth(1)
                .map(|(index, _)| index + 1),
            _ => line_of(&text[text.find(section).unwrap()..], at)
                .map(|line| line + text[..text.find(section).unwrap()].matches('\n').count()),
        };
        let found = complaints
            .all
            .iter()
            .any(|one| one.line == line && one.key == *key && one.what.contains(words));
        assert!(
            found,
            "wanted {line:?} {key} {words:?} for {lines:?}, got\n{}",
            complaints.to_text()
        );
    }
    assert!(FAULTS.len() >= 60);
}

#[test]
fn a_fault_is_complained_about_once() {
    let chatty: Vec<_> = FAULTS
        .iter()
        .chain(names::FAULTS)
        .chain(sla::FAULTS)
        .map(|(section, lines, ..)| bad(&with(section, lines)))
        .filter(|complaints| complaints.all.len() > 1)
        .map(|complaints| complaints.to_text())
        .collect();
    // One of them has two faults in its list.
    assert_eq!(chatty.len(), 1, "{}", chatty.join("\n\n"));
}

/// A build without the check says so, rather than to hold everything in silence.
#[cfg(not(feature = "dkim"))]
#[test]
fn a_check_that_is_not_built_in_is_refused() {
    let complaints = super::bad(&super::with("[authentication]", "check_dkim = true"));
    assert!(
        complaints.to_text().contains("built without signature checks"),
        "{}",
        complaints.to_text()
    );
}
