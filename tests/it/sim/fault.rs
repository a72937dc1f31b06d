//! What goes wrong around a desk, and is mended again.

use jiff::{SignedDuration, ToSpan};

use super::chance::Chance;
use super::company::{CUSTOMERS, address};
use super::life::{Doing, Life};
use crate::scenario::world::Answer;

/// After a relay came back a row that waited long waits for two hours at most, and a little.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(140);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Something that goes wrong, or is right again.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The relay answers nobody.
    RelayDown(bool),
    /// The mailbox cannot be reached.
    MailboxDown(bool),
    /// The relay says this of mails to one address; nothing: it takes them again.
    Says(String, Option<Answer>),
    /// The mailbox was rebuilt: all its numbers are new.
    Renumbered {
        /// Whether our keywords survived.
        marked: bool,
    },
    /// A mail that came before comes again.
    Again(u64),
    /// The connection breaks at the next mails.
    Breaks,
    /// The machine is off.
    Offline,
    /// The machine is on again.
    Online,
    /// The clock on the wall jumps, and later back.
    Jump(SignedDuration, SignedDuration),
    /// The clock is right again.
    Mended,
}

/// What goes wrong in the days of a seed.
pub fn plan(life: &mut Life) {
    let seed = life.company.seed;
    let mut chance = Chance::of(seed, "faults");
    let at = |chance: &mut Chance| {
        let minute = chance.within(60, 85 * 24 * 60) as i64;
        minute.minutes()
    };
    let begins = life.company.begins;
    for _ in 0..3 {
        let from = begins + at(&mut chance);
        let long = (chance.within(5, 300) as i64).minutes();
        life.plan(from, Doing::Fault(Fault::RelayDown(true)));
        life.plan(from + long, Doing::Fault(Fault::RelayDown(false)));
        let from = begins + at(&mut chance);
        life.plan(from, Doing::Fault(Fault::MailboxDown(true)));
        let long = (chance.within(5, 900) as i64).minutes();
        life.plan(from + long, Doing::Fault(Fault::MailboxDown(false)));
        let marked = chance.percent(50);
        life.plan(begins + at(&mut chance), Doing::Fault(Fault::Renumbered { marked }));
        life.plan(begins + at(&mut chance), Doing::Fault(Fault::Breaks));
    }
    for _ in 0..6 {
        let again = chance.within(0, 1000);
        life.plan(begins + at(&mut chance), Doing::Fault(Fault::Again(again)));
        let to = address(chance.within(3, CUSTOMERS));
        let answer = match chance.within(0, 3) {
            0 => Answer::Silent,
            1 => Answer::Later("451 4.7.1 greylisted".to_owned()),
            _ => Answer::Later("450 4.2.2 mailbox is full just now".to_owned()),
        };
        let from = begins + at(&mut chance);
        life.plan(from, Doing::Fault(Fault::Says(to.clone(), Some(answer))));
        let long = (chance.within(1, 20) as i64).hours();
        life.plan(from + long, Doing::Fault(Fault::Says(to, None)));
    }
    // One long sleep of ten days, some short ones; the clock jumps, for minutes and for hours.
    for days in [0_i64, 0, 10] {
        let from = begins + at(&mut chance);
        let hours = days * 24 + chance.within(1, 12) as i64;
        life.plan(from, Doing::Fault(Fault::Offline));
        life.plan(from + hours.hours(), Doing::Fault(Fault::Online));
    }
    let days = if chance.percent(50) { 30 } else { -30 };
    let by = SignedDuration::from_hours(days * 24);
    let long = SignedDuration::from_mins(*chance.one_of(&[5, 8, 90]));
    life.plan(begins + at(&mut chance), Doing::Fault(Fault::Jump(by, long)));
}

impl Fault {
    /// It happens.
    pub fn happens(self, life: &mut Life) {
        life.count("faults");
        let world = std::rc::Rc::clone(&life.stage.world);
        match self {
            Self::RelayDown(down) => {
                world.borrow_mut().relay_down = down;
                life.is_rough_for(if down { LONGEST_WAIT * 4 } else { LONGEST_WAIT });
            }
            Self::MailboxDown(down) => {
                world.borrow_mut().mailbox_down = down;
                life.is_rough_for(HOUR);
            }
            Self::Says(to, answer) => {
                let until = life.now + LONGEST_WAIT * 10;
                life.rough_for.insert(to.clone(), until);
                life.plan(until, Doing::Look);
                let mut world = world.borrow_mut();
                match answer {
                    Some(answer) => world.answers.insert(to, vec![answer]),
                    None => world.answers.remove(&to),
                };
            }
            Self::Renumbered { marked } => {
                let mut world = world.borrow_mut();
                let epoch = world.uidvalidity + 1;
                world.renumber(epoch, marked);
            }
            Self::Again(number) => {
                let mut world = world.borrow_mut();
                if world.delivered.is_empty() {
                    return;
                }
                let index = number as usize % world.delivered.len();
                let bytes = world.delivered[index].clone();
                let now = postdesk::time::Timestamp::from_jiff(life.now);
                world.deliver(bytes, None, false, now);
            }
            Self::Breaks => world.borrow_mut().breaks = 1,
            Self::Offline => life.goes_offline(),
            Self::Online if life.stage.daemon.is_none() => life.comes_back(),
            Self::Jump(by, long) if life.stage.daemon.is_some() && life.shift.is_zero() => {
                life.jumps(by);
                life.plan(life.now + long, Doing::Fault(Self::Mended));
            }
            Self::Mended if !life.shift.is_zero() => {
                let back = -life.shift;
                life.jumps(back);
            }
            Self::Online | Self::Jump(..) | Self::Mended => {}
        }
    }
}
