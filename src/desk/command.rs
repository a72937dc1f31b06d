//! The one table of commands, by which agents work from their mail client.
//!
//! The parser, the aliases, the `#help` mail, "did you mean", `postdesk commands` and the chapter
//! in `config.example.toml` all come from it, so they cannot drift apart. A row is here only if the
//! command works: a command is one row and one function of `decide/order`. How a line is told from
//! text is in `parse.rs`; what all commands of a mail do together, and that they do all or nothing,
//! is in `decide/order.rs`.

pub mod calendar;
pub mod near;
pub mod parse;
pub mod suggest;
pub mod when;

use std::fmt;

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
    /// What it does, in one line.
    pub meaning: &'static str,
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
        meaning: "solved; your text, if any, goes out first",
        example: "#close",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Reopen,
        name: "reopen",
        aliases: &["open"],
        value: "",
        meaning: "open again",
        example: "#reopen",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Pending,
        name: "pending",
        aliases: &["wait", "waiting", "stalled"],
        value: "[until]",
        meaning: "waits for the customer; opens again at that time",
        example: "#pending fri 15:00",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Hold,
        name: "hold",
        aliases: &["on-hold"],
        value: "[until]",
        meaning: "waits for somebody else",
        example: "#hold 2 weeks",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Status,
        name: "status",
        aliases: &[],
        value: "x",
        meaning: "any status by its name",
        example: "#status on-hold",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Spam,
        name: "spam",
        aliases: &["junk"],
        value: "",
        meaning: "spam: set aside, and nothing is sent",
        example: "#spam",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Assign,
        name: "assign",
        aliases: &["assignee", "owner"],
        value: "who",
        meaning: "give it to a colleague; none puts it back",
        example: "#assign bob",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Unassign,
        name: "unassign",
        aliases: &[],
        value: "",
        meaning: "put it back: nobody has it",
        example: "#unassign",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Take,
        name: "take",
        aliases: &["mine", "claim", "me"],
        value: "[16]",
        meaning: "assign it to yourself",
        example: "#take 16",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Queue,
        name: "queue",
        aliases: &["group", "team", "move"],
        value: "x",
        meaning: "to another team",
        example: "#queue billing",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Escalate,
        name: "escalate",
        aliases: &[],
        value: "[who:] why",
        meaning: "to a colleague or the lead; why is a note",
        example: "#escalate bob: The export is wrong again",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Note,
        name: "note",
        aliases: &["internal", "private"],
        value: "",
        meaning: "this mail is internal: no customer sees it",
        example: "#note",
        place: Place::Text,
    },
    Command {
        verb: Verb::Reply,
        name: "reply",
        aliases: &["public"],
        value: "",
        meaning: "this mail goes to the customer",
        example: "#reply",
        place: Place::Text,
    },
    Command {
        verb: Verb::Only,
        name: "only",
        aliases: &["nocc"],
        value: "",
        meaning: "this answer goes to the requester alone",
        example: "#only",
        place: Place::Text,
    },
    Command {
        verb: Verb::Priority,
        name: "priority",
        aliases: &["prio", "severity"],
        value: "x",
        meaning: "low, normal, high or urgent",
        example: "#priority high",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Tag,
        name: "tag",
        aliases: &["tags", "label"],
        value: "+a -b",
        meaning: "put words on it, take words off",
        example: "#tag +invoice -new",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Title,
        name: "title",
        aliases: &["subject", "retitle"],
        value: "…",
        meaning: "call it otherwise, inside only",
        example: "#title Printer in room 4 jams",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Cc,
        name: "cc",
        aliases: &["addcc", "add_email"],
        value: "a@x",
        meaning: "copies of answers go to them too",
        example: "#cc boss@example.com",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Uncc,
        name: "uncc",
        aliases: &["remove_email"],
        value: "a@x",
        meaning: "no more copies",
        example: "#uncc boss@example.com",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Customer,
        name: "customer",
        aliases: &["requester", "requestor", "from", "fwd"],
        value: "a@x",
        meaning: "whose request it is; answers go there",
        example: "#customer ada@example.com",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Promise,
        name: "promise",
        aliases: &["eta", "update"],
        value: "when [what]",
        meaning: "the customer is told to hear again by then",
        example: "#promise fri 15:00",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Due,
        name: "due",
        aliases: &[],
        value: "when",
        meaning: "when it should be done; inside only",
        example: "#due 24 Dec",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Remind,
        name: "remind",
        aliases: &["snooze"],
        value: "when [what]",
        meaning: "you get a mail about it then",
        example: "#remind 2d ask again",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Merge,
        name: "merge",
        aliases: &["duplicate", "dup"],
        value: "12",
        meaning: "goes on in ticket 12; no customer is told",
        example: "#merge 12",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Unmerge,
        name: "unmerge",
        aliases: &[],
        value: "",
        meaning: "undo the last merge of this ticket",
        example: "#unmerge",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Split,
        name: "split",
        aliases: &[],
        value: "",
        meaning: "the mail shown becomes a ticket of its own",
        example: "#split",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Link,
        name: "link",
        aliases: &["relate"],
        value: "12",
        meaning: "has to do with ticket 12; each shows both",
        example: "#link 12",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Canned,
        name: "canned",
        aliases: &[],
        value: "name",
        meaning: "a ready text, below yours",
        example: "#canned refund",
        place: Place::Text,
    },
    Command {
        verb: Verb::Time,
        name: "time",
        aliases: &["spend"],
        value: "30m",
        meaning: "time worked",
        example: "#time 1h30m",
        place: Place::Ticket,
    },
    Command {
        verb: Verb::Away,
        name: "away",
        aliases: &[],
        value: "[until] [backup who]",
        meaning: "your mails go to your backup, or to your team",
        example: "#away until 12 Jan backup bob",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Back,
        name: "back",
        aliases: &[],
        value: "",
        meaning: "you are here again",
        example: "#back",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Show,
        name: "show",
        aliases: &[],
        value: "[12]",
        meaning: "a ticket, by mail; without a number this one",
        example: "#show 12",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::List,
        name: "list",
        aliases: &[],
        value: "[x]",
        meaning: "mine, open, overdue, unassigned, a team's",
        example: "#list overdue",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Search,
        name: "search",
        aliases: &[],
        value: "words",
        meaning: "tickets in which all these words stand",
        example: "#search printer jam",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Why,
        name: "why",
        aliases: &[],
        value: "[12]",
        meaning: "which rules made a ticket what it is",
        example: "#why 12",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Send,
        name: "send",
        aliases: &[],
        value: "",
        meaning: "in answer to a held mail: send it as it is",
        example: "#send",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Undo,
        name: "undo",
        aliases: &[],
        value: "",
        meaning: "take back what your last mail did",
        example: "#undo",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Help,
        name: "help",
        aliases: &[],
        value: "",
        meaning: "this list, by mail",
        example: "#help",
        place: Place::Anywhere,
    },
    Command {
        verb: Verb::Stop,
        name: "stop",
        aliases: &["quit", "thanks"],
        value: "",
        meaning: "commands end here, text begins",
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
pub fn manual() -> String {
    let line = |command: &Command| {
        let others = command.others();
        let also = if others.is_empty() {
            String::new()
        } else {
            format!("\n#                         also {others}")
        };
        format!("#   {:<22}{}{also}\n", command.usage(), command.meaning)
    };
    COMMANDS.iter().map(line).collect()
}
