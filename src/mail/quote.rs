//! stub

/// One run of lines of a mail's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub role: Role,
    /// Its lines, joined by `\n`, as they stand in the text.
    pub text: String,
}

/// What a run of lines is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The sender's own words.
    New,
    /// Quoted or forwarded-as-history text and the line that introduces it.
    Quote,
    /// A signature or a client's advertisement for itself.
    Signature,
    /// A mail passed on: kept as the sender's words, but never searched for commands.
    Forward,
}

/// Cuts a text into runs, losing no line: the blocks joined by `\n` are the text.
pub fn split(text: &str) -> Vec<Block> {
    vec![Block { role: Role::New, text: text.to_owned() }]
}

/// What the sender wrote: the New and Forward blocks, trimmed; if nothing is left of a non-empty text, all of it.
pub fn new_text(text: &str) -> String {
    text.trim().to_owned()
}
