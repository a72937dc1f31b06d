//! `[imap.oauth2]`. The big providers are known by name; any other server is told in full.

use std::path::Path;

use super::login::secret_of;
use super::section::Section;
use super::settings::{Place, resolve};
use super::value::{self, Read, Value, quoted, wrong};
use crate::config::{Flow, OAuth2};

/// The keys by which the client proves itself.
const SECRETS: [&str; 4] =
    ["client_secret", "client_secret_file", "client_secret_command", "client_secret_env"];

/// The file of the tokens, in `data_dir`.
const TOKENS: &str = "oauth2.json";

/// Stands in a known place for the key of that name.
const TENANT: &str = "{tenant}";

/// What is known of a provider.
struct Preset {
    name: &'static str,
    authorization: &'static str,
    device: Option<&'static str>,
    token: &'static str,
    scopes: &'static [&'static str],
    /// For the grant in which nobody is asked.
    own_scopes: &'static [&'static str],
    /// What the page of permission wants besides.
    extra: &'static [(&'static str, &'static str)],
}

/// As the providers document them. Google permits no mail scope to devices without a browser.
const PRESETS: [Preset; 2] = [
    Preset {
        name: "google",
        authorization: "https://accounts.google.com/o/oauth2/v2/auth",
        device: None,
        token: "https://oauth2.googleapis.com/token",
        scopes: &["https://mail.google.com/"],
        own_scopes: &[],
        extra: &[("access_type", "offline"), ("prompt", "consent")],
    },
    Preset {
        name: "microsoft",
        authorization: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        device: Some("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode"),
        token: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        scopes: &[
            "https://outlook.office.com/IMAP.AccessAsUser.All",
            "https://outlook.office.com/SMTP.Send",
            "offline_access",
        ],
        own_scopes: &["https://outlook.office365.com/.default"],
        extra: &[],
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Browser,
    Device,
    ClientCredentials,
}

const WAYS: [(&str, Way); 3] = [
    ("browser", Way::Browser),
    ("device", Way::Device),
    ("client-credentials", Way::ClientCredentials),
];

/// What is written of it; the inner `None` is what was complained about.
pub type Written = Option<Option<OAuth2>>;

/// The section of `[imap]`, if it is written.
pub fn oauth2(imap: &Section<'_>, place: &Place, data_dir: &Path) -> Written {
    imap.has("oauth2").then(|| read(imap, place, data_dir))
}

fn read(imap: &Section<'_>, place: &Place, data_dir: &Path) -> Option<OAuth2> {
    let section = imap.table("oauth2", "imap.oauth2");
    let preset = section.optional("provider", provider);
    let way = section.optional("flow", value::one_of(&WAYS));
    let way = if section.has("flow") { way } else { Some(Way::Browser) };
    let client_id = section.required("client_id", "who the desk is to the provider", value::text);
    let secret_expires = section.optional("secret_expires", value::date);
    let ca_file = section.optional("ca_file", value::text).map(|path| resolve(&path, place));
    let client_secret = secret_of(&section, &SECRETS, place);
    let port = section.optional("redirect_port", value::port);
    let places = places(&section, preset);
    let scopes = section.optional("scopes", value::list(value::text));
    let scopes = scopes.or_else(|| (!section.has("scopes")).then(|| known_scopes(preset, way)));
    if way == Some(Way::ClientCredentials) && client_secret.is_none() {
        let keys = SECRETS.join(", ");
        let what =
            format!("\"client-credentials\" needs the client's own proof; add one of {keys}");
        section.complain("flow", what);
    }
    if way != Some(Way::Browser) && section.has("redirect_port") {
        section.complain("redirect_port", "is for flow = \"browser\" only");
    }
    let flow = flow(&section, way?, (preset, &places), port);
    let token_url = places.token.or_else(|| missing(&section, "token_url", preset));
    Some(OAuth2 {
        client_id: client_id?,
        client_secret,
        secret_expires,
        flow: flow?,
        token_url: token_url?,
        scopes: scopes?,
        ca_file,
        tokens: data_dir.join(TOKENS),
    })
}

/// Where the parts of a provider are, as written or as known.
struct Places {
    authorization: Option<String>,
    device: Option<String>,
    token: Option<String>,
}

fn places(section: &Section<'_>, preset: Option<&'static Preset>) -> Places {
    let tenant = section.optional("tenant", tenant);
    if section.has("tenant") && !preset.is_some_and(|one| one.token.contains(TENANT)) {
        section.complain("tenant", "is for provider = \"microsoft\" only");
    }
    let tenant = tenant.as_deref().unwrap_or("common");
    let place = |key: &str, known: Option<&str>| {
        let written = section.optional(key, url);
        written.or_else(|| known.map(|known| known.replace(TENANT, tenant)))
    };
    Places {
        authorization: place("authorization_url", preset.map(|one| one.authorization)),
        device: place("device_url", preset.and_then(|one| one.device)),
        token: place("token_url", preset.map(|one| one.token)),
    }
}

fn known_scopes(preset: Option<&'static Preset>, way: Option<Way>) -> Vec<String> {
    let known = preset.map_or(&[][..], |preset| match way {
        Some(Way::ClientCredentials) => preset.own_scopes,
        _ => preset.scopes,
    });
    known.iter().map(|scope| (*scope).to_owned()).collect()
}

fn flow(
    section: &Section<'_>,
    way: Way,
    (preset, places): (Option<&'static Preset>, &Places),
    port: Option<u16>,
) -> Option<Flow> {
    match way {
        Way::Browser => {
            let url = places.authorization.clone();
            let url = url.or_else(|| missing(section, "authorization_url", preset))?;
            let extra = preset.map_or(&[][..], |preset| preset.extra).iter();
            let extra = extra.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            Some(Flow::Browser { url, extra: extra.collect(), port })
        }
        Way::Device if preset.is_some() && places.device.is_none() => {
            section.complain(
                "flow",
                "this provider permits no mailbox to a device without browser; use \"browser\": its answer can be pasted where the browser is on another machine",
            );
            None
        }
        Way::Device => {
            let url = places.device.clone();
            Some(Flow::Device { url: url.or_else(|| missing(section, "device_url", preset))? })
        }
        Way::ClientCredentials if preset.is_some_and(|one| one.own_scopes.is_empty()) => {
            section.complain(
                "flow",
                "this provider gives no mailbox to a client alone; use \"browser\"",
            );
            None
        }
        Way::ClientCredentials => Some(Flow::ClientCredentials),
    }
}

/// Complains of a place that is neither written nor known.
fn missing(section: &Section<'_>, key: &str, preset: Option<&Preset>) -> Option<String> {
    if !section.has(key) && preset.is_none() && !section.has("provider") {
        section.complain(
            key,
            "is missing: without provider = \"google\" or \"microsoft\" the place must be told",
        );
    }
    None
}

fn provider(value: &Value<'_>) -> Read<&'static Preset> {
    let name = value::text(value)?;
    match PRESETS.iter().find(|preset| preset.name == name) {
        Some(preset) => Ok(preset),
        None => wrong(
            value,
            format!(
                "{} is not known; \"google\" and \"microsoft\" are, any other is told by authorization_url, token_url and scopes",
                quoted(&name)
            ),
        ),
    }
}

/// What stands in the path of a URL.
fn tenant(value: &Value<'_>) -> Read<String> {
    let name = value::text(value)?;
    match name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)) {
        true => Ok(name),
        false => wrong(value, "must be the id or the domain of your organisation at Microsoft"),
    }
}

/// HTTPS, or HTTP to this very machine.
fn url(value: &Value<'_>) -> Read<String> {
    let text = value::text(value)?;
    let Ok(parsed) = oauth2::url::Url::parse(&text) else {
        return wrong(value, format!("{} is not a URL", quoted(&text)));
    };
    let local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match (parsed.scheme(), local) {
        ("https", _) | ("http", true) => Ok(text),
        ("http", false) => {
            wrong(value, "must begin with https: anyone on the way would read the tokens")
        }
        _ => wrong(value, "must begin with https"),
    }
}
