// The running fiscal year: months to come as a fan, and its total beside what others expect and aim at.
import { areaY, axisX, axisY, barX, dot, gridX, line, ruleX, ruleY, text } from "@observablehq/plot";
import { frame, monthAxis, unbroken, valueAxis } from "./charts.js";
import * as words from "./words.js";

const range = (low, high) => `${words.whole(low)} to ${words.whole(high)}`;
const sorted = (intervals) => [...intervals].sort((a, b) => b.level - a.level);

export function fan({ series, projection, fiscal_year: name, known }, { observations }) {
  const future = (projection?.months ?? []).map((row) => ({ ...row, date: words.dateOf(row.period) }));
  const past = known?.from ? observations.filter((row) => row.period >= known.from && row.value !== null)
    .map((row) => ({ ...row, date: words.dateOf(row.period) })) : [];
  const last = past.at(-1);
  // Months that are reported together have no intervals of their own.
  const spread = future.filter((row) => row.intervals.length > 0);
  const levels = sorted(spread[0]?.intervals ?? []).map(({ level }) => level);
  const start = last && future.length && last.date < future[0].date
    ? [{ date: last.date, value: last.value, intervals: levels.map((level) => ({ level, low: last.value, high: last.value })) }] : [];
  const at = (row, level) => row.intervals.find((one) => one.level === level);
  const band = (row, level) => (at(row, level) ? range(at(row, level).low, at(row, level).high) : "not told");
  const all = [...past, ...future].sort((a, b) => a.date - b.date);
  return {
    title: name ? `What ${name} may bring` : "Projection",
    summary: future.length
      ? `${series.unit} a month: ${known.months} months known, ${future.length} projected (${words.method(projection.method)})${levels.length ? `, with bands of ${levels.map((level) => `${level} %`).reverse().join(" and ")}` : ""}.`
      : "There is nothing to project.",
    path: "v1/exports/projections",
    table: {
      columns: ["Month", series.unit, ...levels.map((level) => `${level} %`)],
      rows: all.map((row) => [words.period(row.period), words.number(row.value),
        ...levels.map((level) => (row.intervals ? band(row, level) : "known"))]),
    },
    draw: future.length ? (width) => {
      const made = frame(width, {
        x: { type: "utc" }, y: { zero: true, nice: true },
        marks: [
          ...valueAxis(words.tick), monthAxis(all, width),
          ...levels.map((level) => areaY(unbroken(future[0] === spread[0] ? [...start, ...spread] : spread), { x: "date",
            y1: (row) => (row.intervals ? at(row, level).low : NaN),
            y2: (row) => (row.intervals ? at(row, level).high : NaN), fill: "var(--line)", fillOpacity: 0.16 })),
          ruleY([0], { stroke: "var(--muted)" }),
          line(unbroken([...start, ...future]), { x: "date", y: "value", stroke: "var(--line)", strokeWidth: 2, strokeDasharray: "5 4" }),
          dot(future, { x: "date", y: "value", r: 3.5, fill: "var(--ground)", stroke: "var(--line)" }),
          line(unbroken(past), { x: "date", y: "value", stroke: "var(--line)", strokeWidth: 2 }),
          dot(past, { x: "date", y: "value", r: 3, fill: "var(--line)" }),
        ],
      });
      return { plot: made, points: all.map((row) => ({
        x: made.scale("x").apply(row.date), label: words.period(row.period),
        period: row.intervals ? null : row.period,
        text: row.intervals
          ? [`${words.whole(row.value)} projected`, ...levels.map((level) => `${level} %: ${band(row, level)}`)].join("; ")
          : words.number(row.value) })) };
    } : null,
  };
}

