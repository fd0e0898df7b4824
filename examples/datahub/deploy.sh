#!/usr/bin/env bash
# Puts a release of a hub in its place, as the CI of these hubs does: what the tag SERVICE-VERSION holds,
# with a virtual environment of its own; then starts the hub anew under its supervisor.
#
#   deploy.sh ENVIRONMENT SERVICE VERSION [prove]      with `prove` it only looks whether the tag is there
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
environment=$1 service=$2 version=$3
tag=$service-$version
place=$here/targets/$environment/$service
repository=$here/hubs.git

git --git-dir="$repository" cat-file -e "$tag^{commit}"
[ "${4:-}" != prove ] || exit 0

build() {
  local release=$1 own=$1.new
  rm -rf "$own"
  mkdir -p "$own"
  git --git-dir="$repository" archive "$tag" "deployments/$service" | tar -x -C "$own" --strip-components=2
  # The packages of the cache, and what is this release's own before them.
  "$here/cache/venv/bin/python" -m venv --without-pip "$own/venv"
  local packages shared
  packages=$(echo "$own"/venv/lib/python*/site-packages)
  shared=$(echo "$here"/cache/venv/lib/python*/site-packages)
  printf '%s\n' "$shared" >"$packages/cache.pth"
  if [ -f "$own/puller.c" ]; then
    cc -shared -fPIC -O1 -DPULLER_TABLE="\"$release/images.table\"" \
      -I"$("$here/cache/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("include"))')" \
      -o "$packages/puller.so" "$own/puller.c"
  fi
  mv "$own" "$release"
}

mkdir -p "$place/releases" "$place/state"
[ -d "$place/releases/$version" ] || build "$place/releases/$version"
ln -sfn "releases/$version" "$place/current.new"
mv -T "$place/current.new" "$place/current"
"$here/supervise.sh" restart "$place" "$(cat "$here/run/ports/$environment-$service")" </dev/null

# The supervisor was told; the deployment is over when the hub answers as this release.
public=$(cut -d' ' -f1 "$here/run/ports/$environment-$service")
for _ in $(seq 240); do
  if [ "$(curl --silent --max-time 2 "http://127.0.0.1:$public/hub/release")" = "$version" ]; then
    echo "$tag answers on $environment"
    exit 0
  fi
  sleep 0.25
done
echo "$tag did not come up on $environment" >&2
exit 1
