// A chart as a file: SVG that stands by itself, and PNG made of it. Both carry title, origin and date.
const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 16;
const FONT = "system-ui, sans-serif";

// A text as lines that find room, each with its place; `y` is where the first one's top is.
function lines(content, { y, size, fill, weight = "normal", room }) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${weight} ${size}px ${FONT}`;
  const found = [];
  for (const word of content.split(" ")) {
    const longer = found.length ? `${found.at(-1)} ${word}` : word;
    if (found.length && pen.measureText(longer).width <= room) found[found.length - 1] = longer;
    else found.push(word);
  }
  const step = Math.round(size * 1.35);
  const nodes = found.map((line, i) => {
    const made = document.createElementNS(SVG, "text");
    const attributes = { x: MARGIN, y: y + i * step + size, fill, "font-size": size, "font-weight": weight };
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = line;
    return made;
  });
  return { nodes, end: y + found.length * step };
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
  const room = width - 2 * MARGIN;
  const head = lines(title, { y: 10, size: 17, fill: color("--ink"), weight: "600", room });
  const under = lines(subtitle, { y: head.end, size: 13, fill: color("--muted"), room });
  const top = under.end + 4;
  const feet = lines(foot, { y: top + Number(plot.getAttribute("height")) + 10, size: 12, fill: color("--muted"), room });
  const height = feet.end + 10;
  const whole = document.createElementNS(SVG, "svg");
  const inner = plot.cloneNode(true);
  inner.querySelectorAll(".cursor").forEach((node) => node.remove());
  withoutVariables(inner, style);
  for (const [name, value] of Object.entries({ x: MARGIN, y: top })) inner.setAttribute(name, value);
  inner.setAttribute("fill", color("--ink"));
  const attributes = { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`,
    "font-family": FONT };
  for (const [name, value] of Object.entries(attributes)) whole.setAttribute(name, value);
  const ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width, height, fill: color("--ground") }))
    ground.setAttribute(name, value);
  whole.append(ground, ...head.nodes, ...under.nodes, inner, ...feet.nodes);
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
