import type { Blobs } from "../../contracts/blobs.js";
import type { StepDefinition } from "../../contracts/component.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink, Suspension, Usage } from "../../contracts/executor.js";
import type { Failure } from "../../contracts/failure.js";
import type { Json } from "../../contracts/json.js";
import { callWith } from "../../contracts/lazy-context.js";
import type { StepCode } from "../../contracts/step-code.js";
import type { StopSign } from "../../contracts/stop-sign.js";
import { classify } from "../../errors/classify.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { maskedFailure } from "../../values/masked-failure.js";
import { secretMask } from "../../values/secret-mask.js";
import { abortFailure } from "./abort-failure.js";
import { attemptScratch, removeScratch } from "./attempt-scratch.js";
import { fillSecrets } from "./fill-secrets.js";
import { joined } from "./outside-usage.js";
import { AttemptContext, type AttemptSurroundings } from "./step-context.js";
import type { StepEmits } from "./step-emits.js";
import { suspensionOf } from "./step-suspension.js";
import { jsonLimits, toJson } from "./to-json.js";
import type { Measured, UsageMeter } from "./usage-meter.js";

export type StepSurroundings = {
  readonly code: StepCode;
  readonly blobs: Blobs;
  readonly meter: UsageMeter;
  /** How long code may take to end after its signal has aborted before it is abandoned. Infinity: somebody else ends it. */
  readonly graceMs: number;
  /** Nothing of the attempt is left. */
  ended?(stop: StopSign): void;
};

/**
 * Runs one attempt here, on this thread. Never rejects. I1. After an abort the outcome is the reason of the stop sign,
 * whatever the code returns. I2. After the outcome nothing of the attempt reaches sink or blobs. I3. What leaves is
 * checked JSON, copied, with the values of secrets masked.
 */
export async function runStep(
  request: AttemptRequest,
  sink: AttemptSink,
  stop: StopSign,
  around: StepSurroundings,
): Promise<AttemptOutcome> {
  const mask = secretMask(request.secrets);
  const surroundings: AttemptSurroundings = { request, sink, stop, blobs: around.blobs, mask, code: around.code };
  const attempt = new AttemptContext(surroundings);
  const startedMs = performance.now();
  const measure = around.meter.start();
  const sizes: Sizes = { inputBytes: 0, outputBytes: 0 };
  const ending = await endingOf(stop, around.graceMs, () => outputsOf(surroundings, around.code, attempt, sizes));
  attempt.close();
  const usage = usageOf(performance.now() - startedMs, measure(), attempt.outside?.total(), sizes);
  if (attempt.usedScratch) {
    const left = await removeScratch(attemptScratch(request));
    if (left !== undefined) sink.log("warn", `Cannot remove the attempt's folder: ${left}`);
  }
  around.ended?.(stop);
  if (ending.status === "succeeded") return { status: "succeeded", outputs: ending.outputs, usage };
  if (ending.status !== "failed") return { ...ending, usage };
  return { status: "failed", failure: maskedFailure(ending.failure, mask), usage };
}

type Sizes = { inputBytes: number; outputBytes: number };
type Outputs = { readonly [port: string]: Json };
type Ending =
  | { readonly status: "succeeded"; readonly outputs: Outputs }
  | { readonly status: "failed"; readonly failure: Failure }
  | ({ readonly status: "suspended" } & Suspension);

function usageOf(durationMs: number, here: Measured, outside: Measured | undefined, sizes: Sizes): Usage {
  const { cpuMs, peakMemoryBytes } = outside === undefined ? here : joined(here, outside);
  return { durationMs, cpuMs, peakMemoryBytes, inputBytes: sizes.inputBytes, outputBytes: sizes.outputBytes };
}

/** How the code ends, or how the abort ends it. Code that ignores the abort is abandoned after the grace. */
function endingOf(stop: StopSign, graceMs: number, run: () => Promise<Outputs>): Promise<Ending> {
  const aborted = (): Ending => ({ status: "failed", failure: abortFailure(stop.reason) });
  if (stop.isUp) return Promise.resolve(aborted());
  return new Promise((resolve) => {
    const callOff = afterGrace(stop, graceMs, () => resolve(aborted()));
    run().then(
      (outputs) => {
        callOff();
        resolve(stop.isUp ? aborted() : { status: "succeeded", outputs });
      },
      (error: unknown) => {
        callOff();
        resolve(stop.isUp ? aborted() : thrownEnding(error));
      },
    );
  });
}

