// The speed suite: `npm run bench`. See README.md.

import { table } from "./lib/stats.mjs";
import { measurePrograms, columns as programColumns } from "./measure-programs.mjs";
import { measureWorkload } from "./measure-workload.mjs";

const [workload, ...rest] = process.argv.slice(2);

function option(name, otherwise) {
  const at = rest.indexOf(`--${name}`);
  return at < 0 ? otherwise : rest[at + 1];
}

const list = (name) => option(name)?.split(",");
const say = (text) => process.stderr.write(`${text}\n`);
const options = {
  only: list("only"),
  shapes: list("shapes"),
  rounds: Number(option("rounds", "3")),
  timeoutMs: Number(option("timeout", "120")) * 1000,
  say,
};
if (workload === "w4") {
  const schedules = await import("./measure-schedules.mjs");
  for (const [shape, rows] of Object.entries(await schedules.measureSchedules({ say })))
    console.log(`${shape}\n\n${table(rows, ["contestant", ...schedules.columns])}`);
  process.exit(0);
}
const isProgram = programColumns[workload] !== undefined;
const found = await (isProgram ? measurePrograms : measureWorkload)(workload, options);
const columns = programColumns[workload] ?? (await import(`./workloads/${workload}.mjs`)).columns;
for (const [shape, rows] of Object.entries(found)) {
  const shown = rows.map((row) => ({ ...row, note: row.failed ?? row.note }));
  console.log(
    `\n### ${workload} ${shape}\n\n${table(shown, ["contestant", "version", ...columns, "x floor", "note"])}`,
  );
}
