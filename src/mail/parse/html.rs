//! HTML → the text that its reader saw, in one pass, linear in its size whatever it holds.
//!
//! Shown as: a block on lines of its own, quotations as `> `, rules as underscores, lists with `- `
//! or numbers, a link as `text <url>` where they differ, an image as `[alt]`, cells of a row beside
//! each other. Left out: scripts, styles, head, comments, and whatever the sender has hidden, so
//! that nothing hidden is ever taken for the sender's words. Nothing is fetched.

mod page;
mod signature;
mod tokens;

use std::collections::BTreeMap;
use std::ops::Range;

use page::Page;
use tokens::{Tag, Token, Tokens};

/// Elements open at once; deeper ones are read as if they were not there, their text stays.
const OPEN_MAX: usize = 200;
/// Longest URL shown; longer ones carry a tracker's state, not an address.
const URL_MAX: usize = 1_000;
/// Bytes searched for a charset declaration (HTML Standard §4.2.5.4: the first 1,024).
const META_MAX: usize = 1_024;

/// Elements without content.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose content nobody sees.
const UNSEEN: [&str; 14] = [
    "head", "script", "style", "title", "template", "noframes", "noembed", "iframe", "object",
    "svg", "select", "textarea", "audio", "video",
];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 27] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "li",
    "main",
    "nav",
    "section",
    "summary",
    "table",
    "tr",
    "legend",
];
/// Elements with an empty line before and behind.
const SPACED: [&str; 11] = ["p", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"];
/// An element that another of its kind ends, unless one of these stands between.
const ENDS_ITSELF: [(&str, &[&str]); 9] = [
    ("a", &["td", "th", "table"]),
    ("p", &["td", "th", "div", "blockquote", "li"]),
    ("li", &["ul", "ol"]),
    ("tr", &["table"]),
    ("td", &["tr", "table"]),
    ("th", &["tr", "table"]),
    ("dt", &["dl"]),
    ("dd", &["dl"]),
    ("option", &["select"]),
];
/// Styles that hide an element. A size of zero is told apart from `0.9em` in [`is_hidden`].
const HIDING: [&str; 6] = [
    "display:none",
    "opacity:0;",
    "visibility:hidden",
    "mso-hide:all",
    "max-height:0px;",
    "max-height:0;",
];

/// The charset that a page declares for itself.
pub(super) fn charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..META_MAX).unwrap_or(bytes)).to_ascii_lowercase();
    let (_, rest) = head.split_once("<meta").and_then(|(_, rest)| rest.split_once("charset="))?;
    let label: String = rest
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    // HTML Standard §13.2.3.3: a declaration that can be read is not UTF-16, whatever it says; Word
    // says "unicode".
    (!label.is_empty() && !label.starts_with("utf-16") && label != "unicode").then_some(label)
}

/// What is read of a page.
pub(super) struct Rendered {
    /// Its text.
    pub text: String,
    /// There is more than is kept.
    pub full: bool,
}

/// Renders a page. `pictures` are the marks of those that have one, by their Content-ID.
pub(super) fn render(html: &str, pictures: BTreeMap<String, String>) -> Rendered {
    let mut render = Render { pictures, ..Render::default() };
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => render.text(text),
            Token::Open(tag) => render.open(&tag),
            Token::Close(name) => render.close(&name),
        }
        if render.page.is_full() {
            break;
        }
    }
    render.close_to(0);
    let full = render.page.is_full();
    let page = render.page.finish();
    render.signed.extend(render.apart.map(|start| start..page.len()));
    Rendered { text: super::clean::text(&signature::delimited(page, &render.signed)), full }
}

/// One open element and what its end undoes.
#[derive(Default)]
struct Element {
    name: String,
    hidden: bool,
    quote: Quote,
    block: bool,
    spaced: bool,
    pre: bool,
    link: Option<Link>,
    item: Option<Items>,
    /// Whether cells of this table are parted by bars.
    bars: bool,
    /// Cells begun in this row.
    cells: usize,
    /// Where the writer's signature begins.
    signed: Option<usize>,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Quote {
    #[default]
    No,
    Yes,
    /// Yahoo: from the line behind the one that ends in a colon.
    AfterAttribution,
}

struct Link {
    href: String,
    text_from: usize,
}

#[derive(Clone, Copy)]
enum Items {
    Bullets,
    Numbers(usize),
}

#[derive(Default)]
struct Render {
    pictures: BTreeMap<String, String>,
    page: Page,
    open: Vec<Element>,
    hidden: usize,
    pre: usize,
    /// The writer's signature.
    signed: Vec<Range<usize>>,
    /// Where it begins that is marked by nothing but a line above it.
    apart: Option<usize>,
}

impl Render {
    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        let text = tokens::decode(text);
        match self.pre > 0 {
            true => self.page.preformatted(&text),
            false => self.page.flow(&text),
        }
    }

