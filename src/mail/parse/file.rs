//! What can be read of a mail's files, whatever type they say they are: what an agent sends is
//! looked at as its reader will see it.
//!
//! Archives are opened, and the documents of office programs are archives; of a PDF the words are
//! taken out. All of it is bounded, in bytes unpacked, in depth and in text kept. What is locked, or
//! packed in a way that we cannot open, is said, so that nobody takes it for harmless.

use super::inflate::{Wrapped, gzipped, inflate};
use super::{charset, content, html, lines, parse, pdf};
use crate::mail::{Attachment, FileText};
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive};
use std::collections::BTreeMap;

/// Bytes of text that are kept of all files of a mail; what is larger no person wrote.
const TEXT_MAX: usize = 4 * 1024 * 1024;
/// Bytes that are unpacked for one mail: a few documents of hundreds of pages.
const UNPACKED_MAX: usize = 32 * 1024 * 1024;
/// Files of one archive; documents have less than a hundred.
const ENTRIES_MAX: usize = 2_000;
/// Archives within archives: a document, in an archive, in another.
const DEPTH_MAX: usize = 3;
/// How pictures, films, sounds and fonts begin.
const MEDIA: [&[u8]; 13] = [
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"II*\0",
    b"MM\0*",
    b"\0\x01\0\0",
    b"OTTO",
    b"wOFF",
    b"wOF2",
    b"\xd7\xcd\xc6\x9a",
];
/// How archives begin that we cannot open: 7-Zip, RAR, xz, bzip2, Zstandard, cabinets.
const CLOSED: [&[u8]; 6] = [
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\xfd7zXZ\0",
    b"BZh",
    b"\x28\xb5\x2f\xfd",
    b"MSCF\0\0\0\0",
];
/// How the old files of office programs begin, and what those hold that have a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";
const SEALED: &str = "EncryptedPackage";
/// What ends a paragraph, a line or a cell in documents of office programs, where a page would have
/// `<br>`.
const BREAKS: [&str; 9] = [
    "</w:p>",
    "<w:br/>",
    "<w:tab/>",
    "</text:p>",
    "</text:h>",
    "<text:line-break/>",
    "<text:tab/>",
    "</si>",
    "</a:p>",
];

/// What can be read of files, by their offset in that mail.
///
/// A mail within gives its header and its words, a page its words beside its source; a file in
/// which no text is found gives nothing. All of them together are bounded.
pub fn file_texts(raw: &[u8], files: &[Attachment]) -> BTreeMap<usize, FileText> {
    let mut look = Look { unpacked: 0, whole: true };
    let mut room = TEXT_MAX;
    let mut texts = BTreeMap::new();
    for file in files {
        look.whole = true;
        let mut text = look.file(&content(raw, file), &file.content_type, 0);
        lines::cut(&mut text, room);
        room = room.saturating_sub(text.len());
        texts.insert(file.offset, FileText { text, whole: look.whole });
    }
    texts
}

struct Look {
    /// Bytes that were unpacked.
    unpacked: usize,
    /// Nothing was left out that may hold words.
    whole: bool,
}

impl Look {
    fn file(&mut self, bytes: &[u8], kind: &str, depth: usize) -> String {
        let begins = |with: &[u8]| bytes.starts_with(with);
        if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
            return self.archive(bytes, depth);
        }
        if begins(b"\x1f\x8b") {
            return self.compressed(bytes, depth);
        }
        if is_pdf(bytes) {
            let room = UNPACKED_MAX.saturating_sub(self.unpacked);
            let (words, unpacked) = pdf::words(bytes, room.min(TEXT_MAX * 4));
            self.unpacked += unpacked;
            return [strings(bytes), words].join("\n");
        }
        if CLOSED.iter().any(|closed| begins(closed)) {
            self.whole = false;
            return String::new();
        }
        if bytes.len() > TEXT_MAX {
            return String::new();
        }
        let text = plain(bytes, kind).unwrap_or_default();
        if begins(COMPOUND) && text.contains(SEALED) {
            self.whole = false;
        }
        text
    }

    /// What stands in an archive, and the names there.
    fn archive(&mut self, bytes: &[u8], depth: usize) -> String {
        let Ok(archive) = ZipArchive::from_slice(bytes).map_err(|_| self.whole = false) else {
            return strings(bytes);
        };
        let (mut all, mut kept, mut entries) = (Vec::new(), 0, archive.entries());
        for count in 0.. {
            let entry = match entries.next_entry() {
                Ok(Some(entry)) if depth < DEPTH_MAX && count < ENTRIES_MAX => entry,
                Ok(None) => break,
                Ok(Some(_)) | Err(_) => {
                    self.whole = false;
                    break;
                }
            };
            let name = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
            let bare = name.rsplit_once('.').map_or("", |(bare, _)| bare).to_owned();
            let text = self.entry(&archive, &entry, depth);
            kept += text.len();
            all.extend([name, bare, text]);
            if kept > TEXT_MAX {
                break;
            }
        }
        all.join("\n")
    }

    fn entry(
        &mut self,
        archive: &ZipSliceArchive<&[u8]>,
        entry: &ZipFileHeaderRecord<'_>,
        depth: usize,
    ) -> String {
        let method = entry.compression_method();
        let packed = archive.get_entry(entry.wayfinder()).map(|found| found.data());
        match packed {
            _ if entry.is_dir() => String::new(),
            Ok(packed) if !entry.flags().is_encrypted() && method == CompressionMethod::STORE => {
                self.file(packed, "", depth + 1)
            }
            Ok(packed) if !entry.flags().is_encrypted() && method == CompressionMethod::DEFLATE => {
                self.inflated(packed, depth)
            }
            Ok(_) | Err(_) => {
                self.whole = false;
                String::new()
            }
        }
    }

    /// One packed file, as far as it may hold words.
    fn inflated(&mut self, packed: &[u8], depth: usize) -> String {
        let room = UNPACKED_MAX.saturating_sub(self.unpacked);
        let wanted = |begin: &[u8]| match begin {
            _ if begin.starts_with(b"PK") || is_pdf(begin) => room,
            // What programs write of their users stands at the beginning.
            _ if is_media(begin) => 0,
            _ => room.min(TEXT_MAX + 1),
        };
        let (bytes, sound) = inflate(packed, Wrapped::Bare, wanted);
        self.unpacked += bytes.len();
        if !sound || self.unpacked > UNPACKED_MAX {
            self.whole = false;
        }
        self.file(&bytes, "", depth + 1)
    }

    fn compressed(&mut self, bytes: &[u8], depth: usize) -> String {
        match gzipped(bytes) {
            Some(packed) if depth < DEPTH_MAX => self.inflated(packed, depth),
            Some(_) | None => {
                self.whole = false;
                String::new()
            }
        }
    }
}

