//! The texts of the desk: built in, and over them the files of the operator's folder; and what is
//! wrong with those files, found before a customer's mail finds it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use minijinja::{Environment, Value};

use super::{Failure, render};
use crate::config::Config;
use crate::desk::Cause;
use crate::desk::command::near::near;
use crate::desk::command::parse::looks_like_command;
use crate::desk::command::suggest::squeezed;
use crate::desk::kinds::{Name, kinds};
use crate::desk::texts::{ADVICE, BUILT_IN, CANNED, CANNED_VALUES, Texts, Values, catalogue};
use crate::store::{self, Store};
use crate::time::Clock;

/// The problem's name.
const BROKEN: Cause = Cause::Template;

/// The longest that a ready text may become, in bytes.
const CANNED_MAX: usize = 20_000;

/// The texts, and what lies beside them.
#[derive(Debug)]
pub struct Loaded {
    /// To be used.
    pub texts: Texts,
    /// What nobody will ever read, in sentences.
    pub notes: Vec<String>,
    /// What cannot even be read.
    unread: Vec<String>,
    /// What is wrong with catalogues, by their file.
    unsaid: Vec<(String, String)>,
    folder: PathBuf,
}

/// Reads the operator's files.
pub fn load(config: &Config) -> Result<Loaded, Failure> {
    let (mut files, mut notes, mut unread) = (BTreeMap::new(), Vec::new(), Vec::new());
    let language = config.desk.language.as_str();
    if let Some(folder) = &config.templates {
        if folder.is_dir() {
            let canned = CANNED.trim_end_matches('/');
            for part in BTreeSet::from([language, "en", canned]) {
                read_folder(folder, part, &mut files, &mut notes, &mut unread)?;
            }
        } else {
            unread.push(format!("{} (templates) is no folder", folder.display()));
        }
    }
    let spoken = |file: &str| file.starts_with(&format!("{language}/"));
    let built_in = BUILT_IN.iter().any(|(file, _)| spoken(file));
    if !built_in && !files.keys().any(|file| spoken(file)) {
        notes.push(format!(
            "there are no texts in the language {language:?}, so they are English; yours belong in the folder {language} of templates"
        ));
    }
    let folder = config.templates.clone().unwrap_or_default();
    let unsaid = unsaid(&files);
    let texts = Texts::new(language, files);
    notes.extend(alike(&texts.canned()));
    Ok(Loaded { texts, notes, unread, unsaid, folder })
}

fn read_folder(
    folder: &Path,
    part: &str,
    files: &mut BTreeMap<String, String>,
    notes: &mut Vec<String>,
    unread: &mut Vec<String>,
) -> Result<(), Failure> {
    let folder = folder.join(part);
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = path.display();
        if !name.ends_with(".txt") {
            notes.push(format!("{shown} is not read: the name of a text ends in .txt"));
            continue;
        }
        let known = render::names().any(|known| known == stem(&name))
            || catalogue(&format!("{part}/{name}")).is_some();
        if !known && part != CANNED.trim_end_matches('/') {
            notes.push(format!(
                "{shown} is never used: no text has that name; `postdesk render` shows all"
            ));
        }
        // One that cannot be read must not keep the desk from starting.
        match fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => drop(files.insert(format!("{part}/{name}"), text)),
            Ok(Err(_)) => unread.push(format!("{shown}: is not UTF-8; save it in that encoding")),
            Err(error) => unread.push(format!("{shown}: {error}")),
        }
    }
    Ok(())
}

/// What is wrong with the lines of own catalogues.
fn unsaid(files: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let kinds = kinds();
    let mut found = Vec::new();
    for (file, source) in files {
        let kind = catalogue(file).and_then(|path| path.split_once('/'));
        let names = kinds.iter().find(|(known, _)| kind.is_some_and(|(_, kind)| kind == *known));
        let Some((_, names)) = names else { continue };
        for (at, line) in source.lines().enumerate() {
            let what = unfit_entry(names, line);
            found.extend(what.map(|what| (file.clone(), format!("line {}: {what}", at + 1))));
        }
    }
    found
}

