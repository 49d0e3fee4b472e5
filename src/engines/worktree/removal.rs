//! Directories of ours, removed with all that is in them. Follows no link, and touches nothing outside.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What the owner of a directory needs to empty it.
const OWN: u32 = 0o700;

/// Removes a directory that is one: of a link, nothing.
pub(super) async fn remove_directory(path: &Path) -> Result<(), String> {
    match tokio::fs::symlink_metadata(path).await {
        Ok(found) if found.is_dir() => {
            let Err(first) = tokio::fs::remove_dir_all(path).await else { return Ok(()) };
            tracing::debug!(path = %path.display(), %first, "made writable, and tried once more");
            let below = path.to_owned();
            // What cannot be made writable shows in what follows.
            let _ = tokio::task::spawn_blocking(move || make_writable(&below)).await;
            match tokio::fs::remove_dir_all(path).await {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(format!("{} cannot be removed: {error}", path.display()))
                }
                Ok(()) | Err(_) => Ok(()),
            }
        }
        Ok(_) => Err(format!("{} is no directory", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{} cannot be looked at: {error}", path.display())),
    }
}

/// Lets the owner empty a directory and those in it, as module caches and some builds do not.
fn make_writable(directory: &Path) {
    let mut found = vec![directory.to_owned()];
    while let Some(directory) = found.pop() {
        // No link is among them.
        if let Ok(known) = directory.symlink_metadata()
            && known.is_dir()
            && known.permissions().mode() & OWN != OWN
        {
            let mode = known.permissions().mode() | OWN;
            if let Err(error) = std::fs::set_permissions(&directory, Permissions::from_mode(mode)) {
                tracing::debug!(path = %directory.display(), %error, "cannot be made writable");
            }
        }
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        let entries = entries.flatten();
        found.extend(entries.filter(|e| e.file_type().is_ok_and(|kind| kind.is_dir())).map(|e| e.path()));
    }
}
