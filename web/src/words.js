// Numbers, dates and periods in the reader's own manner.
const locale = navigator.languages?.length ? navigator.languages : undefined;
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const rounded = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const percents = new Intl.NumberFormat(locale, {
  style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero",
});
const months = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });
const monthNames = new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" });
const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const times = new Intl.DateTimeFormat(locale, { timeStyle: "short" });

export const number = (value) => (value === null || value === undefined ? "–" : numbers.format(value));
export const whole = (value) => (value === null || value === undefined ? "–" : rounded.format(value));
// On an axis: what would not fit beside it is told in thousands or millions.
export const tick = (value) => (Math.abs(value) >= 100_000 ? short : numbers).format(value);
export const year = (date) => String(date.getUTCFullYear());
export const percent = (value) => (value === null || value === undefined ? "–" : percents.format(value / 100));
export const time = (date) => times.format(date);

export function day(text) {
  if (!text) return "–";
  return text.length === 7 ? months.format(dateOf(text)) : days.format(new Date(`${text}T00:00:00Z`));
}

// The first day of a month.
export function dateOf(period) {
  const [year, month] = period.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, 1));
}

const iso = (date) => date.toISOString().slice(0, 10);
export const lastDayOf = (month) => iso(new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)));
export const monthAfter = (month) => iso(new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 1))).slice(0, 7);
export const monthOf = (date) => iso(date).slice(0, 7);

export const monthName = (month) => monthNames.format(new Date(Date.UTC(2024, month, 1)));

// "Dec 2025", "Jul 2025 – Dec 2025", and anything else as it is.
export function period(text) {
  if (!text) return "–";
  const ends = text.split(/\/|--/);
  return ends.every((end) => /^\d{4}-\d{2}$/.test(end))
    ? ends.map((end) => months.format(dateOf(end))).join(" – ")
    : text;
}

const reasons = {
  not_reported: "nobody has reported it",
  incomplete_period: "a month of it is missing",
  no_base: "there is nothing to compare it with",
  zero_base: "what it would be compared with is zero",
  negative_base: "what it would be compared with is negative",
  insufficient_history: "too little is known yet",
};
export const missing = (reason) => reasons[reason] ?? (reason ?? "").replaceAll("_", " ");
export const plain = (word) => (word ?? "").replaceAll("_", " ");

// What a claim is about, in words.
const metrics = {
  yoy_pct: "growth on the year before", mom_pct: "growth on the month before",
  fytd_level: "fiscal year to date", fytd_yoy_pct: "growth of the fiscal year to date",
  record_high: "a record", previous_record: "the record before", threshold_first_crossed: "a threshold first crossed",
  growth_streak_months: "months of growth in a row", trailing_12m_average: "average of twelve months",
  share_of_total_exports_pct: "share of all exports", fy_projection_low: "projection, low end",
  fy_projection_high: "projection, high end", fy_target: "target",
};
export const method = (name) => (name === "bes" ? "models (bes)" : plain(name));
export const metric = (name) => metrics[name] ?? plain(name);
