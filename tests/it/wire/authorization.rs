//! An authorization server on loopback (`authorization.py`, on Authlib), and the person who sits at
//! its page with a browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::account::free_port;
use super::certificates::{Flaw, make};

/// The server; ends when dropped.
#[derive(Debug)]
pub struct Authorization {
    pub port: u16,
    pub tls_port: u16,
    child: Child,
    dir: TempDir,
}

impl Authorization {
    pub fn start() -> Self {
        let certificate = make(Flaw::None);
        let dir = tempfile::Builder::new().prefix("postdesk-oauth2-").tempdir().unwrap();
        let file = |name: &str, text: &str| {
            std::fs::write(dir.path().join(name), text).unwrap();
            dir.path().join(name)
        };
        file("ca.pem", &certificate.ca);
        let (leaf, key) = (file("leaf.pem", &certificate.leaf), file("key.pem", &certificate.key));
        let (port, tls_port) = (free_port(), free_port());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/wire/authorization.py");
        let mut child = Command::new("/usr/bin/python3")
            .args([script, &port.to_string(), &tls_port.to_string()])
            .args([leaf, key])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 (tests/run.sh installs it)");
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(
            ready, "ready\n",
            "python3-authlib and python3-flask: tests/run.sh installs them"
        );
        Self { port, tls_port, child, dir }
    }

    /// The PEM file of the authority of its certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// `[imap.oauth2]` for a client and a flow.
    pub fn settings(&self, client: &str, flow: &str) -> String {
        let (port, tls, ca) = (self.port, self.tls_port, self.ca_file());
        let place = match flow {
            "browser" => format!("authorization_url = \"http://127.0.0.1:{port}/authorize\""),
            "device" => format!("device_url = \"https://localhost:{tls}/device\""),
            _ => "client_secret = \"client-s3cret\"".to_owned(),
        };
        format!(
            "[imap.oauth2]\nclient_id = \"{client}\"\nflow = \"{flow}\"\n{place}\n\
             token_url = \"https://localhost:{tls}/token\"\nscopes = [\"mail\"]\nca_file = \"{}\"\n",
            ca.display()
        )
    }

    /// Tells the server what shall be; its counts come back.
    pub fn admin(&self, what: &str, value: &str) -> serde_json::Value {
        let (_, body) = http(self.port, "POST", &format!("/admin/{what}?value={value}"));
        serde_json::from_str(&body).unwrap()
    }

    /// How many tokens it has given out by that grant.
    pub fn count(&self, grant: &str) -> u64 {
        self.admin("counts", "")[grant].as_u64().unwrap_or(0)
    }
}

impl Drop for Authorization {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Opens a page and follows where it leads, as a browser does; the last page.
pub fn browse(url: &str) -> String {
    let mut url = url.to_owned();
    for _ in 0..3 {
        let rest = url.strip_prefix("http://").expect("plain HTTP");
        let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let port = host.rsplit(':').next().unwrap().parse().unwrap();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let (head, body) = http(port, "GET", &path);
        match head.lines().find_map(|line| line.strip_prefix("Location: ")) {
            Some(next) => url = next.to_owned(),
            None => return body,
        }
    }
    panic!("{url} leads on and on");
}

fn http(port: u16, method: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}
