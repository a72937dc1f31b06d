//! The relay over SMTP (RFC 5321): one connection, kept open between mails, one recipient per
//! transaction.
//!
//! Policy: the one question that matters is whether a mail may be sent again. So every trouble is
//! judged by where it happened: before the final dot was sent the mail is nobody's and may go
//! again; after it, only an answer tells, and where none comes the outcome is unknown. A kept
//! connection that turns out dead at MAIL is replaced at once, once: servers close idle
//! connections, and that is no reason to let a mail wait.
//!
//! A refusal may mean the account and not the mail: a daily limit, a lock. That is told by the
//! enhanced code where there is one of those that providers use for it, and by the stage: who
//! refuses MAIL has heard of no recipient yet. Then nothing of the mail is judged, and all wait.
//!
//! lettre gives the commands, their parameters and the login mechanisms. Its connection is not
//! used: it loses the phase of a failure, knows no deadline for answers, reads a 571 as garbage,
//! adds an empty line to each mail, and cannot pipeline.

mod body;
mod dialogue;
mod open;

use std::time::Duration;

use lettre::Address as Mailbox;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};
use tokio::time::Instant;

use self::body::Body;
use self::dialogue::Reply;
use self::open::Session;
use super::{Envelope, Outcome, Relay};
use crate::config::Server;
use crate::mail::Address;
use crate::net::{Fault, clean};

pub use self::open::probe;

/// A connection idle for longer is not trusted: firewalls forget it silently, and then MAIL would
/// wait for minutes.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// Longest waits for each phase (RFC 5321 §4.5.3.2, shorter where a server that is slower is of no
/// use).
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// The greeting, and the answers to EHLO, STARTTLS and AUTH.
    pub greeting: Duration,
    /// The answers to MAIL, RCPT and RSET.
    pub envelope: Duration,
    /// The answer to DATA.
    pub data: Duration,
    /// The taking of one block of the mail.
    pub block: Duration,
    /// The answer to the final dot: the server may scan the mail first.
    pub dot: Duration,
    /// The answer to QUIT.
    pub quit: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            greeting: Duration::from_secs(60),
            envelope: Duration::from_secs(300),
            data: Duration::from_secs(120),
            block: Duration::from_secs(180),
            dot: Duration::from_secs(600),
            quit: Duration::from_secs(2),
        }
    }
}

/// A relay that speaks SMTP.
pub struct SmtpRelay {
    server: Server,
    hello_name: String,
    deadlines: Deadlines,
    kept: Option<Session>,
}

impl SmtpRelay {
    /// A relay, not connected yet. `hello_name` is what it calls itself: the domain of the desk's
    /// address, never the name of this host; what is no domain is replaced by `[127.0.0.1]`.
    pub fn new(server: Server, hello_name: &str) -> Self {
        Self {
            server,
            hello_name: hello_name.to_owned(),
            deadlines: Deadlines::default(),
            kept: None,
        }
    }

    /// The same with other deadlines.
    #[must_use]
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// Sends on the kept connection; `None` if that is gone and nothing of this mail was said.
    async fn on_kept(&mut self, envelope: &Envelope, body: &Body) -> Option<Outcome> {
        let mut session = self.kept.take().filter(|session| session.used.elapsed() < IDLE_MAX)?;
        let result = session.transact(envelope, body, self.deadlines).await;
        if matches!(&result, Err(failure) if failure.is_stale()) {
            return None;
        }
        Some(self.conclude(session, result))
    }

    async fn on_fresh(&mut self, envelope: &Envelope, body: &Body) -> Outcome {
        match open::open(&self.server, &self.hello_name, self.deadlines).await {
            Ok(mut session) => {
                let result = session.transact(envelope, body, self.deadlines).await;
                self.conclude(session, result)
            }
            // Perhaps only this one connection is too many.
            Err(Fault::Crowded(words)) => Outcome::Crowded(words),
            Err(fault) => Outcome::Unreachable(fault),
        }
    }

    /// Keeps the connection if it is still good, and names the outcome.
    fn conclude(&mut self, mut session: Session, result: Result<Reply, Failure>) -> Outcome {
        session.used = Instant::now();
        self.kept = Some(session).filter(|session| !session.spoilt && !session.dialogue.is_ahead());
        match result {
            Ok(reply) => Outcome::Accepted(reply.words()),
            Err(failure) => failure.outcome(),
        }
    }
}

impl Relay for SmtpRelay {
    async fn hand_over(&mut self, envelope: &Envelope, mail: &[u8]) -> Outcome {
        let body = match Body::of(mail) {
            Ok(body) => body,
            Err(flaw) => return Outcome::Refused(flaw),
        };
        match self.on_kept(envelope, &body).await {
            Some(outcome) => outcome,
            None => self.on_fresh(envelope, &body).await,
        }
    }

