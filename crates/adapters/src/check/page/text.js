// The text that a visitor sees, through shadow roots and frames: as it is painted, and as it is written
// in the page before the style changes its letters.
const longest = 4000000;
const isInline = new Map();
const blockOf = (element) => {
  for (let at = element; at; at = around(at)) {
    let inline = isInline.get(at);
    if (inline === undefined) {
      const display = getComputedStyle(at).display;
      inline = display.startsWith("inline") || display === "contents" || display.startsWith("ruby");
      isInline.set(at, inline);
    }
    if (!inline) return at;
  }
  return null;
};
const plain = (text) => text.replace(/[\s\u00a0]+/g, " ");
const painted = (text, transform) => transform === "uppercase" ? text.toUpperCase()
  : transform === "lowercase" ? text.toLowerCase()
  : transform === "capitalize" ? text.replace(/(^|\s)(\S)/g, (all, before, first) => before + first.toUpperCase())
  : text;

// Letters of a pixel or two, and those that were moved out of the page, nobody reads; nor what lies under
// something of the page itself. What moves along with the window lies over everything at some time.
const unread = new Map();
const isUnread = (parent, node) => {
  let known = unread.get(parent);
  if (known === undefined) {
    const style = getComputedStyle(parent), box = parent.getBoundingClientRect(), view = parent.ownerDocument.defaultView;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const inView = view && box.width && box.height && x >= 0 && y >= 0 && x < view.innerWidth && y < view.innerHeight;
    known = parseFloat(style.fontSize) < 2 || parseFloat(style.textIndent) < -900
      || (box.height < 4 && "small") || (inView && isCoveredAt(parent, x, y, true));
    unread.set(parent, known);
  }
  if (known !== "small") return known;
  const range = document.createRange();
  range.selectNodeContents(node);
  const line = range.getBoundingClientRect();
  return line.width < 2 || line.height < 3;
};

// What is shown as code; a bare `pre` may as well be the trace that a program left.
const isCode = (element) => {
  const pre = element.closest("code,kbd,samp,var,tt,pre");
  return !!pre && (pre.localName !== "pre" || pre.className !== "" || !!pre.firstElementChild || !!pre.closest("[class*=highlight],[class*=code]"));
};

const textOf = (scopes) => {
  let seen = "", written = "", prose = "", code = false, last = null, whole = true;
  for (const scope of scopes) {
    const root = scope.body ?? (scope.host ? scope : scope.documentElement);
    if (!root) continue;
    const holder = scope.host ?? scope.defaultView?.frameElement;
    if (holder && !isShown(holder)) continue;
    const walk = (scope.ownerDocument ?? scope).createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.nodeType !== 3) {
        if (node.localName === "br") last = null;
        continue;
      }
      const parent = node.parentElement ?? scope.host;
      if (!node.data || !parent || /^(?:script|style|noscript|template|textarea|title)$/.test(parent.localName)) continue;
      const words = plain(node.data);
      const block = blockOf(parent);
      if (words === " ") {
        if (block === last && !seen.endsWith(" ")) { seen += " "; written += " "; }
        continue;
      }
      if (!isShown(parent) || isUnread(parent, node)) continue;
      if (seen.length > longest) { whole = false; break; }
      if (block !== last && seen) { seen = `${seen.trimEnd()}\n`; written = `${written.trimEnd()}\n`; }
      const fresh = /[\n ]$/.test(seen) || !seen ? words.trimStart() : words;
      // What is shown as code is meant to be read as it is.
      if (isCode(parent)) code = true;
      else prose += seen.endsWith("\n") ? `\n${fresh}` : fresh;
      seen += painted(fresh, getComputedStyle(parent).textTransform);
      written += fresh;
      last = block;
    }
  }
  return { seen: seen.trim(), written: written.trim(), prose: code ? prose.trim() : null, whole };
};

// What a style writes before and after elements.
const writtenByStyle = (scopes) => {
  const found = new Set();
  let looked = 0;
  for (const scope of scopes) {
    for (const sheet of [...scope.styleSheets ?? [], ...scope.adoptedStyleSheets ?? []]) {
      try {
        for (const rule of sheet.cssRules) if (rule.constructor.name === "CSSCounterStyleRule") found.add(rule.cssText);
      } catch { }
    }
    for (const element of scope.querySelectorAll("*")) {
      if (looked++ > 5000) return [...found].join("\n");
      const bullet = getComputedStyle(element).listStyleType;
      if (/^["']/.test(bullet) && isShown(element)) found.add(bullet.slice(1, -1));
      for (const which of element.localName === "li" ? ["::before", "::after", "::marker"] : ["::before", "::after"]) {
        const content = getComputedStyle(element, which).content;
        const text = content.match(/"(?:[^"\\]|\\.)*"/g);
        if (text && isShown(element)) found.add(text.map((one) => one.slice(1, -1).replace(/\\(.)/g, "$1")).join(""));
      }
    }
  }
  return [...found].join("\n");
};
