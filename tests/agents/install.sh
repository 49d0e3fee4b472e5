# Installs agents at pinned versions, outside of the checkout; what is there already is not asked for again.
# Sourced by `.ci/run` and `all.sh`. Packages' own install scripts are never run: native programs are called where they lie.
# shellcheck shell=bash

agents_cache="${ADJUTANT_AGENTS:-$(dirname "${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/adjutant-target}")/adjutant-agents}"

claude_version=2.1.197
codex_version=0.16.0
gemini_version=0.61.0
opencode_version=1.18.33
claude_agent_acp_version=0.100.0
vibe_version=3.0.2
# claude-agent-acp needs a newer Node than Debian has.
node_version=22.23.3

case "$(uname -m)" in
  x86_64) platform=linux-x64 ;;
  aarch64) platform=linux-arm64 ;;
  *) echo "no agent has a program for $(uname -m)" >&2 && exit 1 ;;
esac

# Calls a command with a new directory as its last argument and keeps the directory under a name if all goes well.
once() {
  local name=$1
  shift
  [ -d "$agents_cache/$name" ] && return
  mkdir -p "$agents_cache"
  local new
  new=$(mktemp -d "$agents_cache/new.XXXXXX")
  if ! "$@" "$new" >&2; then
    rm -rf "$new"
    echo "could not install $name" >&2
    return 1
  fi
  mv -T "$new" "$agents_cache/$name"
}

npm_packages() {
  local packages=("${@:1:$#-1}") directory=${*: -1}
  npm install --prefix "$directory" --ignore-scripts --no-audit --no-fund --no-save --loglevel=error "${packages[@]}"
}

# The first argument is Python 3.12 or newer. No virtual environment: it could not be moved afterwards.
python_packages() {
  local python=$1 packages=("${@:2:$#-2}") directory=${*: -1}
  "$python" -m pip install --quiet --disable-pip-version-check --target "$directory" "${packages[@]}"
}

# Each sets the variable with the agent's command line.
install_claude() {
  once "claude-$claude_version" npm_packages "@anthropic-ai/claude-code@$claude_version" || return
  export ADJUTANT_TEST_CLAUDE="$agents_cache/claude-$claude_version/node_modules/@anthropic-ai/claude-code-$platform/claude"
}

install_codex() {
  once "codex-$codex_version" npm_packages "@zed-industries/codex-acp@$codex_version" || return
  export ADJUTANT_TEST_CODEX="$agents_cache/codex-$codex_version/node_modules/@zed-industries/codex-acp-$platform/bin/codex-acp"
}

install_gemini() {
  once "gemini-$gemini_version" npm_packages "@google/gemini-cli@$gemini_version" || return
  export ADJUTANT_TEST_GEMINI="$agents_cache/gemini-$gemini_version/node_modules/.bin/gemini"
}

install_opencode() {
  once "opencode-$opencode_version" npm_packages "opencode-ai@$opencode_version" || return
  export ADJUTANT_TEST_OPENCODE="$agents_cache/opencode-$opencode_version/node_modules/opencode-$platform/bin/opencode"
}

install_claude_agent_acp() {
  local directory="$agents_cache/claude-agent-acp-$claude_agent_acp_version/node_modules"
  once "claude-agent-acp-$claude_agent_acp_version" npm_packages \
    "@agentclientprotocol/claude-agent-acp@$claude_agent_acp_version" "node-$platform@$node_version" || return
  export ADJUTANT_TEST_CLAUDE_AGENT_ACP="$directory/node-$platform/bin/node $directory/.bin/claude-agent-acp"
}

install_vibe() {
  local directory="$agents_cache/vibe-$vibe_version" python=${PYTHON:-python3.12}
  once "vibe-$vibe_version" python_packages "$python" "mistral-vibe==$vibe_version" || return
  export ADJUTANT_TEST_VIBE="env PYTHONPATH=$directory $python $directory/bin/vibe-acp"
}
