//! What people and machines do on their own, and on getting a mail. Whatever somebody does follows
//! from the seed and the id of the mail that they read, and from nothing else.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::chance::Chance;
use super::company::{AGENTS, CUSTOMERS, DESK, Hand, Letter, Temper, address, customer};
use super::fault;
use super::life::{Doing, Life};
use super::reference::zone;
use super::seen::Seen;

/// What customers write about.
const TOPICS: [(&str, &str); 6] = [
    (
        "Empty pages from the printer",
        "Since Tuesday the printer LX-200 on the second floor prints empty pages. It shows the error E-17.",
    ),
    (
        "Lamp flickers",
        "The lamp in room 12 has been flickering since yesterday morning. All three of us who sit there see it.",
    ),
    (
        "Invoice counted twice",
        "Invoice 4711 of last month was charged twice to our account. The bank shows both entries on the 3rd.",
    ),
    (
        "Login refused",
        "Since this morning version 3.2 refuses my password with the message \"account locked\". A colleague has the same.",
    ),
    (
        "Delivery is late",
        "Order 8812 should have come on Monday. The tracking page has shown \"in transit\" ever since.",
    ),
    (
        "Export stops half way",
        "The export of the report in version 2.9 stops at 50 percent with the error \"disk quota\" since Friday.",
    ),
];

/// What an agent has in mind for a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    Soon,
    Late,
    WhenUrged,
    Never,
}

/// Everybody outside of the daemon.
#[derive(Debug, Default)]
pub struct People {
    /// When an agent is not there, and whether their mailbox says so.
    away: Vec<(String, Timestamp, Timestamp, bool)>,
    /// When a mailbox last said so to the desk.
    said: BTreeMap<String, Timestamp>,
    marks: u64,
}

impl People {
    /// What is going to happen whatever the desk does.
    pub fn plan(&mut self, life: &mut Life) {
        let seed = life.company.seed;
        for number in 0..CUSTOMERS {
            let mut chance = Chance::of(seed, &format!("writes {number}"));
            let times = if number < 3 { 2 } else { 1 };
            for _ in 0..times {
                let at = life.company.begins + (chance.within(5, 85 * 24 * 60) as i64).minutes();
                let letter = self.opening(seed, number, &mut chance);
                life.plan(at, Doing::Mail(Box::new(letter)));
            }
        }
        for agent in AGENTS {
            let mut chance = Chance::of(seed, &format!("away {agent}"));
            let from = life.company.begins + (chance.within(24, 80 * 24) as i64).hours();
            let days = chance.within(1, 12) as i64;
            let machine = chance.percent(50);
            self.absence(life, agent, (from, from + (days * 24).hours()), machine);
        }
        fault::plan(life);
    }

    fn absence(
        &mut self,
        life: &mut Life,
        agent: &str,
        (from, to): (Timestamp, Timestamp),
        machine: bool,
    ) {
        let from_address = format!("{agent}@desk.test");
        if !machine {
            let until = to.to_zoned(zone()).date();
            let mut gone = self.letter(Hand::Agent, &from_address, "Holidays");
            gone.body = format!("#away until {until}");
            life.plan(from, Doing::Mail(Box::new(gone)));
            let mut back = self.letter(Hand::Agent, &from_address, "Here again");
            back.body = "#back".to_owned();
            life.plan(to + 1.hour(), Doing::Mail(Box::new(back)));
        }
        self.away.push((from_address, from, to, machine));
    }

    fn letter(&mut self, hand: Hand, from: &str, subject: &str) -> Letter {
        self.marks += 1;
        Letter::new(hand, from, subject, format!("mark{}x", self.marks))
    }

    fn opening(&mut self, seed: u64, number: u64, chance: &mut Chance) -> Letter {
        let temper = Temper::of(seed, number);
        let (subject, text) = chance.one_of(&TOPICS);
        let hand = if temper.is_machine() { Hand::Machine } else { Hand::Customer };
        let mut letter = self.letter(hand, &address(number), subject);
        letter.fields = temper.fields().to_owned();
        if temper == Temper::Unvouched {
            letter.fields.push_str("X-Unvouched: yes\r\n");
        }
        letter.body = format!("Hello,\n\n{text}\nOur reference is {}.", letter.mark);
        letter
    }

