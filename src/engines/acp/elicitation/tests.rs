//! How an agent's form becomes questions to a person.

use serde_json::json;

use super::*;

fn form(request: serde_json::Value) -> Form {
    Form::of(serde_json::from_value(request).unwrap()).unwrap()
}

fn asked(next: Next) -> Asking {
    match next {
        Next::Ask(asking) => asking,
        Next::Done(answer) => panic!("{answer:?}"),
    }
}

fn done(next: Next) -> serde_json::Value {
    match next {
        Next::Done(answer) => serde_json::to_value(answer).unwrap(),
        Next::Ask(asking) => panic!("{asking:?}"),
    }
}

fn asking(text: &str, options: &[&str]) -> Asking {
    Asking { text: text.to_owned(), options: options.iter().map(|option| (*option).to_owned()).collect() }
}

#[test]
fn a_form_is_asked_field_by_field() {
    let mut form = form(json!({
        "sessionId": "s", "mode": "form", "message": "About balloons.",
        "requestedSchema": { "type": "object", "required": ["shade", "many"], "properties": {
            "shade": { "type": "string", "title": "Which shade?", "oneOf": [
                { "const": "r", "title": "Red" }, { "const": "b", "title": "Blue" }] },
            "many": { "type": "integer" },
            "again": { "type": "boolean", "description": "Again?" },
            "sizes": { "type": "array", "title": "Sizes", "items": { "type": "string", "enum": ["S", "M", "L"] } },
            "note": { "type": "string", "title": "A note" },
        }},
    }));
    assert_eq!(form.asking(), asking("About balloons.\n\nWhich shade?", &["Red", "Blue"]));
    let again = asked(form.answer("green"));
    assert_eq!(
        again,
        asking("That is none of the choices.\n\nAbout balloons.\n\nWhich shade?", &["Red", "Blue"])
    );
    assert_eq!(asked(form.answer("blue")), asking("many\n\nA whole number.", &[]));
    assert!(asked(form.answer("some")).text.starts_with("That is not a whole number."));
    assert_eq!(asked(form.answer(" 7 ")), asking("Again?", &["Yes", "No", "Skip"]));
    assert_eq!(asked(form.answer("no")), asking("A note\n\nWrite “Skip” to leave it out.", &[]));
    let sizes = asked(form.answer("skip"));
    assert_eq!(
        sizes.text,
        "Sizes\n\nName one or more, with commas between them:\n- S\n- M\n- L\nWrite “Skip” to leave it out."
    );
    let answer = done(form.answer("s, L"));
    assert_eq!(
        answer,
        json!({ "action": "accept", "content": { "shade": "b", "many": 7, "again": false, "sizes": ["S", "L"] } })
    );
}

#[test]
fn a_page_to_visit_is_told_and_can_be_declined() {
    let request = json!({
        "sessionId": "s", "mode": "url", "elicitationId": "e", "url": "https://example.org/login", "message": "Log in.",
    });
    let mut page = form(request.clone());
    assert_eq!(page.asking(), asking("Log in.\n\nhttps://example.org/login", &["Done", "Decline"]));
    assert_eq!(done(page.answer("Done"))["action"], "accept");
    assert_eq!(done(form(request).answer("Decline"))["action"], "decline");
}

#[test]
fn a_question_of_an_unknown_kind_is_no_form() {
    let request = json!({ "sessionId": "s", "mode": "telepathy", "message": "Think of it." });
    assert!(Form::of(serde_json::from_value(request).unwrap()).is_none());
}
