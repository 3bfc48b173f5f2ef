import { callAfter } from "../contracts/clock.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { executorFor, type RunSettings, type ValueParts } from "./parts.js";

/** Work beside the cells of a run: what a link does to a value, what undoes a step, what follows the end. */
export type Aside = Pick<AttemptRequest, "id" | "component" | "inputs" | "runId" | "step"> & {
  readonly executor: string;
  /** Default: the id. */
  readonly idempotencyKey?: string;
  readonly outputPorts?: readonly string[];
  readonly secrets?: AttemptRequest["secrets"];
  readonly log?: AttemptSink["log"];
};

/** Runs it once, like an attempt that nobody retries. It sends nothing ahead of its result, and records no effects. */
export function runAside(
  parts: ValueParts,
  { folders }: RunSettings,
  aside: Aside,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { executor, id, component, inputs, runId, step, idempotencyKey = id, outputPorts = [], secrets = {} } = aside;
  const inputPorts = Object.keys(inputs);
  const ports = { inputs, inputPorts, outputPorts };
  const request = { id, component, ...ports, attempt: 1, idempotencyKey, runId, step, folders, secrets, effects: {} };
  const sink: AttemptSink = {
    effect: () => Promise.resolve(),
    emit: (port) => Promise.reject(nanobrainError("E_EMIT", { port, what: `${step} is no step, it has no links` })),
    log: aside.log ?? (() => undefined),
    progress: () => undefined,
  };
  return executorFor(parts, executor).execute(request, sink, signal);
}

/** The same, ended with `late` when its time is up. */
export async function runAsideWithin(
  parts: ValueParts,
  settings: RunSettings,
  aside: Aside,
  timeoutMs: number,
  late: Failure,
): Promise<AttemptOutcome> {
  const controller = new AbortController();
  const stop = callAfter(parts.clock, timeoutMs, () => controller.abort(late));
  try {
    return await runAside(parts, settings, aside, controller.signal);
  } finally {
    stop();
  }
}
