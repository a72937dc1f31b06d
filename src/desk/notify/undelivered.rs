//! A mail of ours that did not arrive: whoever has the ticket hears of an answer at once, and of an
//! acknowledgement in the morning, for nothing is lost by it but that.

use super::bundle::{offer, offer_later};
use super::inside::facts;
use super::make::{own_thread, plain, render, value};
use super::reach::listeners;
use super::timed::Pace;
use crate::desk::case::Case;
use crate::desk::digest::Subscriber;
use crate::desk::draft::Draft;
use crate::desk::known::{Answered, Conversation, Ended};
use crate::desk::scrap::Scrap;
use crate::desk::withheld::Unsent;
use crate::mail::{Address, Kind, Outgoing, ReplyGoes};
use minijinja::Value;

/// Whether it is sure that a mail of ours did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The relay says so, or a report that names the mail.
    There,
    /// Only a report that anybody may have written.
    Lacking,
}

/// An answer of ours did not arrive.
pub fn undelivered(
    draft: &mut Draft<'_>,
    conversation: &Conversation,
    row: &Answered,
    (words, pace, proof): (&str, Pace, Proof),
) {
    let case = draft.case;
    let mut values = facts(draft, conversation);
    values.insert("recipient", value(row.recipient.as_str()));
    values.insert("words", value(words));
    let unproven = proof == Proof::Lacking;
    values.insert("unproven", Value::from(unproven));
    values.insert("stopped", Value::from(row.ended == Some(Ended::Stopped)));
    values.insert("unsent", Value::from(row.ended.is_some()));
    values.insert(
        "mail",
        value(case.texts.say(match row.kind {
            Kind::Reply => &Unsent::Answer,
            Kind::Notice => &Unsent::Notice,
            Kind::Holding => &Unsent::LateAnswer,
            Kind::Acknowledgement | Kind::Notification | Kind::Transcript | Kind::Alarm => {
                &Unsent::Acknowledgement
            }
        })),
    );
    let rendered = render(draft, "undelivered", &values);
    let number = conversation.ticket.number;
    for listener in listeners(case, conversation, &row.recipient) {
        let thread = own_thread(conversation, &listener.person.address);
        let mail = Outgoing {
            reply_goes: if listener.agent { ReplyGoes::Internal } else { ReplyGoes::Nowhere },
            in_reply_to: thread.last().cloned(),
            references: thread,
            ..plain(case, Kind::Notification, &listener.person, Some(number), rendered.clone())
        };
        let (to, subject) = (row.recipient.clone(), conversation.ticket.subject.clone());
        let scrap = Scrap::NotDelivered { ticket: number, to, subject, unproven };
        let line = case.texts.say(&scrap);
        let ticket = &conversation.ticket;
        match pace {
            Pace::Now => offer(draft, ticket, line, mail),
            // How mails fare stands in the digest of who leads.
            Pace::Listed | Pace::Morning if tells_refusals(case, &mail.recipient) => {}
            Pace::Listed | Pace::Morning => {
                let to = row.recipient.clone();
                let words = Scrap::AcknowledgementRefused { to, words: words.to_owned() };
                offer_later(draft, ticket, Some(case.texts.say(&words)), (line, mail));
            }
        }
    }
}

/// Whether somebody's digest tells which mails did not arrive.
fn tells_refusals(case: &Case<'_>, reader: &Address) -> bool {
    let whose = Subscriber::named(case.config, reader);
    whose.is_some_and(|whose| whose.leads && whose.gets_one(case.config))
}
