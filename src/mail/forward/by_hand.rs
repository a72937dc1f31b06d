//! A mail passed on by hand, in the form of an answer: somebody answers it, and writes another
//! address into To. Whose request that is nobody can tell for sure: it may be the writer's own, about
//! what they were told.

use super::{Ambiguity, Forwarded, one, unmarked};
use crate::mail::quote::{Block, Role};
use crate::mail::{Address, addresses_in};

/// Lines of the longest attribution.
const ATTRIBUTION_MAX: usize = 6;

/// The mail that one quotes below its own words, if it names a writer who is none of ours.
pub fn by_hand(blocks: &[Block], ours: impl Fn(&Address) -> bool) -> Option<Forwarded> {
    let quote =
        blocks.iter().find(|block| block.role == Role::Quote && !block.text.trim().is_empty())?;
    let under_header = one(&quote.text).filter(|mail| mail.from.is_some());
    let mail = under_header.or_else(|| attributed(&quote.text))?;
    let from = mail.from.as_ref().map(|from| &from.address);
    let all: Vec<Address> = from
        .into_iter()
        .chain(mail.why.iter().flat_map(Ambiguity::candidates))
        .filter(|address| !ours(address))
        .cloned()
        .collect();
    (!all.is_empty()).then_some(Forwarded {
        from: None,
        why: Some(Ambiguity::Answered { all }),
        ..mail
    })
}

/// What stands marked below a line that names an address.
fn attributed(text: &str) -> Option<Forwarded> {
    let is_marked = |line: &str| line.trim_start().starts_with('>');
    let head: Vec<&str> = text.lines().take_while(|line| !is_marked(line)).collect();
    let quoted = text.lines().skip(head.len()).filter(|line| is_marked(line));
    let text = quoted.map(unmarked).collect::<Vec<_>>().join("\n");
    let full = head.iter().filter(|line| !line.trim().is_empty()).count();
    if text.trim().is_empty() || full > ATTRIBUTION_MAX {
        return None;
    }
    let mut all: Vec<Address> = addresses_in(&head.join(" ")).collect();
    all.dedup();
    Some(Forwarded {
        from: None,
        to: Vec::new(),
        date: None,
        subject: None,
        text: text.trim().to_owned(),
        why: Some(Ambiguity::Answered { all }),
    })
}
