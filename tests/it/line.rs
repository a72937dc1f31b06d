//! The line inside `desk`: no file of it stands in a circle of imports. Read from the source as text, like the line of
//! rooms; a file that only lists others and passes their names on is read like any other.

use std::collections::{BTreeMap, BTreeSet};

use crate::tidy::{code, files};

/// Files by their path as a module, such as `desk::notify::held`.
fn modules() -> BTreeMap<String, String> {
    let all = files("src", "rs").into_iter();
    let desk = all.filter(|(path, _)| path.starts_with("src/desk"));
    desk.map(|(path, text)| {
        let name = path.trim_start_matches("src/").trim_end_matches(".rs").replace('/', "::");
        (name, code(&text))
    })
    .collect()
}

/// Every path that a use tree names: `a::{b, c::{d, e}}` is `a::b`, `a::c::d`, `a::c::e`.
fn expand(tree: &str, before: &str, found: &mut Vec<String>) {
    let (mut depth, mut start) = (0_u32, 0);
    let mut items = Vec::new();
    for (at, character) in tree.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&tree[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&tree[start..]);
    for item in items.into_iter().map(str::trim).filter(|item| !item.is_empty()) {
        match item.split_once('{') {
            Some((head, rest)) => {
                let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
                expand(inner, &[before, head.trim()].concat(), found);
            }
            None => found.push([before, item.split(" as ").next().unwrap_or(item)].concat()),
        }
    }
}

/// Paths that a file names, in `use` and in its code.
fn named(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = String::new();
    for statement in code.split_inclusive(';') {
        let at = statement.find("use ").filter(|at| {
            let before = statement[..*at].trim_end();
            before.is_empty() || before.ends_with(['}', ')', ']']) || before.ends_with("pub")
        });
        match at {
            Some(at) => expand(statement[at + 4..].trim_end_matches(';'), "", &mut found),
            None => rest.push_str(statement),
        }
    }
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in rest.match_indices(start) {
            let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            let end = rest[at..].find(|c| !is_path(c)).map_or(rest.len(), |end| at + end);
            found.push(rest[at..end].to_owned());
        }
    }
    found
}

/// The file in which a path of that file lies; `None` if it leaves the desk.
fn resolve(own: &str, path: &str, modules: &BTreeMap<String, String>) -> Option<String> {
    let mut place: Vec<&str> = own.split("::").collect();
    for (at, part) in path.split("::").map(str::trim).enumerate() {
        match part {
            "crate" if at == 0 => place.clear(),
            "super" => drop(place.pop()),
            "self" => {}
            part => place.push(part),
        }
    }
    while !place.is_empty() {
        let name = place.join("::");
        if modules.contains_key(&name) {
            return Some(name);
        }
        place.pop();
    }
    None
}

/// Files that a file imports.
fn imports(modules: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<String>> {
    let of = |own: &str, code: &str| {
        let all = named(code).into_iter().filter_map(|path| resolve(own, &path, modules));
        all.filter(|other| other != own).collect()
    };
    modules.iter().map(|(own, code)| (own.as_str(), of(own, code))).collect()
}

/// Those that are left when, again and again, whoever imports nothing that is left is taken away.
fn circles(mut left: BTreeMap<&str, BTreeSet<String>>) -> Vec<&str> {
    loop {
        let names: BTreeSet<&str> = left.keys().copied().collect();
        let free = |imports: &BTreeSet<String>| !imports.iter().any(|one| names.contains(&**one));
        let done: Vec<&str> = left.iter().filter(|(_, to)| free(to)).map(|(own, _)| *own).collect();
        if done.is_empty() {
            return left.into_keys().collect();
        }
        done.into_iter().for_each(|name| drop(left.remove(name)));
    }
}

#[test]
fn no_file_of_the_desk_is_in_a_circle() {
    let modules = modules();
    assert!(modules.len() > 40, "the files of the desk are found");
    let all = imports(&modules);
    assert!(all["desk::decide::order::run"].contains("desk::case"), "imports are seen");
    let wrong = circles(all);
    assert!(wrong.is_empty(), "these import each other, or stand between: {wrong:#?}");
}

#[test]
fn a_circle_is_found() {
    let modules: BTreeMap<String, String> = [
        ("desk", "pub use one::One;"),
        ("desk::one", "use super::two::{self, Two};"),
        ("desk::two", "pub fn a() { crate::desk::three::b() }"),
        ("desk::three", "use crate::{desk::{one::{One as Other}}, mail};"),
        ("desk::four", "use super::one;"),
    ]
    .map(|(name, code)| (name.to_owned(), code.to_owned()))
    .into();
    let found = circles(imports(&modules));
    assert_eq!(found, ["desk", "desk::four", "desk::one", "desk::three", "desk::two"]);
    let mut without = modules;
    without.insert("desk::three".to_owned(), "use crate::mail;".to_owned());
    assert!(circles(imports(&without)).is_empty());
}
