//! One engine's program, started and asked who it is. Prints nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::engines::probe;
use crate::config::{Config, EngineConfig};
use crate::engines::process::Guard;
use crate::engines::program::Probe;
use crate::engines::refusal::Refusal;

/// How long a program may take to start and to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came of it.
pub(in crate::cli) struct Examined {
    /// Its version, if it answered and said so.
    pub(in crate::cli) version: Option<String>,
    /// Why tasks would fail, and what to do, in words for a person.
    pub(in crate::cli) refusal: Option<String>,
    /// What does not keep tasks from running, but should be looked at; each a sentence.
    pub(in crate::cli) warnings: Vec<String>,
    /// What else there is to know; each a sentence.
    pub(in crate::cli) remarks: Vec<String>,
}

/// Starts the engine's program in a workspace as a task would.
pub(in crate::cli) async fn examine(engine: &EngineConfig, guard: &Guard, config: &Config) -> Examined {
    let unset =
        |name| format!("{name} is not set: put it into .env, or take it out of `env` in adjutant.yaml.");
    let mut warnings: Vec<String> = engine.missing.iter().map(unset).collect();
    warnings.extend(engine.remark.map(str::to_owned));
    match answer(engine, guard, &directory(config)).await {
        Ok(Probe { version, remarks }) => Examined { version, refusal: None, warnings, remarks },
        Err(refusal) => {
            Examined { version: None, refusal: Some(told(&refusal, engine)), warnings, remarks: Vec::new() }
        }
    }
}

/// The refusal in words; not that this very command tells more.
fn told(refusal: &Refusal, engine: &EngineConfig) -> String {
    let Refusal::Crashed { name, code, said } = refusal else { return refusal.to_string() };
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    let command = engine.command.join(" ");
    format!("{name} ended right after its start (exit code {code}){said}. Try `{command}` in a terminal.")
}

async fn answer(engine: &EngineConfig, guard: &Guard, directory: &Path) -> Result<Probe, Refusal> {
    if let (Some(program), None) = (engine.command.first(), &engine.path) {
        return Err(Refusal::Missing {
            name: engine.name.clone(),
            program: program.clone(),
            install: engine.install.clone(),
        });
    }
    let probing = probe(engine, guard, directory);
    tokio::time::timeout(PATIENCE, probing).await.unwrap_or_else(|_| {
        let said = format!(
            "no answer within {} s. Try `{}` in a terminal.",
            PATIENCE.as_secs(),
            engine.command.join(" ")
        );
        Err(Refusal::Said { name: engine.name.clone(), said })
    })
}

/// The first workspace; the current directory when that is not there.
fn directory(config: &Config) -> PathBuf {
    let workspace = config.default_workspace().map(|workspace| workspace.path.clone());
    workspace.filter(|path| path.is_dir()).or_else(|| std::env::current_dir().ok()).unwrap_or_default()
}
