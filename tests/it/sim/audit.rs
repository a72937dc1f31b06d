//! The auditors. They know what customers and agents wrote and got, and what `list`, `show`,
//! `inbox` and `outbox` say with `--json`; nothing else of the desk.
//!
//! Here is what a customer was told and by when: at the due minute of each promise there is an
//! answer of substance, or the mail that says that there is none and the word to those above.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan};
use postdesk::mail::TicketNumber;
use postdesk::store::view;
use serde_json::Value;

use super::company::{Company, Hand, LEAD, Letter, OWNER, customer};
use super::life::Life;
use super::reference::checked;
use super::seen::Seen;
use super::{ledger, offers, post};

/// Within this those above hear of a missed promise: by then what is bundled has gone out.
const ESCALATED_WITHIN: SignedDuration = SignedDuration::from_mins(62);

/// What a mail told a customer.
#[derive(Clone, Debug)]
pub struct Told {
    /// On which ticket.
    pub number: i64,
    /// Whom.
    pub to: String,
    /// When, by the desk's clock.
    pub at: Timestamp,
    /// By when they hear.
    pub due: Timestamp,
    /// How that ended, if it did.
    pub end: Option<Kept>,
    /// When somebody answered, if that ended it.
    pub answered: Option<Timestamp>,
    /// An agent said so in their own words, and had it kept.
    pub confirmed: bool,
    /// Whether nothing went wrong outside since it was told.
    pub smooth: bool,
}

/// How a promise ended, as its reader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Somebody answered.
    Answered,
    /// A mail said that nobody had.
    HeldOff,
    /// A later time was named before.
    Replaced,
    /// The ticket was done with, and they know it.
    Over,
    /// Their own mailbox refuses mail.
    OutOfReach,
}

/// Those above must hear of it.
#[derive(Clone, Debug)]
struct Escalation {
    number: i64,
    due: Timestamp,
    since: Timestamp,
    until: Timestamp,
}

/// What was heard about one ticket by one customer.
#[derive(Clone, Debug, Default)]
struct Line {
    /// The last automatic mail, if nobody has said anything since.
    automatic: Option<String>,
    /// When any mail last came.
    last: Option<Timestamp>,
}

/// All that the auditors know.
pub struct Audit {
    /// What is wrong.
    pub wrong: Vec<String>,
    /// What was told to customers.
    pub told: Vec<Told>,
    /// Letters that came to the desk, by their mark.
    pub letters: BTreeMap<String, Letter>,
    /// Mails that somebody got.
    pub seen: Vec<Seen>,
    company: Company,
    lines: BTreeMap<(i64, String), Line>,
    refused: BTreeSet<String>,
    escalations: Vec<Escalation>,
    urged: BTreeMap<(i64, String), BTreeSet<(String, bool)>>,
    post: post::Post,
}

impl Audit {
    /// Those who look at that desk.
    pub fn of(company: &Company) -> Self {
        Self {
            wrong: Vec::new(),
            told: Vec::new(),
            letters: BTreeMap::new(),
            seen: Vec::new(),
            company: company.clone(),
            lines: BTreeMap::new(),
            refused: BTreeSet::new(),
            escalations: Vec::new(),
            urged: BTreeMap::new(),
            post: post::Post::default(),
        }
    }

    /// What is wrong, each with the last mails about that ticket.
    pub fn with_stories(self) -> Vec<String> {
        let story = |line: &String| {
            let number = line.strip_prefix('#').and_then(|rest| {
                rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<i64>().ok()
            });
            let about = self.seen.iter().filter(|mail| number.is_some() && mail.number == number);
            let lines: Vec<String> = about
                .map(|mail| {
                    let text: String = mail.text.chars().take(150).collect();
                    format!("\n    {} {} {} {text}", mail.at, mail.to, mail.id)
                })
                .collect();
            [std::slice::from_ref(line), &lines[lines.len().saturating_sub(14)..]].concat().concat()
        };
        self.wrong.iter().map(story).collect()
    }

