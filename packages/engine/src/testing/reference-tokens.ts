import type { Json } from "../contracts/json.js";
import type { PlanNode, PlanPort, WorkflowPlan } from "../plan/plan.js";
import { symbolicKey } from "./symbolic-step.js";

/** The tokens of a workflow that is read instead of run: which node may fire next, and what it takes. */

export type Token = { readonly value: Json } | "absent" | "refused";

/** A link, or all links of an `each` port together. */
type Slot = { readonly links: readonly number[]; readonly port: PlanPort; readonly waiting: Token[]; kept?: Token };

export type TokenMachine = {
  readonly workflow: WorkflowPlan;
  readonly slots: ReadonlyMap<number, readonly Slot[]>;
  readonly slotOf: ReadonlyMap<number, Slot>;
  readonly order: readonly number[];
  readonly fired: number[];
  /** Items that entered each queue so far: the next goes to the target of that number. */
  readonly entered: number[];
  /** Dead letters that their unit has not sent yet. */
  readonly letters: Map<number, number>;
  /** Of the node that fires: it took an item of a queue; it is a step whose trigger never fired. */
  item: boolean;
  neverFired: boolean;
};

export function tokenMachine(workflow: WorkflowPlan): TokenMachine {
  const slots = new Map(workflow.nodes.map((node, index) => [index, node.ports.flatMap(slotsOf)]));
  const slotOf = new Map([...slots.values()].flat().flatMap((slot) => slot.links.map((link) => [link, slot])));
  const order = workflow.nodes.map((_, node) => node);
  order.sort((a, b) => (workflow.nodes[a]?.rank ?? 0) - (workflow.nodes[b]?.rank ?? 0));
  return {
    workflow,
    slots,
    slotOf,
    order,
    fired: workflow.nodes.map(() => 0),
    entered: workflow.queues.map(() => 0),
    letters: new Map(),
    item: false,
    neverFired: false,
  };
}

function slotsOf(port: PlanPort): readonly Slot[] {
  if (port.links.length === 0) return [];
  if (port.merge === "each") return [{ links: port.links, port, waiting: [] }];
  return port.links.map((link) => ({ links: [link], port, waiting: [] }));
}

/** The first node in topological order that has all it takes. */
export function nextReady(machine: TokenMachine): number | undefined {
  const ready = machine.order.find((node) => isReady(machine, node));
  if (ready !== undefined) begin(machine, ready, false);
  return ready;
}

function begin(machine: TokenMachine, node: number, neverFired: boolean): void {
  machine.fired[node] = (machine.fired[node] ?? 0) + 1;
  machine.neverFired = neverFired;
}

function isReady(machine: TokenMachine, index: number): boolean {
  const node = machine.workflow.nodes[index] as PlanNode;
  if (node.unit?.letters !== undefined) return (machine.letters.get(index) ?? 0) > 0;
  if (collects(node) || node.step?.triggered === true) return false;
  if (node.dependsOn.some((other) => machine.fired[other] === 0)) return false;
  const slots = machine.slots.get(index) ?? [];
  const taken = slots.filter((slot) => !slot.port.hold);
  if (taken.length === 0 && machine.fired[index] !== 0) return false;
  return slots.every((slot) => (slot.port.hold ? slot.kept !== undefined : slot.waiting.length > 0));
}

function collects(node: PlanNode): boolean {
  return node.ports.some((port) => port.merge === "collect");
}

/**
 * Nothing is ready: the first node that never fired, or has tokens left, gets an absence on each link that keeps it waiting, and
 * fires. Undefined: nothing is left.
 */
export function close(machine: TokenMachine): number | undefined {
  const node = machine.order.find((index) => machine.fired[index] === 0 || hasLeft(machine, index));
  if (node === undefined) return undefined;
  const plan = machine.workflow.nodes[node] as PlanNode;
  for (const slot of machine.slots.get(node) ?? []) {
    if (slot.port.hold) slot.kept ??= "absent";
    else if (slot.waiting.length === 0 && !collects(plan)) slot.waiting.push("absent");
  }
  begin(machine, node, plan.step?.triggered === true);
  return node;
}

function hasLeft(machine: TokenMachine, index: number): boolean {
  if (machine.workflow.nodes[index]?.step?.triggered === true) return false;
  return (machine.slots.get(index) ?? []).some((slot) => !slot.port.hold && slot.waiting.length > 0);
}

/** One token of each slot, or all of those that collect; by port, links in document order. */
export function takeTokens(machine: TokenMachine, index: number): ReadonlyMap<PlanPort, readonly Token[]> {
  const taken = new Map<PlanPort, Token[]>();
  machine.item = false;
  for (const slot of machine.slots.get(index) ?? []) {
    const found = taken.get(slot.port) ?? [];
    taken.set(slot.port, found);
    if (slot.port.merge === "collect") found.push(...slot.waiting.splice(0));
    else found.push((slot.port.hold ? slot.kept : slot.waiting.shift()) ?? "absent");
    const isQueue = machine.workflow.links[slot.links[0] ?? -1]?.queue !== undefined;
    if (isQueue && typeof found.at(-1) === "object") machine.item = true;
  }
  return taken;
}

/** An absence does not travel back in its cycle, nor out of it. */
export function deliver(machine: TokenMachine, index: number, token: Token): void {
  const link = machine.workflow.links[index];
  if (token === "absent" && (link?.back === true || link?.exit === true)) return;
  if (link?.queue === undefined) return put(machine, index, token);
  const queue = machine.workflow.queues[link.queue];
  if (queue === undefined || queue.links[0] !== index) return;
  if (typeof token !== "object") {
    for (const link of queue.links) put(machine, link, token);
    return;
  }
  const items: readonly Json[] = queue.each && Array.isArray(token.value) ? token.value : [token.value];
  if (items.length === 0) return deliver(machine, index, "absent");
  for (const value of items) {
    const number = machine.entered[link.queue] ?? 0;
    machine.entered[link.queue] = number + 1;
    const target = targetOf(queue, queue.key === undefined ? number : symbolicKey(value));
    put(machine, queue.links[target] ?? -1, { value });
  }
}

/** Each item to the target that is furthest behind its weight. */
function targetOf({ balance, weights, links }: WorkflowPlan["queues"][number], number: number): number {
  if (balance !== "weighted") return number % links.length;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const credit = weights.map(() => 0);
  for (let at = 0; ; at++) {
    weights.forEach((weight, target) => {
      credit[target] = (credit[target] ?? 0) + weight;
    });
    const best = credit.indexOf(Math.max(...credit));
    if (at === number) return best;
    credit[best] = (credit[best] ?? 0) - sum;
  }
}

function put(machine: TokenMachine, link: number, token: Token): void {
  const slot = machine.slotOf.get(link);
  if (slot?.port.hold === true) slot.kept = token;
  else slot?.waiting.push(token);
}
