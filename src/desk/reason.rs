//! Why an input ended as it did, in a code and in words.

/// What happened, whatever the mail: for the log, which holds nobody's words (S6), and for whoever
/// must know which end it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The same mail came before.
    Duplicate,
    /// It runs in a circle.
    Loop,
    /// One of ours came back.
    OwnMail,
    /// It has no one sender.
    Senders,
    /// A receipt, or a report for machines.
    Report,
    /// The owner, who is no agent, answers.
    OwnerAnswers,
    /// It is larger than what is fetched.
    TooLarge,
    /// A machine's answer to no ticket.
    AutoReply,
    /// It joins its ticket.
    Joins,
    /// It opens one.
    Opens,
    /// It cannot be opened here.
    Unopened,
    /// A report that one of ours did not arrive.
    Bounce,
    /// A report about none of ours.
    BounceUnknown,
    /// A report that is no failure.
    NoFailure,
    /// Somebody uses an agent's address.
    Impostor,
    /// An agent's mail program wrote.
    AgentMachine,
    /// The same, and says that they are away.
    AgentAway,
    /// An agent's words.
    Said,
    /// An agent's commands.
    Commands,
    /// Of these some were not understood, so none was carried out.
    NotUnderstood,
    /// An agent brings a request.
    Brought,
    /// It takes an earlier mail back.
    Undo,
    /// It lets a held mail go.
    Releases,
    /// It was to do that, and does not.
    ReleasesNothing,
    /// A mail waits for its key.
    KeyAsked,
    /// That key came.
    KeyFits,
    /// Another came.
    KeyWrong,
    /// That mail is not the agent's, they say.
    NotTheirs,
    /// Held, as a [`Slip`](super::slip::Slip): it is not known whose word counts.
    NotConfigured,
    /// Held: nobody vouched for it.
    NoVerdict,
    /// Held: it came before.
    Copy,
    /// Held: it answers a mail about no ticket.
    NoTicket,
    /// Held: it answers a mail that is lost.
    AnswerUnknown,
    /// Held: it passes on what cannot be read.
    NoForward,
    /// Held: it points to a ticket, and answers none of ours.
    NoToken,
    /// Held: a colleague was faster.
    Collision,
    /// Held: it holds what must not leave.
    Leak,
    /// Held: a file of it does.
    LeakInFile,
    /// Held: it is too long.
    TooLong,
    /// Held: it cannot be read for sure.
    Unread,
    /// Held: perhaps a machine wrote it.
    Machine,
    /// Held: it would reach more people than was said.
    Wider,
    /// Held: nobody knows whom it is for.
    Unclear,
    /// Held: it points to what stays with us.
    LeftOut,
    /// Held: it repeats a note.
    Noted,
    /// Held: there is nothing in it.
    Nothing,
}

impl Code {
    /// The word of the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Loop => "loop",
            Self::OwnMail => "own-mail",
            Self::Senders => "senders",
            Self::Report => "report",
            Self::OwnerAnswers => "owner-answers",
            Self::TooLarge => "too-large",
            Self::AutoReply => "auto-reply",
            Self::Joins => "joins",
            Self::Opens => "opens",
            Self::Unopened => "unopened",
            Self::Bounce => "bounce",
            Self::BounceUnknown => "bounce-unknown",
            Self::NoFailure => "no-failure",
            Self::Impostor => "impostor",
            Self::AgentMachine => "agent-machine",
            Self::AgentAway => "agent-away",
            Self::Said => "said",
            Self::Commands => "commands",
            Self::NotUnderstood => "not-understood",
            Self::Brought => "brought",
            Self::Undo => "undo",
            Self::Releases => "releases",
            Self::ReleasesNothing => "releases-nothing",
            Self::KeyAsked => "key-asked",
            Self::KeyFits => "key-fits",
            Self::KeyWrong => "key-wrong",
            Self::NotTheirs => "not-theirs",
            Self::NotConfigured => "not-configured",
            Self::NoVerdict => "no-verdict",
            Self::Copy => "copy",
            Self::NoTicket => "no-ticket",
            Self::AnswerUnknown => "answer-unknown",
            Self::NoForward => "no-forward",
            Self::NoToken => "no-token",
            Self::Collision => "collision",
            Self::Leak => "leak",
            Self::LeakInFile => "leak-in-file",
            Self::TooLong => "too-long",
            Self::Unread => "unread",
            Self::Machine => "machine",
            Self::Wider => "wider",
            Self::Unclear => "unclear",
            Self::LeftOut => "left-out",
            Self::Noted => "noted",
            Self::Nothing => "nothing",
        }
    }
}

/// Why a mail ended as it did; the words go to the ledger, for they may repeat what somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// For the log.
    pub code: Code,
    /// For people.
    pub words: String,
}

impl<Words: Into<String>> From<(Code, Words)> for Reason {
    fn from((code, words): (Code, Words)) -> Self {
        Self { code, words: words.into() }
    }
}
