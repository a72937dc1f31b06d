//! Which function carries a command of the table out.

use super::Order;
use super::{
    absence, ask, clock, participants, people, pledge, queries, state, text, threads, undo,
};
use crate::desk::command::Verb;
use crate::desk::complaint::Complaint;
use crate::desk::obeyed::Obeyed;

/// Reads a value, adds events to the order, and gives what became of the line.
pub fn carry_out(verb: Verb, order: &mut Order<'_, '_>, value: &str) -> Result<Obeyed, Complaint> {
    match verb {
        Verb::Close => state::close(order, value),
        Verb::Reopen => state::reopen(order, value),
        Verb::Pending => state::pending(order, value),
        Verb::Hold => state::hold(order, value),
        Verb::Status => state::status(order, value),
        Verb::Spam => state::spam(order, value),
        Verb::Assign => people::assign(order, value),
        Verb::Unassign => people::unassign(order, value),
        Verb::Take => people::take(order, value),
        Verb::Queue => people::queue(order, value),
        Verb::Escalate => people::escalate(order, value),
        Verb::Note => text::note(order, value),
        Verb::Reply => text::reply(order, value),
        Verb::Only => text::only(order, value),
        Verb::All => text::all(order, value),
        Verb::Priority => state::priority(order, value),
        Verb::Tag => state::tag(order, value),
        Verb::Title => state::title(order, value),
        Verb::Cc => participants::cc(order, value),
        Verb::Uncc => participants::uncc(order, value),
        Verb::Customer => participants::customer(order, value),
        Verb::Due => clock::due(order, value),
        Verb::Remind => clock::remind(order, value),
        Verb::Promise => pledge::promise(order, value),
        Verb::Merge => threads::merge(order, value),
        Verb::Unmerge => threads::unmerge(order, value),
        Verb::Split => threads::split(order, value),
        Verb::Link => threads::link(order, value),
        Verb::Canned => text::canned(order, value),
        Verb::Ask => ask::ask(order, value),
        Verb::Time => clock::time(order, value),
        Verb::Away => absence::away(order, value),
        Verb::Back => absence::back(order, value),
        Verb::Show => queries::show(order, value),
        Verb::List => queries::list(order, value),
        Verb::Search => queries::search(order, value),
        Verb::Why => queries::why(order, value),
        Verb::Send => queries::send(order, value),
        Verb::Undo => undo::undo(order, value),
        Verb::Help => queries::help(order, value),
        Verb::Stop => queries::stop(order, value),
    }
}
