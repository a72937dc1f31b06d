//! Which domains belong together: the relaxed alignment of DMARC (RFC 9989), on the safe side and
//! without a public suffix list.
//!
//! Two domains are aligned if they are equal, or if one lies below the other and the upper one is
//! somebody's: it has two labels or more and is no suffix under which strangers register. Siblings
//! (mail.customer.test and news.customer.test) are not aligned here, though DMARC would have it so:
//! to know their common owner takes the list. The price is a *none*, never a wrong *pass*.

use crate::config::ascii_domain;

/// Second labels under which countries let people register (co.uk, com.au, or.jp, gob.mx …).
const REGISTRY_LABELS: &[&str] = &[
    "ac", "ad", "asn", "biz", "co", "com", "ed", "edu", "firm", "gen", "go", "gob", "gouv", "gov",
    "govt", "gr", "id", "idv", "ind", "inf", "info", "int", "k12", "lg", "ltd", "me", "mil",
    "name", "ne", "net", "nic", "nom", "or", "org", "plc", "pp", "pro", "res", "sch", "school",
    "web",
];

/// Suffixes whose names the rule above does not show: private registries and hosts that lend
/// sub-domains to anybody.
const LENT: &[&str] = &[
    "amazonaws.com",
    "appspot.com",
    "azurewebsites.net",
    "blogspot.com",
    "br.com",
    "cloudapp.net",
    "cloudfront.net",
    "cn.com",
    "co.com",
    "co.nl",
    "co.no",
    "com.de",
    "com.se",
    "de.com",
    "ddns.net",
    "duckdns.org",
    "dyndns.org",
    "eu.com",
    "eu.org",
    "firebaseapp.com",
    "fly.dev",
    "gb.net",
    "github.io",
    "gitlab.io",
    "gr.com",
    "herokuapp.com",
    "hu.net",
    "hopto.org",
    "in.net",
    "jp.net",
    "jpn.com",
    "mailgun.org",
    "myshopify.com",
    "netlify.app",
    "no-ip.org",
    "onmicrosoft.com",
    "onrender.com",
    "pages.dev",
    "ru.com",
    "sa.com",
    "se.net",
    "sendgrid.net",
    "sharepoint.com",
    "uk.com",
    "uk.net",
    "us.com",
    "us.org",
    "vercel.app",
    "web.app",
    "wixsite.com",
    "wordpress.com",
    "workers.dev",
    "za.com",
    "zendesk.com",
];

/// The domain of `a@b`, `@b`, `b`, with or without angle brackets, in lower case, without a final
/// dot.
pub(super) fn domain_of(text: &str) -> String {
    let bare = text.trim().trim_start_matches('<').trim_end_matches('>');
    let domain = bare.rsplit_once('@').map_or(bare, |(_, domain)| domain);
    let domain = domain.strip_suffix('.').unwrap_or(domain).to_lowercase();
    // Some stamp it in its own letters (RFC 8616 §4).
    if domain.is_ascii() { domain } else { ascii_domain(&domain).unwrap_or(domain) }
}

/// Equal and not empty; both as [`domain_of`] gives them.
pub(super) fn same_domain(one: &str, other: &str) -> bool {
    !one.is_empty() && one == other
}

/// Equal, or one below the other whose owner can only be the same.
pub(super) fn aligned(one: &str, other: &str) -> bool {
    same_domain(one, other) || lies_below(one, other) || lies_below(other, one)
}

fn lies_below(lower: &str, upper: &str) -> bool {
    let below = lower
        .strip_suffix(upper)
        .and_then(|rest| rest.strip_suffix('.'))
        .is_some_and(|rest| !rest.is_empty());
    below && upper.split('.').all(|label| !label.is_empty()) && !is_suffix(upper)
}

/// Whether strangers may own names below it.
fn is_suffix(domain: &str) -> bool {
    match domain.split('.').collect::<Vec<_>>().as_slice() {
        [] | [_] => true,
        [second, top] => {
            LENT.contains(&domain) || (top.len() == 2 && REGISTRY_LABELS.contains(second))
        }
        // tokyo.jp, city.kawasaki.jp, act.edu.au: countries that register on the third level; a
        // short list would not be right.
        [.., second, top] => {
            top.len() == 2
                && REGISTRY_LABELS.contains(second)
                && domain.split('.').count() == 3
                && is_regional(domain)
        }
    }
}

/// Third-level suffixes: regions below a country's registry label.
fn is_regional(domain: &str) -> bool {
    const REGIONS: &[&str] =
        &["act", "nsw", "nt", "qld", "sa", "tas", "vic", "wa", "s3", "blogspot"];
    domain.split('.').next().is_some_and(|label| REGIONS.contains(&label))
}
