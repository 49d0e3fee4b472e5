//! What lists and rules say of commands.

use super::*;

#[test]
fn a_list_of_commands_bounds_every_command_of_a_line() {
    let policy = listing(&["Bash(git *)", "Bash(npm run test)", "Bash(cargo test:*)"]);
    for command in [
        "git status",
        "git",
        "git log --oneline",
        "'git' \"log\"",
        "g\\it status",
        "git status && git log",
        "git status; git log | git shortlog &\ngit diff",
        "npm run test",
        "cargo test -p x",
        "git commit -m \"it's; done | $HOME\"",
        "git show \"$X\"",
        "git log 2>&1",
        "git log \\ 1>/dev/null",
        "git log;2>/dev/null git diff",
        "git log > /dev/null 2>&1",
        "git add \\\n  a",
        "git grep 'rm -rf /; $(x)'",
    ] {
        assert_eq!(policy.judge(&run(command)).verdict, Ask, "{command}");
    }
    for command in [
        "git status && rm -rf /",
        "git status; rm -rf /",
        "git status | sh",
        "git status & rm x",
        "git status\nrm x",
        "git log $(rm x)",
        "git log `rm x`",
        "git log \"$(rm x)\"",
        "git log <(rm x)",
        "git log > file",
        "git log >> file",
        "git log &> file",
        "git log &>/dev/null",
        "git log &>/dev/null rm -rf x",
        "git log \"$[x]\"",
        "git log >-/dev/null",
        "git log '1'>/dev/null",
        "git log 12>/dev/null",
        "git log x'\n'1>/dev/null; git log ''2>/dev/null",
        "git log >| file",
        "git log 2> file",
        "git apply < file",
        "git apply <<E\nx\nE",
        "git log ${X:=y}",
        "git log ${X@P}",
        "git log $((x))",
        "git log $'\\n'",
        "PATH=/tmp git log",
        "GIT_PAGER=x git log",
        "$GIT log",
        "g?t log",
        "gi{t,f} log",
        "git log # done\nrm x",
        "(git log)",
        "{ git log; }",
        "! git log",
        "if git log; then rm x; fi",
        "f() { rm x; }; git log",
        "git 'log",
        "git \"log",
        "git log \\",
        "git log $(",
        "git log\rrm x",
        "git log\u{1b}[2K",
        "eval git log",
        "sudo git log",
        "/tmp/git log",
        "./git log",
        "npm run test --watch",
        "npm run tests",
        "gitk",
        "",
        "  ",
        ";",
        "# git",
    ] {
        assert_eq!(policy.judge(&run(command)).verdict, Deny, "{command}");
    }
}

#[test]
fn commands_allowed_beforehand_are_just_those_that_are_written() {
    for (entry, command, verdict) in [
        ("Bash", "rm -rf / > x $(y)", Allow),
        ("Bash(*)", "anything; at all", Allow),
        ("Bash(git *)", "git push", Allow),
        ("Bash(git *)", "git push; ls", Ask),
        ("Bash(git:*)", "git push", Allow),
        ("Bash(git:*)", "gitk", Ask),
        ("Bash(git*)", "git push", Allow),
        ("Bash(git*)", "gitk", Allow),
        ("Bash(git add, git commit)", "git commit", Allow),
        ("Bash(git add, git commit)", "git push", Ask),
        // It runs what it is given: that was allowed.
        ("Bash(sh *)", "sh -c \"$X\"", Allow),
        ("Bash(npm run *)", "npm run a b", Allow),
        ("Bash(npm * test)", "npm run test", Allow),
        ("Bash(npm * test)", "npm run x test", Ask),
        ("Bash(npm run test)", "npm run test x", Ask),
        ("Bash(ls)", "ls *", Ask),
        ("Bash(ls *)", "ls *", Allow),
        ("Bash(npm run test)", "npm run $X", Ask),
        ("Bash(npm run t*)", "npm run $X", Ask),
        ("run_shell_command(git *)", "git log", Allow),
        ("bash", "ls", Allow),
    ] {
        let agent = AgentSpec { allowed_tools: words(&[entry]), ..agent() };
        assert_eq!(policy(&agent).judge(&run(command)).verdict, verdict, "{entry}: {command}");
    }
}

