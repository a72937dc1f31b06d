//! `username` and what proves it: a password, read from one of four places, or the tokens of
//! `[imap.oauth2]`.

use super::oauth2::Written;
use super::section::Section;
use super::settings::{Place, resolve};
use super::value::{self, Read, Value, wrong};
use crate::config::{Login, Proof, Secret};

/// The same four places for each secret, in this order.
const PASSWORDS: [&str; 4] = ["password", "password_file", "password_command", "password_env"];

/// User name and proof come together or not at all.
pub fn login(section: &Section<'_>, place: &Place, oauth2: &Written) -> Option<Login> {
    let username = section.optional("username", value::text);
    let password = secret_of(section, &PASSWORDS, place);
    let given = PASSWORDS.into_iter().find(|key| section.has(key));
    match (section.has("username"), given, oauth2) {
        (true, None, None) => section.complain(
            "username",
            format!(
                "has no password beside it; add one of {}, or [imap.oauth2]",
                PASSWORDS.join(", ")
            ),
        ),
        (false, Some(key), _) => section.complain(key, "has no username beside it"),
        (_, Some(key), Some(_)) if section.has("oauth2") => {
            section.complain(key, "stands beside [imap.oauth2]; only one of them can be meant")
        }
        _ => {}
    }
    let proof = match (given, oauth2) {
        (None, Some(oauth2)) => Proof::OAuth2(oauth2.clone()?),
        _ => Proof::Password(password?),
    };
    Some(Login { username: username?, proof })
}

/// A secret from one of its places; complains of a second one.
pub fn secret_of(section: &Section<'_>, keys: &[&str; 4], place: &Place) -> Option<Secret> {
    let [here, file, command, environment] = *keys;
    let given: Vec<&str> = keys.iter().copied().filter(|key| section.has(key)).collect();
    for other in given.iter().skip(1) {
        let first = given.first().copied().unwrap_or_default();
        section.complain(other, format!("stands beside {first}; only one of them can be meant"));
    }
    let path = |path: String| Secret::File(resolve(&path, place));
    let found = [
        section.optional(here, value::secret).map(|text| Secret::Text(text.into())),
        section.optional(file, value::text).map(path),
        section.optional(command, value::command).map(Secret::Command),
        section.optional(environment, variable).map(Secret::Environment),
    ];
    found.into_iter().flatten().next()
}

/// The name of an environment variable; what is not one is perhaps the password itself, so it is
/// not quoted.
fn variable(value: &Value<'_>) -> Read<String> {
    let name = value::text(value)?;
    let sound = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if sound {
        Ok(name)
    } else {
        wrong(value, "must be the name of an environment variable, such as POSTDESK_PASSWORD")
    }
}
