//! One table of the file, and the page on which complaints are collected.

use std::cell::RefCell;

use toml::de::{DeTable, DeValue};

use super::Complaint;
use super::keys;
use super::value::{Read, Value, quoted, sort_of};

/// The text, for its lines, and what has been complained about so far.
pub struct Page {
    newlines: Vec<usize>,
    complaints: RefCell<Vec<Complaint>>,
}

impl Page {
    /// A page without complaints.
    pub fn new(text: &str) -> Self {
        let newlines =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { newlines, complaints: RefCell::default() }
    }

    /// Notes what is wrong at that byte of the text.
    pub fn complain(&self, at: Option<usize>, key: &str, what: impl Into<String>) {
        let line = at.map(|at| self.newlines.partition_point(|newline| *newline < at) + 1);
        let complaint = Complaint { line, key: key.to_owned(), what: what.into() };
        self.complaints.borrow_mut().push(complaint);
    }

    /// All complaints in the order of the file; what has no line comes last.
    pub fn into_complaints(self) -> Vec<Complaint> {
        let mut all = self.complaints.into_inner();
        all.sort_by_key(|complaint| complaint.line.unwrap_or(usize::MAX));
        all
    }
}

/// A table of the file, perhaps one that is not written at all: its keys are missing then, without
/// a line.
pub struct Section<'a> {
    page: &'a Page,
    path: String,
    at: Option<usize>,
    table: Option<&'a DeTable<'a>>,
}

impl<'a> Section<'a> {
    /// The top of the file; its keys are the sections.
    pub fn top(page: &'a Page, table: &'a DeTable<'a>) -> Self {
        let top = Self { page, path: String::new(), at: None, table: Some(table) };
        top.refuse_unknown("", &keys::sections());
        top
    }

    /// The table `[name]`; `known_as` names its row in the table of keys.
    pub fn table(&self, name: &str, known_as: &str) -> Section<'a> {
        let found = self.value(name).and_then(|value| match value.get_ref() {
            DeValue::Table(table) => Some(table),
            DeValue::Array(_) if self.path.is_empty() => {
                self.complain(
                    name,
                    format!("write [{name}] with one pair of brackets; there is only one"),
                );
                None
            }
            other => {
                self.complain(
                    name,
                    format!("must be a table, [{}], not {}", self.key(name), sort_of(other)),
                );
                None
            }
        });
        let at = self.value(name).and_then(|_| self.at(name));
        self.sub(name, known_as, at, found)
    }

    /// All tables `[[name]]`, in their order; `None` where it is written, but not as such.
    pub fn tables(&self, name: &str) -> Option<Vec<Section<'a>>> {
        let Some(value) = self.value(name) else { return Some(Vec::new()) };
        let DeValue::Array(array) = value.get_ref() else {
            self.complain(
                name,
                format!("write [[{name}]] with two pairs of brackets, once for each of them"),
            );
            return None;
        };
        let all: Vec<_> = array.iter().filter_map(|element| self.element(name, element)).collect();
        (array.is_empty() || !all.is_empty()).then_some(all)
    }

    /// Reads a key that need not be there. `None` also where it was complained about: then there
    /// will be no config anyway.
    pub fn optional<T>(&self, key: &str, read: impl FnOnce(&Value<'_>) -> Read<T>) -> Option<T> {
        match read(self.value(key)?) {
            Ok(meant) => Some(meant),
            Err(all) => {
                for wrong in all {
                    self.page.complain(Some(wrong.at), &self.key(key), wrong.what);
                }
                None
            }
        }
    }

    /// Reads a key that must be there; `purpose` says what for.
    pub fn required<T>(
        &self,
        key: &str,
        purpose: &str,
        read: impl FnOnce(&Value<'_>) -> Read<T>,
    ) -> Option<T> {
        if !self.has(key) && !self.is_misshapen() {
            self.page.complain(self.at, &self.key(key), format!("is missing: {purpose}"));
        }
        self.optional(key, read)
    }

    /// Whether the key is written.
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Complains about a key: on its line, on the section's where it is not written.
    pub fn complain(&self, key: &str, what: impl Into<String>) {
        self.page.complain(self.at(key).or(self.at), &self.key(key), what);
    }

    fn element(&self, name: &str, element: &'a Value<'a>) -> Option<Section<'a>> {
        let at = Some(element.span().start);
        match element.get_ref() {
            DeValue::Table(table) => Some(self.sub(name, name, at, Some(table))),
            other => {
                self.page.complain(
                    at,
                    &self.key(name),
                    format!("must be a table, [[{name}]], not {}", sort_of(other)),
                );
                None
            }
        }
    }

    /// Written, but not as a table: that was said already, and that its keys are missing is no
    /// news.
    fn is_misshapen(&self) -> bool {
        self.table.is_none() && self.at.is_some()
    }

    fn value(&self, key: &str) -> Option<&'a Value<'a>> {
        self.table?.get(key)
    }

    fn at(&self, key: &str) -> Option<usize> {
        self.table?.get_key_value(key).map(|(written, _)| written.span().start)
    }

    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn sub(
        &self,
        name: &str,
        known_as: &str,
        at: Option<usize>,
        table: Option<&'a DeTable<'a>>,
    ) -> Section<'a> {
        let sub = Section { page: self.page, path: self.key(name), at, table };
        sub.refuse_unknown(known_as, keys::of(known_as));
        sub
    }

    fn refuse_unknown(&self, section: &str, known: &[&'static str]) {
        let written = self.table.into_iter().flat_map(|table| table.keys());
        for key in written {
            let name = key.get_ref().as_ref();
            if known.contains(&name) || keys::is_within(section, name) {
                continue;
            }
            self.page.complain(
                Some(key.span().start),
                &self.key(&plain(name)),
                keys::advice(name, section, known),
            );
        }
    }
}

/// A key as it may be shown: bare where it could be written bare, else in quotes without control
/// characters.
fn plain(key: &str) -> String {
    let bare = !key.is_empty()
        && key.len() <= 60
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { key.to_owned() } else { quoted(key) }
}
