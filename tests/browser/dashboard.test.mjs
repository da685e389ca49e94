// The dashboard in a real browser: what it shows is what the service says, for everybody, everywhere.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { browser, endAll, open, picture, program, Proxy, Service, settled } from "./service.mjs";

const run = promisify(execFile);
const CHARTS = ["months", "growth", "years", "fan", "totals", "records"];
const WEIGHT_MAX = 150 * 1024;
let service;
let chromium;

before(async () => {
  service = await Service.start();
  chromium = await browser();
});
after(async () => {
  await chromium?.close();
  await endAll();
});

// A page of its own, which has to end without a fault.
function onPage(name, body, { address = "/", ...options } = {}) {
  test(name, async () => {
    const page = await open(chromium, service.address + address, options);
    try {
      await settled(page);
      await body(page);
      assert.deepEqual(page.faults, []);
      for (const where of page.asked) assert.match(where, new RegExp(`^(blob:)?${service.address}/|^data:`));
    } finally {
      await page.context().close();
    }
  });
}

const chart = (page, id) => page.locator(`#${id} .plot`);
const point = (page, id) => page.locator(`#${id} .point`);
const tableOf = (page, id) => page.locator(`#${id} details:first-of-type tbody tr`)
  .evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));

// Something that changes what is shown, and the wait until it is.
async function turn(page, change) {
  const headline = page.waitForResponse((answer) => answer.url().includes("/v1/exports/latest"));
  await change();
  await headline;
  await settled(page);
}

onPage("every chart is drawn from the data of the service", async (page) => {
  const { observations } = await service.json("/v1/exports");
  const { growth } = await service.json("/v1/exports/growth");
  const { ledger } = await service.json("/v1/exports/records");
  const known = observations.filter((row) => row.value !== null);
  for (const id of CHARTS) assert.equal(await chart(page, id).locator("svg").count(), 1, id);
  const months = await tableOf(page, "months");
  assert.deepEqual(months.map((row) => row[1]), observations.map((row) => row.value === null ? "–" : row.value.toLocaleString("en-GB")));
  assert.equal(await chart(page, "months").locator("g[aria-label=dot]").last().locator("path, circle").count(),
    known.filter((row) => row.disputed).length);
  assert.equal(await chart(page, "months").locator("g[aria-label=rect] rect").count() > 0, true);
  assert.equal(await chart(page, "growth").locator("g[aria-label=rect] rect").count(),
    growth.filter((row) => row.percent !== null).length);
  assert.equal(await chart(page, "records").locator("g[aria-label=dot] circle").count(), ledger.length);
  await page.evaluate(() => scrollTo(0, 0));
  await picture(page, "dashboard");
  await picture(page, "readme", false); // docs/dashboard.png
});

onPage("the headline says what /v1/exports/latest says", async (page) => {
  const latest = await service.json("/v1/exports/latest");
  const text = await page.locator("#headline").innerText();
  assert.ok(text.includes(latest.series.title) && text.includes(String(latest.value)));
  assert.ok(text.includes(`+${latest.yoy.percent.toFixed(1)}%`), text);
  assert.ok(text.includes(`${latest.yoy_streak_months} months`));
});

onPage("the mouse shows value, status and who said so", async (page) => {
  const box = await chart(page, "months").boundingBox();
  await page.mouse.move(box.x + box.width - 40, box.y + box.height / 2);
  await point(page, "months").locator("li a[href^='http']").first().waitFor();
  assert.match(await point(page, "months").innerText(), /202[56] .*\d+ \((reported|derived)/);
});

onPage("so does the keyboard, point by point", async (page) => {
  const { observations } = await service.json("/v1/exports");
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
    return point(page, "months").locator("p").first().innerText();
  };
  await chart(page, "months").focus();
  assert.match(await press("ArrowLeft"), /^Feb 2026 365 \(reported; 1 publisher\)/);
  assert.match(await press("ArrowLeft", "ArrowLeft", "ArrowLeft"), /^Nov 2025 356 \(reported, disputed; 3 publishers\)/);
  await point(page, "months").locator("li", { hasText: "rejected" }).first().waitFor();
  await picture(page, "disputed");
  assert.match(await press("Home"), /^Jun 2017/);
  assert.match(await press("ArrowRight"), /^Jul 2017 missing: nobody has reported it/);
  assert.match(await press("End"), /^Feb 2026/);
  assert.equal(await chart(page, "months").locator(".cursor").count(), 1);
  await press("Escape");
  assert.equal(await chart(page, "months").locator(".cursor").count(), 0);
  assert.equal(observations.length, (await tableOf(page, "months")).length);
  for (const id of CHARTS) {
    await chart(page, id).focus();
    await page.keyboard.press("End");
    assert.equal(await point(page, id).locator(".hint").count(), 0, id);
  }
});

