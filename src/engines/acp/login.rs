//! Logging in, where a key that the program was given is all that it takes.

use agent_client_protocol::v1::schema::AuthenticateRequest;
use agent_client_protocol::{JsonRpcRequest, UntypedMessage};
use serde_json::Value;

use super::super::program::Program;
use super::peer::{Peer, names_of};
use super::refusals::{Trouble, not_logged_in};

/// Ways to log in, by the names that programs have for them, each with the variable that makes it work.
const BY_KEY: [(&str, &str); 5] = [
    ("openai-api-key", "OPENAI_API_KEY"),
    ("codex-api-key", "CODEX_API_KEY"),
    ("gemini-api-key", "GEMINI_API_KEY"),
    ("anthropic-api-key", "ANTHROPIC_API_KEY"),
    ("mistral-api-key", "MISTRAL_API_KEY"),
];

/// Asks like [`Peer::ask`]; when the program wants a login first, logs in by a key, if there is one, and asks again.
pub(super) async fn ask_logged_in<R: JsonRpcRequest>(
    peer: &mut Peer,
    program: &Program,
    request: R,
    told: &mut (dyn FnMut(UntypedMessage) + Send),
) -> Result<Value, Trouble> {
    let answer = peer.ask(request.clone(), told).await;
    let Err(trouble) = answer else { return answer };
    if !trouble.wants_login() {
        return Err(trouble);
    }
    let refusal = not_logged_in(program, &names_of(&peer.auth_methods));
    let Some(method) = by_key(&peer.auth_methods, program) else { return Err(refusal.into()) };
    match peer.ask(AuthenticateRequest::new(method), told).await {
        Ok(_) => {}
        Err(Trouble::Said(error)) => {
            tracing::debug!(method, %error, "the login by a key failed");
            return Err(refusal.into());
        }
        Err(other) => return Err(other),
    }
    match peer.ask(request, told).await {
        Err(trouble) if trouble.wants_login() => Err(refusal.into()),
        answer => answer,
    }
}

/// The way to log in that needs only a key which the program has.
fn by_key(methods: &[Value], program: &Program) -> Option<&'static str> {
    let offered = |wanted: &str| methods.iter().any(|method| method.get("id").is_some_and(|id| id == wanted));
    BY_KEY
        .into_iter()
        .find(|(method, key)| program.env.contains_key(*key) && offered(method))
        .map(|(method, _)| method)
}
