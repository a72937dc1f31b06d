//! The daemon under a supervisor: it says when it is ready, takes new settings without an end, and
//! says that it lives; a new binary keeps a copy of what it changes.

use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use super::account::signal;
use super::daemon::{BINARY, PATIENCE};
use super::world::{CAROL, DESK, World, letter};

/// What a supervisor hears.
struct Ear {
    socket: UnixDatagram,
    _dir: tempfile::TempDir,
}

impl Ear {
    fn start(world: &mut World) -> Ear {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut command = Command::new(BINARY);
        command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "400000");
        world.desk.resume_as(command);
        Ear { socket, _dir: dir }
    }

    /// Waits for a word, whatever is said before it.
    fn hears(&self, word: &str) -> String {
        loop {
            let mut bytes = [0; 1024];
            let length = self.socket.recv(&mut bytes).unwrap_or_else(|_| panic!("never {word}"));
            let said = String::from_utf8_lossy(&bytes[..length]).into_owned();
            if said.contains(word) {
                return said;
            }
        }
    }
}

#[test]
fn a_supervisor_hears_that_it_is_ready_lives_reloads_and_ends() {
    let mut world = World::prepare(|settings| settings);
    let ear = Ear::start(&mut world);
    assert!(ear.hears("READY=1").contains("STATUS=watching INBOX"));
    ear.hears("WATCHDOG=1");
    ear.hears("WATCHDOG=1");
    signal("HUP", &world.desk.pid().to_string());
    assert!(ear.hears("RELOADING=1").contains("MONOTONIC_USEC="));
    ear.hears("READY=1");
    ear.hears("WATCHDOG=1");
    let (status, _) = world.desk.stop();
    assert!(status.success());
    ear.hears("STOPPING=1");
}

#[test]
fn new_settings_hold_without_a_restart_and_broken_ones_change_nothing() {
    let mut world = World::start(|settings| settings);
    let old = std::fs::read_to_string(world.desk.config()).unwrap();
    let reload = |text: &str| {
        std::fs::write(world.desk.config(), text).unwrap();
        signal("HUP", &world.desk.pid().to_string());
    };
    world.write(CAROL, "one@customer.test", "It burns.");
    world.desk.wait("an acknowledgement", || world.sink.to(CAROL).first().cloned());
    reload(&old.replace("name = \"Example Support\"", "name = \"Other Support\""));
    world
        .desk
        .wait("the new name", || world.desk.log().contains("new settings hold").then_some(()));
    world.write("dave@other.test", "two@other.test", "It burns too.");
    let mail =
        world.desk.wait("a second one", || world.sink.to("dave@other.test").first().cloned());
    assert!(mail.header("From").contains("Other Support"), "{}", mail.header("From"));
    reload("[desk]\nname = 7\n");
    // No command can read such settings; the owner hears of it by mail.
    let told = world.desk.wait("the owner to be told", || {
        world
            .sink
            .to("owner@desk.test")
            .into_iter()
            .find(|mail| mail.text().contains("the old ones"))
    });
    assert!(told.text().contains("desk.name"), "{}", told.text());
    world.write("erin@third.test", "three@third.test", "And mine.");
    let mail = world.desk.wait("a third one", || world.sink.to("erin@third.test").first().cloned());
    assert!(mail.header("From").contains("Other Support"), "{}", mail.header("From"));
    let data = world.desk.data().display().to_string();
    reload(&old.replace(&data, &format!("{data}-elsewhere")));
    let keeps = || world.desk.log().contains("a running desk keeps its own").then_some(());
    world.desk.wait("the folder to be kept", keeps);
    assert!(!std::path::Path::new(&format!("{data}-elsewhere")).exists());
    reload(&old);
    world.desk.wait("the trouble to end", || {
        let problems = world.desk.json(&["status"])["problems"].clone();
        problems.as_array().is_some_and(Vec::is_empty).then_some(())
    });
    world.is_served();
    assert_eq!(world.desk.tickets(4).len(), 4);
    assert!(world.desk.stop().0.success());
}

/// Reloads in the middle of everything lose and double nothing.
#[test]
fn a_hail_of_reloads_is_survived() {
    let mut world = World::start(|settings| settings);
    for number in 0..20 {
        let id = format!("{number}@customer.test");
        world.dovecot.deliver(DESK, letter(&format!("p{number}@customer.test"), &id, "It burns."));
        signal("HUP", &world.desk.pid().to_string());
        std::thread::sleep(Duration::from_millis(30));
    }
    world.desk.tickets(20);
    world.desk.wait("all acknowledgements", || {
        world.desk.hurry();
        (0..20).all(|n| !world.sink.to(&format!("p{n}@customer.test")).is_empty()).then_some(())
    });
    world.desk.settle();
    assert_eq!(world.desk.rows("list").len(), 20);
    assert!(world.desk.stop().0.success());
}
