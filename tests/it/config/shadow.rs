//! Rules that never do anything are named, and no others.

use postdesk::config;

use super::{FILE, LEAST, good};

/// What is said of rules, in a desk of two queues with a VIP.
fn said(rules: &str) -> Vec<String> {
    let text = format!(
        "{LEAST}skills = [\"sap\"]\n[priority]\nvip = [\"big.test\"]\n[[queues]]\nname = \"support\"\n[[queues]]\nname = \"billing\"\n{rules}"
    );
    let all = config::warnings(FILE.as_ref(), &good(&text));
    all.into_iter().filter(|line| line.contains("rule")).collect()
}

/// Two rules `A` and `B`, each with its conditions and outcomes.
fn two(first: &str, second: &str) -> String {
    format!("[[rules]]\nname = \"A\"\n{first}\n[[rules]]\nname = \"B\"\n{second}\n")
}

#[test]
fn an_earlier_more_general_rule_shadows() {
    for (first, second) in [
        ("from = \"a.test\"", "from = \"ada@a.test\""),
        ("from = \"a.test\"", "from = [\"mail.a.test\", \"x@a.test\"]\nsubject = \"invoice\""),
        ("to = \"support+billing@\"", "to = \"support+billing@desk.test\""),
        ("subject = [\"Invoice\", \"bill\"]", "subject = \"invoice overdue\""),
        ("body = \"schön\"", "body = \"SCHON wieder\"\nlanguage = \"de\""),
        ("language = [\"de\", \"fr\"]", "language = \"de\""),
        ("headers = { X-Shop = true }", "headers = { x-shop = \"books\" }"),
        ("headers = { X-Shop = \"books\" }", "headers = { X-Shop = \"old books\" }\nvip = true"),
        ("vip = true", "from = \"ceo@big.test\""),
        ("", "subject = \"invoice\""),
    ] {
        let both = two(
            &format!("{first}\nqueue = \"billing\""),
            &format!("{second}\nqueue = \"support\""),
        );
        let lines = said(&both);
        assert!(
            lines.len() == 1 && lines[0].contains("\"B\" is unreachable: \"A\" above it"),
            "{both}\n{lines:#?}"
        );
        // The other way round the special one stands first, and both are of use.
        let turned = two(
            &format!("{second}\nqueue = \"support\""),
            &format!("{first}\nqueue = \"billing\""),
        );
        assert_eq!(said(&turned), [""; 0], "{turned}");
    }
}

#[test]
fn what_may_still_apply_is_not_called_shadowed() {
    for (first, second) in [
        // Another mail meets it.
        ("from = \"ada@a.test\"\nqueue = \"billing\"", "from = \"a.test\"\nqueue = \"support\""),
        ("from = \"a.test\"\nqueue = \"billing\"", "from = \"ba.test\"\nqueue = \"support\""),
        ("subject = \"invoice\"\nqueue = \"billing\"", "body = \"invoice\"\nqueue = \"support\""),
        (
            "subject = \"invoice\"\nqueue = \"billing\"",
            "subject = \"invoices\"\nqueue = \"support\"",
        ),
        (
            "to = \"a@desk.test\"\nqueue = \"billing\"",
            "to = \"a+b@desk.test\"\nqueue = \"support\"",
        ),
        // It adds what the first does not say.
        ("queue = \"billing\"", "subject = \"x\"\npriority = \"high\""),
        ("priority = \"high\"", "subject = \"x\"\npriority = \"urgent\""),
        ("tags = \"a\"", "subject = \"x\"\ntags = [\"a\", \"b\"]"),
        ("queue = \"billing\"", "subject = \"x\"\nassign = \"alice\""),
    ] {
        assert_eq!(said(&two(first, second)), [""; 0], "{first}\n{second}");
    }
}

#[test]
fn a_part_that_never_applies_is_named_alone() {
    let both = two("queue = \"billing\"", "subject = \"x\"\nqueue = \"support\"\ntags = \"x\"");
    let lines = said(&both);
    assert_eq!(
        lines,
        ["queue of the rule \"B\" never applies: \"A\" above it takes all that it would"]
    );
}

#[test]
fn rules_of_no_use_are_named() {
    for (rule, words) in [
        ("[[rules]]\nname = \"A\"\nsubject = \"x\"", "does nothing"),
        (
            "[[rules]]\nname = \"A\"\nskill = \"cobol\"",
            "which no agent of the queue \"support\" has",
        ),
    ] {
        let lines = said(rule);
        assert!(lines.len() == 1 && lines[0].contains(words), "{lines:#?}");
    }
    assert_eq!(said("[[rules]]\nname = \"A\"\nskill = \"SAP\""), [""; 0]);
    let text = format!("{LEAST}[[rules]]\nname = \"A\"\nvip = true\ntags = \"vip\"");
    let all = config::warnings(FILE.as_ref(), &good(&text)).join("\n");
    assert!(all.contains("\"A\" is unreachable: no customer is a VIP"), "{all}");
}
