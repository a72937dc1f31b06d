//! `postdesk commands`: what agents can write, from the one table.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::{Failure, Format, print_json};
use crate::desk::command::COMMANDS;
use crate::desk::query::text::help;
use crate::desk::texts::Texts;

#[derive(Serialize)]
struct Row {
    name: &'static str,
    aliases: &'static [&'static str],
    value: &'static str,
    meaning: String,
    example: &'static str,
}

#[derive(Serialize)]
struct All {
    commands: Vec<Row>,
}

/// Prints the table; needs no settings.
pub fn commands(format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let texts = Texts::new("en", BTreeMap::new());
    if format.json {
        let row = |command: &crate::desk::command::Command| Row {
            name: command.name,
            aliases: command.aliases,
            value: command.value,
            meaning: texts.named("commands", command.name),
            example: command.example,
        };
        return print_json(&All { commands: COMMANDS.iter().map(row).collect() }, out);
    }
    writeln!(
        out,
        "The first lines of an agent's mail, one command on each; text comes below them.\n\n{}",
        help(&texts)
    )?;
    Ok(0)
}
