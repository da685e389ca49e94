// Asking the service: answers are kept with their ETags, and asked for again by them.
import { element } from "./page.js";

const KEPT = 60; // answers: those of some views
const PATIENCE = 15_000; // milliseconds

const kept = new Map(); // address -> {etag, data}, those used last at the end

export class ServiceError extends Error {
  // `after`: seconds that the service asks for; `status` 0: it did not answer.
  constructor(message, status, after = 0) {
    super(message);
    this.status = status;
    this.after = after;
  }

  // Whether asking again may help.
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

// Of the page, so that everything works below any path.
export const absolute = (address) => new URL(address, document.baseURI).href;

export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function keep(where, etag, data) {
  kept.delete(where);
  if (etag) kept.set(where, { etag, data });
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  return data;
}

// One that hangs is as good as away.
async function ask(where, headers, signal) {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, PATIENCE);
  signal?.addEventListener("abort", stop);
  try {
    signal?.throwIfAborted();
    const answer = await fetch(absolute(where), { headers, signal: limit.signal, cache: "no-store", credentials: "same-origin" });
    return { answer, data: answer.status === 304 ? null : await answer.json().catch(() => null) };
  } catch {
    signal?.throwIfAborted();
    throw new ServiceError("The service does not answer", 0);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

export async function get(where, signal) {
  const known = kept.get(where);
  const headers = { Accept: "application/json" };
  if (known) headers["If-None-Match"] = known.etag;
  const { answer, data } = await ask(where, headers, signal);
  if (answer.status === 304 && known) return keep(where, known.etag, known.data);
  if (!answer.ok || data === null)
    throw new ServiceError(data?.detail ?? `The service answers with ${answer.status}`, answer.status,
      Number(answer.headers.get("Retry-After")) || 0);
  return keep(where, answer.headers.get("ETag"), data);
}

// All rows of a list, page by page.
export async function everyRow(path, rows, signal) {
  const found = [];
  for (;;) {
    const page = await get(address(path, { limit: "1000", after: found.at(-1)?.id }), signal);
    found.push(...page[rows]);
    if (!page.next) return found;
  }
}

// A link to a publication, which gets its publisher and address as soon as they are there.
export function sourceLink(id) {
  const where = address(`v1/sources/${encodeURIComponent(id)}`, { limit: "1" });
  const shown = element("a", { href: where }, id);
  get(where).then((one) => {
    shown.textContent = one.publisher;
    shown.title = one.title ?? "";
    if (/^https?:\/\//i.test(one.url ?? "")) {
      shown.href = one.url;
      shown.rel = "noopener noreferrer external";
    }
  }).catch(() => {}); // the id is said already
  return shown;
}
