//! `postdesk pages FOLDER`: manual pages and completions, for packages. Made from the same table as
//! `--help`.

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Arguments, Failure};

/// Writes them into `man` and `completions` in that folder.
pub fn pages(folder: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    let command = Arguments::command();
    let (man, completions) = (folder.join("man"), folder.join("completions"));
    fs::create_dir_all(&man)?;
    fs::create_dir_all(&completions)?;
    clap_mangen::generate_to(command.clone(), &man)?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut command.clone(), "postdesk", &completions)?;
    }
    writeln!(out, "{} and {}", man.display(), completions.display())?;
    Ok(0)
}
