//! The words by which subjects and old bounces are known: tables, in the languages that mail
//! servers speak.

use crate::mail::table::Table;

/// Subjects that a program begins so and a person does not: with their colon, at the very start.
static AWAY_BEGINNINGS: Table = Table::of(&[
    "automatic reply:",
    "auto reply:",
    "auto-reply:",
    "autoreply:",
    "auto response:",
    "auto-response:",
    "automated reply:",
    "automated response:",
    "automatische antwort:",
    "abwesenheitsnotiz:",
    "automatische abwesenheitsnotiz",
    "réponse automatique :",
    "réponse automatique:",
    "respuesta automática:",
    "risposta automatica:",
    "resposta automática:",
    "automatisch antwoord:",
    "automatische reactie:",
    "autosvar:",
    "automatiskt svar:",
    "automatisk svar:",
    "automaattinen vastaus:",
    "odpowiedź automatyczna:",
    "automatická odpověď:",
    "automatikus válasz:",
    "răspuns automat:",
    "otomatik yanıt:",
    "автоматический ответ:",
    "автоответ:",
    "自動応答:",
    "自动答复:",
    "自動回覆:",
    "자동 회신:",
    "out of office autoreply:",
    "out-of-office-antwort:",
    "absence du bureau :",
]);

/// Phrases of subjects that people write too; they count only beside another sign.
static AWAY_PHRASES: Table = Table::of(&[
    "out of office",
    "out of the office",
    "out-of-office",
    "away from",
    "on vacation",
    "on leave",
    "autoreply",
    "auto-reply",
    "auto reply",
    "automatic reply",
    "vacation",
    "abwesen",
    "nicht im büro",
    "im urlaub",
    "absence",
    "absent",
    "en congé",
    "fuera de la oficina",
    "ausente",
    "ausencia",
    "fuori sede",
    "assenza",
    "afwezig",
    "frånvaro",
    "poza biurem",
    "nieobecno",
    "отсутств",
    "в отпуске",
    "不在",
]);

/// Subjects of bounces; they count only where the header block shows a delivery system.
static BOUNCE_SUBJECTS: Table = Table::of(&[
    "undeliver",
    "nondeliver",
    "non-deliver",
    "not delivered",
    "not be delivered",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery status",
    "delivery notification",
    "delivery report",
    "delivery error",
    "delayed mail",
    "message delayed",
    "delivery delayed",
    "could not send message",
    "returned mail",
    "returned to sender",
    "returning message",
    "failure notice",
    "mail failure",
    "mail system error",
    "unzustellbar",
    "nicht zustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "übermittlung fehlgeschlagen",
    "non remis",
    "non distribu",
    "échec de la remise",
    "no se puede entregar",
    "no entregad",
    "no se pudo entregar",
    "mancato recapito",
    "non recapitabile",
    "não entregue",
    "não é possível entregar",
    "onbestelbaar",
    "olevererbart",
    "niedostarcz",
    "nie można dostarczyć",
    "недостав",
    "не доставлено",
    "не удается доставить",
    "配信不能",
    "配信できません",
    "无法传递",
    "退信",
]);

/// Sentences of bounces; the same condition.
static BOUNCE_SENTENCES: Table = Table::of(&[
    "this is the qmail-send program",
    "this message was created automatically by mail delivery software",
    "this is the mailer-daemon",
    "this is the mail system at host",
    "this is the postfix program at host",
    "delivery to the following recipient",
    "did not reach the following recipient",
    "was not delivered to",
    "wasn't delivered to",
    "could not be delivered to",
    "couldn't be delivered to",
    "unable to deliver your message",
    "wasn't able to deliver your message",
    "unable to deliver the following message",
    "delivery has failed to these recipients",
    "following addresses had permanent fatal errors",
    "following addresses had transient non-fatal errors",
    "following addresses had delivery problems",
    "following recipients cannot be delivered",
    "following recipients could not be",
    "has not yet been delivered",
    "failure reasons",
    "transcript of session follows",
    "not listed in domino directory",
    "ihre nachricht konnte nicht zugestellt werden",
    "konnte nicht an die folgenden empfänger",
    "fehler bei der zustellung",
    "votre message n'a pas pu être remis",
    "n'a pas été remis aux destinataires",
    "no se pudo entregar el mensaje",
    "su mensaje no se ha podido entregar",
    "impossibile recapitare il messaggio",
    "não foi possível entregar",
    "kan niet worden bezorgd",
    "kunde inte levereras",
    "nie można dostarczyć wiadomości",
    "не может быть доставлено",
    "配信できませんでした",
    "配信できません",
]);

