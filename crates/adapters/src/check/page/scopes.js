// What every look shares: the trees of a page, and what of them a visitor sees. Runs in a world of its
// own: the page cannot replace what is called here.
const most = 500, long = 2000;
const cut = (text, length) => String(text ?? "").slice(0, length);

// The document, shadow roots (closed ones are handed in), and frames of the same origin.
const scopesOf = (closed) => {
  const all = [document, ...closed];
  for (let at = 0; at < all.length; at++) {
    for (const element of all[at].querySelectorAll("*")) {
      if (all.length >= most) return all;
      let inside = element.shadowRoot;
      if (element.localName === "iframe" || element.localName === "frame") {
        try { inside = element.contentDocument; } catch { inside = null; }
      }
      if (inside && !all.includes(inside)) all.push(inside);
    }
  }
  return all;
};

// What lies around an element, out of shadow roots and frames too.
const around = (element) => element.parentElement ?? element.getRootNode().host
  ?? element.ownerDocument.defaultView?.frameElement ?? null;

// Drawn through something that lets nothing pass, or seen from behind.
const isFilteredAway = (style) => {
  if (/\bopacity\(0(?:\.0\d*)?\)/.test(style.filter)) return true;
  if (style.backfaceVisibility === "hidden" && style.transform.startsWith("matrix3d") && +style.transform.split(",")[10] < 0) return true;
  const colours = /gradient\(/.test(style.maskImage) && !/url\(/.test(style.maskImage) && style.maskImage.match(/rgba?\([^)]*\)/g);
  return !!colours && colours.every((colour) => /^rgba\(.*, 0\)$/.test(colour));
};

// What those around an element leave of the page for it: what overflows them nobody sees, unless it can be
// scrolled to. None where nothing is cut.
const windows = new Map();
const holderOf = (element) => {
  const position = getComputedStyle(element).position;
  return position === "fixed" ? null : position === "absolute" ? element.offsetParent : element.parentElement ?? element.getRootNode().host ?? null;
};
const windowOf = (element) => {
  if (!element || element === element.ownerDocument.documentElement) return null;
  const known = windows.get(element);
  if (known !== undefined) return known;
  const outer = windowOf(holderOf(element)), style = getComputedStyle(element);
  let left = outer;
  const page = element === element.ownerDocument.body
    && getComputedStyle(element.ownerDocument.documentElement).overflowX === "visible";
  if (!page && style.display !== "contents" && !style.display.startsWith("inline ") && style.display !== "inline") {
    const box = element.getBoundingClientRect();
    const own = [box.left, box.top, box.right, box.bottom];
    const cut = outer ? [Math.max(own[0], outer[0]), Math.max(own[1], outer[1]), Math.min(own[2], outer[2]), Math.min(own[3], outer[3])] : own;
    const empty = cut[2] - cut[0] < 2 || cut[3] - cut[1] < 2;
    const overflow = style.overflowX + style.overflowY;
    if (/auto|scroll/.test(overflow)) left = empty ? cut : null;
    else if (/hidden|clip/.test(overflow)) left = cut;
  }
  windows.set(element, left);
  return left;
};
const isCut = (element) => {
  const left = windowOf(holderOf(element)), own = windowOf(element);
  if (own && (own[2] - own[0] < 2 || own[3] - own[1] < 2)) return true;
  if (!left) return false;
  const box = element.getBoundingClientRect();
  // Of a line of letters a few pixels say nothing.
  return box.width > 0 && box.height > 0 && (Math.min(box.right, left[2]) - Math.max(box.left, left[0]) < Math.min(1, box.width)
    || Math.min(box.bottom, left[3]) - Math.max(box.top, left[1]) < Math.min(6, box.height) - .5);
};

// Cut away, see-through, or where nobody can scroll to; what lies inside such an element is so too.
const veils = new Map();
const isVeiled = (element) => {
  if (!element) return false;
  const known = veils.get(element);
  if (known !== undefined) return known;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const view = element.ownerDocument.defaultView;
  const tiny = box.width <= 1 && box.height <= 1;
  const rtl = view && getComputedStyle(element.ownerDocument.documentElement).direction === "rtl";
  const away = box.width > 0 && view
    && ((!rtl && box.right + view.scrollX <= 0) || box.bottom + view.scrollY <= 0);
  const is = +style.opacity < 0.05 || (tiny && style.overflow !== "visible") || away
    || isFilteredAway(style) || (style.position === "fixed" && view && (box.top >= view.innerHeight || box.left >= view.innerWidth))
    || /^rect\(0px,? 0px,? 0px,? 0px\)$/.test(style.clip) || /^inset\((?:[5-9]\d|100)%/.test(style.clipPath)
    || isVeiled(around(element));
  veils.set(element, is);
  return is;
};
const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && !isVeiled(element) && !isCut(element);

const movesAlong = (element) => {
  for (let at = element; at; at = at.parentElement) if (/fixed|sticky/.test(getComputedStyle(at).position)) return true;
  return false;
};
// Whether something that cannot be seen through lies over a point of it.
const isCoveredAt = (element, x, y, still = false) => {
  const stack = element.getRootNode().elementsFromPoint?.(x, y) ?? [];
  for (const [at, over] of stack.entries()) {
    // What an element stands in lies over it where it was put behind that.
    const behind = over !== element && over.contains(element) && stack.indexOf(element) > at;
    if (!behind && (over === element || over.contains(element) || element.contains(over))) return false;
    const style = getComputedStyle(over);
    if (still && movesAlong(over)) return false;
    // Through a veil of three quarters nobody reads.
    const alpha = +(style.backgroundColor.match(/^rgba\(.*, ([\d.]+)\)$/)?.[1] ?? 1) * +style.opacity;
    const see = alpha < .75;
    if (!see || over.localName === "img") return true;
  }
  return false;
};
const isVisible = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && isShown(element);
};
// The same for one that is asked for by name: it is scrolled to, since a cover may move along.
const isFound = (element) => {
  if (!isVisible(element)) return false;
  element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  const box = element.getBoundingClientRect(), view = element.ownerDocument.defaultView;
  const points = [[.5, .5], [.2, .2], [.8, .2], [.2, .8], [.8, .8]]
    .map(([x, y]) => [box.left + box.width * x, box.top + box.height * y])
    .filter(([x, y]) => x >= 0 && y >= 0 && x < view.innerWidth && y < view.innerHeight);
  return !points.length || points.some(([x, y]) => !isCoveredAt(element, x, y));
};

const number = (text) => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
};
