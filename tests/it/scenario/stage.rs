//! The stage: a desk on a real SQLite file, a set clock, and the world in memory; steps are
//! performed on it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use jiff::civil::{Date, DateTime, Time};
use postdesk::config::Config;
use postdesk::desk::texts::Texts;
use postdesk::desk::{Event, Status};
use postdesk::fetch::watch::{Eye, Failure, Watch, look};
use postdesk::fetch::{Mailbox, copies};
use postdesk::mail::token::Key;
use postdesk::mail::{Address, InboxId, TicketNumber};
use postdesk::send::{self, Halt, Post, Relay};
use postdesk::store::inbox::{self, Arrival, Quiet, Raw, Source};
use postdesk::store::{self, Progress, Store, tickets};
use postdesk::time::{Clock, Timestamp};
use postdesk::work::{self, Desk};

use super::ordinary;
use super::report::{self, Snapshot};
use super::script::{Script, Step, parts};
pub use super::settings::folder;
use super::settings::{answer, instant, settings, span};
use super::world::{Courier, Server, Shared, Taken, World};

/// When a conversation begins, in the desk's zone: a Tuesday.
const BEGINNING: &str = "2026-11-24 08:00";
/// Rounds within which a desk that is left alone comes to rest.
const ROUNDS: usize = 400;
/// The desk's secret, the same in each run: so are all its ids.
const SECRET: [u8; Key::BYTES] = [7; Key::BYTES];

/// The daemon's half: what ends when it is cut off.
pub struct Daemon {
    /// The open store.
    pub store: Store,
    /// What is remembered between looks.
    pub watch: Watch,
}

/// A desk and its world.
pub struct Stage {
    /// The world.
    pub world: Shared,
    /// The clock.
    pub clock: Clock,
    /// The daemon, while it runs.
    pub daemon: Option<Daemon>,
    /// Settings and texts.
    pub desk: Desk,
    /// Which checks are lifted.
    pub allowed: BTreeSet<String>,
    /// How many copies beyond the first each mail may have, because the daemon was cut off while it
    /// was handed over.
    pub doubts: BTreeMap<String, usize>,
    config: Config,
    folder: PathBuf,
    before: Snapshot,
    _keep: Option<tempfile::TempDir>,
}

/// Runs a future, at most until it has paused `cut` times; `None` if it was cut off.
pub fn run_until<F: Future>(future: F, cut: Option<usize>) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(futures_util::task::noop_waker_ref());
    let mut pauses = 0;
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return Some(output),
            Poll::Pending => pauses += 1,
        }
        if cut == Some(pauses) {
            return None;
        }
        assert!(pauses < 10_000_000, "it waits for something that never comes");
    }
}

/// Runs a future to its end.
pub fn run<F: Future>(future: F) -> F::Output {
    run_until(future, None).unwrap()
}

impl Stage {
    /// The stage of a script, before its first step.
    pub fn of(script: &Script) -> Self {
        let keep = folder();
        let data_dir = keep.path().join("data");
        let mut stage = Self::at(&data_dir, script, World::new());
        stage._keep = Some(keep);
        stage
    }

    /// A stage with the base's settings and these over them.
    pub fn with(settings: &[&str]) -> Self {
        let text: String = settings.iter().map(|line| format!("config {line}\n")).collect();
        Self::of(&Script::parse("(code)", &text))
    }

    /// A stage in that folder, which may hold what an earlier one left.
    pub fn at(data_dir: &Path, script: &Script, world: World) -> Self {
        let config = settings(&script.config, &script.without, data_dir);
        let clock = Clock::set_to(instant(&config, BEGINNING.parse::<DateTime>().unwrap()));
        store::prepare(data_dir).unwrap();
        std::fs::write(data_dir.join(store::KEY), SECRET).unwrap();
        let desk = Desk {
            config: Arc::new(config.clone()),
            texts: Arc::new(Texts::new(&config.desk.language, script.templates.clone())),
            key: store::key(data_dir).unwrap(),
            clock: clock.clone(),
            keys: None,
        };
        let mut stage = Self {
            world: Rc::new(RefCell::new(world)),
            clock,
            daemon: None,
            desk,
            allowed: script.allowed.clone(),
            doubts: BTreeMap::new(),
            config,
            folder: data_dir.to_owned(),
            before: Snapshot::default(),
            _keep: None,
        };
        stage.start();
        stage.before = Snapshot::of(&stage);
        stage
    }

