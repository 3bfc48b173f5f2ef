import { describe, expect, it } from "vitest";
import type { Plan } from "../../plan/plan.js";
import { drawRollback } from "../../testing/kernel-properties.js";
import { SymbolicHost } from "../../testing/symbolic-host.js";
import type { RunEvent } from "../event.js";
import { type RunState, runAt } from "../state.js";
import { copyRun, renewCopy } from "./copy-run.js";

const whole = [
  ...(["need", "depends", "node", "begun", "released", "opened", "odd", "queued"] as const),
  ...(["token", "carried", "sent", "behind", "owed", "collected"] as const),
];

/** What has an entry for each node or link, in a form that two copies of the same state share. */
function wholeOf(run: RunState): unknown {
  return whole.map((key) => {
    const part: RunState[keyof RunState] = run[key];
    return part instanceof Map ? [...part].sort(([a], [b]) => Number(a) - Number(b)) : Array.from<unknown>(part);
  });
}

type Found = { renewed: number; whole: number; differs: number };

/** Compares each checkpoint that was taken with the run as it is then. `before` is asked before the next event. */
function compare(plan: Plan, inputs: Parameters<SymbolicHost["begin"]>[0], before?: (run: RunState) => void): Found {
  const found: Found = { renewed: 0, whole: 0, differs: 0 };
  let copy: RunState["need"] | undefined;
  const watch = ({ tree }: SymbolicHost, event: RunEvent): void => {
    if (event.type === "checkpoint.taken") {
      const run = runAt(tree, event.run);
      const [kept] = run.recovery.checkpoint?.runs ?? [];
      if (kept === undefined) return;
      found[event.run === 0 && kept.need === copy ? "renewed" : "whole"]++;
      if (JSON.stringify(wholeOf(kept)) !== JSON.stringify(wholeOf(run))) found.differs++;
    }
    const [root] = tree.runs;
    copy = root?.recovery.checkpoint?.runs[0]?.need;
    if (root !== undefined) before?.(root);
  };
  const host = new SymbolicHost(plan, { seed: 1, watch });
  try {
    host.begin(inputs);
    for (let moves = 0; moves < 400 && host.move(); moves++);
  } catch {
    // A state that was restored wrong soon contradicts itself.
    found.differs++;
  }
  return found;
}

function compareMany(before?: (run: RunState) => void): Found {
  const sum: Found = { renewed: 0, whole: 0, differs: 0 };
  for (const range of ["once", "often", "reactive"] as const)
    for (let seed = 1; seed <= 12; seed++) {
      const { plan, inputs } = drawRollback(range)(seed);
      const [root, ...others] = plan.workflows;
      if (root === undefined) continue;
      const found = compare({ ...plan, workflows: [{ ...root, strategy: "sequential" }, ...others] }, inputs, before);
      sum.renewed += found.renewed;
      sum.whole += found.whole;
      sum.differs += found.differs;
    }
  return sum;
}

describe("renewed copy of a run", () => {
  it("is what a copy of everything would be, at each checkpoint of random runs that roll back", () => {
    const found = compareMany();
    expect(found.differs).toBe(0);
    expect(found.renewed).toBeGreaterThan(100);
  });

  it.each(["nodes", "links"] as const)("one of the %s forgotten is seen", (kind) => {
    const found = compareMany(({ changes }) => void changes?.[kind].pop());
    expect(found.differs).toBeGreaterThan(20);
  });

  it("costs what has changed, not what there is", () => {
    const { plan, inputs } = drawRollback("once")(1);
    const host = new SymbolicHost(plan, { seed: 1 });
    host.begin(inputs);
    const run = runAt(host.tree, 0);
    const copy = copyRun(run);
    const nothing = { since: undefined, nodes: [], links: [], isNode: new Uint8Array(0), isLink: new Uint8Array(0) };
    const renewed = renewCopy(copy, run, nothing);
    expect(whole.map((key) => renewed[key] === copy[key])).toEqual(whole.map(() => true));
  });
});
