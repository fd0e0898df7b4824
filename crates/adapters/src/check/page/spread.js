// How text and pictures lie on the page: which way it reads, where nothing is, and what text looks like
// nothing that anybody wrote.
const spread = (() => {
  const extents = [], suspects = [], perKind = new Map();
  let rightToLeft = 0, leftToRight = 0;

  // From where to where something stands, of the page itself.
  const over = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.height > 0) extents.push([box.top + scrollY, box.bottom + scrollY]);
  };

  const add = (element, kind, name) => {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("").trim()
      || (element.localName === "input" && /^(?:submit|button|reset)$/.test(element.type) ? element.value : "")
      || element.placeholder || "";
    if (!text) return;
    const box = element.getBoundingClientRect();
    if (getComputedStyle(element).direction === "rtl") rightToLeft += box.width * box.height;
    else leftToRight += box.width * box.height;
    suspect(element, kind, name, text);
  };

  // A word with points or strokes in it, or what scripts write for a value that is none. Whether it is a
  // fault is told elsewhere. What is shown as code is shown on purpose.
  const suspect = (element, kind, name, text) => {
    if (text.length > 100 || suspects.length >= 200) return;
    if (!/^\S*[A-Za-z][._:]\S+$/.test(text) && !/\b(?:undefined|null|NaN)\b/.test(text)) return;
    if ((perKind.get(kind) ?? 0) >= 5 || element.closest("code,pre,kbd,samp,var,tt,[contenteditable]")) return;
    perKind.set(kind, (perKind.get(kind) ?? 0) + 1);
    const label = !!element.closest("h1,h2,h3,h4,h5,h6,button,label,legend,summary,th,caption,input,nav a,[role=navigation] a");
    suspects.push({ kind, name, label, text });
  };

  // `rtl` or `ltr` where nearly all of the text reads like that.
  const direction = () => {
    const all = rightToLeft + leftToRight;
    return !all ? "" : rightToLeft >= .8 * all ? "rtl" : leftToRight >= .8 * all ? "ltr" : "";
  };

  // The highest part of the page in which nothing stands, before something does: of a window's height
  // at least.
  const gap = () => {
    let end = 0, best = null;
    for (const [top, bottom] of extents.sort((one, other) => one[0] - other[0])) {
      if (top - end >= innerHeight && top - end > (best?.[1] ?? 0)) best = [Math.max(end, 0), top - Math.max(end, 0)];
      end = Math.max(end, bottom);
    }
    return best && [...best, document.documentElement.clientWidth];
  };
  return { over, add, direction, gap, suspects };
})();
