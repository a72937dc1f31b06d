//! Certificates of the test world: one authority, and leaves that are right or wrong in one way.
//! rustls refuses an authority's certificate as a server's, so the leaves are not authorities.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

/// What a server shows, and whom to trust for it; PEM.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub ca: String,
    pub leaf: String,
    pub key: String,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    Expired,
    WrongName,
    SelfSigned,
}

/// Makes one for `localhost` and 127.0.0.1.
pub fn make(flaw: Flaw) -> Certificate {
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let names = if flaw == Flaw::WrongName {
        vec!["elsewhere.test"]
    } else {
        vec!["localhost", "127.0.0.1"]
    };
    let mut leaf =
        CertificateParams::new(names.into_iter().map(str::to_owned).collect::<Vec<_>>()).unwrap();
    if flaw == Flaw::Expired {
        leaf.not_before = date_time_ymd(2020, 1, 1);
        leaf.not_after = date_time_ymd(2021, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let signed = if flaw == Flaw::SelfSigned {
        leaf.self_signed(&key)
    } else {
        leaf.signed_by(&key, &issuer)
    };
    Certificate { ca: ca_pem, leaf: signed.unwrap().pem(), key: key.serialize_pem() }
}
