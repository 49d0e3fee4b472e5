# Environments with the pinned libraries, outside of the checkout. Sourced by `run.sh` and `.ci/run`.
# shellcheck shell=bash

pins=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environments="${XDG_CACHE_HOME:-$HOME/.cache}/adjutant-third-party"

# Builds an environment by a command in a directory that is named after what it was built from, unless it is complete.
environment() {
  local directory=$1 build=$2
  [ -e "$directory/complete" ] && return
  rm -rf "$directory"
  mkdir -p "$directory"
  # Said aloud, because `set -e` holds only where the caller lets it: what is not complete must not count as such.
  "$build" "$directory" >&2 || return
  touch "$directory/complete"
}

# What names an environment: the versions of everything that is in it.
pinned() {
  cat "$@" | sha256sum | cut -c 1-16
}

install_python() {
  python3 -m venv "$1"
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$pins/requirements.txt"
}

install_node() {
  cp "$pins/package.json" "$pins/package-lock.json" "$1/"
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error
}

# Sets `python` to a Python that has the libraries.
python_environment() {
  local directory
  directory="$environments/python-$( (python3 --version && cat "$pins/requirements.txt") | pinned -)"
  environment "$directory" install_python || return
  python="$directory/bin/python"
}

# Sets `node_environment` to a directory with grammY.
node_environment() {
  node_environment="$environments/node-$(pinned "$pins/package-lock.json")"
  environment "$node_environment" install_node || return
}
