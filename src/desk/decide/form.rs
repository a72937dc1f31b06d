//! Web forms that write to the desk for somebody: who that is.

use crate::desk::addressee::may_be_written_to;
use crate::desk::case::{Case, Read};
use crate::mail::{Authentication, Inbound, Person, addresses_in};

/// Who filled a form in, if the mail comes from one that the operator named, and its server vouches
/// for that.
pub fn writer(case: &Case<'_>, read: &Read<'_>) -> Option<Person> {
    let sender = read.inbound.sender()?;
    let mut forms = case.config.forms.iter();
    let form = forms
        .find(|form| form.from == sender.address)
        .filter(|_| read.verdict.result == Authentication::Pass)?;
    let named = match &form.line {
        Some(label) => in_text(read.inbound, label),
        None => read.inbound.reply_to.first().cloned(),
    };
    named.filter(|person| may_be_written_to(case.config, &person.address).is_ok())
}

/// The first address behind a label at the start of a line.
fn in_text(mail: &Inbound, label: &str) -> Option<Person> {
    let rests = mail.text.lines().filter_map(|line| behind(line, label));
    let address = rests.flat_map(addresses_in).next()?;
    Some(Person { name: None, address })
}

fn behind<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let line = line.trim_start();
    let (start, rest) = line.split_at_checked(label.len())?;
    start.eq_ignore_ascii_case(label).then_some(rest)
}
