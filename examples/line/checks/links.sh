#!/usr/bin/env bash
# Follows every <a href> on the pages of one site and writes what it found as JUnit:
#   links.sh URL FILE
# One test for each page, named after its path; exits 1 when one of them failed.
set -euo pipefail

url=${1:?usage: links.sh URL FILE}
file=${2:?usage: links.sh URL FILE}
pages=(/ /donate/ /press/)
cases=
tests=0
failures=0

status_of() { curl --silent --output /dev/null --max-time 5 --write-out '%{http_code}' "$url$1" || true; }
links_of() {
  curl --silent --max-time 5 "$url$1" | grep -o '<a [^>]*href="/[^"]*"' |
    sed 's/.*href="//; s/"$//' | sort -u || true
}
name_of() { case $1 in /) echo home ;; *) echo "$1" | tr -d / ;; esac; }

for page in "${pages[@]}"; do
  tests=$((tests + 1))
  wrong=
  links=$(links_of "$page")
  [ -n "$links" ] || wrong="$page has no links at all"
  for link in $links; do
    status=$(status_of "$link")
    [ "$status" = 200 ] || wrong="${wrong:+$wrong; }$link answers $status"
  done
  name=$(name_of "$page")
  if [ -n "$wrong" ]; then
    failures=$((failures + 1))
    cases+="  <testcase classname=\"links\" name=\"$name\"><failure message=\"$wrong\"/></testcase>"$'\n'
  else
    cases+="  <testcase classname=\"links\" name=\"$name\"/>"$'\n'
  fi
done

printf '<testsuite name="links" tests="%d" failures="%d">\n%s</testsuite>\n' \
  "$tests" "$failures" "$cases" >"$file"
[ "$failures" = 0 ]
