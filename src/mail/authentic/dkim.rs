//! Our own check of a signature (DKIM, RFC 6376), for mail on which the configured server stamped
//! nothing.
//!
//! Policy. It passes if one signature is of the very domain of the single From, covers the whole text
//! and every field that steers what the mail does, has not expired, and verifies by a key that is no
//! test. Everything
//! else is *none* and never *fail*: a verifier treats a signature that does not hold as if it were
//! not there (RFC 6376 §6.1, RFC 8601 §2.7.1), since forwarders and lists break good ones.
//!
//! A signature says nothing about what was added around it, so here a mail must be strictly
//! well-formed: what two readers could read in two ways (a lone CR, a header line that is no field,
//! two Subjects) is refused before any key is asked for. Microsoft leaves In-Reply-To out of what it
//! signs, Google Content-Type: then who replays such a mail chooses the ticket or the parts, so it
//! proves nothing here and the one-time key is asked.
//!
//! No key is fetched here: a [`Claim`] names the keys it needs, and judges itself once it is given
//! them. So the mail's bytes need not be kept while the network is waited for.

mod letter;
#[cfg(feature = "dkim")]
mod seal;
#[cfg(not(feature = "dkim"))]
#[path = "dkim/without.rs"]
mod seal;
pub(super) mod tags;

use std::collections::{BTreeMap, BTreeSet};

use super::align::{domain_of, same_domain};
use super::{Verdict, none};
use crate::mail::{Address, Authentication};
use crate::time::Timestamp;
use letter::{Letter, Piece};
use tags::Tags;

/// Signatures of one mail that are looked at; honest mail has one to three. More is a flood and
/// cannot pass.
const SIGNATURES_MAX: usize = 10;
/// Names in one `h=`; honest ones have under forty, each twice at most.
const NAMES_MAX: usize = 100;
/// Longest name in DNS (RFC 1035 §2.3.4).
const DNS_NAME_MAX: usize = 253;
/// Records at one name that are tried: two while a key is being changed.
const RECORDS_MAX: usize = 4;
/// Fields that must be signed where they are there; the text is by its nature.
pub(super) const SIGNED: [&str; 8] =
    ["From", "Subject", "To", "Cc", "Date", "In-Reply-To", "References", "Content-Type"];

/// What DNS says about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The TXT records at that name, each with its strings joined.
    Records(Vec<Vec<u8>>),
    /// There is none, said for sure.
    Absent,
    /// Nobody knows now; another time perhaps. Why, in words.
    Unreachable(String),
}

/// What the check comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is settled.
    Verdict(Verdict),
    /// It depends on a key that could not be fetched; why, in words.
    Later(String),
}

/// What a mail's signatures claim; all that can be known without their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    candidates: Vec<Candidate>,
    /// Why none of them may pass, if so.
    why: String,
}

/// A signature that is good if its key says so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    domain: String,
    /// Where its key lies in DNS, without a final dot.
    key: String,
    /// Whether its `i=` names a domain below `d=`, which a key may forbid (`t=s`, RFC 6376 §3.6.1).
    below: bool,
    /// SHA-256 of the signature itself: the same on a second mail is a replay.
    print: String,
    seal: seal::Seal,
}

/// Why a signature is no candidate.
enum Flaw {
    /// It is another domain's.
    Foreign(String),
    /// It is the sender's, but not good.
    Bad(String),
}

/// Reads the signatures of a mail as it came, at that time.
pub fn claim(raw: &[u8], sender: &Address, at: Timestamp) -> Claim {
    let from = domain_of(sender.as_str());
    candidates(raw, &from, at).unwrap_or_else(|why| Claim { candidates: Vec::new(), why })
}

impl Claim {
    /// The names whose TXT records decide; without a final dot, at most ten.
    pub fn keys(&self) -> BTreeSet<&str> {
        self.candidates.iter().map(|candidate| candidate.key.as_str()).collect()
    }

    /// The signatures themselves, each as a SHA-256 in hex.
    pub fn prints(&self) -> impl Iterator<Item = &str> {
        self.candidates.iter().map(|candidate| candidate.print.as_str())
    }

