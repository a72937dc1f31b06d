//! The subject of a ticket, as the first mail's.

use crate::desk::NO_SUBJECT;
use crate::mail::forward::without_prefixes;

/// Longest subject a ticket keeps, in characters.
pub const SUBJECT_MAX: usize = 200;

/// A subject without what replies and desks put before it, such as "AW: RE: [#12] "; `(no subject)`
/// if nothing is left.
pub fn base_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some(shorter) = without_prefix(rest) {
        rest = shorter.trim_start();
    }
    let kept: String = rest.chars().take(SUBJECT_MAX).collect();
    if kept.is_empty() { NO_SUBJECT.to_owned() } else { kept }
}

fn without_prefix(subject: &str) -> Option<&str> {
    if let Some(rest) = subject.strip_prefix("[#") {
        let (digits, rest) = rest.split_once(']')?;
        return digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest);
    }
    let rest = without_prefixes(subject);
    (rest.len() < subject.len()).then_some(rest)
}
