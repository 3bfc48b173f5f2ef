import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, type Plan, type RunEvent } from "@nanobrain/engine";
import type { DriverName } from "../../packages/engine/src/adapters/stores/sqlite/driver.js";
import { loadDriver } from "../../packages/engine/src/adapters/stores/sqlite/load-driver.js";
import { evolve } from "../../packages/engine/src/kernel/evolve.js";
import { cellKey, findCell } from "../../packages/engine/src/kernel/recovery/cell-key.js";
import { createTree, runAt } from "../../packages/engine/src/kernel/state.js";
import { waitingAsks } from "../../packages/engine/src/runtime/steering/judge-answer.js";
import { checkJournal } from "../../packages/engine/src/testing/simulator/journal-rules.js";

/*
 * Kills real processes and judges what they leave behind. Trusted is only what lies outside the store: events that were acknowledged and
 * effects that happened, each written and synced by the child before it goes on.
 */

const here = import.meta.dirname;

/** A run that reacts gets about so far with one file; the other arrives while it is dead, or is there from the start. */
const LATE = 20;

export type Planted = "" | "ack-before-write" | "effect-unrecorded";
export type Shape = "nested" | "chain" | "retry" | "mixed" | "rollback" | "waiting" | "reacting";
export type Outcome = {
  readonly outputs: unknown;
  readonly status: string;
  /** Broken promises, in words; empty when all held. */
  readonly violations: readonly string[];
  readonly kills: number;
  readonly events: number;
  /** Keys of the work that was taken back. */
  readonly undone: readonly string[];
};

export type Attack = {
  /** Event numbers: the process kills itself when it hears of one; one per process. */
  readonly kills?: readonly number[];
  /** Put before the commands of the first processes, such as strace with an injected kill. */
  readonly tracers?: readonly (readonly string[])[];
  readonly planted?: Planted;
  readonly driver?: DriverName;
};

/** A prefix that kills a program with its n-th system call of these names. */
export function killedAt(calls: string, n: number): readonly string[] {
  const quiet = ["strace", "-f", "-qq", "-o", "/dev/null"];
  return [...quiet, "-e", `trace=${calls}`, "-e", `inject=${calls}:signal=KILL:when=${n}`];
}

const lines = (folder: string, file: string): string[] =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim().split("\n").filter(Boolean) : [];

