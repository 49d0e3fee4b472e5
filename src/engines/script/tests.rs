//! A script is read step by step; mistakes are told with their line.

use std::collections::BTreeMap;

use super::steps::Script;
use super::template::{Template, variables};

fn parse(steps: &str) -> Result<Script, String> {
    Script::parse(&format!("# Title\n\n```yaml steps\n{steps}\n```\n\nMore.\n"))
}

#[test]
fn every_step_is_read() {
    let script = parse(
        r#"
- say: "Hello **{{prompt}}**"
- think: "Looking around"
- plan: [Look around, Change one file, Report]
- done: 1
- run: "ls -la"
- run: { command: "cat notes.txt", ask: false, allow_failure: true }
- run: true
- write: { path: notes.txt, content: "{{turn}}\n" }
- read: notes.txt
- ask: { question: "Which one?", options: [Short, Long], into: length }
- ask: Why?
- say: "{{length}}"
- send: sub/notes.txt
- wait: 2s
- wait: 1m 500ms
- fail: "reason"
"#,
    );
    insta::assert_debug_snapshot!(script.unwrap());
}

#[test]
fn mistakes_are_named_with_their_line_and_a_remedy() {
    let mistakes = [
        "say: Hi",
        "- say: Hi\n- sya: Hi",
        "- say: Hi\n- launch: x",
        "- say: Hi\n- {}",
        "- say: Hi\n- just words",
        "- say: Hi\n- say:",
        "- say: Hi\n-  say: [a]",
        "- say: Hi\n- say: |\n    One\n    {{promt}}",
        "- say: '{{prompt'",
        "- say: '{{length}}'\n- ask: { question: Q, into: length }",
        "- run: ls\n  ask: false",
        "- run: { command: ls, aks: false }",
        "- run:\n    ask: false",
        "- run: 5",
        "- run: ' '",
        "- ask: { question: Q, into: a }\n- run: echo {{prompt}}",
        "- write: notes.txt",
        "- write: { path: ../x, content: x }",
        "- write: { path: '{{prompt}}', content: x }",
        "- read: /etc/passwd",
        "- read: a/./../b",
        "- read: ''",
        "- send: dir/",
        "- done: 1",
        "- plan: [a]\n- done: 2",
        "- plan: [a]\n- done: 0",
        "- plan: [a]\n- done: first",
        "- plan: a",
        "- wait: 2",
        "- wait: -2s",
        "- fail: '{{prompt}}'",
        "- ask: { question: Q, into: path }",
        "- ask: { question: Q, into: ld_preload }",
        "- ask: { question: Q, into: prompt }",
        "- ask: { question: Q, into: Two Words }",
        "- ask: { options: [a] }",
        "- say: 'open\n- say: x",
        "- say: *nothing",
        "",
        "[]",
    ];
    let told: Vec<String> =
        mistakes.iter().map(|steps| format!("{steps}\n=> {}\n", parse(steps).expect_err(steps))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn there_is_one_block() {
    let block = "```yaml steps\n- say: Hi\n```\n";
    let other = "```yaml\n- sya: Hi\n```\n\n    - say: indented\n\n";
    for (text, fits) in [
        (block.to_owned(), true),
        (format!("{other}{block}{other}"), true),
        ("~~~~ yaml steps \n- say: |\n    ```sh\n    ls\n    ```\n~~~~".to_owned(), true),
        (block.replace('\n', "\r\n"), true),
        (other.to_owned(), false),
        (String::new(), false),
        (format!("{block}\n{block}"), false),
    ] {
        assert_eq!(Script::parse(&text).is_ok(), fits, "{text}\n{:?}", Script::parse(&text));
    }
}

fn values() -> BTreeMap<String, String> {
    [("prompt", "{{turn}} $TURN"), ("turn", "1"), ("length", "Short")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

#[test]
fn values_are_put_in_once() {
    for (text, filled) in [
        ("", ""),
        ("no values } }} {", "no values } }} {"),
        ("{{prompt}}/{{ turn }}", "{{turn}} $TURN/1"),
        ("{{length}}{{length}}", "ShortShort"),
    ] {
        assert_eq!(Template::parse(text).unwrap().fill(&values()), filled);
    }
}

#[test]
fn a_command_gets_the_variables_that_it_names() {
    for (command, names) in [
        ("ls", &[][..]),
        ("echo $PROMPT ${TURN}", &["PROMPT", "TURN"]),
        ("echo $PROMPTS $prompt MYTURN LENGTH_2", &[]),
        ("python3 -c 'import os; print(os.environ[\"LENGTH\"])'", &["LENGTH"]),
    ] {
        let given: Vec<String> = variables(command, &values()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(given, names, "{command}");
    }
}
