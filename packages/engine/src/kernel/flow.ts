import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { noteLink, noteNode } from "./changes.js";
import { type Resolved, resolveInputs } from "./inputs.js";
import { ABSENT, type ErrandKind, NONE, OPEN, READY, type RunState, type RunTree, VALUE } from "./state.js";
import { isEmptyRing, pushToken, shiftToken, type Token } from "./token-ring.js";
import { firingInputs, hasFiring, takeFiring } from "./triggers/firings.js";

/*
 * Tokens and readiness: what makes a node ready, and what an activation takes. Called by `evolve` only.
 * F1. `makeReady` is asked after each change of what a node waits for: tokens, `depends_on`, firings, its open activations.
 * F2. A node that may begin is either offered (steps), asked of the host (units) or `barren`: to be skipped or failed by a decision.
 */

/** Ended activations of a node that may wait for older ones to be over. */
const BACKLOG = 64;

export function errandKey(kind: ErrandKind, run: number, node: number, n: number, c: number): string {
  return `${kind} ${run} ${node} ${n} ${c}`;
}

export function setErrand(tree: RunTree, kind: ErrandKind, run: RunState, node: number, n: number, c = 0): void {
  const key = errandKey(kind, run.index, node, n, c);
  if (tree.errands.has(key)) return;
  if (kind === "unit") run.unitsAsked++;
  tree.errands.set(key, { kind, run: run.index, node, n, c });
}

export function clearErrand(tree: RunTree, kind: ErrandKind, run: RunState, node: number, n: number, c = 0): void {
  if (kind === "unit" ? run.unitsAsked === 0 : tree.errands.size === 0) return;
  if (tree.errands.delete(errandKey(kind, run.index, node, n, c)) && kind === "unit") run.unitsAsked--;
}

/** Brings a token to the end of a link. */
export function deliver(
  tree: RunTree,
  run: RunState,
  link: number,
  kind: number,
  value: Handle | Failure | undefined,
): void {
  const { topology } = run;
  const target = topology.target[link] ?? 0;
  const slot = topology.slotOf[link] ?? -1;
  const found = kind === VALUE && value === undefined ? ABSENT : kind;
  run.sent[link] = 1;
  if (run.changes !== undefined) noteDelivery(run, target, link, slot);
  if (run.closedTo > 0) lookAgain(run, target);
  if (slot < 0) collect(run, link, found, value);
  else if (topology.keeps[slot] === 1) keep(tree, run, target, slot, found, value);
  else if (run.owed.size === 0 || !isOwed(run, slot)) push(tree, run, target, slot, found, value);
}

function noteDelivery(run: RunState, target: number, link: number, slot: number): void {
  noteNode(run, target);
  noteLink(run, link);
  if (slot >= 0) noteLink(run, slot);
}

/** A value of a port that collects. A refusal takes the place of the values: the unit fails with it. */
function collect(run: RunState, link: number, kind: number, value: Handle | Failure | undefined): void {
  if (kind === VALUE) {
    const known = run.collected.get(link);
    if (known === undefined) run.collected.set(link, [value as Handle]);
    else known.push(value as Handle);
  } else if (kind !== ABSENT && run.token[link] === NONE) {
    run.token[link] = kind;
    run.carried[link] = value;
    const target = run.workflow.links[link]?.to.node ?? 0;
    run.odd[target] = (run.odd[target] ?? 0) + 1;
  }
}

function push(
  tree: RunTree,
  run: RunState,
  target: number,
  slot: number,
  kind: number,
  value: Handle | Failure | undefined,
): void {
  run.tokens++;
  if (kind !== VALUE) run.odd[target] = (run.odd[target] ?? 0) + 1;
  if (run.token[slot] !== NONE) {
    const known = run.behind.get(slot);
    if (known === undefined) run.behind.set(slot, { items: [{ kind, value }], start: 0 });
    else pushToken(known, { kind, value });
    return;
  }
  run.token[slot] = kind;
  run.carried[slot] = value;
  run.need[target] = (run.need[target] ?? 0) - 1;
  if (run.need[target] === 0) makeReady(tree, run, target);
}

