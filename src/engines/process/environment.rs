//! What a program of an engine sees of Adjutant's own environment: a short list, so that no secret is in it.

use std::ffi::{OsStr, OsString};

/// The variables that are passed on, besides all that begin with `LC_`.
pub const PASSED_ON: [&str; 8] = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TMPDIR", "TZ"];

/// Whether a variable is passed on, or set for every program.
#[must_use]
pub fn is_passed_on(name: &str) -> bool {
    name == "TERM" || name.starts_with("LC_") || PASSED_ON.contains(&name)
}

/// The environment of a program: what is passed on of `own`, and a terminal that can do nothing.
pub fn inherited(
    own: impl IntoIterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    own.into_iter()
        .filter(|(name, _)| name != "TERM" && name.to_str().is_some_and(is_passed_on))
        .chain([("TERM".into(), OsStr::new("dumb").to_owned())])
}
