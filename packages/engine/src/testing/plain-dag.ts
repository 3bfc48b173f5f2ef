import type { Json, JsonObject } from "../contracts/json.js";
import type { Plan } from "../plan/plan.js";
import { buildPlan } from "./plan-builder.js";
import type { PortSpec, StepSpec, WorkflowSpec } from "./plan-spec.js";
import { hashText, type SeededRandom, seededRandom } from "./seeded-random.js";

/** How the code of a step gives its outputs. */
export type Manner = "at once" | "promise" | "later";

export type PlainDag = {
  readonly spec: WorkflowSpec;
  readonly plan: Plan;
  readonly inputs: { readonly [unit: string]: Json };
};

export type DagOptions = {
  readonly steps?: number;
  /** Outputs that are left out. */
  readonly absences?: boolean;
  /** Steps that fail the first times, or for good; outputs that are left out or refused; code that uses its context. */
  readonly troubles?: boolean;
};

type Draw = {
  readonly random: SeededRandom;
  readonly options: DagOptions;
  readonly links: string[];
  readonly sources: string[];
};

/** Equal seeds give equal workflows of steps, units and direct links, without loops. */
export function plainDag(seed: number | string, options: DagOptions = {}): PlainDag {
  const random = seededRandom(`dag ${seed}`);
  const draw: Draw = { random, options, links: [], sources: [] };
  const inputs = drawInputs(draw);
  const steps: { [step: string]: StepSpec } = {};
  const units: { [unit: string]: PortSpec } = {};
  const count = options.steps ?? 1 + random.int(14);
  for (let index = 0; index < count; index++) drawStep(draw, `s${index}`, steps, units);
  const outputs: { [output: string]: PortSpec } = {};
  for (let index = 0; index < random.int(4); index++) {
    outputs[`out${index}`] = { optional: true };
    draw.links.push(`${random.pick(draw.sources)} -> out${index}`);
  }
  const handling = options.troubles === true ? random.pick(["continue", "stop", "retry"] as const) : "stop";
  const rest = { handling, maxRetries: 2, retryDelayMs: 0 };
  const spec: WorkflowSpec = {
    name: "dag",
    strategy: "graph",
    ...rest,
    inputs,
    units,
    steps,
    outputs,
    links: draw.links,
  };
  const given = Object.entries(inputs).filter(([, port]) => port.default === undefined || random.chance(0.5));
  return { spec, plan: buildPlan(spec), inputs: Object.fromEntries(given.map(([unit]) => [unit, drawValue(random)])) };
}

function drawInputs({ random, sources }: Draw): { readonly [unit: string]: PortSpec } {
  const inputs: { [unit: string]: PortSpec } = {};
  for (let index = 0; index < random.int(3); index++) {
    inputs[`in${index}`] = random.chance(0.3) ? { default: drawValue(random) } : {};
    sources.push(`in${index}`);
  }
  return inputs;
}

function drawValue(random: SeededRandom): Json {
  return random.pick<Json>([random.int(1000), `text ${random.int(9)}`, { deep: [random.int(9), null] }, true, -0.5]);
}

function drawStep(
  draw: Draw,
  name: string,
  steps: { [step: string]: StepSpec },
  units: { [unit: string]: PortSpec },
): void {
  const { random, sources, links } = draw;
  const ports: { [port: string]: PortSpec } = {};
  for (let index = 0; index < random.int(4) && sources.length > 0; index++) {
    const several = random.chance(0.3) ? 1 + random.int(3) : 1;
    ports[`p${index}`] = {
      merge: several > 1 ? random.pick(["list", "first"] as const) : "single",
      optional: random.chance(0.3),
    };
    for (let link = 0; link < several; link++) links.push(`${random.pick(sources)} -> ${name}.p${index}`);
  }
  if (random.chance(0.2)) ports["spare"] = random.chance(0.5) ? { optional: true } : { default: drawValue(random) };
  const earlier = Object.keys(steps);
  const after = random.chance(0.2) && earlier.length > 0 ? { after: [random.pick(earlier)] } : {};
  // Never over: it is what watches the time that must not change anything.
  const limited = random.fork("limited").chance(0.3) ? { timeoutMs: 3_600_000 } : {};
  steps[name] = { ports, ...after, ...limited, config: drawConfig(draw) };
  sources.push(`${name}.out`);
  if (random.chance(0.3)) sources.push(`${name}.more`);
  if (random.chance(0.2)) {
    units[`u${name}`] = { optional: true };
    links.push(`${random.pick(sources)} -> u${name}`);
    sources.push(`u${name}`);
  }
}

function drawConfig({ random, options }: Draw): { readonly [key: string]: Json } {
  const manner: Manner = random.pick(["at once", "promise", "later"]);
  const shape = random.pick(["number", "text", "deep"]);
  if (options.absences === true && random.chance(0.15)) return { manner, shape, leaves: "out" };
  if (options.troubles !== true || random.chance(0.7)) return { manner, shape };
  const trouble = random.pick(["fails", "fails once", "leaves out", "no JSON", "speaks", "remembers", "emits"]);
  // The rules of journals know by it that a port may send before its step has ended.
  return { manner, shape, trouble, ...(trouble === "emits" ? { emits: true } : {}) };
}

/** What the code of a step gives: it depends on its config and inputs alone. */
export function dagOutputs(
  name: string,
  config: JsonObject,
  inputs: { readonly [port: string]: unknown },
): { readonly out?: Json; readonly more: Json } {
  const hash = hashText(`${name} ${JSON.stringify(Object.entries(inputs).sort())}`) % 100_000;
  const { shape } = config;
  const out = shape === "number" ? hash : shape === "text" ? `${name} ${hash}` : { of: name, list: [hash, { hash }] };
  return { ...(config["leaves"] === "out" ? {} : { out }), more: hash / 7 };
}
