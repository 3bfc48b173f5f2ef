import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import { failureOf } from "../errors/failure-of.js";
import { activationAt, findActivation, refresh, stepOf } from "./cells.js";
import type { RunEvent } from "./event.js";
import { openFor } from "./evolve-attempts.js";
import { clearErrand, makeReady, setErrand } from "./flow.js";
import { dropLetter, noteTaken } from "./queues/hooks.js";
import { close } from "./settle.js";
import { FAILED, type OpenActivation, type RunState, type RunTree, runAt, SKIPPED, SUCCEEDED } from "./state.js";

/** Activations as a whole: what was found out about them, how they settle or fail, and units. */

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

export function measure(tree: RunTree, event: Of<"activation.measured">): void {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node, event.n);
  clearErrand(tree, "measure", run, event.node, event.n);
  if (event.failure === undefined) activation.count = event.count;
  else awaitVerdict(run, activation, event.failure);
  refresh(tree, run, activation);
}

function awaitVerdict(run: RunState, activation: OpenActivation, failure: Failure): void {
  activation.failure = failure;
  const { node, n } = activation;
  run.verdicts.set(`${node}:${n}:-1`, { node, n, c: -1 });
}

export function gather(tree: RunTree, event: Of<"activation.gathered">): void {
  const run = runAt(tree, event.run);
  const { node, n, out, links, at } = event;
  const activation = activationAt(run, node, n);
  clearErrand(tree, "gather", run, node, n);
  if (activation.closing) return close(tree, run, { node, n, status: FAILED, out, links, at });
  tree.dirty.add(run.index);
  if (event.failure !== undefined) return awaitVerdict(run, activation, event.failure);
  const allowed = stepOf(run, node).forEach?.maxFailures ?? 0;
  if (activation.failed <= allowed) return close(tree, run, { node, n, status: SUCCEEDED, out, links, at });
  activation.out = out;
  activation.links = links;
  const details = { failed: activation.failed, count: activation.count, allowed };
  const first = [...activation.cells.values()].find((cell) => cell.failure !== undefined)?.failure;
  awaitVerdict(run, activation, failureOf("E_TOO_MANY_FAILED", details, first === undefined ? {} : { cause: first }));
}

export function reuse(tree: RunTree, event: Of<"activation.reused">): void {
  const status = { succeeded: SUCCEEDED, skipped: SKIPPED, failed: FAILED }[event.status];
  const run = runAt(tree, event.run);
  clearErrand(tree, "unit", run, event.node, event.n);
  keepOutput(run, event.node, event.out["value"]);
  settle(tree, run, event, status);
}

export function skip(tree: RunTree, event: Of<"activation.skipped">): void {
  settle(tree, runAt(tree, event.run), { ...event, out: {}, links: [] }, SKIPPED);
}

type Settled = Pick<Of<"activation.reused">, "node" | "n" | "out" | "links" | "at">;

/** Closes an activation that may never have opened. */
function settle(tree: RunTree, run: RunState, { node, n, out, links, at }: Settled, status: number): void {
  run.barren.delete(node);
  run.stuck.delete(node);
  if (run.queues.length > 0 && findActivation(run, node, n) === undefined) noteTaken(run, node, n, at);
  close(tree, run, { node, n, status, out, links, at });
}

/** A unit or output took its tokens; a value its schema refuses is a failure of the unit. */
export function updateUnit(tree: RunTree, event: Of<"unit.updated">): void {
  const run = runAt(tree, event.run);
  const { node, n, failure, value, links } = event;
  clearErrand(tree, "unit", run, node, n);
  tree.dirty.add(run.index);
  if (failure !== undefined) {
    run.stuck.delete(node);
    run.verdicts.set(`${node}:${n}:-1`, { node, n, c: -1, failure });
    return;
  }
  keepOutput(run, node, value);
  const letters = run.topology.letters[node] ?? -1;
  if (letters >= 0) dropLetter(run, letters);
  settle(tree, run, { node, n, out: value === undefined ? {} : { value }, links, at: event.at }, SUCCEEDED);
}

function keepOutput(run: RunState, node: number, value: Handle | undefined): void {
  if (value !== undefined && run.workflow.nodes[node]?.kind === "output") run.outputs.set(node, value);
}

export function failActivation(tree: RunTree, event: Omit<Of<"activation.failed">, "type" | "seq" | "reason">): void {
  const run = runAt(tree, event.run);
  const { node, n, failure, at } = event;
  const activation = findActivation(run, node, n);
  const cell = activation?.cells.get(0);
  const step = run.workflow.nodes[node]?.step;
  const links = step?.forEach === undefined ? cell?.links : activation?.links;
  for (const c of [-1, 0]) if (run.verdicts.delete(`${node}:${n}:${c}`) && c === 0 && activation) activation.pending--;
  if (event.handling !== "continue") return stopAt(tree, run, node, activation, failure);
  if (step?.errorLinked === true && links === undefined) return askForError(tree, event);
  const ending = { node, n, out: activation?.out ?? {}, links: links ?? [], at };
  settle(tree, run, ending, FAILED);
}

/** Failures that no attempt of its own brought have links to be looked at: the host gathers the `error` port alone. */
function askForError(tree: RunTree, event: Omit<Of<"activation.failed">, "type" | "seq" | "reason">): void {
  const run = runAt(tree, event.run);
  const { node, n, failure, at } = event;
  const activation = openFor(tree, run, event, at);
  clearErrand(tree, "measure", run, node, n);
  activation.failure = failure;
  activation.closing = true;
  refresh(tree, run, activation);
  setErrand(tree, "gather", run, node, n);
}

/** Under `stop` the failed activation stays open, so that a resume can try it again. */
function stopAt(
  tree: RunTree,
  run: RunState,
  node: number,
  activation: OpenActivation | undefined,
  failure: Failure,
): void {
  if (activation === undefined) {
    run.stuck.add(node);
    makeReady(tree, run, node);
  } else {
    activation.failure = failure;
    activation.halted = true;
    run.busy--;
    refresh(tree, run, activation);
  }
  run.status = "stopping";
  run.cause = failure;
  tree.dirty.add(run.index);
}
