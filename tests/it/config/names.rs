//! Names that cannot be meant, and what is hardly meant.

use std::path::Path;

use postdesk::config;

use super::{LEAST, bad, good, instead, with};

/// As in `faults`: the section, the lines, the line at fault, the key, and words of the complaint.
pub const FAULTS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "[authentication]",
        "authserv_id = \"https://mx.desk.test/\"",
        "authserv",
        "authentication.authserv_id",
        "is a URL; write the first word of that field alone, such as \"mx.desk.test\"",
    ),
    (
        "[authentication]",
        "authserv_id = \"mx.desk.test;\"",
        "authserv",
        "authentication.authserv_id",
        "holds a ;, which ends the name in the field; write the first word of that field alone, such as \"mx.desk.test\"",
    ),
    (
        "[authentication]",
        "authserv_id = \"mx.desk.test; spf=pass\"",
        "authserv",
        "authentication.authserv_id",
        "holds a ;",
    ),
    (
        "[authentication]",
        "authserv_id = \"mx.desk.test 1\"",
        "authserv",
        "authentication.authserv_id",
        "is more than one word",
    ),
    (
        "[authentication]",
        "authserv_id = \"alice@desk.test\"",
        "authserv",
        "authentication.authserv_id",
        "is an address",
    ),
    (
        "[authentication]",
        "authserv_id = \"Authentication-Results: mx.desk.test\"",
        "authserv",
        "authentication.authserv_id",
        "is the name of the field; write the first word of that field alone, such as \"mx.desk.test\"",
    ),
    (
        "[authentication]",
        "authserv_id = \"mx.desk.test:993\"",
        "authserv",
        "authentication.authserv_id",
        "holds a port",
    ),
    (
        "[authentication]",
        "authserv_id = \"mx.desk.test.\"",
        "authserv",
        "authentication.authserv_id",
        "has a dot or a hyphen too many",
    ),
    (
        "[authentication]",
        "authserv_id = \"*.desk.test\"",
        "authserv",
        "authentication.authserv_id",
        "holds a sign that stands in no such name",
    ),
    (
        "[authentication]",
        "authserv_id = \"<mx.desk.test>\"",
        "authserv",
        "authentication.authserv_id",
        "holds a sign",
    ),
    (
        "[authentication]",
        "authserv_id = \"Microsoft 365\"",
        "authserv",
        "authentication.authserv_id",
        "more than one word",
    ),
    (
        "[authentication]",
        "authserv_id = \"…\"",
        "authserv",
        "authentication.authserv_id",
        "holds a sign",
    ),
    (
        "[[agents]]",
        "name = \"bob@desk.test\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "looks like an address",
    ),
    (
        "[[agents]]",
        "name = \"Bob <bob@desk.test>\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "looks like an address",
    ),
    (
        "[[agents]]",
        "name = \"Bob (bob＠desk.test)\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "looks like an address",
    ),
    (
        "[[agents]]",
        "name = \"bob(at)desk.test\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "looks like an address",
    ),
    (
        "[[agents]]",
        "name = \"bob at desk.test\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "looks like an address",
    ),
    (
        "[[agents]]",
        "name = \"#close\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "begins like a command",
    ),
    (
        "[[agents]]",
        "name = \"Bob https://x.test\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "holds a link",
    ),
    (
        "[[agents]]",
        "name = \"Bob <boss>\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "holds a bracket",
    ),
    (
        "[[agents]]",
        "name = \"B\u{202e}ob\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "a sign that nobody sees",
    ),
    (
        "[[agents]]",
        "name = \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "too long",
    ),
    (
        "[[agents]]",
        "name = \"Bob, secret.test\"\naddress = \"bob@secret.test\"\n[[agents]]",
        "name",
        "agents.name",
        "holds the host of the agent's address",
    ),
    (
        "[[agents]]",
        "name = \"B\"\naddress = \"support+bob@desk.test\"\n[[agents]]",
        "support+bob",
        "agents.address",
        "comes back as our own mail",
    ),
    (
        "[[agents]]",
        "name = \"B\"\naddress = \"Support+D@DESK.test\"\n[[agents]]",
        "Support+D",
        "agents.address",
        "lands in the desk's own mailbox",
    ),
    (
        "[[agents]]",
        "name = \"B\"\naddress = \"me@desk.test\"\n[[agents]]",
        "[[agents]]",
        "agents.handle",
        "write handle = ",
    ),
    (
        "[[agents]]",
        "name = \"B\"\naddress = \"a#b@desk.test\"\n[[agents]]",
        "[[agents]]",
        "agents.handle",
        "one word without @ and #",
    ),
    (
        "[[agents]]",
        "aliases = [\"support+alice@desk.test\"]",
        "aliases",
        "agents.aliases",
        "of the desk or of another agent",
    ),
    ("[[agents]]", "handle = \"-\"", "handle", "agents.handle", "must be one word"),
    ("[[agents]]", "handle = \"Mine\"", "handle", "agents.handle", "means something else"),
    ("[[queues]]", "name = \"all\"", "name", "queues.name", "means something else"),
    ("[[queues]]", "name = \"Un-assigned\"", "name", "queues.name", "means something else"),
    ("[[queues]]", "name = \"me\"", "name", "queues.name", "means something else"),
    ("[[queues]]", "name = \"#billing\"", "name", "queues.name", "without @ and #"),
    ("[[queues]]", "name = \"q@desk.test\"", "name", "queues.name", "without @ and #"),
    ("[[queues]]", "name = \"--\"", "name", "queues.name", "must be a word"),
    (
        "[[queues]]",
        "name = \"level-2\"\n[[queues]]\nname = \"Level 2\"",
        "Level 2",
        "queues.name",
        "two queues",
    ),
    (
        "[smtp]",
        "bounce_address = \"Alice@desk.test\"",
        "bounce",
        "smtp.bounce_address",
        "is the address of \"Alice\"",
    ),
    (
        "[authentication]",
        "authserv_id = \"mx.desk.test:\"",
        "authserv",
        "authentication.authserv_id",
        "holds a sign that stands in no such name; write the first word of that field alone, such as \"mx.desk.test\"",
    ),
    (
        "[authentication]",
        "authserv_id = \"\\\"mx.desk.test\\\"\"",
        "authserv",
        "authentication.authserv_id",
        "holds a sign",
    ),
    (
        "[authentication]",
        "authserv_id = \"mx.desk.test/1\"",
        "authserv",
        "authentication.authserv_id",
        "holds a sign",
    ),
    (
        "[authentication]",
        "authserv_id = \"-.desk.test\"",
        "authserv",
        "authentication.authserv_id",
        "has a dot or a hyphen too many",
    ),
    (
        "[[agents]]",
        "name = \"bob AT desk DOT test\"\naddress = \"b@desk.test\"\n[[agents]]",
        "name",
        "agents.name",
        "looks like an address",
    ),
];

