//! The grammar of Authentication-Results (RFC 8601 §2.2): comments, quoted strings, versions,
//! properties.
//!
//! Total and linear in the length of the field. What is not the grammar is [`Reading::Malformed`]
//! as a whole: half a field might be the half without the `fail`.

use super::hops::Profile;

/// Longest field that is read, in bytes. Real ones stay below 2 KiB; Google's with many signatures
/// come near 4.
const FIELD_MAX: usize = 16 * 1024;
/// Most results in one field, and most properties of one result.
const RESULTS_MAX: usize = 100;
const PROPERTIES_MAX: usize = 50;

/// The methods that decide something; a property can never be called so.
const METHODS: &[&str] = &["spf", "dkim", "dmarc", "auth", "compauth"];

/// What one field is to us.
#[derive(Debug)]
pub(super) enum Reading {
    /// Not of our id.
    Other,
    /// Of our id, but broken; why.
    Malformed(&'static str),
    /// Of our id.
    Ours(Vec<Outcome>),
}

/// `method=result` with its properties.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Lower case.
    pub method: String,
    /// Lower case; `unsupported version` for a method of a version that does not exist yet.
    pub result: String,
    /// `ptype.property` in lower case, and its value as it stands.
    properties: Vec<(String, String)>,
}

impl Outcome {
    /// The first value of a property.
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a property.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.properties.iter().filter(move |(key, _)| key == name);
        own.map(|(_, value)| value.as_str())
    }

    /// Whether the first of these properties that is there satisfies the test, with all its values.
    pub(super) fn names(&self, properties: &[&str], test: impl Fn(&str) -> bool) -> bool {
        let there = properties.iter().find(|name| self.property(name).is_some());
        there.is_some_and(|name| self.values(name).all(test))
    }
}

/// Reads one field.
pub(super) fn read(value: &str, id: &str, profile: Profile) -> Reading {
    let flat = Flat::of(value.get(..FIELD_MAX).unwrap_or(value));
    let mut segments = flat.glyphs.split(|glyph| *glyph == Glyph::Bare(';'));
    if profile != Profile::Microsoft {
        let head = words(segments.next().unwrap_or_default());
        match head.as_slice() {
            [server, ..] if !server.eq_ignore_ascii_case(id) => return Reading::Other,
            [] => return Reading::Other,
            [_] => {}
            [_, version] if version == "1" => {}
            [_, _] => return Reading::Malformed("its version is unknown"),
            [_, _, ..] => return Reading::Malformed("its head is longer than an id and a version"),
        }
    }
    if value.len() > FIELD_MAX {
        return Reading::Malformed("it is too long");
    }
    if let Some(why) = flat.broken {
        return if profile == Profile::Microsoft && !starts_without_id(&flat.glyphs) {
            Reading::Other
        } else {
            Reading::Malformed(why)
        };
    }
    if profile == Profile::Microsoft && !starts_without_id(&flat.glyphs) {
        return Reading::Other;
    }
    outcomes(segments, profile)
}

/// Microsoft's field begins with a result at once: `spf=pass (…) smtp.mailfrom=…`.
fn starts_without_id(glyphs: &[Glyph]) -> bool {
    let head = glyphs.split(|glyph| *glyph == Glyph::Bare(';')).next().unwrap_or_default();
    head.contains(&Glyph::Bare('='))
}

fn outcomes<'a>(segments: impl Iterator<Item = &'a [Glyph]>, profile: Profile) -> Reading {
    let mut found = Vec::new();
    for segment in segments {
        match (words(segment).as_slice(), profile) {
            ([], _) => continue,
            ([word], _) if word.eq_ignore_ascii_case("none") => continue,
            // An older form names the recipient's domain between two results.
            ([word], Profile::Microsoft) if !word.contains('=') => continue,
            _ => {}
        }
        match outcome(segment) {
            Some(outcome) if found.len() < RESULTS_MAX => found.push(outcome),
            Some(_) => return Reading::Malformed("it has too many results"),
            None => return Reading::Malformed("it breaks the grammar of RFC 8601"),
        }
    }
    Reading::Ours(found)
}

/// `method [/ version] = result`, then `name = value` as often as it comes.
fn outcome(segment: &[Glyph]) -> Option<Outcome> {
    let mut cursor = Cursor { rest: segment };
    let method = cursor.key()?;
    let (method, version) = method.split_once('/').unwrap_or((&method, "1"));
    let result = cursor.keyword()?.to_lowercase();
    let result = if version == "1" { result } else { "unsupported version".to_owned() };
    let mut properties = Vec::new();
    while !cursor.is_done() {
        let name = cursor.key()?;
        // A second method without a semicolon before it: whose properties would follow?
        if METHODS.contains(&name.as_str()) || properties.len() >= PROPERTIES_MAX {
            return None;
        }
        properties.push((name, cursor.value()?));
    }
    Some(Outcome { method: method.to_owned(), result, properties })
}

