//! What came with a ticket's mails, taken out: attachments into a folder, a mail as it came.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::{Failure, plain};
use crate::mail::{InboxId, parse};
use crate::store::view::Shown;
use crate::store::{Store, inbox};

/// Longest name of a file; file systems take 255 bytes, and a number may be added.
const NAME_MAX: usize = 120;

/// Most files of one name.
const ALIKE_MAX: u32 = 1000;

/// Prints a mail of the ticket, byte by byte.
pub fn raw(store: &Store, shown: &Shown, mail: i64, out: &mut dyn Write) -> Result<u8, Failure> {
    let mails: Vec<i64> = shown.entries.iter().filter_map(|entry| entry.inbox).collect();
    if !mails.contains(&mail) {
        let all: Vec<String> = mails.iter().map(ToString::to_string).collect();
        return Err(Failure::Said(format!(
            "mail {mail} is none of ticket {}; those are {}",
            shown.ticket.number,
            all.join(", ")
        )));
    }
    out.write_all(&store.read(|connection| inbox::bytes(connection, InboxId(mail)))?)?;
    Ok(0)
}

/// Writes all attachments into the folder. A file that lies there is never overwritten.
pub fn save(
    store: &Store,
    shown: &Shown,
    folder: &Path,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let trouble = |path: &Path, error: &io::Error| {
        Failure::Said(format!("{} cannot be written: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| trouble(folder, &error))?;
    let mut count = 0;
    for mail in shown.entries.iter().filter_map(|entry| entry.inbox) {
        let bytes = store.read(|connection| inbox::bytes(connection, InboxId(mail)))?;
        let taken = catch_unwind(AssertUnwindSafe(|| {
            let files = parse::parse(&bytes).attachments.into_iter();
            files.map(|file| (file.name.clone(), parse::content(&bytes, &file))).collect::<Vec<_>>()
        }));
        for (given, content) in taken.unwrap_or_default() {
            let name = name(given.as_deref());
            let path = write_new(folder, &name, &content)
                .map_err(|error| trouble(&folder.join(&name), &error))?;
            writeln!(out, "{}", plain(&path.display().to_string()))?;
            count += 1;
        }
    }
    if count == 0 {
        writeln!(out, "Ticket {} has no attachments.", shown.ticket.number)?;
    }
    Ok(0)
}

/// A stranger's name of a file as one that may lie in a folder of ours.
fn name(given: Option<&str>) -> String {
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control()).collect();
    let kept = plain(kept.trim_start_matches(['.', ' ', '-']).trim_end());
    let mut short = String::new();
    for c in kept.chars() {
        if short.len() + c.len_utf8() > NAME_MAX {
            break;
        }
        short.push(c);
    }
    if short.is_empty() { "attachment".to_owned() } else { short }
}

fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    for number in 0..ALIKE_MAX {
        let name =
            if number == 0 { name.to_owned() } else { format!("{stem}-{number}{extension}") };
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => return file.write_all(bytes).map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "a thousand files bear that name"))
}
