//! Passwords, read at the moment they are needed. An error says where to look, never what was read.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

use super::{Fault, clean_to};
use crate::config::Secret;

/// Longest wait for a password command: a key store may ask its owner first.
const COMMAND_DEADLINE: Duration = Duration::from_secs(30);

/// Most bytes taken of a file or a command: no password comes near it, and `/dev/zero` is not read
/// to its end.
const SOURCE_MAX: u64 = 64 * 1024;

/// Most characters of a failing command's complaint that are shown.
const COMPLAINT_MAX: usize = 200;

/// The password of a login, read now. An error says what to do, and never holds the secret.
pub async fn password(secret: &Secret) -> Result<SecretString, Fault> {
    let (source, found) = match secret {
        Secret::Text(text) => return Ok(text.clone()),
        Secret::File(path) => {
            (format!("the password file {}", path.display()), of_file(path).await?)
        }
        Secret::Command(argv) => {
            (format!("the password command {}", name(argv)), of_command(argv).await?)
        }
        Secret::Environment(name) => {
            (format!("the environment variable {name}"), of_environment(name)?)
        }
    };
    let text = String::from_utf8(found)
        .map_err(|_| Fault::Login(format!("{source} does not hold UTF-8 text")))?;
    match text.lines().next().map(|line| line.trim_end_matches('\r')) {
        Some(line) if !line.is_empty() => Ok(SecretString::from(line)),
        _ => Err(Fault::Login(format!(
            "{source} gives an empty first line; the password must stand there"
        ))),
    }
}

async fn of_file(path: &Path) -> Result<Vec<u8>, Fault> {
    let shown = path.display();
    let trouble = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Fault::Login(format!("the password file {shown} does not exist"))
        }
        std::io::ErrorKind::PermissionDenied => Fault::Login(format!(
            "the password file {shown} may not be read by the user that runs postdesk; check owner and mode"
        )),
        _ => Fault::Login(format!("the password file {shown} cannot be read: {error}")),
    };
    let file = tokio::fs::File::open(path).await.map_err(trouble)?;
    let mut bytes = Vec::new();
    file.take(SOURCE_MAX).read_to_end(&mut bytes).await.map_err(trouble)?;
    Ok(bytes)
}

fn of_environment(name: &str) -> Result<Vec<u8>, Fault> {
    match std::env::var_os(name) {
        Some(value) => Ok(value.into_encoded_bytes()),
        None => Err(Fault::Login(format!(
            "the environment variable {name}, which shall hold the password, is not set"
        ))),
    }
}

async fn of_command(argv: &[String]) -> Result<Vec<u8>, Fault> {
    let deadline = || {
        let seconds = COMMAND_DEADLINE.as_secs();
        Fault::Login(format!("the password command {} did not end within {seconds} s", name(argv)))
    };
    timeout(COMMAND_DEADLINE, run(argv)).await.unwrap_or_else(|_| Err(deadline()))
}

async fn run(argv: &[String]) -> Result<Vec<u8>, Fault> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(Fault::Login("the password command is empty".to_owned()));
    };
    let trouble = |error: std::io::Error| {
        Fault::Login(format!("the password command {program} cannot be run: {error}"))
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(trouble)?;
    let (said, complained) = tokio::join!(all_of(child.stdout.take()), all_of(child.stderr.take()));
    let status = child.wait().await.map_err(trouble)?;
    if !status.success() {
        let complaint = clean_to(&String::from_utf8_lossy(&complained), COMPLAINT_MAX);
        return Err(Fault::Login(format!(
            "the password command {program} failed ({status}): {complaint}"
        )));
    }
    Ok(said)
}

/// What a pipe gives, as far as it is wanted. Closing it after that ends a command that would print
/// for ever.
async fn all_of(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What was read before an error is judged like any other answer, by its first line and the
        // exit status.
        let _ = pipe.take(SOURCE_MAX).read_to_end(&mut bytes).await;
    }
    bytes
}

fn name(argv: &[String]) -> &str {
    argv.first().map_or("", String::as_str)
}
