//! The catalogues of words: each name of each kind has one entry in each language, which shows only
//! what its value has.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Environment;
use postdesk::desk::case::Hold;
use postdesk::desk::complaint::{Complaint, Day};
use postdesk::desk::kinds::kinds;
use postdesk::desk::reason::Reason;
use postdesk::desk::route::{Evidence, Why};
use postdesk::desk::slip::Leaked;
use postdesk::desk::texts::{CATALOGUES, Texts};
use postdesk::desk::worded::Worded;
use postdesk::mail::forward::Ambiguity;
use postdesk::mail::origin::Guess;
use postdesk::mail::{InboxId, TicketNumber};

/// What is wrong with the catalogue of a kind in one language: `name.advice` may stand beside a name.
fn faults(all: &[(&str, &[&str])], catalogue: &str) -> Vec<String> {
    let known: BTreeMap<&str, &[&str]> = all.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for line in catalogue.lines() {
        let Some((name, entry)) = line.split_once(": ") else {
            faults.push(format!("no entry: {line}"));
            continue;
        };
        let Some(fields) = known.get(name.trim_end_matches(".advice")) else {
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
fn each_value_has_one_entry_in_each_language() {
    let kinds = kinds();
    let mut found = Vec::new();
    for (file, catalogue) in CATALOGUES {
        let kind = file.split_once('/').map(|(_, kind)| kind);
        let Some((_, names)) = kinds.iter().find(|(known, _)| Some(*known) == kind) else {
            found.push(format!("{file} is of no kind"));
            continue;
        };
        let distinct: BTreeSet<&str> = names.iter().map(|(name, _)| *name).collect();
        assert_eq!(distinct.len(), names.len(), "two of {file} have one name");
        found.extend(faults(names, catalogue).into_iter().map(|fault| format!("{file}: {fault}")));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn faults_of_a_catalogue_are_found() {
    let odd = "no-such-page: of {{ page }}\nno-such-page: none\nelse: none\nwhy-what: {{\n";
    let found = faults(Complaint::ALL, odd).join("\n");
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
            Complaint::NoCustomer { why: Some(Ambiguity::NoSender), candidates: Vec::new() },
            "the forwarded mail does not say who wrote it; answer with #customer and the address, and it is done",
        ),
    ] {
        assert_eq!(texts.say(&complaint), words);
    }
}

/// A value within another is said by its own catalogue, in whichever it stands.
#[test]
fn values_within_values_become_words() {
    let texts = Texts::new("en", BTreeMap::new());
    let by = Evidence::Tag;
    let opens = Reason::Opens { why: Why::Stranger { by } };
    let spam = Reason::Spam { mark: "x{{7*7}}".to_owned() };
    let mail = InboxId(7);
    let complaint = Some(Complaint::Unknown { meant: Some("tag") });
    let wrong = Reason::NotUnderstood { line: "#tga".to_owned(), complaint };
    let leak = Leaked::Command { name: "close" };
    for (reason, code, words) in [
        (
            Reason::ReleasedBy { mail, why: vec![opens, spam] },
            "released-by",
            "released by mail 7: has the number in its subject, but its sender takes no part in \
             that ticket; the mail server calls it spam (x{{7*7}})",
        ),
        (
            Reason::ReleasesNothing { mail, why: Box::new(wrong) },
            "releases-nothing",
            "does not release mail 7: #tga: unknown; did you mean #tag?",
        ),
        (
            Reason::Held { hold: Hold::LeakInFile { leak, name: "a.txt".to_owned() } },
            "leak-in-file",
            "the file a.txt would go along, and it holds what is nearly the command #close",
        ),
        (
            Reason::Held { hold: Hold::Machine { guess: Guess::Recall } },
            "machine",
            "it reads as if you called a mail back, and nobody can tell whether you or a machine of \
             yours wrote it",
        ),
    ] {
        assert_eq!((reason.code(), &*texts.say(&reason)), (code, words));
    }
    assert_eq!(
        texts.advise(&Hold::Machine { guess: Guess::Recall }).unwrap(),
        "answer with #send if it is your answer. What went out cannot be called back; #undo takes \
         back what still waits."
    );
    assert_eq!(texts.advise(&Hold::NoVerdict), None);
}

/// Entries of the operator's stand before ours, one by one; one that cannot be said leaves it to
/// ours, and a language that has no words for something has it in English.
#[test]
fn own_entries_stand_before_ours() {
    let own = "no-such-page: keine Seite\nonce-in-a-mail: {{ nonsense }}\nno-ticket: {{ number\n";
    let own = BTreeMap::from([
        ("xx/complaints.txt".to_owned(), own.to_owned()),
        ("en/complaints.txt".to_owned(), "why-what: what?\nno-such-page: none\n".to_owned()),
    ]);
    let texts = Texts::new("xx", own);
    assert!(texts.broken().is_empty());
    for (complaint, words) in [
        (Complaint::NoSuchPage, "keine Seite"),
        (Complaint::OnceInAMail, "once in a mail"),
        (Complaint::NoTicket { number: TicketNumber(12) }, "there is no ticket #12"),
        (Complaint::WhyWhat, "what?"),
        (Complaint::WhichWords, "which words?"),
    ] {
        assert_eq!(texts.say(&complaint), words);
    }
    let nested = Reason::KeyWrong { mail: InboxId(1), complaint: Complaint::NoSuchPage };
    assert_eq!(texts.say(&nested), "does not release mail 1: the key: keine Seite");
}
