//! What a mail of ours or a problem is about: for the bounds on both, and for what ends them.

/// The words stand in the database, so they never change; all else goes by the value.
macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What a mail of ours or a problem is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Cause {
            $($(#[$doc])* $name,)+
        }

        impl Cause {
            /// The stored word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// The cause of that word; `None` for one that another version of this program wrote.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

causes! {
    /// An agent's mail is held, since nothing says whom to believe.
    Held = "held",
    /// Somebody uses an agent's address.
    Impostor = "impostor",
    /// An agent's mail waits for its key because nobody vouched: it may be forged.
    Unsure = "key",
    /// An agent's mail waits for its key because of a command.
    Asked = "key-asked",
    /// Held mails of an agent that nobody released in time.
    Expired = "expired",
    /// A customer asked where things stand, and was told.
    Standing = "standing",
    /// What was put by for an agent.
    Bundle = "bundle",
    /// All that waits, in the morning.
    Digest = "digest",
    /// What the mail server called spam.
    Spam = "spam",
    /// A row that cannot be read.
    DamagedRow = "damaged-row",
    /// An agent's mail looks like a machine's.
    AgentMachine = "agent-machine",
    /// The database was put back to an older state.
    Restored = "restored",
    /// The mailbox was.
    MailboxPutBack = "mailbox-put-back",
    /// An agent says that a mail in their name is not theirs.
    NotTheirs = "not-theirs",
    /// They answer the question whether it is with other words than the key.
    KeyUnanswered = "key-unanswered",
    /// Mail comes in that names the desk as its writer.
    FromTheDesk = "from-the-desk",
    /// The owner, who is no agent, answers a mail of the desk's.
    OwnerAnswers = "owner-answers",
    /// What lay in the mailbox at the first start was taken in quietly.
    FirstStart = "first-start",
    /// The junk folder grows.
    Junk = "junk",
    /// Mail to an agent comes back.
    AgentUnreachable = "agent-unreachable",
    /// Mail to the owner does.
    OwnerUnreachable = "owner-unreachable",
    /// No agent serves a queue.
    NoAgent = "no-agent",
    /// A mail that the server does not give.
    Unfetchable = "unfetchable",
    /// The store could not be written for a while.
    StoreFailed = "store-failed",
    /// The relay cannot be used.
    SmtpUnreachable = "smtp-unreachable",
    /// It takes no mail of our account.
    AccountStopped = "account-stopped",
    /// Answers cannot be copied into the account's folder.
    SentCopy = "sent-copy",
    /// The mailbox cannot be read.
    ImapUnreachable = "imap-unreachable",
    /// It does not let us in.
    ImapLogin = "imap-login",
    /// The permission to use it ends or was withdrawn.
    Permission = "permission",
    /// Something lies in quarantine.
    Quarantine = "quarantine",
    /// Mail waits to go out for long.
    OutboxStands = "outbox-stands",
    /// Tickets lie with people who are no agents any more.
    Leavers = "assigned-to-nobody",
    /// Holidays of a file cannot be read.
    Calendar = "calendar",
    /// The desk's key is another than before.
    KeyLost = "key-lost",
    /// A command that is to hear of what happens fails.
    Hook = "hook",
    /// Nobody can read the metrics.
    Metrics = "metrics",
    /// New settings cannot be used, or not all of them.
    Settings = "settings",
    /// A text of the operator's cannot be used.
    Template = "template",
    /// The database is damaged.
    DatabaseDamaged = "database-damaged",
    /// It is not configured whose word about senders to believe.
    NotConfigured = "authentication-not-configured",
}

impl Cause {
    /// A mail of that cause asks for a one-time key.
    pub fn asks_key(self) -> bool {
        matches!(self, Self::Unsure | Self::Asked)
    }

    /// It happens and passes: nothing can be seen to be mended.
    pub fn is_news(self) -> bool {
        matches!(
            self,
            Self::DamagedRow
                | Self::AgentMachine
                | Self::Restored
                | Self::MailboxPutBack
                | Self::NotTheirs
                | Self::KeyUnanswered
                | Self::FromTheDesk
                | Self::OwnerAnswers
                | Self::FirstStart
                | Self::Junk
                | Self::AgentUnreachable
                | Self::OwnerUnreachable
                | Self::NoAgent
                | Self::Unfetchable
                | Self::StoreFailed
        )
    }

    /// No mail can tell of it, because mail is what fails.
    pub fn is_unmailable(self) -> bool {
        matches!(self, Self::OwnerUnreachable | Self::SmtpUnreachable)
    }

    /// It may be over in a moment: a server that restarts is no news.
    pub fn is_brief(self) -> bool {
        matches!(
            self,
            Self::AgentUnreachable
                | Self::OwnerUnreachable
                | Self::SmtpUnreachable
                | Self::ImapUnreachable
        )
    }
}
