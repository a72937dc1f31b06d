//! The resolver: hickory, as mail-auth brings it.

use std::collections::BTreeSet;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ProtocolConfig, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::hickory_resolver::net::{DnsError, NetError};
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::hickory_resolver::proto::rr::RData;
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::hickory_resolver::{Resolver as Hickory, TokioResolver};
use tokio::time::{Instant, timeout_at};

use super::{Answers, Keys};
use crate::mail::authentic::dkim::Key;
use crate::net::clean;

/// Longest wait for all names that are asked for at once: a batch of mails waits with them.
const DEADLINE: Duration = Duration::from_secs(5);
/// Longest wait for one answer of one server, so that two tries fit.
const ANSWER_DEADLINE: Duration = Duration::from_secs(2);
/// Questions on the way at once.
const AT_ONCE: usize = 8;
/// Answers kept; agents have few domains.
const KEPT: u64 = 256;
/// Longest record kept, in bytes: a key of 4096 bits has under 800.
const RECORD_MAX: usize = 8192;

/// The resolver. It is made when it is first asked: most desks never need it, and it is some
/// megabytes.
pub struct Resolver {
    servers: Vec<SocketAddr>,
    /// Or why there is none.
    made: OnceLock<Result<TokioResolver, String>>,
}

impl Resolver {
    /// With those servers; the system's if there are none.
    pub fn new(servers: &[SocketAddr]) -> Self {
        Self { servers: servers.to_vec(), made: OnceLock::new() }
    }

    async fn key(&self, name: &str, until: Instant) -> Key {
        let made = self
            .made
            .get_or_init(|| build(&self.servers).map_err(|error| clean(&error.to_string())));
        let resolver = match made {
            Ok(resolver) => resolver,
            Err(why) => return Key::Unreachable(format!("the name servers are not known: {why}")),
        };
        // With a final dot no search list is tried behind it.
        match timeout_at(until, resolver.txt_lookup(format!("{name}."))).await {
            Err(_) => Key::Unreachable(format!("no answer within {} s", DEADLINE.as_secs())),
            Ok(Err(error)) => failed(&error),
            Ok(Ok(found)) => {
                let texts = found.answers().iter().filter_map(|record| match &record.data {
                    RData::TXT(text) => Some(
                        text.txt_data
                            .iter()
                            .flat_map(|piece| piece.iter().copied())
                            .take(RECORD_MAX)
                            .collect(),
                    ),
                    _ => None,
                });
                Key::Records(texts.collect())
            }
        }
    }
}

impl Keys for Resolver {
    fn ask(&self, names: BTreeSet<String>) -> Pin<Box<dyn Future<Output = Answers> + Send + '_>> {
        let until = Instant::now() + DEADLINE;
        Box::pin(async move {
            let questions = names.into_iter().map(|name| async move {
                let key = self.key(&name, until).await;
                (name, key)
            });
            stream::iter(questions).buffer_unordered(AT_ONCE).collect().await
        })
    }
}

/// "There is none" is an answer; a server's failure (RFC 1035 §4.1.1) and silence are not.
fn failed(error: &NetError) -> Key {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none))
            if matches!(none.response_code, ResponseCode::NXDomain | ResponseCode::NoError) =>
        {
            Key::Absent
        }
        error => Key::Unreachable(clean(&error.to_string())),
    }
}

fn build(servers: &[SocketAddr]) -> Result<TokioResolver, NetError> {
    let (config, mut options) = match servers {
        [] => read_system_conf()?,
        servers => (
            ResolverConfig::from_name_servers(servers.iter().map(server).collect()),
            ResolverOpts::default(),
        ),
    };
    options.timeout = ANSWER_DEADLINE;
    options.attempts = 2;
    options.cache_size = KEPT;
    let mut builder = Hickory::builder_with_config(config, TokioRuntimeProvider::default());
    *builder.options_mut() = options;
    builder.build()
}

fn server(at: &SocketAddr) -> NameServerConfig {
    let connection = |protocol| {
        let mut connection = ConnectionConfig::new(protocol);
        connection.port = at.port();
        connection
    };
    let mut server = NameServerConfig::udp_and_tcp(at.ip());
    server.connections = vec![connection(ProtocolConfig::Udp), connection(ProtocolConfig::Tcp)];
    server
}