onPage("another series is another view, with a way back", async (page) => {
  await turn(page, () => page.selectOption("#series", "pk-goods"));
  assert.equal(await page.locator("h1").innerText(), "Goods exports of Pakistan");
  assert.ok(page.url().endsWith("#series=pk-goods"));
  await turn(page, () => page.goBack());
  assert.equal(await page.locator("h1").innerText(), "IT exports of Pakistan");
});

onPage("every series can be looked at", async (page) => {
  for (const { id, title } of (await service.json("/v1/series")).series) {
    await turn(page, () => page.evaluate((to) => { location.hash = `series=${to}`; }, id));
    assert.equal(await page.locator("h1").innerText(), title);
    assert.deepEqual(page.faults, [], id);
  }
});

onPage("the slider moves everything through time", async (page) => {
  await turn(page, () => page.locator("#as-of").fill("2024-12-31"));
  assert.match(await page.locator("#headline").innerText(), /324 USD million in Nov 2024/);
  assert.match(await page.locator("#years .summary").innerText(), /FY2025/);
  await page.locator("#as-of-slider").focus();
  await turn(page, () => page.keyboard.press("ArrowRight"));
  assert.match(page.url(), /as_of=2025-01-31/);
  assert.match(await page.locator("#headline").innerText(), /348 USD million in Dec 2024/);
  await turn(page, () => page.click("#now"));
  assert.match(await page.locator("#headline").innerText(), /365 USD million/);
  await turn(page, () => page.locator("#as-of").fill("1990-01-01"));
  assert.match(await page.locator("#headline").innerText(), /Nothing is known/);
  await picture(page, "nothing");
  for (const id of CHARTS) assert.equal(await chart(page, id).locator("svg").count(), 0, id);
  await turn(page, () => page.click("#now"));
  for (const id of CHARTS) assert.equal(await chart(page, id).locator("svg").count(), 1, id);
});

onPage("the way back leads over one step for a drag, and for a date that is typed", async (page) => {
  await page.locator("#as-of-slider").focus();
  await turn(page, () => page.keyboard.press("ArrowLeft"));
  const before = page.url();
  await page.evaluate(() => {
    const slider = document.querySelector("#as-of-slider");
    for (let i = 0; i < 5; i++) {
      slider.value -= 1;
      slider.dispatchEvent(new Event("input"));
    }
    slider.dispatchEvent(new Event("change"));
  });
  await page.waitForFunction((url) => location.href !== url, before);
  await settled(page);
  assert.notEqual(page.url(), before);
  await turn(page, () => page.goBack());
  assert.equal(page.url(), before);
});

onPage("a date that is none asks for nothing", async (page) => {
  const asked = page.asked.length;
  await page.evaluate(() => {
    const date = document.querySelector("#as-of");
    for (const value of ["0002-01-01", "0020-01-01"]) {
      date.value = value;
      date.dispatchEvent(new Event("input"));
    }
  });
  await page.waitForTimeout(700);
  assert.equal(page.asked.length, asked);
  assert.equal(await page.locator("#state.away").count(), 0);
});

onPage("a link shows what was known, disputes and rulings too", async (page) => {
  const { known_on: knownOn } = await service.json("/v1/exports/latest");
  const link = await page.locator("#months .tools a", { hasText: "Link" }).getAttribute("href");
  const asOf = new URL(link).hash.match(/as_of=([0-9-]+)/)[1];
  assert.ok(asOf >= knownOn, `${asOf} < ${knownOn}`);
  const headline = await page.locator("#headline").innerText();
  const table = await tableOf(page, "months");
  const again = await open(chromium, link);
  await settled(again);
  assert.equal(await again.locator("#headline").innerText(), headline);
  assert.deepEqual(await tableOf(again, "months"), table);
  await again.context().close();
});

