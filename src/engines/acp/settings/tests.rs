//! How a mode or model is chosen among those that an agent offers.

use serde_json::json;

use super::*;

fn codex() -> Value {
    json!({
        "modes": { "currentModeId": "auto", "availableModes": [
            { "id": "read-only", "name": "Read Only" }, { "id": "auto", "name": "Default" },
            { "id": "full-access", "name": "Full Access" }, { "id": "plain", "name": "Bypass permissions" },
        ]},
        "configOptions": [
            { "id": "m", "name": "Model", "category": "model", "type": "select", "currentValue": "gpt-5.5", "options": [
                { "group": "new", "name": "New", "options": [{ "value": "gpt-5.5", "name": "GPT 5.5" }] },
                { "group": "old", "name": "Old", "options": [{ "value": "gpt-4", "name": "The old one" }] },
            ]},
        ],
    })
}

fn by_options() -> Value {
    json!({ "configOptions": [
        { "id": "broken" },
        { "id": "style", "name": "Mode", "category": "mode", "type": "select", "currentValue": "ask",
          "options": [{ "value": "ask", "name": "Ask" }] },
    ]})
}

fn before_options() -> Value {
    json!({ "models": { "currentModelId": "a", "availableModels": [{ "modelId": "a/b", "name": "B" }] } })
}

#[test]
fn a_mode_is_found_in_whatever_way_it_is_offered() {
    let mode = |value: &str| Ok((Way::Mode, value.to_owned()));
    assert_eq!(chosen_mode(&codex(), "read-only"), mode("read-only"));
    assert_eq!(chosen_mode(&codex(), "Read Only"), mode("read-only"));
    assert_eq!(chosen_mode(&codex(), "default"), mode("auto"));
    assert_eq!(chosen_mode(&by_options(), "ASK"), Ok((Way::Option("style".to_owned()), "ask".to_owned())));
}

#[test]
fn a_mode_that_is_not_there_names_those_that_are() {
    assert_eq!(
        chosen_mode(&codex(), "workspace-write").unwrap_err(),
        "it has no mode `workspace-write`. Change `mode` to one of: read-only, auto, plain."
    );
    assert_eq!(
        chosen_mode(&json!({}), "plan").unwrap_err(),
        "it has no modes, so it cannot be put into `plan`. Remove `mode`."
    );
}

#[test]
fn a_mode_that_asks_nobody_is_never_chosen() {
    for mode in ["full-access", "Full Access", "bypassPermissions", "YOLO", "danger-full-access", "plain"] {
        let refused = chosen_mode(&codex(), mode).unwrap_err();
        assert!(refused.contains("asks nobody before it acts"), "{mode}: {refused}");
    }
}

#[test]
fn a_model_is_found_by_its_id_or_its_name() {
    let option = |value: &str| Some((Way::Option("m".to_owned()), value.to_owned()));
    assert_eq!(chosen_model(&codex(), "gpt-5.5"), option("gpt-5.5"));
    assert_eq!(chosen_model(&codex(), "the old one"), option("gpt-4"));
    assert_eq!(chosen_model(&codex(), "sonnet"), None);
    assert_eq!(chosen_model(&before_options(), "b"), Some((Way::Model, "a/b".to_owned())));
    assert_eq!(chosen_model(&json!({}), "b"), None);
    assert_eq!(chosen_model(&codex(), "GPT 5.5 (copilot)"), option("gpt-5.5"));
    assert_eq!(chosen_model(&codex(), "openai/gpt-5-5"), option("gpt-5.5"));
    assert_eq!(chosen_model(&codex(), "(copilot)"), None);
}
