//! The TLS handshake: whom we trust, and what is said when we do not.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error, RootCertStore, crypto};

use super::{Fault, Stream, place};
use crate::config::Server;

/// Makes a plain stream a TLS one; the certificate must bear `server.host`.
pub(super) async fn handshake(stream: Stream, server: &Server) -> Result<Stream, Fault> {
    let Stream::Plain(tcp) = stream else { return Ok(stream) };
    let name = ServerName::try_from(server.host.clone()).map_err(|_| {
        Fault::Insecure(format!("{} is not a name that a certificate could bear", server.host))
    })?;
    let connector = TlsConnector::from(Arc::new(settings(server).await?));
    match connector.connect(name, tcp).await {
        Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
        Err(error) => Err(explain(&error, server)),
    }
}

async fn settings(server: &Server) -> Result<ClientConfig, Fault> {
    let roots = roots(server.ca_file.clone()).await?;
    // The provider is named, never the process default: a second one in the tree would make that a
    // panic.
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::Insecure(format!("TLS cannot be set up: {error}")))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Reading some hundred files blocks, so another thread does it.
async fn roots(ca_file: Option<std::path::PathBuf>) -> Result<RootCertStore, Fault> {
    let read = tokio::task::spawn_blocking(move || {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(certificates(ca_file.as_deref())?);
        Ok(store)
    });
    let store = read.await.unwrap_or_else(|_| {
        Err(Fault::Lost("the trusted certificates could not be read".to_owned()))
    })?;
    if store.is_empty() {
        return Err(Fault::Insecure(
            "this machine trusts no certificate authority; install ca-certificates or set ca_file"
                .to_owned(),
        ));
    }
    Ok(store)
}

/// The system's roots and those of `ca_file`.
pub(super) fn certificates(ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let mut all = rustls_native_certs::load_native_certs().certs;
    if let Some(path) = ca_file {
        all.extend(of_file(path)?);
    }
    Ok(all)
}

fn of_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let shown = path.display();
    let bytes = std::fs::read(path)
        .map_err(|error| Fault::Insecure(format!("ca_file {shown} cannot be read: {error}")))?;
    let mut all = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let sound = certificate
            .ok()
            .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok());
        let Some(certificate) = sound else {
            return Err(Fault::Insecure(format!(
                "ca_file {shown} holds a certificate that cannot be read; it must be PEM"
            )));
        };
        all.push(certificate);
    }
    match all.len() {
        0 => Err(Fault::Insecure(format!(
            "ca_file {shown} holds no certificate; it must be PEM, with BEGIN CERTIFICATE"
        ))),
        _ => Ok(all),
    }
}

/// What a failed handshake means, and what to do about it.
fn explain(error: &io::Error, server: &Server) -> Fault {
    let place = place(server);
    let Some(cause) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return Fault::Lost(format!("the TLS handshake with {place} broke off: {error}"));
    };
    match cause {
        Error::InvalidCertificate(flaw) => {
            Fault::Insecure(format!("the certificate of {place} {}", flaw_in_words(flaw, server)))
        }
        Error::InvalidMessage(_) => Fault::Insecure(format!(
            "{place} does not speak TLS here; check port and tls (implicit or starttls)"
        )),
        Error::PeerIncompatible(_) => {
            Fault::Insecure(format!("{place} speaks no TLS that is safe (1.2 or 1.3): {cause}"))
        }
        _ => Fault::Lost(format!("the TLS handshake with {place} failed: {cause}")),
    }
}

fn flaw_in_words(flaw: &CertificateError, server: &Server) -> String {
    match flaw {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired; renew it on the server".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet; check the clocks of both machines".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("does not bear the name {}; set host to the name in the certificate", server.host)
        }
        // The latter where an authority of the same name is trusted.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "comes from nobody this machine trusts; if the authority is your own, name its certificate in ca_file".to_owned()
        }
        CertificateError::Revoked => "was revoked; get a new one for the server".to_owned(),
        // rustls has no variant for it and hands on webpki's word; openssl's `req -x509` makes such
        // certificates by default.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "is an authority's own (CA:TRUE), which no server may show; make one with CA:FALSE and name it in ca_file".to_owned()
        }
        _ => format!("is not valid: {flaw}"),
    }
}
