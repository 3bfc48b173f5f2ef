import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "./build.mjs";
import { root, runNode } from "./program.mjs";
import { readFigures, savedFigures, trustTable } from "./trust-page.mjs";

/*
 * npm run trust [-- NAME...] [--list] [--fresh] [--save]
 * Builds, runs the campaigns one after the other and prints what they found. A campaign goes on where it was stopped, as long as the build
 * is the same; --fresh forgets. --save keeps the figures in docs/trust-figures.json and puts them into docs/trust.md.
 */

const campaigns = join(root, "test/campaign");
const cache = join(root, "node_modules/.cache/nanobrain-trust");

/** Those that show most come first. */
const order = ["crash", "power", "storage", "damage", "processes", "time", "data", "hostile", "secrets", "journals"];

export function campaignNames() {
  const names = readdirSync(campaigns).flatMap((file) => /^(.+)\.campaign\.ts$/.exec(file)?.[1] ?? []);
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  return names.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

/** Runs one campaign; answers how its tests ended and, where it keeps any, its figures. */
function runCampaign(name) {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-tally-"));
  const tallyFile = join(folder, "tally.json");
  const began = Date.now();
  try {
    const config = ["--config", "vitest.campaign.config.ts"];
    const file = `test/campaign/${name}.campaign.ts`;
    const exitCode = runNode(["node_modules/vitest/vitest.mjs", "run", ...config, file], {
      NANOBRAIN_TALLY: tallyFile,
    });
    const tally = existsSync(tallyFile)
      ? JSON.parse(readFileSync(tallyFile, "utf8"))
      : { passed: 0, failed: 1, skipped: 0 };
    if (exitCode !== 0 && tally.failed === 0) tally.failed = 1;
    return { name, tally, figures: figuresSince(began, name) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file of tests may keep figures under several names: `kill`, `kill-again`. All that were written since then. */
function figuresSince(began, name) {
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((file) => file.endsWith(".json") && (file === `${name}.json` || file.startsWith(`${name}-`)))
    .filter((file) => statSync(join(cache, file)).mtimeMs >= began - 1000)
    .map((file) => JSON.parse(readFileSync(join(cache, file), "utf8")));
}

function forget(names) {
  if (!existsSync(cache)) return;
  for (const file of readdirSync(cache))
    if (names.some((name) => file.startsWith(`${name}.`) || file.startsWith(`${name}-`))) rmSync(join(cache, file));
}

/** Keeps new figures beside those of campaigns that did not run now. */
function save(results) {
  const fresh = results.flatMap(({ figures }) => figures);
  const known = readFigures().filter(({ campaign }) => !fresh.some((figures) => figures.campaign === campaign));
  const place = ({ campaign }) => campaignNames().findIndex((name) => campaign.startsWith(name));
  const all = [...known, ...fresh].sort((a, b) => place(a) - place(b));
  writeFileSync(savedFigures, `${JSON.stringify(all, null, 2)}\n`);
  return runNode(["scripts/trust-page.mjs"]);
}

function asked(args) {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const all = campaignNames();
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`No such campaign: ${unknown.join(", ")}. There are: ${all.join(", ")}.`);
  return names.length === 0 ? all : names;
}

async function main(args) {
  if (args.includes("--list")) return console.log(campaignNames().join("\n"));
  const names = asked(args);
  if (args.includes("--fresh")) forget(names);
  if (!(await build())) return exitWith(1);
  const results = names.map(runCampaign);
  console.log(`\n${trustTable(results.flatMap(({ figures }) => figures)).join("\n")}\n`);
  const sum = (key) => results.reduce((total, { tally }) => total + tally[key], 0);
  for (const { name, tally } of results) if (tally.failed > 0) console.log(`FAILED ${name}`);
  if (args.includes("--save") && save(results) !== 0) exitWith(1);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  if (sum("failed") > 0 || sum("passed") === 0) exitWith(1);
}

function exitWith(code) {
  process.exitCode = code;
}

if (process.argv[1] === resolve(import.meta.filename)) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    exitWith(2);
  }
}
