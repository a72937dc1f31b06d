//! Reads our own server's verdict about the sender: Authentication-Results (RFC 8601) → pass, fail,
//! none.
//!
//! Policy (RELIABILITY S1). Anybody can write such a field, so only one is believed that bears the
//! configured id **and** stands above the first Received that a stranger's host made (RFC 8601 §5).
//! Of those one block is believed, the topmost that no Received parts: below our own Received the
//! sender's header begins, and what stands there may be theirs; of further blocks only a fail
//! counts. `stamps` says on which side of that Received our server writes, where that is known.
//! Of several fields the worst counts, method by method: a field that reports a method without the
//! wanted pass takes the pass of all others away. *Fail* is dmarc=fail and nothing else; *pass* is
//! dmarc=pass for the domain of From, or, where the domain has no policy, an aligned dkim=pass or
//! spf=pass. A field that we cannot read to its end says nothing good: the mail cannot pass.
//! An agent's pass that only a signature earned counts where the signature covers what steers the
//! mail (`steering`). ARC (RFC 8617) and every other field are the sender's word and not read.
//!
//! `authserv_id = "microsoft365"` is the name of a profile: Microsoft stamps no id. See `Profile`.
//! Where that server stamped nothing, `dkim` checks the signature itself.

mod align;
pub mod dkim;
pub mod evidence;
mod hops;
mod results;
mod steering;

use super::{Address, Authentication, Field};
use crate::config::{Stamps, Trust};
use align::{aligned, domain_of, same_domain};
use hops::{Hop, Profile, by_host};
use results::{Outcome, Reading};

/// Fields of our id that are read; a server stamps one to five, one for each of its filters. More
/// is a flood and cannot pass.
const FIELDS_MAX: usize = 20;

/// Longest reason in characters; it may hold values of the field.
const REASON_MAX: usize = 300;

/// What is believed about the sender, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Pass, fail or none (S1).
    pub result: Authentication,
    /// Whether it is strong enough for an agent: a trusted dmarc=pass, or auth=pass with the
    /// aligned address.
    pub agent: bool,
    /// In words, for `inbox` and notices.
    pub reason: String,
    /// The domain whose signature says so, if that was checked here.
    pub signer: Option<String>,
}

impl Verdict {
    /// A verdict of words of ours, or of a server.
    pub fn new(result: Authentication, agent: bool, reason: impl Into<String>) -> Self {
        let reason = reason.into().chars().take(REASON_MAX).collect();
        Self { result, agent, reason, signer: None }
    }
}

/// Judges the sender by the fields of the mail (RFC 8601, RELIABILITY S1).
pub fn judge(fields: &[Field], sender: &Address, trust: &Trust) -> Verdict {
    let verdict = match trust.authserv_id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => weigh(&listen(fields, id, trust), sender, id),
        None => Verdict::new(Authentication::None, false, "no authserv_id is configured"),
    };
    match verdict.result {
        Authentication::Fail => verdict,
        Authentication::Pass if verdict.agent => verdict,
        Authentication::Pass | Authentication::None if trust.unsafe_trust_from => {
            let reason =
                format!("UNSAFE: From is believed (unsafe_trust_from); else: {}", verdict.reason);
            Verdict::new(Authentication::Pass, true, reason)
        }
        Authentication::Pass | Authentication::None => verdict,
    }
}

/// Whether our server stamped nothing, good or bad; then a check of our own may stand in (S1).
pub fn said_nothing(fields: &[Field], trust: &Trust) -> bool {
    let id = trust.authserv_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    let heard = id.map(|id| listen(fields, id, trust)).unwrap_or_default();
    heard.fields.is_empty() && heard.spoilt.is_none()
}

/// What our server said in all: the outcomes of each of its fields.
#[derive(Default)]
struct Heard<'a> {
    /// The header block.
    header: &'a [Field],
    fields: Vec<Vec<Outcome>>,
    /// What its filter said of the path, in the older field for it.
    paths: Vec<&'a str>,
    /// Why nothing of it may pass, if so.
    spoilt: Option<&'static str>,
}

