//! One run, from the program's start, or from where it was kept, to its end.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::super::files;
use super::super::link::{Halt, Link};
use super::super::sessions::{Living, SessionKey};
use super::AcpEngine;
use super::attachments;
use super::exchange::Reach;
use super::kept::{Kept, update_of};
use super::peer::Peer;
use super::requests::Requests;
use super::session::{self, Wanted};
use super::turn::{Turn, TurnEnd};
use super::updates::{Counting, Decoder};
use super::watch::Watch;
use crate::domain::agent::{AgentSpec, PermissionMode};
use crate::domain::event::EngineEvent;
use crate::domain::ids::SessionId;
use crate::engines::refusal::Refusal;
use crate::ports::RunRequest;

/// Runs a request. Whatever goes wrong is the run's ending, and nothing of it is left then.
pub(super) async fn run(engine: AcpEngine, request: RunRequest, mut link: Link) -> Result<(), Halt> {
    let workspace = files::real_directory(&request.workspace).map_err(Halt::Failed)?;
    let kept = request.resume.as_ref().and_then(|id| taken(&engine, &request.agent, &workspace, id));
    let (mut session, living, fresh) = match kept {
        Some((session, living)) => (session, living, false),
        None => started(&engine, &request, &workspace, &mut link).await?,
    };
    let attachments = request.attachments.iter().map(|attachment| attachment.path.clone()).collect();
    let references = request.agent.references.clone();
    let reach = Reach { workspace: workspace.clone(), attachments, references };
    let policy = Arc::clone(&request.policy);
    let mut requests = Requests::new(engine.program.guard.clone(), reach, Arc::clone(&policy));
    let watch = Watch::new(policy, workspace.clone());
    let ended = {
        let program = &engine.program;
        let mut turn =
            Turn { link: &mut link, program, session: &mut session, requests: &mut requests, watch, open: 0 };
        let ended = work(&mut turn, &request, fresh).await;
        if matches!(ended, Err(Halt::Stopped)) {
            turn.cancel().await;
        }
        ended
    };
    match ended {
        Ok(end) => {
            requests.close().await;
            if request.lasting {
                let key = key(&engine, &request.agent, workspace, session.id.clone());
                engine.sessions.keep(key, session, living);
            } else {
                session.peer.stop().await;
            }
            match end {
                TurnEnd::Completed => Ok(()),
                TurnEnd::GaveUp(reason) => Err(Halt::Failed(reason)),
                TurnEnd::Cancelled => Err(Halt::Stopped),
            }
        }
        Err(halt) => {
            tokio::join!(requests.close(), session.peer.stop());
            Err(halt)
        }
    }
}

async fn work(turn: &mut Turn<'_>, request: &RunRequest, fresh: bool) -> Result<TurnEnd, Halt> {
    turn.link.emit(EngineEvent::SessionOpened(turn.session.id.clone())).await?;
    if fresh && request.resume.is_some() {
        turn.link.emit(EngineEvent::SessionLost).await?;
    }
    for event in turn.session.begin(fresh) {
        turn.link.emit(event).await?;
    }
    let capabilities = &turn.session.peer.capabilities.prompt_capabilities;
    // A program that takes instructions by themselves has them already.
    let to_be_told = fresh && !turn.session.peer.takes_instructions;
    let instructions =
        to_be_told.then(|| attachments::instructions(&request.agent, &request.policy)).flatten();
    let blocks = attachments::blocks(capabilities, &request.prompt, instructions, &request.attachments);
    let blocks = turn.link.or_stop(blocks).await?;
    turn.run(blocks).await
}

/// The session, if it was kept and its program is still up.
fn taken(engine: &AcpEngine, agent: &AgentSpec, workspace: &Path, id: &SessionId) -> Option<(Kept, Living)> {
    let key = key(engine, agent, workspace.to_owned(), id.clone());
    let (session, living) = engine.sessions.take::<Kept>(&key)?;
    session.peer.wire.is_alive().then_some((session, living))
}

/// Starts the program, and takes up the session or begins one. Says whether it is a new one.
async fn started(
    engine: &AcpEngine,
    request: &RunRequest,
    workspace: &Path,
    link: &mut Link,
) -> Result<(Kept, Living, bool), Halt> {
    let program = &engine.program;
    let failed = |refusal: Refusal| Halt::Failed(refusal.to_string());
    let living = engine.sessions.admit();
    let mut peer = Peer::start(program, workspace).await.map_err(failed)?;
    let mut decoder = Decoder::default();
    let opening = async {
        let opened = async {
            peer.introduce(program).await?;
            let mut told = |message: agent_client_protocol::UntypedMessage| {
                if let Some(update) = update_of(&message, None) {
                    decoder.aside(update);
                }
            };
            let instructions = attachments::instructions(&request.agent, &request.policy);
            let wanted = Wanted {
                workspace,
                model: request.agent.model.as_deref(),
                plans: request.policy.mode() == PermissionMode::Plan,
                instructions: instructions.as_deref(),
                resume: request.resume.as_ref(),
            };
            session::open(&mut peer, program, wanted, &mut told).await
        };
        match opened.await {
            Ok(opened) => Ok(opened),
            Err(trouble) => Err(failed(trouble.at_start(program, &mut peer.wire).await)),
        }
    };
    match link.or_stop(opening).await.and_then(|opened| opened) {
        Ok(opened) => {
            if let Some(text) = opened.warning {
                link.emit(EngineEvent::Warning(text)).await?;
            }
            let steers = steers(&peer);
            decoder.steers(steers);
            decoder.counts_tokens(counting(&peer));
            Ok((Kept { peer, id: opened.id, decoder, steers }, living, opened.fresh))
        }
        Err(halt) => {
            peer.stop().await;
            Err(halt)
        }
    }
}

/// Whether the program takes a prompt while it works on another.
fn steers(peer: &Peer) -> bool {
    let meta = peer.capabilities.meta.as_ref();
    let queueing = meta.and_then(|meta| meta.get("claudeCode")?.get("promptQueueing"));
    queueing.and_then(Value::as_bool).unwrap_or(false)
}

/// How the program counts the tokens in its answers to prompts; the protocol leaves that open.
fn counting(peer: &Peer) -> Counting {
    let name = peer.info.as_ref().map(|info| info.name.as_str()).unwrap_or_default();
    if name.ends_with("mistral-vibe") { Counting::Session } else { Counting::Prompt }
}

/// A program is kept for the same agent, started in the same way, only.
fn key(engine: &AcpEngine, agent: &AgentSpec, workspace: PathBuf, session: SessionId) -> SessionKey {
    let program = &engine.program;
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(agent).unwrap_or_default().hash(&mut hasher);
    (&program.command, &program.env, &program.mode).hash(&mut hasher);
    let setup = format!("{:016x}", hasher.finish());
    SessionKey { engine: program.name.clone(), session, workspace, setup }
}
