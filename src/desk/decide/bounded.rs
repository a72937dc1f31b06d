//! How often agents are answered: a mail that is not understood once for its text, and an agent at
//! most so often within an hour, for a machine that answers transcripts would go on for ever (L2).
//! Whoever runs the desk hears of it.

use crate::desk::problem::Problem;
use std::time::Duration;

use crate::config::Agent;
use crate::desk::Cause;
use crate::desk::case::{AgentMail, Case, Hold, Outcome, Read};
use crate::desk::command::parse::{Line, Meaning};
use crate::desk::decision::Effect;
use crate::desk::draft::Draft;
use crate::desk::reason::Reason;
use crate::mail::Kind;
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);
/// Transcripts of one agent within an hour; who works with commands all day stays below.
const TRANSCRIPTS_PER_HOUR: u32 = 120;
/// So often the same text is answered that is not understood.
const SAME_TEXT_ANSWERED: u32 = 2;
/// The same of one with commands that answers a transcript: a person tries them again.
const SAME_COMMANDS_ANSWERED: u32 = 5;
/// The same of mails that read like a machine's, whatever they say.
const MACHINES_ANSWERED: u32 = 3;
/// Letters of a text by which it is known again.
const LETTERS_KEPT: usize = 2_000;

/// Takes the transcripts out where they are enough. What may be forged has a bound of its own.
pub fn answered_once(draft: &mut Draft<'_>, own: AgentMail<'_>) {
    let AgentMail { read, agent } = own;
    let case = draft.case;
    let is_transcript = |kind: Kind| kind == Kind::Transcript;
    if !case.is_certain() || !draft.mails.iter().any(|post| is_transcript(post.mail.kind)) {
        return;
    }
    let sent = case.records.sent_since(Kind::Transcript, &agent.address, case.now.minus(HOUR));
    let reason = draft.reason();
    let undone = draft.outcome == Some(Outcome::Held) || reason.is_some_and(Reason::does_nothing);
    let machine = matches!(reason, Some(Reason::Held { hold: Hold::Machine { .. } }));
    let said = said(case, read, machine).filter(|_| undone);
    let again = said.is_some_and(|said| said.counted(draft, agent));
    if !again && sent < TRANSCRIPTS_PER_HOUR {
        return;
    }
    draft.mails.retain(|post| !is_transcript(post.mail.kind));
    let agent = agent.address.clone();
    draft.problem(Cause::AgentMachine, Problem::AgentMachine { agent });
}

/// By what a mail is known again, whatever numbers stand in it, and how often it is answered.
struct SaidAgain {
    kind: &'static str,
    words: String,
    most: u32,
}

fn said(case: &Case<'_>, read: &Read<'_>, machine: bool) -> Option<SaidAgain> {
    if machine {
        let words = "a machine's".to_owned();
        return Some(SaidAgain { kind: "machine", words, most: MACHINES_ANSWERED });
    }
    // An answer with a command is a person's, most likely.
    let known = |line: &Line| !matches!(line.meaning, Meaning::Unknown);
    let has_commands = case.script().lines.iter().any(known);
    let to_transcript = case.answered().is_some_and(|row| row.kind == Kind::Transcript);
    let most = match (has_commands, to_transcript) {
        (true, false) => return None,
        (true, true) => SAME_COMMANDS_ANSWERED,
        (false, _) => SAME_TEXT_ANSWERED,
    };
    let words = read.text.chars().filter(|c| c.is_alphabetic()).take(LETTERS_KEPT).collect();
    Some(SaidAgain { kind: "text", words, most })
}

impl SaidAgain {
    /// Counts it among that agent's mails that were held last; whether it is too often now.
    fn counted(self, draft: &mut Draft<'_>, agent: &Agent) -> bool {
        let case = draft.case;
        let name = format!("held {} {}", self.kind, agent.address.key());
        let last = case.records.noted(&name).unwrap_or_default();
        let mut parts = last.splitn(3, ' ');
        let at = parts.next().and_then(|at| at.parse().ok());
        let at = at.map_or(case.now, Timestamp::from_millis);
        let times: u32 = parts.next().and_then(|times| times.parse().ok()).unwrap_or(0);
        let same = parts.next() == Some(self.words.as_str()) && case.now.since(at) < HOUR;
        let times = if same { times.saturating_add(1) } else { 1 };
        let value = format!("{} {times} {}", case.now.as_millis(), self.words);
        draft.also(Effect::Remember(name, value));
        times > self.most && !self.words.is_empty()
    }
}
