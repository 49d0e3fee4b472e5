//! Whether the engines' programs are there, and have what the person wants to give them.

use crate::cli::engines::examine::{self, Examined};
use crate::cli::text::short_path;
use crate::config::{Config, EngineConfig};
use crate::engines::guard;
use crate::engines::process::Guard;

use super::{Finding, Mark};

/// One of the engines.
const CHECK: &str = "engine";

/// A line about all of them, and one about each that has a model. Programs are started only when asked for: that takes
/// seconds.
pub(super) async fn examine(config: &Config, start: bool) -> Vec<Finding> {
    let guard = match guard::program() {
        Ok(program) => Guard::new(program),
        Err(error) => {
            let text = format!("the program cannot find its own file, which guards engines: {error}");
            return vec![Finding::fail("engines", text, "install the program anew")];
        }
    };
    let mut findings = vec![all(config)];
    for engine in config.engines.iter().filter(|engine| engine.is_real()) {
        findings.push(match &engine.path {
            Some(_) if start => started(engine, examine::examine(engine, &guard, config).await),
            Some(path) => found(engine, &short_path(path)),
            None => {
                let text = format!("{}: there is no program `{}`", engine.name, engine.command[0]);
                Finding::warn(CHECK, text, engine.install.as_str())
            }
        });
    }
    findings
}

fn all(config: &Config) -> Finding {
    let name = |engine: &EngineConfig| {
        let default = if engine.name == config.default_engine { " (the default)" } else { "" };
        format!("{}{default}", engine.name)
    };
    let names: Vec<String> = config.engines.iter().map(name).collect();
    Finding::ok("engines", names.join(", "))
}

fn found(engine: &EngineConfig, path: &str) -> Finding {
    let text = format!("{}: {path}", engine.name);
    if engine.missing.is_empty() {
        return Finding::ok(CHECK, text);
    }
    let text = format!("{text}, but not set: {}", engine.missing.join(", "));
    Finding::warn(CHECK, text, "put what is missing into .env, or take it out of `env` in adjutant.yaml")
}

fn started(engine: &EngineConfig, examined: Examined) -> Finding {
    let Examined { version, refusal, warnings, .. } = examined;
    if let Some(reason) = refusal {
        // What to do is part of the reason.
        return Finding { check: CHECK, status: Mark::Warn, text: reason, remedy: None };
    }
    let version = version.map_or_else(String::new, |version| format!("{version}, "));
    let text = format!("{}: {version}answers", engine.name);
    if warnings.is_empty() {
        Finding::ok(CHECK, text)
    } else {
        Finding::warn(CHECK, text, warnings.join(" "))
    }
}
