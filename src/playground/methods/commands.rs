//! The bot's command menu: scopes × languages.

use serde_json::{Map, Value, json};

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::event::Command;
use crate::playground::world::Change;

const COMMANDS_LIMIT: usize = 100;
const NAME_LIMIT: usize = 32;
const DESCRIPTION_LIMIT: usize = 256;

pub(super) fn set(call: &mut Call<'_>) -> Answer {
    let commands = read_commands(call)?;
    let (scope, language_code) = place(call)?;
    if commands.len() > COMMANDS_LIMIT {
        return Err(ApiError::COMMANDS_TOO_MUCH);
    }
    call.inner.commit(call.now, Change::Commands { scope, language_code, commands });
    done(&true)
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let (scope, language_code) = place(call)?;
    let sets = &call.inner.world.commands;
    let set = sets.iter().find(|set| set.scope == scope && set.language_code == language_code);
    done(&set.map(|set| set.commands.as_slice()).unwrap_or_default())
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let (scope, language_code) = place(call)?;
    call.inner.commit(call.now, Change::Commands { scope, language_code, commands: Vec::new() });
    done(&true)
}

fn read_commands(call: &Call<'_>) -> Result<Vec<Command>, ApiError> {
    let Some(value) = call.params.json::<Value>("commands", "commands")? else { return Ok(Vec::new()) };
    let list = value.as_array().ok_or_else(|| ApiError::bad("expected an Array of BotCommand"))?;
    list.iter().map(read_command).collect()
}

fn read_command(value: &Value) -> Result<Command, ApiError> {
    let wrong = |reason: String| ApiError::bad(&format!("can't parse BotCommand: {reason}"));
    let object = value.as_object().ok_or_else(|| wrong("expected an Object".to_owned()))?;
    let field = |name: &str| {
        let text = object.get(name).ok_or_else(|| wrong(format!("Can't find field \"{name}\"")))?;
        text.as_str().ok_or_else(|| wrong(format!("Field \"{name}\" must be of type String")))
    };
    let (command, description) = (field("command")?.trim(), field("description")?.trim());
    let command = command.strip_prefix('/').unwrap_or(command);
    if command.is_empty() {
        return Err(ApiError::bad("command must be non-empty"));
    }
    if command.chars().count() > NAME_LIMIT {
        return Err(ApiError::bad(&format!("command length must not exceed {NAME_LIMIT}")));
    }
    if description.is_empty() {
        return Err(ApiError::bad("command description must be non-empty"));
    }
    if description.chars().count() > DESCRIPTION_LIMIT {
        return Err(ApiError::bad(&format!(
            "command description length must not exceed {DESCRIPTION_LIMIT}"
        )));
    }
    if !command.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(ApiError::COMMAND_INVALID);
    }
    Ok(Command { command: command.to_owned(), description: description.to_owned() })
}

/// Scope and language that the call is about; the scope in one spelling.
fn place(call: &Call<'_>) -> Result<(Value, String), ApiError> {
    let language = call.params.text("language_code").unwrap_or("");
    let is_code = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
    if !(language.is_empty() || is_code) {
        return Err(ApiError::bad("invalid language code specified"));
    }
    let Some(scope) = call.params.json::<Value>("scope", "BotCommandScope")? else {
        return Ok((json!({ "type": "default" }), language.to_owned()));
    };
    let scope = scope.as_object().ok_or_else(|| wrong_scope("BotCommandScope must be an Object"))?;
    Ok((read_scope(call, scope)?, language.to_owned()))
}

fn wrong_scope(reason: &str) -> ApiError {
    ApiError::bad(&format!("can't parse BotCommandScope: {reason}"))
}

fn read_scope(call: &Call<'_>, scope: &Map<String, Value>) -> Result<Value, ApiError> {
    let kind =
        scope.get("type").and_then(Value::as_str).ok_or_else(|| wrong_scope("Can't find field \"type\""))?;
    match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => {
            return Ok(json!({ "type": kind }));
        }
        "chat" | "chat_administrators" | "chat_member" => {}
        _ => return Err(wrong_scope("Unsupported type specified")),
    }
    let number = |name: &str| {
        let field = scope.get(name)?;
        field.as_i64().or_else(|| field.as_str()?.parse().ok())
    };
    let chat_id = number("chat_id").ok_or_else(|| wrong_scope("Empty chat_id specified"))?;
    call.chat(chat_id)?;
    if kind != "chat_member" {
        return Ok(json!({ "type": kind, "chat_id": chat_id }));
    }
    let user_id =
        number("user_id").filter(|id| *id > 0).ok_or_else(|| wrong_scope("Invalid user_id specified"))?;
    Ok(json!({ "type": kind, "chat_id": chat_id, "user_id": user_id }))
}
