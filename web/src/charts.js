// The charts over time: what each draws, says and lists, from the answers of the service.
import { areaY, axisX, axisY, dot, gridY, line, plot, rect, rectY, ruleY, text } from "@observablehq/plot";
import * as words from "./words.js";

export const HEIGHT = 260;
const MONTH = 31 * 24 * 3600 * 1000;

// What all charts have in common.
export const frame = (width, options) => plot({
  width, height: HEIGHT, marginLeft: 52, marginRight: 16, marginTop: 16, marginBottom: 28,
  style: { fontSize: "12px", background: "none", overflow: "visible" }, ...options,
});

export const valueAxis = (format) => [
  gridY({ stroke: "var(--grid)", strokeOpacity: 1 }),
  axisY({ tickFormat: format, tickSize: 0, fill: "var(--muted)", label: null, ticks: 5 }),
];
const timeAxis = (options = {}) => axisX({ fill: "var(--muted)", stroke: "var(--muted)", label: null, ...options });

// Years where there are many months, months where there are few: each once, and no more than find room.
export function monthAxis(rows, width) {
  const isLong = rows.length > 30;
  const room = Math.max(2, Math.floor(width / (isLong ? 70 : 110)));
  const days = isLong ? rows.filter((row) => row.period.endsWith("-01")).map((row) => row.date) : rows.map((row) => row.date);
  const step = Math.ceil(days.length / room) || 1;
  const ticks = days.filter((_, i) => (days.length - 1 - i) % step === 0);
  return timeAxis({ ticks, tickFormat: isLong ? words.year : (date) => words.period(words.monthOf(date)) });
}

// Months one after the other: where some are missing between two, a row without a value breaks the line.
export function unbroken(rows) {
  return rows.flatMap((row, i) => (i > 0 && row.date - rows[i - 1].date > 1.5 * MONTH
    ? [{ date: new Date(+rows[i - 1].date + MONTH), value: NaN, intervals: null }, row] : [row]));
}

// Runs of months without a value, as bands.
function bands(rows) {
  const found = [];
  for (const row of rows) {
    if (row.value !== null) continue;
    const at = +row.date;
    const last = found.at(-1);
    if (last && at - last.to < 1.5 * MONTH) last.to = at;
    else found.push({ from: at, to: at });
  }
  return found.map(({ from, to }) => ({ x1: new Date(from - MONTH / 2), x2: new Date(to + MONTH / 2) }));
}

const withDates = (rows) => rows.map((row) => ({ ...row, date: words.dateOf(row.period) }));
const pixels = (made, rows, pointOf) => {
  const x = made.scale("x");
  return rows.map((row) => ({ x: x.apply(row.date), ...pointOf(row) }));
};

function statusText(row) {
  if (row.value === null) return `missing: ${words.missing(row.missing_reason)}`;
  const states = [row.status, row.disputed ? "disputed" : null].filter(Boolean).join(", ");
  return `${words.number(row.value)} (${states}; ${row.publishers} publisher${row.publishers === 1 ? "" : "s"})`;
}

export function monthly({ series, observations }) {
  const rows = withDates(observations);
  const known = rows.filter((row) => row.value !== null);
  const disputed = known.filter((row) => row.disputed);
  const derived = known.filter((row) => row.status === "derived" && !row.disputed);
  const lonely = known.filter((row) => ![-1, 1].some((step) => rows[rows.indexOf(row) + step]?.value != null));
  const count = (list, word) => (list.length ? `${list.length} ${word}` : null);
  const kinds = [count(disputed, "disputed (diamond)"), count(derived, "derived (ring)"),
    count(rows.filter((row) => row.value === null), "missing (band)")].filter(Boolean);
  return {
    title: "Month by month",
    summary: known.length
      ? `${series.unit}, ${words.period(known[0].period)} to ${words.period(known.at(-1).period)}: ${known.length} months known${kinds.length ? `; ${kinds.join(", ")}` : ""}.`
      : "Nothing is known yet.",
    path: "v1/exports",
    table: {
      columns: ["Month", series.unit, "Status", "Disputed", "Publishers", "Released"],
      rows: rows.map((row) => [words.period(row.period), words.number(row.value), row.status,
        row.disputed ? "yes" : "", String(row.publishers), words.day(row.released_on)]),
    },
    draw: known.length ? (width) => {
      const made = frame(width, {
        x: { type: "utc" }, y: { zero: true, nice: true },
        marks: [
          rect(bands(rows), { x1: "x1", x2: "x2", fill: "var(--band)", stroke: "var(--gap)", strokeWidth: 1 }),
          ...valueAxis(words.tick), monthAxis(rows, width),
          ruleY([0], { stroke: "var(--muted)" }),
          line(rows, { x: "date", y: (row) => row.value ?? NaN, stroke: "var(--line)", strokeWidth: 2 }),
          dot(lonely, { x: "date", y: "value", r: 2.5, fill: "var(--line)" }),
          dot(derived, { x: "date", y: "value", r: 4, fill: "var(--ground)", stroke: "var(--line)", strokeWidth: 1.5 }),
          dot(disputed, { x: "date", y: "value", r: 5, symbol: "diamond", fill: "var(--ground)", stroke: "var(--doubt)", strokeWidth: 1.5 }),
        ],
      });
      return { plot: made, points: pixels(made, rows, (row) => ({
        label: words.period(row.period), text: statusText(row), period: row.period })) };
    } : null,
  };
}

