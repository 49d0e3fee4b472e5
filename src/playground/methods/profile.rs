//! The bot itself: who it is, how it presents itself, how it wants its updates.

use serde_json::json;

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::world::Change;

const NAME_LIMIT: usize = 64;
const DESCRIPTION_LIMIT: usize = 512;
const SHORT_DESCRIPTION_LIMIT: usize = 120;

pub(super) fn get_me(call: &mut Call<'_>) -> Answer {
    let bot = &call.inner.world.bot;
    done(&json!({
        "id": bot.id, "is_bot": true, "first_name": bot.first_name, "username": bot.username,
        "can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false,
        "can_connect_to_business": false, "has_main_web_app": false, "has_topics_enabled": false,
        "allows_users_to_create_topics": false,
    }))
}

/// `logOut` and `close`: the playground's bot stays where it is.
pub(super) fn accept(_: &mut Call<'_>) -> Answer {
    done(&true)
}

pub(super) fn set_name(call: &mut Call<'_>) -> Answer {
    set(call, "name", NAME_LIMIT, "BOT_TITLE_INVALID")
}

pub(super) fn get_name(call: &mut Call<'_>) -> Answer {
    let stored = stored(call, "name");
    done(&json!({ "name": if stored.is_empty() { &call.inner.world.bot.first_name } else { stored } }))
}

pub(super) fn set_description(call: &mut Call<'_>) -> Answer {
    set(call, "description", DESCRIPTION_LIMIT, "BOT_DESCRIPTION_TOO_LONG")
}

pub(super) fn get_description(call: &mut Call<'_>) -> Answer {
    done(&json!({ "description": stored(call, "description") }))
}

pub(super) fn set_short_description(call: &mut Call<'_>) -> Answer {
    set(call, "short_description", SHORT_DESCRIPTION_LIMIT, "BOT_SHORT_DESCRIPTION_TOO_LONG")
}

pub(super) fn get_short_description(call: &mut Call<'_>) -> Answer {
    done(&json!({ "short_description": stored(call, "short_description") }))
}

fn field(call: &Call<'_>, name: &str) -> String {
    format!("{name}/{}", call.params.text("language_code").unwrap_or(""))
}

fn stored<'c>(call: &'c Call<'_>, name: &str) -> &'c String {
    static NOTHING: String = String::new();
    call.inner.world.profile.get(&field(call, name)).unwrap_or(&NOTHING)
}

fn set(call: &mut Call<'_>, name: &str, limit: usize, too_long: &str) -> Answer {
    let text = call.params.text(name).unwrap_or("").to_owned();
    if text.chars().count() > limit {
        return Err(ApiError::bad(too_long));
    }
    let field = field(call, name);
    call.inner.commit(call.now, Change::Profile { field, text });
    done(&true)
}

pub(super) fn set_webhook(call: &mut Call<'_>) -> Answer {
    let url = call.params.text("url").unwrap_or("").to_owned();
    if !url.is_empty() && !url.starts_with("https://") {
        return Err(ApiError::WEBHOOK_NOT_HTTPS);
    }
    change_webhook(call, url)
}

pub(super) fn delete_webhook(call: &mut Call<'_>) -> Answer {
    change_webhook(call, String::new())
}

fn change_webhook(call: &mut Call<'_>, url: String) -> Answer {
    if call.params.flag("drop_pending_updates")
        && let Some(last) = call.inner.world.queue.back().map(|update| update.id)
    {
        call.inner.commit(call.now, Change::Confirmed(last));
    }
    if call.inner.world.webhook != url {
        call.inner.commit(call.now, Change::Webhook(url));
    }
    done(&true)
}

pub(super) fn get_webhook_info(call: &mut Call<'_>) -> Answer {
    call.inner.drop_outdated(call.now);
    let world = &call.inner.world;
    let mut info = json!({
        "url": world.webhook, "has_custom_certificate": false, "pending_update_count": world.queue.len(),
    });
    if let Some(kinds) = &world.allowed {
        info["allowed_updates"] = json!(kinds);
    }
    done(&info)
}
