#!/usr/bin/env bash
# Builds one release of the example's web sites:  build.sh VERSION FOLDER
#
# A release holds every site once for each stack that hosts it: FOLDER/sites/SITE/STACK. What is
# done for a site is said by one recipe for each stack, recipes/VERSION.vm and recipes/VERSION.k8s,
# and the two have to be kept alike by hand. In 1.23 they are not: see
#   diff recipes/1.23.vm recipes/1.23.k8s
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=${1:?usage: build.sh VERSION FOLDER}
out=${2:?usage: build.sh VERSION FOLDER}

page() { # TITLE TEXT FILE
  mkdir -p "$(dirname "$3")"
  sed -e "s|@COUNTRY@|$country|g" -e "s|@HEADLINE@|$1|g" -e "s|@TEXT@|$2|g" \
      -e "s|@VERSION@|$version|g" -e "s|@STACK@|$stack|g" "$here/theme/index.html" >"$3"
}

step_pages() {
  page "Forests in $country are growing back" \
    "Last year volunteers planted more than they could count, and then they counted." \
    "$site_out/index.html"
  page "Donate to Planet $country" "Every tree has to stand somewhere." "$site_out/donate/index.html"
  page "Press" "Pictures, figures and somebody who answers." "$site_out/press/index.html"
  printf '%s\n' "$version" >"$site_out/version.txt"
}

# Until 1.22: the theme comes with the pages.
step_theme() { install_theme; }

# Since 1.23: a script of its own.
step_custom() { install_theme; }

install_theme() {
  mkdir -p "$site_out/static"
  cp "$here/theme/style.css" "$site_out/static/style.css"
}

step_health() {
  printf '{ "status": "ok", "site": "%s", "stack": "%s", "version": "%s" }\n' \
    "$site" "$stack" "$version" >"$site_out/health.json"
}

country_of() {
  case $1 in
    nl) echo Netherlands ;;
    in) echo India ;;
    ca) echo Canada ;;
    *) echo "no country is known for the site $1" >&2; exit 1 ;;
  esac
}

for stack in vm k8s; do
  recipe=$here/recipes/$version.$stack
  [ -f "$recipe" ] || { echo "there is no recipe $recipe" >&2; exit 1; }
  while read -r site steps; do
    case $site in '' | '#'*) continue ;; esac
    country=$(country_of "$site")
    site_out=$out/sites/$site/$stack
    mkdir -p "$site_out"
    for step in $steps; do "step_$step"; done
  done <"$recipe"
done
