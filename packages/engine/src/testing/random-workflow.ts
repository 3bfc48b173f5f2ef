import type { Json } from "../contracts/json.js";
import type { StrategyName } from "../document/document.js";
import type { Plan } from "../plan/plan.js";
import { buildPlan } from "./plan-builder.js";
import type { PortSpec, StepSpec, WorkflowSpec } from "./plan-spec.js";
import { withFeatures } from "./random-features.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";

export type RandomWorkflow = {
  readonly plan: Plan;
  readonly specs: readonly WorkflowSpec[];
  readonly inputs: { readonly [unit: string]: Json };
};

/**
 * What may go wrong. `any`: failures that pass within their budget, are continued, fall back, or fail the run.
 * `passing`: only failures that stop the run and pass when it is resumed often enough. `none`: nothing fails by itself.
 */
export type RandomFailures = "any" | "passing" | "none";

/**
 * `once`: each step fires at most once. `often`: emits, queues, rounds, waits, values kept and collected. `reactive`: cycles and `each`
 * ports too, in an event-driven root.
 */
export type RandomRange = "once" | "often" | "reactive";

type Draw = {
  readonly random: SeededRandom;
  readonly failures: RandomFailures;
  readonly range: RandomRange;
  readonly specs: WorkflowSpec[];
};

/** What a link may start from: a unit, a step's port, or its error port. */
type Source = { readonly end: string; readonly isList: boolean; readonly isPlain: boolean };

/** Equal seeds give equal workflows: links, gates, transforms, merges, defaults, units, maps, nesting, failures. */
export function randomWorkflow(
  seed: number | string,
  failures: RandomFailures = "any",
  range: RandomRange = "once",
): RandomWorkflow {
  const random = seededRandom(`workflow ${seed}`);
  const draw: Draw = { random, failures, range, specs: [] };
  drawWorkflow(draw, "root", 2);
  const [root] = draw.specs;
  const inputs: { [unit: string]: Json } = {};
  for (const [unit, port] of Object.entries(root?.inputs ?? {})) {
    if (port.default === undefined && random.chance(0.85)) inputs[unit] = random.int(1000);
  }
  return { plan: buildPlan(...draw.specs), specs: draw.specs, inputs };
}

const strategies: readonly StrategyName[] = ["sequential", "parallel", "graph"];

/** Adds the workflow, then those nested in it, to the list; the first is the root. */
function drawWorkflow(draw: Draw, name: string, levels: number, inputNames?: readonly string[]): void {
  const { random, specs } = draw;
  const at = specs.length;
  specs.push({ steps: {}, links: [] });
  const inputs = drawInputs(random, inputNames ?? ["in0", "in1"].slice(0, random.int(3)));
  const body = drawBody(draw, name, levels, Object.keys(inputs));
  const spec: WorkflowSpec = {
    name,
    strategy: random.pick(strategies),
    handling: drawHandling(draw, name === "root"),
    maxRetries: random.int(4),
    retryDelayMs: random.pick([0, 10, 1000]),
    inputs,
    ...body,
  };
  specs[at] = varied(draw, spec, name === "root");
}

function varied({ random, range, failures }: Draw, spec: WorkflowSpec, isRoot: boolean): WorkflowSpec {
  if (range === "once") return spec;
  const isReactive = range === "reactive" && (isRoot || random.chance(0.5));
  const strategy = isReactive ? "event_driven" : random.pick([...strategies, "event_driven" as const]);
  return { ...withFeatures(spec, random, { isReactive, mayFail: failures === "any" }), strategy };
}

function drawHandling({ random, failures }: Draw, isRoot: boolean): NonNullable<WorkflowSpec["handling"]> {
  if (failures !== "any") return random.pick(["stop", "stop", "retry"]);
  return random.chance(isRoot ? 0.85 : 0.5) ? "continue" : random.pick(["stop", "retry"]);
}

function drawInputs(random: SeededRandom, names: readonly string[]): { [unit: string]: PortSpec } {
  return Object.fromEntries(
    names.map((name) => [name, random.chance(0.3) ? { default: random.int(1000) } : { optional: random.chance(0.5) }]),
  );
}

type Body = Pick<WorkflowSpec, "steps" | "units" | "outputs" | "links">;

function drawBody(draw: Draw, name: string, levels: number, inputs: readonly string[]): Body {
  const { random } = draw;
  const links: string[] = [];
  const sources: Source[] = inputs.map((end) => ({ end, isList: false, isPlain: true }));
  const units: { [unit: string]: PortSpec } = {};
  const steps: [string, StepSpec][] = [];
  const count = levels === 2 ? 2 + random.int(6) : 1 + random.int(3);
  for (let index = 0; index < count; index++) {
    const step = `s${index}`;
    steps.push([step, drawStep(draw, `${name}_${step}`, step, levels, sources, steps, links)]);
    if (random.chance(0.2)) drawUnit(random, `u${index}`, sources, units, links);
  }
  const outputs: { [output: string]: PortSpec } = {};
  for (let index = 0; index <= random.int(3); index++) drawUnit(random, `out${index}`, sources, outputs, links, false);
  // Document order is not topological order.
  const shuffled = random.chance(0.5) ? steps.reverse() : steps;
  return { steps: Object.fromEntries(shuffled), units, outputs, links };
}

