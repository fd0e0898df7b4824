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
  // Only what can still act by itself may ask for more after everything has been loaded.
  const acts = document.scripts.length > 0
    || !!document.querySelector("iframe,frame,object,embed,meta[http-equiv=refresh i]")
    || document.evaluate("//@*[starts-with(name(),'on')]", document, null, XPathResult.ANY_UNORDERED_NODE_TYPE)
      .singleNodeValue !== null;
  return [Math.max(root ? root.scrollHeight : 0, body ? body.scrollHeight : 0), acts];
})()
