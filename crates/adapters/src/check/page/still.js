// Nothing moves: animations are at their end, transitions take no time, no caret blinks, films stand.
(() => {
  const rules = "*,*::before,*::after{transition:none!important;caret-color:transparent!important;"
    + "animation-delay:0s!important;animation-duration:0s!important;scroll-behavior:auto!important}";
  if (!globalThis.plimsollStill) {
    globalThis.plimsollStill = new CSSStyleSheet();
    globalThis.plimsollStill.replaceSync(rules);
    document.adoptedStyleSheets.push(globalThis.plimsollStill);
  }
  for (const animation of document.getAnimations()) {
    try { animation.finish(); } catch { animation.cancel(); }
  }
  for (const film of document.querySelectorAll("video,audio")) film.pause();
  const root = document.documentElement, body = document.body;
  return Math.max(root ? root.scrollHeight : 0, body ? body.scrollHeight : 0);
})()
