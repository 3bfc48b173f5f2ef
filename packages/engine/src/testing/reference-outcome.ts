import type { Json } from "../contracts/json.js";
import type { Plan, PlanNode, PlanPort, WorkflowPlan } from "../plan/plan.js";
import { outputsText } from "./outputs-text.js";
import { type Ending, type Finished, type Firing, type Line, referenceEnding } from "./reference-step.js";
import {
  close,
  deliver,
  nextReady,
  type Token,
  type TokenMachine,
  takeTokens,
  tokenMachine,
} from "./reference-tokens.js";
import { symbolicCondition, symbolicTransform } from "./symbolic-step.js";

/*
 * What a workflow means, said a second time and in the simplest way: a network of tokens in which the first ready node in topological
 * order fires, by recursion into nested workflows, without strategies, time or anything in flight. Runs of the kernel must end as
 * this says, for all workflows whose outcome does not depend on time.
 */

type Values = { readonly [port: string]: Json };

/** The text that `outcomeOf` gives for a run of the kernel. */
export function referenceOutcome(plan: Plan, inputs: Values): string {
  const finished = evaluate(plan, plan.workflows[0] as WorkflowPlan, inputs, "");
  if (finished === undefined) return "failed";
  const lines = finished.lines.map(({ path, status }) => `${path} ${status}`).sort();
  return ["completed", outputsText(plan, finished.outputs), ...lines].join("\n");
}

/** Undefined: the run fails. */
function evaluate(plan: Plan, workflow: WorkflowPlan, given: Values, path: string): Finished | undefined {
  const machine = tokenMachine(workflow);
  const lines: Line[] = [];
  const outputs: { [output: string]: Json } = {};
  for (;;) {
    const index = nextReady(machine) ?? close(machine);
    if (index === undefined) return { outputs, lines };
    const node = workflow.nodes[index] as PlanNode;
    // Steps in a cycle that does not end by itself.
    if ((machine.fired[index] ?? 0) > (node.step?.maxActivations ?? Number.POSITIVE_INFINITY)) return undefined;
    const inner: Line[] = [];
    const ending = fire(plan, machine, index, given, `${path}${node.name}`, inner);
    const recovery = node.step?.recovery ?? workflow.recovery;
    const isLetter = ending.status === "failed" && isQueueTarget(machine, index);
    if (ending.status === "failed" && recovery.handling !== "continue" && !isLetter) return undefined;
    if (isLetter) giveUp(machine, index);
    sendAll(machine, index, ending);
    const value = ending.status === "succeeded" ? ending.out["value"] : undefined;
    if (node.kind === "output" && value !== undefined) outputs[node.name] = value;
    if (node.unit?.letters !== undefined) continue;
    if (ending.status === "succeeded") lines.push(...inner);
    lines.push({ path: `${path}${node.name}`, status: ending.status });
  }
}

/** The queue's count of deliveries replaces the strategy of what it feeds. */
function queueOf(workflow: WorkflowPlan, node: number): WorkflowPlan["queues"][number] | undefined {
  return workflow.queues.find((queue) => queue.links.some((link) => workflow.links[link]?.to.node === node));
}

function isQueueTarget({ workflow, item }: TokenMachine, node: number): boolean {
  return item && queueOf(workflow, node) !== undefined;
}

function giveUp(machine: TokenMachine, node: number): void {
  const letters = queueOf(machine.workflow, node)?.letters ?? -1;
  machine.letters.set(letters, (machine.letters.get(letters) ?? 0) + 1);
}

function fire(plan: Plan, machine: TokenMachine, index: number, given: Values, path: string, lines: Line[]): Ending {
  const node = machine.workflow.nodes[index] as PlanNode;
  if (node.unit?.letters !== undefined) return letter(machine, index);
  const tokens = takeTokens(machine, index);
  const inputs: { [port: string]: Json } = {};
  let isMissing = false;
  for (const port of node.ports) {
    const found = takePort(port, tokens.get(port) ?? [], given[node.name]);
    if (found === "refused") return { status: "failed", error: "failure", emits: [] };
    if (found !== "absent") inputs[port.name] = found.value;
    else if (!port.optional) isMissing = true;
  }
  if (isMissing || machine.neverFired) {
    return node.step?.whenAbsent === "fail" ? { status: "failed", error: "failure", emits: [] } : { status: "skipped" };
  }
  if (node.step === undefined) return { status: "succeeded", out: inputs, emits: [] };
  const deliveries = machine.item ? queueOf(machine.workflow, index)?.maxDeliveries : undefined;
  const nested: Firing["nested"] = (workflow, given, at) =>
    evaluate(plan, plan.workflows[workflow] as WorkflowPlan, given, `${at}/`);
  return referenceEnding({ nested, node, path, lines, deliveries }, inputs);
}

function letter(machine: TokenMachine, index: number): Ending {
  const left = machine.letters.get(index) ?? 0;
  if (left === 0) return { status: "skipped" };
  machine.letters.set(index, left - 1);
  return { status: "succeeded", out: { value: "letter" }, emits: [] };
}

function takePort(port: PlanPort, tokens: readonly Token[], given: Json | undefined): Token {
  const values = tokens.flatMap((token) => (typeof token === "object" ? [token.value] : []));
  if (tokens.includes("refused") || (port.merge === "single" && values.length > 1)) return "refused";
  if (values.length > 0) {
    return { value: port.merge === "list" || port.merge === "collect" ? values : (values[0] as Json) };
  }
  if (given !== undefined) return { value: given };
  return port.default !== undefined && "json" in port.default ? { value: port.default.json } : "absent";
}

/** Each port sends what was emitted on it, else its value or absence. */
function sendAll(machine: TokenMachine, index: number, ending: Ending): void {
  const { workflow } = machine;
  const out: Values =
    ending.status === "succeeded" ? ending.out : ending.status === "failed" ? { error: ending.error } : {};
  const emits = ending.status === "skipped" ? [] : ending.emits;
  for (const link of workflow.nodes[index]?.outLinks ?? []) {
    const port = workflow.links[link]?.from.port ?? "";
    const sent = emits.filter((emit) => emit.port === port);
    const values = sent.length > 0 ? sent.map((emit) => emit.value) : [out[port]];
    for (const value of values) deliver(machine, link, carry(workflow, link, value));
  }
}

function carry(workflow: WorkflowPlan, index: number, value: Json | undefined): Token {
  const link = workflow.links[index];
  if (value === undefined) return "absent";
  if (link?.transform !== undefined) {
    const shaped = symbolicTransform(String(link.transform.config["name"]), value);
    if (shaped === undefined) return "absent";
    return typeof shaped === "object" ? "refused" : { value: shaped };
  }
  if (link?.condition === undefined) return { value };
  const holds = symbolicCondition(link.condition, value);
  if (holds === true) return { value };
  return holds === false && link.otherwise !== "fail" ? "absent" : "refused";
}
