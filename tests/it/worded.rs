//! The catalogues of words: each name of each kind has one entry in each language, which shows only
//! what its value has.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Environment;
use postdesk::desk::complaint::{Complaint, Day};
use postdesk::desk::texts::{CATALOGUES, Texts};
use postdesk::desk::worded::Worded;

/// What is wrong with the catalogue of a kind in one language.
fn faults<T: Worded>(catalogue: &str) -> Vec<String> {
    let known: BTreeMap<&str, &[&str]> = T::ALL.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for line in catalogue.lines() {
        let Some((name, entry)) = line.split_once(": ") else {
            faults.push(format!("no entry: {line}"));
            continue;
        };
        let Some(fields) = known.get(name) else {
            faults.push(format!("nothing is said by {name}"));
            continue;
        };
        if !seen.insert(name) {
            faults.push(format!("{name} stands twice"));
        }
        let environment = Environment::new();
        match environment.template_from_str(entry) {
            Ok(template) => {
                let named = template.undeclared_variables(false).into_iter();
                let odd = named.filter(|field| !fields.contains(&field.as_str()));
                faults.extend(odd.map(|field| format!("{name} has no {field}")));
            }
            Err(error) => faults.push(format!("{name}: {error}")),
        }
    }
    let missing = known.keys().filter(|name| !seen.contains(*name));
    faults.extend(missing.map(|name| format!("{name} has no words")));
    faults
}

#[test]
fn each_complaint_has_one_entry_in_each_language() {
    let all = CATALOGUES.iter().filter(|(file, _)| file.ends_with(Complaint::FILE));
    for (file, catalogue) in all {
        assert_eq!(faults::<Complaint>(catalogue), Vec::<String>::new(), "{file}");
    }
    let names: BTreeSet<&str> = Complaint::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), Complaint::ALL.len(), "no two have one name");
}

#[test]
fn faults_of_a_catalogue_are_found() {
    let odd = "no-such-page: of {{ page }}\nno-such-page: none\nelse: none\nwhy-what: {{\n";
    let found = faults::<Complaint>(odd).join("\n");
    for fault in [
        "no-such-page has no page",
        "no-such-page stands twice",
        "by else",
        "why-what: ",
        "once-in-a-mail has no words",
    ] {
        assert!(found.contains(fault), "{fault}: {found}");
    }
}

#[test]
fn values_become_words() {
    let texts = Texts::new("xx", BTreeMap::new());
    let known = || ["a", "b"].map(str::to_owned).to_vec();
    let day = |text: &str| Day(text.parse().unwrap());
    let written = "x{{7*7}}".to_owned();
    for (complaint, words) in [
        (Complaint::NoSuchPage, "there are no so many pages"),
        (Complaint::Unknown { meant: None }, "unknown; #help lists all"),
        (Complaint::Unknown { meant: Some("tag") }, "unknown; did you mean #tag?"),
        (
            Complaint::NoQueue { written, meant: None, known: known() },
            "there is no queue x{{7*7}}; there are a, b",
        ),
        (
            Complaint::DayOrMonth { one: day("2024-04-03"), other: day("2024-03-04") },
            "3 Apr or 4 Mar? Write it like that",
        ),
        (
            Complaint::NoCustomer { why: "who".to_owned(), candidates: Vec::new() },
            "who; answer with #customer and the address, and it is done",
        ),
    ] {
        assert_eq!(texts.say(&complaint), words);
    }
}