export function growth({ growth: all }) {
  const rows = withDates(all);
  const known = rows.filter((row) => row.percent !== null);
  const newest = known.at(-1);
  return {
    title: "Growth on the year before",
    summary: newest ? `${words.percent(newest.percent)} in ${words.period(newest.period)}.` : "Not to be told yet.",
    path: "v1/exports/growth",
    table: {
      columns: ["Month", "Value", "A year before", "Growth"],
      rows: rows.map((row) => [words.period(row.period), words.number(row.value), words.number(row.base),
        row.percent === null ? words.missing(row.missing_reason) : words.percent(row.percent)]),
    },
    draw: known.length ? (width) => {
      const made = frame(width, {
        x: { type: "utc" }, y: { nice: true },
        marks: [
          ...valueAxis((value) => `${words.whole(value)} %`), monthAxis(rows, width),
          rectY(known, { x: "date", y: "percent", interval: "month", insetLeft: 0.5, insetRight: 0.5,
            fill: (row) => (row.percent < 0 ? "var(--down)" : "var(--line)") }),
          ruleY([0], { stroke: "var(--muted)" }),
        ],
      });
      const half = (made.scale("x").apply(new Date(MONTH)) - made.scale("x").apply(new Date(0))) / 2;
      const points = pixels(made, rows, (row) => ({
        label: words.period(row.period), period: row.period,
        text: row.percent === null ? `unknown: ${words.missing(row.missing_reason)}`
          : `${words.percent(row.percent)}: ${words.number(row.value)} after ${words.number(row.base)}` }));
      return { plot: made, points: points.map((point) => ({ ...point, x: point.x + half })) };
    } : null,
  };
}

// "FY2026" of a month, where the fiscal year starts in a month.
function fiscalYear(period, start) {
  const [year, month] = period.split("-").map(Number);
  return { name: `FY${start > 1 && month >= start ? year + 1 : year}`, place: (month - start + 12) % 12 };
}

// Running totals, up to the first month that nobody knows.
function running(observations, start) {
  const years = new Map();
  for (const row of observations) {
    const { name, place } = fiscalYear(row.period, start);
    if (!years.has(name)) years.set(name, []);
    years.get(name)[place] = row;
  }
  return [...years].map(([name, months]) => {
    let total = 0;
    const sums = [];
    for (let place = 0; place < 12 && months[place]?.value != null; place++) {
      total = Math.round((total + months[place].value) * 1e6) / 1e6;
      sums.push({ name, place, total, period: months[place].period });
    }
    return { name, sums };
  }).filter((year) => year.sums.length);
}

const YEARS_SHOWN = 6;
const LABEL = 13; // pixels from one label to the next

// The ends of the lines, with labels moved apart where they would cover one another; `y` places a total.
function labelled(years, y) {
  const ends = years.map((year) => year.sums.at(-1)).sort((a, b) => a.total - b.total);
  const below = new Map(); // where the label stands that is under it, for each month that lines end in
  return ends.map((end) => {
    const own = y.apply(end.total);
    const at = Math.min(own, (below.get(end.place) ?? Infinity) - LABEL);
    below.set(end.place, at);
    return { ...end, dy: at - own };
  });
}

