//! The agents that are tried in a survey only.

use std::path::Path;

use serde_json::json;

use super::{Agent, claude, write};

pub(crate) const GEMINI: Agent = Agent {
    name: "gemini",
    kind: "acp",
    variable: "ADJUTANT_TEST_GEMINI",
    arguments: &["--acp"],
    key: "GEMINI_API_KEY",
    after_denial: "Done",
    settle: gemini,
};

pub(crate) const OPENCODE: Agent = Agent {
    name: "opencode",
    kind: "acp",
    variable: "ADJUTANT_TEST_OPENCODE",
    arguments: &["acp"],
    key: "MODEL_KEY",
    after_denial: "Done",
    settle: opencode,
};

pub(crate) const VIBE: Agent = Agent {
    name: "vibe",
    kind: "acp",
    variable: "ADJUTANT_TEST_VIBE",
    arguments: &[],
    key: "MISTRAL_API_KEY",
    after_denial: "Done",
    settle: vibe,
};

pub(crate) const CLAUDE_ACP: Agent = Agent {
    name: "claude-agent-acp",
    kind: "acp",
    variable: "ADJUTANT_TEST_CLAUDE_AGENT_ACP",
    arguments: &[],
    key: "ANTHROPIC_API_KEY",
    after_denial: "Done",
    settle: claude,
};

fn gemini(home: &Path, model: &str) -> Vec<(&'static str, String)> {
    let settings = json!({
        "security": { "auth": { "selectedType": "gemini-api-key" } },
        "general": { "enableAutoUpdate": false },
        "privacy": { "usageStatisticsEnabled": false },
    });
    write(&home.join(".gemini/settings.json"), &settings.to_string());
    vec![("GOOGLE_GEMINI_BASE_URL", model.to_owned()), ("GEMINI_CLI_TRUST_WORKSPACE", "true".to_owned())]
}

fn opencode(home: &Path, model: &str) -> Vec<(&'static str, String)> {
    let scripted = json!({
        "name": "Scripted", "limit": { "context": 100_000, "output": 4_000 }, "cost": { "input": 1, "output": 5 },
    });
    let provider = json!({
        "npm": "@ai-sdk/openai-compatible", "name": "Scripted",
        "options": { "baseURL": format!("{model}/v1"), "apiKey": "{env:MODEL_KEY}" },
        "models": { "scripted": scripted },
    });
    let config = json!({
        "model": "scripted/scripted", "small_model": "scripted/scripted", "provider": { "scripted": provider },
    });
    let file = home.join("opencode.json");
    write(&file, &config.to_string());
    vec![("OPENCODE_CONFIG", file.to_string_lossy().into_owned())]
}

fn vibe(home: &Path, model: &str) -> Vec<(&'static str, String)> {
    let config = format!(
        "active_model = \"scripted\"\nenable_auto_update = false\nenable_telemetry = false\n\n\
         [[providers]]\nname = \"scripted\"\napi_base = \"{model}/v1\"\napi_key_env_var = \"MISTRAL_API_KEY\"\n\
         api_style = \"openai\"\nbackend = \"generic\"\n\n\
         [[models]]\nname = \"scripted\"\nprovider = \"scripted\"\nalias = \"scripted\"\n\
         input_price = 1.0\noutput_price = 5.0\n"
    );
    write(&home.join(".vibe/config.toml"), &config);
    Vec::new()
}
