#!/usr/bin/env bash
# Tries every agent that we know how to install, with the whole product and a scripted model, and prints a table for
# docs/engines.md. Needs npm and, for vibe, Python 3.12 (`PYTHON=…/python3.12 tests/agents/all.sh`). With names, only those.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/agents/install.sh
source tests/agents/install.sh

agents=("$@")
[ ${#agents[@]} -gt 0 ] || agents=(claude codex gemini opencode vibe claude-agent-acp)

versions=()
for agent in "${agents[@]}"; do
  variable=${agent//-/_}
  version="${variable}_version"
  if "install_$variable"; then
    versions+=("$agent=${!version}")
  else
    echo "$agent is left out" >&2
  fi
done

table=$(mktemp)
trap 'rm -f "$table"' EXIT
export ADJUTANT_TEST_TABLE="$table" ADJUTANT_TEST_VERSIONS="${versions[*]}"
cargo test --locked --features agent-survey --test agents survey -- --nocapture >&2
cat "$table"
