// What is shown, as it stands behind the '#' of the address: a link that shows the same again.
const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

export function read() {
  const from = new URLSearchParams(location.hash.slice(1));
  const asOf = from.get("as_of") ?? "";
  return {
    series: from.get("series") ?? "",
    asOf: isDay(asOf) ? asOf : "",
    wrongDay: asOf && !isDay(asOf) ? asOf : "",
    chart: from.get("chart") ?? "",
  };
}

export function hash({ series, asOf, chart }) {
  const to = new URLSearchParams();
  if (series) to.set("series", series);
  if (asOf) to.set("as_of", asOf);
  if (chart) to.set("chart", chart);
  return `#${to}`;
}

// Turns to another view; the way back leads through the one before unless this is only on the way.
export function write(state, isOnTheWay = false) {
  const where = hash(state);
  if (where === location.hash || (where === "#" && !location.hash)) return;
  if (isOnTheWay) history.replaceState(null, "", where);
  else history.pushState(null, "", where);
}
