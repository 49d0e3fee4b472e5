"""The agents that are recorded: how each is pointed at the scripted model, with a home of its own."""
import json
import os
import shlex

ACP = {"codex": "ADJUTANT_TEST_CODEX", "gemini": "ADJUTANT_TEST_GEMINI", "opencode": "ADJUTANT_TEST_OPENCODE",
       "claude-agent-acp": "ADJUTANT_TEST_CLAUDE_AGENT_ACP", "vibe": "ADJUTANT_TEST_VIBE"}
PROGRAMS = ["ADJUTANT_TEST_CLAUDE", *ACP.values()]
# What makes each agent logged in.
KEYS = ["ANTHROPIC_API_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY", "MODEL_KEY"]


def base(home):
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TERM": "dumb"}


def claude(home, url):
    return base(home) | {"CLAUDE_CONFIG_DIR": str(home / ".claude"), "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "sk-test",
                         "DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


def acp(agent, home, url, logged_in=True):
    command = shlex.split(os.environ[ACP[agent]])
    env = base(home)
    if agent == "codex":
        folder = home / ".codex"
        folder.mkdir(exist_ok=True)
        if logged_in:
            (folder / "config.toml").write_text(
                'model = "scripted"\nmodel_provider = "scripted"\napproval_policy = "on-request"\nsandbox_mode = "workspace-write"\n\n'
                f'[model_providers.scripted]\nname = "scripted"\nbase_url = "{url}/v1"\nwire_api = "responses"\nenv_key = "MODEL_KEY"\n'
                "request_max_retries = 0\nstream_max_retries = 0\n")
        env |= {"CODEX_HOME": str(folder), "MODEL_KEY": "sk-test"}
    elif agent == "gemini":
        folder = home / ".gemini"
        folder.mkdir(exist_ok=True)
        (folder / "settings.json").write_text(json.dumps({
            "security": {"auth": {"selectedType": "gemini-api-key"}}, "general": {"disableAutoUpdate": True}, "privacy": {"usageStatisticsEnabled": False}}))
        env |= {"GEMINI_API_KEY": "test", "GOOGLE_GEMINI_BASE_URL": url, "GEMINI_CLI_TRUST_WORKSPACE": "true"}
        command.append("--acp")
    elif agent == "opencode":
        config = home / "opencode.json"
        config.write_text(json.dumps({
            "model": "scripted/scripted", "small_model": "scripted/scripted", "autoupdate": False, "permission": {"bash": "ask", "edit": "ask"},
            "provider": {"scripted": {"npm": "@ai-sdk/openai-compatible", "name": "Scripted", "options": {"baseURL": f"{url}/v1", "apiKey": "test"},
                                      "models": {"scripted": {"name": "Scripted", "limit": {"context": 100000, "output": 4000},
                                                              "cost": {"input": 1, "output": 5}}}}}}))
        env |= {"OPENCODE_CONFIG": str(config)}
        command.append("acp")
    elif agent == "claude-agent-acp":
        env |= claude(home, url)
    elif agent == "vibe":
        folder = home / ".vibe"
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text(
            'active_model = "scripted"\nenable_auto_update = false\nenable_telemetry = false\n\n'
            f'[[providers]]\nname = "scripted"\napi_base = "{url}/v1"\napi_key_env_var = "MISTRAL_API_KEY"\napi_style = "openai"\nbackend = "generic"\n\n'
            '[[models]]\nname = "scripted"\nprovider = "scripted"\nalias = "scripted"\ninput_price = 1.0\noutput_price = 5.0\n')
        env |= {"VIBE_HOME": str(folder), "MISTRAL_API_KEY": "test"}
    if not logged_in:
        env = {name: value for name, value in env.items() if name not in KEYS}
    return command, env
