// Style sheets as they apply now: what is switched off, for another medium, or inside a condition that
// does not hold does nothing for a visitor, and what the browser dropped is not there at all.
const patience = performance.now() + 600;

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
const looksOf = (element) => {
  const style = getComputedStyle(element);
  const values = properties.map((name) => style.getPropertyValue(name));
  for (const which of ["::before", "::after"]) {
    const pseudo = getComputedStyle(element, which);
    if (pseudo.content !== "none" && pseudo.content !== "normal") values.push(pseudo.content, pseudo.color, pseudo.backgroundColor);
  }
  return number(values.join(";").replace(/url\([^)]*\)/g, "url()"));
};
const replaced = /^(?:img|svg|canvas|video|iframe|object|embed|input|select|textarea|button)$/;
const paints = (element) => replaced.test(element.localName)
  || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());

// Each kind with the looks that it has, and the area that its text and pictures take.
const kindsIn = (scopes) => {
  const kinds = new Map();
  let looked = 0;
  for (const scope of scopes) {
    const view = (scope.ownerDocument ?? scope).defaultView;
    for (const element of scope.querySelectorAll("*")) {
      if (looked++ > 20000 || performance.now() > patience) return kinds;
      if (/^(?:head|script|style|link|meta|title|template|noscript|base)$/.test(element.localName)) continue;
      const kind = kindOf(element);
      let one = kinds.get(kind);
      if (!one) {
        if (kinds.size >= 1000) continue;
        kinds.set(kind, one = { styles: new Set(), looked: 0, area: 0 });
      }
      if (one.looked++ < 12 && one.styles.size < 6) one.styles.add(looksOf(element));
      if (one.looked > 200 || !paints(element) || !isVisible(element)) continue;
      const box = element.getBoundingClientRect();
      const x = box.left + box.width / 2, y = box.top + box.height / 2;
      const inView = view && x >= 0 && y >= 0 && x < view.innerWidth && y < view.innerHeight;
      if (!inView || !isCoveredAt(element, x, y)) one.area += Math.round(Math.min(box.width, 4096) * Math.min(box.height, 4096));
    }
  }
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

// The kinds of elements that a selector finds now; none for what waits for somebody to do something.
const foundBy = (selector, root) => {
  if (passing.test(selector)) return [];
  if (/^:host\b/.test(selector) && root.host) return [kindOf(root.host)];
  const elements = selector.replace(/::?(?:before|after|first-line|first-letter|marker|placeholder|selection|backdrop)\b|::[-a-z]+(?:\([^)]*\))?/g, "");
  try {
    const found = root.querySelectorAll(/(?:^|[\s>+~])$/.test(elements) ? `${elements}*` : elements);
    return [...new Set([...found].slice(0, 12).map(kindOf))].slice(0, 4);
  } catch { return []; }
};

const sheetsIn = (scopes) => {
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
      try { rules = sheet.cssRules; } catch { return; }
      one.rules = 0;
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
        if (inside && rule.style.length) for (const selector of whole) note(selector, one, [...rule.style]);
      }
      if (depth > 20 || !rule.cssRules) return 1;
      let sum = rule.cssRules.length ? 0 : 1;
      for (const inner of rule.cssRules) sum += walk(inner, one, inside, around, depth + 1, base);
      return name === "CSSStyleRule" ? 1 : sum;
    };
    const label = labelOf(root);
    // What a rule says is its selector with each of its properties, whatever their values.
    const note = (bare, one, names) => {
      if (bare.length > 300) return;
      const selector = label ? `${bare} (in ${label})` : bare;
      const declares = names.map((name) => number(`${selector}{${name}`));
      if (live.size < 200000) for (const one of declares) live.add(one);
      if (one.effects.length >= most || effects > 6000 || performance.now() > patience) return;
      effects++;
      const on = foundBy(bare, root);
      if (on.length) one.effects.push({ selector, on, declares: declares.slice(0, 8) });
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
