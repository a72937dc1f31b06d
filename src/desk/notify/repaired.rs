//! Mails to agents about a ticket that a command about another one changed.

use super::inside::{Telling, tell_one};
use crate::desk::decide::order::threads::Elsewhere;
use crate::desk::decide::{Context, Decision, Read};
use crate::mail::authentic::Verdict;
use crate::mail::{Inbound, ReplyGoes};
use crate::time::Timestamp;

/// Tells the agents concerned. The files of the mail that bore the command are none of that ticket.
pub fn repaired(context: &Context<'_>, read: &Read<'_>, one: &Elsewhere<'_>, now: Timestamp, decision: &mut Decision) {
    let inbound = Inbound::default();
    let verdict = Verdict { result: one.verified, agent: false, reason: "as it was when the mail came".to_owned() };
    let read = Read { inbound: &inbound, verdict: &verdict, text: &one.text, blocks: &[], ..read.clone() };
    let telling = Telling { author: &one.author, did: &one.did, why: None, goes: ReplyGoes::Public };
    for agent in &one.agents {
        tell_one(context, &read, &one.about, &telling, agent, now, decision);
    }
}
