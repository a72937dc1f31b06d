//! Web forms that write to the desk for somebody: who that is.

use crate::desk::addressee::may_be_written_to;
use crate::desk::case::{Case, Read};
use crate::mail::{Address, Authentication, Inbound, Person};

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

/// Where else than to its sender a mail wants its answers.
pub fn elsewhere<'a>(case: &Case<'_>, mail: &'a Inbound, sender: &Address) -> Option<&'a Address> {
    let wanted = mail.reply_to.iter().map(|person| &person.address);
    let mut wanted = wanted.filter(|address| may_be_written_to(case.config, address).is_ok());
    let first = wanted.next()?;
    let own = first == sender || wanted.any(|address| address == sender);
    (!own).then_some(first)
}

/// The address behind a label at the start of a line.
fn in_text(mail: &Inbound, label: &str) -> Option<Person> {
    let behind = |line: &str| {
        let line = line.trim_start();
        let own = line.get(..label.len()).filter(|own| own.eq_ignore_ascii_case(label))?;
        line.get(own.len()..).map(str::to_owned)
    };
    let divides = |c: char| c.is_whitespace() || "<>()[]\"',;:".contains(c);
    let lines = mail.text.lines().filter_map(behind);
    let mut found =
        lines.flat_map(|rest| rest.split(divides).filter_map(Address::parse).collect::<Vec<_>>());
    found.next().map(|address| Person { name: None, address })
}