#[test]
fn a_queue_is_not_named_like_an_agent() {
    for name in ["alice", "ALICE", "Al-ice"] {
        let text = with("[[queues]]", &format!("name = \"{name}\""));
        let said = bad(&text).to_text();
        assert!(said.contains("agents.handle: \"alice\" is the name of a queue too"), "{said}");
    }
    let other = with("[[agents]]", "handle = \"al\"");
    let said = bad(&format!("{other}[[queues]]\nname = \"alice\"\n")).to_text();
    assert!(said.contains("agents.name: \"Alice\" is the name of a queue too"), "{said}");
    // Nobody chose the name of the queue that is there without being written.
    let desk = instead("alice@desk.test", "support@other.test");
    assert!(warned(&desk).contains("the queue \"support\" bears a name of support@other.test"));
}

#[test]
fn what_is_a_name_stays_one() {
    for name in ["Al Meets Bob at night", "Jürgen von Öst", "D'Arcy, Ann-Marie", "李雷", "Zoë 👩‍🔧"]
    {
        good(&instead("name = \"Alice\"", &format!("name = \"{name}\"")));
    }
    for id in ["mx.desk.test", "MX_1", "spamfilter", "mx.google.com", "microsoft365", "mx+1.d.test"]
    {
        good(&with("[authentication]", &format!("authserv_id = \"{id}\"")));
    }
    good(&instead("name = \"Desk\"", "name = \"support@desk.test\""));
    let foreign = bad(&instead("name = \"Desk\"", "name = \"ceo@desk.test\"")).to_text();
    assert!(foreign.contains("desk.name: looks like another address"), "{foreign}");
    // A desk with a detail in its address has a folder of its own in somebody's mailbox.
    good(&instead("\"support@desk.test\"", "\"alice+desk@desk.test\""));
    let dots = LEAST.replace("support@desk.test", "thedesk@gmail.com");
    let dots = dots.replace("alice@desk.test", "the.desk+a@googlemail.com");
    assert!(bad(&dots).to_text().contains("agents.address: \"the.desk+a@googlemail.com\" lands"));
    let owner = bad(&instead("owner@desk.test", "Support+alarm@desk.test")).to_text();
    assert!(owner.contains("desk.owner: is the desk's own address"), "{owner}");
}

fn warned(text: &str) -> String {
    config::warnings(Path::new("none.toml"), &good(text)).join("\n")
}

#[test]
fn what_is_hardly_meant_is_said() {
    let twice = "[[agents]]\nname = \"ALICE\"\naddress = \"alice.a@desk.test\"\n";
    for (text, words) in [
        (format!("{LEAST}{twice}"), "are both named \"Alice\""),
        (format!("{LEAST}{}", twice.replace("alice.a", "alice+phone")), "are one mailbox"),
        (with("[authentication]", "authserv_id = \"imap.gmail.com\""), "\"mx.google.com\""),
        (with("[authentication]", "authserv_id = \"office365\""), "\"microsoft365\""),
        (with("[authentication]", "stamps = \"above\""), "stamps has no effect without"),
        (with("[authentication]", "trusted_hops = [\"a.test\"]"), "trusted_hops has no effect"),
        (
            with("[authentication]", "check_dkim = false\ndns = [\"127.0.0.1\"]"),
            "dns has no effect",
        ),
        (LEAST.replace("desk.test", "example.com"), "stands as in the manual"),
        (instead("imap.desk.test", "imap.example.com"), "imap.host stands as in the manual"),
        (
            instead("host = \"smtp.desk.test\"", "host = \"smtp.gmail.com\"\nsent_copy = \"Sent\""),
            "each answer would lie there twice",
        ),
    ] {
        let said = warned(&text);
        assert!(said.contains(words), "{words}: {said}");
        assert!(!warned(LEAST).contains(words), "{words}");
    }
}

#[test]
fn a_password_that_others_can_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "x\n").unwrap();
    let line = format!("password_file = {secret:?}");
    let text = instead("password = \"s3cret-imap\"", &line);
    for (mode, told) in
        [(0o644, true), (0o640, true), (0o604, true), (0o600, false), (0o400, false)]
    {
        super::set_mode(&secret, mode);
        assert_eq!(warned(&text).contains("chmod 600"), told, "{mode:o}");
    }
}
