//! Conversations: what people write, and what the desk makes of it. Each file of fixtures/scenario
//! runs through a real store with a set clock and no sockets; `UPDATE_EXPECT=1` writes the lines
//! that begin with `=>`, and `ONLY=clock` plays those alone whose names begin so.

mod cases;
pub mod invariants;
pub mod ordinary;
pub mod report;
pub mod script;
pub mod settings;
pub mod stage;
pub mod world;

use std::fs;
use std::path::PathBuf;

use script::Script;
use stage::Stage;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenario")
}

/// All conversations, by name.
pub fn scripts() -> Vec<Script> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            Script::parse(
                &path.file_stem().unwrap().to_string_lossy(),
                &fs::read_to_string(path).unwrap(),
            )
        })
        .collect()
}

/// The conversation of that name.
pub fn script(name: &str) -> Script {
    Script::parse(name, &fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap())
}

/// What each step of a conversation causes, or which of them broke a law.
pub fn happens(script: &Script) -> Result<Vec<Vec<String>>, String> {
    let mut stage = Stage::of(script);
    let mut actual = Vec::new();
    for step in &script.steps {
        let place = format!("{}.txt:{}", script.name, step.line);
        let happened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stage.play(step)));
        let happened = happened.map_err(|payload| {
            let words = payload
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            format!("{place}: {}", words.unwrap_or_default())
        })?;
        actual.push(happened);
    }
    Ok(actual)
}

/// Plays a conversation and compares, or writes down what happens.
pub fn play(script: &Script) -> Result<(), String> {
    let actual = happens(script)?;
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(folder().join(format!("{}.txt", script.name)), script.with_expectations(&actual))
            .unwrap();
        return Ok(());
    }
    for (step, happened) in script.steps.iter().zip(&actual) {
        let happened: Vec<&str> = happened.iter().map(|line| line.trim()).collect();
        if step.expected != happened {
            return Err(format!(
                "{}.txt:{}: {} {}\nexpected:\n  {}\nhappened:\n  {}",
                script.name,
                step.line,
                step.verb,
                step.rest,
                step.expected.join("\n  "),
                happened.join("\n  ")
            ));
        }
    }
    Ok(())
}

#[test]
fn every_conversation_goes_as_written() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut scripts = scripts();
    assert!(scripts.len() >= 40);
    scripts.retain(|script| script.name.starts_with(&only));
    let failures: Vec<String> = scripts.iter().filter_map(|script| play(script).err()).collect();
    println!(
        "{} conversations, {} steps",
        scripts.len(),
        scripts.iter().map(|script| script.steps.len()).sum::<usize>()
    );
    assert!(
        failures.is_empty(),
        "{}\n{} of {} conversations went otherwise",
        failures.join("\n\n"),
        failures.len(),
        scripts.len()
    );
}
