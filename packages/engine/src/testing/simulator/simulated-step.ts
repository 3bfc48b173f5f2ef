import type { Clock } from "../../contracts/clock.js";
import type { AttemptRequest } from "../../contracts/executor.js";
import type { Failure } from "../../contracts/failure.js";
import type { Store } from "../../contracts/store.js";
import { failureOf } from "../../errors/failure-of.js";
import type { Script } from "../fake-executor.js";
import { hashText, seededRandom } from "../seeded-random.js";
import {
  type SymbolicConfig,
  symbolicEmits,
  symbolicFailure,
  symbolicOutputs,
  symbolicQuestion,
  symbolicTransform,
} from "../symbolic-step.js";
import type { Execution, Witness } from "./witness.js";

export type StepWorld = {
  readonly seed: number;
  readonly clock: Clock;
  readonly disk: Store;
  readonly witness: Witness;
};

/** All below the timeout of steps that have one. */
const latencies = [0, 1, 5, 50, 300];

/** What an attempt of a built plan's component does, drawn from the seed and the attempt's id. */
export function scriptOf(request: AttemptRequest, world: StepWorld): Script {
  const random = seededRandom(`${world.seed} ${request.id}`);
  const latencyMs = random.pick(latencies);
  const graceMs = random.int(50);
  if (request.component.class === "built.Transform") return { latencyMs, graceMs, end: () => transformed(request) };
  const { witness } = world;
  if (isUndo(request)) return undoing(request, { latencyMs, graceMs }, world);
  expectOnDisk(request, world);
  const execution = witness.begin(request, world.clock.now());
  const failure = symbolicFailure(request.component.config, request.inputs, witness.failuresOf(execution));
  if (failure?.kind === "timeout" && !request.component.class.endsWith("Fallback")) {
    witness.countFailure(execution);
    return { latencyMs: null, graceMs, end: () => ({ failure }) };
  }
  return {
    latencyMs,
    graceMs,
    ...effectOf(request, execution, witness),
    emits: symbolicEmits(request.component.class, request.inputs, request.component.config, failure !== undefined),
    end: () => ended(request, execution, failure, world),
  };
}

export function isUndo(request: AttemptRequest): boolean {
  return request.idempotencyKey.endsWith(":undo");
}

/** Some undoings fail: the rollback goes on. */
function undoing(request: AttemptRequest, time: Pick<Script, "latencyMs" | "graceMs">, { witness }: StepWorld): Script {
  witness.beginUndo(request);
  const end = (): ReturnType<Script["end"]> => {
    witness.endUndo(request);
    return hashText(request.idempotencyKey) % 10 === 0 ? { failure: failureOf("E_STEP", {}) } : { outputs: {} };
  };
  return { ...time, end };
}

function ended(
  request: AttemptRequest,
  execution: Execution,
  failure: Failure | undefined,
  { witness, clock }: StepWorld,
): ReturnType<Script["end"]> {
  if (failure !== undefined) {
    witness.countFailure(execution);
    execution.ended = { at: clock.now() };
    return { failure };
  }
  const { waitMs, asks = false, emits = {} } = request.component.config as SymbolicConfig;
  if (asks || waitMs !== undefined) {
    execution.ended = { at: clock.now() };
    return { suspended: asks ? { ask: { question: request.step } } : { until: clock.now() + (waitMs ?? 0) } };
  }
  const question = symbolicQuestion(request.component.config, Object.keys(request.effects));
  if (question !== undefined) {
    execution.ended = { at: clock.now() };
    return { suspended: { ask: { question: `${request.step} ${question}` }, name: question } };
  }
  const ports = request.outputPorts.filter((port) => emits[port] === undefined);
  const outputs = symbolicOutputs(request.component.class, request.inputs, ports);
  execution.ended = { at: clock.now(), outputs };
  return { outputs };
}

/** Some steps do something outside that must not be repeated. */
function effectOf(request: AttemptRequest, execution: Execution, witness: Witness): Pick<Script, "effect"> {
  if (hashText(request.idempotencyKey) % 3 !== 0 || request.component.config["kind"] === "timeout") return {};
  const value = hashText(request.id);
  return {
    effect: {
      name: "mail",
      value,
      run: () => witness.effect(execution, value),
      recorded: () => witness.recorded(execution),
    },
  };
}

function transformed(request: AttemptRequest): ReturnType<Script["end"]> {
  const shaped = symbolicTransform(String(request.component.config["name"]), request.inputs["input"] ?? null);
  if (typeof shaped === "object" && shaped !== null) return { failure: shaped as Failure };
  return { outputs: shaped === undefined ? {} : { output: shaped } };
}

/** I1 of the driver: the event an attempt follows from is on disk before it starts. */
function expectOnDisk(request: AttemptRequest, { disk, witness }: StepWorld): void {
  const seq = Number(request.id.split(":").at(-1));
  void disk.events(request.runId, seq - 1, 1).then(([event]) => {
    if (event?.seq !== seq || event.type !== "attempt.started")
      witness.faults.push(`attempt ${request.id} runs before its event is on disk`);
  });
}
