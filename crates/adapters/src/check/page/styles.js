// Style sheets as they apply now: what is switched off, for another medium, or inside a condition that
// does not hold does nothing for a visitor, and what the browser dropped is not there at all.
let patience = Infinity;
const begin = () => { patience = performance.now() + 600; };

// Elements of one kind: of the same name and classes, without what builders add to names of classes.
const stable = (name) => name.replace(/[-_]{1,2}(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{5,}$/, "");
const nameOf = (element) => element.localName + [...element.classList].map(stable).sort().map((one) => `.${one}`).join("");
// Where it stands: style does not reach into shadow roots and frames.
const labelOf = (root) => root.host ? nameOf(root.host) : root.defaultView?.frameElement ? "frame" : "";
const kindOf = (element) => {
  const own = nameOf(element);
  const parent = element.classList.length ? null : element.parentElement;
  return number(`${labelOf(element.getRootNode())} ${parent ? nameOf(parent) : ""}>${own}`);
};

// What does not hang on how much stands in an element.
const properties = ["display", "position", "float", "color", "background-color", "background-image",
  "font-family", "font-size", "font-weight", "font-style", "text-transform", "text-decoration-line",
  "text-align", "letter-spacing", "line-height", "padding-top", "padding-right", "padding-bottom",
  "padding-left", "border-top-width", "border-right-width", "border-bottom-width", "border-left-width",
  "border-top-style", "border-bottom-style", "border-top-color", "border-bottom-color",
  "border-top-left-radius", "box-shadow", "opacity", "visibility", "list-style-type", "flex-direction",
  "column-gap", "row-gap", "object-fit"];
// What everything is drawn through, from here up.
const filters = new Map();
const filterOf = (element) => {
  if (!element) return "";
  let known = filters.get(element);
  if (known === undefined) {
    const own = getComputedStyle(element).filter;
    known = (own === "none" || element.style?.filter ? "" : own) + filterOf(around(element));
    filters.set(element, known);
  }
  return known;
};
const looksOf = (element) => {
  const style = getComputedStyle(element);
  // What an element itself says is content: the colour of a slide, the picture of an article.
  const values = properties.map((name) => element.style?.getPropertyValue(name) ? "" : style.getPropertyValue(name));
  values.push(filterOf(element));
  for (const which of ["::before", "::after"]) {
    const pseudo = getComputedStyle(element, which);
    if (pseudo.content !== "none" && pseudo.content !== "normal") values.push(pseudo.content, pseudo.color, pseudo.backgroundColor);
  }
  return number(values.join(";").replace(/url\([^)]*\)/g, "url()"));
};
const replaced = /^(?:img|svg|canvas|video|iframe|object|embed|input|select|textarea|button)$/;
const paints = (element) => replaced.test(element.localName)
  || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());