/** The last token stays: a later one takes its place. */
function keep(
  tree: RunTree,
  run: RunState,
  target: number,
  slot: number,
  kind: number,
  value: Handle | Failure | undefined,
): void {
  const before = run.token[slot] ?? NONE;
  const odd = (kind === VALUE ? 0 : 1) - (before === VALUE || before === NONE ? 0 : 1);
  if (odd !== 0) run.odd[target] = (run.odd[target] ?? 0) + odd;
  run.token[slot] = kind;
  run.carried[slot] = value;
  if (before === NONE && run.topology.triggered[target] !== 1) run.need[target] = (run.need[target] ?? 0) - 1;
  makeReady(tree, run, target);
}

/** True when an activation took the token before it came. */
function isOwed(run: RunState, slot: number): boolean {
  const owed = run.owed.get(slot);
  if (owed === undefined) return false;
  if (owed > 1) run.owed.set(slot, owed - 1);
  else run.owed.delete(slot);
  return true;
}

/** Takes one token from each slot of a node, for an activation. */
export function takeTokens(run: RunState, node: number): void {
  const { slotStart, slots } = run.topology;
  for (let i = slotStart[node] ?? 0; i < (slotStart[node + 1] ?? 0); i++) takeToken(run, node, slots[i] ?? 0);
}

function takeToken(run: RunState, node: number, slot: number): void {
  const kind = run.token[slot];
  if (kind === NONE) {
    if (run.need[node] === 0) throw nanobrainError("E_INTERNAL", { what: `node ${node} begins without its tokens` });
    run.owed.set(slot, (run.owed.get(slot) ?? 0) + 1);
    return;
  }
  run.tokens--;
  if (kind !== VALUE) run.odd[node] = (run.odd[node] ?? 0) - 1;
  if (run.changes !== undefined) noteLink(run, slot);
  const next = run.behind.size === 0 ? undefined : takeBehind(run, slot);
  run.token[slot] = next === undefined ? NONE : next.kind;
  run.carried[slot] = next?.value;
  if (next === undefined) run.need[node] = (run.need[node] ?? 0) + 1;
}

function takeBehind(run: RunState, slot: number): Token | undefined {
  const ring = run.behind.get(slot);
  const next = ring === undefined ? undefined : shiftToken(ring);
  if (ring !== undefined && isEmptyRing(ring)) run.behind.delete(slot);
  return next;
}

/** Whether a queue may put its next item on a link: its slot is empty, and the target could begin another activation. */
export function canTake(run: RunState, node: number, link: number): boolean {
  const slot = run.topology.slotOf[link] ?? -1;
  return run.token[slot] === NONE && (run.opened[node] ?? 0) < (run.topology.width[node] ?? 1);
}

/** Whether everything is there for another activation of a node. */
function mayBegin(run: RunState, node: number): boolean {
  if ((run.need[node] ?? 0) > 0 || (run.depends[node] ?? 0) > 0) return false;
  const width = run.topology.width[node] ?? 1;
  const begun = run.begun[node] ?? 0;
  if ((run.opened[node] ?? 0) >= width || begun - (run.released[node] ?? 0) >= width + BACKLOG) return false;
  if (run.stuck.size > 0 && run.stuck.has(node)) return false;
  return hasSomething(run, node, begun);
}

/** Something to take. A node with nothing to take begins once. */
function hasSomething(run: RunState, node: number, begun: number): boolean {
  const { slotStart, triggered, letters } = run.topology;
  if (begun === 0 && run.topology.easy[node] === 1) return true;
  if (triggered[node] === 1) return hasFiring(run, node);
  const queue = letters[node] ?? -1;
  if (queue >= 0) return (run.queues[queue]?.letters.length ?? 0) > 0;
  if ((slotStart[node] ?? 0) < (slotStart[node + 1] ?? 0)) return true;
  return begun === 0 || run.sets.has(node);
}

/** What the next activation of a node would start with. */
export function nextInputs(run: RunState, node: number): Resolved {
  return (run.triggers.length > 0 ? firingInputs(run, node) : undefined) ?? resolveInputs(run, node);
}

function isBarren(run: RunState, node: number): boolean {
  const { most, letters, easy } = run.topology;
  if ((run.begun[node] ?? 0) >= (most[node] ?? 0)) return true;
  if (run.odd[node] === 0 && easy[node] === 1) return false;
  if ((letters[node] ?? -1) >= 0) return false;
  return nextInputs(run, node).status !== "ready";
}

