#!/usr/bin/env bash
# Puts a version on a target, as it was done before plimsoll and as plimsoll does it now:
#   deploy.sh ENVIRONMENT TARGET VERSION      for example  deploy.sh staging nl-vm 1.22
#
# The two stacks have their own ways. On a virtual machine the site is built where it runs, by the
# script site-update of vm/composer.json. For the cluster an image is built once, by site:global of
# k8s/composer.json, and unpacked wherever it runs. Then a link is switched.
set -euo pipefail

environment=${1:?usage: deploy.sh ENVIRONMENT TARGET VERSION}
target=${2:?usage: deploy.sh ENVIRONMENT TARGET VERSION}
version=${3:?usage: deploy.sh ENVIRONMENT TARGET VERSION}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
world=$(dirname "$here")
export SITE=${target%-*} COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_HOME=$world/composer COMPOSER_DISABLE_NETWORK=1
stack=${target#*-}
root=$world/targets/$environment/$target
scratch=

trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT

build() { # COMPOSER-SCRIPT FOLDER: from the commit of this version, with nothing left of another
  scratch=$2.building.$$
  mkdir -p "$scratch"
  git -C "$here" archive "v$version" | tar -x -C "$scratch"
  composer --no-interaction --no-plugins --quiet --working-dir="$scratch/$stack" run-script "$1"
  mkdir -p "$2.new.$$"
  mv "$scratch/public-built" "$2.new.$$/public"
  mv "$scratch/app-built" "$2.new.$$/app"
  printf '%s\n' "$version" >"$2.new.$$/public/version.txt"
  mv -T "$2.new.$$" "$2"
}

release=$root/releases/$version
mkdir -p "$root/releases" "$world/images"
if [ ! -e "$release" ]; then
  case $stack in
    vm) build site-update "$release" ;;
    k8s)
      image=$world/images/$SITE-$version
      [ -e "$image" ] || build site:global "$image"
      cp -R "$image" "$release"
      ;;
    *) echo "deploy.sh: no stack is called $stack" >&2; exit 1 ;;
  esac
fi
ln -sfn "releases/$version" "$root/current.new"
mv -T "$root/current.new" "$root/current"