    async fn rest(&mut self) {
        if let Some(session) = self.kept.take() {
            session.leave(self.deadlines).await;
        }
    }
}

/// A command, the stage at which it stands, and how long its answer may take.
type Step = (Stage, String, Duration);

/// How far a transaction came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing of this mail was said.
    Before,
    Mail,
    Rcpt,
    Data,
    /// The mail is being sent; the final dot is not yet out.
    Block,
    /// The final dot is out.
    Dot,
}

/// Where and why a transaction ended.
#[derive(Debug)]
struct Failure {
    stage: Stage,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    /// The server's word, 4yz or 5yz.
    Said(Reply),
    /// We refuse: the server cannot carry it.
    Unfit(String),
    /// Silence, the end of the connection, or words that mean nothing.
    Broke(String),
}

impl Failure {
    /// Whether the connection is of no more use: broken, or closed by the server with a 421.
    fn ends_connection(&self) -> bool {
        match &self.cause {
            Cause::Said(reply) => reply.code == 421,
            Cause::Broke(_) => true,
            Cause::Unfit(_) => false,
        }
    }

    /// Whether it says only that the connection was dead already: at MAIL nothing has been sent
    /// that could be doubled.
    fn is_stale(&self) -> bool {
        self.ends_connection() && matches!(self.stage, Stage::Before | Stage::Mail)
    }

    fn outcome(self) -> Outcome {
        match (self.stage, self.cause) {
            (_, Cause::Unfit(words)) => Outcome::Refused(words),
            // A login that is missing in our settings is no fault of the mail: it must not be lost
            // for it.
            (Stage::Mail | Stage::Rcpt, Cause::Said(reply)) if reply.wants_login() => {
                Outcome::Unreachable(Fault::Login(format!(
                    "the mail server wants a login: {}",
                    reply.words()
                )))
            }
            (stage, Cause::Said(reply)) if reply.stops_account(stage == Stage::Mail) => {
                Outcome::Stopped(reply.words())
            }
            (_, Cause::Said(reply)) if reply.is_permanent() => Outcome::Refused(reply.words()),
            (_, Cause::Said(reply)) => Outcome::Deferred(reply.words()),
            (Stage::Dot, Cause::Broke(words)) => Outcome::Unknown(clean(&words)),
            (_, Cause::Broke(words)) => Outcome::Deferred(clean(&words)),
        }
    }
}

impl Session {
    /// One mail to one recipient. The connection is `spoilt` where it cannot serve another.
    async fn transact(
        &mut self,
        envelope: &Envelope,
        body: &Body,
        deadlines: Deadlines,
    ) -> Result<Reply, Failure> {
        let result = self.try_transact(envelope, body, deadlines).await;
        if let Err(failure) = &result {
            self.spoilt |= failure.ends_connection();
            self.unfinished = true;
        }
        result
    }

    async fn try_transact(
        &mut self,
        envelope: &Envelope,
        body: &Body,
        deadlines: Deadlines,
    ) -> Result<Reply, Failure> {
        let parameters = self
            .parameters(envelope, body)
            .map_err(|words| Failure { stage: Stage::Before, cause: Cause::Unfit(words) })?;
        self.reset(deadlines).await?;
        self.introduce(envelope, parameters, deadlines).await?;
        self.deliver(body, deadlines).await?;
        self.answer(Stage::Dot, deadlines.dot).await
    }