function rowsOf({ projection, published, required, methods, known }) {
  const rows = [];
  if (known?.total != null) rows.push({ name: "Known so far", value: known.total, text: `${words.number(known.total)} in ${known.months} months` });
  for (const method of methods ?? []) {
    const intervals = sorted(method.intervals ?? []);
    const isChosen = method.id === projection?.method;
    rows.push({ name: `${words.method(method.id)}${isChosen ? " *" : ""}`, value: method.total, intervals,
      text: `${words.whole(method.total)}${intervals.map((one) => `; ${one.level} %: ${range(one.low, one.high)}`).join("")}` });
  }
  for (const one of published ?? []) {
    const ends = [one.low, one.high].filter((end) => end !== null);
    rows.push({ name: words.day(one.published), low: one.low, high: one.high, value: ends.length === 1 ? ends[0] : null,
      sources: [one.source], published: true,
      text: one.high === null ? `published: at least ${words.number(one.low)}`
        : one.low === null ? `published: up to ${words.number(one.high)}` : `published: ${words.number(one.low)} to ${words.number(one.high)}` });
  }
  if (required?.target != null)
    rows.push({ name: "Target", value: required.target, target: true, sources: required.target_source ? [required.target_source] : null,
      text: `${words.number(required.target)}${required.average != null ? `; wants ${words.number(required.average)} in each of the ${required.remaining_months} months left` : ""}` });
  return rows;
}

export function totals(answer) {
  const rows = rowsOf(answer).map((row, place) => ({ ...row, place }));
  const { series, projection, fiscal_year: name, required, methods } = answer;
  const bars = rows.flatMap((row) => (row.intervals ?? []).map((one) => ({ ...one, place: row.place })));
  const ranges = rows.filter((row) => row.published && row.low !== null && row.high !== null);
  const wide = rows.map((row) => row.name);
  return {
    title: name ? `The total of ${name}: projected, published, aimed at` : "Projections and targets",
    summary: projection?.total != null
      ? `${words.whole(projection.total)} ${series.unit} projected${required?.target != null ? `; the target is ${words.number(required.target)}` : ""}.${methods?.length > 1 ? " * the method that answers; the others are scenarios." : ""}`
      : "There is nothing to project.",
    path: "v1/exports/projections",
    table: { columns: ["Who or how", `Total, ${series.unit}`], rows: rows.map((row) => [row.name, row.text]) },
    draw: rows.some((row) => row.value != null || row.published) ? (width) => {
      const made = frame(width, {
        height: 44 + rows.length * 26, marginLeft: 110,
        x: { nice: true, zero: false }, y: { type: "band", domain: rows.map((row) => row.place), padding: 0.3 },
        marks: [
          gridX({ stroke: "var(--grid)", strokeOpacity: 1 }),
          axisX({ fill: "var(--muted)", label: null, tickFormat: words.tick, ticks: Math.max(2, Math.floor(width / 130)) }),
          axisY({ fill: "var(--ink)", label: null, tickSize: 0, tickFormat: (place) => wide[place] }),
          required?.target != null ? ruleX([required.target], { stroke: "var(--doubt)", strokeDasharray: "4 3" }) : null,
          barX(bars, { x1: "low", x2: "high", y: "place", fill: "var(--line)", fillOpacity: 0.22 }),
          barX(ranges, { x1: "low", x2: "high", y: "place", fill: "var(--muted)", fillOpacity: 0.55 }),
          dot(rows.filter((row) => row.value != null), { x: "value", y: "place", r: 4,
            symbol: (row) => (row.target ? "diamond" : row.published ? "triangle" : "circle"),
            fill: (row) => (row.target ? "var(--doubt)" : row.published ? "var(--muted)" : "var(--line)") }),
          text(rows.filter((row) => row.published && (row.low === null || row.high === null)), { x: "value", y: "place",
            text: (row) => (row.high === null ? "or more" : "at most"), dx: 8, textAnchor: "start", fill: "var(--muted)" }),
        ].filter(Boolean),
      });
      const y = made.scale("y");
      return { plot: made, vertical: true, points: rows.map((row) => ({
        y: y.apply(row.place) + y.bandwidth / 2, label: row.name, text: row.text, sources: row.sources })) };
    } : null,
  };
}
