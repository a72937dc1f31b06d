//! The real binary against real servers on loopback: Dovecot as the mailbox, Exim as the mail
//! server of the normal way; faults come from a scripted SMTP server and a proxy that cuts. A
//! missing server fails the tests: `tests/run.sh` installs it.

#![allow(dead_code, reason = "the bench uses the same servers, and other parts of them")]

mod account;
mod authorization;
mod certificates;
mod check;
mod contents;
mod conversation;
mod copies;
mod cut;
mod daemon;
mod dovecot;
mod exim;
mod hooks;
mod kills;
mod limits;
mod mailbox;
mod metrics;
mod neomutt;
mod put_back;
mod relay;
mod senders;
mod servers;
mod service;
mod sink;
mod tokens;
mod world;
