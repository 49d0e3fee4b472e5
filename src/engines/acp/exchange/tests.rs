//! Which files an agent may read and write through us, and how.

use std::fs;
use std::os::unix::fs::symlink;

use super::*;

fn reach(workspace: &Path) -> Reach {
    Reach { workspace: workspace.canonicalize().unwrap(), attachments: Vec::new(), references: Vec::new() }
}

fn reading(path: &Path) -> ReadTextFileRequest {
    ReadTextFileRequest::new("s", path)
}

#[test]
fn lines_are_counted_from_one() {
    let content = "one\ntwo\r\nthree";
    for (first, limit, expected) in [
        (None, None, content),
        (Some(1), Some(1), "one\n"),
        (Some(0), Some(1), "one\n"),
        (Some(2), None, "two\r\nthree"),
        (Some(3), Some(9), "three"),
        (Some(4), None, ""),
        (None, Some(0), ""),
        (Some(u32::MAX), Some(u32::MAX), ""),
    ] {
        assert_eq!(lines(content.to_owned(), first, limit), expected, "{first:?} {limit:?}");
    }
}

#[test]
fn what_lies_elsewhere_is_out_of_reach() {
    let (workspace, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let secret = elsewhere.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    symlink(&secret, workspace.path().join("file")).unwrap();
    symlink(elsewhere.path(), workspace.path().join("directory")).unwrap();
    let reach = reach(workspace.path());
    for path in
        ["file", "directory/secret", "../secret", "/etc/passwd", secret.to_str().unwrap(), "missing", "."]
    {
        let path = workspace.path().join(path);
        assert!(reach.read(&reading(&path)).is_err(), "{}", path.display());
    }
    for path in ["directory/secret", "directory/new", "a/../../new", "/etc/new", "."] {
        let path = workspace.path().join(path);
        assert!(reach.write(&WriteTextFileRequest::new("s", &path, "x")).is_err(), "{}", path.display());
    }
    // A link is replaced, not followed.
    reach.write(&WriteTextFileRequest::new("s", workspace.path().join("file"), "ours")).unwrap();
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
    assert_eq!(reach.read(&reading(&workspace.path().join("file"))).unwrap(), "ours");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_came_with_the_prompt_can_be_read_and_not_written() {
    let (workspace, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let photo = elsewhere.path().join("notes.txt");
    fs::write(&photo, "notes").unwrap();
    let reach = Reach { attachments: vec![photo.clone()], ..reach(workspace.path()) };
    assert_eq!(reach.read(&reading(&photo)).unwrap(), "notes");
    assert!(reach.write(&WriteTextFileRequest::new("s", &photo, "x")).is_err());
}

#[test]
fn what_is_too_large_or_no_text_is_refused() {
    let workspace = tempfile::tempdir().unwrap();
    let reach = reach(workspace.path());
    let large = "x".repeat(usize::try_from(LIMIT).unwrap() + 1);
    let path = workspace.path().join("file");
    assert!(
        reach.write(&WriteTextFileRequest::new("s", &path, large.clone())).unwrap_err().contains("larger")
    );
    fs::write(&path, large).unwrap();
    assert!(reach.read(&reading(&path)).unwrap_err().contains("larger"));
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(reach.read(&reading(&path)).unwrap_err().contains("not text"));
}
