//! The one table of commands, by which agents work from their mail client.
//!
//! The parser, the aliases, the `#help` mail, "did you mean", `postdesk commands` and the chapter
//! in `config.example.toml` all come from it, so they cannot drift apart. A row is here only if the
//! command works: a command is one row and one function of `decide/order`. How a line is told from
//! text is in `parse.rs`; what all commands of a mail do together, and that they do all or nothing,
//! is in `decide/order.rs`.

pub mod calendar;
pub mod hour;
pub mod near;
pub mod parse;
pub mod suggest;
pub mod unsigned;
pub mod when;

use std::fmt;

use crate::desk::texts::Texts;

/// Every command: what carries one out matches on it, so that the compiler counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Close,
    Reopen,
    Pending,
    Hold,
    Status,
    Spam,
    Assign,
    Unassign,
    Take,
    Queue,
    Escalate,
    Note,
    Reply,
    Only,
    All,
    Priority,
    Tag,
    Title,
    Cc,
    Uncc,
    Customer,
    Due,
    Remind,
    Promise,
    Merge,
    Unmerge,
    Split,
    Link,
    Canned,
    Ask,
    Time,
    Away,
    Back,
    Show,
    List,
    Search,
    Why,
    Send,
    Undo,
    Help,
    Stop,
}

/// What a command needs to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A mail about a ticket. Carried out in the order written.
    Ticket,
    /// The same; it says where the text goes, so it is carried out before the others.
    Text,
    /// Any mail of an agent's, also one that answers none of ours.
    Anywhere,
    /// Nothing: it only says where commands end.
    End,
}

