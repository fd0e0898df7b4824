#!/usr/bin/env bash
# A small service manager for one hub: starts what PLACE/current holds, starts it again when it dies, and
# tells in PLACE/hub.state which process it is, since when, how often it was started again, and how the
# last one ended.
#
#   supervise.sh restart PLACE "PUBLIC INTERNAL PROXY"     ports; ends the one that is there first
#   supervise.sh stop PLACE
set -euo pipefail

what=$1 place=$(cd "$2" && pwd)

running() { # the pid of the supervisor of this place, if that process is really it
  local pid
  pid=$(cat "$place/supervisor.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && cat "/proc/$pid/cmdline" 2>/dev/null | tr '\0' ' ' | grep -qF "run $place " || return 1
  printf '%s\n' "$pid"
}

stop() {
  local pid try
  pid=$(running) || return 0
  kill -TERM "$pid"
  for try in $(seq 200); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.05
  done
  kill -KILL -- "-$pid"
}

tell() { # in one piece: whoever reads it never sees half of it
  printf '%s\n' "$@" "restarts=$restarts" "${ended[@]}" >"$place/hub.state.new"
  mv "$place/hub.state.new" "$place/hub.state"
}

supervise() { # PUBLIC INTERNAL PROXY
  local child='' code
  restarts=0 ended=()
  echo $$ >"$place/supervisor.pid"
  trap '[ -z "$child" ] || { kill -TERM "$child" 2>/dev/null; wait "$child" || true; }; tell pid=; exit 0' TERM
  export HUB_PUBLIC=http://127.0.0.1:$1 HUB_INTERNAL=http://127.0.0.1:$2 HUB_PROXY=http://127.0.0.1:$3
  # What libraries warn of is not what the hub says.
  export PYTHONWARNINGS=ignore
  export HUB_STATE=$place/state HUB_RELEASE CONFIGPROXY_AUTH_TOKEN=between-hub-and-proxy
  while :; do
    HUB_RELEASE=$(basename "$(readlink "$place/current")")
    cd "$place/current"
    venv/bin/python -m jupyterhub --config jupyterhub_config.py </dev/null >>"$place/hub.log" 2>&1 &
    child=$!
    tell "pid=$child" "started-at=${EPOCHREALTIME/,/.}"
    code=0
    wait "$child" || code=$?
    if [ "$code" -gt 128 ]; then ended=("signal=$((code - 128))"); else ended=("exit-code=$code"); fi
    restarts=$((restarts + 1))
    tell pid=
    sleep 1
  done
}

case $what in
  restart)
    stop
    : >"$place/hub.log"
    # Bash says how its children ended; that is for hub.state, and the log is the hub's.
    setsid "$BASH" "$0" run "$place" "$3" </dev/null >/dev/null 2>&1 &
    ;;
  stop) stop ;;
  run)
    read -r public internal proxy <<<"$3"
    supervise "$public" "$internal" "$proxy"
    ;;
  *) echo "usage: supervise.sh restart|stop PLACE" >&2; exit 2 ;;
esac
