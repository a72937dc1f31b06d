//! One test crate: features are tested, not code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests"
)]

mod absence;
mod agents;
mod assurance;
mod authentic;
mod blank;
mod bounces;
mod check;
mod command;
mod compose;
mod config;
mod courtesy;
mod cpu;
mod crash;
mod damage;
mod demo;
mod direction;
#[cfg(feature = "dkim")]
mod dkim;
mod exported;
mod fair;
mod hours;
mod imap;
mod intake;
mod killed;
mod leaks;
mod line;
mod listed;
mod made;
mod mail;
mod morning;
mod net;
mod obeyed;
mod orders;
mod origin;
mod outage;
mod overdue;
mod packaged;
mod phrasebook;
mod pipe;
mod plain;
mod prose;
mod queries;
mod quote;
mod relay;
mod responsible;
mod restored;
mod route;
mod scenario;
mod schema;
mod sim;
mod smtp;
mod store;
mod survey;
mod tail;
mod third;
mod threads;
mod tidy;
mod total;
mod undo;
mod voice;
mod wire;
mod worded;
mod words;
