//! One HTTP request, for tokens: the seam to the HTTPS library. It blocks, so it is called on a
//! thread that may.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use oauth2::{HttpRequest, HttpResponse};
use tokio_rustls::rustls::crypto::ring;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::{Fault, clean, tls};

/// Longest wait for an answer, from the first packet to the last.
const DEADLINE: Duration = Duration::from_secs(30);

/// Most bytes taken of an answer: tokens are a few kilobytes.
const ANSWER_MAX: u64 = 256 << 10;

/// A connection is kept open no longer than it takes: requests come an hour apart.
const IDLE_CONNECTIONS: usize = 0;

/// Whose certificates are believed.
#[derive(Clone, Debug)]
pub(super) struct Https {
    pub(super) ca_file: Option<PathBuf>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct Failed(#[from] pub(super) Fault);

impl Https {
    /// Sends it and takes the answer, whatever its status. No redirect is followed: the request
    /// holds secrets.
    pub(super) fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failed> {
        let place = request.uri().host().unwrap_or_default().to_owned();
        let agent = agent(self.ca_file.as_deref())?;
        let lost = |error: &ureq::Error| Failed(explain(error, &place));
        let mut response = agent.run(request).map_err(|error| lost(&error))?;
        let body = response
            .body_mut()
            .with_config()
            .limit(ANSWER_MAX)
            .read_to_vec()
            .map_err(|error| lost(&error))?;
        let (parts, _) = response.into_parts();
        Ok(HttpResponse::from_parts(parts, body))
    }
}

fn agent(ca_file: Option<&Path>) -> Result<Agent, Fault> {
    let roots = tls::certificates(ca_file)?;
    let roots = roots.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    // The provider is named, as for mail: a second one in the tree would make the default a panic.
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    Ok(Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(DEADLINE))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections(IDLE_CONNECTIONS)
        .user_agent(concat!("postdesk/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent())
}

fn explain(error: &ureq::Error, place: &str) -> Fault {
    match error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Fault::Insecure(clean(&format!(
            "there is no safe connection to the authorization server {place}: {error}"
        ))),
        _ => Fault::Lost(clean(&format!(
            "the authorization server {place} cannot be asked: {error}"
        ))),
    }
}
