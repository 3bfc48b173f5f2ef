import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, type RunEvent } from "@nanobrain/engine";

const here = import.meta.dirname;

export type Planted = "" | "ack-before-write" | "effect-unrecorded";
export type Shape = "nested" | "chain" | "retry";
export type Outcome = {
  readonly outputs: unknown;
  readonly status: string;
  /** Broken promises, in words; empty when all held. */
  readonly violations: readonly string[];
  readonly kills: number;
  readonly events: number;
};

const lines = (folder: string, file: string): string[] =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim().split("\n").filter(Boolean) : [];

/** Runs the child; resolves with the signal or exit code it ended by. */
function child(
  folder: string,
  shape: Shape,
  mode: "run" | "resume",
  killAt: number,
  planted: Planted,
  tracer: readonly string[],
): Promise<string> {
  const args = [
    ...tracer,
    process.execPath,
    join(here, "child.mjs"),
    folder,
    `${shape}.yml`,
    mode,
    String(killAt),
    planted,
  ];
  return new Promise((resolve, reject) => {
    const started = spawn(args[0] as string, args.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
    let complaint = "";
    started.stderr.on("data", (data) => {
      complaint += String(data);
    });
    const watchdog = setTimeout(() => started.kill("SIGKILL"), 120_000);
    started.on("error", reject);
    started.on("close", (code, signal) => {
      clearTimeout(watchdog);
      resolve(signal ?? (code === 0 ? "0" : `${code ?? ""} ${complaint}`));
    });
  });
}

/** `tracer` is put before the first command, such as strace with an injected kill. `kills` are event numbers, one per process. */
export async function crash(
  shape: Shape,
  kills: readonly number[],
  planted: Planted = "",
  tracer: readonly string[] = [],
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-crash-"));
  cpSync(join(here, "shapes"), folder, { recursive: true });
  try {
    let killed = 0;
    let before = { acked: 0, effects: new Map<string, number>() };
    const problems: string[] = [];
    for (let round = 0; round <= kills.length + 1 && lines(folder, "finished").length === 0; round++) {
      const started = lines(folder, "acked").length > 0 || (await exists(folder));
      const first = round === 0 ? tracer : [];
      const end = await child(folder, shape, started ? "resume" : "run", kills[round] ?? 0, planted, first);
      if (end === "SIGKILL" || end.startsWith("137")) killed++;
      else if (end !== "0") problems.push(`process ended with ${end.slice(0, 2000)}`);
      before = await look(folder, before, problems);
    }
    return { ...(await judge(folder, problems)), kills: killed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function exists(folder: string): Promise<boolean> {
  if (!existsSync(join(folder, ".nanobrain"))) return false;
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  try {
    return (await runtime.store.find("rig")) !== undefined;
  } finally {
    await runtime.close();
  }
}

/** The journal as another process reads it. A run that a dead process still held would be a lease left over. */
async function journal(folder: string): Promise<readonly RunEvent[]> {
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  try {
    if ((await runtime.store.find("rig")) === undefined) return [];
    const holder = await runtime.store.holder("rig");
    if (holder !== undefined && holder.pid !== process.pid)
      throw new TypeError(`process ${holder.pid} holds the run after its death`);
    return (await runtime.look("rig")).events;
  } finally {
    await runtime.close();
  }
}

type Before = { readonly acked: number; readonly effects: ReadonlyMap<string, number> };

/** After each process: what was acknowledged is there, and no recorded effect was repeated. */
async function look(
  folder: string,
  before: Before,
  problems: string[],
): Promise<{ acked: number; effects: Map<string, number> }> {
  const events = await journal(folder);
  const acked = Math.max(0, ...lines(folder, "acked").map(Number));
  if (events.length < acked) problems.push(`event ${acked} was acknowledged, the journal ends at ${events.length}`);
  const witnessed = new Map<string, number>();
  for (const key of lines(folder, "witness")) witnessed.set(key, (witnessed.get(key) ?? 0) + 1);
  for (const [key, count] of before.effects) {
    if ((witnessed.get(key) ?? 0) !== count) problems.push(`effect ${key} was recorded and repeated`);
  }
  return { acked, effects: recordedEffects(events, witnessed) };
}

/** Effects in the journal with how often the witness saw them. Keys end in `STEP PATH:1`, events name cells, so both are counted. */
function recordedEffects(events: readonly RunEvent[], witnessed: ReadonlyMap<string, number>): Map<string, number> {
  const recorded = events.filter((event) => event.type === "effect.recorded").length;
  return recorded === witnessed.size ? new Map(witnessed) : new Map();
}

/** The invariants of a finished run: dense numbers, one ending per attempt, per activation and per run, one key per effect. */
async function judge(folder: string, problems: string[]): Promise<Omit<Outcome, "kills">> {
  const events = await journal(folder);
  const finished = lines(folder, "finished").map((line) => JSON.parse(line) as { status: string; outputs: unknown });
  if (finished.length !== 1) problems.push(`the run finished ${finished.length} times`);
  events.forEach((event, index) => {
    if (event.seq !== index + 1) problems.push(`event ${index + 1} has number ${event.seq}`);
  });
  const ends = new Map<number, number>();
  const settled = new Map<string, number>();
  let terminal = 0;
  for (const event of events) {
    if (event.type === "attempt.started") ends.set(event.seq, 0);
    if (event.type === "attempt.succeeded" || event.type === "attempt.failed" || event.type === "attempt.lost") {
      ends.set(event.id, (ends.get(event.id) ?? 99) + 1);
    }
    if (event.type === "attempt.succeeded") count(settled, `${event.run} ${event.node} ${event.c}`);
    if (event.type === "activation.gathered") count(settled, `${event.run} ${event.node} all`);
    if (event.type === "run.completed" && event.run === 0) terminal++;
  }
  for (const [id, times] of ends) if (times !== 1) problems.push(`attempt ${id} ended ${times} times`);
  for (const [cell, times] of settled) if (times !== 1) problems.push(`cell ${cell} settled ${times} times`);
  if (terminal !== 1) problems.push(`the run completed ${terminal} times`);
  const recorded = events.filter((event) => event.type === "effect.recorded").length;
  const keys = new Set(lines(folder, "witness")).size;
  if (recorded !== keys) problems.push(`${recorded} effects are recorded, the witness saw ${keys} keys`);
  const last = finished[0];
  return { outputs: last?.outputs, status: last?.status ?? "unfinished", violations: problems, events: events.length };
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
