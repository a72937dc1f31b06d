//! Words are made at the edge: no code of `desk` and `work` decides by a sentence that we wrote
//! ourselves. The sources are read as text, as in `tidy`: whatever is compared with a text in them
//! stands here with the one whose words it is.

use std::collections::BTreeSet;

use super::tidy::files;

/// What may be compared with, where, and whose words it is: never ours.
const OTHERS: &[(&str, &[&str], &str)] = &[
    ("absence/read", &["1er", "FROM", "OF_OTHERS", "TO", "de", "まで"], "an absent colleague's"),
    ("command/parse", &["http://", "https://", "mailto:"], "links of mail programs"),
    ("command/suggest", &["mailto:"], "links of mail programs"),
    ("command/unsigned", &["BARE", "FILLERS", "OBJECTS", "SURE", "UNSURE"], "an agent's"),
    ("command/unsigned", &["WITH_VALUE", "note", "note:"], "an agent's"),
    ("courtesy", &["GLAD", "HARMLESS", "xd"], "a customer's"),
    ("command/when", &["FILLERS", "TODAY", "TOMORROW", "ZONES", "an", "one"], "an agent's"),
    ("command/hour", &["SIGNS"], "an agent's"),
    ("command/calendar", &["FILLERS", "FORENOON", "gmt", "noon", "uhr", "utc"], "an agent's"),
    ("assurance/moments", &["END", "VAGUE"], "signs between two steps of reading"),
    ("assurance/moments", &["FILLERS", "TODAY", "TOMORROW", "UNSURE", "am", "pm"], "an agent's"),
    ("assurance/sentence", &["QUOTES", "SHORT", "sí"], "an agent's"),
    ("assurance/tongues", &["reads "], "a name in the tables"),
    ("decide/agent", &["METHOD:COUNTER", "METHOD:DECLINECOUNTER", "METHOD:REPLY"], "a calendar's"),
    ("decide/agent", &["text/calendar"], "a file's"),
    ("decide/asking", &["NO_SUBJECT"], "ours, as much as of mails that bear it"),
    ("decide/order/pledge", &["next week"], "an agent's"),
    ("decide/order/clock", &["NEVER"], "an agent's"),
    ("decide/order/people", &["NOBODY", "to "], "an agent's"),
    ("decide/order/values", &["me", "myself"], "an agent's"),
    ("decide/speech", &["BEGIN:VCARD", "CARD_TYPES", "INSIDE_NAMES", "INSIDE_TYPES"], "a file's"),
    ("decide/speech", &["begin:vcard", "ms-tnef", "vcf", "win.dat", "winmail.dat"], "a file's"),
    ("direction", &["SALUTATIONS"], "an agent's"),
    ("notify/outside", &["FILES", "www.", "xn--"], "a customer's"),
    ("notify/outside", &["NO_SUBJECT"], "ours, as much as of mails that bear it"),
    ("query", &["all", "late", "me", "mine", "my", "nobody", "none", "open"], "an agent's"),
    ("query", &["due", "overdue", "page", "today", "tomorrow", "unassigned"], "an agent's"),
    ("texts", &[".txt", "CANNED", "CANNED_VALUES", "Subject:"], "the operator's files"),
    ("texts/catalogues", &["FILES"], "files, by their names"),
];

/// Calls that compare with what stands in their brackets.
const CALLS: &[&str] = &[
    "contains(",
    "starts_with(",
    "ends_with(",
    "strip_prefix(",
    "strip_suffix(",
    "split_once(",
    "find(",
    "eq_ignore_ascii_case(",
    "== ",
    "!= ",
];

/// Signs of ours that say as much as a word.
const SIGNS: &[char] = &['✔', '✖'];

/// Whether it says something, as `[#` does not.
fn is_word(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() > 1 || text.contains(SIGNS)
}

/// The texts in quotation marks in a piece of source.
fn literals(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some((_, opened)) = rest.split_once('"') {
        let escaped = |at: usize| opened[..at].chars().rev().take_while(|c| *c == '\\').count() % 2;
        let Some((end, _)) = opened.match_indices('"').find(|(at, _)| escaped(*at) == 0) else {
            break;
        };
        found.push(&opened[..end]);
        rest = &opened[end + 1..];
    }
    found
}

