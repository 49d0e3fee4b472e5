//! `reply_markup`: reading it, and Telegram's rules for inline keyboards.

use serde_json::{Map, Value};

use super::errors::ApiError;
use super::model::{Button, Keyboard};

/// Buttons of one keyboard.
const BUTTON_LIMIT: usize = 100;
/// Bytes of the whole markup.
const MARKUP_LIMIT: usize = 10 * 1024;
/// Bytes of a button's data.
pub(crate) const DATA_LIMIT: usize = 64;
/// Fields of which a button must have one, besides `callback_data` and `url`.
const ACTIONS: [&str; 8] = [
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
    "copy_text",
];

/// Reads the inline keyboard of a `reply_markup` value. Other kinds of markup (reply keyboards, force reply)
/// are accepted and, as in the Bot API's own messages, not shown.
pub(crate) fn read(json: Option<&str>) -> Result<Option<Keyboard>, ApiError> {
    let Some(json) = json else { return Ok(None) };
    let value: Value = serde_json::from_str(json)
        .map_err(|_| ApiError::bad("can't parse reply keyboard markup JSON object"))?;
    let object = value.as_object().ok_or_else(|| ApiError::bad("object expected as reply markup"))?;
    let Some(rows) = object.get("inline_keyboard") else { return Ok(None) };
    let shape = "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays";
    let rows = rows.as_array().ok_or_else(|| ApiError::bad(shape))?;
    let mut keyboard = Keyboard { inline_keyboard: Vec::with_capacity(rows.len()) };
    for row in rows {
        let row = row.as_array().ok_or_else(|| ApiError::bad(shape))?;
        let buttons = row.iter().map(button).collect::<Result<Vec<_>, _>>()?;
        if !buttons.is_empty() {
            keyboard.inline_keyboard.push(buttons);
        }
    }
    let buttons: usize = keyboard.inline_keyboard.iter().map(Vec::len).sum();
    if buttons > BUTTON_LIMIT || json.len() > MARKUP_LIMIT {
        return Err(ApiError::MARKUP_TOO_LONG);
    }
    Ok((buttons > 0).then_some(keyboard))
}

fn button(value: &Value) -> Result<Button, ApiError> {
    let wrong = |reason: &str| ApiError::bad(&format!("can't parse inline keyboard button: {reason}"));
    let object = value.as_object().ok_or_else(|| wrong("InlineKeyboardButton must be an Object"))?;
    let text = match object.get("text") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(wrong("Field \"text\" must be of type String")),
        None => return Err(wrong("Can't find field \"text\"")),
    };
    let field = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (callback_data, url) = (field("callback_data").map(str::to_owned), field("url").map(str::to_owned));
    if callback_data.is_none() && url.is_none() && !ACTIONS.iter().any(|action| object.contains_key(*action))
    {
        return Err(wrong("Text buttons are unallowed in the inline keyboard"));
    }
    if text.trim().is_empty() {
        return Err(ApiError::bad("inline keyboard button text must be non-empty"));
    }
    if callback_data.as_ref().is_some_and(|data| data.len() > DATA_LIMIT) {
        return Err(ApiError::BUTTON_DATA_INVALID);
    }
    if let Some(url) = &url
        && !is_link(url)
    {
        return Err(ApiError::bad(&format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")));
    }
    let other: Map<String, Value> = object
        .iter()
        .filter(|(name, value)| {
            !matches!(name.as_str(), "text" | "callback_data" | "url") && !value.is_null()
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Ok(Button { text, callback_data, url, other })
}

fn is_link(url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.split(['/', '?', '#']).next().is_some_and(|host| host.contains('.')),
        "tg" | "ton" => !rest.is_empty(),
        _ => false,
    }
}
