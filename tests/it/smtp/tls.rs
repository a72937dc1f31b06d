//! Certificates and STARTTLS: whatever is not as safe as configured gets no mail and no password.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

use super::*;

type Script = &'static [(&'static str, Act)];

/// An authority, and what it signed.
struct Keys {
    folder: tempfile::TempDir,
    acceptor: TlsAcceptor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    Expired,
    WrongName,
    /// Signed by nobody we trust.
    Stranger,
    /// The authority's own certificate is shown.
    Authority,
}

fn keys(flaw: Flaw) -> Keys {
    let folder = tempfile::tempdir().unwrap();
    let mut authority = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let name = if flaw == Flaw::WrongName { "elsewhere.test" } else { "localhost" };
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if flaw == Flaw::Expired {
        (params.not_before, params.not_after) =
            (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    }
    let own = KeyPair::generate().unwrap();
    let (shown, key) = match flaw {
        Flaw::Authority => (authority.der().clone(), authority.key().serialize_der()),
        Flaw::Stranger => (params.self_signed(&own).unwrap().der().clone(), own.serialize_der()),
        _ => (params.signed_by(&own, &authority).unwrap().der().clone(), own.serialize_der()),
    };
    std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![shown], PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key)))
        .unwrap();
    Keys { folder, acceptor: TlsAcceptor::from(Arc::new(config)) }
}

fn relay(sink: &Sink, keys: &Keys, tls: Tls) -> SmtpRelay {
    let server = Server {
        host: "localhost".to_owned(),
        ca_file: Some(keys.folder.path().join("ca.pem")),
        ..server(sink.port, tls)
    };
    SmtpRelay::new(with_login(server), "desk.test").with_deadlines(patient())
}

#[tokio::test]
async fn a_good_certificate_carries_login_and_mail() {
    let keys = keys(Flaw::None);
    for (tls, implicit) in [(Tls::Implicit, true), (Tls::Starttls, false)] {
        let sink = Sink::start_tls(&[&[]], Some(keys.acceptor.clone()), implicit).await;
        let mut relay = relay(&sink, &keys, tls);
        let large = b"Subject: x\r\n\r\n.dots\r\n".repeat(20_000);
        for mail in [MAIL, &large] {
            let outcome = relay.hand_over(&envelope("carol@customer.test"), mail).await;
            assert_eq!(kind(&outcome), Want::Accepted, "{tls:?}: {outcome:?}");
        }
        assert!(sink.seen().mails == [MAIL, &large], "{tls:?}: byte for byte");
        assert!(sink.seen().commands.iter().any(|command| command.starts_with("AUTH PLAIN")));
    }
}

#[tokio::test]
async fn p22_a_bad_certificate_gets_neither_password_nor_mail() {
    let cases = [
        (Flaw::Expired, "expired"),
        (Flaw::WrongName, "does not bear the name localhost"),
        (Flaw::Stranger, "nobody this machine trusts"),
        (Flaw::Authority, "CA:FALSE"),
    ];
    for (flaw, wanted) in cases {
        let keys = keys(flaw);
        for (tls, implicit) in [(Tls::Implicit, true), (Tls::Starttls, false)] {
            let sink = Sink::start_tls(&[&[]], Some(keys.acceptor.clone()), implicit).await;
            let outcome = send(&mut relay(&sink, &keys, tls)).await;
            assert_eq!(kind(&outcome), Want::Insecure, "{flaw:?} {tls:?}: {outcome:?}");
            assert!(words(&outcome).contains(wanted), "{flaw:?}: {outcome:?}");
            let commands = sink.seen().commands;
            assert!(
                !commands
                    .iter()
                    .any(|command| command.starts_with("AUTH") || command.starts_with("MAIL")),
                "{commands:?}"
            );
        }
    }
}

#[tokio::test]
async fn p23_starttls_that_is_missing_refused_or_injected_into_is_insecure() {
    let keys = keys(Flaw::None);
    let cases: [(Script, Want, &str); 4] = [
        (&[("EHLO", Say("250-mx.test\r\n250 AUTH PLAIN"))], Want::Insecure, "offers no STARTTLS"),
        (&[("STARTTLS", Say("502 no such thing"))], Want::Insecure, "refuses STARTTLS"),
        (&[("STARTTLS", Act::Inject("220 go\r\n250 injected\r\n"))], Want::Insecure, "before TLS"),
        (&[("STARTTLS", Say("454 not now"))], Want::Lost, "not now"),
    ];
    for (script, want, wanted) in cases {
        let sink = Sink::start_tls(&[script], Some(keys.acceptor.clone()), false).await;
        let outcome = send(&mut relay(&sink, &keys, Tls::Starttls)).await;
        assert_eq!(kind(&outcome), want, "{script:?}: {outcome:?}");
        assert!(words(&outcome).contains(wanted), "{outcome:?}");
        let commands = sink.seen().commands;
        assert!(
            !commands
                .iter()
                .any(|command| command.starts_with("AUTH") || command.starts_with("MAIL")),
            "{commands:?}"
        );
    }
}

#[tokio::test]
async fn what_was_offered_before_tls_does_not_count() {
    let keys = keys(Flaw::None);
    let before = "250-mx.test\r\n250-STARTTLS\r\n250-SIZE 1\r\n250 AUTH PLAIN";
    let sink =
        Sink::start_tls(&[&[("EHLO", Say(before))]], Some(keys.acceptor.clone()), false).await;
    assert_eq!(kind(&send(&mut relay(&sink, &keys, Tls::Starttls)).await), Want::Accepted);
}

#[tokio::test]
async fn a_server_without_tls_on_a_tls_port_is_insecure() {
    let keys = keys(Flaw::None);
    let sink = Sink::start(&[&[]]).await;
    let outcome = send(&mut relay(&sink, &keys, Tls::Implicit)).await;
    assert_eq!(kind(&outcome), Want::Insecure, "{outcome:?}");
    assert!(words(&outcome).contains("does not speak TLS"), "{outcome:?}");
    assert!(sink.seen().mails.is_empty());
}

#[tokio::test]
async fn a_ca_file_that_is_missing_or_empty_is_insecure() {
    let keys = keys(Flaw::None);
    let sink = Sink::start_tls(&[&[]], Some(keys.acceptor.clone()), true).await;
    let path = keys.folder.path().join("ca.pem");
    std::fs::write(&path, "nothing").unwrap();
    let outcome = send(&mut relay(&sink, &keys, Tls::Implicit)).await;
    assert_eq!(kind(&outcome), Want::Insecure);
    assert!(words(&outcome).contains("holds no certificate"), "{outcome:?}");
    std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        .unwrap();
    let outcome = send(&mut relay(&sink, &keys, Tls::Implicit)).await;
    assert!(words(&outcome).contains("cannot be read"), "{outcome:?}");
    std::fs::remove_file(&path).unwrap();
    let outcome = send(&mut relay(&sink, &keys, Tls::Implicit)).await;
    assert!(kind(&outcome) == Want::Insecure && words(&outcome).contains("ca.pem"), "{outcome:?}");
}
