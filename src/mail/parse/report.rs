//! multipart/report (RFC 6522), also where its type is missing: the machine's part is known by its
//! own type.

use super::lines::{cut, slice};
use super::structure::Part;
use super::{charset, clean, transfer};
use crate::mail::Report;

/// The machine-readable types and the report that each makes.
const KINDS: [(&str, &str); 5] = [
    ("message/delivery-status", "delivery-status"),
    ("message/global-delivery-status", "delivery-status"),
    ("message/disposition-notification", "disposition-notification"),
    ("message/global-disposition-notification", "disposition-notification"),
    ("message/feedback-report", "feedback-report"),
];
/// What a returned mail, or its header, comes as.
const ORIGINALS: [&str; 5] = [
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
];
/// Bytes kept of either half: a status has some hundred bytes per recipient; of the original the
/// header is wanted.
const TEXT_MAX: usize = 64 * 1024;

/// The report that a mail is, if it is one; also what a mail that is none returns of another.
pub(super) fn read(raw: &[u8], parts: &[Part]) -> Option<Report> {
    let declared = parts.iter().find(|part| part.is("multipart/report"));
    // One part for each recipient is more than the RFC allows, and happens.
    let all: Vec<&Part> = parts.iter().filter(|part| kind(part).is_some()).collect();
    let status = all.first().copied();
    let original = parts.iter().rev().find(|part| ORIGINALS.contains(&part.kind.value.as_str()));
    if declared.is_none() && status.is_none() && original.is_none() {
        return None;
    }
    let named = declared.and_then(|part| part.kind.get("report-type")).map(str::to_ascii_lowercase);
    let second = declared.and_then(|part| part.children.get(1)).and_then(|index| parts.get(*index));
    let second = second
        .filter(|part| !ORIGINALS.contains(&part.kind.value.as_str()) && part.children.is_empty());
    let stated: Vec<String> = all.iter().map(|part| text(raw, part)).collect();
    Some(Report {
        kind: named.or_else(|| status.and_then(kind).map(str::to_owned)).unwrap_or_default(),
        status: match stated.is_empty() {
            true => second.map(|part| text(raw, part)).unwrap_or_default(),
            false => stated.join("\n\n"),
        },
        original: original.map(|part| text(raw, part)).unwrap_or_default(),
    })
}

fn kind(part: &Part) -> Option<&'static str> {
    KINDS.iter().find(|(name, _)| part.is(name)).map(|(_, kind)| *kind)
}

fn text(raw: &[u8], part: &Part) -> String {
    let bytes = slice(raw, part.body.clone());
    // Encoded at most three bytes for one; what lies behind cannot be kept anyway.
    let bytes = bytes.get(..TEXT_MAX * 4).unwrap_or(bytes);
    let (bytes, _) = transfer::decode_text(bytes, part.encoding);
    let bytes = bytes.get(..TEXT_MAX).unwrap_or(&bytes);
    let mut text = clean::text(&charset::decode(bytes, part.kind.get("charset")).text);
    cut(&mut text, TEXT_MAX);
    text
}
