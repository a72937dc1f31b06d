//! Which parts are the words of a mail, and which are files.

use super::lines::{cut, lines, note, slice};
use super::structure::{self, Part};
use super::{charset, clean, flowed, header, html, signed, transfer};
use crate::mail::{LOGO_MAX, picture};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of text kept; a person reads none of it beyond, and the raw mail keeps all.
pub(super) const TEXT_MAX: usize = 2 * 1024 * 1024;
/// Encoded bytes of one text part that are decoded: quoted-printable may take three for one, HTML
/// far more than its text.
const ENCODED_MAX: usize = 4 * TEXT_MAX;
/// Wrappers within wrappers: some gateways sign what is signed.
const WRAPPED_MAX: usize = 4;
/// Visible characters below which a plain part may be a stub for the HTML beside it …
const STUB_MAX: usize = 20;
/// … if the HTML shows more than this.
const FULL_MIN: usize = 200;
/// Characters searched for the words of a stub; such a part has a sentence or two.
const STUB_SENTENCE_MAX: usize = 400;
/// Texts that are for machines.
const DATA: [&str; 5] =
    ["text/calendar", "text/vcard", "text/x-vcard", "text/csv", "text/rfc822-headers"];
/// Texts with marks of their own, which are shown with them.
const MARKED_UP: [&str; 6] =
    ["text/enriched", "text/richtext", "text/rtf", "text/x-amp-html", "text/xml", "text/sgml"];
/// The line above a text that only its recipient can read (RFC 9580 §6.2).
const SEALED: &str = "-----BEGIN PGP MESSAGE-----";
/// What plain parts say that stand in for the HTML.
const STUBS: [&str; 8] = [
    "does not support html",
    "doesn't support html",
    "html-capable",
    "html capable",
    "html compatible",
    "view this email in html",
    "this is an html email",
    "unterstützt kein html",
];

/// The words of a mail and the parts that they came from.
#[derive(Default)]
pub(super) struct Words {
    /// Readable text.
    pub text: String,
    /// More was written than is kept.
    pub cut: bool,
    /// The largest part that was read.
    pub largest: Option<usize>,
    /// Parts that are no files: taken into the text, or another form of it.
    pub used: BTreeSet<usize>,
    /// Some of the text may be another than was written.
    pub doubtful: bool,
}

/// Reads the text of the mail whose parts these are.
pub(super) fn read(raw: &[u8], parts: &[Part], defects: &mut Vec<String>) -> Words {
    within(raw, parts, 0, defects)
}

/// Reads a mail that stands in so many wrappers.
fn within(raw: &[u8], parts: &[Part], depth: usize, defects: &mut Vec<String>) -> Words {
    let mut reader = Reader { raw, parts, depth, words: Words::default(), defects };
    let mut pieces = if parts.is_empty() { Vec::new() } else { reader.gather(0) };
    if pieces.is_empty() {
        pieces.extend(reader.named());
    }
    let mut words = reader.words;
    let mut text = join(&pieces);
    words.cut |= cut(&mut text, TEXT_MAX);
    if words.cut {
        note(defects, "text too long, it was cut");
    }
    words.doubtful |= text.lines().any(|line| line == SEALED);
    Words { text: clear_signed(text, defects), ..words }
}

/// The text as best it can be had from a body that has no readable part: its lines without what is
/// plainly MIME.
pub(super) fn best_effort(body: &[u8]) -> String {
    let body = body.get(..TEXT_MAX).unwrap_or(body);
    let mut out = Vec::with_capacity(body.len());
    for line in lines(body, 0) {
        let mime = line.text.starts_with(b"--") && !line.text.starts_with(b"-- ")
            || line.text.to_ascii_lowercase().starts_with(b"content-");
        if !mime {
            out.extend_from_slice(line.text);
            out.push(b'\n');
        }
    }
    let mut text = clean::text(&charset::decode(&out, None).text);
    cut(&mut text, TEXT_MAX);
    text
}

