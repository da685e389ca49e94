// A chart as a file: SVG that stands by itself, and PNG made of it. Both carry title, origin and date.
const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 16;
const HEAD = 56;
const FOOT = 40;

function text(content, x, y, size, fill, weight = "normal") {
  const made = document.createElementNS(SVG, "text");
  for (const [name, value] of Object.entries({ x, y, fill, "font-size": size, "font-weight": weight }))
    made.setAttribute(name, value);
  made.textContent = content;
  return made;
}

// Colours are variables of the page, which a file does not have.
function withoutVariables(node, style) {
  for (const { name, value } of [...node.attributes])
    if (value.includes("var(")) {
      node.setAttribute(name, value.replace(/var\((--[\w-]+)\)/g,
        (_, variable) => style.getPropertyValue(variable).trim()));
    }
  for (const child of node.children) withoutVariables(child, style);
}

export function svgOf(plot, { title, subtitle, foot }) {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const width = Number(plot.getAttribute("width")) + 2 * MARGIN;
  const height = Number(plot.getAttribute("height")) + HEAD + FOOT;
  const whole = document.createElementNS(SVG, "svg");
  const inner = plot.cloneNode(true);
  inner.querySelectorAll(".cursor").forEach((node) => node.remove());
  withoutVariables(inner, style);
  for (const [name, value] of Object.entries({ x: MARGIN, y: HEAD })) inner.setAttribute(name, value);
  inner.setAttribute("fill", color("--ink"));
  const attributes = { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`,
    "font-family": "system-ui, sans-serif" };
  for (const [name, value] of Object.entries(attributes)) whole.setAttribute(name, value);
  const ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width, height, fill: color("--ground") }))
    ground.setAttribute(name, value);
  whole.append(ground, text(title, MARGIN, 26, 17, color("--ink"), "600"),
    text(subtitle, MARGIN, 45, 13, color("--muted")), inner,
    text(foot, MARGIN, height - 14, 12, color("--muted")));
  return new XMLSerializer().serializeToString(whole);
}

export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const saveSvg = (svg, name) => save(new Blob([svg], { type: "image/svg+xml" }), name);

// Twice as many pixels as the chart has on the page: sharp in print and on fine screens.
export async function savePng(svg, name) {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * 2;
    canvas.height = image.height * 2;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    save(await new Promise((done) => canvas.toBlob(done, "image/png")), name);
  } finally {
    URL.revokeObjectURL(address);
  }
}
