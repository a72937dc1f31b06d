//! Whose hand a Received line shows: our own host's, or a stranger's.
//!
//! A line is ours if its `by` host is the configured id or one of `trusted_hops` (an entry
//! `.desk.test` or `*.desk.test` means all hosts below). A line that names no `by` host, or that
//! does not parse, is a stranger's. Two providers need a profile, because their inner hops have
//! names that nobody could list.

use super::results::words_before_semicolon;

/// Whose line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hop {
    /// Made inside.
    Own,
    /// Made where the mail came in, by a server that stamps below this line: what it stamped ends
    /// at the next Received, whosever.
    Border,
    /// A stranger's; from here on nothing is believed.
    Foreign,
}

/// How the configured server stamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// By RFC 8601: its id in the field, its host name in Received.
    Standard,
    /// `mx.google.com`: the field stands below `Received: … by mx.google.com`, and above that stand
    /// lines of hosts without a name (`by 2002:a05:…`, formerly `by 10.…`).
    Google,
    /// `microsoft365`: the field bears no id and stands above the line of
    /// `*.mail.protection.outlook.com`; the hosts above are `*.outlook.com` and `*.office365.com`.
    Microsoft,
}

impl Profile {
    pub(super) fn of(id: &str) -> Self {
        match id.to_ascii_lowercase().as_str() {
            "mx.google.com" => Self::Google,
            "microsoft365" => Self::Microsoft,
            _ => Self::Standard,
        }
    }

    /// Whether that line was made by the very host of the id: where the mail came in.
    pub(super) fn is_border(self, received: &str, id: &str) -> bool {
        self == Self::Standard
            && by_host(received).is_some_and(|host| host.eq_ignore_ascii_case(id))
    }

    /// Whose Received line that is.
    pub(super) fn hop(self, received: &str, id: &str, trusted: &[String]) -> Hop {
        let Some(host) = by_host(received) else { return Hop::Foreign };
        if trusted.iter().any(|entry| covers(entry, &host)) {
            return Hop::Own;
        }
        match self {
            Self::Standard if host.eq_ignore_ascii_case(id) => Hop::Own,
            Self::Google if host == "mx.google.com" => Hop::Border,
            Self::Google
                if host.starts_with("2002:")
                    || host.starts_with("10.")
                    || host.ends_with(".google.com") =>
            {
                Hop::Own
            }
            Self::Microsoft
                if host.ends_with(".outlook.com") || host.ends_with(".office365.com") =>
            {
                Hop::Own
            }
            Self::Standard | Self::Google | Self::Microsoft => Hop::Foreign,
        }
    }
}

fn covers(entry: &str, host: &str) -> bool {
    let entry = entry.trim().to_ascii_lowercase();
    let entry = entry.strip_prefix('*').unwrap_or(&entry);
    match entry.strip_prefix('.') {
        Some(above) => {
            host.strip_suffix(above).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1)
        }
        None => !entry.is_empty() && entry == host,
    }
}

/// The host behind `by` (RFC 5321 §4.4), outside of comments, in lower case.
pub(super) fn by_host(received: &str) -> Option<String> {
    let words = words_before_semicolon(received)?;
    let is = |word: &String, name: &str| word.eq_ignore_ascii_case(name);
    // What stands behind `from` is the client's own greeting: it may say "by" too.
    let skipped = if words.first().is_some_and(|word| is(word, "from")) { 2 } else { 0 };
    let mut rest = words.iter().skip(skipped);
    rest.find(|word| is(word, "by"))?;
    let host = rest
        .next()?
        .trim_start_matches('[')
        .trim_end_matches(']')
        .trim_end_matches('.')
        .to_ascii_lowercase();
    (!host.is_empty()).then_some(host)
}
