//! What should be done on a ticket by when, in the words of a mail to agents.

use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::scrap::Scrap;
use crate::desk::texts::stamp;
use crate::desk::{Goal, Target, clocks};

/// What should be done by when, as it is after what was decided; an answer or an update that the
/// customer was promised for that time is told already.
pub fn targets(draft: &Draft<'_>, conversation: &Conversation) -> Vec<String> {
    let case = draft.case;
    let Some(ticket) = clocks::ahead(draft, conversation.ticket.number) else { return Vec::new() };
    let promised = conversation.promised();
    let told = |one: &&Target| {
        one.what != Goal::Solution && one.due_at.is_some() && one.due_at == promised
    };
    let open = ticket.targets.iter().filter(|one| one.is_open() && one.what != Goal::Taken);
    let mut open: Vec<&Target> = open.filter(|one| !told(one)).collect();
    open.sort_by_key(|one| (one.due_at.is_none(), one.due_at));
    let words = |one: &Target| {
        let at = one.due_at.map(|at| stamp(at, &case.config.desk.time_zone));
        let late = one.due_at.is_some_and(|at| at <= case.now);
        case.texts.say(&Scrap::Target { what: one.what, at, late })
    };
    open.into_iter().map(words).collect()
}