struct Piece {
    html: bool,
    text: String,
}

/// Joins pieces with an empty line. An HTML piece that repeats what is there already (or says it in
/// full) does not come twice.
fn join(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces.iter().filter(|piece| !piece.text.trim().is_empty()) {
        if piece.html && !out.is_empty() {
            let (old, new) = (squeeze(&out), squeeze(&piece.text));
            if old.contains(&new) {
                continue;
            }
            if new.contains(&old) {
                out.clear();
            }
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&piece.text);
        if out.len() > TEXT_MAX {
            break;
        }
    }
    out
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

struct Reader<'a> {
    raw: &'a [u8],
    parts: &'a [Part],
    depth: usize,
    words: Words,
    defects: &'a mut Vec<String>,
}

impl Reader<'_> {
    /// The pieces below a part, in their order. Recursion is bounded by the nesting of the tree.
    fn gather(&mut self, index: usize) -> Vec<Piece> {
        let Some(part) = self.parts.get(index) else { return Vec::new() };
        match part.kind.value.as_str() {
            "multipart/alternative" => self.alternative(part),
            "multipart/related" => self.related(part),
            "multipart/encrypted" => {
                note(self.defects, "encrypted");
                Vec::new()
            }
            kind if kind.starts_with("multipart/") && !part.children.is_empty() => {
                self.mixed(&part.children)
            }
            _ if part.is_wrapped() => self.unwrap(part).into_iter().collect(),
            "text/plain" | "text/html" if self.is_text(part, index) => {
                self.leaf(part, index).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Texts in their order; a picture that stands between two of them, as Apple Mail sends
    /// screenshots, has its mark there.
    fn mixed(&mut self, children: &[usize]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut between: Vec<String> = Vec::new();
        for child in children {
            let words = self.gather(*child);
            if words.is_empty() {
                let picture = self.parts.get(*child).filter(|part| {
                    part.kind.value.starts_with("image/") && part.disposition.value == "inline"
                });
                between.extend(picture.map(mark).filter(|_| !pieces.is_empty()));
            } else {
                let marks = between.drain(..).map(|text| Piece { html: false, text });
                pieces.extend(marks);
                pieces.extend(words);
            }
        }
        pieces
    }

    /// The words of a mail that is signed and not encrypted; of its files, which nobody can open
    /// without its wrapper, the names.
    fn unwrap(&mut self, part: &Part) -> Option<Piece> {
        let bytes = transfer::decode(slice(self.raw, part.body.clone()), part.encoding);
        let Some(mail) = signed::content(&bytes).filter(|_| self.depth < WRAPPED_MAX) else {
            let says = part.kind.get("smime-type").map(str::to_ascii_lowercase);
            if !says.is_some_and(|says| says == "signed-data" || says == "certs-only") {
                note(self.defects, "encrypted");
            }
            return None;
        };
        note(self.defects, "signed, and the signature was not looked at");
        let block = header::read(&mail, 0, self.defects);
        let parts = structure::walk(&mail, &block, self.defects);
        let words = within(&mail, &parts, self.depth + 1, self.defects);
        self.words.cut |= words.cut;
        self.words.doubtful |= words.doubtful;
        let files = parts.iter().enumerate().filter(|(index, part)| {
            part.children.is_empty() && !words.used.contains(index) && !part.is_wrapped()
        });
        let names: Vec<String> = files.filter_map(|(_, part)| part.name()).collect();
        // What stands in a wrapper cannot be passed on.
        self.words.doubtful |= !names.is_empty();
        let besides = (!names.is_empty()).then(|| format!("[files within: {}]", names.join(", ")));
        let text: Vec<String> =
            [Some(words.text), besides].into_iter().flatten().filter(|t| !t.is_empty()).collect();
        (!text.is_empty()).then(|| Piece { html: false, text: text.join("\n\n") })
    }

    /// Where nothing else is to be read: the first text of any kind that does not call itself
    /// attached, be it that it has a name or is markdown. It stays a file too.
    fn named(&mut self) -> Option<Piece> {
        let named = |part: &Part| {
            part.kind.value.starts_with("text/")
                && !part.is_attached()
                && !DATA.contains(&part.kind.value.as_str())
        };
        let (index, part) = self
            .parts
            .iter()
            .enumerate()
            .find(|(index, part)| named(part) && !self.words.used.contains(index))?;
        let piece = self.leaf(part, index);
        self.words.used.remove(&index);
        piece
    }

    /// A text with a name is a file, unless it is all there is of the mail.
    fn is_text(&self, part: &Part, index: usize) -> bool {
        !part.is_attached() && (index == 0 || part.name().is_none())
    }

    fn leaf(&mut self, part: &Part, index: usize) -> Option<Piece> {
        self.words.used.insert(index);
        let encoded = slice(self.raw, part.body.clone());
        self.words.cut |= encoded.len() > ENCODED_MAX;
        let before = self.words.largest.and_then(|largest| self.parts.get(largest));
        if before.is_none_or(|before| before.body.len() < encoded.len()) {
            self.words.largest = Some(index);
        }
        let (bytes, odd) =
            transfer::decode_text(encoded.get(..ENCODED_MAX).unwrap_or(encoded), part.encoding);
        if odd {
            note(self.defects, "base64 is broken or has text behind it");
        }
        let html = part.is("text/html");
        let label = part
            .kind
            .get("charset")
            .map(str::to_owned)
            .or_else(|| html.then(|| html::charset(&bytes)).flatten());
        let decoded = charset::decode(&bytes, label.as_deref());
        self.words.doubtful |=
            decoded.is_doubtful(&bytes) || MARKED_UP.contains(&part.kind.value.as_str());
        if decoded.guessed {
            note(self.defects, "the charset is missing, unknown or wrong");
        }
        let text = if html {
            let pictures =
                if decoded.text.contains("cid:") { self.pictures() } else { BTreeMap::new() };
            let page = html::render(&decoded.text, pictures);
            self.words.cut |= page.full;
            page.text
        } else {
            self.named_pictures(plain(part, decoded.text))
        };
        (!text.trim().is_empty()).then_some(Piece { html, text })
    }

    /// The marks of pictures that the text shows, by Content-ID. A small one is a logo, and says
    /// nothing.
    fn pictures(&self) -> BTreeMap<String, String> {
        let marked = self.parts.iter().filter(|part| is_picture(part));
        marked.filter_map(|part| Some((part.content_id.clone()?, mark(part)))).collect()
    }

    /// Outlook names a picture by its Content-ID: people know it by its name.
    fn named_pictures(&self, text: String) -> String {
        if !text.contains("[cid:") {
            return text;
        }
        let pictures = self.pictures();
        let named = |(id, mark): (&String, &String)| (format!("[cid:{id}]"), mark.clone());
        pictures.iter().map(named).fold(text, |text, (id, mark)| text.replace(&id, &mark))
    }

    /// The root is the first part, or the one that `start` names (RFC 2387); the others are what it
    /// shows.
    fn related(&mut self, part: &Part) -> Vec<Piece> {
        let start = part.kind.get("start").map(|id| id.trim_matches(['<', '>']));
        let named = start.and_then(|start| {
            let is_root = |child: &&usize| {
                self.parts.get(**child).and_then(|part| part.content_id.as_deref()) == Some(start)
            };
            part.children.iter().find(is_root)
        });
        named.or(part.children.first()).map(|root| self.gather(*root)).unwrap_or_default()
    }

    /// Plain text if it says something; else the HTML. What is not taken is no file either.
    fn alternative(&mut self, part: &Part) -> Vec<Piece> {
        let plain =
            part.children.iter().find(|child| self.first_text(**child) == Some("text/plain"));
        let rich = part.children.iter().find(|child| self.first_text(**child) == Some("text/html"));
        let pieces = plain.map(|child| self.gather(*child)).unwrap_or_default();
        let shown: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        let chosen = match rich {
            Some(child) if is_stub(&shown) => {
                let instead = self.gather(*child);
                let full = instead.iter().map(|piece| visible(&piece.text)).sum::<usize>();
                if shown.trim().is_empty()
                    || full > FULL_MIN
                    || is_stub_sentence(&shown) && full > 0
                {
                    instead
                } else {
                    pieces
                }
            }
            Some(_) => pieces,
            None if plain.is_none() => {
                part.children.iter().flat_map(|child| self.gather(*child)).collect()
            }
            None => pieces,
        };
        part.children.iter().for_each(|child| self.pass_over(*child));
        chosen
    }

    /// Marks the texts below a part as no files.
    fn pass_over(&mut self, index: usize) {
        let Some(part) = self.parts.get(index) else { return };
        // A thumb is no form of the words: it says what the mail is.
        let text = part.kind.value.starts_with("text/")
            && !part.is("text/calendar")
            && !part.kind.value.contains("email-reaction")
            && self.is_text(part, index);
        if text {
            self.words.used.insert(index);
        }
        part.children.iter().for_each(|child| self.pass_over(*child));
    }

    /// The type of the first text below a part.
    fn first_text(&self, index: usize) -> Option<&'static str> {
        let part = self.parts.get(index)?;
        match part.kind.value.as_str() {
            "text/plain" if self.is_text(part, index) => Some("text/plain"),
            "text/html" if self.is_text(part, index) => Some("text/html"),
            _ => part.children.iter().find_map(|child| self.first_text(*child)),
        }
    }
}

/// A picture that may be worth a look.
fn is_picture(part: &Part) -> bool {
    // Base64 takes four bytes for three.
    part.kind.value.starts_with("image/") && part.body.len() / 4 * 3 >= LOGO_MAX
}

fn mark(part: &Part) -> String {
    picture(part.name().as_deref(), part.content_id.as_deref())
}

fn visible(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn is_stub(text: &str) -> bool {
    text.chars().filter(|c| !c.is_whitespace()).take(STUB_MAX).count() < STUB_MAX
        || is_stub_sentence(text)
}

fn is_stub_sentence(text: &str) -> bool {
    if text.len() >= STUB_SENTENCE_MAX {
        return false;
    }
    let lower = text.to_lowercase();
    STUBS.iter().any(|stub| lower.contains(stub))
}

fn plain(part: &Part, text: String) -> String {
    let is = |name: &str, value: &str| {
        part.kind.get(name).is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    let text =
        if is("format", "flowed") { flowed::unflow(&text, is("delsp", "yes")) } else { text };
    clean::text(&text)
}

/// Takes the armour off a clear-signed text (RFC 9580 §7) and notes an encrypted one.
fn clear_signed(text: String, defects: &mut Vec<String>) -> String {
    if text.lines().any(|line| line == SEALED) {
        note(defects, "encrypted");
    }
    if !text.lines().any(|line| line == "-----BEGIN PGP SIGNED MESSAGE-----") {
        return text;
    }
    #[derive(PartialEq)]
    enum At {
        Outside,
        Header,
        Words,
        Signature,
    }
    let mut at = At::Outside;
    let mut out = Vec::new();
    for line in text.lines() {
        match (line, &at) {
            ("-----BEGIN PGP SIGNED MESSAGE-----", _) => at = At::Header,
            ("-----BEGIN PGP SIGNATURE-----", At::Words | At::Header) => at = At::Signature,
            ("-----END PGP SIGNATURE-----", At::Signature) => at = At::Outside,
            ("", At::Header) => at = At::Words,
            (_, At::Header | At::Signature) => {}
            // The dash was put before it, and its space then taken for a trailing one.
            ("- --", At::Words) => out.push("-- "),
            (line, At::Words) => out.push(line.strip_prefix("- ").unwrap_or(line)),
            (line, At::Outside) => out.push(line),
        }
    }
    clean::text(&out.join("\n"))
}
