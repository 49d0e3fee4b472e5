//! What Claude Code is told.

use std::fs;

use super::*;

#[tokio::test]
async fn files_come_with_the_prompt() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, media_type: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        Attachment { path, name: name.to_owned(), media_type: media_type.to_owned() }
    };
    let gone = Attachment {
        path: "/no/such".into(),
        name: "gone.txt".to_owned(),
        media_type: "text/plain".to_owned(),
    };
    let files = [
        file("a.png", "image/png", b"\x89PNG"),
        file("notes.md", "text/markdown", b"# Notes"),
        file("data.json", "application/json", b"{}"),
        file("b.zip", "application/zip", b"PK\0\0"),
        file("huge.jpg", "image/jpeg", &vec![0; 3_700_001]),
        file("c.svg", "image/svg+xml", b"<svg/>"),
        gone,
    ];
    let path = |name: &str| directory.path().join(name).display().to_string();
    assert_eq!(
        content("Look.", &files).await,
        json!([
            { "type": "text", "text": "Look." },
            { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "iVBORw==" } },
            { "type": "text", "text": "The file `notes.md`:\n\n# Notes" },
            { "type": "text", "text": "The file `data.json`:\n\n{}" },
            { "type": "text", "text": format!("The file `b.zip` (application/zip) is at {}", path("b.zip")) },
            { "type": "text", "text": format!("The file `huge.jpg` (image/jpeg) is at {}", path("huge.jpg")) },
            { "type": "text", "text": format!("The file `c.svg` (image/svg+xml) is at {}", path("c.svg")) },
            { "type": "text", "text": "The file `gone.txt` (text/plain) is at /no/such" },
        ])
    );
    assert_eq!(content("-p", &[]).await, json!("-p"));
    assert_eq!(content(" ", &files[..1]).await.as_array().unwrap().len(), 1);
}
