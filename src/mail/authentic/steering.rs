//! What a pass leaves open where only a signature earned it.
//!
//! DMARC asks that a signature covers From, and no more: whoever has an agent's mail, because it was
//! written to them, can send it once more with another In-Reply-To, To or Content-Type, and every
//! server that stamps says pass. So such a pass counts for an agent only where what steers a mail is
//! signed as well. Where the mail came from the agent's own server, by an aligned path or a login,
//! nobody stood in between, and Microsoft, which signs few fields, is believed.

use super::align::{aligned, domain_of};
use super::dkim::SIGNED;
use super::dkim::tags::Tags;
use crate::mail::Field;

/// The first thing that steers this mail and is not covered by each signature that may be what
/// passed; `None` where there is no such signature, so that only the path can be.
pub(super) fn unsigned(fields: &[Field], from: &str) -> Option<&'static str> {
    signatures(fields, from).find_map(|tags| {
        if tags.has("l") {
            return Some("the end of the text");
        }
        let named = tags.list("h");
        let times = |name: &str| named.iter().filter(|own| own.eq_ignore_ascii_case(name)).count();
        // A field more than the signature names was put there by somebody else.
        let there = |name: &str| fields.iter().filter(|field| field.is(name)).count();
        SIGNED.into_iter().find(|name| there(name) > times(name))
    })
}

fn signatures<'a>(fields: &'a [Field], from: &'a str) -> impl Iterator<Item = Tags> + 'a {
    let all = fields.iter().filter(|field| field.is("DKIM-Signature"));
    let read = all.filter_map(|field| Tags::read(field.value.as_bytes()));
    read.filter(move |tags| aligned(&domain_of(&tags.word("d")), from))
}

/// Whether a Received-SPF (RFC 7208 §9.1) says that the path passed and is aligned.
pub(super) fn is_path(received_spf: &str, from: &str) -> bool {
    let mut words = received_spf.split([' ', '\t', ';', '(', ')']).filter(|word| !word.is_empty());
    let passes = words.next().is_some_and(|word| word.eq_ignore_ascii_case("pass"));
    let value = |name: &str| {
        let found = words.clone().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        found.map(|value| value.trim_matches(['"', '<', '>', '\'']))
    };
    let of_mail = value("identity").is_none_or(|identity| identity == "mailfrom");
    passes && of_mail && value("envelope-from").is_some_and(|path| aligned(&domain_of(path), from))
}
