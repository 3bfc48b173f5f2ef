import type { PortSpec, QueueSpec, StepSpec, WorkflowSpec } from "./plan-spec.js";
import type { SeededRandom } from "./seeded-random.js";
import type { SymbolicConfig } from "./symbolic-step.js";

/*
 * Adds to a drawn workflow what makes its steps fire any number of times, in rounds, or wait: all of it of determinate outcome, so a
 * port that keeps its value is fed once, an `each` port has one link, and queues are shared by number.
 */
type Draft = {
  readonly random: SeededRandom;
  readonly mayFail: boolean;
  readonly steps: { [step: string]: StepSpec };
  readonly units: { [unit: string]: PortSpec };
  readonly outputs: { [output: string]: PortSpec };
  readonly parameters: { [unit: string]: PortSpec };
  readonly queues: { [queue: string]: QueueSpec };
  readonly inputs: readonly string[];
  links: string[];
};

/** `isReactive`: with cycles and `each` ports. `mayFail`: items of queues become dead letters. */
export function withFeatures(
  spec: WorkflowSpec,
  random: SeededRandom,
  { isReactive, mayFail }: { readonly isReactive: boolean; readonly mayFail: boolean },
): WorkflowSpec {
  const draft: Draft = {
    random,
    mayFail,
    steps: { ...spec.steps },
    units: { ...spec.units },
    outputs: { ...spec.outputs },
    parameters: {},
    queues: {},
    inputs: Object.keys(spec.inputs ?? {}),
    links: [...spec.links],
  };
  for (const step of Object.keys(draft.steps)) drawRhythm(draft, step);
  if (random.chance(0.4)) drawQueue(draft);
  if (random.chance(0.4)) drawKept(draft);
  if (random.chance(0.4)) drawPause(draft, random.pick(["time", "person"]));
  if (random.chance(0.5)) drawCollection(draft);
  if (isReactive && random.chance(0.4)) drawEach(draft);
  if (isReactive && random.chance(0.7)) drawCycle(draft);
  const { steps, units, outputs, parameters, queues, links } = draft;
  return { ...spec, steps, units, outputs, parameters, queues, links };
}

function isPlain(step: StepSpec | undefined): boolean {
  return step !== undefined && step.workflow === undefined && step.forEach === undefined && step.repeat === undefined;
}

/** Several values of an activation, several activations at once, or several rounds. */
function drawRhythm({ random, steps, links }: Draft, name: string): void {
  const step = steps[name] as StepSpec;
  if (random.chance(0.3)) steps[name] = { ...step, concurrency: 1 + random.int(3) };
  const outs = [...new Set(links.flatMap((link) => (link.startsWith(`${name}.`) ? [portOf(link)] : [])))];
  const ports = outs.filter((port) => port !== "error");
  if (ports.length === 0) return;
  if (isPlain(step) && random.chance(0.3)) {
    const emits = Object.fromEntries(ports.filter(() => random.chance(0.7)).map((port) => [port, random.int(4)]));
    steps[name] = { ...steps[name], config: { ...step.config, emits } };
  } else if (random.chance(0.3)) steps[name] = { ...steps[name], repeat: drawLoop(random, ports, step) };
}

function portOf(link: string): string {
  return (link.split(" ")[0] ?? "").split(".")[1] ?? "";
}

function drawLoop(random: SeededRandom, outs: readonly string[], step: StepSpec): NonNullable<StepSpec["repeat"]> {
  const inputs = Object.keys(step.ports ?? {}).filter((port) => port !== step.forEach?.over);
  const carry = inputs.length > 0 && random.chance(0.8) ? { carry: { [random.pick(outs)]: random.pick(inputs) } } : {};
  const numbers = outs.filter((port) => port === "x" || port === "maybe");
  const until =
    numbers.length > 0 && random.chance(0.6) ? { until: `${random.pick(numbers)} < ${random.int(1000)}.0` } : {};
  return { max: 1 + random.int(4), ...until, ...carry, onMax: random.chance(0.9) ? "accept" : "fail" };
}

/** A queue from one port to steps of its own, which nothing else feeds but what is kept. */
function drawQueue(draft: Draft): void {
  const { random, steps, links } = draft;
  const sources = links.flatMap((link) => {
    const [from = ""] = link.split(" ");
    return from.includes(".") && !from.endsWith(".error") ? [from] : [];
  });
  if (sources.length === 0) return;
  const from = random.pick(sources);
  const names = ["qa", "qb", "qc"].slice(0, 1 + random.int(3));
  const balance = random.pick(["round_robin", "weighted"] as const);
  draft.queues["rows"] = {
    link: `${from} => ${names.map((name) => `${name}.row`).join(", ")}`,
    each: from.endsWith(".list") && isPlain(steps[from.split(".")[0] ?? ""]),
    capacity: 1 + random.int(4),
    balance,
    ...(balance === "weighted" ? { weights: names.map(() => 1 + random.int(3)) } : {}),
    maxDeliveries: 1 + random.int(4),
    ...(random.chance(0.3) ? { key: "id" } : {}),
  };
  for (const [index, name] of names.entries()) {
    steps[name] = {
      ports: { row: {} },
      concurrency: 1 + random.int(2),
      ...(draft.mayFail ? drawDelivery(random) : {}),
    };
    draft.outputs[`rows${index}`] = { merge: "collect", optional: true };
    links.push(`${name}.x -> rows${index}`);
  }
  drawTotal(draft, from.split(".")[0] ?? "");
  draft.outputs["dead"] = { merge: "collect", optional: true };
  links.push("rows.dead_letters -> dead | moment0");
}

