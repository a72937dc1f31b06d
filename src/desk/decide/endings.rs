//! How an agent's mails end, learnt from those that they wrote for sure.

use crate::config::Agent;
use crate::desk::case::AgentMail;
use crate::desk::decision::Effect;
use crate::desk::draft::Draft;
use crate::mail::Origin;
use crate::mail::quote::new_text_of;
use crate::mail::quote::tail::ending;

/// So many mails' ends are remembered.
const ENDINGS_MAX: usize = 12;

/// Under which name they are remembered, as a list in JSON.
pub fn name(agent: &Agent) -> String {
    format!("endings {}", agent.address.key())
}

/// Remembers how this mail ends.
pub fn remember(draft: &mut Draft<'_>, own: AgentMail<'_>) {
    let (case, read) = (draft.case, own.read);
    let new = ending(&new_text_of(&case.script().blocks));
    if !read.verdict.agent || read.reading.origin != Origin::Person || new.is_empty() {
        return;
    }
    let mut endings = case.habits().endings.clone();
    endings.push(new);
    let old = endings.len().saturating_sub(ENDINGS_MAX);
    if let Ok(kept) = serde_json::to_string(endings.get(old..).unwrap_or_default()) {
        draft.also(Effect::Remember(name(own.agent), kept));
    }
}
