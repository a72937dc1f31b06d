//! Mails that an agent's command caused beside its transcript: reminders when their time has come,
//! and what goes to the owner.

use super::bundle::{offer, offer_later};
use super::inside::{alarm, facts};
use super::make::{goes_to, maybe, own_thread, plain, render, value};
use crate::desk::problem::Problem;
use minijinja::Value;

use super::reach::Listener;
use crate::config::Agent;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::urge::Urge;
use crate::mail::{Kind, Outgoing, ReplyGoes};

/// What somebody is reminded of.
#[derive(Clone, Debug)]
pub struct Reminder<'a> {
    /// Who is.
    pub to: Vec<Listener>,
    /// Of what, a sentence for each.
    pub what: Vec<Urge>,
    /// The words of whoever asked for it, perhaps none.
    pub words: &'a str,
    /// Where a reply goes.
    pub goes: ReplyGoes,
    /// When they hear of it.
    pub pace: Pace,
}

/// How soon somebody hears of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// Their next digest lists the ticket, if they get one.
    Listed,
    /// In their next digest, in words of its own, if they get one.
    Morning,
    /// At once.
    Now,
}

impl Reminder<'_> {
    /// Of something that nobody said more about; answers go to the customer.
    pub fn of(what: Urge, to: Vec<Listener>) -> Self {
        Self::all((vec![what], Pace::Now), to)
    }

    /// Of something that can wait.
    pub fn later(what: Urge, to: Vec<Listener>) -> Self {
        Self::all((vec![what], Pace::Morning), to)
    }

    /// Of several things at once.
    pub fn all((what, pace): (Vec<Urge>, Pace), to: Vec<Listener>) -> Self {
        Self { to, what, words: "", goes: ReplyGoes::Public, pace }
    }
}

/// Something whose time has come.
pub fn reminder(draft: &mut Draft<'_>, conversation: &Conversation, reminder: Reminder<'_>) {
    let Reminder { to, what, words, goes, pace } = reminder;
    let case = draft.case;
    let ticket = &conversation.ticket;
    let what: Vec<String> = what.iter().map(|one| case.texts.say(one)).collect();
    let line = what.join(" ");
    let mut values = facts(draft, conversation);
    values.insert("internal", Value::from(goes != ReplyGoes::Public));
    values.insert("goes_to", value(goes_to(case, conversation)));
    values.insert("what", value(what.join("\n\n")));
    values.insert("words", value(words));
    values
        .insert("overdue", Value::from(conversation.promised().is_some_and(|due| due < case.now)));
    for listener in to {
        values.insert("instead", maybe(listener.instead.clone()));
        values.insert("outside", Value::from(!listener.agent));
        let rendered = render(draft, "reminder", &values);
        let thread = own_thread(conversation, &listener.person.address);
        let mail = Outgoing {
            reply_goes: if listener.agent { goes } else { ReplyGoes::Nowhere },
            in_reply_to: thread.last().cloned(),
            references: thread,
            ..plain(case, Kind::Notification, &listener.person, Some(ticket.number), rendered)
        };
        let bundled = format!("{} {line} {}", ticket.number, ticket.subject);
        match pace {
            Pace::Listed => offer_later(draft, ticket, None, (bundled, mail)),
            Pace::Morning => offer_later(draft, ticket, Some(line.clone()), (bundled, mail)),
            Pace::Now => offer(draft, ticket, bundled, mail),
        }
    }
}

/// An agent asks for a lead where there is none: the owner of the desk hears of it.
pub fn escalated(draft: &mut Draft<'_>, conversation: &Conversation, agent: &Agent, why: &str) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    let problem = Problem::Escalated {
        agent: agent.name.clone(),
        ticket: ticket.number,
        subject: ticket.subject.clone(),
        why: why.to_owned(),
    };
    let (what, advice) = case.texts.with_advice(&problem);
    draft.mail(alarm(case.config, case.texts, &what, &advice, case.now));
}
