//! The known agent programs, in the order in which they are offered.

use super::Profile;
use crate::config::EngineKind::{Acp, Claude};

/// Variables that every agent program gets when they are set: where its files are, and how it reaches its model.
pub(in crate::config) const COMMON: &[&str] = &[
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
];

/// What Claude Code reads, however it is spoken to.
const CLAUDE_ENV: &[&str] = &[
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_MODEL",
    "CLAUDE_CONFIG_DIR",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
    "DISABLE_TELEMETRY",
    "DISABLE_ERROR_REPORTING",
];

const CLAUDE_LOGIN: &str =
    "Start `claude` once in a terminal and log in with /login, or set ANTHROPIC_API_KEY in .env.";

/// A profile to fill in.
const BLANK: Profile = Profile {
    names: &[],
    title: "",
    kind: Acp,
    command: &[],
    env: &[],
    fixed: &[],
    mode: None,
    installer: None,
    login: "",
    remark: None,
    offered: true,
};

/// All of them.
pub(in crate::config) const PROFILES: &[Profile] = &[
    Profile {
        names: &["claude"],
        title: "Claude Code",
        kind: Claude,
        command: &["claude"],
        env: CLAUDE_ENV,
        fixed: &[("DISABLE_AUTOUPDATER", "1")],
        installer: Some("npm install -g @anthropic-ai/claude-code"),
        login: CLAUDE_LOGIN,
        ..BLANK
    },
    Profile {
        names: &["codex", "codex-acp"],
        title: "Codex",
        command: &["codex-acp"],
        env: &["OPENAI_API_KEY", "OPENAI_BASE_URL", "CODEX_API_KEY", "CODEX_HOME"],
        mode: Some("read-only"),
        installer: Some("npm install -g @zed-industries/codex-acp"),
        login: "Run `codex login` once in a terminal (`npm install -g @openai/codex`), or set OPENAI_API_KEY in .env.",
        ..BLANK
    },
    Profile {
        names: &["gemini", "gemini-cli"],
        title: "Gemini CLI",
        command: &["gemini", "--acp"],
        env: &[
            "GEMINI_API_KEY",
            "GEMINI_MODEL",
            "GEMINI_CLI_HOME",
            "GEMINI_CLI_TRUST_WORKSPACE",
            "GOOGLE_API_KEY",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GOOGLE_CLOUD_LOCATION",
            "GOOGLE_CLOUD_PROJECT",
            "GOOGLE_GEMINI_BASE_URL",
            "GOOGLE_GENAI_USE_GCA",
            "GOOGLE_GENAI_USE_VERTEXAI",
        ],
        installer: Some("npm install -g @google/gemini-cli"),
        login: "Start `gemini` once in a terminal and log in, or set GEMINI_API_KEY in .env.",
        ..BLANK
    },
    Profile {
        names: &["opencode"],
        title: "OpenCode",
        command: &["opencode", "acp"],
        env: &[
            "OPENCODE_API_KEY",
            "OPENCODE_CONFIG",
            "OPENCODE_CONFIG_DIR",
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "GEMINI_API_KEY",
            "OPENROUTER_API_KEY",
        ],
        fixed: &[
            ("OPENCODE_DISABLE_AUTOUPDATE", "true"),
            // It allows everything unless it is told to ask.
            ("OPENCODE_CONFIG_CONTENT", r#"{"permission":{"edit":"ask","bash":"ask"}}"#),
        ],
        installer: Some("npm install -g opencode-ai"),
        login: "Run `opencode auth login` once in a terminal.",
        ..BLANK
    },
    Profile {
        names: &["vibe", "mistral-vibe"],
        title: "Mistral Vibe",
        command: &["vibe-acp"],
        env: &["MISTRAL_API_KEY", "VIBE_HOME"],
        installer: Some("uv tool install mistral-vibe"),
        login: "Start `vibe` once in a terminal and give it a key, or set MISTRAL_API_KEY in .env.",
        ..BLANK
    },
    Profile {
        names: &["qwen", "qwen-code"],
        title: "Qwen Code",
        command: &["qwen", "--acp"],
        env: &[
            "DASHSCOPE_API_KEY",
            "BAILIAN_CODING_PLAN_API_KEY",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "OPENAI_MODEL",
            "QWEN_HOME",
        ],
        installer: Some("npm install -g @qwen-code/qwen-code"),
        login: "Start `qwen` once in a terminal and log in with /auth, or set OPENAI_API_KEY and OPENAI_BASE_URL in .env.",
        ..BLANK
    },
    Profile {
        names: &["cursor"],
        title: "Cursor",
        command: &["cursor-agent", "acp"],
        env: &["CURSOR_API_KEY", "CURSOR_AUTH_TOKEN"],
        login: "Run `cursor-agent login` once in a terminal, or set CURSOR_API_KEY in .env.",
        ..BLANK
    },
    Profile {
        names: &["claude-acp", "claude-agent-acp", "claude"],
        title: "Claude Code over ACP",
        command: &["claude-agent-acp"],
        env: CLAUDE_ENV,
        fixed: &[("DISABLE_AUTOUPDATER", "1")],
        installer: Some("npm install -g @agentclientprotocol/claude-agent-acp"),
        login: CLAUDE_LOGIN,
        ..BLANK
    },
    Profile {
        names: &["copilot"],
        title: "GitHub Copilot CLI",
        command: &["copilot", "--acp"],
        env: &["COPILOT_GITHUB_TOKEN", "COPILOT_HOME"],
        fixed: &[("COPILOT_AUTO_UPDATE", "false")],
        installer: Some("npm install -g @github/copilot"),
        login: "Run `copilot login` once in a terminal, or set COPILOT_GITHUB_TOKEN in .env.",
        // A cloud's deployment program has the name, too.
        offered: false,
        ..BLANK
    },
    Profile {
        names: &["goose"],
        title: "goose",
        command: &["goose", "acp"],
        env: &[
            "GOOSE_PROVIDER",
            "GOOSE_MODEL",
            "GOOSE_DISABLE_KEYRING",
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "GOOGLE_API_KEY",
            "OPENROUTER_API_KEY",
        ],
        // It acts by itself unless it is told to ask.
        fixed: &[("GOOSE_MODE", "approve")],
        login: "Run `goose configure` once in a terminal.",
        // A program for database migrations has the name, too.
        offered: false,
        ..BLANK
    },
    Profile {
        names: &["fast-agent", "fast-agent-acp"],
        title: "fast-agent",
        command: &["fast-agent-acp", "-x"],
        env: &["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GOOGLE_API_KEY"],
        installer: Some("uv tool install fast-agent-mcp"),
        login: "Set the variable with the key of your model's provider, such as ANTHROPIC_API_KEY, in .env.",
        remark: Some("It does not ask before it acts."),
        offered: false,
        ..BLANK
    },
];
