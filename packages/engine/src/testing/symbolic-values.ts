import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Activation, Cell, Finding, PortValues, Unstamped } from "../kernel/event.js";
import { resolveInputs } from "../kernel/inputs.js";
import {
  type Errand,
  type OpenActivation,
  type OpenCell,
  type RunState,
  type RunTree,
  runAt,
} from "../kernel/state.js";
import type { PlanLink } from "../plan/plan.js";
import { openAt } from "./symbolic-look.js";
import { symbolicCondition, symbolicKey, symbolicTransform, symbolicUntil } from "./symbolic-step.js";

/** What the host finds out by looking at values, for built plans and without waiting. */

export function plainValue(handle: Handle): Json {
  if ("json" in handle) return handle.json;
  if ("list" in handle) return handle.list.map(plainValue);
  if ("blob" in handle) return handle.blob;
  const list = plainValue(handle.of);
  return Array.isArray(list) ? ((list[handle.item] as Json | undefined) ?? null) : null;
}

export function valuesOf(handles: PortValues): { [port: string]: Json } {
  return Object.fromEntries(Object.entries(handles).map(([port, handle]) => [port, plainValue(handle)]));
}

export function findLinks(run: RunState, node: number, out: PortValues): Finding[] {
  return (run.workflow.nodes[node]?.outLinks ?? []).map((index) => {
    const link = run.workflow.links[index] as PlanLink;
    const handle = out[link.from.port];
    if (handle === undefined) return 0;
    if (link.queue !== undefined)
      return isFirstOf(run, link.queue, index) ? enter(run, link.queue, plainValue(handle)) : 0;
    return link.plain ? 1 : cross(link, plainValue(handle));
  });
}

function isFirstOf(run: RunState, queue: number, link: number): boolean {
  return run.workflow.queues[queue]?.links[0] === link;
}

function enter(run: RunState, index: number, value: Json): Finding {
  const queue = run.workflow.queues[index];
  if (queue === undefined) return 0;
  const items = queue.each ? value : [value];
  if (!Array.isArray(items)) return { refused: failureOf("E_NOT_A_LIST", { port: queue.name, found: typeof value }) };
  const keys = queue.key === undefined ? {} : { keys: items.map(symbolicKey) };
  return { queued: items.length, each: queue.each, ...keys };
}

function cross(link: PlanLink, value: Json): Finding {
  if (link.transform !== undefined) {
    const shaped = symbolicTransform(String(link.transform.config["name"]), value);
    if (shaped === undefined) return 0;
    return typeof shaped === "object"
      ? { refused: failureOf("E_STEP", { what: link.name }) }
      : { value: { json: shaped } };
  }
  const condition = link.condition ?? "";
  const holds = symbolicCondition(condition, value);
  if (holds === undefined) return { refused: failureOf("E_CONDITION", { condition, what: "not a number" }) };
  if (holds) return { passed: condition };
  return link.otherwise === "fail"
    ? { refused: failureOf("E_GATE_CLOSED", { link: link.name, reason: condition }) }
    : { closed: condition };
}

/** Answers an errand with one input. */
export function answer(tree: RunTree, errand: Errand & { readonly c?: number }): Unstamped {
  const run = runAt(tree, errand.run);
  const at = { run: errand.run, node: errand.node, n: errand.n };
  const kind: string = errand.kind;
  switch (kind) {
    case "unit": {
      const value = unitValue(run, errand.node);
      const out: PortValues = value === undefined ? {} : { value };
      return { type: "unit.updated", ...at, links: findLinks(run, errand.node, out), ...out };
    }
    case "measure":
      return { type: "activation.measured", ...at, ...measured(tree, at) };
    case "judge":
      return { type: "round.judged", ...at, c: errand.c ?? 0, ...judged(tree, { ...at, c: errand.c ?? 0 }) };
    case "gather": {
      const out = gathered(tree, at);
      return { type: "activation.gathered", ...at, out, links: findLinks(run, errand.node, out) };
    }
    default:
      throw nanobrainError("E_INTERNAL", { what: `an errand of kind ${kind}` });
  }
}

function unitValue(run: RunState, node: number): Handle | undefined {
  const letters = run.workflow.nodes[node]?.unit?.letters;
  const letter = letters === undefined ? undefined : run.queues[letters]?.letters[0];
  if (letter !== undefined) return { json: { item: plainValue(letter.value), failure: "failure" } };
  const resolved = resolveInputs(run, node);
  return resolved.status === "ready" ? resolved.inputs["value"] : undefined;
}

function open(tree: RunTree, at: Activation): OpenActivation {
  const activation = openAt(tree, { ...at, c: 0 });
  if (activation === undefined)
    throw nanobrainError("E_INTERNAL", { what: `no open activation ${at.n} of ${at.node}` });
  return activation;
}

function measured(tree: RunTree, at: Activation): { count: number; failure?: ReturnType<typeof failureOf> } {
  const plan = runAt(tree, at.run).workflow.nodes[at.node];
  const port = plan?.ports[plan.step?.forEach?.over ?? 0]?.name ?? "";
  const handle = open(tree, at).inputs[port];
  const list = handle === undefined ? [] : plainValue(handle);
  if (Array.isArray(list)) return { count: list.length };
  return { count: 0, failure: failureOf("E_NOT_A_LIST", { port, found: typeof list }) };
}

function judged(tree: RunTree, at: Cell): { stop: boolean; reason: string } {
  const until = runAt(tree, at.run).workflow.nodes[at.node]?.step?.repeat?.until;
  const outputs = valuesOf(open(tree, at).cells.get(at.c)?.out ?? {});
  return { stop: until !== undefined && symbolicUntil(until, outputs), reason: until ?? "" };
}

/** What a cell gave. One that failed gives nothing, whatever its earlier rounds gave. */
function given(cell: OpenCell | undefined, port: string): Handle | undefined {
  return cell?.status === "done" ? cell.out?.[port] : undefined;
}

function gathered(tree: RunTree, at: Activation): PortValues {
  const activation = open(tree, at);
  const node = runAt(tree, at.run).workflow.nodes[at.node];
  if (activation.closing) return { error: { json: "failure" } };
  const each = node?.step?.forEach;
  if (each === undefined) return activation.cells.get(0)?.out ?? {};
  const cells = Array.from({ length: activation.count }, (_, c) => activation.cells.get(c));
  const failures = cells.flatMap((cell, index) => (cell?.status === "failed" ? [index] : []));
  const out: { [port: string]: Handle } = {};
  if (failures.length > 0) out["error"] = { json: failures.map((index) => ({ index, failure: "failure" })) };
  if (activation.failed > each.maxFailures) return out;
  for (const port of node?.outPorts ?? []) {
    if (port.name !== "error") out[port.name] = { list: cells.map((cell) => given(cell, port.name) ?? { json: null }) };
  }
  return out;
}
