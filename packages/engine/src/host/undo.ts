import type { AttemptSink } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import { classify } from "../errors/classify.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Cell, Unstamped } from "../kernel/event.js";
import type { UndoEntry } from "../kernel/recovery/recovery-state.js";
import { rollingRun } from "../kernel/recovery/rollback.js";
import type { RunTree } from "../kernel/state.js";
import { secretsOf } from "../values/outcome.js";
import type { RunSettings } from "../values/parts.js";
import { runAside } from "../values/run-aside.js";
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
  const aside = {
    executor: component.module === undefined ? "local" : "thread",
    id: `${tree.id}:${id}`,
    component,
    inputs,
    idempotencyKey: `${tree.id}:${entry.key}:undo`,
    runId: tree.id,
    step: `${pathOf(entry)} (on_rollback)`,
    secrets: await secretsOf(parts.secrets(settings.folders.project), component),
  };
  const tell: AttemptSink["log"] = (level, text) => log(aside.step, level, text);
  const outcome = await runAside(parts, settings, { ...aside, log: tell }, signal);
  return outcome.status === "failed" ? outcome.failure : undefined;
}

type AttemptLog = (step: string, level: "debug" | "info" | "warn" | "error", text: string) => void;

/** `outer[3]/inner:1` without its activation. */
function pathOf(entry: UndoEntry): string {
  return entry.key.replace(/:\d+(~\d+)?$/, "");
}
