// Where the first visible element is that the selector finds; null when there is none, a text when
// the selector is none.
((selector, focus, hide) => {
  let found;
  try { found = [...document.querySelectorAll(selector)]; } catch (error) { return String(error.message); }
  const element = found.find((one) => {
    const box = one.getBoundingClientRect();
    return one.checkVisibility({ visibilityProperty: true }) && box.width > 0 && box.height > 0;
  });
  if (!element) return null;
  element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  if (focus) {
    if (hide) element.style.setProperty("-webkit-text-security", "disc", "important");
    element.focus();
    if (element.select) element.select();
    if (document.activeElement !== element) return "it cannot be typed into";
  }
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
})