    /// The letter as it really leaves: who is away writes when they are back.
    pub fn sends(&mut self, life: &mut Life, letter: Letter) -> Option<Letter> {
        let back = self.back(&letter.from, life.now);
        match back.filter(|_| letter.hand == Hand::Agent && !letter.body.starts_with("#away")) {
            Some(back) => {
                life.plan(back + 2.hours(), Doing::Mail(Box::new(letter)));
                None
            }
            None => Some(letter),
        }
    }

    fn back(&self, agent: &str, now: Timestamp) -> Option<Timestamp> {
        let away = |(who, from, to, _): &&(String, Timestamp, Timestamp, bool)| {
            who == agent && (*from..*to).contains(&now)
        };
        self.away.iter().find(away).map(|(_, _, to, _)| *to)
    }

    /// Everybody reads what they got.
    pub fn read(&mut self, life: &mut Life, fresh: &[Seen]) {
        for mail in fresh {
            let mut chance = Chance::of(life.company.seed, &format!("reads {}", mail.id));
            match customer(&mail.to) {
                Some(number) => self.customer(life, mail, number, &mut chance),
                None if mail.to.starts_with("owner@") => {}
                None => self.agent(life, mail, &mut chance),
            }
        }
    }

    /// An answer to a mail, so long after it came.
    fn answers(
        &mut self,
        life: &mut Life,
        mail: &Seen,
        (hand, after): (Hand, SignedDuration),
        (fields, body): (&str, String),
    ) {
        let mut letter = self.letter(hand, &mail.to, &format!("Re: {}", mail.subject));
        letter.answers = Some(mail.id.clone());
        letter.number = mail.number;
        letter.fields = fields.to_owned();
        letter.body = body.replace("MARK", &letter.mark);
        life.plan(life.now + after, Doing::Mail(Box::new(letter)));
    }

    fn customer(&mut self, life: &mut Life, mail: &Seen, number: u64, chance: &mut Chance) {
        let temper = Temper::of(life.company.seed, number);
        let soon = SignedDuration::from_mins(1 + chance.within(0, 3) as i64);
        let later = SignedDuration::from_mins(chance.within(10, 2_000) as i64);
        let person = |life: &mut Life, people: &mut Self, body: &str| {
            let fields = if temper == Temper::Unvouched { "X-Unvouched: yes\r\n" } else { "" };
            people.answers(life, mail, (Hand::Customer, later), (fields, body.to_owned()));
        };
        match temper {
            Temper::Silent => return,
            Temper::System => {
                let body = "Your message was registered as case MARK.".to_owned();
                return self.answers(life, mail, (Hand::Machine, soon), (temper.fields(), body));
            }
            Temper::Unmarked => {
                let body = "We have got your message MARK and will look at it.".to_owned();
                return self.answers(life, mail, (Hand::Customer, soon), ("", body));
            }
            Temper::Vacation => {
                let fields = "Auto-Submitted: auto-replied\r\n";
                let body = "I am out of the office this week. MARK".to_owned();
                self.answers(life, mail, (Hand::Machine, soon), (fields, body));
            }
            Temper::Bounces if chance.percent(40) => {
                let to = mail.to.clone();
                let notice = self.bounce(mail, &to);
                return life.plan(life.now + soon, Doing::Mail(Box::new(notice)));
            }
            _ => {}
        }
        if mail.automatic {
            match chance.within(0, 100) {
                0..12 => {
                    person(life, self, "I forgot to say that it is the one by the window. MARK")
                }
                12..24 => person(life, self, "Thank you!"),
                _ => {}
            }
            return;
        }
        match chance.within(0, 100) {
            0..22 => person(life, self, "Thank you!"),
            22..34 => person(life, self, "Solved, thanks."),
            34..52 => person(life, self, "That did not help, sadly. What else can we try? MARK"),
            52..57 => person(life, self, "Thanks. And how do I switch it off for good? MARK"),
            _ => {}
        }
    }

    fn bounce(&mut self, mail: &Seen, to: &str) -> Letter {
        let domain = to.rsplit_once('@').map_or("", |(_, domain)| domain);
        let mut letter =
            self.letter(Hand::Machine, &format!("MAILER-DAEMON@{domain}"), "Undelivered mail");
        letter.fields = "Return-Path: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n".to_owned();
        letter.number = mail.number;
        letter.body = format!(
            "--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.{domain}\n\n\
             Final-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n\
             --r\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{}>\n--r--",
            mail.id
        );
        letter
    }

