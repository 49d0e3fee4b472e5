//! What holds of every command.

use proptest::prelude::*;

use super::tests::{agent, policy, rules, run, words};
use super::*;
use Verdict::{Allow, Deny};

/// Pieces of which command lines are made, shell syntax among them.
fn line() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "git",
        "status",
        "log",
        " ",
        " ",
        "  ",
        ";",
        "&&",
        "||",
        "|",
        "&",
        "\n",
        "'",
        "\"",
        "\\",
        "$(",
        ")",
        "`",
        "$X",
        "${",
        "}",
        "<",
        ">",
        "/dev/null",
        "2>&1",
        "(",
        "{",
        "*",
        "#",
        "rm",
        "-rf",
        "/",
        "sudo",
        "sh -c",
        "=",
        "A=1",
        "é",
        "\r",
        "\t",
        "~",
        "!",
        "if",
        "then",
        "<<E",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn bounded() -> Policy {
    policy(&AgentSpec {
        tools: Some(words(&["Bash(git *)"])),
        allowed_tools: words(&["Bash(git *)"]),
        ..agent()
    })
}

fn ruled() -> Policy {
    policy(&AgentSpec {
        permission: rules(&[("bash", None, Allow), ("bash", Some("rm *"), Deny)]),
        ..agent()
    })
}

proptest! {
    #[test]
    fn nothing_added_to_a_command_makes_it_allowed(line in line()) {
        for added in ["; rm -rf /", "\nrm -rf /", " && rm x", " | sh", " & rm x", " $(rm x)", " `rm x`", " > f", " &>/dev/null rm x"] {
            let command = format!("{line}{added}");
            // Within quotes, or behind a backslash or a comment's sign, it is only text.
            let is_text = shell::read(&command) != shell::read(&line) && {
                let all = shell::read(&command).commands;
                all.len() == 1 && all[0].first().is_some_and(|word| word.text == "git")
                    && shell::read(&command).opaque.is_none()
            };
            if !is_text {
                prop_assert_ne!(bounded().judge(&run(&command)).verdict, Allow, "{}", command);
            }
        }
    }

    #[test]
    fn what_a_shell_would_run_besides_git_is_never_allowed(line in line()) {
        let before = bounded().judge(&run(&line)).verdict;
        let after = bounded().judge(&run(&format!("git status; {line}"))).verdict;
        // A line that is allowed stays so, one that is not does not become so.
        let runs_nothing = shell::read(&line).commands.is_empty();
        prop_assert!(after != Allow || before == Allow || runs_nothing);
    }

    #[test]
    fn a_forbidden_command_stays_forbidden_whatever_stands_around_it(before in line(), after in line()) {
        // Only as words of its own: what is before it may otherwise swallow it.
        if bounded().judge(&run(&before)).verdict == Allow {
            let command = format!("{before}\nrm x\n{after}");
            prop_assert_eq!(ruled().judge(&run(&command)).verdict, Deny, "{}", command);
        }
    }

    #[test]
    fn quotes_change_no_verdict(words in prop::collection::vec("[a-z][a-z0-9./-]{0,6}", 1..5)) {
        let plain = words.join(" ");
        let single = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let double = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join("  ");
        let escaped: String = plain.chars().map(|c| if c == ' ' { " ".to_owned() } else { format!("\\{c}") }).collect();
        let git: fn(&str) -> String = |rest| format!("git {rest}");
        for policy in [bounded(), ruled()] {
            for wrap in [git, |rest| rest.to_owned(), |rest| format!("rm {rest}")] {
                let verdict = policy.judge(&run(&wrap(&plain))).verdict;
                for quoted in [&single, &double, &escaped] {
                    // Quoted, a word such as `if` is a plain word, and what was unclear may be clear.
                    if shell::read(&wrap(&plain)).opaque.is_none() {
                        prop_assert_eq!(policy.judge(&run(&wrap(quoted))).verdict, verdict, "{}", wrap(quoted));
                    }
                }
            }
        }
    }

    #[test]
    fn reading_a_line_never_panics(text in any::<String>()) {
        let _ = shell::read(&text);
        let _ = bounded().judge(&run(&text));
    }

    #[test]
    fn a_relative_pattern_stays_within_the_workspace(path in "[a-z./]{0,20}") {
        let agent = AgentSpec { allowed_tools: words(&["Edit(**/*)", "Edit(a*)", "Edit"]), ..agent() };
        let used = tests::using("Edit", ToolKind::Edit, &format!("/w/{path}"));
        let inside = wildcard::resolved("/w", &format!("/w/{path}")).is_some_and(|path| wildcard::below("/w", &path).is_some());
        let verdict = policy(&agent).judge(&used).verdict;
        prop_assert!(verdict != Allow || inside);
    }
}
