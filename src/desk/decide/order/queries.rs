//! Commands that are answered by mail and change nothing, and those that mean something only in their place.

use super::Order;
use crate::desk::command::{self, Complaint};

/// `#help`
pub fn help(order: &mut Order<'_>, _: &str) -> Result<String, Complaint> {
    order.answer(format!(
        "Commands are the first lines of your mail, one on each line; text comes below them. {}\n\n{}",
        "A mail of commands only sends nothing to the customer. A line of text that begins with # is written \\#like-this.",
        command::help()
    ));
    Ok("the list is below".to_owned())
}

/// `#send` where nothing is held; where something is, `release.rs` has seen to it.
pub fn send(_: &mut Order<'_>, _: &str) -> Result<String, Complaint> {
    Err(Complaint::new("nothing is held here now; #send answers the mail that says what is held"))
}

/// `#stop`
pub fn stop(_: &mut Order<'_>, _: &str) -> Result<String, Complaint> {
    Ok("text begins here".to_owned())
}
