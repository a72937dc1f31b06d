//! What a report should say: the built-in details, and those of the operator's own.

/// Names of the built-in details. Their questions stand in the catalogue `details`.
pub const DETAILS: [&str; 9] =
    ["product", "happened", "error", "since", "who", "number", "wrong", "account", "question"];

/// `[[details]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The word by which checklists and `#ask` name it.
    pub name: String,
    /// The question for it, as customers read it.
    pub ask: String,
    /// Words that show that it is told.
    pub words: Vec<String>,
}