/// Words of a report that it is not the end yet.
static DELAYS: Table = Table::of(&[
    "has not yet been delivered",
    "not been delivered yet",
    "could not yet be delivered",
    "will be retried",
    "will keep trying",
    "continue to try",
    "do not need to resend",
    "noch nicht zugestellt",
    "pas encore été remis",
    "transient non-fatal errors",
]);

/// Lines behind which the returned mail begins.
static SEPARATORS: Table = Table::of(&[
    "below this line is a copy of the message",
    "this is a copy of the message",
    "this is a copy of your message",
    "copy of the original message",
    "original message -----",
    "original message headers",
    "header of the original message",
    "returned message",
    "unsent message below",
    "unsent message follows",
    "message header follows",
    "original message follows",
    "ursprüngliche nachricht",
    "en-têtes de message d'origine",
    "encabezados de mensajes originales",
]);

/// How much of a text is searched for sentences, in characters: reports say what they are at once.
const OPENING: usize = 4_000;

/// Whether a subject is an automatic answer's by its form alone.
pub(super) fn is_away(subject: Option<&str>) -> bool {
    let subject = plain(subject.unwrap_or_default());
    AWAY_BEGINNINGS.begins(subject.trim_start())
}

/// Whether a subject speaks of absence.
pub(super) fn seems_away(subject: Option<&str>) -> bool {
    AWAY_PHRASES.within(&plain(subject.unwrap_or_default()))
}

/// Whether a subject is a bounce's.
pub(super) fn is_bounce_subject(subject: Option<&str>) -> bool {
    BOUNCE_SUBJECTS.within(&plain(subject.unwrap_or_default()))
}

/// Whether a text begins as a bounce does.
pub(super) fn is_bounce_text(text: &str) -> bool {
    BOUNCE_SENTENCES.within(&opening(text))
}

/// Whether the report says that the mail may still arrive.
pub(super) fn is_delay(subject: Option<&str>, text: &str) -> bool {
    let subject = plain(subject.unwrap_or_default());
    subject.contains("delay") || subject.starts_with("warning: ") || DELAYS.within(&opening(text))
}

/// Whether the returned mail begins behind this line.
pub(super) fn is_separator(line: &str) -> bool {
    SEPARATORS.within(&plain(line))
}

fn opening(text: &str) -> String {
    flat(start(text, OPENING))
}

/// So many characters of a text, from its start.
pub(super) fn start(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

/// A text with its line breaks as spaces, so that a sentence is found wherever it was wrapped; as
/// [`plain`] makes it.
pub(super) fn flat(text: &str) -> String {
    if text.is_ascii() {
        let mut line = joined(text.split_ascii_whitespace(), text.len());
        line.make_ascii_lowercase();
        return line;
    }
    plain(&joined(text.split_whitespace(), text.len()))
}

fn joined<'t>(words: impl Iterator<Item = &'t str>, room: usize) -> String {
    let mut line = String::with_capacity(room);
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Lower case, with plain apostrophes and spaces.
pub(super) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = text.to_lowercase();
    // How those begin of which there are others; few texts have any.
    if memchr::memchr3(0xe2, 0xc2, 0xcc, lower.as_bytes()).is_none() {
        return lower;
    }
    let usual = |c| match c {
        '\u{2019}' | '\u{2018}' => '\'',
        '\u{a0}' | '\u{202f}' => ' ',
        c => c,
    };
    // A Turkish capital "İ" becomes two characters, of which the second says nothing.
    lower.chars().filter(|c| *c != '\u{307}').map(usual).collect()
}
