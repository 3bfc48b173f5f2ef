// Who takes part in a workload, and why somebody cannot.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("../contestants", import.meta.url));

/** Contestants from outside: BENCH_EXTRA=name=/path/to/adapter.mjs,... */
const extra = new Map(
  (process.env.BENCH_EXTRA ?? "")
    .split(",")
    .filter((entry) => entry.includes("="))
    .map((entry) => [entry.slice(0, entry.indexOf("=")), path.resolve(entry.slice(entry.indexOf("=") + 1))]),
);

/** Names of a workload's contestants; `only`: these of them, as far as they are there. */
export function contestantsOf(workload, only) {
  const files = readdirSync(path.join(here, workload)).filter((file) => file.endsWith(".mjs") && !file.startsWith("_"));
  const names = [...extra.keys(), ...files.map((file) => file.slice(0, -4)).sort()];
  return only === undefined ? names : only.filter((name) => names.includes(name));
}

export function fileOf(workload, name) {
  return extra.get(name) ?? path.join(here, workload, `${name}.mjs`);
}

/** What a contestant lacks here; undefined: nothing that can be seen from outside. */
export function lacking(workload, name) {
  const text = readFileSync(fileOf(workload, name), "utf8");
  const address = [...text.matchAll(/process\.env\.([A-Z_]*URL|RS_[A-Z]+)/g)].find(([, named]) => !process.env[named]);
  return address === undefined ? undefined : "its server is not running here";
}

/** Whether the peers' packages are there. */
export const havePeers = () => existsSync(fileURLToPath(new URL("../../node_modules/p-queue", import.meta.url)));

/** The reason of a failure in a few words. */
export function reasonOf(text) {
  const absent = /Cannot find (?:package|module) '([^']+)'/.exec(text)?.[1];
  if (absent !== undefined && !absent.startsWith("/")) return `not installed: ${absent}`;
  const program = /spawn (\S+) ENOENT/.exec(text)?.[1] ?? /(\w+): not found/.exec(text)?.[1];
  if (program !== undefined) return `not installed: ${program}`;
  const lines = text.split("\n").filter((line) => /rror/.test(line));
  const said = (lines.join(" ") || text).replace(/file:\S*/g, "").replace(/\s+/g, " ");
  return said.replaceAll("|", "/").trim().slice(0, 140);
}
