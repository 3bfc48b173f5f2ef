import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import { activationAt } from "../kernel/cells.js";
import type { Finding, PortValues, Unstamped } from "../kernel/event.js";
import { resolveInputs } from "../kernel/inputs.js";
import { type Errand, type RunState, type RunTree, runAt } from "../kernel/state.js";
import type { PlanLink } from "../plan/plan.js";
import { symbolicCondition, symbolicTransform } from "./symbolic-step.js";

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
    return link.plain ? 1 : cross(link, plainValue(handle));
  });
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
export function answer(tree: RunTree, errand: Errand): Unstamped {
  const run = runAt(tree, errand.run);
  const at = { run: errand.run, node: errand.node, n: errand.n };
  switch (errand.kind) {
    case "unit": {
      const resolved = resolveInputs(run, errand.node);
      const value = resolved.status === "ready" ? resolved.inputs["value"] : undefined;
      const out: PortValues = value === undefined ? {} : { value };
      return { type: "unit.updated", ...at, links: findLinks(run, errand.node, out), ...out };
    }
    case "measure":
      return { type: "activation.measured", ...at, ...measured(run, errand.node) };
    case "gather": {
      const out = gathered(run, errand.node);
      return { type: "activation.gathered", ...at, out, links: findLinks(run, errand.node, out) };
    }
  }
}

function measured(run: RunState, node: number): { count: number; failure?: ReturnType<typeof failureOf> } {
  const plan = run.workflow.nodes[node];
  const port = plan?.ports[plan.step?.forEach?.over ?? 0]?.name ?? "";
  const handle = activationAt(run, node).inputs[port];
  const list = handle === undefined ? [] : plainValue(handle);
  if (Array.isArray(list)) return { count: list.length };
  return { count: 0, failure: failureOf("E_NOT_A_LIST", { port, found: typeof list }) };
}

function gathered(run: RunState, node: number): PortValues {
  const activation = activationAt(run, node);
  if (activation.closing) return { error: { json: "failure" } };
  const each = run.workflow.nodes[node]?.step?.forEach;
  if (each === undefined) return activation.cells.get(0)?.out ?? {};
  const cells = Array.from({ length: activation.count }, (_, c) => activation.cells.get(c));
  const failures = cells.flatMap((cell, index) => (cell?.status === "failed" ? [index] : []));
  const out: { [port: string]: Handle } = {};
  if (failures.length > 0) out["error"] = { json: failures.map((index) => ({ index, failure: "failure" })) };
  if (activation.failed > each.maxFailures) return out;
  for (const port of run.workflow.nodes[node]?.outPorts ?? []) {
    if (port.name !== "error") out[port.name] = { list: cells.map((cell) => cell?.out?.[port.name] ?? { json: null }) };
  }
  return out;
}
