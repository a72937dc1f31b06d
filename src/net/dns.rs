//! Where the keys of signatures are fetched from: TXT records, from the system's name servers or
//! those of the config.
//!
//! Policy: all that is asked at once ends within one deadline; what was not answered by then is
//! unreachable, which is told apart from absent. Answers are kept as long as they say themselves,
//! by the resolver, in memory.

#[cfg(feature = "dkim")]
mod resolver;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::config::Trust;
use crate::mail::authentic::dkim::Key;

/// What was asked for, by name.
pub type Answers = BTreeMap<String, Key>;

/// Somebody who knows the keys of signatures. Each answer comes within a deadline of theirs.
pub trait Keys: Send + Sync {
    /// Fetches the TXT records at these names, each without a final dot.
    fn ask(&self, names: BTreeSet<String>) -> Pin<Box<dyn Future<Output = Answers> + Send + '_>>;
}

/// The resolver of the config; `None` where no keys are to be fetched.
#[cfg(feature = "dkim")]
pub fn keys(trust: &Trust) -> Option<Arc<dyn Keys>> {
    trust.check_dkim.then(|| Arc::new(resolver::Resolver::new(&trust.dns)) as Arc<dyn Keys>)
}

/// The resolver of the config; `None`, since this build knows none.
#[cfg(not(feature = "dkim"))]
pub fn keys(_: &Trust) -> Option<Arc<dyn Keys>> {
    None
}
