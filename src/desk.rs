//! The desk: tickets, what is said in them, the facts that change them, and what is decided about a
//! mail.
//!
//! Its files stand in a line too, and a test checks that none is in a circle:
//!
//! ```text
//! cause, goal, wake, event, locked, outcome, outside, phrasebook, phrases, problem, scrap, worded < complaint, courtesy, disown, halt, addressee, measure, survey, target, ticket, texts, voice, withheld < slip, command, absence, intake < assurance, obeyed < besides, rules, query
//!   < digest, known < records < route, direction < reason, case, deed, decision < audience, silenced, draft < clocks < notify < decide, kinds
//! ```

pub mod absence;
pub mod addressee;
pub mod assurance;
mod audience;
pub mod besides;
pub mod case;
mod cause;
mod clocks;
pub mod command;
pub mod complaint;
pub mod courtesy;
pub mod decide;
pub mod decision;
pub mod deed;
pub mod digest;
pub mod direction;
mod disown;
mod draft;
mod event;
pub mod goal;
mod halt;
pub mod intake;
pub mod kinds;
pub mod known;
mod locked;
pub mod measure;
pub mod notify;
pub mod obeyed;
mod outcome;
pub mod outside;
pub mod phrasebook;
mod phrases;
pub mod problem;
pub mod promise;
pub mod query;
pub mod reason;
pub mod records;
pub mod route;
pub mod rules;
pub mod scrap;
mod silenced;
pub mod slip;
pub mod survey;
pub mod target;
pub mod texts;
mod ticket;
pub mod urge;
pub mod voice;
mod wake;
pub mod withheld;
pub mod worded;

pub use cause::Cause;
pub use event::{AskEnd, EntryKind, Event, Joining, Mailed, Priority, Promised, Status, Wake};
pub use goal::Goal;
pub use promise::{Promise, ToCome};
pub use survey::Survey;
pub use target::Target;
pub use ticket::{
    Direction, Entry, FileNote, IdKind, NO_SUBJECT, PARTICIPANTS_MAX, Part, Participant, Ticket,
};