function drawUnit(
  random: SeededRandom,
  name: string,
  sources: Source[],
  units: { [unit: string]: PortSpec },
  links: string[],
  isSource = true,
): void {
  if (sources.length === 0) return;
  const count = 1 + random.int(3);
  units[name] = drawPort(random, count);
  for (let index = 0; index < count; index++) links.push(drawLink(random, random.pick(sources), name));
  if (isSource) sources.push({ end: name, isList: false, isPlain: false });
}

function drawPort(random: SeededRandom, links: number): PortSpec {
  const merge =
    links > 1 ? random.pick(["single", "first", "list", "first", "list", "first", "list"] as const) : "single";
  return {
    merge,
    optional: random.chance(0.25),
    ...(links === 0 || random.chance(0.2) ? { default: random.int(1000) } : {}),
  };
}

function drawLink(random: SeededRandom, from: Source, to: string): string {
  const link = `${from.end} -> ${to}`;
  if (random.chance(0.6)) return link;
  if (random.chance(0.35)) return `${link} | ${random.pick(["scale", "drop", "refuse"])}${random.int(3)}`;
  if (!from.isPlain && random.chance(0.8)) return link;
  return `${link} ${random.chance(0.85) ? "?" : "!"} value < ${100 + random.int(900)}.0`;
}

function drawStep(
  draw: Draw,
  path: string,
  name: string,
  levels: number,
  sources: Source[],
  earlier: readonly [string, StepSpec][],
  links: string[],
): StepSpec {
  const { random } = draw;
  const ports: { [port: string]: PortSpec } = {};
  const nested = levels > 0 && random.chance(0.25) ? path : undefined;
  const mapped = random.chance(0.3);
  const portNames = ["a", "b", "c"].slice(0, random.int(4));
  if (sources.length > 0) {
    for (const port of portNames) {
      const count = random.int(3);
      ports[port] = drawPort(random, count);
      for (let index = 0; index < count; index++) links.push(drawLink(random, random.pick(sources), `${name}.${port}`));
    }
  }
  const lists = sources.filter((source) => source.isList);
  const over =
    mapped && sources.some(({ end }) => !end.endsWith("error"))
      ? random.pick(
          lists.length > 0 && random.chance(0.95) ? lists : sources.filter(({ end }) => !end.endsWith("error")),
        )
      : undefined;
  if (over !== undefined) {
    ports["items"] = { optional: random.chance(0.2) };
    links.push(`${over.end} -> ${name}.items`);
  }
  const childPorts = [
    ...Object.keys(ports).filter((port) => port !== "items"),
    ...(over === undefined ? [] : ["item"]),
  ];
  if (nested !== undefined) drawWorkflow(draw, nested, levels - 1, childPorts);
  const before = earlier.map(([other]) => other);
  for (const source of sourcesOf(random, name, nested !== undefined, over !== undefined)) sources.push(source);
  return {
    ports,
    ...(nested === undefined ? {} : { workflow: nested }),
    ...(over === undefined ? {} : { forEach: drawMap(draw) }),
    ...(random.chance(0.2) ? { after: before.filter(() => random.chance(0.4)) } : {}),
    ...(random.chance(0.1) && draw.failures === "any" ? { whenAbsent: "fail" as const } : {}),
    executor: random.pick(["local", "thread"]),
    ...drawRecovery(draw, nested !== undefined, over !== undefined),
  };
}

function drawMap({ random, failures }: Draw): NonNullable<StepSpec["forEach"]> {
  const maxFailures = failures === "any" ? random.int(3) : 0;
  return { over: "items", concurrency: 1 + random.int(3), maxFailures };
}

function sourcesOf(random: SeededRandom, name: string, isNested: boolean, isMapped: boolean): readonly Source[] {
  const names = isNested ? ["out0", "out1"] : ["x", "maybe", "list"];
  const ports = names.filter((port) => port === "list" || random.chance(0.7));
  const found = ports.map((port) => ({
    end: `${name}.${port}`,
    isList: isMapped || port === "list",
    isPlain: !isMapped && port !== "list" && !isNested,
  }));
  const error = random.chance(0.15) ? [{ end: `${name}.error`, isList: false, isPlain: false }] : [];
  return [...found, ...error];
}

/** Failures are drawn so that no budget decides by luck: what passes, passes within it; what lasts, lasts. */
function drawRecovery(draw: Draw, isNested: boolean, isMapped: boolean): Partial<StepSpec> {
  const { random, failures } = draw;
  if (failures === "none" || random.chance(0.5)) return {};
  if (failures === "passing") return isNested ? {} : { config: { fails: 1 + random.int(6), kind: "step" } };
  const own: Partial<StepSpec> = random.chance(0.5)
    ? { handling: random.pick(["continue", "retry", "stop"]), maxRetries: random.int(4) }
    : {};
  const fallback: Partial<StepSpec> = random.chance(0.3) ? { fallback: random.chance(0.7) ? {} : { fails: -1 } } : {};
  if (isNested) return { ...own, ...fallback };
  if (isMapped && random.chance(0.5)) return { ...own, ...fallback, config: { badItems: 1 + random.int(5) } };
  return { ...own, ...fallback, ...drawFailure(random) };
}

function drawFailure(random: SeededRandom): Partial<StepSpec> {
  const kind = random.pick(["step", "network", "timeout", "resource", "data_validation", "configuration"]);
  if (random.chance(0.4)) return { config: { fails: -1, kind } };
  if (kind === "data_validation" || kind === "configuration") return {};
  const fails = 1 + random.int(3);
  return { config: { fails, kind }, maxRetries: fails, ...(kind === "step" ? { handling: "retry" as const } : {}) };
}
