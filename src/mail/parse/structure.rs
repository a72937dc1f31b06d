//! The tree of parts (RFC 2046), found in one pass over the lines.
//!
//! mail-parser 0.11 cuts bodies at a boundary in the middle of a line, finds nothing under a folded
//! `boundary=`, and loses the text where the last boundary is missing. Here a boundary is a whole
//! line, an outer one ends all that is open within it, and the end of the mail ends the rest.

use super::header::{self, Block};
use super::lines::{line_at, lines, note, slice};
use super::parameters::Parameters;
use super::{transfer, words};
use crate::mail::Encoding;
use std::ops::Range;

/// Multiparts within multiparts; twenty forwards of forwards stay below.
const NESTING_MAX: usize = 50;
/// Parts of one mail.
const PARTS_MAX: usize = 1_000;
/// Longest file name kept, in characters.
const NAME_MAX: usize = 255;
/// Lines searched for a boundary that the header does not tell.
const GUESS_LINES: usize = 1_000;

/// One part and its place in the tree.
pub(super) struct Part {
    /// The multipart that holds it.
    pub parent: Option<usize>,
    /// The parts in it.
    pub children: Vec<usize>,
    /// Content-Type; its value is `type/subtype` in lower case.
    pub kind: Parameters,
    /// Content-Disposition; empty value if absent.
    pub disposition: Parameters,
    /// Content-Transfer-Encoding.
    pub encoding: Encoding,
    /// Content-Description.
    description: Option<String>,
    /// Content-ID without brackets.
    pub content_id: Option<String>,
    /// Where its encoded body lies in the raw mail.
    pub body: Range<usize>,
}

impl Part {
    /// The name of the file, from either field.
    pub fn name(&self) -> Option<String> {
        self.disposition.name("filename").or_else(|| self.kind.name("name"))
    }

    /// What describes it, where that can only be a file's name: some scanners give no other.
    pub fn described(&self) -> Option<String> {
        let text = words::text(self.description.as_deref()?, NAME_MAX)?;
        let (stem, ending) = text.rsplit_once('.')?;
        let sound = !stem.is_empty()
            && (2..=5).contains(&ending.len())
            && ending.chars().all(|c| c.is_ascii_alphanumeric());
        sound.then_some(text)
    }

    /// Whether it is a CMS wrapper, which may be signed only, or encrypted.
    pub fn is_wrapped(&self) -> bool {
        matches!(self.kind.value.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime")
            || self.is("application/octet-stream")
                && self.name().is_some_and(|name| name.to_ascii_lowercase().ends_with(".p7m"))
    }

    /// Whether it says that it is a file.
    pub fn is_attached(&self) -> bool {
        self.disposition.value == "attachment"
    }

    /// Whether it is of that `type/subtype`.
    pub fn is(&self, kind: &str) -> bool {
        self.kind.value == kind
    }

    /// Whether it is a mail carried within.
    pub fn is_mail(&self) -> bool {
        matches!(self.kind.value.as_str(), "message/rfc822" | "message/global" | "message/news")
    }
}

/// Finds all parts of the mail whose header block is given. The first part is the mail itself.
pub(super) fn walk(raw: &[u8], root: &Block, defects: &mut Vec<String>) -> Vec<Part> {
    let parts = pass(raw, root, None, defects);
    let empty = parts.first().is_some_and(|part| {
        is_multipart(part)
            && part.children.is_empty()
            && !slice(raw, part.body.clone()).trim_ascii().is_empty()
    });
    match guess(raw, root.body).filter(|_| empty) {
        Some(boundary) => {
            note(defects, "the boundary is not the one that was declared");
            pass(raw, root, Some(boundary), defects)
        }
        None => parts,
    }
}

fn is_multipart(part: &Part) -> bool {
    part.kind.value.starts_with("multipart/")
}

/// The first line that looks like a boundary with a part's header behind it.
fn guess(raw: &[u8], body: usize) -> Option<Vec<u8>> {
    let boundary = lines(raw, body).take(GUESS_LINES).find(|line| {
        let header = line_at(raw, line.next)
            .is_some_and(|next| next.text.to_ascii_lowercase().starts_with(b"content-"));
        line.text.len() > 2 && line.text.starts_with(b"--") && header
    })?;
    boundary.text.trim_ascii_end().get(2..).map(<[u8]>::to_vec)
}

struct Walk<'a> {
    raw: &'a [u8],
    parts: Vec<Part>,
    open: Vec<(Vec<u8>, usize)>,
    /// The leaf whose body is being read.
    leaf: Option<usize>,
    /// The last boundary was the end of the outermost multipart.
    ended: bool,
}

