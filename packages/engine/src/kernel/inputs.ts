import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import { failureOf } from "../errors/failure-of.js";
import type { PlanPort } from "../plan/plan.js";
import type { PortValues } from "./event.js";
import { ABSENT, type OpenActivation, REFUSED, type RunState, VALUE } from "./state.js";

export type Resolved =
  | { readonly status: "ready"; readonly inputs: PortValues }
  | { readonly status: "skip"; readonly port: string; readonly reason: string }
  | { readonly status: "fail"; readonly failure: Failure };

type Taken = { readonly value: Handle } | { readonly absent: true } | { readonly failure: Failure };

/**
 * What a ready node would start with. Refusals come first, then two values on one port, then absence. `overlay`: what a trigger's
 * firing puts on ports, whatever their links carry.
 */
export function resolveInputs(run: RunState, node: number, overlay?: PortValues): Resolved {
  const plan = run.workflow.nodes[node];
  if (overlay === undefined && isStraight(run, node))
    return { status: "ready", inputs: straightInputs(run, plan?.ports) };
  const inputs: { [port: string]: Handle } = {};
  let missing: PlanPort | undefined;
  for (const port of plan?.ports ?? []) {
    const brought = overlay?.[port.name];
    const taken = brought === undefined ? take(run, node, port) : { value: brought };
    if ("failure" in taken) return { status: "fail", failure: taken.failure };
    if ("value" in taken) inputs[port.name] = taken.value;
    else if (!port.optional) missing ??= port;
  }
  if (missing === undefined) return { status: "ready", inputs };
  if (plan?.step?.whenAbsent === "fail") {
    return { status: "fail", failure: failureOf("E_INPUT_ABSENT", { port: missing.name, step: plan.name }) };
  }
  return { status: "skip", port: missing.name, reason: absenceReason(run, missing) };
}

/** All its ports have the value of their one link. */
function isStraight(run: RunState, node: number): boolean {
  return run.topology.straight[node] === 1 && run.odd[node] === 0 && run.need[node] === 0;
}

function straightInputs(run: RunState, ports: readonly PlanPort[] = []): PortValues {
  const inputs: { [port: string]: Handle } = {};
  for (const { name, links } of ports) inputs[name] = run.carried[links[0] ?? -1] as Handle;
  return inputs;
}

function take(run: RunState, node: number, port: PlanPort): Taken {
  const values: Handle[] = [];
  for (const link of port.links) {
    const kind = run.token[link];
    if (kind === REFUSED) return { failure: run.carried[link] as Failure };
    if (port.merge === "collect") values.push(...(run.collected.get(link) ?? []));
    if (kind !== VALUE) continue;
    if (port.merge === "single" && values.length === 1) return { failure: twoValues(run, port) };
    if (port.merge !== "first" || values.length === 0) values.push(run.carried[link] as Handle);
  }
  if (values.length === 0) {
    const given = setAnew(run, node) ?? run.given.get(node) ?? port.default;
    return given === undefined ? { absent: true } : { value: given };
  }
  const only = values[0] as Handle;
  return { value: port.merge === "list" || port.merge === "collect" ? { list: values } : only };
}

/** What was set from outside goes to the second and later activations of a unit. */
function setAnew(run: RunState, node: number): Handle | undefined {
  return run.sets.size === 0 || run.begun[node] === 0 ? undefined : run.sets.get(node)?.[0];
}

function twoValues(run: RunState, port: PlanPort): Failure {
  const names = port.links
    .filter((link) => run.token[link] === VALUE)
    .map((link) => run.workflow.links[link]?.name ?? "");
  return failureOf("E_TWO_VALUES", { port: port.name, first: names[0] ?? "", second: names[1] ?? "" });
}

/** Links that come together in one line, `merge: each`, do not say whose absence it was. */
function absenceReason(run: RunState, port: PlanPort): string {
  if (port.merge === "each" && port.links.length > 1) {
    const links = port.links.map((link) => run.workflow.links[link]?.name ?? "");
    return `nothing came over one of ${links.join(", ")}`;
  }
  const names = port.links
    .filter((link) => run.token[link] === ABSENT)
    .map((link) => run.workflow.links[link]?.name ?? "");
  return names.length === 0 ? "nothing feeds it" : `nothing came over ${names.join(", ")}`;
}

/** The inputs of one cell: for items, the collection's port gives way to the item's; of a later round, with what was carried. */
export function cellInputs(run: RunState, activation: OpenActivation, c: number): PortValues {
  const carried = activation.cells.get(c)?.carried;
  const inputs = itemInputs(run, activation, c);
  return carried === undefined ? inputs : { ...inputs, ...carried };
}

function itemInputs(run: RunState, activation: OpenActivation, c: number): PortValues {
  const plan = run.workflow.nodes[activation.node];
  const each = plan?.step?.forEach;
  if (each === undefined) return activation.inputs;
  const over = plan?.ports[each.over]?.name ?? "";
  const { [over]: collection, ...others } = activation.inputs;
  return collection === undefined ? others : { ...others, [each.as]: { of: collection, item: c } };
}
