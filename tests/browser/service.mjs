// The running program, a browser, and nginx in front of the program, for the tests.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const program = process.env.EXPORTSTAT_PROGRAM ?? path.join(root, "build/dev/exportstat");
export const pictures = process.env.EXPORTSTAT_PICTURES ?? path.join(root, "build/browser");

const ended = (child) => new Promise((done) => (child.exitCode === null ? child.once("exit", done) : done()));

const running = new Set();

// Also those of tests that failed before they came to it, or the program would wait for them for ever.
export async function endAll() {
  for (const service of running) await service.end();
}

export class Service {
  static async start(listen = "127.0.0.1:0", home = null, more = []) {
    const service = new Service();
    service.home = home ?? await mkdtemp(path.join(os.tmpdir(), "exportstat-browser-"));
    service.database = path.join(service.home, "exportstat.db");
    service.child = spawn(program, ["serve", "--listen", listen, "--database", service.database, ...more],
      { stdio: ["ignore", "pipe", "ignore"] });
    const line = await new Promise((done, failed) => {
      service.child.stdout.once("data", (data) => done(String(data)));
      service.child.once("exit", (status) => failed(new Error(`the program ended with ${status}`)));
    });
    service.address = /http:\/\/\S+/.exec(line)[0];
    service.host = new URL(service.address).host;
    running.add(service);
    return service;
  }

  // It keeps its connections, and answers nothing.
  pause() {
    this.child.kill("SIGSTOP");
  }

  resume() {
    this.child.kill("SIGCONT");
  }

  async stop() {
    this.child.kill("SIGTERM");
    await ended(this.child);
  }

  async end() {
    running.delete(this);
    this.resume();
    await this.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  async json(where) {
    return (await fetch(this.address + where)).json();
  }
}

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// nginx that serves the service below a path, as an operator with other things on the same host would.
export class Proxy {
  static async start(service, below) {
    const proxy = new Proxy();
    const port = await freePort();
    proxy.home = await mkdtemp(path.join(os.tmpdir(), "exportstat-nginx-"));
    const config = path.join(proxy.home, "nginx.conf");
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${proxy.home}/${name};`).join(" ");
    await writeFile(config, `daemon off; pid ${proxy.home}/pid; error_log ${proxy.home}/log;
events {} http { access_log off; ${temporary}
server { listen 127.0.0.1:${port}; location ${below} { proxy_pass ${service.address}/; } } }`);
    proxy.child = spawn("nginx", ["-c", config, "-e", `${proxy.home}/log`], { stdio: "ignore" });
    proxy.address = `http://127.0.0.1:${port}${below}`;
    for (let tries = 0; tries < 200; tries++) {
      if (await fetch(proxy.address).then((answer) => answer.ok, () => false)) return proxy;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error("nginx does not answer");
  }

  async end() {
    this.child.kill("SIGTERM");
    await ended(this.child);
    await rm(this.home, { recursive: true, force: true });
  }
}

export async function browser() {
  await mkdir(pictures, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

// A page that takes note of what it asks for, and of everything that goes wrong on it.
export async function open(on, address, options = {}) {
  const context = await on.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.asked = [];
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  page.on("pageerror", (error) => page.faults.push(error.message));
  page.on("request", (request) => page.asked.push(request.url()));
  await page.goto(address);
  return page;
}

export async function settled(page) {
  await page.waitForFunction(() => document.querySelector("#content")?.getAttribute("aria-busy") === "false");
}

export const picture = (page, name, fullPage = true) =>
  page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage });
