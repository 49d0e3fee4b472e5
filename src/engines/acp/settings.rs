//! The mode and the model of a session: what is wanted, put into the way in which the program offers it.

use agent_client_protocol::UntypedMessage;
use agent_client_protocol::v1::schema::{
    SessionConfigKind, SessionConfigOption, SessionConfigOptionCategory, SessionConfigOptionValue,
    SessionConfigSelectOptions, SessionModeState, SetSessionConfigOptionRequest, SetSessionModeRequest,
};
use serde_json::{Value, json};

use super::super::program::Program;
use super::super::refusal::{Refusal, no_such_model};
use super::peer::Peer;
use super::refusals::Trouble;
use super::session::Wanted;
use crate::domain::agent::{folded, matching};
use crate::domain::ids::SessionId;

/// Parts of the names of modes in which a program asks nobody. Such a mode is never chosen.
const RECKLESS: [&str; 6] = ["bypass", "yolo", "fullaccess", "danger", "autoapprove", "skippermission"];

/// What programs call the mode in which they change nothing.
const PLANNING: [&str; 3] = ["plan", "readonly", "planmode"];

/// Models that mean: whatever the program takes by itself.
const UNCHANGED: [&str; 2] = ["inherit", "default"];

/// How a session's setting is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// `session/set_mode`.
    Mode,
    /// `session/set_model`, of programs from before there were config options.
    Model,
    /// `session/set_config_option`, with the option's id.
    Option(String),
}

/// One value that a program offers: its id, and its name for people.
type Offered = (String, String);

/// Sets the mode and the model, as `answer`, with which the session was opened, offers them. Says, for a person, when
/// the model is not there and the program works with its own.
pub(super) async fn apply(
    peer: &mut Peer,
    program: &Program,
    wanted: Wanted<'_>,
    session: &SessionId,
    answer: &Value,
    told: &mut (dyn FnMut(UntypedMessage) + Send),
) -> Result<Option<String>, Trouble> {
    if let Some((way, value)) = planning_mode(answer).filter(|_| wanted.plans) {
        // What the program does by itself against changing anything is welcome, and not relied upon.
        match peer.ask(request(session, &way, &value)?, told).await {
            Ok(_) => {}
            Err(Trouble::Said(error)) => tracing::debug!(%error, "a mode was refused"),
            Err(other) => return Err(other),
        }
    } else if let Some(mode) = &program.mode {
        let (way, value) = chosen_mode(answer, mode).map_err(|said| said_by(program, said))?;
        peer.ask(request(session, &way, &value)?, told).await?;
    }
    let model = wanted.model.map(str::trim).filter(|model| !model.is_empty());
    let Some(model) = model else { return Ok(None) };
    match chosen_model(answer, model) {
        Some((way, value)) => match peer.ask(request(session, &way, &value)?, told).await {
            Ok(_) => Ok(None),
            Err(Trouble::Said(error)) => {
                tracing::debug!(%error, "a model was refused");
                Ok(Some(no_such_model(&program.name, model)))
            }
            Err(other) => Err(other),
        },
        None if UNCHANGED.contains(&model) => Ok(None),
        None => Ok(Some(no_such_model(&program.name, model))),
    }
}

fn said_by(program: &Program, said: String) -> Trouble {
    Refusal::Said { name: program.name.clone(), said }.into()
}

/// Whether a mode would let the program do everything unasked.
pub(super) fn is_reckless(mode: &str) -> bool {
    let mode = folded(mode);
    RECKLESS.iter().any(|part| mode.contains(part))
}

/// The mode in which the program changes nothing, if it has one.
fn planning_mode(answer: &Value) -> Option<(Way, String)> {
    let (way, offered) = modes(answer);
    let plans = |(value, name): &&Offered| {
        [value, name].iter().any(|text| PLANNING.contains(&folded(text).as_str())) && !is_reckless(value)
    };
    Some((way?, offered.iter().find(plans)?.0.clone()))
}

/// How to set a mode, and its id.
fn chosen_mode(answer: &Value, wanted: &str) -> Result<(Way, String), String> {
    let asks_nobody =
        || format!("the mode `{wanted}` asks nobody before it acts, so it is never used. Change `mode`.");
    if is_reckless(wanted) {
        return Err(asks_nobody());
    }
    let (way, offered) = modes(answer);
    let Some(way) = way else {
        return Err(format!("it has no modes, so it cannot be put into `{wanted}`. Remove `mode`."));
    };
    let Some((value, name)) = find(&offered, wanted) else {
        let mut names: Vec<_> = offered.iter().map(|(value, _)| value.as_str()).collect();
        names.retain(|name| !is_reckless(name));
        return Err(format!("it has no mode `{wanted}`. Change `mode` to one of: {}.", names.join(", ")));
    };
    if is_reckless(value) || is_reckless(name) { Err(asks_nobody()) } else { Ok((way, value.clone())) }
}

