#!/usr/bin/env bash
# The world of this example: two hubs, in staging and in production, each behind a proxy of its own.
#
#   world.sh start FOLDER    installs JupyterHub and its proxy into FOLDER/../cache, once; starts the proxies
#   world.sh stop FOLDER     stops hubs and proxies
#   world.sh where FOLDER    prints environment/service and address, one a line
#
# Everything else is under FOLDER. Nothing listens but on 127.0.0.1.
set -euo pipefail

jupyterhub=5.4.6                # of the package index of Python
proxy_version=5.3.0             # of npm
environments=(staging production)
services=(datahub prob140)

say() { printf 'world: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

install_hub() {
  mkdir -p "$cache"
  if [ ! -e "$cache/venv/installed" ]; then
    say "installing JupyterHub $jupyterhub into $cache, once"
    rm -rf "$cache/venv"
    python3 -m venv "$cache/venv" || die "there is no venv for Python; run  scripts/setup.sh datahub"
    "$cache/venv/bin/pip" install --quiet --disable-pip-version-check "jupyterhub==$jupyterhub" >"$cache/pip.log" 2>&1 ||
      die "JupyterHub could not be installed; see $cache/pip.log"
    touch "$cache/venv/installed"
  fi
  if [ ! -e "$cache/node/installed" ]; then
    say "installing configurable-http-proxy $proxy_version into $cache, once"
    mkdir -p "$cache/node"
    (cd "$cache/node" && npm install --prefix . --silent --no-fund --no-audit "configurable-http-proxy@$proxy_version" >../npm.log 2>&1) ||
      die "the proxy could not be installed; see $cache/npm.log"
    touch "$cache/node/installed"
  fi
}

each() { # calls "$@" ENVIRONMENT SERVICE for all four
  local environment service
  for environment in "${environments[@]}"; do
    for service in "${services[@]}"; do "$@" "$environment" "$service"; done
  done
}

free_port() {
  until is_free "$next_port"; do next_port=$((next_port + 1)); done
  port=$next_port
  next_port=$((next_port + 1))
}

choose_ports() { # ENVIRONMENT SERVICE: what visitors see, the hub itself, the proxy's own
  local public internal
  free_port; public=$port
  free_port; internal=$port
  free_port
  printf '%s %s %s\n' "$public" "$internal" "$port" >"$run/ports/$1-$2"
}

start_proxy() { # ENVIRONMENT SERVICE
  local public internal proxy
  read -r public internal proxy <"$run/ports/$1-$2"
  mkdir -p "$world/targets/$1/$2"
  CONFIGPROXY_AUTH_TOKEN=between-hub-and-proxy setsid "$cache/node/node_modules/.bin/configurable-http-proxy" \
    --ip 127.0.0.1 --port "$public" --api-ip 127.0.0.1 --api-port "$proxy" --log-level error \
    --default-target "http://127.0.0.1:$internal" </dev/null >"$run/proxy-$1-$2.log" 2>&1 &
  echo $! >"$run/proxy-$1-$2.pid"
}

wait_for_proxy() { # ENVIRONMENT SERVICE
  local public try
  read -r public _ <"$run/ports/$1-$2"
  for try in $(seq 200); do
    is_free "$public" || return 0
    sleep 0.1
  done
  die "the proxy of $1/$2 did not start; see $run/proxy-$1-$2.log"
}

start() {
  install_hub
  mkdir -p "$run/ports"
  ln -sfn "$cache" "$world/cache"
  # Below the range from which the system hands out ports for outgoing connections.
  next_port=$((20000 + RANDOM % 9000))
  each choose_ports
  each start_proxy
  each wait_for_proxy
}

stop_proxy() { # ENVIRONMENT SERVICE
  local pid
  pid=$(cat "$run/proxy-$1-$2.pid" 2>/dev/null) || return 0
  cat "/proc/$pid/cmdline" 2>/dev/null | tr '\0' ' ' | grep -qF configurable-http-proxy || return 0
  kill -TERM "$pid" 2>/dev/null || true
}

stop_hub() { # ENVIRONMENT SERVICE
  [ ! -d "$world/targets/$1/$2" ] || "$here/supervise.sh" stop "$world/targets/$1/$2"
}

stop() { each stop_hub; each stop_proxy; }

where_one() { printf '%s/%s http://127.0.0.1:%s\n' "$1" "$2" "$(cut -d' ' -f1 "$run/ports/$1-$2")"; }
where() { each where_one; }

[ $# = 2 ] || die "usage: world.sh start|stop|where FOLDER"
case $1 in start | stop | where) ;; *) die "usage: world.sh start|stop|where FOLDER" ;; esac
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
world=$(cd "$2" && pwd)
cache=$(dirname "$world")/cache
run=$world/run
"$1"