    /// Another stage of the same desk, on a folder of its own, with the clock as it stands.
    pub fn beside(&self, data_dir: &Path, world: World) -> Self {
        let mut stage = Self {
            world: Rc::new(RefCell::new(world)),
            clock: self.clock.clone(),
            daemon: None,
            desk: self.desk.clone(),
            allowed: self.allowed.clone(),
            doubts: BTreeMap::new(),
            config: self.config.clone(),
            folder: data_dir.to_owned(),
            before: Snapshot::default(),
            _keep: None,
        };
        stage.start();
        stage
    }

    /// Opens the store and puts right what the last end left, as `postdesk run` does.
    pub fn start(&mut self) {
        let store = Store::open_inline(&self.folder).unwrap();
        let (numbers, now) = (self.folder.join(store::NUMBERS), self.clock.now());
        run(store.write(move |tx| work::recover(tx, &numbers, now))).unwrap();
        self.daemon = Some(Daemon { store, watch: Watch::default() });
    }

    /// Ends the daemon, whatever it was doing.
    pub fn stop(&mut self) {
        self.daemon = None;
    }

    /// The open store.
    pub fn store(&self) -> &Store {
        &self.daemon.as_ref().unwrap().store
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Lets the daemon do all there is to do now. `false` if it was cut off at its `cut`-th pause.
    pub fn drive(&mut self, cut: Option<usize>) -> bool {
        let mut mailbox = Server(Rc::clone(&self.world));
        let mut relay = Courier(Rc::clone(&self.world));
        let daemon = self.daemon.as_mut().unwrap();
        let finished =
            run_until(to_rest(&mut mailbox, &mut relay, daemon, &self.desk), cut).is_some();
        if !finished {
            self.stop();
        }
        finished
    }

    /// Puts the step's cause into the world. Says whether the daemon is to be driven after it, or
    /// what it prints itself.
    pub fn perform(&mut self, step: &Step) -> Effect {
        self.set_clock(&step.when);
        let words: Vec<&str> = step.rest.split_whitespace().collect();
        match (step.verb.as_str(), words.as_slice()) {
            ("mail" | "ticket" | "put" | "pipe" | "raw", _) => return self.mail(step),
            ("wait", _) => {}
            ("jump", _) => {
                let now = self.clock.now();
                run(work::be_calm(self.store(), now)).unwrap();
            }
            ("again", [number]) => {
                let bytes =
                    self.world.borrow().delivered[number.parse::<usize>().unwrap() - 1].clone();
                let now = self.clock.now();
                self.world.borrow_mut().deliver(bytes, None, false, now);
            }
            ("relay", ["down"]) => self.world.borrow_mut().relay_down = true,
            ("relay", ["up"]) => self.world.borrow_mut().relay_down = false,
            ("relay", [to, answers @ ..]) => {
                let answers = answers.iter().map(|word| answer(word)).collect();
                self.world.borrow_mut().answers.insert((*to).to_lowercase(), answers);
                return Effect::Prints(Vec::new());
            }
            ("set", [number, to]) => {
                let why = "set by hand".to_owned();
                self.append(number, Event::StatusChanged { to: Status::parse(to).unwrap(), why });
            }
            ("assign", [number, to]) => {
                let why = "assigned by hand".to_owned();
                self.append(number, Event::Assigned { to: Address::parse(to), why });
            }
            ("release", [number]) => self.waiting(number, inbox::release),
            ("drop", [number]) => self.waiting(number, inbox::drop_waiting),
            ("mailbox", words) => self.mailbox(words),
            ("restart", _) => {
                self.stop();
                self.start();
            }
            ("text", _) => return Effect::Prints(self.text(&step.rest)),
            ("targets", [number]) => return Effect::Prints(report::targets(self, number)),
            ("headers", _) => return Effect::Prints(self.headers(&step.rest)),
            (verb, words) => panic!("line {}: no such step: {verb} {words:?}", step.line),
        }
        Effect::Drives
    }

    fn mailbox(&mut self, words: &[&str]) {
        let mut world = self.world.borrow_mut();
        match words {
            ["uidvalidity", epoch] => world.renumber(epoch.parse().unwrap(), true),
            ["uidvalidity", epoch, "unmarked"] => world.renumber(epoch.parse().unwrap(), false),
            ["denies", "marks"] => world.denies_marks = true,
            ["offers", "no", "marks"] => world.can_mark = false,
            ["breaks", times] => world.breaks = times.parse().unwrap(),
            ["poison", uid] => world.poison = uid.parse().ok(),
            ["expunge", uid] => {
                let uid: u32 = uid.parse().unwrap();
                world.mails.retain(|mail| mail.uid != uid);
            }
            ["junk", count] => world.junk = count.parse().ok(),
            ["denies", "copies", words @ ..] => world.denies_copies = Some(words.join(" ")),
            ["takes", "copies"] => world.denies_copies = None,
            ["down"] => world.mailbox_down = true,
            ["up"] => world.mailbox_down = false,
            _ => panic!("no such mailbox: {words:?}"),
        }
    }

    fn append(&mut self, number: &str, event: Event) {
        let number = TicketNumber(number.trim_start_matches('#').parse().unwrap());
        let now = self.clock.now();
        let config = self.config().clone();
        let append =
            move |tx: store::Tx<'_>| tickets::append(tx, &[(number, &event)], &config, now);
        run(self.store().write(append)).unwrap();
    }

    fn waiting(&mut self, number: &str, act: fn(store::Tx<'_>, InboxId) -> store::Result<bool>) {
        let id = InboxId(number.parse().unwrap());
        assert!(
            run(self.store().write(move |tx| act(tx, id))).unwrap(),
            "mail {number} does not wait"
        );
    }

    fn set_clock(&mut self, when: &str) {
        let zone = self.config.desk.time_zone.clone();
        let now = self.clock.now();
        if let Some(later) = when.strip_prefix('+') {
            return self.clock.set(now.plus(span(later)));
        }
        if let Some(earlier) = when.strip_prefix('-') {
            return self.clock.set(now.minus(span(earlier)));
        }
        let today: Date = now.to_jiff().to_zoned(zone).date();
        let to = match when.split_once(' ') {
            Some((date, time)) => date.parse::<Date>().unwrap().to_datetime(time.parse().unwrap()),
            None => today
                .to_datetime(when.parse::<Time>().unwrap_or_else(|_| panic!("no time: {when}"))),
        };
        self.clock.set(instant(&self.config, to));
    }

    /// Makes a mail of a step and puts it where it belongs.
    fn mail(&mut self, step: &Step) -> Effect {
        let (fields, options) = parts(&step.rest);
        let count: u32 = options.get("count").map_or(1, |count| count.parse().unwrap());
        let now = self.clock.now();
        for number in 1..=count {
            let bytes = match step.verb.as_str() {
                "raw" => self
                    .expand(&step.body.iter().map(|line| format!("{line}\r\n")).collect::<String>())
                    .into_bytes(),
                _ => self.compose(&fields, &options, &step.body, number),
            };
            if step.verb == "pipe" {
                self.world.borrow_mut().delivered.push(bytes.clone());
                let arrival = Arrival {
                    source: Source::Pipe,
                    raw: Raw::of(&bytes).unwrap(),
                    listing: Default::default(),
                    quiet: Quiet::No,
                    marked: true,
                };
                run(self.store().write(move |tx| inbox::take(tx, &arrival, now))).unwrap();
            } else {
                let size = options.get("size").map(|size| size.parse().unwrap());
                let received = options.get("received").map_or(now, |when| {
                    let zone = &self.config.desk.time_zone;
                    Timestamp::from_jiff(
                        when.parse::<DateTime>()
                            .unwrap()
                            .to_zoned(zone.clone())
                            .unwrap()
                            .timestamp(),
                    )
                });
                self.world.borrow_mut().deliver(
                    bytes,
                    size,
                    options.contains_key("marked"),
                    received,
                );
            }
        }
        if step.verb == "put" { Effect::Prints(Vec::new()) } else { Effect::Drives }
    }

    /// A mail with the usual fields, those of the step in their place.
    fn compose(
        &self,
        fields: &[(String, String)],
        options: &BTreeMap<String, String>,
        body: &[String],
        number: u32,
    ) -> Vec<u8> {
        let serial = self.world.borrow().delivered.len() + 1;
        let text = |value: &str| self.expand(&value.replace("{n}", &number.to_string()));
        let given = |name: &str| fields.iter().any(|(field, _)| field.eq_ignore_ascii_case(name));
        let from = fields
            .iter()
            .find(|(name, _)| name == "From")
            .map(|(_, value)| text(value))
            .unwrap_or_default();
        let domain =
            ordinary::address(&from).rsplit_once('@').map_or("nowhere.test", |(_, domain)| domain);
        let mut mail = String::new();
        let verdict = match options.get("auth").map_or("pass", String::as_str) {
            "absent" => String::new(),
            "pass" => {
                format!("Authentication-Results: mx.desk.test; dmarc=pass header.from={domain}\r\n")
            }
            "fail" => format!(
                "Authentication-Results: mx.desk.test; dmarc=fail (p=reject) header.from={domain}\r\n"
            ),
            "none" => {
                format!("Authentication-Results: mx.desk.test; dmarc=none header.from={domain}\r\n")
            }
            other => panic!("no such verdict: {other}"),
        };
        mail.push_str(&verdict);
        let date = self
            .clock
            .now()
            .to_jiff()
            .to_zoned(self.config.desk.time_zone.clone())
            .strftime("%a, %d %b %Y %H:%M:%S %z");
        write!(mail, "Received: from out.{domain} by mx.desk.test; {date}\r\n").unwrap();
        let left_out = |name: &str| {
            options
                .get("no")
                .is_some_and(|list| list.split(',').any(|one| one.eq_ignore_ascii_case(name)))
        };
        let mut usual = |name: &str, value: String| {
            if !given(name) && !left_out(name) {
                write!(mail, "{name}: {value}\r\n").unwrap();
            }
        };
        usual("To", "support@desk.test".to_owned());
        usual("Date", date.to_string());
        usual("Message-ID", format!("<m{serial}@{domain}>"));
        usual("MIME-Version", "1.0".to_owned());
        usual("Content-Type", "text/plain; charset=utf-8".to_owned());
        for (name, value) in fields {
            write!(mail, "{name}: {}\r\n", text(value)).unwrap();
        }
        mail.push_str("\r\n");
        for line in body {
            write!(mail, "{}\r\n", text(line)).unwrap();
        }
        mail.into_bytes()
    }

    /// Puts ids in the place of `{ack to carol}` and the like.
    fn expand(&self, text: &str) -> String {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            expanded.push_str(before);
            match after.split_once('}').filter(|(inner, _)| inner.contains(" to ")) {
                Some((inner, tail)) => {
                    write!(expanded, "<{}>", self.taken(inner).id()).unwrap();
                    rest = tail;
                }
                None => {
                    expanded.push('{');
                    rest = after;
                }
            }
        }
        expanded.push_str(rest);
        expanded
    }

    /// The last mail that `ack to carol on #2` means.
    pub fn taken(&self, words: &str) -> Taken {
        let (kind, to) = words.split_once(" to ").unwrap_or_else(|| panic!("which mail? {words}"));
        let (first, kind) = kind.strip_prefix("first ").map_or((false, kind), |kind| (true, kind));
        let (to, ticket) =
            to.split_once(" on #").map_or((to, None), |(to, ticket)| (to, Some(ticket)));
        let kind = match kind.trim() {
            "ack" => "acknowledgement",
            "last" => "",
            kind => kind,
        };
        let kinds = self.kinds();
        let world = self.world.borrow();
        let fits = |mail: &&Taken| {
            let of_kind = kinds.get(&mail.id()).is_some_and(|(known, on)| {
                known.contains(kind)
                    && ticket.is_none_or(|ticket| on.is_some_and(|on| on.to_string() == ticket))
            });
            of_kind
                && mail.to.starts_with(to)
                && (to.contains('@') || mail.to[to.len()..].starts_with('@'))
        };
        let mut all = world.taken.iter();
        let found = if first { all.find(fits) } else { all.rev().find(fits) };
        found.cloned().unwrap_or_else(|| panic!("no such mail was taken: {words}"))
    }

    /// Kind and ticket of each outgoing mail by its id.
    pub fn kinds(&self) -> BTreeMap<String, (String, Option<i64>)> {
        let sql = "SELECT message_id, kind, ticket FROM outbox";
        let read = |connection: &rusqlite::Connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        self.store().read(read).unwrap()
    }

    fn text(&self, words: &str) -> Vec<String> {
        let mail = self.taken(words);
        let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        let text = parsed.body_text(0).unwrap_or_default();
        text.trim_end()
            .lines()
            .flat_map(on_screen)
            .map(|line| format!("| {}", line.trim_end()).trim_end().to_owned())
            .collect()
    }

    /// `headers ack to carol: Subject, To`.
    fn headers(&self, words: &str) -> Vec<String> {
        let (words, names) = words.split_once(':').unwrap();
        let mail = self.taken(words.trim());
        let line = |name: &str| {
            let values = super::world::field(&mail.bytes, name);
            if values.is_empty() {
                vec![format!("{name} is absent")]
            } else {
                values.iter().map(|value| format!("{name}: {value}")).collect()
            }
        };
        names.split(',').map(str::trim).flat_map(line).collect()
    }

    /// Performs a step, lets the daemon come to rest, checks the laws and tells what happened.
    pub fn play(&mut self, step: &Step) -> Vec<String> {
        match self.perform(step) {
            Effect::Prints(lines) => lines,
            Effect::Drives => {
                let ordinary = (step.verb == "ticket").then(|| ordinary::of(self, step));
                self.drive(None);
                let happened = self.news();
                let Some(ordinary) = ordinary else { return happened };
                ordinary::demand(&ordinary, &happened);
                Vec::new()
            }
        }
    }

    /// The numbers of the next mail and the next ticket, as of the last news.
    pub fn next(&self) -> (i64, i64) {
        self.before.next()
    }

    /// What happened since the last time, after the laws were checked.
    pub fn news(&mut self) -> Vec<String> {
        let wrong = super::invariants::violations(self);
        assert!(wrong.is_empty(), "a law is broken:\n{}", wrong.join("\n"));
        let after = Snapshot::of(self);
        let lines = report::between(&self.before, &after, self);
        self.before = after;
        lines
    }

    /// How many mails the relay took for that address.
    pub fn taken_for(&self, address: &str) -> usize {
        self.world.borrow().taken.iter().filter(|mail| mail.to == address).count()
    }

    /// The number that a query gives.
    pub fn count(&self, sql: &str) -> i64 {
        self.store()
            .read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?))
            .unwrap()
    }
}

