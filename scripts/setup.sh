#!/usr/bin/env bash
# Installs what a purpose needs and this machine lacks:  setup.sh build|demo|planet4|datahub|test|bench
#
# Uses apt-get, as root or through sudo. Where that is not possible, it prints the one command that
# somebody else has to run, and exits 1. What is there already is not touched.
set -euo pipefail

purpose=${1:-test}
missing=()

has() { PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$1" >/dev/null 2>&1; }
need() { has "$1" || missing+=("$2"); } # PROGRAM PACKAGE
has_postgresql() { has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

case $purpose in build | demo | planet4 | datahub | test | bench) ;; *) echo "usage: setup.sh build|demo|planet4|datahub|test|bench" >&2; exit 2 ;; esac

if ! has cargo; then
  cat >&2 <<'EOF'
setup: there is no Rust here. Install it, then come back:
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh      (https://rustup.rs)
EOF
  exit 1
fi
need cc build-essential # SQLite and ring are compiled
[ "$purpose" = build ] || need curl curl
if [ "$purpose" != build ] && [ "$purpose" != datahub ]; then
  need nginx nginx-light
fi
if [ "$purpose" = datahub ]; then
  need python3 python3
  # Debian ships venv without what makes one; Python's headers are for the compiled library.
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
  python3 -c 'import os, sysconfig; exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' 2>/dev/null ||
    missing+=(python3-dev)
  need node nodejs
  need npm npm
  need git git
fi
if [ "$purpose" = planet4 ]; then
  compgen -G '/usr/sbin/php-fpm*' >/dev/null || missing+=(php-fpm)
  need php php-cli
  need composer composer
  need git git
  need openssl openssl
  has chromium || has chromium-browser || has google-chrome || missing+=(chromium fonts-dejavu-core)
fi
if [ "$purpose" = test ] || [ "$purpose" = bench ]; then
  has_postgresql || missing+=(postgresql)
fi
if [ "$purpose" = bench ]; then
  need python3 python3-minimal
  need prometheus-blackbox-exporter prometheus-blackbox-exporter # the peer
  [ -x /usr/bin/time ] || missing+=(time)
  need wrk wrk # asks a server
fi
if [ "$purpose" = test ] || [ "$purpose" = bench ] || [ "$purpose" = demo ]; then
  # Page checks look through a real browser.
  has chromium || has chromium-browser || has google-chrome || missing+=(chromium fonts-dejavu-core)
fi
if [ "$purpose" = test ]; then
  need openssl openssl
  need perl perl-base
  # Another clock for a process, for the nights in which an hour comes twice.
  compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || missing+=(faketime)
  [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
  need git git
fi

[ ${#missing[@]} -gt 0 ] || exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if ! has apt-get; then
  echo "setup: this machine lacks: ${missing[*]} (the names are Debian's). Install them, then come back." >&2
  exit 1
fi
if [ "$(id -u)" = 0 ]; then
  sudo=()
elif has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
  sudo=(sudo)
else
  echo "setup: this machine lacks some packages. Have somebody run:  sudo ${install[*]}" >&2
  exit 1
fi
echo "setup: ${install[*]}"
# RUNLEVEL=1: the servers are started by the tests themselves, not by their packages.
quiet_env=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1)
"${sudo[@]}" "${quiet_env[@]}" apt-get update -qq </dev/null
"${sudo[@]}" "${quiet_env[@]}" "${install[@]}" -qq </dev/null
