// What can be seen on the page. Runs in a world of its own: the page cannot replace what it calls.
(async (selectors) => {
  const most = 500, long = 2000;
  const cut = (text, length) => String(text ?? "").slice(0, length);
  const visible = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };

  // What a sheet declares, each as a number: the same declaration of the same selector is the same
  // wherever it stands and however it is written. What urls point to depends on where the file lies.
  const mostDeclared = 200000;
  let declared = 0;
  const number = (text) => {
    let hash = 0x811c9dc5;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return hash >>> 0;
  };
  // A sheet for printers, or one inside a rule for them, is not what a visitor sees.
  const used = (media) => !media || !media.mediaText || matchMedia(media.mediaText).matches;
  const declare = (rule, numbers) => {
    if (!rule.style) return;
    const selectors = (rule.selectorText ?? rule.keyText ?? rule.constructor.name).split(",");
    const declarations = rule.style.cssText.replace(/url\([^)]*\)/g, "url()").split(";");
    for (const declaration of declarations) {
      const one = declaration.trim();
      if (!one) continue;
      for (const selector of selectors) {
        if (declared++ >= mostDeclared) return;
        numbers.add(number(`${selector.trim()}{${one}`));
      }
    }
  };

  const sheets = [];
  const known = new Set();
  const add = (sheet, url, by) => {
    if (sheets.length >= most) return;
    const one = { url: url ? cut(url, long) : null, by, applied: !!sheet, unused: false, rules: null, declares: [] };
    sheets.push(one);
    if (!sheet || known.has(sheet)) return;
    one.unused = !used(sheet.media);
    known.add(sheet);
    let rules;
    try { rules = sheet.cssRules; } catch { return; }
    one.rules = 0;
    const numbers = new Set();
    for (const rule of rules) {
      if (rule instanceof CSSImportRule) {
        one.rules += rule.styleSheet ? 1 : 0;
        const from = new URL(rule.href, sheet.href || document.baseURI).href;
        add(rule.styleSheet, from, one.url);
      } else {
        one.rules += count(rule, numbers, 0);
      }
    }
    one.declares = one.unused ? [] : [...numbers];
  };
  const count = (rule, numbers, depth) => {
    if (used(rule instanceof CSSMediaRule ? rule.media : null)) declare(rule, numbers);
    else numbers = new Set();
    if (depth > 20 || !rule.cssRules) return 1;
    let sum = rule.cssRules.length ? 0 : 1;
    for (const inner of rule.cssRules) sum += count(inner, numbers, depth + 1);
    return rule instanceof CSSStyleRule ? 1 : sum;
  };
  for (const link of document.querySelectorAll("link[rel~=stylesheet i][href]")) {
    if (link.disabled || /\balternate\b/i.test(link.rel)) continue;
    add(link.sheet, link.href, null);
  }
  for (const style of document.querySelectorAll("style")) {
    if (style.sheet) add(style.sheet, null, null);
  }

  const broken = [];
  const images = [...document.images].slice(0, most)
    .filter((image) => image.currentSrc && image.complete && image.naturalWidth === 0);
  await Promise.all(images.map((image) => Promise.race([
    image.decode().catch(() => broken.push(cut(image.currentSrc, long))),
    new Promise((done) => setTimeout(done, 1000)),
  ])));

  // Of a body that is not shown, innerText gives what nobody sees.
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const words = () => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let at = 0; walk.nextNode(); at++) {
      const node = walk.currentNode;
      if (at > 20000 || node.data.trim() && shown(node.parentElement)) return true;
    }
    return false;
  };
  const rendered = document.body && document.body.checkVisibility();
  const text = rendered && words() ? document.body.innerText : "";
  const shows = "img,svg,canvas,video,iframe,object,embed,input,button,select,textarea,progress,meter,hr";
  const seen = [...document.querySelectorAll(shows)].slice(0, most).some(visible)
    || [...document.querySelectorAll("body,body *")].slice(0, most).some((element) => {
      const style = getComputedStyle(element);
      return style.backgroundImage !== "none" && visible(element);
    });

  const fields = [...document.querySelectorAll("input:not([type=password]),textarea")]
    .slice(0, most).map((field) => cut(field.value, long)).join("\n");
  const fonts = [...document.fonts].slice(0, most).map((font) => [cut(font.family, 100), font.status]);
  const missing = selectors.filter((selector) => {
    try { return ![...document.querySelectorAll(selector)].some(visible); } catch { return true; }
  });
  return {
    url: cut(location.href, long),
    title: cut(document.title, 1000),
    language: cut(document.documentElement.lang, 100),
    text: cut(text, 262144),
    blank: text.trim() === "" && !seen,
    fields, sheets, fonts, missing,
    "broken-images": broken,
  };
})
