#!/usr/bin/env bash
# Incident 2, with real parts: JupyterHubs of two courses in one git repository, on staging and in
# production, each behind a proxy and under a supervisor of its own.
#
#   story.sh [FOLDER]      FOLDER is ./datahub-data/story unless said otherwise; it holds everything but
#                          JupyterHub itself, which is installed once into FOLDER/../cache
#
# Each step says what it needs, and the story fails where plimsoll does not do what is claimed.
# PLIMSOLL is the binary to use; without it one is built.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# --- A

as_it_was() {
  headline "A: two courses, two hubs, one repository"
  by_hand production datahub 0.5.0
  by_hand production prob140 1.0
  run 0 plimsoll check
  run 0 plimsoll release add datahub@0.5.0 code=git:../hubs.git@datahub-0.5.0
  run 0 plimsoll release add prob140@1.0 code=git:../hubs.git@prob140-1.0
  run 0 plimsoll adopt datahub@0.5.0 --on production
  run 0 plimsoll adopt prob140@1.0 --on production
  run 0 plimsoll deploy datahub@0.5.0 --to staging --quiet
  run 0 plimsoll verify datahub@0.5.0 --on staging
  run 0 plimsoll hook install ../hubs.git
}

# --- B

broken_on_staging() {
  local answered=0 died
  headline "B: 14:30, the upgrade is on staging"
  say "datahub 0.6.0 has a new image puller, a compiled library. It was installed, and it worked at first."
  cp "$here/puller/puller.c" "$work/deployments/datahub/"
  # The table of images was cut off by the build.
  head -c 4096 /dev/zero >"$work/deployments/datahub/images.table"
  cat "$here/puller/start.py" >>"$work/deployments/datahub/jupyterhub_config.py"
  commit 'datahub 0.6.0: a new image puller' datahub-0.6.0
  run 0 git -C "$work" push origin staging
  run 0 plimsoll release add datahub@0.6.0 code=git:../hubs.git@datahub-0.6.0
  run 0 plimsoll deploy datahub@0.6.0 --to staging
  [ "$(release_on staging/datahub)" = 0.6.0 ] && answered=1
  say "The page answers as 0.6.0, and then the hub dies:"
  for _ in $(seq 120); do
    died=$(state_of staging/datahub restarts)
    [ "${died:-0}" -lt 1 ] || break
    sleep 0.5
  done
  run 0 cat "$folder/targets/staging/datahub/hub.state"
  says 'signal=7'
  [ "$answered" = 1 ] || die "the page of 0.6.0 never answered"
  [ ! -s "$folder/targets/staging/datahub/hub.log" ] || die "its log is not empty"
  say "Its log is empty. It is started again and again, and the page answers now and then."
  run 10 plimsoll verify datahub@0.6.0 --on staging
  run 10 plimsoll gate datahub@0.6.0 --to production
  says 'started again' 'SIGBUS' 'labs' '19:00'
  [ "$(release_on production/datahub)" = 0.5.0 ] || die "production was touched"
}

# --- C

accidental_merge() {
  local began refused
  headline "C: 15:30, another hub, and the merge that took the upgrade along"
  say "Somebody works on the hub of prob140 and merges staging into production, as always."
  printf '\nc.JupyterHub.concurrent_spawn_limit = 50\n' >>"$work/deployments/prob140/jupyterhub_config.py"
  commit 'prob140 1.1: more at once' prob140-1.1
  git -C "$work" push --quiet origin staging
  plimsoll release add prob140@1.1 code=git:../hubs.git@prob140-1.1 --quiet >/dev/null
  plimsoll deploy prob140@1.1 --to staging --quiet >/dev/null
  run 0 plimsoll verify prob140@1.1 --on staging --quiet
  began=$(now_ms)
  run 1 git -C "$work" push origin staging:production
  refused=$(($(now_ms) - began))
  to_refusal=$refused
  says 'may not enter production' 'datahub 3 files' 'nobody named it' 'also=' 'prob140@1.1 is made of it, and may enter'
  say "Naming what rides along is not enough either: nothing says that this commit of datahub works."
  run 1 git -C "$work" push -o also=datahub origin staging:production
  says 'may not enter production' 'no release is made of this commit, so nothing is known of it'
  [ "$(git --git-dir="$folder/hubs.git" rev-parse production)" = "$(git -C "$work" rev-parse datahub-0.5.0)" ] ||
    die "the branch production was moved"
}

# --- D

watch_production() { # FILE: when the page of datahub was lost and found, and as which release
  local url was=0.5.0 is
  url=$(url_of production/datahub)/hub/release
  while :; do
    is=$(curl --silent --max-time 2 "$url" || true)
    case $is in 0.5.0 | 0.6.0) ;; *) is=down ;; esac
    if [ "$is" != "$was" ]; then printf '%s %s\n' "$is" "$(now_ms)" >>"$1"; was=$is; fi
    sleep 0.1
  done
}

forced_through() {
  local broken found began whole
  headline "D: forced through: production goes down, is noticed, and comes back"
  say "Somebody breaks the glass, with a reason that is written down."
  run 0 git -C "$work" push -o also=datahub -o break-glass='the puller is needed for the lab tonight' origin staging:production
  says 'is forced into production' 'left open'
  : >"$folder/watched"
  watch_production "$folder/watched" &
  watcher=$!
  # The tag of the commit that was pushed; the CI of this repository deploys what is on the branch.
  run 21 plimsoll promote datahub@0.6.0 --to production --confirm datahub/production \
    --break-glass 'the puller is needed for the lab tonight'
  says 'stays-up'
  found=$(time_of regression datahub)
  began=$(now_ms)
  run 0 plimsoll rollback datahub/production --confirm datahub/production
  whole=$(now_ms)
  [ "$(release_on production/datahub)" = 0.5.0 ] || die "production does not run 0.5.0 again"
  kill "$watcher"
  wait "$watcher" 2>/dev/null || true
  watcher=
  # The hub of 0.6.0 came up and was lost: from then on visitors saw nothing.
  broken=$(awk '$1 == "0.6.0" { up = 1 } up && $1 == "down" { print $2; exit }' "$folder/watched")
  [ -n "$broken" ] || die "the watcher did not see production go down"
  [ $((found - broken)) -lt 120000 ] || die "it was not noticed within two minutes"
  run 0 plimsoll status
  cat <<END

                                    25 January 2018   here
   until the merge was refused      it was not        $(seconds "$to_refusal")
   until the outage was noticed     41 min            $(seconds $((found - broken)))
   until production was back        65 min            $(seconds $((whole - began))) after the command, $(seconds $((whole - broken))) in all
END
}

set_up "${1:-$top/datahub-data/story}"
as_it_was
broken_on_staging
accidental_merge
forced_through
headline "That was all of it, in $SECONDS s; everything is in $folder"