/// Walks the header block from the top to the first foreign Received and keeps the block that our
/// server stamped.
fn listen<'a>(fields: &'a [Field], id: &str, trust: &Trust) -> Heard<'a> {
    let profile = Profile::of(id);
    let mut heard = Heard { header: fields, ..Heard::default() };
    let mut arrived = false;
    let (mut inside, mut over) = (true, false);
    for field in fields {
        // A name with a space before the colon slips past filters that remove forgeries: it may end
        // trust, but earns none.
        if field.name.trim().eq_ignore_ascii_case("Received") {
            arrived |= by_host(&field.value).is_some_and(|host| host.eq_ignore_ascii_case(id));
            over |= heard.has_begun();
            let at_border = profile.is_border(&field.value, id);
            over |= trust.stamps == Some(Stamps::Above) && at_border;
            match profile.hop(&field.value, id, &trust.trusted_hops) {
                Hop::Own if inside => {}
                Hop::Border if inside => inside = false,
                Hop::Own | Hop::Border | Hop::Foreign => break,
            }
        } else if field.is("Authentication-Results") {
            let reading = results::read(&field.value, id, profile);
            if over {
                heard.take_fail(reading);
            } else {
                heard.take(reading);
                // Directly below it stands the sender's header, which may begin with the like.
                over = trust.stamps == Some(Stamps::Below) && heard.has_begun();
            }
        } else if field.is("Received-SPF") && !arrived && !over {
            heard.paths.push(&field.value);
        }
    }
    heard
}

impl Heard<'_> {
    fn take(&mut self, reading: Reading) {
        match reading {
            Reading::Other => {}
            Reading::Malformed(why) => self.spoilt = Some(why),
            Reading::Ours(_) if self.fields.len() >= FIELDS_MAX => {
                self.spoilt = Some("there are too many of it")
            }
            Reading::Ours(outcomes) => self.fields.push(outcomes),
        }
    }

    fn has_begun(&self) -> bool {
        !self.fields.is_empty() || self.spoilt.is_some()
    }

    /// Of a field outside the block: a fail, which nobody writes about himself.
    fn take_fail(&mut self, reading: Reading) {
        let Reading::Ours(outcomes) = reading else { return };
        let failed = |outcome: &Outcome| {
            outcome.method == "dmarc" && matches!(outcome.result.as_str(), "fail" | "hardfail")
        };
        if self.fields.len() < FIELDS_MAX && outcomes.iter().any(failed) {
            self.fields.push(outcomes.into_iter().filter(failed).collect());
        }
    }

    /// All outcomes of one method, in all fields.
    fn all<'a>(&'a self, method: &'a str) -> impl Iterator<Item = &'a Outcome> {
        self.fields.iter().flatten().filter(move |outcome| outcome.method == method)
    }

    /// Whether somebody reports the method, and everybody who does has a pass of it that fits.
    ///
    /// Inside one field one good signature of several is enough (RFC 6376 §6.1); between fields the
    /// worst wins.
    fn agree(&self, method: &str, fits: impl Fn(&Outcome) -> bool) -> bool {
        let mut reports = self
            .fields
            .iter()
            .filter(|field| field.iter().any(|outcome| outcome.method == method))
            .peekable();
        let passes = |outcome: &Outcome| {
            outcome.method == method && outcome.result == "pass" && fits(outcome)
        };
        reports.peek().is_some() && reports.all(|field| field.iter().any(passes))
    }

    fn path_passes(&self, from: &str) -> bool {
        self.agree("spf", |outcome| {
            outcome.names(&["smtp.mailfrom", "smtp.mfrom"], |path| aligned(&domain_of(path), from))
        })
    }

    /// Whether it was the sender's own server that brought it; where neither path nor signature is
    /// reported, that is what the policy passed by as far as anybody knows.
    fn comes_straight(&self, from: &str) -> bool {
        let silent = |method: &str| self.all(method).next().is_none();
        let path = || self.paths.iter().any(|path| steering::is_path(path, from));
        self.path_passes(from) || silent("spf") && (silent("dkim") || path())
    }
}