#[test]
fn a_forbidden_command_is_found_wherever_it_hides() {
    let policy = ruling(&[
        ("bash", Some("*"), Allow),
        ("bash", Some("rm *"), Deny),
        ("bash", Some("git push*"), Deny),
    ]);
    for command in [
        "rm x",
        "rm",
        "/bin/rm x",
        "ls && rm x",
        "ls | xargs rm",
        "sudo -u root rm x",
        "env A=1 rm x",
        "A=1 rm x",
        "nice -n 5 nohup rm x",
        "timeout 5 rm x",
        "command rm x",
        "exec rm x",
        "sh -c 'rm x'",
        "bash -lc \"ls; rm x\"",
        "sudo sh -c 'env rm x'",
        "echo $(rm x)",
        "echo `rm x`",
        "echo \"a $(ls; rm x)\"",
        "cat <(rm x)",
        "(rm x)",
        "{ rm x; }",
        "if true; then rm x; fi",
        "for f in a b; do rm $f; done",
        "f() { rm x; }; f",
        "> log rm x",
        "cat <<E\nE\nrm x",
        "'r'm x",
        "r\\m x",
        "find . -exec rm {} ;",
        "eval 'rm x'",
        "eval rm x",
        "busybox rm x",
        "git push",
        "git push origin main",
        "git push-all",
        "git $X",
        "git log &>/dev/null rm x",
        "rm &>/dev/null x",
        "git &>/dev/null push",
        "sudo sh -c 'sudo sh -c \"rm x\"'",
        "echo \"`echo \\\"$(rm x)\\\"`\"",
    ] {
        assert_eq!(policy.judge(&run(command)).verdict, Deny, "{command}");
    }
    for (command, verdict) in [
        ("ls", Allow),
        ("git pull", Allow),
        ("echo rm x", Allow),
        ("rmdir x", Allow),
        ("ls $(pwd)", Ask),
        ("$X y", Ask),
        ("ls > out", Ask),
        ("cat 'unbalanced", Ask),
        // What runs there cannot be told.
        ("sh -c 'a=rm; $a x'", Ask),
        ("sh -c \"$X\"", Ask),
        ("sudo bash -c \"$X\"", Ask),
        ("echo rm x | sh", Ask),
        ("bash script.sh", Ask),
        ("bash script.sh -c 'ls'", Ask),
        ("bash -o pipefail -lc 'ls'", Allow),
        ("echo rm x | sudo -s", Ask),
        ("echo rm x | parallel", Ask),
        ("sudo $X y", Ask),
        ("find . -exec $X ;", Ask),
        ("sh -c 'ls -la'", Allow),
        ("sudo -u root ls", Allow),
        ("find . -name *.rs", Allow),
        ("timeout 5 ls *", Allow),
    ] {
        assert_eq!(policy.judge(&run(command)).verdict, verdict, "{command}");
    }
}

#[test]
fn what_is_too_much_to_look_through_is_asked_for() {
    let policy = ruling(&[("bash", Some("*"), Allow), ("bash", Some("rm *"), Deny)]);
    let many = |word: &str, count: usize| vec![word; count].join(" ");
    let mut deep = "rm x".to_owned();
    for _ in 0..9 {
        deep = format!("sudo sh -c {}", shell_words::quote(&deep));
    }
    let shells = many("sh", 100);
    for command in [
        format!("env {} rm x", many("A=1", 501)),
        format!("sudo {shells} 'sudo {shells} \"sudo {shells} rm\"'"),
        deep,
        many("sudo sh", 3000),
    ] {
        let short: String = command.chars().take(40).collect();
        assert_ne!(policy.judge(&run(&command)).verdict, Allow, "{short}");
    }
    // Stars meet in one pass, however many there are.
    let stars = format!("a {}", many("*", 40));
    let policy = ruling(&[("bash", Some("*"), Allow), ("bash", Some(&format!("{stars} b")), Deny)]);
    assert_eq!(policy.judge(&run(&format!("a {}", many("c", 400)))).verdict, Allow);
    assert_eq!(policy.judge(&run(&format!("a {} b", many("c", 400)))).verdict, Deny);
}

