//! The catalogues of words: each name of each kind has one entry in each language, which shows only
//! what its value has.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Environment;
use postdesk::desk::absence::Until;
use postdesk::desk::besides::{Again, Besides, Changed, Remark};
use postdesk::desk::case::Hold;
use postdesk::desk::command::COMMANDS;
use postdesk::desk::complaint::{Complaint, Day, KeyNeeded};
use postdesk::desk::deed::{Because, Deed, Instead};
use postdesk::desk::obeyed::{Heading, Obeyed, Warning};
use postdesk::desk::outside::Outside;
use postdesk::desk::problem::Problem;
use postdesk::desk::query::tale::Tale;
use postdesk::desk::reason::Reason;
use postdesk::desk::route::{Evidence, Why};
use postdesk::desk::scrap::{Goes, Part, Scrap, Then};
use postdesk::desk::slip::Leaked;
use postdesk::desk::texts::{CATALOGUES, Texts};
use postdesk::desk::urge::Urge;
use postdesk::desk::withheld::{Silence, Unsent};
use postdesk::desk::worded::Worded;
use postdesk::mail::InboxId;
use postdesk::mail::forward::Ambiguity;
use postdesk::mail::origin::Guess;

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

/// A name with what its entry may show.
type Name = (&'static str, &'static [&'static str]);
/// A kind of values: its catalogue, and all its names.
type Kind = (&'static str, Vec<Name>);

fn of<T: Worded>() -> Kind {
    (T::FILE, T::ALL.to_vec())
}

fn kinds() -> Vec<Kind> {
    let own = [
        of::<Again>(),
        of::<Because>(),
        of::<Besides>(),
        of::<Changed>(),
        of::<Complaint>(),
        of::<Deed>(),
        of::<Evidence>(),
        of::<Goes>(),
        of::<Hold>(),
        of::<Instead>(),
        of::<KeyNeeded>(),
        of::<Heading>(),
        of::<Leaked>(),
        of::<Remark>(),
        of::<Obeyed>(),
        of::<Part>(),
        of::<Problem>(),
        of::<Outside>(),
        of::<Reason>(),
        of::<Scrap>(),
        of::<Silence>(),
        of::<Tale>(),
        of::<Then>(),
        of::<Unsent>(),
        of::<Until>(),
        of::<Urge>(),
        of::<Warning>(),
        of::<Why>(),
    ];
    let commands = COMMANDS.iter().map(|command| (command.name, &[][..])).collect();
    let others = OTHERS.iter().map(|(file, names)| (*file, names.to_vec()));
    own.into_iter().chain(others).chain([("commands", commands)]).collect()
}

/// Kinds whose values have no fields, or are of another room: names, and what their entries show.
const OTHERS: &[(&str, &[Name])] = &[
    (
        "ambiguities",
        &[
            ("no-sender", &[]),
            ("no-address", &["name"]),
            ("several-senders", &["all"]),
            ("ours", &["address"]),
            ("machine", &["address", "answers"]),
            ("answers-elsewhere", &["address", "answers"]),
            ("through", &["person"]),
            ("several-mails", &["all"]),
        ],
    ),
    (
        "kinds",
        &[
            ("acknowledgement", &[]),
            ("notification", &[]),
            ("reply", &[]),
            ("notice", &[]),
            ("transcript", &[]),
            ("alarm", &[]),
        ],
    ),
    (
        "outcomes",
        &[
            ("message", &[]),
            ("note", &[]),
            ("command", &[]),
            ("record", &[]),
            ("duplicate", &[]),
            ("quarantine", &[]),
            ("held", &[]),
            ("refused", &[]),
        ],
    ),
    (
        "doubts",
        &[
            ("commands", &[]),
            ("nobody", &[]),
            ("colleague", &[]),
            ("given", &[]),
            ("few-words", &[]),
        ],
    ),
    (
        "guesses",
        &[
            ("away-subject", &[]),
            ("subject", &[]),
            ("invitation", &[]),
            ("away", &[]),
            ("receipt", &[]),
            ("recall", &[]),
            ("challenge", &[]),
        ],
    ),
];

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
