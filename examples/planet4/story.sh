#!/usr/bin/env bash
# Incident 1, with real parts: three sites on two stacks, built by composer, served by nginx and
# php-fpm, in staging and in production.
#
#   story.sh [FOLDER]      FOLDER is ./planet4-data/story unless said otherwise; it holds everything
#
# Told five times: without plimsoll; caught at the commit; caught on staging; forced through, caught
# on production and rolled back; mended. Each step says what it needs, and the story fails where
# plimsoll does not do what is claimed. PLIMSOLL is the binary to use; without it one is built.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

deploy_by_hand() { # ENVIRONMENT VERSION
  local target
  printf '\n%s$ for target in %s; do ./deploy.sh %s $target %s; done%s\n' "$blue" "$all_targets" "$1" "$2" "$plain"
  for target in $all_targets; do ./deploy.sh "$1" "$target" "$2"; done
  all_serve "$1" "$2" || die "not all of $1 serves $2"
}

release() { # VERSION MESSAGE: the next commit of the sites
  git apply "$here/releases/$1.patch"
  commit "$1" "$2"
}

ended_with() { # EXPECTED-TARGETS FOUND WHAT
  same_words "$1" "$2" || die "$3: expected \`$1\`, and found \`$2\`"
}

# --- A

without_plimsoll() {
  local target
  headline "A: without plimsoll"
  say "Production runs 1.22. In 1.23 the look of the pages moves to a style sheet of its own, blocks.css."
  deploy_by_hand staging 1.22
  deploy_by_hand production 1.22
  release 1.23 'The look of the blocks is built on its own'
  run 0 git --no-pager show --stat --format=%s
  say "It is deployed everywhere, as always. Nobody looks at every site of staging."
  deploy_by_hand staging 1.23
  deploy_by_hand production 1.23
  for target in $all_targets; do
    printf '   production/%-8s /  %s   /assets/blocks.css  %s\n' "$target" \
      "$(status_of "$(url_of "production/$target")/")" \
      "$(status_of "$(url_of "production/$target")/assets/blocks.css")"
  done
  ended_with "$k8s_targets" "$(bare_targets production)" "the bare pages of production"
  photograph "$(url_of production/nl-vm)" "$folder/pictures/a-nl-vm.png"
  photograph "$(url_of production/nl-k8s)" "$folder/pictures/a-nl-k8s.png"
  say "Six pages answer 200, and three of them are bare: pictures/a-nl-vm.png, pictures/a-nl-k8s.png."
  say "It took four hours then. Here all is as it was before:"
  rm -rf "$folder/targets/staging" "$folder/targets/production" "$folder/images"
  deploy_by_hand production 1.22
  ended_with '' "$(bare_targets production)" "the bare pages of production"
}

# --- B

