//! Claude Code's questions and plans reach a person, and the answers come back.

use serde_json::json;

use super::*;

fn input() -> Value {
    json!({
        "questions": [
            {
                "question": "Which colour?",
                "header": "Colour",
                "options": [{ "label": "Red", "description": "warm" }, { "label": "Blue" }],
            },
            {
                "question": "Which parts?",
                "options": [{ "label": "Roof", "description": "above" }, { "label": "Door" }, { "label": "Wall" }],
                "multiSelect": true,
            },
        ],
        "metadata": { "source": "x" },
    })
}

fn answered(first: &str, second: &str) -> Value {
    let mut questions = Questions::read(&input()).unwrap();
    questions.answer(0, first);
    questions.answer(1, second);
    assert_eq!(questions.next(), None);
    let response = questions.response();
    assert_eq!(response["behavior"], "allow");
    assert_eq!(response["updatedInput"]["questions"], input()["questions"]);
    assert_eq!(response["updatedInput"]["metadata"], input()["metadata"]);
    response["updatedInput"]["answers"].clone()
}

#[test]
fn questions_are_asked_one_after_the_other() {
    let mut questions = Questions::read(&input()).unwrap();
    let asked = |text: &str, options: &[&str]| Asked {
        text: text.to_owned(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    };
    assert_eq!(questions.next(), Some((0, asked("Which colour?\n• Red: warm", &["Red", "Blue"]))));
    // Not asked yet, and asked before.
    questions.answer(1, "Roof");
    questions.answer(0, "Red");
    questions.answer(0, "Blue");
    let parts = "Which parts?\n1. Roof: above\n2. Door\n3. Wall\nSeveral are possible: write their numbers or names, with commas between them.";
    assert_eq!(questions.next(), Some((1, asked(parts, &["Roof", "Door", "Wall"]))));
}

#[test]
fn answers_are_labels_where_they_are_meant() {
    for (first, second, colour, parts) in [
        ("Red", "Roof", "Red", "Roof"),
        (" red ", "1, 3", "Red", "Roof, Wall"),
        ("Green, please", "roof; DOOR", "Green, please", "Roof, Door"),
        ("2", "1, 4", "2", "1, 4"),
        ("Red, Blue", "none of them", "Red, Blue", "none of them"),
        ("Blue", ",", "Blue", ","),
    ] {
        assert_eq!(
            answered(first, second),
            json!({ "Which colour?": colour, "Which parts?": parts }),
            "{first} {second}"
        );
    }
}

#[test]
fn what_holds_no_questions_is_none() {
    for input in
        [json!({}), json!({ "questions": [] }), json!({ "questions": "x" }), json!({ "questions": [{}] })]
    {
        assert!(Questions::read(&input).is_none(), "{input}");
    }
}

#[test]
fn a_plan_is_approved_or_sent_back_with_words() {
    let input = json!({ "plan": "1. Do", "planFilePath": "/p", "allowedPrompts": [{ "tool": "Bash", "prompt": "anything" }] });
    assert_eq!(plan(&input), "1. Do");
    assert_eq!(plan(&json!({})), "");
    assert_eq!(about_plan().options, ["Go ahead", "Keep planning"]);
    let allowed = json!({ "behavior": "allow", "updatedInput": { "plan": "1. Do", "planFilePath": "/p" } });
    assert_eq!(plan_response(&input, "Go ahead"), allowed);
    for (answer, said) in [
        ("Keep planning", "The person wants to keep planning. Ask what to change, and change nothing yet."),
        ("go ahead with half", "The person wants the plan changed. Their words: go ahead with half"),
    ] {
        assert_eq!(plan_response(&input, answer), json!({ "behavior": "deny", "message": said }));
    }
}
