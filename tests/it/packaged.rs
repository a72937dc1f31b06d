//! What a package holds: pages and completions from the table of commands, and units that say how the
//! daemon is supervised and what it may do.

use std::collections::BTreeSet;

use postdesk::cli::{Arguments, Command, execute};

fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/packaging/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn pages_and_completions_know_every_command() {
    use clap::CommandFactory;
    let folder = tempfile::tempdir().unwrap();
    let command = Command::Pages { folder: folder.path().to_owned() };
    let arguments = Arguments { config: None, utc: false, command };
    assert_eq!(execute(&arguments, &mut Vec::new()).unwrap(), 0);
    let visible = Arguments::command();
    let bash = std::fs::read_to_string(folder.path().join("completions/postdesk.bash")).unwrap();
    for command in visible.get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = command.get_name();
        assert!(folder.path().join(format!("man/postdesk-{name}.1")).exists(), "{name}");
        assert!(bash.contains(name), "{name}");
    }
}

/// `Section.Key=Value` lines, without comments.
fn lines(unit: &str) -> BTreeSet<String> {
    let text = file(unit);
    text.lines()
        .filter(|line| line.contains('=') && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_unit_of_many_desks_differs_in_their_name_alone() {
    let (one, many) = (lines("postdesk.service"), lines("postdesk@.service"));
    let odd: Vec<_> = many.difference(&one).collect();
    assert!(odd.iter().all(|line| line.contains("%i")), "{odd:?}");
    assert_eq!(odd.len(), one.difference(&many).count());
    for needed in
        ["Type=notify", "RestartPreventExitStatus=78", "NoNewPrivileges=yes", "UMask=0077"]
    {
        assert!(one.contains(needed), "{needed}");
    }
}

/// What the dashboard draws are numbers that the desk has.
#[test]
fn the_dashboard_knows_the_numbers() {
    let dashboard: serde_json::Value = serde_json::from_str(&file("grafana.json")).unwrap();
    let source =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/metrics.rs")).unwrap();
    let mut drawn = 0;
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expr = target["expr"].as_str().unwrap();
            let name = expr.split("postdesk_").nth(1).unwrap();
            let name = name.split(|c: char| !(c.is_ascii_lowercase() || c == '_')).next().unwrap();
            let name = name.trim_end_matches("_total").trim_end_matches("_bucket");
            assert!(source.contains(&format!("\"{name}\"")), "{name}");
            drawn += 1;
        }
    }
    assert!(drawn > 10);
}