    /// What MAIL must say beside the sender; an error says what the server cannot carry.
    fn parameters(&self, envelope: &Envelope, body: &Body) -> Result<Vec<MailParameter>, String> {
        let mut parameters = Vec::new();
        if let Some(most) = self.offer.size.filter(|most| *most > 0 && body.size() > *most) {
            return Err(format!(
                "the mail has {} bytes, and the mail server takes at most {most}",
                body.size()
            ));
        }
        if self.offer.size.is_some() {
            parameters.push(MailParameter::Size(body.size()));
        }
        if let Some(address) =
            [&envelope.from, &envelope.to].into_iter().find(|address| !address.as_str().is_ascii())
        {
            if !self.offer.smtputf8 {
                return Err(clean(&format!(
                    "the mail server cannot carry the address {address}: it does not offer SMTPUTF8"
                )));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if body.is_eight_bit() {
            if !self.offer.eight_bit {
                return Err("the mail server cannot carry 8-bit mail: it does not offer 8BITMIME"
                    .to_owned());
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    /// Ends what a refused transaction left open; else the next MAIL would be a nested one (503).
    async fn reset(&mut self, deadlines: Deadlines) -> Result<(), Failure> {
        if std::mem::take(&mut self.unfinished) {
            self.say(Stage::Before, &Rset.to_string(), deadlines.envelope).await?;
            let answered = self.answer(Stage::Before, deadlines.envelope).await;
            answered.map_err(|_| {
                broke(Stage::Before, "the mail server would not start anew".to_owned())
            })?;
        }
        Ok(())
    }

    /// MAIL, RCPT and DATA: in one go where PIPELINING (RFC 2920) is offered, else one by one.
    async fn introduce(
        &mut self,
        envelope: &Envelope,
        parameters: Vec<MailParameter>,
        deadlines: Deadlines,
    ) -> Result<(), Failure> {
        let steps = [
            (
                Stage::Mail,
                Mail::new(Some(mailbox(&envelope.from)), parameters).to_string(),
                deadlines.envelope,
            ),
            (
                Stage::Rcpt,
                Rcpt::new(mailbox(&envelope.to), Vec::new()).to_string(),
                deadlines.envelope,
            ),
            (Stage::Data, Data.to_string(), deadlines.data),
        ];
        if self.offer.pipelining {
            self.at_once(&steps).await
        } else {
            self.one_by_one(&steps).await
        }
    }

    async fn one_by_one(&mut self, steps: &[Step]) -> Result<(), Failure> {
        for (stage, command, deadline) in steps {
            self.say(*stage, command, *deadline).await?;
            self.answer(*stage, *deadline).await?;
        }
        Ok(())
    }

    async fn at_once(&mut self, steps: &[Step]) -> Result<(), Failure> {
        let commands: String = steps.iter().map(|(_, command, _)| command.as_str()).collect();
        self.say(
            Stage::Mail,
            &commands,
            steps.first().map_or(Duration::ZERO, |(_, _, deadline)| *deadline),
        )
        .await?;
        let mut verdict = Ok(());
        for (stage, _, deadline) in steps {
            let answer = self.answer(*stage, *deadline).await;
            // After a refusal a 354 waits for a mail without recipient (RFC 2920 §3.1): it gets
            // none, and we go.
            self.spoilt |= match &answer {
                Ok(_) => verdict.is_err() && *stage == Stage::Data,
                Err(failure) => failure.ends_connection(),
            };
            verdict = verdict.and(answer.map(|_| ()));
            if self.spoilt {
                break;
            }
        }
        verdict
    }

    /// The mail itself, up to and with the final dot.
    async fn deliver(&mut self, body: &Body, deadlines: Deadlines) -> Result<(), Failure> {
        if self.dialogue.is_ahead() {
            return Err(broke(
                Stage::Data,
                "the mail server answers what it was not asked".to_owned(),
            ));
        }
        for block in body.blocks() {
            if let Err(words) = self.dialogue.say(block, deadlines.block).await {
                return Err(self.last_words(words, deadlines).await);
            }
        }
        Ok(())
    }

    /// Servers that find a mail too large say so in the middle of it and hang up; their word is
    /// better than our error.
    async fn last_words(&mut self, words: String, deadlines: Deadlines) -> Failure {
        self.spoilt = true;
        match self.dialogue.hear(deadlines.quit).await {
            Ok(reply) if reply.is_negative() => {
                Failure { stage: Stage::Block, cause: Cause::Said(reply) }
            }
            _ => broke(Stage::Block, words),
        }
    }

    async fn say(
        &mut self,
        stage: Stage,
        command: &str,
        deadline: Duration,
    ) -> Result<(), Failure> {
        self.dialogue.say(command.as_bytes(), deadline).await.map_err(|words| broke(stage, words))
    }

    /// The server's answer at that stage, if it lets us go on.
    async fn answer(&mut self, stage: Stage, deadline: Duration) -> Result<Reply, Failure> {
        let reply = self.dialogue.hear(deadline).await.map_err(|words| broke(stage, words))?;
        let welcome = if stage == Stage::Data { reply.code == 354 } else { reply.is_done() };
        match reply {
            reply if welcome => Ok(reply),
            reply if reply.is_negative() => Err(Failure { stage, cause: Cause::Said(reply) }),
            reply => Err(broke(
                stage,
                format!("the mail server gave an answer out of place: {}", reply.words()),
            )),
        }
    }

    async fn leave(mut self, deadlines: Deadlines) {
        // Nothing hangs on the answer; asking for it is only polite.
        if self.dialogue.say(Quit.to_string().as_bytes(), deadlines.quit).await.is_ok() {
            let _ = self.dialogue.hear(deadlines.quit).await;
        }
    }
}

fn broke(stage: Stage, words: String) -> Failure {
    Failure { stage, cause: Cause::Broke(words) }
}

/// Our addresses hold nothing that could end a command ([`Address::parse`]); whether they please is
/// for the server to say.
fn mailbox(address: &Address) -> Mailbox {
    Mailbox::new_dangerous(address.local(), address.domain())
}