/** Finds out what a node may do now (F1, F2). */
export function makeReady(tree: RunTree, run: RunState, node: number): void {
  if (run.changes !== undefined) noteNode(run, node);
  const begins = mayBegin(run, node);
  const barren = begins && isBarren(run, node);
  if (barren) run.barren.add(node);
  else if (run.barren.size > 0) run.barren.delete(node);
  if (begins && run.opened[node] === 0) run.node[node] = READY;
  tree.dirty.add(run.index);
  if (run.topology.lane[node] !== -1) {
    if ((begins && !barren) || (run.startable.size > 0 && run.startable.has(node))) offer(run, node);
    else if (run.queued[node] === 1) withdraw(run, node);
    return;
  }
  const n = (run.begun[node] ?? 0) + 1;
  if (begins && !barren) {
    if (!isJudged(run, node, n)) setErrand(tree, "unit", run, node, n);
  } else clearErrand(tree, "unit", run, node, n);
}

/** A unit whose value was refused waits for the verdict. */
function isJudged(run: RunState, node: number, n: number): boolean {
  return run.verdicts.size > 0 && run.verdicts.has(`${node}:${n}:-1`);
}

/** Puts a node among those that may start something, or keeps it for its stage. */
export function offer(run: RunState, node: number): void {
  if (run.queued[node] === 1) return;
  run.queued[node] = 1;
  run.offered++;
  if (run.workflow.strategy === "parallel" && isLater(run, node)) {
    const depth = run.workflow.nodes[node]?.depth ?? 0;
    const kept = run.later.get(depth);
    if (kept === undefined) run.later.set(depth, [node]);
    else kept.push(node);
    return;
  }
  run.heaps[run.topology.lane[node] ?? 0]?.push(node);
}

function isLater(run: RunState, node: number): boolean {
  return (run.workflow.nodes[node]?.depth ?? 0) > run.stage;
}

export function withdraw(run: RunState, node: number): void {
  if (run.queued[node] !== 1) return;
  run.queued[node] = 0;
  run.offered--;
  if (run.heaps[run.topology.lane[node] ?? 0]?.remove(node) === true) return;
  const depth = run.workflow.nodes[node]?.depth ?? 0;
  const kept = run.later.get(depth);
  kept?.splice(kept.indexOf(node), 1);
  if (kept?.length === 0) run.later.delete(depth);
}

/** The closing passed the node, which is not any more as it found it. */
export function lookAgain(run: RunState, node: number): void {
  run.closedTo = Math.min(run.closedTo, run.topology.rank[node] ?? 0);
}

/** The next activation of a node begins: it takes its tokens. Gives its number. */
export function begin(run: RunState, node: number): number {
  const n = (run.begun[node] ?? 0) + 1;
  run.begun[node] = n;
  if (run.changes !== undefined) noteNode(run, node);
  if (run.closedTo > 0) lookAgain(run, node);
  if (n > 1 && run.sets.size > 0) takeSet(run, node);
  takeTokens(run, node);
  if (run.triggers.length > 0) takeFiring(run, node, n);
  return n;
}

function takeSet(run: RunState, node: number): void {
  const [set, ...later] = run.sets.get(node) ?? [];
  if (set === undefined) return;
  run.given.set(node, set);
  if (later.length > 0) run.sets.set(node, later);
  else run.sets.delete(node);
}

/** An activation's tokens have their turn: those that only waited for the node in order may become ready. */
export function countReleased(tree: RunTree, run: RunState, node: number, status: number): void {
  const released = (run.released[node] ?? 0) + 1;
  run.released[node] = released;
  if (run.changes !== undefined) noteNode(run, node);
  if (run.opened[node] === 0) run.node[node] = status;
  else run.node[node] = OPEN;
  tree.dirty.add(run.index);
  if (released > 1) return;
  run.unsettled--;
  const { dependentsStart, dependentsOf } = run.topology;
  for (let i = dependentsStart[node] ?? 0; i < (dependentsStart[node + 1] ?? 0); i++) {
    const dependent = dependentsOf[i] ?? 0;
    if (run.changes !== undefined) noteNode(run, dependent);
    run.depends[dependent] = (run.depends[dependent] ?? 0) - 1;
    if (run.depends[dependent] === 0) makeReady(tree, run, dependent);
  }
}

/** Another dead letter lies at its unit's door. */
export function deliverLetter(tree: RunTree, run: RunState, node: number): void {
  makeReady(tree, run, node);
}
