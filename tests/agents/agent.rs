//! The real agents: where each one's program is, and how it is pointed at the scripted model.

#[cfg(feature = "agent-survey")]
pub(crate) mod others;

use std::fs;
use std::path::Path;

use serde_json::json;

/// A real agent's program.
pub(crate) struct Agent {
    /// Its engine's name in `adjutant.yaml`, and so the name of the agent that is the engine as it is.
    pub(crate) name: &'static str,
    /// The engine's type.
    kind: &'static str,
    /// The variable with its command line.
    variable: &'static str,
    /// Its own arguments.
    arguments: &'static [&'static str],
    /// The variable that logs it in.
    key: &'static str,
    /// What its card says after a denial. Codex ends its turn then, so that the person says what to do instead.
    pub(crate) after_denial: &'static str,
    /// Writes its settings into a home; gives more variables.
    settle: fn(home: &Path, model: &str) -> Vec<(&'static str, String)>,
}

pub(crate) const CLAUDE: Agent = Agent {
    name: "claude",
    kind: "claude",
    variable: "ADJUTANT_TEST_CLAUDE",
    arguments: &[],
    key: "ANTHROPIC_API_KEY",
    after_denial: "Done",
    settle: claude,
};

pub(crate) const CODEX: Agent = Agent {
    name: "codex",
    kind: "acp",
    variable: "ADJUTANT_TEST_CODEX",
    arguments: &[],
    key: "MODEL_KEY",
    after_denial: "Stopped",
    settle: codex,
};

impl Agent {
    /// `adjutant.yaml` with this engine alone, and with nothing that its profile knows.
    pub(crate) fn config(&self) -> String {
        let Self { name, kind, variable, .. } = self;
        let line = std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} must hold the command line of {name}; `.ci/run` and `tests/agents/all.sh` install it and set this")
        });
        let mut command = shell_words::split(&line).expect("a command line");
        command.extend(self.arguments.iter().map(|word| (*word).to_owned()));
        let command = json!(command);
        format!(
            "workspaces: {{ work: {{ path: ./workspace }} }}\n\
             engines: {{ {name}: {{ type: {kind}, command: {command}, env: [MODEL_KEY] }} }}\n\
             access: {{ owners: [1001] }}\n\
             limits: {{ task_timeout: 5m }}\n"
        )
    }

    /// Logs it in at a home, with the model behind it; gives its variables.
    pub(crate) fn log_in(&self, home: &Path, model: &str) -> Vec<(&'static str, String)> {
        let mut variables = (self.settle)(home, model);
        variables.push((self.key, "a-key-of-no-worth".to_owned()));
        variables
    }
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn claude(_: &Path, model: &str) -> Vec<(&'static str, String)> {
    vec![
        ("ANTHROPIC_BASE_URL", model.to_owned()),
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1".to_owned()),
    ]
}

fn codex(home: &Path, model: &str) -> Vec<(&'static str, String)> {
    let config = format!(
        "model = \"scripted\"\nmodel_provider = \"scripted\"\napproval_policy = \"on-request\"\n\n\
         [model_providers.scripted]\nname = \"scripted\"\nbase_url = \"{model}/v1\"\nwire_api = \"responses\"\n\
         env_key = \"MODEL_KEY\"\nrequest_max_retries = 0\nstream_max_retries = 0\n"
    );
    write(&home.join(".codex/config.toml"), &config);
    Vec::new()
}
