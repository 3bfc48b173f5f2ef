import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { createRuntime, type Plan, type RunEvent } from "@nanobrain/engine";
import { checkJournal } from "../../packages/engine/src/testing/simulator/journal-rules.js";
import { inFolder, startChild } from "./children.js";

const document = `name: busy
error_handling: retry
error_handling_config: { max_retries: 2, retry_delay: 0 }
output_data_units: { end: { class: DataUnitMemory } }
steps:
  a: { class: Work, config: { name: a } }
  b: { class: Work, config: { name: b }, inputs: { in: { from: a.out } } }
  c: { class: Work, config: { name: c }, inputs: { in: { from: b.out } } }
  d: { class: Work, config: { name: d }, inputs: { in: { from: c.out } } }
links: { end: { class: DirectLink, config: { source: d.out, target: end } } }
`;
const steps = 4;

export type Storm = {
  readonly runs: number;
  /** Milliseconds after the start of each process at which it is killed. */
  readonly killsMs: readonly number[];
  /** `early`: counted from the start of the program; else from when its store is open. */
  readonly isEarly?: boolean;
  readonly planted?: string;
};

export type Aftermath = {
  readonly faults: readonly string[];
  readonly kills: number;
  /** From the start of a process after a kill until its store is open. */
  readonly recoveriesMs: readonly number[];
  /** Of the store after each kill. */
  readonly sizesBytes: readonly number[];
  readonly retries: number;
};

/** Many runs in one process after the other, each killed, until the last one may finish: what is wrong with what is left. */
export function storm({ runs, killsMs, isEarly = false, planted = "" }: Storm): Promise<Aftermath> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, "busy.yml"), document);
    const recoveriesMs: number[] = [];
    const sizesBytes: number[] = [];
    let kills = 0;
    for (const killMs of [...killsMs, Number.POSITIVE_INFINITY]) {
      const began = performance.now();
      const child = startChild<{ ready?: true; statuses?: string[] }>("busy.mjs", [folder, String(runs), planted]);
      if (!isEarly || killMs === Number.POSITIVE_INFINITY) {
        await child.until(({ ready }) => ready === true);
        recoveriesMs.push(performance.now() - began);
      }
      if (killMs !== Number.POSITIVE_INFINITY) await Promise.race([after(killMs), child.ended]);
      if (killMs !== Number.POSITIVE_INFINITY) child.process.kill("SIGKILL");
      const { end, errors } = await child.ended;
      if (end === "SIGKILL") kills++;
      else if (end !== 0)
        return { faults: [`a process ended with ${end}: ${errors}`], kills, recoveriesMs, sizesBytes, retries: 0 };
      sizesBytes.push(sizeOf(join(folder, "store")));
    }
    return { ...(await judged(folder, runs)), kills, recoveriesMs: recoveriesMs.slice(1), sizesBytes };
  });
}

async function judged(folder: string, runs: number): Promise<Pick<Aftermath, "faults" | "retries">> {
  const runtime = await createRuntime({ store: join(folder, "store") });
  try {
    const faults: string[] = [];
    const witnessed = counted(linesOf(folder, "witness"));
    let retries = 0;
    for (const id of linesOf(folder, "acked"))
      if ((await runtime.store.find(id)) === undefined) faults.push(`I1: ${id} was acknowledged and is gone`);
    for (let index = 0; index < runs; index++) {
      const { plan, events, summary } = await runtime.look(`r${index}`);
      retries += events.filter(({ type }) => type === "attempt.failed").length;
      const found = [
        ...runFaults(plan, events, witnessed),
        ...(summary.status === "completed" ? [] : [summary.status]),
      ];
      faults.push(...found.map((what) => `r${index}: ${what}`));
    }
    return { faults, retries };
  } finally {
    await runtime.close();
  }
}

/** By journal and witness: each step was attempted, no more often than its process died, and nothing ran that the journal does not know. */
function runFaults(plan: Plan, events: readonly RunEvent[], witnessed: ReadonlyMap<string, number>): readonly string[] {
  const { faults } = checkJournal(plan, events);
  const id = events[0]?.type === "run.created" ? events[0].id : "";
  const keys = [...witnessed.keys()].filter((key) => key.startsWith(`${id}:`));
  const seen = keys.reduce((sum, key) => sum + (witnessed.get(key) ?? 0), 0);
  const started = events.filter(({ type }) => type === "attempt.started").length;
  const lost = events.filter(({ type }) => type === "attempt.lost").length;
  return [
    ...faults,
    ...(keys.length === steps ? [] : [`G2: ${keys.length} of ${steps} steps were attempted`]),
    ...(seen <= started ? [] : [`I7: ${seen} attempts were seen, the journal has ${started}`]),
    ...(started <= steps + lost ? [] : [`I8: ${started} attempts of ${steps} steps, ${lost} lost`]),
  ];
}

function counted(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of lines.map((line) => line.split(" ")[0] ?? "")) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function linesOf(folder: string, file: string): readonly string[] {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}

function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).reduce(
    (sum, name) => sum + statSync(join(folder, name)).size,
    0,
  );
}
