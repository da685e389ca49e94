// What is told in words and tables: the headline, the latest claims, the newest revisions.
import { element, table } from "./page.js";
import { absolute, address, sourceLink } from "./service.js";
import * as words from "./words.js";

function tile(name, value, note, tone) {
  return element("div", { class: `tile ${tone ?? ""}` }, element("dt", {}, name),
    element("dd", {}, element("strong", {}, value), note ? element("span", {}, note) : null));
}

const tone = (percent) => (percent > 0 ? "up" : percent < 0 ? "down" : "");
const rate = (name, growth) => tile(name, words.percent(growth?.percent),
  growth?.percent == null ? words.missing(growth?.missing_reason) : `after ${words.number(growth.base)}`, tone(growth?.percent));

export function headline(latest) {
  const { series } = latest;
  if (latest.value === null)
    return [element("h1", {}, series.title), element("p", {}, "Nothing is known as of this date.")];
  const record = latest.record
    ? tile("Record", "Yes", latest.previous_record ? `before: ${words.number(latest.previous_record.value)} in ${words.period(latest.previous_record.period)}` : null, "up")
    : tile("Rank", String(latest.rank), `record: ${words.number(latest.previous_record?.value)} in ${words.period(latest.previous_record?.period)}`);
  return [
    element("h1", {}, series.title),
    element("p", { class: "value" }, element("strong", {}, words.number(latest.value)), ` ${series.unit} in ${words.period(latest.period)}`,
      latest.disputed ? element("span", { class: "badge doubt" }, "disputed") : null,
      latest.status === "derived" ? element("span", { class: "badge" }, "derived") : null),
    element("p", { class: "sources" }, "Source: ", latest.sources.flatMap((id, i) => [i ? ", " : "", sourceLink(id)])),
    element("dl", { class: "tiles" },
      rate("On the month before", latest.mom), rate("On the year before", latest.yoy),
      rate("Fiscal year to date", latest.fiscal_year_to_date), record,
      tile("Growing for", `${latest.yoy_streak_months} months`, "in a row above the year before"),
      tile("Twelve months", words.number(latest.trailing_12m.total), `${words.number(latest.trailing_12m.average)} a month`)),
  ];
}

function card(id, title, summary, path, parameters, body) {
  const command = `curl '${absolute(address(path, parameters))}'`;
  return element("section", { class: "card", id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title), element("p", { class: "summary" }, summary), body,
    element("div", { class: "tools" },
      element("a", { href: absolute(address(`${path}.csv`, parameters)), download: `${id}.csv` }, "CSV")),
    element("details", { class: "command" }, element("summary", {}, "curl"), element("code", { tabindex: "0" }, command)));
}

const verdictTone = {
  confirmed: "up", consistent: "up", truncated: "soft", superseded: "soft", mislabelled: "doubt",
  contradicted: "down", unverifiable: "",
};
const unitOf = (claim, value) => (claim.unit === "percent" ? `${words.number(value)} %` : words.number(value));

export function claims(answer, view) {
  const counts = Object.entries(answer.verdicts).filter(([, count]) => count).map(([verdict, count]) => `${words.number(count)} ${verdict}`);
  const rows = answer.claims.map((claim) => [
    words.day(claim.published), sourceLink(claim.source),
    `${words.metric(claim.metric)}, ${words.period(claim.period)}`,
    claim.value === null ? "–" : unitOf(claim, claim.value),
    claim.computed == null ? "–" : unitOf(claim, claim.computed),
    element("span", { class: `badge ${verdictTone[claim.verdict] ?? ""}` }, claim.verdict),
  ]);
  return card("claims", "Latest claims, and whether they hold",
    answer.total ? `${words.number(answer.total)} claims in all: ${counts.join(", ")}.` : "Nobody has claimed anything yet.",
    "v1/claims", { series: view.series, as_of: view.asOf, order: "desc", limit: "12" },
    table("Latest claims", ["Published", "Source", "Claim", "Claimed", "Computed", "Verdict"], rows));
}

export function revisions(answer, view) {
  const value = (known, amount) => (known === "missing" ? "missing" : words.number(amount));
  const rows = answer.revisions.map((one) => [
    words.day(one.revised_on), words.period(one.period), value(one.from_status, one.from),
    value(one.to_status, one.to), words.percent(one.percent), one.reason ?? "",
  ]);
  return card("revisions", "Newest revisions",
    answer.total ? `${words.number(answer.total)} changes by more than rounding.` : "Nothing has been revised yet.",
    "v1/exports/revisions", { series: view.series, as_of: view.asOf, order: "desc", limit: "10" },
    table("Newest revisions", ["Revised", "Month", "From", "To", "Change", "Why"], rows));
}
