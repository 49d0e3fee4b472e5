//! Whether the database is there, is private, and can be used. Looks on, also while a bot works with it.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::cli::text::short_path;
use crate::config::Database;
use crate::store::{Store, StoreError};

use super::Finding;
use super::setup::can_write_in;

const CHECK: &str = "database";

pub(super) async fn examine(database: &Database) -> Finding {
    match database {
        Database::Memory => {
            let text = "in memory: all tasks are forgotten when the bot ends";
            Finding::warn(CHECK, text, "set DATABASE_URL to a file, or remove it")
        }
        Database::File(path) => file(path).await,
    }
}

async fn file(path: &Path) -> Finding {
    let shown = short_path(path);
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    if !folder.is_dir() {
        let remedy = "create it, or set DATABASE_URL to another place";
        return Finding::fail(CHECK, format!("there is no directory {}", short_path(folder)), remedy);
    }
    // SQLite makes files of its own beside the database.
    if let Err(error) = can_write_in(folder) {
        let remedy = "make the directory writable, or set DATABASE_URL to another place";
        return Finding::fail(CHECK, format!("cannot make files in {}: {error}", short_path(folder)), remedy);
    }
    let mode = match fs::metadata(path) {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Finding::ok(CHECK, format!("{shown}, not there yet: `adjutant serve` makes it"));
        }
        Err(error) => return Finding::fail(CHECK, format!("{shown}: {error}"), "check the permissions"),
    };
    if let Err(error) = OpenOptions::new().write(true).open(path) {
        let remedy = "make it a file that you can write, or set DATABASE_URL to another";
        return Finding::fail(CHECK, format!("cannot write {shown}: {error}"), remedy);
    }
    match Store::open_read_only(path).await {
        Ok(store) => store.close().await,
        // Which of the two it is, older or newer, the text says.
        Err(error @ StoreError::Schema(_)) => {
            let remedy = "start `adjutant serve`; if it refuses, install the newer version";
            return Finding::warn(CHECK, format!("{shown}: {error}"), remedy);
        }
        Err(error) => {
            let remedy = "move the file away, or set DATABASE_URL to another";
            return Finding::fail(CHECK, format!("{shown}: {error}"), remedy);
        }
    }
    if mode & 0o077 == 0 {
        Finding::ok(CHECK, format!("{shown}, mode {mode:04o}, schema current"))
    } else {
        let text = format!("{shown} is open to other users of this computer (mode {mode:04o})");
        Finding::warn(CHECK, text, format!("chmod 600 {shown}"))
    }
}
