//! `check` before the first run: what lies in the mailbox tells who stamps it.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::account::Account;
use super::daemon::BINARY;
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

#[test]
fn a_mailbox_that_is_not_there_is_told_with_those_that_are() {
    let world = World::prepare(|settings| settings.imap("mailbox = \"Suport\""));
    let mut client = world.dovecot.client(DESK);
    for name in ["Support", "Entw&APw-rfe", "R&-D"] {
        client.run(&format!("CREATE \"{name}\""));
    }
    let said = String::from_utf8(world.desk.command(&["check"]).stdout).unwrap();
    let line = said.lines().find(|line| line.starts_with("WRONG  imap: ")).unwrap();
    for name in ["INBOX", "Support", "Entwürfe", "R&D"] {
        assert!(line.contains(name), "{line}");
    }
}

#[test]
fn what_the_manual_left_and_a_folder_that_cannot_be_written_are_wrong() {
    let world = World::prepare(|settings| settings);
    let good = std::fs::read_to_string(world.desk.config()).unwrap();
    let check = |text: String| {
        std::fs::write(world.desk.config(), text).unwrap();
        String::from_utf8(world.desk.command(&["check"]).stdout).unwrap()
    };
    assert!(check(good.clone()).contains("ok     data_dir: "), "{}", check(good.clone()));
    let said = check(good.replace("owner@desk.test", "owner@example.com"));
    assert!(said.contains("WRONG  settings: ") && said.contains("desk.owner stands"), "{said}");
    assert!(!said.contains("note   desk.owner"), "said once: {said}");
    let data = world.desk.data().display().to_string();
    let said = check(good.replace(&data, "/proc/postdesk"));
    assert!(said.contains("WRONG  data_dir: /proc cannot be written by "), "{said}");
}

/// Another user's look at a desk ends with who may, and not with "no database here yet".
#[test]
fn who_may_not_read_the_desk_is_told_so() {
    let world = World::start(|settings| settings);
    let (config, data) = (world.desk.config(), world.desk.data());
    let set = |path: &std::path::Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(config.parent().unwrap(), 0o755);
    set(&config, 0o644);
    let account = Account::find();
    // Where the program was built that user may not go.
    let program = config.parent().unwrap().join("postdesk");
    std::fs::copy(BINARY, &program).unwrap();
    set(&program, 0o755);
    let mut command = Command::new(&program);
    command.arg("--config").arg(&config).arg("list");
    match account.drops {
        true => drop(command.uid(account.uid).gid(account.gid)),
        false => set(&data, 0o000),
    }
    let output = command.output().unwrap();
    set(&data, 0o700);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot be read by you; call this as the user that runs"), "{said}");
}