    /// Somebody writes to the desk.
    pub fn comes(&mut self, letter: &Letter) {
        match letter.hand {
            Hand::Customer => {
                self.refused.remove(&letter.from);
            }
            Hand::Machine if letter.from.starts_with("MAILER") => {
                let domain = letter.from.rsplit_once('@').map_or("", |(_, domain)| domain);
                let to = letter.body.split(&format!("@{domain}\nAction")).next();
                let local = to.and_then(|text| text.rsplit(' ').next()).unwrap_or_default();
                self.refused.insert(format!("{local}@{domain}"));
            }
            _ => {}
        }
        if letter.hand != Hand::Machine {
            for ((number, to), line) in &mut self.lines {
                let mine = letter.hand == Hand::Agent || *to == letter.from;
                if letter.number == Some(*number) && mine {
                    line.automatic = None;
                }
            }
        }
        self.letters.insert(letter.mark.clone(), letter.clone());
    }

    /// What left the desk just now.
    pub fn hears(&mut self, life: &mut Life, fresh: &[Seen]) {
        for mail in fresh {
            match customer(&mail.to) {
                Some(_) => self.customer(life, mail),
                None => self.agent(life, mail),
            }
        }
        self.seen.extend(fresh.iter().cloned());
        self.is_kept(life);
        self.is_escalated(life);
        let wrong = self.post.watch(life, fresh);
        self.wrong.extend(wrong);
    }

    fn customer(&mut self, life: &mut Life, mail: &Seen) {
        let Some(number) = mail.number else {
            self.wrong.push(format!("{} got a mail of no ticket: {}", mail.to, mail.subject));
            return;
        };
        if mail.text.contains("NOTE-") {
            self.wrong.push(format!("{} reads a note: {}", mail.to, mail.text));
        }
        if mail.automatic && is_machine(life, &mail.to) {
            self.wrong.push(format!("a machine at {} is answered: {}", mail.to, mail.text));
        }
        if !mail.automatic {
            life.count("answers");
        }
        // That a further message has arrived says nothing of when it is answered, unless it owns up
        // to the time that is over.
        let arrived = mail.text.contains("latest message on number")
            && !mail.text.contains("You should have heard from us by");
        let holding = mail.automatic && !arrived && self.holds_off(life, mail, number);
        if mail.automatic {
            self.is_over(life, mail, number);
        }
        if mail.text.contains("Your message has reached us") {
            self.first_answer(life, mail);
        }
        let line = self.lines.entry((number, mail.to.clone())).or_default();
        line.last = Some(mail.at);
        match (mail.automatic, &line.automatic) {
            (true, Some(before)) if !holding => self.wrong.push(format!(
                "#{number}: {} got two automatic mails, and nobody said anything between them: {before} / {}",
                mail.to, mail.text
            )),
            (true, _) => line.automatic = Some(mail.text.clone()),
            (false, _) => line.automatic = None,
        }
        self.tells(life, mail, number);
    }

    /// Told that the ticket is done with, its reader waits for nothing: what they say next has its own
    /// answer.
    fn is_over(&mut self, life: &Life, mail: &Seen, number: i64) {
        let mut waiting: Vec<&mut Told> = self
            .told
            .iter_mut()
            .filter(|one| one.number == number && one.to == mail.to && one.at < mail.at)
            .filter(|one| one.end.is_none())
            .collect();
        let over = |status: &str| matches!(status, "solved" | "closed");
        if !waiting.is_empty() && over(&standing(life, number).0) {
            waiting.iter_mut().for_each(|one| one.end = Some(Kept::Over));
        }
    }

    /// Whether it says of a promise that nobody kept it; each is told so once.
    fn holds_off(&mut self, life: &mut Life, mail: &Seen, number: i64) -> bool {
        let late = |one: &&mut Told| {
            one.number == number && one.to == mail.to && one.end.is_none() && one.due <= mail.at
        };
        let mut found = false;
        // The latest of several that are over is named, and stands for all.
        let dues: Vec<Timestamp> = self.told.iter_mut().filter(late).map(|one| one.due).collect();
        let named = dues.into_iter().filter(|due| mail.named.contains(due)).max();
        for one in self.told.iter_mut().filter(late) {
            if named.is_some_and(|named| one.due <= named) {
                one.end = Some(Kept::HeldOff);
                self.escalations.push(Escalation {
                    number,
                    due: one.due,
                    since: mail.at,
                    until: life.now + ESCALATED_WITHIN,
                });
                found = true;
            }
        }
        if found {
            life.count("holdings");
            life.plan(life.now + ESCALATED_WITHIN, super::life::Doing::Look);
            self.rungs(life, number, mail);
        }
        found
    }