/// What follows a step.
pub enum Effect {
    /// The daemon has something to do.
    Drives,
    /// These lines, and nothing else.
    Prints(Vec<String>),
}

/// A line as a client shows it that has this many columns.
fn on_screen(line: &str) -> Vec<String> {
    const WIDTH: usize = 76;
    let mut lines = vec![String::new()];
    let short = line.is_ascii() && line.len() < WIDTH;
    for word in line.split_inclusive(' ') {
        let last = lines.last_mut().unwrap();
        let full = last.chars().count() + word.chars().count() >= WIDTH;
        if full && !short && !last.is_empty() {
            lines.push(word.to_owned());
        } else {
            last.push_str(word);
        }
    }
    lines
}

/// Plays steps that are written as in a conversation: what they cause, the laws checked.
pub fn does(stage: &mut Stage, text: &str) -> Vec<String> {
    Script::parse("(code)", text).steps.iter().flat_map(|step| stage.play(step)).collect()
}

/// The same where the laws are not kept, or cost too much time.
pub fn unchecked(stage: &mut Stage, text: &str) {
    for step in &Script::parse("(code)", text).steps {
        stage.perform(step);
        stage.drive(None);
    }
}

/// The three rims in turn until none has anything left to do now.
pub async fn to_rest<M: Mailbox, R: Relay>(
    mailbox: &mut M,
    relay: &mut R,
    daemon: &mut Daemon,
    desk: &Desk,
) {
    let halt = Halt::default();
    let post = Post::new(&daemon.store, &desk.config, &desk.clock, &halt);
    let eye = Eye { store: &daemon.store, config: &desk.config, clock: &desk.clock };
    let mut failures = 0;
    for _ in 0..ROUNDS {
        let mut busy = match look(mailbox, &mut daemon.watch, &eye).await {
            Ok(taken) => taken > 0,
            Err(Failure::Server(_)) => {
                daemon.watch.surprise();
                failures += 1;
                failures < 5
            }
            Err(Failure::Store(error)) => panic!("the store failed: {error}"),
        };
        while work::step(&daemon.store, desk).await.unwrap() == Progress::Some {
            busy = true;
        }
        // In each round: what was done last may be what a tick waits for.
        work::tick(&daemon.store, desk).await.unwrap();
        // A tick may ask for a mail to be looked at again.
        while work::step(&daemon.store, desk).await.unwrap() == Progress::Some {
            busy = true;
        }
        while send::step(relay, &post).await.unwrap() == Progress::Some {
            busy = true;
        }
        while matches!(copies::step(mailbox, &eye).await, Ok(Progress::Some)) {
            busy = true;
            work::tick(&daemon.store, desk).await.unwrap();
        }
        if !busy {
            return;
        }
    }
    panic!("the desk does not come to rest");
}
