//! Files within a workspace: what is named here lies in it, whatever symbolic links lie there. Blocking.
//!
//! Knows paths only: not who asks for them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use crate::domain::policy::{Target, ToolUse};

/// How many links are followed from one path, as by the system.
const LINKS: usize = 40;

/// The workspace without symbolic links, so that what is shown is where things happen.
///
/// # Errors
/// That it is gone, for a person.
pub(in crate::engines) fn real_directory(workspace: &Path) -> Result<PathBuf, String> {
    match workspace.canonicalize() {
        Ok(path) if path.is_dir() => Ok(path),
        Ok(_) | Err(_) => Err(format!(
            "the workspace {} is not there any more; choose another with /workspace",
            workspace.display()
        )),
    }
}

/// Checks a path as a script writes it, before there is a workspace.
///
/// # Errors
/// What is wrong with it, for the script's author.
pub(in crate::engines) fn check_path(path: &str) -> Result<(), String> {
    let mut components = Path::new(path).components().peekable();
    if components.peek().is_none() || path.contains('\0') || path.ends_with('/') {
        return Err(format!("{path:?} is not the path of a file"));
    }
    if components.all(|component| matches!(component, Component::Normal(_))) {
        return Ok(());
    }
    Err(format!("{path:?} must lie in the workspace: a relative path without `.` and `..`"))
}

/// An existing file.
///
/// # Errors
/// Why there is none in the workspace, for a person.
pub(in crate::engines) fn existing(workspace: &Path, path: &str) -> Result<PathBuf, String> {
    let found = workspace.join(path).canonicalize().map_err(|error| format!("`{path}`: {error}"))?;
    inside(workspace, &found, path)?;
    if found.is_file() { Ok(found) } else { Err(format!("`{path}` is not a file")) }
}

/// Where a file is to be written: no part of the path leads out of the workspace.
///
/// # Errors
/// Why it cannot be there, for a person.
pub(in crate::engines) fn target(workspace: &Path, path: &str) -> Result<PathBuf, String> {
    let wanted = workspace.join(path);
    let mut missing = Vec::new();
    let mut at = wanted.as_path();
    // The file itself may be anything but a directory: it is replaced, a link is not followed.
    while let (Some(parent), Some(name)) = (at.parent(), at.file_name()) {
        missing.push(name);
        at = parent;
        if at.symlink_metadata().is_ok() {
            break;
        }
    }
    let mut place = at.canonicalize().map_err(|error| format!("`{path}`: {error}"))?;
    inside(workspace, &place, path)?;
    place.extend(missing.into_iter().rev());
    if place.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(format!("`{path}` is a directory"));
    }
    Ok(place)
}

/// A use of a tool, with the places to which its paths lead besides what they are called.
pub(in crate::engines) fn followed(mut used: ToolUse) -> ToolUse {
    // Where it cannot be told it may be anywhere.
    let anywhere = || "/".to_owned();
    let real = |target: &Target| match target {
        Target::Path(path) if path.starts_with('/') => {
            Some(real(Path::new(path)).unwrap_or_else(anywhere)).filter(|real| real != path).map(Target::Path)
        }
        Target::Path(_) | Target::Url(_) | Target::Name(_) | Target::Unclear(_) | Target::Unjudged(_) => None,
    };
    let led: Vec<Target> = used.targets.iter().filter_map(real).collect();
    used.targets.extend(led);
    used
}

/// Where an absolute path leads, as far as it exists; a link that leads nowhere yet leads where a file would be created.
/// `None` when that cannot be told.
fn real(path: &Path) -> Option<String> {
    let mut at = PathBuf::from("/");
    let mut left: Vec<PathBuf> = parts(path);
    let mut links = 0;
    while let Some(part) = left.pop() {
        if part == Path::new("..") {
            at.pop();
            continue;
        }
        match at.join(&part).read_link() {
            Ok(_) if links == LINKS => return None,
            Ok(to) => {
                links += 1;
                if to.is_absolute() {
                    at = PathBuf::from("/");
                }
                left.extend(parts(&to));
            }
            // No link, or nothing at all.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidInput | io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                at.push(part);
            }
            Err(_) => return None,
        }
    }
    at.to_str().map(str::to_owned)
}

/// The names in a path that lead somewhere, the first one last.
fn parts(path: &Path) -> Vec<PathBuf> {
    let names = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    names.rev().map(|part| PathBuf::from(part.as_os_str())).collect()
}

/// The places that a program may mean by a path: as it is written, and as it may be understood. What lies at somebody's
/// home, or is an address, lies elsewhere.
pub(in crate::engines) fn meant(directory: &Path, path: &str) -> Vec<Target> {
    let trimmed = path.trim();
    let of_file = |rest: &str| format!("/{}", rest.trim_start_matches('/').trim_start_matches("localhost/"));
    let understood = match trimmed.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") && !rest.contains('%') => of_file(rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("file") || rest.starts_with("//") => {
            "/".to_owned()
        }
        _ if trimmed.starts_with(['~', '$']) => format!("/{trimmed}"),
        _ => trimmed.to_owned(),
    };
    let mut places = vec![directory.join(path).display().to_string()];
    let understood = directory.join(understood).display().to_string();
    if understood != places[0] {
        places.push(understood);
    }
    places.into_iter().map(Target::Path).collect()
}

fn inside(workspace: &Path, found: &Path, path: &str) -> Result<(), String> {
    if found.starts_with(workspace) { Ok(()) } else { Err(format!("`{path}` leads out of the workspace")) }
}

/// Writes a whole file in one instant: whoever reads it sees the old content or the new. Keeps the permissions.
///
/// # Errors
/// What the system says.
pub(in crate::engines) fn replace(target: &Path, content: &str) -> io::Result<()> {
    let directory = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(directory)?;
    let temporary = directory.join(format!(".adjutant-{}", uuid::Uuid::new_v4().simple()));
    let written = write_new(&temporary, target, content).and_then(|()| fs::rename(&temporary, target));
    if written.is_err() {
        // It may not have come to be at all.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_new(temporary: &Path, target: &Path, content: &str) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).open(temporary)?;
    if let Ok(old) = target.symlink_metadata().and_then(|metadata| {
        if metadata.is_file() { Ok(metadata.permissions()) } else { Err(io::ErrorKind::NotFound.into()) }
    }) {
        file.set_permissions(old)?;
    }
    file.write_all(content.as_bytes())?;
    file.sync_all()
}
