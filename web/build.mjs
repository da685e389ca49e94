// Bundles the pages: node build.mjs OUTPUT-FOLDER. What a bundle has of others ends with their licences.
import { build } from "esbuild";
import { copyFile, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const output = path.resolve(process.argv[2]);
const modules = path.join(here, "node_modules");

// The packages that a bundle is made of, by the files that went into it.
function packagesOf(inputs) {
  const names = Object.keys(inputs)
    .map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1])
    .filter(Boolean);
  return [...new Set(names)].sort();
}

// Their licences, packages with the same text together.
async function licencesOf(packages) {
  const texts = new Map();
  for (const name of packages) {
    const folder = path.join(modules, name);
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? (await readFile(path.join(folder, file), "utf8")).trim() : "";
    texts.set(text, [...(texts.get(text) ?? []), name]);
  }
  return [...texts].map(([text, names]) => `${names.join(", ")}\n\n${text}`).join("\n\n");
}

async function bundle(entry, name) {
  const result = await build({
    entryPoints: [path.join(here, entry)],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    metafile: true,
    write: false,
    absWorkingDir: here,
  });
  const licences = await licencesOf(packagesOf(result.metafile.inputs));
  const notice = licences ? `/*\n${licences.replaceAll("*/", "* /")}\n*/\n` : "";
  await writeFile(path.join(output, name), result.outputFiles[0].text + notice);
}

await bundle("src/main.js", "dashboard.js");
await bundle("style.css", "dashboard.css");
await bundle("src/docs.js", "docs.js");
await bundle("docs.css", "docs.css");
for (const name of ["index.html", "docs.html", "icon.svg"])
  await copyFile(path.join(here, name), path.join(output, name));
