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
    || /^rect\(0px,? 0px,? 0px,? 0px\)$/.test(style.clip) || /^inset\((?:[5-9]\d|100)%/.test(style.clipPath)
    || isVeiled(around(element));
  veils.set(element, is);
  return is;
};
const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && !isVeiled(element);

// Whether something that cannot be seen through lies over a point of it.
const isCoveredAt = (element, x, y) => {
  for (const over of element.getRootNode().elementsFromPoint?.(x, y) ?? []) {
    if (over === element || over.contains(element) || element.contains(over)) return false;
    const style = getComputedStyle(over);
    const see = /^rgba\(.*, (?:0|0?\.\d+)\)$/.test(style.backgroundColor) || +style.opacity < 1;
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
