//! What is not wrong but hardly meant: for `check`, and for the log at start.

use std::path::Path;

use super::super::{Agent, Config, Proof, Secret, Server, Tls};
use super::names::squeezed;
use super::shadow;

/// Ports on which servers speak only the other kind of TLS (RFC 8314 §7.3): a login there would
/// wait until its deadline.
const CROSSED: [(u16, Tls, &str); 5] = [
    (993, Tls::Starttls, "implicit"),
    (465, Tls::Starttls, "implicit"),
    (143, Tls::Implicit, "starttls"),
    (587, Tls::Implicit, "starttls"),
    (25, Tls::Implicit, "starttls"),
];

/// Names that people write for servers whose field bears another.
const OTHER_IDS: [(&str, &str); 10] = [
    ("gmail.com", "mx.google.com"),
    ("google.com", "mx.google.com"),
    ("googlemail.com", "mx.google.com"),
    ("imap.gmail.com", "mx.google.com"),
    ("smtp.gmail.com", "mx.google.com"),
    ("outlook.com", "microsoft365"),
    ("office365", "microsoft365"),
    ("outlook.office365.com", "microsoft365"),
    ("smtp.office365.com", "microsoft365"),
    ("microsoft", "microsoft365"),
];

/// Relays that put what they send into the account's folder by themselves.
const COPIERS: [&str; 3] = ["smtp.gmail.com", "smtp.office365.com", "smtp-mail.outlook.com"];

/// Domains that belong to nobody (RFC 2606 §3): they stand in the manual.
const EXAMPLES: [&str; 3] = ["example.com", "example.org", "example.net"];

/// All of it, each a sentence.
pub fn warnings(file: &Path, config: &Config) -> Vec<String> {
    let servers = [("imap", &config.imap.server), ("smtp", &config.smtp)];
    let mut all = open_secrets(file, config);
    all.extend(servers.into_iter().filter_map(|(name, server)| crossed(name, server)));
    if config.imap.server.login.is_none() {
        all.push(
            "imap.username is not set: hardly a server shows a mailbox without login".to_owned(),
        );
    }
    if config.sent_copy.is_some()
        && COPIERS.iter().any(|host| host.eq_ignore_ascii_case(&config.smtp.host))
    {
        all.push(format!(
            "smtp.sent_copy is set, but {} keeps a copy of what it sends by itself: each answer would lie there twice",
            config.smtp.host
        ));
    }
    all.extend(left_over(config));
    all.extend(trust(config));
    all.extend(alike(&config.agents));
    all.extend(queues(config));
    all.extend(shadow::warnings(config));
    all
}

/// Passwords that others on this machine can read.
fn open_secrets(file: &Path, config: &Config) -> Vec<String> {
    let secret = |server: &Server| match &server.login.as_ref()?.proof {
        Proof::Password(secret) => Some(secret.clone()),
        Proof::OAuth2(oauth2) => oauth2.client_secret.clone(),
    };
    let secrets: Vec<Secret> =
        [&config.imap.server, &config.smtp].into_iter().filter_map(secret).collect();
    let mut all = Vec::new();
    let within = secrets.iter().any(|secret| matches!(secret, Secret::Text(_)));
    if within && readable_by_others(file) {
        let file = file.display();
        all.push(format!("{file} holds a password and others on this machine can read it: chmod 600 {file}, or use password_file"));
    }
    for secret in &secrets {
        if let Secret::File(path) = secret
            && readable_by_others(path)
        {
            let path = path.display();
            let sentence =
                format!("others on this machine can read the password in {path}: chmod 600 {path}");
            if !all.contains(&sentence) {
                all.push(sentence);
            }
        }
    }
    all
}