/** Runs the child; resolves with the signal or exit code it ended by. */
function child(args: readonly string[], driver: DriverName | undefined): Promise<string> {
  const env = driver === undefined ? process.env : { ...process.env, NANOBRAIN_SQLITE: driver };
  return new Promise((resolve, reject) => {
    const started = spawn(args[0] as string, args.slice(1), { stdio: ["ignore", "ignore", "pipe"], env });
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

/** Starts a run, kills its processes as told, resumes it until it has finished, and judges. */
export async function crash(shape: Shape, attack: Attack = {}): Promise<Outcome> {
  const { kills = [], tracers = [], planted = "", driver } = attack;
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-crash-"));
  cpSync(join(here, "shapes"), folder, { recursive: true });
  const problems: string[] = [];
  try {
    let killed = 0;
    let seen: Seen = { journal: undefined, witnessed: new Map() };
    const rounds = Math.max(kills.length, tracers.length) + (shape === "waiting" ? 3 : 1);
    drop(folder, (kills[0] ?? LATE) < LATE ? ["a.txt"] : ["a.txt", "b.txt"]);
    for (let round = 0; round <= rounds && lines(folder, "finished").length === 0; round++) {
      if (round > 0) drop(folder, ["b.txt"]);
      const mode = seen.journal === undefined ? "run" : "resume";
      const program = [process.execPath, join(here, "child.mjs"), folder, `${shape}.yml`, mode];
      const args = [...(tracers[round] ?? []), ...program, String(kills[round] ?? 0), planted];
      const end = await child(args, driver);
      if (end === "SIGKILL" || end.startsWith("137")) killed++;
      else if (end !== "0") problems.push(`process ended with ${end.slice(0, 2000)}`);
      seen = await look(folder, seen, problems);
      if (isAsked(seen.journal)) {
        const program = [process.execPath, join(here, "child.mjs"), folder, `${shape}.yml`, "answer"];
        if ((await child(program, driver)) !== "SIGKILL") problems.push("the answering process did not die as told");
        seen = await look(folder, seen, problems);
        if (isAsked(seen.journal)) problems.push("an answer was acknowledged and lost");
      }
    }
    return { ...(await judge(folder, seen, killed, problems)), kills: killed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files that arrive in the watched folder, each once. */
function drop(folder: string, names: readonly string[]): void {
  mkdirSync(join(folder, "inbox"), { recursive: true });
  for (const name of names) {
    if (existsSync(join(folder, "inbox", name))) continue;
    writeFileSync(join(folder, name), name);
    renameSync(join(folder, name), join(folder, "inbox", name));
  }
}

/** Whether `approve` waits for its answer. */
function isAsked(journal: Journal | undefined): boolean {
  if (journal === undefined) return false;
  const tree = createTree(journal.plan);
  for (const event of journal.events) evolve(tree, event);
  return waitingAsks(tree).some(({ path }) => path === "approve");
}

type Journal = { readonly plan: Plan; readonly events: readonly RunEvent[] };
type Seen = { readonly journal: Journal | undefined; readonly witnessed: ReadonlyMap<string, number> };

/** The journal as another process reads it. A run that a dead process still held would be a lease left over. */
async function readJournal(folder: string, problems: string[]): Promise<Journal | undefined> {
  if (!existsSync(join(folder, ".nanobrain"))) return undefined;
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  try {
    if ((await runtime.store.find("rig")) === undefined) return undefined;
    const holder = await runtime.store.holder("rig");
    if (holder !== undefined) problems.push(`process ${holder.pid} holds the run after its death`);
    const { plan, events } = await runtime.look("rig");
    return { plan, events };
  } finally {
    await runtime.close();
  }
}

/** After each process: what was acknowledged is there, and no effect that was recorded before it has been repeated. */
async function look(folder: string, before: Seen, problems: string[]): Promise<Seen> {
  const journal = await readJournal(folder, problems);
  const acked = Math.max(0, ...lines(folder, "acked").map(Number));
  const last = journal?.events.length ?? 0;
  if (last < acked) problems.push(`event ${acked} was acknowledged, the journal ends at ${last}`);
  const witnessed = counted(lines(folder, "witness"));
  for (const key of effectKeys(before.journal)) {
    if (witnessed.get(key) !== before.witnessed.get(key)) problems.push(`effect ${key} was recorded and repeated`);
  }
  return { journal, witnessed };
}

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Idempotency keys of the cells whose effect the journal holds. */
function effectKeys(journal: Journal | undefined): ReadonlySet<string> {
  const keys = new Set<string>();
  if (journal === undefined) return keys;
  const tree = createTree(journal.plan);
  for (const event of journal.events) {
    if (event.type === "effect.recorded") {
      const round = findCell(runAt(tree, event.run), event)?.round ?? 1;
      keys.add(`${tree.id}:${cellKey(tree, event, round)}`);
    }
    evolve(tree, event);
  }
  return keys;
}

/** What must hold when the run has finished, however often it was killed. */
async function judge(
  folder: string,
  { journal, witnessed }: Seen,
  kills: number,
  problems: string[],
): Promise<Omit<Outcome, "kills">> {
  const finished = lines(folder, "finished").map((line) => JSON.parse(line) as { status: string; outputs: unknown });
  if (finished.length !== 1) problems.push(`the run finished ${finished.length} times`);
  if (journal !== undefined) problems.push(...checkJournal(journal.plan, journal.events).faults);
  const lost = new Map<string, number>();
  for (const event of journal?.events ?? []) {
    if (event.type !== "attempt.lost") continue;
    const cell = `${event.run} ${event.node} ${event.c}`;
    lost.set(cell, (lost.get(cell) ?? 0) + 1);
  }
  for (const [cell, count] of lost) if (count > kills) problems.push(`cell ${cell} was lost ${count} times`);
  const recorded = effectKeys(journal);
  for (const [key, count] of witnessed) {
    if (!recorded.has(key)) problems.push(`effect ${key} happened and is not recorded`);
    if (count > kills + 1) problems.push(`effect ${key} happened ${count} times over ${kills} kills`);
  }
  for (const [key, count] of counted(lines(folder, "undone")))
    if (count > kills + 1) problems.push(`${key} happened ${count} times over ${kills} kills`);
  problems.push(...(await damage(join(folder, ".nanobrain", "journals"))));
  const last = finished[0];
  const events = journal?.events.length ?? 0;
  const undone = [...new Set(lines(folder, "undone"))].sort();
  return { outputs: last?.outputs, status: last?.status ?? "unfinished", violations: problems, events, undone };
}

/** What SQLite itself says of the store's files. */
async function damage(journals: string): Promise<readonly string[]> {
  const driver = await loadDriver();
  return readdirSync(journals)
    .filter((file) => file.endsWith(".db"))
    .flatMap((file) => {
      const connection = driver.open(join(journals, file));
      try {
        const rows = connection.prepare("PRAGMA integrity_check").all([]);
        const text = rows.map((row) => Object.values(row).join(" ")).join("; ");
        return text === "ok" ? [] : [`${file}: ${text}`];
      } finally {
        connection.close();
      }
    });
}

/** Points two at a time: the machine has two cores. */
export async function each<T>(points: readonly T[], work: (point: T) => Promise<void>): Promise<void> {
  const queue = [...points];
  const lane = async (): Promise<void> => {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) await work(point);
  };
  await Promise.all([lane(), lane()]);
}

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
