import type { Cell, RunEvent } from "../../kernel/event.js";
import type { RunTree } from "../../kernel/state.js";
import type { WorkflowPlan } from "../../plan/plan.js";
import { openAt } from "../symbolic-look.js";

type Work = Cell & { readonly seq: number; undone: boolean };
type Undo = { readonly id: number; readonly work: Work };

/**
 * What was done by steps that have an `on_rollback` component, kept apart from the kernel's own notes: a rollback undoes each piece of
 * it since its checkpoint once, the newest first, one at a time, and nothing else.
 */
export class UndoLedger {
  readonly faults: string[] = [];
  readonly #above = new Map<number, Cell>();
  /** Of each run there ever was. */
  readonly #workflows = new Map<number, WorkflowPlan | undefined>();
  readonly #done = new Set<Work>();
  /** By the run that goes back. */
  readonly #to = new Map<number, number>();
  readonly #undoing = new Map<number, Undo>();

  /** Asked after each event is folded. */
  note(tree: RunTree, event: RunEvent): void {
    switch (event.type) {
      case "run.started":
        return this.#start(tree, event);
      case "attempt.succeeded":
        if (event.cache?.outcome !== "hit") this.#note(event);
        return;
      case "run.completed": {
        // A nested workflow is a step's work too.
        const parent = this.#above.get(event.run);
        if (parent !== undefined) this.#note({ ...parent, seq: event.seq });
        return;
      }
      case "wait.answered":
      case "wait.over":
        // Answered, the code of a step that asked runs again.
        if (event.out !== undefined && openAt(tree, event)?.cells.get(event.c)?.status !== "idle") this.#note(event);
        return;
      case "attempt.suspended":
        // An answer that was given before a rollback is not asked for again.
        if (openAt(tree, event)?.cells.get(event.c)?.status !== "waiting") this.#note(event);
        return;
      case "rollback.started":
        this.#to.set(event.run, event.to);
        return;
      case "undo.started":
        return this.#begin(event);
      case "undo.ended":
        return this.#end(event);
      case "run.rolledback":
        return this.#forget(event);
      default:
        return;
    }
  }

  #start(tree: RunTree, event: Extract<RunEvent, { type: "run.started" }>): void {
    const run = "parent" in event ? tree.runs.length - 1 : 0;
    if ("parent" in event) this.#above.set(run, event.parent);
    this.#workflows.set(run, tree.plan.workflows[event.workflow]);
  }

  #note({ run, node, n, c, seq }: Cell & { readonly seq: number }): void {
    if (this.#workflows.get(run)?.nodes[node]?.step?.onRollback !== undefined)
      this.#done.add({ run, node, n, c, seq, undone: false });
  }

  #pending(run: number): readonly Work[] {
    const to = this.#to.get(run) ?? 0;
    return [...this.#done].filter((work) => !work.undone && work.seq > to && this.#isBelow(work.run, run));
  }

  #begin(event: Extract<RunEvent, { type: "undo.started" }>): void {
    const work = this.#pending(event.rolling).at(-1);
    if (this.#undoing.has(event.rolling)) this.faults.push(`I3: two undos at once at ${event.seq}`);
    if (work === undefined || !isSame(work, event)) {
      this.faults.push(`I3: undone out of turn, at ${event.seq}: ${JSON.stringify(work)}`);
      return;
    }
    this.#undoing.set(event.rolling, { id: event.seq, work });
  }

  #end(event: Extract<RunEvent, { type: "undo.ended" }>): void {
    const [rolling, undo] = [...this.#undoing].find(([, { id }]) => id === event.id) ?? [];
    if (rolling === undefined || undo === undefined) {
      this.faults.push(`I3: the end of an undo that was not under way at ${event.seq}`);
      return;
    }
    undo.work.undone = true;
    this.#undoing.delete(rolling);
  }

  #forget({ run, to, seq }: Extract<RunEvent, { type: "run.rolledback" }>): void {
    const left = this.#pending(run);
    if (left.length > 0) this.faults.push(`I3: rolled back at ${seq} with ${left.length} not undone`);
    for (const work of this.#done) if (work.seq > to && this.#isBelow(work.run, run)) this.#done.delete(work);
    this.#to.delete(run);
  }

  #isBelow(run: number, top: number): boolean {
    for (let at: number | undefined = run; at !== undefined; at = this.#above.get(at)?.run) if (at === top) return true;
    return false;
  }
}

function isSame(one: Cell, other: Cell): boolean {
  return one.run === other.run && one.node === other.node && one.n === other.n && one.c === other.c;
}
