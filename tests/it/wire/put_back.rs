//! A mailbox or a database that was put back to an older state, and a kill around MOVE: no mail is
//! lost, and nobody is answered twice.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::cut::{Plan, Snip, Way};
use super::daemon::Settings;
use super::world::{DESK, World, fold};

fn moving(settings: Settings) -> Settings {
    settings.imap("after = { move = \"Handled\" }")
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// How many mails lie in INBOX and in the folder of handled mail.
fn lying(world: &World) -> (u32, u32) {
    let mut client = world.dovecot.client(DESK);
    (client.count("INBOX"), client.count("Handled"))
}

fn asks(world: &World, number: usize) {
    let from = format!("p{number}@customer.test");
    world.write(&from, &format!("ask-{number}@customer.test"), &format!("Question {number}."));
}

/// Each of these asked once: one ticket, one acknowledgement.
fn answered_once(world: &World, numbers: impl Iterator<Item = usize>) {
    for number in numbers {
        let to = format!("p{number}@customer.test");
        world
            .desk
            .wait(&format!("the acknowledgement to {to}"), || world.sink.to(&to).first().cloned());
        assert_eq!(world.sink.to(&to).len(), 1, "{to} was acknowledged again");
    }
}

#[test]
fn a_mailbox_put_back_gives_new_mail_the_numbers_of_old() {
    let mut world = World::start(|settings| settings);
    asks(&world, 1);
    world.desk.tickets(1);
    world.desk.settle();
    world.dovecot.stop();
    let (maildir, keep) = (world.dovecot.maildir(DESK), tempfile::tempdir().unwrap());
    copy(&maildir, &keep.path().join("old"));
    assert!(world.dovecot.resume(), "{}", world.dovecot.log());
    asks(&world, 2);
    asks(&world, 3);
    world.desk.tickets(3);
    world.desk.settle();
    world.dovecot.stop();
    fs::remove_dir_all(&maildir).unwrap();
    copy(&keep.path().join("old"), &maildir);
    assert!(world.dovecot.resume(), "{}", world.dovecot.log());
    asks(&world, 4);
    asks(&world, 5);
    world.desk.tickets(5);
    world.desk.settle();
    answered_once(&world, 1..=5);
    let rows = world.desk.rows("inbox");
    let uids: Vec<Option<i64>> = rows.iter().map(|row| row["uid"].as_i64()).collect();
    assert_eq!(uids, [Some(1), None, None, Some(2), Some(3)], "{rows:#?}");
    world.desk.trouble("put back to an older state");
    world.is_served();
}

#[test]
fn killed_before_move_and_behind_it() {
    for (way, mark) in [(Way::ToServer, &b"UID MOVE"[..]), (Way::FromServer, b"COPYUID")] {
        let mut world = World::start(moving);
        world.imap.plan(Plan { way, mark, after: 0, snip: Snip::Stall });
        asks(&world, 1);
        world.imap.wait();
        world.desk.kill();
        world.desk.resume();
        asks(&world, 2);
        world.desk.tickets(2);
        world.desk.settle();
        answered_once(&world, 1..=2);
        world.desk.wait("all to be moved", || (lying(&world) == (0, 2)).then_some(()));
        assert_eq!(world.desk.rows("list").len(), 2);
    }
}

#[test]
fn killed_again_and_again_while_mail_is_moved() {
    let mut world = World::start(moving);
    for round in 0..8 {
        (0..5).for_each(|number| asks(&world, round * 5 + number));
        std::thread::sleep(std::time::Duration::from_millis(150 * (round as u64 + 2)));
        world.desk.kill();
        world.desk.resume();
    }
    world.desk.tickets(40);
    world.desk.settle();
    world.desk.wait("all to be moved", || (lying(&world) == (0, 40)).then_some(()));
    assert_eq!(world.desk.rows("list").len(), 40);
    for number in 0..40 {
        let mails = fold(world.sink.to(&format!("p{number}@customer.test")));
        assert_eq!(mails.len(), 1, "p{number}");
    }
}

#[test]
fn a_database_put_back_while_handled_mail_lies_elsewhere() {
    let mut world = World::start(moving);
    asks(&world, 1);
    world.desk.tickets(1);
    world.desk.settle();
    let keep = tempfile::tempdir().unwrap();
    let old = keep.path().join("data");
    let kept = world.desk.command(&["backup", &old.display().to_string()]);
    assert!(kept.status.success(), "{kept:?}");
    asks(&world, 2);
    asks(&world, 3);
    world.desk.tickets(3);
    world.desk.settle();
    world.desk.wait("all to be moved", || (lying(&world) == (0, 3)).then_some(()));
    world.desk.stop();
    for end in ["postdesk.db-wal", "postdesk.db-shm"] {
        drop(fs::remove_file(world.desk.data().join(end)));
    }
    fs::copy(old.join("postdesk.db"), world.desk.data().join("postdesk.db")).unwrap();
    world.desk.resume();
    asks(&world, 4);
    let rows = world.desk.tickets(4);
    world.desk.settle();
    answered_once(&world, 1..=4);
    world.desk.trouble("put back to an older state");
    let numbers: Vec<i64> = rows.iter().filter_map(|row| row["number"].as_i64()).collect();
    let given = |number: &&i64| [2, 3].contains(*number);
    assert_eq!(numbers.iter().filter(given).count(), 0, "given twice: {numbers:?}");
    world.desk.wait("all to be moved", || (lying(&world) == (0, 4)).then_some(()));
}

/// A snapshot of the machine is put back: nothing in `data_dir` says so, but the folder of handled
/// mail does.
#[test]
fn all_of_data_dir_put_back_while_handled_mail_lies_elsewhere() {
    let mut world = World::start(moving);
    asks(&world, 1);
    world.desk.tickets(1);
    world.desk.settle();
    world.desk.wait("it to be moved", || (lying(&world) == (0, 1)).then_some(()));
    world.desk.stop();
    let keep = tempfile::tempdir().unwrap();
    let (data, old) = (world.desk.data(), keep.path().join("data"));
    copy(&data, &old);
    world.desk.resume();
    asks(&world, 2);
    asks(&world, 3);
    world.desk.tickets(3);
    world.desk.settle();
    world.desk.wait("all to be moved", || (lying(&world) == (0, 3)).then_some(()));
    world.desk.stop();
    fs::remove_dir_all(&data).unwrap();
    copy(&old, &data);
    world.desk.resume();
    asks(&world, 4);
    let rows = world.desk.tickets(4);
    world.desk.settle();
    answered_once(&world, 1..=4);
    world.desk.trouble("put back to an older state");
    let numbers: Vec<i64> = rows.iter().filter_map(|row| row["number"].as_i64()).collect();
    let given = |number: &&i64| [2, 3].contains(*number);
    assert_eq!(numbers.iter().filter(given).count(), 0, "given twice: {numbers:?}");
    world.desk.wait("all to be moved", || (lying(&world) == (0, 4)).then_some(()));
}

/// Mail that somebody files into that folder by hand says nothing of the kind, and neither does a
/// restart.
#[test]
fn mail_put_into_the_folder_by_hand_is_no_restore() {
    let mut world = World::start(moving);
    asks(&world, 1);
    world.desk.tickets(1);
    world.desk.settle();
    world.desk.wait("it to be moved", || (lying(&world) == (0, 1)).then_some(()));
    world.desk.stop();
    let filed = "From: x@y.test\r\nSubject: Filed\r\n\r\nOld.";
    let append = format!("APPEND Handled {{{}+}}\r\n{filed}", filed.len());
    world.dovecot.client(DESK).run(&append);
    world.desk.resume();
    asks(&world, 2);
    let rows = world.desk.tickets(2);
    world.desk.settle();
    let numbers: Vec<i64> = rows.iter().filter_map(|row| row["number"].as_i64()).collect();
    assert_eq!(numbers.iter().max(), Some(&2), "{numbers:?}");
    world.is_served();
}
