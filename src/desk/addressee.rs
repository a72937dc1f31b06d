//! Who may be written to: the one question that stands before every address that somebody names,
//! be it an agent, the header of a mail that is passed on, or a customer's Cc.

use crate::config::Config;
use crate::mail::{Address, Inbound, origin};

/// Why nobody may be written to there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// An agent of that name.
    Colleague(String),
    /// The desk itself, or a role of its domain.
    Desk,
    /// By its name the address of a machine or a role: nobody reads there (RFC 2142, RFC 5230).
    Machine,
    /// No mail goes there from outside the machine that is meant.
    Nowhere,
}

/// Whether an address that somebody names may be written to.
pub fn may_be_written_to(config: &Config, address: &Address) -> Result<(), Unwritable> {
    if let Some(agent) = config.agent(address) {
        return Err(Unwritable::Colleague(agent.name.clone()));
    }
    if is_ours(config, address) {
        return Err(Unwritable::Desk);
    }
    let local = !address.domain().contains(['.', ':'])
        && !address.domain().eq_ignore_ascii_case(config.desk.address.domain());
    match (local, origin::is_role_address(address)) {
        (true, _) => Err(Unwritable::Nowhere),
        (false, true) => Err(Unwritable::Machine),
        (false, false) => Ok(()),
    }
}

/// The desk and its agents are no customers, and neither are the roles of its domain (RFC 2142).
pub fn is_ours(config: &Config, address: &Address) -> bool {
    let role = address.domain().eq_ignore_ascii_case(config.desk.address.domain())
        && ["postmaster", "abuse", "mailer-daemon", "support"]
            .iter()
            .any(|name| address.local().eq_ignore_ascii_case(name));
    is_desk(config, address) || role || config.agent(address).is_some()
}

/// Whether it is an address of the desk's own, with or without a detail behind a plus: most servers
/// deliver `support+x@` to the same mailbox.
pub fn is_desk(config: &Config, address: &Address) -> bool {
    let local = address.local().split_once('+').map_or(address.local(), |(local, _)| local);
    config.desk.addresses().any(|own| {
        address == own
            || address.domain().eq_ignore_ascii_case(own.domain())
                && local.eq_ignore_ascii_case(own.local())
    })
}

/// The further address of the desk to which a mail was written, unless it names the first one as
/// well. One that was forwarded or copied in secret bears it only where servers note it.
pub fn written_to(config: &Config, mail: &Inbound) -> Option<Address> {
    let noted = ["Delivered-To", "X-Original-To", "Envelope-To"].into_iter();
    let noted = noted.flat_map(|name| mail.values(name)).filter_map(Address::parse);
    let named = mail.to.iter().chain(&mail.cc).map(|person| person.address.clone());
    let own = |address: Address| config.desk.addresses().find(|own| **own == address);
    let first = named.chain(noted).find_map(own)?;
    (*first != config.desk.address).then(|| first.clone())
}

/// Where else than to its sender a mail wants its answers.
pub fn elsewhere<'a>(config: &Config, mail: &'a Inbound, sender: &Address) -> Option<&'a Address> {
    let wanted = mail.reply_to.iter().map(|person| &person.address);
    let mut wanted = wanted.filter(|address| may_be_written_to(config, address).is_ok());
    let first = wanted.next()?;
    let own = first == sender || wanted.any(|address| address == sender);
    (!own).then_some(first)
}
