// Kinds of pictures of which none shows anything: a dot stands there, or nothing at all.
const hollowKinds = (images) => {
  const kinds = new Map();
  for (const image of images) {
    const box = image.getBoundingClientRect();
    const waits = !image.currentSrc && !image.getAttribute("src");
    const dot = image.naturalWidth <= 2 && image.naturalHeight <= 2 && /^data:/.test(image.currentSrc) && box.width >= 50 && box.height >= 50;
    const hollow = waits ? image.checkVisibility() : dot && isVisible(image);
    const kind = kindOf(image);
    if (hollow || isVisible(image)) kinds.set(kind, { name: nameOf(image), hollow: hollow && (kinds.get(kind)?.hollow ?? true) });
  }
  return [...kinds].filter(([, one]) => one.hollow).slice(0, 50).map(([kind, one]) => [kind, cut(one.name, 100)]);
};
// Where the page says that its visitor is sent after a while; to look at it again is no other place.
const sendsTo = () => {
  for (const one of document.querySelectorAll("meta[http-equiv=refresh i]")) {
    const to = (one.content ?? "").match(/^\s*[\d.]*\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)/i);
    if (!to) continue;
    try {
      const url = new URL(to[1].trim(), document.baseURI);
      if (url.origin !== location.origin || url.pathname !== location.pathname) return cut(url.href, long);
    } catch { }
  }
  return null;
};
// What can be seen on the page.
const look = async (selectors, texts, closed) => {
  const scopes = scopesOf(closed.filter((root) => root && root.querySelectorAll));
  const every = (selector) => scopes.flatMap((scope) => [...scope.querySelectorAll(selector)]);

  // A picture without a source is as missing as one that does not come.
  const broken = every("img[src='']").slice(0, most).filter(isVisible).map(() => "");
  const waiting = () => new Promise((done) => setTimeout(done, 1000));
  const all = every("img").filter((image) => image.currentSrc && image.complete);
  const images = all.slice(0, most);
  // Of those far down it is known without decoding that nothing came of them.
  broken.push(...all.slice(most, 20 * most).filter((image) => !image.naturalWidth).map((image) => cut(image.currentSrc, long)));
  const tried = images.map((image) => Promise.race([
    image.decode().catch(() => broken.push(cut(image.currentSrc, long))), waiting(),
  ]));
  const dots = images.filter((image) => {
    const box = image.getBoundingClientRect();
    return image.naturalWidth <= 2 && image.naturalHeight <= 2 && box.width >= 50 && box.height >= 50
      && /^https?:/.test(image.currentSrc) && isVisible(image);
  }).map((image) => cut(image.currentSrc, long));
  const behind = new Set(), drawn = new Set();
  begin();
  for (const element of every("*").slice(0, 20000)) {
    if (performance.now() > patience) break;
    for (const [, source] of getComputedStyle(element).backgroundImage.matchAll(/url\("(.*?)"\)/g)) {
      if (source.startsWith("data:image/svg") && drawn.size < most) drawn.add(source);
      if (/^https?:/.test(source) && behind.size < 100 && isVisible(element)) behind.add(source);
    }
  }
  for (const source of behind) {
    const image = new Image();
    image.src = source;
    tried.push(Promise.race([image.decode().catch(() => broken.push(cut(source, long))), waiting()]));
  }
  await Promise.all(tried);

  const text = textOf(scopes);
  const rendered = document.body && document.body.checkVisibility();
  const shows = "img,svg,canvas,video,iframe,object,embed,input,button,select,textarea,progress,meter,hr";
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true });
  };
  const paintsSomething = every(shows).slice(0, most).some(isSeen)
    || [...document.querySelectorAll("body,body *")].slice(0, most)
      .some((element) => getComputedStyle(element).backgroundImage !== "none" && isSeen(element));

  const frames = every("iframe,frame").slice(0, most).filter(isVisible).flatMap((frame) => {
    let inside = null;
    try { inside = frame.contentDocument; } catch { }
    if (!inside?.body || !/^https?:/.test(inside.location?.href ?? "")) return [];
    const empty = !inside.body.innerText.trim() && !inside.querySelector(shows);
    return [[cut(inside.location.href, long), empty]];
  });

  const { sheets, live, fonts } = sheetsIn(scopes, texts);
  const looks = [...kindsIn(scopes)];
  const kinds = looks.map(([kind, one]) => ({ kind, styles: [...one.styles], area: one.area }));
  const faint = looks.filter(([, one]) => one.faint && one.lines.length).slice(0, 50)
    .map(([kind, one]) => ({ kind, name: one.name, lines: one.lines }));
  const stated = scopes.flatMap((scope) => scope.fonts ? [...scope.fonts] : []).slice(0, most).map((font) => {
    const family = font.family.replace(/^["']|["']$/g, "");
    return { family: cut(family, 100), status: font.status, urls: (fonts[family] ?? []).slice(0, 10) };
  });

  // A drawing that is taken from elsewhere, and is not there.
  const drawings = every("use").slice(0, most).filter((use) => {
    if (use.closest("defs,symbol,clipPath,mask,pattern,marker") || !use.href?.baseVal.includes("#")) return false;
    const svg = use.ownerSVGElement;
    if (!svg || !use.checkVisibility() || !isVisible(svg)) return false;
    try { const box = use.getBBox(); return !box.width && !box.height; } catch { return false; }
  }).map((use) => { try { return cut(new URL(use.href.baseVal, use.baseURI).href, long); } catch { return ""; } });

  // Everything else that may show a secret.
  const fields = every("input:not([type=password]),textarea").slice(0, most)
    .map((field) => `${cut(field.value, long)}\n${cut(field.placeholder, long)}`);
  // What drawings and frames that may not be read are made of, as far as their addresses say.
  for (const one of every("img,object,embed,iframe,frame,input[type=image]").slice(0, most)) {
    drawn.add(one.currentSrc || one.src || one.data || "");
  }
  const written = [...drawn].filter(Boolean).map((source) => {
    let text = cut(source, 100000);
    try { text = text.replace(/^(data:[^,]*;base64),(.*)$/, (all, type, data) => `${type},${atob(data)}`); } catch { }
    try { text = decodeURIComponent(text); } catch { }
    return `${cut(text, 20000)}\n${cut(text.replace(/<[^>]*>/g, ""), 20000)}`;
  });
  const shapes = every("defs text,symbol text").slice(0, most).map((one) => cut(one.textContent, long));
  const labels = every("option,[alt],[title],[label]").slice(0, most)
    .map((one) => `${cut(one.label ?? "", long)}\n${cut(one.text ?? one.alt ?? "", long)}\n${cut(one.title, long)}`);

  const scroll = [scrollX, scrollY];
  const missing = selectors.filter((selector) => {
    try { return !every(selector).slice(0, 50).some(isFound); } catch { return true; }
  });
  scrollTo({ left: scroll[0], top: scroll[1], behavior: "instant" });
  return {
    url: cut(location.href, long),
    title: cut(document.title, 1000),
    language: cut(document.documentElement.lang, 100),
    text: rendered ? text.seen : "",
    written: rendered && text.written !== text.seen ? text.written : "",
    prose: rendered ? text.prose : null,
    hollow: hollowKinds(every("img").slice(0, most)),
    "sends-to": sendsTo(),
    "styled-text": cut(writtenByStyle(scopes), 100000),
    whole: text.whole,
    blank: (!rendered || text.seen === "") && !paintsSomething,
    fields: fields.concat(labels, written, shapes).join("\n"),
    canvas: every("canvas").some(isSeen),
    sheets, live, kinds, frames, missing, faint,
    contests: contests(),
    direction: spread.direction(),
    gap: spread.gap(),
    suspects: spread.suspects,
    lists: listsIn(scopes),
    idle: idle.all(),
    unset: idle.unset(),
    "empty-drawings": [...new Set(drawings)].filter(Boolean),
    fonts: stated,
    "broken-images": [...new Set(broken)],
    dots: [...new Set(dots)],
  };
};
