//! From an agent's file to a checked [`Script`]: finds the block, reads the YAML, names line and remedy of mistakes.
//!
//! Checks while reading, since only then does the parser know the line. Runs nothing.

use std::fmt;
use std::marker::PhantomData;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::scope::{AskFields, RunFields, Scope, duration, plain};
use super::steps::{Script, Step};

/// What the code block with the steps says after its fence.
const INFO: &str = "yaml steps";

impl Script {
    /// Reads the script out of an agent's instructions.
    ///
    /// # Errors
    /// What is wrong, in which line of the block, and what is expected there.
    pub(super) fn parse(instructions: &str) -> Result<Self, String> {
        let block = find_block(instructions)?;
        let steps = Steps { scope: Scope::new() }
            .deserialize(serde_yaml::Deserializer::from_str(&block))
            .map_err(|error| explain(&error))?;
        if steps.is_empty() {
            return Err("the list of steps is empty".to_owned());
        }
        Ok(Self { steps })
    }
}

fn find_block(instructions: &str) -> Result<String, String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut within = false;
    for event in Parser::new(instructions) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if info.trim() == INFO => {
                within = true;
                blocks.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => within = false,
            Event::Text(text) if within => {
                blocks.last_mut().into_iter().for_each(|block| block.push_str(&text))
            }
            _ => {}
        }
    }
    match (blocks.pop(), blocks.len()) {
        (Some(block), 0) => Ok(block),
        (None, _) => {
            Err(format!("there are no steps: the file needs a fenced code block that begins with ```{INFO}"))
        }
        (Some(_), more) => Err(format!("there must be one block ```{INFO}, not {}", more + 1)),
    }
}

fn explain(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    let Some(place) = error.location() else { return format!("the steps: {text}") };
    let text =
        text.strip_suffix(&format!(" at line {} column {}", place.line(), place.column())).unwrap_or(&text);
    // The parser's own path counts from 0, which would only confuse.
    let text = match text.split_once(": ") {
        Some((path, text)) if path.starts_with(".[") => text,
        _ => text,
    };
    format!("line {} of the steps: {text}", place.line())
}

/// Settings that may be written as one text.
struct Short<T>(T);

impl<'de, T: Deserialize<'de> + From<String>> Deserialize<'de> for Short<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShortVisitor(PhantomData))
    }
}

struct ShortVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + From<String>> Visitor<'de> for ShortVisitor<T> {
    type Value = Short<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or settings such as { ask: false }")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Short(T::from(text.to_owned())))
    }

    /// `true` and `false` are commands, too.
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Short(T::from(value.to_string())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Short)
    }
}

/// Reads the list of steps.
struct Steps {
    scope: Scope,
}

impl<'de> DeserializeSeed<'de> for Steps {
    type Value = Vec<Step>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Steps {
    type Value = Vec<Step>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of steps such as `- say: Hello`")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut steps = Vec::new();
        while let Some(step) = list.next_element_seed(OneStep { scope: &mut self.scope })? {
            steps.push(step);
        }
        Ok(steps)
    }
}

/// Reads one step.
struct OneStep<'s> {
    scope: &'s mut Scope,
}

impl<'de> DeserializeSeed<'de> for OneStep<'_> {
    type Value = Step;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Step, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneStep<'_> {
    type Value = Step;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step such as `say: Hello`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
        let Some(name) = map.next_key::<String>()? else {
            return Err(de::Error::custom("the step is empty"));
        };
        let step = self.step(&name, &mut map)?;
        match map.next_key::<String>()? {
            None => Ok(step),
            Some(other) => Err(de::Error::custom(format!(
                "`{other}` stands beside `{name}`: every step is a list entry of its own, with its settings within it, \
                 as in `run: {{ command: ls, ask: false }}`"
            ))),
        }
    }
}

impl OneStep<'_> {
    fn step<'de, A: MapAccess<'de>>(self, name: &str, map: &mut A) -> Result<Step, A::Error> {
        let scope = self.scope;
        let step = match name {
            "say" => scope.text(&map.next_value::<String>()?).map(Step::Say),
            "think" => scope.text(&map.next_value::<String>()?).map(Step::Think),
            "plan" => match map.next_value::<Vec<String>>() {
                Ok(entries) => scope.plan(&entries),
                Err(_) => Err("`plan` takes a list such as [Look around, Report]".to_owned()),
            },
            "done" => match map.next_value() {
                Ok(number) => scope.done(number),
                Err(_) => Err("`done` takes the number of an entry of the plan".to_owned()),
            },
            "run" => scope.run(map.next_value::<Short<RunFields>>()?.0).map(Step::Run),
            "write" => scope.write(map.next_value()?).map(Step::Write),
            "read" => Scope::path(map.next_value()?).map(Step::Read),
            "ask" => scope.ask(map.next_value::<Short<AskFields>>()?.0).map(Step::Ask),
            "send" => Scope::path(map.next_value()?).map(Step::Send),
            "wait" => duration(&map.next_value::<String>()?).map(Step::Wait),
            "fail" => plain(map.next_value()?, "the reason of a failure").map(Step::Fail),
            unknown => Err(unknown_step(unknown)),
        };
        step.map_err(de::Error::custom)
    }
}

fn unknown_step(unknown: &str) -> String {
    let nearest = Step::NAMES.iter().min_by_key(|name| strsim::osa_distance(name, unknown));
    let hint = match nearest {
        Some(name) if strsim::osa_distance(name, unknown) <= 2 => format!("did you mean `{name}`?"),
        Some(_) | None => format!("the steps are {}", Step::NAMES.join(", ")),
    };
    format!("there is no step `{unknown}`; {hint}")
}
