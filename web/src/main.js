// The dashboard: what is chosen, what the service says about it, and how the two stay together.
import { fiscalYears, growth, monthly, records } from "./charts.js";
import { Figure } from "./figure.js";
import { claims, headline, revisions } from "./lists.js";
import { fan, totals } from "./outlook.js";
import { element } from "./page.js";
import { address, get } from "./service.js";
import * as state from "./state.js";
import * as words from "./words.js";

const POLL = 60_000; // milliseconds: as long as an answer may be kept
const RETRY = 5_000;
const SLIDING = 150;

const by = (id) => document.getElementById(id);
const picker = by("series");
const dateInput = by("as-of");
const slider = by("as-of-slider");
const content = by("content");

const figures = Object.fromEntries(["months", "growth", "years", "records", "fan", "totals"]
  .map((id) => [id, new Figure(id)]));
const top = element("section", { id: "headline", class: "card wide", "aria-label": "Headline" });
const lists = [element("section"), element("section")];
let catalogue = [];
let shown = null; // the latest answer that is on the page
let answeredAt = null;
let running = null;
let timer = null;
let steps = []; // the days that the slider stands for; the last one is now

// A stock or a rate has no fiscal-year total to project.
function noTotal(problem) {
  if (problem.status !== 422) throw problem;
  return { projection: null, known: null, fiscal_year: null };
}

// Everything of a series as of a date, asked for at once.
function ask({ series, asOf }, signal) {
  const of = (path, more) => get(address(path, { series, as_of: asOf, ...more }), signal);
  return Promise.all([
    of("v1/exports/latest"), of("v1/exports"), of("v1/exports/growth"), of("v1/exports/records"),
    of("v1/exports/projections").catch(noTotal), of("v1/claims", { order: "desc", limit: "12" }),
    of("v1/exports/revisions", { order: "desc", limit: "10" }),
  ]);
}

function show(view, [latest, exports, rates, ledger, expected, claimed, revised]) {
  const outlook = { series: latest.series, ...expected };
  const whole = { ...view, title: latest.series.title, shownAsOf: view.asOf || newestDay(exports) };
  document.title = `${latest.series.title} – exportstat`;
  top.replaceChildren(...headline(latest));
  figures.months.show(monthly(exports), whole);
  figures.growth.show(growth(rates), whole);
  figures.years.show(fiscalYears(exports), whole);
  figures.records.show(records(ledger), whole);
  figures.fan.show(fan(outlook, exports), whole);
  figures.totals.show(totals(outlook), whole);
  [claims(claimed, view), revisions(revised, view)].forEach((made, i) => {
    lists[i].replaceWith(made);
    lists[i] = made;
  });
  shown = latest;
  by("origin").textContent = `${view.asOf ? `As of ${words.day(view.asOf)}` : `Everything up to ${words.day(whole.shownAsOf)}`}; generation ${latest.generation}.`;
}

const newestDay = ({ observations }) => observations.map((row) => row.released_on ?? "").sort().at(-1) ?? "";

// Says what is wrong with what is on the page, or nothing.
function tell(problem) {
  const freshness = shown?.freshness;
  const parts = [];
  if (problem) {
    parts.push(`${problem.message}.`);
    if (answeredAt) parts.push(`What is shown is from ${words.time(answeredAt)}; trying again.`);
  } else if (freshness && !state.read().asOf && ["late", "overdue", "stale"].includes(freshness.status)) {
    parts.push(`The data is behind: ${words.period(freshness.next_period)} was to be expected on ${words.day(freshness.next_expected_on)}.`);
  }
  by("state").textContent = parts.join(" ");
  by("state").className = problem ? "away" : parts.length ? "stale" : "";
}

async function refresh() {
  clearTimeout(timer);
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  content.setAttribute("aria-busy", "true");
  try {
    if (!catalogue.length) await loadCatalogue(signal);
    const view = chosen();
    const answers = await ask(view, signal);
    const isNew = answers.some((answer, i) => answer !== refresh.last?.[i]);
    if (isNew) show(view, answers);
    refresh.last = answers;
    answeredAt = new Date();
    tell(null);
    timer = setTimeout(refresh, POLL);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    tell(problem);
    timer = setTimeout(refresh, RETRY);
  }
  content.setAttribute("aria-busy", "false");
}

async function loadCatalogue(signal) {
  catalogue = (await get(address("v1/series", { limit: "1000" }), signal)).series;
  picker.replaceChildren(...catalogue.map((one) => element("option", { value: one.id }, one.title)));
}

// The view, with the default series where none is named.
function chosen() {
  const view = state.read();
  const series = catalogue.find((one) => one.id === view.series) ??
    catalogue.find((one) => one.default) ?? catalogue[0];
  picker.value = series.id;
  dateInput.value = view.asOf;
  steps = daysOf(series);
  slider.max = steps.length - 1;
  const at = view.asOf ? steps.findIndex((day) => day >= view.asOf) : -1;
  slider.value = at < 0 ? steps.length - 1 : at;
  slider.setAttribute("aria-valuetext", view.asOf ? words.day(view.asOf) : "now");
  by("now").hidden = !view.asOf;
  return { series: series.id, asOf: view.asOf };
}

// The ends of the months over which the series became known, and now.
function daysOf({ coverage, freshness }) {
  if (!coverage.from) return [""];
  const days = [];
  const end = freshness.last_released_on ?? `${coverage.to}-01`;
  for (let day = words.dateOf(coverage.from); day.toISOString().slice(0, 10) <= end;) {
    day = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1));
    days.push(new Date(day - 1).toISOString().slice(0, 10));
  }
  return [...days, ""];
}

function turnTo(view, isOnTheWay = false) {
  state.write({ ...state.read(), chart: "", ...view }, isOnTheWay);
  refresh();
}

picker.addEventListener("change", () => turnTo({ series: picker.value }));
dateInput.addEventListener("change", () => turnTo({ asOf: dateInput.value }));
by("now").addEventListener("click", () => turnTo({ asOf: "" }));
by("controls").addEventListener("submit", (event) => event.preventDefault());
slider.addEventListener("input", () => {
  const asOf = steps[slider.value] ?? "";
  slider.setAttribute("aria-valuetext", asOf ? words.day(asOf) : "now");
  dateInput.value = asOf;
  clearTimeout(slider.later);
  slider.later = setTimeout(() => turnTo({ asOf }, true), SLIDING);
});
addEventListener("hashchange", refresh);
addEventListener("popstate", refresh);
addEventListener("online", refresh);
document.addEventListener("visibilitychange", () => document.hidden || refresh());

// A link to the text of the page itself must not be read as a view.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  content.focus();
});

content.replaceChildren(top, figures.months.root, figures.growth.root, figures.years.root,
  figures.fan.root, figures.totals.root, figures.records.root, ...lists);
await refresh();
performance.mark("drawn");
by(state.read().chart)?.scrollIntoView();