/// The literal, the sign or the constant with which a piece of source begins.
fn first(code: &str) -> Option<&str> {
    let code = ["Some(", "Ok("].iter().find_map(|open| code.strip_prefix(open)).unwrap_or(code);
    let code = code.trim_start_matches([' ', '\n', '&', '*', 'b']);
    if code.starts_with('"') {
        return literals(code).first().copied();
    }
    if let Some(sign) = code.strip_prefix('\'') {
        return sign.split('\'').next();
    }
    let end = code.find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(code.len());
    Some(&code[..end]).filter(|name| name.len() > 1)
}

/// Up to the bracket that closes what is open at the beginning.
fn closed(code: &str) -> &str {
    let mut depth = 0;
    let end = code.char_indices().find(|(_, c)| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    end.map_or(code, |(at, _)| &code[..at])
}

/// All that a source compares with: literals, and constants that `texts` names.
fn compared<'a>(code: &'a str, texts: &BTreeSet<&str>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for call in CALLS {
        found.extend(code.split(call).skip(1).filter_map(first));
    }
    for sign in ["\" == ", "\" != "] {
        for (at, _) in code.match_indices(sign) {
            found.extend(code[..at].rsplit('"').next());
        }
    }
    // `["a", "b"].contains(` and `WORDS.contains(`
    for (at, _) in code.match_indices(".contains(") {
        let before = &code[..at];
        match before.strip_suffix(']').and_then(|list| list.rsplit('[').next()) {
            Some(list) => found.extend(literals(list)),
            None => {
                let name = before.rsplit(|c: char| !c.is_alphabetic() && c != '_').next();
                found.extend(name.filter(|name| is_constant(name)));
            }
        }
    }
    for arms in code.split("matches!(").skip(1) {
        let arms = closed(arms);
        found.extend(arms.split_once(',').map_or(Vec::new(), |(_, arms)| literals(arms)));
    }
    for line in code.lines().map(str::trim_start) {
        let begins = ["\"", "(\"", "Some(\"", "Ok(\"", "| \""].iter().any(|b| line.starts_with(b));
        if let Some((arm, _)) = line.split_once("=>").filter(|_| begins) {
            found.extend(literals(arm));
        }
    }
    found.retain(|text| is_word(text) && (!is_constant(text) || texts.contains(text)));
    found
}

