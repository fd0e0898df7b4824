// What the page loads only when somebody scrolls there, it loads now: a picture that is missing far
// down is as missing as one above. Says how many there were.
(async () => {
  let woken = 0;
  for (const one of document.querySelectorAll("img[loading=lazy i],iframe[loading=lazy i]")) {
    if (woken >= 1000) break;
    one.loading = "eager";
    woken++;
  }
  // Their requests go out before this is answered.
  if (woken) await new Promise((done) => setTimeout(done, 20));
  return woken;
})()
