//! All kinds of values that have a catalogue, so that catalogues can be held against them.

use super::absence::Until;
use super::besides::{Again, Besides, Changed, Remark};
use super::command::COMMANDS;
use super::complaint::{Complaint, KeyNeeded};
use super::deed::{Because, Deed, Instead};
use super::digest::{Row, Section};
use super::measure::Measure;
use super::obeyed::{Heading, Obeyed, Warning};
use super::outside::Outside;
use super::problem::Problem;
use super::query::tale::Tale;
use super::reason::Reason;
use super::route::{Evidence, Why};
use super::rules::Ruled;
use super::scrap::{Goes, Part, Scrap, Then};
use super::slip::{Hold, Leaked};
use super::urge::Urge;
use super::withheld::{Silence, Unsent};
use super::worded::Worded;
use crate::config::DETAILS;

/// A name with what its entry may show.
pub type Name = (&'static str, &'static [&'static str]);

/// A kind of values: its catalogue, and all its names.
pub type Kind = (&'static str, Vec<Name>);

/// Every kind.
pub fn kinds() -> Vec<Kind> {
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
        of::<Measure>(),
        of::<Heading>(),
        of::<Leaked>(),
        of::<Remark>(),
        of::<Obeyed>(),
        of::<Part>(),
        of::<Problem>(),
        of::<Outside>(),
        of::<Reason>(),
        of::<Row>(),
        of::<Ruled>(),
        of::<Scrap>(),
        of::<Section>(),
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
    let details = DETAILS.iter().map(|name| (*name, &[][..])).collect();
    let others = OTHERS.iter().map(|(file, names)| (*file, names.to_vec()));
    own.into_iter().chain(others).chain([("commands", commands), ("details", details)]).collect()
}

fn of<T: Worded>() -> Kind {
    (T::FILE, T::ALL.to_vec())
}

/// Kinds whose values have no fields, or are of another room.
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
            ("answered", &["all"]),
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
            ("holding", &[]),
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
            ("called", &[]),
            ("few-words", &[]),
            ("sentence", &[]),
        ],
    ),
    (
        "days",
        &[
            ("monday", &[]),
            ("tuesday", &[]),
            ("wednesday", &[]),
            ("thursday", &[]),
            ("friday", &[]),
            ("saturday", &[]),
            ("sunday", &[]),
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
            ("delivery", &[]),
        ],
    ),
];
