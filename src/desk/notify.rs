//! Who hears of what, and who must not.
//!
//! Customers' mails are made in `notify/outside.rs`: they hold only what is public (C1, C2).
//! Agents' and the owner's mails are made in `notify/inside.rs`, transcripts of what became of an
//! agent's mail in `notify/transcript.rs`: their first line says where a reply goes, and that is
//! frozen with the mail.

mod asked;
mod below;
mod bundle;
mod closing;
mod digest;
mod due;
mod held;
mod holding;
mod inside;
mod large;
mod make;
mod outside;
mod reach;
mod repaired;
mod standing;
mod survey;
mod timed;
mod transcript;
mod undelivered;

pub use crate::desk::case::HELD_FOR;
pub use asked::{ask, ask_again, has_had_enough, may_tell, promise_anew, questions, thank};
pub use bundle::{Bundle, bundle, spam};
pub use closing::{Review, review, review_due, silence, solved};
pub use digest::{Chapter, Morning, digest};
pub use held::{Asks, collision, key, key_said};
pub use holding::{Holding, hold_off};
pub use inside::{
    Scene, alarm, follow_up, from_third_party, impostor, new_request, note, passed_on, regained,
};
pub use large::too_large;
pub use make::is_decoration;
pub use outside::{acknowledge, acknowledge_again, promised, reply, silent};
pub use reach::{Listener, listeners, on_rung, reading_for};
pub use repaired::{Elsewhere, brought, repaired};
pub use standing::{glad, may_hear_standing, standing};
pub use timed::{Pace, Reminder, escalated, reminder};
pub use transcript::{Anew, Said, Waits, done, expired, held, held_commands, hold, opened};
pub use undelivered::{Proof, undelivered};