    /// Judges with what DNS said; a name that is not there counts as unreachable.
    pub fn judge(&self, keys: &BTreeMap<String, Key>) -> Finding {
        let mut why = self.why.clone();
        let mut later = None;
        for candidate in &self.candidates {
            match keys.get(&candidate.key) {
                Some(Key::Records(records)) => match candidate.verify(records) {
                    Ok(()) => return Finding::Verdict(passed(&candidate.domain)),
                    Err(flaw) => {
                        why = format!("the signature of {} is not good: {flaw}", candidate.domain)
                    }
                },
                Some(Key::Absent) => why = format!("there is no key {}", candidate.key),
                Some(Key::Unreachable(words)) => {
                    later = Some(format!("the key {} could not be fetched: {words}", candidate.key))
                }
                None => later = Some(format!("the key {} was not asked for", candidate.key)),
            }
        }
        later.map_or_else(|| Finding::Verdict(none(why)), Finding::Later)
    }
}

/// The verdict on a mail that bears a signature which came before on another.
pub fn replayed(earlier: i64) -> Verdict {
    none(format!("its signature came before, on mail {earlier}: this may be a copy of that one"))
}

/// What stands in `inbox` for a mail whose key nobody could fetch.
pub fn given_up(why: &str) -> Verdict {
    none(format!("{why}; given up"))
}

/// What is said of a signature of that domain that was checked here and is good.
pub fn verified(domain: &str) -> String {
    format!("signature of {domain} verified here")
}

fn passed(domain: &str) -> Verdict {
    let verdict = Verdict::new(Authentication::Pass, true, verified(domain));
    Verdict { signer: Some(domain.to_owned()), ..verdict }
}

fn candidates(raw: &[u8], from: &str, at: Timestamp) -> Result<Claim, String> {
    let raw = letter::with_crlf(raw)?;
    let letter = Letter::split(&raw)?;
    let seals: Vec<&Piece<'_>> = letter.all("DKIM-Signature").collect();
    match seals.len() {
        0 => return Err("it bears no signature".to_owned()),
        1..=SIGNATURES_MAX => {}
        many => return Err(format!("it bears {many} signatures, too many to be honest")),
    }
    let mut bodies = seal::Bodies::default();
    let mut claim = Claim { candidates: Vec::new(), why: String::new() };
    let mut foreign = String::new();
    for piece in seals {
        match candidate(&letter, piece, from, at, &mut bodies) {
            Ok(candidate) => claim.candidates.push(candidate),
            Err(Flaw::Bad(why)) => claim.why = why,
            Err(Flaw::Foreign(why)) => foreign = why,
        }
    }
    if claim.why.is_empty() {
        claim.why = foreign;
    }
    Ok(claim)
}

fn candidate(
    letter: &Letter<'_>,
    piece: &Piece<'_>,
    from: &str,
    at: Timestamp,
    bodies: &mut seal::Bodies,
) -> Result<Candidate, Flaw> {
    let tags = Tags::read(piece.value)
        .ok_or_else(|| Flaw::Foreign("a signature of it is malformed".to_owned()))?;
    let domain = tags.word("d").to_ascii_lowercase();
    if !same_domain(&domain, from) {
        return Err(Flaw::Foreign(format!(
            "it is signed by {domain:?}, which does not vouch for {from}"
        )));
    }
    let bad = |what: &str| Flaw::Bad(format!("the signature of {domain} is not good: {what}"));
    let names = signed_names(letter, &tags).map_err(|what| bad(&what))?;
    limits(&tags, at).map_err(bad)?;
    let key =
        key_name(&tags.word("s"), &domain).ok_or_else(|| bad("its key has no proper name"))?;
    let below = match auid(&tags, &domain) {
        Some(identity) => identity != domain,
        None => return Err(bad("its i= is of another domain")),
    };
    let seal = seal::Seal::read(piece, &letter.chosen(&names), letter.body, bodies)
        .map_err(|what| bad(&what))?;
    let print = ring::digest::digest(&ring::digest::SHA256, tags.word("b").as_bytes());
    let print = print.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Candidate { domain, key, below, print, seal })
}

