import type { HostParts } from "../../host/parts.js";
import type { PortValues, RunEvent, Unstamped } from "../../kernel/event.js";
import { evolve } from "../../kernel/evolve.js";
import { createTree, type RunTree } from "../../kernel/state.js";
import type { Plan, WorkflowPlan } from "../../plan/plan.js";
import { runErrand } from "../../values/errands.js";
import type { RunSettings } from "../../values/parts.js";
import type { PathPart } from "./fork-path.js";
import type { SourceRun } from "./source-run.js";

export type ForkSource = { readonly id: string; readonly plan: Plan; readonly events: readonly RunEvent[] };

export type Fork = {
  /** What the fork's journal begins with, after `run.created` and `run.started`. */
  readonly events: readonly Unstamped[];
  /** Paths of the steps and items whose results are taken over. */
  readonly shared: readonly string[];
  /** Paths of those that run, and why; what only follows from another one's running says so. */
  readonly again: readonly { readonly step: string; readonly reason: string }[];
};

export type ForkWish = {
  readonly parts: HostParts;
  readonly settings: RunSettings;
  readonly source: ForkSource;
  readonly plan: Plan;
  readonly inputs: PortValues;
  /** Path of the first step to run again; undefined: only what is unsettled or has changed. */
  readonly from: string | undefined;
  /** Users' modules that are not what they were. */
  readonly changedCode: ReadonlySet<string>;
};

/** One run of the fork, and the run it takes over from. */
export type LevelWish = {
  readonly index: number;
  readonly source: SourceRun;
  readonly sourceRuns: ReadonlyMap<number, SourceRun>;
  readonly workflow: WorkflowPlan;
  /** Where in it the fork begins; undefined: nowhere in particular. */
  readonly path: readonly PathPart[] | undefined;
  readonly prefix: string;
};

/** The fork as far as it is worked out. */
export class Forking implements Fork {
  readonly wish: ForkWish;
  readonly tree: RunTree;
  readonly events: Unstamped[] = [];
  readonly shared: string[] = [];
  readonly again: { readonly step: string; readonly reason: string }[] = [];

  constructor(wish: ForkWish) {
    this.wish = wish;
    this.tree = createTree(wish.plan);
    const { plan } = wish;
    const created = { id: "", name: "", workflow: plan.name, plan: plan.hash, phases: {}, options: {} };
    this.#fold({ type: "run.created", format: 1, ...created });
    this.#fold({ type: "run.started", run: 0, workflow: 0, inputs: wish.inputs });
  }

  add(input: Unstamped): void {
    this.#fold(input);
    this.events.push(input);
  }

  #fold(input: Unstamped): void {
    evolve(this.tree, { seq: this.tree.seq + 1, at: this.wish.parts.clock.now(), ...input } as RunEvent);
  }

  /** What the kernel asks of the host for a node now, answered; undefined: it asks nothing. */
  async answer(kind: "unit" | "measure", run: number, node: number): Promise<Unstamped | undefined> {
    const { parts, settings } = this.wish;
    for (const errand of this.tree.errands.values()) {
      if (errand.kind !== kind || errand.run !== run || errand.node !== node) continue;
      const input = await runErrand(parts, settings, this.tree, errand);
      this.add(input);
      return input;
    }
    return undefined;
  }
}
