//! The facts that change a ticket: appended, never changed, and read again by every later version
//! of this program.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::goal::Goal;
pub use super::wake::{AskEnd, Wake};
pub use crate::config::Priority;
use crate::config::Rung;
use crate::mail::{Address, InboxId, Person, TicketNumber};
use crate::time::Timestamp;

/// One fact about a ticket, appended and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// It began.
    Opened {
        /// What it is about.
        subject: String,
        /// Whose request it is.
        requester: Person,
        /// Whose team's it is.
        queue: String,
        /// Whether the opening mail did not fail authentication.
        verified: bool,
        /// The further address of the desk to which it was written, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        written_to: Option<Address>,
        /// Why it is a ticket of its own.
        why: String,
        /// Which rule chose the queue; nothing where it is the usual one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ruled: Option<String>,
    },
    /// Something was said.
    Said {
        /// Message or note.
        entry: EntryKind,
        /// Whose words.
        by: Address,
        /// How it found its ticket, or where it went.
        why: String,
    },
    /// Its status changed.
    StatusChanged {
        /// To this.
        to: Status,
        /// Because of this.
        why: String,
    },
    /// Somebody got it, or nobody has it now.
    Assigned {
        /// Who.
        to: Option<Address>,
        /// Because of this.
        why: String,
    },
    /// Somebody outside takes part.
    Joined {
        /// Who.
        person: Person,
        /// Whether they are written to.
        mailed: Mailed,
    },
    /// It has to do with another.
    Linked {
        /// The other.
        to: TicketNumber,
        /// How.
        why: String,
    },
    /// The customer was told by when they would hear.
    Promised {
        /// Of what.
        what: Promised,
        /// By when.
        due: Timestamp,
        /// Whether a mail of ours names them that time.
        #[serde(default = "yes", skip_serializing_if = "is_so")]
        told: bool,
        /// The agent who gave it; nobody for the desk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Address>,
        /// Their words about it, perhaps none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        words: String,
    },
    /// An agent's words named a time: they were asked whether it is to be kept. Nothing is promised
    /// by that.
    Offered {
        /// Row of their mail.
        mail: InboxId,
        /// Their sentence.
        words: String,
        /// What may be meant; nothing where no moment is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dues: Vec<Timestamp>,
    },
    /// An answer went out that kept what was promised.
    PromiseKept,
    /// Somebody outside wrote what wants an answer.
    Asked,
    /// An agent's words went out to them.
    Answered,
    /// The relay took those of that time only later, after the time of what they were for.
    TakenLate {
        /// When they were said.
        answered: Timestamp,
        /// When it did.
        taken: Timestamp,
    },
    /// Those of that time did not arrive, or were taken back.
    Unanswered {
        /// When they went out.
        answered: Timestamp,
    },
    /// By when something should be done that the desk wants to do in time, as it is reckoned now.
    TargetSet {
        /// What.
        what: Goal,
        /// Since when it is waited for.
        started: Timestamp,
        /// From when working time is counted.
        counted_from: Timestamp,
        /// Working time that passed before, in seconds.
        spent: u64,
        /// By when; `null` while it is paused.
        due: Option<Timestamp>,
    },
    /// Somebody was urged about it.
    TargetUrged {
        /// About what.
        what: Goal,
        /// Who.
        rung: Rung,
    },
    /// Its time is over.
    TargetMissed {
        /// What.
        what: Goal,
        /// When it was due.
        due: Timestamp,
    },
    /// The customer says that it is solved, so nothing that was promised is owed any more.
    PromiseWaived,
    /// A customer wants no more automatic mail on it.
    Silenced {
        /// Who.
        by: Address,
    },
    /// They were asked how they were served, in a mail that says that it is solved.
    SurveyAsked {
        /// Whom.
        of: Address,
        /// Whose work it asks about; nobody where no agent has answered or had it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<Address>,
    },
    /// They gave a mark for it.
    Marked {
        /// From 1 to 5, the best.
        mark: u8,
        /// Who.
        by: Address,
        /// For whose work.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<Address>,
        /// All that they wrote with it.
        text: String,
        /// The mark that it takes the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<u8>,
    },
    /// An agent wrote to somebody who takes no part: what they answer is internal.
    ThirdParty {
        /// Who.
        person: Person,
        /// How it is known.
        why: String,
    },
    /// Somebody outside takes part no longer.
    Left {
        /// Who.
        address: Address,
    },
    /// It is somebody else's request.
    RequesterChanged {
        /// Whose.
        to: Person,
    },
    /// It matters so much now.
    PrioritySet {
        /// So much.
        to: Priority,
        /// Because of this; nothing where an agent said so.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// Whoever gets it must know something well.
    SkillAsked {
        /// What.
        skill: String,
        /// Because of this.
        why: String,
    },
    /// Words were put on it or taken off.
    Tagged {
        /// Put on.
        added: BTreeSet<String>,
        /// Taken off.
        removed: BTreeSet<String>,
        /// Because of this; nothing where an agent said so.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// It is called otherwise.
    Retitled {
        /// So.
        to: String,
    },
    /// It is another team's.
    Moved {
        /// The queue.
        to: String,
        /// Because of this.
        why: String,
    },
    /// Somebody was asked to look at it who decides more.
    Escalated {
        /// Whom; nobody means the owner of the desk.
        to: Vec<Address>,
        /// In the agent's words, perhaps none.
        why: String,
    },
    /// When it should be done, for agents only; `null` for never.
    DueSet {
        /// Then.
        at: Option<Timestamp>,
    },
    /// Somebody worked on it.
    Worked {
        /// So long.
        minutes: u32,
    },
    /// What was promised for that time was taken back before anybody heard of it.
    PromiseWithdrawn {
        /// When it was due.
        due: Timestamp,
    },
    /// The mail that named that time did not arrive: it is watched, and what it took the place of is
    /// again.
    PromiseUntold {
        /// When it is due.
        due: Timestamp,
    },
    /// The time of a promise is over, and nobody has answered.
    PromiseMissed {
        /// When it was due.
        due: Timestamp,
        /// Whether the customer is told so.
        holding: bool,
    },
    /// Somebody was urged about a promise that is due soon.
    Urged {
        /// Who.
        rung: Rung,
        /// When it is due.
        due: Timestamp,
    },
    /// Something that was to happen has happened.
    Woke {
        /// What.
        what: Wake,
        /// For when it was set.
        at: Timestamp,
        /// Who asked for it.
        agent: Address,
    },
    /// Something is to happen at a time.
    WakeSet {
        /// What.
        what: Wake,
        /// When.
        at: Timestamp,
        /// Whom it concerns.
        agent: Address,
        /// Their words about it.
        words: String,
    },
    /// What was to happen will not.
    WakesOff {
        /// All of that sort.
        what: Wake,
    },
    /// It goes on in another one: what was said is shown there, and later mails go there.
    Merged {
        /// The other.
        into: TicketNumber,
        /// Its status before.
        was: Status,
        /// Because of this.
        why: String,
    },
    /// Another one goes on in this one.
    Absorbed {
        /// The other.
        from: TicketNumber,
        /// Those of it who did not take part here, or were not written to.
        joined: Vec<Joining>,
        /// Those of them who took part before, without being written to.
        raised: Vec<Address>,
    },
    /// It is a ticket of its own again.
    Unmerged {
        /// The one in which it went on.
        from: TicketNumber,
        /// Because of this.
        why: String,
    },
    /// Another one that went on in this one is its own again.
    Released {
        /// The other.
        from: TicketNumber,
        /// Those who took part here because of it only. Their later mails go there.
        left: Vec<Address>,
        /// Those who were written to because of it only.
        lowered: Vec<Address>,
    },
    /// A mail of it became a ticket.
    SplitOff {
        /// That ticket.
        to: TicketNumber,
        /// Row of what was said.
        entry: i64,
        /// Because of this.
        why: String,
        /// Since when its writer waits for an answer, if they do.
        #[serde(default)]
        waits_since: Option<Timestamp>,
        /// An answer is waited for here for something else too.
        #[serde(default)]
        waits_still: bool,
    },
    /// It began as a mail of another one.
    SplitFrom {
        /// The other.
        from: TicketNumber,
    },
    /// An agent took back what a mail of theirs did; the events after this one undo what could be
    /// undone.
    TakenBack {
        /// Row of that mail.
        mail: InboxId,
        /// Who.
        by: Address,
    },
    /// The answer that kept what was promised then was taken back.
    PromiseUnkept {
        /// When it was kept.
        kept: Timestamp,
    },
    /// One thing that was to happen will not.
    WakeOff {
        /// What.
        what: Wake,
        /// When it would have been.
        at: Timestamp,
        /// Whom it concerned.
        agent: Address,
    },
    /// Less was worked than was said.
    Unworked {
        /// So much less.
        minutes: u32,
    },
    /// A mail of ours did not arrive.
    Undelivered {
        /// Whom it did not reach.
        recipient: Address,
        /// What it was.
        mail: String,
        /// The server's words.
        words: String,
        /// Nobody tried: it was stopped, or was not wanted any more.
        #[serde(default, skip_serializing_if = "is_not")]
        unsent: bool,
        /// Only a report says so that anybody may have written.
        #[serde(default, skip_serializing_if = "is_not")]
        unproven: bool,
    },
    /// The customer was asked for what their report lacks.
    DetailsAsked {
        /// Names of details.
        what: Vec<String>,
        /// Whom.
        of: Address,
        /// The agent who asked; nobody for the desk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Address>,
        /// When they are asked again.
        again: Timestamp,
    },
    /// They were asked again.
    AskedAgain {
        /// When what comes then is due.
        next: Timestamp,
    },
    /// They are asked no more.
    AskEnded {
        /// For what they were.
        what: Vec<String>,
        /// What of it they told, as far as that can be seen.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        found: Vec<String>,
        /// Why.
        how: AskEnd,
    },
    /// Something that would usually be sent was not.
    Withheld {
        /// What.
        what: String,
        /// Why not.
        why: String,
    },
}

impl Event {
    /// Who wants no more automatic mail from then on.
    pub fn silences(&self) -> Option<&Address> {
        if let Self::Silenced { by } = self { Some(by) } else { None }
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde")]
fn is_so(told: &bool) -> bool {
    *told
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde")]
fn is_not(unsent: &bool) -> bool {
    !*unsent
}

/// Somebody who takes part in a ticket because they took part in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joining {
    /// Who.
    pub person: Person,
    /// Whether they are written to.
    pub mailed: Mailed,
}

/// What a customer was told to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Promised {
    /// That a person answers what they wrote.
    #[serde(rename = "first answer")]
    FirstAnswer,
    /// That a person answers what they wrote since.
    #[serde(rename = "next answer")]
    NextAnswer,
    /// That they hear again, as an agent said.
    #[serde(rename = "update")]
    Update,
    /// That a lead looks at their bad mark and answers.
    #[serde(rename = "review")]
    Review,
}

impl Promised {
    /// The stored word, which people read too.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstAnswer => "first answer",
            Self::NextAnswer => "next answer",
            Self::Update => "update",
            Self::Review => "review",
        }
    }
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nobody has it.
    New,
    /// Somebody works on it.
    Open,
    /// Waits for the customer.
    Pending,
    /// Waits for a third party.
    OnHold,
    /// Answered for good, as far as we know.
    Solved,
    /// Solved and left alone.
    Closed,
    /// Not a request.
    Spam,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Open,
        Self::Pending,
        Self::OnHold,
        Self::Solved,
        Self::Closed,
        Self::Spam,
    ];

    /// The word that people and the database know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::OnHold => "on-hold",
            Self::Solved => "solved",
            Self::Closed => "closed",
            Self::Spam => "spam",
        }
    }

    /// The status of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// Whether answers are mailed to a participant (S2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mailed {
    /// Answers go to them.
    Yes,
    /// They may join, because somebody unverified named them, but nothing is sent to them.
    JoinOnly,
}

/// Public or internal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// The customer may see it.
    Message,
    /// Agents only.
    Note,
}

impl EntryKind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Note => "note",
        }
    }
}
