import type { DirectArguments } from "../contracts/direct-step.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { stepFailure } from "../errors/step-failure.js";
import type { Plan } from "../plan/plan.js";
import { buildPlan } from "./plan-builder.js";
import type { PortSpec, QueueSpec, StepSpec, WorkflowSpec } from "./plan-spec.js";
import { hashText, type SeededRandom, seededRandom } from "./seeded-random.js";

export type PlainStream = {
  readonly spec: WorkflowSpec;
  readonly plan: Plan;
  readonly inputs: { readonly [unit: string]: Json };
  /** Values of several links come into one port: what meets what depends on time. */
  readonly isMixed: boolean;
};

export type StreamOptions = {
  /** Values that are left out, so that what follows is passed over. */
  readonly absences?: boolean;
  /** Steps that fail, give what is no JSON or speak; few activations allowed. */
  readonly troubles?: boolean;
};

type Draw = {
  readonly random: SeededRandom;
  readonly options: StreamOptions;
  readonly isMixed: boolean;
  readonly links: string[];
  readonly queues: { [name: string]: QueueSpec };
  readonly sources: string[];
  readonly steps: { [step: string]: StepSpec };
};

/** Equal seeds give equal event-driven workflows of steps that emit, lines of `each` ports, queues and units, without cycles. */
export function plainStream(seed: number | string, options: StreamOptions = {}): PlainStream {
  const random = seededRandom(`stream ${seed}`);
  const isMixed = random.chance(0.5);
  const draw: Draw = { random, options, isMixed, links: [], queues: {}, sources: [], steps: {} };
  const inputs: { readonly [unit: string]: PortSpec } = random.chance(0.4) ? { start: {} } : {};
  if ("start" in inputs) draw.sources.push("start");
  const units: { [unit: string]: PortSpec } = {};
  for (let index = 0; index < 1 + random.int(2); index++) drawSource(draw, `source${index}`);
  for (let index = 0; index < 1 + random.int(5); index++) {
    drawStep(draw, `s${index}`);
    if (random.chance(0.25)) drawUnit(draw, `u${index}`, units);
  }
  const outputs: { [output: string]: PortSpec } = {};
  for (let index = 0; index < random.int(3); index++) {
    outputs[`out${index}`] = { optional: true };
    draw.links.push(`${random.pick(draw.sources)} -> out${index}`);
  }
  for (const [name, { config }] of Object.entries(draw.steps))
    if (config?.["emits"] !== undefined) drawEnd(draw, name, outputs);
  const handling = options.troubles === true ? random.pick(["continue", "stop", "retry"] as const) : "stop";
  const common = { handling, maxRetries: 2, retryDelayMs: 0 };
  const { steps, links, queues } = draw;
  const spec: WorkflowSpec = {
    ...{ name: "stream", strategy: "event_driven", ...common, inputs, units, steps, outputs, links, queues },
  };
  return { spec, plan: buildPlan(spec), inputs: "start" in inputs ? { start: drawValue(random) } : {}, isMixed };
}

function drawValue(random: SeededRandom): Json {
  return random.pick<Json>([random.int(1000), `text ${random.int(9)}`, { deep: [random.int(9), null] }, true, -0.5]);
}

function drawSource({ random, sources, steps }: Draw, name: string): void {
  steps[name] = { config: { ...mannerOf(random), emits: random.int(14), seed: random.int(1000) } };
  sources.push(`${name}.more`, `${name}.more`, `${name}.out`);
}

function mannerOf(random: SeededRandom): { readonly [key: string]: Json } {
  return {
    manner: random.pick(["at once", "promise", "later"]),
    shape: random.pick(["number", "text", "flat", "deep", "many"]),
    awaits: random.chance(0.6),
  };
}

function drawStep(draw: Draw, name: string): void {
  const { random, options, sources, links, steps, isMixed } = draw;
  const ports: { [port: string]: PortSpec } = {};
  const emits = random.chance(0.25) ? { emits: 1 + random.int(3) } : {};
  const count = isMixed || random.chance(0.7) ? 1 : 2;
  if (random.chance(0.35)) drawQueue(draw, name);
  else
    for (let port = 0; port < count; port++) {
      const several = isMixed && random.chance(0.4) ? 2 : 1;
      const from = [...new Set(Array.from({ length: several }, () => random.pick(sources)))];
      ports[`p${port}`] = {
        merge: from.length > 1 || random.chance(0.5) ? "each" : "single",
        optional: random.chance(0.2),
      };
      for (const source of from) links.push(`${source} -> ${name}.p${port}`);
    }
  const leaves = options.absences === true && random.chance(0.3) ? { leaves: 2 + random.int(3) } : {};
  const trouble =
    options.troubles === true && random.chance(0.3)
      ? { trouble: random.pick(["fails", "no JSON", "speaks", "gives nothing"]) }
      : {};
  const few = options.troubles === true && random.chance(0.1) ? { maxActivations: 4 } : {};
  steps[name] = {
    ...{ ports, ...few, concurrency: random.pick("emits" in emits ? [1, 1, 1, 2] : [1, 1, 2, 3]) },
    config: { ...mannerOf(random), ...emits, ...leaves, ...trouble },
  };
  sources.push(`${name}.out`);
  if ("emits" in emits) sources.push(`${name}.more`);
}