// Text that has the colour of what is behind it, or none at all, as far as the style says: the picture tells
// whether it can be read.
const colourOf = (text) => /^rgba?\(/.test(text) ? text.match(/[\d.]+/g).map(Number) : null;
const isFaint = (element) => {
  const ink = colourOf(getComputedStyle(element).webkitTextFillColor);
  if (!ink) return false;
  if ((ink[3] ?? 1) < .06) return true;
  let ground = [255, 255, 255];
  for (let at = element; at; at = around(at)) {
    const colour = colourOf(getComputedStyle(at).backgroundColor);
    if (!colour) return false;
    if ((colour[3] ?? 1) > .99) { ground = colour; break; }
  }
  return [0, 1, 2].every((part) => Math.abs(ink[part] - ground[part]) <= 28);
};
// Where the first line of its own text stands on the page.
const lineOf = (element) => {
  const node = [...element.childNodes].find((node) => node.nodeType === 3 && node.data.trim());
  if (!node) return null;
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = [...range.getClientRects()].find((box) => box.width >= 4 && box.height >= 4);
  return box ? [box.left + scrollX, box.top + scrollY, box.width, box.height] : null;
};

// Each kind with the looks that it has, and the area that its text and pictures take.
const kindsIn = (scopes) => {
  begin();
  const kinds = new Map();
  let looked = 0;
  all: for (const scope of scopes) {
    const view = (scope.ownerDocument ?? scope).defaultView;
    for (const element of scope.querySelectorAll("*")) {
      if (looked++ > 20000 || performance.now() > patience) break all;
      if (/^(?:head|script|style|link|meta|title|template|noscript|base)$/.test(element.localName)) continue;
      const kind = kindOf(element);
      let one = kinds.get(kind);
      if (!one) {
        if (kinds.size >= 1000) continue;
        kinds.set(kind, one = { styles: new Set(), looked: 0, area: 0, under: 0, lines: [], faint: true, name: cut(nameOf(element), 100) });
      }
      if (one.looked++ < 12 && one.styles.size < 6) one.styles.add(looksOf(element));
      if (!paints(element)) continue;
      if (view === window) spread.over(element);
      if (one.looked > 200 || !isVisible(element)) continue;
      spread.add(element, kind, one.name);
      if (view === window && one.faint && one.lines.length < 3) {
        const line = lineOf(element);
        if (line) one.lines.push(line);
        if (line && !isFaint(element)) one.faint = false;
      }
      const box = element.getBoundingClientRect();
      const x = box.left + box.width / 2, y = box.top + box.height / 2;
      const inView = view && x >= 0 && y >= 0 && x < view.innerWidth && y < view.innerHeight;
      const area = Math.round(Math.min(box.width, 4096) * Math.min(box.height, 4096));
      if (!inView || !isCoveredAt(element, x, y)) one.area += area;
      else one.under += area;
    }
  }
  // Of what lies on top of each other the one above is no more than that.
  for (const one of kinds.values()) if (one.under > 2 * one.area) one.area = 0;
  return kinds;
};

const splitSelectors = (text) => {
  const parts = [];
  let depth = 0, from = 0;
  for (let at = 0; at <= text.length; at++) {
    const one = text[at];
    if (one === "(" || one === "[") depth++;
    if (one === ")" || one === "]") depth--;
    if ((one === "," && !depth) || at === text.length) { parts.push(text.slice(from, at).trim()); from = at + 1; }
  }
  return parts;
};
const passing = /:(?:hover|active|focus|focus-visible|focus-within|visited|target|checked|disabled|invalid|valid|placeholder-shown|autofill)\b/;

// What a selector finds now, the first of each kind; nothing for what waits for somebody to do something.
const pseudo = /::?(?:before|after|first-line|first-letter|marker|placeholder|selection|backdrop)\b|::[-a-z]+(?:\([^)]*\))?/g;
const foundBy = (selector, root) => {
  const first = new Map();
  if (passing.test(selector)) return first;
  if (/^:host\b/.test(selector) && root.host) return first.set(kindOf(root.host), root.host);
  const elements = selector.replace(pseudo, "");
  try {
    const found = root.querySelectorAll(/(?:^|[\s>+~])$/.test(elements) ? `${elements}*` : elements);
    for (const element of [...found].slice(0, 12)) {
      const kind = kindOf(element);
      if (first.size < 4 && !first.has(kind)) first.set(kind, element);
    }
  } catch { }
  return first;
};

// Who wins where several rules say one thing of one kind of elements in different ways.
const contested = new Map();
const contests = () => {
  const all = [];
  for (const { element, property, said } of contested.values()) {
    if (all.length >= 400 || performance.now() > patience) break;
    if (new Set(said.map((one) => one.value)).size < 2) continue;
    const is = getComputedStyle(element).getPropertyValue(property);
    const numbers = (wins) => [...new Set(said.filter((one) => (one.value === is) === wins).map((one) => one.rule))].slice(0, 8);
    const [won, lost] = [numbers(true), numbers(false)];
    if (won.length && lost.length) {
      const name = cut(nameOf(element), 100);
      all.push({ on: number(`${kindOf(element)}{${property}`), kind: kindOf(element), won, lost, words: `${property} of ${name}` });
    }
  }
  return all;
};
// Of these the value that a rule gives is spelled as the one that comes of it.
const spelledAlike = new Set(["color", "background-color", "display", "visibility", "position", "float", "opacity",
  "font-size", "font-weight", "font-style", "text-align", "text-transform", "padding-top", "padding-left",
  "border-top-width", "border-top-style", "border-top-color", "border-top-left-radius", "flex-direction"]);
const contest = (kind, element, selector, style, label) => {
  for (const property of style) {
    if (!spelledAlike.has(property)) continue;
    const key = `${kind}{${property}`;
    let one = contested.get(key);
    if (!one) {
      if (contested.size >= 4000) return;
      contested.set(key, one = { element, property, said: [] });
    }
    let fits = one.element === element;
    try { fits ||= one.element.matches(selector); } catch { }
    if (!fits || one.said.length >= 20) continue;
    const value = style.getPropertyValue(property);
    one.said.push({ value, rule: number(`${selector}${label}{${property}:${value}`) });
  }
};

