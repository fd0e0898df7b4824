#!/usr/bin/env bash
# The world of this example: three sites on two stacks, in staging and in production. Twelve targets,
# each with its own pool of php-fpm and its own server of nginx, on ports of their own.
#
#   world.sh start FOLDER    finds free ports, starts php-fpm and nginx, waits until all of them listen
#   world.sh stop FOLDER     stops both
#   world.sh where FOLDER    prints environment/target and address, one a line
#
# Beside the targets nginx serves two other hosts: `assets` (the sites' own, without CORS) and `ads`
# (somebody else's). Everything is under FOLDER. Nothing listens but on 127.0.0.1.
set -euo pipefail

sites=(nl gr int)
stacks=(vm k8s)
environments=(staging production)

say() { printf 'world: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

program() { # NAME PACKAGE
  PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$1" ||
    die "$1 is not installed; on Debian and Ubuntu:  apt-get install $2"
}

find_fpm() {
  local fpm
  for fpm in /usr/sbin/php-fpm8* /usr/sbin/php-fpm /usr/local/sbin/php-fpm; do
    if [ -x "$fpm" ]; then printf '%s\n' "$fpm"; return; fi
  done
  die "php-fpm is not installed; on Debian and Ubuntu:  apt-get install php-fpm php-cli"
}

each_target() { # calls "$@" ENVIRONMENT SITE STACK for all twelve
  local environment site stack
  for environment in "${environments[@]}"; do
    for site in "${sites[@]}"; do
      for stack in "${stacks[@]}"; do "$@" "$environment" "$site" "$stack"; done
    done
  done
}

# --- ports: one for each target's nginx, one for its php

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

choose_ports() {
  : >"$run/ports"
  # Below the range from which the system hands out ports for outgoing connections.
  next_port=$((20000 + RANDOM % 9000))
  each_target choose_two
  choose_port assets
  choose_port ads
}

choose_two() { choose_port "$1/$2-$3"; choose_port "php/$1/$2-$3"; }

choose_port() {
  until is_free "$next_port"; do next_port=$((next_port + 1)); done
  printf '%s %s\n' "$1" "$next_port" >>"$run/ports"
  next_port=$((next_port + 1))
}

port_of() { awk -v name="$1" '$1 == name { print $2 }' "$run/ports"; }

# --- php-fpm

pool() {
  cat <<END
[$1-$2-$3]
listen = 127.0.0.1:$(port_of "php/$1/$2-$3")
pm = ondemand
pm.max_children = 6
pm.process_idle_timeout = 20s
request_terminate_timeout = 20s
php_admin_value[opcache.enable] = 0
END
  # As root its workers have to be told who they are.
  if [ "$(id -u)" = 0 ]; then printf 'user = root\ngroup = root\n'; fi
}

write_fpm_conf() {
  {
    printf '[global]\npid = "%s"\nerror_log = "%s"\ndaemonize = no\n' "$run/fpm.pid" "$run/fpm.log"
    each_target pool
  } >"$run/fpm.conf"
}

# --- nginx

temp_paths() { # only those that this nginx was built with: it refuses what it does not know
  local module
  for module in client_body proxy fastcgi uwsgi scgi; do
    if ! "$nginx" -V 2>&1 | grep -q -- "--without-http_${module}_module"; then
      printf '  %s_temp_path "%s/temp/%s";\n' "$module" "$run" "$module"
    fi
  done
}

server() {
  local name=$1/$2-$3
  mkdir -p "$world/targets/$name"
  cat <<END
  server {
    listen 127.0.0.1:$(port_of "$name");
    root "$world/targets/$name/current/public";
    location / { try_files \$uri /index.php\$is_args\$args; }
    location = /index.php {
      fastcgi_pass 127.0.0.1:$(port_of "php/$name");
      fastcgi_param SCRIPT_FILENAME \$realpath_root/index.php;
      fastcgi_param REQUEST_METHOD \$request_method;
      fastcgi_param REQUEST_URI \$request_uri;
      fastcgi_param QUERY_STRING \$query_string;
      fastcgi_param SITE $2;
      fastcgi_param STACK $3;
      fastcgi_param ASSETS http://localhost:$(port_of assets);
      fastcgi_param ADS http://127.0.0.1:$(port_of ads);
    }
  }
END
}

write_nginx_conf() {
  {
    # As root its workers would be another user, who may not be able to read this folder.
    [ "$(id -u)" != 0 ] || echo "user root root;"
    cat <<END
daemon off;
worker_processes 1;
pid "$run/nginx.pid";
error_log "$run/nginx-error.log" notice;
events { worker_connections 512; }
http {
  access_log "$run/nginx-access.log";
  types { text/html html; text/css css; text/plain txt; application/json json;
          image/svg+xml svg; text/javascript js; }
  default_type application/octet-stream;
$(temp_paths)
  server {
    listen 127.0.0.1:$(port_of assets);
    root "$world/assets";
    location /sealed/ { add_header Cross-Origin-Resource-Policy same-origin; }
  }
  server { listen 127.0.0.1:$(port_of ads); root "$world/ads"; }
$(each_target server)
}
END
  } >"$run/nginx.conf"
}

# --- starting and stopping

launch() {
  [ -e "$run/started" ] || choose_ports
  write_fpm_conf
  write_nginx_conf
  local as_root=()
  [ "$(id -u)" != 0 ] || as_root=(--allow-to-run-as-root)
  "$fpm" "${as_root[@]}" --nodaemonize --fpm-config "$run/fpm.conf" </dev/null >"$run/fpm.out" 2>&1 &
  local fpm_pid=$!
  "$nginx" -p "$run" -e "$run/nginx-error.log" -c "$run/nginx.conf" </dev/null >"$run/nginx.out" 2>&1 &
  local nginx_pid=$! try
  for try in $(seq 100); do
    kill -0 "$fpm_pid" 2>/dev/null && kill -0 "$nginx_pid" 2>/dev/null || break
    if all_listen; then
      touch "$run/started"
      disown -a
      return 0
    fi
    sleep 0.05
  done
  kill "$fpm_pid" "$nginx_pid" 2>/dev/null || true
  wait "$fpm_pid" "$nginx_pid" 2>/dev/null || true
  return 1
}

all_listen() {
  local name port
  while read -r name port; do
    if is_free "$port"; then return 1; fi
  done <"$run/ports"
}

running_pid() { # nginx|fpm: its pid, if that process is really the one of this world
  local pid
  pid=$(cat "$run/$1.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$run/$1.conf" || return 1
  printf '%s\n' "$pid"
}

start() {
  nginx=$(program nginx nginx-light)
  fpm=$(find_fpm)
  if running_pid nginx >/dev/null; then say "it runs already"; return; fi
  stop_one fpm
  # The first time, another program may take a port between looking and listening: others are
  # looked for then. Later the ports stay, because the configuration names them.
  local try
  for try in 1 2 3 4 5; do
    if launch; then say "nginx and php-fpm serve twelve sites from $world"; return; fi
    [ ! -e "$run/started" ] || break
  done
  cat "$run"/*.out "$run"/*.log >&2 2>/dev/null || true
  die "nginx or php-fpm did not start; is one of the ports in $run/ports taken?"
}

stop() { stop_one nginx; stop_one fpm; }

stop_one() {
  local pid try
  if ! pid=$(running_pid "$1"); then return 0; fi
  kill -TERM "$pid"
  for try in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.05
  done
  kill -KILL "$pid"
}

where() {
  while read -r name port; do
    case $name in php/*) ;; *) printf '%s http://127.0.0.1:%s\n' "$name" "$port" ;; esac
  done <"$run/ports"
}

[ $# = 2 ] || die "usage: world.sh start|stop|where FOLDER"
case $1 in start | stop | where) ;; *) die "usage: world.sh start|stop|where FOLDER" ;; esac
mkdir -p "$2/run/temp" "$2/assets" "$2/ads"
world=$(cd "$2" && pwd)
run=$world/run
"$1"
