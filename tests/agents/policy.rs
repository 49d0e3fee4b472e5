//! What an agent's file permits, with real programs: what is denied does not happen, and nobody is asked; what is allowed
//! happens, and nobody is asked either.

use crate::agent::{Agent, CLAUDE, CODEX};
use crate::support::{Chat, World};

/// One action of a reviewer whose file says this, and what comes of it.
struct Case {
    /// Its frontmatter after `name` (2) and `description` (3): line 4 and on.
    keys: &'static str,
    /// What the model does.
    act: &'static str,
    came: Came,
    /// Whether the file `x` is there in the end.
    leaves: bool,
}

enum Came {
    /// It went ahead.
    Allowed,
    /// A person was asked, who said no.
    Asked,
    /// Denied, by this line of the file.
    Denied(u8),
}
use Came::{Allowed, Asked, Denied};

async fn check(agent: &Agent, cases: &[Case]) {
    for Case { keys, act, came, leaves } in cases {
        let world = World::defined(agent, keys).await;
        world.put("notes.txt", "the notes\n");
        world.put(".env", "SECRET=plum\n");
        let mut chat = world.chat();
        let act = act.replace("$W", &world.path());
        chat.send(&format!("/agent reviewer Say: I begin.\n{act}\nSay: The tool said: {{result}}.")).await;
        match came {
            Allowed => {
                let answer = said(&mut chat).await;
                assert!(!answer.contains("Not allowed"), "{keys}: {act}: {answer}");
            }
            Asked => {
                chat.expect_new("Answer within").await;
                chat.tap("Deny").await;
                chat.expect_edit("Denied by").await;
                chat.expect_edit(agent.after_denial).await;
            }
            Denied(line) => {
                chat.expect_edit(agent.after_denial).await;
                chat.send("/task 1").await;
                chat.expect_new(&format!("Denied by reviewer.md:{line}")).await;
            }
        }
        assert_eq!(world.file("x").is_some(), *leaves, "{keys}: {act}");
        world.end().await;
    }
}

async fn said(chat: &mut Chat) -> String {
    chat.expect_new("The tool said").await.text().to_owned()
}

const WRITE: &str = "Tool: Write {\"file_path\": \"$W/x\", \"content\": \"x\"}";
const READ: &str = "Tool: Read {\"file_path\": \"$W/notes.txt\"}";
const SECRET: &str = "Tool: Read {\"file_path\": \"$W/.env\"}";

#[tokio::test]
async fn claude_code_is_held_to_a_list_of_tools() {
    let keys = "tools: Read, Bash(git *)";
    check(
        &CLAUDE,
        &[
            Case { keys, act: READ, came: Allowed, leaves: false },
            Case { keys, act: "Run: git init -q x", came: Asked, leaves: false },
            Case { keys, act: "Run: git status && touch x", came: Denied(4), leaves: false },
            Case { keys, act: "Run: git log $(touch x)", came: Denied(4), leaves: false },
            // It would run this without a question.
            Case { keys, act: "Run: ls", came: Denied(4), leaves: false },
        ],
    )
    .await;
}

#[tokio::test]
async fn claude_code_is_held_to_what_is_allowed_and_what_is_not() {
    let keys =
        "permission:\n  bash: { \"touch *\": allow }\n  edit: { x: allow }\ndisallowedTools: Read(.env)";
    check(
        &CLAUDE,
        &[
            Case { keys, act: "Run: touch x", came: Allowed, leaves: true },
            Case { keys, act: WRITE, came: Allowed, leaves: true },
            Case { keys, act: "Run: touch x; touch y", came: Allowed, leaves: true },
            Case { keys, act: "Run: touch x; make", came: Asked, leaves: false },
            Case { keys, act: "Run: touch x > y", came: Asked, leaves: false },
        ],
    )
    .await;
    let keys =
        "permission:\n  read: { \"*\": allow, \"*.env\": deny }\n  bash: { \"*\": ask, \"touch *\": deny }";
    check(
        &CLAUDE,
        &[
            Case { keys, act: SECRET, came: Denied(5), leaves: false },
            Case { keys, act: READ, came: Allowed, leaves: false },
            Case { keys, act: "Run: sh -c 'touch x'", came: Denied(6), leaves: false },
        ],
    )
    .await;
}

#[tokio::test]
async fn claude_code_changes_nothing_while_it_plans() {
    let keys = "permissionMode: plan";
    check(
        &CLAUDE,
        &[
            Case { keys, act: "Run: touch x", came: Denied(4), leaves: false },
            Case { keys, act: WRITE, came: Denied(4), leaves: false },
        ],
    )
    .await;
    let keys = "permissionMode: acceptEdits";
    check(&CLAUDE, &[Case { keys, act: WRITE, came: Allowed, leaves: true }]).await;
    let keys = "permissionMode: bypassPermissions";
    check(&CLAUDE, &[Case { keys, act: WRITE, came: Asked, leaves: false }]).await;
}

#[tokio::test]
async fn a_model_that_claude_code_does_not_know_is_told_and_the_task_goes_on() {
    let world = World::defined(&CLAUDE, "model: no-such-model").await;
    let mut chat = world.chat();
    chat.send("/agent reviewer Say: Hello from the model.").await;
    chat.expect_new("claude does not know the model no-such-model of the agent's file").await;
    chat.expect_new("Hello from the model.").await;
    world.end().await;
}

#[tokio::test]
async fn codex_is_held_to_the_same_words() {
    let keys = "tools: Read, Bash(git *)";
    let ruled = "permission:\n  bash: { \"*\": ask, \"touch *\": deny, \"mkdir *\": allow }";
    check(
        &CODEX,
        &[
            Case { keys, act: "Run: touch x", came: Denied(4), leaves: false },
            Case { keys, act: "Run: git status && touch x", came: Denied(4), leaves: false },
            Case { keys: ruled, act: "Run: sh -c 'touch x'", came: Denied(5), leaves: false },
            Case { keys: ruled, act: "Run: mkdir x", came: Allowed, leaves: false },
            Case { keys: "permissionMode: plan", act: "Run: touch x", came: Denied(4), leaves: false },
        ],
    )
    .await;
}
