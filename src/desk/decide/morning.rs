//! The morning: what waits for somebody, in one mail, once a day.

use jiff::civil::Date;

use crate::config::Agent;
use crate::desk::absence::{of, reader};
use crate::desk::case::Case;
use crate::desk::decision::{Effect, Post};
use crate::desk::digest::{
    HeldMail, News, ROWS_MAX, Rated, Refusal, Row, Section, Sorted, Sorting, Subscriber,
};
use crate::desk::draft::Draft;
use crate::desk::notify::{self, Chapter, Morning};
use crate::desk::query::Day;
use crate::desk::query::text::{Teller, paragraph};
use crate::desk::texts::{checked, stamp};
use crate::desk::{Cause, NO_SUBJECT};
use crate::mail::{Address, TicketNumber};

/// So many words of what came with a mark are told.
const WORDS_SHOWN: usize = 12;

/// Decides about the digest of a day: where there is nothing to tell there is none, and none later
/// that day either.
pub fn morning<'a>(case: &'a Case<'a>, address: &Address, day: Date) -> Draft<'a> {
    let mut draft = Draft::new(case);
    let whose = Subscriber::named(case.config, address);
    let Some(whose) = whose.filter(|whose| whose.is_here(case.absences())) else { return draft };
    draft.also(Effect::Digested(address.clone(), day));
    let board = Board { case, whose: &whose };
    let sorted = board.sorted();
    let (own, team) = (board.own(&sorted), board.team(&sorted));
    if !own.is_empty() || !team.is_empty() {
        let mail = notify::digest(&mut draft, &whose, Morning { day, own, team });
        draft.mails.push(Post::new(mail, Some(Cause::Digest)));
    }
    draft
}

/// What somebody's digest is made from.
struct Board<'a> {
    case: &'a Case<'a>,
    whose: &'a Subscriber<'a>,
}