/// The words of a field body up to its first semicolon, without comments; `None` if it is broken or
/// too long.
pub(super) fn words_before_semicolon(value: &str) -> Option<Vec<String>> {
    let flat = Flat::of(value.get(..FIELD_MAX).unwrap_or(value));
    let head = flat.glyphs.split(|glyph| *glyph == Glyph::Bare(';')).next().unwrap_or_default();
    (flat.broken.is_none() && value.len() <= FIELD_MAX).then(|| words(head))
}

/// A character, and whether quotes took its meaning away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Glyph {
    Bare(char),
    Quoted(char),
    /// Where a quoted string begins: so that `""` is a value too.
    Quote,
}

impl Glyph {
    fn is_space(self) -> bool {
        matches!(self, Self::Bare(c) if c.is_whitespace())
    }

    fn char(self) -> Option<char> {
        match self {
            Self::Bare(c) | Self::Quoted(c) => Some(c),
            Self::Quote => None,
        }
    }
}

/// A field body with comments turned into spaces and quoted strings undone.
struct Flat {
    glyphs: Vec<Glyph>,
    broken: Option<&'static str>,
}

impl Flat {
    fn of(value: &str) -> Self {
        let mut flat = Self { glyphs: Vec::with_capacity(value.len()), broken: None };
        let mut depth = 0_usize;
        let mut quoted = false;
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            if c.is_control() && !matches!(c, '\t' | '\r' | '\n') {
                flat.broken = Some("it holds control characters");
                return flat;
            }
            let escaped = if c == '\\' && (depth > 0 || quoted) { chars.next() } else { None };
            match (c, escaped) {
                (_, Some(escaped)) if depth == 0 => flat.glyphs.push(Glyph::Quoted(escaped)),
                (_, Some(_)) => {}
                ('(', None) if !quoted => {
                    depth += 1;
                    flat.glyphs.push(Glyph::Bare(' '));
                }
                (')', None) if depth > 0 => depth -= 1,
                (')', None) if !quoted => flat.broken = Some("a comment ends that never began"),
                (_, None) if depth > 0 => {}
                ('"', None) => {
                    quoted = !quoted;
                    flat.glyphs.push(Glyph::Quote);
                }
                (c, None) => {
                    flat.glyphs.push(if quoted { Glyph::Quoted(c) } else { Glyph::Bare(c) })
                }
            }
        }
        if depth > 0 || quoted {
            flat.broken = Some("a comment or quoted string never ends");
        }
        flat
    }
}

fn words(glyphs: &[Glyph]) -> Vec<String> {
    let runs = glyphs.split(|glyph| glyph.is_space()).filter(|run| !run.is_empty());
    runs.map(|run| run.iter().filter_map(|glyph| glyph.char()).collect()).collect()
}

struct Cursor<'a> {
    rest: &'a [Glyph],
}

impl Cursor<'_> {
    fn is_done(&mut self) -> bool {
        self.skip_space();
        self.rest.is_empty()
    }

    fn skip_space(&mut self) {
        let spaces = self.rest.iter().take_while(|glyph| glyph.is_space()).count();
        self.rest = self.rest.get(spaces..).unwrap_or_default();
    }

    /// A name up to and with its `=`, in lower case; spaces are allowed around its dot, slash and
    /// `=`.
    fn key(&mut self) -> Option<String> {
        let mut key = String::new();
        let mut gap = false;
        while let Some((glyph, rest)) = self.rest.split_first() {
            self.rest = rest;
            let joint = key.ends_with(['.', '/']);
            match *glyph {
                Glyph::Bare('=') => return (!key.is_empty() && !joint).then_some(key),
                glyph if glyph.is_space() => gap = !key.is_empty(),
                Glyph::Bare(c) if !c.is_ascii_graphic() => return None,
                Glyph::Bare(c) if gap && !joint && c != '.' && c != '/' => return None,
                Glyph::Bare(c) => {
                    key.push(c.to_ascii_lowercase());
                    gap = false;
                }
                Glyph::Quoted(_) | Glyph::Quote => return None,
            }
        }
        None
    }

    /// A result word: letters, digits, hyphens; never quoted.
    fn keyword(&mut self) -> Option<String> {
        let run = self.run();
        let word = |glyph: &Glyph| matches!(glyph, Glyph::Bare(c) if c.is_ascii_alphanumeric() || "-_".contains(*c));
        (!run.is_empty() && run.iter().all(word))
            .then(|| run.iter().filter_map(|glyph| glyph.char()).collect())
    }

    /// A value: a token, an address or a quoted string. `=` inside is taken as text
    /// (`smtp.mailfrom=prvs=1a2b=carol@customer.test`).
    fn value(&mut self) -> Option<String> {
        let run = self.run();
        (!run.is_empty()).then(|| run.iter().filter_map(|glyph| glyph.char()).collect())
    }

    fn run(&mut self) -> &[Glyph] {
        self.skip_space();
        let end = self.rest.iter().position(|glyph| glyph.is_space()).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        self.rest = rest;
        run
    }
}
