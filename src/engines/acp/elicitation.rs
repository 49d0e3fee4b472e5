//! Questions of a program, as forms: asked field by field, each as one question. Pure.

use std::collections::{BTreeMap, VecDeque};

use agent_client_protocol::v1::schema::{
    CreateElicitationRequest, CreateElicitationResponse, ElicitationAcceptAction, ElicitationAction,
    ElicitationContentValue, ElicitationMode, ElicitationPropertySchema, ElicitationSchema, EnumOption,
    MultiSelectItems,
};

/// The answer that leaves a field out which need not be filled in.
const SKIP: &str = "Skip";

/// A form that is being filled in.
#[derive(Debug)]
pub(super) struct Form {
    /// What all of it is about.
    message: String,
    fields: VecDeque<Field>,
    content: BTreeMap<String, ElicitationContentValue>,
}

#[derive(Debug)]
struct Field {
    key: String,
    text: String,
    kind: Kind,
    required: bool,
}

#[derive(Debug)]
enum Kind {
    /// One of these; each with its name for people.
    Choice(Vec<(String, String)>),
    /// Any of these.
    Choices(Vec<(String, String)>),
    YesNo,
    Text,
    Integer,
    Number,
    /// Nothing to fill in: to be taken note of, as the text says.
    Consent,
}

/// One question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asking {
    pub(super) text: String,
    pub(super) options: Vec<String>,
}

/// What comes after an answer.
#[derive(Debug)]
pub(super) enum Next {
    /// Another question.
    Ask(Asking),
    /// The form is done.
    Done(CreateElicitationResponse),
}

impl Form {
    /// The form of a request; `None` for one of a kind that we do not know.
    pub(super) fn of(request: CreateElicitationRequest) -> Option<Self> {
        let (message, fields) = match request.mode {
            ElicitationMode::Form(form) => (request.message, fields(form.requested_schema)),
            ElicitationMode::Url(page) => (format!("{}\n\n{}", request.message, page.url), VecDeque::new()),
            _ => return None,
        };
        let mut form = Self { message, fields, content: BTreeMap::new() };
        if form.fields.is_empty() {
            let (key, text) = (String::new(), String::new());
            form.fields.push_back(Field { key, text, kind: Kind::Consent, required: true });
        }
        Some(form)
    }

    /// The question that waits for an answer.
    pub(super) fn asking(&self) -> Asking {
        let Some(field) = self.fields.front() else {
            return Asking { text: self.message.clone(), options: Vec::new() };
        };
        let mut parts = Vec::new();
        if self.content.is_empty() && !self.message.is_empty() {
            parts.push(self.message.clone());
        }
        if !field.text.is_empty() && !parts.contains(&field.text) {
            parts.push(field.text.clone());
        }
        parts.extend(field.hint());
        Asking { text: parts.join("\n\n"), options: field.options() }
    }

    /// Takes in the answer to the question that waits.
    pub(super) fn answer(&mut self, text: &str) -> Next {
        let text = text.trim();
        let Some(field) = self.fields.front() else { return Next::Done(self.accepted()) };
        let skipped = !field.required && text.eq_ignore_ascii_case(SKIP);
        if !skipped {
            match field.value(text) {
                Value::Is(value) => {
                    self.content.insert(field.key.clone(), value);
                }
                Value::Consent => {}
                Value::Declined => {
                    return Next::Done(CreateElicitationResponse::new(ElicitationAction::Decline));
                }
                Value::Wrong(why) => {
                    let Asking { text, options } = self.asking();
                    return Next::Ask(Asking { text: format!("{why}\n\n{text}"), options });
                }
            }
        }
        self.fields.pop_front();
        if self.fields.is_empty() { Next::Done(self.accepted()) } else { Next::Ask(self.asking()) }
    }

    fn accepted(&mut self) -> CreateElicitationResponse {
        let content = std::mem::take(&mut self.content);
        let accepted = ElicitationAcceptAction::new().content(content);
        CreateElicitationResponse::new(ElicitationAction::Accept(accepted))
    }
}

/// What an answer means for a field.
enum Value {
    Is(ElicitationContentValue),
    Consent,
    Declined,
    Wrong(String),
}

impl Field {
    fn options(&self) -> Vec<String> {
        let mut options: Vec<String> = match &self.kind {
            Kind::Choice(choices) => choices.iter().map(|(_, name)| name.clone()).collect(),
            Kind::YesNo => vec!["Yes".to_owned(), "No".to_owned()],
            Kind::Consent => vec!["Done".to_owned(), "Decline".to_owned()],
            // Options are for one answer only; what may be written stands in the text.
            Kind::Choices(_) | Kind::Text | Kind::Integer | Kind::Number => return Vec::new(),
        };
        if !self.required {
            options.push(SKIP.to_owned());
        }
        options
    }

