// A page on which something moves puts what is new in place, as soon as the server says that
// something happened. Nothing depends on it: without it the page loads itself every few seconds.
(() => {
  "use strict";
  const SOONEST = 400, SPREAD = 400, AT_LEAST_EVERY = 15000; // milliseconds
  const main = document.getElementById("main");
  if (!main.dataset.live || !window.EventSource) return;
  const source = new EventSource(main.dataset.live);
  let waiting = 0, loading = false, again = false;

  // Whoever types or has something marked is not disturbed.
  const busy = () => {
    const field = document.activeElement;
    const types = main.contains(field) && field.matches("input, textarea, select");
    return types || String(window.getSelection()) !== "";
  };

  const unfolded = (root) =>
    [...root.querySelectorAll("details")].map((one) => one.open);

  async function load() {
    waiting = 0;
    if (loading) { again = true; return; }
    if (busy() || document.hidden) { soon(2000); return; }
    loading = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.redirected || answer.status === 401) { location.reload(); return; }
      if (answer.ok) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      soon(3000); // the server is away; what is shown says as of when it is
    } finally {
      loading = false;
    }
    if (again) { again = false; soon(SOONEST); }
  }

  function put(fresh) {
    const open = unfolded(main);
    const next = fresh.getElementById("main");
    const focused = document.activeElement?.getAttribute?.("href");
    for (const [old, place] of [[main, "#main"], [document, ".asof"], [document, ".foot"]]) {
      const from = place === "#main" ? next : fresh.querySelector(place);
      const to = place === "#main" ? old : old.querySelector(place);
      if (from && to) to.replaceChildren(...from.childNodes);
    }
    main.querySelectorAll("details").forEach((one, n) => { if (open[n]) one.open = true; });
    if (focused) main.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    document.title = fresh.title;
    if (!next.dataset.live) { delete main.dataset.live; source.close(); clearInterval(beat); }
  }

  // Many who look at the same page do not all ask in the same moment.
  function soon(wait) {
    if (!waiting) waiting = setTimeout(load, wait + Math.random() * SPREAD);
  }

  source.onmessage = () => soon(SOONEST);
  // Some things are in no event: that nobody drives it any more, how old something is.
  const beat = setInterval(() => soon(0), AT_LEAST_EVERY);
})();
