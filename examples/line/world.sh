#!/usr/bin/env bash
# The world of the example: three sites on two platforms, in staging and in production. Twelve web
# sites that one nginx serves, each on a port of its own, each from its own folder.
#
#   world.sh start FOLDER    starts nginx, finds free ports, waits until all twelve answer
#   world.sh stop FOLDER     stops it
#   world.sh where FOLDER    prints environment/target and address, one a line
#
# Everything is under FOLDER. Nothing listens but on 127.0.0.1.
set -euo pipefail

sites=(nl in ca)
stacks=(vm k8s)
environments=(staging production)

say() { printf 'world: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

find_nginx() {
  local nginx
  nginx=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx) ||
    die "nginx is not installed; on Debian and Ubuntu:  apt-get install nginx-light"
  printf '%s\n' "$nginx"
}

each_target() { # calls "$@" ENVIRONMENT SITE STACK for all twelve
  local environment site stack
  for environment in "${environments[@]}"; do
    for site in "${sites[@]}"; do
      for stack in "${stacks[@]}"; do "$@" "$environment" "$site" "$stack"; done
    done
  done
}

# --- ports

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

choose_ports() {
  : >"$world/ports"
  # Below the range from which the system hands out ports for outgoing connections.
  next_port=$((20000 + RANDOM % 9000))
  each_target choose_port
}

choose_port() {
  until is_free "$next_port"; do next_port=$((next_port + 1)); done
  printf '%s/%s-%s %s\n' "$1" "$2" "$3" "$next_port" >>"$world/ports"
  next_port=$((next_port + 1))
}

port_of() { awk -v name="$1/$2-$3" '$1 == name { print $2 }' "$world/ports"; }

# --- nginx

temp_paths() { # only those that this nginx was built with: it refuses what it does not know
  local module
  for module in client_body proxy fastcgi uwsgi scgi; do
    if ! "$nginx" -V 2>&1 | grep -q -- "--without-http_${module}_module"; then
      printf '  %s_temp_path "%s/temp/%s";\n' "$module" "$world/nginx" "$module"
    fi
  done
}

server() {
  local root=$world/$1/$2-$3
  mkdir -p "$root"
  cat <<EOF
  server {
    listen 127.0.0.1:$(port_of "$1" "$2" "$3");
    server_name $2-$3.$1;
    root "$root/current/sites/$2/$3";
  }
EOF
}

write_nginx_conf() {
  mkdir -p "$world/nginx/temp"
  {
    # As root its workers would be another user, who may not be able to read this folder.
    [ "$(id -u)" != 0 ] || echo "user root root;"
    cat <<EOF
daemon off;
worker_processes 1;
pid "$world/nginx/nginx.pid";
error_log "$world/nginx/error.log" notice;
events { worker_connections 256; }
http {
  access_log "$world/nginx/access.log";
  types {
    text/html html;
    text/css css;
    text/plain txt;
    application/json json;
  }
  default_type application/octet-stream;
  charset utf-8;
$(temp_paths)
$(each_target server)
}
EOF
  } >"$world/nginx/nginx.conf"
}

launch() {
  [ -e "$world/nginx/started" ] || choose_ports
  write_nginx_conf
  "$nginx" -p "$world/nginx" -e "$world/nginx/error.log" -c "$world/nginx/nginx.conf" \
    </dev/null >"$world/nginx/output.log" 2>&1 &
  local pid=$! try
  for try in $(seq 100); do
    if ! kill -0 "$pid" 2>/dev/null; then return 1; fi
    if all_listen; then
      touch "$world/nginx/started"
      disown "$pid" 2>/dev/null || true
      return 0
    fi
    sleep 0.05
  done
  kill "$pid" 2>/dev/null || true
  return 1
}

all_listen() {
  local name port
  while read -r name port; do
    if is_free "$port"; then return 1; fi
  done <"$world/ports"
}

running_pid() { # prints the pid if that process is really the nginx of this world
  local pid
  pid=$(cat "$world/nginx/nginx.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$world/nginx" || return 1
  printf '%s\n' "$pid"
}

# --- commands

start() {
  mkdir -p "$world/nginx"
  nginx=$(find_nginx)
  if pid=$(running_pid); then say "nginx runs already (process $pid)"; return; fi
  # The first time, another program may take a port between looking and listening: others are
  # looked for then. Later the ports stay, because the configuration names them.
  local try
  for try in 1 2 3 4 5; do
    if launch; then say "nginx serves twelve sites from $world"; return; fi
    [ ! -e "$world/nginx/started" ] || break
  done
  cat "$world/nginx/output.log" "$world/nginx/error.log" >&2 2>/dev/null || true
  die "nginx did not start; is one of the ports in $world/ports taken?"
}

stop() {
  local pid try
  if ! pid=$(running_pid); then return 0; fi
  kill -TERM "$pid"
  for try in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.05
  done
  kill -KILL "$pid"
}

where() {
  while read -r name port; do printf '%s http://127.0.0.1:%s\n' "$name" "$port"; done <"$world/ports"
}

[ $# = 2 ] || die "usage: world.sh start|stop|where FOLDER"
case $1 in start | stop | where) ;; *) die "usage: world.sh start|stop|where FOLDER" ;; esac
mkdir -p "$2"
world=$(cd "$2" && pwd)
"$1"
