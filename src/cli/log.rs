//! Logs: one event a line, coloured on a terminal only, never with secrets or what people wrote.
//!
//! `POSTDESK_LOG` sets the level (`info` if unset), `POSTDESK_LOG_FORMAT=json` the form and
//! `POSTDESK_LOG_TIME=utc` the time zone, the machine's own if unset; JSON is always UTC. Where a line
//! comes from is said from `debug` on. Crates whose traces hold passwords or mail are capped whatever
//! is asked for.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volume {
    /// As the environment says.
    Usual,
    /// Errors only: the demo prints its own story.
    Quiet,
}

/// async-imap traces the LOGIN line with the password; the others trace whole mails.
const CAPS: &str = "async_imap=warn,imap_proto=warn,lettre=warn,rustls=warn,tokio_rustls=warn,ureq=warn,ureq_proto=warn,html5ever=error,html2text=error";

/// Starts logging to standard error. A second start changes nothing.
pub fn start(volume: Volume) {
    let wanted = match volume {
        Volume::Usual => std::env::var("POSTDESK_LOG").unwrap_or_else(|_| "info".to_owned()),
        Volume::Quiet => "error".to_owned(),
    };
    let filter = EnvFilter::try_new(format!("{wanted},{CAPS}"))
        .unwrap_or_else(|_| EnvFilter::new(format!("info,{CAPS}")));
    let json = std::env::var("POSTDESK_LOG_FORMAT").is_ok_and(|form| form == "json");
    let deep = ["debug", "trace"].iter().any(|level| wanted.contains(level));
    let subscriber = fmt()
        .with_env_filter(filter)
        .with_target(deep)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let utc = std::env::var("POSTDESK_LOG_TIME").is_ok_and(|zone| zone.eq_ignore_ascii_case("utc"));
    // Failing means that a test has started it already.
    if json {
        drop(subscriber.json().try_init());
    } else {
        drop(subscriber.with_timer(Seconds { utc }).try_init());
    }
}

/// `2026-11-27 15:04:05+01:00`: with the distance from UTC, so that an hour that comes twice is told
/// apart.
struct Seconds {
    utc: bool,
}

impl FormatTime for Seconds {
    fn format_time(&self, w: &mut Writer<'_>) -> std::fmt::Result {
        let now = jiff::Zoned::now();
        let now = if self.utc { now.with_time_zone(jiff::tz::TimeZone::UTC) } else { now };
        write!(w, "{}", now.strftime("%Y-%m-%d %H:%M:%S%:z"))
    }
}
