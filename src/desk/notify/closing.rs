//! Mails to customers whose request is solved: what they were answered last, that nothing need be
//! done, and the question how they were served. And what a bad mark is answered with.

use super::make::{maybe, render, value};
use super::outside::{due, notice, send, shown_subject, silent};
use super::survey::{answerer, ask};
use crate::config::Agent;
use crate::desk::case::{Case, Read};
use crate::desk::decide::words::without_agents;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::silenced::wants_none;
use crate::desk::texts::{Values, moment};
use crate::desk::withheld::{Silence, Unsent};
use crate::desk::{Entry, Event, Goal, Mailed, Ticket};
use crate::mail::{Authentication, Kind, Person};
use crate::time::Timestamp;

/// So much of an answer is restated: its reader has all of it.
const LINES_SHOWN: usize = 6;
const LETTERS_SHOWN: usize = 400;

/// The desk's own word that a request is solved, to whoever hears of it: once, since solving what
/// is solved changes nothing.
pub fn solved(draft: &mut Draft<'_>, conversation: &Conversation, by: &Agent) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    if !ticket.verified {
        let why = case.texts.say(&Silence::FirstFailed);
        draft.fact(ticket.number, Event::Withheld { what: case.texts.say(&Unsent::Solved), why });
        return;
    }
    let agent = answerer(case, ticket).or_else(|| ticket.assignee.clone());
    let agent = agent.unwrap_or_else(|| by.address.clone());
    for one in ticket.participants.iter().filter(|one| one.mailed == Mailed::Yes) {
        let answer = case.records.answer_to(ticket.number, &one.person.address);
        let mut values = restated(case, answer.as_ref());
        let survey = ask(draft, ticket, &one.person.address, Some(&agent));
        values.extend([
            ("number", value(ticket.number.0.to_string())),
            ("subject", value(&conversation.outside)),
            ("desk", value(&case.config.desk.name)),
            ("survey", survey.into()),
        ]);
        let to = [one.person.clone()];
        notice(draft, (Kind::Notice, "solved"), &values, (conversation, &to));
    }
}

/// The last answer that its reader got, in short.
fn restated(case: &Case<'_>, answer: Option<&Entry>) -> Values {
    let author = answer.map(|entry| &entry.author);
    let known = author.and_then(|author| case.config.agent(&author.address));
    let name = known.map(|agent| agent.name.clone());
    let zone = &case.config.desk.time_zone;
    Values::from([
        ("who", maybe(name.or_else(|| author?.name.clone()))),
        ("at", maybe(answer.map(|entry| moment(entry.at, zone)))),
        ("answer", maybe(answer.map(|entry| quoted(&without_agents(&entry.text, case.config))))),
    ])
}

/// Its first lines, marked as a quotation.
fn quoted(text: &str) -> String {
    let text = text.trim();
    let lines = text.lines().take(LINES_SHOWN).collect::<Vec<_>>().join("\n");
    let letters: String = lines.chars().take(LETTERS_SHOWN).collect();
    let shown = match letters.rsplit_once(char::is_whitespace) {
        Some((whole, _)) if letters.len() < lines.len() => whole,
        _ => &letters,
    };
    let more = (shown.len() < text.len()).then_some("…");
    let lines = shown.trim_end().lines().chain(more);
    let marked = lines.map(|line| format!("> {line}").trim_end().to_owned());
    marked.collect::<Vec<_>>().join("\n")
}

/// What a bad mark led to.
#[derive(Clone, Debug)]
pub struct Review {
    /// The mark.
    pub mark: u8,
    /// Who looks at it, as customers call them; nobody is named where that is the owner.
    pub by: Option<String>,
    /// By when they answer.
    pub due: Option<Timestamp>,
    /// Why the customer does not hear so; `None` if they do.
    pub silence: Option<Silence>,
}

/// Why somebody does not hear that their mark is looked at.
pub fn silence(case: &Case<'_>, read: &Read<'_>, ticket: &Ticket, to: &Person) -> Option<Silence> {
    let who = to.address.clone();
    let unwanted = wants_none(case, ticket.number, &who).then_some(Silence::WantsNone { who });
    silent(case, read, to).or(unwanted)
}

/// By when whoever gave a bad mark is answered: like anybody who writes. What they were promised
/// before stays so.
pub fn review_due(case: &Case<'_>, ticket: &Ticket) -> Option<Timestamp> {
    let standing = ticket.promises.iter().filter(|one| one.stands() && one.due_at > case.now);
    standing.map(|one| one.due_at).min().or_else(|| due(case, ticket, Goal::NextAnswer))
}

/// Tells whoever gave a bad mark who looks at it, and by when they hear.
pub fn review(
    draft: &mut Draft<'_>,
    read: &Read<'_>,
    conversation: &Conversation,
    (sender, review): (&Person, &Review),
) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    if let Some(why) = &review.silence {
        let (what, why) = (case.texts.say(&Unsent::Notice), case.texts.say(why));
        draft.fact(ticket.number, Event::Withheld { what, why });
        return;
    }
    let proved = read.verdict.result == Authentication::Pass;
    let subject = Some(&*conversation.outside).filter(|_| proved).and_then(shown_subject);
    let zone = &case.config.desk.time_zone;
    let values = Values::from([
        ("number", value(ticket.number.0.to_string())),
        ("subject", maybe(subject)),
        ("desk", value(&case.config.desk.name)),
        ("mark", review.mark.into()),
        ("lead", maybe(review.by.clone())),
        ("owner", maybe(case.config.desk.owner_name.clone())),
        ("due", maybe(review.due.map(|at| moment(at, zone)))),
    ]);
    let rendered = render(draft, "review", &values);
    send(draft, read, ticket, sender, (Kind::Notice, rendered));
}