/// What was copied from the manual and not filled in; with it no desk can run.
pub fn left_over(config: &Config) -> Option<String> {
    let agents = config.agents.iter().map(|agent| ("agents.address", agent.address.domain()));
    let places = [
        ("desk.address", config.desk.address.domain()),
        ("desk.owner", config.desk.owner.domain()),
        ("imap.host", config.imap.server.host.as_str()),
        ("smtp.host", config.smtp.host.as_str()),
    ];
    let id = config.authentication.authserv_id.as_deref();
    let all =
        places.into_iter().chain(agents).chain(id.map(|id| ("authentication.authserv_id", id)));
    let is_example = |host: &str| {
        EXAMPLES.iter().any(|domain| host == *domain || host.ends_with(&format!(".{domain}")))
    };
    let mut left: Vec<&str> =
        all.filter(|(_, host)| is_example(&host.to_lowercase())).map(|(key, _)| key).collect();
    left.dedup();
    let keys = left.join(", ");
    (!left.is_empty())
        .then(|| format!("{keys} stands as in the manual, in a domain that belongs to nobody"))
}

/// How agents are known.
fn trust(config: &Config) -> Vec<String> {
    let trust = &config.authentication;
    let mut all = Vec::new();
    if trust.unsafe_trust_from {
        all.push("authentication.unsafe_trust_from is on: whoever writes an agent's address into From is taken for the agent".to_owned());
    } else if trust.authserv_id.is_none() {
        let agents = match trust.check_dkim {
            true => "; agents are known by the signature (DKIM) of their mails alone",
            false => ", and check_dkim is off: whatever agents write will be held",
        };
        all.push(format!("authentication.authserv_id is not set: the server's verdict on senders is not believed{agents}"));
    }
    match &trust.authserv_id {
        Some(id) => {
            let other = OTHER_IDS.iter().find(|(wrong, _)| wrong.eq_ignore_ascii_case(id));
            all.extend(other.map(|(_, right)| {
                format!("authentication.authserv_id is {id:?}, but that provider's verdicts are known by {right:?}")
            }));
        }
        None => {
            let written = [
                ("stamps", trust.stamps.is_some()),
                ("trusted_hops", !trust.trusted_hops.is_empty()),
            ];
            all.extend(
                written.into_iter().filter(|(_, is)| *is).map(|(key, _)| {
                    format!("authentication.{key} has no effect without authserv_id")
                }),
            );
        }
    }
    if !trust.dns.is_empty() && !trust.check_dkim {
        all.push("authentication.dns has no effect, since check_dkim is off".to_owned());
    }
    all
}

/// Two agents that are perhaps one person.
fn alike(agents: &[Agent]) -> Vec<String> {
    let mut all = Vec::new();
    for (at, agent) in agents.iter().enumerate() {
        for other in agents.iter().skip(at + 1) {
            let (one, two) = (&agent.address, &other.address);
            if one.mailbox() == two.mailbox() {
                all.push(format!("{one} and {two} are one mailbox: if that is one person, make one of them an alias (aliases)"));
            } else if squeezed(&agent.name) == squeezed(&other.name) {
                all.push(format!("{one} and {two} are both named {:?}: commands ask which; if that is one person, make one of them an alias (aliases)", agent.name));
            }
        }
    }
    all
}

/// Queues whose tickets nobody gets, or whose name is somebody's too.
fn queues(config: &Config) -> Vec<String> {
    let mut all = Vec::new();
    for queue in &config.queues {
        let name = &queue.name;
        if config.agents_of(name).next().is_none() {
            all.push(format!(
                "no agent serves the queue {name:?}: only the owner will hear of its tickets"
            ));
        }
        let is_theirs = |agent: &&Agent| {
            let mut words = agent.name.split_whitespace().chain([agent.handle.as_str()]);
            words.any(|word| squeezed(word) == squeezed(name))
        };
        all.extend(config.agents.iter().find(is_theirs).map(|agent| {
            format!(
                "the queue {name:?} bears a name of {}: #list {name} shows the queue",
                agent.address
            )
        }));
    }
    all
}

fn crossed(section: &str, server: &Server) -> Option<String> {
    let (port, _, usual) =
        CROSSED.iter().find(|(port, tls, _)| *port == server.port && *tls == server.tls)?;
    Some(format!("{section}.port is {port}, where servers expect {section}.tls = \"{usual}\""))
}

#[cfg(unix)]
fn readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_file: &Path) -> bool {
    false
}
