//! The daemon is killed, stopped, doubled, or robbed of its disk: nothing is lost, and what is sent
//! twice is the same mail.

use std::process::Command;
use std::time::{Duration, Instant};

use super::cut::{Plan, Snip, Way};
use super::daemon::{BINARY, until};
use super::sink::{Act, Stage};
use super::world::{CAROL, DESK, World, fold, letter, with_ticket};

/// The one ticket, its one acknowledgement (copies folded), everything marked.
fn one_of_each(world: &World) {
    world.desk.tickets(1);
    world.desk.settle();
    assert_eq!(world.desk.rows("list").len(), 1);
    let outbox = world.desk.rows("outbox");
    assert_eq!(
        outbox.iter().filter(|row| row["kind"] == "acknowledgement").count(),
        1,
        "{outbox:#?}"
    );
    assert_eq!(world.to_carol().len(), 1);
    world.desk.wait("the mark on the server", || world.all_marked().then_some(()));
}

#[test]
fn p01_killed_after_fetch_before_commit() {
    let mut world = World::start(|settings| settings);
    world.imap.plan(Plan { way: Way::FromServer, mark: b"BODY[] {", after: 30, snip: Snip::Stall });
    world.write(CAROL, "p01@customer.test", "It burns.");
    world.imap.wait();
    world.desk.kill();
    world.desk.resume();
    one_of_each(&world);
}

#[test]
fn p02_killed_after_raw_commit_before_processing() {
    let mut world = World::prepare(|settings| settings);
    let output = world
        .desk
        .command_with(&["deliver"], letter(CAROL, "p02@customer.test", "It burns.").as_bytes());
    assert!(output.status.success(), "{output:?}");
    let rows = world.desk.rows("inbox");
    assert!(rows.len() == 1 && rows[0]["outcome"].is_null(), "{rows:#?}");
    world.imap.down(true);
    world.desk.resume();
    world.desk.tickets(1);
    world.desk.settle();
    assert_eq!((world.desk.rows("list").len(), world.to_carol().len()), (1, 1));
}

#[test]
fn p03_killed_after_ticket_before_mark() {
    let mut world = World::start(|settings| settings);
    world.imap.plan(Plan { way: Way::ToServer, mark: b"STORE", after: 0, snip: Snip::Stall });
    world.write(CAROL, "p03@customer.test", "It burns.");
    world.imap.wait();
    world.desk.tickets(1);
    world.desk.settle();
    assert!(!world.all_marked(), "the mark was held back");
    world.desk.kill();
    world.desk.resume();
    one_of_each(&world);
}

/// Not at one chosen point but at many: each mail is followed by a kill a little later.
#[test]
fn p01_p02_p03_killed_again_and_again() {
    let mut world = World::start(|settings| settings);
    let rounds = 12;
    for round in 0..rounds {
        let from = format!("person{round}@customer.test");
        world.write(&from, &format!("kill-{round}@customer.test"), "It burns.");
        let begun = Instant::now();
        let wait = Duration::from_millis(500 + 10 * round);
        until(|| (begun.elapsed() > wait).then_some(()));
        world.desk.kill();
        world.desk.resume();
        // One kill for each mail: at its third attempt a mail counts as what ends the daemon, and
        // is set aside (R1).
        world.desk.tickets(round as usize + 1);
    }
    world.desk.settle();
    assert_eq!(world.desk.rows("list").len(), rounds as usize);
    for round in 0..rounds {
        assert_eq!(
            fold(world.sink.to(&format!("person{round}@customer.test"))).len(),
            1,
            "round {round}"
        );
    }
    world.desk.wait("the marks on the server", || world.all_marked().then_some(()));
}

#[test]
fn p04_killed_between_final_dot_and_250() {
    let mut world = World::start(|settings| settings);
    world.sink.rule(Stage::Dot, Some(CAROL), Act::KeepAndDelay(Duration::from_secs(3600)), 1);
    world.write(CAROL, "p04@customer.test", "It burns.");
    world.desk.wait("the mail to be kept", || world.sink.to(CAROL).first().cloned());
    world.desk.kill();
    world.desk.resume();
    one_of_each(&world);
    assert_eq!(world.sink.to(CAROL).len(), 2, "it was not known whether the first arrived");
}

#[test]
fn p04_dropped_between_final_dot_and_250_is_in_doubt() {
    let world = World::start(|settings| settings);
    world.sink.rule(Stage::Dot, Some(CAROL), Act::KeepAndDrop, 1);
    world.write(CAROL, "p04b@customer.test", "It burns.");
    world.desk.wait("the doubt to be shown", || {
        world.desk.rows("outbox").into_iter().find(|row| row["state"] == "unknown")
    });
    world.desk.hurry();
    one_of_each(&world);
    assert_eq!(world.sink.to(CAROL).len(), 2);
}

#[test]
fn p05_killed_after_250_before_commit() {
    let mut world = World::start(|settings| settings);
    world.sink.rule(Stage::Dot, Some(CAROL), Act::KeepAndDelay(Duration::from_millis(1500)), 1);
    world.write(CAROL, "p05@customer.test", "It burns.");
    world.desk.wait("the mail to be kept", || world.sink.to(CAROL).first().cloned());
    // The 250 will be read while the database cannot be written.
    let database = rusqlite::Connection::open(world.desk.database()).unwrap();
    database.busy_timeout(Duration::from_secs(20)).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let kept = Instant::now();
    until(|| (kept.elapsed() > Duration::from_secs(3)).then_some(()));
    world.desk.kill();
    database.execute_batch("ROLLBACK").unwrap();
    world.desk.resume();
    one_of_each(&world);
    assert_eq!(world.sink.to(CAROL).len(), 2);
}