// `toDate`: the growth of fiscal years to date, as the service has it.
export function fiscalYears({ series, observations }, { growth: toDate }) {
  const years = running(observations, series.fiscal_year_start).slice(-YEARS_SHOWN);
  const months = Array.from({ length: 12 }, (_, place) => words.monthName((series.fiscal_year_start - 1 + place) % 12));
  const newest = years.at(-1);
  const now = newest?.sums.at(-1);
  const grown = toDate.findLast((row) => row.period.endsWith(now?.period) && row.percent !== null);
  const all = years.flatMap((year) => year.sums);
  const told = (place) => years.filter((year) => year.sums[place])
    .map((year) => `${year.name} ${words.number(year.sums[place].total)}`).reverse().join(", ");
  return {
    title: "Fiscal years against each other",
    summary: now
      ? `Running totals, ${series.unit}: ${newest.name} has ${words.number(now.total)} after ${now.place + 1} months${grown ? `, ${words.percent(grown.percent)} on the same months a year before` : ""}.`
      : "Nothing is known yet.",
    path: "v1/exports/growth",
    parameters: { basis: "fytd", from: years[0]?.name },
    table: {
      columns: ["Up to", ...years.map((year) => year.name)],
      rows: months.map((name, place) => [name, ...years.map((year) => words.number(year.sums[place]?.total))]),
    },
    draw: now ? (width) => {
      const options = { marginRight: 52,
        x: { domain: months.map((_, place) => place), type: "point" }, y: { zero: true, nice: true } };
      const marks = [
        ...valueAxis(words.tick),
        timeAxis({ tickFormat: (place) => (width > 420 || place % 2 === 0 ? months[place] : "") }),
        ruleY([0], { stroke: "var(--muted)" }),
        ...years.map((year, i) => line(year.sums, { x: "place", y: "total",
          stroke: i === years.length - 1 ? "var(--line)" : "var(--muted)",
          strokeWidth: i === years.length - 1 ? 3 : 1.5,
          strokeDasharray: [null, "7 3", "2 3", "9 3 2 3", "4 2"][years.length - 1 - i] })),
        dot([now], { x: "place", y: "total", r: 4, fill: "var(--line)" }),
      ];
      const y = frame(width, { ...options, marks }).scale("y");
      const made = frame(width, { ...options, marks: [...marks,
        labelled(years, y).map((row) => text([row], {
          x: "place", y: "total", text: "name", dx: 6, dy: row.dy, textAnchor: "start",
          fill: row.name === newest.name ? "var(--line)" : "var(--muted)",
          fontWeight: row.name === newest.name ? 700 : 400 }))] });
      const places = months.map((_, place) => place).filter((place) => all.some((row) => row.place === place));
      return { plot: made, points: places.map((place) => ({
        x: made.scale("x").apply(place), label: `Up to ${months[place]}:`, text: told(place),
        period: newest.sums[place]?.period })) };
    } : null,
  };
}

// The beginnings of years from the first record to the last, as many as find room.
function years(rows, width) {
  const [first, last] = [rows[0].date.getUTCFullYear(), rows.at(-1).date.getUTCFullYear()];
  const step = Math.ceil((last - first + 1) / Math.max(2, Math.floor(width / 70)));
  const all = [];
  for (let year = last; year >= first; year -= step) all.push(new Date(Date.UTC(year, 0, 1)));
  return all;
}

export function records({ series, ledger, current }) {
  const rows = ledger.map((row) => ({ ...row, date: words.dateOf(row.period) }));
  return {
    title: "Records",
    summary: current
      ? `${words.number(current.value)} ${series.unit} in ${words.period(current.period)}, the highest of all known months; ${rows.length} records so far.`
      : "Nothing is known yet.",
    path: "v1/exports/records",
    table: {
      columns: ["Month", series.unit, "Above the one before", "Set on", "Stood for months"],
      rows: rows.map((row) => [words.period(row.period), words.number(row.value),
        row.margin === null ? "the first" : row.margin_percent === null ? words.number(row.margin) : words.percent(row.margin_percent), words.day(row.set_on),
        String(row.stood_months)]).reverse(),
    },
    draw: rows.length ? (width) => {
      const made = frame(width, {
        x: { type: "utc" }, y: { zero: true, nice: true },
        marks: [
          ...valueAxis(words.tick), timeAxis({ ticks: years(rows, width), tickFormat: words.year }),
          areaY(rows, { x: "date", y: "value", curve: "step-after", fill: "var(--line)", fillOpacity: 0.12 }),
          line(rows, { x: "date", y: "value", curve: "step-after", stroke: "var(--line)", strokeWidth: 2 }),
          dot(rows, { x: "date", y: "value", r: 3, fill: "var(--line)" }),
        ],
      });
      return { plot: made, points: pixels(made, rows, (row) => ({
        label: words.period(row.period), period: row.period,
        text: `${words.number(row.value)}${row.margin === null ? "" : `, ${words.number(row.margin)} above the one before`}; stood for ${row.stood_months} months` })) };
    } : null,
  };
}
