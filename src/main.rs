//! The program: arguments, settings, logs and signals; joins the rims.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use postdesk::cli::{self, Arguments, Command, Failure};
use postdesk::demo;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misunderstood(&error),
    };
    let mut out = std::io::stdout().lock();
    let done = match &arguments.command {
        Command::Demo => play(&mut out),
        _ => cli::execute(&arguments, &mut out),
    };
    let flushed = out.flush().map_err(Failure::from);
    match done.and_then(|code| flushed.map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.tell(),
    }
}

/// Prints what clap says. A mail server takes its usual status for "never", and a mistyped pipe
/// must not turn mail away.
fn misunderstood(error: &clap::Error) -> ExitCode {
    let piped = std::env::args_os().skip(1).any(|word| word == "deliver");
    // Nothing is left to do if even this cannot be written.
    drop(error.print());
    match error.exit_code() {
        0 => ExitCode::SUCCESS,
        _ if piped => ExitCode::from(cli::EXIT_TEMPFAIL),
        code => ExitCode::from(u8::try_from(code).unwrap_or(cli::EXIT_FAILURE)),
    }
}

/// The demo is handed the daemon and the ticket's printer, since the rims do not know each other.
fn play(out: &mut dyn Write) -> Result<u8, Failure> {
    cli::log::start(cli::log::Volume::Quiet);
    let runtime = cli::run::runtime()?;
    let daemon = |config, stop: tokio::sync::oneshot::Receiver<()>| async move {
        let never = async || std::future::pending().await;
        cli::run::daemon(config, async { drop(stop.await) }, never)
            .await
            .map_err(anyhow::Error::from)
    };
    let show =
        |data_dir: &std::path::Path| cli::show::story(data_dir, 1).map_err(anyhow::Error::from);
    runtime.block_on(demo::run(out, daemon, show))?;
    Ok(0)
}
