//! Ninety days of a desk in virtual time: what is to happen, when, and the daemon in between.
//!
//! Two clocks: the true time, by which people write and servers fail, and the clock on the desk's
//! wall, which may jump. The daemon is let do its work whenever something happens, when one of its
//! own times has come, and at the very minute of each time that a mail named to a customer: a timer
//! that it lost is missed there. A run may be cut off at any pause of the daemon and started anew;
//! what it sends must be the same.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp, ToSpan};
use postdesk::fetch::watch::Watch;
use postdesk::time::Timestamp as Instant;
use postdesk::work;

use super::audit::Audit;
use super::chance::Chance;
use super::company::{Company, Letter};
use super::fault::Fault;
use super::people::People;
use super::planted::{Door, Plant, Van};
use super::seen::Seen;
use crate::scenario::script::Script;
use crate::scenario::stage::{Stage, run, run_until, to_rest};
use crate::scenario::world::{Courier, Server, World};

/// So long people write.
const DAYS: i64 = 90;
/// After the daemon woke it is calm for so long (T1).
const CALM: SignedDuration = SignedDuration::from_secs(601);

/// What is to happen.
#[derive(Clone, Debug)]
pub enum Doing {
    /// A mail comes.
    Mail(Box<Letter>),
    /// Something fails, or is mended.
    Fault(Fault),
    /// Nothing, but the daemon is let do what it has to.
    Look,
}

/// A desk and all who have to do with it.
pub struct Life {
    /// The desk on its stage.
    pub stage: Stage,
    /// Who there is.
    pub company: Company,
    /// The true time.
    pub now: Timestamp,
    /// How far the clock on the wall is ahead.
    pub shift: SignedDuration,
    /// Until then what is late may be late for a reason.
    pub rough_until: Timestamp,
    /// Until then of the mails to one address.
    pub rough_for: BTreeMap<String, Timestamp>,
    /// How much happened of what makes a run worth something.
    pub counts: BTreeMap<&'static str, usize>,
    /// What left, in order of time and id, copies folded.
    pub transcript: Vec<String>,
    /// The time at which each try of a mail was made.
    pub tries: Rc<std::cell::RefCell<Vec<(Timestamp, String)>>>,
    agenda: BTreeMap<(Timestamp, u64), Doing>,
    serial: u64,
    read: usize,
    known: BTreeSet<String>,
    reconciled: Timestamp,
    cuts: bool,
    plant: Plant,
}

impl Life {
    /// The first morning of a seed.
    pub fn of(seed: u64, plant: Plant, cuts: bool) -> Self {
        let mut company = Company::of(seed);
        let audit_knows = company.clone();
        plant.settings(&mut company);
        let text: String = company.settings.iter().map(|line| format!("config {line}\n")).collect();
        let script = Script::parse("(sim)", &text);
        let mut stage = Stage::of(&script);
        *stage.world.borrow_mut() = World::new();
        let begins = company.begins;
        stage.clock.set(Instant::from_jiff(begins));
        plant.sql(&mut stage);
        Self {
            stage,
            company: audit_knows,
            now: begins,
            shift: SignedDuration::ZERO,
            rough_until: begins,
            rough_for: BTreeMap::new(),
            counts: BTreeMap::new(),
            transcript: Vec::new(),
            tries: Rc::default(),
            agenda: BTreeMap::new(),
            serial: 0,
            read: 0,
            known: BTreeSet::new(),
            reconciled: begins,
            cuts,
            plant,
        }
    }

    /// What the desk's clock shows.
    pub fn wall(&self) -> Timestamp {
        self.now + self.shift
    }

    /// Something is to happen at a true time; now at the soonest.
    pub fn plan(&mut self, at: Timestamp, doing: Doing) {
        self.serial += 1;
        self.agenda.insert((at.max(self.now), self.serial), doing);
    }

    /// The daemon is to be let work when its clock shows that.
    pub fn look_at(&mut self, wall: Timestamp) {
        self.plan(wall - self.shift, Doing::Look);
    }

    /// Something that makes the run worth its time has happened.
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Whether nothing outside is in the way of a mail to them.
    pub fn is_smooth(&self, to: &str) -> bool {
        self.now >= self.rough_until
            && self.rough_for.get(to).is_none_or(|until| self.now >= *until)
    }

    /// Lets the days pass; the first violations, or none.
    pub fn live(&mut self) -> Vec<String> {
        let mut people = People::default();
        let mut audit = Audit::of(&self.company);
        people.plan(self);
        for day in 0..DAYS + 15 {
            for hour in [9, 18] {
                self.plan(self.company.begins + (day * 24 + hour - 8).hours(), Doing::Look);
            }
        }
        let end = self.company.begins + ((DAYS + 15) * 24).hours();
        while let Some(at) = self.next(end) {
            self.now = at;
            self.stage.clock.set(Instant::from_jiff(self.wall()));
            self.happens(&mut people, &mut audit);
            if self.stage.daemon.is_none() {
                continue;
            }
            self.work();
            let fresh = self.news();
            audit.hears(self, &fresh);
            people.read(self, &fresh);
            if !audit.wrong.is_empty() {
                break;
            }
        }
        if audit.wrong.is_empty() {
            audit.ends(self);
        }
        audit.with_stories()
    }

    /// When something happens next, or one of the daemon's own times comes.
    fn next(&self, end: Timestamp) -> Option<Timestamp> {
        let planned = self.agenda.keys().next().map(|(at, _)| *at);
        let own = self.stage.daemon.is_some().then(|| self.own_time()).flatten();
        planned.into_iter().chain(own).min().filter(|at| *at <= end)
    }