/** A consumer that needs what its producer gives at its end: the queue can drain no sooner. */
function drawTotal({ random, steps, links }: Draft, producer: string): void {
  const step = steps[producer];
  const firesOnce = isPlain(step) && !links.some((link) => link.includes(`-> ${producer}.`));
  if (!firesOnce || !random.chance(0.6)) return;
  const { emits = {} } = (step?.config ?? {}) as { emits?: { [port: string]: number } };
  const grown = Object.fromEntries(Object.entries(emits).map(([port, count]) => [port, count * 3]));
  steps[producer] = { ...step, config: { ...step?.config, emits: grown } };
  steps["qa"] = { ...steps["qa"], ports: { row: {}, total: { hold: true } } };
  links.push(`${producer}.sum -> qa.total`);
}

function drawDelivery(random: SeededRandom): Partial<StepSpec> {
  if (random.chance(0.6)) return {};
  const kind = random.pick(["step", "network", "data_validation"]);
  return { config: { fails: random.pick([-1, 1, 2, 3]), kind }, retryDelayMs: 10 };
}

/** Ports that keep the one value they get: of a parameter, or of an input. */
function drawKept(draft: Draft): void {
  const { random, steps, links } = draft;
  const name = random.pick(Object.keys(steps));
  const step = steps[name];
  if (step === undefined || step.workflow !== undefined) return;
  if (random.chance(0.5) || draft.inputs.length === 0) {
    draft.parameters["limit"] = { default: random.int(1000) };
    steps[name] = { ...step, ports: { ...step.ports, kept: { optional: random.chance(0.3) } } };
    links.push(`limit -> ${name}.kept`);
  } else {
    steps[name] = { ...step, ports: { ...step.ports, kept: { hold: true, optional: random.chance(0.3) } } };
    links.push(`${random.pick(draft.inputs)} -> ${name}.kept`);
  }
}

/** Somebody, or some time, stands between two steps. */
function drawPause(draft: Draft, waits: "time" | "person"): void {
  const { random, steps } = draft;
  const links = draft.links.flatMap((link, index) => (/^\S+\.\S+ -> \S+$/.test(link) ? [index] : []));
  if (links.length === 0) return;
  const at = random.pick(links);
  const [from = "", , to = ""] = (draft.links[at] ?? "").split(" ");
  if (from.endsWith(".error") || to.endsWith(".items")) return;
  const out = waits === "time" ? "pause.at" : "pause.decision";
  const config = waits === "time" ? { waitMs: random.pick([0, 100, 90_000]) } : personConfig(at);
  steps["pause"] = { ports: { in: {} }, waits, config, concurrency: 1 + random.int(2) };
  draft.links = draft.links.with(at, `${from} -> pause.in`);
  draft.links.push(`${out} -> ${to} | moment1`);
}

/** A step that waits, or one whose code asks, once or twice. Nothing is drawn, so that seeds stay what they were. */
function personConfig(at: number): SymbolicConfig {
  return at % 2 === 0 ? { asks: true } : { questions: 1 + (at % 4 === 3 ? 1 : 0) };
}

/** Units that gather all that ever arrives; a value that may be refused would fail them. */
function drawCollection({ random, units, outputs, links }: Draft): void {
  for (const found of [units, outputs]) {
    for (const [name, port] of Object.entries(found)) {
      const own = links.filter((link) => link.split(" ")[2] === name);
      if (own.some((link) => /refuse|[?!]/.test(link)) || !random.chance(0.5)) continue;
      found[name] = { ...port, merge: "collect" };
    }
  }
}

/** Ports that take what arrives one by one: from one link, so that the order is given. */
function drawEach({ random, steps, links }: Draft): void {
  for (const [name, step] of Object.entries(steps)) {
    for (const [port, spec] of Object.entries(step.ports ?? {})) {
      const own = links.filter((link) => link.split(" ")[2] === `${name}.${port}`);
      if (own.length !== 1 || spec.hold === true || step.forEach?.over === port || !random.chance(0.4)) continue;
      steps[name] = {
        ...(steps[name] as StepSpec),
        ports: { ...steps[name]?.ports, [port]: { ...spec, merge: "each" } },
      };
    }
  }
}

/** A loop of links around one token, with a diamond in its body, a port that keeps its value, and ways out. */
function drawCycle(draft: Draft): void {
  const { random, steps, links, outputs } = draft;
  draft.parameters["fixed"] = { default: random.int(1000) };
  draft.parameters["seed"] = random.chance(0.9) ? { default: random.int(1000) } : { optional: true };
  steps["head"] = { maxActivations: 12, ports: { d: { merge: "each" }, fixed: { optional: random.chance(0.5) } } };
  steps["left"] = { ports: { v: {} } };
  steps["join"] = { ports: { l: {}, r: { optional: true } } };
  steps["behind"] = { ports: { v: {}, w: { optional: true } } };
  const again = `value < ${500 + random.int(400)}.0`;
  links.push("seed -> head.d", "fixed -> head.fixed", "head.x -> left.v", "left.x -> join.l", "head.y -> join.r");
  links.push(`join.x -> head.d ? ${again}`, `left.y -> behind.v ? value < ${random.int(1000)}.0`);
  if (random.chance(0.5)) links.push("head.x -> behind.w");
  outputs["looped"] = { merge: random.pick(["single", "collect"]), optional: true };
  links.push("join.x -> looped");
  outputs["left_over"] = { optional: true };
  links.push("behind.x -> left_over");
}