    /// The time that an acknowledgement names is so much working time after the mail.
    fn first_answer(&mut self, life: &mut Life, mail: &Seen) {
        let Some(due) = mail.by.first() else { return };
        // What waited, came late or was wrongly timed has another beginning.
        if !life.is_smooth(&mail.to) || !life.shift.is_zero() {
            return;
        }
        life.count("acknowledgements");
        let whole = |at: Timestamp| {
            Timestamp::from_second((at.as_second() + 59).div_euclid(60) * 60).unwrap()
        };
        let expected = whole(self.company.week.after(mail.at, 480));
        if *due != expected && !mail.text.contains("has arrived") {
            self.wrong.push(format!(
                "{} was named {due} at {}, which is not eight hours of work: that is {expected}",
                mail.to, mail.at
            ));
        }
    }

    /// What a mail tells is written down, stands in the record, and is watched.
    fn tells(&mut self, life: &mut Life, mail: &Seen, number: i64) {
        for due in mail.by.iter().copied().filter(|due| *due > mail.at) {
            self.wrong.extend(offers::told_again(&self.told, mail, due));
            for one in &mut self.told {
                let same = one.number == number && one.to == mail.to && one.end.is_none();
                if same && one.due > mail.at && one.due <= due {
                    one.end = Some(Kept::Replaced);
                }
            }
            let shown = shown(life, number);
            let promises = shown["promises"].as_array().cloned().unwrap_or_default();
            let stands = |promise: &Value| {
                let at = promise["due_at"].as_str().unwrap_or_default();
                at.parse::<Timestamp>().is_ok_and(|at| at == due)
            };
            if !promises.iter().any(stands) {
                self.wrong.push(format!(
                    "#{number}: {} was told {due}, which stands in no record: {promises:?}",
                    mail.to
                ));
            }
            life.count("promises");
            life.look_at(due);
            let smooth = life.is_smooth(&mail.to);
            let (to, at) = (mail.to.clone(), mail.at);
            let (end, answered, confirmed) = (None, None, false);
            self.told.push(Told { number, to, at, due, end, answered, confirmed, smooth });
        }
        if !mail.automatic {
            for one in &mut self.told {
                // A late answer ends it as well.
                if one.number == number && one.to == mail.to && one.at < mail.at {
                    one.end = one.end.or(Some(Kept::Answered));
                    one.answered = one.answered.or(Some(mail.at));
                }
            }
        }
    }

    /// Every promise whose minute is over has had its mail.
    fn is_kept(&mut self, life: &mut Life) {
        let wall = life.wall();
        let mut tickets: BTreeMap<i64, (String, Option<i64>)> = BTreeMap::new();
        for at in 0..self.told.len() {
            let one = self.told[at].clone();
            if one.end.is_some() {
                continue;
            }
            if !life.is_smooth(&one.to) {
                self.told[at].smooth = false;
                continue;
            }
            if one.due > wall {
                continue;
            }
            let (status, into) =
                tickets.entry(one.number).or_insert_with(|| standing(life, one.number)).clone();
            let line = self.lines.get(&(one.number, one.to.clone()));
            let heard = line.and_then(|line| line.last).is_some_and(|last| last > one.at);
            let whole = into.unwrap_or(one.number);
            let end = if self.refused.contains(&one.to) {
                Some(Kept::OutOfReach)
            } else if into.is_some() && self.answered_on(whole, &one) {
                Some(Kept::Answered)
            } else if matches!(&*status, "solved" | "closed" | "spam") && heard {
                Some(Kept::Over)
            } else {
                None
            };
            self.told[at].end = end;
            if end.is_none() {
                self.wrong.push(format!(
                    "#{} ({status}): {} was told at {} to hear by {}, it is {wall}, and nothing came",
                    one.number, one.to, one.at, one.due
                ));
            }
        }
    }

    fn answered_on(&self, number: i64, one: &Told) -> bool {
        self.seen.iter().any(|mail| {
            !mail.automatic && mail.number == Some(number) && mail.to == one.to && mail.at > one.at
        })
    }

