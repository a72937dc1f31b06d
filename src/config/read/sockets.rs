//! Addresses with a port.

use std::net::{IpAddr, SocketAddr};

use super::value::{Read, Value, quoted, text, wrong};

/// A name server: an IP address, with a port if it is not 53.
pub fn name_server(value: &Value<'_>) -> Read<SocketAddr> {
    const DNS_PORT: u16 = 53;
    let text = text(value)?;
    let bare = text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DNS_PORT));
    match text.parse::<SocketAddr>().or(bare) {
        Ok(server) if server.port() != 0 => Ok(server),
        _ => wrong(
            value,
            format!(
                "{} is not the address of a name server, such as \"192.0.2.53\" or \"127.0.0.1:5353\"",
                quoted(&text)
            ),
        ),
    }
}

/// A port of this very machine, such as `127.0.0.1:9464`.
pub fn loopback(value: &Value<'_>) -> Read<SocketAddr> {
    let text = text(value)?;
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() && address.port() != 0 => Ok(address),
        Ok(address) if address.port() != 0 => wrong(
            value,
            format!(
                "{} can be reached from elsewhere; only this machine may ask (127.0.0.1 or [::1])",
                quoted(&text)
            ),
        ),
        _ => wrong(
            value,
            format!("{} is no address and port, such as \"127.0.0.1:9464\"", quoted(&text)),
        ),
    }
}
