import type { StepContext } from "../contracts/component.js";
import type { Json } from "../contracts/json.js";
import { withSignalOf } from "../contracts/lazy-signal.js";

type Members<Inputs, Config> = Omit<StepContext, "signal" | "memoryBytes"> & {
  readonly inputs: Inputs;
  readonly config: Config;
  memoryBytes?: number;
};

/** Inputs and config beside all that is in the context, whose signal is still made when it is first read. */
export function stepArguments<Inputs, Config>(
  context: StepContext,
  inputs: Inputs,
  config: Config,
  emit: (port: string, value: Json) => Promise<void>,
): StepContext & { readonly inputs: Inputs; readonly config: Config } {
  // Named one by one: spreading so many members takes longer than a small step.
  const given: Members<Inputs, Config> = {
    inputs,
    config,
    attempt: context.attempt,
    startedAt: context.startedAt,
    idempotencyKey: context.idempotencyKey,
    runId: context.runId,
    step: context.step,
    folders: context.folders,
    inputPorts: context.inputPorts,
    outputPorts: context.outputPorts,
    secrets: context.secrets,
    http: context.http,
    effect: context.effect,
    call: context.call,
    emit,
    emitted: context.emitted,
    suspend: context.suspend,
    ask: context.ask,
    callWorkflow: context.callWorkflow,
    definitionOf: context.definitionOf,
    log: context.log,
    warn: context.warn,
    progress: context.progress,
    measured: context.measured,
    keep: context.keep,
    read: context.read,
    locate: context.locate,
    freshFolder: context.freshFolder,
  };
  if (context.memoryBytes !== undefined) given.memoryBytes = context.memoryBytes;
  return withSignalOf(given, context);
}
