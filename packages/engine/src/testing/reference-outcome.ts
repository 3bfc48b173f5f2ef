import type { Json } from "../contracts/json.js";
import type { Plan, PlanLink, PlanNode, PlanPort, PlanStep, WorkflowPlan } from "../plan/plan.js";
import {
  canonicalText,
  type SymbolicConfig,
  symbolicCondition,
  symbolicOutputs,
  symbolicTransform,
} from "./symbolic-step.js";

/*
 * What a workflow means, said a second time and in the simplest way: nodes in topological order, one after the other, by recursion
 * into nested workflows, without strategies, time, events or tokens in flight. Runs of the kernel must end as this says.
 */

type Values = { readonly [port: string]: Json };
type Token = { readonly value: Json } | "absent" | "refused";
type Ending =
  | { readonly status: "succeeded"; readonly out: Values }
  | { readonly status: "skipped" }
  | { readonly status: "failed"; readonly error: Json };
type Taken =
  | { readonly status: "ready"; readonly inputs: Values }
  | { readonly status: "skipped" }
  | { readonly status: "failed" };
type Finished = { readonly outputs: Values; readonly lines: readonly string[] };

/** The text that `outcomeOf` gives for a run of the kernel. */
export function referenceOutcome(plan: Plan, inputs: Values): string {
  const finished = evaluate(plan, plan.workflows[0] as WorkflowPlan, inputs, "");
  if (finished === undefined) return "failed";
  return ["completed", canonicalText(finished.outputs), ...[...finished.lines].sort()].join("\n");
}

/** Undefined: the run fails. */
function evaluate(plan: Plan, workflow: WorkflowPlan, given: Values, path: string): Finished | undefined {
  const tokens = new Map<number, Token>();
  const lines: string[] = [];
  const outputs: { [output: string]: Json } = {};
  const order = workflow.nodes.map((_, node) => node);
  order.sort((a, b) => (workflow.nodes[a]?.rank ?? 0) - (workflow.nodes[b]?.rank ?? 0));
  for (const index of order) {
    const node = workflow.nodes[index] as PlanNode;
    const ending = endingOf(plan, node, take(node, tokens, given), `${path}${node.name}`, lines);
    const recovery = node.step?.recovery ?? workflow.recovery;
    if (ending.status === "failed" && recovery.handling !== "continue") return undefined;
    const out: Values =
      ending.status === "succeeded" ? ending.out : ending.status === "failed" ? { error: ending.error } : {};
    for (const link of node.outLinks) tokens.set(link, carry(workflow.links[link] as PlanLink, out));
    if (node.kind === "output" && out["value"] !== undefined) outputs[node.name] = out["value"];
    lines.push(`${path}${node.name} ${ending.status}`);
  }
  return { outputs, lines };
}

function carry(link: PlanLink, out: Values): Token {
  const value = out[link.from.port];
  if (value === undefined) return "absent";
  if (link.transform !== undefined) {
    const shaped = symbolicTransform(String(link.transform.config["name"]), value);
    if (shaped === undefined) return "absent";
    return typeof shaped === "object" ? "refused" : { value: shaped };
  }
  if (link.condition === undefined) return { value };
  const holds = symbolicCondition(link.condition, value);
  if (holds === true) return { value };
  return holds === false && link.otherwise !== "fail" ? "absent" : "refused";
}

function take(node: PlanNode, tokens: ReadonlyMap<number, Token>, given: Values): Taken {
  const inputs: { [port: string]: Json } = {};
  let isMissing = false;
  for (const port of node.ports) {
    const found = takePort(
      port,
      port.links.map((link) => tokens.get(link) ?? "absent"),
      given[node.name],
    );
    if (found === "refused") return { status: "failed" };
    if (found !== "absent") inputs[port.name] = found.value;
    else if (!port.optional) isMissing = true;
  }
  if (!isMissing) return { status: "ready", inputs };
  return node.step?.whenAbsent === "fail" ? { status: "failed" } : { status: "skipped" };
}

function takePort(port: PlanPort, tokens: readonly Token[], given: Json | undefined): Token {
  const values = tokens.flatMap((token) => (typeof token === "object" ? [token.value] : []));
  if (tokens.includes("refused") || (port.merge === "single" && values.length > 1)) return "refused";
  if (values.length > 0) return { value: port.merge === "list" ? values : (values[0] as Json) };
  if (given !== undefined) return { value: given };
  return port.default !== undefined && "json" in port.default ? { value: port.default.json } : "absent";
}

function endingOf(plan: Plan, node: PlanNode, taken: Taken, path: string, lines: string[]): Ending {
  if (taken.status === "skipped") return { status: "skipped" };
  if (taken.status === "failed") return { status: "failed", error: "failure" };
  const { inputs } = taken;
  if (node.step === undefined) return { status: "succeeded", out: inputs };
  const each = node.step.forEach;
  if (each === undefined) return cell(plan, node, inputs, path, lines);
  const { [node.ports[each.over]?.name ?? ""]: over = [], ...others } = inputs;
  if (!Array.isArray(over)) return { status: "failed", error: "failure" };
  const inner: string[] = [];
  const items = over.map((item: Json, index) =>
    cell(plan, node, { ...others, [each.as]: item }, `${path}[${index}]`, inner),
  );
  const ending = mapEnding(node, each.maxFailures, items);
  if (ending.status === "succeeded") lines.push(...inner);
  return ending;
}

function mapEnding(node: PlanNode, maxFailures: number, items: readonly Ending[]): Ending {
  const failed = items.flatMap((item, index) => (item.status === "failed" ? [index] : []));
  if (failed.length > maxFailures) return { status: "failed", error: "failures" };
  const out: { [port: string]: Json } = failed.length > 0 ? { error: "failures" } : {};
  for (const { name } of node.outPorts) {
    if (name !== "error")
      out[name] = items.map((item) => (item.status === "succeeded" ? (item.out[name] ?? null) : null));
  }
  return { status: "succeeded", out };
}

/** One item, or the whole of a step that is not mapped: the component or child run, then the fallback. */
function cell(plan: Plan, node: PlanNode, inputs: Values, path: string, lines: string[]): Ending {
  const step = node.step as PlanStep;
  const ports = node.outPorts.map((port) => port.name).filter((port) => port !== "error");
  if (step.workflow !== undefined) {
    const child = evaluate(plan, plan.workflows[step.workflow] as WorkflowPlan, inputs, `${path}/`);
    if (child !== undefined) {
      lines.push(...child.lines);
      return { status: "succeeded", out: child.outputs };
    }
  } else if (step.component !== undefined && passes(step, step.component.config, inputs)) {
    return { status: "succeeded", out: symbolicOutputs(step.component.class, inputs, ports) };
  }
  if (step.fallback === undefined || !passes(step, step.fallback.config, inputs))
    return { status: "failed", error: "failure" };
  return { status: "succeeded", out: symbolicOutputs(step.fallback.class, inputs, ports) };
}

function passes({ recovery }: PlanStep, config: SymbolicConfig, inputs: Values): boolean {
  const { fails = 0, kind = "step", badItems = 0 } = config;
  const item = inputs["item"];
  if (typeof item === "number" && item % 10 < badItems) return false;
  if (fails <= 0) return fails === 0;
  if (kind === "configuration" || kind === "data_validation") return false;
  if (kind === "step" && recovery.handling !== "retry") return false;
  return fails <= recovery.maxRetries;
}
