//! Who plays in the demo, what they say, and in which order.
//!
//! Nobody waits by the clock: each scene begins when the mail that it answers has come, and the
//! wait has an end.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, bail};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor, address::Envelope};
use tokio::time::timeout;

use super::letter::{self, File, Letter};
use super::world::World;

/// How long a mail may take; a healthy desk needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whose verdicts the desk believes: the world's own server.
pub(super) const AUTHSERV_ID: &str = "mx.desk.test";

/// Somebody with a mailbox; the address is the user name too.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) address: &'static str,
    pub(super) password: &'static str,
}

pub(super) const DESK: Person =
    Person { name: "Ledgerline Support", address: "support@desk.test", password: "desk secret" };
pub(super) const ADA: Person =
    Person { name: "Ada Byron", address: "ada@example.org", password: "ada secret" };
pub(super) const BOB: Person =
    Person { name: "Bob Brown", address: "bob@desk.test", password: "bob secret" };

const REQUEST_SUBJECT: &str = "Export of October's invoices stops half-way";
const REQUEST: &str = "Hello,

I want to export our invoices of October as CSV. There are 1,312 of them,
but the file always ends after 500 lines. Nothing on the screen says why;
the log that the page offers is attached.

Our accountant needs the file on Friday. Is there another way to get it?

Kind regards
Ada

-- 
Ada Byron
Byron Instruments, 12 St James's Square
";
const LOG: File = File {
    name: "export.log",
    content_type: "text/plain",
    bytes: b"09:41:07 export invoices 2026-10 rows=1312\r\n09:41:09 row 500 written\r\n09:41:09 row 501 customer=\"Hart; Sons\" separator in value\r\n",
};
const ANSWER: &str = "Hello Ada,

thank you for the log, it shows the cause: the customer in line 501 is
called \"Hart; Sons\", and the export stumbles over the semicolon.

You need not wait for us: choose \"Tab\" as separator above the Export
button, and all 1,312 invoices will be in the file. The semicolon itself
is mended in the version that comes out on Thursday.

Best wishes
Bob
";
const FOLLOW_UP: &str = "Hello Bob,

that worked, the file has all 1,312 lines. The accountant is happy, and
so am I.

One question is left: our export at the end of each month runs by itself.
Do I have to set the tab there as well, or is Thursday's version early
enough?

Ada
";

/// Two commands above an answer, one of them misspelt: nothing of it may leave.
const SLIP: &str = "#tag export
#clsoe

Hello Ada,

Thursday's version is early enough: the export at the end of the month
will run with it, and there is nothing for you to set.

Best wishes
Bob
";
const CORRECTION: &str = "#close
";

/// The stage: where the people send, what they have read, and who listens.
pub(super) struct Story<'a> {
    world: World,
    smtp: u16,
    out: &'a mut dyn Write,
    /// How many mails of an INBOX have been shown.
    read: BTreeMap<&'static str, usize>,
}

impl<'a> Story<'a> {
    pub(super) fn new(world: World, smtp: u16, out: &'a mut dyn Write) -> Self {
        Self { world, smtp, out, read: BTreeMap::new() }
    }

    /// From the request to the answer that closes it.
    pub(super) async fn play(&mut self) -> anyhow::Result<()> {
        let request = letter::write(&ADA, &DESK, REQUEST_SUBJECT, REQUEST, LOG)?;
        self.send(&ADA, &request, "Ada, a customer, writes").await?;
        self.read_until(&ADA, "", "Ada gets the acknowledgement").await?;
        let notification =
            self.read_until(&BOB, "ends after 500 lines", "Bob, an agent, is told").await?;

        self.send(
            &BOB,
            &letter::answer(&BOB, &notification, ANSWER)?,
            "Bob replies from his mail program",
        )
        .await?;
        let answer =
            self.read_until(&ADA, "stumbles over the semicolon", "Ada gets the answer").await?;

        self.send(&ADA, &letter::answer(&ADA, &answer, FOLLOW_UP)?, "Ada replies").await?;
        let question = self.read_until(&BOB, "One question is left", "Bob is told").await?;
        self.correct_a_slip(&question).await
    }

    /// A misspelt command holds the whole mail; the line as it was meant releases it.
    async fn correct_a_slip(&mut self, question: &[u8]) -> anyhow::Result<()> {
        let slip = letter::answer(&BOB, question, SLIP)?;
        self.send(&BOB, &slip, "Bob answers with two commands, and one is misspelt").await?;
        let heading = "The mail is held, nothing has left, and Bob is told why";
        let transcript = self.read_until(&BOB, "#clsoe", heading).await?;

        let correction = letter::answer(&BOB, &transcript, CORRECTION)?;
        self.send(&BOB, &correction, "Bob writes the line as he meant it").await?;
        let heading = "Ada gets the answer, without a word of the commands";
        self.read_until(&ADA, "early enough: the export", heading).await?;
        Ok(())
    }

    /// Shows what nobody waited for.
    pub(super) fn read_on(&mut self) -> anyhow::Result<()> {
        for person in [&ADA, &BOB] {
            while let Some(mail) = self.next(person) {
                self.show(&format!("{} also gets", person.name), &mail)?;
            }
        }
        Ok(())
    }

    async fn send(&mut self, from: &Person, letter: &Letter, heading: &str) -> anyhow::Result<()> {
        self.show(heading, &letter.bytes)?;
        let login = Credentials::new(from.address.to_owned(), from.password.to_owned());
        let envelope = Envelope::new(
            Some(from.address.parse::<Address>()?),
            vec![letter.to.parse::<Address>()?],
        )?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
            .port(self.smtp)
            .credentials(login)
            .build();
        let sent = timeout(PATIENCE, server.send_raw(&envelope, &letter.bytes))
            .await
            .context("the mail server is silent");
        sent.and_then(|sent| Ok(sent?)).with_context(|| format!("{} could not send", from.name))?;
        Ok(())
    }

    /// Shows a person's new mails until one says `words`, which is that with the heading and is
    /// returned.
    async fn read_until(
        &mut self,
        person: &Person,
        words: &str,
        heading: &str,
    ) -> anyhow::Result<Vec<u8>> {
        let mut changes = self.world.changes();
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            changes.mark_unchanged();
            while let Some(mail) = self.next(person) {
                if letter::says(&mail, words) {
                    self.show(heading, &mail)?;
                    return Ok(mail);
                }
                self.show(&format!("{} also gets", person.name), &mail)?;
            }
            if tokio::time::timeout_at(end, changes.changed()).await.is_err() {
                bail!(
                    "“{heading}” did not happen within {} s: no such mail has come to {}",
                    PATIENCE.as_secs(),
                    person.address
                );
            }
        }
    }

    fn next(&mut self, person: &Person) -> Option<Vec<u8>> {
        let read = self.read.entry(person.address).or_default();
        let mails = self.world.mails(person.address);
        let mail = mails.get(*read)?;
        *read = read.saturating_add(1);
        Some(mail.bytes.to_vec())
    }

    fn show(&mut self, heading: &str, mail: &[u8]) -> anyhow::Result<()> {
        write!(self.out, "\n── {heading} ──\n{}", letter::shown(mail))?;
        // Whoever watches sees it when it happens, also through a pipe.
        self.out.flush().map_err(Into::into)
    }
}
