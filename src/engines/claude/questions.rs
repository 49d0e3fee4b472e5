//! Requests that are questions: `AskUserQuestion`, and the plan of `ExitPlanMode`. Pure.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::permission::{allow, deny};

/// What a person chooses from when a plan is shown.
const GO_AHEAD: &str = "Go ahead";
const KEEP_PLANNING: &str = "Keep planning";

/// A question as a person is asked it.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) text: String,
    pub(super) options: Vec<String>,
}

/// A few questions that are asked one after the other, and answered together.
#[derive(Debug)]
pub(super) struct Questions {
    input: Value,
    questions: Vec<Question>,
    answers: Map<String, Value>,
    /// How many are answered.
    done: usize,
}

#[derive(Debug, Deserialize)]
struct Question {
    question: String,
    #[serde(default)]
    options: Vec<Choice>,
    #[serde(default, rename = "multiSelect")]
    several: bool,
}

#[derive(Debug, Deserialize)]
struct Choice {
    label: String,
    #[serde(default)]
    description: String,
}

impl Questions {
    /// Reads the questions; `None` when there are none that we understand.
    pub(super) fn read(input: &Value) -> Option<Self> {
        let questions: Vec<Question> = serde_json::from_value(input.get("questions")?.clone()).ok()?;
        let some = !questions.is_empty();
        some.then(|| Self { input: input.clone(), questions, answers: Map::new(), done: 0 })
    }

    /// The question to ask next, with its number; `None` when all are answered.
    pub(super) fn next(&self) -> Option<(usize, Asked)> {
        self.questions.get(self.done).map(|question| (self.done, question.asked()))
    }

    /// Takes the answer to the question of this number. An answer to another is not waited for.
    pub(super) fn answer(&mut self, number: usize, text: &str) {
        if let Some(question) = self.questions.get(number).filter(|_| number == self.done) {
            self.answers.insert(question.question.clone(), question.chosen(text).into());
            self.done += 1;
        }
    }

    /// The answers as the tool wants them.
    pub(super) fn response(&self) -> Value {
        let mut input = self.input.clone();
        if let Some(fields) = input.as_object_mut() {
            fields.insert("answers".to_owned(), Value::Object(self.answers.clone()));
        }
        allow(&input)
    }
}

impl Question {
    fn asked(&self) -> Asked {
        let mut text = self.question.clone();
        for (at, Choice { label, description }) in self.options.iter().enumerate() {
            let number = if self.several { format!("{}. ", at + 1) } else { "• ".to_owned() };
            match (description.is_empty(), self.several) {
                (false, _) => text.push_str(&format!("\n{number}{label}: {description}")),
                (true, true) => text.push_str(&format!("\n{number}{label}")),
                (true, false) => {}
            }
        }
        if self.several {
            text.push_str("\nSeveral are possible: write their numbers or names, with commas between them.");
        }
        Asked { text, options: self.options.iter().map(|choice| choice.label.clone()).collect() }
    }

    /// The answer in the tool's words: labels where they are meant, else the person's own words.
    fn chosen(&self, text: &str) -> String {
        let text = text.trim();
        if let Some(label) = self.label(text) {
            return label.to_owned();
        }
        let parts = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let labels: Option<Vec<&str>> =
            parts.map(|part| self.label(part).or_else(|| self.numbered(part))).collect();
        match labels {
            Some(labels) if self.several && !labels.is_empty() => labels.join(", "),
            Some(_) | None => text.to_owned(),
        }
    }

    fn label(&self, text: &str) -> Option<&str> {
        let mut labels = self.options.iter().map(|choice| choice.label.as_str());
        labels.find(|label| label.to_lowercase() == text.to_lowercase())
    }

    fn numbered(&self, text: &str) -> Option<&str> {
        let number: usize = text.parse().ok()?;
        self.options.get(number.checked_sub(1)?).map(|choice| choice.label.as_str())
    }
}

/// The plan that is to be approved; empty when the request holds none.
pub(super) fn plan(input: &Value) -> &str {
    input.get("plan").and_then(Value::as_str).unwrap_or_default()
}

/// The question that follows a plan.
pub(super) fn about_plan() -> Asked {
    Asked {
        text: "Shall it work by this plan?".to_owned(),
        options: [GO_AHEAD, KEEP_PLANNING].map(str::to_owned).to_vec(),
    }
}

/// The answer to the request: what is no yes is a wish for another plan.
pub(super) fn plan_response(input: &Value, answer: &str) -> Value {
    match answer.trim() {
        GO_AHEAD => {
            let mut input = input.clone();
            // Kinds of commands that would need no question any more. Nobody was shown them.
            if let Some(fields) = input.as_object_mut() {
                fields.remove("allowedPrompts");
            }
            allow(&input)
        }
        KEEP_PLANNING => {
            deny("The person wants to keep planning. Ask what to change, and change nothing yet.")
        }
        words => deny(&format!("The person wants the plan changed. Their words: {words}")),
    }
}

#[cfg(test)]
mod tests;
