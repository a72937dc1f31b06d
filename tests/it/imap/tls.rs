//! P22 and P23: over a real socket, with real handshakes.

use std::sync::Arc;

use postdesk::config::{Imap, Tls};
use postdesk::fetch::Mailbox;
use postdesk::fetch::imap::ImapMailbox;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::script::{LOGIN, SELECT, play, settings, told};

const OFFER: &str = "S * OK ready\nC CAPABILITY\nS * CAPABILITY IMAP4rev1 STARTTLS\nS $ OK x\n";

/// A server for one connection: the script before TLS, and if there is an acceptor the script
/// within.
async fn serve(
    before: String,
    within: Option<(TlsAcceptor, String)>,
) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let Some((acceptor, script)) = within else { return play(stream, before).await };
        let mut heard = play_to_its_end(&mut stream, before).await;
        match acceptor.accept(stream).await {
            Ok(stream) => heard.extend(play(stream, script).await),
            Err(_) => heard.push("no handshake".to_owned()),
        }
        heard
    });
    (port, server)
}

/// Plays a script and gives the stream back: nothing of the handshake may come before its last line
/// is sent.
async fn play_to_its_end(stream: &mut TcpStream, script: String) -> Vec<String> {
    if script.is_empty() { Vec::new() } else { play(stream, format!("{script}\nE")).await }
}

fn at(port: u16, tls: Tls) -> Imap {
    let mut imap = settings();
    imap.server.host = "127.0.0.1".to_owned();
    imap.server.port = port;
    imap.server.tls = tls;
    imap
}

const STRIPPED: &[(&str, &str, &str)] = &[
    (
        "missing",
        "S * OK ready\nC CAPABILITY\nS * CAPABILITY IMAP4rev1\nS $ OK x",
        "insecure: the server offers no STARTTLS",
    ),
    (
        "refused",
        "@C STARTTLS\nS $ NO not today",
        "insecure: the server refused STARTTLS; nothing was sent: not today",
    ),
    (
        "not understood",
        "@C STARTTLS\nS $ BAD what",
        "insecure: the server refused STARTTLS; nothing was sent: what",
    ),
    ("injected", "@C STARTTLS\ns #", "insecure: the server sent more before TLS began"),
    ("injected half", "@C STARTTLS\ns %", "insecure: the server sent more before TLS began"),
    (
        "PREAUTH",
        "S * PREAUTH in already",
        "insecure: the server says that somebody is logged in already",
    ),
    ("closed", "@C STARTTLS\nE", "lost: the server closed the connection"),
];

#[tokio::test]
async fn p23_without_starttls_nothing_is_sent() {
    for (name, script, expected) in STRIPPED {
        // The second command of a connection bears the tag P2; both parts must come in one segment.
        let script = script
            .replace('@', OFFER)
            .replace('#', "P2 OK go\\r\\n* CAPABILITY IMAP4rev1\\r\\n")
            .replace('%', "P2 OK go\\r\\n* CAP");
        let (port, server) = serve(script, None).await;
        let heard = told(ImapMailbox::connect(&at(port, Tls::Starttls)).await.map(|_| ()), |()| {
            "in".to_owned()
        });
        assert!(heard.starts_with(expected), "{name}: {heard}");
        assert!(!server.await.unwrap().concat().contains("LOGIN"), "{name}");
    }
}

/// An authority, and a certificate that it gave.
struct Papers {
    authority: String,
    acceptor: TlsAcceptor,
}

enum Flaw {
    None,
    Expired,
    WrongName,
    SelfSigned,
}

fn papers(flaw: &Flaw) -> Papers {
    let mut root = CertificateParams::new(Vec::<String>::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.distinguished_name.push(rcgen::DnType::CommonName, "Authority of a test");
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let name = if matches!(flaw, Flaw::WrongName) { "127.0.0.2" } else { "127.0.0.1" };
    let mut leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if matches!(flaw, Flaw::Expired) {
        leaf.not_before = date_time_ymd(2001, 1, 1);
        leaf.not_after = date_time_ymd(2002, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = if matches!(flaw, Flaw::SelfSigned) {
        leaf.self_signed(&key)
    } else {
        leaf.signed_by(&key, &root)
    };
    let chain = vec![certificate.unwrap().der().clone()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    Papers { authority: root.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) }
}

/// Connects to a server with such papers: what came of it, and what the server heard.
async fn approach(flaw: &Flaw, tls: Tls, trusted: bool) -> (String, Vec<String>) {
    let papers = papers(flaw);
    let folder = TempDir::new().unwrap();
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, papers.authority).unwrap();
    let script = format!("{LOGIN}{SELECT}");
    let (before, within) = match tls {
        Tls::Starttls => {
            (format!("{OFFER}C STARTTLS\nS $ OK go"), script.replacen("\nS * OK ready", "", 1))
        }
        Tls::Implicit | Tls::None => (String::new(), script),
    };
    let (port, server) = serve(before, Some((papers.acceptor, within))).await;
    let mut imap = at(port, tls);
    imap.server.ca_file = trusted.then_some(authority);
    let opened = match ImapMailbox::connect(&imap).await {
        Ok(mut mailbox) => mailbox.open().await.map(|opened| opened.exists),
        Err(fault) => Err(fault),
    };
    (told(opened, |exists| format!("{exists} mails")), server.await.unwrap())
}

#[tokio::test]
async fn p22_a_flawed_certificate_ends_it_before_the_login() {
    let cases = [
        (Flaw::Expired, true),
        (Flaw::WrongName, true),
        (Flaw::SelfSigned, true),
        (Flaw::None, false),
    ];
    for (flaw, trusted) in cases {
        for tls in [Tls::Implicit, Tls::Starttls] {
            let (told, heard) = approach(&flaw, tls, trusted).await;
            assert!(told.starts_with("insecure: "), "{told}");
            let heard = heard.concat();
            assert!(heard.contains("no handshake") && !heard.contains("LOGIN"), "{heard}");
        }
    }
}

#[tokio::test]
async fn a_good_certificate_is_believed() {
    for tls in [Tls::Implicit, Tls::Starttls] {
        let (told, heard) = approach(&Flaw::None, tls, true).await;
        assert_eq!(told, "3 mails", "{heard:?}");
        assert!(heard.concat().contains("LOGIN"));
    }
}