fn chosen_model(answer: &Value, wanted: &str) -> Option<(Way, String)> {
    let (way, offered) = models(answer);
    let (value, _) = find(&offered, wanted).or_else(|| find_loosely(&offered, wanted))?;
    Some((way?, value.clone()))
}

/// The one model whose id or name is the wanted one but for its maker, a remark in parentheses, and signs.
fn find_loosely<'o>(offered: &'o [Offered], wanted: &str) -> Option<&'o Offered> {
    let bare = |text: &str| {
        let text = text.split('(').next().unwrap_or_default();
        folded(text.rsplit('/').next().unwrap_or_default()).replace('.', "")
    };
    let wanted = bare(wanted);
    let mut alike = offered.iter().filter(|(value, name)| bare(value) == wanted || bare(name) == wanted);
    let first = alike.next().filter(|_| !wanted.is_empty())?;
    alike.next().is_none().then_some(first)
}

fn modes(answer: &Value) -> (Option<Way>, Vec<Offered>) {
    let state: Option<SessionModeState> =
        answer.get("modes").and_then(|modes| serde_json::from_value(modes.clone()).ok());
    if let Some(state) = state.filter(|state| !state.available_modes.is_empty()) {
        let offered = |mode: agent_client_protocol::v1::schema::SessionMode| (mode.id.to_string(), mode.name);
        return (Some(Way::Mode), state.available_modes.into_iter().map(offered).collect());
    }
    option(answer, &SessionConfigOptionCategory::Mode)
}

fn models(answer: &Value) -> (Option<Way>, Vec<Offered>) {
    let (way, offered) = option(answer, &SessionConfigOptionCategory::Model);
    if way.is_some() {
        return (way, offered);
    }
    let listed = answer.pointer("/models/availableModels").and_then(Value::as_array);
    let text = |model: &Value, key: &str| model.get(key).and_then(Value::as_str).map(str::to_owned);
    let model = |model| Some((text(model, "modelId")?, text(model, "name").unwrap_or_default()));
    let offered: Vec<_> = listed.into_iter().flatten().filter_map(model).collect();
    (listed.map(|_| Way::Model), offered)
}

/// The config option of a category: the way to set it, and its values.
fn option(answer: &Value, category: &SessionConfigOptionCategory) -> (Option<Way>, Vec<Offered>) {
    let options = answer.get("configOptions").and_then(Value::as_array);
    let parsed = options
        .into_iter()
        .flatten()
        .filter_map(|option| serde_json::from_value::<SessionConfigOption>(option.clone()).ok());
    for option in parsed.filter(|option| option.category.as_ref() == Some(category)) {
        let SessionConfigKind::Select(select) = option.kind else { continue };
        let values = match select.options {
            SessionConfigSelectOptions::Ungrouped(values) => values,
            SessionConfigSelectOptions::Grouped(groups) => {
                groups.into_iter().flat_map(|group| group.options).collect()
            }
            _ => continue,
        };
        let offered = values.into_iter().map(|value| (value.value.to_string(), value.name)).collect();
        return (Some(Way::Option(option.id.to_string())), offered);
    }
    (None, Vec::new())
}

/// The value that a person means, by its id or else by its name.
fn find<'o>(offered: &'o [Offered], wanted: &str) -> Option<&'o Offered> {
    let by_value = matching(offered.iter().map(|(value, _)| value.as_str()), wanted);
    let by_name = || matching(offered.iter().map(|(_, name)| name.as_str()), wanted);
    match by_value {
        Some(value) => offered.iter().find(|offer| offer.0 == value),
        None => by_name().and_then(|name| offered.iter().find(|offer| offer.1 == name)),
    }
}

fn request(session: &SessionId, way: &Way, value: &str) -> Result<UntypedMessage, Trouble> {
    use agent_client_protocol::JsonRpcMessage;
    let session = session.0.clone();
    Ok(match way {
        Way::Mode => SetSessionModeRequest::new(session, value.to_owned()).to_untyped_message()?,
        Way::Option(option) => {
            let value = SessionConfigOptionValue::ValueId { value: value.to_owned().into() };
            SetSessionConfigOptionRequest::new(session, option.clone(), value).to_untyped_message()?
        }
        Way::Model => {
            UntypedMessage::new("session/set_model", json!({ "sessionId": session, "modelId": value }))?
        }
    })
}

#[cfg(test)]
mod tests;