impl Board<'_> {
    fn sorted(&self) -> Sorted {
        let case = self.case;
        let (config, absences) = (case.config, case.absences());
        let own = self.whose.agent;
        // Whose mail they read: their own, and of those in whose place they are.
        let reads = config.agents.iter().filter(|agent| {
            let reader = reader(config, absences, agent);
            own.is_some_and(|own| reader.is_some_and(|one| one.address == own.address))
        });
        let holders: Vec<Address> = reads.flat_map(|one| one.addresses().cloned()).collect();
        let day = Day::of("", case.now, &config.desk.time_zone);
        let until = day.map_or(case.now, |day| day.until);
        let tasks = case.records.tasks((!self.whose.leads).then_some(&holders), until);
        Sorting { whose: self.whose, config, absences, now: case.now, until }.sort(tasks)
    }

    /// What is theirs, and what they may take.
    fn own(&self, sorted: &Sorted) -> Vec<Chapter> {
        let of = |section: fn(usize) -> Section, all: &[TicketNumber], list| {
            self.tickets(section, all, list)
        };
        let parts = [
            of(|count| Section::Overdue { count }, &sorted.overdue, "mine"),
            of(|count| Section::Today { count }, &sorted.today, "mine"),
            of(|count| Section::ForYou { count }, &sorted.for_you, "mine"),
            of(|count| Section::ForOthers { count }, &sorted.for_others, "mine"),
        ];
        let unowned = if self.whose.leads { Vec::new() } else { self.unowned(sorted) };
        let news = self.others(|count| Section::News { count }, &self.news());
        parts.into_iter().flatten().chain(unowned).chain(news).collect()
    }

    /// What nobody has.
    fn unowned(&self, sorted: &Sorted) -> Vec<Chapter> {
        let of = |section: fn(usize) -> Section, all: &[TicketNumber]| {
            self.tickets(section, all, "unassigned")
        };
        let parts = [
            of(|count| Section::Unowned { count }, &sorted.unowned),
            of(|count| Section::UnownedAsked { count }, &sorted.unowned_asked),
        ];
        parts.into_iter().flatten().collect()
    }

    /// How those do whom they lead.
    fn team(&self, sorted: &Sorted) -> Vec<Chapter> {
        if !self.whose.leads {
            return Vec::new();
        }
        let of = |section: fn(usize) -> Section, all: &[TicketNumber], list| {
            self.tickets(section, all, list)
        };
        let records = self.case.records;
        let refused = records.refused_since_digest(self.whose.address);
        let parts = [
            of(|count| Section::TeamOverdue { count }, &sorted.team_overdue, "overdue"),
            of(|count| Section::TeamToday { count }, &sorted.team_today, "due"),
            self.others(|count| Section::Marks { count }, &self.marks()),
            self.others(|count| Section::Away { count }, &self.away(sorted)),
            self.others(|count| Section::Held { count }, &self.held(&records.held_mails())),
            self.others(|count| Section::Refused { count }, &self.refused(&refused)),
            self.others(|count| Section::Spam { count }, &self.spam()),
        ];
        self.unowned(sorted).into_iter().chain(parts.into_iter().flatten()).collect()
    }

    fn tickets(
        &self,
        section: fn(usize) -> Section,
        all: &[TicketNumber],
        list: &'static str,
    ) -> Option<Chapter> {
        let case = self.case;
        let teller = Teller {
            config: case.config,
            texts: case.texts,
            agent: self.whose.agent,
            now: case.now,
        };
        let shown = all.iter().take(ROWS_MAX).filter_map(|number| case.records.listed(*number));
        let mut told: Vec<String> = shown.map(|listed| teller.task(&listed)).collect();
        let count = all.len().saturating_sub(ROWS_MAX);
        let list = Some(list).filter(|_| self.whose.agent.is_some());
        told.extend((count > 0).then(|| case.texts.say(&Row::More { count, list })));
        (!all.is_empty()).then(|| Chapter { section: section(all.len()), rows: told })
    }

    /// What is no ticket, a paragraph for each.
    fn others(&self, section: fn(usize) -> Section, all: &[Row]) -> Option<Chapter> {
        let count = all.len().saturating_sub(ROWS_MAX);
        let more = (count > 0).then_some(Row::More { count, list: None });
        let told = all.iter().take(ROWS_MAX).chain(&more);
        let rows = told.map(|row| paragraph(&self.case.texts.say(row))).collect();
        (!all.is_empty()).then(|| Chapter { section: section(all.len()), rows })
    }

    /// What customers said of those whom they lead, in short.
    fn marks(&self) -> Vec<Row> {
        let config = self.case.config;
        let all = self.case.records.marks_since_digest(self.whose.address).into_iter();
        let row = |Rated { ticket: number, survey, queue: _ }: Rated| {
            let agent = survey.agent.and_then(|one| config.agent(&one));
            let text = survey.text.unwrap_or_default();
            let words: Vec<&str> = text.split_whitespace().take(WORDS_SHOWN).collect();
            let (agent, words) = (agent.map(|one| one.name.clone()), words.join(" "));
            Some(Row::Mark { number, mark: survey.mark?, from: survey.of, agent, words })
        };
        all.filter(|one| self.whose.leads_queue(config, &one.queue)).filter_map(row).collect()
    }

    /// Who of the teams is away, and what they have.
    fn away(&self, sorted: &Sorted) -> Vec<Row> {
        let (config, absences) = (self.case.config, self.case.absences());
        let team = config
            .agents
            .iter()
            .filter(|agent| agent.queues.iter().any(|queue| self.whose.leads_queue(config, queue)));
        let row = |agent: &Agent| {
            let absence = of(absences, &agent.address)?;
            let stands_in = reader(config, absences, agent).map(|one| one.name.clone());
            let tickets =
                agent.addresses().filter_map(|own| sorted.of_absent.get(&own.key())).sum();
            let until = absence.until(&config.desk.time_zone);
            Some(Row::Away { name: agent.name.clone(), until, reader: stands_in, tickets })
        };
        team.filter_map(row).collect()
    }

    /// What happened that nobody has to do anything about.
    fn news(&self) -> Vec<Row> {
        let zone = &self.case.config.desk.time_zone;
        let row = |one: News| {
            let News { ticket: number, subject, at, words } = one;
            Row::News { at: stamp(at, zone), number, subject, words }
        };
        self.case.records.news(self.whose.address).into_iter().map(row).collect()
    }

    fn held(&self, mails: &[HeldMail]) -> Vec<Row> {
        let zone = &self.case.config.desk.time_zone;
        let row = |mail: &HeldMail| Row::Held {
            at: checked(mail.at, zone),
            from: mail.from.clone().unwrap_or_default(),
            subject: mail.subject.clone().unwrap_or_else(|| NO_SUBJECT.to_owned()),
        };
        mails.iter().map(row).collect()
    }

    fn spam(&self) -> Vec<Row> {
        let found = self.case.records.spam_since_digest(self.whose.address).into_iter();
        found.map(|(number, subject, from)| Row::Spam { number, from, subject }).collect()
    }

    /// Mails to people outside; of colleagues who cannot be reached the owner hears at once.
    fn refused(&self, all: &[Refusal]) -> Vec<Row> {
        let outside = |one: &&Refusal| self.case.config.agent(&one.to).is_none();
        let row = |one: &Refusal| Row::Refused {
            to: one.to.clone(),
            number: one.ticket,
            words: one.words.clone(),
        };
        all.iter().filter(outside).map(row).collect()
    }
}
