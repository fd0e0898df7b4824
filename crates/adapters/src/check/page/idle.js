// Declarations that do nothing, since what they need is gone: the tracks of a grid that is none any more,
// the place of something that is not positioned, a variable that nobody sets.
const structural = new Set(["display", "position"]);
const needs = {
  display: new Set(["grid-template-columns", "grid-template-rows", "grid-template-areas", "grid-auto-flow", "flex-direction",
    "flex-wrap", "align-items", "justify-content", "justify-items", "row-gap"]),
  position: new Set(["top", "right", "bottom", "left"]),
};
const nothing = /^(?:auto|normal|initial|none|unset|revert|inherit|revert-layer|row|nowrap|)$/;
const works = {
  display: (style) => /grid|flex|none|contents/.test(style.display) || style.columnCount !== "auto" || style.columnWidth !== "auto",
  position: (style) => style.position !== "static" || style.display === "none",
};
const idle = (() => {
  const found = [], stated = [], wanted = [], set = new Set();
  let whole = true;
  // Of a page with too many rules nobody knows who else says something.
  const cutShort = () => { whole = false; };
  const sets = (names) => { for (const name of names) if (name.startsWith("--")) set.add(name); };
  const add = (first, bare, selector, names, style) => {
    for (const what of Object.keys(needs)) {
      if (style.getPropertyValue(what)) stated.push([what, bare, number(`${selector}{${what}`)]);
      const needing = names.find((name) => needs[what].has(name) && !nothing.test(style.getPropertyValue(name)));
      if (!needing || found.length >= 200) continue;
      for (const [kind, element] of first) {
        if (element.style?.getPropertyValue(what) || works[what](getComputedStyle(element))) continue;
        found.push({ kind, what, element, words: `${cut(selector, 200)} says ${needing}` });
      }
    }
    const text = style.cssText;
    if (!text.includes("var(--") || wanted.length >= 4000) return;
    for (const [, name] of text.matchAll(/var\(\s*(--[-\w]+)\s*\)/g)) wanted.push([name, first, cut(selector, 200)]);
  };
  // Each with who else says what it is, so that what somebody says now can be told from what is gone.
  const all = () => !whole ? [] : found.map(({ kind, what, element, words }) => {
    const by = stated.filter(([which, bare]) => {
      try { return which === what && element.matches(bare.replace(pseudo, "") || "*"); } catch { return false; }
    });
    return { kind, what, words, stated: [...new Set(by.map((one) => one[2]))].slice(0, 20) };
  });
  // Variables that no rule and no element sets; one that is set to nothing is set.
  const unset = () => {
    const missing = [];
    for (const [name, first, words] of whole ? wanted : []) {
      if (missing.length >= 50) break;
      if (set.has(name) || document.querySelector(`[style*="${name}"]`)) continue;
      for (const [kind, element] of first) {
        if (!getComputedStyle(element).getPropertyValue(name)) missing.push({ kind, name, words });
      }
    }
    return missing;
  };
  return { add, sets, cutShort, all, unset };
})();