function afterGrace(stop: StopSign, graceMs: number, over: () => void): () => void {
  if (!Number.isFinite(graceMs)) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const deaf = stop.whenUp(() => {
    timer = setTimeout(over, graceMs);
  });
  return () => {
    deaf();
    clearTimeout(timer);
  };
}

function thrownEnding(error: unknown): Ending {
  const suspension = suspensionOf(error);
  return suspension === undefined
    ? { status: "failed", failure: classify(error) }
    : { status: "suspended", ...suspension };
}

/** What was checked where it came from is only copied: several values at once, or lists of them, may be larger than each. */
const inputLimits = { maxBytes: Number.POSITIVE_INFINITY, maxDepth: 1024, maxContainers: Number.POSITIVE_INFINITY };

async function outputsOf(
  surroundings: AttemptSurroundings,
  code: StepCode,
  attempt: AttemptContext,
  sizes: Sizes,
): Promise<Outputs> {
  const { request, mask } = surroundings;
  const inputs = toJson(request.inputs, inputLimits);
  if (!inputs.ok) throw nanobrainError("E_INTERNAL", { what: `an input is no JSON at ${inputs.path}: ${inputs.what}` });
  sizes.inputBytes = inputs.bytes;
  const found = code.find(request.component, request.folders);
  const definition = found instanceof Promise ? await found : found;
  const config = fillSecrets(request.component.config, request.secrets);
  const call = callWith(inputs.value as Outputs, config, attempt);
  const ports = definition.ports(config);
  attempt.declare(definition, ports);
  let result: unknown;
  try {
    result = await definition.run(call);
    const asked = attempt.asked();
    if (asked !== undefined) throw await asked;
  } catch (thrown) {
    // Whatever the code does with the signal of a question, it is how the attempt ends.
    const asked = attempt.asked();
    const error = asked === undefined ? thrown : await asked;
    const sent = attempt.emits;
    if (sent !== undefined) await settleEmits(sent, error);
    throw error;
  }
  const emits = attempt.emits;
  if (emits !== undefined) result = await afterEmits(emits, result, sizes);
  const outputs = checkedOutputs(result, mask);
  sizes.outputBytes += outputs.bytes;
  if (ports.openOutputs) return outputs.value;
  for (const port of Object.keys(outputs.value))
    if (!Object.hasOwn(ports.outputs, port)) throw undeclared(port, definition);
  return outputs.value;
}

/** What was emitted before a failure counts, whatever becomes of it: the failure of the code is the attempt's. */
async function settleEmits(emits: StepEmits, error: unknown): Promise<void> {
  if (suspensionOf(error) === undefined) await emits.settled().catch(() => undefined);
  else await emits.settled();
}

/** Everything emitted is acknowledged; code that only emits may return nothing. */
async function afterEmits(emits: StepEmits, result: unknown, sizes: Sizes): Promise<unknown> {
  await emits.settled();
  const { count, bytes } = emits.given();
  sizes.outputBytes = bytes;
  return result === undefined && count > 0 ? {} : result;
}

function undeclared(port: string, definition: StepDefinition): Error {
  return nanobrainError("E_OUTPUT_PORT", { port, class: definition.class });
}

function checkedOutputs(
  result: unknown,
  mask: AttemptSurroundings["mask"],
): { readonly value: Outputs; readonly bytes: number } {
  if (typeof result !== "object" || result === null || Array.isArray(result) || result instanceof Date) {
    throw nanobrainError("E_OUTPUT_VALUE", {
      path: "the result",
      what: "an object with the outputs by port is expected",
    });
  }
  const checked = toJson(result, mask === undefined ? jsonLimits : { ...jsonLimits, mask });
  if (checked.ok) return { value: checked.value as Outputs, bytes: checked.bytes };
  throw nanobrainError("E_OUTPUT_VALUE", {
    path: checked.path === "" ? "the result" : checked.path,
    what: checked.what,
  });
}