fn unfit_entry(names: &[Name], line: &str) -> Option<String> {
    if line.trim().is_empty() || line.starts_with('#') {
        return None;
    }
    let Some((name, entry)) = line.split_once(": ") else {
        return Some("is no entry, which is written \"name: words\"".to_owned());
    };
    let bare = name.strip_suffix(ADVICE).unwrap_or(name);
    let Some((_, fields)) = names.iter().find(|(known, _)| *known == bare) else {
        return Some(format!("nothing is said by {name}"));
    };
    match Environment::new().template_from_str(entry) {
        Err(error) => Some(error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)),
        Ok(template) => {
            let mut named = template.undeclared_variables(false).into_iter();
            let odd = named.find(|name| !fields.contains(&name.as_str()))?;
            let there = match fields {
                [] => String::new(),
                fields => format!("; there are {}", fields.join(", ")),
            };
            Some(format!("nothing stands for {odd} here{there}"))
        }
    }
}

/// Ready texts that `#canned` cannot tell from each other.
fn alike(names: &[String]) -> Vec<String> {
    let mut known: BTreeMap<String, &String> = BTreeMap::new();
    let mut notes = Vec::new();
    for name in names {
        if let Some(first) = known.get(&squeezed(name)) {
            notes.push(format!("the ready text {name:?} is never used: #canned takes {first:?}"));
        } else {
            known.insert(squeezed(name), name);
        }
    }
    notes
}

fn stem(name: &str) -> &str {
    name.strip_suffix(".txt").unwrap_or(name)
}

impl Loaded {
    /// Everything that is wrong with the operator's files, a sentence for each.
    pub fn faults(&self, config: &Config) -> Vec<String> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let known = self.texts.broken().iter().chain(&self.unsaid).cloned();
        let known = known.chain(self.texts.unknown());
        known.for_each(|(file, what)| found.entry(file).or_default().push(what));
        for name in render::names() {
            let file = format!("{}/{name}.txt", config.desk.language);
            if !found.contains_key(&file)
                && let Some(what) = self.unfit(config, name, &file)
            {
                found.entry(file).or_default().push(what);
            }
        }
        for name in self.texts.canned() {
            let file = format!("{CANNED}{name}.txt");
            if !found.contains_key(&file)
                && let Some(what) = self.unfit_canned(config, &name)
            {
                found.entry(file).or_default().push(what);
            }
        }
        let sentence = |(file, whats): (String, Vec<String>)| {
            format!("{}: {}", self.folder.join(file).display(), whats.join("; "))
        };
        self.unread.iter().cloned().chain(found.into_iter().map(sentence)).collect()
    }

    /// What comes out at the use of a text.
    fn unfit(&self, config: &Config, name: &str, file: &str) -> Option<String> {
        let rendered = render::sample(config, &self.texts, name);
        if let Some(broken) = rendered.broken {
            let what = broken.strip_prefix(&format!("{file}: ")).unwrap_or(&broken);
            return Some(what.to_owned());
        }
        let empty = rendered.subject.is_empty();
        empty.then(|| "line 1: must be the subject, \"Subject: …\"".to_owned())
    }

    fn unfit_canned(&self, config: &Config, name: &str) -> Option<String> {
        let values: Values =
            CANNED_VALUES.map(|name| (name, Value::from("12"))).into_iter().collect();
        match self.texts.render_canned(name, &values) {
            Err(fault) => Some(fault.to_string()),
            Ok(text) if text.is_empty() => Some("it is empty".to_owned()),
            Ok(text) if text.len() > CANNED_MAX => {
                Some(format!("it comes to {} kB, more than anybody reads", text.len() / 1000))
            }
            Ok(text) => unfit_words(config, &text),
        }
    }
}

/// What no mail to a customer may hold.
fn unfit_words(config: &Config, text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let mut agents = config.agents.iter().flat_map(|agent| agent.addresses());
    if let Some(address) = agents.find(|address| lower.contains(&address.key())) {
        return Some(format!("it names {address}, and customers know only the desk's address"));
    }
    let line = text.lines().find(|line| looks_like_command(line) || near(line).is_some())?;
    Some(format!("a line of it looks like a command: {line:?}; write \\ before the #"))
}

/// Says it in the log, in `status` and to the owner, or that it is over.
pub async fn tell(store: &Store, faults: Vec<String>, clock: &Clock) -> Result<(), Failure> {
    for fault in &faults {
        tracing::warn!("a text cannot be used: {fault}");
    }
    let now = clock.now();
    let told = store.write(move |tx| {
        if faults.is_empty() {
            return store::problems::clear(tx, BROKEN);
        }
        let what = format!("Texts of yours cannot be used: {}", faults.join("; "));
        let advice = "the built-in text is used in place of a mail's, agents cannot use a ready one; \
                      mend the files, then `postdesk check` and start the desk again";
        store::problems::raise(tx, BROKEN, &what, advice, now)
    });
    Ok(told.await?)
}
