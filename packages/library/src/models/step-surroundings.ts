import type { StepContext } from "@nanobrain/engine";
import { readStepFile } from "@nanobrain/engine/steps";
import type { ModelSurroundings } from "./model.js";

const scriptBytes = 4 * 1_048_576;

/** What a call of a model may use of a step. `call`: its name within the step, as that of its effect. */
export function stepSurroundings(
  context: StepContext,
  call: string,
  listeners: Pick<ModelSurroundings, "onText" | "onRestart"> = {},
): ModelSurroundings {
  const began = performance.now();
  return {
    now: () => context.startedAt + (performance.now() - began),
    http: context.http,
    signal: context.signal,
    secrets: context.secrets,
    idempotencyKey: `${context.idempotencyKey}:${call}`,
    log: (level, text) => {
      context.log(level, text);
    },
    readText: async (path) => (await readStepFile(path, scriptBytes, context)).toString("utf8"),
    ...listeners,
  };
}