onPage("what an address asks for and is not there is told", async (page) => {
  assert.match(await page.locator("#state").innerText(), /no series 'nosuch': this is IT exports.*'2025-13-45' is no day/);
  assert.match(await page.locator("#headline").innerText(), /365 USD million/);
}, { address: "/#series=nosuch&as_of=2025-13-45" });

onPage("new answers leave what is open open, and the keyboard where it was", async (page) => {
  const table = page.locator("#months details").first();
  await table.locator("summary").click();
  await chart(page, "months").focus();
  await page.keyboard.press("End");
  const said = await point(page, "months").locator("p").first().innerText();
  await turn(page, () => page.evaluate(() => {
    location.hash = `as_of=${new Date().toISOString().slice(0, 10)}`;
  }));
  assert.equal(await table.evaluate((one) => one.open), true);
  assert.equal(await page.evaluate(() => document.activeElement.className), "plot");
  assert.notEqual(said, "");
});

test("an empty store is a state of its own", async () => {
  const own = await Service.start(undefined, undefined, ["--empty"]);
  const page = await open(chromium, own.address);
  await settled(page);
  assert.match(await page.locator("#state").innerText(), /The store is empty/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
  await own.end();
});

test("one part that is not to be had leaves the others there", async () => {
  const page = await open(chromium, "about:blank");
  await page.route("**/v1/exports/growth*", (route) => route.fulfill({ status: 503, json: { detail: "Busy" }, headers: { "Retry-After": "1" } }));
  await page.goto(service.address);
  await settled(page);
  assert.match(await page.locator("#state.away").innerText(), /Busy.*Trying again/);
  assert.match(await page.locator("#headline").innerText(), /365/);
  assert.match(await page.locator("#growth .summary").innerText(), /does not answer with this/);
  assert.equal(await chart(page, "months").locator("svg").count(), 1);
  await page.unroute("**/v1/exports/growth*");
  await chart(page, "growth").locator("svg").waitFor();
  await page.context().close();
});

test("a service that hangs is as good as away", async () => {
  const own = await Service.start();
  const page = await open(chromium, own.address);
  await settled(page);
  own.pause();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator("#state.away").waitFor({ timeout: 25_000 });
  assert.match(await page.locator("#state").innerText(), /does not answer/);
  own.resume();
  await page.locator("#state.away").waitFor({ state: "detached", timeout: 30_000 });
  await page.context().close();
  await own.end();
});

onPage("a link shows the same view again", async (page) => {
  await turn(page, () => page.selectOption("#series", "pk-services"));
  await turn(page, () => page.locator("#as-of").fill("2025-06-30"));
  const link = await page.locator("#growth .tools a", { hasText: "Link" }).getAttribute("href");
  const again = await open(chromium, link);
  await settled(again);
  for (const id of ["headline", "growth"])
    assert.equal(await again.locator(`#${id}`).innerText(), await page.locator(`#${id}`).innerText());
  await again.context().close();
});

// A page for each chart: a browser asks its user before one page saves its eleventh file.
for (const id of CHARTS) {
  onPage(`the chart of ${id} can be taken along, and its data`, async (page) => {
    const take = async (name) => {
      const [file] = await Promise.all([page.waitForEvent("download"), page.locator(`#${id} .tools`).getByText(name, { exact: true }).click()]);
      return { name: file.suggestedFilename(), data: await readFile(await file.path()) };
    };
    const png = await take("PNG");
    assert.equal(png.data.subarray(1, 4).toString(), "PNG");
    assert.ok(png.data.length > 5000 && png.name.endsWith(".png"));
    const svg = (await take("SVG")).data.toString();
    assert.ok(svg.startsWith("<svg ") && svg.includes("As of ") && !svg.includes("var("));
    const csv = await take("CSV");
    assert.match(csv.data.toString(), /^[a-z0-9_,]+\n/);
  });
}

onPage("a picture from a phone has all of its text", async (page) => {
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#months .tools").getByText("SVG", { exact: true }).click()]);
  const svg = (await readFile(await file.path())).toString();
  const bare = await open(chromium, "about:blank"); // whose policy lets it have styles
  const { width, texts } = await bare.evaluate((source) => {
    const place = document.createElement("div");
    place.append(new DOMParser().parseFromString(source, "image/svg+xml").documentElement);
    document.body.append(place);
    const whole = place.firstElementChild;
    const own = [...whole.children].filter((node) => node.localName === "text");
    const found = { width: whole.width.baseVal.value, texts: own.map((node) => [node.textContent, node.getBBox().x + node.getBBox().width]) };
    place.remove();
    return found;
  }, svg);
  assert.ok(texts.length > 4, String(texts.length));
  for (const [text, end] of texts) assert.ok(end <= width, `${text}: ${end} of ${width}`);
  await bare.context().close();
}, { viewport: { width: 320, height: 640 } });

onPage("the line for curl gives the data", async (page) => {
  for (const id of [...CHARTS, "claims", "revisions"]) {
    const line = await page.locator(`#${id} .command code`).textContent();
    const { stdout } = await run("bash", ["-c", `${line} -sSf`]);
    assert.ok("series" in JSON.parse(stdout) || "claims" in JSON.parse(stdout), id);
  }
});

onPage("it asks again by ETag, and shows what is new", async (page) => {
  const statuses = [];
  page.on("response", (answer) => answer.url().includes("/v1/sources") || statuses.push(answer.status()));
  await turn(page, () => page.evaluate(() => dispatchEvent(new Event("online"))));
  assert.ok(statuses.length >= 7 && statuses.every((status) => status === 304), statuses.join(" "));
  const own = await Service.start();
  const other = await open(chromium, own.address);
  await settled(other);
  const sources = path.join(own.home, "s.csv");
  const reports = path.join(own.home, "r.csv");
  await writeFile(sources, "source_id,publisher,title,url,published,date_basis,kind,authority\nnew-1,New,March,https://example.org/1,2026-04-20,page,press,2\n");
  await writeFile(reports, "series_id,period,value,precision,source_id,note\npk-it,2026-03,401,1,new-1,\n");
  await run(program, ["import", "--database", own.database, sources, reports]);
  await other.waitForFunction(() => {
    dispatchEvent(new Event("online"));
    return document.querySelector("#headline").textContent.includes("401");
  }, null, { polling: 500 });
  await other.context().close();
  await own.end();
});

test("it says when the service is away, and comes back by itself", async () => {
  const own = await Service.start();
  const page = await open(chromium, own.address);
  await settled(page);
  assert.match(await page.locator("#state").innerText(), /The data is behind: Mar 2026 was to be expected on/);
  await picture(page, "stale", false);
  await own.stop();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator("#state.away").waitFor();
  assert.match(await page.locator("#state").innerText(), /does not answer\. What is shown is IT exports of Pakistan, from .+\. Trying again\./);
  assert.match(await page.locator("#headline").innerText(), /365/);
  await picture(page, "away", false);
  const again = await Service.start(own.host, own.home);
  await page.locator("#state.away").waitFor({ state: "detached" });
  await again.end();
  await page.context().close();
});

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
async function findings(page, rules = [...WCAG, "best-practice"]) {
  await page.evaluate(await readFile(axe, "utf8"));
  const { violations } = await page.evaluate((runOnly) => axe.run(document, { runOnly }), rules);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ").slice(0, 400)}`);
}

for (const [name, options] of Object.entries({
  light: {}, dark: { colorScheme: "dark" }, phone: { viewport: { width: 320, height: 640 }, hasTouch: true },
  wide: { viewport: { width: 2560, height: 1440 } },
})) {
  onPage(`nothing stands in anybody's way: ${name}`, async (page) => {
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
    assert.deepEqual(await findings(page), []);
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = false; }));
    const [inner, all] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    assert.ok(all <= inner, `${all} pixels in ${inner}`);
    await picture(page, name);
  }, options);
}

