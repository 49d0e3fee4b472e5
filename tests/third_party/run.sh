#!/usr/bin/env bash
# Runs a bot of each library against `adjutant playground`. Usage: tests/third_party/run.sh target/debug/adjutant
#
# Builds nothing but the libraries' environments, outside of the checkout; they are used again while their pins are
# the same. The bot on teloxide is an example of this crate and lies beside the program: `cargo test` builds it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
adjutant=${1:?"the path of the program adjutant"}
teloxide_bot=$(dirname "$adjutant")/examples/teloxide_bot
[ -x "$teloxide_bot" ] || { echo "no $teloxide_bot: cargo build --example teloxide_bot" >&2 && exit 1; }

# shellcheck source=tests/third_party/environments.sh
source "$here/environments.sh"
python_environment
node_environment
# Node looks for packages where the script lies.
cp "$here/grammy_bot.mjs" "$node_environment/"

# In the place of this script, so that there is only one to be told to end.
exec "$python" "$here/drive.py" "$adjutant" \
  --bot python-telegram-bot "$python" "$here/ptb_bot.py" \
  --bot aiogram "$python" "$here/aiogram_bot.py" \
  --bot grammY node "$node_environment/grammy_bot.mjs" \
  --bot teloxide "$teloxide_bot"
