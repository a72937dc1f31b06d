//! Agents' mails on which our server stamped nothing: their signatures are judged here, between
//! reading and deciding.
//!
//! Policy: no transaction is open while the network is waited for, and one deadline bounds the wait
//! of a whole batch. A key that nobody can answer for puts its mail off, in the store, so that
//! others pass it; after the last wait it is decided as unsigned, which holds it. That is never a
//! way in: a forger who stops our DNS gets what an unsigned mail gets.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Content, Desk, Opened};
use crate::config::Config;
use crate::mail::authentic::dkim::{self, Claim, Finding};
use crate::mail::authentic::{self, Verdict};
use crate::mail::{Authentication, InboxId};
use crate::net::dns::Answers;
use crate::store::inbox::{self, Claimed};
use crate::store::{self, Store};

/// How long a mail is put off each time: a blink for a lost packet, the rest for a name server that
/// restarts.
const WAITS: [Duration; 4] =
    [Duration::from_secs(15), Duration::from_secs(120), Duration::from_secs(600), LONGEST_PUT_OFF];

/// The last of these.
pub const LONGEST_PUT_OFF: Duration = Duration::from_secs(1800);

/// What a mail's signatures claim, if it is one whose signatures matter: an agent's, not yet
/// believed, that nobody vouched for.
pub fn claim(content: &Content, bytes: &[u8], config: &Config, claimed: &Claimed) -> Option<Claim> {
    let trust = &config.authentication;
    let sender = &content.inbound.sender()?.address;
    let open =
        trust.check_dkim && !claimed.released && content.verdict.result == Authentication::None;
    let asked = open
        && config.agent(sender).is_some()
        && authentic::said_nothing(&content.inbound.fields, trust);
    asked.then(|| dkim::claim(bytes, sender, claimed.arrived_at))
}

/// Fetches the keys that these mails need and judges their claims. Mails that must wait for a key
/// are put off and left out.
pub async fn vouch(store: &Store, desk: &Desk, opened: Vec<Opened>) -> store::Result<Vec<Opened>> {
    if !opened.iter().any(|mail| claim_of(mail).is_some()) {
        return Ok(opened);
    }
    let names: BTreeSet<String> =
        opened.iter().filter_map(claim_of).flat_map(Claim::keys).map(str::to_owned).collect();
    let keys = match &desk.keys {
        Some(keys) if !names.is_empty() => keys.ask(names).await,
        _ => Answers::new(),
    };
    let mut settled = Vec::new();
    let mut waiting = Vec::new();
    for mut mail in opened {
        match judge(&mut mail, &keys) {
            Some((wait, why)) => waiting.push((mail.claimed.id, wait, why)),
            None => settled.push(mail),
        }
    }
    if !waiting.is_empty() {
        let now = desk.clock.now();
        let put_off = move |tx: store::Tx<'_>| {
            waiting
                .iter()
                .try_for_each(|(id, wait, why)| inbox::put_off(tx, *id, now.plus(*wait), why))
        };
        store.write(put_off).await?;
    }
    Ok(settled)
}

fn claim_of(mail: &Opened) -> Option<&Claim> {
    mail.read.as_ref().ok().and_then(|content| content.claim.as_ref())
}

/// Puts the verdict into the mail, or says how long it has to wait for it and why.
fn judge(mail: &mut Opened, keys: &Answers) -> Option<(Duration, String)> {
    let finding = claim_of(mail)?.judge(keys);
    let id = mail.claimed.id.0;
    let verdict = match (finding, WAITS.get(mail.claimed.put_off)) {
        (Finding::Verdict(verdict), _) => verdict,
        (Finding::Later(why), None) => dkim::given_up(&why),
        (Finding::Later(why), Some(wait)) => {
            tracing::warn!(
                mail = id,
                why,
                wait = wait.as_secs(),
                "an agent's mail waits for the key of its signature"
            );
            return Some((*wait, format!("{why}; it is tried again")));
        }
    };
    if let Ok(content) = &mut mail.read {
        tracing::info!(
            mail = id,
            result = verdict.result.as_str(),
            reason = verdict.reason,
            "the signature was checked here"
        );
        content.verdict = Verdict { reason: silent(&content.verdict, &verdict), ..verdict };
    }
    None
}

/// Whether a signature that was checked here came before on another mail; notes whose it is.
///
/// Everything that steers a mail is signed, so nobody can turn a copy elsewhere; but it would do a
/// second time what it did.
pub fn replay(tx: store::Tx<'_>, content: &Content, id: InboxId) -> store::Result<Option<Verdict>> {
    let Some(claim) = content.claim.as_ref().filter(|_| content.verdict.agent) else {
        return Ok(None);
    };
    for print in claim.prints() {
        let key = format!("signature {print}");
        match store::state(tx, &key)?.and_then(|earlier| earlier.parse().ok()) {
            Some(earlier) if earlier != id.0 => return Ok(Some(dkim::replayed(earlier))),
            _ => store::set_state(tx, &key, &id.0.to_string())?,
        }
    }
    Ok(None)
}

/// A check of our own that failed is told beside what made it necessary.
fn silent(before: &Verdict, own: &Verdict) -> String {
    match own.result {
        Authentication::Pass => own.reason.clone(),
        Authentication::None | Authentication::Fail => {
            format!("{}, and {}", before.reason, own.reason)
        }
    }
}