    fn open(&mut self, tag: &Tag) {
        if tag.name == "body" {
            self.end_of("head");
        }
        if let Some((_, fences)) = ENDS_ITSELF.iter().find(|(name, _)| *name == tag.name) {
            self.end_sibling(&tag.name, fences);
        }
        if VOID.contains(&tag.name.as_str()) {
            return self.void(tag);
        }
        if self.open.len() >= OPEN_MAX {
            return;
        }
        let mut element = self.element(tag);
        if self.hidden == 0 && !element.hidden {
            self.begin(tag, &element);
            element.signed = signature::is_marked(tag).then(|| self.page.sign()).flatten();
        }
        self.hidden += usize::from(element.hidden);
        self.pre += usize::from(element.pre);
        self.open.push(element);
    }

    fn void(&mut self, tag: &Tag) {
        if self.hidden > 0 || is_hidden(tag) {
            return;
        }
        match tag.name.as_str() {
            // Apple's stands above it.
            "br" if signature::is_marked(tag) => {
                self.page.newline();
                self.apart = self.apart.or(self.page.sign());
            }
            "br" => self.page.newline(),
            "hr" => self.page.rule(),
            "img" => {
                let alt = tag
                    .get("alt")
                    .unwrap_or_default()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                let tracker = tag.get("width").is_some_and(|width| matches!(width, "0" | "1"));
                let shown = tag.get("src").and_then(|source| source.trim().strip_prefix("cid:"));
                let mark = shown.and_then(|id| self.pictures.get(id));
                if !alt.is_empty() && !tracker {
                    self.page.flow(&format!("[{alt}]"));
                } else if let Some(mark) = mark {
                    self.page.flow(mark);
                }
            }
            _ => {}
        }
    }

    fn element(&self, tag: &Tag) -> Element {
        let name = tag.name.as_str();
        let style = tag.style();
        Element {
            name: tag.name.clone(),
            hidden: UNSEEN.contains(&name) || is_hidden(tag),
            quote: quote(tag, &style),
            block: BLOCKS.contains(&name) || SPACED.contains(&name),
            spaced: is_spaced(tag, &style)
                && !(matches!(name, "ul" | "ol" | "table")
                    && self.open.iter().any(|open| open.name == "li" || open.name == "table")),
            pre: name == "pre"
                || style.contains("white-space:pre") && !style.contains("white-space:pre-line"),
            link: tag
                .get("href")
                .filter(|_| name == "a")
                .map(|href| Link { href: href.trim().to_owned(), text_from: self.page.mark() }),
            item: match name {
                "ul" => Some(Items::Bullets),
                "ol" => Some(Items::Numbers(
                    tag.get("start").and_then(|start| start.parse().ok()).unwrap_or(1),
                )),
                _ => None,
            },
            signed: None,
            bars: name == "table" && tag.get("border").is_some_and(|border| border != "0"),
            cells: 0,
        }
    }

    /// What an element shows before its content.
    fn begin(&mut self, tag: &Tag, element: &Element) {
        if matches!(tag.name.as_str(), "tr") {
            self.page.begin_row();
        } else if element.block {
            self.page.end_line();
        }
        if element.spaced {
            self.page.space();
        }
        match tag.name.as_str() {
            "li" => self.begin_item(),
            "td" | "th" => self.begin_cell(),
            // Outlook parts the mail it answers by a line above the copied header.
            "div"
                if tag.style().contains("border-top:solid")
                    || tag.get("id") == Some("divRplyFwdMsg") =>
            {
                self.page.rule()
            }
            _ => {}
        }
        match element.quote {
            Quote::Yes => self.page.deepen(),
            Quote::AfterAttribution => self.page.wait(),
            Quote::No => {}
        }
    }

