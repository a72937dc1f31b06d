//! `[[hooks]]`: the kinds that can be named are those that there are.

use std::collections::BTreeSet;

use postdesk::config::EVENTS;
use postdesk::desk::Event;

use super::{LEAST, bad, good};

#[test]
fn the_kinds_that_can_be_named_are_those_of_the_desk() {
    // serde lists them in its complaint about one that it does not know.
    let odd = serde_json::json!({"kind": "no such kind"});
    let words = serde_json::from_value::<Event>(odd).unwrap_err().to_string();
    let known: BTreeSet<&str> = words.split('`').skip(3).step_by(2).collect();
    assert!(known.len() > 40, "{words}");
    assert_eq!(EVENTS.into_iter().collect::<BTreeSet<_>>(), known);
}

#[test]
fn a_hook_is_a_name_and_a_command() {
    let hook = "[[hooks]]\nname = \"a\"\ncommand = [\"/bin/true\"]\n";
    let config = good(&format!("{LEAST}{hook}events = [\"opened\"]\ndeadline = \"5s\"\n"));
    assert_eq!(config.hooks[0].deadline.as_secs(), 5);
    for (text, key, words) in [
        (format!("{hook}{hook}"), "hooks.name", "another hook is named \"a\""),
        (
            format!("{hook}events = [\"open\"]\n"),
            "hooks.events",
            "is no kind of event; there are opened",
        ),
        ("[[hooks]]\nname = \"a\"\n".to_owned(), "hooks.command", "is missing"),
        ("[[hooks]]\ncommand = [\"/bin/true\"]\n".to_owned(), "hooks.name", "is missing"),
    ] {
        let complaints = bad(&format!("{LEAST}{text}"));
        let [one] = complaints.all.as_slice() else { panic!("{}", complaints.to_text()) };
        assert!(one.key == key && one.what.contains(words), "{one}");
    }
}
