//! What postmen see: how often a mail comes, and how many come to one door within an hour.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::life::Life;
use super::seen::Seen;
use crate::scenario::world::Taken;

/// Notifications to an agent within an hour (`limits.notifications_per_agent_and_hour`), the mail
/// that bundles the rest, and a digest.
const TO_ONE_AGENT: usize = 32;
/// Tries of one mail within ten minutes: at once, and after one and five; and once more where a
/// clock that jumped brought it back.
const TRIES: usize = 4;
/// Mails within a day to one customer who writes as often as a machine does (L2).
const TO_ONE_CUSTOMER: usize = 10;

/// What was carried to whom.
#[derive(Debug, Default)]
pub struct Post {
    read: usize,
    tried: usize,
    copies: BTreeMap<String, (usize, Vec<u8>, String)>,
    doors: BTreeMap<String, Vec<(Timestamp, bool)>>,
}

impl Post {
    /// What is wrong with what was carried since the last time.
    pub fn watch(&mut self, life: &Life, fresh: &[Seen]) -> Vec<String> {
        let mut wrong = Vec::new();
        {
            let world = life.stage.world.borrow();
            for mail in &world.taken[self.read..] {
                wrong.extend(self.copy(life, mail));
            }
            self.read = world.taken.len();
        }
        for mail in fresh {
            wrong.extend(self.door(life.now, mail));
        }
        wrong.extend(self.tries(life));
        wrong
    }

    /// I2: one copy, and one more for each time that nobody could know.
    fn copy(&mut self, life: &Life, mail: &Taken) -> Option<String> {
        let id = mail.id();
        let fresh = || (0, mail.bytes.clone(), mail.to.clone());
        let (copies, bytes, to) = self.copies.entry(id.clone()).or_insert_with(fresh);
        if *bytes != mail.bytes || *to != mail.to {
            return Some(format!("{id} came to {} and {to} with copies that differ", mail.to));
        }
        *copies += usize::from(mail.said);
        let doubts = life.stage.doubts.get(&id).copied().unwrap_or(0);
        (*copies > 1 + doubts).then(|| format!("{id} came to {to} {copies} times"))
    }

    /// No storm at any door.
    fn door(&mut self, now: Timestamp, mail: &Seen) -> Option<String> {
        // What people write is theirs to judge.
        if super::company::customer(&mail.to).is_some() && !mail.automatic {
            return None;
        }
        let door = self.doors.entry(mail.to.clone()).or_default();
        door.push((now, mail.subject.starts_with("Re: ") || mail.subject.starts_with("Held")));
        let since = |long: SignedDuration| now.checked_sub(long).unwrap();
        let hour = since(SignedDuration::from_hours(1));
        let day = since(SignedDuration::from_hours(24));
        if super::company::customer(&mail.to).is_some() {
            let count = door.iter().filter(|(at, _)| *at > day).count();
            return (count > TO_ONE_CUSTOMER)
                .then(|| format!("{} got {count} mails in a day", mail.to));
        }
        // Answers to their own mails are counted by those.
        let count = door.iter().filter(|(at, answer)| *at > hour && !answer).count();
        (count > TO_ONE_AGENT).then(|| format!("{} got {count} mails in an hour", mail.to))
    }

    /// A mail that is not taken is tried again with patience.
    fn tries(&mut self, life: &Life) -> Option<String> {
        let tries = life.tries.borrow();
        let mut recent: BTreeMap<&str, usize> = BTreeMap::new();
        let wall = life.wall();
        let near = |at: &Timestamp| wall.duration_since(*at).abs() < SignedDuration::from_mins(10);
        let fresh = tries.len() > self.tried;
        self.tried = tries.len();
        if !fresh {
            return None;
        }
        for (at, id) in tries.iter().rev().take(400) {
            if near(at) {
                *recent.entry(id).or_default() += 1;
            }
        }
        let doubts = life.stage.doubts.len();
        let many = recent.into_iter().find(|(_, count)| *count > TRIES + doubts.min(3));
        many.map(|(id, count)| format!("{id} was tried {count} times within ten minutes"))
    }
}
