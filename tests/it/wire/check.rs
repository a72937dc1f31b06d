//! `check` before the first run: what lies in the mailbox tells who stamps it.

use super::world::{DESK, World, letter};

#[test]
fn the_mailbox_shows_whose_word_to_believe_before_the_first_run() {
    let world = World::prepare(|mut settings| {
        settings.authentication.clear();
        settings
    });
    let check = || {
        let output = world.desk.command(&["check"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let deliver = |number: usize| {
        let mail = letter(&format!("p{number}@customer.test"), &format!("{number}@x.test"), "Hi.");
        let stamp =
            "Authentication-Results: mx.desk.test; dmarc=pass header.from=customer.test\r\n";
        world.dovecot.deliver(DESK, format!("{stamp}{mail}"));
    };
    (0..2).for_each(deliver);
    assert!(!check().contains("authserv_id = "), "two are no habit: {}", check());
    (2..25).for_each(deliver);
    let said = check();
    assert!(
        said.contains("note   the topmost Authentication-Results of your mail bears"),
        "{said}"
    );
    assert!(said.contains("write authserv_id = \"mx.desk.test\""), "{said}");
    let flags = world.dovecot.client(DESK).flags();
    assert!(
        flags.iter().all(|(_, flags)| !flags.contains("Seen")),
        "nothing is changed: {flags:?}"
    );
}
