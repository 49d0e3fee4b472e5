//! Sessions of a program: a new one, or one that goes on; and those that there are.

use std::path::Path;
use std::time::Duration;

use agent_client_protocol::v1::schema::{
    ListSessionsRequest, ListSessionsResponse, LoadSessionRequest, NewSessionRequest, ResumeSessionRequest,
};
use agent_client_protocol::{JsonRpcRequest, UntypedMessage};
use serde_json::{Value, json};

use super::super::program::Program;
use super::super::refusal::Refusal;
use super::connection::Heard;
use super::login::ask_logged_in;
use super::peer::Peer;
use super::refusals::Trouble;
use super::settings;
use crate::domain::ids::{SessionId, Timestamp};
use crate::ports::SessionSummary;

/// How many pages of a list of sessions are asked for.
const PAGES: usize = 5;

/// A program that has said nothing for so long after it took a session up has repeated all of its history.
const QUIET: Duration = Duration::from_millis(300);

/// A session that is ready for a prompt.
#[derive(Debug)]
pub(super) struct Opened {
    /// The program's name for it.
    pub(super) id: SessionId,
    /// Whether it is a new one.
    pub(super) fresh: bool,
    /// What is not as it was wanted, for a person.
    pub(super) warning: Option<String>,
}

/// What a session shall be like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'w> {
    /// Where it works.
    pub(super) workspace: &'w Path,
    /// The model; the program's own when absent.
    pub(super) model: Option<&'w str>,
    /// Whether the agent only plans.
    pub(super) plans: bool,
    /// The agent's instructions, for programs that take them apart from prompts.
    pub(super) instructions: Option<&'w str>,
    /// The session to go on with.
    pub(super) resume: Option<&'w SessionId>,
}

/// Takes up a session, or begins one, and sets its mode and model. What the program says meanwhile, the history that
/// it repeats above all, goes to `told`.
pub(super) async fn open(
    peer: &mut Peer,
    program: &Program,
    wanted: Wanted<'_>,
    told: &mut (dyn FnMut(UntypedMessage) + Send),
) -> Result<Opened, Trouble> {
    let continued = match wanted.resume {
        Some(session) => go_on(peer, program, wanted, session, told).await?.map(|answer| (session, answer)),
        None => None,
    };
    let (mut opened, answer) = match continued {
        Some((session, answer)) => (Opened { id: session.clone(), fresh: false, warning: None }, answer),
        None => {
            let request = wanted.request(peer, &NewSessionRequest::new(wanted.workspace))?;
            let answer = ask_logged_in(peer, program, request, told).await?;
            let Some(id) = answer.get("sessionId").and_then(Value::as_str) else {
                let said = "it began a session without a name".to_owned();
                return Err(Refusal::Said { name: program.name.clone(), said }.into());
            };
            (Opened { id: SessionId(id.to_owned()), fresh: true, warning: None }, answer)
        }
    };
    opened.warning = settings::apply(peer, program, wanted, &opened.id, &answer, told).await?;
    Ok(opened)
}

/// Takes up a session in the best way that the program has. `None` when it cannot, or does not know the session.
async fn go_on(
    peer: &mut Peer,
    program: &Program,
    wanted: Wanted<'_>,
    session: &SessionId,
    told: &mut (dyn FnMut(UntypedMessage) + Send),
) -> Result<Option<Value>, Trouble> {
    let mut ways = Vec::new();
    if peer.capabilities.session_capabilities.resume.is_some() {
        ways.push(wanted.request(peer, &ResumeSessionRequest::new(session.0.clone(), wanted.workspace))?);
    }
    if peer.capabilities.load_session {
        ways.push(wanted.request(peer, &LoadSessionRequest::new(session.0.clone(), wanted.workspace))?);
    }
    for request in ways {
        match ask_logged_in(peer, program, request, told).await {
            Ok(answer) => {
                // Gemini CLI repeats most of the history after its answer: what comes before it is quiet is old.
                while let Ok(Some(heard)) = tokio::time::timeout(QUIET, peer.hear()).await {
                    if let Heard::Told(message) = heard {
                        told(message);
                    }
                }
                return Ok(Some(answer));
            }
            Err(Trouble::Said(error)) => tracing::debug!(%error, "a session could not be taken up"),
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}

impl Wanted<'_> {
    /// A request with the agent's instructions, where the program takes them.
    fn request(&self, peer: &Peer, request: &impl JsonRpcRequest) -> Result<UntypedMessage, Trouble> {
        let (method, mut params) = request.to_untyped_message()?.into_parts();
        if let Some(instructions) = self.instructions.filter(|_| peer.takes_instructions) {
            params["systemPrompt"] =
                json!({ "mode": "append", "content": [{ "type": "text", "text": instructions }] });
        }
        Ok(UntypedMessage::new(&method, params)?)
    }
}

/// The sessions of a workspace, latest first; none when the program keeps no list.
pub(super) async fn list(
    peer: &mut Peer,
    program: &Program,
    workspace: &Path,
) -> Result<Vec<SessionSummary>, Trouble> {
    if peer.capabilities.session_capabilities.list.is_none() {
        return Ok(Vec::new());
    }
    let (mut found, mut cursor) = (Vec::new(), None);
    for _ in 0..PAGES {
        let request = ListSessionsRequest::new().cwd(workspace.to_owned()).cursor(cursor.take());
        let answer = ask_logged_in(peer, program, request, &mut |_| {}).await?;
        let page: ListSessionsResponse =
            serde_json::from_value(answer).unwrap_or_else(|_| ListSessionsResponse::new(Vec::new()));
        found.extend(page.sessions);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    // Some programs list all that they have.
    found.retain(|session| session.cwd == workspace);
    let mut summaries: Vec<_> = found
        .into_iter()
        .map(|session| SessionSummary {
            id: SessionId(session.session_id.to_string()),
            title: session.title.unwrap_or_default(),
            used_at: session.updated_at.and_then(|text| moment(&text)),
        })
        .collect();
    summaries.sort_by_key(|summary| std::cmp::Reverse(summary.used_at));
    Ok(summaries)
}

fn moment(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(moment.as_millisecond()))
}