/** Where order depends on time, whom an item goes to does not matter. */
function drawQueue({ random, sources, queues, steps, isMixed }: Draw, name: string): void {
  const other = Object.keys(steps).find(
    (step) => steps[step]?.ports !== undefined && !JSON.stringify(queues).includes(step),
  );
  const isShared = !isMixed && other !== undefined && random.chance(0.3);
  const targets = isShared ? `${name}.q, ${other}.q` : `${name}.q`;
  const from = sources.filter((source) => !isShared || source.startsWith("source"));
  const balance = random.pick(["round_robin", "weighted"] as const);
  queues[`line-${name}`] = {
    ...{ link: `${random.pick(from)} => ${targets}`, capacity: 1 + random.int(4), balance },
    ...(balance === "weighted" ? { weights: [2, 1].slice(0, isShared ? 2 : 1) } : {}),
  };
}

function drawUnit({ random, sources, links }: Draw, name: string, units: { [unit: string]: PortSpec }): void {
  units[name] = { optional: true };
  links.push(`${random.pick(sources)} -> ${name}`);
  sources.push(name);
}

/** Ports that nobody listens to are the general way's. */
function drawEnd({ links, queues }: Draw, name: string, outputs: { [output: string]: PortSpec }): void {
  const from = `${name}.more`;
  const heard = [...links, ...Object.values(queues).map(({ link }) => link)].some((link) =>
    link.startsWith(`${from} `),
  );
  if (heard) return;
  outputs[`end-${name}`] = { optional: true };
  links.push(`${from} -> end-${name}`);
}

/** A promise that ends when whoever runs the step says so. */
export type Pause = () => Promise<void>;

/** The code of a step: what it gives and sends depends on its config and inputs alone. */
export function streamCode(name: string, given: DirectArguments, pause: Pause): unknown {
  const { config, inputs } = given;
  if (config["manner"] === "at once" && config["emits"] === undefined) return outcome(name, config, inputs, given);
  return slowly(name, given, pause);
}

async function slowly(name: string, given: DirectArguments, pause: Pause): Promise<unknown> {
  const { config, inputs, emit } = given;
  const isLater = config["manner"] === "later";
  if (isLater) await pause();
  const emits = Number(config["emits"] ?? 0);
  for (let index = 0; index < emits; index++) {
    const sent = emit("more", shaped(config, hashOf(`${name} ${index}`, inputs)));
    if (config["awaits"] === true) await sent;
    if (isLater && index % 3 === 0) await pause();
  }
  return outcome(name, config, inputs, given);
}

function hashOf(name: string, inputs: { readonly [port: string]: unknown }): number {
  return hashText(`${name} ${JSON.stringify(Object.entries(inputs).sort())}`) % 100_000;
}

function outcome(
  name: string,
  config: JsonObject,
  inputs: { readonly [port: string]: unknown },
  { log }: DirectArguments,
): unknown {
  const hash = hashOf(name, inputs);
  const isChosen = hash % 5 === 0;
  if (isChosen && config["trouble"] === "fails") throw stepFailure(`${name} fails`);
  if (isChosen && config["trouble"] === "no JSON") return { out: 10n };
  if (isChosen && config["trouble"] === "gives nothing") return undefined;
  if (isChosen && config["trouble"] === "speaks") log("info", `${name} speaks`);
  if (config["leaves"] !== undefined && hash % Number(config["leaves"]) === 0) return {};
  return config["shape"] === "many" ? { out: hash, beside: [hash], more: hash } : { out: shaped(config, hash) };
}

function shaped({ shape }: JsonObject, hash: number): Json {
  switch (shape) {
    case "text":
      return `text ${hash}`;
    case "flat":
      return hash % 7 === 0
        ? { of: -1 }
        : { id: hash, half: hash / 2, is: hash % 2 === 0, name: `n${hash}`, none: null };
    case "deep":
      return { of: [hash, { hash }] };
    default:
      return hash % 3 === 0 ? hash / 8 : hash;
  }
}