caught_at_the_commit() {
  headline "B: caught at the commit"
  say "plimsoll.yaml says which two lists belong together. They always differed; what changed counts."
  run 10 plimsoll twins diff v1.22..v1.23
  plimsoll twins diff v1.22..v1.23 --format json >"$folder/twins.json" || true
  local found
  found=$(php -r '
    foreach (json_decode(file_get_contents($argv[1]), true)["answers"] as $one)
      if ($one["state"] === "missing-twin") echo $one["item"], "@", explode("#", $one["where"])[0], " ";
  ' "$folder/twins.json")
  ended_with '@copy:style-blocks@k8s/composer.json @core:style-blocks@k8s/composer.json' "${found% }" "the missing twins"
}

# --- C

caught_on_staging() {
  headline "C: caught on staging, as a browser sees it"
  run 0 plimsoll release add planet4@1.22 source=git:.@v1.22
  run 0 plimsoll adopt planet4@1.22 --on production
  run 0 plimsoll deploy planet4@1.22 --to staging
  run 0 plimsoll verify planet4@1.22 --on staging --quiet
  kept_picture staging/nl-k8s "$folder/pictures/c-before.png"
  run 0 plimsoll release add planet4@1.23 source=git:.@v1.23
  run 0 plimsoll deploy planet4@1.23 --to staging --quiet
  run 10 plimsoll verify planet4@1.23 --on staging
  plimsoll verify planet4@1.23 --on staging --format json --quiet >"$folder/verify.json" || true
  ended_with "$k8s_targets" "$(red_targets "$folder/verify.json")" "the targets on which home is red"
  kept_picture staging/nl-k8s "$folder/pictures/c-after.png"
  run 10 plimsoll gate planet4@1.23 --to production
  run 10 plimsoll picture diff "$folder/pictures/c-before.png" "$folder/pictures/c-after.png" \
    --output "$folder/pictures/c-framed.png"
  all_serve production 1.22 || die "production was touched"
}

# --- D

watch_production() { # FILE: when nl-k8s was seen to be bare, and when to be whole again
  local url was=whole is
  url=$(url_of production/nl-k8s)
  while :; do
    if is_dressed "$url"; then is=whole; else is=bare; fi
    if [ "$is" != "$was" ]; then printf '%s %s\n' "$is" "$(now_ms)" >>"$1"; was=$is; fi
    sleep 0.05
  done
}

# When the ledger says that something happened, in ms.
time_of() { # WORD
  plimsoll history --all --format json | php -r '
    foreach (json_decode(stream_get_contents(STDIN), true)["events"] as $one)
      if ($one["word"] === $argv[1]) {
        echo (int) ((new DateTimeImmutable($one["at"]))->format("Uv")), "\n"; exit(0);
      }
    exit(1);' "$1" || die "the history has no event \`$1\`"
}

caught_on_production() {
  local bare whole found
  headline "D: forced through, caught on production, and rolled back"
  say "Somebody breaks the glass. The promotion goes in waves, and looks at each page itself."
  : >"$folder/watched"
  watch_production "$folder/watched" &
  watcher=$!
  run 20 plimsoll promote planet4@1.23 --to production --confirm planet4/production \
    --break-glass "the campaign starts at noon"
  sleep 0.5
  kill "$watcher"
  wait "$watcher" 2>/dev/null || true
  watcher=
  all_serve production 1.22 || die "not all of production is back on 1.22"
  ended_with '' "$(bare_targets production)" "the bare pages of production"
  for target in gr-k8s int-k8s; do
    [ ! -e "$folder/targets/production/$target/releases/1.23" ] || die "production/$target was reached by 1.23"
  done
  bare=$(awk '$1 == "bare" { print $2; exit }' "$folder/watched")
  whole=$(awk '$1 == "whole" { print $2 }' "$folder/watched" | tail -1)
  [ -n "$bare" ] && [ -n "$whole" ] || die "the watcher saw no bare page"
  found=$(time_of regression)
  [ $((found - bare)) -lt 60000 ] || die "it was not detected within a minute"
  cat <<END

                             incident 1   here
   until it was noticed      not told     $(seconds $((found - bare)))
   until all were restored   4 h          $(seconds $((whole - bare)))
   bare sites                3            1 (nl-k8s; gr-k8s and int-k8s never had the release)
END
}

# --- E

# What the broken glass left open is asked for, unless it was closed by what passed since.
make_up_for_it() {
  local open
  open=$(plimsoll follow-up planet4 --format json | grep -c '"id"' || true)
  [ "$open" = 0 ] || run 0 plimsoll follow-up planet4 --close all --reason "1.23 went back; 1.23.1 builds the style"
}

mended() {
  headline "E: mended, and promoted"
  release 1.23.1 'The cluster builds the look of the blocks as well'
  run 0 plimsoll twins diff v1.22..v1.23.1 --all
  run 0 plimsoll release add planet4@1.23.1 source=git:.@v1.23.1
  run 0 plimsoll deploy planet4@1.23.1 --to staging --quiet
  run 0 plimsoll verify planet4@1.23.1 --on staging --quiet
  make_up_for_it
  run 0 plimsoll gate planet4@1.23.1 --to production
  run 0 plimsoll promote planet4@1.23.1 --to production --confirm planet4/production
  all_serve production 1.23.1 || die "not all of production serves 1.23.1"
  ended_with '' "$(bare_targets production)" "the bare pages of production"
  run 0 plimsoll status
}

set_up "${1:-$top/planet4-data/story}"
without_plimsoll
caught_at_the_commit
caught_on_staging
caught_on_production
mended
headline "That was all of it, in $SECONDS s; everything is in $folder"