/// Applies S1 to what was heard.
fn weigh(heard: &Heard<'_>, sender: &Address, id: &str) -> Verdict {
    let from = domain_of(sender.as_str());
    if let Some(failed) =
        heard.all("dmarc").find(|outcome| matches!(outcome.result.as_str(), "fail" | "hardfail"))
    {
        let whose = failed.property("header.from").unwrap_or(&from);
        return Verdict::new(
            Authentication::Fail,
            false,
            format!("dmarc=fail for {whose}, said by {id}"),
        );
    }
    if let Some(why) = heard.spoilt {
        return none(format!("a field of {id} is not understood: {why}"));
    }
    if heard.fields.is_empty() {
        return none(format!("{id} said nothing"));
    }
    if heard.agree("auth", |outcome| {
        outcome.names(&["smtp.auth"], |who| Address::parse(who).as_ref() == Some(sender))
    }) {
        return Verdict::new(
            Authentication::Pass,
            true,
            format!("auth=pass for {}, said by {id}", sender.key()),
        );
    }
    weigh_domain(heard, &from, id)
}

/// dmarc first; where the domain has no policy, an aligned signature or path.
fn weigh_domain(heard: &Heard<'_>, from: &str, id: &str) -> Verdict {
    let mut policies = heard.all("dmarc").peekable();
    let silent = heard
        .all("dmarc")
        .all(|outcome| matches!(outcome.result.as_str(), "none" | "bestguesspass"));
    if policies.peek().is_some() && !silent {
        let verdict = weigh_policy(policies, from, id);
        let open = Some(&verdict).filter(|one| one.agent && !heard.comes_straight(from));
        return match open.and_then(|_| steering::unsigned(heard.header, from)) {
            Some(what) => unsteered(&verdict, what),
            None => verdict,
        };
    }
    if heard.all("compauth").any(|outcome| outcome.result == "fail") {
        return none(format!("compauth=fail, said by {id}"));
    }
    if heard.agree("dkim", |outcome| {
        outcome.names(&["header.d", "header.i"], |signer| aligned(&domain_of(signer), from))
    }) {
        return Verdict::new(
            Authentication::Pass,
            false,
            format!("dkim=pass aligned with {from}, said by {id}"),
        );
    }
    if heard.path_passes(from) {
        return Verdict::new(
            Authentication::Pass,
            false,
            format!("spf=pass aligned with {from}, said by {id}"),
        );
    }
    none(format!("{id} reports no pass that is aligned with {from}"))
}

/// A pass by a signature that leaves open what the mail does is enough for a customer.
fn unsteered(verdict: &Verdict, what: &str) -> Verdict {
    let reason = format!("{}, but the signature does not cover {what}", verdict.reason);
    Verdict::new(Authentication::Pass, false, reason)
}

/// dmarc=pass counts only if all say so, and of this very domain where they name one.
fn weigh_policy<'a>(
    mut policies: impl Iterator<Item = &'a Outcome>,
    from: &str,
    id: &str,
) -> Verdict {
    let wrong = policies.find(|outcome| {
        // Named twice, it is the pass of a mail that two readers read in two ways.
        let theirs =
            outcome.values("header.from").all(|named| same_domain(&domain_of(named), from));
        outcome.result != "pass" || !theirs
    });
    match wrong {
        None => {
            Verdict::new(Authentication::Pass, true, format!("dmarc=pass for {from}, said by {id}"))
        }
        Some(outcome) => {
            let named = outcome.values("header.from").collect::<Vec<_>>();
            let whose = if named.is_empty() { "no named domain" } else { &named.join(" and ") };
            none(format!(
                "dmarc={} for {whose}, not a pass for {from}, said by {id}",
                outcome.result
            ))
        }
    }
}

fn none(reason: String) -> Verdict {
    Verdict::new(Authentication::None, false, reason)
}
