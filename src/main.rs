//! The program: arguments, settings, logs and signals; joins the rims.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use postdesk::cli::{self, Arguments, Command, Failure};
use postdesk::demo;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = std::io::stdout().lock();
    let done = match &arguments.command {
        Command::Demo => play(&mut out),
        command => cli::execute(command, arguments.config.as_deref(), &mut out),
    };
    let flushed = out.flush().map_err(Failure::from);
    match done.and_then(|code| flushed.map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.tell(),
    }
}

/// The demo is handed the daemon and the ticket's printer, since the rims do not know each other.
fn play(out: &mut dyn Write) -> Result<u8, Failure> {
    cli::log::start(cli::log::Volume::Quiet);
    let runtime = cli::run::runtime()?;
    let daemon = |config, stop: tokio::sync::oneshot::Receiver<()>| async move {
        cli::run::daemon(config, async { drop(stop.await) }).await.map_err(anyhow::Error::from)
    };
    let show = |data_dir: &std::path::Path| cli::show::story(data_dir, 1).map_err(anyhow::Error::from);
    runtime.block_on(demo::run(out, daemon, show))?;
    Ok(0)
}