// `texts` are the files of sheets of other origins, whose rules a page may not read.
const sheetsIn = (scopes, texts) => {
  begin();
  const sheets = [], known = new Set(), live = new Set(), fonts = {};
  let effects = 0;
  for (const root of scopes) {
    const owner = root.ownerDocument ?? root, view = owner.defaultView ?? window;
    const holds = (media) => !media || !media.mediaText || view.matchMedia(media.mediaText).matches;

    const add = (sheet, url, by) => {
      if (sheets.length >= most) return;
      const one = { url: url ? cut(url, long) : null, by, applied: !!sheet, unused: false, rules: null, effects: [] };
      sheets.push(one);
      if (!sheet || known.has(sheet)) return;
      known.add(sheet);
      one.unused = sheet.disabled || !holds(sheet.media);
      let rules;
      try { rules = sheet.cssRules; } catch {
        rules = rulesOf(sheet.href, one);
        if (!rules) return;
      }
      one.rules ??= 0;
      for (const rule of rules) {
        if (rule.constructor.name === "CSSImportRule") {
          one.rules += rule.styleSheet ? 1 : 0;
          const from = new URL(rule.href, sheet.href || owner.baseURI).href;
          const used = !one.unused && holds(rule.media);
          const at = sheets.length;
          add(rule.styleSheet, from, one.url);
          if (!used && sheets[at]) sheets[at].unused = true;
        } else one.rules += walk(rule, one, !one.unused, null, 0, sheet.href || owner.baseURI);
      }
    };

    // The rules of a file, and those of what it imports.
    const rulesOf = (from, one) => {
      const text = texts[from];
      if (text === undefined) return null;
      one.rules = 0;
      const imports = text.replace(/\/\*[^]*?\*\//g, "").matchAll(/@import\s+(?:url\(\s*)?["']?([^"')\s;]+)/g);
      for (const [, name] of [...imports].slice(0, 50)) {
        let url;
        try { url = new URL(name, from).href; } catch { continue; }
        if (sheets.some((other) => other.url === url)) continue;
        const inner = { url: cut(url, long), by: one.url, applied: true, unused: one.unused, rules: null, effects: [] };
        sheets.push(inner);
        one.rules += 1;
        for (const rule of rulesOf(url, inner) ?? []) inner.rules += walk(rule, inner, !inner.unused, null, 0, url);
      }
      try {
        const copy = new CSSStyleSheet({ baseURL: from });
        copy.replaceSync(text);
        return copy.cssRules;
      } catch { return null; }
    };

    // Counts rules, and notes what those that apply do.
    const walk = (rule, one, applies, parent, depth, base) => {
      const name = rule.constructor.name;
      if (name === "CSSFontFaceRule") {
        const family = rule.style.getPropertyValue("font-family").replace(/^["']|["']$/g, "");
        const urls = [...rule.style.getPropertyValue("src").matchAll(/url\(["']?([^"')]+)["']?\)/g)]
          .map((found) => { try { return new URL(found[1], base).href; } catch { return null; } });
        (fonts[family] ??= []).push(...urls.filter((url) => url && !/^(?:data|blob):/.test(url)));
      }
      let inside = applies;
      if (name === "CSSMediaRule") inside &&= holds(rule.media);
      else if (name === "CSSSupportsRule") inside &&= CSS.supports(rule.conditionText);
      // Whether a container is wide enough nobody tells.
      else if (name === "CSSContainerRule" || name === "CSSStartingStyleRule") inside = false;
      else if (name === "CSSScopeRule" && rule.start) {
        try { inside &&= !!root.querySelector(rule.start); } catch { inside = false; }
      }
      let around = parent;
      if (name === "CSSStyleRule") {
        const selectors = splitSelectors(rule.selectorText);
        const whole = selectors.map((one) => !parent ? one
          : one.includes("&") ? one.replaceAll("&", `:is(${parent})`) : `:is(${parent}) ${one}`);
        around = whole.join(",");
        if (inside && rule.style.length) for (const selector of whole) note(selector, one, rule.style);
      }
      if (depth > 20 || !rule.cssRules) return 1;
      let sum = rule.cssRules.length ? 0 : 1;
      for (const inner of rule.cssRules) sum += walk(inner, one, inside, around, depth + 1, base);
      return name === "CSSStyleRule" ? 1 : sum;
    };
    const label = labelOf(root);
    // What a rule says is its selector with each of its properties, whatever their values.
    const note = (bare, one, style) => {
      if (bare.length > 300) return;
      const selector = label ? `${bare} (in ${label})` : bare;
      const names = [...style].sort((one, other) => structural.has(other) - structural.has(one));
      const declares = names.map((name) => number(`${selector}{${name}`));
      if (live.size < 200000) for (const one of declares) live.add(one);
      idle.sets(names);
      if (one.effects.length >= most || effects > 6000 || performance.now() > patience) return idle.cutShort();
      effects++;
      const first = foundBy(bare, root);
      if (!first.size) return;
      one.effects.push({ selector, on: [...first.keys()], declares: declares.slice(0, 8) });
      if (bare.search(pseudo) >= 0) return;
      for (const [kind, element] of first) contest(kind, element, bare, style, label);
      idle.add(first, bare, selector, names, style);
    };

    for (const link of root.querySelectorAll("link[rel~=stylesheet i][href]")) {
      if (link.disabled || /\balternate\b/i.test(link.rel)) continue;
      add(link.sheet, link.href, null);
    }
    for (const style of root.querySelectorAll("style")) if (style.sheet) add(style.sheet, null, null);
    for (const sheet of root.adoptedStyleSheets ?? []) {
      if (sheet !== globalThis.plimsollStill) add(sheet, null, null);
    }
  }
  return { sheets, live: [...live], fonts };
};
