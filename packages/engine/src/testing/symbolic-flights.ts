import { stepOf } from "../kernel/cells.js";
import type { Cell, RunEvent } from "../kernel/event.js";
import { nextUndo } from "../kernel/recovery/undo-log.js";
import { type RunTree, runAt } from "../kernel/state.js";
import type { PlanStep } from "../plan/plan.js";
import { isBelow, isHeldAt, outsideKey } from "./symbolic-look.js";

export type Flight = Cell & {
  readonly id: number;
  readonly fallback: boolean;
  readonly component: string;
  /** Undoes what the activation did. */
  readonly isUndo: boolean;
  /** How much this attempt has sent. */
  emitted: number;
  /** A rollback ended it: what it would give may still come. */
  isAborted: boolean;
};

/** Attempts under way, told from events before they are folded, and what the outside remembers of those that failed. */
export class SymbolicFlights {
  readonly byId = new Map<number, Flight>();
  readonly #tree: RunTree;
  /** Failed attempts so far, over crashes and rollbacks. */
  readonly #failed = new Map<string, number>();

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  note(event: RunEvent): void {
    switch (event.type) {
      case "attempt.started":
      case "undo.started":
        return this.#takeOff(event);
      case "rollback.started":
        this.#abandon(event.run);
        for (const flight of this.byId.values())
          if (isBelow(this.#tree, flight.run, event.run)) flight.isAborted = true;
        return;
      case "run.failed":
      case "run.completed":
      case "run.closed":
        return this.#abandon(event.run);
      case "attempt.failed":
        if (event.failure.kind !== "cancelled") this.#countFailure(event.id);
        this.byId.delete(event.id);
        return;
      case "attempt.succeeded":
      case "attempt.lost":
      case "attempt.suspended":
      case "undo.ended":
        this.byId.delete(event.id);
        return;
      default:
        return;
    }
  }

  /** True while an attempt waits for room behind what it sent: it can do nothing. */
  isHeld(flight: Flight): boolean {
    return !flight.isUndo && isHeldAt(this.#tree, flight);
  }

  failuresOf(flight: Flight): number {
    return this.#failed.get(this.#key(flight)) ?? 0;
  }

  #countFailure(id: number): void {
    const flight = this.byId.get(id);
    if (flight !== undefined) this.#failed.set(this.#key(flight), this.failuresOf(flight) + 1);
  }

  /** Who is held back is not waited for. */
  #abandon(run: number): void {
    for (const flight of [...this.byId.values()])
      if (isBelow(this.#tree, flight.run, run) && this.isHeld(flight)) this.byId.delete(flight.id);
  }

  #takeOff(event: Extract<RunEvent, { type: "attempt.started" | "undo.started" }>): void {
    const { run, node, n, c, seq } = event;
    const isUndo = event.type === "undo.started";
    const fallback = !isUndo && event.fallback;
    const step = isUndo ? undoneStep(this.#tree, event.rolling) : stepOf(runAt(this.#tree, run), node);
    const component = (isUndo ? step?.onRollback : fallback ? step?.fallback : step?.component)?.class ?? "";
    this.byId.set(seq, { run, node, n, c, id: seq, fallback, component, isUndo, emitted: 0, isAborted: false });
  }

  #key(flight: Flight): string {
    return `${outsideKey(this.#tree, flight)} ${flight.component}`;
  }
}

/** The step whose work is about to be undone. Its run may be gone. */
function undoneStep(tree: RunTree, rolling: number): PlanStep | undefined {
  const entry = nextUndo(runAt(tree, rolling));
  return tree.plan.workflows[entry?.workflow ?? -1]?.nodes[entry?.cell.node ?? -1]?.step;
}
