//! Claude Code's own sessions are found and named.

use std::fs::FileTimes;
use std::time::Duration;

use serde_json::json;

use super::*;

const ONE: &str = "11111111-1111-4111-8111-111111111111";
const TWO: &str = "22222222-2222-4222-8222-222222222222";
const THREE: &str = "33333333-3333-4333-8333-333333333333";

/// Claude Code's own directory with one workspace's sessions.
struct Home {
    directory: tempfile::TempDir,
    folder: PathBuf,
}

impl Home {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("projects/-work-my-app");
        fs::create_dir_all(&folder).unwrap();
        Self { directory, folder }
    }

    /// A file that was last used so many seconds after the epoch.
    fn file(&self, name: &str, seconds: u64, text: &str) {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        let times = FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(seconds));
        File::options().write(true).open(path).unwrap().set_times(times).unwrap();
    }

    fn listed(&self) -> Vec<(String, String, i64)> {
        let sessions = sessions(self.directory.path(), Path::new("/work/my app")).unwrap();
        sessions
            .into_iter()
            .map(|session| (session.id.0, session.title, session.used_at.unwrap().0))
            .collect()
    }

    fn title(&self, lines: &[Value]) -> Option<String> {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.file(&format!("{ONE}.jsonl"), 1, &text);
        self.listed().into_iter().next().map(|(_, title, _)| title)
    }
}

fn user(text: &str) -> Value {
    json!({ "type": "user", "isSidechain": false, "message": { "role": "user", "content": text } })
}

#[test]
fn a_workspace_is_found_by_its_path() {
    for (path, name) in
        [("/work/my app", "-work-my-app"), ("/w/2.x_y-ä", "-w-2-x-y--"), ("/w/🦀", "-w---"), ("/", "-")]
    {
        assert_eq!(escaped(Path::new(path)), name);
    }
    let long = format!("/{}", "long-name/".repeat(30));
    let directory = tempfile::tempdir().unwrap();
    let projects = directory.path().join("projects");
    assert_eq!(directories(&projects, Path::new(&long)).unwrap(), Vec::<PathBuf>::new());
    let folder = projects.join(format!("{}-8e8s31", &escaped(Path::new(&long))[..200]));
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir_all(projects.join("-w")).unwrap();
    assert_eq!(directories(&projects, Path::new(&long)).unwrap(), [folder]);
}

#[test]
fn sessions_are_listed_latest_first() {
    let home = Home::new();
    let said = format!("{}\n", user("Fix the tests"));
    home.file(&format!("{ONE}.jsonl"), 1, &said);
    home.file(&format!("{TWO}.jsonl"), 3, &said);
    home.file(&format!("{THREE}.jsonl"), 2, &said);
    home.file("agent-a1b8.jsonl", 9, &said);
    home.file(&format!("{ONE}.json"), 9, &said);
    home.file("44444444-4444-4444-8444-444444444444.jsonl", 9, "{\"type\":\"file-history-snapshot\"}\n");
    home.file("55555555-5555-4555-8555-555555555555.jsonl", 9, "");
    fs::create_dir(home.folder.join("66666666-6666-4666-8666-666666666666.jsonl")).unwrap();
    let title = "Fix the tests".to_owned();
    let listed = [(TWO, 3000), (THREE, 2000), (ONE, 1000)];
    assert_eq!(home.listed(), listed.map(|(id, used)| (id.to_owned(), title.clone(), used)));
    let nowhere = sessions(home.directory.path(), Path::new("/other")).unwrap();
    assert_eq!(nowhere, []);
}

#[test]
fn no_more_are_listed_than_a_person_reads() {
    let home = Home::new();
    for number in 0..30 {
        home.file(&format!("{}.jsonl", Uuid::from_u128(u128::from(number))), number, &user("Hi").to_string());
    }
    let listed = home.listed();
    assert_eq!(listed.len(), 20);
    assert_eq!(listed[0].0, Uuid::from_u128(29).to_string());
}

#[test]
fn a_session_is_called_by_its_title_or_by_what_was_asked_first() {
    let home = Home::new();
    let caveat = user("<command-name>/clear</command-name>");
    let meta = json!({ "type": "user", "isMeta": true, "message": { "content": "Caveat" } });
    let blocks = json!({ "type": "user", "message": { "content": [{ "type": "image" }, { "type": "text", "text": "In blocks" }] } });
    let result =
        json!({ "type": "user", "message": { "content": [{ "type": "tool_result", "content": "x" }] } });
    let ai = json!({ "type": "ai-title", "aiTitle": "Repairs" });
    let custom = json!({ "type": "custom-title", "customTitle": "Mine" });
    let summary = json!({ "type": "summary", "summary": "A summary" });
    let last = json!({ "type": "last-prompt", "lastPrompt": "The last" });
    let side = json!({ "type": "user", "isSidechain": true, "message": { "content": "Sub" } });
    for (lines, title) in [
        (vec![meta.clone(), caveat.clone(), user("\n First \nmore"), user("Second")], Some("First")),
        (vec![result.clone(), blocks], Some("In blocks")),
        (vec![user("First"), ai.clone(), json!({ "type": "ai-title", "aiTitle": "Better" })], Some("Better")),
        (vec![user("First"), ai, custom], Some("Mine")),
        (vec![summary, user("First")], Some("A summary")),
        (vec![result, last], Some("The last")),
        (vec![meta, caveat], None),
        (vec![side, user("First")], None),
    ] {
        assert_eq!(home.title(&lines).as_deref(), title, "{lines:?}");
    }
    let long = home.title(&[user(&"ä".repeat(500))]).unwrap();
    assert!(long.chars().count() == 120 && long.ends_with('…'));
}

#[test]
fn of_a_huge_session_only_the_ends_are_read() {
    let home = Home::new();
    let path = home.folder.join(format!("{ONE}.jsonl"));
    let filler = format!("{}\n", json!({ "type": "assistant", "text": "x".repeat(1000) }));
    let mut text = format!("{}\n", user("First"));
    text.push_str(&filler.repeat(500));
    text.push_str(&format!("{}\n", json!({ "type": "summary", "summary": "Never read" })));
    text.push_str(&filler.repeat(500));
    fs::write(&path, &text).unwrap();
    assert_eq!(home.listed()[0].1, "First");
    text.push_str(&format!("{}\n", json!({ "type": "ai-title", "aiTitle": "Repairs" })));
    fs::write(&path, &text).unwrap();
    assert_eq!(home.listed()[0].1, "Repairs");
    // Its first line alone is longer than what is read, and nothing says what it is about: it is there all the same.
    fs::write(&path, user(&"y".repeat(400_000)).to_string()).unwrap();
    assert_eq!(home.listed()[0].1, "");
}

#[test]
fn its_directory_is_where_the_program_looks() {
    let env = |variables: &[(&str, &str)]| {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    assert_eq!(home(&env(&[("HOME", "/h")])), Some("/h/.claude".into()));
    assert_eq!(home(&env(&[("HOME", "/h"), ("CLAUDE_CONFIG_DIR", "/c")])), Some("/c".into()));
}
