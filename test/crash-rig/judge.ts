import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, type Plan, type RunEvent } from "@nanobrain/engine";
import { loadDriver } from "../../packages/engine/src/adapters/stores/sqlite/load-driver.js";
import { evolve } from "../../packages/engine/src/kernel/evolve.js";
import { cellKey, findCell } from "../../packages/engine/src/kernel/recovery/cell-key.js";
import { createTree, runAt } from "../../packages/engine/src/kernel/state.js";
import { waitingAsks } from "../../packages/engine/src/runtime/steering/judge-answer.js";
import { checkJournal } from "../../packages/engine/src/testing/simulator/journal-rules.js";
import { callFaults, endFaults, recordedCalls } from "./plain-calls.js";

/*
 * Judges what processes left behind. Trusted is only what lies outside the store: events that were acknowledged and effects that happened,
 * each written by the process before it goes on.
 */

export type Journal = {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  /** Of the runs that steps called. */
  readonly called: readonly Omit<Journal, "called">[];
};
export type Seen = {
  readonly journal: Journal | undefined;
  readonly witnessed: ReadonlyMap<string, number>;
  /** Calls of plain code, by run and step. */
  readonly called?: ReadonlyMap<string, number>;
};

/** What the run came to, and how it compares with what was promised. */
export type Verdict = {
  readonly outputs: unknown;
  readonly status: string;
  /** Broken promises, in words; empty when all held. */
  readonly violations: readonly string[];
  readonly events: number;
  /** Keys of the work that was taken back. */
  readonly undone: readonly string[];
};

export const nothingSeen: Seen = { journal: undefined, witnessed: new Map() };

export const lines = (folder: string, file: string): string[] =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim().split("\n").filter(Boolean) : [];

/** Whether `approve` waits for its answer. */
export function isAsked(journal: Journal | undefined): boolean {
  if (journal === undefined) return false;
  const tree = createTree(journal.plan);
  for (const event of journal.events) evolve(tree, event);
  return waitingAsks(tree).some(({ path }) => path === "approve");
}

/** The journal as another process reads it. A run that a dead process still held would be a lease left over. */
async function readJournal(folder: string, problems: string[]): Promise<Journal | undefined> {
  if (!existsSync(join(folder, ".nanobrain"))) return undefined;
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  try {
    if ((await runtime.store.find("rig")) === undefined) return undefined;
    const holder = await runtime.store.holder("rig");
    if (holder !== undefined) problems.push(`process ${holder.pid} holds the run after its death`);
    const { plan, events } = await runtime.look("rig");
    const others = (await runtime.store.runs()).filter(({ id }) => id !== "rig");
    return { plan, events, called: await Promise.all(others.map(({ id }) => runtime.look(id))) };
  } finally {
    await runtime.close();
  }
}

/** After each process: what was acknowledged is there, and no effect that was recorded before it has been repeated. */
export async function look(folder: string, before: Seen, problems: string[]): Promise<Seen> {
  const journal = await readJournal(folder, problems);
  const acked = Math.max(0, ...lines(folder, "acked").map(Number));
  const last = journal?.events.length ?? 0;
  if (last < acked) problems.push(`event ${acked} was acknowledged, the journal ends at ${last}`);
  const witnessed = counted(lines(folder, "witness"));
  for (const key of effectKeys(before.journal)) {
    if (witnessed.get(key) !== before.witnessed.get(key)) problems.push(`effect ${key} was recorded and repeated`);
  }
  const called = counted(lines(folder, "called"));
  problems.push(...callFaults(journal, called), ...endFaults(journal, lines(folder, "ended")));
  for (const key of recordedCalls(before.journal))
    if (called.get(key) !== before.called?.get(key)) problems.push(`${key} was recorded and called again`);
  return { journal, witnessed, called };
}

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Idempotency keys of the cells whose effects the journal holds, each with the effect's name. */
function effectKeys(journal: Journal | undefined): ReadonlySet<string> {
  if (journal === undefined) return new Set();
  return new Set([journal, ...journal.called].flatMap(keysIn));
}

function keysIn(journal: Omit<Journal, "called">): readonly string[] {
  const keys: string[] = [];
  const tree = createTree(journal.plan);
  for (const event of journal.events) {
    if (event.type === "effect.recorded") {
      const round = findCell(runAt(tree, event.run), event)?.round ?? 1;
      keys.push(`${tree.id}:${cellKey(tree, event, round)} ${event.name}`);
    }
    evolve(tree, event);
  }
  return keys;
}

/** What must hold when the run has finished, however often it was killed. */
export async function judge(
  folder: string,
  { journal, witnessed }: Seen,
  kills: number,
  problems: string[],
): Promise<Verdict> {
  const finished = lines(folder, "finished").map((line) => JSON.parse(line) as { status: string; outputs: unknown });
  if (finished.length !== 1) problems.push(`the run finished ${finished.length} times`);
  if (journal !== undefined)
    for (const one of [journal, ...journal.called])
      problems.push(...checkJournal(one.plan, one.events).faults, ...lostTooOften(one, kills));
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

function lostTooOften({ events }: Omit<Journal, "called">, kills: number): string[] {
  const lost = new Map<string, number>();
  for (const event of events) {
    if (event.type !== "attempt.lost") continue;
    const cell = `${event.run} ${event.node} ${event.n} ${event.c}`;
    lost.set(cell, (lost.get(cell) ?? 0) + 1);
  }
  return [...lost].flatMap(([cell, count]) => (count > kills ? [`cell ${cell} was lost ${count} times`] : []));
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

/** How a disturbed run differs from the undisturbed one, in words; empty: not at all, and nothing was broken. */
export function brokenIn(found: Verdict, expected: Verdict): readonly string[] {
  const same = (what: "status" | "outputs" | "undone"): string[] => {
    const [one, other] = [JSON.stringify(found[what]), JSON.stringify(expected[what])];
    return one === other ? [] : [`${what}: ${one}, undisturbed ${other}`];
  };
  return [...found.violations, ...same("status"), ...same("outputs"), ...same("undone")];
}
