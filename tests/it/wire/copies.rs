//! Copies of answers in a folder of the account.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use super::cut::{Plan, Snip, Way};
use super::daemon::{PATIENCE, Settings, until};
use super::sink::header;
use super::world::{CAROL, DESK, World, letter};

const BOB: &str = "bob@desk.test";

fn copying(settings: Settings) -> Settings {
    Settings { smtp: format!("{}sent_copy = \"Sent\"\n", settings.smtp), ..settings }
}

/// Bob answers Carol's ticket; gives the answer as she gets it.
fn answer(world: &World, number: usize) -> String {
    if number == 1 {
        world.write(CAROL, "first@customer.test", "It burns.");
    }
    let notification = world.desk.wait("the notification", || world.sink.to(BOB).first().cloned());
    let id = header(&notification.text(), "Message-ID");
    let mail = letter(BOB, &format!("{number}@desk.test"), &format!("Answer {number}."));
    let mail = mail.replace("Subject: ", &format!("In-Reply-To: {id}\nSubject: Re: "));
    world.dovecot.deliver(DESK, mail);
    let words = format!("Answer {number}.");
    world.desk.wait(&words, || {
        world.sink.to(CAROL).iter().map(|mail| mail.text()).find(|mail| mail.contains(&words))
    })
}

/// What lies in a folder, as the server gives it.
fn lying(world: &World, folder: &str) -> Vec<String> {
    let mut client = world.dovecot.client(DESK);
    if client.run(&format!("LIST \"\" {folder}")).is_empty() {
        return Vec::new();
    }
    client.run(&format!("SELECT {folder}"));
    let lines = client.run("UID FETCH 1:* (FLAGS BODY.PEEK[])");
    let text = |line: Vec<u8>| String::from_utf8_lossy(&line).into_owned();
    lines.into_iter().map(text).filter(|line| line.contains("BODY[]")).collect()
}

fn copied(world: &World, count: usize) -> Vec<String> {
    world.desk.wait("the copy", || {
        let lying = lying(world, "Sent");
        (lying.len() >= count).then_some(lying)
    })
}

fn hurry(world: &World) {
    let database = rusqlite::Connection::open(world.desk.database()).unwrap();
    database.busy_timeout(PATIENCE).unwrap();
    database.execute("UPDATE sent_copies SET due_at = 0", []).unwrap();
}

#[test]
fn an_answer_is_copied_as_it_was_sent() {
    let world = World::start(copying);
    let check = || String::from_utf8_lossy(&world.desk.command(&["check"]).stdout).into_owned();
    assert!(
        check().contains("answers are copied to Sent, which the first one makes"),
        "{}",
        check()
    );
    let sent = answer(&world, 1);
    let copy = copied(&world, 1).remove(0);
    assert!(copy.contains("\\Seen"), "{copy}");
    assert!(check().contains("answers are copied to Sent\n"), "{}", check());
    let whole = copy.split_once("BODY[] {").unwrap().1.split_once("}\r\n").unwrap().1;
    assert_eq!(
        whole.strip_suffix(")\r\n").unwrap().replace("\r\n", "\n"),
        sent.replace("\r\n", "\n")
    );
    let subscribed = world.dovecot.client(DESK).run("LSUB \"\" *").concat();
    assert!(String::from_utf8_lossy(&subscribed).contains("Sent"), "clients show the folder");
    world.is_served();
    assert_eq!(lying(&world, "Sent").len(), 1, "acknowledgements are not copied");
    let outcomes = world.desk.rows("inbox").len();
    assert_eq!(outcomes, 3, "the copy is no mail that comes in");
}

#[test]
fn killed_between_copy_and_commit() {
    let mut world = World::start(copying);
    world.imap.plan(Plan {
        way: Way::FromServer,
        mark: b"[APPENDUID",
        after: 0,
        snip: Snip::Stall,
    });
    answer(&world, 1);
    world.imap.wait();
    world.desk.kill();
    assert_eq!(lying(&world, "Sent").len(), 1, "it lay there before the kill");
    world.desk.resume();
    answer(&world, 2);
    assert_eq!(copied(&world, 2).len(), 2);
    world.desk.wait("nothing to be owed", || owed(&world).eq(&0).then_some(()));
    assert_eq!(lying(&world, "Sent").len(), 2, "the first is known again");
}

fn owed(world: &World) -> i64 {
    let database = rusqlite::Connection::open(world.desk.database()).unwrap();
    let sql = "SELECT count(*) FROM sent_copies WHERE done_at IS NULL";
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn cut_and_stalled_in_the_middle_of_a_copy() {
    for snip in [Snip::Close, Snip::Stall] {
        let world = World::start(copying);
        world.imap.plan(Plan { way: Way::ToServer, mark: b"APPEND", after: 300, snip });
        answer(&world, 1);
        world.imap.wait();
        // Neither reading nor sending waits for it.
        let begun = Instant::now();
        world.is_served();
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        if snip == Snip::Stall {
            continue;
        }
        until(|| {
            hurry(&world);
            (owed(&world) == 0).then_some(())
        });
        assert_eq!(lying(&world, "Sent").len(), 1, "{}", world.desk.log());
    }
}

#[test]
fn a_folder_that_nobody_may_write_to() {
    let mut world = World::start(copying);
    let folder = world.dovecot.maildir(DESK).join(".Sent");
    world.dovecot.account.folder(&folder);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    answer(&world, 1);
    let told = world.desk.trouble("no copy of answers");
    assert!(told.contains("Sent") && told.contains("sent_copy of [smtp]"), "{told}");
    assert_eq!(world.desk.command(&["status"]).status.code(), Some(1));
    answer(&world, 2);
    world.is_served();
    let to_owner = || world.sink.to("owner@desk.test");
    world.desk.wait("the owner to be told", || to_owner().first().cloned());
    world.desk.wait("both to have been tried", || {
        let database = rusqlite::Connection::open(world.desk.database()).unwrap();
        let sql = "SELECT count(*) FROM sent_copies WHERE words IS NOT NULL";
        let tried: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
        (tried == 2).then_some(())
    });
    assert_eq!(to_owner().len(), 1, "told once");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    hurry(&world);
    assert_eq!(copied(&world, 2).len(), 2);
    all_is_well(&world);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    answer(&world, 3);
    world.desk.trouble("no copy of answers");
    world.desk.stop();
    world.desk.configure(&Settings::plain(world.imap.port, world.sink.port));
    world.desk.resume();
    all_is_well(&world);
    assert_eq!(owed(&world), 0, "nobody wants it any more");
}

fn all_is_well(world: &World) {
    world.desk.wait("the trouble to end", || {
        let problems = world.desk.json(&["status"])["problems"].clone();
        problems.as_array().is_some_and(Vec::is_empty).then_some(())
    });
}
