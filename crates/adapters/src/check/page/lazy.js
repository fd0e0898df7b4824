// What the page loads only when somebody scrolls there, it loads now: a picture that is missing far
// down is as missing as one above. Says how much there was.
(async () => {
  let woken = 0;
  for (const one of document.querySelectorAll("img[loading=lazy i],iframe[loading=lazy i]")) {
    if (woken >= 1000) break;
    one.loading = "eager";
    woken++;
  }
  // Scripts that wait for somebody to scroll are told; how far down the page goes is asked once, since
  // some have no end.
  const high = document.documentElement?.scrollHeight ?? 0;
  if (document.scripts.length && high > innerHeight * 1.5) {
    const step = Math.max(innerHeight * 0.9, high / 20);
    const painted = () => Promise.race([
      new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))),
      new Promise((done) => setTimeout(done, 50)),
    ]);
    for (let top = step; top < high; top += step) {
      scrollTo({ top, behavior: "instant" });
      await painted();
    }
    scrollTo({ top: 0, behavior: "instant" });
    await painted();
    woken++;
  }
  // Their requests go out before this is answered.
  if (woken) await new Promise((done) => setTimeout(done, 20));
  return woken;
})()
