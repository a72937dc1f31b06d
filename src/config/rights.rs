//! Who may what: the one table of rights.
//!
//! The settings take their defaults from it, a command asks it, and the manual prints it, so the
//! three cannot say different things. What is not in it every agent may.

/// What an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Answers.
    Agent,
    /// Answers and is asked when nobody does.
    Lead,
}

/// What concerns many people or cannot be taken back (`may`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Joining tickets of different people into one.
    Merge,
    /// Writing to many customers at once.
    Broadcast,
    /// Erasing a person.
    Erase,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// The right.
    pub right: Right,
    /// Its word in `may`.
    pub word: &'static str,
    /// Who has it where `may` is not written.
    pub roles: &'static [Role],
    /// What it allows, for the manual.
    pub what: &'static str,
}

/// All rights. Each joins or ends what people were told apart, so a plain agent has none unless
/// somebody gave it.
pub const RIGHTS: [Grant; 3] = [
    Grant {
        right: Right::Merge,
        word: "merge",
        roles: &[Role::Lead],
        what: "#merge of tickets of different people: each then hears what is said to the other",
    },
    Grant {
        right: Right::Broadcast,
        word: "broadcast",
        roles: &[Role::Lead],
        what: "writing to all customers of an incident; has no command yet",
    },
    Grant {
        right: Right::Erase,
        word: "erase",
        roles: &[Role::Lead],
        what: "removing a person from the database; has no command yet",
    },
];

impl Role {
    /// Its word in the settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Lead => "lead",
        }
    }

    /// What it may where nothing else is written.
    pub fn rights(self) -> Vec<Right> {
        RIGHTS.iter().filter(|row| row.roles.contains(&self)).map(|row| row.right).collect()
    }
}

impl Right {
    /// Its word in `may`.
    pub fn word(self) -> &'static str {
        RIGHTS.iter().find(|row| row.right == self).map_or("", |row| row.word)
    }

    /// The chapter of the manual: a block of comments for `config.example.toml`.
    pub fn manual() -> String {
        let line =
            |right: &str, roles: &str, what: &str| format!("#   {right:<10} {roles:<12} {what}\n");
        let roles =
            |row: &Grant| row.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
        let rows = RIGHTS.iter().map(|row| line(row.word, &roles(row), row.what));
        let head = line("may", "without it", "what it allows");
        let all =
            line("", "agent, lead", "every other command, and #merge of tickets of one person");
        [head, all].into_iter().chain(rows).collect()
    }
}
