import type { Json } from "../contracts/json.js";
import type { PlanNode, PlanRepeat, PlanStep } from "../plan/plan.js";
import {
  type SymbolicConfig,
  type SymbolicEmit,
  symbolicEmits,
  symbolicOutputs,
  symbolicUntil,
} from "./symbolic-step.js";

/** What one firing of a step comes to: items, rounds, retries and the fallback, all at once. */

type Values = { readonly [port: string]: Json };
export type Ending =
  | {
      readonly status: "succeeded";
      readonly out: Values;
      readonly emits: readonly SymbolicEmit[];
      readonly byFallback?: true;
    }
  | { readonly status: "skipped" }
  | { readonly status: "failed"; readonly error: Json; readonly emits: readonly SymbolicEmit[] };

export type Line = { readonly path: string; readonly status: string };
export type Finished = { readonly outputs: Values; readonly lines: readonly Line[] };

export type Firing = {
  /** A child run; undefined: it failed. */
  nested(workflow: number, inputs: Values, path: string): Finished | undefined;
  readonly node: PlanNode;
  readonly path: string;
  /** Gets the lines of nested workflows. */
  readonly lines: Line[];
  /** How often an item of a queue is delivered; undefined: it took none. */
  readonly deliveries: number | undefined;
};

const failure: Ending = { status: "failed", error: "failure", emits: [] };

export function referenceEnding(firing: Firing, inputs: Values): Ending {
  const { node } = firing;
  const each = node.step?.forEach;
  if (each === undefined) return cell(firing, inputs);
  const { [node.ports[each.over]?.name ?? ""]: over = [], ...others } = inputs;
  if (!Array.isArray(over)) return failure;
  const items = over.map((item: Json, index) => {
    const lines: Line[] = [];
    const ending = cell({ ...firing, path: `${firing.path}[${index}]`, lines }, { ...others, [each.as]: item });
    if (ending.status === "succeeded") firing.lines.push(...lines);
    return ending;
  });
  return mapEnding(node, each.maxFailures, items);
}

function mapEnding(node: PlanNode, maxFailures: number, items: readonly Ending[]): Ending {
  const failed = items.flatMap((item, index) => (item.status === "failed" ? [index] : []));
  if (failed.length > maxFailures) return { status: "failed", error: "failures", emits: [] };
  const out: { [port: string]: Json } = failed.length > 0 ? { error: "failures" } : {};
  for (const { name } of node.outPorts) {
    if (name !== "error")
      out[name] = items.map((item) => (item.status === "succeeded" ? (item.out[name] ?? null) : null));
  }
  return { status: "succeeded", out, emits: [] };
}

/** One item, or the whole of a step that is not mapped, with all its rounds. */
function cell(firing: Firing, inputs: Values): Ending {
  const repeat = firing.node.step?.repeat;
  if (repeat === undefined) return round(firing, inputs);
  let now = inputs;
  for (let count = 1; ; count++) {
    const ending = round(firing, now);
    if (ending.status !== "succeeded") return ending;
    if (repeat.until !== undefined && symbolicUntil(repeat.until, ending.out)) return ending;
    const carried = carriedInputs(repeat, ending.out);
    if (carried === undefined) return ending;
    if (count >= repeat.max)
      return repeat.until !== undefined && repeat.onMax === "fail" ? insteadOf(ending, firing, now, repeat) : ending;
    now = { ...now, ...carried };
  }
}

/** A loop that has had all its rounds fails as a round does: the fallback is asked, once, and what it gives is judged. */
function insteadOf(
  last: Extract<Ending, { status: "succeeded" }>,
  firing: Firing,
  inputs: Values,
  repeat: PlanRepeat,
): Ending {
  if (last.byFallback === true) return failure;
  const ending = fallback(firing, inputs, []);
  if (ending.status !== "succeeded") return failure;
  const holds = repeat.until !== undefined && symbolicUntil(repeat.until, ending.out);
  return holds || carriedInputs(repeat, ending.out) === undefined ? ending : failure;
}

/** Undefined: an output that should be carried is absent. */
function carriedInputs({ carry }: PlanRepeat, out: Values): Values | undefined {
  const carried: { [port: string]: Json } = {};
  for (const { output, input } of carry) {
    const value = out[output];
    if (value === undefined) return undefined;
    carried[input] = value;
  }
  return carried;
}

/** The component or child run, then the fallback. */
function round(firing: Firing, inputs: Values): Ending {
  const { node, path, lines } = firing;
  const step = node.step as PlanStep;
  if (step.workflow !== undefined) {
    const child = firing.nested(step.workflow, inputs, path);
    if (child === undefined) return fallback(firing, inputs, []);
    lines.push(...child.lines);
    return { status: "succeeded", out: child.outputs, emits: [] };
  }
  const { class: component = "", config = {} } = step.component ?? {};
  const passing = passes(firing, step, config, inputs);
  const emits = symbolicEmits(component, inputs, config, !passing);
  return passing
    ? { status: "succeeded", out: outputsOf(node, config, component, inputs), emits }
    : fallback(firing, inputs, emits);
}

function outputsOf(node: PlanNode, config: SymbolicConfig, component: string, inputs: Values): Values {
  const names = node.outPorts.map((port) => port.name);
  const ports = names.filter((port) => port !== "error" && config.emits?.[port] === undefined);
  return symbolicOutputs(component, config.asks === true ? {} : inputs, ports);
}

function fallback(firing: Firing, inputs: Values, emits: readonly SymbolicEmit[]): Ending {
  const { node } = firing;
  const step = node.step as PlanStep;
  if (step.fallback === undefined || !passes(firing, step, step.fallback.config, inputs))
    return { status: "failed", error: "failure", emits };
  return { status: "succeeded", out: outputsOf(node, {}, step.fallback.class, inputs), emits, byFallback: true };
}

function passes({ deliveries }: Firing, { recovery }: PlanStep, config: SymbolicConfig, inputs: Values): boolean {
  const { fails = 0, kind = "step", badItems = 0 } = config;
  const item = inputs["item"];
  if (typeof item === "number" && item % 10 < badItems) return false;
  if (fails <= 0) return fails === 0;
  if (kind === "configuration" || kind === "data_validation") return false;
  if (deliveries !== undefined && kind !== "resource") return fails < deliveries;
  if (kind === "step" && recovery.handling !== "retry") return false;
  return fails <= recovery.maxRetries;
}
