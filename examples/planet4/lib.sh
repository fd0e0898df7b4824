# What story.sh and cases.sh share: speaking, the world, and looking at what came of it.
# shellcheck shell=bash

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
sites=(nl gr int)
stacks=(vm k8s)
all_targets='nl-vm nl-k8s gr-vm gr-k8s int-vm int-k8s'
k8s_targets='nl-k8s gr-k8s int-k8s'
vm_targets='nl-vm gr-vm int-vm'
unset PLIMSOLL_LEDGER PLIMSOLL_CONFIG
watcher=

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' blue=$'\e[34m' dim=$'\e[2m' plain=$'\e[0m'
else
  bold='' blue='' dim='' plain=''
fi
headline() { printf '\n\n%s── %s%s\n' "$bold" "$*" "$plain"; }
say() { printf '\n%s   %s%s\n' "$dim" "$*" "$plain"; }
die() { printf '\nplanet4: %s\n' "$*" >&2; exit 1; }
now_ms() { printf '%s\n' $((${EPOCHREALTIME/[.,]/} / 1000)); }
seconds() { awk -v ms="$1" 'BEGIN { printf "%.1f s", ms / 1000 }'; }

run() { # EXPECTED-EXIT-CODE COMMAND…
  local expected=$1 code=0
  shift
  printf '\n%s$ %s%s\n' "$blue" "$*" "$plain"
  "$@" || code=$?
  [ "$code" = "$expected" ] || die "\`$*\` ended with exit code $code, and the story needs $expected"
  [ "$code" = 0 ] || printf '%s   (exit code %s)%s\n' "$dim" "$code" "$plain"
}

# --- the world

clean_up() {
  local code=$?
  trap - EXIT INT TERM
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || true
  [ ! -d "$folder" ] || "$here/world.sh" stop "$folder" || true
  exit "$code"
}

set_up() { # FOLDER: everything that was there is made anew
  local program
  folder=$1
  for program in git curl composer php; do
    command -v "$program" >/dev/null || die "there is no $program; run  scripts/setup.sh planet4"
  done
  find_plimsoll
  if [ -e "$folder" ]; then
    [ -e "$folder/.plimsoll-planet4" ] || die "$folder was not made by this example; name another folder"
    "$here/world.sh" stop "$folder"
    rm -rf "$folder"
  fi
  mkdir -p "$folder/bin" "$folder/pictures"
  cp -R "$here/ads" "$here/assets" "$folder/"
  folder=$(cd "$folder" && pwd)
  touch "$folder/.plimsoll-planet4"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  ln -s "$binary" "$folder/bin/plimsoll"
  PATH=$folder/bin:$PATH
  "$here/world.sh" start "$folder"
  make_repository
}

find_plimsoll() {
  binary=${PLIMSOLL:-$top/target/release/plimsoll}
  if [ -z "${PLIMSOLL:-}" ]; then
    (cd "$top" && cargo build --release --locked --quiet --package plimsoll) || die "plimsoll could not be built"
  fi
  [ -x "$binary" ] || die "there is no $binary"
  binary=$(realpath "$binary")
}

# The sites' repository: 1.22, as it was, and the configuration of plimsoll beside it.
make_repository() {
  local edit=() name url
  cp -R "$here/site" "$folder/site"
  while read -r name url; do edit+=(-e "s|@$name@|$url|"); done < <("$here/world.sh" where "$folder")
  sed "${edit[@]}" "$here/plimsoll.yaml.in" >"$folder/site/plimsoll.yaml"
  printf '.plimsoll/\n' >"$folder/site/.gitignore"
  cd "$folder/site"
  export GIT_AUTHOR_NAME=planet4 GIT_AUTHOR_EMAIL=planet4@planet.example
  export GIT_COMMITTER_NAME=planet4 GIT_COMMITTER_EMAIL=planet4@planet.example
  git -c init.defaultBranch=main init --quiet
  commit 1.22 'The sites as they are'
}

commit() { # VERSION MESSAGE
  git add --all
  git commit --quiet --message "$2"
  git tag "v$1"
}

# --- looking

url_of() { "$here/world.sh" where "$folder" | awk -v name="$1" '$1 == name { print $2 }'; }
status_of() { curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' "$1" || true; }

all_serve() { # ENVIRONMENT VERSION
  local target
  for target in $all_targets; do
    [ "$(curl --silent --max-time 2 "$(url_of "$1/$target")/version.txt")" = "$2" ] || return 1
  done
}

# Every style sheet that a page asks for answers 200.
is_dressed() { # URL
  local sheet
  for sheet in $(curl --silent --max-time 10 "$1/" | grep -o '/assets/[a-z0-9.-]*\.css'); do
    [ "$(status_of "$1$sheet")" = 200 ] || return 1
  done
}

bare_targets() { # ENVIRONMENT: those whose page answers 200 and has lost a style sheet
  local target url bare=''
  for target in $all_targets; do
    url=$(url_of "$1/$target")
    if [ "$(status_of "$url/")" = 200 ] && ! is_dressed "$url"; then bare+=" $target"; fi
  done
  printf '%s\n' "${bare# }"
}

# The targets on which the page check of the last `verify --format json` did not pass.
red_targets() { # FILE
  php -r '
    $red = [];
    foreach (json_decode(file_get_contents($argv[1]), true)["results"] as $one) {
      if ($one["check"] === "home" && $one["state"] !== "satisfied") $red[] = $one["target"];
    }
    echo implode(" ", $red), "\n";' "$1"
}

same_words() { [ "$(tr ' ' '\n' <<<"$1" | sort)" = "$(tr ' ' '\n' <<<"$2" | sort)" ]; }

# A picture as anybody can take one, without plimsoll.
photograph() { # URL FILE
  local chromium as_root=()
  chromium=${PLIMSOLL_CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)} ||
    die "there is no chromium; run  scripts/setup.sh planet4"
  [ "$(id -u)" != 0 ] || as_root=(--no-sandbox)
  timeout 30 "$chromium" --headless=new "${as_root[@]}" --disable-gpu --hide-scrollbars --window-size=1280,800 \
    --user-data-dir="$folder/run/chromium" --screenshot="$2" "$1/" >"$folder/run/chromium.log" 2>&1 || true
  [ -s "$2" ] || die "chromium took no picture of $1; see $folder/run/chromium.log"
}

# The picture that the last page check of a target has kept; 1 when it has kept none.
kept_picture() { # ENVIRONMENT/TARGET FILE
  local digest
  digest=$(plimsoll show "planet4/$1/home" --format json | grep -A3 '"name": "desktop.png"' |
    grep -o 'sha256:[0-9a-f]*' | head -1) || return 1
  digest=${digest#sha256:}
  cp ".plimsoll/blobs/${digest:0:2}/${digest:2}" "$2"
}
