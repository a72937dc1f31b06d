//! HTML → tags and texts, in one pass and never going back.

use mail_parser::decoders::html::add_html_token;

/// Attributes read of one tag.
const ATTRIBUTES_MAX: usize = 64;
/// Longest name of an entity; the longest of HTML has 31 letters.
const ENTITY_MAX: usize = 33;
/// Elements whose content is no markup.
const RAW: [&str; 8] =
    ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"];

/// What comes next in the page.
pub(super) enum Token<'a> {
    /// Text as written, entities not yet read.
    Text(&'a str),
    /// `<name …>`.
    Open(Tag),
    /// `</name>`.
    Close(String),
}

/// An opening tag.
#[derive(Default)]
pub(super) struct Tag {
    /// Its name in lower case.
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// A tag without attributes.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), attributes: Vec::new() }
    }

    /// The value of an attribute, entities read.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The style in lower case without spaces.
    pub fn style(&self) -> String {
        self.get("style")
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_ascii_lowercase()
    }

    /// Whether the element bears that class.
    pub fn has_class(&self, class: &str) -> bool {
        self.get("class").is_some_and(|classes| {
            classes.split_ascii_whitespace().any(|given| given.eq_ignore_ascii_case(class))
        })
    }
}

/// Cuts a page into tokens.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// No `-->` follows: do not search again.
    no_comment_end: bool,
}

impl<'a> Tokens<'a> {
    /// Begins at the front of a page.
    pub fn new(html: &'a str) -> Self {
        Self { rest: html, no_comment_end: false }
    }

    fn advance(&mut self, by: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(by).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Goes past comments, doctypes and conditional marks (`<![if !mso]>`), which end at `>` like
    /// any other tag.
    fn skip_mark(&mut self) {
        let comment = self.rest.starts_with("<!--") && !self.no_comment_end;
        let end = if comment { self.rest.find("-->").map(|at| at + 3) } else { None };
        self.no_comment_end |= comment && end.is_none();
        let by = end.or_else(|| self.rest.find('>').map(|at| at + 1)).unwrap_or(self.rest.len());
        self.advance(by);
    }

    fn close(&mut self) -> Token<'a> {
        let end = self.rest.find('>').unwrap_or(self.rest.len());
        let inner = self.advance(end);
        self.advance(1);
        let name = inner
            .trim_start_matches("</")
            .split(|c: char| c.is_whitespace() || c == '/')
            .next()
            .unwrap_or_default();
        Token::Close(name.to_ascii_lowercase())
    }

    fn open(&mut self) -> Token<'a> {
        self.advance(1);
        let end = self
            .rest
            .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
            .unwrap_or(self.rest.len());
        let mut tag = Tag { name: self.advance(end).to_ascii_lowercase(), attributes: Vec::new() };
        while let Some((name, value)) = self.attribute() {
            if tag.attributes.len() < ATTRIBUTES_MAX {
                tag.attributes.push((name, value));
            }
        }
        if RAW.contains(&tag.name.as_str()) {
            self.skip_raw(&tag.name);
        }
        Token::Open(tag)
    }

    /// The next attribute; `None` at the end of the tag, which is then passed.
    fn attribute(&mut self) -> Option<(String, String)> {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if self.rest.is_empty() || self.rest.starts_with('>') {
            self.advance(1);
            return None;
        }
        let end = self
            .rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_whitespace() || "=>/".contains(*c))
            .map_or(self.rest.len(), |(at, _)| at);
        let name = self.advance(end).to_ascii_lowercase();
        let after = self.rest.trim_start();
        let Some(value) = after.strip_prefix('=') else { return Some((name, String::new())) };
        self.rest = value.trim_start();
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => {
                self.advance(1);
                // Where the quote never ends, the tag does: the text behind it is worth more.
                let end = self
                    .rest
                    .find(quote)
                    .or_else(|| self.rest.find('>'))
                    .unwrap_or(self.rest.len());
                let value = self.advance(end);
                self.advance(usize::from(self.rest.starts_with(quote)));
                value
            }
            None => {
                let end = self
                    .rest
                    .find(|c: char| c.is_whitespace() || c == '>')
                    .unwrap_or(self.rest.len());
                self.advance(end)
            }
        };
        Some((name, decode(value)))
    }

    /// Goes past the content of a raw element, up to its closing tag or the end.
    fn skip_raw(&mut self, name: &str) {
        while let Some(at) = self.rest.find("</") {
            self.advance(at);
            let tail = self.rest.as_bytes().get(2..2 + name.len()).unwrap_or_default();
            if tail.eq_ignore_ascii_case(name.as_bytes()) {
                return;
            }
            self.advance(2);
        }
        self.rest = "";
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(tail) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                return Some(Token::Text(self.advance(end)));
            };
            match tail.chars().next() {
                Some('!' | '?') => self.skip_mark(),
                Some('/') => return Some(self.close()),
                Some(c) if c.is_ascii_alphabetic() && !is_address(tail) => {
                    return Some(self.open());
                }
                _ => return Some(Token::Text(self.advance(1))),
            }
        }
    }
}

/// Whether what looks like a tag is an address in brackets that somebody forgot to escape.
fn is_address(tail: &str) -> bool {
    let inner = tail.chars().take(254).take_while(|c| *c != '>' && !c.is_whitespace());
    inner.clone().any(|c| c == '@') && !inner.clone().any(|c| c == '=')
}

/// Reads the entities of a text. A `;` may be missing behind a number; what is no entity stands as
/// it is.
pub(super) fn decode(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece
            .char_indices()
            .take(ENTITY_MAX)
            .find(|(at, c)| !(c.is_ascii_alphanumeric() || *at == 0 && *c == '#'));
        let (name, rest) = match end {
            Some((at, _)) => piece.split_at_checked(at).unwrap_or((piece, "")),
            None => (piece, ""),
        };
        let whole = rest.strip_prefix(';');
        match entity(name).filter(|_| whole.is_some() || name.starts_with('#')) {
            Some(read) => {
                out.push_str(&read);
                out.push_str(whole.unwrap_or(rest));
            }
            None => {
                out.push('&');
                out.push_str(piece);
            }
        }
    }
    out
}

/// The character that a name or number stands for. Numbers from 128 to 159 mean windows-1252, as in
/// every browser.
fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        let low = u8::try_from(code).ok().filter(|byte| (128..160).contains(byte));
        return low
            .map(|byte| super::super::charset::eight_bit(&[byte]))
            .or_else(|| char::from_u32(code).map(String::from));
    }
    let token = format!("&{name};");
    let mut out = String::new();
    add_html_token(&mut out, token.as_bytes(), false);
    (out != token).then_some(out)
}