onPage("in German, and without motion", async (page) => {
  assert.match(await page.locator("#headline").innerText(), /4\.301/);
  assert.match(await page.locator("#headline").innerText(), /19,7/);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), "auto");
}, { locale: "de-DE", reducedMotion: "reduce" });

onPage("on paper", async (page) => {
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("header").isVisible(), false);
  assert.equal(await page.locator("#months svg").isVisible(), true);
  await picture(page, "print");
});

test("behind nginx, below a path", async () => {
  const proxy = await Proxy.start(service, "/stats/");
  const page = await open(chromium, proxy.address);
  await settled(page);
  assert.match(await page.locator("#headline").innerText(), /365 USD million/);
  const link = await page.locator("#growth .tools a", { hasText: "Link" }).getAttribute("href");
  assert.ok(link.startsWith(proxy.address), link);
  await page.click("nav a[href=docs]");
  await page.locator("#operations-Observations-getExports").waitFor();
  for (const where of page.asked) assert.ok(where.startsWith(proxy.address), where);
  assert.deepEqual(page.faults, []);
  await page.context().close();
  await proxy.end();
});

test("the page is light, and soon there", async (t) => {
  const page = await open(chromium, service.address);
  await settled(page);
  const parts = [...new Set(page.asked)].filter((where) => !where.includes("/v1/"));
  let weight = 0;
  for (const part of parts) weight += gzipSync(Buffer.from(await (await fetch(part)).arrayBuffer())).length;
  let data = 0;
  for (const part of new Set(page.asked.filter((where) => where.includes("/v1/"))))
    data += gzipSync(Buffer.from(await (await fetch(part)).arrayBuffer())).length;
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  const drawn = await page.evaluate(() => performance.getEntriesByName("drawn")[0]?.startTime);
  t.diagnostic(`${Math.round(weight / 1024)} KiB in ${parts.length} files, ${Math.round(data / 1024)} KiB of data; first paint after ${Math.round(paint)} ms, with all data after ${Math.round(drawn)} ms`);
  assert.ok(weight < WEIGHT_MAX, `${weight} bytes`);
  await page.context().close();
});

