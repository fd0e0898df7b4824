// Tables and lists, with how many rows they have.
const listsIn = (scopes) => {
  const found = [];
  const holds = (row) => row.checkVisibility() && (row.textContent.trim() || row.querySelector("img,svg,canvas,input,button,picture,video"));
  const rowsOf = (element) => {
    const role = element.getAttribute("role");
    if (element.localName === "table") {
      return [...element.rows].filter((row) => !/^t(?:head|foot)$/.test(row.parentElement.localName) && row.querySelector("td"));
    }
    if (role === "table" || role === "grid") return [...element.querySelectorAll("[role=row]:has([role=cell],[role=gridcell])")];
    if (role === "feed") return [...element.querySelectorAll("[role=article],article")];
    if (role === "list") return [...element.querySelectorAll("[role=listitem]")];
    return [...element.children].filter((child) => /^(?:li|dt|dd|div)$/.test(child.localName));
  };
  // What names it on both pages: its own name, else the heading above it.
  const labelOf = (element) => {
    const caption = element.localName === "table" ? element.caption?.textContent : "";
    let heading = "";
    for (let at = element, steps = 0; !heading && at && steps < 4; at = at.parentElement, steps++) {
      for (let before = at.previousElementSibling, near = 0; before && near < 4; before = before.previousElementSibling, near++) {
        if (/^h[1-6]$/.test(before.localName)) { heading = before.textContent; break; }
      }
    }
    return plain(element.id || caption || element.ariaLabel || heading).trim();
  };
  // What is said around it: «nothing today» may stand there.
  const besideOf = (element) => {
    let at = element;
    for (let steps = 0; steps < 4 && at.parentElement?.children.length === 1; steps++) at = at.parentElement;
    const others = [...at.parentElement?.children ?? []].filter((other) => other !== at && other.checkVisibility());
    const texts = others.slice(0, 40).map((other) => plain(cut(other.textContent, 300)).trim()).filter(Boolean);
    return [...new Set(texts.map(number))];
  };
  for (const scope of scopes) {
    for (const element of scope.querySelectorAll("table,ul,ol,dl,[role=table],[role=grid],[role=feed],[role=list]")) {
      if (found.length >= 200) return found;
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      let rows = rowsOf(element).slice(0, 1000).filter(holds).length;
      if (!rows) {
        const bare = element.cloneNode(true);
        bare.querySelectorAll("thead,tfoot,caption,th,script,style,template").forEach((part) => part.remove());
        rows = bare.textContent.trim() ? 1 : 0;
      }
      const label = labelOf(element);
      const name = label && !element.id ? `${nameOf(element)} («${cut(label, 60)}»)` : element.id ? `${element.localName}#${cut(element.id, 60)}` : nameOf(element);
      found.push({ on: number(`${kindOf(element)} ${label}`), name: cut(name, 160), rows, beside: rows > 2 || !rows ? besideOf(element) : [] });
    }
  }
  return found;
};