    fn hint(&self) -> Option<String> {
        let hint = match &self.kind {
            Kind::Choices(choices) => {
                let names: Vec<_> = choices.iter().map(|(_, name)| format!("- {name}")).collect();
                Some(format!("Name one or more, with commas between them:\n{}", names.join("\n")))
            }
            Kind::Integer => Some("A whole number.".to_owned()),
            Kind::Number => Some("A number.".to_owned()),
            Kind::Choice(_) | Kind::YesNo | Kind::Text | Kind::Consent => None,
        };
        let skip =
            (!self.required && self.options().is_empty()).then(|| format!("Write “{SKIP}” to leave it out."));
        match (hint, skip) {
            (Some(hint), Some(skip)) => Some(format!("{hint}\n{skip}")),
            (hint, skip) => hint.or(skip),
        }
    }

    fn value(&self, text: &str) -> Value {
        let wrong = |why: &str| Value::Wrong(why.to_owned());
        match &self.kind {
            Kind::Text => Value::Is(ElicitationContentValue::String(text.to_owned())),
            Kind::Choice(choices) => pick(choices, text).map_or_else(
                || wrong("That is none of the choices."),
                |value| Value::Is(ElicitationContentValue::String(value)),
            ),
            Kind::Choices(choices) => {
                let picked: Option<Vec<_>> = text.split(',').map(|name| pick(choices, name)).collect();
                picked.map_or_else(
                    || wrong("That is not among the choices."),
                    |values| Value::Is(ElicitationContentValue::StringArray(values)),
                )
            }
            Kind::YesNo => match text.to_lowercase().as_str() {
                "yes" | "y" | "true" => Value::Is(ElicitationContentValue::Boolean(true)),
                "no" | "n" | "false" => Value::Is(ElicitationContentValue::Boolean(false)),
                _ => wrong("Yes or no?"),
            },
            Kind::Integer => text.parse().map_or_else(
                |_| wrong("That is not a whole number."),
                |number| Value::Is(ElicitationContentValue::Integer(number)),
            ),
            Kind::Number => text.parse().map_or_else(
                |_| wrong("That is not a number."),
                |number| Value::Is(ElicitationContentValue::Number(number)),
            ),
            Kind::Consent => {
                if text.eq_ignore_ascii_case("decline") {
                    Value::Declined
                } else {
                    Value::Consent
                }
            }
        }
    }
}

fn pick(choices: &[(String, String)], text: &str) -> Option<String> {
    let text = text.trim();
    let means = |choice: &&(String, String)| choice.1.eq_ignore_ascii_case(text) || choice.0 == text;
    choices.iter().find(means).map(|(value, _)| value.clone())
}

fn fields(schema: ElicitationSchema) -> VecDeque<Field> {
    let required = schema.required.unwrap_or_default();
    let mut fields: Vec<_> = schema
        .properties
        .into_iter()
        .filter_map(|(key, property)| {
            let (title, description, kind) = kind(property)?;
            let parts: Vec<_> = [title, description].into_iter().flatten().collect();
            let text = if parts.is_empty() { key.clone() } else { parts.join("\n") };
            Some(Field { text, kind, required: required.contains(&key), key })
        })
        .collect();
    // As the program orders them, where it does; what may be left out comes last.
    fields.sort_by_key(|field| required.iter().position(|key| *key == field.key).unwrap_or(usize::MAX));
    fields.into()
}

fn kind(property: ElicitationPropertySchema) -> Option<(Option<String>, Option<String>, Kind)> {
    let plain = |values: Vec<String>| values.into_iter().map(|value| (value.clone(), value)).collect();
    let named =
        |options: Vec<EnumOption>| options.into_iter().map(|option| (option.value, option.title)).collect();
    Some(match property {
        ElicitationPropertySchema::String(string) => {
            let kind = match (string.one_of, string.enum_values) {
                (Some(options), _) => Kind::Choice(named(options)),
                (None, Some(values)) => Kind::Choice(plain(values)),
                (None, None) => Kind::Text,
            };
            (string.title, string.description, kind)
        }
        ElicitationPropertySchema::Number(number) => (number.title, number.description, Kind::Number),
        ElicitationPropertySchema::Integer(number) => (number.title, number.description, Kind::Integer),
        ElicitationPropertySchema::Boolean(boolean) => (boolean.title, boolean.description, Kind::YesNo),
        ElicitationPropertySchema::Array(array) => {
            let choices = match array.items {
                MultiSelectItems::String(items) => plain(items.values),
                MultiSelectItems::Titled(items) => named(items.options),
                _ => return None,
            };
            (array.title, array.description, Kind::Choices(choices))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
