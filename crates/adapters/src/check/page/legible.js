// What a picture of the page may let somebody read, shown or not: a text that is hidden here may be drawn
// there (`<use>`, a pattern). And what on it draws letters that nobody can look into.
const mostElements = 30000, mostWords = 4000000, smallest = 8;

const legible = (missing, closed) => {
  const roots = closed.filter((root) => root && root.querySelectorAll);
  const scopes = scopesOf(roots);
  const words = [], urls = new Set(), pictures = new Set(), placed = new Map();
  let opaque = missing || roots.length < closed.length ? "a closed shadow root" : null, length = 0;
  const veil = (what) => { opaque ??= what; };
  const say = (text) => { length += text.length; words.push(text); };
  if (scopes.length >= most) veil("one of so many frames and shadow roots");

  const hasRoom = (element) => {
    const box = element.getBoundingClientRect();
    return box.width >= smallest && box.height >= smallest && element.checkVisibility({ visibilityProperty: true });
  };
  // A drawing can be read. Of other pictures that the page holds itself, whoever reads this finds out
  // whether they came with its files; what a script has made is nobody's to read.
  const picture = (url) => {
    if (!url || url.startsWith("#")) return;
    if (/^blob:/i.test(url)) return veil("a picture that a script has made");
    const data = url.match(/^data:([^,]*),(.*)$/is);
    if (!data) return void urls.add(cut(url, long));
    if (!/^image\/svg/i.test(data[1])) return void pictures.add(data[2]);
    try {
      const plain = decodeURIComponent(data[2]);
      const drawing = /;\s*base64/i.test(data[1])
        ? new TextDecoder().decode(Uint8Array.from(atob(plain), (one) => one.charCodeAt(0))) : plain;
      if (/data:|<script/i.test(drawing)) veil("a picture within a drawing");
      say(drawing);
      const text = new DOMParser().parseFromString(drawing, "image/svg+xml").documentElement.textContent;
      say(text ?? "");
    } catch { veil("a drawing"); }
  };
  const strings = (text) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map((one) => one[1].replace(/\\(.)/gs, "$1"));
  const pictured = ["background-image", "border-image-source", "mask-image", "list-style-image", "content"];
  const lettered = ["content", "list-style-type", "quotes", "hyphenate-character"];
  const styled = (element, which) => {
    const style = getComputedStyle(element, which);
    const value = (name) => style.getPropertyValue(name);
    if (which && which !== "::marker" && value("content") === "none") return;
    for (const name of pictured) {
      const text = value(name);
      if (/\bpaint\(/.test(text)) veil("a worklet that paints");
      if (text.includes("url(")) for (const url of text.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/gs)) {
        picture(url[1].replace(/\\(.)/gs, "$1"));
      }
    }
    for (const name of lettered) {
      const text = value(name).replace(/url\("(?:[^"\\]|\\.)*"\)/gs, "");
      if (text.includes('"')) say(strings(text).join(""));
    }
  };

  const inside = (element) => {
    const name = element.localName;
    if (name === "canvas" && hasRoom(element)) veil("a canvas");
    if (/^(?:iframe|frame|fencedframe)$/.test(name)) {
      let own = null;
      try { own = element.contentDocument; } catch { }
      if (!own && hasRoom(element)) veil("a frame");
    }
    if (/^(?:object|embed)$/.test(name) && (element.data || element.src) && hasRoom(element)) veil("an object");
    if (name === "video") {
      if ((element.srcObject || /^(?:blob|data):/i.test(element.currentSrc)) && hasRoom(element)) veil("a film");
      for (const track of element.textTracks) for (const cue of track.cues ?? []) say(cue.text ?? "");
      picture(element.poster);
    }
    // What is a few pixels high holds no letters, however large it is shown.
    if (name === "img" && !(element.complete && Math.min(element.naturalWidth, element.naturalHeight) < smallest)) {
      picture(element.currentSrc);
    }
    if (name === "input") {
      if (element.type === "image") picture(element.src);
      if (element.type !== "password") say(element.value);
      say(element.placeholder);
    }
    if (name === "textarea") say(`${element.value}${element.placeholder}`);
    if (/^(?:image|feimage)$/i.test(name)) picture(element.href?.baseVal);
    for (const attribute of ["alt", "title", "label"]) if (element.hasAttribute(attribute)) say(element.getAttribute(attribute));
  };

  const place = (node) => {
    const range = node.ownerDocument.createRange();
    range.selectNodeContents(node);
    const box = range.getClientRects()[0];
    if (!box) return;
    const all = placed.get(node.ownerDocument) ?? [];
    placed.set(node.ownerDocument, all);
    all.push({ text: node.data, left: box.left, top: box.top, middle: box.top + box.height / 2, bottom: box.bottom });
  };

  let elements = 0;
  const walk = (root) => {
    // Around each element, what its style writes: half of a word may stand there.
    const open = [root];
    while (open.length) {
      const node = open.pop();
      if (typeof node === "function") { node(); continue; }
      if (node.nodeType === 3) {
        say(node.data);
        if (node.data.trim()) place(node);
        continue;
      }
      if (node.nodeType === 1) {
        if (/^(?:script|style|noscript|template)$/.test(node.localName)) continue;
        if (++elements > mostElements || length > mostWords) return veil("a page so large");
        inside(node);
        styled(node, null);
        styled(node, "::marker");
        styled(node, "::before");
        open.push(() => styled(node, "::after"));
      }
      open.push(...[...node.childNodes].reverse());
    }
  };
  const rules = (list) => {
    for (const rule of list ?? []) {
      if (rule instanceof CSSCounterStyleRule) say(strings(rule.cssText).join(""));
      if (rule.cssRules) rules(rule.cssRules);
      try { if (rule.styleSheet) rules(rule.styleSheet.cssRules); } catch { }
    }
  };
  for (const scope of scopes) {
    walk(scope.body ?? (scope.host ? scope : scope.documentElement) ?? scope);
    for (const sheet of [...(scope.styleSheets ?? []), ...(scope.adoptedStyleSheets ?? [])]) {
      try { rules(sheet.cssRules); } catch { }
    }
  }

  // The same as eyes go: by lines, from left to right.
  const lines = [...placed.values()].map((all) => {
    all.sort((one, other) => one.top - other.top);
    const rows = [];
    for (const one of all) {
      const row = rows.at(-1);
      if (row && one.middle < row.bottom) row.all.push(one);
      else rows.push({ bottom: one.bottom, all: [one] });
    }
    return rows.map((row) => row.all.sort((one, other) => one.left - other.left).map((one) => one.text).join("")).join("\n");
  });
  return {
    words: words.join(""), lines: lines.join("\n"), urls: [...urls].join("\n"), pictures: [...pictures], opaque,
  };
};
