import type { AttemptOutcome, AttemptRequest } from "../../contracts/executor.js";
import type { Failure } from "../../contracts/failure.js";
import type { StepCodeSpec } from "../../contracts/step-code.js";

/** What a lane is started with. `claims`: the memory in which it says what it has begun, where memory can be shared. */
export type LaneStart = { readonly code: StepCodeSpec; readonly claims?: SharedArrayBuffer };

/** What attempts of one step have in common. It is sent once, and named by its number: from 0 in the order they were sent. */
export type LaneCommon = Pick<
  AttemptRequest,
  "component" | "folders" | "inputPorts" | "outputPorts" | "runId" | "memoryBytes"
>;

/** What few attempts have. */
export type LaneExtras = Pick<AttemptRequest, "secrets" | "effects" | "emitted">;

/** An attempt. A list, as most that is sent is small: names of members would be longer than what they name. */
export type LaneJob = readonly [
  job: number,
  common: number,
  id: string,
  idempotencyKey: string,
  step: string,
  attempt: number,
  startedAt: number | undefined,
  inputs: AttemptRequest["inputs"],
  extras: LaneExtras | undefined,
];

/** `job` counts the attempts of one lane, so that what an earlier one left behind is told apart. */
export type ToLane =
  /** `fresh`: what was sent before is forgotten. The jobs are run one after the other. */
  | {
      readonly type: "run";
      readonly fresh: boolean;
      readonly commons: readonly LaneCommon[];
      readonly jobs: readonly LaneJob[];
    }
  | { readonly type: "abort"; readonly job: number; readonly reason: Failure }
  | { readonly type: "answer"; readonly call: number; readonly value?: unknown; readonly failure?: Failure };

/** What a lane asks of its host: `effect`, `reserve`, `emit`, `callWorkflow`, or a method of Blobs. */
export type LaneCall = {
  readonly type: "call";
  readonly job: number;
  readonly call: number;
  readonly method: "effect" | "reserve" | "emit" | "callWorkflow" | "put" | "putFile" | "get" | "has" | "path";
  readonly args: readonly unknown[];
};

export type FromLane =
  | LaneCall
  | {
      readonly type: "log";
      readonly job: number;
      readonly level: "debug" | "info" | "warn" | "error";
      readonly text: string;
    }
  | { readonly type: "warn"; readonly job: number; readonly text: string }
  | { readonly type: "progress"; readonly job: number; readonly fraction: number | null; readonly note: string }
  | { readonly type: "done"; readonly ends: readonly LaneEnd[] };

/** How an attempt ended; one that succeeded is sent as a plain list. `leftovers`: timers, sockets or the like that it left running. */
export type LaneEnd = EndedWell | readonly [job: number, leftovers: readonly string[], outcome: AttemptOutcome];

type EndedWell = readonly [
  job: number,
  leftovers: readonly string[],
  outputs: AttemptRequest["inputs"],
  durationMs: number,
  cpuMs: number | null,
  peakMemoryBytes: number | null,
  inputBytes: number,
  outputBytes: number,
];

export function endOf(job: number, leftovers: readonly string[], outcome: AttemptOutcome): LaneEnd {
  if (outcome.status !== "succeeded") return [job, leftovers, outcome];
  const { durationMs, cpuMs, peakMemoryBytes, inputBytes, outputBytes } = outcome.usage;
  return [job, leftovers, outcome.outputs, durationMs, cpuMs, peakMemoryBytes, inputBytes, outputBytes];
}

export function outcomeOf(end: LaneEnd): AttemptOutcome {
  if (end.length === 3) return end[2];
  const [, , outputs, durationMs, cpuMs, peakMemoryBytes, inputBytes, outputBytes] = end;
  return { status: "succeeded", outputs, usage: { durationMs, cpuMs, peakMemoryBytes, inputBytes, outputBytes } };
}
