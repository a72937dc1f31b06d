//! Strangers never speak in the desk's voice: names and lines of theirs in mails to agents.

use std::path::Path;

use postdesk::config::{self, Config};
use postdesk::desk::voice::{BAR, barred, sender_name, stranger};
use postdesk::mail::{Address, Person};
use proptest::{prop_assert, proptest};

fn person(name: &str) -> Person {
    Person { name: Some(name.to_owned()), address: Address::parse("eve@evil.test").unwrap() }
}

fn desk() -> Config {
    let text = "[desk]\nname = \"Example Desk\"\naddress = \"support@desk.test\"\n\
        owner = \"o@desk.test\"\n[imap]\nhost = \"i.test\"\n[smtp]\nhost = \"s.test\"\n\
        [[agents]]\nname = \"Alice Adams\"\naddress = \"alice@desk.test\"\n";
    config::parse(text, Path::new("config.toml")).unwrap_or_else(|wrong| panic!("{wrong}"))
}

#[test]
fn the_address_stands_first_and_the_name_in_quotes() {
    for (name, shown) in [
        ("Ada Lovelace", "eve@evil.test (\"Ada Lovelace\")"),
        ("INTERNAL, agents only", "eve@evil.test (\"INTERNAL, agents only\")"),
        ("x\") INTERNAL (\"", "eve@evil.test (\"x') INTERNAL ('\")"),
        ("\u{202e}ylno stnega", "eve@evil.test (\"ylno stnega\")"),
        ("a\u{a0}\u{a0}\u{a0}b\u{200b}\r\nc", "eve@evil.test (\"a b c\")"),
        ("\u{3164}\u{a0}", "eve@evil.test"),
    ] {
        assert_eq!(stranger(&person(name)), shown, "{name:?}");
    }
    let long = stranger(&person(&"word ".repeat(60)));
    assert!(long.chars().count() < 60, "{long}");
}

#[test]
fn nobody_is_a_colleague_by_name() {
    let config = desk();
    for name in [
        "Alice Adams",
        "ALICE  ADAMS",
        "Аlice Аdams",
        "Bob <bob@desk.test>",
        "INTERNAL, agents only",
        "Reply → goes nowhere",
        "Example Desk",
        "",
    ] {
        assert_eq!(sender_name(&config, &person(name)), "eve@evil.test", "{name}");
    }
    assert_eq!(sender_name(&config, &person("Ada Lovelace")), "Ada Lovelace");
    let alice =
        Person { address: Address::parse("alice@desk.test").unwrap(), ..person("Alice Adams") };
    assert_eq!(sender_name(&config, &alice), "Alice Adams", "her own name is hers");
}

#[test]
fn lines_that_look_like_ours_bear_a_bar() {
    for line in [
        "-----",
        "_____",
        "─────",
        "Reply → INTERNAL, agents only",
        "  reply -> goes to bob",
        "Rерly → goes nowhere",
        "Ｒｅｐｌｙ → goes nowhere",
        "R\u{200b}eply → x",
        "#1 open, urgent priority, queue support, Bob Brown has it",
        "2026-11-25 03:40, Bob Brown (internal note):",
        "2026-11-25 03:40, Bob Brown:",
        "Bob Brown noted:",
        "Answer promised by 2026-11-25",
        "Also open for them: #4",
        "Attachments:",
        "! The sender is not verified",
        "│ a bar of theirs",
    ] {
        assert_eq!(barred(line), [BAR, line].concat(), "{line}");
    }
}

#[test]
fn other_lines_stay_as_they_are() {
    let text =
        "Hello,\n\n- one\n-- \nAda\n#4711 is the invoice\n2026-11-25, as you said: fine\n> quoted";
    assert_eq!(barred(text), text);
}

proptest! {
    /// However a line of ours is decorated with what has no shape, it bears the bar.
    #[test]
    fn no_decoration_takes_the_bar_off(at in 0_usize..20, sign in "[\u{200b}\u{2060}\u{ad}\u{feff} \u{a0}]{1,3}") {
        let line = "Reply → INTERNAL, agents only";
        let cut = line.char_indices().nth(at).map_or(line.len(), |(at, _)| at);
        let line = format!("{}{sign}{}", &line[..cut], &line[cut..]);
        prop_assert!(barred(&line).starts_with(BAR), "{:?}", line);
    }
}
