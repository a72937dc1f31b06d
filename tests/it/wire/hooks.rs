//! What happens is told to the operator's commands and to whoever follows it: in order, at least once,
//! whatever crashes, and no mail waits for it.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::daemon::BINARY;
use super::world::{CAROL, World};

/// A desk with a hook, which appends to a file what it hears, after `first`.
fn world(events: &str, first: &str) -> (World, PathBuf, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (script, heard) = (dir.path().join("hook"), dir.path().join("heard"));
    std::fs::write(&script, format!("#!/bin/sh\n{first}\ncat >> {}\n", heard.display())).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let hook = format!(
        "\n[[hooks]]\nname = \"test\"\ncommand = [\"{}\"]\ndeadline = \"2s\"\n{events}\n",
        script.display()
    );
    let world = World::prepare(|mut settings| {
        settings.more.push_str(&hook);
        settings
    });
    (world, heard, dir)
}

fn lines(heard: &PathBuf) -> Vec<Value> {
    let text = std::fs::read_to_string(heard).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ids(facts: &[Value]) -> Vec<i64> {
    facts.iter().map(|fact| fact["id"].as_i64().unwrap()).collect()
}

#[test]
fn a_hook_hears_everything_in_order_also_after_a_crash() {
    let (mut world, heard, _dir) = world("", "");
    world.desk.resume();
    world.polled();
    for number in 0..5 {
        world.write(CAROL, &format!("{number}@customer.test"), "It burns.");
        if number == 2 {
            world.desk.wait("the first fact", || (!lines(&heard).is_empty()).then_some(()));
            world.desk.kill();
            world.desk.resume();
        }
    }
    world.desk.tickets(5);
    world.desk.settle();
    let output = world.desk.command(&["events", "--json"]);
    let all: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(all.iter().all(|fact| fact["ticket"].is_i64() && fact["kind"].is_string()), "{all:?}");
    world
        .desk
        .wait("all of them", || (ids(&lines(&heard)).last() == ids(&all).last()).then_some(()));
    let mut told = ids(&lines(&heard));
    assert!(told.is_sorted(), "in order: {told:?}");
    told.dedup();
    assert_eq!(told, ids(&all), "each of them");
    let after = world.desk.command(&["events", "--json", "--after", &told[3].to_string()]);
    assert_eq!(String::from_utf8(after.stdout).unwrap().lines().count(), all.len() - 4);
}

#[test]
fn only_what_is_wanted_is_told_and_what_was_refused_is_passed() {
    let (mut world, heard, dir) = world("events = [\"opened\"]", "");
    world.desk.resume();
    world.polled();
    world.write(CAROL, "one@customer.test", "It burns.");
    world.desk.wait("a fact", || (!lines(&heard).is_empty()).then_some(()));
    std::fs::write(dir.path().join("hook"), "#!/bin/sh\nexit 65\n").unwrap();
    world.write(CAROL, "two@customer.test", "It burns too.");
    world
        .desk
        .wait("the refusal", || world.desk.log().contains("did not want a fact").then_some(()));
    assert_eq!(lines(&heard).len(), 1);
    assert_eq!(lines(&heard)[0]["kind"], "opened");
}

/// One that fails, hangs or is not there stops no mail, is told, and misses nothing.
#[test]
fn a_hook_that_fails_is_told_and_called_again() {
    let (mut world, heard, dir) = world("", "exec sleep 60");
    world.desk.resume();
    world.polled();
    world.write(CAROL, "one@customer.test", "It burns.");
    world.desk.wait("the acknowledgement", || world.sink.to(CAROL).first().cloned());
    let told = world.desk.trouble("the hook test fails");
    assert!(told.contains("did not end within 2 s"), "{told}");
    let script = format!("#!/bin/sh\ncat >> {}\n", heard.display());
    std::fs::write(dir.path().join("hook"), script).unwrap();
    world.desk.wait("what it missed", || (!lines(&heard).is_empty()).then_some(()));
    world.desk.wait("the trouble to end", || {
        let problems = world.desk.json(&["status"])["problems"].clone();
        problems.as_array().is_some_and(Vec::is_empty).then_some(())
    });
}

/// One hook that works again says nothing of another that does not, and a hook that is taken out of
/// the settings leaves no trouble behind.
#[test]
fn each_failing_hook_is_told_until_it_is_mended_or_gone() {
    let (world, _, dir) = world("", "exit 1");
    let good = std::fs::read_to_string(world.desk.config()).unwrap();
    let other = "\n[[hooks]]\nname = \"other\"\ncommand = [\"/nonexistent/hook\"]\n";
    std::fs::write(world.desk.config(), format!("{good}{other}")).unwrap();
    let mut world = world;
    world.desk.resume();
    world.polled();
    world.write(CAROL, "one@customer.test", "It burns.");
    world.desk.trouble("fails");
    std::fs::write(dir.path().join("hook"), "#!/bin/sh\nexec cat > /dev/null\n").unwrap();
    let told = world.desk.trouble("the hook other fails");
    assert!(told.contains("cannot be run"), "{told}");
    std::fs::write(world.desk.config(), good).unwrap();
    super::account::signal("HUP", &world.desk.pid().to_string());
    world.desk.wait("the trouble to end", || {
        let problems = world.desk.json(&["status"])["problems"].clone();
        problems.as_array().is_some_and(Vec::is_empty).then_some(())
    });
}

#[test]
fn whoever_watches_sees_it_again() {
    let mut world = World::start(|settings| settings);
    let mut child = Command::new(BINARY)
        .arg("--config")
        .arg(world.desk.config())
        .args(["status", "--watch"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |word: &str| lines.by_ref().map(Result::unwrap).any(|line| line.contains(word));
    assert!(until("All is well."));
    world.desk.stop();
    let told = until("The daemon does not run");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(told);
}

#[test]
fn whoever_follows_hears_it_as_it_happens() {
    let world = World::start(|settings| settings);
    let mut child = Command::new(BINARY)
        .arg("--config")
        .arg(world.desk.config())
        .args(["events", "--follow"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    world.write(CAROL, "one@customer.test", "It burns.");
    let mut line = String::new();
    let read = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(read.is_ok() && line.contains("#1  opened by carol@customer.test"), "{line}");
}
