//! A mail of an agent's that comes once more, in answer to another mail of ours: whoever got hold
//! of a copy can turn it elsewhere, for few servers sign what a mail answers.
//!
//! It is known by its signatures, which no two mails share, and by its date with its words; a mail
//! of commands alone by its id too, for those are written alike and in one go. The agent is asked
//! for the key then, as if nobody had vouched for it.

use crate::config::Agent;
use crate::desk::case::{AgentMail, Case, Read};
use crate::desk::decision::Effect;
use crate::desk::draft::Draft;
use crate::mail::{InboxId, Origin};

/// Signatures that are looked at; more are nobody's.
const SIGNATURES_MAX: usize = 8;

/// The earlier mail of which this one is a copy.
pub fn earlier(case: &Case<'_>, own: AgentMail<'_>) -> Option<InboxId> {
    let AgentMail { read, agent } = own;
    if read.released || read.quiet {
        return None;
    }
    let noted = |name: String| case.records.noted(&name)?.parse().ok().map(InboxId);
    names(case, read, agent).into_iter().filter_map(noted).find(|first| *first != read.id)
}

/// Notes by what it is known again.
pub fn remember(draft: &mut Draft<'_>, own: AgentMail<'_>) {
    let AgentMail { read, agent } = own;
    let case = draft.case;
    let proved = read.verdict.agent && read.reading.origin == Origin::Person;
    if proved && earlier(case, own).is_none() {
        let note = |name| Effect::Remember(name, read.id.0.to_string());
        draft.more.extend(names(case, read, agent).into_iter().map(note));
    }
}

fn names(case: &Case<'_>, read: &Read<'_>, agent: &Agent) -> Vec<String> {
    let signatures = read.inbound.values("DKIM-Signature").take(SIGNATURES_MAX).filter_map(sealed);
    let mut lines = read.text.lines().map(str::trim).filter(|line| !line.is_empty());
    let id = lines.all(|line| line.starts_with('#')).then_some(&read.inbound.message_id);
    let id = id.map(|id| id.as_ref().map_or("", |id| id.as_str())).unwrap_or_default();
    let dated =
        read.inbound.values("Date").next().map(|date| format!("{date}\n{id}\n{}", read.text));
    let name = |print: String| format!("came {} {}", agent.address.key(), case.key.mark(&print));
    signatures.chain(dated).map(name).collect()
}

/// The signature itself (RFC 6376 §3.5, `b=`).
fn sealed(field: &str) -> Option<String> {
    let tag = field.split(';').find_map(|tag| tag.trim().strip_prefix("b="))?;
    let bare: String = tag.chars().filter(|c| !c.is_whitespace()).collect();
    (!bare.is_empty()).then_some(bare)
}
