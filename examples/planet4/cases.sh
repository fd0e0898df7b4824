#!/usr/bin/env bash
# Ways in which a style sheet gets lost, each with the targets that must be red, and changes that are
# nobody's fault, which must raise no alarm:
#
#   cases.sh [FOLDER] [WORD]     FOLDER is ./planet4-data/cases; WORD runs only the cases whose name has it
#
# Each case is a commit of the sites, deployed to staging (three sites on two stacks) by their own
# deploy.sh, and looked at by the page check. Exits 1 when any answer is not the expected one.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/cases/faults.sh"
. "$here/cases/harmless.sh"

only=${2:-}
number=0
wrong=0

# The state from which every case sets out, and what the checks of these cases need beyond `page: /`.
prepare() {
  # Nobody waits half a minute for the slow one; the sites' own assets may be at another host.
  sed -i 's|home: { page: / }|home: { page: { path: /, own-hosts: [localhost] }, within: 10s }|' plimsoll.yaml
  git apply "$here/releases/1.23.patch" "$here/releases/1.23.1.patch"
  commit base 'Where every case sets out'
  # Production is as it was when the cases set out: pages are compared with it.
  local target
  for target in $all_targets; do ./deploy.sh production "$target" base; done
  plimsoll release add planet4@base source=git:.@vbase --quiet >/dev/null
  plimsoll adopt planet4@base --on production --quiet >/dev/null || die "production is red as it is"
  plimsoll deploy planet4@base --to staging --quiet >/dev/null
  plimsoll verify planet4@base --on staging --quiet >/dev/null || die "the state that every case sets out from is red"
  built=$folder/targets/staging/nl-vm/releases/base/public/assets
  for target in $all_targets; do kept_picture "staging/$target" "$folder/pictures/base-$target.png"; done
}

# Each function below looks at one case, `$number`.
try() { # SITE|all EXPECTED-TARGETS WORDS FUNCTION NAME
  local expected=$2 words=$3 change=$4 name=$5 where=() began red seen verdict=ok
  local answer=$folder/answer.json
  case $name in *"$only"*) ;; *) return 0 ;; esac
  number=$((number + 1))
  [ "$1" = all ] || where=(--target "$1-vm,$1-k8s")
  began=$(now_ms)
  git checkout --quiet --detach vbase
  "$change"
  commit "case-$number" "$name" || die "the case \`$name\` changes nothing"
  bring_to_staging
  plimsoll verify "planet4@case-$number" --on staging --check home "${where[@]}" --quiet --format json >"$answer" || true
  red=$(red_targets "$answer")
  same_words "$expected" "$red" || verdict="WRONG: red on ${red:-none}"
  if [ -n "$words" ] && ! grep '"finding"' "$answer" | grep -qE "$words"; then verdict="WRONG: not told why"; fi
  look_beside_base
  [ "$verdict" = ok ] || wrong=$((wrong + 1))
  printf '%-38s %-42s %-8s %7s  %s\n' "$name" "${expected:-none}" "$seen" "$(seconds $(($(now_ms) - began)))" "$verdict"
  said "$answer"
}

bring_to_staging() {
  plimsoll release add "planet4@case-$number" "source=git:.@vcase-$number" --quiet >/dev/null
  plimsoll deploy "planet4@case-$number" --to staging "${where[@]}" --quiet >"$folder/deploy.txt" 2>&1 ||
    die "the case \`$name\` could not be deployed; see $folder/deploy.txt"
}

# What a comparison of pictures says of the first target that is red, or of one that is not: `same`,
# `minor`, `changed` or `broken`. A page that is well must never be taken for a broken one.
look_beside_base() {
  local target=${red%% *}
  [ -n "$target" ] || { target=${where[1]:-nl-vm}; target=${target%%,*}; }
  # There is none of a page that does not answer any more.
  if ! kept_picture "staging/$target" "$folder/pictures/case-$number.png"; then seen=none; return; fi
  plimsoll picture diff "$folder/pictures/base-$target.png" "$folder/pictures/case-$number.png" \
    --output "$folder/pictures/case-$number-framed.png" --format json >"$folder/picture.json" || true
  seen=$(grep -o '"verdict": "[a-z]*"' "$folder/picture.json" | cut -d'"' -f4)
  if [ -z "$expected" ] && [ "$seen" = broken ]; then verdict='WRONG: its picture is called broken'; fi
}

said() { # ANSWER: why it is red, once for each reason
  php -r '
    $why = [];
    foreach (json_decode(file_get_contents($argv[1]), true)["results"] as $one)
      if ($one["state"] !== "satisfied") $why[$one["state"] . ": " . $one["finding"]] = 1;
    foreach (array_keys($why) as $one) echo "    ", $one, "\n";' "$1"
}

set_up "${1:-$top/planet4-data/cases}"
prepare
printf '%-38s %-42s %-8s %7s\n' case 'must be red on' picture took
faults
harmless
printf '\n%d cases, %d wrong, %d s\n' "$number" "$wrong" "$SECONDS"
[ "$wrong" = 0 ]
