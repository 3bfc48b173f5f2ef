import { decide } from "../kernel/decide.js";
import { evolve } from "../kernel/evolve.js";
import { makeReady } from "../kernel/flow.js";
import { OPEN, PENDING, type RunState, type RunTree } from "../kernel/state.js";
import type { SymbolicOptions } from "./symbolic-host.js";

type Kernel = NonNullable<SymbolicOptions["kernel"]>;
type Decide = typeof decide;
type Evolve = typeof evolve;

/** Kernels with one defect each. A property that misses its defect is worth nothing. */
export const plantedKernelBugs = {
  "a retry's timer is lost": evolving((tree, event) => {
    evolve(tree, event);
    if (event.type === "retry.scheduled") tree.timers.pop();
  }),
  "an attempt that failed is still counted as running": evolving((tree, event) => {
    evolve(tree, event);
    const run = event.type === "attempt.failed" ? tree.runs[event.run] : undefined;
    if (run !== undefined) run.running++;
  }),
  "a lost attempt never starts again": evolving((tree, event) => {
    evolve(tree, event);
    if (event.type === "attempt.lost") tree.runs[event.run]?.open.get(event.node)?.again.splice(0);
  }),
  "a node is ready when one token is still missing": evolving((tree, event) => {
    evolve(tree, event);
    const run = event.type === "attempt.started" ? tree.runs[event.run] : undefined;
    const early = run?.need.findIndex((need, node) => need === 1 && run.node[node] === PENDING) ?? -1;
    if (run === undefined || early < 0) return;
    run.need[early] = 0;
    makeReady(tree, run, early);
  }),
  "absence gets lost under graph": evolving((tree, event) => {
    const isGraph = event.type === "activation.skipped" && tree.runs[event.run]?.workflow.strategy === "graph";
    const before = isGraph ? tree.runs[event.run]?.need.slice() : undefined;
    evolve(tree, event);
    const run = event.type === "activation.skipped" ? tree.runs[event.run] : undefined;
    before?.forEach((need, node) => {
      if (run !== undefined && run.node[node] === PENDING) run.need[node] = need;
    });
  }),
  "a resumed run keeps the failures nobody decided on": evolving((tree, event) => {
    const kept = event.type === "run.resumed" ? tree.runs.map((run) => [...(run?.verdicts ?? [])]) : [];
    evolve(tree, event);
    kept.forEach((verdicts, index) => {
      for (const [key, verdict] of verdicts) tree.runs[index]?.verdicts.set(key, verdict);
    });
  }),
  "a resumed run forgets what failed": evolving((tree, event) => {
    evolve(tree, event);
    if (event.type !== "run.resumed") return;
    for (const run of tree.runs) for (const activation of run?.open.values() ?? []) activation.again.splice(0);
  }),
  "the barrier of parallel opens early": deciding((tree, now, admit) => {
    const early = tree.runs.find(
      (run) => run !== undefined && run.status === "running" && run.later.has(run.stage + 1),
    );
    if (early === undefined || tree.paused || tree.ended || tree.cancelled) return decide(tree, now, admit);
    return { type: "stage.reached", run: early.index, stage: early.stage + 1 };
  }),
  "sequential forgets what is under way": deciding((tree, now, admit) => {
    const sequential = tree.runs.filter((run): run is RunState => run?.workflow.strategy === "sequential");
    const busy = sequential.map((run) => run.busy);
    for (const run of sequential) run.busy = 0;
    const decision = decide(tree, now, admit);
    sequential.forEach((run, index) => {
      run.busy = busy[index] ?? 0;
    });
    return decision;
  }),
  "a pause is not respected": deciding((tree, now, admit) =>
    whileUnset(tree, "paused", () => decide(tree, now, admit)),
  ),
  "a cancel is not respected": deciding((tree, now, admit) =>
    whileUnset(tree, "cancelled", () => decide(tree, now, admit)),
  ),
  "deciding changes the state": deciding((tree, now, admit) => {
    for (const run of tree.runs) for (const activation of run?.open.values() ?? []) activation.failed += tree.seq % 2;
    return decide(tree, now, admit);
  }),
  "an attempt starts twice": deciding((tree, now, admit) => {
    const decision = decide(tree, now, admit);
    if (decision !== undefined || tree.seq % 4 !== 0 || tree.paused || tree.ended || tree.cancelled) return decision;
    const [run] = tree.runs;
    const open = [...(run?.open.values() ?? [])].find((activation) => run?.node[activation.node] === OPEN);
    const cell = open?.cells.get(0);
    if (open === undefined || cell?.status !== "running" || cell.child >= 0 || cell.attempts !== 1) return undefined;
    return { type: "attempt.started", run: 0, node: open.node, n: 1, c: 0, attempt: 2, fallback: cell.fallback };
  }),
  "a run ends twice": deciding((tree, now, admit) => {
    const [root] = tree.runs;
    if (root?.status !== "cancelled" || tree.seq % 2 === 0) return decide(tree, now, admit);
    return { type: "run.closed", run: 0, status: "cancelled" };
  }),
} as const satisfies { [bug: string]: Kernel };

function evolving(broken: Evolve): Kernel {
  return { decide, evolve: broken };
}

function deciding(broken: Decide): Kernel {
  return { decide: broken, evolve };
}

function whileUnset<T>(tree: RunTree, flag: "paused" | "cancelled", act: () => T): T {
  const set = tree[flag];
  tree[flag] = false;
  try {
    return act();
  } finally {
    tree[flag] = set;
  }
}
