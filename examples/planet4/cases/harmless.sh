# Changes that are nobody's fault. Each function changes the sites' repository.
# shellcheck shell=bash disable=SC2154,SC2016

in_content() { sed -i "s|^</main>|$1\n</main>|" app/content.php; } # HTML, without |
script() { printf '%s\n' "$1" >>theme/js/menu.js; }

a_text() { sed -i "s|'headline' => '.*'|'headline' => 'The forest was loud this morning'|" app/sites/*.php; }
a_date() { sed -i 's|17|18|' app/sites/*.php; }
a_new_picture() { sed -i 's|#f4c542|#e4572e|; s|r="24"|r="40"|' public/assets/forest.svg; }
one_more_picture() {
  cp public/assets/forest.svg public/assets/meadow.svg
  in_content '<img src="/assets/meadow.svg" alt="" width="640" height="400" loading="lazy" style="margin-top: 3000px">'
}
another_ad() { sed -i 's|ad-1|ad-2|' app/content.php; }
the_ad_is_gone() { sed -i 's|ad-1|ad-3|' app/content.php; }
reordered_rules() { tac blocks/styles/3-blocks.css >x && mv x blocks/styles/3-blocks.css; }
minified() { sed -i 's|^exit(file_put|$whole = preg_replace(["~/\\*.*?\\*/~s", "~\\s+~", "~ ?([{};:]) ?~"], ["", " ", "$1"], $whole);\n&|' steps/style.php; }
a_banner() {
  sed -i 's|^<body>|&\n<p class="banner">Vote for the river on Sunday</p>|' app/page.php
  echo '.banner { margin: 0; padding: 10px 24px; background: #ffd166; }' >>blocks/styles/2-page.css
}
hashed_name() { sed -i 's|blocks\.css|blocks.5d41402a.css|' app/head.php vm/composer.json k8s/composer.json; }
version_in_the_query() { sed -i 's|blocks\.css|&?ver=1.23.2|' app/head.php; }
one_sheet_in_two() { git mv blocks/styles/3-blocks.css public/assets/cards.css; link all /assets/cards.css; }
other_colours() { sed -i 's|#1f6f43|#5b2a86|; s|#f5f8f4|#fffdf5|' theme/styles/1-tokens.css; }
for_print() { echo 'nav { display: none; }' >public/assets/print.css; link all /assets/print.css 'media="print"'; }
for_the_dark() { echo 'body { background: #111; color: #eee; }' >public/assets/dark.css; link all /assets/dark.css 'media="(prefers-color-scheme: dark)"'; }
for_wide_screens() { echo 'main { max-width: 1600px; }' >public/assets/wide.css; link all /assets/wide.css 'media="(min-width: 2400px)"'; }
an_alternate() { echo 'body { font-size: 24px; }' >public/assets/large.css; sed -i '1i <link rel="alternate stylesheet" title="Large" href="/assets/large.css">' app/head.php; }
an_import() { echo '@import url("/assets/type.css");' >blocks/styles/0-type.css; echo 'h1 { letter-spacing: -1px; }' >public/assets/type.css; }
only_an_import() { echo 'h1 { letter-spacing: -1px; }' >public/assets/type.css; echo '@import url("type.css");' >public/assets/all.css; link all /assets/all.css; }
later_by_script() { echo 'h1 { letter-spacing: -1px; }' >public/assets/late.css; sed -i '1i <link rel="preload" as="style" href="/assets/late.css" onload="this.rel='"'stylesheet'"'">' app/head.php; }
two_sheets_in_one() {
  sed -i '/style\.css/d' app/head.php
  sed -i '/"@core:style",/d' vm/composer.json k8s/composer.json
}
inlined() { { echo '<style>'; cat theme/styles/*.css blocks/styles/*.css; echo '</style>'; } | cat - app/head.php >x; mv x app/head.php; }
slow_but_there() {
  answer /assets/slow.css "sleep(2); header('Content-Type: text/css'); echo '.card { color: #000; }';"
  link all /assets/slow.css
}
by_php() { answer /assets/colours.css "header('Content-Type: text/css; charset=utf-8'); echo '.card { color: #222; }';"; link all /assets/colours.css; }
own_policy() { printf "header(\"Content-Security-Policy: default-src 'self'; img-src *\");\n" >>app/headers.php; }
right_integrity() { sed -i "s|href=\"/assets/blocks.css\"|& $(sri "$built/blocks.css")|" app/head.php; }
polls() { script "setInterval(() => fetch('/health-check'), 300);"; answer /health-check "echo 'ok';"; }
a_clock() {
  in_content '<p id="clock">0</p>'
  script "setInterval(() => { document.querySelector('#clock').textContent = performance.now(); }, 40);"
}
not_logged_in() { script "fetch('/me');"; answer /me 'http_response_code(401);'; }
talks() { script "console.log('menu'); console.warn('old browser?'); console.error('no consent yet');"; }
a_redirect() { answer / "header('Location: /donate/', true, 302);"; }
asks_for_cookies() {
  in_content '<dialog open style="position: fixed; bottom: 0">Cookies? <button>No</button></dialog>'
  script "document.cookie = 'asked=1';"
}
animated() { echo '@keyframes sway { to { transform: rotate(2deg); } } .hero img { animation: sway 1s infinite alternate; }' >>blocks/styles/3-blocks.css; }
newest_css() { echo '@layer new; @layer new { .card { &:hover { color: red; } } } @container (width > 1px) { p { margin: 0; } } @unknown x;' >>blocks/styles/3-blocks.css; }

# Each goes to one site, on both stacks: the sites take turns.
harmless() {
  local name turn=0
  while read -r name; do
    try "${sites[$((turn % 3))]}" '' '' "${name// /_}" "$name"
    turn=$((turn + 1))
  done <<'END'
a text
a date
a new picture
one more picture
another ad
the ad is gone
reordered rules
minified
a banner
hashed name
version in the query
one sheet in two
other colours
for print
for the dark
for wide screens
an alternate
an import
only an import
later by script
two sheets in one
inlined
slow but there
by php
own policy
right integrity
polls
a clock
not logged in
talks
a redirect
asks for cookies
animated
newest css
END
}