fn pass(raw: &[u8], root: &Block, forced: Option<Vec<u8>>, defects: &mut Vec<String>) -> Vec<Part> {
    let mut walk = Walk { raw, parts: Vec::new(), open: Vec::new(), leaf: None, ended: false };
    let mut at = walk.begin(root, forced, defects);
    while let Some(line) = line_at(raw, at) {
        at = line.next;
        let Some((level, last)) = walk.boundary(line.text) else { continue };
        walk.end_leaf(line.start);
        if walk.open.len() > level + 1 {
            note(defects, "an end boundary is missing");
        }
        walk.close_to(level + 1, line.start);
        walk.ended = last && level == 0;
        if last {
            // The outermost stays open: some mailers end it between the parts.
            walk.close_to(level.max(1), line.start);
        } else if walk.parts.len() >= PARTS_MAX {
            note(defects, "too many parts, the rest was not read");
            break;
        } else {
            let block = header::read(raw, line.next, defects);
            at = walk.begin(&block, None, defects);
        }
    }
    if !walk.open.is_empty() && !walk.ended {
        note(defects, "an end boundary is missing");
    }
    walk.end_leaf(raw.len());
    walk.close_to(0, raw.len());
    walk.parts
}

impl Walk<'_> {
    /// Adds a part; gives where its body begins.
    fn begin(
        &mut self,
        block: &Block,
        forced: Option<Vec<u8>>,
        defects: &mut Vec<String>,
    ) -> usize {
        let index = self.parts.len();
        let parent = self.open.last().map(|(_, part)| *part);
        let mut part = part(block, parent.and_then(|parent| self.parts.get(parent)));
        part.parent = parent;
        part.body = block.body..block.body;
        let boundary = forced.or_else(|| {
            part.kind.get("boundary").map(|boundary| boundary.trim_end().as_bytes().to_vec())
        });
        let boundary = boundary.filter(|boundary| !boundary.is_empty() && is_multipart(&part));
        self.parts.push(part);
        if let Some(parent) = parent.and_then(|parent| self.parts.get_mut(parent)) {
            parent.children.push(index);
        }
        match boundary {
            Some(_) if self.open.len() >= NESTING_MAX => {
                note(defects, "parts nested too deeply, the innermost were not read");
                self.leaf = Some(index);
            }
            Some(boundary) => {
                self.open.push((boundary, index));
                self.leaf = None;
            }
            None => self.leaf = Some(index),
        }
        block.body
    }

    /// Which open multipart a line delimits, innermost first, and whether it ends it.
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let rest = line.strip_prefix(b"--")?.trim_ascii_end();
        self.open.iter().enumerate().rev().find_map(|(level, (boundary, _))| {
            let tail = rest.strip_prefix(boundary.as_slice())?;
            (tail.is_empty() || tail == b"--").then_some((level, !tail.is_empty()))
        })
    }

    /// The line end before a boundary belongs to it (RFC 2046 §5.1.1).
    fn end_leaf(&mut self, at: usize) {
        let Some(leaf) = self.leaf.take().and_then(|leaf| self.parts.get_mut(leaf)) else { return };
        let body = self.raw.get(leaf.body.start..at).unwrap_or_default();
        let body =
            if at < self.raw.len() { body.strip_suffix(b"\n").unwrap_or(body) } else { body };
        let body =
            if at < self.raw.len() { body.strip_suffix(b"\r").unwrap_or(body) } else { body };
        leaf.body.end = leaf.body.start + body.len();
    }

    fn close_to(&mut self, level: usize, at: usize) {
        for (_, index) in self.open.drain(level.min(self.open.len())..) {
            if let Some(part) = self.parts.get_mut(index) {
                part.body.end = at.max(part.body.start);
            }
        }
    }
}

fn part(block: &Block, parent: Option<&Part>) -> Part {
    let mut kind = block.first("Content-Type").map(Parameters::read).unwrap_or_default();
    if !kind.value.contains('/') {
        // RFC 2045 §5.2 for what is missing or makes no sense; RFC 2046 §5.1.5 within a digest.
        let digest =
            kind.value.is_empty() && parent.is_some_and(|parent| parent.is("multipart/digest"));
        kind.value = if digest { "message/rfc822".to_owned() } else { "text/plain".to_owned() };
    }
    let id = block.first("Content-ID").map(|id| {
        id.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).collect::<String>()
    });
    Part {
        parent: None,
        children: Vec::new(),
        kind,
        disposition: block.first("Content-Disposition").map(Parameters::read).unwrap_or_default(),
        encoding: block
            .first("Content-Transfer-Encoding")
            .map_or(Encoding::Identity, transfer::encoding),
        description: block.first("Content-Description").map(str::to_owned),
        content_id: id.filter(|id| !id.is_empty()),
        body: 0..0,
    }
}
