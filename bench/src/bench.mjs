// The speed suite: `npm run bench`. See README.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, platform, release } from "node:os";
import { fileURLToPath } from "node:url";
import { havePeers } from "./lib/contestants.mjs";
import { table } from "./lib/stats.mjs";
import { measurePrograms, columns as programColumns } from "./measure-programs.mjs";
import { measureSchedules, columns as scheduleColumns } from "./measure-schedules.mjs";
import { measureWorkload } from "./measure-workload.mjs";
import { startServers, stopServers } from "./servers.mjs";
import { absentOf, speedRows, speedTable } from "./speed-table.mjs";
import { full, measureAll, quick } from "./suite.mjs";

const results = fileURLToPath(new URL("../results", import.meta.url));
const figures = fileURLToPath(new URL("../figures.json", import.meta.url));
const args = process.argv.slice(2);
const has = (name) => args.includes(`--${name}`);
const say = (text) => process.stderr.write(`${text}\n`);

function option(name) {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args[at + 1];
}

async function columnsOf(workload) {
  if (workload === "w4") return scheduleColumns;
  return programColumns[workload] ?? (await import(`./workloads/${workload}.mjs`)).columns;
}

function measure({ workload, ...options }) {
  if (workload === "w4") return measureSchedules({ ...options, say });
  return (programColumns[workload] === undefined ? measureWorkload : measurePrograms)(workload, { ...options, say });
}

/** One workload as it was asked for. */
async function measureOne(workload) {
  const list = (name) => option(name)?.split(",");
  const given = { only: list("only"), shapes: list("shapes") };
  const n = option("n") === undefined ? {} : { n: Number(option("n")) };
  const numbers = { ...n, rounds: Number(option("rounds") ?? 3), timeoutMs: Number(option("timeout") ?? 120) * 1000 };
  const columns = await columnsOf(workload);
  for (const [shape, rows] of Object.entries(await measure({ workload, ...given, ...numbers }))) {
    console.log(`\n### ${workload} ${shape}\n`);
    console.log(table(rows.map(noted), ["contestant", "version", ...columns, "x floor", "note"]));
  }
}

const noted = (row) => ({ ...row, note: row.failed ?? row.note });

/** The whole table, printed; all figures in results/. */
async function measureSuite() {
  const mode = has("quick") ? "quick" : "full";
  const found = await measureAll(mode === "quick" ? quick : full, measure);
  mkdirSync(results, { recursive: true });
  writeFileSync(`${results}/${mode}.json`, JSON.stringify(found, null, 1));
  const [model = "unknown"] = cpus().map((cpu) => cpu.model);
  const machine = `${availableParallelism()} cores (${model}), ${platform()} ${release()}, Node ${process.versions.node}`;
  return { mode, machine, peers: havePeers(), rows: speedRows(found), absent: absentOf(found) };
}

function show({ rows, absent, peers }) {
  console.log(speedTable(rows));
  if (absent.length > 0) console.log(`\nWithout figures:\n${absent.map((line) => `- ${line}`).join("\n")}`);
  if (!peers) console.log("\nThe peers are not installed: `npm run bench -- --peers` installs and measures them.");
}

async function withServers(work) {
  const lack = havePeers() ? startServers() : "the peers are not installed";
  if (lack !== undefined) say(`no servers: ${lack}`);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      stopServers();
      process.exit(130);
    });
  }
  try {
    return await work();
  } finally {
    stopServers();
  }
}

/** Figures that were measured before, judged anew. */
function fromFile(path) {
  if (!existsSync(path)) throw new Error(`There is no ${path}`);
  const found = JSON.parse(readFileSync(path, "utf8"));
  return { mode: "from a file", machine: "", peers: true, rows: speedRows(found), absent: absentOf(found) };
}

const [first] = args;
if (first !== undefined && !first.startsWith("--")) await withServers(() => measureOne(first));
else {
  const made = option("from") === undefined ? await withServers(measureSuite) : fromFile(option("from"));
  show(made);
  if (has("save")) writeFileSync(figures, `${JSON.stringify(made, null, 2)}\n`);
}
