import { decide } from "../kernel/decide.js";
import type { RunEvent } from "../kernel/event.js";
import { evolve } from "../kernel/evolve.js";
import { deliver } from "../kernel/flow.js";
import { ABSENT, NONE, type OpenCell, type RunState, type RunTree } from "../kernel/state.js";
import type { SymbolicOptions } from "./symbolic-host.js";
import { isHeldAt, openAt } from "./symbolic-look.js";

type Kernel = NonNullable<SymbolicOptions["kernel"]>;
type Decided = ReturnType<typeof decide>;

/** Kernels with one defect each, in what lets steps fire often, wait, or go back. */
export const plantedOftenBugs = {
  "an attempt that is lost forgets what it sent": after("attempt.lost", (tree, event) => {
    const activation = openAt(tree, event);
    if (activation !== undefined) activation.emits = undefined;
  }),
  "an item of a queue is passed over": after("attempt.emitted", (tree, event) => {
    const [queue] = tree.runs[event.run]?.queues ?? [];
    const cursor = queue?.cursors[0];
    if (queue !== undefined && cursor !== undefined && cursor < queue.ranges.end) queue.cursors[0] = cursor + 1;
  }),
  "a dead letter gets lost": after("item.dead", (tree, event) => {
    for (const queue of tree.runs[event.run]?.queues ?? []) queue.letters.pop();
  }),
  "a queue that can never drain does not grow": never("queue.grown"),
  "who is held back takes a turn": after("attempt.emitted", (tree, event) => {
    const run = tree.runs[event.run];
    if (run !== undefined && isHeldAt(tree, event)) run.busy++;
  }),
  "a loop forgets what it carries": after("round.started", (tree, event) => {
    const cell = cellOf(tree, event);
    if (cell !== undefined) cell.carried = undefined;
  }),
  "a loop ends a round early": after("round.started", (tree, event) => {
    const cell = cellOf(tree, event);
    if (cell !== undefined) cell.round = event.round + 1;
  }),
  "an absence goes round in its cycle": after("activation.skipped", (tree, event) => {
    const run = tree.runs[event.run];
    for (const link of run?.workflow.nodes[event.node]?.outLinks ?? [])
      if (run?.workflow.links[link]?.back === true) deliver(tree, run, link, ABSENT, undefined);
  }),
  "a value that is kept is used up": after("attempt.started", (tree, event) => {
    const run = tree.runs[event.run];
    if (run !== undefined) useUp(run, event.node);
  }),
  "a value that was collected is lost": after("unit.updated", (tree, event) => {
    for (const values of tree.runs[event.run]?.collected.values() ?? []) if (values.length > 1) values.pop();
  }),
  "what never comes is not closed": never("link.closed"),
  "a rollback leaves the queues as they are": {
    decide,
    evolve: (tree, event) => {
      const before = event.type === "run.rolledback" ? [...(tree.runs[event.run]?.queues ?? [])] : [];
      evolve(tree, event);
      const queues = event.type === "run.rolledback" ? tree.runs[event.run]?.queues : undefined;
      queues?.splice(0, queues.length, ...before);
    },
  },
  "a rollback forgets that an input was set": after("run.rolledback", (tree, event) => {
    tree.runs[event.run]?.given.clear();
  }),
} as const satisfies { [bug: string]: Kernel };

function after<T extends RunEvent["type"]>(
  type: T,
  spoil: (tree: RunTree, event: Extract<RunEvent, { readonly type: T }>) => void,
): Kernel {
  const isOne = (event: RunEvent): event is Extract<RunEvent, { readonly type: T }> => event.type === type;
  return {
    decide,
    evolve: (tree, event) => {
      evolve(tree, event);
      if (isOne(event)) spoil(tree, event);
    },
  };
}

function never(type: RunEvent["type"]): Kernel {
  const decideLess = (...given: Parameters<typeof decide>): Decided => {
    const decision = decide(...given);
    return decision?.type === type ? undefined : decision;
  };
  return { decide: decideLess, evolve };
}

function cellOf(tree: RunTree, event: Extract<RunEvent, { type: "round.started" }>): OpenCell | undefined {
  return openAt(tree, event)?.cells.get(event.c);
}

function useUp(run: RunState, node: number): void {
  for (const port of run.workflow.nodes[node]?.ports ?? []) {
    const [link] = port.links;
    if (!port.hold || link === undefined || run.token[link] === NONE) continue;
    run.token[link] = NONE;
    run.need[node] = (run.need[node] ?? 0) + 1;
  }
}