    /// Those above have heard of it.
    fn is_escalated(&mut self, life: &Life) {
        let seen = &self.seen;
        let heard = |one: &Escalation| {
            seen.iter().rev().take_while(|mail| mail.at >= one.since).any(|mail| {
                (mail.to == LEAD || mail.to == OWNER)
                    && mail.names(one.number)
                    && (mail.text.contains("No answer went out by")
                        || mail.text.contains("answer by ")
                            && mail.text.contains(", and has none."))
            })
        };
        let smooth = life.is_smooth(LEAD);
        let (told, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.escalations).into_iter().partition(heard);
        drop(told);
        for one in waiting {
            if !smooth || life.now < one.until {
                self.escalations.push(one);
            } else {
                self.wrong.push(format!(
                    "#{}: nobody above heard that the promise of {} was missed",
                    one.number, one.due
                ));
            }
        }
    }

    fn agent(&mut self, life: &mut Life, mail: &Seen) {
        offers::confirms(self, life, mail);
        let Some((_, rest)) = mail.text.split_once("expects an answer by ") else { return };
        let Some(number) = mail.number else { return };
        let due = rest.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
        let due = due.trim_end_matches(['.', ',']).to_owned();
        let higher = mail.text.contains("and there is none yet");
        if mail.text.contains("No answer went out by") {
            return;
        }
        life.count("rungs");
        // Who is reminded as one of many, and then as the lead of whoever took it, is told two things.
        let urged = self.urged.entry((number, due.clone())).or_default();
        if !urged.insert((mail.to.clone(), higher)) {
            self.wrong.push(format!("#{number}: {} was urged twice about {due}", mail.to));
        }
    }

    /// Before a promise was missed those on the ladder were urged, up to the owner.
    fn rungs(&mut self, life: &Life, number: i64, mail: &Seen) {
        let on_ticket: Vec<&Told> =
            self.told.iter().filter(|one| one.number == number && one.due <= mail.at).collect();
        let waited = |one: &&Told| matches!(one.end, None | Some(Kept::HeldOff));
        let on_ticket: Vec<&Told> = on_ticket.into_iter().filter(waited).collect();
        let Some(last) = on_ticket.iter().max_by_key(|one| one.due) else { return };
        let open = self
            .told
            .iter()
            .filter(|one| one.number == number && (one.end.is_none() || one.due == last.due));
        let long = last.due.duration_since(last.at) >= SignedDuration::from_hours(7);
        let one_at_a_time = open.filter(|one| one.due > last.at).count() == 1;
        if !last.smooth || !long || !one_at_a_time || !life.is_smooth(OWNER) {
            return;
        }
        let due = checked(last.due);
        let urged = self.urged.get(&(number, due.clone())).cloned().unwrap_or_default();
        let bundled = |to: &str| {
            let mails = self.seen.iter().filter(|one| one.to == to && one.number.is_none());
            { mails }.any(|one| one.text.contains(&due) && one.names(number))
        };
        if !urged.iter().any(|(to, _)| to == OWNER) && !bundled(OWNER) {
            self.wrong.push(format!("#{number}: the owner was not urged about {due}: {urged:?}"));
        }
        if urged.len() < 2 && !bundled(LEAD) {
            self.wrong.push(format!("#{number}: too few were urged about {due}: {urged:?}"));
        }
    }

    /// What must hold when all is over.
    pub fn ends(&mut self, life: &mut Life) {
        let wrong = ledger::violations(life, self);
        self.wrong.extend(wrong);
        let promised = self.told.iter().filter(|one| one.end == Some(Kept::Answered)).count();
        *life.counts.entry("kept").or_default() += promised;
        let wall = life.wall();
        let open = self.told.iter().filter(|one| one.end.is_none() && one.due + 24.hours() < wall);
        let open: Vec<String> =
            open.map(|one| format!("#{} of {} lapsed", one.number, one.due)).collect();
        self.wrong.extend(open);
    }
}

/// Whether that address is a machine's that says so.
fn is_machine(life: &Life, to: &str) -> bool {
    let temper = |number| super::company::Temper::of(life.company.seed, number);
    customer(to).is_some_and(|number| temper(number).is_machine())
}

/// `show N --json`.
pub fn shown(life: &Life, number: i64) -> Value {
    let read = |connection: &rusqlite::Connection| view::show(connection, TicketNumber(number));
    serde_json::to_value(life.stage.store().read(read).unwrap()).unwrap()
}

/// A ticket's status, and the one in which it goes on.
fn standing(life: &Life, number: i64) -> (String, Option<i64>) {
    let shown = shown(life, number);
    let status = shown["status"].as_str().unwrap_or_default().to_owned();
    (status, shown["merged_into"].as_i64())
}
