//! A mail that is too large to be fetched.

use super::make::{maybe, person, plain, render, value};
use crate::desk::draft::Draft;
use crate::desk::scrap::Scrap;
use crate::desk::texts::{Values, moment};
use crate::mail::{Inbound, Kind};

/// A mail that is too large lies in the mailbox: everybody hears who wrote it.
pub fn too_large(draft: &mut Draft<'_>, mail: &Inbound, bytes: u64) {
    let case = draft.case;
    let config = case.config;
    let author = mail.sender().map_or_else(
        || case.texts.say(&Scrap::Somebody),
        |one| case.texts.voice().author(config, one),
    );
    let bytes_shown = |bytes: u64| case.texts.size(usize::try_from(bytes).unwrap_or(usize::MAX));
    let values = Values::from([
        ("author", value(author)),
        ("subject", maybe(mail.subject.clone())),
        ("size", value(bytes_shown(bytes))),
        ("limit", value(bytes_shown(config.limits.message_size))),
        ("mailbox", value(&config.imap.mailbox)),
        ("at", value(moment(case.now, &config.desk.time_zone))),
        ("owner", value(config.desk.owner.as_str())),
        ("desk", value(&config.desk.name)),
    ]);
    let rendered = render(draft, "refused", &values);
    for agent in &config.agents {
        draft.mail(plain(case, Kind::Notification, &person(agent), None, rendered.clone()));
    }
}
