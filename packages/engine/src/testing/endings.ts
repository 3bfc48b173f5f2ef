import type { Cell, RunEvent } from "../kernel/event.js";
import { type RunTree, runAt } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";
import { openAt } from "./symbolic-look.js";

type Status = "succeeded" | "skipped" | "failed";
type Ending = { readonly run: number; readonly path: string; readonly status: Status; readonly seq: number };
type Begun = { readonly seq: number; readonly parent: Cell | undefined; isFailed: boolean };

/** How each activation of each node ended, over the whole tree, told from events alone. */
export class Endings {
  /** R4: what ended twice. */
  readonly doubles: string[] = [];
  readonly #endings = new Map<string, Ending>();
  readonly #runs = new Map<number, Begun>();
  /** Items of maps that failed, by their cell, and when. */
  readonly #failed = new Map<string, Cell & { readonly seq: number }>();

  /** Asked after each event. */
  note(tree: RunTree, event: RunEvent): void {
    switch (event.type) {
      case "run.started":
        return this.#begin(tree, event);
      case "run.failed":
        return this.#setFailed(event.run, true);
      case "run.reopened":
        this.#tryAgain(tree);
        return this.#setFailed(event.run, false);
      case "run.resumed":
        this.#tryAgain(tree);
        for (const [run, begun] of this.#runs) if (tree.runs[run]?.status === "running") begun.isFailed = false;
        return;
      case "item.failed":
        this.#failed.set(`${event.run} ${event.node} ${event.n} ${event.c}`, event);
        return;
      case "run.rolledback":
        return this.#undo(event.run, event.to);
      default:
        return this.#end(tree, event);
    }
  }

  /**
   * Sorted `path status` lines, one for each activation. How far a failed child run came depends on the strategy, and which items of
   * a failed map ran on time: what lies in them is left out, in all rounds of an item. So are the units of dead letters.
   */
  lines(): readonly string[] {
    const kept = [...this.#endings.values()].filter(({ run }) => !this.#isWithinFailed(run));
    return kept.map(({ path, status }) => `${path} ${status}`).sort();
  }

  #begin(tree: RunTree, event: Extract<RunEvent, { type: "run.started" }>): void {
    const parent = "parent" in event ? event.parent : undefined;
    this.#runs.set(parent === undefined ? 0 : tree.runs.length - 1, { seq: event.seq, parent, isFailed: false });
  }

  #setFailed(run: number, isFailed: boolean): void {
    const begun = this.#runs.get(run);
    if (begun !== undefined) begun.isFailed = isFailed;
  }

  /** Items that are not given up any more. */
  #tryAgain(tree: RunTree): void {
    for (const [key, at] of this.#failed) {
      const cell = openAt(tree, at)?.cells.get(at.c);
      if (cell !== undefined && cell.status !== "failed") this.#failed.delete(key);
    }
  }

  #isWithinFailed(run: number): boolean {
    const begun = this.#runs.get(run);
    if (begun === undefined) return true;
    if (begun.parent === undefined) return false;
    if (begun.isFailed) return true;
    const { run: above, node, n, c } = begun.parent;
    if (this.#failed.has(`${above} ${node} ${n} ${c}`)) return true;
    return this.#endings.get(`${above} ${node} ${n}`)?.status === "failed" || this.#isWithinFailed(above);
  }

  /** What the run and those below it did since a checkpoint has not happened. */
  #undo(run: number, to: number): void {
    for (const [key, ending] of this.#endings)
      if (ending.seq > to && this.#isBelow(ending.run, run)) this.#endings.delete(key);
    for (const [key, { seq }] of this.#failed) if (seq > to) this.#failed.delete(key);
    for (const [index, { seq }] of this.#runs)
      if (seq > to && index !== run && this.#isBelow(index, run)) this.#runs.delete(index);
  }

  #isBelow(run: number, above: number): boolean {
    for (let at: number | undefined = run; at !== undefined; at = this.#runs.get(at)?.parent?.run)
      if (at === above) return true;
    return false;
  }

  #end(tree: RunTree, event: RunEvent): void {
    const status = statusOf(tree, event);
    if (status === undefined || !("n" in event)) return;
    const { run, node, n } = event;
    if (tree.runs[run]?.workflow.nodes[node]?.unit?.letters !== undefined) return;
    const key = `${run} ${node} ${n}`;
    const known = this.#endings.get(key);
    // What failed for good may still gather what its error port carries.
    if (known?.status === "failed" && event.type === "activation.gathered") return;
    if (known !== undefined) this.doubles.push(`R4: ${known.path} ${n} by ${event.type} at ${event.seq}`);
    this.#endings.set(key, { run, path: stepPath(tree, run, node), status, seq: event.seq });
  }
}

/** How an event ends an activation, if it does. */
function statusOf(tree: RunTree, event: RunEvent): Status | undefined {
  switch (event.type) {
    case "attempt.succeeded": {
      const step = runAt(tree, event.run).workflow.nodes[event.node]?.step;
      return step?.forEach === undefined && step?.repeat === undefined ? "succeeded" : undefined;
    }
    case "activation.gathered":
      return event.failure === undefined && openAt(tree, { ...event, c: 0 })?.failure === undefined
        ? "succeeded"
        : undefined;
    case "unit.updated":
      return event.failure === undefined ? "succeeded" : undefined;
    case "activation.skipped":
      return "skipped";
    case "activation.failed":
      return event.handling === "continue" ? "failed" : undefined;
    case "item.dead":
      return "failed";
    case "activation.reused":
      return event.status;
    default:
      return undefined;
  }
}
