#!/usr/bin/env bash
# A release goes from staging to production and back, on twelve real web sites:
#
#   demo.sh [FOLDER]       FOLDER is ./demo-data unless said otherwise; it holds everything
#
# Every command is shown before it runs, and what it prints is what it printed. Each step says which
# exit code it expects; when the story goes another way, the demo fails.
# PLIMSOLL is the binary to use, target/debug/plimsoll otherwise. On a terminal it waits DEMO_PAUSE
# seconds (0.3) before each command, so that it can be read.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
binary=$(realpath -m -- "${PLIMSOLL:-$root/target/debug/plimsoll}")
folder=${1:-$root/demo-data}
saboteur=
unset PLIMSOLL_LEDGER

# --- speaking

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' blue=$'\e[34m' dim=$'\e[2m' plain=$'\e[0m'
else
  bold='' blue='' dim='' plain=''
fi
headline() { printf '\n\n%s── %s%s\n' "$bold" "$*" "$plain"; pause; }
say() { printf '\n%s   %s%s\n' "$dim" "$*" "$plain"; pause; }
# Somebody who watches gets a moment to read; nobody waits for nobody.
pause() { if [ -t 1 ]; then sleep "${DEMO_PAUSE:-0.3}"; fi; }
die() { printf '\ndemo: %s\n' "$*" >&2; exit 1; }

run() { # EXPECTED-EXIT-CODE COMMAND…
  local expected=$1 code=0
  shift
  printf '\n%s$ %s%s\n' "$blue" "$*" "$plain"
  pause
  "$@" || code=$?
  [ "$code" = "$expected" ] || die "\`$*\` ended with exit code $code, and the story needs $expected"
  [ "$code" = 0 ] || printf '%s   (exit code %s)%s\n' "$dim" "$code" "$plain"
}

# --- the world

clean_up() {
  local code=$?
  trap - EXIT INT TERM
  [ -z "$saboteur" ] || kill "$saboteur" 2>/dev/null || true
  [ ! -d "$folder" ] || "$here/world.sh" stop "$folder" || true
  exit "$code"
}

set_up() {
  [ -x "$binary" ] || die "there is no $binary; run  make demo  or  cargo build"
  command -v curl >/dev/null || die "curl is not installed; on Debian and Ubuntu:  apt-get install curl"
  if [ -e "$folder" ]; then
    [ -e "$folder/.plimsoll-demo" ] || die "$folder was not made by the demo; move it away or name another folder"
    "$here/world.sh" stop "$folder"
    rm -rf "$folder"
  fi
  mkdir -p "$folder/bin"
  folder=$(cd "$folder" && pwd)
  touch "$folder/.plimsoll-demo"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  ln -s "$binary" "$folder/bin/plimsoll"
  PATH=$folder/bin:$PATH
  cp -R "$here/checks" "$folder/checks"
  for version in 1.22 1.23 1.23.1 1.24; do
    "$here/planet4/build.sh" "$version" "$folder/releases/$version"
  done
  "$here/world.sh" start "$folder"
}

put_into_production_by_hand() { # VERSION: as people do it before they have anything better
  local target
  for target in "$folder"/production/*; do
    mkdir -p "$target/by-hand"
    cp -R "$folder/releases/$1" "$target/by-hand/$1"
    ln -s "by-hand/$1" "$target/current"
  done
}

write_configuration() { # without the forgotten line, or with it: `complete`
  local edit=() name url
  while read -r name url; do edit+=(-e "s|@$name@|$url|"); done < <("$here/world.sh" where "$folder")
  if [ "${1:-}" = complete ]; then
    edit+=(-e 's| *# at first forgotten||')
  else
    edit+=(-e '/# at first forgotten/d')
  fi
  sed "${edit[@]}" "$here/plimsoll.yaml.in" >"$folder/plimsoll.yaml"
}

url_of() { "$here/world.sh" where "$folder" | awk -v name="$1" '$1 == name { print $2 }'; }
served() { curl --silent --max-time 2 "$1/version.txt" || true; }

all_serve() { # ENVIRONMENT VERSION
  local name url
  while read -r name url; do
    case $name in "$1"/*) [ "$(served "$url")" = "$2" ] || return 1 ;; esac
  done < <("$here/world.sh" where "$folder")
}

refusal_names() { # RELEASE WORD…: asked again in the form for programs
  local release=$1 word code=0
  shift
  plimsoll gate "$release" --to production --format json >"$folder/gate.json" 2>/dev/null || code=$?
  [ "$code" = 10 ] || die "the gate answered $code instead of 10"
  for word in "$@"; do
    grep -q -- "$word" "$folder/gate.json" || die "the refusal does not name \`$word\`; see $folder/gate.json"
  done
}

break_a_site_when() { # VERSION is served by all of production
  local sheet=$folder/production/in-k8s/current/sites/in/k8s/static
  for _ in $(seq 600); do
    if all_serve production "$1"; then
      sleep 1
      rm -r "$sheet"
      printf '\n%s   >>> somebody tidies up on production/in-k8s and deletes static/ <<<%s\n\n' "$bold" "$plain"
      return
    fi
    sleep 0.1
  done
}

# --- the story

a_production_that_exists_already() {
  headline "1 of 4: a production that exists already"
  say "Three countries, each with a site on VMs and one on Kubernetes, in staging and in production."
  say "Production runs 1.22, put there by hand. plimsoll.yaml describes it; this is read first:"
  put_into_production_by_hand 1.22
  write_configuration
  cd "$folder"
  run 0 plimsoll check
  say "What runs in production is taken in as it is. Only so is there something to go back to later."
  run 0 plimsoll release add planet4@1.22 releases/1.22
  run 0 plimsoll adopt planet4@1.22 --on production
  run 0 plimsoll deploy planet4@1.22 --to staging
  run 0 plimsoll verify planet4@1.22 --on staging
}

a_release_that_is_refused() {
  headline "2 of 4: 1.23 is refused"
  say "1.23 has lost the style sheet of one site on one platform. Its pages answer 200 all the same."
  run 0 plimsoll release add planet4@1.23 releases/1.23
  run 0 plimsoll deploy planet4@1.23 --to staging
  run 10 plimsoll verify planet4@1.23 --on staging
  say "The page as a browser sees it, beside production, for whoever does not believe it:"
  run 0 plimsoll show planet4/staging/nl-k8s/home --pictures pictures
  [ -s pictures/desktop-framed.png ] || die "the lost style does not show in the pictures"
  say "May it go to production? The answer names what is broken, and the target that nobody checks."
  run 10 plimsoll gate planet4@1.23 --to production
  refusal_names planet4@1.23 nl-k8s style ca-k8s uncovered
  all_serve production 1.22 || die "production was touched"
}

a_release_that_may_go() {
  headline "3 of 4: 1.23.1 mends it, and goes to production in waves"
  say "Staging gets the site that was forgotten, by one line in plimsoll.yaml:"
  cp plimsoll.yaml plimsoll.yaml.before
  write_configuration complete
  diff plimsoll.yaml.before plimsoll.yaml | grep '^>' || true
  run 0 plimsoll release add planet4@1.23.1 releases/1.23.1
  run 0 plimsoll deploy planet4@1.23.1 --to staging
  say "The gate also wants the way back to have been tried on each platform, where it hurts nobody."
  run 0 plimsoll rollback planet4/staging/nl-vm --rehearse
  run 0 plimsoll rollback planet4/staging/nl-k8s --rehearse
  run 0 plimsoll verify planet4@1.23.1 --on staging
  say "And it wants 1.23.1 to have run on staging for 3 s; in earnest that would be hours."
  sleep 3
  run 0 plimsoll gate planet4@1.23.1 --to production
  say "Somebody at a terminal is asked to type the name of what changes; --confirm gives it."
  run 0 plimsoll promote planet4@1.23.1 --to production --confirm planet4/production
  all_serve production 1.23.1 || die "not all of production serves 1.23.1"
}

a_promotion_that_goes_back() {
  headline "4 of 4: 1.24 goes well, until production breaks while it is being watched"
  run 0 plimsoll release add planet4@1.24 releases/1.24
  run 0 plimsoll deploy planet4@1.24 --to staging
  run 0 plimsoll verify planet4@1.24 --on staging
  say "It soaks on staging for 3 s."
  sleep 3
  break_a_site_when 1.24 &
  saboteur=$!
  run 20 plimsoll promote planet4@1.24 --to production --confirm planet4/production
  wait "$saboteur"
  saboteur=
  all_serve production 1.23.1 || die "not all of production is back on 1.23.1"
  say "Nobody had to do anything: all of production serves 1.23.1 again. What happened:"
  run 0 plimsoll history
  run 0 plimsoll status
}

how_to_go_on() {
  local shown=${folder#"$root"/}
  headline "That was all of it, in $SECONDS s"
  cat <<EOF
   Everything is in $shown: configuration, ledger, releases, sites. To look further:

     examples/line/world.sh start $shown        the sites again, on the same ports
     cd $shown
     bin/plimsoll status
     bin/plimsoll history
     bin/plimsoll show planet4@1.24
     pictures/index.html                        the page that lost its style, in a browser
     bin/plimsoll gate planet4@1.24 --to production --format json
     bin/plimsoll ledger verify

   To be rid of it:  make clean-demo
EOF
}

set_up
a_production_that_exists_already
a_release_that_is_refused
a_release_that_may_go
a_promotion_that_goes_back
how_to_go_on
