//! An agent's own out-of-office mail: it is no answer, but it says that they are away.
//!
//! Nobody answers it. It counts until the date it names, else for a day, which the next one
//! prolongs; the next mail that they write themselves ends it. What they said by `#away` is never
//! changed by a machine.

use std::time::Duration;

use crate::config::Agent;
use crate::desk::absence::{self, Absence, Change, Said};
use crate::desk::case::{Case, Outcome, Read};
use crate::desk::decision::Effect;
use crate::desk::draft::Draft;
use crate::desk::known::Answered;
use crate::desk::reason::Reason;
use crate::desk::urge::Urge;
use crate::desk::{Status, notify};
use crate::mail::Kind;

/// How long an out-of-office mail without a date counts.
const WITHOUT_DATE: Duration = Duration::from_secs(24 * 3600);

/// Decides about an automatic answer of an agent's, whose sender is proved.
pub fn away<'a>(case: &'a Case<'a>, read: &Read<'_>, agent: &Agent) -> Draft<'a> {
    let ticket = case.answered_ticket();
    let known = absence::of(case.absences(), &agent.address);
    if known.is_some_and(|known| known.said == Said::ByCommand) {
        return Draft::end(
            case,
            Outcome::Record,
            ticket,
            Reason::AgentAwayAlready { signs: read.reading.reason.clone() },
        );
    }
    let zone = &case.config.desk.time_zone;
    let hours = case.config.queues.first().map(|queue| &queue.hours);
    let text = format!("{}\n{}", read.inbound.subject.as_deref().unwrap_or_default(), read.text);
    let named = absence::until(&text, case.now, zone, hours);
    let a_day = known
        .and_then(|known| known.until)
        .map_or(case.now.plus(WITHOUT_DATE), |until| until.max(case.now.plus(WITHOUT_DATE)));
    let until = named.unwrap_or(a_day);
    let absence = Absence {
        agent: agent.address.clone(),
        until: Some(until),
        backup: None,
        said: Said::ByMachine,
    };
    let reason = Reason::AgentAway {
        agent: agent.address.clone(),
        until: absence.until(zone),
        signs: read.reading.reason.clone(),
    };
    let mut draft = Draft::end(case, Outcome::Record, ticket, reason);
    draft.also(Effect::Absence(Change::Away(absence.clone())));
    if known.is_none() {
        pass_on(&mut draft, agent, absence);
    }
    draft
}

/// The mail that their machine answered lies in an empty office: whoever is here hears of the
/// ticket, if nobody else did.
fn pass_on(draft: &mut Draft<'_>, agent: &Agent, absence: Absence) {
    let case = draft.case;
    let is_theirs =
        |row: &Answered| row.recipient == agent.address && row.kind == Kind::Notification;
    let own = case.answered().is_some_and(is_theirs);
    let Some(conversation) = case.conversation().filter(|_| own) else { return };
    let readers = notify::listeners(case, conversation, &case.config.desk.address);
    let only_reader = readers.iter().all(|one| one.person.address == agent.address);
    let over = matches!(conversation.ticket.status, Status::Solved | Status::Closed | Status::Spam);
    if !over && only_reader {
        // As it is once they are away.
        let case = case.with_absence(absence);
        let mut then = Draft::new(&case);
        let to = notify::listeners(&case, conversation, &case.config.desk.address);
        let away = Urge::Away { agent: agent.name.clone() };
        notify::reminder(&mut then, conversation, notify::Reminder::of(away, to));
        draft.mails.append(&mut then.mails);
        draft.more.append(&mut then.more);
    }
}

/// A mail that they wrote themselves: whoever writes is here.
pub fn here<'a>(case: &'a Case<'a>, agent: &Agent, mut draft: Draft<'a>) -> Draft<'a> {
    let known = absence::of(case.absences(), &agent.address);
    if known.is_some_and(|known| known.said == Said::ByMachine) {
        // Before what the mail itself says of it.
        draft.more.insert(0, Effect::Absence(Change::Back(agent.address.clone())));
    }
    draft
}
