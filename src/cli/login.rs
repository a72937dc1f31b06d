//! `postdesk login`: a person permits the desk to use the mailbox (`[imap.oauth2]`).

use std::io::{BufRead, IsTerminal, Write, stdin};
use std::sync::mpsc::{Receiver, channel};

use super::{Failure, plain, run};
use crate::config::{Config, Proof};
use crate::fetch::imap::ImapMailbox;
use crate::net::permit::{self, Asked};

/// Asks as configured, keeps what comes of it, and tries it at once: whoever sat at the browser may
/// have been logged in there as somebody else.
pub fn login(config: &Config, out: &mut dyn Write) -> Result<u8, Failure> {
    let Some(login) = &config.imap.server.login else { return Err(no_oauth2()) };
    let Proof::OAuth2(oauth2) = &login.proof else { return Err(no_oauth2()) };
    let runtime = run::runtime()?;
    let user = plain(&login.username);
    let said = |fault: crate::net::Fault| Failure::Said(plain(&fault.to_string()));
    let secret = runtime.block_on(permit::client_secret(oauth2)).map_err(said)?;
    match permit::ask(oauth2, secret.as_ref(), &login.username).map_err(said)? {
        Asked::Page(page) => {
            writeln!(
                out,
                "Open this page in a browser, as {user}, and allow it:\n\n{}\n",
                page.url()
            )?;
            writeln!(
                out,
                "The answer is awaited at {}. If the browser runs on another machine, it ends at a\npage that it cannot show: copy its address and paste it here.",
                page.redirect()
            )?;
            out.flush()?;
            let odd = |_: &str| eprint_line("that is not the address where the browser ended");
            page.wait(&pasted(), odd).map_err(said)?;
        }
        Asked::Code(code) => {
            writeln!(
                out,
                "Open {} in any browser, as {user}, and type the code\n\n    {}\n",
                plain(code.url()),
                plain(code.code())
            )?;
            out.flush()?;
            code.wait().map_err(said)?;
        }
        Asked::Nobody => {}
    }
    writeln!(
        out,
        "ok     the permission is kept in {}, and renewed by itself",
        oauth2.tokens.display()
    )?;
    out.flush()?;
    match runtime.block_on(ImapMailbox::connect(&config.imap)) {
        Ok(mailbox) => {
            runtime.block_on(mailbox.close());
            writeln!(
                out,
                "ok     the mailbox of {user} lets us in; a running desk goes on within a second, `postdesk check` tries the rest"
            )?;
            Ok(0)
        }
        Err(fault) => Err(Failure::Said(plain(&format!(
            "the mailbox of {user} does not let us in with it; was it permitted as somebody else? Log out there and run it again. {fault}"
        )))),
    }
}

fn no_oauth2() -> Failure {
    Failure::Said(
        "the settings log in with a password; there is nothing to permit without [imap.oauth2]"
            .to_owned(),
    )
}

/// Lines that a person pastes; none come where nobody sits at a terminal.
fn pasted() -> Receiver<String> {
    let (sender, receiver) = channel();
    if stdin().is_terminal() {
        std::thread::spawn(move || {
            for line in stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}

fn eprint_line(words: &str) {
    // Nothing is left to do if even this cannot be written.
    drop(writeln!(std::io::stderr().lock(), "postdesk: {words}"));
}