    fn begin_item(&mut self) {
        let depth = self.open.iter().filter(|open| open.item.is_some()).count().clamp(1, 10);
        let list = self.open.iter_mut().rev().find_map(|open| open.item.as_mut());
        let mark = match list {
            Some(Items::Numbers(next)) => {
                let mark = format!("{next}. ");
                *next = next.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        self.page.prefix(&format!("{}{mark}", "  ".repeat(depth - 1)));
    }

    /// Parts a cell from the one before it, if that one showed anything in this line.
    fn begin_cell(&mut self) {
        let bars = self
            .open
            .iter()
            .rev()
            .find(|open| open.name == "table")
            .is_some_and(|table| table.bars);
        let Some(row) = self.open.iter_mut().rev().find(|open| open.name == "tr") else { return };
        row.cells += 1;
        if row.cells > 1 {
            self.page.part(if bars { " | " } else { "  " });
        }
        self.page.begin_cell();
    }

    /// Ends the nearest element of that name; a stray end tag ends nothing. Only tables end cells.
    fn close(&mut self, name: &str) {
        if name == "br" {
            return self.void(&Tag::named(name));
        }
        let fenced = !matches!(
            name,
            "table" | "tr" | "td" | "th" | "tbody" | "thead" | "tfoot" | "body" | "html"
        );
        let at = self.open.iter().rposition(|open| {
            open.name == name || fenced && matches!(open.name.as_str(), "td" | "th")
        });
        if let Some(at) = at.filter(|at| self.open.get(*at).is_some_and(|open| open.name == name)) {
            self.close_to(at);
        }
    }

    fn end_of(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|open| open.name == name) {
            self.close_to(at);
        }
    }

    fn end_sibling(&mut self, name: &str, fences: &[&str]) {
        let other = match name {
            "td" => "th",
            "th" => "td",
            "dt" => "dd",
            "dd" => "dt",
            other => other,
        };
        let found = self.open.iter().rposition(|open| {
            open.name == name || open.name == other || fences.contains(&open.name.as_str())
        });
        if let Some(at) = found.filter(|at| {
            self.open.get(*at).is_some_and(|open| open.name == name || open.name == other)
        }) {
            self.close_to(at);
        }
    }

    fn close_to(&mut self, length: usize) {
        while self.open.len() > length {
            let Some(element) = self.open.pop() else { return };
            self.end(&element);
        }
    }

    fn end(&mut self, element: &Element) {
        self.pre -= usize::from(element.pre);
        if element.hidden {
            self.hidden -= 1;
        }
        if self.hidden > 0 || element.hidden {
            return;
        }
        if let Some(start) = element.signed {
            let end = self.page.sign_off();
            self.signed.push(start..end);
        }
        if let Some(shown) =
            element.link.as_ref().and_then(|link| url(link, self.page.since(link.text_from)))
        {
            self.page.word(&shown);
        }
        match element.name.as_str() {
            "tr" | "table" => self.page.end_row(),
            "td" | "th" => self.page.end_cell(),
            _ if element.block => self.page.end_line(),
            _ => {}
        }
        match element.quote {
            Quote::Yes => self.page.rise(),
            Quote::AfterAttribution => self.page.rise_if_waited(),
            Quote::No => {}
        }
        if element.spaced {
            self.page.space();
        }
    }
}

/// What is shown of a link behind its text: nothing if the text says it already, or if there is no
/// text.
fn url(link: &Link, text: &str) -> Option<String> {
    let lower = link.href.to_ascii_lowercase();
    let text = text.trim();
    let target = match lower.strip_prefix("mailto:") {
        Some(_) => link.href.get(7..)?.split('?').next()?,
        None if lower.starts_with("http://") || lower.starts_with("https://") => link.href.as_str(),
        None => return None,
    };
    let image = text.starts_with('[') && text.ends_with(']');
    let said = text.len() <= 2 * URL_MAX && bare(text).contains(&bare(target));
    (!text.is_empty() && !image && !said && !target.is_empty() && target.len() <= URL_MAX)
        .then(|| format!(" <{target}>"))
}

/// A URL as people write it.
fn bare(url: &str) -> String {
    let lower = url.trim().to_ascii_lowercase();
    let rest = lower
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_start_matches("www.");
    rest.trim_end_matches('/').to_owned()
}

fn is_hidden(tag: &Tag) -> bool {
    if tag.get("hidden").is_some() {
        return true;
    }
    let style = tag.style() + ";";
    let zero = style.match_indices("font-size:0").any(|(at, found)| {
        let rest = style.get(at + found.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches(['.', '0']);
        !rest.starts_with(|c: char| c.is_ascii_digit())
    });
    zero || HIDING.iter().any(|hiding| style.contains(hiding))
}

/// Mail clients quote with blockquote; Gmail indents with it too, then without a border.
fn quote(tag: &Tag, style: &str) -> Quote {
    let indent =
        style.contains("border:none") && tag.get("type").is_none() && !tag.has_class("gmail_quote");
    match tag.name.as_str() {
        "blockquote" if !indent => Quote::Yes,
        "div" if tag.get("name") == Some("quote") => Quote::Yes,
        "div" if tag.has_class("yahoo_quoted") => Quote::AfterAttribution,
        _ => Quote::No,
    }
}

/// Outlook's paragraphs are lines.
fn is_spaced(tag: &Tag, style: &str) -> bool {
    let name = tag.name.as_str();
    let tight = name == "p"
        && (tag.get("class").is_some_and(|class| class.to_ascii_lowercase().contains("msonormal"))
            || is_tight(style));
    SPACED.contains(&name) && !tight
}

fn is_tight(style: &str) -> bool {
    ["margin:0", "margin-top:0", "margin-bottom:0"].iter().any(|margin| style.contains(margin))
}