test("the reference says when it is not to be had", async () => {
  const page = await open(chromium, "about:blank");
  await page.route("**/openapi.json", (route) => route.fulfill({ status: 503, json: {} }));
  await page.goto(`${service.address}/docs`);
  await page.locator("#reference", { hasText: "can not be shown: the service answers with 503" }).waitFor();
  await page.context().close();
});

test("the reference follows the dark", async () => {
  const page = await open(chromium, `${service.address}/docs`, { colorScheme: "dark" });
  await page.locator("#operations-Observations-getExports").waitFor();
  const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.ok(ground.match(/[0-9]+/g).slice(0, 3).every((part) => Number(part) < 80), ground);
  await picture(page, "docs-dark", false);
  await page.context().close();
});

// Its headings and landmarks are the viewer's own: what WCAG asks is asked of it, without what is merely good practice.
for (const [name, options] of Object.entries({
  light: {}, dark: { colorScheme: "dark" }, phone: { viewport: { width: 320, height: 640 }, hasTouch: true },
})) {
  test(`nothing stands in anybody's way in the reference: ${name}`, async () => {
    const page = await open(chromium, `${service.address}/docs`, options);
    const latest = page.locator("#operations-Observations-getLatest");
    await latest.waitFor();
    assert.deepEqual(await findings(page, WCAG), []);
    await latest.locator(".opblock-summary-control").click();
    await latest.locator(".execute").click();
    await latest.locator(".live-responses-table").waitFor();
    await page.mouse.move(0, 0);
    assert.deepEqual(await findings(page, WCAG), []);
    const [inner, all] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    assert.ok(all <= inner, `${all} pixels in ${inner}`);
    await page.context().close();
  });
}

test("a link leads to an operation of the reference", async () => {
  const page = await open(chromium, `${service.address}/docs#/Observations/getLatest`);
  await page.locator("#operations-Observations-getLatest .opblock-body").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the reference can be read and tried out", async () => {
  const page = await open(chromium, `${service.address}/docs`);
  await page.locator("#operations-Observations-getExports").waitFor();
  await picture(page, "docs", false);
  await page.locator("#operations-Observations-getLatest .opblock-summary-control").click();
  await page.locator("#operations-Observations-getLatest .execute").click();
  const answer = page.locator("#operations-Observations-getLatest .live-responses-table tbody td.response-col_status").first();
  await answer.waitFor();
  assert.match(await answer.innerText(), /200/);
  await picture(page, "docs-tried", false);
  for (const where of page.asked) assert.match(where, new RegExp(`^${service.address}/|^data:`));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