/// The names of `h=`; complains if what must be signed is not.
fn signed_names(letter: &Letter<'_>, tags: &Tags) -> Result<Vec<String>, String> {
    let names: Vec<String> = tags.list("h").into_iter().take(NAMES_MAX + 1).collect();
    if names.len() > NAMES_MAX {
        return Err("its h= is too long".to_owned());
    }
    let covers = |name: &str| names.iter().any(|signed| signed.eq_ignore_ascii_case(name));
    match SIGNED.iter().find(|name| letter.all(name).next().is_some() && !covers(name)) {
        Some(name) => Err(format!("it does not cover {name}")),
        None => Ok(names),
    }
}

/// Version, algorithm, length, query and times (RFC 6376 §3.5, RFC 8301).
fn limits(tags: &Tags, at: Timestamp) -> Result<(), &'static str> {
    let algorithm = tags.word("a").to_ascii_lowercase();
    if tags.word("v") != "1" {
        return Err("its version is not 1");
    }
    if !["rsa-sha256", "ed25519-sha256"].contains(&algorithm.as_str()) {
        return Err("its algorithm is too weak or not known");
    }
    if tags.has("l") {
        return Err("it covers only a part of the text (l=)");
    }
    if tags.has("q") && !tags.list("q").iter().any(|method| method == "dns/txt") {
        return Err("its key does not lie in DNS");
    }
    let seconds = |name: &str| tags.word(name).parse::<i64>().ok();
    match (tags.has("x"), seconds("x")) {
        (false, _) => Ok(()),
        (true, Some(end))
            if at.as_millis() / 1000 < end && seconds("t").is_none_or(|begin| begin < end) =>
        {
            Ok(())
        }
        (true, Some(_)) => Err("it has expired (x=)"),
        (true, None) => Err("its x= is no time"),
    }
}

/// The domain of `i=`, which must be `d=` or below it; `d=` where there is none.
fn auid(tags: &Tags, domain: &str) -> Option<String> {
    if !tags.has("i") {
        return Some(domain.to_owned());
    }
    let identity = tags.word("i").rsplit_once('@')?.1.to_ascii_lowercase();
    let above = identity.strip_suffix(domain)?;
    (above.is_empty() || above.ends_with('.')).then_some(identity)
}

fn key_name(selector: &str, domain: &str) -> Option<String> {
    let name = format!("{selector}._domainkey.{domain}");
    let sound = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    (name.len() <= DNS_NAME_MAX && name.split('.').all(sound)).then(|| name.to_ascii_lowercase())
}

impl Candidate {
    /// Whether one of the records at its name makes it good; else what is wrong with the last.
    fn verify(&self, records: &[Vec<u8>]) -> Result<(), String> {
        let mut flaw = "there is no key at its name".to_owned();
        for record in records.iter().take(RECORDS_MAX) {
            match self
                .allowed(record)
                .map_err(str::to_owned)
                .and_then(|()| self.seal.verify(record))
            {
                Ok(()) => return Ok(()),
                Err(why) => flaw = why,
            }
        }
        Err(flaw)
    }

    /// Whether the record lets its key be used for this signature (RFC 6376 §3.6.1).
    fn allowed(&self, record: &[u8]) -> Result<(), &'static str> {
        let tags = Tags::read(record).ok_or("its key is malformed")?;
        let among = |name: &str, wanted: &[&str]| {
            !tags.has(name) || tags.list(name).iter().any(|word| wanted.contains(&word.as_str()))
        };
        let flags = tags.list("t");
        if tags.has("v") && tags.word("v") != "DKIM1" || !tags.has("p") {
            Err("what lies at its name is no key")
        } else if tags.word("p").is_empty() {
            Err("its key was revoked")
        } else if flags.iter().any(|flag| flag == "y") {
            Err("its key is being tested (t=y), so it proves nothing yet")
        } else if self.below && flags.iter().any(|flag| flag == "s") {
            Err("its key is not for domains below (t=s)")
        } else if !among("s", &["*", "email"]) {
            Err("its key is not for mail (s=)")
        } else if !among("h", &["sha256"]) {
            Err("its key is not for SHA-256 (h=)")
        } else {
            Ok(())
        }
    }
}