/// Readers look for its mark among the first bytes.
fn is_pdf(bytes: &[u8]) -> bool {
    bytes.get(..1024).unwrap_or(bytes).windows(5).any(|run| run == b"%PDF-")
}

fn is_media(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp") || MEDIA.iter().any(|begin| bytes.starts_with(begin))
}

fn plain(bytes: &[u8], kind: &str) -> Option<String> {
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let unmarked = if wide { None } else { wide_order(bytes) };
    if bytes.contains(&0) && !wide && unmarked.is_none() {
        return Some(strings(bytes)).filter(|text| !text.is_empty());
    }
    let text = charset::decode(bytes, unmarked.or(wide.then_some("utf-16"))).text;
    // Calendars break long lines anywhere (RFC 5545 §3.1).
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut all = vec![text.clone(), unfolded];
    if kind.contains("html") || text.trim_start().starts_with('<') {
        let broken = BREAKS.iter().fold(text.clone(), |text, end| text.replace(end, "<br>"));
        all.push(html::render(&broken, BTreeMap::new()).text);
    }
    if kind.starts_with("message/") || is_mail(&text) {
        let mail = parse(bytes);
        all.extend([mail.text, mail.nested_text]);
    }
    Some(all.join("\n\n"))
}

/// The order of bytes of a text whose letters have two each, though nothing says so: every other one
/// is nought.
fn wide_order(bytes: &[u8]) -> Option<&'static str> {
    const SEEN: usize = 4_096;
    let seen = bytes.get(..SEEN).unwrap_or(bytes);
    let noughts =
        |first: usize| seen.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let most = seen.len() / 2 * 9 / 10;
    match (noughts(0), noughts(1)) {
        (0, after) if after > 4 && after >= most => Some("utf-16le"),
        (before, 0) if before > 4 && before >= most => Some("utf-16be"),
        _ => None,
    }
}

/// The runs of letters in a file that is no text: what programs write of their users, too.
pub(super) fn strings(bytes: &[u8]) -> String {
    const RUN_MIN: usize = 8;
    let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let runs = bytes.split(|byte| !is_text(byte)).filter(|run| run.len() >= RUN_MIN);
    let mut all: Vec<String> = runs.map(|run| String::from_utf8_lossy(run).into_owned()).collect();
    all.extend(wide_strings(bytes, RUN_MIN));
    all.join("\n")
}

/// The same of letters of two bytes each, as Outlook keeps a mail and a PDF its author. Where the
/// nought stands first the last letter is the byte behind the run.
fn wide_strings(bytes: &[u8], least: usize) -> Vec<String> {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let (mut all, mut run, mut at) = (Vec::new(), String::new(), 0);
    while let Some(first) = bytes.get(at) {
        let letter = Some(first).filter(|first| is_text(first)).map(|first| char::from(*first));
        if let Some(letter) = letter.filter(|_| bytes.get(at + 1) == Some(&0)) {
            run.push(letter);
            at += 2;
            continue;
        }
        if run.len() >= least {
            all.extend(letter.map(|letter| format!("{run}{letter}")));
            all.push(std::mem::take(&mut run));
        }
        run.clear();
        at += 1;
    }
    all.extend(Some(run).filter(|run| run.len() >= least));
    all
}

/// Whether a text begins as a mail does.
fn is_mail(text: &str) -> bool {
    const FIELDS: [&str; 7] =
        ["from:", "received:", "return-path:", "subject:", "date:", "message-id:", "to:"];
    let head = text.lines().take_while(|line| !line.is_empty()).take(60).map(str::to_lowercase);
    head.filter(|line| FIELDS.iter().any(|field| line.starts_with(field))).count() >= 2
}
