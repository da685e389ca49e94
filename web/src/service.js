// Asking the service: every answer is kept with its ETag, and asked for again by it.
import { element } from "./page.js";

const kept = new Map(); // address -> {etag, data}

export class ServiceError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
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

export async function get(where, signal) {
  const known = kept.get(where);
  const headers = { Accept: "application/json" };
  if (known) headers["If-None-Match"] = known.etag;
  let answer;
  try {
    answer = await fetch(absolute(where), { headers, signal, cache: "no-store", credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError("The service does not answer", 0);
  }
  if (answer.status === 304 && known) return known.data;
  const data = await answer.json().catch(() => null);
  if (!answer.ok || data === null)
    throw new ServiceError(data?.detail ?? `The service answers with ${answer.status}`, answer.status);
  kept.set(where, { etag: answer.headers.get("ETag"), data });
  return data;
}

// The publications, by their ids: asked for once somebody wants to see one.
let sources = null;
export async function source(id) {
  sources ??= everySource().catch((error) => {
    sources = null;
    throw error;
  });
  return (await sources).get(id);
}

async function everySource() {
  const found = new Map();
  let after = null;
  do {
    const page = await get(address("v1/sources", { limit: "10000", after }));
    for (const one of page.sources) found.set(one.id, one);
    after = page.next ? page.sources.at(-1).id : null;
  } while (after);
  return found;
}

// A link to a publication, which gets its title and address as soon as they are there.
export function sourceLink(id) {
  const shown = element("a", { href: address(`v1/sources/${encodeURIComponent(id)}`) }, id);
  source(id).then((one) => {
    if (!one) return;
    shown.textContent = one.publisher;
    shown.title = one.title ?? "";
    if (/^https?:\/\//i.test(one.url ?? "")) {
      shown.href = one.url;
      shown.rel = "noopener noreferrer external";
    }
  }).catch(() => {});
  return shown;
}
