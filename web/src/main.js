// The dashboard: what is chosen, what the service says about it, and how the two stay together.
import { fiscalYears, growth, monthly, records } from "./charts.js";
import { Figure } from "./figure.js";
import { claims, headline, revisions } from "./lists.js";
import { fan, totals } from "./outlook.js";
import { element } from "./page.js";
import { ServiceError, address, everyRow, get } from "./service.js";
import * as state from "./state.js";
import * as words from "./words.js";

const POLL = 60_000; // milliseconds: as long as an answer may be kept
const RETRY = 2_000; // doubled at each failure, up to POLL
const SLIDING = 150;
const TYPING = 500;

const by = (id) => document.getElementById(id);
const picker = by("series");
const dateInput = by("as-of");
const slider = by("as-of-slider");
const content = by("content");

const figures = Object.fromEntries(["months", "growth", "years", "records", "fan", "totals"]
  .map((id) => [id, new Figure(id)]));
const top = element("section", { id: "headline", class: "card wide", "aria-label": "Headline" });
const lists = { claims: element("section"), revisions: element("section") };
let catalogue = [];
let shown = null; // what is on the page: the view, its answers, and when they came
let running = null;
let timer = null;
let failures = 0;
let steps = []; // the days that the slider stands for; the last one is now
let moving = null; // the slider or the date, from its first change to its last

// What each part of the page is made of.
const PARTS = {
  latest: ["v1/exports/latest"], exports: ["v1/exports"], rates: ["v1/exports/growth"],
  ledger: ["v1/exports/records"], toDate: ["v1/exports/growth", { basis: "fytd" }], expected: ["v1/exports/projections"],
  claimed: ["v1/claims", { order: "desc", limit: "12" }], revised: ["v1/exports/revisions", { order: "desc", limit: "10" }],
};

// A stock or a rate has no fiscal-year total to project.
function noTotal(problem) {
  if (problem.status !== 422) throw problem;
  return { projection: null, known: null, fiscal_year: null };
}

// Everything of a series as of a date, asked for at once. What one part lacks, the others do not.
async function ask({ series, asOf }, signal) {
  const names = Object.keys(PARTS);
  const settled = await Promise.allSettled(names.map((name) => {
    const [path, more] = PARTS[name];
    const asked = get(address(path, { series, as_of: asOf, ...more }), signal);
    return name === "expected" ? asked.catch(noTotal) : asked;
  }));
  signal.throwIfAborted();
  const problems = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const wrong = problems.find((problem) => !(problem instanceof ServiceError));
  if (wrong) throw wrong;
  const answers = Object.fromEntries(names.map((name, i) => [name, settled[i].value ?? null]));
  if (!answers.latest) throw problems[0];
  return { answers, problem: problems[0] ?? null };
}

const dayOf = (text) => (text?.length === 7 ? words.lastDayOf(text) : text ?? "");

function show(view, answers) {
  const { latest, exports, rates, ledger, toDate, expected, claimed, revised } = answers;
  const { series } = latest;
  // As of the newest day on which anything here was said, the page says the same for good.
  const knownOn = [latest.known_on, dayOf(claimed?.claims[0]?.published)].filter(Boolean).sort().at(-1) ?? "";
  const whole = { ...view, title: series.title, shownAsOf: view.asOf || knownOn };
  const outlook = { series, ...expected };
  const fill = (figure, make, ...needed) => (needed.every(Boolean) ? figure.show(make(), whole) : figure.away(whole));
  document.title = `${series.title} – exportstat`;
  top.replaceChildren(...headline(latest));
  fill(figures.months, () => monthly(exports), exports);
  fill(figures.growth, () => growth(rates), rates);
  fill(figures.years, () => fiscalYears(exports, toDate), exports, toDate);
  fill(figures.records, () => records(ledger), ledger);
  fill(figures.fan, () => fan(outlook, exports), expected, exports);
  fill(figures.totals, () => totals(outlook), expected);
  for (const [name, made] of [["claims", claimed && claims(claimed, view)], ["revisions", revised && revisions(revised, view)]]) {
    if (!made) continue;
    lists[name].replaceWith(made);
    lists[name] = made;
  }
  const since = whole.shownAsOf ? ` up to ${words.day(whole.shownAsOf)}` : "";
  by("origin").textContent = `${view.asOf ? `As of ${words.day(view.asOf)}` : `Everything${since}`}; generation ${latest.generation}.`;
}

function say(text, kind = "") {
  const place = by("state");
  if (place.textContent !== text) place.textContent = text; // or it would be read out again
  place.className = kind;
}

// Says what is wrong with what is on the page, or nothing.
function tell(problem, notes = []) {
  const freshness = shown?.answers.latest.freshness;
  const parts = [...notes];
  if (problem) {
    parts.unshift(/[.!?]$/.test(problem.message) ? problem.message : `${problem.message}.`);
    if (shown) {
      const asOf = shown.view.asOf ? ` as of ${words.day(shown.view.asOf)}` : "";
      parts.push(`What is shown is ${shown.answers.latest.series.title}${asOf}, from ${words.time(shown.at)}.`);
    }
    if (problem.passes) parts.push("Trying again.");
  } else if (freshness?.status === "late" && !shown.view.asOf) {
    parts.push(`The data is behind: ${words.period(freshness.next_period)} was to be expected on ${words.day(freshness.next_expected_on)}.`);
  }
  say(parts.join(" "), problem ? "away" : "");
}