#[test]
fn p13_database_locked_by_another_process() {
    let mut world = with_ticket();
    let database = rusqlite::Connection::open(world.desk.database()).unwrap();
    database.busy_timeout(Duration::from_secs(20)).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    world.write("dave@other.test", "p13@other.test", "While it was locked.");
    let locked = Instant::now();
    until(|| (locked.elapsed() > Duration::from_secs(30)).then_some(()));
    assert!(world.desk.runs() && world.sink.to("dave@other.test").is_empty());
    database.execute_batch("ROLLBACK").unwrap();
    world.desk.tickets(2);
    world.desk.settle();
    assert_eq!(
        (
            world.desk.rows("list").len(),
            world.sink.to("dave@other.test").len(),
            world.sink.to(CAROL).len()
        ),
        (2, 1, 1)
    );
}

#[test]
fn p18_sigterm_under_load() {
    let mut world = World::start(|settings| {
        settings
            .limits("acknowledgements_per_hour = 10000\nnotifications_per_agent_and_hour = 10000")
    });
    let count = 100;
    for number in 0..count {
        world.write(
            &format!("person{number}@customer.test"),
            &format!("load-{number}@customer.test"),
            "It burns.",
        );
    }
    world.desk.wait("some mail to go out", || (world.sink.count() > 10).then_some(()));
    let (status, taken) = world.desk.stop();
    assert_eq!(status.code(), Some(0), "{}", world.desk.log());
    assert!(taken < Duration::from_secs(10), "{taken:?}");
    assert!(world.sink.count() < 3 * count, "it was stopped in the middle");
    world.desk.resume();
    world.desk.tickets(count);
    world.desk.settle();
    assert_eq!(world.desk.rows("list").len(), count);
    assert_eq!(
        world.sink.count(),
        3 * count,
        "acknowledgement and two notifications each, none twice"
    );
    assert_eq!(fold(world.sink.all()).len(), 3 * count);
}

#[test]
fn p19_second_instance_is_refused() {
    let mut world = with_ticket();
    let second = world.desk.command(&["run"]);
    let words =
        String::from_utf8_lossy(&[second.stdout.as_slice(), &second.stderr].concat()).into_owned();
    assert!(!second.status.success() && words.contains("another postdesk runs on"), "{words}");
    assert!(world.desk.runs());
    world.is_served();
}

/// A disk of 8 MiB: a small file system where we may mount one, else a limit on the size of files.
#[test]
fn p12_disk_full_during_intake() {
    let mut world =
        World::prepare(|settings| settings.limits("notifications_per_agent_and_hour = 10000"));
    let disk = Disk::small(&world);
    match &disk {
        Disk::Mounted(_) => world.desk.resume(),
        Disk::Limited => {
            let mut shell = Command::new("sh");
            // Blocks of 512 bytes; without the signal the write fails, as on a full disk.
            shell
                .arg("-c")
                .arg("trap '' XFSZ; ulimit -S -f 16384; exec \"$@\"")
                .arg("sh")
                .arg(BINARY);
            world.desk.resume_as(shell);
        }
    }
    world.polled();
    let count = 24;
    for number in 0..count {
        let from = format!("person{number}@customer.test");
        let mail = letter(&from, &format!("full-{number}@customer.test"), &noise(number, 600_000));
        world.dovecot.deliver(DESK, mail.replace("Subject:", ATTACHED));
    }
    world.desk.wait("the disk to be full", || {
        let log = world.desk.log().to_lowercase();
        (log.contains("full")
            || log.contains("i/o error")
            || log.contains("no space")
            || log.contains("too large"))
        .then_some(())
    });
    assert!(world.desk.runs(), "{}", world.desk.log());
    let marked = world
        .dovecot
        .client(DESK)
        .flags()
        .iter()
        .filter(|(_, flags)| flags.contains("$Postdesk"))
        .count();
    let stored = world.desk.rows("inbox").len();
    assert!(marked <= stored && stored < count, "{marked} marked, {stored} stored of {count}");
    disk.grow(&world);
    world.desk.tickets(count);
    world.desk.settle();
    assert_eq!(world.desk.rows("list").len(), count);
    for number in 0..count {
        assert_eq!(world.sink.to(&format!("person{number}@customer.test")).len(), 1, "{number}");
    }
    let check: String = rusqlite::Connection::open(world.desk.database())
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
    world.desk.stop();
}

const ATTACHED: &str = "MIME-Version: 1.0\nContent-Type: application/octet-stream; name=noise\nContent-Transfer-Encoding: 8bit\nSubject:";

enum Disk {
    Mounted(std::path::PathBuf),
    Limited,
}

impl Disk {
    fn small(world: &World) -> Disk {
        use std::os::unix::fs::PermissionsExt;
        let folder = world.desk.data();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs"]).arg(&folder);
        if mount.output().is_ok_and(|output| output.status.success()) {
            Disk::Mounted(folder)
        } else {
            Disk::Limited
        }
    }

    fn grow(&self, world: &World) {
        let output = match self {
            Disk::Mounted(folder) => {
                Command::new("mount").args(["-o", "remount,size=256m"]).arg(folder).output()
            }
            Disk::Limited => Command::new("prlimit")
                .args(["--fsize=unlimited", "--pid", &world.desk.pid().to_string()])
                .output(),
        };
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Disk::Mounted(folder) = self {
            let _ = Command::new("umount").arg("-l").arg(folder).status();
        }
    }
}

/// Text that does not compress well, different for each seed.
fn noise(seed: usize, size: usize) -> String {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed as u64 + 1);
    let mut text = String::with_capacity(size + size / 70);
    for place in 0..size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push(char::from(b'!' + (state >> 40) as u8 % 90));
        if place % 70 == 69 {
            text.push('\n');
        }
    }
    text
}