/// A row of the table.
#[derive(Clone, Copy)]
pub struct Command {
    /// What it is to the code.
    pub verb: Verb,
    /// What follows the `#`.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// How its value is written: empty if it has none, in brackets if it may be left away.
    pub value: &'static str,
    /// A line as one would write it.
    pub example: &'static str,
    /// Where it may stand.
    pub place: Place,
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All commands, in the order in which people are told of them.
pub const COMMANDS: &[Command] = &[
    Command {
        verb: Verb::Close,
        name: "close",
        aliases: &["closed", "solved", "solve", "resolve", "resolved", "done"],
        value: "",
        example: "#close",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Reopen,
        name: "reopen",
        aliases: &["open"],
        value: "",
        example: "#reopen",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Pending,
        name: "pending",
        aliases: &["wait", "waiting", "stalled"],
        value: "[until]",
        example: "#pending fri 15:00",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Hold,
        name: "hold",
        aliases: &["on-hold"],
        value: "[until]",
        example: "#hold 2 weeks",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Status,
        name: "status",
        aliases: &[],
        value: "x",
        example: "#status on-hold",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Spam,
        name: "spam",
        aliases: &["junk"],
        value: "",
        example: "#spam",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Assign,
        name: "assign",
        aliases: &["assignee", "owner"],
        value: "who",
        example: "#assign bob",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Unassign,
        name: "unassign",
        aliases: &[],
        value: "",
        example: "#unassign",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Take,
        name: "take",
        aliases: &["mine", "claim", "me"],
        value: "[16]",
        example: "#take 16",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Queue,
        name: "queue",
        aliases: &["group", "team", "move"],
        value: "x",
        example: "#queue billing",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Escalate,
        name: "escalate",
        aliases: &[],
        value: "[who:] why",
        example: "#escalate bob: The export is wrong again",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Note,
        name: "note",
        aliases: &["internal", "private"],
        value: "",
        example: "#note",
        place: Place::Text,
    },
    Command {
        verb: Verb::Reply,
        name: "reply",
        aliases: &["public"],
        value: "",
        example: "#reply",
        place: Place::Text,
    },
    Command {
        verb: Verb::Only,
        name: "only",
        aliases: &["nocc"],
        value: "",
        example: "#only",
        place: Place::Text,
    },
    Command {
        verb: Verb::All,
        name: "all",
        aliases: &["everybody"],
        value: "",
        example: "#all",
        place: Place::Text,
    },
    Command {
        verb: Verb::Priority,
        name: "priority",
        aliases: &["prio", "severity"],
        value: "x",
        example: "#priority high",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Tag,
        name: "tag",
        aliases: &["tags", "label"],
        value: "+a -b",
        example: "#tag +invoice -new",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Title,
        name: "title",
        aliases: &["subject", "retitle"],
        value: "…",
        example: "#title Printer in room 4 jams",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Cc,
        name: "cc",
        aliases: &["addcc", "add_email"],
        value: "a@x",
        example: "#cc boss@example.com",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Uncc,
        name: "uncc",
        aliases: &["remove_email"],
        value: "a@x",
        example: "#uncc boss@example.com",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Customer,
        name: "customer",
        aliases: &["requester", "requestor", "from", "fwd"],
        value: "a@x",
        example: "#customer ada@example.com",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Promise,
        name: "promise",
        aliases: &["eta", "update"],
        value: "when [what]",
        example: "#promise fri 15:00",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Due,
        name: "due",
        aliases: &[],
        value: "when",
        example: "#due 24 Dec",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Remind,
        name: "remind",
        aliases: &["snooze"],
        value: "when [what]",
        example: "#remind 2d ask again",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Merge,
        name: "merge",
        aliases: &["duplicate", "dup"],
        value: "12",
        example: "#merge 12",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Unmerge,
        name: "unmerge",
        aliases: &[],
        value: "",
        example: "#unmerge",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Split,
        name: "split",
        aliases: &[],
        value: "",
        example: "#split",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Link,
        name: "link",
        aliases: &["relate"],
        value: "12",
        example: "#link 12",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Canned,
        name: "canned",
        aliases: &[],
        value: "name",
        example: "#canned refund",
        place: Place::Text,
    },
    Command {
        verb: Verb::Ask,
        name: "ask",
        aliases: &[],
        value: "[what]",
        example: "#ask product error",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Time,
        name: "time",
        aliases: &["spend"],
        value: "30m",
        example: "#time 1h30m",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Away,
        name: "away",
        aliases: &[],
        value: "[until] [backup who]",
        example: "#away until 12 Jan backup bob",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Back,
        name: "back",
        aliases: &[],
        value: "",
        example: "#back",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Show,
        name: "show",
        aliases: &[],
        value: "[12]",
        example: "#show 12",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::List,
        name: "list",
        aliases: &[],
        value: "[x]",
        example: "#list overdue",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Search,
        name: "search",
        aliases: &[],
        value: "words",
        example: "#search printer jam",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Why,
        name: "why",
        aliases: &[],
        value: "[12]",
        example: "#why 12",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Send,
        name: "send",
        aliases: &[],
        value: "",
        example: "#send",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Undo,
        name: "undo",
        aliases: &[],
        value: "",
        example: "#undo",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Help,
        name: "help",
        aliases: &[],
        value: "",
        example: "#help",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Stop,
        name: "stop",
        aliases: &["quit", "thanks"],
        value: "",
        example: "#stop",
        place: Place::End,
    },
];

/// The command of that word, which may be an alias; case does not matter.
pub fn find(word: &str) -> Option<&'static Command> {
    let word = word.to_lowercase();
    COMMANDS.iter().find(|command| command.name == word || command.aliases.contains(&word.as_str()))
}

impl Command {
    /// How it is written: `#priority x`.
    pub fn usage(&self) -> String {
        format!("#{} {}", self.name, self.value).trim_end().to_owned()
    }

    /// Its other words, as they are written.
    pub fn others(&self) -> String {
        self.aliases.iter().map(|alias| format!("#{alias}")).collect::<Vec<_>>().join(" ")
    }
}

/// The chapter of the manual: a block of comments for `config.example.toml`.
pub fn manual(texts: &Texts) -> String {
    let line = |command: &Command| {
        let meaning = texts.named("commands", command.name);
        let others = command.others();
        let also = if others.is_empty() {
            String::new()
        } else {
            format!("\n#                         also {others}")
        };
        format!("#   {:<22}{meaning}{also}\n", command.usage())
    };
    COMMANDS.iter().map(line).collect()
}
