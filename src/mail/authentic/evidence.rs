//! What one mail shows of the server that stamps it: for `check`, which compares the settings with
//! mail that came. Nothing is believed for it.

use super::hops::{Profile, by_host};
use super::results::{Reading, read, words_before_semicolon};
use crate::config::Stamps;
use crate::mail::Field;

/// What stands in the header of one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Ids of the Authentication-Results nearest to the top, as a setting names them: above all
    /// Received lines, else between the first two.
    pub on_top: Vec<String>,
    /// Whether the given id is among those of any field.
    pub ours: bool,
    /// On which side of its own Received that server wrote the topmost of its fields, if both are
    /// there.
    pub side: Option<Stamps>,
    /// Hosts whose Received lines stand above that field, but for that server itself.
    pub hosts_above: Vec<String>,
}

/// Looks at a header block for the server of that id, if one is named.
pub fn of(fields: &[Field], id: Option<&str>) -> Evidence {
    let mut found = Evidence { on_top: on_top(fields), ..Evidence::default() };
    let Some(id) = id else { return found };
    let profile = Profile::of(id);
    let is_ours = |field: &Field| {
        field.is("Authentication-Results")
            && !matches!(read(&field.value, id, profile), Reading::Other)
    };
    let Some(first) = fields.iter().position(is_ours) else { return found };
    found.ours = true;
    let received: Vec<(usize, &Field)> =
        fields.iter().enumerate().filter(|(_, field)| field.is("Received")).collect();
    let above = received.iter().filter(|(at, _)| *at < first);
    let hosts = above.filter_map(|(_, field)| by_host(&field.value));
    found.hosts_above = hosts.filter(|host| !host.eq_ignore_ascii_case(id)).collect();
    // The line of the very host of the id; what stands right below it, before the next, is its own.
    let border = received.iter().position(|(_, field)| profile.is_border(&field.value, id));
    let Some(border) = border else { return found };
    let at = |index: usize| received.get(index).map(|(at, _)| *at);
    found.side = match (at(border), at(border + 1)) {
        (Some(line), _) if first < line => Some(Stamps::Above),
        (Some(_), next) if next.is_none_or(|next| first < next) => Some(Stamps::Below),
        _ => None,
    };
    found
}

fn on_top(fields: &[Field]) -> Vec<String> {
    let mut ids = Vec::new();
    let mut lines = 0;
    for field in fields {
        if field.is("Received") {
            lines += 1;
            if lines > 1 || !ids.is_empty() {
                break;
            }
        } else if field.is("Authentication-Results")
            && let Some(id) = named(&field.value)
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

/// The id of a field, as a setting names it.
fn named(value: &str) -> Option<String> {
    let words = words_before_semicolon(value)?;
    let first = words.first()?;
    // Microsoft's field begins with a result at once.
    Some(if first.contains('=') { "microsoft365".to_owned() } else { first.to_lowercase() })
}
