#!/usr/bin/env bash
# Fuzzes each target for a while:  fuzz.sh SECONDS [TARGET…]
# What it finds is under fuzz/artifacts. The corpus stays in fuzz/corpus, and makes the next run start
# from where this one ended.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:?usage: fuzz.sh SECONDS [TARGET…]}
shift
[ $# -gt 0 ] || set -- configuration junit condition picture

if ! cargo fuzz --version >/dev/null 2>&1; then
  echo "fuzz: cargo-fuzz is not installed. To have it:  cargo install --locked cargo-fuzz" >&2
  exit 1
fi

seed() { # TARGET FILE…: something to begin with
  local folder=fuzz/corpus/$1
  mkdir -p "$folder"
  shift
  cp -n "$@" "$folder" 2>/dev/null || true
}
seed configuration examples/line/plimsoll.yaml.in

for target in "$@"; do
  printf '\n=== %s, %s s\n' "$target" "$seconds"
  # Sanitizers want a nightly compiler; this makes the stable one accept their flags.
  RUSTC_BOOTSTRAP=1 cargo fuzz run "$target" -- -max_total_time="$seconds" -timeout=10 -max_len=65536
done
