//! Times that an agent's own words named: offered to be kept, and promised only where they said so.

use jiff::Timestamp;

use super::audit::{Audit, Kept, Told};
use super::life::Life;
use super::reference::unchecked;
use super::seen::Seen;

/// A time that an agent's answer named is watched from the line on that confirms it.
pub fn confirms(audit: &mut Audit, life: &mut Life, mail: &Seen) {
    if mail.text.contains("and the clock keeps it") {
        life.count("offers");
    }
    let Some((head, _)) = mail.text.split_once(", as your answer said") else { return };
    let Some((before, due)) = head.rsplit_once(" hears again by ") else { return };
    let to = before.rsplit(' ').next().unwrap_or_default().to_owned();
    let (Some(number), Some(due)) = (mail.number, unchecked(due)) else { return };
    life.count("confirmed");
    life.look_at(due);
    for one in &mut audit.told {
        let same = one.number == number && one.to == to && one.end.is_none();
        if same && one.due > mail.at && one.due <= due {
            one.end = Some(Kept::Replaced);
        }
    }
    let smooth = life.is_smooth(&to);
    let (at, end, answered, confirmed) = (mail.at, None, None, true);
    audit.told.push(Told { number, to, at, due, end, answered, confirmed, smooth });
}

/// Whoever read a time in an answer is not told it again.
pub fn told_again(told: &[Told], mail: &Seen, due: Timestamp) -> Option<String> {
    let same = |one: &&Told| {
        one.confirmed && one.end.is_none() && mail.number == Some(one.number) && one.to == mail.to
    };
    let again = told.iter().filter(same).find(|one| one.due == due)?;
    Some(format!("#{}: {} read {due} in an answer, and is told it again", again.number, mail.to))
}
