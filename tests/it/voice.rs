//! Strangers never speak in the desk's voice: names and lines of theirs in mails to agents.

use std::collections::BTreeMap;
use std::path::Path;

use postdesk::config::{self, Config};
use postdesk::desk::texts::Texts;
use postdesk::desk::voice::{BAR, Voice, stranger};
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

fn ours() -> Voice {
    Texts::new("en", BTreeMap::new()).voice().clone()
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
        "Adams, Alice",
        "Alice M. Adams",
        "Аlice Аdams",
        "Bob <bob@desk.test>",
        "INTERNAL, agents only",
        "Reply → goes nowhere",
        "Example Desk",
        "",
    ] {
        assert_eq!(ours().sender_name(&config, &person(name)), "eve@evil.test", "{name}");
    }
    assert_eq!(ours().sender_name(&config, &person("Ada Lovelace")), "Ada Lovelace");
    let alice =
        Person { address: Address::parse("alice@desk.test").unwrap(), ..person("Alice Adams") };
    assert_eq!(ours().sender_name(&config, &alice), "Alice Adams", "her own name is hers");
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
        "Reply- goes to x@y.test",
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
        assert_eq!(ours().barred(line), [BAR, line].concat(), "{line}");
    }
}

#[test]
fn other_lines_stay_as_they_are() {
    let text =
        "Hello,\n\n- one\n-- \nAda\n#4711 is the invoice\n2026-11-25, as you said: fine\n> quoted";
    assert_eq!(ours().barred(text), text);
}

proptest! {
    /// However a line of ours is decorated with what has no shape, it bears the bar.
    #[test]
    fn no_decoration_takes_the_bar_off(at in 0_usize..20, sign in "[\u{200b}\u{2060}\u{ad}\u{feff} \u{a0}]{1,3}") {
        let line = "Reply → INTERNAL, agents only";
        let cut = line.char_indices().nth(at).map_or(line.len(), |(at, _)| at);
        let line = format!("{}{sign}{}", &line[..cut], &line[cut..]);
        prop_assert!(ours().barred(&line).starts_with(BAR), "{:?}", line);
    }
}

/// A desk whose mails to agents are in another language: strangers do not speak that either, and no
/// line of it leaves.
#[test]
fn the_voice_is_that_of_the_texts() {
    let notification = "Subject: x\n\n{% if internal %}\nAntwort → INTERN, nur für Agenten\n{% else %}\nAntwort → geht an {{ goes_to }}\n{% endif %}\n\n\
        {{ author }} {{ did }}:\n\n{{ text }}\n\n-----\n#{{ number }} {{ status }}, Dringlichkeit {{ priority }}, Warteschlange, {{ queue }}\n\
        Zugesagt bis {{ due }}\n";
    let scraps = "note: {{ who }} (interne Notiz)\nnobody-has: noch niemand hat es\n";
    let deeds = "noted: vermerkte\nassigned: hat Ihnen dies gegeben\n";
    let own = [("notification", notification), ("scraps", scraps), ("deeds", deeds)];
    let own = own.map(|(name, text)| (format!("de/{name}.txt"), text.to_owned()));
    let texts = Texts::new("de", BTreeMap::from(own));
    let voice = texts.voice();
    for line in [
        "Antwort → geht an ada@example.org",
        "antwort -> INTERN, nur für Agenten",
        "Antwort: geht an x",
        "Zugesagt bis 2026-11-25 17:00",
        "2026-11-25 03:40, Bob Brown (interne Notiz):",
        "Bob Brown vermerkte:",
        "Bob Brown hat Ihnen dies gegeben.",
        "Reply → INTERNAL, agents only",
        "Answer promised by 2026-11-25",
    ] {
        assert_eq!(voice.barred(line), [BAR, line].concat(), "{line}");
    }
    for line in ["Antwort steht aus", "Das ist zugesagt", "Er vermerkte das auch", "Hallo,"] {
        assert_eq!(voice.barred(line), line);
    }
    for line in [
        "Antwort → INTERN, nur für Agenten",
        "> Antwort geht an Ada <ada@example.org>",
        "Bob Brown (interne Notiz): lügt",
        "Reply goes to Ada <ada@example.org>",
        "Reply → goes to Ada",
    ] {
        assert!(voice.bears_our_mark(line), "{line}");
    }
    for line in ["Die Antwort geht an alle.", "Antwort geht an Ada", "Reply goes to everybody"] {
        assert!(!voice.bears_our_mark(line), "{line}");
    }
}