#[test]
fn a_rule_is_one_pattern_and_an_entry_of_a_list_may_be_several() {
    let policy = ruling(&[("bash", Some("git log --format=%h, *"), Allow)]);
    for (command, verdict) in [("rm x", Ask), ("git log --format=%h, x", Allow)] {
        assert_eq!(policy.judge(&run(command)).verdict, verdict, "{command}");
    }
}

#[test]
fn only_commands_that_name_all_they_read_are_reading() {
    for (command, operands) in [
        ("cat a b/c", Some(vec!["a", "b/c"])),
        ("rg -n foo src | head -5", Some(vec!["foo", "src"])),
        ("cat ~/.ssh/id_rsa", None),
        ("cat '~/x'", None),
        ("cat $HOME/.ssh/id_rsa", None),
        ("cat .en*", None),
        ("cd a && cat key", None),
        ("rg -f/etc/passwd x", None),
        ("grep --file=key x", None),
        ("wc --files0-from list", None),
        ("sort --files0 list", None),
        ("ps eww", None),
        ("printenv", None),
        ("jq env", None),
        ("rm x", None),
    ] {
        let operands = operands.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(operands_of_reading(command), operands, "{command}");
    }
}

#[test]
fn rules_about_commands_take_the_strictest_for_a_line() {
    let policy = ruling(&[
        ("bash", Some("*"), Deny),
        ("bash", Some("git *"), Allow),
        ("bash", Some("git push*"), Ask),
        ("bash", Some("make *"), Ask),
    ]);
    for (command, verdict) in [
        ("git log", Allow),
        ("git push", Ask),
        ("git log && git push", Ask),
        ("git log && ls", Deny),
        ("make", Ask),
        ("ls", Deny),
        ("git log $(ls)", Deny),
        ("git log > x", Deny),
    ] {
        assert_eq!(policy.judge(&run(command)).verdict, verdict, "{command}");
    }
    let policy = ruling(&[("bash", Some("git *"), Allow)]);
    for (command, verdict) in [("git log", Allow), ("git log; ls", Ask), ("git log > x", Ask), ("ls", Ask)] {
        assert_eq!(policy.judge(&run(command)).verdict, verdict, "{command}");
    }
}

#[test]
fn a_command_elsewhere_is_not_the_one_that_was_allowed() {
    let agent = AgentSpec { allowed_tools: words(&["Bash(make *)"]), ..agent() };
    for (cwd, verdict) in [("/w", Allow), ("/w/sub", Allow), ("/w/../tmp", Ask), ("/tmp", Ask)] {
        let mut used = run("make all");
        used.targets.push(Target::Path(cwd.to_owned()));
        assert_eq!(policy(&agent).judge(&used).verdict, verdict, "{cwd}");
    }
}

#[test]
fn a_plan_runs_only_what_looks() {
    let planner = policy(&AgentSpec { permission_mode: Some(PermissionMode::Plan), ..agent() });
    for command in [
        "ls -la *.rs",
        "git status",
        "git log --oneline -5 | head",
        "cat a | grep b | sort | wc -l",
        "find . -name '*.rs'",
        "cd src && ls",
        "sed -n 1,20p a",
        "sed -n '1,$p' a b",
        "rg -n foo src",
        "git diff HEAD~1 2>/dev/null",
    ] {
        assert_eq!(planner.judge(&run(command)).verdict, Ask, "{command}");
    }
    for command in [
        "touch a",
        "ls > a",
        "sort -o a b",
        "sort -uo a b",
        "sort --output=a b",
        "sort --out=a b",
        "sort --compress-program=x b",
        "find . -delete",
        "find . -exec rm {} +",
        "find . -execdir x ';'",
        "find . -fprint a",
        "find . $X",
        "git log --output=a",
        "git log --outp a",
        "git diff --ext-diff",
        "git -c core.pager=x log",
        "git commit",
        "git branch x",
        "git",
        "tree -o a",
        "rg --pre x y",
        "cat a | tee b",
        "sed -i s/a/b/ c",
        "sed -n 's/a/b/w x' c",
        "sed -n 1,20p -i c",
        "sed -n 1e c",
        "sed 1,20p c",
        "awk 1 a",
        "./ls",
        "/tmp/cat a",
        "echo $(touch a)",
        "uniq a b",
        "xargs ls",
        "A=1 ls",
        "env ls",
        "",
    ] {
        assert_eq!(planner.judge(&run(command)).verdict, Deny, "{command}");
    }
}
