// The frame around each chart: its title and summary, the point that mouse or keyboard has chosen with the
// publications behind it, the table behind it, downloads, a link to this view, and the line for curl.
import { element, table } from "./page.js";
import { saveSvg, savePng, svgOf } from "./save.js";
import { absolute, address, get, sourceLink } from "./service.js";
import { hash } from "./state.js";
import * as words from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const SOURCES_AFTER = 150; // milliseconds on a point, so that passing by asks for nothing

export class Figure {
  constructor(id) {
    this.id = id;
    this.chosen = -1;
    this.title = element("h2", { id: `${id}-title` });
    this.summary = element("p", { class: "summary", id: `${id}-summary` });
    // An application: a screen reader leaves the arrow keys to it.
    this.plot = element("div", {
      class: "plot", tabindex: "0", role: "application", "aria-roledescription": "chart",
      "aria-labelledby": `${id}-title`, "aria-describedby": `${id}-summary`,
      onkeydown: (event) => this.onKey(event),
      onpointermove: (event) => this.choose(this.nearest(event)),
      onpointerdown: (event) => this.choose(this.nearest(event)),
      onpointerleave: (event) => event.pointerType === "mouse" && this.choose(-1),
      onblur: () => this.choose(-1),
    });
    this.point = element("div", { class: "point", id: `${id}-point`, "aria-live": "polite" });
    this.root = element("section", { class: "card", id, "aria-labelledby": `${id}-title` },
      this.title, this.summary, this.plot, this.point, this.furnish());
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  // Downloads, link, table and command: made once, so that a new answer closes and moves nothing.
  furnish() {
    const button = (text, onclick) => element("button", { type: "button", onclick }, text);
    this.pictures = [button("PNG", () => savePng(this.picture(), `${this.name}.png`)),
      button("SVG", () => saveSvg(this.picture(), `${this.name}.svg`))];
    this.csv = element("a", {}, "CSV");
    this.toView = element("a", {}, "Link to this view");
    this.rows = element("div");
    this.command = element("code", { tabindex: "0" });
    return element("div", { class: "more" },
      element("div", { class: "tools" }, this.pictures, this.csv, this.toView),
      element("details", {}, element("summary", {}, "Table"), this.rows),
      element("details", { class: "command" }, element("summary", {}, "curl"), this.command,
        button("Copy", () => navigator.clipboard?.writeText(this.command.textContent))));
  }

  // What is shown. `spec`: title, summary, draw(width), table, path, parameters, name; draw is null where nothing is known.
  show(spec, view) {
    const chosen = this.drawn?.points[this.chosen]?.label;
    const isSameView = this.view?.series === view.series && this.view?.asOf === view.asOf;
    this.spec = spec;
    this.view = view;
    this.chosen = -1;
    this.title.textContent = spec.title;
    this.summary.textContent = spec.summary;
    this.width = 0;
    this.draw();
    this.tell();
    const again = isSameView ? (this.drawn?.points.findIndex((point) => point.label === chosen) ?? -1) : -1;
    if (again >= 0) this.choose(again);
    else this.hint();
  }

  // Nothing came for this one: what was there of the same view stays, of another it goes.
  away(view) {
    if (this.spec && this.view.series === view.series && this.view.asOf === view.asOf) return;
    this.show({ title: this.spec?.title ?? "", summary: "The service does not answer with this now.", draw: null,
      path: this.spec?.path ?? "v1/exports", table: { columns: [], rows: [] } }, view);
  }

  hint() {
    this.point.replaceChildren(...(this.spec.draw
      ? [element("p", { class: "hint" }, "Point at the chart, or walk through it by the arrow keys.")] : []));
  }

  draw() {
    if (!this.spec) return;
    this.plot.hidden = !this.spec.draw; // before its width is asked for, or it would have none
    const width = Math.floor(this.plot.clientWidth);
    if (this.spec.draw && (width === 0 || width === this.width)) return;
    this.width = width;
    this.drawn = this.spec.draw ? this.spec.draw(width) : null;
    this.drawn?.plot.setAttribute("aria-hidden", "true");
    this.plot.replaceChildren(...(this.drawn ? [this.drawn.plot] : []));
    this.mark();
  }

  nearest(event) {
    if (!this.drawn) return -1;
    const x = event.clientX - this.drawn.plot.getBoundingClientRect().left;
    const y = event.clientY - this.drawn.plot.getBoundingClientRect().top;
    let best = -1;
    let least = Infinity;
    this.drawn.points.forEach((point, i) => {
      const distance = this.drawn.vertical ? Math.abs(point.y - y) : Math.abs(point.x - x);
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  }

  onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return; // the browser's own
    const last = this.drawn ? this.drawn.points.length - 1 : -1;
    if (last < 0) return;
    const from = this.chosen < 0 ? last + 1 : this.chosen;
    const to = { ArrowLeft: from - 1, ArrowUp: from - 1, ArrowRight: from + 1, ArrowDown: from + 1,
      PageUp: from - 12, PageDown: from + 12, Home: 0, End: last, Escape: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(event.key === "Escape" ? -1 : Math.min(Math.max(to, 0), last));
  }

  choose(place) {
    if (place === this.chosen) return;
    this.chosen = place;
    this.mark();
    clearTimeout(this.later);
    const point = this.drawn?.points[place];
    if (!point) return; // what was said stays readable, and its links within reach
    const sources = element("div", { class: "sources" });
    this.point.replaceChildren(element("p", {}, element("strong", {}, point.label), ` ${point.text}`), sources);
    if (point.sources) sources.append(this.cited(point.sources));
    if (point.period) this.later = setTimeout(() => this.showReports(point.period, sources), SOURCES_AFTER);
  }

  cited(ids) {
    return element("p", {}, "Source: ", ids.flatMap((id, i) => [i ? ", " : "", sourceLink(id)]));
  }

  // Who said what about the period.
  async showReports(period, to) {
    const where = address(`v1/exports/${period.replace("/", "--")}`,
      { series: this.view.series, as_of: this.view.asOf });
    try {
      const { reports, terms } = await get(where);
      const said = reports?.length ? reports : (terms ?? []);
      to.replaceChildren(element("ul", {}, said.map((report) => element("li", {}, sourceLink(report.source),
        ` ${words.day(report.published)}: ${words.number(report.value)}`,
        report.period && report.period !== period ? ` for ${words.period(report.period)}` : "",
        report.stance && report.stance !== "supports" ? ` (${words.plain(report.stance)})` : ""))));
    } catch { /* the value is said; who said it is to be had once the service answers */ }
  }

  // A line through the chosen point.
  mark() {
    this.drawn?.plot.querySelectorAll(".cursor").forEach((node) => node.remove());
    const point = this.drawn?.points[this.chosen];
    if (!point) return;
    const line = document.createElementNS(SVG, "path");
    const { width, height } = this.drawn.plot.viewBox.baseVal;
    line.setAttribute("class", "cursor");
    line.setAttribute("d", this.drawn.vertical ? `M0 ${point.y}H${width}` : `M${point.x} 0V${height}`);
    this.drawn.plot.append(line);
  }

  get name() {
    const { series, shownAsOf } = this.view;
    return `${series}-${this.id}${shownAsOf ? `-${shownAsOf}` : ""}`;
  }

  picture() {
    const { title, shownAsOf } = this.view;
    return svgOf(this.drawn.plot, {
      title: `${title}: ${this.spec.title}`, subtitle: this.spec.summary,
      foot: `As of ${shownAsOf || "now"} · ${location.host}${location.pathname}` });
  }

  // Where the tools lead to, and what the table says.
  tell() {
    const { spec, view } = this;
    const parameters = { series: view.series, as_of: view.asOf, ...spec.parameters };
    const page = location.pathname.split("/").at(-1);
    for (const picture of this.pictures) picture.hidden = !spec.draw;
    this.csv.href = absolute(address(`${spec.path}.csv`, parameters));
    this.csv.download = `${this.name}.csv`;
    this.toView.href = absolute(page + hash({ ...view, asOf: view.shownAsOf, chart: this.id }));
    this.rows.replaceChildren(table(spec.title, spec.table.columns, spec.table.rows));
    this.command.textContent = `curl '${absolute(address(spec.path, parameters))}'`;
  }
}
