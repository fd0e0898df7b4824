# What story.sh stands on: speaking, the world, and looking at what came of it.
# shellcheck shell=bash

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
unset PLIMSOLL_LEDGER PLIMSOLL_CONFIG
watcher=

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' blue=$'\e[34m' dim=$'\e[2m' plain=$'\e[0m'
else
  bold='' blue='' dim='' plain=''
fi
headline() { printf '\n\n%s── %s%s\n' "$bold" "$*" "$plain"; }
say() { printf '\n%s   %s%s\n' "$dim" "$*" "$plain"; }
die() { printf '\ndatahub: %s\n' "$*" >&2; exit 1; }
now_ms() { printf '%s\n' $((${EPOCHREALTIME/[.,]/} / 1000)); }
seconds() { awk -v ms="$1" 'BEGIN { printf "%.1f s", ms / 1000 }'; }

run() { # EXPECTED-EXIT-CODE COMMAND…; what it said is in $folder/said
  local expected=$1 code=0
  shift
  printf '\n%s$ %s%s\n' "$blue" "$*" "$plain"
  "$@" >"$folder/said" 2>&1 || code=$?
  cat "$folder/said"
  [ "$code" = "$expected" ] || die "\`$*\` ended with exit code $code, and the story needs $expected"
  [ "$code" = 0 ] || printf '%s   (exit code %s)%s\n' "$dim" "$code" "$plain"
}

says() { # WORDS…: the last command said each of them
  local words
  for words in "$@"; do
    tr -s ' \n' '  ' <"$folder/said" | sed 's/ remote: / /g' | grep -qF -- "$words" ||
      die "the last command did not say \`$words\`"
  done
}

# --- the world

clean_up() {
  local code=$?
  trap - EXIT INT TERM
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || true
  [ ! -d "$folder/run" ] || "$here/world.sh" stop "$folder" || true
  exit "$code"
}

set_up() { # FOLDER: everything but the cache is made anew
  local program
  folder=$1
  for program in git curl python3 npm node cc; do
    command -v "$program" >/dev/null || die "there is no $program; run  scripts/setup.sh datahub"
  done
  find_plimsoll
  if [ -e "$folder" ]; then
    [ -e "$folder/.plimsoll-datahub" ] || die "$folder was not made by this example; name another folder"
    "$here/world.sh" stop "$folder"
    rm -rf "$folder"
  fi
  mkdir -p "$folder/bin" "$folder/plimsoll"
  folder=$(cd "$folder" && pwd)
  touch "$folder/.plimsoll-datahub"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  ln -s "$binary" "$folder/bin/plimsoll"
  PATH=$folder/bin:$PATH
  cp "$here/deploy.sh" "$here/supervise.sh" "$folder/"
  "$here/world.sh" start "$folder"
  make_repository
  configure
}

find_plimsoll() {
  binary=${PLIMSOLL:-$top/target/release/plimsoll}
  if [ -z "${PLIMSOLL:-}" ]; then
    (cd "$top" && cargo build --release --locked --quiet --package plimsoll) || die "plimsoll could not be built"
  fi
  [ -x "$binary" ] || die "there is no $binary"
  binary=$(realpath "$binary")
}

# The bare repository that people push to, and the clone that they work in.
make_repository() {
  export GIT_AUTHOR_NAME=admin GIT_AUTHOR_EMAIL=admin@hubs.example
  export GIT_COMMITTER_NAME=admin GIT_COMMITTER_EMAIL=admin@hubs.example
  export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=init.defaultBranch GIT_CONFIG_VALUE_0=staging
  export GIT_CONFIG_KEY_1=advice.pushUpdateRejected GIT_CONFIG_VALUE_1=false
  git init --quiet --bare "$folder/hubs.git"
  cp -R "$here/repository" "$folder/work"
  work=$folder/work
  git -C "$work" init --quiet
  git -C "$work" remote add origin "$folder/hubs.git"
  commit 'The hubs as they are' datahub-0.5.0 prob140-1.0
  git -C "$work" push --quiet origin staging staging:production
}

commit() { # MESSAGE TAG…: on staging, tags for the releases that it is
  local message=$1 tag
  shift
  git -C "$work" add --all
  git -C "$work" commit --quiet --message "$message"
  for tag in "$@"; do git -C "$work" tag "$tag"; done
  git -C "$work" push --quiet origin --tags
}

# It is lab time: a zone in which it is the afternoon now, and labs from 9 until 19.
configure() {
  local edit=() name url hour offset
  hour=$((10#$(date -u +%H)))
  offset=$((15 - hour))
  # Etc/GMT+8 is eight hours *behind* UTC.
  if [ "$offset" -gt 0 ]; then zone=Etc/GMT-$offset; else zone=Etc/GMT+$((-offset)); fi
  [ "$offset" -ge -12 ] || zone=Etc/GMT-$((offset + 24))
  while read -r name url; do edit+=(-e "s|@$name@|$url|"); done < <("$here/world.sh" where "$folder")
  sed "${edit[@]}" -e "s|@zone@|$zone|" "$here/plimsoll.yaml.in" >"$folder/plimsoll/plimsoll.yaml"
  local today
  today=$(TZ=$zone date +%Y%m%d)
  printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 'PRODID:-//hubs//labs//EN' BEGIN:VEVENT UID:labs@hubs.example \
    'SUMMARY:Data 8 labs' "DTSTART;TZID=$zone:${today}T090000" "DTEND;TZID=$zone:${today}T190000" \
    "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU" END:VEVENT END:VCALENDAR >"$folder/plimsoll/labs.ics"
  cd "$folder/plimsoll"
}

# --- looking, without plimsoll

url_of() { "$here/world.sh" where "$folder" | awk -v name="$1" '$1 == name { print $2 }'; }
release_on() { curl --silent --max-time 2 "$(url_of "$1")/hub/release" || true; } # ENVIRONMENT/SERVICE
state_of() { sed -n "s/^$2=//p" "$folder/targets/$1/hub.state"; }                 # ENVIRONMENT/SERVICE KEY

# Puts a release somewhere past plimsoll, as everything was before there was one.
by_hand() { # ENVIRONMENT SERVICE VERSION
  "$folder/deploy.sh" "$@" >/dev/null || die "$2 $3 could not be put on $1"
}

# When the ledger says that something happened, in ms.
time_of() { # WORD SERVICE
  plimsoll history "$2" --all --format json | python3 -c '
import datetime, json, sys
for one in json.load(sys.stdin)["events"]:
    if one["word"] == sys.argv[1]:
        print(int(datetime.datetime.fromisoformat(one["at"].replace("Z", "+00:00")).timestamp() * 1000))
        break
else:
    sys.exit(1)' "$1" || die "the history has no event \`$1\`"
}
