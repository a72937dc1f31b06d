//! `[survey]`: whether customers are asked how they were served, and which mark is a bad one.

use std::time::Duration;

/// What holds in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// `wanted`: they are asked when their request is solved.
    pub wanted: bool,
    /// `bad_mark`: a lead answers whoever gives that mark or less.
    pub bad_mark: u8,
    /// `every`: nobody is asked again about another request before.
    pub every: Duration,
}
