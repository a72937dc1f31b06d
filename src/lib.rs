//! Postdesk, an email-first ticketing daemon: one mailbox in, one SQLite file, one relay out.
//!
//! This page is the map. The rooms stand in a line, and a room imports only rooms to its left:
//!
//! ```text
//! time < config < mail < desk < store, net < {fetch, work, send, hooks, metrics} < {cli, demo} < main
//! ```
//!
//! Five laws, each an absence that a test checks:
//!
//! 1. `mail` and `desk` do no I/O and know no clock, no chance, no `async`: data in, values out.
//! 2. Bytes are durable before anyone is told: `fetch` commits before it touches the server, `work`
//!    commits events and outgoing mail together, `send` sends only what lies in the outbox.
//! 3. One direction, no cycle.
//! 4. Every mail has an end, with a reason: message, note, command, record, duplicate, quarantine
//!    or refused; `held` alone waits, and for minutes an agent's mail whose signature nobody can
//!    judge yet (`work/vouch.rs`).
//! 5. A note never goes to a customer, and no machine is ever answered by a machine.
//!
//! The way of a mail:
//!
//! ```text
//! IN   server ─fetch─▶ inbox row + ledger, one commit ─▶ only then keyword or MOVE on the server
//!      inbox row ─work─▶ attempts+1, commit ─▶ parse ─▶ origin ─▶ authentic ─▶ quote
//!                ─▶ vouch (an agent's, nothing stamped: keys from DNS, no transaction open)
//!                ─▶ write(|tx| decide (asks, routes, notifies) ─▶ compose ─▶ append)       one commit
//! OUT  outbox row ─send─▶ attempts+1, commit ─▶ relay ─▶ outcome, commit
//!      events     ─hooks─▶ the operator's commands, at least once
//! ```

pub mod cli;
pub mod config;
pub mod demo;
pub mod desk;
pub mod fetch;
pub mod hooks;
pub mod mail;
pub mod metrics;
pub mod net;
pub mod send;
pub mod store;
pub mod time;
pub mod work;
