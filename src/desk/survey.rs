//! What a customer was asked about how they were served, and the mark that they gave: one question
//! for each time that their request was solved, and its last answer. The events tell of all.

use serde::{Deserialize, Serialize};

use super::event::{Event, Status};
use crate::mail::Address;
use crate::time::Timestamp;

/// The best mark.
pub const BEST: u8 = 5;

/// One of them. Times are RFC 3339 in UTC where it is serialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Whom.
    pub of: Address,
    /// Whose work it asks about; `null` if no agent's.
    pub agent: Option<Address>,
    /// From 1 to [`BEST`]; `null` while there is none.
    pub mark: Option<u8>,
    /// All that they wrote with it.
    pub text: Option<String>,
    /// When they gave it.
    pub at: Option<Timestamp>,
    /// The ticket is solved since it was asked, so a mark that answers no mail of ours counts too.
    pub open: bool,
}

/// What a fact changes about it.
pub fn apply(survey: &mut Option<Survey>, event: &Event, now: Timestamp) {
    if let Event::SurveyAsked { of, agent } = event {
        let (of, agent) = (of.clone(), agent.clone());
        // What they said of the same person's work before holds until they say more.
        let before = survey.take().filter(|one| (&one.of, &one.agent) == (&of, &agent));
        let at = before.as_ref().and_then(|one| one.at);
        let (mark, text) = before.map_or((None, None), |one| (one.mark, one.text));
        *survey = Some(Survey { asked_at: now, of, agent, mark, text, at, open: true });
    }
    let Some(survey) = survey else { return };
    match event {
        Event::Marked { mark, text, .. } => {
            (survey.mark, survey.text, survey.at) = (Some(*mark), Some(text.clone()), Some(now));
        }
        Event::StatusChanged { to, .. } => {
            survey.open &= matches!(to, Status::Solved | Status::Closed);
        }
        _ => {}
    }
}
