import type { RunRecord } from "../contracts/store.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { PortValues, RunEvent, Unstamped } from "../kernel/event.js";
import { evolve } from "../kernel/evolve.js";
import { createTree, type RunTree } from "../kernel/state.js";
import type { Plan } from "../plan/plan.js";
import type { RunSettings } from "../values/parts.js";
import { Driver } from "./driver.js";
import type { HostParts } from "./parts.js";

export type Beginning = {
  readonly created: Extract<Unstamped, { type: "run.created" }>;
  readonly inputs: PortValues;
  /** Activations taken over from another run, in topological order. */
  readonly reused: readonly Unstamped[];
};

/** Journals a new run; it is on disk when this resolves. The caller starts it with `turn()`. Fails with E_RUN_EXISTS. */
export async function beginRun(
  parts: HostParts,
  settings: RunSettings,
  plan: Plan,
  beginning: Beginning,
): Promise<Driver> {
  const tree = createTree(plan);
  const started: Unstamped = { type: "run.started", run: 0, workflow: 0, inputs: beginning.inputs };
  const events = [beginning.created, started, ...beginning.reused].map((input) => append(parts, tree, input));
  const driver = new Driver(parts, settings, tree);
  // Nothing has been decided yet: it does not wait for anybody.
  await parts.store.create({ runId: tree.id, events, record: { ...driver.record(), status: "running" }, plan });
  return driver;
}

function append(parts: HostParts, tree: RunTree, input: Unstamped): RunEvent {
  const event = { seq: tree.seq + 1, at: parts.clock.now(), ...input } as RunEvent;
  evolve(tree, event);
  return event;
}

/** Events are read in pages, so that a long journal is never in memory as a whole. */
const PAGE = 5000;

/** `see` is shown each event, so that what else is to be made of them needs no reading of its own. */
export async function foldRun(
  parts: HostParts,
  runId: string,
  plan: Plan,
  see: (event: RunEvent) => void = () => undefined,
): Promise<{ tree: RunTree; last: RunEvent | undefined }> {
  const tree = createTree(plan);
  let last: RunEvent | undefined;
  for (;;) {
    const page = await parts.store.events(runId, tree.seq, PAGE);
    for (const event of page) {
      evolve(tree, event);
      see(event);
    }
    last = page.at(-1) ?? last;
    if (page.length < PAGE) return { tree, last };
  }
}

/**
 * Takes over a run that no live process drives: attempts that were under way are lost and start again; a failed run is
 * tried again, a paused one goes on. Fails with E_RUN_HELD, or E_RUN_STATE when it has ended meanwhile. The caller starts it with `turn()`.
 */
export async function takeOver(
  parts: HostParts,
  settings: RunSettings,
  record: RunRecord,
  plan: Plan,
  by: string,
  see?: (event: RunEvent) => void,
): Promise<Driver> {
  const claim = await parts.store.claim(record.id);
  if (claim.status === "unknown") throw nanobrainError("E_RUN_UNKNOWN", { run: record.id, place: parts.store.place });
  if (claim.status === "held") {
    throw nanobrainError("E_RUN_HELD", { run: record.name, pid: claim.holder.pid, host: claim.holder.host });
  }
  const { tree, last } = await foldRun(parts, record.id, plan, see);
  const status = tree.ended ? tree.runs[0]?.status : undefined;
  if (status === "completed" || status === "cancelled") {
    // Another process took it to its end since the record was read.
    await parts.store.release(record.id);
    throw nanobrainError("E_RUN_STATE", { action: "resume", run: record.name, status });
  }
  const driver = new Driver(parts, settings, tree);
  const inputs: Unstamped[] = [{ type: "run.taken", epoch: claim.epoch, by }, ...lostAttempts(tree, last)];
  if (tree.ended && tree.runs[0]?.status === "failed") inputs.push({ type: "run.resumed", by });
  if (tree.paused) inputs.push({ type: "run.unpaused", by });
  await Promise.all(inputs.map((input) => driver.receive(input)));
  return driver;
}

/** What was under way in the process that is gone, given the last event of the journal. */
export function lostAttempts(tree: RunTree, last: RunEvent | undefined): Unstamped[] {
  const cause = last?.type === "run.released" ? "drain" : "crash";
  const lost: Unstamped[] = [];
  for (const run of tree.runs) {
    for (const activation of run?.open.values() ?? []) {
      for (const cell of activation.cells.values()) {
        if (cell.status !== "running" || (cell.child >= 0 && !cell.fallback)) continue;
        lost.push({
          type: "attempt.lost",
          run: run?.index ?? 0,
          node: activation.node,
          n: activation.n,
          c: cell.c,
          id: cell.id,
          cause,
        });
      }
    }
  }
  return lost;
}
