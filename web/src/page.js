// Making elements. Text always becomes text: nothing that came over the network is read as HTML.

// element("a", {href: "…", class: "…", onclick: f}, "text", child, …)
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// A table that may be wider than its place: it scrolls by itself, by keyboard too.
export function table(caption, columns, rows) {
  const head = element("tr", {}, columns.map((column) => element("th", { scope: "col" }, column)));
  const body = rows.map((row) => element("tr", {}, row.map((cell, i) =>
    i === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell))));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${caption}` },
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, head), element("tbody", {}, body)));
}
