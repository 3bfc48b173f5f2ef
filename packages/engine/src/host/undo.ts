import type { AttemptSink } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import { classify } from "../errors/classify.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Cell, Unstamped } from "../kernel/event.js";
import type { UndoEntry } from "../kernel/recovery/recovery-state.js";
import { rollingRun } from "../kernel/recovery/rollback.js";
import type { RunTree } from "../kernel/state.js";
import { secretsOf } from "../values/outcome.js";
import { executorFor, type RunSettings } from "../values/parts.js";
import type { HostParts } from "./parts.js";

/**
 * Runs the `on_rollback` component of work that a rollback takes back; its inputs are the work's inputs and outputs by port. The
 * same work is undone under the same key, however often the process dies. Never rejects.
 */
export async function runUndo(
  parts: HostParts,
  settings: RunSettings,
  tree: RunTree,
  at: Cell & { readonly id: number },
  log: AttemptLog,
  signal: AbortSignal,
): Promise<Unstamped> {
  const failure = await undo(parts, settings, tree, at.id, log, signal).catch(classify);
  const { run, node, n, c, id } = at;
  return { type: "undo.ended", run, node, n, c, id, ...(failure === undefined ? {} : { failure }) };
}

async function undo(
  parts: HostParts,
  settings: RunSettings,
  tree: RunTree,
  id: number,
  log: AttemptLog,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const entry = rollingRun(tree, id)?.recovery.rolling?.undoing?.entry;
  const step = tree.plan.workflows[entry?.workflow ?? -1]?.nodes[entry?.cell.node ?? -1]?.step;
  const component = step?.onRollback;
  if (entry === undefined || component === undefined)
    throw nanobrainError("E_INTERNAL", { what: `event ${id} undoes nothing` });
  const inputs = await parts.values.loadAll({ ...entry.inputs, ...entry.out });
  const path = `${pathOf(entry)} (on_rollback)`;
  const sink: AttemptSink = {
    effect: () => Promise.resolve(),
    emit: (port) => Promise.reject(nanobrainError("E_EMIT", { port, what: "an on_rollback component has no links" })),
    log: (level, text) => log(path, level, text),
    progress: () => undefined,
  };
  const request = {
    id: `${tree.id}:${id}`,
    component,
    inputs,
    inputPorts: Object.keys(inputs),
    outputPorts: [],
    attempt: 1,
    idempotencyKey: `${tree.id}:${entry.key}:undo`,
    runId: tree.id,
    step: path,
    folders: settings.folders,
    secrets: await secretsOf(parts.secrets(settings.folders.project), component),
    effects: {},
  };
  const executor = executorFor(parts, component.module === undefined ? "local" : "thread");
  const outcome = await executor.execute(request, sink, signal);
  return outcome.status === "failed" ? outcome.failure : undefined;
}

type AttemptLog = (step: string, level: "debug" | "info" | "warn" | "error", text: string) => void;

/** `outer[3]/inner:1` without its activation. */
function pathOf(entry: UndoEntry): string {
  return entry.key.replace(/:\d+(~\d+)?$/, "");
}