fn is_constant(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// The names of constants that are texts or lists of them.
fn constants(code: &str) -> BTreeSet<&str> {
    let named = code.split("const ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once(':')?;
        rest.split('=').next()?.contains("&str").then_some(name)
    });
    named.collect()
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.split(" // ").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_code_reads_our_own_words_back() {
    let sources: Vec<(String, String)> = files("src", "rs")
        .into_iter()
        .filter(|(path, _)| path.starts_with("src/desk") || path.starts_with("src/work"))
        .map(|(path, text)| (path, without_comments(&text)))
        .collect();
    let texts: BTreeSet<&str> = sources.iter().flat_map(|(_, code)| constants(code)).collect();
    let allowed = |path: &str, text: &str| {
        let here = |file: &str| {
            ["desk", "work"].iter().any(|room| path == format!("src/{room}/{file}.rs"))
        };
        OTHERS.iter().any(|(file, all, _)| here(file) && all.contains(&text))
    };
    let mut wrong = Vec::new();
    let mut found = BTreeSet::new();
    for (path, code) in &sources {
        let texts = compared(code, &texts);
        wrong.extend(
            texts.iter().filter(|text| !allowed(path, text)).map(|text| format!("{path}: {text}")),
        );
        found.extend(texts);
    }
    assert!(wrong.is_empty(), "a value says it, or the list says whose words it is: {wrong:#?}");
    let all = OTHERS.iter().flat_map(|(_, all, _)| all.iter());
    let idle: Vec<&&str> = all.filter(|text| !found.contains(**text)).collect();
    assert!(idle.is_empty(), "nothing compares with these: {idle:?}");
}

#[test]
fn a_comparison_is_found_however_it_is_written() {
    let texts = BTreeSet::from(["NEWS", "LOST"]);
    for (code, text) in [
        ("why.contains(\"takes no part\")", "takes no part"),
        ("complaint.0.starts_with(\"which \")", "which "),
        ("line.starts_with('✖')", "✖"),
        ("why.strip_prefix(\n    \"queue \",\n)", "queue "),
        ("cause == \"held\"", "held"),
        ("\"held\" != cause", "held"),
        ("told == Some(\"held\")", "held"),
        ("match cause {\n    \"held\" | \"key\" => 1,\n}", "key"),
        ("matches!(cause.as_str(), \"held\" | \"key\")", "key"),
        ("[\"held\", \"key\"].contains(&cause)", "held"),
        ("NEWS.contains(&cause)", "NEWS"),
        ("problem.cause == LOST", "LOST"),
    ] {
        assert!(compared(code, &texts).contains(text), "{code}: {:?}", compared(code, &texts));
    }
    for code in ["subject.strip_prefix(\"[#\")", "format!(\"held {why}\")", "rest.contains('@')"] {
        assert_eq!(compared(code, &texts), BTreeSet::new(), "{code}");
    }
}

/// Files of the desk with English in their literals, and why.
const ENGLISH: &[(&str, &str)] = &[
    ("command", "how the values of commands are written, with examples"),
    ("direction", "how people ask a colleague, to know it again"),
    ("command/unsigned", "how mail programs and people spell the sign of a command"),
    ("decide/order/pledge", "what agents write for no day"),
    ("decide/order/people", "what agents write for nobody"),
    ("decide/quoted", "how people point to what they quote, to know it again"),
    ("disown", "how people say that a mail is not theirs, to know it again"),
    ("event", "stored words of what was promised"),
    ("goal", "stored words of what the desk wants to have done"),
    ("halt", "how people call a mail back, to know it again"),
    ("texts", "what is wrong with a file of the operator's; opening hours"),
    ("texts/catalogues", "what is wrong with an entry of a catalogue"),
    ("ticket", "the subject of what has none, which is stored"),
];

/// Whether a literal has two words as a sentence has them.
fn is_english(literal: &str) -> bool {
    let is_word = |word: &&str| {
        let bare = word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '{' && c != '}');
        bare.len() > 1 && bare.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    literal.split_whitespace().filter(is_word).count() > 1
}

/// The literals of a source that speak English, without those of its tests.
fn english(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let code = without_comments(code).replace("'\"'", "' '").replace("'\\''", "' '");
    let all = literals(&code).into_iter();
    all.filter(|literal| is_english(literal)).map(str::to_owned).collect()
}

#[test]
fn the_desk_speaks_from_its_catalogues() {
    let mut found = BTreeSet::new();
    for (path, text) in files("src/desk", "rs") {
        let name = path.trim_start_matches("src/desk/").trim_end_matches(".rs").to_owned();
        let spoken = english(&text);
        if ENGLISH.iter().all(|(known, _)| *known != name) {
            assert!(spoken.is_empty(), "words of {name} belong into a catalogue: {spoken:#?}");
        } else if !spoken.is_empty() {
            found.insert(name);
        }
    }
    let gone: Vec<_> = ENGLISH.iter().filter(|(name, _)| !found.contains(*name)).collect();
    assert!(gone.is_empty(), "these speak no English any more: {gone:?}");
}

#[test]
fn english_in_a_source_is_found() {
    let planted = [
        (r#"draft.end("a read receipt")"#, true),
        (r#"format!("{agent} answered")"#, false),
        (r#"format!("{agent} has it")"#, true),
        (r#"["text/calendar", "no-cache"]"#, false),
        (r#"x.find('"').map(|at| name) .find('"')"#, false),
        ("// \"a comment of ours\"", false),
        ("#[cfg(test)] mod tests { fn a() { \"words of a test\" } }", false),
    ];
    for (source, speaks) in planted {
        assert_eq!(!english(source).is_empty(), speaks, "{source}");
    }
}
