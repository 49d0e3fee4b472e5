//! What a program of an engine sees of Adjutant's own environment: what it needs to work as in the person's terminal,
//! and no secret.
//!
//! Whatever holds a key or opens a door to one (keys of services, `SSH_AUTH_SOCK`, the session bus) is for the list of
//! the engine that needs it.

use std::ffi::{OsStr, OsString};

/// The variables that are passed on, besides all that begin with `LC_`.
pub const PASSED_ON: [&str; 15] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "TMPDIR",
    "TZ",
    // Where agents keep their settings and logins.
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    // Whom they trust, behind a company's proxy.
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
];

/// The ways to the network, in either case. Passed on as long as there is no password in them.
const PROXIES: [&str; 4] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

/// Adjutant's own secrets. No program gets them, not even one that an engine's list gives them to.
const WITHHELD: [&str; 2] = ["TELOXIDE_TOKEN", "TELOXIDE_PROXY"];

/// Whether a variable is passed on, or set for every program.
#[must_use]
pub fn is_passed_on(name: &str) -> bool {
    name == "TERM" || name.starts_with("LC_") || PASSED_ON.contains(&name) || is_proxy(name)
}

/// Whether no program may have a variable, whatever anybody says.
#[must_use]
pub fn is_withheld(name: &str) -> bool {
    WITHHELD.contains(&name)
}

/// The environment of a program: what is passed on of `own`, and a terminal that can do nothing.
pub fn inherited(
    own: impl IntoIterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    own.into_iter()
        .filter(|(name, value)| {
            let Some(name) = name.to_str() else { return false };
            let secret = is_proxy(name) && value.as_encoded_bytes().contains(&b'@');
            name != "TERM" && is_passed_on(name) && !secret
        })
        .chain([("TERM".into(), OsStr::new("dumb").to_owned())])
}

fn is_proxy(name: &str) -> bool {
    PROXIES.iter().any(|proxy| *proxy == name || proxy.to_lowercase() == name)
}
