import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Finding, PortValues } from "./event.js";
import { resolveInputs } from "./inputs.js";
import {
  ABSENT,
  type ErrandKind,
  NONE,
  PENDING,
  READY,
  REFUSED,
  type RunState,
  type RunTree,
  SETTLED,
  VALUE,
} from "./state.js";

/** Tokens and readiness: how what one node sends makes others ready. Called by `evolve` only. */

export function setErrand(tree: RunTree, kind: ErrandKind, run: RunState, node: number): void {
  const key = `${kind} ${run.index} ${node}`;
  if (kind === "unit" && !tree.errands.has(key)) run.unitsAsked++;
  tree.errands.set(key, { kind, run: run.index, node, n: 1 });
}

export function clearErrand(tree: RunTree, kind: ErrandKind, run: RunState, node: number): void {
  if (tree.errands.delete(`${kind} ${run.index} ${node}`) && kind === "unit") run.unitsAsked--;
}

/** Sends one token over each outgoing link of a node. A missing finding is absence. */
export function send(tree: RunTree, run: RunState, node: number, out: PortValues, findings: readonly Finding[]): void {
  const links = run.workflow.nodes[node]?.outLinks ?? [];
  for (let i = 0; i < links.length; i++) {
    const link = links[i] ?? 0;
    const finding = findings[i] ?? 0;
    if (finding === 0) deliver(tree, run, link, ABSENT, undefined);
    else if (finding === 1 || "passed" in finding)
      deliver(tree, run, link, VALUE, out[run.workflow.links[link]?.from.port ?? ""]);
    else if ("value" in finding) deliver(tree, run, link, VALUE, finding.value);
    else if ("closed" in finding) deliver(tree, run, link, ABSENT, undefined);
    else deliver(tree, run, link, REFUSED, finding.refused);
  }
}

function deliver(tree: RunTree, run: RunState, link: number, kind: number, value: Handle | Failure | undefined): void {
  const target = run.workflow.links[link]?.to.node ?? 0;
  if (run.token[link] !== NONE || (run.node[target] ?? 0) >= SETTLED) return;
  const found = kind === VALUE && value === undefined ? ABSENT : kind;
  run.token[link] = found;
  run.carried[link] = value;
  if (found !== VALUE) run.odd[target] = (run.odd[target] ?? 0) + 1;
  run.need[target] = (run.need[target] ?? 0) - 1;
  makeReady(tree, run, target);
}

/** Makes a node ready once every link brought a token and every `depends_on` settled. */
export function makeReady(tree: RunTree, run: RunState, node: number): void {
  if (run.node[node] !== PENDING || (run.need[node] ?? 0) > 0 || (run.depends[node] ?? 0) > 0) return;
  run.node[node] = READY;
  const barren =
    (run.odd[node] !== 0 || run.topology.doubtful[node] === 1) && resolveInputs(run, node).status !== "ready";
  if (barren) run.barren.add(node);
  else if (run.topology.lane[node] === -1) setErrand(tree, "unit", run, node);
  else offer(run, node);
  tree.dirty.add(run.index);
}

/** Puts a node among those that may start something, or keeps it for its stage. */
export function offer(run: RunState, node: number): void {
  if (run.queued[node] === 1) return;
  run.queued[node] = 1;
  const depth = run.workflow.nodes[node]?.depth ?? 0;
  if (run.workflow.strategy === "parallel" && depth > run.stage) {
    const kept = run.later.get(depth);
    if (kept === undefined) run.later.set(depth, [node]);
    else kept.push(node);
    return;
  }
  run.heaps[run.topology.lane[node] ?? 0]?.push(node);
}

export function withdraw(run: RunState, node: number): void {
  if (run.queued[node] !== 1) return;
  run.queued[node] = 0;
  if (run.heaps[run.topology.lane[node] ?? 0]?.remove(node) === true) return;
  const kept = run.later.get(run.workflow.nodes[node]?.depth ?? 0);
  kept?.splice(kept.indexOf(node), 1);
}

/** Ends a node for good; those that only waited for it in order may become ready. */
export function settle(tree: RunTree, run: RunState, node: number, status: number): void {
  withdraw(run, node);
  run.node[node] = status;
  run.unsettled--;
  run.barren.delete(node);
  const plan = run.workflow.nodes[node];
  for (const port of plan?.ports ?? []) for (const link of port.links) run.carried[link] = undefined;
  if (plan?.kind === "step") run.stageLeft[plan.depth] = (run.stageLeft[plan.depth] ?? 0) - 1;
  const { dependentsStart, dependentsOf } = run.topology;
  for (let i = dependentsStart[node] ?? 0; i < (dependentsStart[node + 1] ?? 0); i++) {
    const dependent = dependentsOf[i] ?? 0;
    run.depends[dependent] = (run.depends[dependent] ?? 0) - 1;
    makeReady(tree, run, dependent);
  }
  tree.dirty.add(run.index);
}