    fn own_time(&self) -> Option<Timestamp> {
        let sql =
            "SELECT min(at) FROM (SELECT min(next_at) AS at FROM tickets WHERE next_at IS NOT NULL
                   UNION ALL SELECT min(due_at) FROM outbox WHERE state IN ('queued', 'unknown'))";
        let read = |connection: &rusqlite::Connection| {
            Ok(connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?)
        };
        let millis = self.stage.store().read(read).unwrap()?;
        let at = Timestamp::from_millisecond(millis).ok()?;
        // What could not be done when its time had come is looked at again a little later.
        let wall = if at > self.wall() { at } else { self.wall() + 5.minutes() };
        wall.checked_sub(self.shift).ok()
    }

    /// All that happens now.
    fn happens(&mut self, people: &mut People, audit: &mut Audit) {
        while let Some(((at, _), _)) = self.agenda.first_key_value() {
            if *at > self.now {
                return;
            }
            let Some((_, doing)) = self.agenda.pop_first() else { return };
            if std::env::var_os("POSTDESK_TRACE").is_some() && !matches!(doing, Doing::Look) {
                println!("{} {doing:?}", self.now);
            }
            match doing {
                Doing::Look => {}
                Doing::Mail(letter) => {
                    if let Some(letter) = people.sends(self, *letter) {
                        audit.comes(&letter);
                        let bytes = letter.bytes(self.now);
                        let now = Instant::from_jiff(self.now);
                        self.stage.world.borrow_mut().deliver(bytes, None, false, now);
                    }
                }
                Doing::Fault(fault) => fault.happens(self),
            }
        }
    }

    /// Ends the daemon.
    pub fn goes_offline(&mut self) {
        self.stage.stop();
    }

    /// Starts it again; it knows that it slept.
    pub fn comes_back(&mut self) {
        self.stage.start();
        self.plant.recover(&self.stage);
        let now = self.stage.clock.now();
        run(work::wake_up(self.stage.store(), now)).unwrap();
        self.is_rough_for(CALM);
    }

    /// The clock on the wall jumps.
    pub fn jumps(&mut self, by: SignedDuration) {
        self.shift += by;
        self.stage.clock.set(Instant::from_jiff(self.wall()));
        if self.stage.daemon.is_some() {
            let now = self.stage.clock.now();
            run(work::be_calm(self.stage.store(), now)).unwrap();
        }
        self.is_rough_for(CALM);
    }

    /// What is late may be late for a reason from now on for that long.
    pub fn is_rough_for(&mut self, long: SignedDuration) {
        self.rough_until = self.rough_until.max(self.now + long);
        self.plan(self.rough_until, Doing::Look);
    }

    /// The daemon does all it has to, perhaps cut off at some pauses.
    fn work(&mut self) {
        self.count("looks");
        // What the daemon waits for by its monotonic clock, in which no time passes here: the daily
        // reconcile, and a mail that could not be had.
        let day = self.now.duration_since(self.reconciled) >= SignedDuration::from_hours(24);
        if day || self.stage.world.borrow().breaks > 0 {
            assert!(self.drive(None));
            self.stage.daemon.as_mut().unwrap().watch = Watch::default();
            self.reconciled = self.now;
        }
        let mut chance = Chance::of(self.company.seed, &format!("cut {}", self.now));
        // Where a relay is unwell tries are counted, and a cut one is one more.
        let quiet =
            self.now >= self.rough_until && self.rough_for.values().all(|at| self.now > *at);
        while self.cuts && quiet && chance.percent(12) {
            if self.drive(Some(chance.within(1, 60) as usize)) {
                return;
            }
            self.count("cuts");
            self.cut_off();
        }
        assert!(self.drive(None));
    }

    /// `false` if it was cut off at its `cut`-th pause.
    fn drive(&mut self, cut: Option<usize>) -> bool {
        let mut door = Door::new(Server(Rc::clone(&self.stage.world)), self.plant);
        let tries = (Rc::clone(&self.tries), self.wall());
        let mut van = Van::new(Courier(Rc::clone(&self.stage.world)), self.plant, tries);
        let desk = self.stage.desk.clone();
        let daemon = self.stage.daemon.as_mut().unwrap();
        run_until(to_rest(&mut door, &mut van, daemon, &desk), cut).is_some()
    }

    /// The process is gone; whatever was just being handed over may be handed over again.
    fn cut_off(&mut self) {
        let sql = "SELECT message_id FROM outbox WHERE state = 'sending'";
        let read = |connection: &rusqlite::Connection| {
            let mut statement = connection.prepare(sql)?;
            let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(ids.collect::<rusqlite::Result<Vec<_>>>()?)
        };
        for id in self.stage.store().read(read).unwrap() {
            *self.stage.doubts.entry(id).or_default() += 1;
        }
        self.stage.stop();
        self.stage.start();
        self.plant.recover(&self.stage);
    }

    /// The mails that left since the last time, each once, in an order that no crash changes.
    fn news(&mut self) -> Vec<Seen> {
        let wall = self.wall();
        let world = self.stage.world.borrow();
        let taken = world.taken[self.read..].iter();
        let mut fresh: Vec<Seen> = taken
            .filter(|mail| self.known.insert(mail.id()))
            .map(|mail| Seen::of(mail, wall))
            .collect();
        self.read = world.taken.len();
        drop(world);
        fresh.sort_by(|one, other| (&one.id, &one.to).cmp(&(&other.id, &other.to)));
        let line =
            |mail: &Seen| format!("{wall} {} {} {} {}", mail.to, mail.id, mail.subject, mail.text);
        self.transcript.extend(fresh.iter().map(line));
        fresh
    }
}
