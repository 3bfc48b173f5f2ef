import type { Handle } from "../contracts/handle.js";
import type { Finding, PortValues } from "./event.js";
import { deliver } from "./flow.js";
import { absentQueue, enqueue } from "./queues/hooks.js";
import type { Emit } from "./state.js";
import { ABSENT, REFUSED, type RunState, type RunTree, VALUE } from "./state.js";
import { QUEUED, SILENT } from "./topology-parts.js";
import { noteValue } from "./triggers/hooks.js";

/** What leaves a node: over its links, into queues, and to the triggers that watch it. Called by `evolve` only. */

/** Sends one token over each outgoing link of a node; a missing finding is absence. `sent`: ports that were sent values ahead of the end. */
export function send(
  tree: RunTree,
  run: RunState,
  node: number,
  at: number,
  out: PortValues,
  findings: readonly Finding[],
  sent: ReadonlyMap<string, number> | undefined,
): void {
  const { outStart, outLinks, fromPort } = run.topology;
  const start = outStart[node] ?? 0;
  const end = outStart[node + 1] ?? 0;
  for (let i = start; i < end; i++) {
    const link = outLinks[i] ?? 0;
    const port = fromPort[link] ?? "";
    if (sent === undefined || !sent.has(port)) carry(tree, run, link, out[port], findings[i - start] ?? 0);
  }
  if (run.triggers.length === 0) return;
  for (const port in out) if (sent?.has(port) !== true) noteValue(tree, run, node, port, out[port] as Handle, at);
}

/** Sends one value over the links of one port. */
export function sendEmit(
  tree: RunTree,
  run: RunState,
  node: number,
  at: number,
  { port, value, links: findings }: Emit,
): void {
  const { topology } = run;
  const first = topology.outStart[node] ?? 0;
  const after = topology.outStart[node + 1] ?? 0;
  for (let place = first; place < after; place++) {
    const link = topology.outLinks[place] ?? 0;
    if (topology.fromPort[link] === port) carry(tree, run, link, value, findings[place - first] ?? 0);
  }
  if (run.triggers.length > 0) noteValue(tree, run, node, port, value, at);
}

function carry(tree: RunTree, run: RunState, link: number, value: Handle | undefined, finding: Finding): void {
  if (((run.topology.linkTraits[link] ?? 0) & QUEUED) !== 0)
    return carryToQueue(tree, run, run.workflow.links[link]?.queue ?? -1, link, value, finding);
  if (finding === 0) return carryNothing(tree, run, link);
  if (finding === 1 || "passed" in finding) deliver(tree, run, link, VALUE, value);
  else if ("value" in finding) deliver(tree, run, link, VALUE, finding.value);
  else if ("closed" in finding) carryNothing(tree, run, link);
  else if ("refused" in finding) deliver(tree, run, link, REFUSED, finding.refused);
}

/** An absence ends at an `each` port of its own cycle, and does not leave a cycle but by the closing. */
function carryNothing(tree: RunTree, run: RunState, link: number): void {
  if (((run.topology.linkTraits[link] ?? 0) & SILENT) === 0) deliver(tree, run, link, ABSENT, undefined);
}

/** The first link of a queue stands for it; nothing is sent over the others. */
function carryToQueue(
  tree: RunTree,
  run: RunState,
  queue: number,
  link: number,
  value: Handle | undefined,
  finding: Finding,
): void {
  if (run.workflow.queues[queue]?.links[0] !== link) return;
  if (value === undefined || typeof finding === "number") return absentQueue(tree, run, queue);
  if ("queued" in finding) enqueue(tree, run, queue, value, finding);
  else if ("refused" in finding)
    enqueue(tree, run, queue, value, { queued: 1, each: false, invalid: [[0, finding.refused]] });
}