// The next look: soon after a failure, later and later if they go on, never where asking again is of no use.
function wait(problem) {
  clearTimeout(timer);
  if (!problem) failures = 0;
  else if (!problem.passes) return;
  else failures += 1;
  const after = problem ? Math.min(RETRY * 2 ** (failures - 1), POLL) : POLL;
  timer = setTimeout(refresh, Math.max(after, (problem?.after ?? 0) * 1000));
}

async function refresh() {
  clearTimeout(timer);
  running?.abort();
  const own = running = new AbortController();
  content.setAttribute("aria-busy", "true");
  try {
    catalogue = await everyRow("v1/series", "series", own.signal);
    pick();
    if (!catalogue.length) {
      say("The store is empty: `exportstat import` fills it.");
      wait(null);
      return;
    }
    const { view, notes } = chosen();
    const { answers, problem } = await ask(view, own.signal);
    const isSame = shown && JSON.stringify(shown.view) === JSON.stringify(view) &&
      Object.keys(PARTS).every((name) => answers[name] === shown.answers[name]);
    shown = { view, answers, at: new Date() };
    if (!isSame) show(view, answers);
    tell(problem, notes);
    wait(problem);
  } catch (problem) {
    if (own.signal.aborted) return;
    if (!(problem instanceof ServiceError)) throw problem;
    tell(problem);
    wait(problem);
  } finally {
    if (own === running) content.setAttribute("aria-busy", "false");
  }
}

// The series to choose from, rebuilt only where they are others.
function pick() {
  const names = catalogue.map((one) => `${one.id}\n${one.title}`).join("\n");
  if (names === pick.last) return;
  pick.last = names;
  picker.replaceChildren(...catalogue.map((one) => element("option", { value: one.id }, one.title)));
}

// The view that the address asks for, with the default series where it names none that there is.
function chosen() {
  const asked = state.read();
  const notes = [];
  const series = catalogue.find((one) => one.id === asked.series) ??
    catalogue.find((one) => one.default) ?? catalogue[0];
  if (asked.series && series.id !== asked.series) notes.push(`There is no series '${asked.series}': this is ${series.title}.`);
  if (asked.wrongDay) notes.push(`'${asked.wrongDay}' is no day: this is what is known now.`);
  picker.value = series.id;
  steps = daysOf(series);
  if (moving !== dateInput) {
    dateInput.value = asked.asOf;
    dateInput.max = new Date().toISOString().slice(0, 10);
    dateInput.min = "1900-01-01";
  }
  if (moving !== slider) {
    slider.max = steps.length - 1;
    const at = asked.asOf ? steps.findIndex((day) => day >= asked.asOf) : -1;
    slider.value = at < 0 ? steps.length - 1 : at;
    slider.setAttribute("aria-valuetext", asked.asOf ? words.day(asked.asOf) : "now");
  }
  by("now").hidden = !asked.asOf;
  return { view: { series: series.id, asOf: asked.asOf }, notes };
}

// The ends of the months over which the series became known, and now.
function daysOf({ coverage, freshness }) {
  if (!coverage.from) return [""];
  const days = [];
  const end = freshness.last_released_on ?? `${coverage.to}-01`;
  for (let month = coverage.from; words.lastDayOf(month) <= end; month = words.monthAfter(month))
    days.push(words.lastDayOf(month));
  return [...days, ""];
}

function turnTo(view, onTheWay = false) {
  state.write({ ...state.read(), chart: "", ...view }, onTheWay);
  refresh();
}

// A drag or some typing is one step of the way back: its first change makes it, the others replace it.
function moveTo(control, asOf, after) {
  const isFirst = moving !== control;
  moving = control;
  clearTimeout(moveTo.later);
  if (isFirst) state.write({ ...state.read(), chart: "", asOf });
  moveTo.later = setTimeout(() => turnTo({ asOf }, true), after);
}

picker.addEventListener("change", () => turnTo({ series: picker.value }));
dateInput.addEventListener("input", () => {
  if (dateInput.validity.valid) moveTo(dateInput, dateInput.value, TYPING);
});
dateInput.addEventListener("blur", () => { moving = null; });
by("now").addEventListener("click", () => turnTo({ asOf: "" }));
by("controls").addEventListener("submit", (event) => event.preventDefault());
slider.addEventListener("input", () => {
  const asOf = steps[slider.value] ?? "";
  slider.setAttribute("aria-valuetext", asOf ? words.day(asOf) : "now");
  dateInput.value = asOf;
  moveTo(slider, asOf, SLIDING);
});
slider.addEventListener("change", () => { moving = null; });
addEventListener("popstate", async () => {
  moving = null;
  await refresh();
  by(state.read().chart)?.scrollIntoView();
});
addEventListener("online", refresh);
addEventListener("offline", () => tell(new ServiceError("This device is offline", 0)));
document.addEventListener("visibilitychange", () => document.hidden || refresh());

// A link to the text of the page itself must not be read as a view.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  content.focus();
});

content.replaceChildren(top, figures.months.root, figures.growth.root, figures.years.root,
  figures.fan.root, figures.totals.root, figures.records.root, lists.claims, lists.revisions);
await refresh();
performance.mark("drawn");
by(state.read().chart)?.scrollIntoView();
