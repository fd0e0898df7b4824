# Ways in which a style sheet gets lost. Each function changes the sites' repository.
# shellcheck shell=bash disable=SC2154,SC2016

drop() { sed -i "/\"@$2\",/d" "$1/composer.json"; }              # STACK STEP
redo() { sed -i "s|\"$2\": \".*\"|\"$2\": \"$3\"|" "$1/composer.json"; } # STACK STEP COMMAND
# A link in the head of the pages of one site, or of all.
link() { # SITE|all URL [ATTRIBUTES]
  local tag="<link rel=\"stylesheet\" href=\"$2\" ${3:-}>"
  if [ "$1" = all ]; then echo "$tag"; else echo "<?php if (\$_SERVER['SITE'] === '$1') { ?>$tag<?php } ?>"; fi >>app/head.php
}
# What answers a path: a PHP function's body.
answer() { printf "<?php\nreturn ['%s' => function (string \$app) { %s }];\n" "$1" "$2" >app/answers.php; }
header_for() { printf "if (\$_SERVER['SITE'] === '%s') {\n    header(\"%s\");\n}\n" "$1" "$2" >>app/headers.php; }
sri() { printf 'integrity="sha384-%s"' "$(openssl dgst -sha384 -binary "$1" | base64 -w0)"; }

step_forgotten() { drop k8s core:style-blocks; }
without_nosniff() { sed -i '/nosniff/d' app/headers.php; drop vm core:style-blocks; }
custom_forgotten() { drop k8s site:custom; }
soft_404() { sed -i '/http_response_code/d' app/page.php; drop k8s core:style-blocks; }
page_in_the_file() {
  echo '<!doctype html><title>502</title><h1>Bad gateway</h1>' >error.html
  redo vm core:style-blocks 'cp ../error.html ../public-built/assets/blocks.css'
}
empty() { redo vm core:style-blocks ': > ../public-built/assets/blocks.css'; }
only_comments() { redo k8s core:style-blocks "echo '/* built */' > ../public-built/assets/blocks.css"; }
csp() { header_for gr "Content-Security-Policy: style-src 'none'"; }
wrong_integrity() {
  sed -i "s|href=\"/assets/blocks.css\"|& $(sri "$built/blocks.css")|" app/head.php
  redo k8s core:style-blocks 'php ../steps/style.php blocks/styles blocks.css \&\& echo >> ../public-built/assets/blocks.css'
}
import_missing() { echo '@import url("/assets/type.css");' >blocks/styles/0-type.css; }
two_of_three_sites() {
  git mv sites/nl sites/int
  sed -i "s|'sheets' => \[.*\]|'sheets' => [\$_SERVER['SITE'] . '.css']|" app/sites/*.php
}
slow() {
  answer /assets/slow.css "sleep(15); header('Content-Type: text/css'); echo '.card { color: #000; }';"
  link int /assets/slow.css
}
plain_text() {
  answer /assets/plain.css "header('Content-Type: text/plain'); header('X-Content-Type-Options: nosniff'); echo '.card { color: #000; }';"
  link nl /assets/plain.css
}
without_cors() { link gr "<?= \$_SERVER['ASSETS'] ?>/shared.css" crossorigin; }
sealed() { link int "<?= \$_SERVER['ASSETS'] ?>/sealed/shared.css"; }
# Everything that is asked for answers; one is not asked for any more.
link_forgotten() { sed -i '/blocks\.css/d' app/head.php; }
nobody_there() { link nl http://localhost:9099/shared.css; }

faults() {
  try all "$k8s_targets" 'answers 404' step_forgotten '404: a step is missing on one stack'
  try all "$vm_targets" 'answers 404' without_nosniff '404: the same, and no nosniff'
  try all nl-k8s 'answers 404' custom_forgotten '404: one site on one stack'
  try all "$k8s_targets" 'text/html' soft_404 '200 with a page, as text/html'
  try all "$vm_targets" 'is a page' page_in_the_file '200 with a page, as text/css'
  try all "$vm_targets" 'is empty' empty 'empty'
  try all "$k8s_targets" 'is empty|no rule' only_comments 'only comments'
  try all 'gr-vm gr-k8s' 'policy|CSP' csp 'blocked by a content security policy'
  try all "$k8s_targets" 'integrity' wrong_integrity 'another integrity than the page says'
  try all "$all_targets" 'answers 404' import_missing '404 inside an @import'
  try all 'nl-vm nl-k8s gr-vm gr-k8s' 'answers 404' two_of_three_sites '404 on two of three sites'
  try all 'int-vm int-k8s' 'arrive|time' slow 'slow beyond patience'
  try all 'nl-vm nl-k8s' 'text/plain' plain_text 'text/plain with nosniff'
  try all 'gr-vm gr-k8s' 'CORS|origin' without_cors 'another host without CORS'
  try all 'int-vm int-k8s' 'CORP|origin|resource' sealed 'another host with CORP same-origin'
  try all 'nl-vm nl-k8s' 'refuse' nobody_there 'a host that refuses connections'
  try all "$all_targets" 'of the good page is missing' link_forgotten 'one style sheet less than production'
}