    fn agent(&mut self, life: &mut Life, mail: &Seen, chance: &mut Chance) {
        let away = self.back(&mail.to, life.now);
        if let Some(back) = away {
            let machine = self.away.iter().any(|one| one.0 == mail.to && one.3);
            let lately = self.said.get(&mail.to).is_some_and(|at| life.now < *at + 24.hours());
            if machine && !lately {
                self.said.insert(mail.to.clone(), life.now);
                let until = back.to_zoned(zone()).strftime("%-d %B %Y");
                let body = format!("I am out of the office until {until}.");
                let soon = SignedDuration::from_mins(1);
                let fields = "Auto-Submitted: auto-replied\r\n";
                self.answers(life, mail, (Hand::Machine, soon), (fields, body));
            }
            return;
        }
        let Some(number) = mail.number else { return };
        if mail.subject.starts_with("Held, not sent") {
            if mail.text.contains("#send and nothing else") && chance.percent(60) {
                let soon = SignedDuration::from_mins(chance.within(1, 200) as i64);
                self.answers(life, mail, (Hand::Agent, soon), ("", "#send".to_owned()));
            }
            return;
        }
        if let Some((_, rest)) = mail.text.split_once("Reply with ") {
            let line = rest.split_once(" and the clock keeps it").map(|(line, _)| line);
            let line = line.filter(|line| line.starts_with("#promise ") && !line.contains(" or "));
            let soon = SignedDuration::from_mins(chance.within(1, 90) as i64);
            if let Some(line) = line.filter(|_| chance.percent(60)) {
                self.answers(life, mail, (Hand::Agent, soon), ("", line.to_owned()));
            }
            return;
        }
        if mail.text.starts_with("Reply → goes to") {
            self.takes_care(life, mail, number, chance);
        }
    }

    /// A mail about a customer's ticket, whose answer goes there.
    fn takes_care(&mut self, life: &mut Life, mail: &Seen, number: i64, chance: &mut Chance) {
        let care = match Chance::of(life.company.seed, &format!("care {number}")).within(0, 100) {
            0..55 => Care::Soon,
            55..72 => Care::Late,
            72..88 => Care::WhenUrged,
            _ => Care::Never,
        };
        let urged = mail.text.contains("expects an answer by");
        let missed = mail.text.contains("No answer went out by");
        let minutes = match care {
            Care::Soon => chance.within(5, 600),
            Care::Late if !urged => chance.within(400, 8_000),
            Care::WhenUrged if missed => chance.within(5, 2_000),
            Care::WhenUrged if urged => chance.within(1, 300),
            _ => return,
        };
        // Not everybody who reads of a ticket sees to it.
        if !chance.percent(if urged || missed { 50 } else { 45 }) {
            return;
        }
        let after = SignedDuration::from_mins(minutes as i64);
        let says = |people: &mut Self, life: &mut Life, after: SignedDuration, body: &str| {
            people.answers(life, mail, (Hand::Agent, after), ("", body.to_owned()));
        };
        let hour = SignedDuration::from_hours(1);
        match chance.within(0, 100) {
            0..8 => {
                says(self, life, after, "#take");
                says(self, life, after + hour, ANSWER);
            }
            8..16 => {
                says(self, life, after, &format!("#note\nNOTE-MARK {}", chance.within(1000, 9999)))
            }
            16..30 => {
                let days = chance.within(2, 6);
                says(self, life, after, &format!("#promise {days}d"));
                if chance.percent(60) {
                    says(self, life, after + hour * (days as i32 * 20), ANSWER);
                }
            }
            30..40 => says(self, life, after, &format!("#close\n{ANSWER}")),
            40..44 => says(self, life, after, "#close"),
            44..48 => says(self, life, after, "#assign erin"),
            48..52 => says(self, life, after, &format!("#pending\n{ANSWER}")),
            52..55 => says(self, life, after, "#queue billing"),
            55..58 => says(self, life, after, "#remind 2d look again"),
            58..61 if mail.to != format!("cleo@{}", DESK.split_once('@').unwrap().1) => {
                says(self, life, after, "#escalate");
            }
            kind => {
                let days = kind % 4 + 2;
                let when = format!("{ANSWER}\nI'll get back to you in {days} days.");
                says(self, life, after, if kind % 3 == 0 { &when } else { ANSWER });
                // Who says so often does.
                if kind % 3 == 0 && chance.percent(50) {
                    says(self, life, after + hour * (days as i32 * 20), ANSWER);
                }
            }
        }
    }
}

/// An answer of substance.
const ANSWER: &str = "Please hold the green key MARK for ten seconds and let it start anew.";
