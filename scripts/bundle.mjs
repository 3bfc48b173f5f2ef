import { chmodSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { rolldown } from "rolldown";
import { bundlePlugins, importModule } from "./bundle-plugins.mjs";
import { loadedModules } from "./loaded-modules.mjs";
import { root } from "./program.mjs";

/** What each package is entered by: its doors, and the programs of lanes, which are started by address. */
const entries = {
  engine: [
    "index",
    "authoring",
    "steps",
    "observe/index",
    "testing/index",
    "testing/conformance",
    "runtime/lane-code",
    "adapters/modules/module-hooks",
    "adapters/executors/thread/thread-entry",
    "adapters/executors/process/process-entry",
  ],
  nanobrain: ["bin"],
};

/** Libraries that become part of the bundle: small ones of every start, and those that cannot be required. */
const inside = ["picocolors", "@marcbachmann/cel-js", "libsql", "@nanobrain/library/pack"];

const builtIn = /^node:(?!(?:crypto|v8)$)/;

/** Modules of the bundler's own, but for those that name what no start needs. */
const made = (id) => id.startsWith("\0") && !id.startsWith("\0runner:");

const nameOf = (entry) => (entry.endsWith("/index") ? entry.slice(0, -"/index".length) : entry.split("/").at(-1));

/** `hot`: paths that every start loads; together in one file they are read at once. */
async function bundlePackage(name, hot) {
  const folder = join(root, "packages", name);
  const out = join(folder, "bundle");
  rmSync(out, { recursive: true, force: true });
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const outside = [...Object.keys(dependencies).filter((one) => !inside.includes(one)), "@libsql"];
  const bundled = await rolldown({
    input: Object.fromEntries(entries[name].map((entry) => [nameOf(entry), join(folder, "dist", `${entry}.js`)])),
    platform: "node",
    external: (id) =>
      builtIn.test(id) || (!inside.includes(id) && outside.some((one) => id === one || id.startsWith(`${one}/`))),
    plugins: bundlePlugins,
    checks: { ineffectiveDynamicImport: false },
    preserveEntrySignatures: "allow-extension",
  });
  const { output } = await bundled.write({
    dir: out,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: "main", test: (id) => hot.has(id) || made(id) }],
    },
  });
  for (const { fileName, code } of output) writeFileSync(join(out, fileName), inAscii(code));
  writeLoading(out, name, output);
  for (const part of output) if (part.isEntry) writeDoors(out, part);
}

/** In texts, templates, patterns and comments an escaped character is the same one. */
const inAscii = (code) =>
  code.replace(/[^\n\x20-\x7e\t]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

function writeLoading(out, name, output) {
  const main = output.reduce((one, other) => (other.code.length > one.code.length ? other : one));
  const text = readFileSync(join(root, "scripts/bundle-load.cjs"), "utf8")
    .replace("@main@", main.fileName)
    .replace("@key@", `${name}-${crc32(main.code).toString(16)}`);
  writeFileSync(join(out, "load.cjs"), text);
  writeFileSync(join(out, "import.cjs"), importModule);
}

/** One part for `require` and for `import` alike. */
function writeDoors(out, { name, exports }) {
  const lines = [`import loading from "./load.cjs";`, `const part = loading.load("${name}");`];
  if (name === "conformance") {
    lines[0] = `import * as vitest from "vitest";\n${lines[0]}`;
    lines.splice(1, 0, `globalThis[Symbol.for("nanobrain.vitest")] = vitest;`);
  }
  for (const one of exports) lines.push(`export const ${one} = part.${one};`);
  writeFileSync(join(out, `${name}.js`), `${lines.join("\n")}\n`);
  writeFileSync(join(out, `${name}-door.cjs`), `module.exports = require("./load.cjs").load("${name}");\n`);
}

/** Bundles what `tsc` built into few files, as each file that a start loads costs more than what stands in it. */
export async function bundle() {
  const urls = [...loadedModules()].filter((url) => url.startsWith("file:"));
  const hot = new Set(urls.map((url) => realpathSync(fileURLToPath(url))));
  // Its own answers (`--version`) come before anything is loaded.
  for (const path of hot) if (path.endsWith("/nanobrain/dist/bin.js")) hot.delete(path);
  for (const name of Object.keys(entries)) await bundlePackage(name, hot);
  const program = join(root, "packages/nanobrain/bundle/nanobrain.cjs");
  writeFileSync(program, `#!/usr/bin/env node\nrequire("./load.cjs").load("bin");\n`);
  chmodSync(program, 0o755);
}

if (process.argv[1] === resolve(import.meta.filename)) await bundle();
